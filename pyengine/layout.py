"""工作簿约定：每张表有哪些列、谁来填、叫什么名字。唯一出处是 layout.toml，本模块只装载。"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from pyengine.ooxml import NamedLook


@dataclass(frozen=True, slots=True)
class Column:
    """一列：表头、字段名、类型、由谁填写。optional 的列没有也能读，没有就不写。"""

    name: str
    field: str
    type: str = "text"
    choices: str | None = None
    engine: bool = False
    format: str | None = None
    width: float = 12
    optional: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """一类表：哪些工作表用这套列。identity 为认出同一行的列；relisted 的表由系统整张重列，人只填答复。"""

    key: str
    sheets: tuple[str, ...]
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    relisted: bool = False

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """表头到列。"""
        return {column.name: column for column in self.columns}

    def column(self, name: str) -> Column:
        """表头为 name 的列；没有则 KeyError。"""
        return self.by_name[name]

    @cached_property
    def staff(self) -> tuple[Column, ...]:
        """工作人员填写的列，按约定次序。"""
        return tuple(column for column in self.columns if not column.engine)

    @cached_property
    def engine(self) -> tuple[Column, ...]:
        """由系统填写的列，按约定次序。"""
        return tuple(column for column in self.columns if column.engine)


@dataclass(frozen=True, slots=True)
class Layout:
    """整个工作簿的约定。"""

    order: tuple[str, ...]
    free: tuple[str, ...]
    summary: tuple[str, ...]
    board: tuple[str, ...]
    board_units: int
    header_row: int
    header_search_rows: int
    ledger_signature: tuple[str, ...]
    tables: Mapping[str, Table]
    choices: Mapping[str, tuple[str, ...]]
    styles: Mapping[str, NamedLook]

    def table_of(self, sheet: str) -> Table | None:
        """名为 sheet 的约定工作表所用的列；不是约定的表则 None。"""
        return next((table for table in self.tables.values() if sheet in table.sheets), None)

    @property
    def ledger(self) -> Table:
        """台账表的列。"""
        return self.tables["ledger"]


@cache
def layout() -> Layout:
    """layout.toml 装载后的约定。"""
    data = tomllib.loads(files("pyengine").joinpath("layout.toml").read_text(encoding="utf-8"))
    return Layout(
        order=tuple(data["order"]),
        free=tuple(data["free"]),
        summary=tuple(data["summary"]),
        board=tuple(data["board"]),
        board_units=data["board_units"],
        header_row=data["header_row"],
        header_search_rows=data["header_search_rows"],
        ledger_signature=tuple(data["ledger_signature"]),
        tables={key: _table(key, value) for key, value in data["table"].items()},
        choices={key: tuple(words) for key, words in data["choices"].items()},
        styles={name: NamedLook(**look) for name, look in data["styles"].items()},
    )


def _table(key: str, data: Mapping[str, Any]) -> Table:
    columns = tuple(_column(item) for item in data["columns"])
    return Table(key, tuple(data["sheets"]), columns, tuple(data["identity"]), data.get("relisted", False))


def _column(item: Mapping[str, Any]) -> Column:
    return Column(**{**item, "aliases": tuple(item.get("aliases", ()))})


def header_key(text: object) -> str:
    """表头比对用的写法：全半角统一，去掉一切空白；只用于比对，不改原文。"""
    return re.sub(r"[\s\u200b-\u200f\ufeff]+", "", unicodedata.normalize("NFKC", text)) if isinstance(text, str) else ""


def column_letter(column: int) -> str:
    """列号（从 1 起）的字母：1 → A，28 → AB。"""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

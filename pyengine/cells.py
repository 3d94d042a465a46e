"""单元格：把一行的原始值读成文字、日期、进度、数值、单位；读不成的记为校验问题，绝不改动原文。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from operator import itemgetter

from pyengine import findings as catalogue
from pyengine.deadlines import Reckoning, normal_form, read_deadline
from pyengine.findings import Kind, finding
from pyengine.grid import CellError, Grid
from pyengine.layout import layout
from pyengine.model import Finding, Place, Share
from pyengine.tables import SheetTable
from pyengine.terms import DATED, FIRST_YEAR, LAST_YEAR
from pyengine.units import Directory, is_collective

_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?")
_HUGE, _RESIDUE = 1e15, 1e-15
"""台账里的数不到千万亿；比尾差还小的是算式剩下的零头，算 0。"""

_FULL_DATE = re.compile(r"\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?|(?:19|20)\d{6}|\d{5}")
_LISTS = re.compile(r"[、，,;；\s]+")


def show(value: object) -> str:
    """值在校验问题里的写法：过长的截断。"""
    text = plain_text(value) or "（空）"
    return text if len(text) <= 30 else text[:29] + "…"


def quoted(value: object) -> str:
    """加引号的写法；空白不加。"""
    return f"“{show(value)}”" if plain_text(value) else show(value)


def plain_text(value: object) -> str:
    """值的文字：整数不带小数点，日期不带时刻，不截断；空白为空串。"""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = value.date()
    return "" if value is None else str(value).strip()


def percent(share: Fraction) -> str:
    """进度的百分数写法，如 35%。"""
    return f"{float(share) * 100:.10g}%"


class Row:
    """一行：按表头取值，把问题记到 report。"""

    __slots__ = ("_report", "_values", "number", "place")

    def __init__(self, place: Place, values: Mapping[str, object], report: Callable[[Finding], None]) -> None:
        self.place, self._values, self._report = place, values, report
        self.number = ""

    def raw(self, header: str) -> object:
        """原始值；没有这一列则 None。"""
        return self._values.get(header)

    def note(self, kind: Kind, header: str | None, **facts: object) -> None:
        """记一条本行的校验问题。"""
        self._report(finding(kind, self.place, header, self.number, **facts))

    def value(self, header: str) -> object:
        """去掉错误值的原始值；错误值记为问题。只有空格的算空白。"""
        value = self._values.get(header)
        if isinstance(value, str):
            return None if value.isspace() or not value else value
        if isinstance(value, CellError):
            self.note(catalogue.CELL_ERROR, header, value=value)
            return None
        return value

    def text(self, header: str) -> str:
        """文字；空白为空串。"""
        value = self._values.get(header)
        return value.strip() if isinstance(value, str) else plain_text(self.value(header))

    def list(self, header: str) -> tuple[str, ...]:
        """顿号（逗号、分号、空白）分开的各项。"""
        return tuple(dict.fromkeys(part for part in _LISTS.split(self.text(header)) if part))

    def choice(self, header: str, kind: Kind = catalogue.CHOICE_UNKNOWN) -> str:
        """限定词；不在限定之内的记为问题，原词照给。"""
        text = self.text(header)
        words = _choices_of(self.place.sheet, header)
        if text and text not in words:
            self.note(kind, header, value=show(text), choices="、".join(words))
        return text

    def date(self, header: str) -> date | None:
        """日期；文字写的日期能读就读并警告，读不出的报错。"""
        value = self.value(header)
        day = value.date() if isinstance(value, datetime) else value
        if day is None or (isinstance(day, date) and FIRST_YEAR <= day.year <= LAST_YEAR):
            return day
        found = read_deadline(value, Reckoning(0)) if _FULL_DATE.fullmatch(_shown(value)) else None
        if found is None or found.kind != DATED or found.due is None:
            self.note(catalogue.DATE_UNREADABLE, header, value=show(value))
            return None
        self.note(catalogue.DATE_AS_TEXT, header, value=show(value), read=found.due)
        return found.due

    def share(self, header: str) -> Share | None:
        """进度：2 以内照数，5 以上及“40%”按百分数并警告，其余报错。"""
        value = self.value(header)
        if value is None:
            return None
        share, odd = read_share(value)
        if share is None:
            self.note(catalogue.SHARE_UNREADABLE, header, value=show(value))
        elif odd:
            self.note(catalogue.SHARE_ODD, header, value=show(value), read=percent(share))
        return share

    def decimal(self, header: str) -> Fraction | None:
        """数值；不是数的按空白并警告。"""
        value = self.value(header)
        if value is None:
            return None
        number = _plain_number(value)
        if number is None:
            self.note(catalogue.NUMBER_UNREADABLE, header, value=show(value))
        return number

    def units(self, header: str, directory: Directory, lead: bool = False) -> tuple[str, ...]:
        """各单位的全称。牵头单位认不出的报错并略去；其他认不出的警告、照原文。"""
        return self._units(header, self.text(header), directory, lead)

    def helpers(self, header: str, directory: Directory) -> tuple[str, ...]:
        """牵头单位栏里写明配合的各单位的全称；认不出的警告、照原文。"""
        value = self.raw(header)
        return self._units(header, directory.helpers(value) if isinstance(value, str) else "", directory, lead=False)

    def _units(self, header: str, text: str, directory: Directory, lead: bool) -> tuple[str, ...]:
        names, strange = directory.read(text, lead) if text else ((), ())
        for name in strange:
            if lead and is_collective(name):
                self.note(catalogue.LEAD_COLLECTIVE, header, value=show(name))
                continue
            near = directory.suggest(name)
            kind = catalogue.LEAD_UNKNOWN if lead else catalogue.UNIT_UNKNOWN
            self.note(kind, header, value=show(name), hint=f"（是否“{near}”？）" if near else "")
        return names


def _shown(value: object) -> str:
    """日期比对用的写法；数去掉小数（时刻），不到日的数（202606）不算。"""
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return str(int(value)) if number else normal_form(str(value))  # type: ignore[call-overload]


@lru_cache(maxsize=256)
def _choices_of(sheet: str, header: str) -> tuple[str, ...]:
    table = layout().table_of(sheet) or layout().ledger
    return layout().choices[table.column(header).choices or ""]


@lru_cache(maxsize=8192, typed=True)
def _plain_number(value: object) -> Fraction | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        size = abs(value)
        return Fraction(repr(value) if size > _RESIDUE else 0) if size < _HUGE else None
    text = normal_form(value) if isinstance(value, str) else ""
    return Fraction(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=8192, typed=True)
def read_share(value: object) -> tuple[Share | None, bool]:
    """进度的读法：(进度, 写法是否不规范)；读不出为 (None, True)。"""
    if isinstance(value, str):
        text = normal_form(value).replace("％", "%")
        number = _plain_number(text.rstrip("%"))
        if number is None or number < 0:
            return None, True
        return (number / 100, True) if text.endswith("%") else (_by_size(number), True)
    number = _plain_number(value)
    if number is None or number < 0:
        return None, True
    return _by_size(number), number > 2


def _by_size(number: Fraction) -> Share | None:
    if number <= 2:
        return number
    return number / 100 if number > 5 else None


def rows_of(table: SheetTable, grid: Grid, report: Callable[[Finding], None]) -> Iterator[Row]:
    """表头以下有内容的各行。只看由人填写的列（整张重写的清单看全部列）。"""
    owned = table.table.columns if table.table.relisted else table.table.staff
    first, *others = (column.name for column in owned if column.name in table.columns)
    names, width = tuple(table.columns), max(table.columns.values(), default=0)
    pick = itemgetter(*(column - 1 for column in table.columns.values()))
    for number, cells in enumerate(grid.rows[table.header_row :], start=table.header_row + 1):
        values = dict(zip(names, pick(cells if len(cells) >= width else (*cells, *(None,) * width)), strict=True))
        if values[first] is not None or any(values[name] is not None for name in others):
            yield Row(Place(table.sheet, number, table.columns), values, report)

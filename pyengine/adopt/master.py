"""新台账的内容：各表的行，逐行累加；写满才知道行号，所以每行先要到行号再写。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from pyengine.layout import column_letter, layout

Value = str | int | float | date | None


@dataclass(slots=True)
class Master:
    """各表的行（表头 → 值）。"""

    rows: dict[str, list[dict[str, Value]]] = field(default_factory=lambda: defaultdict(list))

    def open_row(self, sheet: str) -> Line:
        """在这张表末尾新开一行。"""
        values: dict[str, Value] = {}
        self.rows[sheet].append(values)
        return Line(sheet, layout().header_row + len(self.rows[sheet]), values)


@dataclass(frozen=True, slots=True)
class Line:
    """新台账的一行。"""

    sheet: str
    number: int
    values: dict[str, Value]

    def address(self, header: str) -> str:
        """这一行某列的地址：表名!G12。"""
        return f"{self.sheet}!{letters(self.sheet)[header]}{self.number}"

    def put(self, header: str, value: Value) -> str:
        """写一格，返回地址。"""
        self.values[header] = value
        return self.address(header)


@cache
def letters(sheet: str) -> Mapping[str, str]:
    """这张表各列的字母（表头 → 字母）。"""
    table = layout().table_of(sheet) or layout().ledger
    return {column.name: column_letter(index) for index, column in enumerate(table.columns, start=1)}

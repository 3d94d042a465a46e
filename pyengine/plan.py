"""一次写回的改动：值没有变的不收；只收系统自己的列、自己的表和督查记录末尾的新行，越界一律拒绝。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from pyengine.grid import Grid
from pyengine.layout import layout
from pyengine.ooxml import KEEP, CellEdit, Value, WriteRefused, stored_text
from pyengine.tables import SheetTable

RECORDS = "督查记录"
LISTS = ("待办提醒", "亮牌建议", "校验问题")
Edits = dict[str, list[CellEdit]]


@dataclass(frozen=True, slots=True)
class NewRecord:
    """督查记录的新行：各列表头到取值。"""

    cells: Mapping[str, Value]


@dataclass(slots=True)
class Plan:
    """一次写回的全部改动。与原值相等的不收；grids 是读到的原值。"""

    grids: Mapping[str, Grid]
    edits: Edits = field(default_factory=lambda: defaultdict(list))

    def put(self, sheet: str, row: int, column: int | None, value: Value, **more: Any) -> None:
        """把 value 写到一格；没有这一列或值没有变则不写（样式仍交由写入时比对）。"""
        if column is None:
            return
        value = stored_text(value) if type(value) is str else value
        same = same_value(self.grids[sheet].at(row, column), value)
        if not same or more.get("style") is not None:
            self.edits[sheet].append(CellEdit(row, column, KEEP if same else value, **more))


def same_value(old: object, new: object) -> bool:
    """两个单元格值是否相等：空串即空白，午夜的时间即日期，整数与小数按数值。"""
    if old is None or (type(old) is type(new) and type(new) is not float):
        return old == new or new == ""
    return _plain(old) == _plain(new)


def _plain(value: object) -> object:
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        return round(float(value), 9)
    return None if value == "" else value


def guarded(
    edits: Mapping[str, Sequence[CellEdit]], tables: Mapping[str, SheetTable]
) -> Mapping[str, Sequence[CellEdit]]:
    """核对每处改动都归系统所有，原样返回；有一处不是就抛 WriteRefused，什么也不写。"""
    for sheet, changes in edits.items():
        table = tables.get(sheet)
        columns = _owned_columns(sheet, table)
        for edit in changes:
            if not _owned(sheet, edit, table, columns):
                where = f"{sheet} 第{edit.row}行第{edit.column}列"
                raise WriteRefused(f"系统不得写 {where}，已停止", "这是程序的差错，台账没有改动，请反馈给维护人员")
    return edits


def _owned_columns(sheet: str, table: SheetTable | None) -> frozenset[int]:
    """数据行里归系统的列号。"""
    if table is None:
        return frozenset()
    if sheet in LISTS:
        return frozenset(table.columns.values())
    return frozenset(table.columns[column.name] for column in table.table.engine if column.name in table.columns)


def _owned(sheet: str, edit: CellEdit, table: SheetTable | None, columns: frozenset[int]) -> bool:
    if table is None:
        return sheet in layout().free
    if edit.row <= table.header_row:
        return False
    return edit.column in columns or (sheet == RECORDS and edit.row > table.last_row)

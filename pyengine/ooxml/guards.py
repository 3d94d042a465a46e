"""不能写的单元格 — heads and totals of tables, pivot tables, merges and array formulas, and what to say of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .areas import MAX_COLUMN, MAX_ROW, Area, Areas
from .cells import SheetText
from .tables import Table, heads, totals
from .values import refuse


class _Fence(NamedTuple):
    """Areas of one kind: what a cell in one of them is (`{}`: that area), and what to do about it."""

    areas: Areas
    why: str
    advice: str


class Guards:
    """One sheet's cells that must not be written. `tables`: the sheet's tables; `pivots`: areas of its pivot tables."""

    def __init__(self, text: SheetText, name: str, tables: tuple[Table, ...], pivots: Iterable[Area]) -> None:
        self._name, self.tables = name, tables
        self.heads, self.merges = heads(tables), Areas(text.merges())
        fences = (
            _Fence(self.heads, "是表格的表头", "表头由办公室维护；请核对列名是否被移动。"),
            _Fence(totals(tables), "在表格的汇总行里", "请在“表设计”中取消“汇总行”后再运行。"),
            _Fence(self.merges, "在合并单元格 {} 里", "请取消这处合并后再运行。"),
            _Fence(Areas(text.formula_areas()), "属于数组公式区域 {}", "请移走这个公式后再运行。"),
            _Fence(Areas(pivots), "在数据透视表 {} 里", "透视表的内容由 Excel 刷新；请改它的数据源。"),
        )
        self._fences = tuple(fence for fence in fences if fence.areas.all)

    def check_row(self, row: int, columns: Iterable[int]) -> None:
        """Raises `WriteRefused` if a cell of the row in one of these columns must not be written."""
        columns = tuple(columns)
        inside = 1 <= row <= MAX_ROW and min(columns) >= 1 and max(columns) <= MAX_COLUMN
        if inside and (not self._fences or all(fence.areas.beside(row) for fence in self._fences)):
            return
        for column in columns:
            self._check(row, column)

    def _check(self, row: int, column: int) -> None:
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            raise refuse(self._name, row, column, "超出工作表的行列范围", "请删减行数后再运行。")
        for areas, why, advice in self._fences:
            area = areas.holding(row, column)
            if area is None or (areas is self.merges and (row, column) == (area.first_row, area.first_column)):
                continue
            raise refuse(self._name, row, column, why.format(area.text()), advice)

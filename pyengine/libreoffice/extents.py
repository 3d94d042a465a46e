"""大小与位置 — widths and heights, autofit, merging, inserting, deleting and copying cells."""

from __future__ import annotations

from typing import Any

from .areas import Area
from .document import Place, address_of, area_of, rectangle
from .errors import plainly
from .runtime import load_uno, struct

_POINT = 2540 / 72
_CHARACTER, _PADDING = 5.25, 3.75


class Extents:
    """大小与位置 — the part of a Range that deals with its measures and with moving cells."""

    place: Place
    area: Area
    _sheet: Any

    @property
    def row_height(self) -> float | None:
        """The height of its rows in points, None when they differ."""
        return self._measure("Rows", "Height")

    @row_height.setter
    def row_height(self, value: float) -> None:
        self._change("Rows", "Height", round(value * _POINT))

    @property
    def column_width(self) -> float | None:
        """The width of its columns in characters of Excel's usual font, None when they differ."""
        points = self._measure("Columns", "Width")
        return None if points is None else round(max(0.0, (points - _PADDING) / _CHARACTER), 2)

    @column_width.setter
    def column_width(self, value: float) -> None:
        self._change("Columns", "Width", round((value * _CHARACTER + _PADDING) * _POINT))

    @property
    def width(self) -> float:
        """Its width in points."""
        return float(self.place.api.Size.Width / _POINT)

    @property
    def height(self) -> float:
        """Its height in points."""
        return float(self.place.api.Size.Height / _POINT)

    @property
    def left(self) -> float:
        """How far it is from the left edge of the sheet, in points."""
        return float(self.place.api.Position.X / _POINT)

    @property
    def top(self) -> float:
        """How far it is from the upper edge of the sheet, in points."""
        return float(self.place.api.Position.Y / _POINT)

    @property
    def row_hidden(self) -> bool | None:
        """Whether its rows are hidden, None when they differ."""
        return self._hidden("Rows")

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self._change("Rows", "IsVisible", not value)

    @property
    def column_hidden(self) -> bool | None:
        """Whether its columns are hidden, None when they differ."""
        return self._hidden("Columns")

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self._change("Columns", "IsVisible", not value)

    def autofit(self, axis: str | None = None) -> None:
        """Fit its rows ("r"), columns ("c") or both to their contents."""
        if axis in (None, "c", "columns"):
            self._change("Columns", "OptimalWidth", True)
        if axis in (None, "r", "rows"):
            self._change("Rows", "OptimalHeight", True)

    def _lines(self, which: str) -> Any:
        return getattr(self.place.api, f"get{which}")()

    def _change(self, which: str, name: str, value: Any) -> None:
        with plainly(f"改动{self.place.name()}"):
            self._lines(which).setPropertyValue(name, value)

    def _each(self, which: str, name: str) -> set[Any]:
        lines = self._lines(which)
        return {lines.getByIndex(number).getPropertyValue(name) for number in range(lines.getCount())}

    def _measure(self, which: str, name: str) -> float | None:
        found = self._each(which, name)
        return round(found.pop() / _POINT, 2) if len(found) == 1 else None

    def _hidden(self, which: str) -> bool | None:
        found = self._each(which, "IsVisible")
        return not found.pop() if len(found) == 1 else None

    @property
    def merge_cells(self) -> bool:
        """Whether it is one merged cell."""
        return bool(self.place.api.getIsMerged())

    @property
    def merge_area(self) -> Any:
        """The merged cell that the first cell is part of; the first cell itself where nothing is merged."""
        cursor = self.place.sheet.createCursorByRange(self.place.api.getCellByPosition(0, 0))
        cursor.collapseToMergedArea()
        return type(self)(self._sheet, area_of(cursor.getRangeAddress()))  # type: ignore[call-arg]

    def merge(self, across: bool = False) -> None:
        """Make it one cell, or one cell in each row."""
        rows = range(self.area.row, self.area.bottom + 1) if across else ()
        parts = [Area(row, self.area.column, 1, self.area.columns) for row in rows] or [self.area]
        with plainly(f"合并{self.place.name()}"):
            for part in parts:
                rectangle(self.place.sheet, part).merge(True)

    def unmerge(self) -> None:
        """Take merged cells apart."""
        with plainly(f"取消合并{self.place.name()}"):
            self.place.api.merge(False)

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Insert empty cells here; those here move down or to the right."""
        mode = {"down": "DOWN", "right": "RIGHT"}[shift or self._shift("down", "right")]
        with plainly(f"在{self.place.name()}插入单元格"):
            self.place.sheet.insertCells(self._address(), load_uno().Enum("com.sun.star.sheet.CellInsertMode", mode))

    def delete(self, shift: str | None = None) -> None:
        """Delete the cells; those below or to the right move here."""
        mode = {"up": "UP", "left": "LEFT"}[shift or self._shift("up", "left")]
        with plainly(f"删除{self.place.name()}"):
            self.place.sheet.removeRange(self._address(), load_uno().Enum("com.sun.star.sheet.CellDeleteMode", mode))

    def copy(self, destination: Any = None) -> None:
        """Copy the cells, with formulas and looks, to where `destination` begins."""
        if destination is None:
            raise NotImplementedError("copy() 需要写明 destination：不经过剪贴板")
        target = destination.impl.place
        corner = target.area
        number = target.sheet.getRangeAddress().Sheet
        cell = struct("table.CellAddress", number, corner.column - 1, corner.row - 1)
        with plainly(f"复制到{target.name()}"):
            self.place.sheet.copyRange(cell, self._address())

    def _shift(self, down: str, right: str) -> str:
        return down if self.area.columns >= self.area.rows else right

    def _address(self) -> Any:
        return address_of(self.area, self.place.sheet.getRangeAddress().Sheet)

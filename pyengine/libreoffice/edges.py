"""边 — where Ctrl+arrow leads: the edge of the block of filled cells, or the next filled cell."""

from __future__ import annotations

from collections.abc import Sequence

from .areas import Area
from .document import Place, area_of, rectangle
from .errors import plainly

_STEPS = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}


def used_area(sheet: object) -> Area:
    """The rectangle from the first to the last cell in use; A1 on an empty sheet."""
    cursor = sheet.createCursor()  # type: ignore[attr-defined]
    cursor.gotoStartOfUsedArea(False)
    cursor.gotoEndOfUsedArea(True)
    return area_of(cursor.getRangeAddress())


def end(place: Place, direction: str) -> Area:
    """The cell where Ctrl and the arrow of that direction leads from the first cell of the place."""
    down, across = _STEPS[direction]
    row, column = place.area.row, place.area.column
    with plainly("读取 LibreOffice 里的表"):
        last = Area(place.sheet.getRows().getCount(), place.sheet.getColumns().getCount())
        line = _line(place, down, across)
        limit = (last.row if down > 0 else 1) if down else (last.column if across > 0 else 1)
        steps = _steps(line, abs(limit - (row if down else column)))
    return Area(row + down * steps, column + across * steps)


def _line(place: Place, down: int, across: int) -> Sequence[bool]:
    """Whether the cells from here to the edge of the used area are filled, this one first."""
    row, column, used = place.area.row, place.area.column, used_area(place.sheet)
    to_row = max(row, used.bottom) if down > 0 else 1 if down else row
    to_column = max(column, used.right) if across > 0 else 1 if across else column
    top, left = min(row, to_row), min(column, to_column)
    area = Area(top, left, abs(to_row - row) + 1, abs(to_column - column) + 1)
    filled = [bool(text) for line in rectangle(place.sheet, area).getFormulaArray() for text in line]
    return filled if down + across > 0 else filled[::-1]


def _steps(line: Sequence[bool], limit: int) -> int:
    if len(line) > 1 and line[0] and line[1]:
        return next((number - 1 for number, filled in enumerate(line) if not filled), len(line) - 1)
    return next((number for number, filled in enumerate(line) if filled and number), limit)

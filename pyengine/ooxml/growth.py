"""随行增长 — the rows that edits add to a sheet, and which areas grow with them.

A row is added where values are written and nothing stood before. An area that ended right above grows by it, as it does
in Excel when rows are typed below a block.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .areas import Area
from .looks import Edits
from .rows import RowIndex
from .values import Keep


@dataclass(frozen=True, slots=True)
class Block:
    """成片的数据 — a table or filtered range: its area before and after the edits, and its first row below the head."""

    area: Area
    after: Area
    first_data_row: int


class Growth:
    """What the edits of one sheet add to it."""

    def __init__(self, index: RowIndex, edits: Edits) -> None:
        self._index = index
        written = {
            row: tuple(c for c, e in columns.items() if not isinstance(e.value, Keep) and e.value not in (None, ""))
            for row, columns in edits.items()
        }
        self._written = {row: columns for row, columns in written.items() if columns}
        self._frozen = index.text.frozen_rows()

    def block(self, area: Area, head_rows: int) -> Block:
        """The block of that area, longer by the unbroken run of rows added within its columns right below it."""
        last = area.last_row
        while self._adds(last + 1, area):
            last += 1
        return Block(area, replace(area, last_row=last), area.first_row + head_rows)

    def of_rule(self, area: Area, blocks: tuple[Block, ...]) -> Area:
        """The area of a rule or validation, longer by the rows added right below it, if it covers the data above them.

        A single row is taken for a special one unless it is all the data of a block; rows of a head have no followers.
        """
        last = area.last_row
        if last + 1 not in self._written or not self._covers_data(area, blocks):
            return area
        while self._follows(last + 1, area, blocks):
            last += 1
        return replace(area, last_row=last)

    def _adds(self, row: int, area: Area) -> bool:
        columns = range(area.first_column, area.last_column + 1)
        written = any(column in columns for column in self._written.get(row, ()))
        return written and not self._has_content(row, columns)

    def _covers_data(self, area: Area, blocks: tuple[Block, ...]) -> bool:
        last, beside = area.last_row, [block for block in blocks if block.area.overlaps(area)]
        head = max((block.first_data_row - 1 for block in beside), default=0)
        whole = any(area.first_row <= b.first_data_row and last == b.area.last_row for b in beside)
        tall = whole or area.first_row < last
        return tall and last > max(head, self._frozen) and self._has_content(last)

    def _follows(self, row: int, area: Area, blocks: tuple[Block, ...]) -> bool:
        """Whether the row is new as a whole and belongs to the rule's columns: by what is written, or by its block."""
        written = self._written.get(row, ())
        if not written or self._has_content(row):
            return False
        added = Area(row, area.first_column, row, area.last_column)
        stretch = Area(row, min(written), row, max(written))
        return stretch.overlaps(added) or any(block.after.overlaps(added) for block in blocks)

    def _has_content(self, row: int, columns: range | None = None) -> bool:
        cells = self._index.cells_of(row)
        return any(cell.content.strip() for cell in cells if columns is None or cell.column in columns)

"""行索引 — the rows of one sheet by number, and its cells, found by the quick ways first."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from .cells import Cell, Row, SheetText


class RowIndex:
    """All rows of a sheet's part."""

    def __init__(self, text: SheetText) -> None:
        self.text = text
        every = tuple(text.rows())
        self.rows = {row.number: row for row in every}
        self._doubled = frozenset() if len(self.rows) == len(every) else _doubled(row.number for row in every)
        self._numbers = sorted(self.rows)
        self.cells_of = lru_cache(maxsize=8)(self._read)

    def find(self, row: Row, column: int) -> Cell | None:
        """The row's cell in that column: by its address, by the row's end, and only then by looking at every cell."""
        cell = self.text.find(row, column)
        if cell is not None:
            return cell
        edge = self.text.edge(row)
        if edge is not None and edge[0] < column:
            return None
        return next((cell for cell in self.cells_of(row.number) if cell.column == column), None)

    def stands_twice(self, row: Row, cell: Cell | None) -> bool:
        """Whether the row, or the cell, stands in the part once more: programs differ in which of the two they show."""
        again = cell is not None and self.text.address_at(row, cell.column, cell.end) >= 0
        return again or row.number in self._doubled

    def room_behind(self, row: Row, columns: Iterable[int]) -> int | None:
        """Where the row's cells end, if cells of all these columns (ascending) can be put there; None if in doubt."""
        edge = self.text.edge(row)
        if edge is None or edge[0] >= next(iter(columns)) or row.number in self._doubled:
            return None
        for column in columns:
            if self.text.address_at(row, column) >= 0:
                return None  # cells out of order
        return edge[1]

    def place_for(self, number: int) -> int:
        """Where in the part a row of that number is to be put."""
        following = bisect_right(self._numbers, number)
        return self.rows[self._numbers[following]].start if following < len(self._numbers) else self.text.data_close

    def _read(self, number: int) -> tuple[Cell, ...]:
        row = self.rows.get(number)
        return tuple(self.text.cells(row)) if row is not None else ()


def _doubled(numbers: Iterable[int]) -> frozenset[int]:
    return frozenset(number for number, count in Counter(numbers).items() if count > 1)

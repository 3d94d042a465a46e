"""区域 — rectangles of cells, their addresses, and scattered cells joined into few rectangles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

Cell = tuple[int, int]
_PART = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,6})?")


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """区域 — a rectangle of cells; rows and columns count from 1."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1

    @property
    def bottom(self) -> int:
        """The last row."""
        return self.row + self.rows - 1

    @property
    def right(self) -> int:
        """The last column."""
        return self.column + self.columns - 1

    def cells(self) -> Iterator[Cell]:
        """Every cell as (row, column), row by row."""
        return (
            (row, column) for row in range(self.row, self.bottom + 1) for column in range(self.column, self.right + 1)
        )

    def common(self, other: Area) -> Area | None:
        """The part that both cover."""
        top, left = max(self.row, other.row), max(self.column, other.column)
        rows, columns = min(self.bottom, other.bottom) - top + 1, min(self.right, other.right) - left + 1
        return Area(top, left, rows, columns) if rows > 0 and columns > 0 else None

    def address(self, rows_fixed: bool = True, columns_fixed: bool = True) -> str:
        """The address as Excel spells it: $A$1:$B$2, A1."""
        across, down = "$" * columns_fixed, "$" * rows_fixed
        first = f"{across}{letters(self.column)}{down}{self.row}"
        if self.rows == self.columns == 1:
            return first
        return f"{first}:{across}{letters(self.right)}{down}{self.bottom}"


def letters(column: int) -> str:
    """The name of a column: 1 is A, 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    """The number of a column: A is 1, AB is 28."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def parse(text: str, rows: int, columns: int) -> Area | None:
    """The rectangle an address names on a sheet of that size (A1, $A$1:B2, A:C, 3:5); None for what is no address."""
    first, _, last = text.strip().partition(":")
    corners = [_PART.fullmatch(part) for part in (first, last or first)]
    if not all(corners) or (not last and ":" in text):
        return None
    marks = [match.groups() for match in corners if match]
    kinds = {(bool(column), bool(row)) for column, row in marks}
    if len(kinds) > 1 or (False, False) in kinds or (not last and (True, True) not in kinds):
        return None
    across = sorted(
        column_number(column) if column else end for (column, _), end in zip(marks, (1, columns), strict=True)
    )
    down = sorted(int(row) if row else end for (_, row), end in zip(marks, (1, rows), strict=True))
    if across[1] > columns or down[1] > rows:
        return None
    return Area(down[0], across[0], down[1] - down[0] + 1, across[1] - across[0] + 1)


def joined(cells: Iterable[Cell]) -> tuple[Area, ...]:
    """The cells as few rectangles: runs down each column, equal runs of neighbouring columns in one."""
    runs = sorted((row, bottom, column) for column, row, bottom in _runs(cells))
    found: list[Area] = []
    for (row, bottom), group in groupby(runs, key=lambda run: run[:2]):
        columns = [column for *_, column in group]
        for _, side in groupby(enumerate(columns), key=lambda pair: pair[1] - pair[0]):
            beside = [column for _, column in side]
            found.append(Area(row, beside[0], bottom - row + 1, len(beside)))
    return tuple(found)


def _runs(cells: Iterable[Cell]) -> Iterator[tuple[int, int, int]]:
    """(column, first row, last row) of every run of cells one below the other."""
    ordered = sorted({(column, row) for row, column in cells})
    for _, run in groupby(enumerate(ordered), key=lambda pair: (pair[1][0], pair[1][1] - pair[0])):
        places = [place for _, place in run]
        yield places[0][0], places[0][1], places[-1][1]

"""单元格区域 — addresses like AB12 and areas like A3:K6, and quick answers to "which area is this cell in?"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

MAX_ROW: Final = 1_048_576
MAX_COLUMN: Final = 16_384
_TALL = 256
_CORNER = re.compile(r"\$?([A-Za-z]{0,3})\$?(\d{0,7})$")


@cache
def letters(column: int) -> str:
    """列标 — A for 1, AB for 28."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@cache
def column_bytes(column: int) -> bytes:
    """列标 as it is spelled in a part."""
    return letters(column).encode()


@cache
def column_of(spelled: bytes) -> int:
    """The column of letters as they are spelled in a part."""
    return column_number(spelled.decode())


@cache
def column_number(text: str) -> int:
    """The column of letters: 28 for AB."""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """单元格地址 — AB12."""
    return f"{letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class Area:
    """区域 — first and last row and column, 1-based, all included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies inside."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column

    def overlaps(self, other: Area) -> bool:
        """Whether the two share a cell."""
        rows = self.first_row <= other.last_row and other.first_row <= self.last_row
        return rows and self.first_column <= other.last_column and other.first_column <= self.last_column

    def text(self) -> str:
        """A3:K6, or A3 for a single cell."""
        first = address(self.first_row, self.first_column)
        last = address(self.last_row, self.last_column)
        return first if first == last else f"{first}:{last}"


def parse_area(text: str) -> Area | None:
    """The area meant by A3:K6, $A$3, A:C or 3:5; None if it is none of these."""
    first, _, last = text.partition(":")
    corners = _CORNER.match(first), _CORNER.match(last or first)
    if corners[0] is None or corners[1] is None or not first:
        return None
    top, left = int(corners[0].group(2) or 1), column_number(corners[0].group(1)) or 1
    bottom, right = int(corners[1].group(2) or MAX_ROW), column_number(corners[1].group(1)) or MAX_COLUMN
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


class Areas:
    """一组区域 — answers which of many areas holds a cell, without asking them all."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self.all = tuple(areas)
        self._tall = tuple(area for area in self.all if area.last_row - area.first_row >= _TALL)
        self._by_row: dict[int, list[Area]] = {}
        for area in self.all:
            if area.last_row - area.first_row < _TALL:
                for row in range(area.first_row, area.last_row + 1):
                    self._by_row.setdefault(row, []).append(area)

    def beside(self, row: int) -> bool:
        """Whether no area has a cell in this row."""
        return not self._tall and row not in self._by_row

    def holding(self, row: int, column: int) -> Area | None:
        """An area that holds the cell, or None."""
        if not self.all:
            return None
        near = (*self._by_row.get(row, ()), *self._tall)
        return next((area for area in near if area.holds(row, column)), None)

"""单元格外观 — which cell format an edited cell gets: what it has, what its neighbours have, what the edit asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from .areas import Areas
from .rows import RowIndex
from .styles import StyleBook
from .values import DATE_FORMAT, MOMENT_FORMAT, CellEdit

Edits = Mapping[int, Mapping[int, CellEdit]]


class Looks:
    """The looks of one sheet's cells. `heads`: table heads, which data rows do not take after."""

    def __init__(self, index: RowIndex, edits: Edits, heads: Areas, styles: StyleBook | None) -> None:
        self._index, self._edits, self._heads, self._styles = index, edits, heads, styles
        self._column_styles = tuple(index.text.column_styles())
        self._frozen = index.text.frozen_rows()
        self._given: dict[tuple[int, int], int | None] = {}
        self._asked = lru_cache(maxsize=4096)(self._look)

    def of_new(self, row: int, edit: CellEdit) -> int:
        """The cell format of a cell that is not there yet: that of a row like it, else its row's, else its column's."""
        column = edit.column
        above = row - 1, column
        if not edit.like and row - 1 > self._frozen and not self._heads.all and above in self._given:
            first = self._given[above]  # a column filled from top to bottom
        else:
            first = self._style_at(edit.like, column) if edit.like else self._style_above(row, column)
        if first is None:
            first = self._default(row, column)
        self._given[row, column] = first
        return self.of(first, edit)

    def of(self, base: int, edit: CellEdit) -> int:
        """The cell format that the edit asks for, starting from `base`."""
        style, code = edit.style, edit.number_format
        is_day = isinstance(edit.value, date)
        if style is None and code is None and not is_day:
            return base
        if is_day and code is None:
            code = MOMENT_FORMAT if isinstance(edit.value, datetime) else DATE_FORMAT
        return self._asked(base, style, code, is_day)

    def _look(self, base: int, name: str | None, code: str | None, is_day: bool) -> int:
        style, book = base, self._styles
        if book is None:
            return base
        if name is not None and book.name_of(base) != name:
            style = book.named(name)
        if code is None or not (book.is_general(style) or (is_day and not book.is_date(style))):
            return style
        return book.with_format(style, code)

    def _default(self, row: int, column: int) -> int:
        present = self._index.rows.get(row)
        own = self._index.text.attributes(present) if present is not None else {}
        if b"s" in own and own.get(b"customFormat", b"")[1:-1] in (b"1", b"true"):
            return int(own[b"s"][1:-1])
        return next((style for low, high, style in self._column_styles if low <= column <= high), 0)

    def _style_at(self, row: int, column: int) -> int | None:
        if (row, column) in self._given:
            return self._given[row, column]
        present = self._index.rows.get(row)
        cell = self._index.find(present, column) if present is not None else None
        return None if cell is None else cell.style

    def _style_above(self, row: int, column: int) -> int | None:
        """The cell format in the data row above, passing over rows that are only now being made."""
        above = row - 1
        while above not in self._index.rows and above in self._edits and (above, column) not in self._given:
            above -= 1
        is_head = above <= self._frozen or self._heads.holding(above, column) is not None
        style = None if is_head else self._style_at(above, column)
        if row not in self._index.rows:
            self._given.setdefault((row, column), style)
        return style

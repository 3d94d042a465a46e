"""工作表 — the sheets of an open workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from .areas import Area, parse
from .document import Document
from .edges import used_area
from .errors import plainly
from .names import Names
from .notes import Note, notes_of
from .ranges import Range
from .tables import Tables

_PLAIN = re.compile(r"[^\W\d]\w*")


class Sheets(base_classes.Sheets):
    """各表 — the sheets of one workbook, in their order."""

    def __init__(self, book: Any) -> None:
        self.book = book

    @property
    def api(self) -> Any:
        """LibreOffice's own collection."""
        return self.book.api.Sheets

    def of(self, api: Any) -> Sheet:
        """The sheet for LibreOffice's own sheet."""
        return Sheet(self.book, api)

    @property
    def active(self) -> Sheet:
        """The sheet that is in front."""
        return self.of(self.book.controller().getActiveSheet())

    def __call__(self, name_or_index: int | str) -> Sheet:
        if isinstance(name_or_index, int):
            return self.of(self.api.getByIndex(name_or_index - 1))
        names = {name.lower(): name for name in self.api.getElementNames()}
        if name_or_index.lower() not in names:
            raise KeyError(name_or_index)
        return self.of(self.api.getByName(names[name_or_index.lower()]))

    def __len__(self) -> int:
        return int(self.api.getCount())

    def __iter__(self) -> Iterator[Sheet]:
        return (self(number + 1) for number in range(len(self)))

    def __contains__(self, name: object) -> bool:
        return str(name).lower() in (known.lower() for known in self.api.getElementNames())

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """A new sheet before or after another one, by default before the active one."""
        taken = set(self.api.getElementNames())
        free = name or next(word for number in range(1, len(taken) + 2) if (word := f"Sheet{number}") not in taken)
        position = after.number() + 1 if after else (before or self.active).number()
        with plainly(f"添加工作表 {free}"):
            self.api.insertNewByName(free, position)
        return self(free)


class Sheet(base_classes.Sheet):
    """一张表 — a sheet of an open workbook."""

    def __init__(self, book: Any, api: Any) -> None:
        self._book, self._api = book, api

    @property
    def api(self) -> Any:
        """LibreOffice's own sheet."""
        return self._api

    @property
    def book(self) -> Any:
        """The workbook it belongs to."""
        return self._book

    @property
    def document(self) -> Document:
        """The workbook as cells see it."""
        document: Document = self._book.document
        return document

    def number(self) -> int:
        """Its place among the sheets, counted from 0."""
        return int(self._api.getRangeAddress().Sheet)

    def at(self, area: Area) -> Range:
        """The range of a rectangle."""
        return Range(self, area)

    def spelled(self) -> str:
        """Its name as formulas spell it."""
        name = self.name
        return name if _PLAIN.fullmatch(name) else "'{}'".format(name.replace("'", "''"))

    @property
    def name(self) -> str:
        """Its name."""
        return str(self._api.getName())

    @name.setter
    def name(self, value: str) -> None:
        with plainly(f"把工作表改名为 {value}"):
            self._api.setName(value)

    @property
    def index(self) -> int:
        """Its place among the sheets, counted from 1."""
        return self.number() + 1

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """A range: an address or a name, (row, column) pairs, ranges, or (row, column, rows, columns)."""
        if isinstance(arg1, tuple) and len(arg1) == 4:
            return self.at(Area(*arg1))
        first = self._area(arg1)
        if arg2 is None:
            return self.at(first)
        last = self._area(arg2)
        top, left = min(first.row, last.row), min(first.column, last.column)
        bottom, right = max(first.bottom, last.bottom), max(first.right, last.right)
        return self.at(Area(top, left, bottom - top + 1, right - left + 1))

    def _area(self, given: Any) -> Area:
        if isinstance(given, Range):
            return given.area
        if isinstance(given, tuple):
            if 0 in given:
                raise IndexError("行和列从 1 数起")
            return Area(*given)
        area = (
            parse(given, self._size("Rows"), self._size("Columns")) if ":" in given else parse(given, 1 << 20, 1 << 14)
        )
        return area or self._named(given)

    def _named(self, name: str) -> Area:
        for names in (self.names, self._book.names):
            if names.contains(name):
                area: Area = names(name).refers_to_range.area
                return area
        raise ValueError(f"{self.name}里没有“{name}”这样的区域或名称")

    def _size(self, which: str) -> int:
        return int(getattr(self._api, f"get{which}")().getCount())

    @property
    def cells(self) -> Range:
        """All its cells."""
        return self.at(Area(1, 1, self._size("Rows"), self._size("Columns")))

    @property
    def used_range(self) -> Range:
        """From the first to the last cell in use."""
        return self.at(used_area(self._api))

    @property
    def names(self) -> Names:
        """The names that belong to this sheet."""
        return Names(self, self._book)

    @property
    def notes(self) -> list[Note]:
        """The notes on its cells."""
        return notes_of(self)

    @property
    def tables(self) -> Tables:
        """The tables on it."""
        return Tables(self)

    @property
    def visible(self) -> bool:
        """Whether it is shown."""
        return bool(self._api.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        with plainly(f"显示或隐藏工作表 {self.name}"):
            self._api.IsVisible = bool(value)

    def activate(self) -> None:
        """Bring it to the front."""
        self._book.controller().setActiveSheet(self._api)

    def select(self) -> None:
        """Bring it to the front."""
        self.activate()

    def clear_contents(self) -> None:
        """Empty its cells; looks and notes stay."""
        self.used_range.clear_contents()

    def clear_formats(self) -> None:
        """Take all looks away."""
        self.cells.clear_formats()

    def clear(self) -> None:
        """Empty its cells and take looks and notes away."""
        self.cells.clear()

    def autofit(self, axis: str | None = None) -> None:
        """Fit rows ("r"), columns ("c") or both to their contents."""
        self.used_range.autofit(axis)

    def delete(self) -> None:
        """Delete the sheet."""
        with plainly(f"删除工作表 {self.name}"):
            self._book.api.Sheets.removeByName(self.name)

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        """Copy it within its workbook."""
        other = before or after
        if other is None or other.book.api != self._book.api:
            raise NotImplementedError("工作表只能在同一本表里复制")
        taken, name = set(self._book.api.Sheets.getElementNames()), self.name
        free = next(word for number in range(2, len(taken) + 3) if (word := f"{name[:25]} ({number})") not in taken)
        with plainly(f"复制工作表 {name}"):
            self._book.api.Sheets.copyByName(name, free, other.number() + (after is not None))

    def move(self, before: Sheet | None, after: Sheet | None) -> None:
        """Move it before or after another sheet of its workbook."""
        position = after.number() + 1 if after else before.number() if before else 0
        with plainly(f"移动工作表 {self.name}"):
            self._book.api.Sheets.moveByName(self.name, position)

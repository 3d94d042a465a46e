"""名称 — the names that a workbook or a sheet gives to ranges and formulas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from .document import area_of
from .errors import plainly
from .formulas import to_calc, to_excel
from .runtime import struct


class Names(base_classes.Names):
    """名称 — all names of a workbook (its sheets' own included), or of one sheet."""

    def __init__(self, owner: Any, book: Any) -> None:
        self._owner, self._book = owner, book

    @property
    def api(self) -> Any:
        """LibreOffice's own collection."""
        return self._owner.api.NamedRanges

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Name]:
        return iter(self._all())

    def __call__(self, name_or_index: int | str) -> Name:
        found = self._all()
        if isinstance(name_or_index, int):
            return found[name_or_index - 1]
        wanted = name_or_index.lower()
        return next((name for name in found if wanted in (name.name.lower(), name.plain.lower())), None) or _missing(
            name_or_index
        )

    def contains(self, name_or_index: int | str) -> bool:
        """Whether there is such a name."""
        try:
            return bool(self(name_or_index))
        except (KeyError, IndexError):
            return False

    def add(self, name: str, refers_to: str) -> Name:
        """Add a name for what `refers_to` says: =台账!$A$1:$B$9."""
        with plainly(f"添加名称 {name}"):
            content = to_calc(refers_to if refers_to.startswith("=") else f"={refers_to}")
            self.api.addNewByName(name, content.removeprefix("="), struct("table.CellAddress", 0, 0, 0), 0)
        return Name(self._owner, self._book, name)

    def _all(self) -> list[Name]:
        owners = [self._owner, *(self._book.sheets if self._owner is self._book else ())]
        return [Name(owner, self._book, name) for owner in owners for name in owner.api.NamedRanges.getElementNames()]


def _missing(name: object) -> Name:
    raise KeyError(name)


class Name(base_classes.Name):
    """一个名称 — of a workbook, or of one sheet (表!名称)."""

    def __init__(self, owner: Any, book: Any, plain: str) -> None:
        self._owner, self._book, self.plain = owner, book, plain

    @property
    def api(self) -> Any:
        """LibreOffice's own named range."""
        return self._owner.api.NamedRanges.getByName(self.plain)

    @property
    def name(self) -> str:
        """The name; one that belongs to a sheet with the sheet before it."""
        return self.plain if self._owner is self._book else f"{self._owner.name}!{self.plain}"

    @name.setter
    def name(self, value: str) -> None:
        with plainly(f"改名称 {self.plain}"):
            self.api.setName(value)
        self.plain = value

    @property
    def refers_to(self) -> str:
        """What it stands for, in Excel's spelling."""
        return to_excel(f"={self.api.getContent()}")

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        with plainly(f"改名称 {self.plain}"):
            self.api.setContent(to_calc(value if value.startswith("=") else f"={value}").removeprefix("="))

    @property
    def refers_to_range(self) -> Any:
        """The range it stands for."""
        cells = self.api.getReferredCells()
        if cells is None:
            raise ValueError(f"名称 {self.plain} 不是一块单元格：{self.refers_to}")
        return self._book.sheets.of(cells.getSpreadsheet()).at(area_of(cells.getRangeAddress()))

    def delete(self) -> None:
        """Take the name away; the cells stay."""
        with plainly(f"删名称 {self.plain}"):
            self._owner.api.NamedRanges.removeByName(self.plain)


def name_of(range_: Any) -> Name | None:
    """The name that stands for exactly this range, None when there is none."""
    book = range_.sheet.book
    wanted = f"={range_.sheet.spelled()}!{range_.address}"
    return next((name for name in Names(book, book) if name.refers_to == wanted), None)


def add_name(range_: Any, name: str) -> None:
    """Let the workbook call a range by a name, a new one or one that stood for something else."""
    book = range_.sheet.book
    names, refers_to = Names(book, book), f"={range_.sheet.spelled()}!{range_.address}"
    if names.api.hasByName(name):
        Name(book, book, name).refers_to = refers_to
    else:
        names.add(name, refers_to)

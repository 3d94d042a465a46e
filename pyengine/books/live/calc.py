"""LibreOffice 里的台账 — the ledger open in LibreOffice, through our xlwings engine for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from pyengine import libreoffice
from pyengine.grid import CellError
from pyengine.libreoffice.areas import Area, joined
from pyengine.libreoffice.cells import raw, shown
from pyengine.libreoffice.document import area_of
from pyengine.libreoffice.errors import plainly
from pyengine.libreoffice.runtime import load_uno
from pyengine.libreoffice.values import ErrorValue
from pyengine.ooxml import Locked, NamedLook, WriteRefused

from .blocks import Block, Cell, typed
from .desk import Rows, Work, read_only

T = TypeVar("T")
P = ParamSpec("P")
_FORMULAS = 1 | 2 | 4
_CONTENT = 1 | 2 | 4 | 8 | 16
_FEW = 20
_LINK = "com.sun.star.text.TextField.URL"


def _plainly(call: Callable[Concatenate[CalcDesk, P], T]) -> Callable[Concatenate[CalcDesk, P], T]:
    """LibreOffice's own errors become those of the ledger; whatever a LibreOffice that is gone answers, it is gone."""

    @wraps(call)
    def plain(desk: CalcDesk, /, *arguments: P.args, **named: P.kwargs) -> T:
        try:
            with plainly("做到一半"):
                return call(desk, *arguments, **named)
        except libreoffice.Refused as error:
            if not desk.is_alive():
                raise Locked("做到一半时 LibreOffice 关掉了，没有做完。", "重新打开这本表，再做一次。") from error
            raise WriteRefused(error.message, error.advice) from error
        except libreoffice.OfficeError as error:
            raise Locked(error.message, error.advice) from error

    return plain


class CalcDesk:
    """A workbook open in LibreOffice."""

    program = "LibreOffice"

    def __init__(self, book: Any) -> None:
        self._book, self._pages, self._read = book, dict[str, Any](), dict[str, object]()

    @classmethod
    def find(cls, path: Path) -> CalcDesk | None:
        """The workbook of this file if LibreOffice has it open; nothing is opened. Raises `Locked` when it does not answer, or
        has the file open for reading only."""
        try:
            found = cls(libreoffice.attach(path))
        except (libreoffice.NotRunning, libreoffice.Missing):
            return None
        except libreoffice.OfficeError as error:
            raise Locked(error.message, error.advice) from error
        if found.document.isReadonly():
            raise read_only(path)
        return found

    @property
    def document(self) -> Any:
        """LibreOffice's own document."""
        return self._book.api

    def is_alive(self) -> bool:
        """Whether LibreOffice is still there."""
        return bool(self._book.app.impl.office.is_alive())

    @_plainly
    def names(self) -> tuple[str, ...]:
        """The worksheets, in the order of their tabs."""
        return tuple(self._book.impl.sheets.api.getElementNames())

    @_plainly
    def read(self, sheet: str) -> tuple[Area, Rows]:
        """The area in use and its values."""
        used = self._sheet(sheet).used_range.impl
        data = raw(used.place)
        self._read[sheet] = used.area, data
        rows = shown(used.place, data, name_errors=True)
        return used.area, [[CellError(str(v)) if isinstance(v, ErrorValue) else v for v in row] for row in rows]

    @_plainly
    def unchanged(self, sheet: str) -> bool:
        """Whether the sheet still holds what was last read of it."""
        used = self._sheet(sheet).used_range.impl
        return (used.area, raw(used.place)) == self._read[sheet]

    @_plainly
    def merged(self, sheet: str, area: Area) -> Area | bool | None:
        """Whether an area has merged cells."""
        found = self._sheet(sheet).impl.at(area)
        some = bool(found.merge_cells)
        if not some or area.rows * area.columns > 1:
            return some
        return found.merge_area.area  # type: ignore[no-any-return]

    @_plainly
    def formula_cells(self, sheet: str, area: Area) -> frozenset[Cell]:
        """The cells of an area that hold formulas."""
        found = self._sheet(sheet).impl.at(area).api.queryFormulaCells(_FORMULAS).getRangeAddresses()
        return frozenset(cell for part in found for cell in area_of(part).cells())

    @_plainly
    def protected(self, sheet: str) -> bool:
        """Whether the sheet is protected."""
        return bool(self._sheet(sheet).api.isProtected())

    @_plainly
    def style(self, sheet: str, cells: Sequence[Cell]) -> str | None:
        """The named style that the cells share; None when they differ."""
        return libreoffice.style_of(self._sheet(sheet), cells)

    @_plainly
    def number_format(self, sheet: str, cells: Sequence[Cell]) -> str | None:
        """The number format that the cells share; None when they differ."""
        return libreoffice.format_of(self._sheet(sheet), cells)

    @_plainly
    def ensure_styles(self, looks: dict[str, NamedLook]) -> None:
        """Named styles that the workbook lacks are added."""
        known = set(libreoffice.style_names(self._book))
        for name, look in looks.items():
            if name not in known:
                libreoffice.add_style(self._book, name, look.fill, look.font, look.bold, look.italic)

    @_plainly
    def do(self, sheet: str, work: Work) -> None:
        """Carry out the work on one sheet."""
        page = self._sheet(sheet)
        with self._heights_kept():
            if work.grown is not None:
                _grow(page, *work.grown)
            for name, cells in work.styles.items():
                libreoffice.restyle(page, name, cells)
            for code, cells in work.formats.items():
                libreoffice.reformat(page, code, cells)
            for block in work.blocks:
                _write(page, block)
        _measure(page, work.tall)
        for cell, target in work.links.items():
            if target:
                _link(page, cell, target)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No drawing for the time of the work."""
        self._lock()
        try:
            yield
        finally:
            self._unlock()

    @_plainly
    def _lock(self) -> None:
        self.document.lockControllers()

    @_plainly
    def _unlock(self) -> None:
        self.document.unlockControllers()

    @contextmanager
    def _heights_kept(self) -> Iterator[None]:
        """The heights of rows are not measured anew, which takes longer than the change itself."""
        document = self._book.api
        before = document.IsAdjustHeightEnabled
        document.IsAdjustHeightEnabled = False
        try:
            yield
        finally:
            document.IsAdjustHeightEnabled = before

    @_plainly
    def say(self, text: str) -> None:
        """A line in the status bar; "" gives it back to LibreOffice."""
        self._book.app.status_bar = text or False

    @_plainly
    def tell(self, text: str, title: str) -> bool:
        """A message before LibreOffice's window; False when it has none."""
        window = self._book.impl.controller().getFrame().getContainerWindow()
        if not window.isVisible():
            return False
        self._book.app.alert(text, title=title, buttons="ok", mode="info")
        return True

    def _sheet(self, name: str) -> Any:
        if name not in self._pages:
            self._pages[name] = self._book.sheets[name]
        return self._pages[name]


def _write(page: Any, block: Block) -> None:
    page.impl.at(block.area).raw_value = [[typed(value) for value in row] for row in block.rows]


def _measure(page: Any, texts: Sequence[Cell]) -> None:
    """The rows of these wrapped texts get the height they need, unless theirs was set by hand.

    LibreOffice measures rows anew when their wrapping changes; of many areas at once, the rows between them too.
    """
    areas = joined(texts)
    for part in [(area,) for area in areas] if len(areas) <= _FEW else [areas]:
        found = page.impl.at(part[0]).place.joined(part)
        if found.getPropertyState("IsTextWrapped").value != "AMBIGUOUS_VALUE" and found.IsTextWrapped:
            found.IsTextWrapped = False
            found.IsTextWrapped = True


def _grow(page: Any, last: int, bottom: int) -> None:
    """The rows below the last one look like it; they stay empty."""
    width = page.used_range.impl.area.right
    downwards = load_uno().Enum("com.sun.star.sheet.FillDirection", "TO_BOTTOM")
    page.impl.at(Area(last, 1, bottom - last + 1, width)).api.fillAuto(downwards, 1)
    page.impl.at(Area(last + 1, 1, bottom - last, width)).api.clearContents(_CONTENT)


def _link(page: Any, cell: Cell, target: str) -> None:
    """Make the cell's text a link to a place in the workbook."""
    found = page.impl.at(Area(*cell)).api
    field = page.impl.document.api.createInstance(_LINK)
    field.URL, field.Representation = f"#{target.replace('!', '.')}", found.getString()
    found.setString("")
    text = found.getText()
    text.insertTextContent(text.createTextCursor(), field, False)

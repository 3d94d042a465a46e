"""Excel、WPS 里的台账 — the ledger open in Excel or WPS on Windows, through xlwings and the program's own object model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pyengine.grid import CellError
from pyengine.libreoffice.areas import Area, joined, parse
from pyengine.ooxml import NamedLook

from .blocks import Block, Cell, typed
from .com import is_refusal, patient
from .desk import Rows, Work

_ROWS, _COLUMNS = 1 << 20, 1 << 14
_LONGEST_ADDRESS = 250
_FORMATS_ONLY = 3
_NO_DAY = date(1899, 12, 30)
_TICK = timedelta(milliseconds=500)
_ERRORS = {
    -2146826288: "#NULL!", -2146826281: "#DIV/0!", -2146826273: "#VALUE!", -2146826265: "#REF!", -2146826259: "#NAME?",
    -2146826252: "#NUM!", -2146826246: "#N/A",
}  # fmt: skip


class ExcelDesk:
    """A workbook open in Excel or WPS; `book` is the program's own Workbook object.

    `moment` makes of a datetime what the program takes for one.
    """

    def __init__(self, book: Any, program: str, moment: Callable[[datetime], object]) -> None:
        self._book, self.program, self._moment = book, program, moment
        self._pages: dict[str, Any] = {}
        self._read: dict[str, object] = {}

    @patient
    def names(self) -> tuple[str, ...]:
        """The worksheets, in the order of their tabs."""
        sheets = self._book.Worksheets
        return tuple(str(sheets(number).Name) for number in range(1, int(sheets.Count) + 1))

    @patient
    def read(self, sheet: str) -> tuple[Area, Rows]:
        """The area in use and its values."""
        used = self._page(sheet).UsedRange
        area, rows = _area(str(used.Address)), _rows(used.Value)
        self._read[sheet] = area, rows
        return area, [[_plain(value) for value in row] for row in rows]

    @patient
    def unchanged(self, sheet: str) -> bool:
        """Whether the sheet still holds what was last read of it."""
        used = self._page(sheet).UsedRange
        return (_area(str(used.Address)), _rows(used.Value)) == self._read[sheet]

    @patient
    def merged(self, sheet: str, area: Area) -> Area | bool | None:
        """Whether an area has merged cells: False none, True or None some; for one cell the merged area it is in."""
        found = self._at(sheet, area)
        some = found.MergeCells
        if some is False or area.rows * area.columns > 1:
            return None if some is None else bool(some)
        return _area(str(found.MergeArea.Address))

    @patient
    def formula_cells(self, sheet: str, area: Area) -> frozenset[Cell]:
        """The cells of an area that hold formulas."""
        found = self._at(sheet, area)
        some = found.HasFormula
        if some is False:
            return frozenset()
        texts, values = _rows(found.Formula), _rows(found.Value)
        return frozenset(
            (area.row + down, area.column + across)
            for down, line in enumerate(texts)
            for across, text in enumerate(line)
            if str(text).startswith("=") and text != values[down][across]
        )

    @patient
    def protected(self, sheet: str) -> bool:
        """Whether the sheet is protected."""
        return bool(self._page(sheet).ProtectContents)

    @patient
    def style(self, sheet: str, cells: Sequence[Cell]) -> str | None:
        """The named style that the cells share; None when they differ."""
        found = {_style_of(part) for part in self._parts(sheet, cells)}
        return found.pop() if len(found) == 1 else None

    @patient
    def number_format(self, sheet: str, cells: Sequence[Cell]) -> str | None:
        """The number format that the cells share; None when they differ."""
        found = {part.NumberFormat for part in self._parts(sheet, cells)}
        return found.pop() if len(found) == 1 else None

    @patient
    def ensure_styles(self, looks: dict[str, NamedLook]) -> None:
        """Named styles that the workbook lacks are added."""
        styles = self._book.Styles
        known = {str(styles(number).Name) for number in range(1, int(styles.Count) + 1)} if looks else set()
        for name, look in looks.items():
            if name not in known:
                _dress(styles.Add(name), look)

    @patient
    def do(self, sheet: str, work: Work) -> None:
        """Carry out the work on one sheet. Links come first, as they bring looks; then a second time changes nothing."""
        if work.grown is not None:
            self._grow(sheet, *work.grown)
        for cell, target in work.links.items():
            self._link(sheet, cell, target)
        for name, cells in work.styles.items():
            for part in self._parts(sheet, cells):
                part.Style = name
        for code, cells in work.formats.items():
            for part in self._parts(sheet, cells):
                part.NumberFormat = code
        for block in work.blocks:
            self._write(sheet, block)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No drawing, and none of the workbook's own event macros, for the time of the work."""
        before = {name: self._ask(name) for name in ("ScreenUpdating", "EnableEvents")}
        try:
            for name in before:
                self._set(name, False)
            yield
        finally:
            for name, value in before.items():
                self._set(name, value)

    def say(self, text: str) -> None:
        """A line in the status bar; "" gives it back to the program."""
        self._set("StatusBar", text or False)

    def tell(self, text: str, title: str) -> bool:
        """No: the program's own box would keep it busy; a box of ours does as well."""
        return False

    @patient
    def _ask(self, name: str) -> Any:
        return getattr(self._book.Application, name)

    @patient
    def _set(self, name: str, value: object) -> None:
        setattr(self._book.Application, name, value)

    def _page(self, sheet: str) -> Any:
        if sheet not in self._pages:
            self._pages[sheet] = self._book.Worksheets(sheet)
        return self._pages[sheet]

    def _at(self, sheet: str, area: Area) -> Any:
        return self._page(sheet).Range(area.address(False, False))

    def _parts(self, sheet: str, cells: Sequence[Cell]) -> Iterator[Any]:
        """The cells as few of the program's ranges of many areas: an address may be but so long."""
        text = ""
        for area in joined(cells):
            more = area.address(False, False)
            if text and len(text) + len(more) >= _LONGEST_ADDRESS:
                yield self._page(sheet).Range(text)
                text = ""
            text = f"{text},{more}" if text else more
        if text:
            yield self._page(sheet).Range(text)

    def _grow(self, sheet: str, last: int, bottom: int) -> None:
        """The rows below the last one look like it; they stay empty."""
        width = _area(str(self._page(sheet).UsedRange.Address)).right
        whole = self._at(sheet, Area(last, 1, bottom - last + 1, width))
        self._at(sheet, Area(last, 1, 1, width)).AutoFill(whole, _FORMATS_ONLY)

    def _link(self, sheet: str, cell: Cell, target: str) -> None:
        """A link to a place in the workbook; one that is there is led elsewhere, which leaves the cell's looks alone."""
        found = self._at(sheet, Area(*cell))
        if found.Hyperlinks.Count:
            if target:
                found.Hyperlinks(1).SubAddress = target
            else:
                found.ClearHyperlinks()
        elif target:
            self._page(sheet).Hyperlinks.Add(found, "", target)

    def _write(self, sheet: str, block: Block) -> None:
        """Put the values in; a text that the program took for something else all the same is put in once more, marked."""
        found = self._at(sheet, block.area)
        found.Value = tuple(tuple(self._stored(value) for value in row) for row in block.rows)
        seen = _rows(found.Value)
        for down, row in enumerate(block.rows):
            for across, value in enumerate(row):
                if isinstance(value, str) and value != seen[down][across]:
                    corner = Area(block.area.row + down, block.area.column + across)
                    self._at(sheet, corner).Value = f"'{value}"

    def _stored(self, value: object) -> object:
        """As the program takes it: "" empties a cell, numbers are floats, days moments."""
        if value is None:
            return ""
        if isinstance(value, date):
            return self._moment(value if isinstance(value, datetime) else datetime.combine(value, time()))
        return typed(value) if isinstance(value, str | bool) else float(value)  # type: ignore[arg-type]


def _rows(value: Any) -> Sequence[Sequence[Any]]:
    return value if isinstance(value, tuple) else ((value,),)


def _plain(value: Any) -> object:
    """As the ledger knows it: whole numbers come only as errors, money as a decimal, moments with a zone."""
    if type(value) is int:
        return CellError(_ERRORS.get(value, "#VALUE!"))
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        moment = (value.replace(tzinfo=None) + _TICK).replace(microsecond=0)
        moment = datetime(*moment.timetuple()[:6])
        return moment.time() if moment.date() == _NO_DAY else moment
    return value


def _area(address: str) -> Area:
    """The first rectangle of an address as the program spells it."""
    found = parse(address.partition(",")[0], _ROWS, _COLUMNS)
    if found is None:
        raise ValueError(address)
    return found


def _style_of(part: Any) -> str | None:
    """The style that a range has; None when its cells differ, which not every program puts into an answer."""
    try:
        style = part.Style
    except Exception as error:
        if is_refusal(error):
            return None
        raise
    return None if style is None else str(style.Name)


def _dress(style: Any, look: NamedLook) -> None:
    """A new style says nothing of numbers, places and borders, so that it leaves those of the cells alone."""
    style.IncludeNumber = style.IncludeAlignment = style.IncludeBorder = style.IncludeProtection = False
    if look.fill is not None:
        style.Interior.Color = _colour(look.fill)
    if look.font is not None:
        style.Font.Color = _colour(look.font)
    style.Font.Bold, style.Font.Italic = look.bold, look.italic


def _colour(text: str) -> int:
    red, green, blue = bytes.fromhex(text)
    return red + (green << 8) + (blue << 16)

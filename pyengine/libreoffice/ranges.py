"""单元格区域 — xlwings' Range over a rectangle of a LibreOffice sheet."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from .areas import Area
from .cells import filled, formulas, read, type_in, write
from .document import Place, area_of
from .edges import end
from .errors import plainly
from .extents import Extents
from .formulas import to_calc
from .looks import Looks
from .names import Name, add_name, name_of
from .notes import Note, add_note, note_at
from .tables import Table, table_at

_VALUES = 1 | 2 | 4 | 16
_FORMATS = 32 | 256 | 512
_NOTES = 8


class Range(Looks, Extents, base_classes.Range):
    """区域 — a rectangle of cells; it remembers its place and asks LibreOffice only for what is read or set."""

    def __init__(self, sheet: Any, area: Area) -> None:
        self._sheet = sheet
        self.area = area
        self.place = Place(sheet.document, sheet.api, area)
        self.options: dict[str, Any] = {}

    @property
    def api(self) -> Any:
        """LibreOffice's own cell range."""
        return self.place.api

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        """Sheet, first row and column, numbers of rows and columns."""
        return (self.place.sheet, self.row, self.column, *self.shape)

    @property
    def sheet(self) -> Any:
        """The sheet it is on."""
        return self._sheet

    @property
    def row(self) -> int:
        """The first row."""
        return self.area.row

    @property
    def column(self) -> int:
        """The first column."""
        return self.area.column

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        return self.area.rows, self.area.columns

    def __len__(self) -> int:
        return self.area.rows * self.area.columns

    def __call__(self, *arguments: Any) -> Range:
        row, column = arguments[0], arguments[-1]
        if len(arguments) == 1:
            row, column = (number + 1 for number in divmod(arguments[0] - 1, self.area.columns))
        return Range(self._sheet, Area(self.row + row - 1, self.column + column - 1))

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        """Its address, with book and sheet if asked for."""
        address = self.area.address(row_absolute, col_absolute)
        if not external:
            return address
        name = f"[{self._sheet.book.name}]{self._sheet.name}"
        plain = all(character.isalnum() or character in "_.[]" for character in name)
        return f"{name}!{address}" if plain else "'{}'!{}".format(name.replace("'", "''"), address)

    @property
    def address(self) -> str:
        """Its address, such as $A$1:$B$2."""
        return self.area.address()

    @property
    def raw_value(self) -> Any:
        """The values: one for a single cell, rows of them otherwise."""
        grid = read(self.place, bool(self.options.get("err_to_str")))
        return grid[0][0] if len(self) == 1 else grid

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        write(*self._block(value))

    def _block(self, value: Any) -> tuple[Place, Any]:
        """The cells that a value or rows of values go to, and the value of each."""
        if not isinstance(value, (list, tuple)):
            return self.place, filled(value, self.area)
        rows = value if value and isinstance(value[0], (list, tuple)) else [value]
        area = Area(self.row, self.column, len(rows), len(rows[0]))
        return Place(self._sheet.document, self._sheet.api, area), rows

    @property
    def formula(self) -> Any:
        """The formulas in Excel's spelling: one for a single cell, rows of them otherwise."""
        grid = formulas(self.place)
        return grid[0][0] if len(self) == 1 else tuple(map(tuple, grid))

    @formula.setter
    def formula(self, value: Any) -> None:
        type_in(*self._block(value))

    @property
    def formula2(self) -> Any:
        """The same as `formula`: LibreOffice knows no spilling."""
        return self.formula

    @formula2.setter
    def formula2(self, value: Any) -> None:
        self.formula = value

    @property
    def formula_array(self) -> Any:
        """The array formula that fills the range, "" when there is none."""
        text = self.api.getArrayFormula()
        return formulas(self.place)[0][0] if text else ""

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        with plainly(f"写入{self.place.name()}"):
            self.api.setArrayFormula(to_calc(value))

    @property
    def has_array(self) -> bool:
        """Whether the range is filled by one array formula."""
        return bool(self.api.getArrayFormula())

    def clear_contents(self) -> None:
        """Empty the cells; looks and notes stay."""
        self._clear(_VALUES)

    def clear_formats(self) -> None:
        """Take all looks away; contents stay."""
        self._clear(_FORMATS)
        with plainly(f"改动{self.place.name()}"):
            self.api.CellStyle = "Default"

    def clear(self) -> None:
        """Empty the cells and take looks and notes away."""
        self._clear(_VALUES | _NOTES)
        self.clear_formats()

    def _clear(self, flags: int) -> None:
        with plainly(f"改动{self.place.name()}"):
            self.api.clearContents(flags)

    def end(self, direction: str) -> Range:
        """Where Ctrl+arrow leads from the first cell."""
        return Range(self._sheet, end(self.place, direction))

    @property
    def current_region(self) -> Range:
        """The block around the first cell, up to empty rows and columns."""
        cursor = self.place.sheet.createCursorByRange(self.api.getCellByPosition(0, 0))
        cursor.collapseToCurrentRegion()
        return Range(self._sheet, area_of(cursor.getRangeAddress()))

    def select(self) -> None:
        """Select it in the window."""
        self._sheet.book.api.getCurrentController().select(self.api)

    @property
    def name(self) -> Name | None:
        """The workbook's name for exactly this range, None when there is none."""
        return name_of(self)

    @name.setter
    def name(self, value: str) -> None:
        add_name(self, value)

    @property
    def note(self) -> Note | None:
        """The note on the first cell, None when there is none."""
        return note_at(self)

    def add_note(self, text: str) -> Note:
        """Put a note on the first cell."""
        return add_note(self, text)

    @property
    def table(self) -> Table | None:
        """The table that the first cell is in, None when there is none."""
        return table_at(self)

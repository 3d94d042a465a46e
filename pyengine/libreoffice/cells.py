"""读写单元格 — whole blocks in a handful of calls, whatever their size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

from .areas import Area, Cell, joined
from .document import Place, area_of, rectangle
from .errors import plainly
from .formats import GENERAL, Kind, kinds_in, uniform_key
from .formulas import moved, to_calc, to_excel
from .values import ERRORS, FORMATS, ErrorValue, Sort, Stored, moment, stored

Grid = list[list[object]]
Raw = Sequence[Sequence[object]]
_NUMERIC, _DATES, _FORMULAS = 1, 2, 16
_SURELY_DAYS = 367


def read(place: Place, name_errors: bool = False) -> Grid:
    """The values of a block: texts, numbers (floats), truth values, datetimes, None for empty cells, `ErrorValue`s.

    A number shown as a time of day or a span stays a number, as it does in Excel. The kinds of errors are looked up cell
    by cell, and only when asked for.
    """
    return shown(place, raw(place), name_errors)


def raw(place: Place) -> Raw:
    """What a block holds, as LibreOffice gives it: texts, numbers, "" for empty cells, None for errors."""
    with plainly("读取 LibreOffice 里的表"):
        return place.api.getDataArray()  # type: ignore[no-any-return]


def shown(place: Place, data: Raw, name_errors: bool = False) -> Grid:
    """The values of a block, whose raw ones are `data`, as `read` gives them."""
    with plainly("读取 LibreOffice 里的表"):
        grid = [[None if value == "" else value for value in row] for row in data]
        if any(type(value) is float for row in data for value in row):
            _show_kinds(place, grid)
        _mark_errors(place, data, grid, name_errors)
    return grid


def write(place: Place, values: Sequence[Sequence[object]]) -> None:
    """Put a block of values into the cells; dates get a date format where the cell shows no date yet."""
    null_date = place.document.null_date
    rows = [[stored(value, null_date) for value in row] for row in values]
    with plainly(f"写入{place.name()}"):
        formulas_ = _of_sort(place, rows, Sort.FORMULA)
        formulas_ -= _as_texts(place, rows, _shown_as(place, formulas_, Kind.TEXT))
        _clear_truth(place, rows)
        place.api.setDataArray(tuple(tuple(map(_content, row)) for row in rows))
        for area in joined(formulas_):
            _write_formulas(place, rows, area)
        _show(place, rows)


def formulas(place: Place) -> list[list[str]]:
    """The formulas of a block in Excel's spelling; constants as they would be typed, "" for empty cells.

    A text that looks like a number or a formula starts with an apostrophe, so that written back it is the same text.
    """
    with plainly("读取 LibreOffice 里的公式"):
        found = [list(row) for row in place.api.getFormulaArray()]
        if any(text.startswith("=") for row in found for text in row):
            real = _cells(_areas(place, "queryContentCells", _FORMULAS))
            top, left = place.area.row, place.area.column
            for down, row in enumerate(found):
                for across, text in enumerate(row):
                    plain = (top + down, left + across) not in real
                    row[across] = f"'{text}" if plain and text.startswith("=") else to_excel(text)
        return found


def type_in(place: Place, values: Sequence[Sequence[object]]) -> None:
    """Put formulas into a block, and constants as if typed in: "5" is a number, "'5" a text."""
    typed = tuple(tuple(_typed(value, place.document.null_date) for value in row) for row in values)
    with plainly(f"写入{place.name()}"):
        place.api.setFormulaArray(typed)


def _typed(value: object, null_date: date) -> str:
    return to_calc(value) if isinstance(value, str) else str(stored(value, null_date).content)


def filled(value: object, area: Area) -> list[list[object]]:
    """One value for every cell of an area; a formula's relative references move along, as when it is filled."""
    if isinstance(value, str) and value.startswith("="):
        return [[moved(value, row, column) for column in range(area.columns)] for row in range(area.rows)]
    return [[value] * area.columns for _ in range(area.rows)]


def _content(cell: Stored) -> float | str:
    return "" if cell.sort is Sort.FORMULA else cell.content


def _write_formulas(place: Place, rows: list[list[Stored]], area: Area) -> None:
    top, left = area.row - place.area.row, area.column - place.area.column
    block = (row[left : left + area.columns] for row in rows[top : top + area.rows])
    texts = tuple(tuple(to_calc(str(cell.content)) for cell in row) for row in block)
    rectangle(place.sheet, area).setFormulaArray(texts)


def _of_sort(place: Place, rows: list[list[Stored]], *sorts: Sort) -> set[Cell]:
    top, left = place.area.row, place.area.column
    return {
        (top + down, left + across)
        for down, row in enumerate(rows)
        for across, cell in enumerate(row)
        if cell.sort in sorts
    }


def _shown_as(place: Place, cells: set[Cell], kind: Kind) -> set[Cell]:
    """Which of the cells have a number format of a kind."""
    if not cells:
        return set()
    formats = place.document.formats
    key = uniform_key(place.joined(joined(cells)))
    if key is not None:
        return cells if formats.kind(key) is kind else set()
    rows, columns = zip(*cells, strict=True)
    around = Area(min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)
    found = kinds_in(rectangle(place.sheet, around), formats, [kind], area_of)[kind]
    return cells & set(chain.from_iterable(area.cells() for area in found))


def _set_format(place: Place, cells: set[Cell], code: str) -> None:
    if cells:
        place.joined(joined(cells)).NumberFormat = place.document.formats.key(code)


def _as_texts(place: Place, rows: list[list[Stored]], cells: set[Cell]) -> set[Cell]:
    """A formula for a cell that is formatted as text is text, as in Excel."""
    for row, column in cells:
        down, across = row - place.area.row, column - place.area.column
        rows[down][across] = Stored(Sort.TEXT, rows[down][across].content)
    return cells


def _clear_truth(place: Place, rows: list[list[Stored]]) -> None:
    """A number must not show as TRUE where a truth value stood before."""
    numbers = _of_sort(place, rows, Sort.NUMBER)
    if numbers:
        before = place.api.getDataArray()
        top, left = place.area.row, place.area.column
        plain = {(row, column) for row, column in numbers if _surely_number(before[row - top][column - left])}
        _set_format(place, _shown_as(place, numbers - plain, Kind.LOGICAL), GENERAL)


def _surely_number(value: object) -> bool:
    return type(value) is float and value not in (0.0, 1.0)


def _show(place: Place, rows: list[list[Stored]]) -> None:
    """Give dates, times and truth values a format that shows them as such."""
    for sort, code in FORMATS.items():
        cells = _of_sort(place, rows, sort)
        if cells and sort is not Sort.LOGICAL:
            shown = place.joined(joined(cells)).queryContentCells(_DATES)
            cells -= _cells(map(area_of, shown.getRangeAddresses()))
        _set_format(place, cells, code)


def _cells(areas: Iterable[Area]) -> set[Cell]:
    return set(chain.from_iterable(area.cells() for area in areas))


def _show_kinds(place: Place, grid: Grid) -> None:
    """Make datetimes and truth values of the numbers whose format shows them as such."""
    top, left = place.area.row, place.area.column
    unsure = _show_dates(place, grid, _areas(place, "queryContentCells", _DATES))
    unsure |= _cells(_areas(place, "queryFormulaCells", _NUMERIC))
    for row, column in _shown_as(place, unsure, Kind.DATE):
        _show_date(place, grid[row - top], column - left)
    candidates = {
        (top + down, left + across)
        for down, row in enumerate(grid)
        for across, value in enumerate(row)
        if type(value) is float and value in (0.0, 1.0)
    }
    for row, column in _shown_as(place, candidates, Kind.LOGICAL):
        grid[row - top][column - left] = grid[row - top][column - left] == 1.0


def _show_dates(place: Place, grid: Grid, areas: Iterable[Area]) -> set[Cell]:
    """Make datetimes of the constants shown as dates; gives back those that may be times of day or spans instead."""
    top, left = place.area.row, place.area.column
    unsure: set[Cell] = set()
    for area in areas:
        for row, column in area.cells():
            value = grid[row - top][column - left]
            if type(value) is float and abs(value) < _SURELY_DAYS:
                unsure.add((row, column))
            else:
                _show_date(place, grid[row - top], column - left)
    return unsure


def _show_date(place: Place, line: list[object], across: int) -> None:
    value = line[across]
    if type(value) is float:
        line[across] = moment(value, place.document.null_date)


def _areas(place: Place, query: str, flag: int) -> tuple[Area, ...]:
    found = getattr(place.api, query)(flag).getRangeAddresses()
    return tuple(map(area_of, found))


def _mark_errors(place: Place, data: Sequence[Sequence[object]], grid: Grid, named: bool) -> None:
    """LibreOffice gives nothing at all for a cell with an error, and an empty text for an empty cell."""
    for down, row in enumerate(data):
        for across, value in enumerate(row):
            if value is None:
                code = place.api.getCellByPosition(across, down).getError() if named else 0
                grid[down][across] = ErrorValue(ERRORS.get(code, "#VALUE!") if named else "")

"""读表 — worksheets through calamine, from a plain copy, with error cells put back as what they show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from python_calamine import CalamineWorkbook

from pyengine.grid import CellError, Grid, trimmed
from pyengine.ooxml import NotALedgerFile, Package

from .plain import Marks, plain_copy

_T = TypeVar("_T")
_SAVE_AS = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”或“启用宏的工作簿（*.xlsm）”。"
_SAVE_AGAIN = "请在 Excel 或 WPS 中打开并另存一份；打不开的，从备份恢复。"


@dataclass(frozen=True, slots=True)
class OpenBook:
    """打开着供读的工作簿 — its plain copy in calamine, and what that does not tell of each sheet."""

    book: CalamineWorkbook
    marks: Mapping[str, Marks]


def workbook_of(package: Package, sheets: Iterable[str] | None = None) -> OpenBook:
    """The package's sheets (or only these), ready to be read. Raises `NotALedgerFile`, for strict packages too."""
    if package.strict:
        raise NotALedgerFile("文件是“Strict Open XML 电子表格”格式，不作台账读写。", _SAVE_AS)
    wanted = package.sheets() if sheets is None else sheets
    return _guarded(lambda: _opened(package, wanted), package.name)


def read_grid(opened: OpenBook, sheet: str) -> Grid:
    """One worksheet. Raises `NotALedgerFile` when it cannot be read."""
    rows, marks = raw_sheet(opened, sheet), opened.marks[sheet]
    if marks.errors:
        _put_errors(rows, marks)
    return Grid(trimmed(rows), marks.merges)


def raw_sheet(opened: OpenBook, sheet: str) -> list[list[object]]:
    """The sheet's values from A1 on, just as calamine gives them. Raises `NotALedgerFile` when it cannot read them."""
    return _guarded(lambda: _values(opened.book, sheet), f"工作表“{sheet}”")


def _opened(package: Package, sheets: Iterable[str]) -> OpenBook:
    copy, marks = plain_copy(package, sheets)
    return OpenBook(CalamineWorkbook.from_filelike(copy), marks)


def _values(book: CalamineWorkbook, sheet: str) -> list[list[object]]:
    return cast(list[list[object]], book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))


def _put_errors(rows: list[list[object]], marks: Marks) -> None:
    for row, column, code in marks.errors:
        while len(rows) < row:
            rows.append([])
        rows[row - 1] += [""] * (column - len(rows[row - 1]))
        rows[row - 1][column - 1] = CellError(code)
    width = max((len(row) for row in rows), default=0)
    for line in rows:
        line += [""] * (width - len(line))


def _guarded(action: Callable[[], _T], what: str) -> _T:
    """The action's result; whatever calamine throws, its panics included, becomes `NotALedgerFile`."""
    try:
        return action()
    except NotALedgerFile:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise NotALedgerFile(f"{what}读不出来（{error}）。", _SAVE_AGAIN) from error

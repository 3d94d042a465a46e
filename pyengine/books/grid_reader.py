"""读表 — worksheets through calamine, from a plain copy, with error cells put back as what they show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from python_calamine import CalamineSheet, CalamineWorkbook

from pyengine.grid import CellError, Grid, trimmed
from pyengine.ooxml import NotALedgerFile, Package, SheetText

from .plain import plain_copy

_T = TypeVar("_T")
_SAVE_AS = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”或“启用宏的工作簿（*.xlsm）”。"
_SAVE_AGAIN = "请在 Excel 或 WPS 中打开并另存一份；打不开的，从备份恢复。"
_ERROR_TYPE = re.compile(rb"""t=["']e["']""")


def read_grid(package: Package, book: CalamineWorkbook, sheet: str) -> Grid:
    """One worksheet. Raises `NotALedgerFile` when it cannot be read."""
    part = package.sheets()[sheet]
    text = SheetText(package.text(part), part, trusted=True)
    rows = raw_sheet(book, sheet)
    if _ERROR_TYPE.search(text.xml):
        _guarded(lambda: _put_errors(rows, text), f"工作表“{sheet}”")
    merges = tuple((a.first_row, a.first_column, a.last_row, a.last_column) for a in text.merges())
    return Grid(trimmed(rows), merges)


def workbook_of(package: Package, sheets: Iterable[str] | None = None) -> CalamineWorkbook:
    """The package's sheets (or only these) opened by calamine. Raises `NotALedgerFile`, for strict packages too."""
    if package.strict:
        raise NotALedgerFile("文件是“Strict Open XML 电子表格”格式，不作台账读写。", _SAVE_AS)
    wanted = package.sheets() if sheets is None else sheets
    return _guarded(lambda: CalamineWorkbook.from_filelike(plain_copy(package, wanted)), package.name)


def raw_sheet(book: CalamineWorkbook, sheet: str) -> list[list[object]]:
    """The sheet's values from A1 on, just as calamine gives them."""
    return _guarded(lambda: _values(book.get_sheet_by_name(sheet)), f"工作表“{sheet}”")


def _values(sheet: CalamineSheet) -> list[list[object]]:
    return cast(list[list[object]], sheet.to_python(skip_empty_area=False))


def _put_errors(rows: list[list[object]], text: SheetText) -> None:
    for row, column, code in text.errors():
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

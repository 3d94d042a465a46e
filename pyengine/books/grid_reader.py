"""读表 — worksheets through calamine, with the error cells it hides put back and absurd ranges refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from python_calamine import CalamineSheet, CalamineWorkbook

from pyengine.grid import CellError, Grid, trimmed
from pyengine.ooxml import NotALedgerFile, Package, SheetText
from pyengine.ooxml.areas import MAX_COLUMN, column_number

from .plain import plain_copy

MAX_CELLS = 20_000_000
_T = TypeVar("_T")
_SAVE_AS = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”或“启用宏的工作簿（*.xlsm）”。"
_SAVE_AGAIN = "请在 Excel 或 WPS 中打开并另存一份；打不开的，从备份恢复。"
_ROW_NUMBER = re.compile(rb"""row\s[^>]*?\br\s*=\s*["'](\d{1,9})""")
_LETTERS = re.compile(rb'r="([A-Z]{1,3})\d')
_ERROR_TYPE = re.compile(rb"""t=["']e["']""")
_BEYOND = (702, re.compile(rb"""r=["'][A-Z]{3}""")), (26, re.compile(rb"""r=["'][A-Z]{2}"""))
_FILLED_LETTERS = re.compile(rb"""\sr=["']([A-Z]{1,3})\d+["'](?:[^>]*[^>/])?>""")


def read_grid(package: Package, book: CalamineWorkbook, sheet: str) -> Grid:
    """One worksheet. Raises `NotALedgerFile` when it cannot be read."""
    part = package.sheets()[sheet]
    text = SheetText(package.text(part), part, trusted=True)
    _check_extent(text.xml, sheet)
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


def _check_extent(xml: bytes, sheet: str) -> None:
    """Raises `NotALedgerFile` when a stray cell far out would make the sheet's rectangle absurdly large."""
    last = _last_of(xml, (b"</v>", b":v>", b"</is>", b":is>"), len(xml))
    tag = _last_of(xml, (b"<row ", b":row "), max(last, 0))
    found = _ROW_NUMBER.search(xml, tag, last) if tag >= 0 else None
    row = int(found.group(1)) if found else 0
    if row * MAX_COLUMN <= MAX_CELLS or any(
        row * columns <= MAX_CELLS and beyond.search(xml) is None for columns, beyond in _BEYOND
    ):
        return  # the usual case: no address beyond column ZZ or Z, found without collecting them all
    if row * _width(xml, _LETTERS) > MAX_CELLS and row * _width(xml, _FILLED_LETTERS) > MAX_CELLS:
        raise NotALedgerFile(
            f"工作表“{sheet}”的内容一直排到第 {row} 行，范围大得不正常。", "请删去末尾零星的单元格内容后保存再运行。"
        )


def _last_of(xml: bytes, marks: Iterable[bytes], stop: int) -> int:
    """Where the last of the marks before `stop` begins; after the first hit only what follows it is searched."""
    at = -1
    for mark in marks:
        at = max(at, xml.rfind(mark, max(at, 0), stop))
    return at


def _width(xml: bytes, pattern: re.Pattern[bytes]) -> int:
    return max((column_number(letters.decode()) for letters in set(pattern.findall(xml))), default=MAX_COLUMN)


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

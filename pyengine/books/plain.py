"""供读的副本 — a package's sheets, texts and formats as the plainest workbook there is, for a reader to choke on nothing.

Whatever the package is spelled like (encodings, prefixes, odd part names, sheets of macros or dialogs, areas no reader
knows), the copy is always the same handful of parts; and the reader sees only bytes whose size and check sum are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_STORED, ZipFile

from pyengine.ooxml import NotALedgerFile, Package, SheetText
from pyengine.ooxml.areas import MAX_COLUMN, MAX_ROW, column_number

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
MAX_CELLS = 20_000_000
_ROW_NUMBER = re.compile(rb"""row\s[^>]*?\br\s*=\s*["'](\d{1,9})""")
_LETTERS = re.compile(rb'r="([A-Z]{1,3})\d')
_USUAL = rb"""r="(?:[A-Z]{1,3}\d{1,6}|\d{1,6})\""""
_OFF_SHEET = rb"""(?:c|row)\s++(?!%b)[^<>]*?\br\s*=\s*["'](?:[A-Za-z]{4}|[A-Za-z]{0,3}(\d{7,}))""" % _USUAL
_BEYOND = (702, re.compile(rb"""r=["'][A-Z]{3}""")), (26, re.compile(rb"""r=["'][A-Z]{2}"""))
_FILLED_LETTERS = re.compile(rb"""\sr=["']([A-Z]{1,3})\d+["'](?:[^>]*[^>/])?>""")
_SHARED = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}


@dataclass(frozen=True, slots=True)
class Marks:
    """表上的记号 — what the copy leaves out of a sheet: its merges, and (row, column, text) of each error value."""

    merges: tuple[tuple[int, int, int, int], ...]
    errors: tuple[tuple[int, int, str], ...]


def plain_copy(package: Package, sheets: Iterable[str]) -> tuple[BytesIO, dict[str, Marks]]:
    """A workbook of these sheets' cells, and sheet → marks. Raises `NotALedgerFile` when a part is damaged or a sheet
    absurdly large."""
    names, marks = tuple(sheets), dict[str, Marks]()
    parts = {f"sheet{number}": f"xl/sheet{number}.xml" for number, _ in enumerate(names, 1)}
    copy = BytesIO()
    with ZipFile(copy, "w", ZIP_STORED) as out:
        out.writestr("[Content_Types].xml", _TYPES)
        out.writestr("_rels/.rels", _relations({"officeDocument": "xl/workbook.xml"}))
        out.writestr("xl/workbook.xml", _workbook(names, package.date1904))
        out.writestr("xl/_rels/workbook.xml.rels", _relations({**parts, **_SHARED}))
        for kind, name in _SHARED.items():
            for part in package.related(package.workbook, kind)[:1]:
                out.writestr(name, package.text(part))
        for sheet, name in zip(names, parts.values(), strict=True):
            part = package.sheets()[sheet]
            text = SheetText(package.text(part), part, trusted=True)
            _check_addresses(text, sheet)
            _check_extent(text.xml, sheet)
            marks[sheet] = _marks(text)
            with out.open(name, "w") as target:
                target.writelines(_cells_only(text, bool(marks[sheet].errors)))
    copy.seek(0)
    return copy, marks


def _workbook(sheets: tuple[str, ...], date1904: bool) -> str:
    rows = (f'<sheet name={quoteattr(n)} sheetId="{i}" r:id="sheet{i}"/>' for i, n in enumerate(sheets, 1))
    properties = f'<workbookPr date1904="{date1904:d}"/><sheets>{"".join(rows)}</sheets>'
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{properties}</workbook>'


def _relations(targets: dict[str, str]) -> str:
    rows = (
        f'<Relationship Id="{key}" Type="{_OFFICE}/{key.rstrip("0123456789").replace("sheet", "worksheet")}"'
        f' Target="/{target}"/>'
        for key, target in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(rows)}</Relationships>'


def _marks(text: SheetText) -> Marks:
    merges = tuple((a.first_row, a.first_column, a.last_row, a.last_column) for a in text.merges())
    has_errors = b't="e"' in text.xml or b"t='e'" in text.xml
    return Marks(merges, tuple(text.errors()) if has_errors else ())


def _cells_only(text: SheetText, has_errors: bool) -> Iterator[bytes | memoryview]:
    """The sheet without its frame, in pieces; error values, of which readers know but a few, as text."""
    root, xml = text.frame, text.xml
    yield xml[root.start : root.open_end]
    if has_errors:
        error = rb"(<%bc\s[^<>]*?\bt=[\"'])e(?=[\"'])" % re.escape(text.prefix)
        yield re.sub(error, rb"\1str", xml[text.data_start : text.data_close])
    else:
        yield memoryview(xml)[text.data_start : text.data_close]
    closing = b"</" + root.prefix + root.name.encode() + b">"
    yield closing if text.data_empty else b"</" + text.prefix + b"sheetData>" + closing


def _check_addresses(text: SheetText, sheet: str) -> None:
    """Raises `NotALedgerFile` when a row or cell lies where no sheet reaches: the reader makes room for the whole
    rectangle at once, and would bring the program down."""
    area = text.data_open, text.data_close
    prefixed = any(text.xml.find(name, *area) >= 0 for name in (b":c", b":row"))
    far = re.compile((rb"<(?:[^\s<>/:]+:)?" if prefixed else b"<") + _OFF_SHEET).finditer(text.xml, *area)
    if any(not found[1] or int(found[1][:9]) > MAX_ROW for found in far):
        raise NotALedgerFile(
            f"工作表“{sheet}”里有单元格的地址超出了表格的行列范围。", "请在 Excel 中打开并另存一份，或从备份恢复。"
        )


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

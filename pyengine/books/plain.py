"""供读的副本 — a package's sheets, texts and formats as the plainest workbook there is, for a reader to choke on nothing.

Whatever the package is spelled like (encodings, prefixes, odd part names, sheets of macros or dialogs, areas no reader
knows), the copy is always the same handful of parts; and the reader sees only bytes whose size and check sum are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_STORED, ZipFile

from pyengine.ooxml import Package, SheetText

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
_SHARED = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}


def plain_copy(package: Package, sheets: Iterable[str]) -> BytesIO:
    """A workbook of these sheets' cells. Raises `NotALedgerFile` when a part of them is damaged."""
    names = tuple(sheets)
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
            out.writestr(name, _cells_only(SheetText(package.text(part), part, trusted=True)))
    copy.seek(0)
    return copy


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


def _cells_only(text: SheetText) -> bytes:
    root, end = text.frame, b"</" + text.prefix + b"sheetData>"
    data = text.xml[text.data_start : text.data_close] + (b"" if text.data_empty else end)
    return text.xml[root.start : root.open_end] + data + b"</" + root.prefix + root.name.encode() + b">"

"""有意弄坏的文件包 — whatever the bytes, the answer is a workbook or two plain sentences: no crash, no hang, no flood."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from fixtures_ooxml import MAIN, packed, relations, sheet_parts
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pyengine.books.grid_reader import read_grid, workbook_of
from pyengine.ooxml import CellEdit, NamedLook, NotALedgerFile, Package, PackageError, patch

EDITS = [
    CellEdit(2, 1, "甲", style="逾期"),
    CellEdit(2, 3, date(2026, 3, 4), link="表!A1"),
    CellEdit(4, 2, 1.5),
    CellEdit(5, 1, "新行", height=30.0),
    CellEdit(9, 9, None, number_format="0%"),
]
LOOKS = {"逾期": NamedLook(fill="FF0000")}
_X14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
_XM = 'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
SHEET = (
    f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><dimension ref="A1:C4"/>'
    '<cols><col min="1" max="3" width="9" style="1"/></cols><sheetData><row r="1" spans="1:3"><c r="A1" t="s"><v>0</v>'
    '</c><c r="B1" t="s"><v>1</v></c><c r="C1" t="e"><v>#REF!</v></c></row><row r="2" s="1" customFormat="1">'
    '<c r="A2" s="1"><v>46000</v></c><c r="B2"><f t="shared" ref="B2:B3" si="0">A2+1</f><v>2</v></c></row>'
    '<row r="4" ht="15" customHeight="1"><c r="A4" t="inlineStr"><is><t>文字</t></is></c><c r="C4" t="b"><v>1</v></c>'
    '</row></sheetData><autoFilter ref="A1:C4"/><mergeCells count="1"><mergeCell ref="E1:F2"/></mergeCells>'
    '<conditionalFormatting sqref="A2:A4"><cfRule type="expression" priority="1"><formula>A2&gt;1</formula></cfRule>'
    '</conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="B2:B4 C2:C4"><formula1>"是,否"'
    '</formula1></dataValidation></dataValidations><hyperlinks><hyperlink ref="A4" location="表!A1"/></hyperlinks>'
    f'<extLst><ext {_X14} {_XM}><x14:dataValidations count="1"><x14:dataValidation><xm:sqref>A2:A4</xm:sqref>'
    "</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
)
SHARED = f'<sst xmlns="{MAIN}" count="2" uniqueCount="2"><si><t>编号</t></si><si><r><t>工作</t></r></si></sst>'
TABLE = f'<table xmlns="{MAIN}" id="1" name="t" displayName="t" ref="A1:C4" headerRowCount="1"><autoFilter ref="A1:C4"/></table>'


@cache
def parts() -> dict[str, bytes]:
    """The parts of a small workbook with one of everything that the patcher and the reader look at."""
    book = relations(("a", "worksheet", "/xl/s.xml"), ("b", "styles", "styles.xml"), ("c", "sharedStrings", "t.xml"))
    extra = {
        "xl/_rels/workbook.xml.rels": book,
        "xl/_rels/s.xml.rels": relations(("t", "table", "tables/a.xml"), ("p", "pivotTable", "pivots/p.xml")),
        "xl/t.xml": SHARED.encode(),
        "xl/tables/a.xml": TABLE.encode(),
        "xl/pivots/p.xml": f'<pivotTableDefinition xmlns="{MAIN}"><location ref="K9:L12"/></pivotTableDefinition>'.encode(),
    }
    return sheet_parts(SHEET.encode(), extra=extra)


def treat(content: bytes) -> str:
    """Everything that is done to a ledger, except on the disk; what was said, "" where all went well."""
    try:
        _treat(content)
    except PackageError as error:
        told = error
    else:
        return ""
    assert re.search("[一-鿿]", told.message)
    assert told.advice
    return told.message


def _treat(content: bytes) -> None:
    package = Package(content, "台账.xlsx")
    before = workbook_of(package)
    for sheet in package.sheets():
        read_grid(before, sheet)
    patch(package, dict.fromkeys(package.sheets(), EDITS), LOOKS)
    after = Package(package.to_bytes(), "台账.xlsx")
    book = workbook_of(after)
    for sheet in after.sheets():
        read_grid(book, sheet)


def test_the_whole_workbook_is_read_and_patched() -> None:
    assert treat(packed(parts())) == ""


# --- records of the archive -----------------------------------------------------------------------------------------

_SIGNS = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07")
_NUMBERS = st.sampled_from((0, 1, 2, 8, 9, 0x7F, 0xFF, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF))
_NAMES = st.sampled_from(
    (
        "../../etc/passwd",
        "C:\\x.xml",
        "xl/\0.xml",
        "XL/S.XML",
        "xl/s.xml",
        "/",
        "",
        "xl//s.xml",
        "\udcff",
        "[Content_Types].xml",
    )
)


@cache
def archives() -> tuple[bytes, ...]:
    """The workbook as three kinds of writers pack it: plainly, into a pipe, with 64-bit records."""
    plain = packed(parts())
    piped = io.BytesIO()
    piped.seekable = lambda: False  # type: ignore[method-assign]
    with zipfile.ZipFile(piped, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts().items():
            with out.open(zipfile.ZipInfo(name), "w", force_zip64=True) as stream:
                stream.write(data)
    at = plain.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HLL", plain, at + 10)
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return plain, piped.getvalue(), plain[:at] + end + locator + last


def _places(content: bytes, sign: bytes) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(sign), content)]


@st.composite
def _broken_archives(draw: st.DrawFn) -> bytes:
    """The workbook with some fields of its zip records overwritten, pieces cut out, doubled, moved or renamed."""
    content = bytearray(draw(st.sampled_from(archives())))
    for _ in range(draw(st.integers(1, 4))):
        places = _places(bytes(content), draw(st.sampled_from(_SIGNS)))
        at = draw(st.sampled_from(places)) if places else draw(st.integers(0, max(len(content) - 1, 0)))
        kind = draw(st.integers(0, 5))
        if kind <= 1:
            field, width = at + draw(st.integers(0, 56)), draw(st.sampled_from((1, 2, 4, 8)))
            value = draw(_NUMBERS | st.integers(0, len(content)))
            content[field : field + width] = (value % (1 << 8 * width)).to_bytes(width, "little")
        elif kind == 2:
            name = draw(_NAMES).encode("utf-8", "surrogateescape")
            start = at + (46 if content[at : at + 4] == b"PK\x01\x02" else 30)
            content[start : start + len(name)] = name
        elif kind == 3:
            del content[at : at + draw(st.integers(1, 80))]
        elif kind == 4:
            content[at:at] = content[at : at + draw(st.integers(1, 200))]
        else:
            content[at : at + 8] = draw(st.binary(min_size=0, max_size=8))
    return bytes(content)


@settings(max_examples=300, deadline=None)
@given(_broken_archives())
def test_broken_archives_are_refused_or_read(content: bytes) -> None:
    treat(content)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(archives()), st.data())
def test_archives_cut_or_overwritten_anywhere_are_refused_or_read(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content)))
    treat(content[:at] + data.draw(st.binary(max_size=6)) + content[at + data.draw(st.integers(0, 9)) :])


# --- text of the parts ----------------------------------------------------------------------------------------------

_TOKEN = re.compile(rb"<[^>]*>|[^<]+")
_VALUE = re.compile(rb'"[^"]*"')
_ODD_VALUES = st.sampled_from(
    (
        *(
            "",
            "0",
            "-1",
            "1.5",
            "1e9",
            "99999999999999999999",
            "9" * 5000,
            "1048577",
            "16385",
            "NaN",
            "true",
            " ",
            "１",
        ),
        *(
            "A0",
            "A1",
            "XFE1",
            "ZZZZ9",
            "A1:",
            ":",
            "A1:XFD1048576",
            "1:1",
            "A:A",
            "$A$1",
            "A1 B2",
            "\x85",
            "s",
            "shared",
        ),
        *("array", "A2:A3", "inlineStr", "&amp;", "&#0;", "&#xFFFFFFFF;", "&x;", "a" * 3000, "../../x", "http://x/y#z"),
    )
)
_ODD_TOKENS = st.sampled_from(
    tuple(
        text.encode()
        for text in (
            *(
                "<row>",
                "</row>",
                "<row/>",
                '<row r="3">',
                "<c>",
                "</c>",
                '<c r="A1"/>',
                "<f/>",
                "<v>",
                "<extLst>",
                "<!--",
            ),
            *(
                "-->",
                "<![CDATA[",
                "]]>",
                "<?x",
                "?>",
                "<sheetData>",
                "</sheetData>",
                "<x:c/>",
                "&#x1F;",
                "\x00",
                "<is><t/></is>",
            ),
            *(
                '<mergeCell ref="A1:C9"/>',
                '<hyperlink ref="A2"/>',
                "<extLst />",
                "<worksheet>",
                "\ufeff",
                "</worksheet>",
            ),
        )
    )
)
_ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-7", "utf-8-sig", "utf-32", "gb18030", "cp037")


@st.composite
def _broken_parts(draw: st.DrawFn) -> bytes:
    """The workbook with the markup of one or two parts disturbed."""
    content = dict(parts())
    for _ in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from(sorted(content)))
        tokens = _TOKEN.findall(content[name])
        for _ in range(draw(st.integers(1, 3))):
            at = draw(st.integers(0, max(len(tokens) - 1, 0)))
            kind = draw(st.integers(0, 5))
            if kind <= 1 and tokens:
                values = _VALUE.findall(tokens[at])
                old = draw(st.sampled_from(values)) if values else b""
                new = b'"' + draw(_ODD_VALUES).encode() + b'"'
                tokens[at] = tokens[at].replace(old, new, 1) if old else draw(_ODD_VALUES).encode()
            elif kind == 2:
                del tokens[at : at + draw(st.integers(1, 3))]
            elif kind == 3:
                tokens[at:at] = tokens[at : at + draw(st.integers(1, 4))]
            elif kind == 4:
                tokens.insert(at, draw(_ODD_TOKENS))
            else:
                other = draw(st.integers(0, max(len(tokens) - 1, 0)))
                tokens[at : at + 1], tokens[other : other + 1] = tokens[other : other + 1], tokens[at : at + 1]
        content[name] = b"".join(tokens)
        if draw(st.integers(0, 9)) == 0:
            text = content[name].decode("utf-8", "replace")
            content[name] = text.encode(draw(st.sampled_from(_ENCODINGS)), "replace")
        if draw(st.integers(0, 9)) == 0:
            content[name] = content[name][: draw(st.integers(0, len(content[name])))]
    return packed(content)


@settings(max_examples=300, deadline=None)
@given(_broken_parts())
def test_broken_parts_are_refused_or_read(content: bytes) -> None:
    treat(content)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(parts())), st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=12))
@example("xl/s.xml", "punycode")
@example("xl/s.xml", "undefined")
@example("xl/s.xml", "utf-7")
@example("xl/styles.xml", "rot13")
def test_encodings_nobody_writes_workbooks_in_are_refused(name: str, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    body = re.sub(rb"^<\?xml.*?\?>", b"", parts()[name])
    treat(packed({**parts(), name: declared + body}))


# --- floods ---------------------------------------------------------------------------------------------------------

_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
)
_OPENING = f'<worksheet xmlns="{MAIN}">'.encode()
_DATA = b"<sheetData>", b"</sheetData></worksheet>"
_MEGA = 1 << 20


def _sheet(rows: bytes) -> bytes:
    return _OPENING + _DATA[0] + rows + _DATA[1]


def _many(count: int) -> bytes:
    return _OPENING + b"<cols>" + b"<col/>" * count + b"</cols><sheetData/></worksheet>"


FLOODS: dict[str, Callable[[], dict[str, bytes]]] = {
    "billion laughs": lambda: {"xl/s.xml": _LAUGHS + b"]>" + _sheet(b'<row r="1"><c><v>&j;</v></c></row>')},
    "outside entity": lambda: {"xl/s.xml": b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + _sheet(b"")},
    "laughs in utf-16": lambda: {"xl/s.xml": (_LAUGHS + b"]>" + _sheet(b"")).decode().encode("utf-16")},
    "elements in elements": lambda: {"xl/s.xml": b"<worksheet>" + b"<a>" * _MEGA + b"</a>" * _MEGA + b"</worksheet>"},
    "rows in rows": lambda: {"xl/s.xml": _sheet(b"<row>" * _MEGA + b"</row>" * _MEGA)},
    "rows never closed": lambda: {"xl/s.xml": _sheet(b"<row>" * _MEGA)},
    "comments never closed": lambda: {"xl/s.xml": _sheet(b"<!--" * _MEGA)},
    "extensions never closed": lambda: {"xl/s.xml": _sheet(b"<extLst>" * _MEGA)},
    "cells never closed": lambda: {"xl/s.xml": _sheet(b'<row r="2">' + b"<c>" * _MEGA + b"</row>")},
    "millions of elements": lambda: {"xl/s.xml": _many(_MEGA + 1)},
    "a huge attribute": lambda: {
        "xl/s.xml": _OPENING[:-1] + b' a="' + b"x" * (30 * _MEGA) + b'"><sheetData/></worksheet>'
    },
    "attributes without end": lambda: {"xl/s.xml": _OPENING[:-1] + b" a" * (4 * _MEGA) + b"><sheetData/></worksheet>"},
    "a far cell": lambda: {"xl/s.xml": _sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')},
    "a row of no number": lambda: {
        "xl/s.xml": _sheet(b'<row r="' + b"9" * _MEGA + b'"><c t="e"><v>#REF!</v></c></row>')
    },
    "a deep style sheet": lambda: {"xl/styles.xml": b"<styleSheet>" + b"<fonts>" * _MEGA},
    "a text of spaces": lambda: {"xl/t.xml": b"<sst>" + b" " * (40 * _MEGA) + b"</sst>"},
}
_CHILD = """
import sys
sys.path[:0] = [{tests!r}]
from test_ooxml_fuzz import treat
print(treat(open(sys.argv[1], "rb").read()))
"""


def _bounded() -> None:
    """In the child: at most 1.5 GB of memory and two minutes of computing."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (3 << 29, 3 << 29))
    resource.setrlimit(resource.RLIMIT_CPU, (120, 120))


def said_of(content: bytes, folder: Path) -> str:
    """What is said of the file by a process that may use little memory and time."""
    path = folder / "洪水.xlsx"
    path.write_bytes(content)
    child = [sys.executable, "-c", _CHILD.format(tests=str(Path(__file__).parent)), str(path)]
    run = subprocess.run(child, capture_output=True, text=True, preexec_fn=_bounded, check=False)
    assert run.returncode == 0, run.stderr[-800:]
    return run.stdout.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of memory there")
@pytest.mark.parametrize("make", FLOODS.values(), ids=FLOODS)
def test_floods_of_markup_are_refused_in_little_memory_and_time(
    make: Callable[[], dict[str, bytes]], tmp_path: Path
) -> None:
    assert said_of(packed({**parts(), **make()}), tmp_path).endswith("。")


def _overlapping() -> Iterator[bytes]:
    """A bomb of one compressed kernel that hundreds of directory entries share, or quote within each other."""
    kernel = zlib.compress(b" " * (20 * _MEGA), 9)[2:-4]
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(kernel), 20 * _MEGA, 5, 0)
    base = packed(parts())
    at = base.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HLL", base, at + 10)
    for quoting in (False, True):
        extra, files = b"", b""
        for number in range(300):
            name = f"a{number:03}z".encode() if quoting else b"same0"
            place = offset + (len(files) if quoting else 0)
            if quoting or not files:
                files += head + name
            sizes = (0, len(kernel), 20 * _MEGA, len(name), 0, 0, 0, 0, 0, place)
            extra += struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, *sizes) + name
        body = base[:offset] + files + kernel
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count + 300, count + 300, size + len(extra), len(body), 0)
        yield body + base[offset : offset + size] + extra + end


@pytest.mark.parametrize("content", tuple(_overlapping()), ids=("shared", "quoted"))
def test_members_that_share_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(NotALedgerFile, match=r"重叠|前后不一|大得不正常"):
        Package(content, "x.xlsx")


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of memory there")
def test_a_part_larger_than_declared_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    content = bytearray(packed({**parts(), "xl/t.xml": b"<sst>" + b" " * (30 * _MEGA) + b"</sst>"}))
    at = content.index(b"xl/t.xml", content.index(b"PK\x01\x02")) - 46
    content[at + 24 : at + 28] = struct.pack("<L", 900)
    assert "校验码不符" in said_of(bytes(content), tmp_path)

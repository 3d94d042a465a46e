"""无损改写 — what is asked for is changed, everything else comes back as it was."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fixtures_ooxml import LEDGER, LISTS, LOG, MAIN, STYLES, hard_book, sheet_book
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pyengine.ooxml import (
    KEEP,
    CellEdit,
    NamedLook,
    NotALedgerFile,
    Package,
    StyleBook,
    WriteRefused,
    address,
    parse_area,
    patch,
    stored_text,
)

LOOKS = {
    "进度滞后": NamedLook(fill="FFE699"),
    "缺时限": NamedLook(fill="D9D9D9", font="7f7f7f", bold=True, italic=True),
}
HARD_EDITS: Mapping[str, list[CellEdit]] = {
    LEDGER: [
        CellEdit(5, 6, "进度滞后", style="进度滞后"),
        CellEdit(5, 5, Decimal("0.35"), number_format="0%"),
        CellEdit(6, 4, date(2026, 6, 30)),
        CellEdit(7, 8, "=1+1 不是公式 <&>", link=f"'{LOG}'!A4"),
        CellEdit(4, 3, "县财政局", link=""),
        CellEdit(16, 1, "R16", like=15),
        CellEdit(60, 40, True),
    ],
    LOG: [
        CellEdit(5, 1, date(2026, 7, 8)),
        CellEdit(5, 2, "督查"),
        CellEdit(6, 2, "亮牌"),
        CellEdit(9, 2, "隔开的一行"),
    ],
}


@pytest.fixture(scope="session")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hard-to-keep workbook, made once."""
    return hard_book(tmp_path_factory.mktemp("hard") / "难保全.xlsm")


def patched(source: Path, target: Path, edits: Mapping[str, list[CellEdit]]) -> tuple[Package, Package]:
    """The package before and after the edits, the latter saved to `target` and opened again."""
    package = Package.open(source)
    patch(package, edits, LOOKS)
    package.save(target)
    return Package.open(source), Package.open(target)


def one_sheet(tmp_path: Path, xml: str | bytes, edits: list[CellEdit], **parts: Any) -> bytes:
    """The worksheet part after the edits, in the least workbook around it."""
    content = xml.encode() if isinstance(xml, str) else xml
    _, after = patched(sheet_book(tmp_path / "a.xlsx", content, **parts), tmp_path / "b.xlsx", {"表": edits})
    return after.read("xl/s.xml")


def sheet(rows: str, frame: str = "{}") -> str:
    """A worksheet part with those rows in that frame."""
    return f'<worksheet xmlns="{MAIN}">{frame.replace("{}", f"<sheetData>{rows}</sheetData>")}</worksheet>'


def cells_of(xml: bytes) -> dict[str, bytes]:
    """Address → canonical bytes of each cell."""
    cells = etree.fromstring(xml).iter("{*}c")
    return {cell.get("r", ""): etree.tostring(cell, method="c14n", with_tail=False) for cell in cells}


def skeleton(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element outside cells with its attributes, save those that edits may move."""
    root = etree.fromstring(xml)
    for cell in list(root.iter("{*}c")):
        cell.getparent().remove(cell)
    for name in ("hyperlinks", "dimension"):
        for node in list(root.iter(f"{{*}}{name}")):
            node.getparent().remove(node)
    moved = ("spans", "sqref")
    return [
        (str(node.tag), {k: v for k, v in node.attrib.items() if k not in moved})
        for node in root.iter()
        if not (node.tag == f"{{{MAIN}}}row" and node.get("r") in ("5", "6", "9", "16", "60"))
    ]


# --- nothing else changes -------------------------------------------------------------------------------------------


def test_untouched_package_is_saved_as_the_same_bytes(hard: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.xlsm"
    Package.open(hard).save(target)
    assert target.read_bytes() == hard.read_bytes()


def test_only_the_parts_concerned_change_and_all_others_keep_their_compressed_bytes(hard: Path, tmp_path: Path) -> None:
    package = Package.open(hard)
    done = patch(package, HARD_EDITS, LOOKS)
    package.save(tmp_path / "x.xlsm")
    before, after = Package.open(hard), Package.open(tmp_path / "x.xlsm")
    changed = [name for name in before.names if before.raw(name) != after.raw(name)]
    assert before.names == after.names
    assert len(before.names) > 30
    assert tuple(changed) == done.parts
    assert set(changed) == {
        *("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml"),
        *("xl/tables/table1.xml", "xl/tables/table2.xml"),
    }
    assert (done.cells, done.rows) == (11, 9)
    assert zipfile.ZipFile(tmp_path / "x.xlsm").testzip() is None


def test_directory_entries_keep_names_times_extras_comments_and_attributes(hard: Path, tmp_path: Path) -> None:
    patched(hard, tmp_path / "x.xlsm", HARD_EDITS)
    old, new = zipfile.ZipFile(hard), zipfile.ZipFile(tmp_path / "x.xlsm")
    assert new.comment == old.comment != b""
    for a, b in zip(old.infolist(), new.infolist(), strict=True):
        kept = ("filename", "date_time", "extra", "comment", "external_attr", "internal_attr", "create_system")
        assert [getattr(a, key) for key in kept] == [getattr(b, key) for key in kept]
        assert b.flag_bits & 0x800 == a.flag_bits & 0x800


class _Pipe(io.BytesIO):
    """A target that cannot go back: zip writers then put sizes into data descriptors."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError("a pipe")


def _streamed(path: Path) -> bytes:
    """The workbook as programs write it into a pipe: with data descriptors, and 64-bit sizes in the local headers."""
    source, target = zipfile.ZipFile(path), _Pipe()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            with out.open(zipfile.ZipInfo(name), "w", force_zip64=True) as stream:
                stream.write(source.read(name))
    return target.getvalue()


def _with_zip64_directory(path: Path) -> bytes:
    """The workbook with its directory, and where the last member lies, described by ZIP64 records."""
    content = path.read_bytes()
    at = content.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HLL", content, at + 10)
    last = bytearray(content[content.rindex(b"PK\x01\x02") : at])
    wide = struct.pack("<HHQ", 1, 8, int.from_bytes(last[42:46], "little"))
    last[30:32], last[42:46] = len(wide).to_bytes(2, "little"), b"\xff" * 4
    content = content[: at - len(last)] + last + wide
    at, size = len(content), size + len(wide)
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    ending = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:at] + end + locator + ending


@pytest.mark.parametrize("make", [_streamed, _with_zip64_directory])
def test_unusual_zip_records_are_read_and_kept(tmp_path: Path, make: Callable[[Path], bytes]) -> None:
    source, target = tmp_path / "s.xlsx", tmp_path / "t.xlsx"
    source.write_bytes(make(sheet_book(tmp_path / "a.xlsx", sheet("").encode())))
    before, after = patched(source, target, {"表": [CellEdit(1, 1, "甲")]})
    assert [n for n in before.names if before.raw(n) != after.raw(n)] == ["xl/s.xml"]
    with zipfile.ZipFile(target) as told:
        assert told.testzip() is None
        assert told.read("xl/s.xml") == after.read("xl/s.xml")
        flags = {info.filename: info.flag_bits for info in told.infolist()}
    assert flags.pop("xl/s.xml") & 0x08 == 0
    assert flags.items() <= {info.filename: info.flag_bits for info in zipfile.ZipFile(source).infolist()}.items()
    assert openpyxl.load_workbook(target)["表"]["A1"].value == "甲"


def test_elements_and_cells_outside_the_edited_cells_are_identical(hard: Path, tmp_path: Path) -> None:
    before, after = patched(hard, tmp_path / "x.xlsm", HARD_EDITS)
    for name, edits in HARD_EDITS.items():
        part = before.sheets()[name]
        old, new = before.read(part), after.read(part)
        asked = {address(edit.row, edit.column) for edit in edits}
        assert skeleton(new) == skeleton(old)
        assert {k: v for k, v in cells_of(new).items() if k not in asked} == {
            k: v for k, v in cells_of(old).items() if k not in asked
        }
    text = after.read(before.sheets()[LEDGER])
    assert b'<dimension ref="A1:AN60"/>' in text
    for kept in ('<![CDATA[<c r="B40"><f>1</f></c>]]>', "<!-- </row> -->", "<?duban 保留?>", "x14:dataValidation "):
        assert kept.encode() in text


def test_edits_are_read_back_by_another_library_and_cached_values_stay(hard: Path, tmp_path: Path) -> None:
    patched(hard, tmp_path / "x.xlsm", HARD_EDITS)
    book = openpyxl.load_workbook(tmp_path / "x.xlsm", data_only=True)
    ledger, log = book[LEDGER], book[LOG]
    assert (ledger["F5"].value, ledger["F5"].style) == ("进度滞后", "进度滞后")
    assert ledger["F5"].fill.fgColor.rgb == "FFFFE699"
    assert (ledger["E5"].value, ledger["E5"].number_format, ledger["E5"].border.left.style) == (0.35, "0%", "thin")
    assert ledger["D6"].value == datetime(2026, 6, 30)
    assert (ledger["H7"].value, ledger["H7"].data_type) == ("=1+1 不是公式 <&>", "s")
    assert ledger["H7"].hyperlink.location == f"'{LOG}'!A4"
    assert ledger["C4"].hyperlink is None
    assert ledger["C6"].hyperlink.target == "https://www.example.gov.cn/"
    assert (ledger["AN60"].value, ledger["K4"].value, ledger.dimensions) == (True, 5.7, "A1:AN60")
    assert ledger["A16"].border.left.style == "thin"
    assert (log["A5"].value, log["A5"].number_format) == (datetime(2026, 7, 8), "yyyy-mm-dd")
    assert log["B6"].font.italic


def test_writing_the_same_again_changes_nothing(hard: Path, tmp_path: Path) -> None:
    patched(hard, tmp_path / "x.xlsm", HARD_EDITS)
    again = Package.open(tmp_path / "x.xlsm")
    assert patch(again, HARD_EDITS, LOOKS).parts == ()
    assert again.to_bytes() == (tmp_path / "x.xlsm").read_bytes()


def test_tables_grow_by_the_unbroken_rows_below_and_refuse_totals_and_heads(hard: Path, tmp_path: Path) -> None:
    _, after = patched(hard, tmp_path / "x.xlsm", HARD_EDITS)
    for part, ref in (("xl/tables/table1.xml", "A3:H16"), ("xl/tables/table2.xml", "A3:C6")):
        root = etree.fromstring(after.read(part))
        assert (root.get("ref"), root.find("{*}autoFilter").get("ref")) == (ref, ref)
    _, after = patched(hard, tmp_path / "y.xlsm", {LISTS: [CellEdit(3, 3, 7), CellEdit(4, 9, 1)]})
    assert b'<autoFilter ref="C1:D3"/>' in after.read(after.sheets()[LISTS])
    for name, edit, word in ((LOG, CellEdit(6, 6, 1), "汇总行"), (LEDGER, CellEdit(3, 2, "x"), "表头")):
        with pytest.raises(WriteRefused, match=word):
            patch(Package.open(hard), {name: [edit]}, {})


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "edit", "words"),
    [
        (LEDGER, CellEdit(4, 11, 1), f"{LEDGER}!K4.*公式"),
        (LEDGER, CellEdit(6, 13, 1), f"{LEDGER}!M6.*数组公式区域 M4:M6"),
        (LEDGER, CellEdit(4, 15, 1), f"{LEDGER}!O4"),
        (LEDGER, CellEdit(1, 2, "x"), f"{LEDGER}!B1.*合并单元格 A1:H1"),
        (LEDGER, CellEdit(1_048_577, 1, "x"), "超出"),
        ("没有这张表", CellEdit(1, 1, "x"), "没有工作表“没有这张表”"),
        (LEDGER, CellEdit(8, 6, "x", style="没有的样式"), "没有单元格样式“没有的样式”"),
    ],
)
def test_protected_cells_are_refused_with_their_address(hard: Path, where: str, edit: CellEdit, words: str) -> None:
    package = Package.open(hard)
    with pytest.raises(WriteRefused, match=words) as refused:
        patch(package, {LEDGER: [CellEdit(5, 6, "好的")], where: [CellEdit(8, 7, "好的"), edit]}, LOOKS)
    assert refused.value.advice
    assert package.to_bytes() == hard.read_bytes()


def test_merge_anchor_may_be_written(hard: Path, tmp_path: Path) -> None:
    patched(hard, tmp_path / "x.xlsm", {LEDGER: [CellEdit(1, 1, "新标题")]})
    assert openpyxl.load_workbook(tmp_path / "x.xlsm")[LEDGER]["A1"].value == "新标题"


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        ({"_xmlsignatures/origin.sigs": b""}, "数字签名"),
        ({"xl/_rels/workbook.xml.rels": b"revisions"}, "共享工作簿"),
    ],
)
def test_signed_and_shared_packages_can_be_read_but_not_written(
    tmp_path: Path, extra: dict[str, bytes], word: str
) -> None:
    rels = (
        '<Relationships xmlns="urn:r"><Relationship Id="a" Type="u/worksheet" Target="s.xml"/>'
        '<Relationship Id="r" Type="u/revisionHeaders" Target="revisions/h.xml"/></Relationships>'
    )
    parts = {name: rels.encode() if content == b"revisions" else content for name, content in extra.items()}
    path = sheet_book(tmp_path / "a.xlsx", sheet("").encode(), extra=parts)
    package = Package.open(path)
    assert list(package.sheets()) == ["表"]
    with pytest.raises(WriteRefused, match=word):
        patch(package, {"表": [CellEdit(1, 1, "x")]}, {})


# --- bad inputs -----------------------------------------------------------------------------------------------------


def _with(path: Path, name: str, content: bytes) -> bytes:
    """The bytes of the workbook with one member replaced or added."""
    source = zipfile.ZipFile(path)
    target = path.with_suffix(".tmp")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for item in source.namelist():
            if item != name:
                out.writestr(item, source.read(item))
        out.writestr(name, content)
    return target.read_bytes()


def _without(path: Path, name: str) -> bytes:
    source, target = zipfile.ZipFile(path), path.with_suffix(".tmp")
    with zipfile.ZipFile(target, "w") as out:
        for item in source.namelist():
            if item != name:
                out.writestr(item, source.read(item))
    return target.read_bytes()


def _lying_size(path: Path) -> bytes:
    """A directory entry that promises a part of 3 GB."""
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<L", 3_000_000_000)
    return bytes(content)


_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
_DOCTYPE = f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
BAD: list[tuple[str, Callable[[Path], bytes], str]] = [
    ("empty", lambda p: b"", "空文件"),
    ("text", lambda p: "编号,任务".encode("gbk"), "不是 Excel 工作簿"),
    ("truncated", lambda p: p.read_bytes()[:-300], "不完整或已损坏"),
    ("cut in the middle", lambda p: p.read_bytes()[:600], "不完整或已损坏"),
    ("encrypted", lambda p: _CFB + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    ("old xls", lambda p: _CFB, r"\.xls 格式"),
    ("doctype", lambda p: _with(p, "xl/s.xml", _DOCTYPE), "xl/s.xml.*DOCTYPE"),
    ("no workbook", lambda p: _without(p, "xl/workbook.xml"), "缺少工作簿部件"),
    ("no content types", lambda p: _without(p, "[Content_Types].xml"), "不是 Excel 工作簿"),
    ("absurd size", _lying_size, "大得不正常"),
    ("bomb", lambda p: _with(p, "xl/bomb.xml", b"<a/>" + b" " * (40 << 20)), "大得不正常"),
    ("names but for case", lambda p: _with(p, "XL/S.XML", b"<a/>"), "重名"),
    ("bit rot", lambda p: p.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05", 2), "不是 Excel|损坏"),
    ("workbook of a beta", lambda p: _with(p, "xl/workbook.xml", b'<workbook xmlns="urn:x"/>'), "不是工作簿"),
    ("broken workbook", lambda p: _with(p, "xl/workbook.xml", b"<workbook"), "xl/workbook.xml.*XML"),
]


@pytest.mark.parametrize(("make", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_no_ledger_is_said_to_be_none(tmp_path: Path, make: Callable[[Path], bytes], words: str) -> None:
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(make(sheet_book(tmp_path / "a.xlsx", sheet("").encode())))
    with pytest.raises(NotALedgerFile, match=words) as told:
        Package.open(bad)
    assert told.value.message.endswith("。")
    assert told.value.advice.endswith("。")


def test_a_worksheet_that_is_not_well_formed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotALedgerFile, match=r"xl/s.xml.*XML"):
        one_sheet(tmp_path, sheet("<row><c></row>"), [CellEdit(1, 1, "x")])


# --- unusual markup -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "edit", "expected"),
    [
        ("", CellEdit(3, 2, 1), '<row r="3"><c r="B3"><v>1</v></c></row>'),
        ('<row r="3"/>', CellEdit(3, 2, 1), '<row r="3"><c r="B3"><v>1</v></c></row>'),
        (
            '<row r="2"/><row r="9"/>',
            CellEdit(3, 1, 1),
            '<row r="2"/><row r="3"><c r="A3"><v>1</v></c></row><row r="9"/>',
        ),
        (
            "<row><c><v>1</v></c><c/></row><row><c/></row>",
            CellEdit(1, 2, 5),
            '<row><c><v>1</v></c><c r="B1"><v>5</v></c></row><row><c/></row>',
        ),
        (
            '<row r="1" spans="2:3"><c r="B1"/><c r="D1"/></row>',
            CellEdit(1, 5, 5),
            '<row r="1" spans="2:5"><c r="B1"/><c r="D1"/><c r="E1"><v>5</v></c></row>',
        ),
        (
            "<row r='1'><c r='B1'/><c r='D1'/></row>",
            CellEdit(1, 3, 5),
            "<row r='1'><c r='B1'/><c r=\"C1\"><v>5</v></c><c r='D1'/></row>",
        ),
        (
            "<row r='1'><c r='B1'/><c r='D1'><v>4</v></c></row>",
            CellEdit(1, 4, 5),
            "<row r='1'><c r='B1'/><c r='D1'><v>5</v></c></row>",
        ),
        (
            '<!-- <row r="2"><c r="A2"><f>1</f></c></row> --><row r="3"/>',
            CellEdit(2, 1, 5),
            '<!-- <row r="2"><c r="A2"><f>1</f></c></row> --><row r="2"><c r="A2"><v>5</v></c></row><row r="3"/>',
        ),
        (
            '<row r="1"><c r="A1" t="str"><v><![CDATA[<c r="B1"><f>1</f></c>]]></v></c></row>',
            CellEdit(1, 2, 5),
            '<row r="1"><c r="A1" t="str"><v><![CDATA[<c r="B1"><f>1</f></c>]]></v></c><c r="B1"><v>5</v></c></row>',
        ),
        (
            '<row r="1"><c r="A1" s="1" t="s" cm="1" vm="2" ph="1"><v>7</v></c></row>',
            CellEdit(1, 1, None),
            '<row r="1"><c r="A1" s="1"/></row>',
        ),
        (
            '<row r="1"><c r="A1" t="str" z="a>b"><v>x</v></c></row>',
            CellEdit(1, 1, True),
            '<row r="1"><c r="A1" z="a>b" t="b"><v>1</v></c></row>',
        ),
        (
            '<row r="1"><c r="A1" t="str"><v> r="B1"</v></c></row>',
            CellEdit(1, 2, 2.5),
            '<row r="1"><c r="A1" t="str"><v> r="B1"</v></c><c r="B1"><v>2.5</v></c></row>',
        ),
        (
            '<row r="1"><c r="A1"><v>1</v></c><extLst><ext><row r="2"/></ext></extLst></row>',
            CellEdit(1, 2, 2),
            '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><extLst><ext><row r="2"/></ext></extLst></row>',
        ),
    ],
)
def test_markup_of_every_make_is_spliced_not_rewritten(
    tmp_path: Path, rows: str, edit: CellEdit, expected: str
) -> None:
    assert one_sheet(tmp_path, sheet(rows), [edit]).decode() == sheet(expected)


def test_empty_sheet_data_tag_is_opened(tmp_path: Path) -> None:
    xml = f'<worksheet xmlns="{MAIN}"><sheetData/><pageMargins/></worksheet>'
    wanted = sheet('<row r="1"><c r="A1"><v>1</v></c></row>', "{}<pageMargins/>")
    assert one_sheet(tmp_path, xml, [CellEdit(1, 1, 1)]).decode() == wanted


def test_prefixed_namespaces_are_kept(tmp_path: Path) -> None:
    xml = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"/></x:row></x:sheetData></x:worksheet>'
    new = one_sheet(tmp_path, xml, [CellEdit(1, 1, "甲", link="'表'!A9"), CellEdit(2, 2, 3)])
    assert b'<x:c r="A1" t="inlineStr"><x:is><x:t xml:space="preserve">' in new
    assert '<x:hyperlinks><x:hyperlink ref="A1" location="\'表\'!A9" display="甲"/></x:hyperlinks>' in new.decode()
    assert b'<x:row r="2"><x:c r="B2"><x:v>3</x:v></x:c></x:row></x:sheetData>' in new


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8-sig"])
def test_other_encodings_are_read_and_written_as_utf8(tmp_path: Path, encoding: str) -> None:
    declared = {"utf-16": "UTF-16", "gb18030": "GB2312", "utf-8-sig": "utf-8"}[encoding]
    xml = f'<?xml version="1.0" encoding="{declared}"?>' + sheet('<row r="1"><c r="A1" t="str"><v>旧</v></c></row>')
    new = one_sheet(tmp_path, xml.encode(encoding), [CellEdit(1, 2, "新")])
    assert [t.text for t in etree.fromstring(new).iter("{*}v", "{*}t")] == ["旧", "新"]


def test_hyperlinks_go_to_their_place_in_the_schema(tmp_path: Path) -> None:
    frame = '{}<mergeCells count="1"><mergeCell ref="X1:Y1"/></mergeCells><dataValidations count="0"/><pageMargins/>'
    new = one_sheet(tmp_path, sheet("", frame), [CellEdit(1, 1, "甲", link="表!A9")])
    names = [etree.QName(node).localname for node in etree.fromstring(new)]
    assert names == ["sheetData", "mergeCells", "dataValidations", "hyperlinks", "pageMargins"]


def test_internal_links_are_replaced_or_removed_and_external_ones_stay(tmp_path: Path) -> None:
    links = '<hyperlinks><hyperlink ref="A1" location="表!A2"/></hyperlinks>'
    xml = sheet('<row r="1"><c r="A1"/></row>', "{}" + links)
    assert b'location="&apos;' not in one_sheet(tmp_path, xml, [CellEdit(1, 1, link="表!A7")])
    assert b'ref="A1" location="\xe8\xa1\xa8!A7"' in one_sheet(tmp_path, xml, [CellEdit(1, 1, link="表!A7")])
    assert b"hyperlink" not in one_sheet(tmp_path, xml, [CellEdit(1, 1, "x", link="")])
    assert links.encode() in one_sheet(tmp_path, xml, [CellEdit(1, 1, "x")])
    external = xml.replace("<worksheet ", '<worksheet xmlns:r="urn:r" ').replace('location="表!A2"', 'r:id="rId1"')
    assert b'r:id="rId1"' in one_sheet(tmp_path, external, [CellEdit(1, 1, "x", link="")])


# --- the quick ways give the same bytes as the long ones ------------------------------------------------------------

_COLUMNS = "ABCDEFGH"
_CELL_KINDS = (
    "<{p}c{r}{s}/>",
    "<{p}c{r}{s}></{p}c>",
    "<{p}c{r}{s}><{p}v>1</{p}v></{p}c>",
    '<{p}c{r}{s} t="s"><{p}v>0</{p}v></{p}c>',
    '<{p}c{s}{r} t="str"><{p}v>a&gt;b r="H1"</{p}v></{p}c>',
    '<{p}c{r}{s} cm="1" z="a>b/"><{p}v>3</{p}v></{p}c>',
    '<!-- <c r="H1"> --><{p}c{r}{s}><{p}v>2</{p}v></{p}c >',
    '<{p}c{r}{s} t="inlineStr"><{p}is><{p}r><{p}rPr><{p}charset val="1"/></{p}rPr><{p}t>x</{p}t></{p}r></{p}is></{p}c>',
)
_ROW_ENDS = ("", "", "", "\n  ", "<!-- x -->", "<{p}extLst/>", '<{p}extLst><{p}ext><{p}c r="H9"/></{p}ext></{p}extLst>')
_ROW_HEADS = (
    ' r="{n}" spans="1:3"',
    ' r="{n}" spans="01:03"',
    ' spans="1:2 4:5" r="{n}"',
    " r='{n}' ht=\"15\"",
    ' r="{n}"',
)
_FRAMES = ("{}", '{}<{p}autoFilter ref="A1:D3"/><{p}mergeCells><{p}mergeCell ref="G8:H9"/></{p}mergeCells>')


@st.composite
def _odd_sheets(draw: st.DrawFn) -> str:
    """A worksheet part of regular order and irregular spelling."""
    prefix, rows = draw(st.sampled_from(("", "x:"))), []
    for number in sorted(draw(st.sets(st.integers(1, 8), max_size=6))):
        cells = []
        for column in sorted(draw(st.sets(st.integers(0, 7), max_size=4))):
            quote, space = draw(st.sampled_from((('"', " "), ("'", " "), ('"', "  "), ('"', "\n"))))
            address_ = f"{space}r={quote}{_COLUMNS[column]}{number}{quote}"
            style = draw(st.sampled_from(("", ' s="0"', ' s="1"')))
            cells.append(draw(st.sampled_from(_CELL_KINDS)).format(p=prefix, r=address_, s=style))
        head, end = draw(st.sampled_from(_ROW_HEADS)).format(n=number), draw(st.sampled_from(_ROW_ENDS))
        inside = "".join(cells) + end.format(p=prefix)
        rows.append(f"<{prefix}row{head}>{inside}</{prefix}row>" if inside else f"<{prefix}row{head}/>")
    data = f"<{prefix}sheetData>{''.join(rows)}</{prefix}sheetData>"
    frame = draw(st.sampled_from(_FRAMES)).replace("{p}", prefix).replace("{}", data)
    return f'<{prefix}worksheet xmlns{":x" if prefix else ""}="{MAIN}">{frame}</{prefix}worksheet>'


_ODD_VALUES = st.sampled_from((KEEP, None, "", 1, 2.5, True, "甲", "<&>", date(2026, 1, 2), datetime(2026, 1, 2, 3, 4)))
_ODD_EDITS = st.lists(
    st.builds(
        CellEdit,
        *(st.integers(1, 9), st.integers(1, 8), _ODD_VALUES, st.sampled_from((None, None, "进度滞后"))),
        *(st.sampled_from((None, None, "0%")), st.none(), st.sampled_from((None, None, 2))),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_odd_sheets(), _ODD_EDITS)
def test_quick_ways_and_long_ways_write_the_same(tmp_path: Path, xml: str, edits: list[CellEdit]) -> None:
    path = sheet_book(tmp_path / "a.xlsx", xml.encode())

    def outcome() -> object:
        package = Package.open(path)
        try:
            return patch(package, {"表": edits}, LOOKS), [package.read(part) for part in package.names]
        except WriteRefused as refused:
            return refused.message

    quick = outcome()
    with pytest.MonkeyPatch.context() as long:
        long.setattr("pyengine.ooxml.rows.RowIndex.room_behind", lambda index, row, columns: None)
        long.setattr("pyengine.ooxml.cells.SheetText.edge", lambda text, row: None)
        long.setattr("pyengine.ooxml.cells.SheetText.address_at", lambda text, row, column, start=0: -1)
        long.setattr("pyengine.ooxml.areas.Areas.beside", lambda areas, row: False)
        long.setattr("pyengine.ooxml.made._USUAL", re.compile(rb"(?!)"))
        long.setattr("pyengine.ooxml.sheet._SPANS", re.compile(rb"(?!)"))
        assert outcome() == quick


def test_cells_out_of_order_are_found_and_not_made_twice(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="D1"><v>4</v></c><c r="B1"><v>2</v></c></row>'
    new = one_sheet(tmp_path, sheet(rows), [CellEdit(1, 4, 5)])
    assert new.decode() == sheet(rows.replace("<v>4</v>", "<v>5</v>"))


@pytest.mark.parametrize(
    "rows", ["<row><c></row>", '<row r="1"><c r="A1"/>', '<row r="1"><c r="A1"><v>&x;</v></c></row>']
)
def test_what_is_not_well_formed_is_refused_and_the_package_stays(tmp_path: Path, rows: str) -> None:
    path = sheet_book(tmp_path / "a.xlsx", sheet(rows).encode())
    package = Package.open(path)
    with pytest.raises(NotALedgerFile, match=r"xl/s.xml.*XML"):
        patch(package, {"表": [CellEdit(1, 2, "x"), CellEdit(5, 1, "x")]}, {})
    assert package.to_bytes() == path.read_bytes()


# --- values and styles ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (Fraction(1, 4), "<v>0.25</v>"),
        (Decimal("100.0"), "<v>100</v>"),
        (-3, "<v>-3</v>"),
        (True, "<v>1</v>"),
        (date(1900, 2, 28), "<v>59</v>"),
        (date(1900, 3, 1), "<v>61</v>"),
        (datetime(2026, 1, 1, 12), "<v>46023.5</v>"),
        (date(1899, 1, 1), ">1899-01-01</t>"),
        ("@SUM(A1)\x00\x0b", ">@SUM(A1)</t>"),
        ("a_x0041_", ">a_x005F_x0041_</t>"),
        ("甲\r\n乙", ">甲\n乙</t>"),
    ],
)
def test_values_are_spelled_as_excel_reads_them(tmp_path: Path, value: Any, spelled: str) -> None:
    assert spelled in one_sheet(tmp_path, sheet(""), [CellEdit(1, 1, value)]).decode()


def test_long_text_is_cut_with_an_ellipsis_at_excels_limit() -> None:
    cut = stored_text("督" * 40000)
    assert len(cut) == 32767
    assert cut.endswith("督…")
    assert len(stored_text("😀" * 20000).encode("utf-16-le")) <= 2 * 32767
    assert stored_text("督" * 32767) == "督" * 32767


def test_named_styles_are_made_once_and_restyling_by_the_office_is_kept(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"/></row>' for n in range(1, 6))
    edits = [CellEdit(n, 1, style="缺时限") for n in range(1, 6)]
    _, after = patched(sheet_book(tmp_path / "a.xlsx", sheet(rows).encode()), tmp_path / "b.xlsx", {"表": edits})
    styles = etree.fromstring(after.read("xl/styles.xml"))
    assert [n.get("name") for n in styles.iter("{*}cellStyle")] == ["Normal", "缺时限"]
    assert len(styles.find("{*}cellXfs")) == 3 == int(styles.find("{*}cellXfs").get("count"))
    cell = openpyxl.load_workbook(tmp_path / "b.xlsx")["表"]["A5"]
    look = (cell.style, cell.fill.fgColor.rgb, cell.font.color.rgb, cell.font.b, cell.font.i, cell.font.name)
    assert look == ("缺时限", "FFD9D9D9", "FF7F7F7F", True, True, "宋体")
    other = {"缺时限": NamedLook(fill="000000")}
    assert patch(after, {"表": edits}, other).parts == ()
    assert StyleBook(after.read("xl/styles.xml")).named("缺时限") == 2


def test_an_empty_style_sheet_gets_all_that_a_format_refers_to(tmp_path: Path) -> None:
    styles = f'<styleSheet xmlns="{MAIN}"></styleSheet>'.encode()
    path = sheet_book(tmp_path / "a.xlsx", sheet('<row r="1"><c r="A1"/></row>').encode(), styles)
    edits = [CellEdit(1, 1, 1, style="进度滞后"), CellEdit(2, 1, date(2026, 3, 4))]
    _, after = patched(path, tmp_path / "b.xlsx", {"表": edits})
    root = etree.fromstring(after.read("xl/styles.xml"))
    counts = {etree.QName(section).localname: len(section) for section in root}
    assert counts == {
        **{"numFmts": 1, "fonts": 1, "fills": 3, "borders": 1},
        **{"cellStyleXfs": 2, "cellXfs": 3, "cellStyles": 2},
    }
    assert openpyxl.load_workbook(tmp_path / "b.xlsx")["表"]["A1"].style == "进度滞后"


def test_number_formats_are_reused_and_only_given_where_there_is_none() -> None:
    book = StyleBook(STYLES.encode())
    assert book.with_format(0, "0%") == book.with_format(0, "0%") == 2
    assert book.with_format(0, "mm-dd-yy") == 1
    custom = book.with_format(0, "yyyy-mm-dd")
    assert custom == 3
    assert [book.is_date(xf) for xf in (0, 1, 2, 3)] == [False, True, False, True]
    root = etree.fromstring(book.content)
    assert [etree.QName(node).localname for node in root][:2] == ["numFmts", "fonts"]
    assert StyleBook(book.content).with_format(0, "yyyy-mm-dd") == 3
    codes = ('[$-804]yyyy"年"m"月"', "[h]:mm", "e年", "0.0E+00", '[Red]0"日"', "General")
    told = [StyleBook(STYLES.encode()) for _ in codes]
    assert [b.is_date(b.with_format(0, code)) for b, code in zip(told, codes, strict=True)] == [True] * 3 + [False] * 3
    book.add_named("缺时限", LOOKS["缺时限"])
    once = book.content
    book.add_named("缺时限", NamedLook(fill="000000"))
    assert book.content == once
    assert book.name_of(book.named("缺时限")) == "缺时限"
    unchanged = StyleBook(STYLES.encode())
    assert unchanged.with_format(1, "mm-dd-yy") == 1
    assert unchanged.content == STYLES.encode()


def test_new_rows_look_like_the_data_row_above_and_not_like_the_head(hard: Path, tmp_path: Path) -> None:
    edits = {LOG: [CellEdit(r, 2, "x", style="进度滞后" if r == 5 else None) for r in (5, 6, 7)]}
    patched(hard, tmp_path / "x.xlsm", edits)
    log = openpyxl.load_workbook(tmp_path / "x.xlsm")[LOG]
    assert [log.cell(r, 2).style for r in (4, 5, 6)] == ["Normal", "进度滞后", "Normal"]
    assert [log.cell(r, 2).font.i for r in (4, 6, 7)] == [True, True, True]
    pane = '<pane ySplit="3" topLeftCell="A4" state="frozen"/>'
    frozen = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    new = one_sheet(tmp_path, sheet('<row r="3"><c r="A3" s="1"/></row>', frozen + "{}"), [CellEdit(4, 1, 5)])
    assert b'<c r="A4"><v>5</v></c>' in new


@given(st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_addresses_are_read_as_they_are_written(row: int, column: int) -> None:
    area = parse_area(address(row, column))
    assert area is not None
    assert (area.first_row, area.first_column) == (row, column)


# --- any grid, any edits --------------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=12).filter(
    lambda t: stored_text(t) == t and not re.search("_x[0-9A-Fa-f]{4}_", t)
)
_PRESENT = st.one_of(
    *(st.none(), st.booleans(), st.integers(-(10**9), 10**9), _TEXT, st.just("=1+1")),
    st.floats(-1e9, 1e9).map(lambda x: round(x, 6)),
)  # no dates: a number put into a cell that shows dates goes on showing one
_VALUE = st.one_of(_PRESENT, st.dates(date(1900, 3, 1), date(2200, 1, 1)))
_PLACE = st.tuples(st.integers(1, 12), st.integers(1, 8))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(_PLACE, _PRESENT, max_size=25),
    st.dictionaries(_PLACE, _VALUE, min_size=1, max_size=25),
    st.booleans(),
)
def test_any_edits_of_any_grid_are_read_back(
    tmp_path: Path, present: dict[tuple[int, int], Any], asked: dict[tuple[int, int], Any], bare: bool
) -> None:
    source, target = tmp_path / "g.xlsx", tmp_path / "h.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "表"
    for (row, column), value in present.items():
        cell = book.active.cell(row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"
    book.save(source)
    if bare:
        _drop_dimension(source)
    patched(source, target, {"表": [CellEdit(r, c, v) for (r, c), v in asked.items()]})
    found = openpyxl.load_workbook(target)["表"]
    for place, value in {**present, **asked}.items():
        wanted = datetime(value.year, value.month, value.day) if isinstance(value, date) else value
        got = found.cell(*place).value
        assert (got, isinstance(got, bool)) == (wanted, isinstance(wanted, bool)), place


def _drop_dimension(path: Path) -> None:
    """Rewrite the sheet the way lean writers do: no dimension, cells in their own quotes."""
    xml = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    path.write_bytes(_with(path, "xl/worksheets/sheet1.xml", re.sub(rb"<dimension[^>]*/>", b"", xml)))


# --- LibreOffice ----------------------------------------------------------------------------------------------------


def test_libreoffice_opens_the_patched_file_and_shows_the_values(hard: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        assert os.environ.get("DUBAN_REQUIRE_LIBREOFFICE") != "1", "LibreOffice is required here and missing"
        pytest.skip("这台电脑没有 LibreOffice")
    patched(hard, tmp_path / "x.xlsm", HARD_EDITS)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76"]
    run = [*command, "--outdir", str(tmp_path), str(tmp_path / "x.xlsm")]
    subprocess.run(run, check=True, timeout=180, capture_output=True)
    rows = list(csv.reader((tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[4][4:6] == ["35%", "进度滞后"]
    assert (rows[5][3], rows[6][7], rows[15][0], rows[59][39]) == ("2026-06-30", "=1+1 不是公式 <&>", "R16", "TRUE")
    assert (rows[0][0], rows[4][1], rows[3][10]) == ("政府工作报告任务台账", "加快推进项目", "5.7")

"""读得全 — workbooks of other makes are read as Excel reads them, and what is not safe to read is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fixtures_ooxml import MAIN, STYLES, hard_book, packed, relations, sheet_book, sheet_parts

from pyengine.books import CellError, FileBook
from pyengine.ooxml import CellEdit, NamedLook, NotALedgerFile, Package, WriteRefused, patch

ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46000</v></c><c r="C1" t="e"><v>#REF!</v></c></row>'
    '<row><c t="b"><v>1</v></c><c><v>2.5</v></c><c t="str"><f>A1</f><v>算出</v></c></row>'
)
SHARED = f'<sst xmlns="{MAIN}"><si><r><t>编</t></r><r><t>号</t></r></si></sst>'
MERGES = '<mergeCells><mergeCell ref="E1:F2"/><mergeCell ref="3:4"/></mergeCells>'
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def parts_of(sheet: str, shared: str = SHARED) -> dict[str, bytes]:
    """The parts of a workbook with that sheet and those shared texts."""
    book = relations(("a", "worksheet", "s.xml"), ("b", "styles", "styles.xml"), ("c", "sharedStrings", "词.xml"))
    return sheet_parts(sheet.encode(), extra={"xl/_rels/workbook.xml.rels": book, "xl/词.xml": shared.encode()})


def sheet(rows: str = ROWS, behind: str = "", before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{behind}</worksheet>'


def read(tmp_path: Path, parts: dict[str, bytes]) -> FileBook:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(packed(parts))
    return FileBook(path)


def _utf16(parts: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content.decode().encode("utf-16") for name, content in parts.items()}


def _prefixed(parts: dict[str, bytes]) -> dict[str, bytes]:
    xml = parts["xl/s.xml"].decode().replace("xmlns=", "xmlns:a=")
    return {**parts, "xl/s.xml": re.sub(r"<(/?)(?=\w)", r"<\1a:", xml).encode()}


def _with_macro_sheet(parts: dict[str, bytes]) -> dict[str, bytes]:
    book = parts["xl/workbook.xml"].replace(b"<x:sheets>", b'<x:sheets><x:sheet name="M" sheetId="7" q:id="m"/>')
    macros = b'<Relationship Id="m" Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" Target="m.xml"/>'
    rels = parts["xl/_rels/workbook.xml.rels"].replace(b"</Rel", macros + b"</Rel")
    return {**parts, "xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels, "xl/m.xml": b"<macrosheet/>"}


@pytest.mark.parametrize(
    "parts",
    [
        parts_of(sheet(behind=MERGES)),
        parts_of(sheet(behind=MERGES, before='<dimension ref="1:4"/>')),
        parts_of(sheet(behind=MERGES, before='<dimension ref="A1:XFD1048576"/>')),
        _utf16(parts_of(sheet(behind=MERGES))),
        _prefixed(parts_of(sheet(behind=MERGES))),
        _with_macro_sheet(parts_of(sheet(behind=MERGES))),
        parts_of(sheet(ROWS.replace("#REF!", "Err:502"), MERGES)),
        parts_of(sheet(behind=MERGES + "<!-- <sheetData><row r='9'/></sheetData> -->")),
    ],
    ids=["plain", "rows only", "too large", "utf-16", "prefixed", "macro sheet", "odd error", "comment"],
)
def test_sheets_of_every_make_are_read_and_written(tmp_path: Path, parts: dict[str, bytes]) -> None:
    book = read(tmp_path, parts)
    assert list(book.sheets()) == ["表"]
    grid = book.sheets()["表"]
    assert [str(grid.at(1, column)) for column in (1, 2)] == ["编号", "2025-12-09"]
    assert grid.at(1, 3) in (CellError("#REF!"), CellError("Err:502"))
    assert [grid.at(2, column) for column in (1, 2, 3)] == [True, 2.5, "算出"]
    assert grid.merges == ((1, 5, 2, 6), (3, 1, 4, 16384))
    done = book.write({"表": [CellEdit(2, 1, "新"), CellEdit(6, 2, 7)]}, {}, "20260301-080000")
    assert (done.cells, done.parts) == (2, ("xl/s.xml",))
    assert [FileBook(book.path).sheets()["表"].at(*place) for place in ((2, 1), (6, 2))] == ["新", 7]


def test_strict_workbooks_are_patched_without_loss_but_are_no_ledgers(tmp_path: Path) -> None:
    styles = STYLES.replace(MAIN, STRICT).encode()
    source = sheet_parts(sheet(behind=MERGES).replace(MAIN, STRICT).encode(), styles)
    book = source["xl/workbook.xml"].replace(MAIN.encode(), STRICT.encode())
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        k: v.replace(office, b"http://purl.oclc.org/ooxml/officeDocument/relationships") for k, v in source.items()
    }
    content = packed(
        {**parts, "xl/workbook.xml": book.replace(office, b"http://purl.oclc.org/ooxml/officeDocument/relationships")}
    )
    before = Package(content, "严格.xlsx")
    assert before.strict
    package = Package(content, "严格.xlsx")
    edits = {"表": [CellEdit(1, 1, "甲", style="逾期"), CellEdit(5, 2, 3)]}
    assert patch(package, edits, {"逾期": NamedLook(fill="FF0000")}).parts == ("xl/s.xml", "xl/styles.xml")
    after = Package(package.to_bytes(), "严格.xlsx")
    assert after.strict
    assert [n for n in before.names if before.raw(n) != after.raw(n)] == ["xl/s.xml", "xl/styles.xml"]
    assert after.read("xl/s.xml").startswith(f'<worksheet xmlns="{STRICT}"><sheetData><row r="1"><c r="A1"'.encode())
    assert patch(after, edits, {}).parts == ()
    path = tmp_path / "严格.xlsx"
    path.write_bytes(content)
    with pytest.raises(NotALedgerFile, match="Strict"):
        FileBook(path).sheets()
    with pytest.raises(NotALedgerFile, match="Strict"):
        FileBook(path).write(edits, {"逾期": NamedLook(fill="FF0000")}, "20260301-080000")
    assert path.read_bytes() == content
    assert [found.name for found in tmp_path.iterdir()] == ["严格.xlsx"]


@pytest.mark.parametrize(
    ("rows", "edit"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="B1"/><c r="A1"><v>2</v></c></row>', CellEdit(1, 1, "x")),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>2</v></c></row>', CellEdit(1, 1, "x")),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>2</v></c></row>', CellEdit(1, 9, "x")),
    ],
)
def test_cells_and_rows_that_stand_twice_are_refused(tmp_path: Path, rows: str, edit: CellEdit) -> None:
    package = Package.open(sheet_book(tmp_path / "a.xlsx", sheet(rows).encode()))
    with pytest.raises(WriteRefused, match="两次"):
        patch(package, {"表": [edit]}, {})


def test_two_sheets_of_one_part_are_not_written_over_each_other(tmp_path: Path) -> None:
    parts = parts_of(sheet())
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"</x:sheets>", '<x:sheet name="又一张" sheetId="9" q:id="a"/></x:sheets>'.encode()
    )
    package = Package(packed(parts), "a.xlsx")
    with pytest.raises(WriteRefused, match="共用一个部件"):
        patch(package, {"表": [CellEdit(1, 1, "x")], "又一张": [CellEdit(2, 2, "y")]}, {})
    assert package.replaced == ()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400])
def test_numbers_that_no_cell_holds_are_refused_with_their_address(tmp_path: Path, value: float) -> None:
    package = Package.open(sheet_book(tmp_path / "a.xlsx", sheet().encode()))
    with pytest.raises(WriteRefused, match="表!C4"):
        patch(package, {"表": [CellEdit(4, 3, value)]}, {})


def test_part_names_may_be_percent_encoded_on_either_side(tmp_path: Path) -> None:
    parts = parts_of(sheet())
    rels = parts["xl/_rels/workbook.xml.rels"].replace("词.xml".encode(), b"%E8%AF%8D.xml")
    assert read(tmp_path, {**parts, "xl/_rels/workbook.xml.rels": rels}).sheets()["表"].at(1, 1) == "编号"
    parts["xl/%E8%AF%8D.xml"] = parts.pop("xl/词.xml")
    assert read(tmp_path, {**parts, "xl/_rels/workbook.xml.rels": rels}).sheets()["表"].at(1, 1) == "编号"


def test_a_hundred_thousand_rows_are_patched(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="C{n}" t="str"><v>在办</v></c></row>' for n in range(1, 100_001)
    )
    book = read(tmp_path, parts_of(sheet(rows)))
    edits = [CellEdit(n, 2, f"第{n}行") for n in range(1, 100_001, 5_000)]
    done = book.write({"表": [*edits, CellEdit(100_001, 1, "末行")]}, {}, "20260301-080000")
    assert done.cells == 21
    grid = book.sheets()["表"]
    assert (grid.at(5_001, 2), grid.at(100_000, 3), grid.at(100_001, 1)) == ("第5001行", "在办", "末行")


def test_writing_to_a_sheet_of_absurd_extent_is_refused_not_tried(tmp_path: Path) -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    book = read(tmp_path, parts_of(sheet(far)))
    before = book.path.read_bytes()
    with pytest.raises(NotALedgerFile, match="大得不正常"):
        book.write({"表": [CellEdit(2, 2, "x")]}, {}, "20260301-080000")
    assert book.path.read_bytes() == before


def test_pictures_in_cells_stay_with_their_cells(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="e" vm="1"><v>#VALUE!</v></c><c r="B1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c></row>'
    package = Package.open(sheet_book(tmp_path / "a.xlsx", sheet(rows).encode()))
    patch(package, {"表": [CellEdit(1, 1, style="逾期"), CellEdit(1, 3, "x")]}, {"逾期": NamedLook(fill="FF0000")})
    assert b'<c r="A1" t="e" vm="1" s="2"><v>#VALUE!</v></c>' in package.read("xl/s.xml")
    with pytest.raises(WriteRefused, match="表!B1 里是公式"):
        patch(package, {"表": [CellEdit(1, 2, "x")]}, {})


def test_the_hard_workbook_is_read_through_its_plain_copy(tmp_path: Path) -> None:
    grids = FileBook(hard_book(tmp_path / "难.xlsm")).sheets()
    assert list(grids) == ["政府工作报告台账", "督查记录", "名单'附"]
    assert grids["政府工作报告台账"].at(5, 2) == "加快推进项目"
    assert grids["名单'附"].at(1, 6) == CellError("#DIV/0!")

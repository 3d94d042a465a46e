"""随行增长 — what grows when rows are written right below a block, and what must not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from fixtures_ooxml import MAIN, relations, sheet_book

from pyengine.ooxml import KEEP, CellEdit, Package, WriteRefused, patch

ROWS = range(1, 6)
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"


def cells(row: int, columns: str = "ABCD") -> str:
    """A row with something in each of these columns."""
    inside = "".join(f'<c r="{letter}{row}"><v>{row}</v></c>' for letter in columns)
    return f'<row r="{row}">{inside}</row>'


def book(tmp_path: Path, behind: str, rows: str = "", before: str = "", table: str = "") -> Package:
    """A sheet with five rows of A to D (or these), with that markup before and behind its data, and maybe a table."""
    data = rows or "".join(cells(row) for row in ROWS)
    xml = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData>{behind}</worksheet>'
    extra = {}
    if table:
        extra = {"xl/_rels/s.xml.rels": relations(("t", "table", "t.xml")), "xl/t.xml": table.encode()}
    return Package.open(sheet_book(tmp_path / "a.xlsx", xml.encode(), extra=extra))


def grown(package: Package, edits: Sequence[CellEdit]) -> str:
    """The markup behind the sheet's data once the edits are in; the edits once more change nothing."""
    patch(package, {"表": edits}, {})
    again = Package(package.to_bytes(), "a.xlsx")
    assert patch(again, {"表": edits}, {}).parts == ()
    return package.read("xl/s.xml").decode().partition("</sheetData>")[2]


def format_of(ranges: str, extra: str = "") -> str:
    rule = '<cfRule type="expression" priority="1"><formula>A2&gt;1</formula></cfRule>'
    return f'<conditionalFormatting sqref="{ranges}"{extra}>{rule}</conditionalFormatting>'


def checks_of(*ranges: str) -> str:
    inside = "".join(
        f'<dataValidation type="whole" sqref="{text}"><formula1>1</formula1></dataValidation>' for text in ranges
    )
    return f'<dataValidations count="{len(ranges)}">{inside}</dataValidations>'


def of_2010(*ranges: str) -> str:
    """The extension of a sheet with a format, a validation and a sparkline, all for these ranges."""
    text = " ".join(ranges)
    return (
        f'<extLst><ext xmlns:x14="{_X14}" xmlns:xm="{_XM}"><x14:conditionalFormattings><x14:conditionalFormatting>'
        f'<x14:cfRule type="dataBar" id="a"/><xm:sqref>{text}</xm:sqref></x14:conditionalFormatting>'
        '</x14:conditionalFormattings><x14:dataValidations count="1"><x14:dataValidation type="list"><x14:formula1><xm:f>'
        f"表!$A$1:$A$5</xm:f></x14:formula1><xm:sqref>{text}</xm:sqref></x14:dataValidation></x14:dataValidations>"
        "<x14:sparklineGroups><x14:sparklineGroup><x14:sparklines><x14:sparkline><xm:f>表!A2:A5</xm:f><xm:sqref>E5</xm:sqref>"
        "</x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext></extLst>"
    )


ROW_6 = [CellEdit(6, 1, "新"), CellEdit(6, 3, 1)]
ROWS_6_7 = [*ROW_6, CellEdit(7, 2, "新"), CellEdit(7, 3, 2), CellEdit(9, 1, "隔开")]


@pytest.mark.parametrize(
    ("ranges", "edits", "expected"),
    [
        ("A2:D5", ROW_6, "A2:D6"),
        ("$B$2:$B$5", ROW_6, "B2:B6"),
        ("A2:D5", ROWS_6_7, "A2:D7"),
        ("A2:A5 C2:C5 F2:F9", ROW_6, "A2:A6 C2:C6 F2:F9"),
        ("A5 C2:C4 B4:B5", ROW_6, "A5 C2:C4 B4:B6"),
        ("A:A", ROW_6, "A:A"),
        ("A1:D1", ROW_6, "A1:D1"),
        ("C5", ROW_6, "C5"),
        ("A2:D4", ROW_6, "A2:D4"),
        ("A2:D99", ROW_6, "A2:D99"),
        ("F2:G5", ROW_6, "F2:G5"),
        ("A2:D5", [CellEdit(7, 1, "隔了一行")], "A2:D5"),
        ("A2:D5", [CellEdit(6, 1, None), CellEdit(6, 2, KEEP)], "A2:D5"),
        ("A2:D5", [CellEdit(5, 1, "旧行")], "A2:D5"),
        ("A2:D5 A6:D40", ROW_6, "A2:D5 A6:D40"),
    ],
)
def test_formats_and_validations_grow_with_rows_below_the_data(
    tmp_path: Path, ranges: str, edits: list[CellEdit], expected: str
) -> None:
    assert grown(book(tmp_path, format_of(ranges)), edits) == f"{format_of(expected)}</worksheet>"
    assert grown(book(tmp_path, checks_of(ranges)), edits) == f"{checks_of(expected)}</worksheet>"
    of_both = grown(book(tmp_path, of_2010(ranges)), edits)
    assert of_both == f"{of_2010(expected)}</worksheet>"


def test_a_row_that_held_anything_before_is_no_new_row(tmp_path: Path) -> None:
    rows = "".join(cells(row) for row in ROWS)
    noted = book(tmp_path, format_of("A2:D5"), rows + cells(6, "E"))
    assert 'sqref="A2:D5"' in grown(noted, ROW_6)
    painted = book(tmp_path, format_of("A2:D5"), rows + '<row r="6"><c r="A6" s="1"/><c r="B6"/></row>')
    assert 'sqref="A2:D6"' in grown(painted, ROW_6)


def test_an_area_that_ends_below_the_data_stays(tmp_path: Path) -> None:
    rows = "".join(cells(row) for row in ROWS) + '<row r="6"><c r="A6" s="1"/></row>'
    assert 'sqref="A2:D6"' in grown(book(tmp_path, format_of("A2:D6"), rows), [CellEdit(7, 1, "新")])


def test_heads_have_no_followers(tmp_path: Path) -> None:
    pane = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="2" topLeftCell="A3" state="frozen"/></sheetView></sheetViews>'
    heads = cells(1) + cells(2)
    new = [CellEdit(3, 1, "新")]
    assert 'sqref="A1:D2"' in grown(book(tmp_path, format_of("A1:D2"), heads, pane), new)
    assert 'sqref="A1:D2"' in grown(book(tmp_path, f'<autoFilter ref="A2:D2"/>{format_of("A1:D2")}', heads), new)
    assert 'sqref="A1:D3"' in grown(book(tmp_path, format_of("A1:D2"), heads), new)


def test_rules_of_pivot_tables_stay(tmp_path: Path) -> None:
    assert 'sqref="A2:D5"' in grown(book(tmp_path, format_of("A2:D5", ' pivot="1"')), ROW_6)


def test_validations_do_not_grow_into_each_other(tmp_path: Path) -> None:
    behind = grown(book(tmp_path, checks_of("A2:A5", "B2:B5", "A6:A20")), ROW_6)
    assert re.findall('sqref="([^"]*)"', behind) == ["A2:A5", "B2:B6", "A6:A20"]


def test_all_columns_of_a_table_or_filter_grow_and_single_rows_that_are_all_of_its_data(tmp_path: Path) -> None:
    two = cells(1) + cells(2)
    table = f'<table xmlns="{MAIN}" id="1" name="t" displayName="t" ref="A1:D2"><autoFilter ref="A1:D2"/></table>'
    for behind, has in ((checks_of("D2", "F2"), table), (f'<autoFilter ref="A1:D2"/>{checks_of("D2", "F2")}', "")):
        package = book(tmp_path, behind, two, table=has)
        after = grown(package, [CellEdit(3, 1, "新")])
        assert re.findall('sqref="([^"]*)"', after) == ["D2:D3", "F2"]
        assert 'ref="A1:D3"' in (package.read("xl/t.xml").decode() if has else after)


def test_a_note_below_a_table_is_not_taken_into_it(tmp_path: Path) -> None:
    table = f'<table xmlns="{MAIN}" id="1" name="t" displayName="t" ref="A1:D5"><autoFilter ref="A1:D5"/></table>'
    rows = "".join(cells(row) for row in ROWS) + cells(6, "B")
    package = book(tmp_path, checks_of("A2:A5"), rows, table=table)
    assert 'sqref="A2:A5"' in grown(package, [CellEdit(6, 2, "备注改了"), CellEdit(6, 1, "又写一格")])
    assert package.read("xl/t.xml").decode() == table


def test_cells_of_totals_and_pivot_tables_are_refused(tmp_path: Path) -> None:
    table = f'<table xmlns="{MAIN}" id="1" name="t" displayName="t" ref="A1:D5" totalsRowCount="1"/>'
    with pytest.raises(WriteRefused, match="表!B5 在表格的汇总行里"):
        patch(book(tmp_path, "", table=table), {"表": [CellEdit(5, 2, 1)]}, {})
    pivot = f'<pivotTableDefinition xmlns="{MAIN}"><location ref="F8:H12" rowPageCount="2" colPageCount="1"/></pivotTableDefinition>'
    xml = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    parts = {"xl/_rels/s.xml.rels": relations(("p", "pivotTable", "p.xml")), "xl/p.xml": pivot.encode()}
    source = sheet_book(tmp_path / "p.xlsx", xml.encode(), extra=parts)
    for row, column in ((8, 6), (12, 8), (5, 6), (6, 7)):
        with pytest.raises(WriteRefused, match="在数据透视表"):
            patch(Package.open(source), {"表": [CellEdit(row, column, "x")]}, {})
    free = [CellEdit(13, 6, "x"), CellEdit(7, 6, "x"), CellEdit(4, 6, "x"), CellEdit(8, 5, "x"), CellEdit(5, 8, "x")]
    assert patch(Package.open(source), {"表": free}, {}).cells == 5

"""迁入：迁移报告和附表两种另加的表。"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from duban_workbook.formats import BASE, CELL, GREY_TEXT, MIDDLE, Formats
from duban_workbook.page import set_page
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pyengine.grid import CellError, Grid
from pyengine.heights import lines_of
from pyengine.layout import layout

FIRST: Final = layout().header_row + 1
LONGEST: Final = 32_000
"""一格最多写多少字（Excel 的上限是 32767）。"""
_LETTERS: Final = "ABCDEFG"
_ODD: Final = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WIDTHS: Final = (24, 16, 44, 30, 10, 8, 62)
_LOOKS: Final = {"错误": "逾期未完成", "警告": "进度滞后", "提示": "临近时限"}


def write_report(
    sheet: Worksheet, formats: Formats, title: str, note: str, heads: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """迁移报告：第 1 行标题，第 2 行合计，第 3 行表头，第 4 行起逐格一行。

    一万项的台账有十几万行：数据行存好以后一次补上（见 package.with_rows）。
    """
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    for row, height in ((0, 36), (1, 24), (2, 30)):
        sheet.set_row(row, height)
    sheet.write_string(0, 0, title, formats.named["台账标题"])
    sheet.write_string(1, 0, note, formats.named["填写说明"])
    for column, head in enumerate(heads):
        sheet.write_string(2, column, head, formats.named["表头"])
    plain, asked = formats.get(BASE, font_color=GREY_TEXT, font_size=9), formats.get(CELL)
    sheet.write_blank(1, len(heads), None, plain)  # 格式用过一次才有序号；asked 与各表的文字列是同一个
    looks = {word: formats.named[look] for word, look in _LOOKS.items()}
    formats.late[f"xl/worksheets/sheet{sheet.index + 1}.xml"] = lambda: _report_xml(rows, plain, asked, looks)
    sheet.autofilter(2, 0, max(FIRST, FIRST + len(rows) - 1) - 1, len(heads) - 1)
    sheet.freeze_panes(FIRST - 1, 1)
    set_page(sheet, sheet.get_name(), header_row=FIRST - 1)


def _report_xml(rows: Sequence[Sequence[str]], plain: Format, asked: Format, looks: Mapping[str, Format]) -> bytes:
    """各行的 XML：须要核对的、整张表的有框线并换行，其余灰字一行。"""
    return "".join(
        _row_xml(number, row, asked if row[5] or "!" not in row[0] else plain, looks.get(row[5]), row[5])
        for number, row in enumerate(rows, start=FIRST)
    ).encode()


def _row_xml(number: int, row: Sequence[str], look: Format, severity: Format | None, asked: str) -> str:
    styles = [look.xf_index] * len(row)
    if severity is not None:
        styles[5] = severity.xf_index
    cells = (
        f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'
        if text else f'<c r="{letter}{number}" s="{style}"/>' if asked else ""
        for letter, style, text in zip(_LETTERS, styles, row, strict=True)
    )  # fmt: skip
    lines = (
        max(map(lines_of, row, _WIDTHS)) if asked or "!" not in row[0] else 1 + max(text.count("\n") for text in row)
    )
    height = f' ht="{min(lines * 14 + 3, 409)}"' if lines > 1 else ""
    return f'<row r="{number}"{height}>{"".join(cells)}</row>'


def _escaped(text: str) -> str:
    return escape(_UNWRITABLE.sub("", text[:LONGEST])) if _ODD.search(text) or len(text) > LONGEST else text


def write_copy(sheet: Worksheet, formats: Formats, grid: Grid) -> None:
    """附表：原表的值照原样附上，合并照原样。"""
    look = formats.get(CELL, MIDDLE)
    merged = {(top, left): (bottom, right) for top, left, bottom, right in grid.merges}
    for top, left in merged:
        bottom, right = merged[top, left]
        if bottom <= len(grid.rows) and right <= len(grid.rows[0] if grid.rows else ()):
            sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", look)
    for row, values in enumerate(grid.rows):
        lines = max((value.count("\n") for value in values if isinstance(value, str)), default=0) + 1
        if lines > 1:
            sheet.set_row(row, min(lines * 15, 409))
        for column, value in enumerate(values):
            if value is not None:
                _copy_cell(sheet, row, column, value, look, formats)
    set_page(sheet, sheet.get_name())


def _copy_cell(sheet: Worksheet, row: int, column: int, value: object, look: Format, formats: Formats) -> None:
    if isinstance(value, (CellError, str | bool)):
        sheet.write_string(row, column, str(value), look)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, look)
    elif hasattr(value, "year"):
        sheet.write_datetime(row, column, value, formats.get(CELL, MIDDLE, num_format="yyyy-mm-dd"))
    else:
        sheet.write_string(row, column, str(value), look)

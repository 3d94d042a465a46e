"""迁入：迁移报告和附表两种另加的表。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from duban_workbook.formats import CELL, GREY_TEXT, MIDDLE, Formats
from duban_workbook.page import set_page
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pyengine.grid import CellError, Grid
from pyengine.layout import layout

_WIDTHS: Final = (24, 16, 44, 30, 10, 8, 62)
_LOOKS: Final = {"错误": "逾期未完成", "警告": "进度滞后", "提示": "临近时限"}
_WRAPPED: Final = 2
"""原值、说明两列在须要核对的行里换行，其余各行只显示一行。"""


def write_report(
    sheet: Worksheet, formats: Formats, title: str, note: str, heads: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """迁移报告：第 1 行标题，第 2 行合计，第 3 行表头，第 4 行起逐格一行。"""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    for row, height in ((0, 36), (1, 24), (2, 30)):
        sheet.set_row(row, height)
    sheet.write_string(0, 0, title, formats.named["台账标题"])
    sheet.write_string(1, 0, note, formats.named["填写说明"])
    for column, head in enumerate(heads):
        sheet.write_string(2, column, head, formats.named["表头"])
    looks = {word: formats.named[look] for word, look in _LOOKS.items()}
    plain, asked = formats.get(font_color=GREY_TEXT, font_size=9), formats.get(CELL)
    middle = formats.get(CELL, MIDDLE)
    for number, row in enumerate(rows, start=layout().header_row):
        _report_row(
            sheet, number, row, plain if not row[5] and row[0].find("!") > 0 else asked, looks.get(row[5], middle)
        )
    sheet.autofilter(2, 0, max(layout().header_row, layout().header_row + len(rows) - 1), len(heads) - 1)
    sheet.freeze_panes(layout().header_row, 1)
    set_page(sheet, sheet.get_name(), header_row=layout().header_row)


def _report_row(sheet: Worksheet, number: int, row: Sequence[str], look: Format, severity: Format) -> None:
    for column, text in enumerate(row):
        if text:
            sheet.write_string(number, column, text, severity if column == 5 else look)
        elif look.border_index or (column == 5 and row[5]):
            sheet.write_blank(number, column, None, look)


def write_copy(sheet: Worksheet, formats: Formats, grid: Grid) -> None:
    """附表：原表的值照原样附上，合并照原样。"""
    look = formats.get(CELL, MIDDLE)
    merged = {(top, left): (bottom, right) for top, left, bottom, right in grid.merges}
    for top, left in merged:
        bottom, right = merged[top, left]
        if bottom <= len(grid.rows) and right <= len(grid.rows[0] if grid.rows else ()):
            sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", look)
    for row, values in enumerate(grid.rows):
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

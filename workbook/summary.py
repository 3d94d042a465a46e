"""督检汇总：表头固定，数据由系统从第 4 行写起。"""

from __future__ import annotations

from typing import Final

from duban_workbook.formats import BASE, CELL, ENGINE_NOTE, GREY_LINE, MIDDLE, Formats
from duban_workbook.page import set_page
from duban_workbook.texts import NOTES
from duban_workbook.validations import LAST_ROW
from xlsxwriter.worksheet import Worksheet

from pyengine.layout import layout
from pyengine.terms import STATUSES

HEADERS: Final = layout().summary
_WIDTHS: Final = (10, 28, 9, *(11 for _ in STATUSES), 9, 10)
_BLANK_ROWS: Final = 20


def write_summary(sheet: Worksheet, title: str, formats: Formats) -> None:
    """督检汇总全部内容。"""
    header, last = layout().header_row, len(HEADERS) - 1
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width, formats.get(BASE, _look(index)))
    for row, height in ((0, 36), (1, 22), (2, 34)):
        sheet.set_row(row, height, formats.get(BASE) if row < 2 else None)
    sheet.write_string(0, 0, title, formats.named["台账标题"])
    sheet.merge_range(1, 0, 1, last, NOTES["督检汇总"], formats.get(ENGINE_NOTE, align="left", indent=1))
    for index, text in enumerate(HEADERS):
        sheet.write_string(header - 1, index, text, formats.named["系统表头"])
        for row in range(header, header + _BLANK_ROWS):
            sheet.write_blank(row, index, None, formats.get(CELL, _look(index)))
    _finish(sheet, formats, header, last)


def _look(index: int) -> dict[str, object]:
    if HEADERS[index] == "名称":
        return {}
    return {**MIDDLE, "num_format": "0.0"} if index == len(HEADERS) - 1 else MIDDLE


def _finish(sheet: Worksheet, formats: Formats, header: int, last: int) -> None:
    line = formats.get(border=1, border_color=GREY_LINE)
    rule = {"type": "formula", "criteria": f'=$A{header + 1}<>""', "format": line}
    sheet.conditional_format(header, 0, LAST_ROW - 1, last, rule)
    sheet.autofilter(header - 1, 0, LAST_ROW - 1, last)
    sheet.freeze_panes(header, 3)
    set_page(sheet, sheet.get_name(), header_row=header)

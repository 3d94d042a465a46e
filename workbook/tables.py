"""建表：有固定表头的各表——标题、说明、表头、列格式、下拉、冻结、打印。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from duban_workbook.formats import BASE, ENGINE_NOTE, GREY_LINE, MIDDLE, Formats
from duban_workbook.page import set_page
from duban_workbook.texts import ANSWER_NOTES, BY_ENGINE, NOTES
from duban_workbook.validations import LAST_ROW, add_validations
from xlsxwriter.worksheet import Worksheet

from pyengine.heights import row_height
from pyengine.layout import Column, Table, layout

Value = str | int | float | date | None
Row = Mapping[str, Value]

FIRST_DATA: Final = layout().header_row + 1
BLANK_ROWS: Final = 20
"""预先画好边框的空行数；再往下由条件格式随填随画。"""
MANY_ROWS: Final = 3000
"""行数超过这个数的表，空格不逐格画框（由条件格式画），文件小一半。"""
ROOM: Final = 500
"""行很多的表，下拉和条件格式在末行以下再管多少行。"""

_FREEZE: Final = {"ledger": 3, "feedback": 1, "records": 2, "nodes": 1, "indicators": 2, "adjustments": 1, "cards": 2}
_SIDE_FIELDS: Final = {
    "ledger": frozenset(
        {
            "initiated",
            "start_due",
            "started",
            "problems",
            "next_steps",
            "plan_reviewed",
            "plan_filed",
            "remark",
            "basis",
            "check",
        }
    ),
    "feedback": frozenset({"evidence", "reason"}),
    "units": frozenset({"email"}),
}
"""次要列：编成可收起的组，打印前可收起。"""


def write_table(sheet: Worksheet, table: Table, title: str, formats: Formats, rows: Sequence[Row] = ()) -> None:
    """整张表：rows 为各行，按表头取值。"""
    _set_columns(sheet, table, formats)
    _write_heads(sheet, table, title, formats)
    _write_rows(sheet, table, formats, rows)
    last = max(LAST_ROW, FIRST_DATA + len(rows) + ROOM)
    add_validations(sheet, table.columns, FIRST_DATA, last)
    sheet.autofilter(FIRST_DATA - 2, 0, last - 1, len(table.columns) - 1)
    _draw_lines(sheet, table, formats, last)
    sheet.freeze_panes(FIRST_DATA - 1, _FREEZE.get(table.key, 0))
    set_page(sheet, sheet.get_name(), ledger=table.key == "ledger", header_row=FIRST_DATA - 1)


def _set_columns(sheet: Worksheet, table: Table, formats: Formats) -> None:
    side = _SIDE_FIELDS.get(table.key, frozenset())
    for index, column in enumerate(table.columns):
        options = {"level": 1} if column.field in side else {}
        sheet.set_column(index, index, column.width, formats.body(column, bordered=False), options)


def _write_heads(sheet: Worksheet, table: Table, title: str, formats: Formats) -> None:
    plain = formats.get(BASE)
    for row, height in ((0, 36), (1, 22), (2, 34)):
        sheet.set_row(row, height, plain if row < 2 else None)
    sheet.write_string(0, 0, title, formats.named["台账标题"])
    _write_notes(sheet, table, formats)
    for index, column in enumerate(table.columns):
        sheet.write_string(2, index, column.name, formats.named["系统表头" if column.engine else "表头"])


def _write_notes(sheet: Worksheet, table: Table, formats: Formats) -> None:
    """第 2 行：工作人员的列上写填法，系统的列上写由系统填写。"""
    name = sheet.get_name()
    for engine, group in groupby(enumerate(table.columns), key=lambda pair: pair[1].engine):
        first, *rest = [index for index, _ in group]
        last = rest[-1] if rest else first
        if engine:
            text = NOTES[name] if first == 0 else BY_ENGINE
            _span(sheet, first, last, text, formats.get(ENGINE_NOTE, align="left", indent=1))
        else:
            sheet.write_string(1, first, NOTES[name] if first == 0 else ANSWER_NOTES[name], formats.named["填写说明"])


def _span(sheet: Worksheet, first: int, last: int, text: str, look: Any) -> None:
    if first == last:
        sheet.write_string(1, first, text, look)
    else:
        sheet.merge_range(1, first, 1, last, text, look)


def _write_rows(sheet: Worksheet, table: Table, formats: Formats, rows: Sequence[Row]) -> None:
    sparse = len(rows) > MANY_ROWS
    for offset in range(max(len(rows), BLANK_ROWS)):
        row = rows[offset] if offset < len(rows) else {}
        if row:
            sheet.set_row(FIRST_DATA - 1 + offset, row_height(table, row))
        for index, column in enumerate(table.columns):
            value = row.get(column.name)
            if value is not None or not sparse:
                write_cell(sheet, FIRST_DATA - 1 + offset, index, value, column, formats)


def write_cell(sheet: Worksheet, row: int, index: int, value: Value, column: Column, formats: Formats) -> None:
    """一个带边框的数据单元格：空、文字、数字或日期。"""
    if value is None:
        sheet.write_blank(row, index, None, formats.body(column, bordered=True))
    elif isinstance(value, str):
        sheet.write_string(row, index, value, formats.body(column, bordered=True))
    elif isinstance(value, date):
        sheet.write_datetime(row, index, value, formats.body(column, bordered=True, **MIDDLE, num_format="yyyy-mm-dd"))
    else:
        sheet.write_number(row, index, value, formats.body(column, bordered=True))


def _draw_lines(sheet: Worksheet, table: Table, formats: Formats, last: int) -> None:
    """预画的空行用完以后，首列有内容的行自动画上边框。"""
    line = formats.get(border=1, border_color=GREY_LINE)
    rule = {"type": "formula", "criteria": f'=$A{FIRST_DATA}<>""', "format": line}
    sheet.conditional_format(FIRST_DATA - 1, 0, last - 1, len(table.columns) - 1, rule)

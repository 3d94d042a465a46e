"""页面：纸张、方向、页边距、页眉页脚、标签颜色，打印缩放到一页宽并重复表头。"""

from __future__ import annotations

from typing import Final

from duban_workbook.formats import FONT
from xlsxwriter.worksheet import Worksheet

from pyengine.layout import layout

A3: Final = 8
A4: Final = 9
_STAFF_TAB: Final = "#2F5597"
_CHILD_TAB: Final = "#548235"
_BASE_TAB: Final = "#8497B0"
_ENGINE_TAB: Final = "#A6A6A6"
_CHILDREN: Final = ("nodes", "indicators", "feedback", "records", "adjustments", "meetings")
_ENGINE: Final = ("reminders", "cards", "appraisal", "findings")


def set_page(
    sheet: Worksheet, name: str, *, ledger: bool = False, landscape: bool = True, header_row: int | None = None
) -> None:
    """一张表的页面设置；header_row（从 1 起）打印时每页重复。"""
    sheet.set_paper(A3 if ledger else A4)
    if landscape:
        sheet.set_landscape()
    side = 0.3 if ledger else 0.5
    sheet.set_margins(left=side, right=side, top=0.75, bottom=0.7)
    sheet.fit_to_pages(2 if ledger else 1, 0)  # 台账三十一列：横向两页，左边三列每页重复，字才看得清
    if ledger:
        sheet.repeat_columns(0, 2)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    sheet.set_header(f'&R&"{FONT}"&9&A')
    sheet.set_footer(f'&C&"{FONT}"&9第 &P 页 共 &N 页')
    sheet.set_tab_color(_tab_colour(name))
    if header_row is not None:
        sheet.repeat_rows(header_row - 1)


def _tab_colour(name: str) -> str:
    table = layout().table_of(name)
    if table is None:
        return _STAFF_TAB if name == "首页" else _ENGINE_TAB
    if table.key == "ledger":
        return _STAFF_TAB
    if table.key in _CHILDREN:
        return _CHILD_TAB
    return _ENGINE_TAB if table.key in _ENGINE else _BASE_TAB

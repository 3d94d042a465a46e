"""首页：刷新时间、今日待办、各状态件数、亮牌图例、使用步骤和各表目录。

系统按文字找到“刷新时间”“今日待办”“事项总数”和十个状态词，把数写进右边一格：这些词在首页各只出现一次。
口号下面一行，带宏的是六个按钮（控件，不是单元格），不带宏的写着怎么刷新。
"""

from __future__ import annotations

from typing import Final

from duban_workbook.buttons import ROW as BUTTON_ROW
from duban_workbook.buttons import insert_buttons
from duban_workbook.formats import BASE, CELL, GRID, LINK, MIDDLE, NAVY, PAPER, Formats
from duban_workbook.home_texts import CARDS, DIRECTORY, MEANINGS, MOTTO, NO_BUTTONS, STEPS
from duban_workbook.page import set_page
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pyengine.terms import STATUSES

_WIDTHS: Final = (2, 19, 19, 46, 3, 19, 19, 62)
_LEFT: Final = 1
_RIGHT: Final = 5
_STATUS_ROW: Final = 6
_STEPS_ROW: Final = 15
_DIRECTORY_ROW: Final = 23


def write_home(sheet: Worksheet, title: str, formats: Formats, *, buttons: bool) -> None:
    """首页全部内容；buttons 为真时放按钮（工作簿要带宏）。"""
    set_page(sheet, sheet.get_name())
    sheet.fit_to_pages(1, 1)
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width, formats.get(BASE))
    for row in range(3, _DIRECTORY_ROW + len(DIRECTORY) // 2):
        sheet.set_row(row, 24)
    _write_title(sheet, title, formats)
    if buttons:
        insert_buttons(sheet)
    else:
        _write_how(sheet, formats)
    _write_figures(sheet, formats)
    _write_statuses(sheet, formats)
    _write_cards(sheet, formats)
    _write_steps(sheet, formats)
    _write_directory(sheet, formats)
    sheet.activate()


def _write_title(sheet: Worksheet, title: str, formats: Formats) -> None:
    sheet.set_row(0, 46)
    sheet.set_row(1, 24)
    sheet.set_row(BUTTON_ROW - 1, 42)
    sheet.merge_range(0, 1, 0, 7, title, formats.get(BASE, MIDDLE, font_size=24, bold=True, font_color=NAVY))
    sheet.merge_range(1, 1, 1, 7, MOTTO, formats.get(BASE, MIDDLE, font_color="#595959", bottom=2, bottom_color=NAVY))


def _write_how(sheet: Worksheet, formats: Formats) -> None:
    sheet.merge_range(BUTTON_ROW - 1, 1, BUTTON_ROW - 1, 7, NO_BUTTONS, formats.get(BASE, MIDDLE, font_color=NAVY))


def _write_figures(sheet: Worksheet, formats: Formats) -> None:
    label = formats.get(GRID, MIDDLE, bold=True, bg_color=PAPER)
    figure = {**GRID, **MIDDLE, "bold": True, "font_size": 12, "font_color": NAVY}
    cells = ((3, _LEFT, "刷新时间"), (3, _RIGHT, "今日待办"), (4, _LEFT, "事项总数"))
    for row, column, text in cells:
        sheet.write_string(row, column, text, label)
        sheet.write_blank(row, column + 1, None, formats.get(figure))
    sheet.write_blank(3, _LEFT + 1, None, formats.get(figure, font_size=10, num_format="yyyy-mm-dd"))
    note = formats.get(BASE, font_size=9, font_color="#595959", indent=1)
    sheet.write_string(3, 3, "最近一次刷新按哪一天判定", note)
    sheet.write_string(4, 3, "四类台账及增设台账的事项合计", note)
    _link(sheet, 3, 7, "待办提醒", "查看待办提醒 →", formats.get(LINK, indent=1))
    _link(sheet, 4, 7, "校验问题", "查看校验问题 →", formats.get(LINK, indent=1))


def _write_statuses(sheet: Worksheet, formats: Formats) -> None:
    _head(sheet, _STATUS_ROW, _LEFT, ("预警状态", "件数", "含义"), formats)
    count = formats.get(GRID, MIDDLE, bold=True, font_size=11)
    for row, word in enumerate(STATUSES, _STATUS_ROW + 1):
        sheet.write_string(row, _LEFT, word, formats.named[word])
        sheet.write_blank(row, _LEFT + 1, None, count)
        sheet.write_string(row, _LEFT + 2, MEANINGS[word], formats.get(CELL, indent=1))


def _write_cards(sheet: Worksheet, formats: Formats) -> None:
    _head(sheet, _STATUS_ROW, _RIGHT, ("亮牌", "依据", "情形 → 处理"), formats)
    for row, (word, clause, text) in enumerate(CARDS, _STATUS_ROW + 1):
        sheet.write_string(row, _RIGHT, word, formats.named[word])
        sheet.write_string(row, _RIGHT + 1, clause, formats.get(CELL, MIDDLE))
        sheet.write_string(row, _RIGHT + 2, text, formats.get(CELL, indent=1))


def _write_steps(sheet: Worksheet, formats: Formats) -> None:
    head = formats.named["表头"]
    sheet.merge_range(_STEPS_ROW - 1, _RIGHT, _STEPS_ROW - 1, _RIGHT + 2, "怎么用", head)
    look = formats.get(CELL, indent=1)
    for row, text in enumerate(STEPS, _STEPS_ROW):
        sheet.merge_range(row, _RIGHT, row, _RIGHT + 2, text, look)


def _write_directory(sheet: Worksheet, formats: Formats) -> None:
    """各表目录：左右各一半，点表名即到。"""
    half = (len(DIRECTORY) + 1) // 2
    for first, part in ((_LEFT, DIRECTORY[:half]), (_RIGHT, DIRECTORY[half:])):
        _head(sheet, _DIRECTORY_ROW - 2, first, ("表名（点击前往）", "由谁填写", "用途"), formats)
        for row, (name, owner, use) in enumerate(part, _DIRECTORY_ROW - 1):
            _link(sheet, row, first, name, name, formats.get(GRID, MIDDLE, _link_ink()))
            sheet.write_string(row, first + 1, owner, formats.get(CELL, MIDDLE))
            sheet.write_string(row, first + 2, use, formats.get(CELL, indent=1))


def _link_ink() -> dict[str, object]:
    return {"font_color": LINK["font_color"], "underline": 1}


def _head(sheet: Worksheet, row: int, column: int, texts: tuple[str, ...], formats: Formats) -> None:
    for offset, text in enumerate(texts):
        sheet.write_string(row, column + offset, text, formats.named["表头"])


def _link(sheet: Worksheet, row: int, column: int, target: str, text: str, look: Format) -> None:
    sheet.write_url(row, column, f"internal:'{target}'!A1", look, text)

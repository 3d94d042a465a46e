"""首页的按钮：建母版时放上去；LibreOffice 自己存盘丢了的，在打开着的台账里放回去。"""

from __future__ import annotations

from typing import Any, Final

from duban_macros import BUTTONS, MODULE
from duban_workbook.formats import FONT
from xlsxwriter.worksheet import Worksheet

from pyengine.libreoffice.areas import Area
from pyengine.libreoffice.buttons import button_labels, put_button

ROW: Final = 3
COLUMNS: Final = (2, 3, 4, 6, 7, 8)
"""一列一个：列宽因字体不同，按钮也不变形。"""
_SIZE: Final = (122, 40)
_EDGE: Final = 8
"""按钮的大小和离格边多远，都是像素。"""
_HOME: Final = "首页"


def insert_buttons(sheet: Worksheet) -> None:
    """六个按钮放到正在建的首页上（工作簿要带宏）。"""
    width, height = _SIZE
    looks = {"width": width, "height": height, "x_offset": _EDGE, "y_offset": _EDGE}
    for column, button in zip(COLUMNS, BUTTONS, strict=True):
        words = {"macro": button.macro, "caption": button.caption, "description": button.tip}
        sheet.insert_button(ROW - 1, column - 1, {**words, **looks})


def restore_buttons(document: Any) -> int:
    """在 LibreOffice 打开着的台账（document 是它自己的文档）里放回丢了的按钮，返回放了几个。

    没有我们的宏的不放；首页还有一个在的也不放：少了的是人删的。
    """
    libraries, sheets = document.BasicLibraries, document.Sheets
    if not (libraries.hasByName("VBAProject") and libraries.getByName("VBAProject").hasByName(MODULE)):
        return 0
    if not sheets.hasByName(_HOME):
        return 0
    home = sheets.getByName(_HOME)
    if {button.caption for button in BUTTONS}.intersection(button_labels(home)):
        return 0
    for column, button in zip(COLUMNS, BUTTONS, strict=True):
        macro = f"{MODULE}.{button.macro}"
        put_button(document, home, Area(ROW, column), button.caption, macro, size=_SIZE, edge=_EDGE, font=FONT)
    return len(BUTTONS)

"""宏：随台账分发的 VBA 源文件、编好的宏工程、功能区，和按钮的名目。"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final
from xml.sax.saxutils import quoteattr


@dataclass(frozen=True, slots=True)
class Button:
    """按钮：首页和功能区同名同事；macro 是 Refresh.bas 里的过程，icon 是 Office 自带图标的名字。"""

    macro: str
    caption: str
    tip: str
    icon: str


MODULE: Final = "Refresh"
BUTTONS: Final = (
    Button("DubanRefresh", "一键刷新", "就在打开着的台账里校验、判定、写回，没存盘的也算", "RefreshAll"),
    Button("DubanPreview", "预览", "刷新会改哪些格：只看，不写", "FilePrintPreview"),
    Button("DubanUndo", "撤销刷新", "回到上一次刷新以前", "Undo"),
    Button("DubanLetters", "生成公文", "起草该发的公文，登记到督查记录", "FileSendAsAttachment"),
    Button("DubanCheck", "校验", "只列问题，什么也不写", "DataValidation"),
    Button("DubanFolder", "打开公文夹", "打开放公文的文件夹", "FileOpen"),
)

_OFFICE: Final = "http://schemas.microsoft.com/office"
RIBBONS: Final = {
    "customUI/customUI14.xml": (f"{_OFFICE}/2009/07/customui", f"{_OFFICE}/2007/relationships/ui/extensibility"),
    "customUI/customUI.xml": (f"{_OFFICE}/2006/01/customui", f"{_OFFICE}/2006/relationships/ui/extensibility"),
}
"""功能区部件 → （命名空间，关系类型）：前一个给 Excel 2010 以后，后一个给 Excel 2007 和只认旧写法的 WPS。"""


def project() -> bytes:
    """宏工程：vbaProject.bin。"""
    return (files(__package__) / "vbaProject.bin").read_bytes()


def ribbon(namespace: str) -> bytes:
    """功能区的“督办”一页：六个按钮，都交给 Refresh.bas 的 DubanRibbon。"""
    buttons = "".join(_ribbon_button(button) for button in BUTTONS)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<customUI xmlns="{namespace}"><ribbon><tabs><tab id="DubanTab" label="督办">'
        f'<group id="DubanGroup" label="督办台账">{buttons}</group></tab></tabs></ribbon></customUI>'
    ).encode()


def _ribbon_button(button: Button) -> str:
    words = {"id": button.macro, "label": button.caption, "screentip": button.caption, "supertip": button.tip}
    fixed = {"imageMso": button.icon, "size": "large", "onAction": "DubanRibbon"}
    return f"<button {' '.join(f'{name}={quoteattr(text)}' for name, text in (words | fixed).items())}/>"

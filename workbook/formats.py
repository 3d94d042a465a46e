"""格式：全工作簿只用这里的字体、颜色、边框；命名样式在首页用过一次，由 package 登记进样式表。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from pyengine.layout import Column, layout

FONT: Final = "微软雅黑"
NAVY: Final = "#1F3864"
INK: Final = "#262626"
GREY_HEAD: Final = "#D9D9D9"
GREY_BODY: Final = "#F7F7F7"
GREY_LINE: Final = "#BFBFBF"
GREY_TEXT: Final = "#595959"
PAPER: Final = "#F2F5FA"

BASE: Final[dict[str, Any]] = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
GRID: Final[dict[str, Any]] = {**BASE, "border": 1, "border_color": GREY_LINE}
CELL: Final[dict[str, Any]] = {**GRID, "text_wrap": True}
MIDDLE: Final[dict[str, Any]] = {"align": "center"}

TITLE: Final[dict[str, Any]] = {**BASE, "font_size": 18, "bold": True, "font_color": NAVY}
NOTE: Final[dict[str, Any]] = {**BASE, "font_size": 9, "font_color": GREY_TEXT}
HEAD: Final[dict[str, Any]] = {
    **CELL, **MIDDLE, "bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "border_color": "#8497B0",
}  # fmt: skip
ENGINE_HEAD: Final[dict[str, Any]] = {
    **CELL, **MIDDLE, "bold": True, "font_color": "#404040", "bg_color": GREY_HEAD, "border_color": "#A6A6A6",
}  # fmt: skip
ENGINE_NOTE: Final[dict[str, Any]] = {**NOTE, **MIDDLE, "bg_color": "#EDEDED"}
LINK: Final[dict[str, Any]] = {**BASE, "font_color": "#1F4E9E", "underline": 1}

NAMED: Final = {"台账标题": TITLE, "填写说明": NOTE, "表头": HEAD, "系统表头": ENGINE_HEAD}
"""本程序另加的命名样式；预警状态和亮牌的命名样式以 layout.toml 为准。"""

_BY_TYPE: Final[dict[str, dict[str, Any]]] = {
    "date": {**MIDDLE, "num_format": "yyyy-mm-dd"},
    "deadline": {**MIDDLE, "num_format": "yyyy-mm-dd"},
    "share": {**MIDDLE, "num_format": "0%"},
    "number": MIDDLE,
    "choice": MIDDLE,
}
_BY_FIELD: Final[dict[str, dict[str, Any]]] = {
    "number": {**MIDDLE, "num_format": "@"},
    "numbers": {"num_format": "@"},
    "stars": {**MIDDLE, "num_format": '0"★"'},
    "document_number": {"num_format": "@"},
    "prompt_number": {"num_format": "@"},
    "phone": {**MIDDLE, "num_format": "@"},
    "period": {**MIDDLE, "num_format": "@"},
}
_MIDDLE_FIELDS: Final = frozenset({
    "lead_leader", "host", "approver", "leader", "head", "post", "liaison", "handler", "confirmer", "measure", "days_left", "status",
    "kind", "severity", "code", "colour", "state", "on_schedule", "group", "rank", "last_three", "two_years", "evidence",
})  # fmt: skip
"""短词、人名、名次一类：居中。"""


class Formats:
    """格式库：book 里同样的属性只建一个格式；named 记下命名样式。"""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._bodies: dict[tuple[Any, ...], Format] = {}
        self.late: dict[str, Callable[[], bytes]] = {}
        """存好以后再补的行：工作表部件名 → 各行的 XML（格式序号存好以后才知道）。"""
        self.named = {name: self.get(look) for name, look in {**NAMED, **_state_looks()}.items()}

    def get(self, *looks: Mapping[str, Any], **extra: Any) -> Format:
        """依次叠加 looks 和 extra（后者优先）所成的格式。"""
        properties = {name: value for look in (*looks, extra) for name, value in look.items()}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(properties)
        return self._made[key]

    def body(self, column: Column, *, bordered: bool, **extra: Any) -> Format:
        """一列数据单元格的格式；由系统填写的列淡灰底，亮牌列未亮牌时用命名样式“无牌”。"""
        key = column, bordered, *extra.values()
        if key not in self._bodies:
            self._bodies[key] = self._body(column, bordered, extra)
        return self._bodies[key]

    def _body(self, column: Column, bordered: bool, extra: Mapping[str, Any]) -> Format:
        if bordered and column.field == "card":
            return self.named["无牌"]
        shade = {"bg_color": GREY_BODY} if column.engine else {}
        base = CELL if bordered else {**BASE, "text_wrap": True}
        return self.get(base, shade, column_look(column), extra)


def column_look(column: Column) -> dict[str, Any]:
    """一列的数字格式与对齐：按字段，其次按类型。"""
    if column.format:
        return {**MIDDLE, "num_format": column.format}
    if column.field in _MIDDLE_FIELDS:
        return MIDDLE
    return _BY_FIELD.get(column.field) or _BY_TYPE.get(column.type, {})


def _state_looks() -> dict[str, dict[str, Any]]:
    """预警状态、亮牌命名样式的外观。

    外观完全相同的两个词（正常推进、持续推进）会被 XlsxWriter 并成一个格式，办公室就不能分别改样式；
    后一个用文本数字格式区别，显示不变。
    """
    looks: dict[str, dict[str, Any]] = {}
    for name, look in layout().styles.items():
        made = {**GRID, **MIDDLE, "font_color": f"#{look.font}", "bg_color": f"#{look.fill}"}
        made |= {"bold": look.bold, "italic": look.italic}
        looks[name] = {**made, "num_format": "@"} if made in looks.values() else made
    return looks

"""每日摘要：夜间任务出的一页纸，给办公室自己看，不是公文。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from docx.document import Document
from docx.shared import Twips
from duban_templates.form import add, add_table, blank, row, tag_row
from duban_templates.styles import DIGEST, style_xml

NAME: Final = "每日摘要"
_MARGIN: Final = 600  # 上下页边约 11 mm：内部看的，一页放得下要紧
_TODO: Final = (10, 16, 27, 33, 70)
_TURN: Final = (27, 46, 27, 21, 35)


def digest() -> Document:
    """摘要：情况、总数、今天要办的、变化、公文和校验、补列。"""
    page = blank(edges=False)
    for style in DIGEST:
        page.styles.element.append(style_xml(style))
    page.sections[0].top_margin = page.sections[0].bottom_margin = Twips(_MARGIN)
    add(page, "摘要标题", "督办工作每日摘要")
    add(page, "摘要副题", "{{ 办公室 }}　{{ 日期|公文日期 }}　{{ 星期 }}　{{ 台账 }}")
    _each(page, "说明", "摘要说明", "· {{ 项 }}")
    add(page, "摘要小题", "一、总体：{{ 总数 }}项{% if 上次 %}（第三行是比{{ 上次|公文日期 }}增减）{% endif %}")
    _statuses(page)
    add(page, "摘要小题", "二、今天要办：{{ 待办|length + 待办余 }}条")
    _table(page, "待办", _TODO, ("类别", "日期", "编号", "单位", "内容"), ("类别", "日期", "编号", "单位", "内容"))
    _rest(page, "待办", "其余{{ 待办余 }}条见台账“待办提醒”")
    _when(page, "其他待办", "往后到期：{{ 其他待办 }}")
    add(page, "摘要小题", "三、变化：判定{{ 变化|length + 变化余 }}项，人的改动{{ 改动|length + 改动余 }}处")
    _table(
        page,
        "变化",
        _TURN,
        ("编号", "工作任务", "牵头单位", "从前", "现在"),
        ("编号", "工作任务", "单位", "从前", "现在"),
    )
    _rest(page, "变化", "判定变了的还有{{ 变化余 }}项，见台账")
    _each(page, "改动", "摘要正文", "· {{ 项 }}")
    _rest(page, "改动", "人的改动还有{{ 改动余 }}处，见 duban history")
    add(page, "摘要小题", "四、公文和校验")
    add(page, "摘要正文", "公文：{{ 公文 }}。校验：{{ 校验 }}。")
    _when(page, "补记", "没有运行的几天里漏下的（{{ 补记|length + 补记余 }}条）：", "摘要小题")
    _table(page, "补记", _TODO, ("类别", "日期", "编号", "单位", "内容"), ("类别", "日期", "编号", "单位", "内容"))
    return page


def _each(page: Document, items: str, style: str, text: str) -> None:
    add(page, style, f"{{%p for 项 in {items} %}}")
    add(page, style, text)
    add(page, style, "{%p endfor %}")


def _when(page: Document, name: str, text: str, style: str = "摘要正文") -> None:
    add(page, style, f"{{%p if {name} %}}")
    add(page, style, text)
    add(page, style, "{%p endif %}")


def _rest(page: Document, name: str, text: str) -> None:
    _when(page, f"{name}余", text)


def _statuses(page: Document) -> None:
    """一列一种状态：名称、项数、增减。"""
    widths = (1,) * 10
    cells = (
        [(style, f"{{{{ 状态[{column}].{name} }}}}") for column in range(len(widths))]
        for name, style in (("名称", "摘要表头"), ("数", "摘要居中"), ("增减", "摘要居中"))
    )
    add_table(page, widths, [row(widths, line) for line in cells])


def _table(page: Document, items: str, widths: Sequence[int], heads: Sequence[str], names: Sequence[str]) -> None:
    """一事一行的表；一条也没有的不留空表。"""
    add(page, "摘要文字", f"{{%p if {items} %}}")
    cells = [("摘要文字", f"{{{{ 项.{name} }}}}") for name in names]
    rows = (
        row(widths, [("摘要表头", head) for head in heads], head=True),
        tag_row(widths, f"{{%tr for 项 in {items} %}}"),
        row(widths, cells),
        tag_row(widths, "{%tr endfor %}"),
    )
    add_table(page, widths, rows)
    add(page, "摘要文字", "{%p endif %}")

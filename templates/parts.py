"""公文的组成部分：版头、落款、一事一行的表、整改回执，几份模板共用。"""

from __future__ import annotations

from typing import Final

from docx.document import Document
from duban_templates.form import add, add_table, row, tag_row

Cells = tuple[tuple[str, str], ...]
BASIS: Final = (
    "按照{% for 据 in 依据 %}{% if not loop.first %}、{% endif %}"
    "{% if 据.名称 %}《{{ 据.名称 }}》（{{ 据.文号 }}）{% else %}{{ 据.文号 }}{% endif %}{{ 据.条款|条款 }}{% endfor %}"
)
COUNTED: Final = (
    "{% if 工作日数 %}（自{{ 成文日期|公文日期 }}发出，次日起算{{ 工作日数 }}个工作日）{% endif %}"
    "{% if 暂推年份 %}（{{ 暂推年份 }}年放假安排未公布，暂按周末推算）{% endif %}"
)
INTERVIEWEES: Final = (
    "{% for 人 in 被约谈人 %}{% if not loop.first %}、{% endif %}{{ 人.身份 }}{{ 人.姓名|留空(4) }}{% endfor %}"
)
NUMBER: Final = "{% if 文号 %}{{ 文号 }}{% else %}{{ 文号前缀 }}　　号{% endif %}"
BLANK_DATE: Final = "　　　　年　　月　　日"
BLANK_TIME: Final = BLANK_DATE + "　　时　　分"
INDEX: Final = ("表格居中", "{{ 项.序号 }}")
TASK: Final = ("表格文字", "{{ 项.编号 }}\n{{ 项.工作任务 }}")
FACT: Final = ("表格文字", "{{ 项.事实 }}")
DEMAND: Final = ("表格文字", "{{ 项.整改要求 }}")
EMPTY: Final = ("表格文字", "")
FACT_WIDTHS: Final = (10, 56, 90)
FACT_HEADS: Final = ("序号", "编号及工作任务", "事实")
FACT_CELLS: Final[Cells] = (INDEX, TASK, FACT)
NOTICE_WIDTHS: Final = (10, 40, 20, 47, 39)
NOTICE_HEADS: Final = ("序号", "编号及工作任务", "事由", "事实", "整改要求")
NOTICE_CELLS: Final[Cells] = (INDEX, TASK, ("表格居中", "{{ 项.事由 }}"), FACT, DEMAND)
_RECEIPT_WIDTHS: Final = (10, 45, 41, 36, 24)
_RECEIPT_HEADS: Final = ("序号", "编号及工作任务", "整改措施", "完成情况", "完成时间")
_RECEIPT_CELLS: Final[Cells] = (INDEX, TASK, EMPTY, EMPTY, EMPTY)
_FORM_HEADS: Final = ("原因分析", "责任人和\n下步安排", "佐证材料\n清单")
_SIGN_ROWS: Final = (("主要负责人\n（签字）", "单位\n（公章）"), ("填报人及\n联系电话", "填报日期"))


def opening(letter: Document, title: str, addressee: str = "{{ 单位 }}：") -> None:
    """信函的发文字号、标题、主送机关。"""
    add(letter, "发文字号", NUMBER)
    add(letter, "公文标题", title)
    add(letter, "主送机关", addressee)


def closing(letter: Document) -> None:
    """信函的署名、成文日期、附注。"""
    signature(letter)
    add(letter, "附注", "（联系人：{{ 联系人|留空(5) }}，联系电话：{{ 联系电话|留空(7) }}）")


def signature(letter: Document) -> None:
    """署名、成文日期：按加盖印章的公文编排（GB/T 9704—2012 7.3.5.1）。"""
    add(letter, "署名", "{{ 发文机关 }}")
    add(letter, "成文日期", "{{ 成文日期|公文日期 }}")


def say(letter: Document, *texts: str) -> None:
    """几段正文；“一、”起头的是一级标题。"""
    for text in texts:
        add(letter, "一级标题" if text[1:2] == "、" else "公文正文", text)


def listing(
    letter: Document, items: str, widths: tuple[int, ...], heads: tuple[str, ...], cells: Cells, height: int = 0
) -> None:
    """一事一行的表，表头每页重复。"""
    rows = (
        row(widths, [("表头", head) for head in heads], head=True),
        tag_row(widths, f"{{%tr for 项 in {items} %}}"),
        row(widths, cells, height=height),
        tag_row(widths, "{%tr endfor %}"),
    )
    add(letter, "表前")
    add_table(letter, widths, rows)
    add(letter, "表前后")


def facts(letter: Document, items: str = "事项") -> None:
    """事实表：序号、编号及工作任务、事实。"""
    listing(letter, items, FACT_WIDTHS, FACT_HEADS, FACT_CELLS)


def form(letter: Document, lines: tuple[tuple[str, str], ...], height: int) -> None:
    """填写用的表：左边是栏名，右边是内容或空白。"""
    widths = (30, 126)
    add_table(
        letter, widths, [row(widths, [("表头", head), ("表格文字", text)], height=height) for head, text in lines]
    )
    add(letter, "表前后")


def signing(letter: Document, lines: tuple[tuple[str, str], ...], height: int = 13) -> None:
    """签字用的表：一行两处。"""
    widths = (30, 48, 30, 48)
    cells = ((("表头", left), EMPTY, ("表头", right), EMPTY) for left, right in lines)
    add_table(letter, widths, [row(widths, line, height=height) for line in cells])
    add(letter, "表前后")


def receipt(letter: Document, title: str) -> None:
    """整改回执：另面编排，由收到 title 的单位填写。"""
    add(letter, "附件标识", "附件")
    add(letter, "附件标题", "整改回执")
    add(letter, "主送机关", "{{ 发文机关 }}：")
    add(letter, "公文正文", "{% if 文号 %}{{ 文号 }}{% endif %}《" + title + "》收悉，现将整改情况报告如下：")
    listing(letter, "整改事项", _RECEIPT_WIDTHS, _RECEIPT_HEADS, _RECEIPT_CELLS, height=11)
    form(letter, tuple((head, "") for head in _FORM_HEADS), 13)
    signing(letter, _SIGN_ROWS)

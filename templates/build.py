"""模板初稿：写出《工作提示》《重点工作督办提示函》两份底稿。用法：python -m duban_templates.build

文字是办公室的，格式是国标的：改文字请在 Word、WPS 里改底稿，不必改这里。
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from docx.document import Document
from duban_templates.form import add, add_table, blank, pack, row, tag_row

PROMPT: Final = "工作提示"
NOTICE: Final = "重点工作督办提示函"
_CIRCULAR: Final = (
    "县政府办公室《关于进一步深化“四个体系”工作机制强化督查检查推动重点工作落实的通知》"
    "（{{ 依据文号 }}，以下简称《通知》）{{ 依据条款|条款 }}"
)
_COUNTED: Final = (
    "{% if 工作日数 %}（自{{ 成文日期|公文日期 }}发出，次日起算{{ 工作日数 }}个工作日）{% endif %}"
    "{% if 暂推年份 %}（{{ 暂推年份 }}年放假安排未公布，暂按周末推算）{% endif %}"
)
_BASIS_OF_PROMPT: Final = (
    f"按照{_CIRCULAR}关于重点工作实行“提示”管理的规定，{{% if 期别 %}}在{{{{ 期别 }}}}督检汇总工作开展前，{{% endif %}}"
    "现将你单位牵头的{{ 事项数 }}项重点工作提示如下，请对照核实，抓紧推进，按时反馈。"
)
_WHAT_TO_SEND: Final = (
    "请对照年度目标和序时进度，逐项如实反馈工作进展、存在问题和下步措施，并附能够证明进度的佐证材料。"
    "低于应达进度的，要说明原因，提出赶上进度的具体安排；预计难以按期完成的，要及时向县政府报告，"
    "确需调整目标或者时限的，按程序报批。"
)
_HOW_TO_SEND: Final = (
    "请填写《进展反馈表》{% if 文号 %}，“提示文号”一栏填{{ 文号 }}{% endif %}，经主要负责人审定后，"
    f"于{{{{ 限期|公文日期 }}}}前（含当日）报我室{_COUNTED}。逾期未反馈的，按《通知》关于上报材料不及时的规定办理。"
)
_BASIS_OF_NOTICE: Final = (
    f"按照{_CIRCULAR}关于重点工作实行“亮牌”管理的规定，经核实，你单位在承担的重点工作中存在{{{{ 事由 }}}}的情形，"
    "现对你单位亮黄牌，予以督办提示。"
)
_EXAMINE: Final = "（一）认真核查。请主要负责人牵头，对照上述事实逐项查明原因，分清责任，不回避问题，不敷衍应付。"
_MEND: Final = (
    "（二）限期整改。对能够立即纠正的，立即纠正；需要一段时间的，明确措施、责任人和完成时间，"
    "尽快赶上进度，确保年度目标如期完成。"
)
_REPLY: Final = (
    f"（三）书面回复。请于{{{{ 限期|公文日期 }}}}前（含当日）将整改情况和《整改回执》书面报我室{_COUNTED}，"
    "由主要负责人签字并加盖单位公章。对所列事实有异议的，请在回复中一并说明，并附有关证明材料。"
)
_FOLLOW_UP: Final = "我室将跟踪督办整改落实情况。逾期不回复或者整改不到位的，按《通知》有关规定处理。"
_RECEIVED: Final = "{% if 文号 %}{{ 文号 }}{% endif %}《重点工作督办提示函》收悉，现将整改情况报告如下："

Cells = tuple[tuple[str, str], ...]
_NUMBER: Final = ("表格居中", "{{ 项.序号 }}")
_TASK: Final = ("表格文字", "{{ 项.编号 }}\n{{ 项.工作任务 }}")
_EMPTY: Final = ("表格文字", "")
_PROMPT_WIDTHS: Final = (10, 28, 31, 23, 20, 17, 27)
_PROMPT_HEADS: Final = ("序号", "编号", "工作任务", "年度目标", "完成时限", "当前进度\n应达进度", "上次反馈")
_PROMPT_CELLS: Final[Cells] = (
    _NUMBER,
    ("表格居中", "{{ 项.编号 }}\n{{ 项.星级 }}★"),
    ("表格文字", "{{ 项.工作任务 }}"),
    ("表格文字", "{{ 项.年度目标 }}"),
    ("表格居中", "{{ 项.完成时限|表格日期 }}"),
    ("表格居中", "{{ 项.当前进度|百分数 }}\n{{ 项.应达进度|百分数 }}"),
    ("表格文字", "{% if 项.上次反馈日期 %}{{ 项.上次反馈日期|公文日期 }}：{% endif %}{{ 项.上次反馈 }}"),
)
_NOTICE_WIDTHS: Final = (10, 40, 20, 47, 39)
_NOTICE_HEADS: Final = ("序号", "编号及工作任务", "事由", "事实", "整改要求")
_NOTICE_CELLS: Final[Cells] = (
    _NUMBER,
    _TASK,
    ("表格居中", "{{ 项.事由 }}"),
    ("表格文字", "{{ 项.事实 }}"),
    ("表格文字", "{{ 项.整改要求 }}"),
)
_RECEIPT_WIDTHS: Final = (10, 45, 41, 36, 24)
_RECEIPT_HEADS: Final = ("序号", "编号及工作任务", "整改措施", "完成情况", "完成时间")
_RECEIPT_CELLS: Final[Cells] = (_NUMBER, _TASK, _EMPTY, _EMPTY, _EMPTY)
_FORM_WIDTHS: Final = (30, 126)
_FORM_HEADS: Final = ("原因分析", "责任人和\n下步安排", "佐证材料\n清单")
_SIGN_WIDTHS: Final = (30, 48, 30, 48)
_SIGN_ROWS: Final = (("主要负责人\n（签字）", "单位\n（公章）"), ("填报人及\n联系电话", "填报日期"))


def build() -> Mapping[str, bytes]:
    """两份模板初稿：文件名 → 字节；同样的程序每次写出同样的字节。"""
    made = {PROMPT: _prompt(), NOTICE: _notice()}
    return MappingProxyType({f"{title}.docx": pack(document, title) for title, document in made.items()})


def _prompt() -> Document:
    letter = blank()
    _opening(letter, "关于反馈重点工作进展情况的工作提示")
    add(letter, "公文正文", _BASIS_OF_PROMPT)
    add(letter, "一级标题", "一、提示事项")
    _listing(letter, "事项", _PROMPT_WIDTHS, _PROMPT_HEADS, _PROMPT_CELLS)
    add(letter, "一级标题", "二、反馈内容")
    add(letter, "公文正文", _WHAT_TO_SEND)
    add(letter, "一级标题", "三、反馈方式和时限")
    add(letter, "公文正文", _HOW_TO_SEND)
    add(letter, "结语", "特此提示。")
    _closing(letter)
    return letter


def _notice() -> Document:
    letter = blank()
    _opening(letter, NOTICE)
    add(letter, "公文正文", _BASIS_OF_NOTICE)
    add(letter, "一级标题", "一、有关事实和整改要求")
    _listing(letter, "事项", _NOTICE_WIDTHS, _NOTICE_HEADS, _NOTICE_CELLS)
    add(letter, "一级标题", "二、工作要求")
    for text in (_EXAMINE, _MEND, _REPLY):
        add(letter, "公文正文", text)
    add(letter, "结语", _FOLLOW_UP)
    add(letter, "结语", "特此函达。")
    add(letter, "附件说明", "附件：整改回执")
    _closing(letter)
    _receipt(letter)
    return letter


def _opening(letter: Document, title: str) -> None:
    add(letter, "发文字号", "{% if 文号 %}{{ 文号 }}{% else %}{{ 文号前缀 }}　　号{% endif %}")
    add(letter, "公文标题", title)
    add(letter, "主送机关", "{{ 单位 }}：")


def _closing(letter: Document) -> None:
    """署名、成文日期、附注：按加盖印章的公文编排（GB/T 9704—2012 7.3.5.1、7.3.6）。"""
    add(letter, "署名", "{{ 发文机关 }}")
    add(letter, "成文日期", "{{ 成文日期|公文日期 }}")
    add(letter, "附注", "（联系人：{{ 联系人|留空(5) }}，联系电话：{{ 联系电话|留空(7) }}）")


def _listing(
    letter: Document, items: str, widths: tuple[int, ...], heads: tuple[str, ...], cells: Cells, height: int = 0
) -> None:
    """一事一行的表，表头每页重复。"""
    rows = (
        row(widths, [("表头", head) for head in heads], head=True),
        tag_row(widths, f"{{%tr for 项 in {items} %}}"),
        row(widths, cells, height=height),
        tag_row(widths, "{%tr endfor %}"),
    )
    add(letter, "表前后")
    add_table(letter, widths, rows)
    add(letter, "表前后")


def _receipt(letter: Document) -> None:
    """整改回执：另面编排，由收函单位填写。"""
    add(letter, "附件标识", "附件")
    add(letter, "附件标题", "整改回执")
    add(letter, "主送机关", "{{ 发文机关 }}：")
    add(letter, "公文正文", _RECEIVED)
    _listing(letter, "整改事项", _RECEIPT_WIDTHS, _RECEIPT_HEADS, _RECEIPT_CELLS, height=11)
    form = [row(_FORM_WIDTHS, [("表头", head), _EMPTY], height=13) for head in _FORM_HEADS]
    add_table(letter, _FORM_WIDTHS, form)
    add(letter, "表前后")
    cells = ((("表头", left), _EMPTY, ("表头", right), _EMPTY) for left, right in _SIGN_ROWS)
    add_table(letter, _SIGN_WIDTHS, [row(_SIGN_WIDTHS, line, height=13) for line in cells])
    add(letter, "表前后")


def main() -> None:
    """把两份初稿写在本程序所在的文件夹。"""
    for name, data in build().items():
        Path(__file__).with_name(name).write_bytes(data)


if __name__ == "__main__":
    main()

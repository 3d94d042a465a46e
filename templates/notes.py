"""信函格式的五种：工作提示、提醒函、重点工作督办提示函、约谈通知、重点工作督办预警通知书。"""

from __future__ import annotations

from typing import Final

from docx.document import Document
from duban_templates.form import add, blank
from duban_templates.parts import (
    BASIS,
    BLANK_TIME,
    COUNTED,
    INDEX,
    INTERVIEWEES,
    NOTICE_CELLS,
    NOTICE_HEADS,
    NOTICE_WIDTHS,
    Cells,
    closing,
    form,
    listing,
    opening,
    receipt,
    say,
)

NOTICE: Final = "重点工作督办提示函"
WARNING: Final = "重点工作督办预警通知书"
_SIGNED: Final = "由主要负责人签字并加盖单位公章"
_OBJECTION: Final = "对所列事实有异议的，请在回复中一并说明，并附有关证明材料。"
_PROMPT_WIDTHS: Final = (10, 44, 25, 22, 17, 38)
_PROMPT_HEADS: Final = ("序号", "编号及工作任务", "年度目标", "完成时限", "当前进度\n应达进度", "上次反馈")
_PROMPT_CELLS: Final[Cells] = (
    INDEX,
    ("表格文字", "{{ 项.编号 }}　{{ 项.星级 }}★\n{{ 项.工作任务 }}"),
    ("表格文字", "{{ 项.年度目标 }}"),
    ("表格居中", "{{ 项.完成时限|表格日期 }}"),
    ("表格居中", "{{ 项.当前进度|百分数 }}\n{{ 项.应达进度|百分数 }}"),
    ("表格文字", "{% if 项.上次反馈日期 %}{{ 项.上次反馈日期|公文日期 }}：{% endif %}{{ 项.上次反馈 }}"),
)
_WARNING_WIDTHS: Final = (10, 38, 44, 39, 25)
_WARNING_HEADS: Final = ("序号", "编号及工作任务", "存在问题", "整改要求", "整改时限")
_WARNING_CELLS: Final[Cells] = (
    INDEX,
    ("表格文字", "{{ 项.编号 }}\n{{ 项.工作任务 }}"),
    ("表格文字", "{{ 项.事由 }}：\n{{ 项.事实 }}"),
    ("表格文字", "{{ 项.整改要求 }}"),
    ("表格居中", "{{ 限期|表格日期 }}前"),
)
_REASON_WIDTHS: Final = (10, 44, 34, 68)
_REASON_HEADS: Final = ("序号", "编号及工作任务", "事由", "事实")
_REASON_CELLS: Final[Cells] = NOTICE_CELLS[:4]


def prompt() -> Document:
    """工作提示。"""
    letter = blank()
    opening(letter, "关于反馈重点工作进展情况的工作提示")
    say(
        letter,
        BASIS + "关于重点工作实行“提示”管理的规定，{% if 期别 %}在{{ 期别 }}督检汇总工作开展前，{% endif %}"
        "现将你单位牵头的{{ 事项数 }}项重点工作提示如下，请对照核实，抓紧推进，按时反馈。",
        "一、提示事项",
    )
    listing(letter, "事项", _PROMPT_WIDTHS, _PROMPT_HEADS, _PROMPT_CELLS)
    say(
        letter,
        "二、反馈内容",
        "请对照年度目标和序时进度，逐项如实反馈工作进展、存在问题和下步措施，并附能够证明进度的佐证材料。"
        "低于应达进度的，要说明原因，提出赶上进度的具体安排；预计难以按期完成的，要及时向县政府报告，"
        "确需调整目标或者时限的，按程序报批。",
        "三、反馈方式和时限",
        "请填写《进展反馈表》{% if 文号 %}，“提示文号”一栏填{{ 文号 }}{% endif %}，经主要负责人审定后，"
        "于{{ 限期|公文日期 }}前（含当日）报我室" + COUNTED + "。逾期未反馈的，按上报材料不及时的有关规定办理。",
    )
    add(letter, "结语", "特此提示。")
    closing(letter)
    return letter


def reminder() -> Document:
    """提醒函：不要求专门书面回复，随进展报告。"""
    letter = blank()
    opening(letter, "提醒函")
    say(
        letter,
        BASIS + "的规定，经核实，你单位在承担的重点工作中存在{{ 事由 }}的情形，现对你单位亮{{ 牌 }}，予以提醒。",
        "一、有关事实和整改要求",
    )
    listing(letter, "事项", NOTICE_WIDTHS, NOTICE_HEADS, NOTICE_CELLS)
    say(
        letter,
        "二、工作要求",
        "（一）抓紧推进。请主要负责人对照上述事实逐项查明原因，细化措施，明确责任人和完成时间，尽快赶上序时进度。",
        "（二）及时报告。请严格按时间节点报告工作进展。可能无法按时完成的，及时向县政府报告情况；"
        "确需调整目标或者时限的，及时调整工作方案，向县政府请示调整工作台账。",
    )
    add(letter, "结语", "我室将跟踪督办推进情况，进度仍然没有改善的，按有关规定处理。")
    add(letter, "结语", "特此提醒。")
    closing(letter)
    return letter


def notice() -> Document:
    """重点工作督办提示函。"""
    letter = blank()
    opening(letter, NOTICE)
    say(
        letter,
        BASIS + "关于重点工作实行“亮牌”管理的规定，经核实，你单位在承担的重点工作中存在{{ 事由 }}的情形，"
        "现对你单位亮{{ 牌 }}，予以督办提示。",
        "一、有关事实和整改要求",
    )
    listing(letter, "事项", NOTICE_WIDTHS, NOTICE_HEADS, NOTICE_CELLS)
    say(
        letter,
        "二、工作要求",
        "（一）认真核查。请主要负责人牵头，对照上述事实逐项查明原因，分清责任，不回避问题，不敷衍应付。",
        "（二）限期整改。对能够立即纠正的，立即纠正；需要一段时间的，明确措施、责任人和完成时间，"
        "尽快赶上进度，确保年度目标如期完成。",
        "（三）书面回复。请于{{ 限期|公文日期 }}前（含当日）将整改情况和《整改回执》书面报我室"
        + COUNTED + f"，{_SIGNED}。{_OBJECTION}",
    )  # fmt: skip
    add(letter, "结语", "我室将跟踪督办整改落实情况。逾期不回复或者整改不到位的，按有关规定处理。")
    add(letter, "结语", "特此函达。")
    add(letter, "附件说明", "附件：整改回执")
    closing(letter)
    receipt(letter, NOTICE)
    return letter


def summons() -> Document:
    """约谈通知：时间、地点留白手填。"""
    letter = blank()
    opening(letter, "约谈通知")
    say(
        letter,
        BASIS + "的规定，因你单位在承担的重点工作中存在{{ 事由 }}的情形，被亮{{ 牌 }}，"
        "由{{ 约谈人 }}{{ 约谈人姓名 }}进行约谈。现将有关事项通知如下。",
        "一、约谈安排",
    )
    add(letter, "表前")
    arrangements = (
        ("约谈时间", BLANK_TIME),
        ("约谈地点", ""),
        ("约谈人", "{{ 约谈人 }}　{{ 约谈人姓名|留空(4) }}"),
        ("被约谈人", INTERVIEWEES),
    )
    form(letter, arrangements, 10)
    say(letter, "二、约谈事由")
    listing(letter, "事项", _REASON_WIDTHS, _REASON_HEADS, _REASON_CELLS)
    say(
        letter,
        "三、有关要求",
        "（一）按时参加。被约谈人应当按时到场，不得委托他人；确有特殊情况不能参加的，应当在约谈前书面说明，另行安排。",
        "（二）准备材料。请对照上述事由准备书面汇报材料，写明工作进展、存在问题和原因、整改措施、责任人和完成时间，"
        "参加约谈时提交一式三份。",
    )
    add(
        letter,
        "结语",
        f"（三）抓好整改。请于约谈次日起{{{{ 约谈整改工作日 }}}}个工作日内将整改情况书面报我室，{_SIGNED}。",
    )
    add(letter, "结语", "特此通知。")
    closing(letter)
    return letter


def warning() -> Document:
    """重点工作督办预警通知书：牵头单位和相关责任单位都是主送机关。"""
    letter = blank()
    opening(letter, WARNING, "{{ 单位 }}{% if 责任单位 %}，{{ 责任单位|顿号 }}{% endif %}：")
    say(
        letter,
        BASIS + "的规定，经核实，{{ 单位 }}牵头的重点工作存在{{ 事由 }}的情形，现对{{ 单位 }}亮{{ 牌 }}，"
        "向牵头单位和相关责任单位发出预警，要求限期整改。",
        "一、存在问题和整改要求",
    )
    listing(letter, "事项", _WARNING_WIDTHS, _WARNING_HEADS, _WARNING_CELLS)
    say(
        letter,
        "二、整改期限",
        "请于{{ 限期|公文日期 }}前（含当日）完成整改" + COUNTED
        + f"，并将整改情况和《整改回执》书面报我室，{_SIGNED}。{_OBJECTION}",
        "三、工作要求",
        "（一）牵头单位负总责。{{ 单位 }}主要负责人要亲自研究部署，对照所列问题逐项明确措施、责任人和完成时间，"
        "按期整改销号。按照规定，{{ 约谈人 }}约谈牵头单位主要负责人，时间、地点另行通知。",
        "（二）责任单位抓配合。{% if 责任单位 %}{{ 责任单位|顿号 }}{% else %}各责任单位{% endif %}"
        "要对照职责分工认领问题、主动配合，整改情况经主要负责人审定后送牵头单位一并报送。",
        "四、有关后果",
        "逾期没有完成整改的，按规定继续亮牌督办。一年内被约谈{{ 约谈次数 }}次以上（含{{ 约谈次数 }}次）的，"
        "按规定亮红牌，由牵头领导、牵头部门主要负责人在县政府常务会议上分别作情况说明、检讨发言，"
        "对牵头部门、责任部门给予全县通报批评。",
    )  # fmt: skip
    add(letter, "结语", "特此通知。")
    add(letter, "附件说明", "附件：整改回执")
    closing(letter)
    receipt(letter, WARNING)
    return letter

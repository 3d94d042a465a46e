"""文件格式的两种：通报、专题报告；不用版头的三种：约谈记录、情况说明、检讨发言。"""

from __future__ import annotations

from typing import Final

from docx.document import Document
from duban_templates.form import add, add_imprint, add_table, blank, row
from duban_templates.parts import (
    BASIS,
    BLANK_DATE,
    BLANK_TIME,
    DEMAND,
    EMPTY,
    FACT,
    INDEX,
    INTERVIEWEES,
    NUMBER,
    TASK,
    Cells,
    facts,
    form,
    listing,
    say,
    signature,
    signing,
)

_HEAD: Final = "{{ 发文机关 }}文件"
_ISSUED: Final = "{{ 发文机关 }}\t{{ 成文日期|公文日期 }}印发"
_UNITS: Final = "{{ 单位 }}{% if 责任单位 %}等单位{% endif %}"
_RESPONSIBLE: Final = "{% if 责任单位 %}、责任部门{{ 责任单位|顿号 }}{% endif %}"
_DEMAND_WIDTHS: Final = (10, 40, 56, 50)
_DEMAND_HEADS: Final = ("序号", "编号及工作任务", "事实", "整改要求")
_DEMAND_CELLS: Final[Cells] = (INDEX, TASK, FACT, DEMAND)
_WORK_WIDTHS: Final = (10, 50, 36, 22, 18, 20)
_WORK_HEADS: Final = ("序号", "编号及工作任务", "年度目标", "完成时限", "当前进度\n应达进度", "预警状态")
_WORK_CELLS: Final[Cells] = (
    INDEX,
    TASK,
    ("表格文字", "{{ 项.年度目标 }}"),
    ("表格居中", "{{ 项.完成时限|表格日期 }}"),
    ("表格居中", "{{ 项.当前进度|百分数 }}\n{{ 项.应达进度|百分数 }}"),
    ("表格居中", "{{ 项.预警状态 }}"),
)
_MEETING: Final = BLANK_DATE + "　县政府第　　　次常务会议"


def record() -> Document:
    """约谈记录：时间、地点、说明、表态、签字留白，事由和要求填好；手写的部分连同签字另起一页。"""
    paper = blank(letterhead=False)
    add(paper, "公文标题", "约谈记录")
    heads = (
        ("约谈时间", BLANK_TIME),
        ("约谈地点", ""),
        ("约谈人", "{{ 约谈人 }}　{{ 约谈人姓名|留空(4) }}"),
        ("被约谈人", INTERVIEWEES),
        ("参加人员", ""),
        ("记录人", ""),
    )
    form(paper, heads, 10)
    say(paper, "一、约谈事由和整改要求", BASIS + "的规定，因{{ 单位 }}存在{{ 事由 }}的情形、被亮{{ 牌 }}进行约谈。")
    listing(paper, "事项", _DEMAND_WIDTHS, _DEMAND_HEADS, _DEMAND_CELLS)
    add(paper, "表前")
    form(paper, (("整改时限", "约谈次日起{{ 约谈整改工作日 }}个工作日内书面报告，即" + BLANK_DATE + "前"),), 10)
    add(paper, "另页标题", "二、约谈人提出的意见")
    _box(paper, 42)
    say(paper, "三、被约谈人说明的情况")
    _box(paper, 42)
    say(paper, "四、被约谈人的表态")
    _box(paper, 30)
    signing(paper, (("约谈人\n（签字）", "被约谈人\n（签字）"), ("记录人\n（签字）", "签字日期")), 14)
    add(paper, "报送", "{% if 主送 and '存档' not in 主送 %}报：{{ 主送|顿号 }}。{% else %}存档备查。{% endif %}")
    return paper


def _box(paper: Document, height: int) -> None:
    """填写用的空框。"""
    add(paper, "表前")
    add_table(paper, (156,), [row((156,), [EMPTY], height=height)])
    add(paper, "表前后")


def circular() -> Document:
    """通报：文件格式，文号由县政府办公室编。"""
    paper = blank(letterhead=False)
    add(paper, "红头标志", _HEAD)
    add(paper, "文件字号", NUMBER)
    add(paper, "公文标题", "{{ 发文机关 }}\n关于对" + _UNITS + "\n给予通报批评的通报")
    add(paper, "主送机关", "各乡（镇）人民政府，县政府直属和在县中、省直各单位：")
    say(
        paper,
        "经核查，{{ 单位 }}在牵头的重点工作中存在{{ 事由 }}的情形，被亮{{ 牌 }}。"
        + BASIS
        + "的规定，现将有关情况通报如下。",
        "一、有关事实",
    )
    facts(paper)
    say(
        paper,
        "二、处理决定",
        "对牵头部门{{ 单位 }}" + _RESPONSIBLE + "给予全县通报批评。由牵头领导、牵头部门主要负责人在县政府常务会议上"
        "分别作情况说明、检讨发言。",
        "三、整改要求",
        "{{ 单位 }}要深刻剖析原因，由主要负责人牵头制定整改方案，逐项明确措施、责任人和完成时间，"
        "将整改情况书面报{{ 督办机构 }}。{% if 责任单位 %}责任部门要认领问题，主动配合，一并整改。{% endif %}"
        "{{ 督办机构 }}要跟踪督促整改，整改情况报县政府。",
        "书面报告时限：" + BLANK_DATE + "前。",
    )
    add_imprint(
        paper, "县委办公室，县人大常委会办公室，县政协办公室，县纪委监委，县人武部，县法院，县检察院。", _ISSUED
    )
    add(
        paper,
        "结语",
        "各乡（镇）、各部门要引以为戒、举一反三，认真查找整改本单位在落实重点工作中存在的问题，"
        "严格按照序时进度推进，确保年度重点工作任务全面完成。",
    )
    signature(paper)
    return paper


def report() -> Document:
    """专题报告：上行文，标注签发人，不夹带请示事项。"""
    paper = blank(letterhead=False)
    add(paper, "红头标志", _HEAD)
    add(paper, "上行字号", "　" + NUMBER + "\t签发人：　　　　")
    add(paper, "公文标题", "{{ 发文机关 }}\n关于{{ 单位 }}被亮{{ 牌 }}\n有关情况的专题报告")
    add(paper, "主送机关", "县委：")
    say(
        paper,
        BASIS + "的规定，现将{{ 单位 }}因{{ 事由 }}被亮{{ 牌 }}的有关情况报告如下。",
        "一、基本情况",
        "{{ 单位 }}牵头的重点工作进展情况和有关事实如下。",
    )
    listing(paper, "重点工作", _WORK_WIDTHS, _WORK_HEADS, _WORK_CELLS)
    facts(paper)
    say(
        paper,
        "二、原因分析",
        "（请根据县政府常务会议上的情况说明、检讨发言和核查结果填写。）",
        "三、处理情况",
        "（一）在县政府第　　　次常务会议上，由牵头领导{{ 牵头领导|留空(4) }}作情况说明，"
        "由牵头部门主要负责人{{ 主要负责人|留空(4) }}作检讨发言。",
        "（二）由县政府办公室对牵头部门{{ 单位 }}" + _RESPONSIBLE + "给予全县通报批评。",
        "四、下步工作",
    )
    add(paper, "结语", "由{{ 督办机构 }}跟踪督促整改，逐项销号；整改结果另行报告。")
    add_imprint(paper, "", _ISSUED)
    add(paper, "结语", "特此报告。")
    signature(paper)
    return paper


def statement() -> Document:
    """情况说明（提纲）：供牵头领导在县政府常务会议上使用。"""
    paper = _outline("情况说明（提纲）", "牵头领导　{{ 牵头领导|留空(4) }}")
    say(
        paper,
        BASIS + "的规定，{{ 单位 }}因{{ 事由 }}被亮{{ 牌 }}。作为牵头领导，现就有关情况向会议说明如下。",
        "一、重点工作推进情况",
    )
    listing(paper, "重点工作", _WORK_WIDTHS, _WORK_HEADS, _WORK_CELLS)
    say(paper, "二、有关事实")
    facts(paper)
    say(
        paper,
        "三、原因分析",
        "（请说明进度落后、多次被约谈的主要原因，以及本人在统筹调度、协调督促方面的不足。）",
        "四、下步措施",
    )
    add(
        paper,
        "结语",
        "（请逐项写明赶上进度的措施、责任单位、责任人和完成时间，需要县政府协调解决的问题。）",
    )
    add(paper, "公文正文", "以上说明，请审议。")
    return paper


def criticism() -> Document:
    """检讨发言（提纲）：供牵头部门主要负责人在县政府常务会议上使用。"""
    paper = _outline("检讨发言（提纲）", "{{ 单位 }}{{ 职务 }}　{{ 主要负责人|留空(4) }}")
    say(
        paper,
        BASIS + "的规定，{{ 单位 }}因{{ 事由 }}被亮{{ 牌 }}。作为主要负责人，现向会议检讨如下。",
        "一、存在的问题",
    )
    facts(paper)
    say(
        paper,
        "二、原因剖析",
        "（请从思想认识、责任落实、工作措施、调度督促等方面剖析主观原因，不以客观原因代替主观原因。）",
        "三、应负的责任",
        "（请写明本人和班子成员、具体责任人各负什么责任。）",
        "四、整改措施",
    )
    listing(paper, "整改事项", (10, 50, 52, 22, 22), ("序号", "编号及工作任务", "整改措施", "责任人", "完成时间"),
            (INDEX, TASK, EMPTY, EMPTY, EMPTY), height=14)  # fmt: skip
    say(paper, "五、表态", "（请写明整改的目标和时限，接受监督的承诺。）")
    return paper


def _outline(title: str, speaker: str) -> Document:
    """提纲的标题、发言人和会议。"""
    paper = blank(letterhead=False)
    add(paper, "公文标题", title)
    add(paper, "副题", speaker)
    add(paper, "副题", f"（{_MEETING}）")
    return paper

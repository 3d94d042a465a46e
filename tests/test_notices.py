"""亮牌的文书：每种的全文逐段逐格比对；谁约谈谁；编号、登记、合并、不重发；各份文件写到的文书都有模板。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from conftest import AS_OF as SAMPLE_DAY
from conftest import duban, fill, rows_of
from duban_templates.build import build
from duban_workbook import SAMPLE_AS_OF
from test_letters import AS_OF, LEDGER, SCHOOL, card, outcome, place, printed, record, settings

from pyengine.books.file import FileBook
from pyengine.kinds import DRAFTED, GOVERNMENT, KINDS, PROMPT, Letter
from pyengine.layout import layout
from pyengine.letters import issuer_name, letters_due
from pyengine.model import Citation, Ledger, Unit
from pyengine.outcome import Card, Fact
from pyengine.refresh import examine
from pyengine.replies import REPLY_EVENTS
from pyengine.rulebook import all_circulars
from pyengine.settings import Settings

FIRST = Citation("友政办发〔2022〕11号", "三（三）")
BASIS = "按照《关于进一步深化“四个体系”工作机制强化督查检查推动重点工作落实的通知》（友政办发〔2023〕1号）第二部分第（二）项的规定，"
BASIS_2022 = "按照《友谊县政府年度重点工作推进落实机制》（友政办发〔2022〕11号）第三部分第（三）项的规定，"
INTERVIEW = ("约谈通知", "约谈记录")
HEAD_UNIT = Unit(place(), "县教育局", (), "县直部门", "张明", "局长", "何静", "", "")
COUNTY = replace(
    LEDGER,
    units=(LEDGER.units[0], HEAD_UNIT, LEDGER.units[2]),
    tasks=(replace(SCHOOL, lead_leader="何静"), *LEDGER.tasks[1:]),
)
LAG = Fact("报告-1完成进度40%，应达70%，差30%（政府工作报告台账!O12）", "报告-1")
ORANGE = card(
    "23橙-1A2B3C", colour="橙牌", ground="推进不力进度滞后", facts=(LAG,), letters=(*INTERVIEW, "重点工作督办预警通知书"),
    actor="县政府分管领导", responsible_units=("县财政局", "城关镇"), to={"约谈记录": ("县委", "县政府")},
)  # fmt: skip
RED = card(
    "23红-1A2B3C", colour="红牌", ground="一年内被约谈两次以上（2026-08-12）",
    facts=(Fact("2026-03-02约谈：进展缓慢（督查记录!A8）"), Fact("2026-08-12约谈：节点连续逾期（督查记录!A9）")),
    letters=("情况说明", "检讨发言", "通报", "专题报告"), actor="县政府办公室", responsible_units=("县财政局", "城关镇"),
)  # fmt: skip
BLUE = card(
    "22蓝-1A2B3C",
    colour="蓝牌",
    ground="进度缓慢未达序时",
    facts=(LAG,),
    letters=("提醒函",),
    cite=FIRST,
    actor="县政府督查室",
)
RED_2022 = card(
    "22红-1A2B3C",
    colour="红牌",
    ground="工作进度严重滞后",
    facts=(LAG,),
    letters=INTERVIEW,
    cite=FIRST,
    actor="县政府主要领导",
    to={"约谈记录": ("存档",)},
)
YELLOW_2022 = card(
    "22黄-1A2B3C", colour="黄牌", ground="不能按时启动", facts=(Fact("报告-3过了启动时限没有启动", "报告-3"),), tasks=("报告-3",),
    letters=INTERVIEW, cite=FIRST, actor="分管县领导",
)  # fmt: skip


def drafted(*cards: Card, ledger: Ledger = COUNTY) -> dict[str, Letter]:
    """各张牌的文书：模板名到公文，一种至多一份。"""
    made = letters_due(ledger, outcome(cards=cards))
    assert len({letter.template for letter in made}) == len(made)
    return {letter.template: letter for letter in made}


TAIL = ["青河县政府督办检查室", "2026年9月22日", "（联系人：李明，联系电话：0469-5123456）"]
TEXTS: Mapping[str, tuple[Card, list[Any]]] = {
    "提醒函": (BLUE, [
        "青政督醒〔2026〕1号",
        "提醒函",
        "县教育局：",
        BASIS_2022 + "经核实，你单位在承担的重点工作中存在进度缓慢未达序时的情形，现对你单位亮蓝牌，予以提醒。",
        "一、有关事实和整改要求",
        [
            ("序号", "编号及工作任务", "事由", "事实", "整改要求"),
            ("1", "报告-1\n县第三小学迁建", "进度缓慢未达序时", "完成进度40%，应达70%，差30%", "查明进度缓慢的原因，分旬排定补欠计划，尽快赶上序时进度。"),
        ],
        "二、工作要求",
        "（一）抓紧推进。请主要负责人对照上述事实逐项查明原因，细化措施，明确责任人和完成时间，尽快赶上序时进度。",
        "（二）及时报告。请严格按时间节点报告工作进展。可能无法按时完成的，及时向县政府报告情况；确需调整目标或者时限的，及时调整工作方案，向县政府请示调整工作台账。",
        "我室将跟踪督办推进情况，进度仍然没有改善的，按有关规定处理。",
        "特此提醒。",
        *TAIL,
    ]),
    "约谈通知": (ORANGE, [
        "青政督约〔2026〕1号",
        "约谈通知",
        "县教育局：",
        BASIS + "因你单位在承担的重点工作中存在推进不力进度滞后的情形，被亮橙牌，由县政府分管领导何静进行约谈。现将有关事项通知如下。",
        "一、约谈安排",
        [
            ("约谈时间", "　　　　年　　月　　日　　时　　分"),
            ("约谈地点", ""),
            ("约谈人", "县政府分管领导　何静"),
            ("被约谈人", "县教育局局长张明"),
        ],
        "二、约谈事由",
        [
            ("序号", "编号及工作任务", "事由", "事实"),
            ("1", "报告-1\n县第三小学迁建", "推进不力进度滞后", "完成进度40%，应达70%，差30%"),
        ],
        "三、有关要求",
        "（一）按时参加。被约谈人应当按时到场，不得委托他人；确有特殊情况不能参加的，应当在约谈前书面说明，另行安排。",
        "（二）准备材料。请对照上述事由准备书面汇报材料，写明工作进展、存在问题和原因、整改措施、责任人和完成时间，参加约谈时提交一式三份。",
        "（三）抓好整改。请于约谈次日起5个工作日内将整改情况书面报我室，由主要负责人签字并加盖单位公章。",
        "特此通知。",
        *TAIL,
    ]),
    "约谈记录": (ORANGE, [
        "约谈记录",
        [
            ("约谈时间", "　　　　年　　月　　日　　时　　分"),
            ("约谈地点", ""),
            ("约谈人", "县政府分管领导　何静"),
            ("被约谈人", "县教育局局长张明"),
            ("参加人员", ""),
            ("记录人", ""),
        ],
        "一、约谈事由和整改要求",
        BASIS + "因县教育局存在推进不力进度滞后的情形、被亮橙牌进行约谈。",
        [
            ("序号", "编号及工作任务", "事实", "整改要求"),
            ("1", "报告-1\n县第三小学迁建", "完成进度40%，应达70%，差30%", "倒排工期，分旬排定补欠计划，增加力量，限期把进度赶到序时要求。"),
        ],
        [
            ("整改时限", "约谈次日起5个工作日内书面报告，即　　　　年　　月　　日前"),
        ],
        "二、约谈人提出的意见",
        [
            ("",),
        ],
        "三、被约谈人说明的情况",
        [
            ("",),
        ],
        "四、被约谈人的表态",
        [
            ("",),
        ],
        [
            ("约谈人\n（签字）", "", "被约谈人\n（签字）", ""),
            ("记录人\n（签字）", "", "签字日期", ""),
        ],
        "报：县委、县政府。",
    ]),
    "重点工作督办预警通知书": (ORANGE, [
        "青政督警〔2026〕1号",
        "重点工作督办预警通知书",
        "县教育局，县财政局、城关镇：",
        BASIS + "经核实，县教育局牵头的重点工作存在推进不力进度滞后的情形，现对县教育局亮橙牌，向牵头单位和相关责任单位发出预警，要求限期整改。",
        "一、存在问题和整改要求",
        [
            ("序号", "编号及工作任务", "存在问题", "整改要求", "整改时限"),
            ("1", "报告-1\n县第三小学迁建", "推进不力进度滞后：\n完成进度40%，应达70%，差30%", "倒排工期，分旬排定补欠计划，增加力量，限期把进度赶到序时要求。", "2026年\n10月20日前"),
        ],
        "二、整改期限",
        "请于2026年10月20日前（含当日）完成整改（自2026年9月22日发出，次日起算15个工作日），并将整改情况和《整改回执》书面报我室，由主要负责人签字并加盖单位公章。对所列事实有异议的，请在回复中一并说明，并附有关证明材料。",
        "三、工作要求",
        "（一）牵头单位负总责。县教育局主要负责人要亲自研究部署，对照所列问题逐项明确措施、责任人和完成时间，按期整改销号。按照规定，县政府分管领导约谈牵头单位主要负责人，时间、地点另行通知。",
        "（二）责任单位抓配合。县财政局、城关镇要对照职责分工认领问题、主动配合，整改情况经主要负责人审定后送牵头单位一并报送。",
        "四、有关后果",
        "逾期没有完成整改的，按规定继续亮牌督办。一年内被约谈2次以上（含2次）的，按规定亮红牌，由牵头领导、牵头部门主要负责人在县政府常务会议上分别作情况说明、检讨发言，对牵头部门、责任部门给予全县通报批评。",
        "特此通知。",
        "附件：整改回执",
        *TAIL,
        "附件",
        "整改回执",
        "青河县政府督办检查室：",
        "青政督警〔2026〕1号《重点工作督办预警通知书》收悉，现将整改情况报告如下：",
        [
            ("序号", "编号及工作任务", "整改措施", "完成情况", "完成时间"),
            ("1", "报告-1\n县第三小学迁建", "", "", ""),
        ],
        [
            ("原因分析", ""),
            ("责任人和\n下步安排", ""),
            ("佐证材料\n清单", ""),
        ],
        [
            ("主要负责人\n（签字）", "", "单位\n（公章）", ""),
            ("填报人及\n联系电话", "", "填报日期", ""),
        ],
    ]),
    "情况说明": (RED, [
        "情况说明（提纲）",
        "牵头领导　何静",
        "（　　　　年　　月　　日　县政府第　　　次常务会议）",
        BASIS + "县教育局因一年内被约谈两次以上被亮红牌。作为牵头领导，现就有关情况向会议说明如下。",
        "一、重点工作推进情况",
        [
            ("序号", "编号及工作任务", "年度目标", "完成时限", "当前进度\n应达进度", "预警状态"),
            ("1", "报告-1\n县第三小学迁建", "9月底前主体完工", "2026年\n12月31日", "40%\n70%", "正常推进"),
        ],
        "二、有关事实",
        [
            ("序号", "编号及工作任务", "事实"),
            ("1", "报告-1\n县第三小学迁建", "2026年3月2日约谈：进展缓慢"),
            ("2", "报告-1\n县第三小学迁建", "2026年8月12日约谈：节点连续逾期"),
        ],
        "三、原因分析",
        "（请说明进度落后、多次被约谈的主要原因，以及本人在统筹调度、协调督促方面的不足。）",
        "四、下步措施",
        "（请逐项写明赶上进度的措施、责任单位、责任人和完成时间，需要县政府协调解决的问题。）",
        "以上说明，请审议。",
    ]),
    "检讨发言": (RED, [
        "检讨发言（提纲）",
        "县教育局局长　张明",
        "（　　　　年　　月　　日　县政府第　　　次常务会议）",
        BASIS + "县教育局因一年内被约谈两次以上被亮红牌。作为主要负责人，现向会议检讨如下。",
        "一、存在的问题",
        [
            ("序号", "编号及工作任务", "事实"),
            ("1", "报告-1\n县第三小学迁建", "2026年3月2日约谈：进展缓慢"),
            ("2", "报告-1\n县第三小学迁建", "2026年8月12日约谈：节点连续逾期"),
        ],
        "二、原因剖析",
        "（请从思想认识、责任落实、工作措施、调度督促等方面剖析主观原因，不以客观原因代替主观原因。）",
        "三、应负的责任",
        "（请写明本人和班子成员、具体责任人各负什么责任。）",
        "四、整改措施",
        [
            ("序号", "编号及工作任务", "整改措施", "责任人", "完成时间"),
            ("1", "报告-1\n县第三小学迁建", "", "", ""),
        ],
        "五、表态",
        "（请写明整改的目标和时限，接受监督的承诺。）",
    ]),
    "通报": (RED, [
        "青河县人民政府办公室文件",
        "　　　　〔2026〕　　号",
        "青河县人民政府办公室\n关于对县教育局等单位\n给予通报批评的通报",
        "各乡（镇）人民政府，县政府直属和在县中、省直各单位：",
        "经核查，县教育局在牵头的重点工作中存在一年内被约谈两次以上的情形，被亮红牌。" + BASIS + "现将有关情况通报如下。",
        "一、有关事实",
        [
            ("序号", "编号及工作任务", "事实"),
            ("1", "报告-1\n县第三小学迁建", "2026年3月2日约谈：进展缓慢"),
            ("2", "报告-1\n县第三小学迁建", "2026年8月12日约谈：节点连续逾期"),
        ],
        "二、处理决定",
        "对牵头部门县教育局、责任部门县财政局、城关镇给予全县通报批评。由牵头领导、牵头部门主要负责人在县政府常务会议上分别作情况说明、检讨发言。",
        "三、整改要求",
        "县教育局要深刻剖析原因，由主要负责人牵头制定整改方案，逐项明确措施、责任人和完成时间，将整改情况书面报青河县政府督办检查室。责任部门要认领问题，主动配合，一并整改。青河县政府督办检查室要跟踪督促整改，整改情况报县政府。",
        "书面报告时限：　　　　年　　月　　日前。",
        "　抄送：县委办公室，县人大常委会办公室，县政协办公室，县纪委监委，县人武部，县法院，县检察院。",
        "\t\t",
        "　青河县人民政府办公室\t2026年9月22日印发",
        "各乡（镇）、各部门要引以为戒、举一反三，认真查找整改本单位在落实重点工作中存在的问题，严格按照序时进度推进，确保年度重点工作任务全面完成。",
        "青河县人民政府办公室",
        "2026年9月22日",
    ]),
    "专题报告": (RED, [
        "青河县人民政府办公室文件",
        "　　　　　〔2026〕　　号\t签发人：　　　　",
        "青河县人民政府办公室\n关于县教育局被亮红牌\n有关情况的专题报告",
        "县委：",
        BASIS + "现将县教育局因一年内被约谈两次以上被亮红牌的有关情况报告如下。",
        "一、基本情况",
        "县教育局牵头的重点工作进展情况和有关事实如下。",
        [
            ("序号", "编号及工作任务", "年度目标", "完成时限", "当前进度\n应达进度", "预警状态"),
            ("1", "报告-1\n县第三小学迁建", "9月底前主体完工", "2026年\n12月31日", "40%\n70%", "正常推进"),
        ],
        [
            ("序号", "编号及工作任务", "事实"),
            ("1", "报告-1\n县第三小学迁建", "2026年3月2日约谈：进展缓慢"),
            ("2", "报告-1\n县第三小学迁建", "2026年8月12日约谈：节点连续逾期"),
        ],
        "二、原因分析",
        "（请根据县政府常务会议上的情况说明、检讨发言和核查结果填写。）",
        "三、处理情况",
        "（一）在县政府第　　　次常务会议上，由牵头领导何静作情况说明，由牵头部门主要负责人张明作检讨发言。",
        "（二）由县政府办公室对牵头部门县教育局、责任部门县财政局、城关镇给予全县通报批评。",
        "四、下步工作",
        "由青河县政府督办检查室跟踪督促整改，逐项销号；整改结果另行报告。",
        "　青河县人民政府办公室\t2026年9月22日印发",
        "特此报告。",
        "青河县人民政府办公室",
        "2026年9月22日",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_letter_in_full(name: str) -> None:
    of, text = TEXTS[name]
    assert printed(drafted(of)[name]) == text


REGISTERED: Mapping[str, tuple[Card, tuple[str, str, str, date | None, str]]] = {
    "提醒函": (BLUE, ("提醒函", "青政督醒〔2026〕1号", "进度缓慢未达序时", None, "提醒函-县教育局-青政督醒〔2026〕1号.docx")),
    "约谈通知": (
        ORANGE, ("起草文书", "青政督约〔2026〕1号", "约谈通知：推进不力进度滞后", None, "约谈通知-县教育局-青政督约〔2026〕1号.docx"),
    ),
    "约谈记录": (ORANGE, ("起草文书", "", "约谈记录：推进不力进度滞后", None, "约谈记录-县教育局-20260922.docx")),
    "重点工作督办预警通知书": (
        ORANGE, ("预警通知书", "青政督警〔2026〕1号", "推进不力进度滞后", date(2026, 10, 20), "重点工作督办预警通知书-县教育局-青政督警〔2026〕1号.docx"),
    ),
    "情况说明": (RED, ("起草文书", "", "情况说明：一年内被约谈两次以上", None, "情况说明-县教育局-20260922.docx")),
    "检讨发言": (RED, ("起草文书", "", "检讨发言：一年内被约谈两次以上", None, "检讨发言-县教育局-20260922.docx")),
    "通报": (RED, ("通报批评", "", "一年内被约谈两次以上", None, "通报-县教育局-20260922.docx")),
    "专题报告": (RED, ("专题报告", "", "一年内被约谈两次以上", None, "专题报告-县教育局-20260922.docx")),
}  # fmt: skip


@pytest.mark.parametrize("name", REGISTERED)
def test_what_is_registered(name: str) -> None:
    of, expected = REGISTERED[name]
    letter = drafted(of)[name]
    assert (letter.event, letter.number, letter.registered_reason, letter.limit, letter.file_name) == expected
    assert (letter.unit, letter.tasks, letter.remark) == ("县教育局", of.tasks, of.id)


def test_every_kind_is_tried_and_a_card_brings_its_own_letters_and_no_other() -> None:
    assert {*TEXTS} == {*REGISTERED} == {*KINDS} - {PROMPT, "重点工作督办提示函"}
    for of in (BLUE, ORANGE, RED, RED_2022, YELLOW_2022):
        assert tuple(drafted(of)) == tuple(name for name in KINDS if name in of.letters)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.mark and name != PROMPT])
def test_numbers_of_each_kind_go_on_from_its_own_register(name: str) -> None:
    of = card(letters=(name,))
    others = (
        record(number=f"青政督{kind.mark}〔2026〕88号") for key, kind in KINDS.items() if kind.mark and key != name
    )
    own = (record(number=f"青政督{KINDS[name].mark}〔2026〕{serial}号") for serial in (7, 11, 9))
    made = drafted(of, ledger=replace(COUNTY, records=tuple(chain(others, own))))
    assert made[name].number == f"青政督{KINDS[name].mark}〔2026〕12号"


def test_a_merged_interview_is_held_by_whom_the_gravest_card_names_with_the_leader_beside() -> None:
    made = drafted(YELLOW_2022, RED_2022)
    notice = made["约谈通知"]
    assert notice.tasks == ("报告-3", "报告-1")
    assert (notice.reason, notice.remark) == ("不能按时启动、工作进度严重滞后", "22黄-1A2B3C、22红-1A2B3C")
    text = printed(notice)
    assert text[3] == BASIS_2022 + (
        "因你单位在承担的重点工作中存在不能按时启动、工作进度严重滞后的情形，被亮黄牌、红牌，由县政府主要领导进行约谈。"
        "现将有关事项通知如下。"
    )
    assert text[5][2:] == [("约谈人", "县政府主要领导　　　　　"), ("被约谈人", "分管县领导何静、县教育局局长张明")]  # type: ignore[comparison-overlap]
    assert text[7][1:] == [
        ("1", "报告-3\n农村公路改造", "不能按时启动", "过了启动时限没有启动"),
        ("2", "报告-1\n县第三小学迁建", "工作进度严重滞后", "完成进度40%，应达70%，差30%"),
    ]
    assert printed(made["约谈记录"])[-1] == "存档备查。"


def test_cards_of_two_circulars_are_each_cited() -> None:
    both = replace(ORANGE, letters=INTERVIEW), replace(YELLOW_2022, tasks=())
    text = printed(drafted(*both)["约谈记录"])[3]
    assert text == BASIS.removesuffix("的规定，") + "、" + BASIS_2022.removeprefix("按照") + (
        "因县教育局存在推进不力进度滞后、不能按时启动的情形、被亮橙牌、黄牌进行约谈。"
    )


def test_a_circular_not_on_the_shelf_is_cited_by_its_number() -> None:
    text = printed(drafted(replace(BLUE, cite=Citation("青政办发〔2027〕5号", "三（一）")))["提醒函"])[3]
    assert str(text).startswith("按照青政办发〔2027〕5号第三部分第（一）项的规定，经核实，")


def test_what_the_ledger_does_not_know_is_left_blank() -> None:
    bare = replace(COUNTY, units=(), tasks=LEDGER.tasks)
    made = drafted(replace(ORANGE, responsible_units=()), replace(RED, responsible_units=()), ledger=bare)
    arranged = printed(made["约谈通知"])[5]
    assert arranged[2:] == [("约谈人", "县政府分管领导　　　　　"), ("被约谈人", "县教育局主要负责人　　　　")]
    assert printed(made["重点工作督办预警通知书"])[2] == "县教育局："
    assert "各责任单位要对照职责分工" in str(printed(made["重点工作督办预警通知书"]))
    assert printed(made["情况说明"])[1] == "牵头领导　　　　　"
    assert printed(made["检讨发言"])[1] == "县教育局主要负责人　　　　　"
    assert printed(made["通报"])[2] == "青河县人民政府办公室\n关于对县教育局\n给予通报批评的通报"
    assert "责任部门" not in str(printed(made["专题报告"]))


TOWNS = ("城关镇", "红石乡", "双桥镇")


@pytest.mark.parametrize(
    ("leads", "responsible", "addressed"),
    [
        (("县教育局",), ("县财政局", *TOWNS), ("县财政局", "各乡（镇）")),
        (("县教育局",), ("红石乡", "县财政局", "城关镇", "双桥镇"), ("各乡（镇）", "县财政局")),
        (("县教育局", "城关镇"), ("县财政局", "红石乡", "双桥镇"), ("县财政局", "其他各乡（镇）")),
        (("县教育局",), ("县财政局", "红石乡", "双桥镇"), ("县财政局", "红石乡", "双桥镇")),
    ],
)
def test_a_letter_names_a_collective_when_all_its_members_are_meant(
    leads: tuple[str, ...], responsible: tuple[str, ...], addressed: tuple[str, ...]
) -> None:
    task = replace(SCHOOL, lead_units=leads, responsible_units=responsible, collectives=(("各乡（镇）", TOWNS),))
    ledger = replace(COUNTY, tasks=(task, *LEDGER.tasks[1:]))
    letter = drafted(replace(ORANGE, responsible_units=responsible), ledger=ledger)["重点工作督办预警通知书"]
    assert letter.context["责任单位"] == addressed
    assert printed(letter)[2] == f"县教育局，{'、'.join(addressed)}："


def test_days_are_settings() -> None:
    changed = replace(COUNTY, settings=settings(约谈整改工作日=8, 预警整改工作日=3, 约谈次数=3))
    made = drafted(ORANGE, ledger=changed)
    assert made["重点工作督办预警通知书"].limit == date(2026, 9, 28)
    assert "次日起算3个工作日" in str(printed(made["重点工作督办预警通知书"]))
    assert "一年内被约谈3次以上（含3次）的" in str(printed(made["重点工作督办预警通知书"]))
    assert "约谈次日起8个工作日内" in str(printed(made["约谈通知"]))
    assert "约谈次日起8个工作日内" in str(printed(made["约谈记录"]))


def test_several_units_get_a_letter_each_in_the_order_of_the_list() -> None:
    roads = replace(
        ORANGE,
        id="23橙-9F",
        unit="县交通运输局",
        tasks=("报告-3",),
        facts=(Fact("报告-3应于2026-08-01完成", "报告-3"),),
    )
    made = letters_due(COUNTY, outcome(cards=(ORANGE, roads)))
    assert [(letter.template, letter.unit, letter.number) for letter in made] == [
        ("约谈通知", "县交通运输局", "青政督约〔2026〕1号"), ("约谈通知", "县教育局", "青政督约〔2026〕2号"),
        ("约谈记录", "县交通运输局", ""), ("约谈记录", "县教育局", ""),
        ("重点工作督办预警通知书", "县交通运输局", "青政督警〔2026〕1号"), ("重点工作督办预警通知书", "县教育局", "青政督警〔2026〕2号"),
    ]  # fmt: skip


def test_only_the_card_not_yet_written_about_is_in_the_next_letter() -> None:
    later = replace(ORANGE, id="23橙-9F", ground="推进不力节点逾期")
    known = (
        record("预警通知书", remark=ORANGE.id),
        record(DRAFTED, remark=ORANGE.id, reason="约谈通知：推进不力进度滞后"),
    )
    made = drafted(ORANGE, later, ledger=replace(COUNTY, records=known))
    assert {name: letter.remark for name, letter in made.items()} == {
        "约谈通知": "23橙-9F", "约谈记录": f"{ORANGE.id}、23橙-9F", "重点工作督办预警通知书": "23橙-9F",
    }  # fmt: skip


@pytest.mark.parametrize("state", ["待确认", "不采纳", "已撤牌", "已失效"])
def test_no_letter_before_the_card_is_confirmed_or_after_it_is_withdrawn(state: str) -> None:
    assert drafted(*(replace(of, state=state) for of in (BLUE, ORANGE, RED, RED_2022, YELLOW_2022))) == {}


def test_a_second_run_drafts_nothing() -> None:
    cards = BLUE, ORANGE, RED, YELLOW_2022
    made = letters_due(COUNTY, outcome(cards=cards))
    rows = (record(one.event, one.number, one.remark, AS_OF, one.registered_reason) for one in made)
    assert drafted(*cards, ledger=replace(COUNTY, records=tuple(rows))) == {}


def test_government_office_signs_what_the_circular_has_it_send() -> None:
    assert issuer_name(settings(县名=""), GOVERNMENT) == "县人民政府办公室"
    assert {name for name, kind in KINDS.items() if kind.issuer == GOVERNMENT} == {"通报", "专题报告"}


# —— 各份文件


WORDS = sorted({word for circular in all_circulars() for rule in circular.rules for word in rule.letters})


@pytest.mark.parametrize("word", WORDS)
def test_every_letter_a_circular_names_can_be_drafted_and_registered(word: str) -> None:
    assert f"{word}.docx" in build()
    assert KINDS[word].event in layout().choices["event"]


def test_there_is_no_template_that_no_circular_calls_for() -> None:
    assert set(WORDS) == set(KINDS) == {name.removesuffix(".docx") for name in build()} - {"每日摘要"}


def test_drafting_is_never_counted_as_doing() -> None:
    """“起草文书”不是约谈、情况说明、检讨发言，也不要求答复；判定的各处都不认得它。"""
    acts = {"约谈", "情况说明", "检讨发言"}
    assert {kind.event for kind in KINDS.values()} & acts == set()
    assert DRAFTED not in REPLY_EVENTS
    engine = Path(letters_due.__code__.co_filename).parent
    naming = {path.name for path in engine.glob("*.py") if re.search(rf"DRAFTED\b|{DRAFTED}", path.read_text("utf-8"))}
    assert naming == {"kinds.py", "notices.py"}


# —— 从台账到公文


def test_a_card_knows_who_acts_even_when_its_ground_is_gone(refreshed: Path) -> None:
    """确认过的红牌用掉了两次约谈，事由已不再成立；由谁约谈、发文照样按条款找回。"""
    result, _ = examine(FileBook(refreshed), SAMPLE_AS_OF)
    actors = {(card.colour, card.state): card.actor for card in result.outcome.cards}
    assert actors == {
        ("红牌", "已确认"): "县政府办公室", ("橙牌", "已确认"): "县政府分管领导", ("橙牌", "待确认"): "县政府分管领导",
        ("黄牌", "已确认"): "县政府督办检查室", ("黄牌", "待确认"): "县政府督办检查室", ("黄牌", "不采纳"): "县政府督办检查室",
    }  # fmt: skip


def test_confirmed_cards_of_the_sample_become_letters_once_and_bring_no_new_card(
    refreshed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for row in rows_of(refreshed, "亮牌建议"):
        if row["状态"] == "待确认":
            fill(refreshed, "亮牌建议", row["行"], {"确认": "是", "确认人": "周明远"})  # type: ignore[arg-type]
    duban("refresh", refreshed, "--as-of", SAMPLE_DAY)
    before = [(row["建议编号"], row["状态"]) for row in rows_of(refreshed, "亮牌建议")]
    out = refreshed.parent / "公文"
    duban("letters", refreshed, "--as-of", SAMPLE_DAY)
    due = {(str(row["单位"]), name) for row in rows_of(refreshed, "亮牌建议") if row["状态"] == "已确认"
           for name in str(row["文书"]).split("、")}  # fmt: skip
    made = {(path.name.split("-")[1], path.name.split("-")[0]) for path in out.iterdir()}
    assert {pair for pair in made if pair[1] != PROMPT} == due
    assert {name for _, name in due} == {*KINDS} - {PROMPT, "提醒函"}
    logged = [row for row in rows_of(refreshed, "督查记录") if row["日期"] == SAMPLE_AS_OF and row["事件"] != "亮牌"]
    assert len(logged) == len(list(out.iterdir()))
    assert {row["事件"] for row in logged} == {"工作提示", "督办提示函", "预警通知书", "通报批评", "专题报告", DRAFTED}
    assert {bool(row["限期"]) for row in logged if row["事件"] == DRAFTED} == {False}
    duban("refresh", refreshed, "--as-of", SAMPLE_DAY)
    assert [(row["建议编号"], row["状态"]) for row in rows_of(refreshed, "亮牌建议")] == before
    capsys.readouterr()
    duban("letters", refreshed, "--as-of", SAMPLE_DAY)
    assert "没有要发的公文" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("县名", "红河县"), ("办公室名称", "县政府督查室"), ("机关代字", "红政督"), ("自动编号", "否"),
        ("督办提示函回复工作日", 9), ("预警整改工作日", 20), ("约谈整改工作日", 8),
    ],
)  # fmt: skip
def test_changing_a_setting_changes_the_letters(item: str, value: str | int) -> None:
    changed = replace(COUNTY, settings=Settings({item: value}))
    assert drafted(card(), ORANGE, ledger=changed) != drafted(card(), ORANGE)

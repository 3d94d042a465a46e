"""公文：该发哪些、几号、写什么；工作提示和提示函的全文逐段逐格比对（别的文书见 test_notices）。"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from docx import Document
from docx.table import Table
from hypothesis import given
from hypothesis import strategies as st

from pyengine.kinds import KINDS, Letter, mentions, official
from pyengine.letters import file_name, letters_due, office_name
from pyengine.model import Citation, Deadline, Feedback, Ledger, Place, Record, Task, Unit
from pyengine.outcome import Card, Fact, Outcome, Prompt, Verdict
from pyengine.periods import WorkCalendar
from pyengine.render import render, template_path
from pyengine.settings import Settings

AS_OF = date(2026, 9, 22)
REPLY_BY = date(2026, 9, 28)  # 25 至 27 日中秋放假
PROMPTING, CARDING = Citation("友政办发〔2023〕1号", "二（三）"), Citation("友政办发〔2023〕1号", "二（二）")
OPENING = "《关于进一步深化“四个体系”工作机制强化督查检查推动重点工作落实的通知》（友政办发〔2023〕1号）"


def place(row: int = 4) -> Place:
    return Place("政府工作报告台账", row, {})


def unit(name: str, liaison: str = "", phone: str = "") -> Unit:
    return Unit(place(), name, (), "县直部门", "", "", "", liaison, phone)


def task(number: str, content: str, goal: str, lead: str = "县教育局") -> Task:
    due = Deadline("日期", date(2026, 12, 31))
    return Task(
        place(), number, "政府工作报告", content, goal, "", None, "", (lead,), (), None, Deadline(), None, due, "正在办理",
        None, "", "", "", None, None, None, None, "",
    )  # fmt: skip


def verdict(
    of: Task, stars: int, progress: Fraction | None, expected: Fraction | None, due: Deadline | None = None
) -> Verdict:
    return Verdict(of, stars, due or of.due, progress, expected, "时间", None, None, "正常推进", None, "", PROMPTING)


def feedback(number: str, on: date, content: str, result: str = "采用") -> Feedback:
    return Feedback(place(), number, on, "县教育局", None, content, result, "", "")


def record(
    event: str = "工作提示", number: str = "", remark: str = "", on: date | None = AS_OF, reason: str = ""
) -> Record:
    return Record(place(), on, event, (), (), reason, number, None, None, remark)


def card(card_id: str = "YP-1A2B3C", **changes: Any) -> Card:
    fact = Fact("青政督提〔2026〕3号要求2026-08-25前反馈，到期没有反馈（督查记录!G12）", "报告-1")
    made = Card(
        card_id, "县教育局", "黄牌", "上报材料不及时", ("报告-1",), (fact,), CARDING, ("重点工作督办提示函",), "已确认"
    )
    return replace(made, **changes)


SCHOOL = task("报告-1", "县第三小学迁建", "9月底前主体完工")
TEACHERS = task("报告-2", "引进教师40名 & <优秀>", "40名")
ROADS = task("报告-3", "农村公路改造", "80公里", "县交通运输局")
UNITS = (unit("县交通运输局"), unit("县教育局"), unit("县政府督办检查室", "李明", "0469-5123456"))
LEDGER = Ledger(
    2026,
    Settings(),
    WorkCalendar(),
    tasks=(SCHOOL, TEACHERS, ROADS),
    feedback=(
        feedback("报告-1", date(2026, 8, 25), "完成四层主体"),
        feedback("报告-1", date(2026, 8, 1), "完成三层主体"),
        feedback("报告-1", date(2026, 9, 23), "这一条在判定日之后"),
    ),
    units=UNITS,
)
PROMPTS = (
    Prompt("县教育局", 3, "2026年三季度", date(2026, 9, 18), REPLY_BY, ("报告-1",), PROMPTING),
    Prompt("县教育局", 4, "2026年9月", date(2026, 9, 18), REPLY_BY, ("报告-2",), PROMPTING),
)
VERDICTS = (
    verdict(SCHOOL, 3, Fraction(2, 5), Fraction(7, 10)),
    verdict(TEACHERS, 4, None, None, Deadline("持续", text="全年")),
    verdict(ROADS, 5, Fraction(1, 3), Fraction(1)),
)


def outcome(prompts: tuple[Prompt, ...] = (), cards: tuple[Card, ...] = (), as_of: date = AS_OF) -> Outcome:
    return Outcome(as_of, (), VERDICTS, (), (), prompts, cards, (), (), ())


def settings(**values: str | int) -> Settings:
    return Settings(values)


def only(ledger: Ledger, result: Outcome) -> Letter:
    (letter,) = letters_due(ledger, result)
    return letter


def items(letter: Letter) -> tuple[Mapping[str, object], ...]:
    rows = letter.context["事项"]
    assert isinstance(rows, tuple)
    return rows


def printed(letter: Letter) -> list[str | list[tuple[str, ...]]]:
    """公文全文：正文一段一项，表格一张一项；空段略去。"""
    document = Document(io.BytesIO(render(template_path(letter.template, None), letter.context)))
    parts: list[str | list[tuple[str, ...]]] = []
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            parts.append([tuple(cell.text for cell in row.cells) for row in part.rows])
        elif part.text:
            parts.append(part.text)
    return parts


def test_prompt_letter_in_full() -> None:
    letter = only(LEDGER, outcome(PROMPTS))
    shown = (letter.template, letter.unit, letter.event, letter.number, letter.tasks, letter.reason, letter.limit)
    assert shown == (
        "工作提示", "县教育局", "工作提示", "青政督提〔2026〕1号", ("报告-1", "报告-2"), "2026年三季度、2026年9月工作提示", REPLY_BY,
    )  # fmt: skip
    assert letter.file_name == "工作提示-县教育局-青政督提〔2026〕1号.docx"
    assert printed(letter) == [
        "青政督提〔2026〕1号",
        "关于反馈重点工作进展情况的工作提示",
        "县教育局：",
        (f"按照{OPENING}第二部分第（三）项关于重点工作实行“提示”管理的规定，在2026年三季度、2026年9月督检汇总工作开展前，"
        "现将你单位牵头的2项重点工作提示如下，请对照核实，抓紧推进，按时反馈。"),
        "一、提示事项",
        [
            ("序号", "编号及工作任务", "年度目标", "完成时限", "当前进度\n应达进度", "上次反馈"),
            (
                "1", "报告-1　3★\n县第三小学迁建", "9月底前主体完工", "2026年\n12月31日", "40%\n70%",
                "2026年8月25日：完成四层主体",
            ),
            ("2", "报告-2　4★\n引进教师40名 & <优秀>", "40名", "持续推进", "—\n—", "尚未反馈"),
        ],
        "二、反馈内容",
        ("请对照年度目标和序时进度，逐项如实反馈工作进展、存在问题和下步措施，并附能够证明进度的佐证材料。"
        "低于应达进度的，要说明原因，提出赶上进度的具体安排；预计难以按期完成的，要及时向县政府报告，"
        "确需调整目标或者时限的，按程序报批。"),
        "三、反馈方式和时限",
        ("请填写《进展反馈表》，“提示文号”一栏填青政督提〔2026〕1号，经主要负责人审定后，于2026年9月28日前（含当日）报我室"
        "（自2026年9月22日发出，次日起算3个工作日）。逾期未反馈的，按上报材料不及时的有关规定办理。"),
        "特此提示。",
        "青河县政府督办检查室",
        "2026年9月22日",
        "（联系人：李明，联系电话：0469-5123456）",
    ]  # fmt: skip


def test_notice_letter_in_full() -> None:
    returned = card(
        "YP-9F",
        ground="报送材料质量不高",
        tasks=("报告-1", "报告-2"),
        facts=(Fact("报告-2材料2026-09-01被退回（进展反馈!I9）"),),
    )
    letter = only(LEDGER, outcome(cards=(card(), returned)))
    shown = (letter.template, letter.event, letter.number, letter.tasks, letter.reason, letter.limit, letter.remark)
    assert shown == (
        "重点工作督办提示函", "督办提示函", "青政督函〔2026〕1号", ("报告-1", "报告-2"), "上报材料不及时、报送材料质量不高",
        date(2026, 9, 30), "YP-1A2B3C、YP-9F",
    )  # fmt: skip
    assert letter.file_name == "重点工作督办提示函-县教育局-青政督函〔2026〕1号.docx"
    assert printed(letter) == [
        "青政督函〔2026〕1号",
        "重点工作督办提示函",
        "县教育局：",
        (f"按照{OPENING}第二部分第（二）项关于重点工作实行“亮牌”管理的规定，经核实，你单位在承担的重点工作中存在"
        "上报材料不及时、报送材料质量不高的情形，现对你单位亮黄牌，予以督办提示。"),
        "一、有关事实和整改要求",
        [
            ("序号", "编号及工作任务", "事由", "事实", "整改要求"),
            (
                "1", "报告-1\n县第三小学迁建", "上报材料不及时", "青政督提〔2026〕3号要求2026年8月25日前反馈，到期没有反馈",
                "立即补报有关材料，查明迟报原因，今后严格按照要求的时限报送。",
            ),
            (
                "2", "报告-2\n引进教师40名 & <优秀>", "报送材料质量不高", "材料2026年9月1日被退回",
                "对照退回意见重新核实、补充佐证，经主要负责人审核后重新报送。",
            ),
        ],
        "二、工作要求",
        "（一）认真核查。请主要负责人牵头，对照上述事实逐项查明原因，分清责任，不回避问题，不敷衍应付。",
        ("（二）限期整改。对能够立即纠正的，立即纠正；需要一段时间的，明确措施、责任人和完成时间，"
        "尽快赶上进度，确保年度目标如期完成。"),
        ("（三）书面回复。请于2026年9月30日前（含当日）将整改情况和《整改回执》书面报我室"
        "（自2026年9月22日发出，次日起算5个工作日），由主要负责人签字并加盖单位公章。"
        "对所列事实有异议的，请在回复中一并说明，并附有关证明材料。"),
        "我室将跟踪督办整改落实情况。逾期不回复或者整改不到位的，按有关规定处理。",
        "特此函达。",
        "附件：整改回执",
        "青河县政府督办检查室",
        "2026年9月22日",
        "（联系人：李明，联系电话：0469-5123456）",
        "附件",
        "整改回执",
        "青河县政府督办检查室：",
        "青政督函〔2026〕1号《重点工作督办提示函》收悉，现将整改情况报告如下：",
        [
            ("序号", "编号及工作任务", "整改措施", "完成情况", "完成时间"),
            ("1", "报告-1\n县第三小学迁建", "", "", ""),
            ("2", "报告-2\n引进教师40名 & <优秀>", "", "", ""),
        ],
        [("原因分析", ""), ("责任人和\n下步安排", ""), ("佐证材料\n清单", "")],
        [("主要负责人\n（签字）", "", "单位\n（公章）", ""), ("填报人及\n联系电话", "", "填报日期", "")],
    ]  # fmt: skip


def test_marks_and_templates_are_never_shared() -> None:
    marks = [kind.mark for kind in KINDS.values() if kind.mark]
    assert len(set(marks)) == len(marks)


def test_letters_follow_the_unit_list_and_number_by_kind() -> None:
    roads = Prompt("县交通运输局", 5, "2026-09-22", AS_OF, REPLY_BY, ("报告-3",), PROMPTING)
    made = letters_due(LEDGER, outcome((*PROMPTS, roads), (card(),)))
    assert [(letter.unit, letter.number, letter.reason) for letter in made] == [
        ("县交通运输局", "青政督提〔2026〕1号", "2026年9月22日工作提示"),
        ("县教育局", "青政督提〔2026〕2号", "2026年三季度、2026年9月工作提示"),
        ("县教育局", "青政督函〔2026〕1号", "上报材料不及时"),
    ]
    assert made[0].context["期别"] == ""


@pytest.mark.parametrize(
    ("written", "following"),
    [
        ((), 1),
        (("青政督提〔2026〕11号",), 12),
        (("青政督提〔2026〕3号", "青政督提〔2026〕11号", "青政督提〔2026〕9号"), 12),
        (("青政督提[2026]4号",), 5),
        (("青政督提［2026］4号",), 5),
        (("青政督提（2026）4号",), 5),
        (("青政督提(2026) 第 4 号",), 5),
        (("青政督提【2026】４号",), 5),
        (("青政督提〔2026〕012号",), 13),
        (("青政督提〔2026〕1号、青政督提〔2026〕2号",), 3),
        (("青政督提〔2025〕88号",), 1),
        (("青政督函〔2026〕88号",), 1),
        (("友政办发〔2026〕88号",), 1),
        (("", "待编"), 1),
    ],
)
def test_numbers_go_on_from_the_register(written: tuple[str, ...], following: int) -> None:
    ledger = replace(LEDGER, records=tuple(record(number=number) for number in written))
    assert only(ledger, outcome(PROMPTS)).number == f"青政督提〔2026〕{following}号"


def test_without_automatic_numbers_a_blank_is_left() -> None:
    letter = only(replace(LEDGER, settings=settings(自动编号="否")), outcome(PROMPTS))
    assert (letter.number, letter.file_name) == ("", "工作提示-县教育局-20260922.docx")
    text = printed(letter)
    assert text[0] == "青政督提〔2026〕　　号"
    assert not any("提示文号" in part for part in text)


CASES: Mapping[str, tuple[dict[str, Any], tuple[Record, ...], bool]] = {
    "已确认的黄牌": ({}, (), True),
    "待确认": ({"state": "待确认"}, (), False),
    "不采纳": ({"state": "不采纳"}, (), False),
    "已撤牌": ({"state": "已撤牌"}, (), False),
    "已失效": ({"state": "已失效"}, (), False),
    "别的文件的牌": ({"cite": Citation("友政办发〔2022〕11号", "三（三）")}, (), True),
    "别的颜色": ({"colour": "橙牌"}, (), True),
    "没有写明文书": ({"letters": ()}, (), False),
    "没有这种文书": ({"letters": ("表扬信",)}, (), False),
    "别的文书": ({"letters": ("通报",)}, (record("督办提示函", remark="YP-1A2B3C"),), True),
    "只起草过约谈通知": (
        {"letters": ("约谈记录",)},
        (record("起草文书", remark="YP-1A2B3C", reason="约谈通知：甲"),),
        True,
    ),
    "起草过约谈记录": (
        {"letters": ("约谈记录",)},
        (record("起草文书", remark="YP-1A2B3C", reason="约谈记录：甲"),),
        False,
    ),
    "约谈过而没有起草": ({"letters": ("约谈记录",)}, (record("约谈", remark="YP-1A2B3C", reason="约谈记录"),), True),
    "已经发过函": ({}, (record("督办提示函", remark="YP-1A2B3C"),), False),
    "与别的牌一起发过": ({}, (record("督办提示函", remark="YP-0、YP-1A2B3C，经手李明"),), False),
    "发的是编号相近的牌": ({}, (record("督办提示函", remark="YP-1A2B3CD"),), True),
    "登记的是别的事": ({}, (record("亮牌", remark="YP-1A2B3C"),), True),
    "判定日之后才发": ({}, (record("督办提示函", remark="YP-1A2B3C", on=date(2026, 9, 23)),), True),
    "没有日期的登记": ({}, (record("督办提示函", remark="YP-1A2B3C", on=None),), True),
}


@pytest.mark.parametrize(("changes", "records", "due"), CASES.values(), ids=CASES)
def test_which_cards_call_for_a_letter(changes: dict[str, Any], records: tuple[Record, ...], due: bool) -> None:
    made = letters_due(replace(LEDGER, records=records), outcome(cards=(card(**changes),)))
    assert bool(made) is due


def test_latest_reply_day_counts_and_its_reckoning_is_left_out_when_it_differs() -> None:
    later = replace(PROMPTS[1], reply_by=date(2026, 9, 29))
    letter = only(LEDGER, outcome((PROMPTS[0], later)))
    assert (letter.limit, letter.context["工作日数"]) == (date(2026, 9, 29), 0)
    assert any("于2026年9月29日前（含当日）报我室。" in part for part in printed(letter))


def test_days_of_an_unpublished_year_are_marked() -> None:
    prompt = replace(PROMPTS[0], reply_by=date(2099, 1, 5))
    letter = only(LEDGER, outcome((prompt,), as_of=date(2098, 12, 31)))
    assert (letter.context["provisional"], letter.context["暂推年份"]) == (True, 2098)
    assert any("（2098年放假安排未公布，暂按周末推算）" in part for part in printed(letter))


def test_latest_feedback_is_brief_and_says_when_it_was_returned() -> None:
    long = feedback("报告-1", date(2026, 9, 1), "进" * 80, "退回")
    letter = only(replace(LEDGER, feedback=(long,)), outcome(PROMPTS[:1]))
    item = items(letter)[0]
    assert item["上次反馈"] == "进" * 60 + "……（已退回）"


def test_a_number_used_twice_brings_only_the_units_own_item() -> None:
    other = verdict(task("报告-1", "别的单位的事", "", "县交通运输局"), 3, None, None)
    result = replace(outcome(PROMPTS[:1]), verdicts=(other, *VERDICTS))
    assert [item["工作任务"] for item in items(only(LEDGER, result))] == ["县第三小学迁建"]


def test_a_card_without_facts_states_its_ground() -> None:
    letter = only(LEDGER, outcome(cards=(card(facts=(), tasks=()),)))
    item = items(letter)[0]
    assert (item["编号"], item["事实"]) == ("", "上报材料不及时")


@pytest.mark.parametrize(
    ("county", "office", "whole"),
    [
        ("青河县", "县政府督办检查室", "青河县政府督办检查室"),
        ("青河县", "青河县人民政府督办检查室", "青河县人民政府督办检查室"),
        ("青河县", "督办检查室", "青河县督办检查室"),
        ("", "县政府督办检查室", "县政府督办检查室"),
    ],
)
def test_office_name_says_the_county_once(county: str, office: str, whole: str) -> None:
    assert office_name(settings(县名=county, 办公室名称=office)) == whole


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("没有反馈（督查记录!G12）", "没有反馈"),
        ("完成35%（进度35%，政府工作报告台账!O12）", "完成35%（进度35%）"),
        ("逾期（时间节点!D4、时间节点!D5）", "逾期"),
        ("逾期（时间节点!第4行，共2处）", "逾期（共2处）"),
        ("督查记录!G12 没有反馈", "没有反馈"),
        ("编号重复（另见 专班台账!A13、专班台账!A14），已提示（上级交办台账!A4）", "编号重复，已提示"),
        ("要求2026-08-05前反馈", "要求2026年8月5日前反馈"),
        ("2026-报告-001要求2026-13-05", "2026-报告-001要求2026-13-05"),
        ("编号2026-01-0012026-12", "编号2026-01-0012026-12"),
        ("注意！请反馈", "注意！请反馈"),
    ],
)
def test_facts_are_put_officially(text: str, shown: str) -> None:
    assert official(text) == shown


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [("A-1、A-2", "A-2", True), ("A-12", "A-1", False), ("BA-1", "A-1", False), ("", "A", False)],
)
def test_mentions_whole_words(text: str, word: str, found: bool) -> None:
    assert mentions(text, word) is found


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=8))
def test_file_names_are_safe_everywhere_and_never_repeat(rows: list[tuple[str, str, str]]) -> None:
    taken: set[str] = set()
    names = [file_name(pieces, taken) for pieces in rows]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name.endswith(".docx")
        assert len(name.encode()) <= 255
        assert PureWindowsPath(name).name == PurePosixPath(name).name == name
        assert not PureWindowsPath(name).is_reserved()
        assert not set(name) & set('<>:"/\\|?*')
        assert name.isprintable()
        assert name[0] not in " ."
        assert name[-6] not in " ."


@pytest.mark.parametrize(
    ("pieces", "name"),
    [
        (("工作提示", "县教育局", "青政督提〔2026〕12号"), "工作提示-县教育局-青政督提〔2026〕12号.docx"),
        (("工作提示", "../../etc/passwd", "1号"), "工作提示-_.._etc_passwd-1号.docx"),
        (("工作提示", "县教育局\n（体育局）", "1号"), "工作提示-县教育局 （体育局）-1号.docx"),
        (("工作提示", "\u202e县局", "1号"), "工作提示-县局-1号.docx"),
        (("工作提示", "", "1号"), "工作提示-未填-1号.docx"),
    ],
)
def test_file_names(pieces: tuple[str, ...], name: str) -> None:
    assert file_name(pieces, set()) == name

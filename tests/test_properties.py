"""不论台账里写了什么都应成立的几条：互不相干的行互不影响，行序无关，再算一遍一样，再刷新一遍什么也不写。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyengine.books.memory import MemoryBook
from pyengine.judge import recompute
from pyengine.layout import layout
from pyengine.ooxml import KEEP
from pyengine.outcome import Outcome, Verdict
from pyengine.read import read_ledger
from pyengine.rulebook import all_circulars
from pyengine.writeback import plan_refresh

LEDGER = "政府工作报告台账"
UNITS = [
    {"单位名称": "县教育局", "简称": "教育局", "类别": "县直部门"}, {"单位名称": "县水务局", "简称": "水务局", "类别": "县直部门"},
    {"单位名称": "城关镇", "类别": "乡镇"},
]  # fmt: skip
Rows = list[dict[str, Any]]
Sheets = dict[str, Rows]
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

NUMBERS = ("A1", "A2", "A3", "A4")
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
SHARES = st.sampled_from([0, 0.04, 0.05, 0.1, 0.3, 0.5, 0.9, 1, 1.2])
CATEGORIES = st.sampled_from([("常规性", 3), ("明确指标类", 4), ("重大项目建设类", 5), ("常规性", None), (None, None)])
DUES = DAYS | st.sampled_from(["6月底前", "三季度", "持续推进", "待定", None, "看情况"])


@st.composite
def tasks(draw: st.DrawFn) -> Rows:
    rows = []
    for number in draw(st.lists(st.sampled_from(NUMBERS), min_size=1, unique=True)):
        category, stars = draw(CATEGORIES)
        rows.append({
            "编号": number, "工作任务": f"任务{number}", "年度目标": "目标", "牵头领导": "周涛", "工作类别": category, "星级": stars,
            "牵头单位": draw(st.sampled_from(["县教育局", "水务局", "教育局、水务局", "县统计局"])), "立项日期": draw(st.dates(date(2026, 1, 1), date(2026, 3, 1))),
            "启动时限": draw(st.none() | DAYS), "实际启动日期": draw(st.none() | DAYS), "完成时限": draw(DUES),
            "办理状态": draw(st.sampled_from(["正在办理", "正在办理", "已落实", "已完成", None])), "完成进度": draw(st.none() | SHARES),
            "方案审查日期": draw(st.none() | DAYS), "办结日期": draw(st.none() | DAYS), "销号日期": draw(st.none() | st.none() | DAYS),
        })  # fmt: skip
    return rows


def _feedback(number: str, on: date, share: object, result: str) -> dict[str, Any]:
    return {"编号": number, "反馈日期": on, "填报单位": "教育局", "完成进度": share, "处理结果": result}


def _record(
    on: date, event: str, numbers: list[str], unit: str | None, days: int | None, replied: int | None, reason: str
) -> dict[str, Any]:
    after = {"限期": days, "回复日期": replied}
    dates = {head: on + timedelta(days=count) if count is not None else None for head, count in after.items()}
    return {
        "日期": on,
        "事件": event,
        "编号": "、".join(numbers) or None,
        "单位": unit,
        "事由": reason,
        "文号": f"督〔2026〕{on:%m%d}号",
        **dates,
    }


EVENTS = st.sampled_from(
    ["工作提示", "督办提示函", "专项督办", "预警通知书", "约谈", "认定", "退回材料", "整改完成", "撤牌", "督查"]
)
FEEDBACK = st.lists(
    st.builds(_feedback, st.sampled_from(NUMBERS), DAYS, st.none() | SHARES, st.sampled_from(["采用", "退回"])),
    max_size=6, unique_by=lambda row: (row["编号"], row["反馈日期"]),
)  # fmt: skip
RECORDS = st.lists(
    st.builds(
        _record, DAYS, EVENTS, st.lists(st.sampled_from(NUMBERS), max_size=2, unique=True), st.sampled_from(["教育局", "县水务局", "教育局、水务局"]),
        st.none() | st.integers(0, 20), st.none() | st.integers(0, 30), st.sampled_from(["工作不到位", "贯彻落实不力", "态度不好", "考评后三位", "推诿扯皮"]),
    ),
    max_size=6, unique_by=lambda row: row["日期"],
)  # fmt: skip
NODES = st.lists(
    st.builds(
        lambda number, due, weight, done: {"编号": number, "节点内容": f"节点{due}", "完成时限": due, "权重": weight, "实际完成日期": done},
        st.sampled_from(NUMBERS), DAYS, st.none() | st.integers(1, 5), st.none() | DAYS,
    ),
    max_size=4, unique_by=lambda row: (row["编号"], row["完成时限"]),
)  # fmt: skip
ADJUSTMENTS = st.lists(
    st.builds(
        lambda number, item, new, on, result: {"编号": number, "调整事项": item, "新值": new, "批准日期": on, "结果": result},
        st.sampled_from(NUMBERS), st.sampled_from(["完成时限", "启动时限"]), DAYS, DAYS, st.sampled_from(["批准", "不批准"]),
    ),
    max_size=3, unique_by=lambda row: row["批准日期"],
)  # fmt: skip


POINTS = ("按时办结加分", "逾期扣分", "退回扣分", "黄牌扣分", "橙牌扣分", "红牌扣分", "约谈扣分", "问责扣分")
SETTINGS = st.builds(
    lambda number, points: [
        {"项目": "年度", "取值": 2026}, {"项目": "适用文件", "取值": number}, {"项目": "后三位最少单位数", "取值": 2},
        *({"项目": item, "取值": value} for item, value in zip(POINTS, points, strict=True)),
    ],
    st.sampled_from(["自动", "友政办发〔2022〕11号"]),
    st.lists(st.sampled_from([0, 0.1, 0.3, 1.5]), min_size=len(POINTS), max_size=len(POINTS)),
)  # fmt: skip
APPRAISALS = st.lists(
    st.builds(
        lambda year, unit, points: {"年度": year, "单位": unit, "加减分": points},
        st.sampled_from([2025, 2026, 2026, 2027, None]), st.sampled_from(["教育局", "县水务局", "城关镇", "县统计局", None]),
        st.none() | st.sampled_from([0.1, -0.2, "+0.1 经验刊发；-0.3 迟报", "迟报", "无"]),
    ),
    max_size=8,
)  # fmt: skip


@st.composite
def ledgers(draw: st.DrawFn) -> Sheets:
    return {
        "单位": [dict(row) for row in UNITS], "设置": draw(SETTINGS), LEDGER: draw(tasks()), "时间节点": draw(NODES),
        "进展反馈": draw(FEEDBACK), "督查记录": draw(RECORDS), "调整申请": draw(ADJUSTMENTS), "年度考评": draw(APPRAISALS),
    }  # fmt: skip


def judged(sheets: Mapping[str, Rows], as_of: date) -> Outcome:
    return recompute(read_ledger(MemoryBook.of(sheets).sheets(), as_of).ledger, all_circulars(), as_of)


def gist(verdict: Verdict) -> tuple[object, ...]:
    """结论里与行号无关的部分。"""
    return (
        verdict.status, verdict.stars, verdict.deadline.kind, verdict.deadline.due, verdict.progress, verdict.expected, verdict.method, verdict.gap,
        verdict.days_left, verdict.next_prompt,
    )  # fmt: skip


def verdicts(outcome: Outcome) -> dict[str, tuple[object, ...]]:
    return {verdict.task.number: gist(verdict) for verdict in outcome.verdicts}


def cards(outcome: Outcome) -> set[tuple[object, ...]]:
    return {
        (card.id, card.colour, card.unit, card.ground, frozenset(card.tasks), card.state, len(card.facts))
        for card in outcome.cards
    }


def prompts(outcome: Outcome) -> set[tuple[object, ...]]:
    return {
        (item.unit, item.stars, item.period, item.issue_on, item.reply_by, frozenset(item.tasks))
        for item in outcome.prompts
    }


def reminders(outcome: Outcome) -> set[tuple[object, ...]]:
    return {(item.kind, item.on, item.unit, frozenset(item.task.split("、"))) for item in outcome.reminders}


def ranking(outcome: Outcome) -> list[tuple[object, ...]]:
    """年度考评里与行号无关的部分；并列的按单位表的次序列，所以不论次序。"""
    rows = (
        (
            row.year, row.unit, row.group, row.score, row.rank, row.last_three, row.tie, row.two_years, row.recommended,
            sorted((str(item.on), item.kind, item.task, item.points) for item in row.items),
        )
        for row in outcome.ranking
    )  # fmt: skip
    return sorted(rows, key=lambda row: row[:2])


@FEW
@given(ledgers(), DAYS, tasks(), DAYS)
def test_an_unrelated_item_changes_nothing_for_the_others(sheets: Sheets, as_of: date, more: Rows, due: date) -> None:
    extra = {**more[0], "编号": "Z9", "牵头单位": "城关镇", "完成时限": due}
    plain, added = judged(sheets, as_of), judged({**sheets, LEDGER: [*sheets[LEDGER], extra]}, as_of)
    assert {number: gist for number, gist in verdicts(added).items() if number != "Z9"} == verdicts(plain)
    assert {card for card in cards(added) if card[2] != "城关镇"} == cards(plain)
    assert {item for item in prompts(added) if item[0] != "城关镇"} == prompts(plain)


@FEW
@given(ledgers(), DAYS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(sheets: Sheets, as_of: date, random: Any) -> None:
    mixed = {sheet: random.sample(rows, len(rows)) for sheet, rows in sheets.items()}
    first, second = judged(sheets, as_of), judged(mixed, as_of)
    assert verdicts(second) == verdicts(first)
    assert cards(second) == cards(first)
    assert prompts(second) == prompts(first)
    assert reminders(second) == reminders(first)
    assert ranking(second) == ranking(first)
    assert sorted(item.code for item in first.findings) == sorted(item.code for item in second.findings)


@FEW
@given(ledgers(), DAYS)
def test_judging_twice_is_the_same(sheets: Sheets, as_of: date) -> None:
    ledger = read_ledger(MemoryBook.of(sheets).sheets(), as_of).ledger
    assert recompute(ledger, all_circulars(), as_of) == recompute(ledger, all_circulars(), as_of)


def refreshed(book: MemoryBook, as_of: date) -> int:
    """刷新一遍，返回值有变化的格数。"""
    grids = book.sheets()
    reading = read_ledger(grids, as_of)
    edits = plan_refresh(reading, recompute(reading.ledger, all_circulars(), as_of), grids)
    book.write(edits, layout().styles, "")
    return sum(1 for changes in edits.values() for edit in changes if edit.value is not KEEP)


@FEW
@given(ledgers(), DAYS)
def test_a_second_refresh_writes_nothing(sheets: Sheets, as_of: date) -> None:
    book = MemoryBook.of(sheets)
    assert refreshed(book, as_of) > 0
    assert refreshed(book, as_of) == 0


def answer(book: MemoryBook, answers: list[str | None]) -> None:
    """在亮牌建议表逐行填上确认。"""
    grids = dict(book.sheets())
    grid = grids["亮牌建议"]
    column = [str(name) for name in grid.rows[2]].index("确认")
    body = [list(row) + [None] * (column + 1 - len(row)) for row in grid.rows[3:]]
    for index, row in enumerate(body):
        if row[0] is not None:
            row[column] = answers[index % len(answers)]
    grids["亮牌建议"] = type(grid)((*grid.rows[:3], *(tuple(row) for row in body)), grid.merges)
    book._grids = grids


@FEW
@given(ledgers(), DAYS, st.lists(st.sampled_from([None, "是", "否", "同意"]), min_size=1, max_size=4))
def test_answered_cards_settle_after_one_refresh(sheets: Sheets, as_of: date, answers: list[str | None]) -> None:
    book = MemoryBook.of(sheets)
    refreshed(book, as_of)
    before = {card.id for card in recompute(read_ledger(book.sheets(), as_of).ledger, all_circulars(), as_of).cards}
    answer(book, answers)
    refreshed(book, as_of)
    assert refreshed(book, as_of) == 0
    outcome = recompute(read_ledger(book.sheets(), as_of).ledger, all_circulars(), as_of)
    assert {card.id for card in outcome.cards} >= before
    logged = [record.remark for record in read_ledger(book.sheets(), as_of).ledger.records if record.event == "亮牌"]
    assert sorted(logged) == sorted(card.id for card in outcome.cards if card.answer == "是")


@FEW
@given(ledgers(), DAYS, st.integers(1, 60))
def test_what_is_dated_later_does_not_exist_yet(sheets: Sheets, as_of: date, days: int) -> None:
    later = as_of + timedelta(days=days)
    future: Sheets = {
        "进展反馈": [{"编号": number, "反馈日期": later, "填报单位": "教育局", "完成进度": 0.7, "处理结果": "采用"} for number in NUMBERS],
        "督查记录": [_record(later, event, ["A1"], "教育局、水务局", 0, None, "工作不到位") for event in ("工作提示", "约谈", "认定", "退回材料", "撤牌")],
        "调整申请": [{"编号": number, "调整事项": "完成时限", "新值": date(2027, 6, 30), "批准日期": later, "结果": "批准"} for number in NUMBERS],
    }  # fmt: skip
    plain, added = (
        judged(sheets, as_of),
        judged({**sheets, **{sheet: [*sheets[sheet], *rows] for sheet, rows in future.items()}}, as_of),
    )
    assert (verdicts(added), cards(added), prompts(added)) == (verdicts(plain), cards(plain), prompts(plain))
    assert ranking(added) == ranking(plain)


def moved(value: object, days: int) -> object:
    return value + timedelta(days=days) if isinstance(value, date) else value


@FEW
@given(tasks(), NODES, DAYS, st.integers(-1000, 1500))
def test_moving_every_date_by_the_same_days_moves_no_status(rows: Rows, nodes: Rows, as_of: date, days: int) -> None:
    rows = [row for row in rows if not isinstance(row["完成时限"], str)]
    sheets: Sheets = {"单位": [dict(row) for row in UNITS], LEDGER: rows, "时间节点": nodes}
    shifted = {
        sheet: [{head: moved(value, days) for head, value in row.items()} for row in part]
        for sheet, part in sheets.items()
    }
    first, second = judged(sheets, as_of), judged(shifted, as_of + timedelta(days=days))
    of = lambda outcome: {v.task.number: (v.status, v.expected, v.gap, v.days_left) for v in outcome.verdicts}  # noqa: E731
    assert of(first) == of(second)
    assert {card[1:5] for card in cards(first)} == {card[1:5] for card in cards(second)}


AHEAD = timedelta(days=4000)
"""移到没有放假安排的年份：两边都按周末推算。"""
WHOLE_YEARS = timedelta(days=28 * 365 + 7)
"""二十八个整年：月、日、星期都不变。"""
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def later(value: Any, by: timedelta) -> Any:
    """连同文字里的日期一起往后移。"""
    if isinstance(value, date):
        return value + by if value != date.min else value
    if isinstance(value, str):
        return _ISO.sub(lambda found: str(date.fromisoformat(found[0]) + by), value)
    if isinstance(value, dict):
        return {later(key, by): later(item, by) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return type(value)(later(item, by) for item in value)
    return value


def everything(outcome: Outcome) -> tuple[Any, ...]:
    """全部结论里随日期走的部分；建议编号和提示的期别名称带着年份，不比。"""
    return (
        dict(verdicts(outcome).items()),
        {card[1:] for card in cards(outcome)},
        {(*item[:2], *item[3:]) for item in prompts(outcome)},
        reminders(outcome),
        sorted((item.code, item.sheet, item.cell or "") for item in outcome.findings),
    )


@FEW
@given(ledgers(), DAYS)
def test_moving_every_date_by_whole_years_moves_every_verdict(sheets: Sheets, as_of: date) -> None:
    dated = [row for row in sheets[LEDGER] if not isinstance(row["完成时限"], str)]
    plain: Sheets = {**sheets, LEDGER: dated, "设置": [{"项目": "年度", "取值": 2037}]}
    moved_on: Sheets = {**later(later(plain, AHEAD), WHOLE_YEARS), "设置": [{"项目": "年度", "取值": 2065}]}
    first, second = judged(later(plain, AHEAD), as_of + AHEAD), judged(moved_on, as_of + AHEAD + WHOLE_YEARS)
    assert later(everything(first), WHOLE_YEARS) == everything(second)


@FEW
@given(ledgers(), DAYS)
def test_more_progress_never_brings_a_card_or_a_worse_status(sheets: Sheets, as_of: date) -> None:
    better = [{**row, "完成进度": 1.2} for row in sheets[LEDGER]]
    first, second = judged({**sheets, "进展反馈": []}, as_of), judged({**sheets, "进展反馈": [], LEDGER: better}, as_of)
    grounds = [
        {(card.colour, card.unit, card.ground, task) for card in one.cards for task in card.tasks}
        for one in (first, second)
    ]
    assert grounds[1] <= grounds[0]
    late = [{v.task.number for v in one.verdicts if v.status in ("进度滞后", "未按时启动")} for one in (first, second)]
    assert late[1] <= late[0]


@FEW
@given(ledgers(), DAYS)
def test_every_item_has_a_status_and_closed_ones_no_new_card_or_prompt(sheets: Sheets, as_of: date) -> None:
    outcome = judged(sheets, as_of)
    assert len(outcome.verdicts) == len(sheets[LEDGER])
    assert all(verdict.status and verdict.basis for verdict in outcome.verdicts)
    closed = {v.task.number for v in outcome.verdicts if v.status in ("已完成", "已销号")}
    named = {
        task
        for item in (*outcome.prompts, *outcome.cards)
        for task in item.tasks
        if getattr(item, "colour", "") != "红牌"
    }
    assert not named & closed
    unknown = {v.task.number for v in outcome.verdicts if v.status in ("数据待核", "缺时限")}
    computed = {
        task
        for card in outcome.cards
        for task in card.tasks
        if card.ground.startswith(("推进不力", "上报材料", "报送材料"))
    }
    assert not computed & unknown

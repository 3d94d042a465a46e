"""校验：逐行、跨行核对台账，只说哪里不对、怎么改，不判定、不改动。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain

from pyengine import findings as catalogue
from pyengine.cells import show
from pyengine.findings import Kind, finding
from pyengine.model import (
    Adjustment,
    Deadline,
    Feedback,
    Finding,
    Indicator,
    Ledger,
    Meeting,
    Node,
    Place,
    Task,
)  # fmt: skip
from pyengine.periods import read_period
from pyengine.terms import ARRANGED, DONE, IN_HAND, MISSING, UNREADABLE
from pyengine.units import unit_key

Findings = Iterator[Finding]
Numbered = Node | Indicator | Feedback | Adjustment | Meeting


def check(ledger: Ledger, stars: Mapping[str, int]) -> tuple[Finding, ...]:
    """全部校验问题（读台账时已发现的除外），按表、按行排列由调用者决定。stars 是现行文件给各工作类别定的星级。"""
    rows = (rule(task, ledger) for task in ledger.tasks for rule in _TASK_RULES)
    starred = (_stars(task, stars) for task in ledger.tasks if stars)
    return tuple(chain(chain.from_iterable(rows), *starred, *(rule(ledger) for rule in _LEDGER_RULES)))


def _of(task: Task, kind: Kind, column: str | None, **facts: object) -> Finding:
    return finding(kind, task.place, column, task.number, **facts)


def _deadlines(task: Task, ledger: Ledger) -> Findings:
    if task.due.kind == UNREADABLE:
        yield _of(task, catalogue.DEADLINE_UNREADABLE, "完成时限", note=task.due.note)
    elif task.due.kind == MISSING:
        yield _of(task, catalogue.DEADLINE_MISSING, "完成时限", note=task.due.note)
    if task.start_due.kind == UNREADABLE:
        yield _of(task, catalogue.DEADLINE_UNREADABLE, "启动时限", note=task.start_due.note)
    for column, due in (("启动时限", task.start_due), ("完成时限", task.due)):
        if due.doubt and not (task.closed or task.state == DONE):
            yield _of(task, catalogue.DEADLINE_DOUBT, column, note=due.doubt)


def _year(task: Task, ledger: Ledger) -> Findings:
    due, initiated = task.due.due, task.initiated
    if (
        due
        and not (initiated and due < initiated)
        and abs(due.year - ledger.year) > (1 if due.year > ledger.year else 0)
    ):
        yield _of(task, catalogue.YEAR_ODD, "完成时限", value=due, read=ledger.year)


def _order(task: Task, ledger: Ledger) -> Findings:
    start = task.start_due.due
    yield from _reversed(task, catalogue.END_BEFORE_START, ("完成时限", task.due.due), ("启动时限", start))
    yield from _reversed(task, catalogue.END_BEFORE_START, ("完成时限", task.due.due), ("立项日期", task.initiated))
    yield from _reversed(
        task, catalogue.DATES_REVERSED, ("方案备案日期", task.plan_filed), ("方案审查日期", task.plan_reviewed)
    )
    yield from _reversed(task, catalogue.DATES_REVERSED, ("办结日期", task.finished), ("立项日期", task.initiated))
    yield from _reversed(task, catalogue.DATES_REVERSED, ("办结日期", task.finished), ("实际启动日期", task.started))
    yield from _reversed(task, catalogue.DATES_REVERSED, ("销号日期", task.closed), ("办结日期", task.finished))


def _reversed(task: Task, kind: Kind, later: tuple[str, date | None], earlier: tuple[str, date | None]) -> Findings:
    if later[1] and earlier[1] and later[1] < earlier[1]:
        yield _of(task, kind, later[0], value=later[1], other=earlier[0], read=earlier[1])


def _closing(task: Task, ledger: Ledger) -> Findings:
    if not task.state:
        yield _of(task, catalogue.STATE_MISSING, "办理状态")
    if task.state == DONE and not task.finished:
        yield _of(task, catalogue.FINISHED_UNDATED, "办结日期")
    if task.finished and task.state in (IN_HAND, ARRANGED):
        yield _of(task, catalogue.FINISHED_UNMARKED, "办理状态", value=task.finished, read=task.state)
    if (task.closed or task.state == DONE) and not task.plan_filed:
        yield _of(task, catalogue.CLOSED_UNFILED, "方案备案日期", value="已销号" if task.closed else "已完成")


def _stars(task: Task, stars: Mapping[str, int]) -> Findings:
    due_stars = stars.get(task.category)
    if task.stars and due_stars and task.stars != due_stars:
        yield _of(task, catalogue.STARS_MISMATCH, "星级", value=task.stars, read=task.category, other=due_stars)
    elif not task.stars and due_stars:
        yield _of(task, catalogue.STARS_DERIVED, "星级", value=due_stars, read=task.category)
    elif not task.stars:
        yield _of(task, catalogue.STARS_MISSING, "星级")


def _blanks(task: Task, ledger: Ledger) -> Findings:
    for column, value in (("牵头领导", task.lead_leader), ("年度目标", task.goal)):
        if not value:
            yield _of(task, catalogue.FIELD_MISSING, column)


_TASK_RULES: tuple[Callable[[Task, Ledger], Findings], ...] = (
    _deadlines, _year, _order, _closing, _blanks,
)  # fmt: skip


def _twice(ledger: Ledger) -> Findings:
    places = ((task.number, task.place) for task in ledger.tasks if task.number)
    for number, same in _shared(places):
        for place in same:
            others = "、".join(other.ref("编号") for other in same if other is not place)
            yield finding(catalogue.NUMBER_TWICE, place, "编号", number, value=number, other=others)


def _shared(pairs: Iterable[tuple[str, Place]]) -> Iterator[tuple[str, list[Place]]]:
    groups: dict[str, list[Place]] = defaultdict(list)
    for key, place in pairs:
        groups[key].append(place)
    return ((key, places) for key, places in groups.items() if len(places) > 1)


def _dangling(ledger: Ledger) -> Findings:
    """各表里台账没有的编号。亮牌的行由系统照牌登记，原事件上已经报过，不重报。"""
    known = {task.number for task in ledger.tasks}
    single: Iterator[Numbered] = chain(
        ledger.nodes, ledger.indicators, ledger.feedback, ledger.adjustments, ledger.meetings
    )
    pairs = chain(
        ((item.place, (item.number,)) for item in single),
        ((record.place, record.numbers) for record in ledger.records if record.event != "亮牌"),
    )
    for place, numbers in pairs:
        for number in numbers:
            if number and number not in known:
                yield finding(catalogue.NUMBER_UNKNOWN, place, "编号", number, value=show(number))


def _unnumbered(ledger: Ledger) -> Findings:
    rows: Iterator[Numbered] = chain(ledger.nodes, ledger.indicators, ledger.feedback, ledger.adjustments)
    return (finding(catalogue.CHILD_UNNUMBERED, item.place, "编号") for item in rows if not item.number)


def _child_deadlines(ledger: Ledger) -> Findings:
    pairs: Iterator[tuple[Place, str, Deadline]] = chain(
        ((node.place, node.number, node.due) for node in ledger.nodes),
        ((meeting.place, meeting.number, meeting.due) for meeting in ledger.meetings),
    )
    for place, number, due in pairs:
        if due.kind == UNREADABLE:
            yield finding(catalogue.DEADLINE_UNREADABLE, place, "完成时限", number, note=due.note)
        elif due.doubt:
            yield finding(catalogue.DEADLINE_DOUBT, place, "完成时限", number, note=due.doubt)


def _periods(ledger: Ledger) -> Findings:
    for item in ledger.indicators:
        if item.period and read_period(item.period) is None:
            yield finding(catalogue.PERIOD_UNREADABLE, item.place, "期别", item.number, value=show(item.period))


def _undated(ledger: Ledger) -> Findings:
    for item in ledger.feedback:
        if item.on is None and item.place.cell("反馈日期"):
            yield finding(catalogue.EVENT_DATE_MISSING, item.place, "反馈日期", item.number)
    for record in ledger.records:
        if record.on is None:
            yield finding(catalogue.EVENT_DATE_MISSING, record.place, "日期", "、".join(record.numbers))


def _approvals(ledger: Ledger) -> Findings:
    for item in ledger.adjustments:
        if item.result != "批准":
            continue
        if item.approved is None:
            yield finding(catalogue.APPROVAL_UNDATED, item.place, "批准日期", item.number)
        elif item.item != "年度目标" and item.new_deadline.kind in (UNREADABLE, MISSING):
            yield finding(catalogue.ADJUSTMENT_UNREADABLE, item.place, "新值", item.number, value=show(item.new))


def _unit_names(ledger: Ledger) -> Findings:
    for name, same in _shared((unit_key(unit.name), unit.place) for unit in ledger.units):
        yield finding(catalogue.UNIT_TWICE, same[-1], "单位名称", value=name, other=same[0].ref("单位名称"))
    shorts = ((unit_key(short), unit.place) for unit in ledger.units for short in unit.short)
    for short, same in _shared(shorts):
        yield finding(catalogue.SHORT_NAME_CLASH, same[-1], "简称", value=short, other=same[0].ref("简称"))


_LEDGER_RULES: tuple[Callable[[Ledger], Findings], ...] = (
    _twice, _dangling, _unnumbered, _child_deadlines, _periods, _undated, _approvals, _unit_names,
)  # fmt: skip

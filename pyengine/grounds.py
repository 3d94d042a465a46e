"""台账看得出的亮牌事由：进度、启动、节点、时限、台账写得规范不规范。每个是一个小的纯函数，登记在 conditions。"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pyengine.case import Case, effective, has_started, is_open, may_lag, overdue_nodes, where
from pyengine.case import not_started as late_to_start
from pyengine.cells import percent, show
from pyengine.model import Task
from pyengine.outcome import Fact, Verdict
from pyengine.terms import NO_DEADLINE, UNVERIFIED


@dataclass(frozen=True, slots=True)
class Hit:
    """一处事由成立：哪个单位、哪些编号、什么事实；event 非空表示每个事件各是一张牌，on 是论文件的日子，least 是至少几件新的事实才成立。"""

    unit: str
    numbers: tuple[str, ...]
    facts: tuple[Fact, ...]
    on: date
    event: str = ""
    least: int = 1


Verdicts = Mapping[str, Verdict]
Condition = Callable[[Case, Verdicts], Iterator[Hit]]


def judgeable(case: Case, verdicts: Verdicts) -> Iterator[Verdict]:
    """可以据以计算亮牌的事项：在办，且不是数据待核、缺时限。"""
    for verdict in verdicts.values():
        if is_open(verdict.task, case.as_of) and verdict.status not in (UNVERIFIED, NO_DEADLINE):
            yield verdict


def each_lead(case: Case, task: Task, facts: tuple[Fact, ...]) -> Iterator[Hit]:
    """名录认得的各个牵头单位各一处。"""
    for unit in case.known_leads(task):
        yield Hit(unit, (task.number,), facts, case.as_of)


def _lag_over(case: Case, verdicts: Verdicts, item: str) -> Iterator[Verdict]:
    limit = case.settings.share(item)
    for verdict in judgeable(case, verdicts):
        if may_lag(verdict.task) and verdict.gap is not None and verdict.gap < -limit:
            yield verdict


def _lag_fact(verdict: Verdict) -> tuple[Fact, ...]:
    task = verdict.task
    assert verdict.expected is not None
    assert verdict.gap is not None
    done = "没有报进度" if verdict.progress is None else f"完成进度{percent(round(verdict.progress, 4))}"
    text = f"{task.number}{done}，应达{percent(round(verdict.expected, 4))}，差{percent(round(-verdict.gap, 4))}（{task.place.ref('完成进度')}）"
    return (Fact(text, task.number, lasting=True),)


def lag(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """橙牌：进度低于应达进度超过“橙牌滞后”。"""
    for verdict in _lag_over(case, verdicts, "橙牌滞后"):
        yield from each_lead(case, verdict.task, _lag_fact(verdict))


def severe_lag(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """2022 红牌：进度低于应达进度超过“严重滞后”。"""
    for verdict in _lag_over(case, verdicts, "严重滞后"):
        yield from each_lead(case, verdict.task, _lag_fact(verdict))


def started_behind(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """2022 蓝牌：已经启动，进度低于应达进度超过“滞后容差”。"""
    for verdict in _lag_over(case, verdicts, "滞后容差"):
        if has_started(verdict.task, verdict.progress, case):
            yield from each_lead(case, verdict.task, _lag_fact(verdict))


def not_started(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """2022 黄牌：过了启动时限没有启动。"""
    for verdict in judgeable(case, verdicts):
        if late_to_start(verdict.task, verdict.progress, case):
            task, start = verdict.task, effective(verdict.task, case, "启动时限")
            text = f"{task.number}应于{start.due}启动，至今没有启动（{where(start, task, '启动时限')}）"
            yield from each_lead(case, task, (Fact(text, task.number),))


def long_preparation(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """2022 黄牌：立项超过“筹备超期天数”仍没有启动。"""
    limit = case.settings.int("筹备超期天数")
    for verdict in judgeable(case, verdicts):
        task = verdict.task
        waiting = (case.as_of - task.initiated).days if task.initiated else 0
        if waiting > limit and not has_started(task, verdict.progress, case):
            text = f"{task.number}立项{waiting}天仍没有启动（{task.place.ref('立项日期')}）"
            yield from each_lead(case, task, (Fact(text, task.number, lasting=True),))


def node_overdue(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """橙牌：节点逾期超过“逾期宽限天数”。"""
    grace = case.settings.int("逾期宽限天数")
    for verdict in judgeable(case, verdicts):
        nodes = overdue_nodes(verdict.task, case, grace) if may_lag(verdict.task) else ()
        facts = tuple(
            Fact(
                f"{node.number}节点“{node.content}”应于{node.due.due}完成（{node.place.ref('完成时限')}）", node.number
            )
            for node in nodes
        )
        if facts:
            yield from each_lead(case, verdict.task, facts)


def deadline_overdue(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """橙牌：完成时限逾期超过“逾期宽限天数”。"""
    grace = case.settings.int("逾期宽限天数")
    for verdict in judgeable(case, verdicts):
        if may_lag(verdict.task) and verdict.days_left is not None and verdict.days_left < -grace:
            text = f"{verdict.task.number}应于{verdict.deadline.due}完成，至今未完成（{where(verdict.deadline, verdict.task, '完成时限')}）"
            yield from each_lead(case, verdict.task, (Fact(text, verdict.task.number),))


def ledger_substandard(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """黄牌：台账一处不规范，自校验首次提示起超过“台账宽限天数”仍没有改。说的是这一行，不是进度：数据待核、缺时限的也算。"""
    grace = case.settings.int("台账宽限天数")
    tasks = {(task.place.sheet, task.place.row): task for task in case.ledger.tasks}
    for item, first in case.standing.items():
        task = tasks.get((item.sheet, item.row or 0))
        if task is not None and (case.as_of - first).days > grace and is_open(task, case.as_of):
            name, numbers = task.number or show(task.content), (task.number,) if task.number else ()
            text = f"{name}{item.message}，{first}起校验已提示（{item.sheet}!{item.cell}）"
            for unit in case.known_leads(task):
                yield Hit(unit, numbers, (Fact(text, task.number),), case.as_of)

"""提示：3★一季度一提示、4★一月一提示，在督检汇总前发出；5★按进度随时提示（友政办发〔2023〕1号 二（三））。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from pyengine.case import Case, is_open, may_lag, node_is_done, overdue_nodes
from pyengine.model import Task
from pyengine.outcome import Prompt, Verdict
from pyengine.periods import DAY, PERIODS, Period, month_end
from pyengine.rules import Rule

EVENT = "工作提示"
AT_ANY_TIME = "随时"
_LOOK_AHEAD = 6


def roundup_day(period: Period, case: Case) -> date:
    """督检汇总日：期内最后一个月的汇总日，遇休息日提前。"""
    last = period.last_day
    day = last.replace(day=min(case.settings.int("汇总日"), month_end(last.year, last.month).day))
    return case.ledger.calendar.on_or_before(day)


def issue_day(period: Period, case: Case) -> date:
    """提示发出日：汇总日前第“提前工作日”个工作日。"""
    return case.ledger.calendar.shift(roundup_day(period, case), -case.settings.int("提前工作日"))


def prompt_rules(case: Case) -> Mapping[int, Rule]:
    """现行各星级的提示规则；没有文件说到提示的日子为空。"""
    return {rule.stars: rule for rule in case.regime.rules("提示") if rule.stars and rule.cadence}


def judge_prompts(case: Case, verdicts: Mapping[str, Verdict]) -> tuple[Prompt, ...]:
    """判定日应当发出的提示：一个单位一个星级一期一条，含该单位当期还没有提示过的全部事项。"""
    log = PromptLog(case)
    groups: dict[tuple[str, int, date, str], list[str]] = defaultdict(list)
    for verdict in verdicts.values():
        rule = prompt_rules(case).get(verdict.stars or 0)
        if rule is None or not is_open(verdict.task, case.as_of):
            continue
        for unit in case.known_leads(verdict.task):
            for issue_on, label in _due(case.under(rule), rule, verdict, unit, log):
                groups[unit, rule.stars or 0, issue_on, label].append(verdict.task.number)
    rules = prompt_rules(case)
    return tuple(_prompt(case, log, key, numbers, rules[key[1]]) for key, numbers in sorted(groups.items()))


def _prompt(case: Case, log: PromptLog, key: tuple[str, int, date, str], numbers: list[str], rule: Rule) -> Prompt:
    unit, stars, issue_on, label = key
    if rule.cadence == AT_ANY_TIME:  # 5★随时提示：已列在待办里而没有发的，从列出之日算
        rested = max(log.rested_on(case.tasks[number], unit) for number in numbers)
        shown = min(case.ledger.first_shown("提示", number, unit, issue_on) for number in numbers)
        issue_on = max(shown, rested)
        label = issue_on.isoformat()
    calendar, start = case.ledger.calendar, max(issue_on, case.as_of)
    reply_by = calendar.shift(start, case.under(rule).settings.int("提示反馈工作日"))
    provisional = calendar.provisional(start, reply_by)
    return Prompt(unit, stars, label, issue_on, reply_by, tuple(numbers), rule.cite, provisional)


def _due(case: Case, rule: Rule, verdict: Verdict, unit: str, log: PromptLog) -> Iterator[tuple[date, str]]:
    if rule.cadence == AT_ANY_TIME:
        if reasons(case, verdict) and log.rested(verdict.task, unit):
            yield case.as_of, case.as_of.isoformat()
        return
    current = PERIODS[rule.cadence](case.as_of)
    for period in (current, PERIODS[rule.cadence](current.end)):
        issue_on = issue_day(period, case)
        if issue_on <= case.as_of and not log.prompted(verdict.task, unit, min(period.start, issue_on), period.end):
            yield issue_on, period.label


def reasons(case: Case, verdict: Verdict) -> tuple[str, ...]:
    """5★此刻应当提示的原因：节点临近、节点逾期、进度滞后、久无反馈；都没有则空。"""
    task, settings = verdict.task, case.settings
    near = [
        node for node in _ahead(task, case) if node <= case.as_of + timedelta(days=settings.int("五星节点临近天数"))
    ]
    lagging = may_lag(task) and verdict.gap is not None and verdict.gap < -settings.share("滞后容差")
    silent = (last := last_reply(task, case)) is not None and (case.as_of - last).days >= settings.int("五星静默天数")
    causes = {
        "节点临近": bool(near),
        "节点逾期": bool(overdue_nodes(task, case)),
        "进度滞后": lagging,
        "久无反馈": silent,
    }
    return tuple(cause for cause, holds in causes.items() if holds)


def _ahead(task: Task, case: Case) -> list[date]:
    nodes = case.nodes.get(task.number, ())
    return [
        node.due.due
        for node in nodes
        if node.due.due and node.due.due >= case.as_of and not node_is_done(node, case.as_of)
    ]


def last_reply(task: Task, case: Case) -> date | None:
    """最近一次反馈的日期；从来没有则从立项日期起算。"""
    return max((item.on for item in case.feedback.get(task.number, ()) if item.on), default=task.initiated)


def next_prompt(case: Case, verdict: Verdict, log: PromptLog) -> date | None:
    """下次提示：判定日当天或以后、还没有登记过提示的最近一个发出日；不作提示的为 None。"""
    rule = prompt_rules(case).get(verdict.stars or 0)
    units = case.known_leads(verdict.task)
    if rule is None or not units or not is_open(verdict.task, case.as_of):
        return None
    case = case.under(rule)
    if rule.cadence == AT_ANY_TIME:
        return _next_any_time(case, verdict, log, units)
    period = PERIODS[rule.cadence](case.as_of)
    for _ in range(_LOOK_AHEAD):
        issue_on = issue_day(period, case)
        pending = any(not log.prompted(verdict.task, unit, min(period.start, issue_on), period.end) for unit in units)
        if issue_on >= case.as_of and pending:
            return issue_on
        period = PERIODS[rule.cadence](period.end)
    return None


def _next_any_time(case: Case, verdict: Verdict, log: PromptLog, units: tuple[str, ...]) -> date | None:
    task, settings = verdict.task, case.settings
    rested = min(log.rested_on(task, unit) for unit in units)
    days = [case.as_of] if reasons(case, verdict) else []
    days += [node - timedelta(days=settings.int("五星节点临近天数")) for node in _ahead(task, case)]
    last = last_reply(task, case)
    days += [last + timedelta(days=settings.int("五星静默天数"))] if last else []
    return min((max(day, case.as_of, rested) for day in days), default=None)


class PromptLog:
    """督查记录里登记过的工作提示，按单位理好。"""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._by_unit: dict[str, list[tuple[date, frozenset[str]]]] = defaultdict(list)
        for record in case.records:
            if record.event == EVENT and record.on:
                for unit in case.units_of(record):
                    self._by_unit[unit].append((record.on, frozenset(record.numbers)))

    def _days(self, task: Task, unit: str) -> list[date]:
        return [on for on, numbers in self._by_unit.get(unit, ()) if not numbers or task.number in numbers]

    def prompted(self, task: Task, unit: str, start: date, end: date) -> bool:
        """[start, end) 之间有没有提示过；没有写编号的提示算该单位全部事项。"""
        return any(start <= day < end for day in self._days(task, unit))

    def rested_on(self, task: Task, unit: str) -> date:
        """上次提示满“五星提示间隔天数”之日；没有提示过则为最早的日期。"""
        days = self._days(task, unit)
        return max(days) + self._case.settings.int("五星提示间隔天数") * DAY if days else date.min

    def rested(self, task: Task, unit: str) -> bool:
        """5★距上次提示是否已满间隔。"""
        return self.rested_on(task, unit) <= self._case.as_of

"""从前：台账上次怎么说，这次有没有不声不响地改了。只对照判定日以前最近的一次快照；未经批准的改动不算数，原值一直记着。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pyengine import findings as catalogue
from pyengine.case import Case, approved, is_open, reported, stated
from pyengine.cells import percent, plain_text, quoted
from pyengine.deadlines import normal_form, same_words, show_deadline
from pyengine.decisions import recall_decisions
from pyengine.findings import finding, sheet_finding
from pyengine.model import (
    NO_SNAPSHOT,
    Deadline,
    Finding,
    FindingKey,
    Ledger,
    PastItem,
    Record,
    Snapshot,
    Task,
)  # fmt: skip
from pyengine.terms import CLOSED, ERROR, FINISHED, MISSING, UNREADABLE

DEADLINES = ("完成时限", "启动时限")
SUBSTANDARD = frozenset((catalogue.FIELD_MISSING.code, catalogue.DEADLINE_MISSING.code))
"""错误级以外也算台账不规范的问题：牵头领导、年度目标、完成时限没有填。"""


@dataclass(frozen=True, slots=True)
class Recollection:
    """对照的结果：kept 改动未经批准、仍旧算数的时限，findings 要提请核对的，standing 各处不规范首次报出的日子，snapshot 供下一次对照。"""

    kept: Mapping[tuple[str, str], Deadline]
    findings: tuple[Finding, ...]
    standing: Mapping[Finding, date]
    snapshot: Snapshot


def recall(case: Case, findings: Iterable[Finding]) -> Recollection:
    """台账与从前对照；findings 是本次读和核发现的问题。没有历史的，只记下这一次。"""
    findings, last = tuple(findings), newest(case.ledger, case.as_of)
    before, unique = {item.number: item for item in last.items}, _unique(case.ledger)
    broken = {(item.sheet, item.row) for item in findings if item.severity == ERROR}
    struck = _struck(case)
    views = [
        _View(task, before.get(number), case, _at(task) in broken, struck.get(number))
        for number, task in unique.items()
    ]
    decided = recall_decisions(case, last.decisions)
    standing, days = _standing(case, findings, last)
    items = {**before, **{view.task.number: view.next() for view in views}}
    snapshot = Snapshot(case.as_of, tuple(items[number] for number in sorted(items)), decided.decisions, days)
    found = (item for view in views for item in view.findings())
    gone = _gone(case, before.values(), struck)
    kept = {(view.task.number, header): due for view in views for header in DEADLINES if (due := view.kept(header))}
    return Recollection(kept, (*found, *gone, *decided.findings), standing, snapshot)


def newest(ledger: Ledger, as_of: date) -> Snapshot:
    """不晚于 as_of 的最近一次快照；没有则是空的。"""
    seen = (snapshot for snapshot in ledger.past if snapshot.as_of <= as_of)
    return max(seen, key=lambda snapshot: snapshot.as_of, default=NO_SNAPSHOT)


def _unique(ledger: Ledger) -> Mapping[str, Task]:
    """编号不重复的事项：重复的（错误 X01）分不清谁是谁，改正以前照旧记着。"""
    counts = Counter(task.number for task in ledger.tasks)
    return {task.number: task for task in ledger.tasks if task.number and counts[task.number] == 1}


def _struck(case: Case) -> Mapping[str, Record]:
    """督查记录里登记了销号的编号，和最近的那一行。"""
    return {number: record for record in case.records if record.event == "销号" for number in record.numbers}


def _at(task: Task) -> tuple[str, int | None]:
    return task.place.sheet, task.place.row


@dataclass(frozen=True, slots=True)
class _View:
    """一个事项的现在（task）和从前（old，头一次见为 None）。broken 是本行有错误，struck 是登记了销号的那一行。"""

    task: Task
    old: PastItem | None
    case: Case
    broken: bool
    struck: Record | None

    def before(self, header: str) -> Deadline:
        """从前的时限；头一次见为缺失。"""
        if self.old is None:
            return Deadline()
        return self.old.due if header == DEADLINES[0] else self.old.start_due

    def moved(self, header: str) -> bool:
        """时限是否未经批准就改了：从空白补填的不算，读不出的另有错误，写法没动只因设置变了的不算。"""
        before, now = self.before(header), stated(self.task, header)
        if before.kind == MISSING or now.kind == UNREADABLE or _resolved(before) == _resolved(now):
            return False
        if self.old and self.old.initiated == self.task.initiated and same_words(before, now):
            return False
        agreed = approved(self.task, self.case, header)
        return agreed is None or _resolved(agreed) != _resolved(now)

    def kept(self, header: str) -> Deadline | None:
        """改动不算数、仍按从前的时限，写明缘由；没有改，或另有批准的时限，则 None。"""
        before = self.before(header)
        if not self.moved(header) or approved(self.task, self.case, header):
            return None
        dates = (before.due,) if before.due else ()
        return replace(before, dates=dates, note=f"改动未经批准，仍按{show_deadline(before)}")

    def _baseline(self, header: str) -> Deadline:
        now = stated(self.task, header)
        if self.moved(header) or now.kind == UNREADABLE:
            return self.before(header)
        return Deadline(now.kind, now.due, now.start, text=now.text)

    def _same_goal(self) -> bool:
        before, now = self.old.goal if self.old else "", self.task.goal
        return before == now or normal_form(before) == normal_form(now)

    def _goal_moved(self) -> bool:
        """年度目标是否未经批准就改了：从空白补填的不算。"""
        if self.old is None or not self.old.goal or self._same_goal():
            return False
        goal, since = normal_form(self.task.goal), self.old.goal_since
        rows = (row for row in self.case.adjustments.get(self.task.number, ()) if row.item == "年度目标")
        return not any((row.approved or since) > since or normal_form(plain_text(row.new)) == goal for row in rows)

    def _reopened(self) -> bool:
        return bool(self.old and self.old.last_closed and is_open(self.task, self.case.as_of))

    def _fell(self) -> bool:
        """台账的完成进度是否倒退：进度以反馈为准的、完结的不论。"""
        old, now = self.old.progress if self.old else None, self.task.progress
        if old is None or now is None or now >= old:
            return False
        return is_open(self.task, self.case.as_of) and reported(self.task, self.case) is None

    def findings(self) -> Iterator[Finding]:
        """要提请核对的各处。"""
        for header in DEADLINES:
            if self.moved(header):
                yield self._deadline_finding(header)
        old = self.old
        if old and self._goal_moved():
            yield self._note(catalogue.GOAL_CHANGED, "年度目标", value=quoted(old.goal), read=quoted(self.task.goal))
        if old and self._reopened() and not self.broken:
            word, column = (CLOSED, "销号日期") if old.closed else (FINISHED, "办理状态")
            yield self._note(catalogue.REOPENED, column, value=old.last_closed, read=word)
        if old and old.progress is not None and self.task.progress is not None and self._fell():
            facts = {"value": percent(old.progress), "read": percent(self.task.progress)}
            yield self._note(catalogue.PROGRESS_FELL, "完成进度", **facts)
        if self.struck and not self.task.closed:
            where = self.struck.place.ref("事件")
            yield self._note(catalogue.CLOSING_UNDATED, "销号日期", value=self.struck.on, where=where)

    def _deadline_finding(self, header: str) -> Finding:
        agreed = approved(self.task, self.case, header)
        facts = {"value": show_deadline(self.before(header)), "read": show_deadline(stated(self.task, header))}
        if agreed is None:
            return self._note(catalogue.DEADLINE_CHANGED, header, **facts)
        return self._note(catalogue.DEADLINE_NOT_AS_APPROVED, header, **facts, other=show_deadline(agreed))

    def _note(self, kind: catalogue.Kind, column: str, **facts: object) -> Finding:
        return finding(kind, self.task.place, column, self.task.number, **facts)

    def next(self) -> PastItem:
        """记给下一次的样子：悄悄改了的仍记从前的。"""
        task, as_of, old = self.task, self.case.as_of, self.old
        done = old if old and self._reopened() else task
        same_goal = old and (self._same_goal() or self._goal_moved())
        moved = old and any(map(self.moved, DEADLINES))
        lower = old and (self._fell() or task.progress is None)
        return PastItem(
            number=task.number, sheet=task.place.sheet, initiated=old.initiated if old and moved else task.initiated, due=self._baseline(DEADLINES[0]),
            start_due=self._baseline(DEADLINES[1]), goal=old.goal if old and same_goal else task.goal,
            goal_since=old.goal_since if old and same_goal else as_of, state=done.state, finished=done.finished,
            closed=done.closed, progress=old.progress if old and lower else task.progress,
            last_closed=self._last_closed(), last_seen=as_of,
        )  # fmt: skip

    def _last_closed(self) -> date | None:
        if not is_open(self.task, self.case.as_of):
            return self.case.as_of
        return self.old.last_closed if self.old else None


def _resolved(due: Deadline) -> tuple[str, date | None]:
    return due.kind, due.due


def _gone(case: Case, before: Iterable[PastItem], struck: Mapping[str, Record]) -> Iterator[Finding]:
    """从前在办、现在哪张台账里都没有的事项；督查记录里销了号的不算。"""
    known = {task.number for task in case.ledger.tasks} | set(struck)
    for item in before:
        if item.number not in known and item.last_closed != item.last_seen:
            yield sheet_finding(catalogue.ITEM_GONE, item.sheet, item.number, value=item.last_seen)


def _standing(
    case: Case, findings: Iterable[Finding], last: Snapshot
) -> tuple[Mapping[Finding, date], Mapping[FindingKey, date]]:
    """台账各行的不规范之处，和它们首次报出的日子。表里没有那一列的不算：单位无处可填。"""
    names = {_at(task): task.number or task.content for task in case.ledger.tasks}
    standing: dict[Finding, date] = {}
    days: dict[FindingKey, date] = {}
    for item in findings:
        name = names.get((item.sheet, item.row))
        if name and item.cell and (item.severity == ERROR or item.code in SUBSTANDARD):
            key = item.code, name, item.column or ""
            standing[item] = days[key] = last.standing.get(key, case.as_of)
    return standing, dict(sorted(days.items()))

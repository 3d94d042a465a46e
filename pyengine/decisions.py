"""会商议定：会商确定的事项要坚定落实，不能朝令夕改（友政办发〔2022〕11号 二（三））。逐条对照从前议定的。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from pyengine import findings as catalogue
from pyengine.case import Case
from pyengine.cells import quoted
from pyengine.deadlines import normal_form, same_words, show_deadline
from pyengine.findings import finding, sheet_finding
from pyengine.model import Deadline, Finding, Meeting, PastDecision
from pyengine.units import Directory

SHEET = "会商调度"
Pair = tuple[PastDecision, Meeting]


@dataclass(frozen=True, slots=True)
class Decided:
    """对照的结果：findings 议定后悄悄改了、没了的，decisions 记给下一次的各事项（改了的仍记原来议定的）。"""

    findings: tuple[Finding, ...]
    decisions: tuple[PastDecision, ...]


def recall_decisions(case: Case, before: Iterable[PastDecision]) -> Decided:
    """从前议定的是否都还一字不改地在：办理结果可以变，行序无关；同一编号后来再次会商的，以后来的为准。"""
    rows = [row for row in case.ledger.meetings if row.on and row.on <= case.as_of]
    gone, new, standing = _exact([_in_full(item, case.directory) for item in before], rows)
    latest = {row.number: row.on for row in sorted(rows, key=lambda row: row.on or date.min) if row.on and row.number}
    gone = [item for item in gone if latest.get(item.number, item.on) <= item.on]
    pairs, lost = _paired(gone, new)
    changed = [(item, row) for item, row in pairs if not _same(item, row)]
    altered = {id(row) for _, row in changed}
    fresh = (_of(row) for row in new if id(row) not in altered)
    found = (*(_changed(item, row) for item, row in changed), *map(_lost, lost))
    return Decided(found, tuple(sorted((*standing, *(item for item, _ in changed), *lost, *fresh), key=_order)))


def _of(row: Meeting) -> PastDecision:
    assert row.on is not None
    return PastDecision(
        row.on,
        row.number,
        row.decision,
        row.units,
        Deadline(row.due.kind, row.due.due, row.due.start, text=row.due.text),
    )


def _in_full(item: PastDecision, directory: Directory) -> PastDecision:
    """单位按今天的名录写成全称：名录补了简称，不是改了议定事项。"""
    return replace(item, units=tuple(dict.fromkeys(directory.resolve(name) or name for name in item.units)))


def _key(item: PastDecision) -> tuple[object, ...]:
    return item.on, item.number, normal_form(item.decision), frozenset(item.units), item.due.kind, item.due.due


def _order(item: PastDecision) -> tuple[object, ...]:
    return item.on, item.number, item.decision, item.units, item.due.kind, item.due.text


def _exact(
    before: list[PastDecision], rows: list[Meeting]
) -> tuple[list[PastDecision], list[Meeting], list[PastDecision]]:
    """(从前有而现在找不到的，现在有而从前没有的行，一字未改的)。"""
    pool: dict[tuple[object, ...], list[Meeting]] = defaultdict(list)
    for row in rows:
        pool[_key(_of(row))].append(row)
    gone: list[PastDecision] = []
    standing: list[PastDecision] = []
    for item in sorted(before, key=_order):
        same = pool[_key(item)]
        (standing if same else gone).append(_of(same.pop()) if same else item)
    return gone, [row for left in pool.values() for row in left], standing


def _paired(gone: list[PastDecision], new: list[Meeting]) -> tuple[list[Pair], list[PastDecision]]:
    """同一天、同一编号的，认作原来那一行改了：先认事项文字没变的，再认单位时限没变的，最后是其余的。另给没有认到的。"""
    left, free = list(gone), sorted(new, key=lambda row: _order(_of(row)))
    pairs: list[Pair] = []
    for alike in (_same_text, _same_terms, _same_meeting):
        for item in tuple(left):
            row = next((row for row in free if _same_meeting(item, row) and alike(item, row)), None)
            if row is not None:
                pairs.append((item, row))
                left = [other for other in left if other is not item]
                free = [other for other in free if other is not row]
    return pairs, left


def _same_meeting(item: PastDecision, row: Meeting) -> bool:
    return (item.on, item.number) == (row.on, row.number)


def _same_text(item: PastDecision, row: Meeting) -> bool:
    return normal_form(item.decision) == normal_form(row.decision)


def _same_units(item: PastDecision, row: Meeting) -> bool:
    return set(item.units) == set(row.units)


def _same_due(item: PastDecision, row: Meeting) -> bool:
    return (item.due.kind, item.due.due) == (row.due.kind, row.due.due) or same_words(item.due, row.due)


def _same_terms(item: PastDecision, row: Meeting) -> bool:
    return _same_units(item, row) and _same_due(item, row)


def _same(item: PastDecision, row: Meeting) -> bool:
    return _same_text(item, row) and _same_terms(item, row)


_PARTS: tuple[tuple[str, Callable[[PastDecision, Meeting], bool], Callable[[PastDecision], str]], ...] = (
    ("议定事项", _same_text, lambda item: quoted(item.decision)),
    ("责任单位", _same_units, lambda item: quoted("、".join(item.units))),
    ("完成时限", _same_due, lambda item: show_deadline(item.due)),
)


def _changed(item: PastDecision, row: Meeting) -> Finding:
    parts = [(column, words) for column, same, words in _PARTS if not same(item, row)]
    changes = "，".join(f"{column}由{words(item)}改为{words(_of(row))}" for column, words in parts)
    return finding(catalogue.DECISION_CHANGED, row.place, parts[0][0], row.number, value=item.on, changes=changes)


def _lost(item: PastDecision) -> Finding:
    facts = {"value": item.on, "read": quoted(item.decision)}
    return sheet_finding(catalogue.DECISION_GONE, SHEET, item.number, **facts)

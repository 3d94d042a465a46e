"""公文里的事实：依据、事项、单位的次序，几种公文共用。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from pyengine.model import Feedback, Ledger
from pyengine.outcome import Card, Outcome, Prompt, Verdict
from pyengine.rulebook import all_circulars
from pyengine.terms import DATED, OPEN_ENDED

FEEDBACK_LENGTH: Final = 60
Row = Mapping[str, object]
_Item = TypeVar("_Item", Prompt, Card)


def basis(grounds: Sequence[Prompt] | Sequence[Card]) -> Row:
    """依据：每份文件的名称、文号、条款；另有只写文号、只写条款的两个名称。"""
    titles = {circular.number: circular.title for circular in all_circulars()}
    clauses: dict[str, dict[str, None]] = {}
    for item in grounds:
        clauses.setdefault(item.cite.circular, {})[item.cite.clause] = None
    rows = ({"名称": titles.get(number, ""), "文号": number, "条款": "、".join(of)} for number, of in clauses.items())
    return {
        "依据": tuple(rows),
        "依据文号": "、".join(clauses),
        "依据条款": "、".join(dict.fromkeys(clause for of in clauses.values() for clause in of)),
    }


def items(outcome: Outcome, unit: str, numbers: Iterable[str]) -> Sequence[Verdict]:
    """这些编号的判定，次序同台账；编号与别的单位重复的，只取本单位的。"""
    wanted = set(numbers)
    found = [verdict for verdict in outcome.verdicts if verdict.task.number in wanted]
    return [verdict for verdict in found if unit in verdict.task.lead_units] or found


def item_row(verdict: Verdict, feedback: Feedback | None = None) -> Row:
    """一个事项在公文里的各项。"""
    task = verdict.task
    return {
        "编号": task.number,
        "星级": verdict.stars,
        "工作任务": task.content,
        "年度目标": task.goal,
        "完成时限": _deadline(verdict),
        "当前进度": verdict.progress,
        "应达进度": verdict.expected,
        "上次反馈日期": feedback.on if feedback else None,
        "上次反馈": _told(feedback) if feedback else "尚未反馈",
        "预警状态": verdict.status,
    }


def _told(feedback: Feedback) -> str:
    """上次反馈的要点：至多六十字；退回的注明。"""
    rest = "……" if len(feedback.content) > FEEDBACK_LENGTH else ""
    return feedback.content[:FEEDBACK_LENGTH] + rest + ("（已退回）" if feedback.result == "退回" else "")


def _deadline(verdict: Verdict) -> date | str:
    due = verdict.deadline
    otherwise = "持续推进" if due.kind == OPEN_ENDED else due.text or "待明确"
    return due.due if due.kind == DATED and due.due else otherwise


def listed(rows: Iterable[Row]) -> tuple[Row, ...]:
    """各行加上序号，从 1 起。"""
    return tuple({"序号": index, **row} for index, row in enumerate(rows, 1))


def by_unit(ledger: Ledger, found: Iterable[_Item]) -> Mapping[str, list[_Item]]:
    """按单位归并，次序同单位名录；名录里没有的排在后面。"""
    grouped: dict[str, list[_Item]] = {unit.name: [] for unit in ledger.units}
    for item in found:
        grouped.setdefault(item.unit, []).append(item)
    return {unit: of for unit, of in grouped.items() if of}

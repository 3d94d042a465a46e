"""快照与文字：历史文件里一个判定日的样子（事项、会商、仍在的问题，和判出的状态）写成 JSON，读回来还是它。"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from pyengine.cards import gravest, shown_name
from pyengine.model import Deadline, PastDecision, PastItem, Share, Snapshot
from pyengine.outcome import Outcome

from .database import Damaged

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Judged:
    """判出的一项：编号（没有编号的为空）、工作任务、牵头单位、预警状态、亮牌、进度、时限。"""

    number: str
    title: str
    units: str
    status: str
    card: str
    progress: Share | None
    due: date | None


def judged(outcome: Outcome) -> tuple[Judged, ...]:
    """各事项判出的样子，按台账次序。"""
    cards = gravest(outcome.cards)
    return tuple(
        Judged(
            task.number, task.content, "、".join(task.lead_units), verdict.status,
            shown_name(cards[task.number]) if task.number in cards else "", verdict.progress, verdict.deadline.due,
        )
        for verdict in outcome.verdicts
        for task in (verdict.task,)
    )  # fmt: skip


def judged_json(rows: Iterable[Judged]) -> str:
    """各项一行：次序同 Judged 的字段。"""
    lines = [[getattr(row, name) for name in Judged.__slots__] for row in rows]
    return json.dumps(lines, ensure_ascii=False, separators=(",", ":"), default=_plain)


def judged_from(text: str) -> tuple[Judged, ...]:
    """judged_json 的内容读回；写法不对抛 Damaged。"""
    try:
        return tuple(_judged(*line) for line in json.loads(text))
    except (ValueError, TypeError) as error:
        raise Damaged from error


def _judged(
    number: str, title: str, units: str, status: str, card: str, progress: str | None, due: str | None
) -> Judged:
    share = None if progress is None else Fraction(progress)
    return Judged(number, title, units, status, card, share, None if due is None else date.fromisoformat(due))


def to_json(snapshot: Snapshot) -> str:
    """快照的 JSON：空着的不写，日期 ISO，进度是分数。"""
    content = {
        "items": snapshot.items,
        "decisions": snapshot.decisions,
        "standing": [(*key, day) for key, day in snapshot.standing.items()],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    row = {name: getattr(value, name) for name in type(value).__slots__}  # type: ignore[attr-defined]
    return {name: part for name, part in row.items() if part or isinstance(part, Fraction)}


def from_json(as_of: str, text: str) -> Snapshot:
    """to_json 的内容读回快照；写法不对抛 Damaged。"""
    try:
        content = json.loads(text)
        return Snapshot(
            as_of=date.fromisoformat(as_of),
            items=tuple(PastItem(**_item(row)) for row in content["items"]),
            decisions=tuple(_decision(row) for row in content["decisions"]),
            standing={(code, name, column): date.fromisoformat(day) for code, name, column, day in content["standing"]},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged from error


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: _maybe(row, name, date.fromisoformat) for name in ("initiated", "finished", "closed", "last_closed")}
    return {
        "number": row.get("number", ""), "sheet": row.get("sheet", ""), "goal": row.get("goal", ""), "state": row.get("state", ""),
        "due": _deadline(row["due"]), "start_due": _deadline(row["start_due"]),
        "goal_since": date.fromisoformat(row["goal_since"]), "last_seen": date.fromisoformat(row["last_seen"]),
        "progress": _maybe(row, "progress", Fraction), **days,
    }  # fmt: skip


def _decision(row: Mapping[str, Any]) -> PastDecision:
    return PastDecision(
        date.fromisoformat(row["on"]), row.get("number", ""), row.get("decision", ""), tuple(row.get("units", ())),
        _deadline(row["due"]),
    )  # fmt: skip


def _deadline(row: Mapping[str, Any]) -> Deadline:
    due, start = (_maybe(row, name, date.fromisoformat) for name in ("due", "start"))
    dates = tuple(map(date.fromisoformat, row.get("dates", ())))
    return Deadline(
        row["kind"], due, start, dates, row.get("note", ""), row.get("text", ""), recurs=row.get("recurs", "")
    )


def _maybe(row: Mapping[str, Any], name: str, read: Callable[[str], T]) -> T | None:
    return read(row[name]) if name in row else None

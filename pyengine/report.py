"""结果的 JSON：字段名是约定，写给别的程序读。日期 ISO，没有的为 null，进度是比例。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from pyengine.cards import gravest, shown_name, standing
from pyengine.grid import Written
from pyengine.kinds import Letter
from pyengine.model import Finding
from pyengine.outcome import Card, IndicatorState, Outcome, Prompt, RankRow, Reminder, ScoreItem, Verdict
from pyengine.summary import summarise
from pyengine.terms import STATUSES

Json = dict[str, Any]


def report(
    ledger: Path, outcome: Outcome, written: Written, letters: Iterable[tuple[Letter, Path | None]] = ()
) -> Json:
    """一次运行的完整结果。"""
    cards = gravest(outcome.cards)
    return {
        "as_of": outcome.as_of.isoformat(),
        "ledger": str(ledger),
        "circulars": [{"number": number, "chapters": list(chapters)} for number, chapters in outcome.circulars],
        "tasks": [_task(verdict, cards.get(verdict.task.number)) for verdict in outcome.verdicts],
        "findings": [_finding(item) for item in outcome.findings],
        "prompts": [_prompt(item) for item in outcome.prompts],
        "cards": [_card(item) for item in outcome.cards if standing(item)],
        "reminders": [_reminder(item) for item in outcome.reminders],
        "letters": [_letter(letter, path) for letter, path in letters],
        "ranking": [_rank(row) for row in outcome.ranking],
        "indicators": [_indicator(item) for item in outcome.indicators],
        "summary": [_summary(row) for row in summarise(outcome.verdicts)],
        "written": {"cells": written.cells, "rows": written.rows, "parts": list(written.parts)},
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _share(share: Fraction | None) -> float | None:
    return None if share is None else round(float(share), 4)


def _task(verdict: Verdict, card: Card | None) -> Json:
    task = verdict.task
    return {
        "number": task.number or None,
        "sheet": task.place.sheet,
        "row": task.place.row,
        "stars": verdict.stars,
        "due": _day(verdict.deadline.due),
        "due_kind": verdict.deadline.kind,
        "progress": _share(verdict.progress),
        "expected": _share(verdict.expected),
        "gap": _share(verdict.gap),
        "days_left": verdict.days_left,
        "status": verdict.status,
        "next_prompt": _day(verdict.next_prompt),
        "card": shown_name(card) if card else None,
        "basis": verdict.basis,
        "method": verdict.method,
    }


def _finding(item: Finding) -> Json:
    return {
        "code": item.code, "severity": item.severity, "sheet": item.sheet, "cell": item.cell, "column": item.column,
        "message": item.message, "advice": item.advice,
    }  # fmt: skip


def _prompt(item: Prompt) -> Json:
    return {
        "unit": item.unit, "stars": item.stars, "period": item.period, "issue_on": _day(item.issue_on),
        "reply_by": _day(item.reply_by), "tasks": list(item.tasks), "clause": item.cite.clause, "circular": item.cite.circular,
    }  # fmt: skip


def _card(item: Card) -> Json:
    return {
        "id": item.id, "unit": item.unit, "card": item.colour, "ground": item.ground, "tasks": list(item.standing_tasks),
        "facts": [fact.text for fact in item.facts], "circular": item.cite.circular, "clause": item.cite.clause,
        "letters": list(item.letters), "standing": standing(item), "responsible_units": list(item.responsible_units),
    }  # fmt: skip


def _reminder(item: Reminder) -> Json:
    return {
        "kind": item.kind, "on": _day(item.on), "task": item.task or None, "unit": item.unit or None, "text": item.text,
        "clause": item.cite.clause, "circular": item.cite.circular,
    }  # fmt: skip


def _indicator(item: IndicatorState) -> Json:
    row = item.indicator
    return {
        "number": row.number,
        "name": row.name,
        "period": row.period,
        "rate": _share(item.rate),
        "on_schedule": item.on_schedule or None,
        "guard": item.guard or None,
    }


def _rank(row: RankRow) -> Json:
    return {
        "year": row.year, "unit": row.unit, "group": row.group or None, "score": None if row.score is None else float(row.score),
        "rank": row.rank, "last_three": row.last_three, "two_years": bool(row.two_years), "recommended": row.recommended is not None,
        "items": [_score_item(item) for item in row.items],
    }  # fmt: skip


def _score_item(item: ScoreItem) -> Json:
    return {
        "date": _day(item.on), "kind": item.kind, "ground": item.ground or None, "task": item.task or None, "points": float(item.points),
        "source": item.source, "clause": item.cite.clause, "circular": item.cite.circular,
    }  # fmt: skip


def _letter(letter: Letter, path: Path | None) -> Json:
    """公文；还没有起草的没有文号和文件。"""
    number = letter.number if path else None
    return {
        "template": letter.template,
        "unit": letter.unit,
        "number": number or None,
        "path": str(path) if path else None,
    }


def _summary(row: Any) -> Json:
    return {
        "dimension": row.dimension, "name": row.name, "count": row.count, "by_status": dict(zip(STATUSES, row.by_status, strict=True)),
        "arranged": row.arranged, "share": row.tenths / 10,
    }  # fmt: skip

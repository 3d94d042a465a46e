"""亮牌以后：文件写明该做的事一件件登记到督查记录，做完了才研究撤牌。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pyengine.case import Case, is_open
from pyengine.model import Record
from pyengine.outcome import Card
from pyengine.replies import REPLY_EVENTS, answered, rectified_since
from pyengine.terms import CARD_CONFIRMED

RECTIFIED = "整改完成"
ACTS = frozenset({"约谈", "情况说明", "检讨发言", RECTIFIED})
"""要人去做的事，没有文号。"""


@dataclass(frozen=True, slots=True)
class Step:
    """已确认的一张牌眼下该做的：event 是应登记的事件，空串为都做完了、该研究撤牌；on 是亮牌（做完）之日。"""

    card: Card
    event: str
    actor: str
    on: date


def next_steps(case: Case, cards: Iterable[Card]) -> Iterator[Step]:
    """各张已确认的牌眼下该做的一件；在等单位答复、整改的没有。"""
    for card in cards:
        rule = case.card_rule(card.cite.circular, card.colour, card.ground)
        if card.state != CARD_CONFIRMED or rule is None or not rule.follow:
            continue
        shown = card.shown or case.as_of
        done = {event: _record_of(case, card, event, shown) for event in rule.follow}
        todo = next((event for event in rule.follow if not _is_done(case, card, event, done[event])), None)
        held = [record for record in done.values() if record]
        if todo is not None:
            if todo != RECTIFIED or not any(record.limit for record in held):
                yield Step(card, todo, rule.by.get(todo, rule.actor), shown)
        elif not any(_waiting(case, record) for record in held):
            yield Step(card, "", rule.actor, max((record.on for record in held if record.on), default=shown))


def _record_of(case: Case, card: Card, event: str, since: date) -> Record | None:
    """为它登记的这个事件：备注写了它的建议编号的不论日期，或是亮牌以后同单位、编号相关的；印发了的先于只起草了的。"""
    found = [
        record
        for record in case.events_of.get((event, card.unit), ())
        if card.id in record.remark or (record.on and record.on >= since and _related(card, record))
    ]
    return min(found, key=lambda record: _is_draft(card, record), default=None)


def _related(card: Card, record: Record) -> bool:
    return not record.numbers or bool(set(record.numbers) & set(card.tasks))


def _is_done(case: Case, card: Card, event: str, record: Record | None) -> bool:
    if event != RECTIFIED:
        return record is not None and not _is_draft(card, record)
    since = card.shown or case.as_of
    return all(_rectified(case, card, number, since) for number in card.standing_tasks or ("",))


def _is_draft(card: Card, record: Record) -> bool:
    """系统起草时登记的文书（备注写着建议编号），文号还空着的：没有印发。"""
    return record.event not in ACTS and card.id in record.remark and not record.document_number


def _rectified(case: Case, card: Card, number: str, since: date) -> bool:
    """这一项整改完成：登记过，或事项已经办结。"""
    closed = number in case.tasks and not is_open(case.tasks[number], case.as_of)
    return closed or rectified_since(case, (card.unit,), number, since)


def _waiting(case: Case, record: Record) -> bool:
    """发出去的文书有限期而还没有答复。"""
    return record.event in REPLY_EVENTS and record.limit is not None and not answered(case, record)

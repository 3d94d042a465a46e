"""亮牌：事由成立即建议，人确认才算数。已答复的行留着不动，只有新的事项才另起一行。"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pyengine.case import Case
from pyengine.conditions import CONDITIONS, Hit, Verdicts, recorded
from pyengine.model import Card, CardRow, Citation, Fact
from pyengine.rules import Rule
from pyengine.terms import (
    CARD_CONFIRMED,
    CARD_LAPSED,
    CARD_REJECTED,
    CARD_WAITING,
    CARD_WITHDRAWN,
    COLOURS,
    PROPOSED,
)  # fmt: skip

Key = tuple[str, str, str, str]
"""同一张牌：文号、牌、单位、事由（含事件）。"""

ANSWER_YES, ANSWER_NO = "是", "否"


@dataclass(slots=True)
class _Ground:
    """一个事由下的全部命中。"""

    rule: Rule
    hits: list[Hit] = field(default_factory=list)

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(sorted({number for hit in self.hits for number in hit.numbers}))

    def facts(self, numbers: Iterable[str]) -> tuple[Fact, ...]:
        wanted = set(numbers)
        facts = (
            fact for hit in self.hits for fact in hit.facts if not fact.number or fact.number in wanted or not wanted
        )
        return tuple(dict.fromkeys(facts))


def judge_cards(case: Case, verdicts: Verdicts) -> tuple[Card, ...]:
    """亮牌建议表应有的全部行：先按单位、由重到轻，同样的台账次序总是一样。"""
    grounds = _grounds(case, verdicts)
    rows = _rows_by_key(case, grounds)
    cards = [card for key in {**grounds, **rows} for card in _cards_of(case, key, grounds.get(key), rows.get(key, []))]
    return tuple(sorted(cards, key=lambda card: (card.unit, -COLOURS.index(card.colour), card.ground, card.id)))


def _rows_by_key(case: Case, grounds: Mapping[Key, _Ground]) -> dict[Key, list[CardRow]]:
    """上次写下的行，按牌归拢。系统列被改乱的，凭建议编号找回；找不回又认不出的不要。"""
    issued = {_card_id(key, ground.numbers): key for key, ground in grounds.items()}
    rows: dict[Key, list[CardRow]] = {}
    for row in case.ledger.card_rows:
        key = (row.clause.split(" ")[0], row.colour, row.unit, row.ground)
        if row.id in issued and key != issued[row.id]:
            key = issued[row.id]
            row = replace(row, numbers=grounds[key].numbers)
        cited = row.colour in COLOURS and all(key) and bool(row.clause.partition(" ")[2])
        if cited or key in grounds:
            rows.setdefault(key, []).append(row)
    return rows


def _grounds(case: Case, verdicts: Verdicts) -> dict[Key, _Ground]:
    grounds: dict[Key, _Ground] = {}
    for rule, hit in _hits(case, verdicts):
        ground = f"{rule.ground}（{hit.event}）" if hit.event else rule.ground
        grounds.setdefault((rule.circular, rule.card, hit.unit, ground), _Ground(rule)).hits.append(hit)
    return grounds


def _hits(case: Case, verdicts: Verdicts) -> Iterator[tuple[Rule, Hit]]:
    for circular in case.circulars:
        for rule in circular.rules:
            if not rule.card:
                continue
            found = CONDITIONS[rule.when](case, verdicts) if rule.when else recorded(case, rule)
            yield from ((rule, hit) for hit in found if rule in case.card_rules_on(hit.on))


def _cards_of(case: Case, key: Key, ground: _Ground | None, rows: list[CardRow]) -> Iterator[Card]:
    answered = [row for row in rows if row.answer in (ANSWER_YES, ANSWER_NO)]
    waiting = next((row for row in rows if row not in answered), None)
    for row in answered:
        yield _kept(case, key, row, _answered_state(case, row), ground)
    fresh = _fresh(ground, answered)
    if ground is not None and fresh is not None:
        yield _proposal(case, key, ground, fresh, waiting)
    elif waiting is not None and not _expired(case, waiting):
        yield _kept(case, key, waiting, CARD_LAPSED, ground)


def _fresh(ground: _Ground | None, answered: list[CardRow]) -> tuple[str, ...] | None:
    if ground is None:
        return None
    covered = {number for row in answered for number in row.numbers}
    numbers = tuple(number for number in ground.numbers if number not in covered)
    return None if answered and not numbers else numbers


def _expired(case: Case, row: CardRow) -> bool:
    return (
        row.state == CARD_LAPSED and case.ledger.last_refreshed is not None and case.ledger.last_refreshed < case.as_of
    )


def _answered_state(case: Case, row: CardRow) -> str:
    if row.answer == ANSWER_NO:
        return CARD_REJECTED
    shown = [record.on for record in case.records if record.event == "亮牌" and row.id in record.remark and record.on]
    since = min(shown, default=None)
    for record in case.records:
        about = row.unit in record.units and (not record.numbers or set(record.numbers) & set(row.numbers))
        if record.event == "撤牌" and about and since and record.on and record.on >= since:
            return CARD_WITHDRAWN
    return CARD_CONFIRMED


def _proposal(case: Case, key: Key, ground: _Ground, numbers: tuple[str, ...], waiting: CardRow | None) -> Card:
    _, colour, unit, words = key
    return Card(
        id=waiting.id if waiting else _card_id(key, numbers),
        unit=unit,
        colour=colour,
        ground=words,
        tasks=numbers,
        facts=ground.facts(numbers),
        cite=ground.rule.cite,
        letters=ground.rule.letters,
        state=CARD_WAITING,
        answer=waiting.answer if waiting else "",
        confirmer=waiting.confirmer if waiting else "",
        responsible_units=_responsible(case, numbers, unit),
        actor=ground.rule.actor,
    )


def _kept(case: Case, key: Key, row: CardRow, state: str, ground: _Ground | None) -> Card:
    circular, colour, unit, words = key
    return Card(
        id=row.id,
        unit=unit,
        colour=colour,
        ground=words,
        tasks=row.numbers,
        facts=tuple(Fact(text) for text in row.facts.split("\n") if text),
        cite=ground.rule.cite if ground else Citation(circular, row.clause.partition(" ")[2]),
        letters=tuple(part for part in row.letters.split("、") if part),
        state=state,
        responsible_units=_responsible(case, row.numbers, unit),
        answer=row.answer,
        confirmer=row.confirmer,
        actor=ground.rule.actor if ground else _actor(case, key),
    )


def _actor(case: Case, key: Key) -> str:
    """事由已经不在的牌：条款写明的由谁约谈或发文，按文号、牌和事由找回。"""
    number, colour, _, words = key
    rules = (rule for circular in case.circulars if circular.number == number for rule in circular.rules)
    return next((rule.actor for rule in rules if rule.card == colour and words.startswith(rule.ground)), "")


def _responsible(case: Case, numbers: Iterable[str], unit: str) -> tuple[str, ...]:
    tasks = (case.tasks[number] for number in numbers if number in case.tasks)
    return tuple(dict.fromkeys(name for task in tasks for name in task.responsible_units if name != unit))


def _card_id(key: Key, numbers: tuple[str, ...]) -> str:
    digest = hashlib.sha256("|".join((*key, *numbers)).encode()).hexdigest()[:6].upper()
    year = "".join(char for char in key[0].partition("〕")[0] if char.isdigit())[-2:]
    return f"{year}{key[1][0]}-{digest}"


def shown_events(case: Case, cards: Iterable[Card]) -> tuple[Card, ...]:
    """确认为“是”而督查记录里还没有亮牌事件的牌：应补记一行，只记一次。"""
    logged = " ".join(record.remark for record in case.ledger.records if record.event == "亮牌")
    return tuple(card for card in cards if card.answer == ANSWER_YES and card.id not in logged)


def standing(card: Card) -> str | None:
    """牌现在算什么：建议、已确认；不采纳、已撤牌、已失效的不算（None）。"""
    return {CARD_WAITING: PROPOSED, CARD_CONFIRMED: CARD_CONFIRMED}.get(card.state)


def gravest(cards: Iterable[Card]) -> Mapping[str, str]:
    """每个编号最重的一张牌的写法，如 橙牌（建议）、橙牌。同色的以已确认为准。"""
    best: dict[str, tuple[int, bool]] = {}
    for card in cards:
        if standing(card) is not None:
            weight = COLOURS.index(card.colour), card.state == CARD_CONFIRMED
            for number in card.tasks:
                best[number] = max(best.get(number, (-1, False)), weight)
    return {number: COLOURS[colour] + ("" if confirmed else "（建议）") for number, (colour, confirmed) in best.items()}

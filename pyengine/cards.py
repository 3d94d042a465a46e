"""亮牌：事由成立即建议，人确认才算数。已答复的行留着不动；新的事项、新的事实才另起一行。"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pyengine.answers import (
    ANSWER_YES,
    ANSWERS,
    Shown,
    facts_of,
    is_answered,
    is_card_id,
    refusal,
    refused_on,
    state_of,
    withdrawn,
)
from pyengine.case import Case
from pyengine.conditions import CONDITIONS, recorded
from pyengine.grounds import Hit, Verdicts
from pyengine.model import CardRow, Citation
from pyengine.outcome import Card
from pyengine.renewal import Answered, At, Fresh, Ground, fresh
from pyengine.rules import Rule
from pyengine.terms import CARD_CONFIRMED, CARD_LAPSED, CARD_REJECTED, CARD_WAITING, COLOURS, PROPOSED

Key = tuple[str, str, str, str]
"""同一张牌：文号、牌、单位、事由（含事件）。"""


def judge_cards(case: Case, verdicts: Verdicts, at: At) -> tuple[Card, ...]:
    """亮牌建议表应有的全部行：先按单位、由重到轻，同样的台账次序总是一样。"""
    grounds = _grounds(case, verdicts)
    rows, shown = _rows_by_key(case, grounds), Shown.of(case)
    cards: list[Card] = []
    for key in {**grounds, **rows}:
        given = [row for row in rows.get(key, ()) if is_answered(row, shown, case.as_of)]
        answered = [_answered(case, row, shown) for row in given]
        waiting = [row for row in rows.get(key, ()) if row not in given]
        cards += _cards_of(case, key, grounds.get(key), answered, waiting, at)
    return tuple(sorted(cards, key=lambda card: (card.unit, -COLOURS.index(card.colour), card.ground, card.id)))


def _answered(case: Case, row: CardRow, shown: Shown) -> Answered:
    gone = withdrawn(case, row, shown)
    return Answered(row, state_of(case, row, shown, gone), gone, shown.on(row.id, case.as_of))


def _rows_by_key(case: Case, grounds: Mapping[Key, Ground]) -> dict[Key, list[CardRow]]:
    """上次写下的行，按牌归拢。系统列被改乱的，凭建议编号找回；找不回又认不出的不要；单位改了名的按现名；照抄的一行不要。"""
    issued = {_card_id(key, ground.numbers): key for key, ground in grounds.items()}
    rows: dict[Key, list[CardRow]] = {}
    for row in _without_copies(_identified(case, row) for row in case.ledger.card_rows):
        key = _key_of(case, row)
        if row.id in issued and key != issued[row.id]:
            key = issued[row.id]
            row = replace(row, numbers=grounds[key].numbers)
        cited = row.colour in COLOURS and all(key) and bool(row.clause.partition(" ")[2])
        if (cited and is_card_id(row.id)) or key in grounds:
            rows.setdefault(key, []).append(replace(row, unit=key[2]))
    return rows


def _key_of(case: Case, row: CardRow) -> Key:
    return row.clause.split(" ")[0], row.colour, case.directory.resolve(row.unit) or row.unit, row.ground


def _identified(case: Case, row: CardRow) -> CardRow:
    """建议编号被改得不成编号的，照首次建议时的办法重编：督查记录凭它认哪张牌登记过。"""
    if is_card_id(row.id) or row.colour not in COLOURS:
        return row
    return replace(row, id=_card_id(_key_of(case, row), row.numbers))


def _without_copies(rows: Iterable[CardRow]) -> Iterable[CardRow]:
    """同一建议编号只留一行：有答复的优先，都有的留前面一行。"""
    kept: dict[str, CardRow] = {}
    for row in rows:
        if row.id not in kept or (row.answer in ANSWERS and kept[row.id].answer not in ANSWERS):
            kept[row.id] = row
    return kept.values()


def _grounds(case: Case, verdicts: Verdicts) -> dict[Key, Ground]:
    grounds: dict[Key, Ground] = {}
    for rule, hit in _hits(case, verdicts):
        words = f"{rule.ground}（{hit.event}）" if hit.event else rule.ground
        key = (rule.circular, rule.card, hit.unit, words)
        grounds.setdefault(key, Ground(rule, hit.unit)).hits.append(hit)
    return grounds


def _hits(case: Case, verdicts: Verdicts) -> Iterator[tuple[Rule, Hit]]:
    """各条规则的命中；事件按它当天的现行文件论，其余按判定日的。"""
    for circular in case.circulars:
        for rule in circular.rules:
            if not rule.card:
                continue
            yield from ((rule, hit) for hit in _found(case, rule, verdicts) if rule in case.card_rules_on(hit.on))


def _found(case: Case, rule: Rule, verdicts: Verdicts) -> Iterator[Hit]:
    if rule.when:
        yield from CONDITIONS[rule.when](case.under(rule), verdicts)
    if rule.recorded:
        yield from recorded(case, rule)


def _cards_of(
    case: Case, key: Key, ground: Ground | None, answered: list[Answered], waiting: list[CardRow], at: At
) -> Iterator[Card]:
    """一张牌的各行：答复过的留着；有新的事实就建议，等确认的行沿用；事实没有了的、多出来的，已失效。"""
    for one in answered:
        yield _kept(case, key, one, ground)
    found = fresh(case, ground, answered, at) if ground else None
    waiting = sorted(waiting, key=lambda row: row.state == CARD_LAPSED)
    if ground is not None and found is not None:
        yield _proposal(case, key, ground, found, waiting[0] if waiting else None, answered)
        waiting = waiting[1:]
    for row in waiting:
        if not _expired(case, row):
            yield _kept(case, key, Answered(row, CARD_LAPSED), ground)


def _expired(case: Case, row: CardRow) -> bool:
    return (
        row.state == CARD_LAPSED and case.ledger.last_refreshed is not None and case.ledger.last_refreshed < case.as_of
    )


def _proposal(
    case: Case, key: Key, ground: Ground, found: Fresh, waiting: CardRow | None, answered: list[Answered]
) -> Card:
    _, colour, unit, words = key
    numbers, facts = found
    earlier = sorted(one.row.id for one in answered if not numbers or set(one.row.numbers) & set(numbers))
    return Card(
        id=waiting.id if waiting else _card_id(key, numbers, *earlier),
        unit=unit,
        colour=colour,
        ground=words,
        tasks=numbers,
        facts=facts,
        cite=ground.rule.cite,
        letters=ground.rule.letters,
        state=CARD_WAITING,
        answer=waiting.answer if waiting else "",
        confirmer=waiting.confirmer if waiting else "",
        responsible_units=_responsible(case, numbers, unit),
        actor=ground.rule.actor,
        to=ground.rule.to,
    )


def _kept(case: Case, key: Key, answered: Answered, ground: Ground | None) -> Card:
    circular, colour, unit, words = key
    row = answered.row
    noted = (refusal(refused_on(row) or case.as_of),) if answered.state == CARD_REJECTED else ()
    rule = ground.rule if ground else case.card_rule(circular, colour, words)
    return Card(
        id=row.id,
        unit=unit,
        colour=colour,
        ground=words,
        tasks=row.numbers,
        facts=(*facts_of(row), *noted),
        cite=ground.rule.cite if ground else Citation(circular, row.clause.partition(" ")[2]),
        letters=tuple(part for part in row.letters.split("、") if part),
        state=answered.state,
        responsible_units=_responsible(case, row.numbers, unit),
        answer=row.answer,
        confirmer=row.confirmer,
        withdrawn=tuple(number for number in row.numbers if number in answered.gone),
        shown=answered.shown,
        actor=rule.actor if rule else "",
        to=rule.to if rule else {},
    )


def _responsible(case: Case, numbers: Iterable[str], unit: str) -> tuple[str, ...]:
    tasks = (case.tasks[number] for number in numbers if number in case.tasks)
    return tuple(dict.fromkeys(name for task in tasks for name in task.responsible_units if name != unit))


def _card_id(key: Key, numbers: tuple[str, ...], *earlier: str) -> str:
    """建议编号：文号、牌、单位、事由和首次建议时的编号；同一编号答复过又有新事实的，再加上先前的建议编号。"""
    digest = hashlib.sha256("|".join((*key, *numbers, *earlier)).encode()).hexdigest()[:6].upper()
    year = "".join(char for char in key[0].partition("〕")[0] if char.isdigit())[-2:]
    return f"{year}{key[1][0]}-{digest}"


def shown_events(case: Case, cards: Iterable[Card]) -> tuple[Card, ...]:
    """确认为“是”而督查记录里还没有亮牌事件的牌：应补记一行，只记一次。"""
    shown = Shown.of(case)
    return tuple(card for card in cards if card.answer == ANSWER_YES and card.id not in shown.days)


def standing(card: Card) -> str | None:
    """牌现在算什么：建议、已确认；不采纳、已撤牌、已失效的不算（None）。"""
    return {CARD_WAITING: PROPOSED, CARD_CONFIRMED: CARD_CONFIRMED}.get(card.state)


def shown_name(card: Card) -> str:
    """牌的写法：橙牌（建议）、橙牌。"""
    return card.colour + ("" if card.state == CARD_CONFIRMED else "（建议）")


def gravest(cards: Iterable[Card]) -> Mapping[str, Card]:
    """每个编号最重的一张牌。同色的以已确认为准。"""
    best: dict[str, Card] = {}
    for card in cards:
        if standing(card) is not None:
            for number in card.standing_tasks:
                best[number] = max(best.get(number, card), card, key=_weight)
    return best


def _weight(card: Card) -> tuple[int, bool]:
    return COLOURS.index(card.colour), card.state == CARD_CONFIRMED

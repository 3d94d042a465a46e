"""新的事实：答复只管答复过的事实。别的编号、别的话另起一行；数天天变的（进度滞后一类），答复以后间断过、又来的才算新的。"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pyengine.answers import plain, refused_on
from pyengine.case import Case
from pyengine.conditions import CONDITIONS
from pyengine.grounds import Hit, Verdicts
from pyengine.model import CardRow
from pyengine.outcome import Fact
from pyengine.periods import read_period
from pyengine.rules import Rule
from pyengine.terms import CARD_REJECTED

At = Callable[[date, str], tuple[Case, Verdicts]]
"""另一天一个编号的案卷和判定。"""

Fresh = tuple[tuple[str, ...], tuple[Fact, ...]]
"""没有答复过的编号和事实。"""


@dataclass(slots=True)
class Ground:
    """一个单位一个事由下的全部命中。"""

    rule: Rule
    unit: str
    hits: list[Hit] = field(default_factory=list)

    @property
    def numbers(self) -> tuple[str, ...]:
        """所涉编号。"""
        return tuple(sorted({number for hit in self.hits for number in hit.numbers}))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """全部事实。"""
        return tuple(dict.fromkeys(fact for hit in self.hits for fact in hit.facts))

    @property
    def least(self) -> int:
        """至少几件新的事实才另起一行。"""
        return max(hit.least for hit in self.hits)

    @property
    def single(self) -> bool:
        """是不是一件事：同一事件的牌，编号相同就是同一事实。"""
        return any(hit.event for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Answered:
    """答复过的一行：现在的状态、撤了牌的编号和日子、登记亮牌之日。"""

    row: CardRow
    state: str
    gone: Mapping[str, date] = field(default_factory=dict)
    shown: date | None = None


def fresh(case: Case, ground: Ground, answered: Sequence[Answered], at: At) -> Fresh | None:
    """没有答复过的编号和事实；都答复过，或新的事实不够数，则 None。"""
    if not answered:
        return ground.numbers, ground.facts
    if ground.single:
        numbers = tuple(n for n in ground.numbers if not any(n in one.row.numbers for one in answered))
        facts = tuple(fact for fact in ground.facts if not fact.number or fact.number in numbers)
        return (numbers, facts or ground.facts) if numbers else None
    new = tuple(fact for fact in ground.facts if not any(_covers(case, ground, one, fact, at) for one in answered))
    if not new or len(new) < ground.least:
        return None
    return tuple(sorted({fact.number for fact in new if fact.number})), new


def _covers(case: Case, ground: Ground, answered: Answered, fact: Fact, at: At) -> bool:
    """这一行的答复管不管这件事实：编号在行里，话也说过；数天天变的话只看编号，但答复以后没有间断过才管。"""
    row = answered.row
    if fact.number not in row.numbers and (fact.number or row.numbers):
        return False
    if not fact.lasting:
        return plain(fact.text) in plain(row.facts).split("\n")
    return all(_held(ground, fact.number, at, day) for day in _turning_days(case, answered, fact.number))


def _held(ground: Ground, number: str, at: At, day: date) -> bool:
    then, verdicts = at(day, number)
    return any(hit.unit == ground.unit for hit in CONDITIONS[ground.rule.when](then.under(ground.rule), verdicts))


def _turning_days(case: Case, answered: Answered, number: str) -> Iterable[date]:
    """答复以后事由可能间断的日子：撤牌那天，和撤牌、不采纳以后报进度、批准调整、指标出数的日子；牌还亮着的没有。"""
    gone = answered.gone.get(number)
    since = gone or (refused_on(answered.row) if answered.state == CARD_REJECTED else None)
    if since is None:
        return ()
    days = {item.on for item in case.feedback.get(number, ())}
    days |= {item.approved for item in case.adjustments.get(number, ())}
    ended = (read_period(item.period) for item in case.indicators.get(number, ()) if item.actual is not None)
    days |= {period.end for period in ended if period}
    return sorted({day for day in days if day and since < day < case.as_of} | ({gone} if gone else set()))

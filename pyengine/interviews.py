"""约谈：一年内被约谈的次数。同一单位同一天的几行是一次；考评后三位的约谈不计；已确认红牌用过的不再计。"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from pyengine.answers import ANSWER_NO, ANSWER_YES, Shown
from pyengine.case import Case
from pyengine.model import Record
from pyengine.outcome import Fact
from pyengine.periods import add_months
from pyengine.terms import COLOURS, ROLLING

EVENT = "约谈"
_REACHED = re.compile(r".*（(\d{4}-\d\d-\d\d)）")


def interviewed_twice(case: Case) -> Iterator[tuple[str, date, tuple[str, ...], tuple[Fact, ...]]]:
    """每个达到次数的单位：(单位, 达到之日, 编号, 事实)。达到之日起十二个月内提出。"""
    shown = Shown.of(case)
    for unit, days in held(case).items():
        answered = _answered(case, unit, shown)
        used = max((day for day, answer in answered if answer == ANSWER_YES), default=date.min)
        fresh = sorted(day for day in days if day > used and _counts(case, day))
        rejected = {day for day, answer in answered if answer == ANSWER_NO}
        for day in fresh:
            window = [other for other in fresh if other <= day and _within(case, other, day)]
            reached = len(window) >= case.settings.int("约谈次数") and day not in rejected
            if reached and case.as_of <= add_months(day, 12):
                records = [record for held in window for record in days[held]]
                yield unit, day, _numbers(records), tuple(_fact(record) for record in records)
                break


def _within(case: Case, earlier: date, later: date) -> bool:
    if case.settings.text("一年内口径") == ROLLING:
        return add_months(later, -12) <= earlier
    return earlier.year == later.year


def held(case: Case) -> Mapping[str, Mapping[date, list[Record]]]:
    """各单位被约谈的日子和当天的登记：同一天的几行是一次；考评后三位的约谈不在内。"""
    days: dict[str, dict[date, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for record in case.events.get(EVENT, ()):
        if record.on and "后三位" not in record.reason:
            for unit in case.units_of(record):
                if unit in case.directory.members:
                    days[unit][record.on].append(record)
    return days


def _counts(case: Case, day: date) -> bool:
    rules = case.card_rules_on(day)
    counted = case.settings.yes("2022年约谈计入") or any(rule.when == "interviewed_twice" for rule in rules)
    return bool(rules) and counted


def _answered(case: Case, unit: str, shown: Shown) -> tuple[tuple[date, str], ...]:
    """已经答复过的红牌：(达到次数之日, 是或否)；登记过亮牌的，改口也是“是”。"""
    found = (
        (_REACHED.fullmatch(row.ground), ANSWER_YES if shown.on(row.id, case.as_of) else row.answer)
        for row in case.ledger.card_rows
        if row.unit == unit and row.colour == COLOURS[-1]
    )
    return tuple((date.fromisoformat(match[1]), said) for match, said in found if match and said and _is_day(match[1]))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _numbers(records: list[Record]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for record in records for number in record.numbers))


def _fact(record: Record) -> Fact:
    about = f"（{'、'.join(record.numbers)}）" if record.numbers else ""
    return Fact(f"{record.on}约谈{about}：{record.reason or '（未写事由）'}（{record.place.ref('日期')}）")

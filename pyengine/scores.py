"""计分：年度考评的每一条加减分——哪天、为什么、几分、出处、依据，逐条可以复核。分值取自设置，为 0 的不列。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pyengine.case import Case, is_closed, is_finished, may_lag
from pyengine.conditions import returned_material
from pyengine.interviews import held
from pyengine.model import AppraisalRow, Record, Task
from pyengine.outcome import Card, ScoreItem, Verdict

STAFF = "加减分"
"""工作人员填的加减分，排在各条之末。"""

ITEM_UNITS, NAMED_UNITS = "牵头单位和责任单位", "所涉单位"
_INACTION = ("不作为", "慢作为", "推诿")


@dataclass(frozen=True)
class Year:
    """一年的考评事实：案卷、判得准的事项、确认了还没有登记的牌。"""

    case: Case
    verdicts: tuple[Verdict, ...]
    events: tuple[Card, ...]

    def holds(self, day: date | None) -> bool:
        """这一天是否在台账年度之内。判定日以后的事案卷里没有。"""
        return day is not None and day.year == self.case.ledger.year


@dataclass(frozen=True, slots=True)
class _Event:
    """一件该加减分的事：units 是点名的单位，tasks 是所涉事项（牵头、责任单位由此而来）。"""

    on: date
    ground: str
    numbers: tuple[str, ...]
    source: str
    units: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """一种加减分：名称、分值的设置项、加还是减、记给谁、依据的章、怎样找。"""

    name: str
    setting: str
    sign: int
    whom: str
    chapter: str
    find: Callable[[Year, str], Iterator[_Event]]


def _on_time(year: Year, name: str) -> Iterator[_Event]:
    for verdict in year.verdicts:
        task, due = verdict.task, verdict.deadline.due
        done = task.finished if is_finished(task, year.case.as_of) else None
        if due and done and done <= due and year.holds(done):
            yield _of_task(task, done, f"时限{due}，{done}办结", "办结日期")


def _overdue(year: Year, name: str) -> Iterator[_Event]:
    """时限落在本年度、已过而没有按时办完的：一项一条，记在时限次日。"""
    as_of = year.case.as_of
    for verdict in year.verdicts:
        task, due = verdict.task, verdict.deadline.due
        if due and year.holds(due) and due < as_of and may_lag(task) and _missed(task, due, as_of):
            yield _of_task(task, date.fromordinal(due.toordinal() + 1), f"时限{due}，没有按时完成", "完成时限")


def _missed(task: Task, due: date, as_of: date) -> bool:
    """到期没有办完：还在办的，或办结（没有填办结日期的看销号）晚于时限的；两个日期都没有的无从判断，不算。"""
    ended = is_finished(task, as_of) or is_closed(task, as_of)
    days = [day for day in (task.finished, task.closed) if day and day <= as_of]
    return bool(days and days[0] > due) if ended else True


def _of_task(task: Task, on: date, ground: str, header: str) -> _Event:
    return _Event(on, ground, (task.number,), task.place.ref(header), tasks=(task,))


def _returned(year: Year, name: str) -> Iterator[_Event]:
    for unit, number, on, where in returned_material(year.case):
        if year.holds(on):
            yield _Event(on, "报送材料被退回", (number,) if number else (), where, (unit,))


def _carded(year: Year, colour: str) -> Iterator[_Event]:
    """确认的牌：督查记录的亮牌事件（同一建议编号只算一次），加上确认了还没有登记的。"""
    case, ids, seen = year.case, [row.id for row in year.case.ledger.card_rows], set[str]()
    for record in case.records:
        if record.event == "亮牌" and record.reason.startswith(colour):
            id_ = next((known for known in ids if known in record.remark), "")
            if year.holds(record.on) and id_ not in seen:
                yield _of_record(record, record.units or case.leads_of(record.numbers), colour)
            seen |= {id_} - {""}
    for index, card in enumerate(year.events):
        if card.colour == colour and year.holds(case.as_of):
            yield _Event(case.as_of, card.ground, card.tasks, _next_source(case, index, card), (card.unit,))


def _next_source(case: Case, index: int, card: Card) -> str:
    """补记的亮牌将写到督查记录的哪一格：写回后再算一遍，出处不变。"""
    place = case.ledger.next_record
    return replace(place, row=place.row + index).ref("事由") if place else card.id


def _of_record(record: Record, units: tuple[str, ...], prefix: str = "") -> _Event:
    assert record.on is not None
    ground = record.reason.removeprefix(prefix).lstrip("：: ")
    return _Event(record.on, ground, record.numbers, record.place.ref("事由"), units)


def _interviewed(year: Year, name: str) -> Iterator[_Event]:
    for unit, days in held(year.case).items():
        for day, records in days.items():
            if year.holds(day):
                numbers = dict.fromkeys(number for record in records for number in record.numbers)
                grounds = dict.fromkeys(record.reason for record in records if record.reason)
                yield _Event(day, "；".join(grounds), tuple(numbers), records[0].place.ref("事由"), (unit,))


def _accountable(year: Year, name: str) -> Iterator[_Event]:
    for record in year.case.records:
        if record.event == "认定" and year.holds(record.on) and any(word in record.reason for word in _INACTION):
            tasks = tuple(year.case.tasks[number] for number in record.numbers if number in year.case.tasks)
            yield replace(_of_record(record, record.units), tasks=tasks)


KINDS = (
    Kind("按时办结", "按时办结加分", 1, ITEM_UNITS, "考评", _on_time),
    Kind("逾期", "逾期扣分", -1, ITEM_UNITS, "考评", _overdue),
    Kind("退回", "退回扣分", -1, NAMED_UNITS, "考评", _returned),
    Kind("黄牌", "黄牌扣分", -1, NAMED_UNITS, "考评", _carded),
    Kind("橙牌", "橙牌扣分", -1, NAMED_UNITS, "考评", _carded),
    Kind("红牌", "红牌扣分", -1, NAMED_UNITS, "考评", _carded),
    Kind("约谈", "约谈扣分", -1, NAMED_UNITS, "考评", _interviewed),
    Kind("问责", "问责扣分", -1, ITEM_UNITS, "问责", _accountable),
)
"""全部加减分的种类；分值、是否计责任单位由设置定。"""

_ORDER = {kind.name: index for index, kind in enumerate(KINDS)}


def items_by_unit(year: Year) -> Mapping[str, tuple[ScoreItem, ...]]:
    """本年度各单位由系统算出的加减分，按日期先后。"""
    found: dict[str, list[ScoreItem]] = defaultdict(list)
    for kind in KINDS:
        points = kind.sign * decimal(year.case.settings.share(kind.setting))
        for event in kind.find(year, kind.name) if points else ():
            cite = year.case.regime.cite(kind.chapter, "考评")
            task = "、".join(event.numbers)
            for unit in _charged(year.case, kind, event):
                found[unit].append(ScoreItem(event.on, kind.name, event.ground, task, points, event.source, cite))
    return {unit: tuple(sorted(items, key=_order)) for unit, items in found.items()}


def _charged(case: Case, kind: Kind, event: _Event) -> tuple[str, ...]:
    """这一条记给哪些单位，一个单位一次。"""
    units = list(event.units)
    for task in event.tasks if kind.whom == ITEM_UNITS else ():
        units += task.lead_units
        units += task.responsible_units if case.settings.yes("责任单位计分") else ()
    return tuple(dict.fromkeys(units))


def staff_items(case: Case, rows: Iterable[AppraisalRow]) -> tuple[ScoreItem, ...]:
    """工作人员填的各条加减分。"""
    cite = case.regime.cite("考评")
    return tuple(
        ScoreItem(None, STAFF, ground, "", points, row.place.ref(STAFF), cite)
        for row in rows
        for points, ground in row.entries
        if points
    )


def _order(item: ScoreItem) -> tuple[date, int, str, str, str]:
    return item.on or date.max, _ORDER[item.kind], item.task, item.ground, item.source


def decimal(number: Fraction) -> Decimal:
    """设置里的分值：有限小数，一分不差。"""
    return Decimal(number.numerator) / Decimal(number.denominator)

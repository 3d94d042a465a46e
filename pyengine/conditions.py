"""可计算的亮牌事由：每个是一个小的纯函数，给出满足事由的单位、编号和事实（带单元格地址），没有就不给。

事由名就是 rules.toml 里 when 的取值；CONDITIONS 是唯一的登记处。这里是督查记录和反馈看得出的，台账看得出的见 grounds。
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from pyengine.case import Case, is_open
from pyengine.grounds import (
    Condition,
    Hit,
    Verdicts,
    deadline_overdue,
    each_lead,
    judgeable,
    lag,
    ledger_substandard,
    long_preparation,
    node_overdue,
    not_started,
    severe_lag,
    started_behind,
)
from pyengine.interviews import interviewed_twice
from pyengine.model import Record
from pyengine.outcome import Fact
from pyengine.replies import REPLY_EVENTS, answered_in_time, items_of, late_items, rectified
from pyengine.rules import Rule


def _units_of(case: Case, record: Record, numbers: tuple[str, ...]) -> tuple[str, ...]:
    """事件应由哪些单位担责：牌只亮给牵头单位，记录写了单位的取其中的牵头单位；没有写编号的按记录的单位。"""
    leads = case.leads_of(numbers)
    return tuple(unit for unit in leads if unit in record.units or not record.units) or (
        () if leads else _named(case, record)
    )


def _named(case: Case, record: Record) -> tuple[str, ...]:
    return tuple(unit for unit in record.units if unit in case.directory.members)


def reply_late(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """黄牌：限期已过而没有按时答复；限期当天不算迟；迟了就是迟了，过“事实有效天数”不再据以建议。"""
    allowed = {verdict.task.number for verdict in judgeable(case, verdicts)}
    for record in case.records:
        if record.event not in REPLY_EVENTS or record.limit is None or not _recent(case, record.limit):
            continue
        if record.limit >= case.as_of or answered_in_time(case, record):
            continue
        late = late_items(case, record)
        numbers = tuple(number for number in late if number in allowed)
        name = record.document_number or f"{record.on}{record.event}"
        text = f"{name}要求{record.limit}前反馈，到期没有反馈（{record.place.ref('限期')}）"
        for unit in _units_of(case, record, numbers) if numbers or not (late or record.numbers) else ():
            yield Hit(unit, numbers, (Fact(text, numbers[0] if numbers else ""),), record.limit, name)


def _recent(case: Case, day: date) -> bool:
    return (case.as_of - day).days <= case.settings.int("事实有效天数")


def material_returned(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """黄牌：材料被退回达到“退回次数”；一项一天只算一次。"""
    allowed = {verdict.task.number for verdict in judgeable(case, verdicts)}
    found: dict[str, dict[tuple[str, date], Fact]] = defaultdict(dict)
    for unit, number, on, where in returned_material(case):
        if _recent(case, on) and _ruled(case, on, "material_returned") and (number in allowed or not number):
            found[unit][number, on] = Fact(f"{number}材料{on}被退回（{where}）", number)
    for unit, returns in found.items():
        least = case.settings.int("退回次数")
        if len(returns) >= least:
            facts = tuple(returns[key] for key in sorted(returns, key=lambda key: (key[1], key[0])))
            numbers = tuple(sorted({number for number, _ in returns if number}))
            yield Hit(unit, numbers, facts, max(on for _, on in returns), least=least)


def _ruled(case: Case, day: date, when: str) -> bool:
    """这一天的现行文件有没有这个事由。"""
    return any(rule.when == when for rule in case.card_rules_on(day))


def returned_material(case: Case) -> Iterator[tuple[str, str, date, str]]:
    """退回的材料：(单位, 编号, 日期, 出处)。同一单位同一项同一天的，反馈和督查记录里都有也只算一次。"""
    found: dict[tuple[str, str, date], str] = {}
    for number, on, units, where in _returns(case):
        for unit in units:
            found.setdefault((unit, number, on), where)
    return ((*key, where) for key, where in found.items())


def _returns(case: Case) -> Iterator[tuple[str, date, tuple[str, ...], str]]:
    for number, items in case.feedback.items():
        task = case.tasks.get(number)
        for item in items:
            if item.result == "退回" and item.on and task:
                yield number, item.on, case.known_leads(task), item.place.ref("处理结果")
    for record in case.records:
        if record.event == "退回材料" and record.on:
            for number in record.numbers or ("",):
                yield number, record.on, _units_of(case, record, (number,)), record.place.ref("事件")


def rectification_overdue(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """橙牌：预警通知书的限期已过，既没有报整改情况，也没有整改完成。"""
    allowed = {verdict.task.number for verdict in judgeable(case, verdicts)}
    for record in case.events.get("预警通知书", ()):
        replied = record.replied is not None and record.replied <= case.as_of
        if record.limit is None or record.limit >= case.as_of or replied:
            continue
        open_items = tuple(n for n in record.numbers if n in allowed and not rectified(case, record, n))
        if open_items or (not record.numbers and not rectified(case, record, "")):
            name = record.document_number or str(record.on)
            text = f"{name}限{record.limit}前整改，至今没有整改完成（{record.place.ref('限期')}）"
            for unit in _units_of(case, record, open_items):
                yield Hit(unit, open_items, (Fact(text, open_items[0] if open_items else ""),), record.limit, name)


def repeated_supervision(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """2022 红牌：最近一次进度增加以后，专项督办达到“反复督办次数”。"""
    seen: dict[str, list[Record]] = defaultdict(list)
    for record in case.events.get("专项督办", ()):
        for number in items_of(case, record) if record.on and case.card_rules_on(record.on) else ():
            seen[number].append(record)
    for verdict in judgeable(case, verdicts):
        number, moved = verdict.task.number, _last_moved(case, verdict.task.number)
        visits = [record for record in seen[number] if record.on and record.on > moved]
        if len(visits) >= case.settings.int("反复督办次数"):
            text = f"{number}专项督办{len(visits)}次没有进展（{visits[-1].place.ref('事件')}）"
            yield from each_lead(case, verdict.task, (Fact(text, number, lasting=True),))


def _last_moved(case: Case, number: str) -> date:
    """进度最近一次增加（采用的反馈比以前都高）的日子；从来没有增加则为最早的日期。"""
    best, moved = Fraction(0), date.min
    for item in case.feedback.get(number, ()):
        if item.result == "采用" and item.progress is not None and item.on:
            best, moved = max((best, moved), (item.progress, item.on), key=lambda pair: pair[0])
    return moved


def interviews(case: Case, verdicts: Verdicts) -> Iterator[Hit]:
    """红牌：一年内被约谈达到“约谈次数”。"""
    for unit, day, numbers, facts in interviewed_twice(case):
        yield Hit(unit, numbers, facts, day, str(day))


CONDITIONS: Mapping[str, Condition] = {
    "lag": lag,
    "severe_lag": severe_lag,
    "started_behind": started_behind,
    "not_started": not_started,
    "long_preparation": long_preparation,
    "node_overdue": node_overdue,
    "deadline_overdue": deadline_overdue,
    "reply_late": reply_late,
    "material_returned": material_returned,
    "rectification_overdue": rectification_overdue,
    "repeated_supervision": repeated_supervision,
    "interviewed_twice": interviews,
    "ledger_substandard": ledger_substandard,
}


def recorded(case: Case, rule: Rule) -> Iterator[Hit]:
    """由人认定的事由：督查记录里事件为认定、事由写明该词的。人点了名的单位照点的，不限于牵头单位。"""
    for record in case.events.get("认定", ()):
        word = next((word for word in rule.recorded if word in record.reason), None)
        if word is None or record.on is None:
            continue
        numbers = tuple(n for n in record.numbers if n not in case.tasks or is_open(case.tasks[n], case.as_of))
        text = f"{record.on}认定“{record.reason}”（{record.place.ref('事由')}）"
        units = _units_of(case, record, numbers) or _named(case, record)
        for unit in units if numbers or not record.numbers else ():
            yield Hit(unit, numbers, (Fact(text, numbers[0] if numbers else ""),), record.on, f"{record.on}认定")

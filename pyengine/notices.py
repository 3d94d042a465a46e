"""亮牌的文书：每张已确认的牌该发哪些（规则的 letters），一个单位一种合为一份，写什么事实。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from pyengine.facts import Row, basis, by_unit, item_row, items, listed
from pyengine.kinds import DRAFTED, KINDS, Kind, Letter, mentions, official
from pyengine.model import Ledger, Record
from pyengine.outcome import Card, Fact, Outcome
from pyengine.settings import Settings
from pyengine.terms import CARD_CONFIRMED, COLOURS

# 事由里的字和相应的整改要求，先合者用
DEMANDS: Final = (
    ("不及时", "立即补报有关材料，查明迟报原因，今后严格按照要求的时限报送。"),
    ("质量不高", "对照退回意见重新核实、补充佐证，经主要负责人审核后重新报送。"),
    ("不规范", "对照要求补齐台账缺项，逐项核准牵头领导、年度目标和完成时限。"),
    ("落实不力", "由主要负责人牵头研究，逐项明确措施、责任人和完成时间，抓好落实。"),
    ("统筹不到位", "由主要负责人统筹，重新排定推进方案，明确分工和启动、完成时间，报分管县领导审定后实施。"),
    ("不到位", "认真查找短板弱项，细化工作措施，逐级压实责任，补齐工作差距。"),
    ("节点逾期", "查明节点逾期原因，倒排工期、逐日调度，限期完成逾期节点，保证后续节点不再顺延。"),
    ("时限逾期", "查明未按期完成的原因，限期办结；确需调整时限的，向县政府请示，批准以前按原时限落实。"),
    ("整改逾期", "对照预警要求逐条补齐整改措施，明确专人限期完成，经主要负责人核实后报告结果。"),
    ("督办无果", "逐次对照历次督办意见，说明没有落实的原因，拿出见效的措施和时间表。"),
    ("滞后", "倒排工期，分旬排定补欠计划，增加力量，限期把进度赶到序时要求。"),
    ("进度缓慢", "查明进度缓慢的原因，分旬排定补欠计划，尽快赶上序时进度。"),
    ("准备阶段", "倒排前期工作时间，逐项明确办结日期，尽快转入实施阶段。"),
    ("按时启动", "立即启动实施；暂不具备条件的，逐项列明缺什么、由谁解决、何时解决。"),
    ("约谈", "深刻剖析一年内多次被约谈的原因，由主要负责人牵头制定整改方案，逐项整改销号。"),
    ("", "查明原因，明确措施和责任人，限期整改到位。"),
)


def card_letters(ledger: Ledger, outcome: Outcome) -> Iterator[Letter]:
    """已确认、还没有起草过的各张牌的文书：按文种的次序，一个单位一种至多一份。"""
    for name, kind in KINDS.items():
        due = (card for card in outcome.cards if _due(ledger, outcome.as_of, name, card))
        for unit, cards in by_unit(ledger, due).items():
            yield _letter(ledger, outcome, (name, kind), unit, cards)


def _due(ledger: Ledger, as_of: date, name: str, card: Card) -> bool:
    """该发而没有起草过：督查记录里登记这种文书的各行，备注都没有它的建议编号。"""
    if card.state != CARD_CONFIRMED or name not in card.letters:
        return False
    known = (record for record in ledger.records if record.on and record.on <= as_of)
    return not any(_registers(record, name) and mentions(record.remark, card.id) for record in known)


def _registers(record: Record, name: str) -> bool:
    """这一行登记的是不是这种文书：登“起草文书”的看事由写明哪一种。"""
    event = KINDS[name].event
    return record.event == event and (event != DRAFTED or name in record.reason.partition("：")[0])


def _letter(ledger: Ledger, outcome: Outcome, of: tuple[str, Kind], unit: str, cards: Sequence[Card]) -> Letter:
    name, kind = of
    workdays = ledger.settings.int(kind.workdays) if kind.workdays else None
    limit = None if workdays is None else ledger.calendar.shift(outcome.as_of, workdays)
    tasks = tuple(dict.fromkeys(number for card in cards for number in card.standing_tasks))
    reason = "、".join(dict.fromkeys(_ground(card) for card in cards))
    facts = {
        **basis(cards),
        **_matters(ledger, cards, tasks),
        **_people(ledger, unit, cards, tasks),
        **_figures(ledger.settings),
        "主送": tuple(dict.fromkeys(to for card in cards for to in card.to.get(name, ()))),
        "事由": reason,
        "重点工作": listed(map(item_row, items(outcome, unit, tasks))),
    }
    return Letter(name, unit, tasks, reason, limit, "、".join(card.id for card in cards), facts)


def _figures(settings: Settings) -> Row:
    return {name: settings.int(name) for name in ("约谈整改工作日", "约谈次数")}


def _matters(ledger: Ledger, cards: Sequence[Card], tasks: tuple[str, ...]) -> Row:
    contents = {task.number: task.content for task in ledger.tasks}
    pairs = ((card, fact) for card in cards for fact in card.facts or (Fact(_ground(card)),))
    return {
        "牌": "、".join(dict.fromkeys(card.colour for card in cards)),
        "事项": listed(_row(contents, card, fact) for card, fact in pairs),
        "整改事项": listed({"编号": number, "工作任务": contents.get(number, "")} for number in tasks),
        "责任单位": _responsible(ledger, cards),
    }


def _responsible(ledger: Ledger, cards: Sequence[Card]) -> tuple[str, ...]:
    """公文里的责任单位：台账写统称、各单位又都在内的，还写统称，不一一列名；牵头的也在这个统称之内的，写“其他……”。"""
    units = tuple(dict.fromkeys(unit for card in cards for unit in card.responsible_units))
    numbers = {number for card in cards for number in card.tasks}
    folded: dict[str, str] = {}
    for task in (task for task in ledger.tasks if task.number in numbers):
        for name, members in task.collectives:
            others = [unit for unit in members if unit in units]
            if len(others) > 1 and set(members) - set(others) <= {*task.lead_units}:
                name = name if len(others) == len(members) else f"其他{name}"
                folded.update({unit: name for unit in others if unit not in folded})
    return tuple(dict.fromkeys(folded.get(unit, unit) for unit in units))


def _row(contents: Mapping[str, str], card: Card, fact: Fact) -> Row:
    numbers = _numbers(card, fact)
    return {
        "编号": "、".join(numbers),
        "工作任务": "；".join(filter(None, (contents.get(number) for number in numbers))),
        "事由": _ground(card),
        "事实": official(fact.text).removeprefix(numbers[0] if len(numbers) == 1 else ""),
        "整改要求": next(demand for word, demand in DEMANDS if word in _ground(card)),
    }


def _numbers(card: Card, fact: Fact) -> tuple[str, ...]:
    """这件事实是哪几项的：写明了的照写明的；同一张牌别的事实写明了、它没有写的，不是哪一项的；都没有写的，是各项的。"""
    named = {one: tuple(n for n in card.tasks if n == one.number or mentions(one.text, n)) for one in card.facts}
    return named.get(fact, ()) or (() if any(named.values()) else card.tasks)


def _people(ledger: Ledger, unit: str, cards: Sequence[Card], tasks: tuple[str, ...]) -> Row:
    """谁约谈、谁被约谈、谁牵头：人名取自“单位”表和台账，没有的为空，留着手填。几张牌一起谈的，由最重一张写明的领导约谈。"""
    row = next((row for row in ledger.units if row.name == unit), None)
    head, post, leader = (row.head, row.post, row.leader) if row else ("", "", "")
    actor = max(cards, key=lambda card: COLOURS.index(card.colour)).actor
    leads = dict.fromkeys(task.lead_leader for task in ledger.tasks if task.number in tasks and task.lead_leader)
    above = ({"身份": "分管县领导", "姓名": leader},) if "主要领导" in actor else ()
    return {
        "约谈人": actor,
        "约谈人姓名": leader if "分管" in actor else "",
        "被约谈人": (*above, {"身份": f"{unit}{post or '主要负责人'}", "姓名": head}),
        "主要负责人": head,
        "职务": post or "主要负责人",
        "分管县领导": leader,
        "牵头领导": "、".join(leads) or leader,
    }


def _ground(card: Card) -> str:
    """公文里的事由：不带区分事件的括注（文号、日期在事实里写）。"""
    return card.ground.partition("（")[0]

"""待办提醒：今天该做什么。每条都带依据；日期是这件事应办的那一天，不随刷新变动。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain

from pyengine.case import Case, is_open, may_lag, overdue_nodes, where
from pyengine.follow import RECTIFIED, next_steps
from pyengine.model import Citation, Node
from pyengine.outcome import Card, Prompt, Reminder, Verdict
from pyengine.periods import PERIODS
from pyengine.prompts import AT_ANY_TIME, roundup_day
from pyengine.replies import REPLY_EVENTS, answered, items_of, rectified
from pyengine.terms import CARD_WAITING, DUE_SOON, NODE_NEAR, NODE_OVERDUE, OVERDUE

Reminders = Iterator[Reminder]


def judge_reminders(
    case: Case,
    verdicts: Mapping[str, Verdict],
    node_states: tuple[tuple[Node, str], ...],
    prompts: tuple[Prompt, ...],
    cards: tuple[Card, ...],
) -> tuple[Reminder, ...]:
    """全部待办，按日期、类别、单位、编号排列。"""
    found = chain(
        _prompts(prompts), _replies(case), _nodes(case, verdicts, node_states), _deadlines(case, verdicts), _rectifications(case),
        _filings(case, verdicts), _roundups(case, verdicts), _inspections(case, verdicts), _decisions(case), _confirmations(case, cards),
        _steps(case, cards),
    )  # fmt: skip
    return tuple(sorted(found, key=lambda item: (item.on, item.kind, item.unit, item.task)))


def _prompts(prompts: tuple[Prompt, ...]) -> Reminders:
    for prompt in prompts:
        period = "" if prompt.period[-1].isdigit() else prompt.period
        text = f"向{prompt.unit}发{period}{prompt.stars}★工作提示，{len(prompt.tasks)}项，{prompt.reply_by}前反馈"
        text += "（放假安排未公布，暂按周末推算）" if prompt.provisional else ""
        yield Reminder("提示", prompt.issue_on, "、".join(prompt.tasks), prompt.unit, text, prompt.cite)


def _replies(case: Case) -> Reminders:
    horizon = case.settings.int("事实有效天数")
    for record in case.records:
        if record.event not in REPLY_EVENTS or record.limit is None or (case.as_of - record.limit).days > horizon:
            continue
        open_items = tuple(number for number in items_of(case, record) if is_open(case.tasks[number], case.as_of))
        if answered(case, record) or (record.numbers and not open_items):
            continue
        days = (case.as_of - record.limit).days
        state = f"已逾期{days}天" if days > 0 else f"{record.limit}到期"
        text = f"{record.document_number or record.event}应反馈，{state}（{record.place.ref('限期')}）"
        for unit in record.units or ("",):
            yield Reminder("反馈", record.limit, "、".join(record.numbers), unit, text, case.cite_of(record))


def _nodes(case: Case, verdicts: Mapping[str, Verdict], node_states: tuple[tuple[Node, str], ...]) -> Reminders:
    for node, state in node_states:
        verdict = verdicts.get(node.number)
        if (
            state not in (NODE_NEAR, NODE_OVERDUE)
            or verdict is None
            or not is_open(verdict.task, case.as_of)
            or not node.due.due
        ):
            continue
        when = _when(node.due.due, case.as_of)
        text = f"节点“{node.content}”{node.due.due}到期，{when}（{node.place.ref('完成时限')}）"
        units = "、".join(verdict.task.lead_units)
        yield Reminder("节点", node.due.due, node.number, units, text, case.regime.cite("专项督办", "台账与状态"))


def _deadlines(case: Case, verdicts: Mapping[str, Verdict]) -> Reminders:
    for verdict in verdicts.values():
        due = verdict.deadline.due
        if verdict.status not in (DUE_SOON, OVERDUE) or due is None:
            continue
        text = f"完成时限{due}，{_when(due, case.as_of)}（{where(verdict.deadline, verdict.task, '完成时限')}）"
        yield Reminder(
            "时限", due, verdict.task.number, "、".join(verdict.task.lead_units), text, case.regime.cite("台账与状态")
        )


def _rectifications(case: Case) -> Reminders:
    for record in case.records:
        if record.event not in ("预警通知书", "约谈") or record.limit is None:
            continue
        numbers = tuple(number for number in record.numbers if not rectified(case, record, number))
        numbers = tuple(
            number for number in numbers if number not in case.tasks or is_open(case.tasks[number], case.as_of)
        )
        if not numbers and (record.numbers or rectified(case, record, "")):
            continue
        days = (case.as_of - record.limit).days
        state = f"已逾期{days}天" if days > 0 else f"{record.limit}到期"
        text = f"{record.document_number or record.event}要求整改，{state}（{record.place.ref('限期')}）"
        for unit in record.units or ("",):
            yield Reminder("整改", record.limit, "、".join(numbers), unit, text, case.cite_of(record))


def _filings(case: Case, verdicts: Mapping[str, Verdict]) -> Reminders:
    cite = case.regime.cite("方案审查备案")
    unfiled: dict[str, list[str]] = defaultdict(list)
    for verdict in verdicts.values():
        task = verdict.task
        if not is_open(task, case.as_of) or (task.plan_filed and task.plan_filed <= case.as_of):
            continue
        if task.plan_reviewed and task.plan_reviewed <= case.as_of:
            text = f"推进落实方案已审查未备案（{task.place.ref('方案备案日期')}）"
            yield Reminder("备案", task.plan_reviewed, task.number, "、".join(task.lead_units), text, cite)
        elif task.initiated and task.initiated <= case.as_of:
            for unit in case.known_leads(task):
                unfiled[unit].append(task.number)
    for unit, numbers in unfiled.items():
        on = min(task.initiated for task in (case.tasks[number] for number in numbers) if task.initiated)
        yield Reminder("备案", on, "、".join(numbers), unit, f"{len(numbers)}项推进落实方案还没有送审备案", cite)


def _roundups(case: Case, verdicts: Mapping[str, Verdict]) -> Reminders:
    for rule in case.regime.rules("督查"):
        period_of = PERIODS.get(rule.cadence)
        if period_of is None or roundup_day(period_of(case.as_of), case) != case.as_of:
            continue
        judged = (verdict for verdict in verdicts.values() if rule.stars in (None, verdict.stars))
        count = sum(is_open(verdict.task, case.as_of) for verdict in judged)
        if not count:
            continue
        name = f"{rule.stars}★督检汇总" if rule.stars else "常规督办"
        text = f"{period_of(case.as_of).label}{name}，在办{count}项，汇总后报县政府"
        yield Reminder("督查", case.as_of, "", "", text, rule.cite)


def _inspections(case: Case, verdicts: Mapping[str, Verdict]) -> Reminders:
    """5★随时督查：节点、时限一逾期就该去督查，去过（督查、专项督办）就不再列。"""
    rule = next((rule for rule in case.regime.rules("督查") if rule.cadence == AT_ANY_TIME), None)
    visits = _visits(case) if rule else {}
    for verdict in verdicts.values():
        if rule is None or verdict.stars != rule.stars or not is_open(verdict.task, case.as_of):
            continue
        since, missed = max(_missed(case, verdict), default=(None, ""))
        if since and visits.get(verdict.task.number, date.min) <= since:
            text = f"{rule.stars}★{missed}，应随时督查并报县政府"
            units = "、".join(verdict.task.lead_units)
            yield Reminder("督查", since, verdict.task.number, units, text, rule.cite)


def _missed(case: Case, verdict: Verdict) -> Iterator[tuple[date, str]]:
    """逾期的节点、时限和话；已落实的不论逾期。"""
    task, due = verdict.task, verdict.deadline.due
    for node in overdue_nodes(task, case) if may_lag(task) else ():
        if node.due.due:
            yield node.due.due, f"节点“{node.content}”应于{node.due.due}完成（{node.place.ref('完成时限')}）"
    if verdict.status == OVERDUE and due:
        yield due, f"完成时限{due}已过（{where(verdict.deadline, task, '完成时限')}）"


def _visits(case: Case) -> dict[str, date]:
    """每个编号最近一次督查、专项督办的日子。"""
    found = sorted(
        ((record.on, record) for event in ("督查", "专项督办") for record in case.events.get(event, ()) if record.on),
        key=lambda pair: pair[0],
    )
    return {number: on for on, record in found for number in items_of(case, record)}


def _decisions(case: Case) -> Reminders:
    """会商议定事项：有完成时限而没有办理结果的，临近和逾期列出。"""
    near = case.settings.int("临近天数")
    for meeting in case.ledger.meetings:
        due = meeting.due.due
        if meeting.result or due is None or not meeting.on or meeting.on > case.as_of or (due - case.as_of).days > near:
            continue
        task = case.tasks.get(meeting.number)
        if task is None or is_open(task, case.as_of):
            text = f"{meeting.on}会商议定“{meeting.decision}”，{due}到期，{_when(due, case.as_of)}（{meeting.place.ref('办理结果')}）"
            yield Reminder(
                "时限",
                due,
                meeting.number,
                "、".join(meeting.units),
                text,
                case.regime.cite("专班与会商", sheet="会商调度"),
            )


def _when(due: date, as_of: date) -> str:
    days = (due - as_of).days
    return f"还有{days}天" if days > 0 else "今天到期" if days == 0 else f"已逾期{-days}天"


def _steps(case: Case, cards: tuple[Card, ...]) -> Reminders:
    """亮牌以后该做的：同一单位同一天亮的牌、同一件事并为一条。"""
    groups: dict[tuple[str, str, str, date, Citation], list[Card]] = defaultdict(list)
    for step in next_steps(case, cards):
        groups[step.card.unit, step.event, step.actor, step.on, step.card.cite].append(step.card)
    for (unit, event, actor, on, cite), found in groups.items():
        numbers = "、".join(dict.fromkeys(number for card in found for number in card.standing_tasks))
        names = "、".join(f"{card.colour}（{card.id}）" for card in found)
        if not event:
            yield Reminder("确认", on, numbers, unit, f"{unit}{names}该做的都已登记，请研究是否撤牌", cite)
            continue
        kind = "整改" if event == RECTIFIED else "督查"
        yield Reminder(kind, on, numbers, unit, f"{unit}已亮{names}，由{actor}办：{event}，办后登记督查记录", cite)


def _confirmations(case: Case, cards: tuple[Card, ...]) -> Reminders:
    for card in cards:
        if card.state == CARD_WAITING:
            text = f"{card.id} 建议对{card.unit}亮{card.colour}（{card.ground}），请在亮牌建议表确认"
            numbers = "、".join(card.tasks)
            on = case.ledger.first_shown("确认", card.id, card.unit, case.as_of)
            yield Reminder("确认", on, numbers, card.unit, text, card.cite)

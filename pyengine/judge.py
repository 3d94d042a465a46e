"""判定：recompute(台账, 文件, 判定日) → 结果。纯函数：同样的事实总得同样的结论。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from pyengine.cards import gravest, judge_cards, shown_events, shown_name
from pyengine.case import (
    Case,
    effective,
    expected,
    is_closed,
    is_finished,
    may_lag,
    node_is_done,
    not_started,
    overdue_nodes,
    progress,
    stars_of,
    where,
)  # fmt: skip
from pyengine.cells import percent
from pyengine.check import check
from pyengine.doubts import doubts, odd_answers
from pyengine.guards import guards
from pyengine.indicators import state_of
from pyengine.model import Deadline, Finding, Ledger, Node, Share, Task
from pyengine.outcome import Card, IndicatorState, Outcome, Verdict
from pyengine.past import recall
from pyengine.prompts import PromptLog, judge_prompts, next_prompt
from pyengine.rank import judge_ranking, unlisted
from pyengine.reminders import judge_reminders
from pyengine.rules import Circular, NoCircular
from pyengine.terms import (
    BEHIND,
    BY_INDICATOR,
    BY_NODES,
    BY_TIME,
    CLOSED,
    DUE_SOON,
    ERROR,
    FINISHED,
    MISSING,
    NO_DEADLINE,
    NO_METHOD,
    NODE_DONE,
    NODE_FUTURE,
    NODE_NEAR,
    NODE_OVERDUE,
    NORMAL,
    NOT_STARTED,
    ONGOING,
    OPEN_ENDED,
    OVERDUE,
    SEVERITIES,
    UNREADABLE,
    UNVERIFIED,
)  # fmt: skip

_TOLD = 2
"""依据里最多写几件事实，其余看亮牌建议。"""
_CELL = re.compile(r"[^（）；，。]+![A-Z]+\d+")


def recompute(ledger: Ledger, circulars: Iterable[Circular], as_of: date) -> Outcome:
    """判定日 as_of 的全部结论。早于第一份文件抛 NoCircular。"""
    case = Case.of(ledger, circulars, as_of)
    findings = (*ledger.findings, *check(ledger, case.regime.stars))
    before = recall(case, findings)
    case = replace(case, kept=before.kept, standing=before.standing)
    broken = {(item.sheet, item.row): item for item in reversed(findings) if item.severity == ERROR}
    verdicts = _verdicts(case, broken)
    judged = _by_number(verdicts)
    log = PromptLog(case)
    verdicts = tuple(replace(verdict, next_prompt=next_prompt(case, verdict, log)) for verdict in verdicts)
    near = ledger.settings.int("临近天数")
    node_states = tuple((node, _node_state(node, case, near)) for node in ledger.nodes)
    prompts = judge_prompts(case, judged)
    cards = judge_cards(case, judged, lambda day, number: _on(case, broken, day, number))
    events = shown_events(case, cards)
    ranking = judge_ranking(case, verdicts, frozenset(broken), events)
    found = (*findings, *before.findings, *doubts(case, verdicts, prompts, cards), *unlisted(case, ranking))
    reminders = judge_reminders(case, judged, node_states, prompts, cards)
    found = (*found, *odd_answers(ledger, cards, reminders, found))
    shown = gravest(cards)
    verdicts = tuple(_with_card(verdict, shown.get(verdict.task.number)) for verdict in verdicts)
    return Outcome(
        as_of=as_of,
        circulars=case.regime.listing(),
        verdicts=verdicts,
        node_states=node_states,
        indicators=_indicator_states(case),
        prompts=prompts,
        cards=cards,
        events=events,
        reminders=reminders,
        findings=tuple(sorted(found, key=lambda item: _finding_order(item, ledger))),
        ranking=ranking,
        snapshot=before.snapshot,
    )


Rows = Mapping[tuple[str, int | None], Finding]
"""有错误的行，和它的第一个错误。"""


def _verdicts(case: Case, broken: Rows) -> tuple[Verdict, ...]:
    return tuple(_verdict(task, case, broken.get((task.place.sheet, task.place.row))) for task in case.ledger.tasks)


def _by_number(verdicts: Iterable[Verdict]) -> dict[str, Verdict]:
    return {verdict.task.number: verdict for verdict in verdicts if verdict.task.number}


def _on(case: Case, broken: Rows, day: date, number: str) -> tuple[Case, dict[str, Verdict]]:
    """判定日以前某一天一个编号的案卷和判定；早于第一份文件的日子，什么事由都不成立。"""
    ledger = replace(
        case.ledger,
        tasks=(case.tasks[number],) if number in case.tasks else (),
        nodes=case.nodes.get(number, ()),
        indicators=case.indicators.get(number, ()),
        feedback=case.feedback.get(number, ()),
        adjustments=case.adjustments.get(number, ()),
        records=tuple(
            record for record in case.events.get("专项督办", ()) if number in record.numbers or not record.numbers
        ),
        card_rows=(),
    )
    try:
        then = replace(Case.of(ledger, case.circulars, day), kept=case.kept)
    except NoCircular:
        return case, {}
    return then, _by_number(_verdicts(then, broken))


def _indicator_states(case: Case) -> tuple[IndicatorState, ...]:
    """各行指标的判断；“以旬保月、以月保季、以季保年”与赋星同条，该章施行以前不作保障判断。"""
    rows = case.ledger.indicators
    texts = guards(rows, case.as_of) if case.regime.stars else ("",) * len(rows)
    return tuple(replace(state_of(row, case.as_of), guard=text) for row, text in zip(rows, texts, strict=True))


def _finding_order(item: Finding, ledger: Ledger) -> tuple[int, str, int, str]:
    return SEVERITIES.index(item.severity), item.sheet, item.row or 0, item.code


def _verdict(task: Task, case: Case, broken: Finding | None) -> Verdict:
    due = effective(task, case, "完成时限")
    share, source = progress(task, case)
    target, method = expected(task, due, case)
    gap = None if target is None else (share or Share(0)) - target
    days_left = (due.due - case.as_of).days if due.due else None
    draft = Verdict(
        task=task, stars=stars_of(task, case), deadline=due, progress=share, expected=target, method=method, gap=gap,
        days_left=days_left, status="", next_prompt=None, basis="", cite=case.regime.cite("台账与状态"),
    )  # fmt: skip
    status, why = _status(draft, case, broken)
    if status == UNVERIFIED:  # 不判：进度可能就是读错的
        draft = replace(draft, expected=None, gap=None, method=NO_METHOD)
    return replace(draft, status=status, basis=_basis(draft, source, why))


def _status(verdict: Verdict, case: Case, broken: Finding | None) -> tuple[str, str]:
    task, due, as_of = verdict.task, verdict.deadline, case.as_of
    if is_closed(task, as_of):
        return CLOSED, f"{task.closed}销号（{task.place.ref('销号日期')}）"
    if is_finished(task, as_of):
        return FINISHED, f"办理状态为已完成（{task.place.ref('办理状态')}）"
    if broken or due.kind == UNREADABLE:
        return UNVERIFIED, _broken(task, broken)
    if due.kind == MISSING:
        return NO_DEADLINE, f"{due.note}（{task.place.ref('完成时限')}）"
    if may_lag(task) and verdict.days_left is not None and verdict.days_left < 0:
        return OVERDUE, f"完成时限{due.due}已过{-verdict.days_left}天（{where(due, task, '完成时限')}）"
    if not_started(task, verdict.progress, case):
        start = effective(task, case, "启动时限")
        kept = "，改动未经批准，仍按原定" if (task.number, "启动时限") in case.kept else ""
        return NOT_STARTED, f"启动时限{start.due}已过，没有启动（{where(start, task, '启动时限')}{kept}）"
    late = _late_reason(verdict, case) if may_lag(task) else ""
    if late:
        return BEHIND, late
    return _on_track(verdict, case)


def _broken(task: Task, error: Finding | None) -> str:
    where = task.place.ref(error.column or "完成时限") if error else task.place.ref("完成时限")
    return f"{error.message if error else task.due.note}（{where}），改正后再判"


def _on_track(verdict: Verdict, case: Case) -> tuple[str, str]:
    place = where(verdict.deadline, verdict.task, "完成时限")
    if verdict.days_left is not None and 0 <= verdict.days_left <= case.settings.int("临近天数"):
        return DUE_SOON, f"距完成时限{verdict.deadline.due}还有{verdict.days_left}天（{place}）"
    if verdict.deadline.kind == OPEN_ENDED:
        return ONGOING, f"长期工作，没有截止日（{place}）"
    return NORMAL, "已落实，继续推进" if not may_lag(verdict.task) else f"完成时限{verdict.deadline.due}（{place}）"


def _late_reason(verdict: Verdict, case: Case) -> str:
    nodes = overdue_nodes(verdict.task, case)
    if nodes:
        return f"节点“{nodes[0].content}”应于{nodes[0].due.due}完成（{nodes[0].place.ref('完成时限')}）"
    if verdict.gap is not None and verdict.gap < -case.settings.share("滞后容差"):
        return f"落后应达进度{percent(round(-verdict.gap, 4))}"
    return ""


def _basis(verdict: Verdict, source: str, why: str) -> str:
    parts = [why, _assumed(verdict.deadline), _method(verdict)]
    if verdict.progress is not None:
        parts.append(f"进度{percent(round(verdict.progress, 4))}取自{source}")
    parts.append("" if verdict.task.stars or not verdict.stars else f"{verdict.stars}★按工作类别")
    return "；".join(part for part in parts if part) + f"。{verdict.cite}"


def _with_card(verdict: Verdict, card: Card | None) -> Verdict:
    """依据里补上牌：事由、这一项的事实、建议编号和条款，凭它就能在电话里说清。"""
    if card is None:
        return verdict
    number = verdict.task.number
    own = [fact for fact in card.facts if fact.number == number] or [fact for fact in card.facts if not fact.number]
    told = [fact.text.removeprefix(fact.number) for fact in own[:_TOLD]]
    fact = "；".join(told) + (f"等{len(own)}件" if len(own) > _TOLD else "") or "事实见亮牌建议"
    fact = "" if _already_told(verdict.basis, fact) else f"，{fact}"
    return replace(verdict, basis=f"{verdict.basis}。{shown_name(card)}：{card.ground}{fact}。{card.id}，{card.cite}")


def _already_told(basis: str, fact: str) -> bool:
    """事实所在的格，依据里是不是都已经说到。"""
    cells = _CELL.findall(fact)
    return bool(cells) and all(re.search(re.escape(cell) + r"(?!\d)", basis) for cell in cells)


def _assumed(due: Deadline) -> str:
    return f"时限{due.note}" if due.kind not in (MISSING, UNREADABLE) and due.note else ""


def _method(verdict: Verdict) -> str:
    if verdict.expected is None:
        return ""
    how = {BY_INDICATOR: "按指标计划", BY_NODES: "按节点权重", BY_TIME: "按时间"}[verdict.method]
    return f"应达{percent(round(verdict.expected, 4))}（{how}）"


def _node_state(node: Node, case: Case, near: int) -> str:
    if node_is_done(node, case.as_of):
        return NODE_DONE
    if node.due.due is None:
        return ""
    days = (node.due.due - case.as_of).days
    if days < 0:
        return NODE_OVERDUE
    return NODE_NEAR if days <= near else NODE_FUTURE

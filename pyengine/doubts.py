"""存疑：判定以后才看得出的问题。只提给人核对，不影响判定。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from pyengine import findings as catalogue
from pyengine.answers import ANSWER_YES, idle_withdrawals
from pyengine.case import Case, is_closed, is_open, may_lag, node_is_done
from pyengine.cells import percent, plain_text, show
from pyengine.chains import mismatches
from pyengine.findings import Kind, finding, sheet_finding
from pyengine.indicators import actual_share
from pyengine.layout import layout
from pyengine.model import Feedback, Finding, Indicator, Ledger, Record, Task
from pyengine.outcome import Card, Prompt, Reminder, Verdict
from pyengine.prompts import AT_ANY_TIME
from pyengine.replies import rectified
from pyengine.terms import CARD_CONFIRMED, CARD_WITHDRAWN, DONE, UNVERIFIED


def doubts(
    case: Case, verdicts: tuple[Verdict, ...], prompts: tuple[Prompt, ...], cards: tuple[Card, ...]
) -> Iterator[Finding]:
    """全部存疑：没有报进度、进度与指标不符、进度已有而没有启动日期、5★没有节点、疑似虚报、销号条件不全、各期的累计对不上、认定的事由不在列举之内、放假安排缺年份。"""
    for verdict in verdicts:
        if is_open(verdict.task, case.as_of) and verdict.status != UNVERIFIED:
            yield from _progress(case, verdict)
            yield from _nodes(case, verdict)
        if is_closed(verdict.task, case.as_of):
            yield from _closing(case, verdict.task, cards)
        else:
            yield from _reported(case, verdict)
    for rows in case.indicators.values():
        yield from _periods(rows)
    for record in case.records:
        yield from _ground(case, record)
    for record in idle_withdrawals(case):
        yield finding(catalogue.WITHDRAWAL_IDLE, record.place, "事件", "、".join(record.numbers))
    for card in cards:
        yield from _confirmed(case, card)
    for year in sorted({prompt.reply_by.year for prompt in prompts if prompt.provisional}):
        yield sheet_finding(catalogue.CALENDAR_MISSING, "工作日历", value=year)


def odd_answers(
    ledger: Ledger, cards: Iterable[Card], reminders: Iterable[Reminder], findings: Iterable[Finding]
) -> Iterator[Finding]:
    """三张清单里留下的行上，不在可选项之内的答复。"""
    answers = [("亮牌建议", "确认", "card_answer", card.id, card.answer) for card in cards]
    answers += [
        ("待办提醒", "处理", "reminder_answer", item.task, ledger.reminder_answers.get(item.key, ""))
        for item in reminders
    ]
    answers += [
        (
            "校验问题",
            "确认",
            "finding_answer",
            item.number,
            ledger.finding_answers.get((item.code, item.sheet, item.number), ""),
        )
        for item in findings
    ]
    for sheet, column, choices, number, answer in dict.fromkeys(answers):
        words = layout().choices[choices]
        if answer and answer not in words:
            facts = {"column": column, "value": show(answer), "choices": "、".join(words)}
            yield sheet_finding(catalogue.CHOICE_UNKNOWN, sheet, number, **facts)


def _progress(case: Case, verdict: Verdict) -> Iterator[Finding]:
    task, share, limit = verdict.task, verdict.progress, case.settings.share("滞后容差")
    if share is None and verdict.expected is not None and verdict.expected > limit and may_lag(task):
        yield finding(catalogue.PROGRESS_BLANK, task.place, "完成进度", task.number)
    started = share is not None and share >= case.settings.share("视为启动进度")
    if share is not None and started and task.start_due.due and not task.started:
        yield finding(
            catalogue.STARTED_UNDATED, task.place, "实际启动日期", task.number, value=percent(round(share, 4))
        )
    actual = actual_share(case.indicators.get(task.number, ()), case.as_of)
    if share is not None and actual is not None and abs(share - actual) > limit:
        facts = {"value": percent(round(share, 4)), "read": percent(round(actual, 4))}
        yield finding(catalogue.PROGRESS_DIFFERS, task.place, "完成进度", task.number, **facts)


def _nodes(case: Case, verdict: Verdict) -> Iterator[Finding]:
    by_progress = [rule.stars for rule in case.regime.rules("提示") if rule.cadence == AT_ANY_TIME]
    if verdict.stars in by_progress and verdict.task.number not in case.nodes:
        yield finding(catalogue.NODES_MISSING, verdict.task.place, "星级", verdict.task.number, value=verdict.stars)


def _reported(case: Case, verdict: Verdict) -> Iterator[Finding]:
    """疑似虚报：进度倒退、完成时限当天突击。只提请核实，不是亮牌的事由。"""
    number, limit = verdict.task.number, case.settings.share("突击进度")
    daily = {
        item.on: item for item in case.feedback.get(number, ()) if item.result == "采用" and item.progress is not None
    }
    for before, item in pairwise(daily.values()):
        gain = (item.progress or Fraction(0)) - (before.progress or Fraction(0))
        if gain < 0:
            yield _doubted(catalogue.PROGRESS_BACKWARDS, before, item)
        if gain > limit and item.on == verdict.deadline.due:
            yield _doubted(catalogue.PROGRESS_JUMP, before, item)


def _doubted(kind: Kind, before: Feedback, item: Feedback) -> Finding:
    value, read = (percent(round(one.progress or Fraction(0), 4)) for one in (item, before))
    return finding(kind, item.place, "完成进度", item.number, value=value, read=read, other=before.on)


def _closing(case: Case, task: Task, cards: tuple[Card, ...]) -> Iterator[Finding]:
    """销号条件：办结、节点完成、整改完成、牌已撤。"""
    left = [node for node in case.nodes.get(task.number, ()) if not node_is_done(node, case.as_of)]
    warned = [record for record in case.records if record.event == "预警通知书" and task.number in record.numbers]
    standing = [card for card in cards if card.state == CARD_CONFIRMED and task.number in card.standing_tasks]
    wanting = {
        f"办理状态是“{task.state or '空着'}”": task.state != DONE,
        "没有办结日期": task.finished is None and task.state != DONE,  # 已完成而没有日期的，X05 已经报过
        f"还有{len(left)}个节点没有完成": bool(left),
        "整改没有完成": any(not rectified(case, record, task.number) for record in warned),
        f"{'、'.join(card.id for card in standing)}没有撤牌": bool(standing),
    }
    words = "、".join(text for text, holds in wanting.items() if holds)
    if words:
        yield finding(catalogue.CLOSED_EARLY, task.place, "销号日期", task.number, value=words)


def _periods(rows: Iterable[Indicator]) -> Iterator[Finding]:
    for item, longer, column in mismatches(rows):
        value, other = (_figure(row, column) for row in (item, longer))
        facts = {"value": value, "read": f"{longer.period} {other}", "other": longer.place.ref(column)}
        yield finding(catalogue.PERIODS_DIFFER, item.place, column, item.number, **facts)


def _figure(item: Indicator, column: str) -> str:
    value = item.planned if column == "计划累计" else item.actual
    return plain_text(None if value is None else float(value))


def _confirmed(case: Case, card: Card) -> Iterator[Finding]:
    """亮牌建议表的确认：登记过亮牌不能改口，确认要有确认人。"""
    if card.shown and card.answer != ANSWER_YES and card.state == CARD_CONFIRMED:
        yield sheet_finding(catalogue.ANSWER_TAKEN_BACK, "亮牌建议", card.id, value=card.shown)
    if card.answer == ANSWER_YES and card.state != CARD_WITHDRAWN and not card.confirmer:
        yield sheet_finding(catalogue.CONFIRMER_MISSING, "亮牌建议", card.id, value=card.answer)


def _ground(case: Case, record: Record) -> Iterator[Finding]:
    if record.event != "认定" or record.on is None:
        return
    words = case.regime_on(record.on).recorded
    if words and not any(word in record.reason for word in words):
        facts = {"value": record.reason, "choices": "、".join(words)}
        yield finding(catalogue.GROUND_UNKNOWN, record.place, "事由", "、".join(record.numbers), **facts)

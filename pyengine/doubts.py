"""存疑：判定以后才看得出的问题。只提给人核对，不影响判定。"""

from __future__ import annotations

from collections.abc import Iterator

from pyengine import findings as catalogue
from pyengine.case import Case, is_open, may_lag
from pyengine.cells import percent
from pyengine.findings import finding, sheet_finding
from pyengine.indicators import actual_share
from pyengine.model import Finding, Prompt, Record, Verdict
from pyengine.terms import UNVERIFIED


def doubts(case: Case, verdicts: tuple[Verdict, ...], prompts: tuple[Prompt, ...]) -> Iterator[Finding]:
    """全部存疑：没有报进度、进度与指标不符、进度已有而没有启动日期、认定的事由不在列举之内、放假安排缺年份。"""
    for verdict in verdicts:
        if is_open(verdict.task, case.as_of) and verdict.status != UNVERIFIED:
            yield from _progress(case, verdict)
    for record in case.records:
        yield from _ground(case, record)
    for year in sorted({prompt.reply_by.year for prompt in prompts if prompt.provisional}):
        yield sheet_finding(catalogue.CALENDAR_MISSING, "工作日历", value=year)


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


def _ground(case: Case, record: Record) -> Iterator[Finding]:
    if record.event != "认定" or record.on is None:
        return
    words = [word for rule in case.card_rules_on(record.on) for word in rule.recorded]
    if words and not any(word in record.reason for word in words):
        facts = {"value": record.reason, "choices": "、".join(words)}
        yield finding(catalogue.GROUND_UNKNOWN, record.place, "事由", "、".join(record.numbers), **facts)

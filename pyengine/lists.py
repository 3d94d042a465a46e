"""清单：待办提醒、亮牌建议、校验问题三张表应有的行。工作人员的答复按键跟着行走，行在答复就在。"""

from __future__ import annotations

from collections.abc import Mapping

from pyengine.ooxml import Value
from pyengine.outcome import Outcome
from pyengine.read import Reading

Rows = tuple[Mapping[str, Value], ...]


def reminder_list(reading: Reading, outcome: Outcome) -> Rows:
    """待办提醒各行。键：类别、编号（单位）、日期。"""
    content = {task.number: task.content for task in reading.ledger.tasks}
    return tuple(
        {
            "日期": item.on,
            "类别": item.kind,
            "编号": item.task or None,
            "工作任务": "\n".join(content.get(number, "") for number in item.task.split("、")).strip() or None,
            "单位": item.unit or None,
            "内容": item.text,
            "依据": str(item.cite),
            "处理": reading.ledger.reminder_answers.get(item.key),
        }
        for item in outcome.reminders
    )


def card_list(outcome: Outcome) -> Rows:
    """亮牌建议各行。键：建议编号。"""
    return tuple(
        {
            "建议编号": card.id,
            "单位": card.unit,
            "牌": card.colour,
            "事由": card.ground,
            "编号": "、".join(card.tasks) or None,
            "事实": "\n".join(fact.text for fact in card.facts) or None,
            "条款": str(card.cite),
            "文书": "、".join(card.letters) or None,
            "状态": card.state,
            "确认": card.answer or None,
            "确认人": card.confirmer or None,
        }
        for card in outcome.cards
    )


def finding_list(reading: Reading, outcome: Outcome) -> Rows:
    """校验问题各行。键：代码、工作表、编号。"""
    answers = reading.ledger.finding_answers
    return tuple(
        {
            "级别": item.severity,
            "代码": item.code,
            "位置": f"{item.sheet}!{item.cell}" if item.cell else item.sheet,
            "列": item.column,
            "问题": f"{item.number}：{item.message}" if item.number else item.message,
            "建议": item.advice,
            "确认": answers.get((item.code, item.sheet, item.number)),
        }
        for item in outcome.findings
    )

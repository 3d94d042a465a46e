"""答复：发出的提示、督办有没有按限期答复，整改有没有完成。"""

from __future__ import annotations

from datetime import date

from pyengine.case import Case, is_open
from pyengine.model import Feedback, Record

REPLY_EVENTS = ("工作提示", "督办提示函", "预警通知书", "专项督办")
"""限期要求答复的事件；预警通知书限期以内整改完成的，即是答复。"""


def items_of(case: Case, record: Record) -> tuple[str, ...]:
    """事件所涉编号；没有写编号的是该单位当时在办的全部牵头事项。"""
    if record.numbers:
        return tuple(number for number in record.numbers if number in case.tasks)
    day = record.on or case.as_of
    led = dict.fromkeys(task.number for unit in record.units for task in case.led.get(unit, ()) if is_open(task, day))
    return tuple(led)


def replies(case: Case, record: Record, number: str) -> tuple[Feedback, ...]:
    """某个编号对这次事件的答复：文号相同的，或没有写文号而在其后的反馈。"""
    found = case.feedback.get(number, ())
    return tuple(item for item in found if _answers(item, record))


def _answers(item: Feedback, record: Record) -> bool:
    if item.prompt_number and record.document_number:
        return item.prompt_number == record.document_number
    return bool(item.on and record.on and item.on >= record.on)


def late_items(case: Case, record: Record) -> tuple[str, ...]:
    """限期以内没有答复的编号（限期当天答复算按时；预警通知书限期以内整改完成的，即是答复）。"""
    limit = record.limit
    return tuple(
        number for number in items_of(case, record)
        if not any(item.on and limit and item.on <= limit for item in replies(case, record, number))
        and not (record.event == "预警通知书" and limit and rectified(case, record, number, limit))
    )  # fmt: skip


def answered_in_time(case: Case, record: Record) -> bool:
    """整件是否按时答复：回复日期不晚于限期，或有写明该文号的反馈不晚于限期，或每一项都按时。"""
    limit = record.limit
    if limit is None or (record.replied and record.replied <= min(limit, case.as_of)):
        return True
    if record.event == "预警通知书" and all(
        rectified(case, record, number, limit) for number in record.numbers or ("",)
    ):
        return True
    numbered = (item for number in items_of(case, record) for item in replies(case, record, number))
    if any(item.prompt_number and item.on and item.on <= limit for item in numbered):
        return True
    return bool(items_of(case, record)) and not late_items(case, record)


def answered(case: Case, record: Record) -> bool:
    """到判定日为止是否已经答复（不论迟早）。"""
    if record.replied and record.replied <= case.as_of:
        return True
    if record.event == "预警通知书" and all(rectified(case, record, number) for number in record.numbers or ("",)):
        return True
    numbers = items_of(case, record)
    return bool(numbers) and all(replies(case, record, number) for number in numbers)


def rectified(case: Case, record: Record, number: str, by: date = date.max) -> bool:
    """record 之后、by 当天以前，该单位（该编号）有没有整改完成。"""
    return rectified_since(case, case.units_of(record), number, record.on or date.max, by)


def rectified_since(case: Case, units: tuple[str, ...], number: str, since: date, by: date = date.max) -> bool:
    """since 以后（含当日）、by 当天以前，这些单位的这一编号有没有整改完成；没有写编号的整改完成，算该单位全部事项的。"""
    found = {id(later): later for key in (number, "") for later in case.rectifications.get(key, ())}.values()
    return any(
        later.on and since <= later.on <= by and (not units or not later.units or set(later.units) & set(units))
        for later in found
    )

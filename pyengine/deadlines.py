"""时限：把“6月底前”“2026.6.30”“收到之日起7个工作日”“持续推进”读成日期或说明读不出。从不悄悄猜。

读法依工作簿约定：含当日；上旬 10 日、中旬 20 日、下旬与底为月末；全年、年内、年底为 12 月 31 日。
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import isfinite

from pyengine.model import Deadline
from pyengine.moments import Reckoning
from pyengine.phrases import normal_form
from pyengine.sentences import read_text, short
from pyengine.steps import Step, date_inside, read_steps
from pyengine.terms import DATED, FIRST_YEAR, LAST_YEAR, MISSING, UNREADABLE

__all__ = [
    "Reckoning",
    "Step",
    "date_inside",
    "normal_form",
    "read_deadline",
    "read_steps",
    "same_words",
    "show_deadline",
]


_SERIAL = re.compile(r"\s*(\d{5})\s*")
_SERIAL_EPOCH = date(1899, 12, 30)


def show_deadline(due: Deadline) -> str:
    """时限在问题里的写法：到期日，没有的照原文。"""
    return str(due.due) if due.due else f"“{short(due.text)}”" if due.text else "（空）"


def same_words(first: Deadline, second: Deadline) -> bool:
    """是否一样的写法、同一年到期：写法没有动而日子差几天的，是设置或工作日历变了（立行立改、月初）。"""
    worded = normal_form(first.text) == normal_form(second.text)
    return worded and bool(first.due and second.due and first.due.year == second.due.year)


def read_deadline(value: object, by: Reckoning) -> Deadline:
    """时限单元格的读法。从不抛出。

    返回 Deadline：kind 为 日期/持续/缺失/无法识别，note 是所作推定或读不出的原因；一格几个日期的，due 是最后一个。
    """
    if isinstance(value, date):
        return _dated(value.date() if isinstance(value, datetime) else value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return Deadline(MISSING, note="完成时限为空")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    text = str(value)
    serial = _SERIAL.fullmatch(text)
    return replace(_number(int(serial[1])), text=text) if serial else read_text(text, by)


@lru_cache(maxsize=8192)
def _dated(day: date, text: str = "") -> Deadline:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return Deadline(UNREADABLE, note=f"{day}的年份不对", text=text or str(day))
    return Deadline(DATED, day, dates=(day,), text=text or str(day))


def _number(value: float) -> Deadline:
    whole = int(value) if isfinite(value) and value == int(value) else None
    text = f"{value:g}" if whole is None or abs(whole) > 10**9 else str(whole)
    if isfinite(value) and 36526 <= value < 73051:
        day = _SERIAL_EPOCH + timedelta(days=int(value))
        return replace(_dated(day, text), note=f"按日期序列号读为{day}")
    if whole is not None and (19000101 <= whole <= 20991231 or 190001 <= whole <= 209912):
        found = read_text(text, Reckoning(0))
        if found.kind == DATED:
            return found
    return Deadline(UNREADABLE, note=_not_a_date(text), text=text)


def _not_a_date(text: str) -> str:
    month, point, day = text.partition(".")
    if point and month.isdigit() and day.isdigit() and 1 <= int(month) <= 12 and 1 <= int(day) <= 31 and len(day) <= 2:
        also = f"或{month}月{day}0日" if day in ("1", "2", "3") else ""
        return f"数字{text}不知是不是{month}月{int(day)}日{also}"
    return f"数字{text}不是日期"

"""节日：春节、国庆节等在哪一天，从哪天放到哪天。放假安排没有公布的年份只知道节日当天。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import chinese_calendar
from borax.calendars.lunardate import LunarDate, TermUtils

from pyengine.periods import DAY, has_calendar

_FIXED = {
    "元旦": (1, 1), "三八": (3, 8), "五一": (5, 1), "劳动": (5, 1), "六一": (6, 1), "七一": (7, 1), "八一": (8, 1),
    "教师": (9, 10), "国庆": (10, 1), "十一": (10, 1),
}  # fmt: skip
_LUNAR = {"春节": (1, 1), "元宵": (1, 15), "端午": (5, 5), "中秋": (8, 15)}
_WORKED = frozenset({"三八", "元宵", "六一", "七一", "八一", "教师"})


@dataclass(frozen=True, slots=True)
class Festival:
    """节日：放假的头一天、末一天；published 为假即放假安排未公布，只是节日当天。不放假的节日头末都是当天。"""

    first: date
    last: date
    day: date
    published: bool


@lru_cache(maxsize=1024)
def festival(name: str, year: int) -> Festival:
    """某年的节日；name 如 春节、国庆、五一、教师。"""
    day = _day_of(name, year)
    if name in _WORKED or not has_calendar(year):
        return Festival(day, day, day, name in _WORKED)
    first = last = day
    while _off(first - DAY):
        first -= DAY
    while _off(last + DAY):
        last += DAY
    return Festival(first, last, day, True)


def _day_of(name: str, year: int) -> date:
    if name in _FIXED:
        return date(year, *_FIXED[name])
    found = (
        TermUtils.nth_term_day(year, term_name=name)
        if name == "清明"
        else LunarDate(year, *_LUNAR[name]).to_solar_date()
    )
    return date(found.year, found.month, found.day)


def _off(day: date) -> bool:
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(off and name)

"""旬、月、季、年与工作日：一律是日期的半开区间 [start, end)，不读时钟。

工作日按国务院办公厅放假通知（chinesecalendar），工作日历表的休、班优先；
没有数据的年份按周末推算，并由 WorkCalendar.provisional 说明。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from pyengine.terms import FIRST_YEAR, LAST_YEAR

DAY = timedelta(days=1)
_QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """期别：半开区间 [start, end) 和它的中文名称，如 2026年二季度。"""

    start: date
    end: date
    label: str

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def last_day(self) -> date:
        """期内最后一天。"""
        return self.end - DAY


def month_of(day: date) -> Period:
    """day 所在的月。"""
    start = day.replace(day=1)
    return Period(start, (start + timedelta(days=31)).replace(day=1), f"{day.year}年{day.month}月")


def quarter_of(day: date) -> Period:
    """day 所在的季度。"""
    index = (day.month - 1) // 3
    start = date(day.year, index * 3 + 1, 1)
    end = month_of(start + timedelta(days=70)).end
    return Period(start, end, f"{day.year}年{_QUARTERS[index]}季度")


def year_of(day: date) -> Period:
    """day 所在的年。"""
    return Period(date(day.year, 1, 1), date(day.year + 1, 1, 1), f"{day.year}年")


_LABEL = re.compile(r"(\d{4})年(?:度|全年)?(?:第?([一二三四1-4])季度|(\d{1,2})月份?([上中下]旬)?)?")
_TENTHS = {"上旬": (1, 11), "中旬": (11, 21), "下旬": (21, 0)}


def ten_days_of(day: date) -> Period:
    """day 所在的旬：上旬、中旬各十天，下旬到月末。"""
    tenth = "上旬" if day.day <= 10 else "中旬" if day.day <= 20 else "下旬"
    return _ten_days(month_of(day), tenth)


LADDER = {"旬": ten_days_of, "月": month_of, "季": quarter_of, "年": year_of}
"""由短到长的四种期别。"""


@lru_cache(maxsize=8192)
def kind_of(period: Period) -> str:
    """期别是哪一种：旬、月、季、年。"""
    return next(kind for kind, of in LADDER.items() if of(period.start) == period)


@lru_cache(maxsize=8192)
def wholes_of(period: Period) -> tuple[Period, ...]:
    """包含它的更长的各期，由近及远：旬为月、季、年。"""
    kinds = list(LADDER)
    return tuple(LADDER[kind](period.start) for kind in kinds[kinds.index(kind_of(period)) + 1 :])


@lru_cache(maxsize=8192)
def rest_of(period: Period, whole: Period) -> tuple[Period, ...]:
    """whole 之内排在 period 后面的同一种期别。"""
    of, found, day = LADDER[kind_of(period)], [], period.end
    while day < whole.end:
        found.append(of(day))
        day = found[-1].end
    return tuple(found)


@lru_cache(maxsize=8192)
def read_period(label: str) -> Period | None:
    """期别的写法：2026年、2026年四季度、2026年11月、2026年11月上旬；认不出则 None。"""
    match = _LABEL.fullmatch(re.sub(r"\s+", "", unicodedata.normalize("NFKC", label)))
    if match is None:
        return None
    year, quarter, month, tenth = match.groups()
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    if quarter:
        index = _QUARTERS.index(quarter) if quarter in _QUARTERS else int(quarter) - 1
        return quarter_of(date(int(year), index * 3 + 1, 1))
    if not month:
        return year_of(date(int(year), 1, 1))
    if not 1 <= int(month) <= 12:
        return None
    whole = month_of(date(int(year), int(month), 1))
    return _ten_days(whole, tenth) if tenth else whole


def _ten_days(month: Period, tenth: str) -> Period:
    first, stop = _TENTHS[tenth]
    end = month.start.replace(day=stop) if stop else month.end
    return Period(month.start.replace(day=first), end, month.label + tenth)


PERIODS = {"月": month_of, "季": quarter_of, "年": year_of}


def month_end(year: int, month: int) -> date:
    """某年某月的最后一天；月份不对则 ValueError。"""
    return month_of(date(year, month, 1)).last_day


def add_months(day: date, months: int) -> date:
    """加（减）若干个月；目标月没有这一天则取月末。"""
    index = day.year * 12 + day.month - 1 + months
    last = month_end(index // 12, index % 12 + 1)
    return last.replace(day=min(day.day, last.day))


@dataclass(frozen=True)
class WorkCalendar:
    """工作日历：内置放假安排加上工作日历表的休、班。overrides: 日期 → 是否上班。"""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """是否工作日。"""
        override = self.overrides.get(day)
        return _is_workday(day) if override is None else override

    def provisional(self, *days: date) -> bool:
        """其中是否有日子落在没有放假安排的年份（暂按周末推算）。"""
        return any(not has_calendar(day.year) for day in days)

    def shift(self, day: date, workdays: int) -> date:
        """从 day 起第 workdays 个工作日，起算日不计；负数往前数。0 则原日。"""
        step = DAY if workdays > 0 else -DAY
        for _ in range(abs(workdays)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def on_or_before(self, day: date) -> date:
        """day 本日或之前最近的工作日：汇总日遇休息日提前。"""
        while not self.is_workday(day):
            day -= DAY
        return day


@lru_cache(maxsize=4096)
def _is_workday(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(maxsize=64)
def has_calendar(year: int) -> bool:
    """这一年的放假安排是否已收录。"""
    try:
        chinese_calendar.is_workday(date(year, 7, 1))
    except NotImplementedError:
        return False
    return True

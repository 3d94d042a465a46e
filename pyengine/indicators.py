"""指标：明确指标类事项的应达进度、完成率和序时判断。计划、实际都是当年 1 月 1 日起的累计。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from pyengine.model import Indicator, Share
from pyengine.outcome import IndicatorState
from pyengine.periods import Period, read_period, year_of

AHEAD, ON_SCHEDULE, SHORT, NO_PLAN = "超序时", "达序时", "欠序时", "无计划"
LOWER_IS_BETTER = "越低越好"


def state_of(item: Indicator, as_of: date) -> IndicatorState:
    """一行指标的完成率和序时判断；越低越好的，实际不高于计划即达到，计划可以是 0（零上限）。还没有实际、期别还没有结束的不判断序时。"""
    planned, actual, period = item.planned, item.actual, read_period(item.period)
    lower = item.direction == LOWER_IS_BETTER
    if planned is None or (planned == 0 and not lower):
        return IndicatorState(item, None, NO_PLAN)
    if actual is None:
        return IndicatorState(item, None, "")
    gain = planned - actual if lower else actual - planned
    rate = (planned / actual if actual else None) if lower else actual / planned
    ended = period is not None and period.end <= as_of
    return IndicatorState(item, rate, (AHEAD if gain > 0 else SHORT if gain < 0 else ON_SCHEDULE) if ended else "")


def expected_share(rows: Iterable[Indicator], as_of: date) -> Share | None:
    """应达进度：各指标最近结束的一期的计划累计除以全年计划，取平均；越低越好的不计入；没有全年计划、没有分期计划的不算，都不算则 None。"""
    shares = [share for name_rows in _by_name(rows) if (share := _planned_share(name_rows, as_of)) is not None]
    return sum(shares, Fraction(0)) / len(shares) if shares else None


def actual_share(rows: Iterable[Indicator], as_of: date) -> Share | None:
    """实际进度：各指标最近结束而有实际累计的一期除以全年计划，取平均；没有则 None。"""
    shares = []
    for name_rows in _by_name(rows):
        year_plan = _year_plan(name_rows, as_of)
        year = year_of(as_of)
        known = [
            (period.end, item.actual)
            for period, item in name_rows
            if item.actual is not None and period.end <= as_of and period.start in year
        ]
        if year_plan and known:
            shares.append(max(known)[1] / year_plan)
    return sum(shares, Fraction(0)) / len(shares) if shares else None


Rows = list[tuple[Period, Indicator]]


def _by_name(rows: Iterable[Indicator]) -> list[Rows]:
    groups: dict[str, Rows] = defaultdict(list)
    for item in rows:
        period = read_period(item.period)
        if period is not None and item.direction != LOWER_IS_BETTER:
            groups[item.name].append((period, item))
    return list(groups.values())


def _year_plan(rows: Rows, as_of: date) -> Fraction | None:
    year = year_of(as_of)
    return next((item.planned for period, item in rows if period == year and item.planned), None)


def _planned_share(rows: Rows, as_of: date) -> Share | None:
    year_plan, year = _year_plan(rows, as_of), year_of(as_of)
    planned = [(period, item.planned) for period, item in rows if item.planned is not None and period.start in year]
    if not year_plan or all(period == year for period, _ in planned):
        return None
    ended = [(period.end, amount) for period, amount in planned if period.end <= as_of]
    return max(ended)[1] / year_plan if ended else Fraction(0)

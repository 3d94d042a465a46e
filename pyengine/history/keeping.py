"""留多少：最近几天每天一份、最近几个月每月一份，其余删去（设置 保留备份天数、保留备份月数）。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

_WHOLE_DAYS = 2
"""最近这几天的全部留着，不只留当天最后一份。"""


def kept(moments: Iterable[datetime], days: int, months: int) -> frozenset[datetime]:
    """应留的时刻：最近两天的全部；有记录的最近 days 天，各留当天最后一份；最近 months 个月，各留当月最后一份。"""
    ordered = sorted(set(moments))
    by_day = {moment.date(): moment for moment in ordered}
    by_month = {(moment.year, moment.month): moment for moment in ordered}
    recent = set(sorted(by_day)[-_WHOLE_DAYS:])
    daily = {by_day[day] for day in sorted(by_day, reverse=True)[:days]}
    monthly = {by_month[month] for month in sorted(by_month, reverse=True)[:months]}
    return frozenset(daily | monthly | {moment for moment in ordered if moment.date() in recent})

"""时点：6月底、三季度、明年春节前这样的一个词，落在哪一天到哪一天。"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from pyengine.festivals import festival
from pyengine.periods import DAY, WorkCalendar, add_months, month_end, quarter_of
from pyengine.phrases import Token
from pyengine.terms import FIRST_YEAR, LAST_YEAR

_LATER = {"今": 0, "本": 0, "当": 0, "明": 1, "来": 1, "次": 1, "翌": 1, "后": 2, "去": -1, "上": -1}
_PARTS = {
    "上旬": (1, 10), "上中旬": (1, 20), "上半月": (1, 15), "中旬": (11, 20), "中下旬": (11, 31), "下旬": (21, 31),
    "下半月": (16, 31), "底": (31, 31), "末": (31, 31), "内": (1, 31), "": (1, 31),
}  # fmt: skip
_FIVES = {char: number for number, char in enumerate("一二三四五六七八九", start=1)}


class Unclear(ValueError):
    """读不懂：内容是对人说的原因。"""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """推算：一句时限按什么读。

    year 没有写年份时所用的年份；initiated 立项（交办）日期，meeting 会议日期，是相对时限的起算日；
    early 月初按几日，inclusive “前”含不含当日，at_once 立行立改按几个工作日，roll 相对时限的末日遇休息日是否顺延。
    """

    year: int
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    initiated: date | None = None
    meeting: date | None = None
    early: int = 5
    inclusive: bool = True
    at_once: int = 5
    roll: bool = False

    def started(self, text: str) -> date:
        """起算的立项日期；没有则 Unclear。"""
        if self.initiated is None:
            raise Unclear(f"“{text}”没有立项日期，无从起算")
        return self.initiated


@dataclass(frozen=True, slots=True)
class Span:
    """一段：头一天、到期日；year 是其中没写年份的后续日期所用的年份，stated 年份是否写明，ranged 起始日是否文字写明。"""

    first: date
    due: date
    year: int
    stated: bool = True
    exact: bool = False
    ranged: bool = False
    whole: bool = False
    eve: bool = False
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def a_day(year: int, month: int, day: int) -> date:
    """年月日；没有这一天的 Unclear 说清为什么。"""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unclear(f"{year}年的年份不对")
    if not 1 <= month <= 12:
        raise Unclear(f"没有{month}月")
    if not 1 <= day <= month_end(year, month).day:
        raise Unclear(f"{f'{year}年' if (month, day) == (2, 29) else ''}{month}月没有{day}日")
    return date(year, month, day)


def place(token: Token, by: Reckoning, last: Span | None) -> Span:
    """一个时点落在哪一段。last 是同一句里前一个时点，年月没有写的随它。"""
    return _PLACES[token.kind](token, by, last)


def _year(token: Token, by: Reckoning, last: Span | None) -> tuple[int, bool]:
    if token["y"]:
        return int(token["y"]), True
    word = token["r"]
    if word:
        own = last.year if last and word[0] in "次翌当" else (by.initiated.year if by.initiated else by.year)
        return own + _LATER[word[0]], True
    return (last.year, last.stated) if last else (by.year, False)


def _day(token: Token, by: Reckoning, last: Span | None) -> Span:
    year, stated = _year(token, by, last)
    month = token.number("m") or token.number("m2") or token.number("m3") or 0
    day = a_day(year, month, token.number("d") or token.number("e") or 0)
    doubts = (f"“{token.text}”按{day.month}月{day.day}日读",) if token["dot"] is not None else ()
    return Span(day, day, year, stated, exact=bool(token["y"]), doubts=doubts)


def _part(year: int, month: int, part: str, by: Reckoning) -> tuple[date, date]:
    first, stop = (1, by.early) if part == "初" else _PARTS[part]
    last = month_end(a_day(year, month, 1).year, month).day
    return date(year, month, min(first, last)), date(year, month, min(stop, last))


def _month(token: Token, by: Reckoning, last: Span | None) -> Span:
    year, stated = _year(token, by, last)
    part = _named_part(token)
    return Span(*_part(year, token.number("m") or 0, part, by), year, stated)


def _named_part(token: Token) -> str:
    part = (token["x"] or "").removeprefix("月")
    if part == "中":
        raise Unclear(f"“{token.text}”不知道是15日还是20日")
    return part


def _inner(token: Token, by: Reckoning, last: Span | None) -> Span:
    """没有写月份的：下旬、月底、25日，随前一个时点的月份；月底前面没有月份的按立项当月。"""
    if token.kind == "day_number":
        if last is None:
            raise Unclear(f"“{token.text}”没有写月份；是期限的，写成“{token.text[:-1]}日内”")
        day = a_day(last.due.year, last.due.month, token.number("d") or 0)
        return Span(day, day, last.year, last.stated)
    if last is None and not token.text.startswith("月"):
        raise Unclear(f"“{token.text}”没有写月份")
    within = last.due if last else by.started(token.text)
    first, due = _part(within.year, within.month, _named_part(token), by)
    doubts = () if last else (f"“{token.text}”没有写月份，按立项当月",)
    return Span(first, due, last.year if last else within.year, last.stated if last else True, doubts=doubts)


def _quarter(token: Token, by: Reckoning, last: Span | None) -> Span:
    year, stated = _year(token, by, last)
    number = token.number("q") or token.number("q2") or 0
    if not 1 <= number <= 4:
        raise Unclear(f"没有第{number}季度")
    if token["x"] in ("初", "中"):
        raise Unclear(f"“{token.text}”没有约定是几日")
    due = month_end(a_day(year, number * 3, 1).year, number * 3)
    first = due if token["x"] else date(year, 1 if token["to"] else number * 3 - 2, 1)
    return Span(first, due, year, stated, ranged=bool(token["to"]))


def _half(token: Token, by: Reckoning, last: Span | None) -> Span:
    year, stated = _year(token, by, last)
    if token["x"] == "初":
        raise Unclear(f"“{token.text}”没有约定是几日")
    if token["h"] == "下":
        return Span(a_day(year, 7, 1), date(year, 12, 31), year, stated)
    notes = () if token["h"] else (f"“{token.text}”按6月30日",)
    return Span(a_day(year, 1, 1), date(year, 6, 30), year, stated, notes=notes)


def _whole_year(token: Token, by: Reckoning, last: Span | None) -> Span:
    year, stated = _year(token, by, None if token["x"] in ("全年", "年内") else last)
    part = token["x"] or ""
    if part.endswith("初"):
        raise Unclear(f"“{token.text}”没有约定是几日")
    whole = part in ("", "全年")
    first = a_day(year, 1, 1) if whole or part.endswith("内") else a_day(year, 12, 31)
    return Span(first, date(year, 12, 31), year, stated, ranged=part == "全年", whole=whole)


def _five(token: Token, by: Reckoning, last: Span | None) -> Span:
    if token["x"] and re.search("初|[前中后]期", token["x"]):
        raise Unclear(f"“{token.text}”没有约定是哪一天")
    number = _FIVES.get(token["k"] or "") or int(token["k"] or 0)
    first = 2021 + (number - 4) * 5
    notes = (f"“{token.text}”是{first}至{first + 4}年",)
    ranged = token["x"] not in ("末", "底", "期末", "收官")
    return Span(date(first, 1, 1), date(first + 4, 12, 31), first + 4, ranged=ranged, notes=notes)


def _relative_month(token: Token, by: Reckoning, last: Span | None) -> Span:
    start = by.started(token.text)
    word = token["rm"] or ""
    ahead = 1 if word[0] in "次下" else -1 if word[0] == "上" else 0
    month = add_months(start.replace(day=1), ahead)
    if token["d"]:
        day = a_day(month.year, month.month, int(token["d"]))
        return Span(day, day, day.year)
    return Span(*_part(month.year, month.month, _named_part(token), by), month.year)


def _relative_quarter(token: Token, by: Reckoning, last: Span | None) -> Span:
    start = by.started(token.text)
    ahead = 3 if (token["rq"] or "").startswith("下") else 0
    quarter = quarter_of(add_months(start.replace(day=1), ahead))
    return Span(quarter.start, quarter.last_day, quarter.last_day.year)


def _feast(token: Token, by: Reckoning, last: Span | None) -> Span:
    year, stated = _year(token, by, last)
    found = _feast_in(token, a_day(year, 1, 1).year, by)
    if not stated and _passed(token, found, by):
        found = _feast_in(token, a_day(year + 1, 1, 1).year, by)
    return replace(found, stated=stated, year=found.year if stated else year)


def _passed(token: Token, found: Span, by: Reckoning) -> bool:
    """这一年的节已经过了：早于立项；没有立项日期的，元旦前说的是下一个元旦。"""
    if by.initiated:
        return found.due < by.initiated
    return token["f"] == "元旦" and found.due.year < by.year


def _feast_in(token: Token, year: int, by: Reckoning) -> Span:
    name, when = token["f"] or "", token["w"] or ""
    try:
        feast = festival(name, year)
    except ValueError as error:
        raise Unclear(f"{year}年{name}是哪一天推算不出") from error
    shown = f"{name}节" if name in ("劳动", "教师", "妇女", "儿童", "建党", "建军") else name
    notes = (f"{year}年“{shown}”是{feast.day}" + (f"、放假自{feast.first}" if feast.first != feast.day else ""),)
    doubts = () if feast.published else (f"{year}年放假安排未公布，“{token.text}”暂按节日当天推算",)
    first, due, eve = feast.day, feast.day, False
    if when in ("前夕", "之前", "以前", "前"):
        first, due, eve = feast.first - DAY, feast.first - DAY, True
    elif when == "期间":
        first, due = feast.first, feast.last
    elif when:
        first = due = by.calendar.shift(feast.last, 1)
        doubts = (*doubts, f"“{token.text}”按节后第一个工作日推算")
    return Span(first, due, year, ranged=when == "期间", eve=eve, notes=notes, doubts=doubts)


_PLACES = {
    "day": _day, "month": _month, "day_number": _inner, "part": _inner, "quarter": _quarter, "half": _half, "year": _whole_year,
    "five": _five, "relative_month": _relative_month, "relative_quarter": _relative_quarter, "feast": _feast,
}  # fmt: skip
POINTS = frozenset(_PLACES)
"""是时点的词。"""

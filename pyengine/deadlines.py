"""时限：把“6月底前”“2026.6.30”“持续推进”读成日期或说明读不出。从不悄悄猜。

读法依工作簿约定：含当日；上旬 10 日、中旬 20 日、下旬与底为月末；全年、年内、年底为 12 月 31 日。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import isfinite

from pyengine.model import Deadline
from pyengine.periods import WorkCalendar, month_end
from pyengine.terms import DATED, FIRST_YEAR, LAST_YEAR, MISSING, OPEN_ENDED, UNREADABLE

_ENDLESS = re.compile(
    r"^(并?(持续(推进|进行|开展|实施)?|长期(坚持|推进|实施)?|常态化?(推进|开展|实施|坚持)?|贯穿全年)[、，,并]?)+$"
)
_ABSENT = re.compile(r"^(待定|适时|尽快|另行通知|无|[-—/]+|(根据|按)上级(安排|要求|部署).*|适时(推进|开展|完成))$")
_RECURRING = re.compile(r"^(每(个?月|季度?|周|旬|半年|年)|逐月|逐季|按月|按季).*$")
_AT_ONCE = re.compile(r"^(立行立改|立即(办理|整改|落实)|即知即改|马上(办|办理))$")
_LIMIT = re.compile(r"(\d{1,3})日内")
_HEAD = re.compile(r"[^：:，,\s]{1,20}")
_INSIDE = re.compile(r"\d{1,2}月(?:\d{1,2}日|底)前")
_NOTE = re.compile(r"\([^()]*\)$")
_BEFORE = r"(?:之前|以前|前)?"
_DONE = r"(?:完成|办结)?"
_YEAR = r"(?:(?P<y>\d{4})年)?"
_SERIAL_EPOCH = date(1899, 12, 30)
_DIGITS = str.maketrans("一二三四", "1234")
_SEVERAL = re.compile(r"[、/,;，；和及]")

Span = tuple[date | None, date]
Read = Callable[[re.Match[str], int, int], Span]


@dataclass(frozen=True, slots=True)
class _Form:
    """一种写法：整串匹配的式样，以及由匹配、年份、月初日得出 (起始日, 到期日) 的办法。"""

    pattern: re.Pattern[str]
    read: Read


def _form(pattern: str, read: Read) -> _Form:
    return _Form(re.compile(f"^(?:到|于|至)?{pattern}{_BEFORE}{_DONE}$"), read)


def _year(match: re.Match[str], year: int) -> int:
    return int(match["y"]) if match["y"] else year


def _day(match: re.Match[str], year: int, early: int) -> Span:
    return None, date(_year(match, year), int(match["m"]), int(match["d"]))


def _days(match: re.Match[str], year: int, early: int) -> Span:
    start = date(_year(match, year), int(match["m"]), int(match["d"]))
    end = date(int(match["y2"] or start.year), int(match["n"]), int(match["e"]))
    if end < start:
        raise ValueError("止早于起")
    return start, end


def _month(match: re.Match[str], year: int, early: int) -> Span:
    return None, _within(_year(match, year), int(match["m"]), match["x"], early)


def _whole_month(match: re.Match[str], year: int, early: int) -> Span:
    return None, month_end(_year(match, year), int(match["m"]))


def _within(year: int, month: int, part: str | None, early: int) -> date:
    last = month_end(year, month)
    return last.replace(day={"初": early, "上旬": 10, "中旬": 20}.get(part or "", last.day))


def _months(match: re.Match[str], year: int, early: int) -> Span:
    start = date(_year(match, year), int(match["m"]), 1)
    end = _within(int(match["y2"] or start.year), int(match["n"]), match["x"], early)
    if end < start:
        raise ValueError("止早于起")
    return start, end


def _quarter(match: re.Match[str], year: int, early: int) -> Span:
    return None, month_end(_year(match, year), int(match["q"].translate(_DIGITS)) * 3)


def _half(match: re.Match[str], year: int, early: int) -> Span:
    return None, date(_year(match, year), *((6, 30) if match["h"] != "下" else (12, 31)))


def _year_end(match: re.Match[str], year: int, early: int) -> Span:
    return None, date(_year(match, year), 12, 31)


_PART = r"(?P<x>初|上旬|中旬|下旬|底|末|月底|月末)?"
_FORMS = (
    _form(r"(?P<y>\d{4})[年./-](?P<m>\d{1,2})[月./-](?P<d>\d{1,2})[日号]?", _day),
    _form(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)", _day),
    _form(_YEAR + r"(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]", _day),
    _form(
        _YEAR
        + r"(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?(?:-|至|到)(?:(?P<y2>\d{4})年)?(?P<n>\d{1,2})月(?P<e>\d{1,2})[日号]?",
        _days,
    ),
    _form(r"(?P<y>\d{4})[./-](?P<m>\d{1,2})", _whole_month),
    _form(_YEAR + r"(?P<m>\d{1,2})月份?" + _PART, _month),
    _form(
        _YEAR + r"(?P<m>\d{1,2})月?(?:份|初|上旬|中旬|下旬)?(?:-|至|到)(?:(?P<y2>\d{4})年)?(?P<n>\d{1,2})月份?" + _PART,
        _months,
    ),
    _form(_YEAR + r"第?(?P<q>[一二三四1-4])季度(?:底|末)?", _quarter),
    _form(_YEAR + r"(?P<h>[上下])半年(?:底|末)?", _half),
    _form(_YEAR + r"[“\"]?(?P<h>双)过半[”\"]?", _half),
    _form(r"(?:(?P<y>\d{4})年?|全|本|今|当)?(?:年底|年末|年内|全年|年终|底|末)", _year_end),
    _form(r"(?P<y>\d{4})年(?:度|全年)?", _year_end),
)


def normal_form(text: str) -> str:
    """比对用的写法：全半角统一、去空白、各种横线统一为 -；不改原文。"""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"[-‐‑‒–—―~～]+", "-", text).strip("，,;。:.、")


def show_deadline(due: Deadline) -> str:
    """时限在问题里的写法：到期日，没有的照原文。"""
    return str(due.due) if due.due else f"“{_short(due.text)}”" if due.text else "（空）"


def same_words(first: Deadline, second: Deadline) -> bool:
    """是否一样的写法、同一年到期：写法没有动而日子差几天的，是设置或工作日历变了（立行立改、月初）。"""
    worded = normal_form(first.text) == normal_form(second.text)
    return worded and bool(first.due and second.due and first.due.year == second.due.year)


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 30 else text[:29] + "…"


@dataclass(frozen=True, slots=True)
class Reckoning:
    """推算：一句时限按什么读。

    year 没有写年份时所用的年份；initiated 立项（交办）日期，meeting 会议日期，是相对时限的起算日；
    early 月初按几日，inclusive “前”含不含当日，at_once 立行立改按几个工作日，roll 相对时限的末日遇休息日是否顺延。
    """

    year: int
    calendar: WorkCalendar = WorkCalendar()
    initiated: date | None = None
    meeting: date | None = None
    early: int = 5
    inclusive: bool = True
    at_once: int = 5
    roll: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """节点文字里的一步：原文和它的时限。"""

    text: str
    due: Deadline


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
    if _AT_ONCE.match(normal_form(text)):
        return _at_once(text, by)
    limit = _LIMIT.match(normal_form(text))
    if limit and by.initiated:
        return _limit(text, by.initiated, int(limit[1]), by)
    return _inclusive(_text(text, by.year, by.early), by)


def _limit(text: str, start: date, days: int, by: Reckoning) -> Deadline:
    due = start + timedelta(days=days)
    due = by.calendar.shift(due - timedelta(days=1), 1) if by.roll else due
    return Deadline(DATED, due, dates=(due,), note=f"自{start}起{days}日，读为{due}", text=text)


def _inclusive(found: Deadline, by: Reckoning) -> Deadline:
    if by.inclusive or not found.due or "前" not in found.text:
        return found
    dates = tuple(day - timedelta(days=1) for day in found.dates)
    return replace(found, due=dates[-1], dates=dates, note=f"读为{dates[-1]}（不含当日）")


def read_steps(text: str, by: Reckoning) -> tuple[Step, ...]:
    """节点文字分成的各步，依次排列；开头写着几个日期的，一个日期一步。"""
    steps: list[Step] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        head = _HEAD.match(line)
        due = _text(head[0], by.year, by.early) if head else Deadline(MISSING, note="没有写日期", text=line)
        for day in due.dates or (None,):
            one = replace(due, due=day, dates=(day,)) if day else due
            steps.append(Step(line, one))
    return tuple(steps)


def date_inside(text: str, by: Reckoning) -> Deadline | None:
    """工作任务的句子里写着的时限；没有写、写得不清楚的为 None。"""
    found = [match[0] for match in _INSIDE.finditer(text)]
    due = _text(found[0], by.year, by.early) if len(found) == 1 else None
    return due if due and due.kind == DATED else None


def _at_once(text: str, by: Reckoning) -> Deadline:
    if by.initiated is None:
        return Deadline(UNREADABLE, note=f"“{_short(text)}”没有立项日期，无从起算", text=text)
    due = by.calendar.shift(by.initiated, by.at_once)
    return Deadline(DATED, due, dates=(due,), note=f"自{by.initiated}起{by.at_once}个工作日，读为{due}", text=text)


@lru_cache(maxsize=8192)
def _dated(day: date, text: str = "") -> Deadline:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return Deadline(UNREADABLE, note=f"{day}的年份不对", text=text or str(day))
    return Deadline(DATED, day, dates=(day,), text=text or str(day))


def _number(value: float) -> Deadline:
    whole = int(value) if isfinite(value) and value == int(value) else None
    text = f"{value:g}" if whole is None or abs(whole) > 10**9 else str(whole)
    if whole is not None and 36526 <= whole < 73051:
        day = _SERIAL_EPOCH + timedelta(days=whole)
        return replace(_dated(day, text), note=f"按日期序列号读为{day}")
    if whole is not None and 19000101 <= whole <= 20991231:
        found = _text(text, 0, 1)
        if found.kind == DATED:
            return found
    return Deadline(UNREADABLE, note=f"数字{text}不是日期", text=text)


@lru_cache(maxsize=8192)
def _text(text: str, year: int, early: int) -> Deadline:
    normal = normal_form(text)
    normal = _NOTE.sub("", normal) or normal
    if _ENDLESS.match(normal) or _RECURRING.match(normal):
        return Deadline(OPEN_ENDED, text=text)
    if _ABSENT.match(normal) or not normal:
        return Deadline(MISSING, note=f"“{_short(text)}”未写明日期", text=text)
    try:
        return _spans(text, normal, year, early)
    except (ValueError, OverflowError):
        return Deadline(UNREADABLE, note=f"“{_short(text)}”不是有效日期", text=text)


def _spans(text: str, normal: str, year: int, early: int) -> Deadline:
    parts = [normal] if _matched(normal) else [part for part in _SEVERAL.split(normal) if part]
    matches = [_matched(part) for part in parts]
    found = [form.read(match, year, early) for form, match in filter(None, matches)]
    if not found or len(found) < len(parts):
        return Deadline(UNREADABLE, note=f"“{_short(text)}”无法识别", text=text)
    dates = tuple(sorted(due for _, due in found))
    if not FIRST_YEAR <= dates[0].year <= dates[-1].year <= LAST_YEAR:
        raise ValueError("年份不对")
    exact = all("d" in match.re.groupindex and match["y"] for _, match in filter(None, matches))
    note = "" if exact and len(dates) == 1 else f"读为{'、'.join(map(str, dates))}"
    if any(match["y"] is None for _, match in filter(None, matches)):
        note = f"按{year}年{note}"
    return Deadline(DATED, dates[-1], found[0][0], dates, note, text)


def _matched(part: str) -> tuple[_Form, re.Match[str]] | None:
    return next(((form, match) for form in _FORMS if (match := form.pattern.match(part))), None)

"""时限：把“6月底前”“2026.6.30”“持续推进”读成日期或说明读不出。从不悄悄猜。

读法依工作簿约定：含当日；上旬 10 日、中旬 20 日、下旬与底为月末；全年、年内、年底为 12 月 31 日。
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from pyengine.model import Deadline
from pyengine.periods import month_end
from pyengine.terms import DATED, MISSING, OPEN_ENDED, UNREADABLE

_ENDLESS = re.compile(
    r"^(并?(持续(推进|进行|开展|实施)?|长期(坚持|推进|实施)?|常态化?(推进|开展|实施|坚持)?|贯穿全年)[、，,并]?)+$"
)
_ABSENT = re.compile(r"^(待定|适时|尽快|另行通知|无|[-—/]+|(根据|按)上级(安排|要求|部署).*|适时(推进|开展|完成))$")
_BEFORE = r"(?:之前|以前|前)?"
_DONE = r"(?:完成|办结)?"
_YEAR = r"(?:(?P<y>\d{4})年)?"
_SERIAL_EPOCH = date(1899, 12, 30)
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


@dataclass(frozen=True, slots=True)
class _Form:
    """一种写法：整串匹配的式样，以及由匹配得出 (起始日, 到期日) 的办法。"""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], int], tuple[date | None, date]]


def _form(pattern: str, read: Callable[[re.Match[str], int], tuple[date | None, date]]) -> _Form:
    return _Form(re.compile(f"^(?:到|于|至)?{pattern}{_BEFORE}{_DONE}$"), read)


def _year(match: re.Match[str], year: int) -> int:
    return int(match["y"]) if match["y"] else year


def _day(match: re.Match[str], year: int) -> tuple[date | None, date]:
    return None, date(_year(match, year), int(match["m"]), int(match["d"]))


def _month(match: re.Match[str], year: int) -> tuple[date | None, date]:
    return None, month_end(_year(match, year), int(match["m"]))


def _tenth(match: re.Match[str], year: int) -> tuple[date | None, date]:
    start = date(_year(match, year), int(match["m"]), 1)
    return None, start.replace(
        day={"上旬": 10, "中旬": 20}.get(match["x"], calendar.monthrange(start.year, start.month)[1])
    )


def _months(match: re.Match[str], year: int) -> tuple[date | None, date]:
    start = date(_year(match, year), int(match["m"]), 1)
    end = month_end(int(match["y2"] or start.year), int(match["n"]))
    if end < start:
        raise ValueError("止早于起")
    return start, end


def _quarter(match: re.Match[str], year: int) -> tuple[date | None, date]:
    quarter = int(match["q"].translate(_DIGITS))
    return None, month_end(_year(match, year), quarter * 3)


def _half(match: re.Match[str], year: int) -> tuple[date | None, date]:
    return None, date(_year(match, year), 6, 30) if match["h"] == "上" else date(_year(match, year), 12, 31)


def _year_end(match: re.Match[str], year: int) -> tuple[date | None, date]:
    return None, date(_year(match, year), 12, 31)


_FORMS = (
    _form(r"(?P<y>\d{4})[年./-](?P<m>\d{1,2})[月./-](?P<d>\d{1,2})[日号]?", _day),
    _form(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)", _day),
    _form(_YEAR + r"(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]", _day),
    _form(r"(?P<y>\d{4})[./-](?P<m>\d{1,2})", _month),
    _form(_YEAR + r"(?P<m>\d{1,2})月份?(?:底|末|月底|月末)?", _month),
    _form(_YEAR + r"(?P<m>\d{1,2})月份?(?P<x>上旬|中旬|下旬)", _tenth),
    _form(_YEAR + r"(?P<m>\d{1,2})月?(?:-|至|到)(?:(?P<y2>\d{4})年)?(?P<n>\d{1,2})月份?(?:底|末)?", _months),
    _form(_YEAR + r"第?(?P<q>[一二三四1-4])季度(?:底|末)?", _quarter),
    _form(_YEAR + r"(?P<h>[上下])半年(?:底|末)?", _half),
    _form(r"(?:(?P<y>\d{4})年?|全|本|今|当)?(?:年底|年末|年内|全年|年终|底|末)", _year_end),
    _form(r"(?P<y>\d{4})年(?:度|全年)?", _year_end),
)


def normal_form(text: str) -> str:
    """比对用的写法：全半角统一、去空白、各种横线统一为 -；不改原文。"""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"[-‐‑‒–—―~～]+", "-", text).strip("，,;。:.、")


def read_deadline(value: object, year: int) -> Deadline:
    """时限单元格的读法；year 是没有写年份时所用的年份。从不抛出。

    返回 Deadline：kind 为 日期/持续/缺失/无法识别，note 是所作推定或读不出的原因。
    """
    if isinstance(value, datetime):
        return _dated(value.date(), str(value.date()))
    if isinstance(value, date):
        return _dated(value, str(value))
    if value is None or (isinstance(value, str) and not value.strip()):
        return Deadline(MISSING, note="完成时限为空")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return _text(str(value), year)


def _dated(day: date, text: str) -> Deadline:
    return Deadline(DATED, day, dates=(day,), text=text)


def _number(value: float) -> Deadline:
    text = f"{value:g}" if abs(value) < 1e6 else str(int(value))
    if 36526 <= value < 73051 and value == int(value):
        day = _SERIAL_EPOCH + timedelta(days=int(value))
        return replace(_dated(day, text), note=f"按日期序列号读为{day}")
    if 19000101 <= value <= 20991231 and value == int(value):
        found = _text(text, 0)
        if found.kind == DATED:
            return found
    return Deadline(UNREADABLE, note=f"数字{text}不是日期", text=text)


@lru_cache(maxsize=8192)
def _text(text: str, year: int) -> Deadline:
    normal = normal_form(text)
    if _ENDLESS.match(normal):
        return Deadline(OPEN_ENDED, text=text)
    if _ABSENT.match(normal) or not normal:
        return Deadline(MISSING, note=f"“{text.strip()}”未写明日期", text=text)
    for form in _FORMS:
        match = form.pattern.match(normal)
        if match:
            return _read(form, match, text, year)
    return Deadline(UNREADABLE, note=f"“{text.strip()}”无法识别", text=text)


def _read(form: _Form, match: re.Match[str], text: str, year: int) -> Deadline:
    try:
        start, due = form.read(match, year)
    except ValueError:
        return Deadline(UNREADABLE, note=f"“{text.strip()}”不是有效日期", text=text)
    return Deadline(DATED, due, start, (due,), _assumption(match, normal_form(text), due), text)


def _assumption(match: re.Match[str], normal: str, due: date) -> str:
    if match["y"] is None:
        return f"按{due.year}年读为{due}"
    return "" if "d" in match.re.groupindex else f"读为{due}"

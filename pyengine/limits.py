"""期限：收到之日起n个工作日、n日内从哪天起算、到哪天；每月25日这样的周期。"""

from __future__ import annotations

import re
from datetime import date, timedelta

from pyengine.moments import Reckoning, Span, Unclear, a_day
from pyengine.periods import DAY, add_months
from pyengine.phrases import Token
from pyengine.terms import FIRST_YEAR, LAST_YEAR

_MEETING = re.compile(r"会后|会议|会商|例会|批示")
_RECEIVED = re.compile(
    r"收到|接到|收文|来文|接件|收件|签收|送达|[收接][单函令]|交办|转办|分办|派单|派发|印发|下发|下达|发文|发函|发出|通知|立项|任务分解|文件|接办|接手|领办"
)
_EVENT = re.compile(r"(?:之日|当日|次日|当天|之时)?(?:算?起|起算|开始|之后|以后|后)的?$|之日$")
_NOT_ONES = re.compile(
    r"合同|批复|开工|签订|立案|受理|验收|审批|审核|评审|公示|中标|招标|竣工|资金|拨付|整改|完工|上报|报告|反馈"
)
_LASTING = re.compile(r"前$|工期|周期|历时|为期|用时|提前|间隔")
"""说办多久、倒数几天的字：不是从立项起算的期限。"""
_LEADING = re.compile(r"^(?:自|从|在|于|应当?|须|请|并|,|、)+")


def limit(token: Token, words: str, by: Reckoning, since: date | None = None) -> Span:
    """一个期限的末日；从写明的 since 起算，没有的看它前面的字 words 说从哪一天起算。首日不计。"""
    if token.text.startswith("第") or re.search(r"\d个?$", words):  # 第三日、1个半月
        raise Unclear(f"“{words}{token.text}”不知道是哪一天")
    if _LASTING.search(words):
        raise Unclear(f"“{words}{token.text}”不知道从哪一天起算")
    start, doubts = (since, ()) if since else _anchor(token.text, _LEADING.sub("", words), by)
    due, told = _counted(token, start, by)
    if not FIRST_YEAR <= due.year <= LAST_YEAR:
        raise Unclear(f"“{token.text}”的年份不对")
    if by.roll and not by.calendar.is_workday(due) and "工作日" not in token.text:
        due = by.calendar.shift(due, 1)
        told += "，末日遇休息日顺延"
    if by.calendar.provisional(due) and ("工作日" in token.text or by.roll):
        doubts = (*doubts, f"{due.year}年放假安排未公布，“{token.text}”暂按周末推算")
    return Span(due, due, due.year, notes=(f"自{start}起{told}",), doubts=doubts)


def same_day(token: Token, words: str, by: Reckoning) -> Span:
    """当日、次日；words 是它前面的字，说从哪一天起算。"""
    words = _LEADING.sub("", words)
    named = any(pattern.search(words) for pattern in (_MEETING, _RECEIVED, _NOT_ONES))
    start, doubts = _anchor(token.text, f"{words}之日", by) if named else (by.started(token.text), ())
    due = start + timedelta(days=0 if token["n"] in ("当日", "当天") else 1)
    return Span(due, due, due.year, notes=(f"“{token.text}”自{start}起",), doubts=doubts)


def counted_from(words: str, by: Reckoning) -> tuple[date, tuple[str, ...]]:
    """“自交办之日起”这样的字是从哪一天起，和起算上的疑问。"""
    return _anchor("", _LEADING.sub("", words), by)


def has_anchor(words: str) -> bool:
    """这些字是不是说从哪一天起算。"""
    return bool(_EVENT.search(words))


def _anchor(text: str, words: str, by: Reckoning) -> tuple[date, tuple[str, ...]]:
    if not has_anchor(words):
        return by.started(text), ()
    if _NOT_ONES.search(words) or not (_MEETING.search(words) or _RECEIVED.search(words) or words in ("之日起", "起")):
        raise Unclear(f"“{words}{text}”：台账里没有“{_EVENT.sub('', words)}”的日期，无从起算")
    if not _MEETING.search(words) or _RECEIVED.search(words):
        return by.started(words + text), ()
    if by.meeting:
        return by.meeting, ()
    event = "批示" if "批示" in words else "会议"
    return by.started(words + text), (f"没有{event}日期，“{words}{text}”按立项日期起算",)


def _counted(token: Token, start: date, by: Reckoning) -> tuple[date, str]:
    half, unit = token["n"] == "半", "个月" if token["u"] == "月" else token["u"] or "日"
    count = 0 if half else token.number("n") or token.number("d") or 0
    if not half and count == 0:
        raise Unclear(f"“{token.text}”不是期限")
    if "工作日" in unit:
        if half:
            raise Unclear(f"“{token.text}”不是期限")
        return by.calendar.shift(start, count), f"{count}个工作日"
    if "小时" in unit:
        return start + DAY * (-(-count // 24) or 1), f"{count}小时"
    months = {"个月": 1, "个季度": 3, "年": 12}.get(unit)
    if months and not (half and unit == "个月"):
        total = months // 2 if half else months * count
        return add_months(start, total), f"{total}个月"
    days = 7 if "周" in unit or "星期" in unit else 1
    days = (15 if unit == "个月" else 1) if half else days * count
    return start + timedelta(days=days), f"{days}日"


def recurrence(token: Token) -> str:
    """周期的写法：每月25日、每季度第1个月20日、每周五、每年6月底。"""
    period = {"季": "季度", "星期": "周", "半个月": "半月", "天": "日"}.get(token["p"] or "", token["p"] or "")
    day = (token["d"] or "").replace("号", "日").replace("和", "、")
    every = "每隔" if token.text.startswith("每隔") else "每"
    parts = [f"{every}{period}", f"第{token['k']}个月" if token["k"] else token["k2"] or "", token["m"] or "", day]
    week = token["w"] or ""
    parts += ["一二三四五六"[int(week) - 1] if week.isdigit() else week, token["x"] or ""]
    clock = f"{token['t']}:{token['t2']}" if token["t2"] not in (None, "00") else f"{token['t']}时"
    return "".join((*parts, clock if token["t"] else ""))


def no_date(token: Token) -> str:
    """不成日期的数为什么读不懂。"""
    if token.kind == "two_digit_year":
        return f"“{token.text}”年份只写两位，不能推断"
    number = token["n"] or ""
    if len(number) in (3, 4) and _is_day(int(number[:-2]), int(number[-2:])):
        return f"疑似丢失分隔字，不知是不是{int(number[:-2])}月{int(number[-2:])}日"
    return f"“{token.text}”不知道是什么日期"


def _is_day(month: int, day: int) -> bool:
    try:
        return bool(a_day(2000, month, day))
    except Unclear:
        return False

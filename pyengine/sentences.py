"""一格的话：各分句合起来，读成一个时限；算哪几个日期、哪些不算，都在 note 里说明。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from pyengine.clauses import TIMED, Clause, dubious, later, read_clause
from pyengine.limits import has_anchor
from pyengine.model import Deadline
from pyengine.moments import POINTS, Reckoning, Span, Unclear
from pyengine.phrases import LONGEST, Token, clauses_of, prepare, scan
from pyengine.terms import DATED, FIRST_YEAR, LAST_YEAR, MISSING, OPEN_ENDED, UNREADABLE

OPEN = re.compile(r"持续|长期|常态|贯穿|常年|日常|经常|常抓不懈|坚持不懈")
AT_ONCE = re.compile(r"立行立改|立即|即知即改|马上|即办|即[行查]即改|立[查整]立改|立改立行|即刻|立刻")
ABSENT = re.compile(
    r"待定|适时|尽快|尽早|抓紧|及早|近[期日]|择期|另行|未定|不限|随时|暂无|^无$|^[-/]+$|^(?:按期|按时|限[期时]|如期|及时|同步)|(?:无|未|不)(?:明确|具体|硬性|规定|设|定)?的?(?:完成|办理)?(?:时限|期限|时间)|待.{0,16}?(?:下发|印发|出台|明确|研究|上级)后?(?:再|另)?(?:行)?(?:确定|明确|定|办理|实施)"
    r"|(?:根据|按照?|依据?|视|待|照|结合).{0,16}?(?:安排|要求|部署|通知|进度|节点|计划|程序|规定|实际|情况|时限)"
)
_BRACKET = re.compile(r"\(([^()]{0,200})\)|\[([^\[\]]{0,200})\]|〔([^〔〕]{0,200})〕|【([^【】]{0,200})】")
_DATE_WORDS = re.compile(r"\d[年月日号.]|季度|半年|年底|顺延|推迟|延期|视|除|如(?!期)|若|或")


def short(text: str) -> str:
    """原文在问题里的写法：过长的截断。"""
    text = text.strip()
    return text if len(text) <= 30 else text[:29] + "…"


def read_text(text: str, by: Reckoning) -> Deadline:
    """文字的读法，同 read_deadline。"""
    try:
        if len(text) > LONGEST:
            raise Unclear(f"“{short(text)}”太长，不像时限")
        return _fixed(text, by.year, by.early, by.inclusive) if _clauses(text).fixed else _read(text, by)
    except Unclear as error:
        why = str(error)
        head = "" if why.startswith("“") or len(text.strip()) > 60 else f"“{short(text)}”无法识别："
        return Deadline(UNREADABLE, note=f"{head}{why}", text=text)


@dataclass(frozen=True, slots=True)
class _Scanned:
    """只看文字的一步：各分句的词、括号里不计的话、去了括号的文字；fixed 即读法与立项、会议日期和日历都无关。

    outside 是时限写在括号里时括号外的字（采暖期前）。
    """

    groups: tuple[tuple[Token, ...], ...]
    aside: tuple[str, ...]
    plain: str
    fixed: bool
    outside: str = ""


_ANCHORED = frozenset(
    {"since", "limit", "same_day", "relative_month", "relative_quarter", "feast", "from_now", "part", "day_number"}
)


@lru_cache(maxsize=16384)
def _clauses(text: str) -> _Scanned:
    plain, aside = _unbracketed(prepare(text))
    plain = plain.strip(",;。:.、! ")
    outside = plain if _lies_inside(plain, aside) else ""
    if outside:
        plain, aside = aside[0].strip(",;。:.、! "), ()
    tokens = scan(plain)
    every = (*tokens, *(token for inner in aside for token in scan(inner)))
    fixed = not any(token.kind in _ANCHORED or token["r"] for token in every) and not AT_ONCE.search(plain)
    return _Scanned(tuple(_anchored(clauses_of(tokens))), aside, plain, fixed, outside)


def _lies_inside(plain: str, aside: tuple[str, ...]) -> bool:
    """采暖期前（10月15日前）：括号外说的是没有日期的“…前”，日期在括号里。"""
    if len(aside) != 1 or not re.search("[期汛学季冬夏种收]前$", plain):
        return False
    said = {token.kind for token in scan(plain)}
    return not said & (TIMED - {"before"}) and any(t.kind in POINTS for t in scan(aside[0]))


def _anchored(groups: list[tuple[Token, ...]]) -> list[tuple[Token, ...]]:
    """“会议结束后，5个工作日内”是一句。"""
    found: list[tuple[Token, ...]] = []
    for group in groups:
        held = "".join(token.text for token in found[-1]) if found else ""
        joins = group[0].kind == "limit" and has_anchor(held) and not any(t.kind in TIMED for t in found[-1][:-1])
        found[-1:] = [(*found[-1], *group)] if joins else [*found[-1:], group]
    return found


@lru_cache(maxsize=16384)
def _fixed(text: str, year: int, early: int, inclusive: bool) -> Deadline:
    return _read(text, Reckoning(year, early=early, inclusive=inclusive))


def _unbracketed(text: str) -> tuple[str, tuple[str, ...]]:
    aside: list[str] = []
    for _ in range(4):
        match = _BRACKET.search(text)
        if match is None:
            break
        inner = next(filter(None, match.groups()), "")
        alone = match[0] == text or "不含" in inner or re.fullmatch(r"(?:19|20)\d\d年?", inner)
        aside += [] if alone or not _DATE_WORDS.search(inner) else [inner]
        text = text[: match.start()] + (inner if alone else "") + text[match.end() :]
    return text, tuple(aside)


def _read(text: str, by: Reckoning) -> Deadline:
    scanned = _clauses(text)
    groups, aside, plain = scanned.groups, scanned.aside, scanned.plain
    doubts = [f"“{short(scanned.outside)}”没有日期，按括号里的读"] if scanned.outside else []
    doubts += [f"括号里的“{short(inner)}”不作时限" for inner in aside]
    if not plain:
        return Deadline(MISSING, note=f"“{short(text)}”未写明日期", text=text)
    found, last = [], None
    for group in groups:
        clause = read_clause(group, by, last)
        last = clause.spans[-1] if clause.spans else last
        found.append(clause)
    found = _together(found)
    doubts += [doubt for clause in found for doubt in clause.doubts]
    if any(clause.spans for clause in found):
        for clause in found:
            dubious(clause)
    counted, start = _counting(found, doubts)
    endless = OPEN.search(plain) is not None
    if endless and counted and all(clause.role == "begin" for clause in found if clause.spans):
        return Deadline(OPEN_ENDED, start=counted[0].first, note=f"自{counted[0].first}启动，此后持续", text=text)
    if counted and not (all(span.whole for span in counted) and (endless or any(c.recurs for c in found))):
        return _due(text, plain, found, counted, start, doubts, by)
    return _undated(text, plain, found, counted, by)


def _together(found: list[Clause]) -> list[Clause]:
    """逗号隔开的话合着看：“6月30日前，完成整改”的办结随前一句；“2026年，6月底前”的年只定年份。"""
    for clause, after in pairwise(found):
        if clause.spans and not clause.role and not after.dated:
            clause.heir = after.role
    named = {span.year for clause in found for span in clause.spans if not span.whole}
    bare = [c for c in found if c.spans and not c.words and not c.act and all(s.whole for s in c.spans)]
    return [clause for clause in found if clause not in bare or {span.year for span in clause.spans} - named]


def _counting(found: list[Clause], doubts: list[str]) -> tuple[list[Span], date | None]:
    """算时限的各段和启动的日子：有分句说办结的，报送、启动的分句不算。"""
    finishing = any(clause.role == "done" and clause.spans for clause in found)
    counted, start = [], None
    for clause in found:
        if finishing and clause.role in ("begin", "tell"):
            doubts += (
                [f"“{clause.text}”说的是{'启动' if clause.role == 'begin' else '报送'}，不作完成时限"]
                if clause.spans
                else []
            )
            start = clause.spans[0].due if clause.role == "begin" and clause.spans else start
        else:
            counted += clause.spans
    since = [span.first for clause in found for span in clause.since]
    return counted, since[0] if since else start


def _due(
    text: str,
    plain: str,
    found: list[Clause],
    counted: list[Span],
    start: date | None,
    doubts: list[str],
    by: Reckoning,
) -> Deadline:
    order = [span.due for span in counted]
    dates = tuple(sorted(set(order)))
    if not FIRST_YEAR <= dates[0].year <= dates[-1].year <= LAST_YEAR:
        raise Unclear("年份不对")
    if order != sorted(order):
        doubts.append("几个日期先后颠倒，按最晚的一个")
    doubts += [doubt for span in counted for doubt in span.doubts]
    doubts += [doubt for inner in _clauses(text).aside for doubt in later(inner, counted[-1], dates[-1], by)]
    start = counted[0].first if counted[0].ranged and not counted[0].whole else start
    if start and start > dates[-1]:
        raise Unclear("止早于起")
    said = [*_assumed(counted, dates, by), *_extras(plain, found), *doubts]
    words = "；".join(dict.fromkeys(said))
    return Deadline(DATED, dates[-1], start, dates, words, text, doubt="；".join(dict.fromkeys(doubts)))


def _assumed(counted: list[Span], dates: tuple[date, ...], by: Reckoning) -> list[str]:
    notes = list(dict.fromkeys(note for span in counted for note in span.notes))
    if all(span.exact and not span.ranged for span in counted) and len(dates) == 1 and not notes:
        return []
    year = "" if all(span.stated for span in counted) else f"按{by.year}年"
    return (
        [f"{year}读为{'、'.join(map(str, dates))}" if year or not notes else "", *notes]
        if year
        else ["，".join((*notes, f"读为{'、'.join(map(str, dates))}"))]
    )


def _extras(plain: str, found: list[Clause]) -> list[str]:
    """有日期的格里另外写的：持续、立行立改、周期、适时。"""
    words = [match[0] for pattern in (OPEN, AT_ONCE) if (match := pattern.search(plain))]
    words += [recurs for clause in found for recurs in clause.recurs]
    return [f"另写有“{'、'.join(words)}”，不影响时限"] if words else []


def _undated(text: str, plain: str, found: list[Clause], counted: list[Span], by: Reckoning) -> Deadline:
    recurs = [one for clause in found for one in clause.recurs]
    since = [span.first for clause in found for span in clause.since]
    start = since[0] if since else counted[0].first if counted and counted[0].ranged and not counted[0].whole else None
    if recurs:
        return Deadline(OPEN_ENDED, start=start, text=text, recurs="、".join(dict.fromkeys(recurs)))
    if since:
        return Deadline(OPEN_ENDED, start=start, note=f"有起无止，自{start}起持续", text=text)
    if not counted and AT_ONCE.search(plain) and not any(clause.role == "begin" for clause in found):
        return _at_once(text, by)
    if counted or OPEN.search(plain):
        return Deadline(OPEN_ENDED, start=start, text=text)
    if AT_ONCE.search(plain):
        return _at_once(text, by)
    if ABSENT.search(plain):
        return Deadline(MISSING, note=f"“{short(text)}”未写明日期", text=text)
    raise Unclear(f"“{short(text)}”读不出日期")


def _at_once(text: str, by: Reckoning) -> Deadline:
    start = by.meeting if by.meeting and "会后" in text else by.started(short(text))
    due = by.calendar.shift(start, by.at_once)
    said = f"自{start}起{by.at_once}个工作日，读为{due}"
    more = OPEN.search(text)
    return Deadline(
        DATED,
        due,
        dates=(due,),
        note=f"{said}；另写有“{more[0]}”，不影响时限" if more else said,
        text=text,
        doubt=f"“{short(text)}”按设置{said}",
    )

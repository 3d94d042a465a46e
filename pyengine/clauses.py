"""分句：把一句里的词读成各段时间，连成起止、并列，认出前缀后缀。凡有读不懂的字就说读不懂，不读一半。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pyengine.limits import counted_from, has_anchor, limit, no_date, recurrence, same_day
from pyengine.moments import POINTS, Reckoning, Span, Unclear, place
from pyengine.periods import DAY
from pyengine.phrases import ACTS, Token, scan

_HAZARD = re.compile(
    r"不早于|早于|(?<!不)晚于|不得|不含|不包括|(?<![最今])后(?![期续勤备方台端进])|或|如(?!期)|若|视(?!频|察)|除(?!险|尘|雪)|暂|待|未|另|顺延|推迟|延"
    r"|提前|取消|作废|原定|改为|调整|汛期|入冬|开学|[年月季旬节夏秋冬](?![度目水能点约])|(?<![平节假])日(?![常间照])|(?<![目以先提当])前|周(?![边转密围])|星期|半"
)
_WORK = re.compile(r"的?(?:[^\d]{0,4})?(?:任务|目标|计划|指标|考核)")
TIMED = POINTS | {"recur", "limit", "same_day", "clock", "weekday", "before", "within", "since"}
_AFTER = frozenset({"before", "within", "clock", "weekday"})


@dataclass(slots=True)
class Clause:
    """一个分句读出来的：各段时间、不算时限的日期、周期、从何时起，以及它说的是办结、启动还是报送。"""

    tokens: tuple[Token, ...]
    spans: list[Span] = field(default_factory=list)
    weak: list[Span] = field(default_factory=list)
    recurs: list[str] = field(default_factory=list)
    since: list[Span] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    act: bool = False
    words: str = ""
    heir: str = ""

    @property
    def text(self) -> str:
        """分句的字。"""
        return "".join(token.text for token in self.tokens)

    @property
    def role(self) -> str:
        """先说的是哪一件：办结 done、启动 begin、报送 tell；没有说的为空。"""
        return next((token.kind for token in self.tokens if token.kind in ("done", "begin", "tell")), self.heir)

    @property
    def dated(self) -> bool:
        """分句里有没有说时间。"""
        return bool(self.spans or self.recurs or self.since)


def read_clause(tokens: tuple[Token, ...], by: Reckoning, last: Span | None) -> Clause:
    """一个分句的读法；读不懂抛 Unclear。last 是前面最近的一段时间。"""
    clause = Clause(tokens)
    tokens, at, joined = _filled(tokens), 0, False
    while at < len(tokens):
        token = tokens[at]
        if clause.recurs and not clause.act and (token.kind in POINTS or token.kind in ("limit", "weekday")):
            clause.recurs[-1] += clause.words + token.text.removeprefix("月").removesuffix("内")
            clause.words, at = "", at + 1
            continue
        if token.kind in POINTS and not (token.kind == "day_number" and (has_anchor(clause.words) or clause.since)):
            at, last = _point(clause, tokens, at, by, last, joined)
            joined = True
            continue
        timed = at > 0 and tokens[at - 1].kind in TIMED
        if not (token.kind in _AFTER and (timed or clause.act)) or (token.text == "前" and clause.recurs):
            _other(clause, token, tokens[at + 1 :], by)
        joined = joined and token.kind in ("before", "within", "clock", "weekday")
        at += 1
    _leftover(clause)
    return clause


def _filled(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """3、6、9月 的 3、6，10-11月 的 10：照后面的时点补全；国庆、中秋节前 的国庆也是节前。"""
    found = list(tokens)
    for at in range(len(found) - 3, -1, -1):
        token, link, after = found[at : at + 3]
        if (
            token.kind == "number"
            and link.kind in ("list", "dash")
            and after.kind in ("month", "quarter", "day_number", "year")
        ):
            found[at] = _like(token, after, link.kind == "dash")
        if (token.kind, link.kind, after.kind) == ("feast", "list", "feast") and not token["w"]:
            found[at] = replace(token, parts={**token.parts, "w": after["w"]})
    return tuple(found)


def _like(token: Token, after: Token, starts: bool) -> Token:
    name = {"month": "m", "quarter": "q", "day_number": "d", "year": "y"}[after.kind]
    number = token["n"] or ""
    if (after.kind == "year") != (len(number) == 4):
        return token
    own = {"y": token["y"], "r": token["r"], "x": None if starts else after["x"], "to": None}
    return Token(after.kind, token.text, {**own, name: number})


def _point(
    clause: Clause, tokens: Sequence[Token], at: int, by: Reckoning, last: Span | None, joined: bool
) -> tuple[int, Span]:
    """从 at 起的一段：时点，或时点至时点，连同后缀。返回 (下一个词的位置, 这一段)。"""
    span, start, at = place(tokens[at], by, last), at, at + 1
    at = _skip(tokens, at, ("clock", "weekday"))
    begun = at < len(tokens) and tokens[at].kind == "since"
    at += begun
    if at + 1 < len(tokens) and tokens[at].text in ("后", "之后", "以后") and tokens[at + 1].kind == "limit":
        _keep(clause, replace(span, first=span.due), True, False, (), "", False)
        return at + 1, span
    if (tokens[start]["w"] or "").endswith("后") and at < len(tokens) and tokens[at].kind == "limit":
        feast = replace(tokens[start], parts={**tokens[start].parts, "w": "期间"})
        span, begun = replace(place(feast, by, last), first=place(feast, by, last).due), True
    if at < len(tokens) and tokens[at].kind == "dash":
        after = _skip(tokens, at + 1, ("clock",))
        if after >= len(tokens) or tokens[after].kind not in POINTS:
            raise Unclear(f"“{tokens[start].text}{tokens[at].text}”有起无止")
        end = place(tokens[after], by, span)
        if end.due < span.first:
            raise Unclear(f"“{tokens[start].text}{tokens[at].text}{tokens[after].text}”止早于起")
        span, at, begun = (
            replace(
                end, first=span.first, ranged=True, whole=False, stated=span.stated, doubts=span.doubts + end.doubts
            ),
            after + 1,
            False,
        )
    stop = _skip(tokens, at, _AFTER)
    before = any(token.kind == "before" for token in tokens[at:stop])
    if before and tokens[at - 1].kind == "year" and not tokens[at - 1]["x"]:
        raise Unclear(f"“{tokens[at - 1].text}前”不知含不含这一年")
    closed = before or any(token.kind == "within" for token in tokens[at:stop])
    if any(token.text.endswith("前后") or token.text == "左右" for token in tokens[at:stop]):
        span = replace(span, doubts=(*span.doubts, f"“{clause.text}”写的是左右，按当日"))
    if before and not span.eve and not by.inclusive:
        span = replace(span, due=span.due - DAY, notes=(*span.notes, "不含当日"))
    _keep(clause, span, begun, closed, tokens[stop:], "".join(token.text for token in tokens[start:stop]), joined)
    return stop, span


def _keep(
    clause: Clause, span: Span, begun: bool, closed: bool, rest: Sequence[Token], text: str, joined: bool
) -> None:
    content = clause.act and bool(clause.spans or clause.recurs) and not closed
    if begun:
        clause.since.append(span)
    elif content or (rest and not closed and _WORK.match("".join(token.text for token in rest[:2]))):
        clause.weak.append(span)
    else:
        if joined:
            clause.doubts.append(f"“{clause.text}”几个日期之间没有分隔，按几个日期读")
        clause.spans.append(span)


def _skip(tokens: Sequence[Token], at: int, kinds: Iterable[str]) -> int:
    while at < len(tokens) and tokens[at].kind in kinds:
        at += 1
    return at


def _other(clause: Clause, token: Token, rest: Sequence[Token], by: Reckoning) -> None:
    """时点以外的一个词。"""
    if token.kind in ("limit", "day_number") and not clause.act:
        if clause.spans and (not clause.words or has_anchor(clause.words)):
            raise Unclear(f"“{clause.text}”两个时限连在一起，读不懂")
        clause.spans.append(limit(token, clause.words, by, clause.since[-1].first if clause.since else None))
        clause.words = ""
    elif token.kind == "limit":
        clause.spans.append(limit(token, "", by)) if not clause.spans else clause.doubts.append(
            f"“{token.text}”不作时限"
        )
    elif token.kind == "same_day":
        clause.spans.append(same_day(token, clause.words, by))
        clause.words = ""
    elif token.text == "前" and clause.recurs and rest and rest[0].kind in ("limit", "day_number"):
        clause.words = "前"
    elif token.kind == "recur":
        clause.recurs.append(recurrence(token))
    elif token.kind == "since" and _runs(clause.words + token.text, rest):
        day, doubts = counted_from(clause.words + token.text, by)
        clause.since.append(Span(day, day, day.year, doubts=doubts))
        clause.doubts += doubts
        clause.words = ""
    elif token.kind == "from_now":
        day = by.started(token.text)
        clause.since.append(Span(day, day, day.year))
    elif token.kind == "number" and len(rest) > 1 and (rest[0].text, rest[1].kind) == ("-", "number"):
        text = f"{token.text}-{rest[1].text}"
        raise Unclear(f"“{text}”不知是{token.text}月至{rest[1].text}月，还是{token.text}月{rest[1].text}日")
    elif token.kind == "number" and len(rest) > 1 and (rest[0].kind, rest[1].kind) == ("dash", "limit"):
        clause.doubts.append(f"“{token.text}{rest[0].text}{rest[1].text}”按最长的读")
    elif token.kind in ("number", "two_digit_year") and not _content(clause, token, rest):
        raise Unclear(no_date(token))
    elif token.kind in ACTS:
        clause.act = clause.act or bool(clause.spans or clause.since or clause.recurs)
        clause.words += "" if clause.act else token.text
    elif not (token.text == "前" and clause.recurs) and (token.kind != "quantity" or not clause.dated):
        clause.words += token.text if not clause.act else ""


def _runs(words: str, rest: Sequence[Token]) -> bool:
    """自交办之日起至某日的“起”。"""
    return len(rest) > 1 and rest[0].kind == "dash" and rest[1].kind in POINTS and has_anchor(words)


def _content(clause: Clause, token: Token, rest: Sequence[Token]) -> bool:
    """办什么里的数（完成12345热线整改）：后面还有字，不是日期。"""
    return (
        token.kind == "number"
        and clause.act
        and bool(rest)
        and rest[0].kind == "word"
        and not rest[0].text.startswith(("日", "号"))
    )


def _leftover(clause: Clause) -> None:
    """剩下的字里还有数的，不读一半；2026年第一批6月底 的年只定年份。"""
    named = {span.year for span in clause.spans if not span.whole}
    clause.spans = [span for span in clause.spans if span.ranged or not (span.whole and span.year in named)]
    if clause.weak and not clause.spans and not clause.recurs:
        clause.spans, clause.weak = clause.weak, []
    if clause.weak:
        clause.doubts.append(f"“{clause.text}”里有说内容的日期，不作时限")
    words = clause.words
    if any(char.isdigit() for char in words):
        raise Unclear(f"“{words}”读不懂")


def dubious(clause: Clause) -> None:
    """有日期的格里，别的字里有“或、后、如、汛期前”这样改变意思的，读不懂。"""
    hazard = _HAZARD.search(clause.words)
    if hazard:
        raise Unclear(f"“{clause.text}”里的“{hazard[0]}”读不懂")


def later(inner: str, last: Span, due: date, by: Reckoning) -> Iterator[str]:
    """括号里写着更晚的日期（已延期至11月底）的，说出来。"""
    try:
        days = [place(token, by, last).due for token in scan(inner) if token.kind in POINTS]
    except Unclear:
        return
    if days and max(days) > due:
        yield f"括号里写着更晚的日期{max(days)}，没有采用"

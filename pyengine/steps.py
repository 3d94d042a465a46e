"""节点文字：“3月：成立专班。”开头的日期；工作任务句子里夹着的时限。内容里的数和日期不是它的时限。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyengine.clauses import read_clause
from pyengine.limits import recurrence
from pyengine.model import Deadline
from pyengine.moments import POINTS, Reckoning, Unclear
from pyengine.phrases import LONGEST, Token, clauses_of, prepare, scan
from pyengine.sentences import ABSENT, OPEN, read_text, short
from pyengine.terms import DATED, MISSING, OPEN_ENDED, UNREADABLE

_HEAD = POINTS | {"number", "list", "dash", "before", "within", "since", "clock", "weekday", "two_digit_year"}
_OPENING = re.compile(
    r"(?:(?:\d{1,2}[.)、](?=\d{1,4}[年月季.])|\(\d{1,2}\))|(?:力争|争取|确保|原则上|计划|预计|拟|截至|最迟|不晚于|不迟于|自|从|于|到|至|在))+"
)
_BREAK = re.compile(r"[:：,，]")
_PIECE = re.compile(r"(?<=[;；。])(?=[^;；。:：]{1,20}[:：])")
_YEAR = re.compile(r"^(?:\d{4}年度?|全年),(?=\d{1,2}月|第?\d季度|[上下]半年)")
"""2026年，6月底前：年只定年份。"""
_AFTER = re.compile(r"[之以]?后(?![期续勤备方台端进])")
_ENDED = re.compile(r"[。；;.!！]$")


@dataclass(frozen=True, slots=True)
class Step:
    """节点文字里的一步：原文和它的时限。"""

    text: str
    due: Deadline


def read_steps(text: str, by: Reckoning) -> tuple[Step, ...]:
    """节点文字分成的各步，依次排列；开头写着几个日期的，一个日期一步，文字相同。没有写日期的缺失。"""
    return tuple(Step(line, due) for line in _lines(text, by) for due in _heads(line, by))


def _lines(text: str, by: Reckoning) -> Iterator[str]:
    """各步的原文：一行一步；没有写完就折行的接上；一行里“3月：…；4月：…”的分开。"""
    held: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if held and (_ENDED.search(held[-1][-1]) or _heads(line, by)[0].kind != MISSING):
            yield from _pieces("\n".join(held), by)
            held = []
        held.append(line)
    if held:
        yield from _pieces("\n".join(held), by)


def _pieces(line: str, by: Reckoning) -> Iterator[str]:
    held = ""
    for piece in _PIECE.split(line):
        if held and _heads(piece.strip(), by)[0].kind != MISSING:
            yield held.strip()
            held = ""
        held += piece
    yield held.strip()


def _heads(line: str, by: Reckoning) -> tuple[Deadline, ...]:
    """一步开头的时限；开头写着几个日期的有几个。"""
    plain = prepare(line[:LONGEST])
    plain = _YEAR.sub(lambda match: match[0][:-1].removesuffix("全年"), plain)
    opening = _OPENING.match(plain)
    if opening and "、" in opening[0] and "、" not in line[:4]:
        opening = None
    tokens = scan(plain[opening.end() :] if opening else plain)
    size = next((at for at, token in enumerate(tokens) if token.kind not in _HEAD), len(tokens))
    size = _with_after(tokens, _whole(tokens, size))
    head = "".join(token.text for token in tokens[:size])
    written = _written(line, head)
    if not size:
        return (_undated(line, plain, tokens, by),)
    try:
        clause = read_clause(tokens[:size], by, None)
    except Unclear as error:
        return (Deadline(UNREADABLE, note=f"“{short(written)}”：{error}", text=written),)
    whole = replace(read_text(head, by), text=written)
    if whole.kind != DATED:
        return (whole,)
    return tuple(
        replace(whole, due=span.due, start=span.first if span.ranged and not span.whole else None, dates=(span.due,))
        for span in clause.spans
    )


def _whole(tokens: tuple[Token, ...], size: int) -> int:
    """开头的词里有没有时点；“12345热线”的数不是，“1031日”的数算。"""
    kinds = {token.kind for token in tokens[:size]}
    if kinds & POINTS or "two_digit_year" in kinds:
        return size
    lost = size < len(tokens) and tokens[size].text.startswith(("日", "号"))
    return size if size and tokens[0].kind == "number" and lost else 0


def _with_after(tokens: tuple[Token, ...], size: int) -> int:
    """6月30日后15日内：开头的日期后面跟着“后”的，连着读。"""
    if not size or size == len(tokens) or not _AFTER.match(tokens[size].text):
        return size
    return size + 2 if size + 1 < len(tokens) and tokens[size + 1].kind == "limit" else size + 1


def _written(line: str, head: str) -> str:
    """开头那句话的原文。"""
    if line.startswith(head) and head:
        return head
    year = _YEAR.match(prepare(line[:LONGEST])) is not None
    parts = _BREAK.split(line, maxsplit=1 + year)
    broken = line[: len(line) - len(parts[-1]) - 1].strip() if len(parts) == 2 + year else line
    return broken if len(broken) <= 20 else line


def _undated(line: str, plain: str, tokens: tuple[Token, ...], by: Reckoning) -> Deadline:
    """开头没有日期的：每月、持续、15日内、按上级通知，此外是没有写日期。"""
    if tokens and tokens[0].kind == "recur":
        return Deadline(OPEN_ENDED, text=line, recurs=recurrence(tokens[0]))
    head = _BREAK.split(plain, maxsplit=1)[0]
    if ABSENT.match(plain):
        return Deadline(MISSING, note=f"“{short(line)}”未写明日期", text=line)
    if OPEN.match(plain):
        return Deadline(OPEN_ENDED, text=line)
    if len(head) <= 20 and any(token.kind in ("limit", "same_day") for token in scan(head)):
        return replace(read_text(head, by), text=_written(line, head))
    found = read_text(head, by) if head != plain and len(head) <= 12 else None
    if found and found.kind in (DATED, OPEN_ENDED):
        return replace(found, text=_written(line, head))
    return Deadline(MISSING, note=f"“{short(line)}”没有写日期", text=line)


def date_inside(text: str, by: Reckoning) -> Deadline | None:
    """工作任务的句子里写着的时限（“9月20日前完成扫尾”“每月10日前打卡到户”），供人选用；没有写、写得不清楚的为 None。"""
    found = [read_text(phrase, by) for clause in clauses_of(scan(prepare(text[:4000]))) for phrase in _phrases(clause)]
    dated = {(due.due, due.start): due for due in found if due.kind == DATED}
    recurring = {due.recurs: due for due in found if due.kind == OPEN_ENDED}
    if any(due.kind == UNREADABLE for due in found) or len(dated or recurring) != 1:
        return None
    return next(iter((dated or recurring).values()))


def _phrases(clause: tuple[Token, ...]) -> Iterator[str]:
    """一个分句里“…前”的时点、带日子的周期。"""
    start = None
    for at, token in enumerate(clause):
        if token.kind == "recur" and any(token[name] for name in ("d", "x", "k", "k2", "w")):
            yield token.text
        elif token.kind in POINTS:
            start = at if start is None else start
            if _closes(clause, at):
                yield "".join(part.text for part in clause[start : at + 1]) + ("前" if token.kind != "feast" else "")
                start = None
        elif token.kind not in ("list", "dash", "clock", "weekday"):
            start = None


def _closes(clause: tuple[Token, ...], at: int) -> bool:
    token, after = clause[at], clause[at + 1].kind if at + 1 < len(clause) else ""
    if token.kind == "feast":
        return (token["w"] or "").startswith(("前", "之前", "以前"))
    return after == "before" or (after in ("done", "act") and token.kind in ("day", "month") and at == 0)

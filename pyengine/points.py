"""分值：把“+0.5 经验刊发；-1 迟报”读成一条条分值和事由。拿不准是加是减、是几分的，一概算读不出。"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

Entry = tuple[Decimal, str]
"""一条加减分：分值、事由（可空）。"""

_HALF_WIDTH = str.maketrans("０１２３４５６７８９＋﹢－﹣−‐‑‒–—．；：％", "0123456789++--------.;:%")
_HUGE: Final = 10_000
"""分值不到一万：数字和文字一样，文字至多四位。"""

_NUMBER = r"\d{1,4}(?:\.\d{1,4})?"
_ENDS = r"(?!\d|[.,，。]\d|[+\-/~%个次项条件篇月日年号天])"
_SCORE = re.compile(
    rf"(?<![\d.A-Za-z%)）])(?P<sign>[+-])\s*(?P<signed>{_NUMBER}){_ENDS}\s*(?P<unit>分)?"
    rf"|(?P<noun>加分|扣分|减分)\s*:?\s*(?P<after>{_NUMBER}){_ENDS}\s*分?"
    rf"|(?P<verb>加|扣|减)\s*(?P<of>{_NUMBER})\s*分"
)
_ALONE = re.compile(rf"[+-]?\s*{_NUMBER}\s*分?")
_ABSENT = frozenset(("无", "暂无", "没有", "-", "/"))
_HARD = re.compile(r"[;\r\n]+")
_ORDER = re.compile(r"^\s*[(（]?\d{1,2}[.、)）]\s*(?=\D)")
_SOFT = re.compile(r"、|(?<!\d)[,，。]|[,，。](?!\d)")
_OPEN, _CLOSE, _EDGES = "(（[【 　", ")）]】 　.。,，:!！", " 　,，.。:、"
_BRACKETS = re.compile(r"^[(（]\s*[)）]|[(（]\s*[)）]$")
"""分值写在括号里的，取走分值后剩下的空括号。"""


def read_points(value: object) -> tuple[Entry, ...] | None:
    """加减分一格的各条：数字，或分号、换行隔开的几条（顿号、逗号隔开而各带分值的也算几条）；空白为空，读不出为 None。"""
    if value is None:
        return ()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ((Decimal(format(value, ".15g")), ""),) if abs(value) < _HUGE else None
    return _text(value) if isinstance(value, str) else None


def _text(value: str) -> tuple[Entry, ...] | None:
    text = value.translate(_HALF_WIDTH).strip()
    if not text or text in _ABSENT:
        return ()
    if _ALONE.fullmatch(text):
        return ((Decimal(re.sub(r"[\s分]", "", text)), ""),)
    segments = [_segment(part) for part in _HARD.split(text) if part.strip()]
    read = tuple(entry for segment in segments if segment is not None for entry in segment)
    return None if None in segments else read


def _segment(text: str) -> tuple[Entry, ...] | None:
    """两个分号之间的各条：没有分值的一小段并入相邻一条的事由；一条也没有的读不出。"""
    entries: list[Entry] = []
    waiting: list[str] = []
    for piece in filter(None, map(str.strip, _SOFT.split(_ORDER.sub("", text)))):
        if not _SCORE.search(piece):
            waiting.append(piece)
            continue
        entry = _piece(piece)
        if entry is None:
            return None
        _give(entries, waiting)
        if not entries and waiting:
            entry, waiting = (entry[0], _joined((*waiting, entry[1]))), []
        entries.append(entry)
    _give(entries, waiting)
    return tuple(entries) or None


def _give(entries: list[Entry], waiting: list[str]) -> None:
    """攒下的文字归前一条；还没有前一条的留着。"""
    if entries and waiting:
        entries[-1] = (entries[-1][0], _joined((entries[-1][1], *waiting)))
        waiting.clear()


def _joined(words: tuple[str, ...]) -> str:
    return "、".join(filter(None, words))


def _piece(text: str) -> Entry | None:
    """只有一个分值，且在句首、句末或写明“分”的一条；有两个数、自相矛盾的读不出。"""
    found = list(_SCORE.finditer(text))
    if len(found) != 1:
        return None
    match, before, after = found[0], text[: found[0].start()], text[found[0].end() :]
    at_edge = not before.strip(_OPEN) or not after.strip(_CLOSE)
    if not (at_edge or match["unit"] or match["noun"] or match["verb"]):
        return None
    word = match["noun"] or match["verb"] or ""
    less = match["sign"] == "-" or word[:1] in ("扣", "减")
    said = re.search(r"(加|扣|减)分?\s*$", before)
    if said and match["sign"] and (said[1] != "加") != less:
        return None
    number = Decimal(match["signed"] or match["after"] or match["of"])
    rest = _BRACKETS.sub("", before + after) if before[-1:] in ("(", "（") else f"{before.strip()} {after.strip()}"
    words = rest.strip(_EDGES)
    return (-number if less else number), words

"""单位栏断成一截一截：标点、空白、换行，“和”字两边是不是两家。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from pyengine import unit_words as words

_LONGEST: Final = 80
"""一个名称至多这么多个字：再长的不再往下接。"""

Known = Callable[[str], object]
"""名录认不认得这个名称：认得为真。"""


def nothing(name: str) -> object:
    """没有名录：谁也不认得，返回 None。"""
    return None


def tokens(segment: str, known: Known) -> Iterator[tuple[str, str]]:
    """断开的各截，逐一给出（前面的分隔，文字）。空白、换行前面说不完的接着下一截。"""
    stop, current = "", ""
    pieces = words.STOP.split(segment)
    for at in range(0, len(pieces), 2):
        mark = pieces[at - 1] if at else ""
        piece = pieces[at]
        if at and words.SOFT.fullmatch(mark) and _continues(current, piece, mark, known):
            current += piece if words.clean(piece) else ""
            continue
        if current.strip():
            yield stop, current
            stop = ""
        current = piece
        stop = mark if not stop or mark.strip(" \t　") in words.HARD else stop
    if current.strip():
        yield stop, current


def _continues(before: str, after: str, mark: str, known: Known) -> bool:
    """空白、换行前后是不是同一个名称。"""
    left, right = before.strip(), after.strip()
    if not left or not right:
        return not right
    if len(left) > _LONGEST:
        return False
    if known(left + right):
        return True
    if known(left) and not words.belongs(right):
        return False
    return words.wraps(left, right, "\n" in mark or "\r" in mark)


def joined(name: str, known: Known) -> list[str]:
    """name 里的各家：“县财政局和县审计局”是两家，“县发展和改革局”是一家。"""
    found: list[str] = []
    while name and not known(name):
        left, right = _halves(name, known)
        if not right:
            return [*found, *filter(None, words.and_so_on(name))]
        found.append(words.clean(left))
        name = words.clean(right)
    return [*found, name] if name else found


def _halves(name: str, known: Known) -> tuple[str, str]:
    """“和”字前后是两家的，前一家和其余；不是的，后一半为空。"""
    for found in words.AND.finditer(name):
        left, right = name[: found.start()], name[found.end() :]
        if (known(left) and known(right)) or words.two_units(left, found[0], right):
            return left, right
    return name, ""

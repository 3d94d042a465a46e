"""单位栏的文字：断成一个个名称，读出谁牵头、谁配合。名称照原文，括号是名称的一部分；只看字面，不查名录。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pyengine import unit_words as words
from pyengine.unit_cuts import Known, joined, nothing, tokens
from pyengine.unit_texts import prepared

_LEAD, _DUTY, _LISTED, _HELP = "牵头", "负责", "责任", "配合"
_MASK: Final = 0xF0000
_ALONE: Final = {_LEAD: "\U000ff001", _DUTY: "\U000ff002", _HELP: "\U000ff003", _LISTED: "\U000ff004"}
_TELLS = re.compile("牵头|主办|主责|配合|(?<!政)协办|协助|参与|次要责任")
_NO_UNIT = re.compile("标注|除外|^(?:第|首|前|排|其|不?含|包括)|的")
_LONGEST: Final = 2000
"""一栏（括号里的不算）至多看这么多个字：再长的是把别的内容粘了进来，整栏算一个认不出的名称。"""

_MOST_BRACKETS: Final = 9
"""一对括号里再有这么多层的不是单位栏，不往里读。"""
_PRIVATE = re.compile("[\U000f0000-\U000fffff]")


@dataclass(frozen=True, slots=True)
class Roles:
    """分工：lead 牵头，responsible 责任、配合，都照原文；marked 原文写了谁牵头（负责），不是按排名第一推定的。"""

    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    marked: bool


@dataclass(slots=True)
class _Named:
    name: str
    role: str = ""
    helping: bool = False
    """写在“配合单位：”后面：没有别家时也不推定它牵头。"""


@lru_cache(maxsize=8192)
def split_units(text: str) -> tuple[str, ...]:
    """单位栏里的各个名称，按原文次序、去重；不在括号里断开。"""
    return names_in(text)


@lru_cache(maxsize=8192)
def split_roles(text: str) -> Roles:
    """一栏里的牵头单位和其余单位；没有写明谁牵头的，排在第一位的牵头。"""
    return roles_in(text)


def names_in(text: str, known: Known = nothing) -> tuple[str, ...]:
    """同 split_units；“和”字、换行处是不是两家，known 认得的以它为准。"""
    return tuple(dict.fromkeys(item.name for item in _read(text, known)))


def roles_in(text: str, known: Known = nothing) -> Roles:
    """同 split_roles；“和”字、换行处是不是两家，known 认得的以它为准。"""
    named = _read(text, known)
    lead = [item.name for item in named if item.role == _LEAD]
    duty = [item.name for item in named if item.role == _DUTY][:1]
    first = [item.name for item in named if item.role == _LISTED] or [item.name for item in named if not item.helping]
    leads = tuple(dict.fromkeys(lead or duty or first[:1]))
    others = dict.fromkeys(item.name for item in named if item.name not in leads)
    return Roles(leads, tuple(others), bool(lead or duty))


def helpers_in(text: str, known: Known = nothing) -> tuple[str, ...]:
    """写在牵头单位栏里、又写明是配合（协办、参与……）的名称；整栏都是配合的不算。"""
    named = _read(text, known)
    lead = {item.name for item in named if item.role != _HELP}
    return tuple(dict.fromkeys(item.name for item in named if item.name not in lead)) if lead else ()


def same_as_above(text: str) -> bool:
    """是否“同上”“〃”一类：照抄上一行。"""
    return words.SAME.fullmatch(re.sub(r"\s", "", text)) is not None


def _read(text: str, known: Known) -> list[_Named]:
    masked, parts, aside = _mask(_unwrapped(_PRIVATE.sub("\ufffd", text)), known)
    if len(masked) > _LONGEST:
        return [_Named(text.strip())]
    masked = prepared(masked)
    plain = words.STOP_INSIDE.sub(
        lambda found: found[0].replace("、", _held(parts, "、")), words.NUMBERING.sub("、", masked)
    )
    plain = words.apart(plain)
    plain = words.RUN_ON.sub(r"\1，", plain)

    def whole(name: str) -> str:
        return _PRIVATE.sub(lambda found: parts[ord(found[0]) - _MASK] if found[0] < "\U000ff000" else "", name)

    named: list[_Named] = []
    for label, segment in _segments(plain):
        named += _grouped(segment, label, lambda name: known(whole(name)))
    for item in named:
        item.name = whole(item.name).strip()
    return [item for item in (*named, *aside) if item.name]


def _held(parts: list[str], text: str) -> str:
    """text 作为名称的一部分收起来，换成一个占位的字。"""
    parts.append(text)
    return chr(_MASK + len(parts) - 1)


def _unwrapped(text: str) -> str:
    """整栏用一对括号括着的，去掉括号。"""
    bare = text.strip().rstrip("。；;").strip()
    groups = list(words.brackets(bare))
    return bare[1:-1] if groups and groups[0] == (0, len(bare)) else text


def _mask(text: str, known: Known) -> tuple[str, list[str], list[_Named]]:
    """括号收成占位的字；括号里是分工的换成分工，是说明的去掉，另写了谁配合（牵头）的单列。"""
    parts: list[str] = []
    told: list[_Named] = []
    pieces, last, headed = [], 0, text.lstrip()[:1] in ("【", "[")
    for start, end in words.brackets(text):
        inside = text[start + 1 : end - 1].strip()
        pieces.append(text[last:start])
        last = end
        if headed and text[start] in "【[" and words.LABEL_WORD.fullmatch(inside):
            pieces.append(f"；{inside}：")
        elif named := _told(inside, known):
            told += named
        else:
            pieces.append(_aside(inside) if _is_aside(inside) else _held(parts, text[start:end]))
    return "".join((*pieces, text[last:])), parts, told


def _told(inside: str, known: Known) -> list[_Named]:
    """括号里另写的几家和各自的分工（县财政局、县住建局配合）；不是这样写的为空。"""
    if not _TELLS.search(inside) or sum(map(inside.count, "（(〔[【")) > _MOST_BRACKETS:
        return []
    named = _read(inside, known)
    names = (item.name for item in named)
    fit = all(words.looks_like_unit(words.bare_name(name)) and not _NO_UNIT.search(name) for name in names)
    return named if fit and all(item.role in (_LEAD, _HELP) for item in named) else []


def _is_aside(inside: str) -> bool:
    if not inside or words.ORDINAL.fullmatch(inside):
        return True
    asides = (words.ROLE_END, words.LABEL_WORD)
    return any(one.fullmatch(inside) for one in asides) or words.REMARK.search(inside) is not None


def _aside(inside: str) -> str:
    """括号里的分工：一家的记在名称后面，“分别牵头”照写在一组后面；说明没有分工。"""
    if words.ORDINAL.fullmatch(inside):
        return "、"
    if words.ROLE_END.fullmatch(inside):
        return inside if words.TOGETHER_WORD.search(inside) else f"{_ALONE[_role(inside)]}、"
    return f"{_ALONE[_label(inside)]}、" if words.LABEL_WORD.fullmatch(inside) else ""


def _role(text: str) -> str:
    """一个分工字样属于哪一种。"""
    if words.LEADING.search(text):
        return _LEAD
    if words.LIABLE.search(text):
        return _LISTED
    if words.BY_DUTY.search(text) or not words.IN_CHARGE.search(text):
        return _HELP
    return _LEAD if words.TOGETHER_WORD.search(text) else _DUTY


def _label(text: str) -> str:
    if words.LEADING.search(text):
        return _LEAD
    return _LISTED if words.LISTED.search(text) else _HELP


def _segments(text: str) -> Iterator[tuple[str, str]]:
    """按“牵头单位：”一类的标签分段：（标签的分工，后面的文字）。"""
    label, last = "", 0
    for found in words.LABEL.finditer(text):
        yield label, text[last : found.start()]
        label, last = ("" if words.NEUTRAL.match(found[0]) else _label(found[0])), found.end()
    yield label, text[last:]


def _grouped(segment: str, label: str, known: Known) -> list[_Named]:
    """一段里的名称和各自的分工：分工管它前面的一组，没有分工的从标签。"""
    done: list[_Named] = []
    group: list[_Named] = []
    object_before = False
    for stop, token in tokens(segment, known):
        if stop in words.HARD:
            group = []
        name, role, rest = _parted(token)
        if object_before and stop == "、" and not role and not words.looks_like_unit(name):
            continue
        object_before = rest
        fresh = [_owned(one, label) for one in joined(name, known)]
        done += fresh
        group += [item for item in fresh if item.role in ("", label)]
        if role:
            _assign(done, group, role)
            group = []
    return done


def _assign(done: list[_Named], group: list[_Named], role: str) -> None:
    """把分工记给一组；“分别牵头”前只有一家的，往前并上没有分工的。"""
    if words.TOGETHER_WORD.search(role) and len(group) == 1:
        group = [item for item in done if not item.role]
    for item in group:
        item.role = _role(role)


def _owned(name: str, label: str) -> _Named:
    own = next((role for role, mark in _ALONE.items() if mark in name), label)
    return _Named(name, own, label == _HELP)


def _parted(token: str) -> tuple[str, str, bool]:
    """名称、后面的分工字样，以及分工后面是不是还有所分的事（负责资金保障）。"""
    name = words.BY_WHOM.sub("", words.clean(token))
    found = words.ROLE_END.search(name)
    if found and words.strips(name[: found.start()], found[0]):
        return words.clean(name[: found.start()]), found[0], False
    tail = words.ROLE_OBJECT.fullmatch(name)
    if tail:
        return words.clean(tail[1]), tail[2], True
    return ("" if words.NOT_A_NAME.fullmatch(name) else name), "", False

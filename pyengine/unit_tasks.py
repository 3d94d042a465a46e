"""任务末尾写着的单位：“……500套（县民政局牵头，各乡（镇）配合）。”“……6公里。责任单位：县住建局。”。"""

from __future__ import annotations

import re

from pyengine import unit_words as words
from pyengine.unit_lists import Roles, split_roles

_TASK_END = re.compile(r"(?:^|(?<![。；;.\s]))[。；;.\s]*$")
_STARTS = re.compile("^(?:含|不含|包括|其中|除|如|即|原|以下)")
_SENTENCE = re.compile(
    r"(?<=[。；;！!\n])\s*(?:牵头|(?:主要|第一)?责任|主办|承办|主责|落实|实施|配合)(?:责任)?(?:单位|部门)[：:].*$",
    re.DOTALL,
)


def units_in_task(text: str) -> tuple[str, Roles] | None:
    """写在任务末尾括号里、或“责任单位：”一句里的单位：（去掉以后的任务，分工）；末尾不是单位的为 None。"""
    return _in_sentence(text) or _in_bracket(text)


def _in_sentence(text: str) -> tuple[str, Roles] | None:
    found = next(
        (one for one in _SENTENCE.finditer(text) if not any(a < one.start() < b for a, b in words.brackets(text))), None
    )
    task = text[: found.start()].rstrip("；;，, \t\r\n\u3000") if found else ""
    if found is None or not task.strip("。！! "):
        return None
    roles = split_roles(found[0])
    units = [words.is_collective(name) or words.looks_like_unit(words.bare_name(name)) for name in roles.lead]
    return (task if task[-1] in "。！!" else f"{task}。", roles) if units and all(units) else None


def _in_bracket(text: str) -> tuple[str, Roles] | None:
    end = _TASK_END.search(text)
    assert end is not None
    body = text[: end.start()]
    groups = list(words.brackets(body))
    if not groups or groups[-1][1] != len(body) or not body[: groups[-1][0]].strip():
        return None
    start, stop = groups[-1]
    before, inside = body[:start].rstrip(), body[start + 1 : stop - 1].strip()
    roles = split_roles(inside)
    if not roles.lead or not _names_units(before, inside, roles):
        return None
    return before + end[0].strip(), roles


def _names_units(before: str, inside: str, roles: Roles) -> bool:
    """括号里的话是不是在说由谁办。只列几个乡镇、又没有写分工的，更像在说地点，不认。"""
    names = (*roles.lead, *roles.responsible)
    if _STARTS.match(inside):
        return False
    if words.LABEL.match(inside):
        return True
    units = [words.is_collective(name) or words.looks_like_unit(words.bare_name(name)) for name in names]
    if roles.marked:
        return units[0] and sum(units) * 2 > len(units)
    places = all(words.PLACE.search(words.bare_name(name)) and not words.is_collective(name) for name in names)
    return all(units) and not places and (len(names) > 1 or not words.looks_like_unit(before))

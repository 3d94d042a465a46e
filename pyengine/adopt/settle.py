"""定栏：有几种可能的表头，看栏里的内容定；归到同一栏的几列，只留该留的；没有牵头单位栏的，由责任单位栏定。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from statistics import median

from pyengine.adopt import heads as h
from pyengine.adopt.regions import Column, Region, renamed, with_task
from pyengine.adopt.source import Cell
from pyengine.adopt.words import is_state
from pyengine.cells import read_share
from pyengine.deadlines import Reckoning, read_deadline, read_steps
from pyengine.layout import layout
from pyengine.terms import DATED, UNREADABLE

_REPEATABLE = frozenset({h.LEAD, h.HELP, h.UNITS, h.STEP, h.SECTION, None})
"""可以有几列的栏：几列的内容都要。"""
_SAID_LEAD = re.compile(r"牵头|主责|主办|主抓|主要责任|第一责任")
_WHATEVER = Reckoning(2024)


def settled(region: Region) -> Region:
    """各列最终归属。"""
    roles: dict[int, str | None] = {column.index: column.role for column in region.columns}
    for column in region.columns:
        if column.role and column.role.endswith("？"):
            taken = {role for index, role in roles.items() if index != column.index}
            roles[column.index] = _settle(region, column, taken)
    for column in region.columns:
        if column.period and _mostly(_values(region, column), lambda cell: not isinstance(cell.value, str)):
            roles[column.index] = None  # 各期的数，不是节点
    _dated_details(region, roles)
    _only_one(roles)
    vague = {c.index for c in region.columns if c.role == h.LEAD and not _SAID_LEAD.search(c.full_head)}
    return with_task(renamed(region, _units(_dates(roles), vague)))


def _settle(region: Region, column: Column, taken: set[str | None]) -> str | None:
    values = _values(region, column)
    match column.role:
        case "工作任务？":
            return h.TASK if h.TASK not in taken else h.DETAIL
        case "批示内容？":
            return h.TASK if not taken & {h.TASK, "工作任务？"} else None
        case "章节？":
            words = set(layout().choices["category"])
            mostly = sum(cell.text in words for cell in values) * 2 > len(values)
            return "工作类别" if values and mostly else h.SECTION
        case "节点？":
            return h.DUE if h.DUE not in taken and _mostly_deadlines(values) else h.STEP
        case "进展？":
            shares = _mostly(values, lambda cell: read_share(cell.value)[0] is not None)
            role = h.STEP if _dated(values) else "完成进度" if shares else "最新进展"
            return role if role not in taken else None
        case "办理状态？":
            short = bool(values) and _mostly(values, lambda cell: is_state(cell.text))
            order = ("办理状态", "最新进展") if short else ("最新进展", "办理状态")
            return next((role for role in order[: 1 if not short else 2] if role not in taken), None)
        case _:
            shares = _mostly(values, lambda cell: read_share(cell.value)[0] is not None) or not values
            return "完成进度" if shares or _shortish(values) else ("最新进展" if "最新进展" not in taken else None)


def _dated_details(region: Region, roles: dict[int, str | None]) -> None:
    """具体要求一栏多半写着时间的（“3月：……”），是节点。"""
    for column in region.columns:
        if roles[column.index] == h.DETAIL and h.TASK in roles.values() and h.STEP not in roles.values():
            roles[column.index] = h.STEP if _dated(_values(region, column)) else h.DETAIL


def _dated(values: list[Cell]) -> bool:
    """多半开头写着时间。"""
    return _mostly(values, lambda cell: read_steps(cell.text, _WHATEVER)[0].due.kind == DATED)


def _values(region: Region, column: Column) -> list[Cell]:
    rows = range(region.last + 1, region.end + 1)
    return [cell for row in rows if (cell := region.sheet.own(row, column.index)).text]


def _mostly(values: list[Cell], test: object) -> bool:
    return bool(values) and sum(bool(test(cell)) for cell in values) * 2 > len(values)  # type: ignore[operator]


def _mostly_deadlines(values: list[Cell]) -> bool:
    return _mostly(values, lambda cell: read_deadline(cell.value, _WHATEVER).kind != UNREADABLE)


def _shortish(values: list[Cell]) -> bool:
    return not values or median(len(cell.text) for cell in values) <= 8


def _only_one(roles: dict[int, str | None]) -> None:
    """一栏只能有一列的，留最左边一列；其余按认不出的栏处理（并入备注）。"""
    seen: set[str | None] = set()
    for index, role in roles.items():
        if role in seen and role not in _REPEATABLE:
            roles[index] = None
        seen.add(role)


def _dates(roles: Mapping[int, str | None]) -> dict[int, str | None]:
    """没有交办日期栏的，批示、会议日期就是立项日期。"""
    swap = "立项日期" not in roles.values()
    return {index: "立项日期" if swap and role == h.MEETING else role for index, role in roles.items()}


def _units(roles: Mapping[int, str | None], vague: set[int]) -> dict[int, str | None]:
    """有牵头单位栏的，责任单位栏就是责任单位；没有的，由责任单位栏拆出牵头（h.UNITS）。

    vague 是没有写明“牵头”“主责”的（承办单位、责任主体）：只有这一栏单位的，几家里首位为牵头。
    没有任务栏的，具体要求一栏就是任务。
    """
    found = dict(roles)
    if not {h.HELP, h.UNITS} & set(found.values()):
        said = any(role == h.LEAD and index not in vague for index, role in found.items())
        found = {index: (h.HELP if said else h.UNITS) if index in vague else role for index, role in found.items()}
    if h.LEAD in found.values():
        found = {index: h.HELP if role == h.UNITS else role for index, role in found.items()}
    elif h.UNITS not in found.values():
        found = {index: h.UNITS if role == h.HELP else role for index, role in found.items()}
    if h.TASK not in found.values():
        first = next((index for index, role in found.items() if role == h.DETAIL), None)
        found = {index: h.TASK if index == first else role for index, role in found.items()}
    return found

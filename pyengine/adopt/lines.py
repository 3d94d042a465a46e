"""逐行认：表里的每一行是事项、章节、合计、重复的表头还是表尾的话；同一事项占几行的归在一起。"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyengine.adopt import heads as h
from pyengine.adopt.regions import Region
from pyengine.adopt.source import Cell
from pyengine.layout import header_key

_HEADINGS = (
    re.compile(r"^第[一二三四五六七八九十百\d]+(?:部分|章|节|类|方面|篇)"),
    re.compile(r"^(?:[一二三四五六七八九十百]+[、.．]|[一二三四五六七八九十]+是)"),
    re.compile(r"^[(（][一二三四五六七八九十百]+[)）]"),
    re.compile(r"^\d+(?:\.\d+)*[、.．]"),
    re.compile(r"^(?:[(（]\d+[)）]|[①-⑳])"),
)
_NUMERAL = re.compile(
    r"^(?:[一二三四五六七八九十百]+[、.．]?|[(（][一二三四五六七八九十百]+[)）]|第[一二三四五六七八九十]+(?:部分|类))$"
)
_TOTAL = re.compile(
    r"^(?:合计|总计|小计|累计|共计|(?:全[县市区旗]|本级|[县市区]本级)?(?:合计|总计|小计)|汇总|[一二三四五六七八九十]+类合计)[:：]?$"
)
_FOOT = re.compile(
    r"^(?:备注|注|说明|附注|注释|备注说明|填表说明|填报说明|填\s*表\s*人?|填报(?:人|单位|日期|时间)?|审核人?|审\s*核|制表(?:人|日期|单位)?|联系人|联系电话|"
    r"联系方式|电话|经办人?|单位负责人|负责人(?:签字)?|主要负责人(?:签字)?|分管领导(?:签字)?|签字|签批|日期|报送(?:单位|日期)?|校对|复核人?|打印|单位[（(]盖章[)）]|注意事项)\s*"
    r"(?:[（(][^（）()]*[)）])?\s*[:：]"
)  # fmt: skip


_SUPPORTS = (
    h.LEAD, h.UNITS, h.HELP, h.DUE, h.SEQUENCE, "编号", "牵头领导", h.STEP, "最新进展", "办理状态", "星级",
)  # fmt: skip
"""看得出一行是事项的各栏。"""


@dataclass(frozen=True, slots=True)
class Group:
    """一组行：同一个任务（合并的，或下面几行没有再写任务的）；section 是所在的各级章节，由外到内。"""

    rows: tuple[int, ...]
    section: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """不是事项的行。"""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class Lines:
    """一个表的各行：事项的各组、章节行、不是事项的行。"""

    groups: tuple[Group, ...]
    sections: tuple[Cell, ...]
    skipped: tuple[Skipped, ...]


def read_lines(region: Region) -> Lines:
    """把数据行认出来；从不抛出。"""
    groups: list[Group] = []
    skipped: list[Skipped] = []
    sections: list[Cell] = []
    stack: list[tuple[int, Cell]] = []
    ending = _last_item(region)
    for row in range(region.last + 1, region.end + 1):
        cells = _own(region, row)
        why = _not_item(region, row, cells, row > ending)
        if not cells or why:
            skipped += [Skipped(row, why)] if cells else []
        elif (title := _section(region, row, cells)) is not None:
            level = heading_level(title.text)
            stack = [(depth, cell) for depth, cell in stack if depth < level] + [(level, title)]
            sections.append(title)
        elif groups and _continues(region, row, groups[-1]):
            groups[-1] = Group((*groups[-1].rows, row), groups[-1].section)
        else:
            groups.append(Group((row,), tuple(cell for _, cell in stack)))
    return Lines(tuple(groups), tuple(sections), tuple(skipped))


def heading_level(text: str) -> int:
    """标题的层次：第一部分 0，一、1，（一）2，1. 3，（1）4；没有编号的按 1。"""
    return next((level for level, pattern in enumerate(_HEADINGS) if pattern.match(text.strip())), 1)


def is_heading(text: str) -> bool:
    """开头有没有标题的编号。"""
    return any(pattern.match(text.strip()) for pattern in _HEADINGS)


def is_foot(text: str) -> bool:
    """像不像表尾的话（备注：、填表人：……）。"""
    return bool(_FOOT.match(text.strip()))


def _own(region: Region, row: int) -> tuple[Cell, ...]:
    low, high = region.columns[0].index, region.columns[-1].index
    return tuple(cell for cell in region.sheet.row(row) if low <= cell.column <= high)


def _value(region: Region, row: int, *roles: str) -> Cell | None:
    """这一行这些栏的第一个内容（纵向合并进来的也算）。"""
    found = (region.sheet.cell(row, column.index) for column in region.of(*roles))
    return next((cell for cell in found if cell.text and cell.row > region.last), None)


def _across(region: Region, cell: Cell) -> int:
    _, left, _, right = region.sheet.area(cell.row, cell.column)
    return right - left + 1


def _last_item(region: Region) -> int:
    """最后一行看得出是事项的：有任务（或合并进来的任务），又有单位、时限、序号之一。"""
    for row in range(region.end, region.last, -1):
        cells = _own(region, row)
        wide = len(cells) == 1 and _across(region, cells[0]) > 1
        if not cells or wide or is_foot(cells[0].text) or _total(cells):
            continue
        inner = any(cell.column in {c.index for c in region.of(h.DETAIL, h.STEP)} for cell in cells)
        if (inner and region.has(h.TASK)) or (
            _value(region, row, h.TASK, h.DETAIL) and (len(cells) > 1 or _value(region, row, *_SUPPORTS))
        ):
            return row
    return region.last


def _not_item(region: Region, row: int, cells: tuple[Cell, ...], after: bool) -> str:
    if not cells:
        return ""
    if sum(header_key(cell.text) in region.head_keys for cell in cells) >= max(2, (len(cells) + 1) // 2):
        return "重复的表头，不是事项"
    if _total(cells):
        return "合计行，不是事项"
    if after or is_foot(cells[0].text):
        return "表尾的说明，不是事项"
    return ""


def _total(cells: tuple[Cell, ...]) -> bool:
    return any(_TOTAL.match("".join(cell.text.split())) for cell in cells[:3])


def _section(region: Region, row: int, cells: tuple[Cell, ...]) -> Cell | None:
    """章节行的标题格；不是章节行为 None。"""
    first, task = cells[0], _value(region, row, h.TASK)
    merged_in = any(
        region.sheet.cell(row, column.index).row < row
        for column in region.of(h.TASK, h.LEAD, h.UNITS, h.DUE)
        if region.sheet.cell(row, column.index).text and region.sheet.area(row, column.index)[0] > region.last
    )  # fmt: skip
    if merged_in or not isinstance(first.value, str):
        return None
    if len(cells) == 1:
        in_task = task is not None and task.column == first.column and _across(region, first) == 1
        spans = region.sheet.area(row, first.column)[2] > row and _across(region, first) == 1
        lone_category = first.column in {c.index for c in region.of(h.SECTION)} and spans
        if _across(region, first) == 1 and first.column in {c.index for c in region.of(h.DETAIL, h.STEP)}:
            return None
        titled = is_heading(first.text) or region.has(h.SEQUENCE)
        return None if lone_category or (in_task and not titled) else first
    return _numbered_section(region, row, cells, task)


def _numbered_title(text: str) -> bool:
    return heading_level(text) <= 2 and is_heading(text)


def _numbered_section(region: Region, row: int, cells: tuple[Cell, ...], task: Cell | None) -> Cell | None:
    """“一”“经济发展（10项）”分写两格的章节行，或章节行末尾另写着件数。"""
    supports = _value(region, row, h.LEAD, h.UNITS, h.HELP, h.DUE, "牵头领导", "最新进展", "完成进度", "星级", h.STEP)
    supports = supports or next(
        (c for c in cells if c.column in {column.index for column in region.of(h.DETAIL)}), None
    )
    first = cells[0]
    if supports or region.has(h.LEAD, h.UNITS, h.DUE) is False:
        return None
    if task is not None and task.row == row and (_NUMERAL.match("".join(first.text.split())) or _parent(region, row)):
        title = f"{first.text.strip()}{'' if first.text.strip()[-1] in '、.．)）' else '、'}{task.text}"
        return Cell(first.sheet, row, task.column, title)
    return first if _numbered_title(first.text) and (task is None or task == first) else None


def _parent(region: Region, row: int) -> bool:
    """下一行的序号是不是这一行的下级（1 → 1.1、1-1、（1））。"""
    number, below = (_value(region, at, h.SEQUENCE) for at in (row, row + 1))
    if number is None or below is None or below.row == number.row:
        return False
    mine, next_one = number.text.strip("、.． "), below.text
    return mine.isdecimal() and (
        re.match(rf"{mine}[.．\-－]\d", next_one) is not None or re.match(r"[(（]1[)）]", next_one) is not None
    )


def _continues(region: Region, row: int, group: Group) -> bool:
    """是不是上一组的续行：任务格与上一组合并，或这一行没有写任务、序号。"""
    for column in region.of(h.TASK):
        top, _, bottom, _ = region.sheet.area(row, column.index)
        if bottom > top > region.last and top <= group.rows[-1]:
            return True
        if region.sheet.cell(row, column.index).text:
            return False
    if any(region.sheet.own(row, column.index).text for column in region.of(h.SEQUENCE, "编号")):
        return False
    return bool(region.of(h.TASK)) and row == group.rows[-1] + 1


def cells_by_role(region: Region, rows: tuple[int, ...]) -> dict[str, tuple[Cell, ...]]:
    """这几行各栏的内容（栏 → 各格，逐行由左到右），合并的只给一次，空的栏不给。"""
    found: dict[str, dict[tuple[int, int], Cell]] = {}
    for row in rows:
        for column in region.columns:
            if column.role is None:
                continue
            cell = region.sheet.cell(row, column.index)
            if cell.row > region.last and cell.text:
                found.setdefault(column.role, {}).setdefault((cell.row, cell.column), cell)
    return {role: tuple(cells.values()) for role, cells in found.items()}

"""事项草稿：几行归成一个事项，或一行一个事项；每一栏的内容记着出自哪一格。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyengine.adopt import heads as h
from pyengine.adopt.lines import Group, cells_by_role
from pyengine.adopt.regions import Column, Region
from pyengine.adopt.source import Cell
from pyengine.layout import column_letter

_OWN = (h.DUE, "完成进度", "最新进展", "办理状态", "年度目标", h.SEQUENCE, "编号")


@dataclass(frozen=True, slots=True)
class StepCell:
    """一格节点：内容，按期分列的是哪一期（表头的字）。"""

    cell: Cell
    period: str = ""
    weight: Cell | None = None
    state: Cell | None = None
    due: Cell | None = None
    """时限另写一格的。"""


@dataclass(frozen=True, slots=True)
class Draft:
    """一个事项：原表的哪几行，各栏的内容，节点，认不出的栏（表头、内容）。blanks 是空着的格（栏 → 地址）。"""

    sheet: str
    rows: tuple[int, ...]
    section: tuple[Cell, ...]
    cells: Mapping[str, tuple[Cell, ...]]
    steps: tuple[StepCell, ...] = ()
    extras: tuple[tuple[str, Cell], ...] = ()
    blanks: Mapping[str, Cell] = field(default_factory=dict)
    labelled: bool = False
    """段落式的：各栏由标签写明，没有表头。"""

    def first(self, role: str) -> Cell | None:
        """这一栏的第一个内容。"""
        return next(iter(self.cells.get(role, ())), None)

    def text(self, role: str) -> str:
        """这一栏的文字，几格的分行。"""
        return "\n".join(cell.text for cell in self.cells.get(role, ()))


def drafts_of(region: Region, groups: tuple[Group, ...]) -> Iterator[Draft]:
    """各组归成的事项。"""
    detailed = region.has(h.TASK) and any(_apart(region, group) for group in groups if region.has(h.DETAIL))
    for group in groups:
        staged = len(group.rows) > 1 and _staged(region, group)
        if detailed and not staged:
            yield from (_draft(region, rows, group, True) for rows in _by_detail(region, group))
        elif len(group.rows) > 1 and not region.has(h.DETAIL, h.STEP) and _repeats(region, group):
            yield from (_draft(region, (row,), group, False) for row in group.rows)
        else:
            yield _draft(region, group.rows, group, False, staged)


def _apart(region: Region, group: Group) -> bool:
    """合并的任务下面，每一行是不是各自一件事：各有要求，又各有单位或序号。"""
    others = (h.UNITS, h.LEAD, h.SEQUENCE, "编号")
    return _rows_with(region, group, h.DETAIL) > 1 and any(_rows_with(region, group, role) > 1 for role in others)


def _staged(region: Region, group: Group) -> bool:
    """合并的任务下面，是不是一步一步的节点：各有要求、各有时限，单位是同一家。"""
    steps = min(_rows_with(region, group, role) for role in (h.DETAIL, h.DUE))
    return steps > 1 and not _apart(region, group)


def _by_detail(region: Region, group: Group) -> Iterator[tuple[int, ...]]:
    """按具体要求分：要求也合并的几行是一件事。"""
    rows: list[int] = []
    for row in group.rows:
        own = any(region.sheet.own(row, column.index).text for column in region.of(h.DETAIL))
        merged = any(region.sheet.area(row, column.index)[0] < row for column in region.of(h.DETAIL))
        if rows and (own or not merged):
            yield tuple(rows)
            rows = []
        rows.append(row)
    if rows:
        yield tuple(rows)


def _repeats(region: Region, group: Group) -> bool:
    """没有分列要求的，各行的时限、进展等是不是各写各的。"""
    return any(_rows_with(region, group, role) > 1 for role in _OWN)


def _rows_with(region: Region, group: Group, role: str) -> int:
    columns = region.of(role)
    return sum(any(region.sheet.own(row, column.index).text for column in columns) for row in group.rows)


def _draft(region: Region, rows: tuple[int, ...], group: Group, detailed: bool, staged: bool = False) -> Draft:
    cells = cells_by_role(region, rows)
    section = group.section + cells.pop(h.SECTION, ())
    if h.TASK not in cells:  # 没有合并、任务只写在头一行的
        cells |= {role: found for role, found in cells_by_role(region, group.rows[:1]).items() if role == h.TASK}
    if detailed and h.DETAIL in cells:
        section += cells.get(h.TASK, ())
        cells[h.TASK] = cells.pop(h.DETAIL)
    steps = tuple(_stages(region, rows) if staged else _steps(region, rows))
    for role in (h.DETAIL, h.DUE) if staged else ():
        cells.pop(role, None)
    for role in (h.STEP, *((h.WEIGHT,) if steps else ())):
        cells.pop(role, None)
    if any(step.state for step in steps):
        cells.pop("办理状态", None)
    return Draft(
        region.sheet.name, rows, section, cells, steps, tuple(_extras(region, rows)), _blanks(region, rows, cells)
    )


def _stages(region: Region, rows: tuple[int, ...]) -> Iterator[StepCell]:
    """要求、时限各写一格的节点。"""
    for row in rows:
        detail, due = _beside(region, row, h.DETAIL), _beside(region, row, h.DUE)
        if detail is not None or due is not None:
            cell = detail or due
            assert cell is not None
            yield StepCell(cell, "", _beside(region, row, h.WEIGHT), _beside(region, row, "办理状态"), due)


def _steps(region: Region, rows: tuple[int, ...]) -> Iterator[StepCell]:
    seen: set[Cell] = set()
    for row in rows:
        for column in region.of(h.STEP):
            cell = region.sheet.cell(row, column.index)
            if cell.text and cell.row > region.last and cell not in seen:
                seen.add(cell)
                state = _beside(region, row, "办理状态") if len(rows) > 1 else None
                yield StepCell(cell, _period(region, column, row), _beside(region, row, h.WEIGHT), state)


def _period(region: Region, column: Column, row: int) -> str:
    """按期分列的：横着并了几期的，算到最后一期。"""
    right = region.sheet.area(row, column.index)[3]
    return next((c.period for c in reversed(region.of(h.STEP)) if column.index <= c.index <= right and c.period), "")


def _beside(region: Region, row: int, role: str) -> Cell | None:
    """同一行的这一栏：纵向合并的不算（那是整个事项的）。"""
    columns = (column.index for column in region.of(role) if region.sheet.area(row, column.index)[2] == row)
    return next((cell for column in columns if (cell := region.sheet.own(row, column)).text), None)


def _extras(region: Region, rows: tuple[int, ...]) -> Iterator[tuple[str, Cell]]:
    for column in region.of_unknown():
        for row in rows:
            cell = region.sheet.cell(row, column.index)
            if cell.text and cell.row > region.last and ((cell.row in rows and cell.row == row) or row == rows[0]):
                yield column.full_head or _letter_head(column), cell


def _letter_head(column: Column) -> str:
    return f"{column_letter(column.index)}列"


def _blanks(region: Region, rows: tuple[int, ...], cells: Mapping[str, tuple[Cell, ...]]) -> Mapping[str, Cell]:
    return {
        column.role: region.sheet.own(rows[0], column.index)
        for column in reversed(region.columns)
        if column.role and column.role not in cells
    }

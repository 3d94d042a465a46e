"""表头行与各栏：在一张原表里找到每个表的表头（任何一行、至多四级、几个表上下左右排着的都行）。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from pyengine.adopt import heads as h
from pyengine.adopt.heads import Heads
from pyengine.adopt.source import Cell, Sheet
from pyengine.deadlines import Reckoning, read_deadline
from pyengine.layout import header_key
from pyengine.terms import DATED

_SEARCHED = 40
_DEEP = 4
_LONG = 24
_PERIOD_WORDS = re.compile(r"(?:工作|形象)?(?:目标|计划|任务|进度|安排|节点|完成)*(?:情况|内容)?$")
_PERIODIC = re.compile(r"[季月旬年]")
_WHOLE_YEAR = re.compile(r"(?:\d{4}年度?|[本当全今]年)")
_FIGURES = re.compile(r"投资|资金|产值|收入|万元|亿元|进展|完成情况|实际|完成数")
_ANY_YEAR = Reckoning(2024)
_MARKS = frozenset({h.TASK, "工作任务？", "批示内容？", h.DETAIL, h.STEP, "节点？"})
_CORE = frozenset(
    {h.LEAD, h.UNITS, h.HELP, h.DUE, h.SEQUENCE, "编号", "牵头领导", "完成进度？", "办理状态", "最新进展"}
)


@dataclass(frozen=True, slots=True)
class Column:
    """一栏：第几列、表头各级的字、归到哪一栏（认不出为 None）、按期分列的节点栏是哪一期。"""

    index: int
    path: tuple[Cell, ...]
    role: str | None
    period: str = ""

    @property
    def head(self) -> str:
        """表头的字：各级之间用空格，换行空白去掉。"""
        return "".join("".join(cell.text.split()) for cell in self.path[-1:])

    @property
    def full_head(self) -> str:
        """连同上级表头。"""
        return "/".join(dict.fromkeys("".join(cell.text.split()) for cell in self.path))


@dataclass(frozen=True)
class Region:
    """一个表：表头首末行、数据末行、各栏。"""

    sheet: Sheet
    first: int
    last: int
    end: int
    columns: tuple[Column, ...]
    guessed: str = ""
    """认不出任务栏时，按内容取作工作任务的那一栏的表头。"""

    def of(self, *roles: str) -> tuple[Column, ...]:
        """归到这些栏的各列。"""
        if len(roles) == 1:
            return self._by_role.get(roles[0], ())
        return tuple(column for column in self.columns if column.role in roles)

    @cached_property
    def _by_role(self) -> Mapping[str | None, tuple[Column, ...]]:
        roles = {column.role for column in self.columns}
        return {role: tuple(column for column in self.columns if column.role == role) for role in roles}

    @cached_property
    def head_keys(self) -> frozenset[str]:
        """表头各格比对用的写法。"""
        return frozenset(header_key(cell.text) for cell in self.head_cells)

    def has(self, *roles: str) -> bool:
        """有没有其中哪一栏。"""
        return bool(self.of(*roles))

    def of_unknown(self) -> tuple[Column, ...]:
        """认不出归到哪一栏的各列。"""
        return tuple(column for column in self.columns if column.role is None)

    @property
    def head_cells(self) -> tuple[Cell, ...]:
        """表头的各格。"""
        found = (cell for column in self.columns for cell in column.path)
        return tuple(dict.fromkeys(found))


def with_task(region: Region) -> Region:
    """没有任务栏的表：认不出的各栏里，文字最长、各行不重复的一栏取作工作任务；没有这样的栏则照旧。"""
    if region.has(h.TASK) or not region.has(h.LEAD, h.UNITS, h.HELP):
        return region
    best, width = None, 4.0
    for column in region.of_unknown():
        texts = [
            c.text for row in range(region.last + 1, region.end + 1) if (c := region.sheet.own(row, column.index)).text
        ]
        mean = sum(map(len, texts)) / len(texts) if texts else 0.0
        if column.path and len(set(texts)) * 10 >= len(texts) * 8 and mean > width:
            best, width = column, mean
    if best is None:
        return region
    return replace(renamed(region, {best.index: h.TASK}), guessed=best.full_head)


def find_regions(sheet: Sheet, heads: Heads, fixed: tuple[int, int] | None = None) -> tuple[Region, ...]:
    """表上的各个表，由上到下；没有任务栏的不算。fixed 是人指定的表头首末行。"""
    blocks = [fixed] if fixed else list(_blocks(sheet, heads))
    ends = [*(_end_before(sheet, first) for first, _ in blocks[1:]), *([sheet.height] if blocks else [])]
    found: list[Region] = []
    for (first, last), end in zip(blocks, ends, strict=True):
        columns = tuple(_columns(sheet, heads, first, last))
        found += (Region(sheet, first, last, end, part) for part in _side_by_side(columns))
    return tuple(found)


def _end_before(sheet: Sheet, first: int) -> int:
    """下一个表头以上、上一个表的末行：紧挨着表头的标题、空行属于下一个表。"""
    end = first - 1
    while end > 1 and len(sheet.row(end)) <= 1:
        end -= 1
    return end


def _blocks(sheet: Sheet, heads: Heads) -> Iterator[tuple[int, int]]:
    """各表头的首末行：第一个取前几十行里认出栏目最多的；往下又出现别样的表头，另起一个表。"""
    scores = {row: _score(sheet, heads, row) for row in range(1, sheet.height + 1)}
    rows = range(1, min(sheet.height, _SEARCHED) + 1)
    best = max(rows, key=lambda row: (scores[row], -row), default=0)
    top = next((row for row in rows if scores[row] >= 3), best)
    if not top or not scores[top]:
        return
    block = _block(sheet, heads, top)
    yield block
    seen = {_keys(sheet, row) for row in range(block[0], block[1] + 1)}
    row = block[1] + 1
    while row <= sheet.height:
        if scores[row] >= 3 and _keys(sheet, row) not in seen:
            block = _block(sheet, heads, row)
            seen |= {_keys(sheet, line) for line in range(block[0], block[1] + 1)}
            yield block
            row = block[1]
        row += 1


def _keys(sheet: Sheet, row: int) -> tuple[str, ...]:
    return tuple(header_key(cell.text) for cell in sheet.row(row))


def _score(sheet: Sheet, heads: Heads, row: int) -> int:
    """这一行像不像表头：认出几栏；没有任务栏、或只认出一栏的为 0。"""
    values = sheet.grid.rows[row - 1]
    if sum(isinstance(value, str) and len(value) <= _LONG * 2 for value in values) < 2:
        return 0
    cells = [cell for cell in sheet.row(row) if isinstance(cell.value, str) and len(cell.text) <= _LONG]
    roles = {role for cell in cells if (role := heads.role(cell.text))}
    marked = (bool(roles & _MARKS) and bool(roles & _CORE)) or len(roles & _CORE) >= 3
    return len(roles) if marked and len(roles) * 2 >= len(sheet.row(row)) - 1 else 0


def _block(sheet: Sheet, heads: Heads, row: int) -> tuple[int, int]:
    """表头从 row 往上往下伸到哪里：纵向合并的、横向合并的组名和它下面的分栏。"""
    first, last = row, row
    while last - first + 1 < _DEEP:
        grown = _grown(sheet, heads, first, last)
        if grown == (first, last):
            break
        first, last = grown
    return first, last


def _grown(sheet: Sheet, heads: Heads, first: int, last: int) -> tuple[int, int]:
    areas = [sheet.area(row, column) for row in (first, last) for column in range(1, sheet.width + 1)]
    low = min(area[0] for area in areas)
    high = max(area[2] for area in areas if area[2] - area[0] < _DEEP)
    if (low, high) != (first, last) and high - low < _DEEP:
        return low, high
    if _groups(sheet, last) and _sub_heads(sheet, heads, last + 1):
        return first, last + 1
    if first > 1 and any(c.text for c in sheet.row(first - 1)) and _groups(sheet, first - 1, strict=True):
        return first - 1, last
    return first, last


def _groups(sheet: Sheet, row: int, strict: bool = False) -> bool:
    """这一行有没有组名：横着并了几格（不是通栏标题）；不严格时，后面空着的短字也算。"""
    cells = [cell for cell in sheet.row(row) if sheet.area(row, cell.column)[2] == row]
    wide = [sheet.area(row, cell.column) for cell in cells]
    if len(sheet.row(row)) > 1 and any(0 < area[3] - area[1] < sheet.width - 1 for area in wide):
        return True
    blanks = any(b.column - a.column > 1 for a, b in pairwise(sheet.row(row)))
    return not strict and blanks


def _sub_heads(sheet: Sheet, heads: Heads, row: int) -> bool:
    """下一行是不是分栏名：都是短字，没有数，任务栏、序号栏在这一行没有自己的字。"""
    cells = sheet.row(row)
    short = all(isinstance(cell.value, str) and len(cell.text) <= 16 for cell in cells)
    known = [cell for cell in cells if heads.role(cell.text) or _period(cell.text)]
    return bool(cells) and short and len(known) * 2 >= len(cells)


def _columns(sheet: Sheet, heads: Heads, first: int, last: int) -> Iterator[Column]:
    paths = {column: _path(sheet, column, first, last) for column in range(1, sheet.width + 1)}
    tops = [path[0] for path in paths.values() if path]
    for index, path in paths.items():
        if path or any(sheet.own(row, index).text for row in range(last + 1, sheet.height + 1)):
            role = _role(heads, path, alone=bool(path) and tops.count(path[0]) == 1)
            figures = any(_FIGURES.search(cell.text) for cell in path)
            period = _period(path[-1].text) if path and not figures and role in (None, h.STEP, "节点？") else ""
            yield Column(index, path, h.STEP if period else role, period)


def _path(sheet: Sheet, column: int, first: int, last: int) -> tuple[Cell, ...]:
    cells = (sheet.cell(row, column) for row in range(first, last + 1))
    return tuple(dict.fromkeys(cell for cell in cells if cell.text and first <= cell.row))


def _role(heads: Heads, path: tuple[Cell, ...], alone: bool) -> str | None:
    """由下而上认：先看最下一级，再把上级连着看，最后（这一组只有一栏时）只看上级。"""
    if not path:
        return None
    texts = [cell.text for cell in path]
    joined = ">".join(texts) if len(texts) > 1 else ""
    tries = [joined, texts[-1], *("".join(texts[-n:]) for n in range(2, len(texts) + 1))]
    if len(texts) > 1 and heads.role(texts[0]) != h.SECTION:
        tries += [texts[0]] if alone else []
    return next((role for text in tries if text and (role := heads.role(text))), None)


def _period(text: str) -> str:
    """按期分列的节点栏：“一季度”“1-3月目标”这样的表头所指的时段；不是则为空串。"""
    bare = _PERIOD_WORDS.sub("", header_key(text))
    if not bare or len(bare) > 12 or not _PERIODIC.search(bare) or _WHOLE_YEAR.fullmatch(bare):
        return ""
    found = read_deadline(bare, _ANY_YEAR)
    return bare if found.kind == DATED and len(found.dates) == 1 else ""


def _side_by_side(columns: tuple[Column, ...]) -> Iterator[tuple[Column, ...]]:
    """左右并排的两个表：序号栏、任务栏都重复出现的，从后一个序号栏断开。"""
    starts = [column.index for column in columns if column.role == h.SEQUENCE]
    bounds = [0, *starts[1:], 1 << 20]
    parts = [tuple(c for c in columns if low <= c.index < high) for low, high in pairwise(bounds)]
    whole = all(any(c.role in _MARKS for c in part) for part in parts)
    yield from parts if whole else (columns,)


def renamed(region: Region, roles: Mapping[int, str | None]) -> Region:
    """换了各列归属的同一个表。"""
    columns = (replace(column, role=roles.get(column.index, column.role)) for column in region.columns)
    return replace(region, columns=tuple(columns))

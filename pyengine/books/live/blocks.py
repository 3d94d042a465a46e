"""成块的改动 — a sheet's edits as few rectangles of values, and cells gathered by what they are to look like."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pyengine.grid import Grid
from pyengine.libreoffice.areas import Area, joined
from pyengine.ooxml import KEEP, CellEdit, Value

Cell = tuple[int, int]
_GUESSED = re.compile(
    r"[0-9０-９〇零一二三四五六七八九十百千万两]+|[=+\-@'#＝＋－＠＃(（%$￥¥.\s]|真$|假$|上午|下午|true$|false$|"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE
)  # fmt: skip
_FEW = 6
"""这么几块以内，各写各的；再多就连同夹在中间没有变的一起写。"""


@dataclass(frozen=True, slots=True)
class Block:
    """一块 — a rectangle of cells and the value of each, row by row."""

    area: Area
    rows: tuple[tuple[object, ...], ...]


def typed(value: object) -> object:
    """The value as a spreadsheet program takes it: a text that it might take for something else stays a text.

    An apostrophe in front says so; the programs keep it apart from the text.
    """
    return f"'{value}" if isinstance(value, str) and _GUESSED.match(value) else value


def values_of(changes: Iterable[CellEdit]) -> dict[Cell, Value]:
    """What is to be written where; of two edits of one cell the later wins."""
    return {(edit.row, edit.column): edit.value for edit in changes if edit.value is not KEEP}


def areas_of(values: Iterable[Cell], fixed: Iterable[Cell], linked: Iterable[int] = ()) -> tuple[Area, ...]:
    """The rectangles to write: each run for itself while there are few, else one for each group of columns.

    A column's cells above its first change and below its last are in none: in 督查记录 those above new rows are staff's,
    formatted words and all. A rectangle over cells that stay gives them the value they have; one that would cover a cell of `fixed` (a formula) is
    left in its runs. So are the `linked` columns: LibreOffice drops the link of a cell that is given its value again.
    """
    cells, kept, alone = set(values), set(fixed), set(linked)
    runs = joined(cells)
    if len(runs) <= _FEW:
        return runs
    apart = {cell for cell in cells if cell[1] in alone}
    groups = (_one_or_runs(group, kept) for group in _beside(cells - apart))
    return (*(area for group in groups for area in group), *joined(apart))


def block(area: Area, values: dict[Cell, Value], grid: Grid) -> Block:
    """The rectangle's values: what is to be written, and what stands there where nothing is."""
    rows = range(area.row, area.bottom + 1)
    columns = range(area.column, area.right + 1)
    return Block(area, tuple(tuple(values.get((r, c), grid.at(r, c)) for c in columns) for r in rows))


def _beside(cells: set[Cell]) -> Iterator[list[Cell]]:
    """The cells of neighbouring columns together that begin and end in the same rows."""
    rows: dict[int, list[int]] = defaultdict(list)
    for row, column in cells:
        rows[column].append(row)
    ends = [(column, min(rows[column]), max(rows[column])) for column in sorted(rows)]
    for _, group in groupby(enumerate(ends), key=lambda pair: (pair[1][0] - pair[0], *pair[1][1:])):
        yield [(row, column) for _, (column, _, _) in group for row in rows[column]]


def _one_or_runs(cells: Sequence[Cell], fixed: set[Cell]) -> tuple[Area, ...]:
    rows, columns = zip(*cells, strict=True)
    around = Area(min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)
    return joined(cells) if fixed.intersection(around.cells()) else (around,)


def alike(cells: Sequence[Cell], ask: Callable[[Sequence[Cell]], str | None]) -> Iterator[tuple[str, Sequence[Cell]]]:
    """The cells in groups of one look each; `ask` tells the look some cells share, None when they differ."""
    if not cells:
        return
    look = ask(cells)
    if look is not None or len(cells) == 1:
        yield look or "", cells
        return
    half = len(cells) // 2
    yield from alike(cells[:half], ask)
    yield from alike(cells[half:], ask)


def merges_in(area: Area, ask: Callable[[Area], Area | bool | None]) -> Iterator[Area]:
    """The merged cells that begin in the rectangle; `ask` tells whether there are any (None: some), for one cell the whole."""
    found = ask(area)
    if not found and found is not None:
        return
    if isinstance(found, Area):
        if (found.row, found.column) == (area.row, area.column):
            yield found
        return
    if area.rows > 1:
        top = area.rows // 2
        halves = (Area(area.row, area.column, top, area.columns),
                  Area(area.row + top, area.column, area.rows - top, area.columns))  # fmt: skip
    else:
        left = area.columns // 2
        halves = (Area(area.row, area.column, 1, left), Area(area.row, area.column + left, 1, area.columns - left))
    for half in halves:
        yield from merges_in(half, ask)

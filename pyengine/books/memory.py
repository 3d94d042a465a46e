"""内存里的台账：表就是格子，改动就地生效；不碰文件。试算、核对规则时用。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyengine.grid import Grid, Written
from pyengine.layout import layout
from pyengine.ooxml import KEEP, CellEdit, NamedLook

Rows = Iterable[Mapping[str, object]]


class MemoryBook:
    """内存台账：sheets 为各表的格子，styles 为 (表, 行, 列) 到命名样式。"""

    def __init__(self, grids: Mapping[str, Grid]) -> None:
        self._grids = dict(grids)
        self.styles: dict[tuple[str, int, int], str] = {}

    @classmethod
    def of(cls, tables: Mapping[str, Rows]) -> MemoryBook:
        """按约定的版式排好的台账：tables 为工作表名到各行（表头到取值）；没有给的表只有表头。"""
        return cls({sheet: _grid(sheet, tables.get(sheet, ())) for sheet in layout().order})

    def sheets(self) -> Mapping[str, Grid]:
        """工作表名到格子。"""
        return dict(self._grids)

    def write(self, edits: Mapping[str, Sequence[CellEdit]], looks: Mapping[str, NamedLook], stamp: str) -> Written:
        """就地改动，返回改了多少格、多少行、哪些表。样式没有变的不算。"""
        touched = {place for sheet, changes in edits.items() for place in self._apply(sheet, changes)}
        return Written(
            len(touched), len({place[:2] for place in touched}), tuple(sorted({place[0] for place in touched}))
        )

    def _apply(self, sheet: str, changes: Sequence[CellEdit]) -> Iterator[tuple[str, int, int]]:
        """改一张表，逐一给出改到的格。"""
        values: dict[tuple[int, int], object] = {}
        for edit in changes:
            place = (sheet, edit.row, edit.column)
            if edit.style is not None and self.styles.get(place) != edit.style:
                self.styles[place] = edit.style
                yield place
            if edit.value is not KEEP:
                values[edit.row, edit.column] = edit.value
                yield place
        self._grids[sheet] = _with(self._grids[sheet], values)


def _grid(sheet: str, rows: Rows) -> Grid:
    table = layout().table_of(sheet)
    if table is None:
        return Grid(((sheet,),))
    names = [column.name for column in table.columns]
    body = tuple(tuple(row.get(name) for name in names) for row in rows)
    return Grid(((sheet,), (), tuple(names), *body))


def _with(grid: Grid, values: Mapping[tuple[int, int], object]) -> Grid:
    rows = [list(line) for line in grid.rows]
    for (row, column), value in values.items():
        rows += [[] for _ in range(row - len(rows))]
        target = rows[row - 1]
        target += [None] * (column - len(target))
        target[column - 1] = value
    width = max(map(len, rows), default=0)
    return Grid(tuple((*line, *[None] * (width - len(line))) for line in rows), grid.merges)

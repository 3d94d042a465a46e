"""内存里的台账：表就是格子，改动就地生效；不碰文件。试算、核对规则时用。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
        touched = {
            (sheet, edit.row, edit.column)
            for sheet, changes in edits.items()
            for edit in changes
            if self._apply(sheet, edit)
        }
        return Written(
            len(touched), len({place[:2] for place in touched}), tuple(sorted({place[0] for place in touched}))
        )

    def _apply(self, sheet: str, edit: CellEdit) -> bool:
        place = (sheet, edit.row, edit.column)
        restyled = edit.style is not None and self.styles.get(place) != edit.style
        if edit.style is not None:
            self.styles[place] = edit.style
        if edit.value is KEEP:
            return restyled
        self._grids[sheet] = _with(self._grids[sheet], edit.row, edit.column, edit.value)
        return True


def _grid(sheet: str, rows: Rows) -> Grid:
    table = layout().table_of(sheet)
    if table is None:
        return Grid(((sheet,),))
    names = [column.name for column in table.columns]
    body = tuple(tuple(row.get(name) for name in names) for row in rows)
    return Grid(((sheet,), (), tuple(names), *body))


def _with(grid: Grid, row: int, column: int, value: object) -> Grid:
    rows = [list(values) for values in grid.rows]
    rows += [[] for _ in range(row - len(rows))]
    target = rows[row - 1]
    target += [None] * (column - len(target))
    target[column - 1] = value
    return Grid(tuple(tuple(values) for values in rows), grid.merges)

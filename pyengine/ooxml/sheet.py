"""工作表改写 — the edits of one sheet, carried out as byte splices: nothing outside the edited cells moves."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .areas import MAX_COLUMN, MAX_ROW, Area, Areas, parse_area
from .cells import Row, SheetText
from .links import link_changes
from .looks import Edits, Looks
from .made import CellMaker
from .markup import Splice, attribute_splice, splice, with_attribute
from .rows import RowIndex
from .styles import StyleBook
from .tables import grown
from .values import CellEdit, Keep, refuse, stored_text

_SPANS = re.compile(rb'<[^\s<>]+ r="\d+" spans="(\d+:\d+)"')


@dataclass(frozen=True, slots=True)
class SheetChange:
    """一张表的改动 — the part's new bytes, and the addresses of the cells that really changed."""

    xml: bytes
    cells: frozenset[tuple[int, int]]


class SheetPatch:
    """One sheet being edited. `heads`: areas of table heads; `styles`: None when the workbook has no styles part."""

    def __init__(
        self, text: SheetText, name: str, edits: Edits, heads: Areas, styles: StyleBook | None, date1904: bool
    ) -> None:
        self._text, self._name, self._edits = text, name, edits
        self._heads, self._merges, self._arrays = heads, Areas(text.merges()), Areas(text.formula_areas())
        self._guards = tuple(areas for areas in (self._heads, self._merges, self._arrays) if areas.all)
        self._index = RowIndex(text)
        self._maker = CellMaker(text, name, Looks(self._index, edits, heads, styles), date1904)
        self._changed: set[tuple[int, int]] = set()

    @property
    def merges(self) -> Areas:
        """The sheet's merged areas."""
        return self._merges

    def run(self) -> SheetChange:
        """The changed part. Raises `WriteRefused` for cells that must not be written; then nothing has changed."""
        splices: list[Splice] = []
        new_rows: dict[int, bytes] = {}
        for number, edits in self._edits.items():
            self._guard_row(number, edits)
            row = self._index.rows.get(number)
            if row is None:
                new_rows[number] = b"".join(self._new_cells(number, edits).values())
            else:
                splices += self._row_splices(row, edits)
        splices += self._row_insertions({number: cells for number, cells in new_rows.items() if cells})
        frame = [*self._link_splices(), *self._dimension(), *self._filter()]
        splices += self._text.in_place(frame)
        return SheetChange(splice(self._text.xml, splices), frozenset(self._changed))

    def written(self) -> dict[int, frozenset[int]]:
        """Row → columns that get a value (not blanked, not merely styled)."""
        return {
            row: frozenset(c for c, e in edits.items() if not isinstance(e.value, Keep) and e.value not in (None, ""))
            for row, edits in self._edits.items()
        }

    def _guard_row(self, row: int, columns: Mapping[int, CellEdit]) -> None:
        """Guard the row's cells one by one only where there is something in the row to guard against."""
        inside = 1 <= row <= MAX_ROW and min(columns) >= 1 and max(columns) <= MAX_COLUMN
        if inside and (not self._guards or all(areas.beside(row) for areas in self._guards)):
            return
        for column in columns:
            self._guard(row, column)

    def _guard(self, row: int, column: int) -> None:
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            raise refuse(self._name, row, column, "超出工作表的行列范围", "请删减行数后再运行。")
        if self._heads.holding(row, column) is not None:
            raise refuse(self._name, row, column, "是表格的表头", "表头由办公室维护；请核对列名是否被移动。")
        merge = self._merges.holding(row, column)
        if merge is not None and (row, column) != (merge.first_row, merge.first_column):
            raise refuse(self._name, row, column, f"在合并单元格 {merge.text()} 里", "请取消这处合并后再运行。")
        array = self._arrays.holding(row, column)
        if array is not None:
            raise refuse(self._name, row, column, f"属于数组公式区域 {array.text()}", "请移走这个公式后再运行。")

    def _row_splices(self, row: Row, edits: Mapping[int, CellEdit]) -> Iterator[Splice]:
        """The splices inside one existing row."""
        place = self._index.room_behind(row, edits)
        if place is not None:
            fresh = self._new_cells(row.number, edits)
            if fresh:
                yield from self._widened(row, fresh)
                yield place, place, b"".join(fresh.values())
            return
        fresh = {}
        for column, edit in edits.items():
            cell = self._index.find(row, column)
            made = self._maker.new(row.number, edit) if cell is None else self._maker.changed(row.number, cell, edit)
            if not made or (cell is not None and made == self._text.xml[cell.start : cell.end]):
                continue
            self._changed.add((row.number, column))
            if cell is None:
                fresh[column] = made
            else:
                yield cell.start, cell.end, made
        if fresh:
            yield from self._insertions(row, fresh)

    def _insertions(self, row: Row, fresh: Mapping[int, bytes]) -> Iterator[Splice]:
        xml, prefix = self._text.xml, self._text.prefix
        if row.open_end == row.end:
            tag = self._spanned(row, min(fresh), max(fresh)) or xml[row.start : row.open_end]
            inside = b"".join(fresh.values())
            yield row.start, row.end, tag[:-2].rstrip() + b">" + inside + b"</" + prefix + b"row>"
            return
        yield from self._widened(row, fresh)
        cells = self._index.cells_of(row.number)
        last = cells[-1].end if cells else row.open_end
        for column, made in fresh.items():
            at = next((cell.start for cell in cells if cell.column > column), last)
            yield at, at, made

    def _widened(self, row: Row, columns: Collection[int]) -> tuple[Splice, ...]:
        """The splice that makes the row's `spans` take in these columns, if it needs one."""
        first, last = min(columns), max(columns)
        usual = _SPANS.match(self._text.xml, row.start, row.open_end)
        if usual is not None:
            wide = _wider(usual[1], first, last)
            return () if wide == usual[1] else ((usual.start(1), usual.end(1), wide),)
        tag = self._spanned(row, first, last)
        return () if tag is None else ((row.start, row.open_end, tag),)

    def _spanned(self, row: Row, first: int, last: int) -> bytes | None:
        """The row's open tag with its `spans` widened to take in these columns; None if it can stay as it is."""
        spans = self._text.attributes(row).get(b"spans")
        if spans is None:
            return None
        known = [int(n) for part in spans[1:-1].split() for n in part.split(b":") if n.isdigit()]
        low, high = min((*known, first)), max((*known, last))
        fits = known and (low, high) == (min(known), max(known))
        tag = self._text.xml[row.start : row.open_end]
        return None if fits else with_attribute(tag, "spans", f"{low}:{high}")

    def _row_insertions(self, rows: Mapping[int, bytes]) -> Iterator[Splice]:
        """The splices that put new rows where they belong."""
        text, prefix = self._text, self._text.prefix
        made = {n: b'<%brow r="%d">%b</%brow>' % (prefix, n, cells, prefix) for n, cells in rows.items()}
        if text.data_empty and made:
            tag = text.xml[text.data_start : text.data_open][:-2].rstrip()
            yield text.data_start, text.data_open, tag + b">" + b"".join(made.values()) + b"</" + prefix + b"sheetData>"
            return
        for number, row in made.items():
            place = self._index.place_for(number)
            yield place, place, row

    def _new_cells(self, number: int, edits: Mapping[int, CellEdit]) -> dict[int, bytes]:
        """Column → new cell; blank ones are left out."""
        new = self._maker.new
        made = {column: cell for column, edit in edits.items() if (cell := new(number, edit))}
        self._changed.update([(number, column) for column in made])
        return made

    def _link_splices(self) -> tuple[Splice, ...]:
        asked: dict[tuple[int, int], tuple[str, str]] = {}
        for number, edits in self._edits.items():
            for column, edit in edits.items():
                if edit.link is not None:
                    shown = stored_text(edit.value) if isinstance(edit.value, str) else ""
                    asked[number, column] = edit.link, shown
        links = link_changes(self._text, asked) if asked else None
        self._changed |= links.changed if links else set()
        return links.splices if links else ()

    def _dimension(self) -> list[Splice]:
        """The sheet's <dimension>, widened to take in the cells written."""
        node = self._text.child("dimension")
        area = parse_area(node.attributes.get("ref", "")) if node is not None else None
        if node is None or area is None or not self._changed:
            return []
        rows, columns = [r for r, _ in self._changed], [c for _, c in self._changed]
        wide = Area(
            min(area.first_row, *rows), min(area.first_column, *columns),
            max(area.last_row, *rows), max(area.last_column, *columns),
        )  # fmt: skip
        return [] if wide == area else [attribute_splice(self._text.frame_xml, node, "ref", wide.text())]

    def _filter(self) -> list[Splice]:
        """The sheet's own filter, longer by rows written right below it, if nothing stood there before."""
        node = self._text.child("autoFilter")
        area = parse_area(node.attributes.get("ref", "")) if node is not None else None
        if node is None or area is None:
            return []
        columns = range(area.first_column, area.last_column + 1)
        below = (cell for cell in self._index.cells_of(area.last_row + 1) if cell.column in columns)
        wide = grown(area, self.written())
        if wide == area or any(cell.content for cell in below):
            return []
        return [attribute_splice(self._text.frame_xml, node, "ref", wide.text())]


@lru_cache(maxsize=4096)
def _wider(spans: bytes, first: int, last: int) -> bytes:
    """`spans` widened to take in these columns; the very same when they fit."""
    low, high = map(int, spans.split(b":"))
    return spans if low <= first and last <= high else b"%d:%d" % (min(low, first), max(high, last))

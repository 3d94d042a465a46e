"""工作表改写 — the edits of one sheet, carried out as byte splices: nothing outside the edited cells moves."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .areas import Area, parse_area
from .cells import Row, SheetText
from .growth import Block, Growth
from .guards import Guards
from .links import link_changes
from .looks import Edits, Looks
from .made import CellMaker
from .markup import Splice, attribute_splice, splice, with_attribute
from .rows import RowIndex
from .rules import rule_splices
from .styles import StyleBook
from .values import CellEdit, refuse, stored_text

_SPANS = re.compile(rb'<[^\s<>]+ r="\d+" spans="(\d+:\d+)"')


@dataclass(frozen=True, slots=True)
class SheetChange:
    """一张表的改动 — the part's new bytes, the addresses of the cells that really changed, table part → its area."""

    xml: bytes
    cells: frozenset[tuple[int, int]]
    tables: Mapping[str, Area]


class SheetPatch:
    """One sheet being edited. `styles`: None when the workbook has no styles part."""

    def __init__(
        self, text: SheetText, name: str, edits: Edits, guards: Guards, styles: StyleBook | None, date1904: bool
    ) -> None:
        self._text, self._name, self._edits, self._guards = text, name, edits, guards
        self._index = RowIndex(text)
        self._maker = CellMaker(text, name, Looks(self._index, edits, guards.heads, styles), date1904)
        self._growth = Growth(self._index, edits)
        self._changed: set[tuple[int, int]] = set()

    def run(self) -> SheetChange:
        """The changed part. Raises `WriteRefused` for cells that must not be written; then nothing has changed."""
        splices: list[Splice] = []
        new_rows: dict[int, bytes] = {}
        for number, edits in self._edits.items():
            self._guards.check_row(number, edits)
            row = self._index.rows.get(number)
            if row is None:
                new_rows[number] = b"".join(self._new_cells(number, edits).values())
            else:
                splices += self._row_splices(row, edits)
        splices += self._row_insertions({number: cells for number, cells in new_rows.items() if cells})
        tables = {table.part: self._growth.block(table.area, table.head_rows) for table in self._guards.tables}
        frame = [*self._link_splices(), *self._dimension(), *self._grown(tuple(tables.values()))]
        splices += self._text.in_place(frame)
        areas = {part: block.after for part, block in tables.items()}
        return SheetChange(splice(self._text.xml, splices), frozenset(self._changed), areas)

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
            if self._index.stands_twice(row, cell):
                raise refuse(self._name, row.number, column, "在文件里出现了两次", "请在 Excel 中打开并另存一份。")
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

    def _grown(self, tables: tuple[Block, ...]) -> list[Splice]:
        """The sheet's own filter, its rules and validations, longer by the rows added right below them."""
        node = self._text.child("autoFilter")
        area = parse_area(node.attributes.get("ref", "")) if node is not None else None
        if node is None or area is None:
            return rule_splices(self._text, self._growth, tables)
        block = self._growth.block(area, 1)
        splices = rule_splices(self._text, self._growth, (*tables, block))
        if block.after != area:
            splices.append(attribute_splice(self._text.frame_xml, node, "ref", block.after.text()))
        return splices


@lru_cache(maxsize=4096)
def _wider(spans: bytes, first: int, last: int) -> bytes:
    """`spans` widened to take in these columns; the very same when they fit."""
    low, high = map(int, spans.split(b":"))
    return spans if low <= first and last <= high else b"%d:%d" % (min(low, first), max(high, last))

"""工作表改写 — the edits of one sheet, carried out as byte splices: nothing outside the edited cells moves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .areas import MAX_COLUMN, MAX_ROW, Area, Areas, address, column_bytes, parse_area
from .cells import Cell, Row, SheetText
from .links import link_changes
from .looks import Edits, Looks
from .markup import Splice, attribute_splice, attributes_of, splice, with_attribute
from .rows import RowIndex
from .styles import StyleBook
from .tables import grown
from .values import CellEdit, Keep, Value, cell_content, refuse, stored_text

_SPANS = re.compile(rb'<[^\s<>]+ r="\d+" spans="(\d+):(\d+)"')
_DROPPED = frozenset((b"t", b"cm", b"vm", b"ph"))


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
        self._text, self._name, self._edits, self._date1904 = text, name, edits, date1904
        self._heads, self._merges, self._arrays = heads, Areas(text.merges()), Areas(text.formula_areas())
        self._index = RowIndex(text)
        self._looks = Looks(self._index, edits, heads, styles)
        self._changed: set[tuple[int, int]] = set()
        self._ending = lru_cache(maxsize=4096, typed=True)(self._made_ending)

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
                new_rows[number] = b"".join(self._new_cells(number, edits))
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
        inside = 1 <= row <= MAX_ROW and 1 <= min(columns) and max(columns) <= MAX_COLUMN
        if inside and self._heads.beside(row) and self._merges.beside(row) and self._arrays.beside(row):
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
        fresh: list[tuple[int, bytes]] = []
        for column, edit in edits.items():
            cell = self._index.find(row, column)
            if cell is None:
                made = self._new_cell(row.number, edit)
                if made:
                    fresh.append((column, made))
                continue
            changed = self._changed_cell(row.number, cell, edit)
            if changed is not None and changed != self._text.xml[cell.start : cell.end]:
                self._changed.add((row.number, column))
                yield cell.start, cell.end, changed
        if fresh:
            yield from self._insertions(row, fresh)

    def _insertions(self, row: Row, fresh: list[tuple[int, bytes]]) -> Iterator[Splice]:
        xml, prefix = self._text.xml, self._text.prefix
        tag = self._spanned(row, fresh[0][0], fresh[-1][0])
        if row.open_end == row.end:
            inside = b"".join(made for _, made in fresh)
            yield row.start, row.end, tag[:-2].rstrip() + b">" + inside + b"</" + prefix + b"row>"
            return
        if tag != xml[row.start : row.open_end]:
            yield row.start, row.open_end, tag
        final = self._index.last_of(row)
        if final is not None and final.column < fresh[0][0]:  # all of them lie right of what the row has
            yield final.end, final.end, b"".join([made for _, made in fresh])
            return
        cells = self._index.cells_of(row.number)
        last = cells[-1].end if cells else row.open_end
        for column, made in fresh:
            at = next((cell.start for cell in cells if cell.column > column), last)
            yield at, at, made

    def _spanned(self, row: Row, first: int, last: int) -> bytes:
        """The row's open tag, its `spans` widened to take in these columns."""
        tag = self._text.xml[row.start : row.open_end]
        usual = _SPANS.match(tag)
        if usual is not None:
            low, high = int(usual.group(1)), int(usual.group(2))
            if low <= first and last <= high:
                return tag
            return b"%b%d:%d%b" % (tag[: usual.start(1)], min(low, first), max(high, last), tag[usual.end(2) :])
        spans = self._text.attributes(row).get(b"spans")
        if spans is None:
            return tag
        known = [int(n) for part in spans[1:-1].split() for n in part.split(b":") if n.isdigit()]
        low, high = min((*known, first)), max((*known, last))
        fits = known and (low, high) == (min(known), max(known))
        return tag if fits else with_attribute(tag, "spans", f"{low}:{high}")

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

    def _new_cells(self, number: int, edits: Mapping[int, CellEdit]) -> Iterator[bytes]:
        for edit in edits.values():
            made = self._new_cell(number, edit)
            if made:
                yield made

    def _new_cell(self, number: int, edit: CellEdit) -> bytes:
        """The bytes of a cell that is not there yet; none if it would be blank and without a style of its own."""
        if edit.style is None and (isinstance(edit.value, Keep) or edit.value in (None, "")):
            return b""
        style = self._looks.of_new(number, edit)
        self._changed.add((number, edit.column))
        ending = self._ending(None if isinstance(edit.value, Keep) else edit.value, style)
        return b'<%bc r="%b%d"%b' % (self._text.prefix, column_bytes(edit.column), number, ending)

    def _made_ending(self, value: Value, style: int = 0) -> bytes:
        """What follows a cell's own attributes: format, type, content, closing tag. Cells alike share it."""
        prefix = self._text.prefix
        kind, content = cell_content(value, prefix, self._date1904)
        look = b' s="%d"' % style if style else b""
        if not content:
            return look + b"/>"
        return b"%b%b>%b</%bc>" % (look, b' t="%b"' % kind if kind else b"", content, prefix)

    def _changed_cell(self, row: int, cell: Cell, edit: CellEdit) -> bytes | None:
        """The bytes an existing cell turns into; None if it need not change."""
        if self._text.has_formula(cell):
            raise refuse(self._name, row, cell.column, "里是公式", "请把公式移到别处，或改成数值后再运行。")
        style = self._looks.of(cell.style, edit)
        if isinstance(edit.value, Keep):
            if style == cell.style:
                return None
            raw = self._text.xml[cell.start : cell.end]
            end = 2 + len(self._text.prefix) + len(cell.attributes)
            end += 2 if raw[end : end + 1] == b"/" else 1
            return with_attribute(raw[:end], "s", str(style)) + raw[end:]
        found = attributes_of(cell.attributes)
        found.setdefault(b"r", b'"%b"' % address(row, cell.column).encode())
        if style != cell.style:
            found[b"s"] = b'"%d"' % style
        attributes = b"".join(b" %b=%b" % pair for pair in found.items() if pair[0] not in _DROPPED)
        return b"<%bc%b%b" % (self._text.prefix, attributes, self._ending(edit.value))

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

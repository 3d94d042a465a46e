"""行与单元格 — finds rows and cells of a worksheet part by offset, without building a tree of them.

A sheet's frame (everything but the inside of <sheetData>) is small and is parsed properly; the inside is scanned. In
well-formed XML with comments, CDATA and instructions blanked out, every `<` begins a tag, so the scan is exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .areas import MAX_COLUMN, MAX_ROW, Area, column_bytes, column_number, column_of, parse_area
from .errors import NotALedgerFile
from .markup import ATTRIBUTES, Node, Splice, attributes_of, check, masked, parse, plain_text

_SHEET_DATA = re.compile(rb"<((?:[^\s<>/:]+:)?)sheetData(?=[\s/>])" + ATTRIBUTES + rb"(/?)>")
_EXTENSIONS = re.compile(rb"<((?:[^\s<>/:]+:)?extLst)(?:\s[^<>]*)?(?<!/)>.*?(?:</\1\s*>|\Z)", re.DOTALL)
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_CELL_LETTERS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,4})""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_TYPE_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")


class Row(NamedTuple):
    """一行 — its number; offsets of tag, tag end, closing tag and end (`<row/>`: the last three alike)."""

    number: int
    start: int
    open_end: int
    close: int
    end: int


class Cell(NamedTuple):
    """一个单元格 — its column, offsets of start and end, the inside of its tag and its content."""

    column: int
    start: int
    end: int
    attributes: bytes
    content: bytes

    @property
    def style(self) -> int:
        """Index of its cell format."""
        found = _STYLE.search(self.attributes)
        return int(found.group(1)) if found else 0


class SheetText:
    """工作表部件 — a worksheet in UTF-8 bytes. Raises `NotALedgerFile` when it is not well-formed or no worksheet.

    `trusted`: the caller sees to it that the XML is well-formed, before or after.
    """

    def __init__(self, xml: bytes, part: str, trusted: bool = False) -> None:
        if not trusted:
            check(xml, part)
        self.xml, self.part = xml, part
        self._scan = _blanked(xml)
        tag = _SHEET_DATA.search(self._scan)
        if tag is None:
            raise NotALedgerFile(f"部件 {part} 里没有单元格数据。", "请在 Excel 中打开并另存一份。")
        self.prefix = tag.group(1)
        self.data_start, self.data_open = tag.start(), tag.end()
        self.data_empty = bool(tag.group(3))
        closing = b"</" + self.prefix + b"sheetData"
        self.data_close = self.data_open if self.data_empty else self._scan.rindex(closing)
        self.frame = parse(xml[: self.data_open] + xml[self.data_close :], part)
        self.frame_xml = xml[: self.data_open] + xml[self.data_close :]
        if self.frame.child("sheetData") is None:
            raise self._odd()
        prefix = re.escape(self.prefix)
        self._row_tag = re.compile(b"<" + prefix + rb"row(?=[\s/>])(?: r=\"(\d+)\")?" + ATTRIBUTES + rb"(/?)>")
        name = prefix + b"c"
        self._cell_start, self._cell_end = b"<" + self.prefix + b"c", b"</" + self.prefix + b"c>"
        closing, inside = b"/" + name + rb"\s*>", rb"[^<]*+"
        content = inside + b"(?:<(?!" + closing + b")" + inside + b")*+"
        self._cell_tag = re.compile(
            b"<" + name + rb"(?=[\s/>])" + ATTRIBUTES + b"(?:/>|>(" + content + b")<" + closing + b")"
        )
        self._edge_tag = re.compile(b"<" + name + rb"\s+r=[\"']([A-Z]+)\d")
        self._formula = re.compile(b"<" + prefix + rb"f(?=[\s/>])" + ATTRIBUTES + b"/?>")

    def rows(self) -> Iterator[Row]:
        """Every row, as it stands in the part; rows without a number count on from the one before."""
        closing, number, end = b"</" + self.prefix + b"row", 0, 0
        scan = self._scan
        for tag in self._row_tag.finditer(scan, self.data_open, self.data_close):
            given, block, empty = tag.groups()
            if given is None:
                found = _ROW_NUMBER.search(block)
                given = found.group(1) if found else b"%d" % (number + 1)
            number = int(given) if len(given) <= 9 else MAX_ROW + 1
            start, stop = tag.span()
            if start < end or number > MAX_ROW:
                raise self._odd(f"第 {number} 行前后")
            close = stop if empty else scan.index(closing, stop)
            end = stop if empty else scan.index(b">", close) + 1
            yield Row(number, start, stop, close, end)

    def cells(self, row: Row) -> Iterator[Cell]:
        """The row's cells; cells without an address count on from the one before."""
        column = 0
        for tag in self._cell_tag.finditer(self._scan, row.open_end, row.close):
            block = tag.group(1)
            given = _CELL_LETTERS.search(block)
            column = column_number(given.group(1).decode()) if given else column + 1
            if column > MAX_COLUMN:
                raise self._odd(f"第 {row.number} 行")
            yield Cell(column, tag.start(), tag.end(), block, tag.group(2) or b"")

    def find(self, row: Row, column: int) -> Cell | None:
        """The cell in that column, looked up by its address; None if there is none spelled the usual way."""
        scan, at = self._scan, self.address_at(row, column)
        if at < 0:
            return None
        tag = self._cell_tag.match(scan, scan.rfind(b"<", row.open_end, at), row.close)
        if tag is None or not tag.start(1) <= at < tag.end(1):
            return None
        return Cell(column, tag.start(), tag.end(), tag.group(1), tag.group(2) or b"")

    def address_at(self, row: Row, column: int, start: int = 0) -> int:
        """Where in the row, from `start` on, the address of that cell is spelled the usual way; -1 if nowhere."""
        spelled = b' r="%b%d"' % (column_bytes(column), row.number)
        return self._scan.find(spelled, max(start, row.open_end), row.close)

    def edge(self, row: Row) -> tuple[int, int] | None:
        """Column and end offset of the row's last cell, if it is spelled the usual way."""
        scan, close = self._scan, row.close
        at = scan.rfind(self._cell_start, row.open_end, close)
        tag = self._edge_tag.match(scan, at, close) if at >= 0 else None
        if tag is None:
            return None
        whole = scan.endswith(self._cell_end, at, close) or scan.find(b">", at, close) == close - 1
        return (column_of(tag[1]), close) if whole else None

    def has_formula(self, cell: Cell) -> bool:
        """Whether the cell holds a formula."""
        return bool(cell.content) and self._formula.search(cell.content) is not None

    def formula_areas(self) -> Iterator[Area]:
        """Areas filled by one array formula, dynamic array or data table."""
        if not any(self._scan.find(word, self.data_open, self.data_close) >= 0 for word in (b"array", b"dataTable")):
            return
        for tag in self._formula.finditer(self._scan, self.data_open, self.data_close):
            found = attributes_of(tag.group(1))
            if found.get(b"t", b"")[1:-1] in (b"array", b"dataTable") and b"ref" in found:
                area = parse_area(found[b"ref"][1:-1].decode())
                if area is not None:
                    yield area

    def errors(self) -> Iterator[tuple[int, int, str]]:
        """错误值 — (row, column, text such as #REF!) of each cell that shows an error."""
        value = re.compile(b"<" + self.prefix + rb"v(?:\s[^>]*)?>([^<]*)<")
        for row in self.rows():
            if _TYPE_ERROR.search(self._scan, row.open_end, row.close) is None:
                continue
            for cell in self.cells(row):
                text = value.search(cell.content)
                if text is not None and _TYPE_ERROR.search(cell.attributes):
                    yield row.number, cell.column, plain_text(text.group(1))

    def attributes(self, row: Row) -> dict[bytes, bytes]:
        """The row's own attributes, values still quoted."""
        return attributes_of(self.xml[row.start + 4 + len(self.prefix) : row.open_end])

    def in_place(self, splices: list[Splice]) -> list[Splice]:
        """Splices of the frame, moved to where they belong in the whole part."""
        shift = self.data_close - self.data_open
        edge = self.data_open
        return [(a + shift * (a > edge), b + shift * (b > edge), new) for a, b, new in splices]

    def merges(self) -> Iterator[Area]:
        """合并区域 — every merged area."""
        holder = self.frame.child("mergeCells")
        for node in holder.children if holder is not None else ():
            area = parse_area(node.attributes.get("ref", ""))
            if area is not None:
                yield area

    def column_styles(self) -> Iterator[tuple[int, int, int]]:
        """(first column, last column, cell format) of each column definition that carries one."""
        for holder in self.frame.every("cols"):
            for node in holder.children:
                found = node.attributes
                if found.get("style", "0") != "0":
                    yield int(found.get("min", 1)), int(found.get("max", 1)), int(found["style"])

    def frozen_rows(self) -> int:
        """冻结的表头行 — number of the last row above a frozen pane, 0 if none."""
        for view in self.frame.every("sheetView"):
            pane = view.child("pane")
            if pane is not None and pane.attributes.get("state", "").startswith("frozen"):
                top = parse_area(view.attributes.get("topLeftCell", "A1"))
                return int(float(pane.attributes.get("ySplit", 0))) + (top.first_row - 1 if top else 0)
        return 0

    def child(self, name: str) -> Node | None:
        """The worksheet's own child element of that name."""
        return self.frame.child(name)

    def _odd(self, where: str = "") -> NotALedgerFile:
        return NotALedgerFile(f"部件 {self.part} {where}的结构不正常。", "请在 Excel 中打开并另存一份。")


def _blanked(xml: bytes) -> bytes:
    """The bytes for scanning: comments and the like blanked, extensions inside <sheetData> too."""
    scan = masked(xml, max(xml.find(b"?>", 0, 300), 0))
    first, last = scan.find(b"sheetData"), scan.rfind(b"sheetData")
    if scan.find(b"extLst", first, last) < 0:
        return scan
    inside = _EXTENSIONS.sub(lambda found: b" " * len(found.group()), scan[first:last])
    return scan[:first] + inside + scan[last:]

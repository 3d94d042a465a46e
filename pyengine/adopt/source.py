"""原表：办公室原有的工作簿照原样读进来——值、合并、隐藏、批注，什么都不解释。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from html import unescape
from pathlib import Path

from lxml import etree

from pyengine.books.grid_reader import read_grid, workbook_of
from pyengine.grid import Grid
from pyengine.layout import column_letter
from pyengine.ooxml import Package
from pyengine.ooxml.areas import column_number

_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b(?=[^>]*\shidden=\"(?:1|true)\")[^>]*?\sr=\"(\d+)\"")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_HIDDEN = re.compile(rb"\shidden=\"(?:1|true)\"")
_SPAN = re.compile(rb"\s(min|max)=\"(\d+)\"")
_FILTER = re.compile(rb"<(?:\w+:)?autoFilter\b")
_LINK = re.compile(rb"<(?:\w+:)?hyperlink\s")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=\"([A-Z]{1,3})(\d+)\"[^>]*>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_HIDDEN_SHEET = re.compile(rb"<(?:\w+:)?sheet\s(?=[^>]*\sstate=\"(?:hidden|veryHidden)\")[^>]*?\bname=\"([^\"]*)\"")
_REF = re.compile(r"([A-Z]{1,3})(\d+)")
_LEFT_BEHIND = {
    "drawing": "图片、图表或文本框",
    "control": "表单控件",
    "pivotTable": "数据透视表",
    "oleObject": "嵌入对象",
}
_1904 = timedelta(days=1462)


@dataclass(frozen=True, slots=True)
class Cell:
    """一格：哪张表、第几行、第几列、什么值。"""

    sheet: str
    row: int
    column: int
    value: object
    partial: bool = False
    """value 只是这一格的一部分，或是“同上”所指的内容。"""

    @property
    def address(self) -> str:
        """表名!G12。"""
        return f"{self.sheet}!{column_letter(self.column)}{self.row}"

    @property
    def text(self) -> str:
        """值的文字，去掉首尾空白；空白为空串。"""
        value = self.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()


@dataclass(frozen=True)
class Sheet:
    """一张原表。notes 是批注，left_behind 是带不过来的东西（图表、超链接……）。"""

    name: str
    grid: Grid
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    filtered: bool = False
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    left_behind: tuple[str, ...] = ()
    uncounted: tuple[tuple[int, int, str], ...] = ()
    """没有存下计算结果的公式：行、列、公式。"""
    hidden: bool = False

    @property
    def height(self) -> int:
        """行数。"""
        return len(self.grid.rows)

    @property
    def width(self) -> int:
        """列数。"""
        return len(self.grid.rows[0]) if self.grid.rows else 0

    @cached_property
    def _areas(self) -> Mapping[tuple[int, int], tuple[int, int, int, int]]:
        spans: dict[tuple[int, int], tuple[int, int, int, int]] = {}
        for top, left, bottom, right in self.grid.merges:
            area = (top, left, min(bottom, self.height), min(right, self.width))
            spans |= {(r, c): area for r in range(top, area[2] + 1) for c in range(left, area[3] + 1)}
        return spans

    def area(self, row: int, column: int) -> tuple[int, int, int, int]:
        """这一格所在的合并区（首行、首列、末行、末列）；没有合并就是它自己。"""
        return self._areas.get((row, column), (row, column, row, column))

    def cell(self, row: int, column: int) -> Cell:
        """这一格；合并区里的任何一格都是左上角那一格。"""
        top, left, _, _ = self.area(row, column)
        return Cell(self.name, top, left, self.grid.at(top, left))

    def own(self, row: int, column: int) -> Cell:
        """这一格本身：合并区里除左上角以外都是空白。"""
        return Cell(self.name, row, column, self.grid.at(row, column))

    def row(self, row: int) -> tuple[Cell, ...]:
        """一行里有内容的格（只算自己有值的）。"""
        values = self.grid.rows[row - 1] if 0 < row <= self.height else ()
        return tuple(
            Cell(self.name, row, column, value) for column, value in enumerate(values, start=1) if filled(value)
        )

    def cells(self) -> Iterator[Cell]:
        """全部有内容的格，逐行。"""
        return (cell for row in range(1, self.height + 1) for cell in self.row(row))


def filled(value: object) -> bool:
    """这个值算不算有内容：空白、只有空格的不算。"""
    return value is not None and not (isinstance(value, str) and not value.strip())


@dataclass(frozen=True, slots=True)
class Source:
    """原有的工作簿。"""

    path: Path
    sheets: tuple[Sheet, ...]


def read_source(path: Path) -> Source:
    """读原有的工作簿。不是 .xlsx/.xlsm 的抛 NotALedgerFile（说明是什么、怎么另存），读不到的抛 OSError。"""
    package = Package.open(path)
    book = workbook_of(package)
    hidden = {unescape(name.decode()) for name in _HIDDEN_SHEET.findall(package.text(package.workbook))}
    sheets = (_sheet(package, name, read_grid(book, name)) for name in package.sheets())
    return Source(path, tuple(replace(sheet, hidden=sheet.name in hidden) for sheet in sheets))


def _sheet(package: Package, name: str, grid: Grid) -> Sheet:
    part = package.sheets()[name]
    xml = package.text(part)
    kinds = {relation.kind for relation in package.relationships(part)}
    left = tuple(words for kind, words in _LEFT_BEHIND.items() if kind in kinds)
    grid = Grid(tuple(tuple(_unescaped(value) for value in row) for row in grid.rows), grid.merges)
    return Sheet(
        name,
        _from_1900(grid) if package.date1904 else grid,
        tuple(int(number) for number in _HIDDEN_ROW.findall(xml)),
        tuple(sorted(_hidden_columns(xml))),
        bool(_FILTER.search(xml)),
        _notes(package, part),
        left + (("超链接",) if _LINK.search(xml) else ()),
        tuple(
            (int(row), column_number(letters.decode()), unescape(text.decode("utf-8", "replace")))
            for letters, row, text in _FORMULA.findall(xml)
        ),
    )


def _unescaped(value: object) -> object:
    """文件里把控制符写成 _x000D_ 的，还原（回车去掉）；拆成两半写的生僻字合起来，只有半个的去掉。"""
    if not isinstance(value, str) or ("_x" not in value and "\r" not in value):
        return value
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value).replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def _from_1900(grid: Grid) -> Grid:
    """1904 日期制的工作簿：像日期序列号的整数换成通常的序列号，日后在哪里读都是同一天。"""
    days = _1904.days
    rows = tuple(
        tuple(v + days if type(v) is int and 35064 <= v < 71589 else v for v in row)
        for row in grid.rows
    )  # fmt: skip
    return Grid(rows, grid.merges)


def _hidden_columns(xml: bytes) -> Iterator[int]:
    head = xml[: xml.find(b"sheetData") + 1]
    for tag in _COLUMN.findall(head):
        span = {name: int(number) for name, number in _SPAN.findall(tag)}
        if _HIDDEN.search(tag) and span.keys() == {b"min", b"max"} and span[b"max"] - span[b"min"] < 100:
            yield from range(span[b"min"], span[b"max"] + 1)


def _notes(package: Package, part: str) -> Mapping[tuple[int, int], str]:
    """批注：格 → 文字。"""
    found: dict[tuple[int, int], str] = {}
    for target in package.related(part, "comments"):
        root = etree.fromstring(package.read(target), etree.XMLParser(resolve_entities=False, no_network=True))
        for node in root.iter("{*}comment"):
            place = _REF.fullmatch(node.get("ref", ""))
            text = "".join(run.text or "" for run in node.iter("{*}t")).strip()
            if place and text:
                found[int(place[2]), column_number(place[1])] = text
    return found

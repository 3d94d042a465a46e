"""几种书的同一本小台账：内存、文件、LibreOffice 里打开着的（经我们的引擎，或经它为 VBA 做的 Excel 对象模型）。"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import excel_model
import openpyxl
import xlsxwriter
import xlwings
from offices import opened

from pyengine.books.file import FileBook
from pyengine.books.live import LiveBook
from pyengine.books.live.calc import CalcDesk
from pyengine.books.live.desk import Desk
from pyengine.books.live.excel import ExcelDesk
from pyengine.books.memory import MemoryBook
from pyengine.libreoffice.apps import App, Engine
from pyengine.libreoffice.books import Book as OfficeBook
from pyengine.libreoffice.document import Document, area_of
from pyengine.libreoffice.office import Office
from pyengine.ooxml import CellEdit, NamedLook, Package, Value, patch
from pyengine.refresh import Book

Place = tuple[str, int, int]
MEMORY, FILE, CALC, EXCEL = "内存", "文件", "LibreOffice", "Excel 的对象模型"
KINDS = (MEMORY, FILE, CALC, EXCEL)
LIVE = (CALC, EXCEL)
LOOKS = {"督办黄": NamedLook(fill="FFE699"), "督办红": NamedLook(fill="FF7C80", font="FFFFFF", bold=True)}
_LINK = "com.sun.star.text.TextField.URL"


@dataclass(frozen=True, slots=True)
class Look:
    """一格的外观：命名样式（没有的为 ""）、数字格式、簿内链接、公式。"""

    style: str = ""
    format: str = "general"
    link: str = ""
    formula: str = ""


@dataclass(frozen=True)
class Shelf:
    """打开着的一种书：怎样再拿一本、看一些格的外观、像经办人那样改一格。"""

    kind: str
    book: Callable[[], Book]
    looks: Callable[[Collection[Place]], Mapping[Place, Look]]
    change: Callable[[str, int, int, Value], None]
    document: Any = None
    desk: Any = None


def build(path: Path, locked: bool = False) -> Path:
    """小台账：第 3 行是表头，第 4 行起是数据；各表所有的讲究见 `tests/test_books.py`。locked：另有一张受保护的表。"""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        day, share = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0%"})
        for name in ("事项", "记录"):
            page = book.add_worksheet(name)
            page.merge_range("A1:G1", name)
            page.write_row("A3", ["编号", "任务", "完成时限", "进度", "状态", "依据", "公式"])
            for row in range(3, 12 if name == "事项" else 6):
                page.write_row(row, 0, [f"00{row}", f"任务{row}"] if row != 5 else [f"00{row}"])
                page.write_datetime(row, 2, datetime(2026, 6, row), day)
                page.write_number(row, 3, row / 20, share)
                page.write_row(row, 4, ["正常推进", f"旧{row}"])
            page.write_formula("G4", "=D4*2", None, 0.3)
            if name == "事项":
                page.write_formula("F8", "=1/0", None, "#DIV/0!")
                page.write_formula("G9", "=D9*2", None, 0.8)
        book.get_worksheet_by_name("事项").merge_range("B5:B6", "任务4")
        book.get_worksheet_by_name("事项").write_url("F5", "internal:'记录'!A4", string="旧4")
        _kinds(book)
        if locked:
            page = book.add_worksheet("锁住")
            page.write("B4", "不可改")
            page.protect()
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=事项!$D$4:$D$6"})
        book.add_chartsheet("图").set_chart(chart)
        book.add_worksheet("空")
    package = Package.open(path)
    patch(package, {"事项": [CellEdit(4, 5, style="督办黄"), CellEdit(5, 5, style="督办黄")]}, LOOKS)
    package.save(path)
    return path


def _kinds(book: Any) -> None:
    """各种值；第一格在 C5。"""
    page = book.add_worksheet("种种")
    texts = ["甲", "007", "2026-01-05", "=甲", " 5 ", "一\n二", "长" * 9000]
    formats = {
        name: book.add_format({"num_format": name})
        for name in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm", "0%", "#,##0.00")
    }
    for column, text in enumerate(texts, 2):
        page.write_string(4, column, text)
    for column, number in enumerate((5, 2.5, -3, 1e15, 0), 2):
        page.write_number(5, column, number)
    page.write_number(5, 7, 0.25, formats["0%"])
    page.write_number(5, 8, 1234.5, formats["#,##0.00"])
    page.write_datetime(6, 2, date(2026, 1, 5), formats["yyyy-mm-dd"])
    page.write_datetime(6, 3, datetime(2026, 1, 5, 8, 30), formats["yyyy-mm-dd hh:mm"])
    page.write_datetime(6, 4, datetime(2026, 1, 5), formats["yyyy-mm-dd hh:mm"])
    page.write_datetime(6, 5, time(8, 30), formats["hh:mm"])
    page.write_row(7, 2, [True, False])
    for column, (formula, shown) in enumerate(
        (("=NA()", "#N/A"), ("=1/0", "#DIV/0!"), ('=1+"甲"', "#VALUE!"), ("=1+1", 2), ('="甲"&"乙"', "甲乙")), 4
    ):
        page.write_formula(7, column, formula, None, shown)


@contextmanager
def shelf(kind: str, path: Path, office: Office | None = None) -> Iterator[Shelf]:
    """按一种书打开 path。"""
    if kind in (MEMORY, FILE):
        yield _in_memory(path) if kind == MEMORY else _on_disk(path)
        return
    assert office is not None
    with opened(office.desktop, path) as document:
        yield _in_window(kind, path, document, office)


def _in_memory(path: Path) -> Shelf:
    book = MemoryBook(FileBook(path).sheets())
    return Shelf(
        MEMORY, lambda: book, lambda places: {place: Look(book.styles.get(place, "")) for place in places}, _no_clerk
    )


def _no_clerk(sheet: str, row: int, column: int, value: Value) -> None:
    raise AssertionError("内存里的台账没有旁人")


def _on_disk(path: Path) -> Shelf:
    def change(sheet: str, row: int, column: int, value: Value) -> None:
        package = Package.open(path)
        patch(package, {sheet: [CellEdit(row, column, value)]}, {})
        package.save(path)

    return Shelf(FILE, lambda: FileBook(path), lambda places: _looks_on_disk(path, places), change)


def _looks_on_disk(path: Path, places: Collection[Place]) -> Mapping[Place, Look]:
    book = openpyxl.load_workbook(path)

    def look(cell: Any) -> Look:
        link = (cell.hyperlink.location or "") if cell.hyperlink else ""
        formula = cell.value if cell.data_type == "f" else ""
        return Look("" if cell.style == "Normal" else cell.style, cell.number_format.lower(), link, formula)

    return {(sheet, row, column): look(book[sheet].cell(row, column)) for sheet, row, column in places}


def _in_window(kind: str, path: Path, document: Any, office: Office) -> Shelf:
    inside = Document(office, document)

    links = {("事项", 5, 6): "'记录'!A4"} if kind == EXCEL else None

    def look(places: Collection[Place]) -> Mapping[Place, Look]:
        found: dict[Place, Look] = {}
        for name in {sheet for sheet, *_ in places}:
            page = document.Sheets.getByName(name)
            inner = {(row, column) for sheet, row, column in places if sheet == name}
            for (row, column), (style, code, formula) in _in_bulk(page, inner, inside).items():
                texts = column == 6 and links is None
                link = _link(page, row, column) if texts else (links or {}).get((name, row, column), "")
                found[name, row, column] = Look(style, code, link, formula)
        return found

    def change(sheet: str, row: int, column: int, value: Value) -> None:
        one = document.Sheets.getByName(sheet).getCellByPosition(column - 1, row - 1)
        one.setString(value) if isinstance(value, str) else one.setValue(float(value))  # type: ignore[arg-type]

    desk: Desk = calc_desk(office, document)
    if links is not None:
        desk = ExcelDesk(excel_model.Model(office).workbook(document, links), "Excel", excel_model.moment)
    book = LiveBook(path, desk)
    return Shelf(kind, lambda: book, look, change, document, desk)


def calc_desk(office: Office, document: Any) -> CalcDesk:
    """LibreOffice 里打开着的一本表的书桌。"""
    return CalcDesk(xlwings.Book(impl=OfficeBook(App(Engine(), office), Document(office, document))))


def _in_bulk(page: Any, cells: Collection[tuple[int, int]], inside: Document) -> Mapping[tuple[int, int], Any]:
    """各格的样式、数字格式、公式；几个来回，不论多少格。"""
    rows, columns = zip(*cells, strict=True)
    top, left = min(rows), min(columns)
    block = page.getCellRangeByPosition(left - 1, top - 1, max(columns) - 1, max(rows) - 1)
    formulas = block.getFormulaArray()
    found = {}
    groups = block.getUniqueCellFormatRanges()
    for number in range(groups.getCount()):
        group = groups.getByIndex(number)
        style = "" if group.CellStyle == "Default" else group.CellStyle.removeprefix("Excel Built-in ")
        code = inside.formats.code(group.NumberFormat).lower()
        for part in group.getRangeAddresses():
            for row, column in area_of(part).cells():
                formula = formulas[row - top][column - left]
                found[row, column] = (style, code, formula if formula.startswith("=") else "")
    return {cell: found[cell] for cell in cells}


def _link(page: Any, row: int, column: int) -> str:
    fields = page.getCellByPosition(column - 1, row - 1).getTextFields()
    return fields.getByIndex(0).URL.lstrip("#").replace(".", "!") if fields.getCount() else ""


def values(book: Book) -> Mapping[Place, object]:
    """全部有内容的格子。"""
    return {
        (sheet, row, column): value
        for sheet, grid in book.sheets().items()
        for row, line in enumerate(grid.rows, 1)
        for column, value in enumerate(line, 1)
        if value is not None
    }


def looks(of: Shelf) -> Mapping[Place, Look]:
    """事项、记录两张表数据行和下面几行的外观。"""
    places = [(s, r, c) for s, end in (("事项", 13), ("记录", 9)) for r in range(3, end) for c in range(1, 10)]
    return of.looks(places)


def copied(source: Path, folder: Path) -> Path:
    """自己的一份，可以改。"""
    return Path(shutil.copy(source, folder))

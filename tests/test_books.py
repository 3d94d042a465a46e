"""台账的两种书：关闭的文件与内存，守同一份约定——同样的事实，写出同样的格子。"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from duban_workbook import SAMPLE_AS_OF

from pyengine.books.file import FileBook
from pyengine.books.memory import MemoryBook
from pyengine.layout import layout
from pyengine.ooxml import CellEdit, WriteRefused
from pyengine.plan import guarded
from pyengine.read import read_ledger
from pyengine.refresh import Book, refresh

STAMP = "20260930-083000"
NOW = datetime(2026, 9, 30, 8, 30)


def both(ledger: Path) -> tuple[FileBook, MemoryBook]:
    """同一本台账的文件书和内存书。"""
    return FileBook(ledger), MemoryBook(FileBook(ledger).sheets())


def cells(book: Book) -> dict[tuple[str, int, int], object]:
    """全部有内容的格子。"""
    return {
        (sheet, row, column): value
        for sheet, grid in book.sheets().items()
        for row, values in enumerate(grid.rows, 1)
        for column, value in enumerate(values, 1)
        if value is not None
    }


def test_file_and_memory_end_with_the_same_cells(sample: Path) -> None:
    on_disk, in_memory = both(sample)
    first = refresh(lambda: on_disk, SAMPLE_AS_OF, NOW)
    second = refresh(lambda: in_memory, SAMPLE_AS_OF, NOW)
    assert first.outcome == second.outcome
    assert first.written.cells > 1000
    assert cells(FileBook(sample)) == pytest.approx(cells(in_memory))


@pytest.mark.parametrize("kind", [0, 1], ids=["文件", "内存"])
def test_a_second_refresh_writes_nothing(sample: Path, kind: int) -> None:
    book = both(sample)[kind]
    refresh(lambda: book, SAMPLE_AS_OF, NOW)
    written = refresh(lambda: book, SAMPLE_AS_OF, NOW).written
    assert (written.cells, written.rows, written.parts) == (0, 0, ())


@pytest.mark.parametrize("kind", [0, 1], ids=["文件", "内存"])
def test_values_and_styles_are_written_and_equal_styles_are_not(sample: Path, kind: int) -> None:
    book = both(sample)[kind]
    edits = {"看板": [CellEdit(4, 2, 7)], "政府工作报告台账": [CellEdit(4, 29, style="红牌")]}
    assert book.write(edits, layout().styles, STAMP).cells == 2
    assert book.sheets()["看板"].at(4, 2) == 7
    assert book.write({"政府工作报告台账": [CellEdit(4, 29, style="红牌")]}, layout().styles, STAMP).cells == 0


@pytest.mark.parametrize(
    ("sheet", "row", "column"),
    [
        ("政府工作报告台账", 4, 3),  # 工作任务
        ("政府工作报告台账", 3, 28),  # 表头
        ("督查记录", 4, 2),  # 已有的记录
        ("单位", 4, 1),
        ("别的表", 1, 1),
    ],
)
def test_the_guard_lets_nothing_through_that_is_not_the_engines(
    sample: Path, sheet: str, row: int, column: int
) -> None:
    tables = read_ledger(FileBook(sample).sheets(), SAMPLE_AS_OF).tables
    with pytest.raises(WriteRefused):
        guarded({sheet: [CellEdit(row, column, "x")]}, tables)

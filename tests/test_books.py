"""台账的几种书：内存、关闭的文件、LibreOffice 和 Excel 里打开着的，守同一份约定——同样的事实，写出同样的格子。

场景是数据，期望写全：`values` 是全部变了的值，`looks` 是全部变了的外观；一种书确实不同的，写在 `unlike` 里，说明为什么。
Excel 这里没有；它的那一种书对着 LibreOffice 为 VBA 做的 Excel 对象模型跑（见 `excel_model`）。
"""

from __future__ import annotations

import os
import runpy
import signal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from conftest import tables_of
from duban_workbook import SAMPLE_AS_OF
from offices import Counted, calls, clerks_office, opened, until
from shelf import (
    CALC,
    FILE,
    KINDS,
    LIVE,
    LOOKS,
    MEMORY,
    Look,
    Place,
    Shelf,
    build,
    calc_desk,
    copied,
    looks,
    shelf,
    values,
)

from pyengine.books.file import FileBook
from pyengine.books.live import LiveBook
from pyengine.books.live.calc import _FEW, CalcDesk
from pyengine.books.memory import MemoryBook
from pyengine.grid import CellError, Grid
from pyengine.layout import layout
from pyengine.libreoffice.office import Office, attach
from pyengine.libreoffice.runtime import setting, to_url
from pyengine.ooxml import KEEP, CellEdit, ChangedMeanwhile, Locked, WriteRefused
from pyengine.plan import guarded
from pyengine.read import read_ledger
from pyengine.refresh import Book, refresh

STAMP = "20260930-083000"
NOW = datetime(2026, 9, 30, 8, 30)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """经办人的 LibreOffice。"""
    with clerks_office(tmp_path_factory.mktemp("books-office")) as folder:
        yield attach(folder)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Mapping[bool, Path]:
    """小台账：没有和有受保护的表。"""
    folder = tmp_path_factory.mktemp("small")
    return {locked: build(folder / f"小台账{locked:d}.xlsx", locked) for locked in (False, True)}


@contextmanager
def on_shelf(kind: str, path: Path, request: pytest.FixtureRequest) -> Iterator[Shelf]:
    """按一种书打开；只有打开着的书才用得着 LibreOffice。"""
    with shelf(kind, path, request.getfixturevalue("office") if kind in LIVE else None) as found:
        yield found


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """每一种书。"""
    return str(request.param)


@pytest.fixture
def books(kind: str, request: pytest.FixtureRequest, small: Mapping[bool, Path], tmp_path: Path) -> Iterator[Shelf]:
    """小台账，按每一种书打开。"""
    case = request.node.callspec.params.get("case")
    with on_shelf(kind, copied(small[bool(case and case.locked)], tmp_path), request) as found:
        yield found


def test_a_ledger_open_for_reading_only_is_told_so(office: Office, sample: Path) -> None:
    document = office.desktop.loadComponentFromURL(to_url(sample), "_blank", 0, (setting("ReadOnly", True),))
    try:
        with pytest.raises(Locked, match="是以只读方式打开的"):
            CalcDesk.find(sample)
    finally:
        document.close(True)


def test_rows_grow_with_their_texts_unless_people_set_their_height(office: Office, sample: Path) -> None:
    with opened(office.desktop, sample) as document:
        rows = document.Sheets.getByName("校验问题").Rows
        rows.getByIndex(5).Height = 700
        before = [rows.getByIndex(index).Height for index in range(3, 8)]
        book = LiveBook(sample, CalcDesk.find(sample))  # type: ignore[arg-type]
        book.sheets()
        column = tables_of(sample)["校验问题"].columns["问题"]
        text = "很长的一段话，要折成好几行才放得下。" * 12
        edits = [CellEdit(4, column, "短"), CellEdit(5, column, text, height=90), CellEdit(6, column, text, height=90),
                 CellEdit(8, column, text, height=90)]  # fmt: skip
        book.write({"校验问题": edits}, {}, "20260922-083000")
        after = [rows.getByIndex(index).Height for index in range(3, 8)]
        book.sheets()
        book.write({"校验问题": [CellEdit(5, column, text * 2, height=180)]}, {}, "20260922-083001")
        assert rows.getByIndex(4).Height > 1.5 * after[1]
        assert document.Sheets.getByName("校验问题").getCellByPosition(column - 1, 4).IsTextWrapped
    assert after[0] == before[0]
    assert after[1] > 2 * before[1]
    assert after[2] == before[2] == 700
    assert after[3] == before[3]
    assert after[4] == after[1]


# ---- 读 ----

MANY = (
    *((None,) * 9,) * 4,
    (None, None, "甲", "007", "2026-01-05", "=甲", " 5 ", "一\n二", "长" * 9000),
    (None, None, 5, 2.5, -3, 10**15, 0, 0.25, 1234.5),
    (None, None, date(2026, 1, 5), datetime(2026, 1, 5, 8, 30), date(2026, 1, 5), time(8, 30), *(None,) * 3),
    (None, None, True, False, CellError("#N/A"), CellError("#DIV/0!"), CellError("#VALUE!"), 2, "甲乙"),
)
ITEMS = (
    ("事项", *(None,) * 6),
    (None,) * 7,
    ("编号", "任务", "完成时限", "进度", "状态", "依据", "公式"),
    *(
        (
            f"00{row}",
            None if row == 5 else f"任务{row}",
            date(2026, 6, row),
            pytest.approx(row / 20),
            "正常推进",
            CellError("#DIV/0!") if row == 7 else f"旧{row}",
            {3: 0.3, 8: 0.8}.get(row),
        )
        for row in range(3, 12)
    ),
)
MERGES = ((1, 1, 1, 7), (5, 2, 6, 2))


def test_every_kind_of_value_and_merge_is_read(books: Shelf) -> None:
    found = books.book().sheets()
    many, merges = [list(row) for row in MANY], MERGES
    if books.kind == CALC:  # 只显示钟点的是数，LibreOffice 的引擎不当它是时刻
        many[6][5] = pytest.approx(8.5 / 24)
    if books.kind in LIVE:  # 表头以上的合并不问：没有行会落在里面，问一次要一个来回
        merges = MERGES[1:]
    assert found["种种"] == Grid(tuple(map(tuple, many)))
    assert found["事项"].merges == merges
    assert [list(row) for row in found["事项"].rows] == [list(row) for row in ITEMS]
    assert found["空"] == Grid()
    exact = {type(value) for row in found["种种"].rows for value in row}
    assert exact == {type(value) for row in MANY for value in row} - ({time} if books.kind == CALC else set())


def test_chart_sheets_are_not_among_the_worksheets(books: Shelf) -> None:
    found = books.book().sheets()
    if books.kind in LIVE:  # LibreOffice 没有图表工作表，打开时变成一张放着图的空表；Excel 的 Worksheets 不含它
        assert found["图"] == Grid()
    worksheets = [name for name in found if name != "图" or books.kind not in LIVE]
    assert worksheets == ["事项", "记录", "种种", "空"]


# ---- 写 ----


@dataclass(frozen=True)
class Case:
    """一次写入：改动，全部变了的值，全部变了的外观，报多少格、多少行；或者拒绝（`refused`），什么也不变。"""

    name: str
    edits: Mapping[str, Sequence[CellEdit]]
    values: Mapping[Place, object] = field(default_factory=dict)
    looks: Mapping[Place, Look] = field(default_factory=dict)
    written: tuple[int, int, int] = (0, 0, 0)
    refused: type[Exception] | None = None
    unlike: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    locked: bool = False


def alike(kinds: Sequence[str], **fields: Any) -> Mapping[str, Mapping[str, Any]]:
    """这几种书一样地不同。"""
    return dict.fromkeys(kinds, fields)


def cell(*where: int, sheet: str = "事项") -> Place:
    return (sheet, *where)  # type: ignore[return-value]


TEXTS = (
    *(
        "007",
        "1-2",
        "3/4",
        "2026.1.5",
        "3月5日",
        "2026年3月5日",
        "二〇二六年三月五日",
        "上午9:30",
        "10:30",
        "50%",
        "¥100",
    ),
    *(
        "1,234",
        "(5)",
        "1E5",
        "１２",
        " 5 ",
        "TRUE",
        "真",
        "#N/A",
        "=A1",
        "+5",
        "-5",
        "@x",
        "'007",
        "一\n二",
        "Jan-5",
        "普通的话",
    ),
)
NEW = ("ZF-99", "新", date(2026, 3, 5), 0.5, "甲", "乙")
NUMERALS = (0, 2, 8)
DAY, MOMENT = date(2026, 3, 5), datetime(2026, 3, 5, 8, 30)
ROW = range(4, 13)
SCATTERED = (
    *((row, 5) for row in ROW if row % 2),
    *((row, 6) for row in (7, 9, 10, 12)),
    *((row, 7) for row in (5, 8, 10, 11)),
    *((row, 1) for row in (4, 6)),
)

CASES = (
    Case(
        "文字还是文字",
        {"事项": [CellEdit(4 + n, 9, text) for n, text in enumerate(TEXTS)]},
        {cell(4 + n, 9): text for n, text in enumerate(TEXTS)},
        written=(len(TEXTS), len(TEXTS), 1),
        unlike=alike(LIVE, looks={cell(4 + n, 9): Look(format="@") for n in NUMERALS}),
        # LibreOffice 自己给看着正是一个数的文字加上文本格式
    ),
    Case(
        "文字写进原来是数、是日期的格子",
        {"事项": [CellEdit(5, 3, "2026年3月5日"), CellEdit(5, 4, "50%")]},
        {cell(5, 3): "2026年3月5日", cell(5, 4): "50%"},
        written=(2, 1, 1),
        unlike=alike(LIVE, looks={cell(5, 4): Look(format="@")}),  # 同上
    ),
    Case(
        "日期写进显示日期的格子",
        {"事项": [CellEdit(4, 3, DAY), CellEdit(5, 3, date(2027, 12, 31))]},
        {cell(4, 3): DAY, cell(5, 3): date(2027, 12, 31)},
        written=(2, 2, 1),
    ),
    Case(
        "日期写进没有格式的格子：给它日期的格式",
        {"事项": [CellEdit(4, 9, DAY, number_format="yyyy-mm-dd"), CellEdit(5, 9, DAY, number_format="yyyy-mm-dd")]},
        {cell(4, 9): DAY, cell(5, 9): DAY},
        {cell(4, 9): Look(format="yyyy-mm-dd"), cell(5, 9): Look(format="yyyy-mm-dd")},
        written=(2, 2, 1),
    ),
    Case(
        "时刻",
        {"事项": [CellEdit(4, 9, MOMENT, number_format="yyyy-mm-dd hh:mm")]},
        {cell(4, 9): MOMENT},
        {cell(4, 9): Look(format="yyyy-mm-dd hh:mm")},
        written=(1, 1, 1),
    ),
    Case(
        "数",
        {"事项": [CellEdit(4, 9, 7), CellEdit(5, 9, 0.125), CellEdit(6, 9, -2), CellEdit(7, 9, 0), CellEdit(5, 4, 1.0)]},
        {cell(4, 9): 7, cell(5, 9): 0.125, cell(6, 9): -2, cell(7, 9): 0, cell(5, 4): 1},
        written=(5, 4, 1),
        unlike={MEMORY: {"values": {cell(4, 9): 7, cell(5, 9): 0.125, cell(6, 9): -2, cell(7, 9): 0, cell(5, 4): 1.0}}},
        # 内存里的数写的是哪一种就是哪一种
    ),
    Case(
        "公式跟着它引用的格子重算",
        {"事项": [CellEdit(4, 4, 0.5)]},
        {cell(4, 4): 0.5, cell(4, 7): 1},
        written=(1, 1, 1),
        unlike=alike((MEMORY, FILE), values={cell(4, 4): 0.5}),  # 文件要等下次打开
    ),
    Case(
        "空值清空，外观不变",
        {"事项": [CellEdit(4, 5, None), CellEdit(5, 3, None)]},
        {cell(4, 5): None, cell(5, 3): None},
        written=(2, 2, 1),
    ),
    Case(
        "只改样式：已经是的不算",
        {"事项": [CellEdit(row, 5, style="督办黄") for row in (4, 5, 6, 7)]},
        looks={cell(row, 5): Look("督办黄") for row in (6, 7)},
        written=(2, 2, 1),
        unlike={MEMORY: {"written": (4, 4, 1), "looks": {cell(row, 5): Look("督办黄") for row in (4, 5, 6, 7)}}},
        # 内存里的书从没有样式的格子开始
    ),
    Case(
        "样式和值一起；本簿没有的样式先做出来",
        {"事项": [CellEdit(4, 5, "逾期", style="督办红"), CellEdit(7, 5, "逾期", style="督办红"), CellEdit(9, 1, style="督办红")]},
        {cell(4, 5): "逾期", cell(7, 5): "逾期"},
        {cell(4, 5): Look("督办红"), cell(7, 5): Look("督办红"), cell(9, 1): Look("督办红")},
        written=(3, 3, 1),
    ),
    Case(
        "样式不改数字格式",
        {"事项": [CellEdit(5, 3, style="督办红"), CellEdit(5, 4, 0.9, style="督办红")]},
        {cell(5, 4): 0.9},
        {cell(5, 3): Look("督办红", "yyyy-mm-dd"), cell(5, 4): Look("督办红", "0%")},
        written=(2, 1, 1),
        unlike={
            FILE: {  # 文件里换样式，连数字格式一起换成样式的；要留着的，改动里得写明格式
                "values": {cell(5, 3): 46177, cell(5, 4): 0.9},
                "looks": {cell(5, 3): Look("督办红"), cell(5, 4): Look("督办红")},
            }
        },
    ),
    Case(
        "数字格式只给没有格式的格子",
        {"事项": [CellEdit(5, 4, 0.9, number_format="0.00"), CellEdit(4, 9, 0.9, number_format="0.00")]},
        {cell(5, 4): 0.9, cell(4, 9): 0.9},
        {cell(4, 9): Look(format="0.00")},
        written=(2, 2, 1),
    ),
    Case(
        "末行以下的新行，外观照末行",
        {"记录": [CellEdit(row, column, value) for row in (7, 8) for column, value in enumerate(NEW, 1)]},
        {cell(row, column, sheet="记录"): value for row in (7, 8) for column, value in enumerate(NEW, 1)},
        {cell(row, column, sheet="记录"): Look(format=code) for row in (7, 8) for column, code in ((3, "yyyy-mm-dd"), (4, "0%"))},
        written=(12, 2, 1),
    ),
    Case(
        "链接：加上、改去别处、取掉",
        {
            "事项": [
                CellEdit(4, 6, "见记录", link="'记录'!A5"),
                CellEdit(5, 6, "旧4", link="'记录'!A6"),
                CellEdit(9, 6, "无", link=""),
            ]
        },
        {cell(4, 6): "见记录", cell(9, 6): "无"},
        {cell(4, 6): Look(link="'记录'!A5"), cell(5, 6): Look("Hyperlink", link="'记录'!A6")},
        written=(3, 3, 1),
    ),
    Case(
        "公式不覆盖",
        {"记录": [CellEdit(5, 6, "新")], "事项": [CellEdit(5, 7, 1), CellEdit(4, 7, 1)]},
        refused=WriteRefused,
        unlike={
            MEMORY: {  # 没有公式，只有值
                "values": {cell(5, 6, sheet="记录"): "新", cell(4, 7): 1, cell(5, 7): 1},
                "written": (3, 3, 2),
                "refused": None,
            }
        },
    ),
    Case(
        "夹在中间的公式、错误值、没有变的值都还在",
        {"事项": [CellEdit(row, column, f"新{row}{column}") for row, column in SCATTERED]},
        {cell(row, column): f"新{row}{column}" for row, column in SCATTERED},
        written=(len(SCATTERED), 9, 1),
        unlike=alike(LIVE, looks={cell(5, 1): Look(format="@")}),  # 连带又写一遍的 004
    ),
    Case(
        "没有变的链接还在",
        {
            "事项": [
                *(CellEdit(row, 1, f"ZF-{row}") for row in ROW if row % 2 == 0),
                *(CellEdit(row, 6, f"记录!A{row}", link=f"'记录'!A{row}") for row in (4, 6, 7)),
            ]
        },
        {
            **{cell(row, 1): f"ZF-{row}" for row in ROW if row % 2 == 0},
            **{cell(row, 6): f"记录!A{row}" for row in (4, 6, 7)},
        },
        {
            **{cell(row, 6): Look(link=f"'记录'!A{row}") for row in (4, 6, 7)},
        },
        written=(8, 6, 1),
        unlike=alike(
            LIVE,  # 编号一列里没有变的，连带又写一遍
            looks={
                **{cell(row, 6): Look(link=f"'记录'!A{row}") for row in (4, 6, 7)},
                **{cell(row, 1): Look(format="@") for row in (5, 7, 9, 11)},
            },
        ),
    ),
    Case(
        "受保护的表不写，别的表也不写",
        {"记录": [CellEdit(5, 6, "新")], "锁住": [CellEdit(4, 2, "新")]},
        refused=WriteRefused,
        unlike=alike(
            (MEMORY, FILE),  # 保护管的是界面里的手：文件照写，内存里没有
            values={cell(5, 6, sheet="记录"): "新", cell(4, 2, sheet="锁住"): "新"},
            written=(2, 2, 2),
            refused=None,
        ),
        locked=True,
    ),
    Case(
        "第二张表写到一半被拒绝，第一张表写好的退回去",
        {
            "记录": [CellEdit(5, 6, "新"), CellEdit(5, 3, DAY), CellEdit(6, 6, None)],
            "事项": [CellEdit(6, 5, "新"), CellEdit(4, 9, 0.5, number_format="[[[")],
        },
        refused=WriteRefused,
        unlike={
            kind: {  # 文件和内存不看格式对不对
                "values": {
                    **{cell(5, 6, sheet="记录"): "新", cell(5, 3, sheet="记录"): DAY, cell(6, 6, sheet="记录"): None},
                    **{cell(6, 5): "新", cell(4, 9): 0.5},
                },
                "looks": {cell(4, 9): Look(format="[[[")} if kind == FILE else {},
                "written": (5, 4, 2),
                "refused": None,
            }
            for kind in (MEMORY, FILE)
        },
    ),
    Case(
        "有受保护的表，LibreOffice 不许做新样式",
        {"记录": [CellEdit(5, 6, "新", style="督办红")]},
        {cell(5, 6, sheet="记录"): "新"},
        {cell(5, 6, sheet="记录"): Look("督办红")},
        written=(1, 1, 1),
        unlike=alike(LIVE, refused=WriteRefused, values={}, looks={}),
        locked=True,
    ),
    Case(
        "没有的表",
        {"没有": [CellEdit(4, 2, "新")], "记录": [CellEdit(5, 6, "新")]},
        refused=WriteRefused,
        unlike={MEMORY: {"refused": KeyError}},  # 内存里没有的表是调用的人写错了
    ),
    Case("没有改动", {"事项": []}),
)  # fmt: skip


def expected(case: Case, kind: str) -> Case:
    """这一种书该有的结果。"""
    case = replace(case, **case.unlike.get(kind, {}))
    if kind != MEMORY:
        return case
    styled = {place: Look(look.style) for place, look in case.looks.items() if look.style not in ("", "Hyperlink")}
    return replace(case, looks=styled)  # 内存里只有样式


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_written_and_nothing_else(books: Shelf, case: Case) -> None:
    case, book = expected(case, books.kind), books.book()
    before, looked = values(book), looks(books)
    if case.refused is None:
        written = book.write(case.edits, LOOKS, STAMP)
        assert (written.cells, written.rows) == case.written[:2]
        if books.kind != FILE:  # 文件的 parts 是文件包里的部件，样式表也算
            assert len(written.parts) == case.written[2]
    else:
        with pytest.raises(case.refused):
            book.write(case.edits, LOOKS, STAMP)
    after = values(books.book())
    changed = {place: after.get(place) for place in {*before, *after} if before.get(place) != after.get(place)}
    assert changed == case.values
    assert {type(value) for value in changed.values()} == {type(value) for value in case.values.values()}
    assert {place: look for place, look in looks(books).items() if look != looked[place]} == case.looks


def test_what_stands_there_already(books: Shelf) -> None:
    """再写一遍同样的：文件和内存里的样式没有变就不算；值只有文件比，别的书按要写的格子数。"""
    edits = {"事项": [CellEdit(5, 5, "新", style="督办黄"), CellEdit(6, 5, KEEP, style="督办黄")]}
    books.book().sheets()
    first = books.book().write(edits, LOOKS, STAMP)
    books.book().sheets()
    again = books.book().write(edits, LOOKS, STAMP)
    assert (first.cells, again.cells) == (2, 0 if books.kind == FILE else 1)


@pytest.mark.parametrize("kind", [FILE, *LIVE])
@pytest.mark.parametrize("place", [("事项", 5, 6), ("事项", 30, 2)], ids=["改了一格", "加了一行"])
def test_what_the_clerk_changes_meanwhile_is_not_written_over(books: Shelf, place: Place) -> None:
    book = books.book()
    book.sheets()
    books.change(*place, "经办人刚填的")
    with pytest.raises(ChangedMeanwhile):
        book.write({"记录": [CellEdit(5, 6, "新")], "事项": [CellEdit(5, 5, "新")]}, LOOKS, STAMP)
    after = books.book().sheets()
    assert after["事项"].at(*place[1:]) == "经办人刚填的"
    assert (after["事项"].at(5, 5), after["记录"].at(5, 6)) == ("正常推进", "旧4")


# ---- 刷新 ----


@pytest.fixture
def samples(kind: str, sample: Path, request: pytest.FixtureRequest) -> Iterator[Shelf]:
    """示例台账，按每一种书打开。"""
    with on_shelf(kind, sample, request) as found:
        yield found


def staff_cells(book: Book) -> Mapping[Place, object]:
    """人填的各格。"""
    grids = book.sheets()
    tables = read_ledger(grids, SAMPLE_AS_OF).tables
    return {
        (sheet, row, table.columns[column.name]): grids[sheet].at(row, table.columns[column.name])
        for sheet, table in tables.items()
        for column in table.table.staff
        if column.name in table.columns and not table.table.relisted
        for row in range(table.header_row + 1, len(grids[sheet].rows) + 1)
    }


def test_a_refresh_ends_with_the_same_cells_whatever_the_book(samples: Shelf, sample: Path) -> None:
    in_memory = MemoryBook(FileBook(sample).sheets())
    wanted = refresh(lambda: in_memory, SAMPLE_AS_OF, NOW)
    before = staff_cells(samples.book())
    found = refresh(samples.book, SAMPLE_AS_OF, NOW)
    assert found.outcome == wanted.outcome
    assert (found.written.cells, found.written.rows) == (wanted.written.cells, wanted.written.rows)
    assert found.written.cells > 1000
    assert values(samples.book()) == values(in_memory)
    after = staff_cells(samples.book())
    assert {place: after[place] for place in before} == before
    again = refresh(samples.book, SAMPLE_AS_OF, NOW).written
    assert (again.cells, again.rows, again.parts) == (0, 0, ())


@pytest.mark.parametrize("kind", LIVE)
def test_what_is_judged_is_what_the_window_shows(samples: Shelf) -> None:
    sheet, grid = "政府工作报告台账", samples.book().sheets()["政府工作报告台账"]
    columns = {name: column for column, name in enumerate(grid.rows[2], 1)}
    row = next(n for n in range(4, 60) if grid.at(n, columns["办理状态"]) == "正在办理")
    samples.change(sheet, row, columns["办理状态"], "已完成")
    refresh(samples.book, SAMPLE_AS_OF, NOW)
    assert samples.book().sheets()[sheet].at(row, columns["预警状态"]) == "已完成"
    place = (sheet, row, columns["预警状态"])
    assert samples.looks([place])[place].style == "已完成"


@pytest.mark.parametrize("kind", LIVE)
def test_nothing_is_saved(samples: Shelf, sample: Path) -> None:
    content = sample.read_bytes()
    assert not samples.document.isModified()
    refresh(samples.book, SAMPLE_AS_OF, NOW)
    assert samples.document.isModified()
    assert sample.read_bytes() == content


@pytest.mark.parametrize("kind", [CALC])
@pytest.mark.parametrize("change", [("改名", "另一张"), ("删掉", None)])
def test_a_sheet_that_went_away_is_forgotten(books: Shelf, change: tuple[str, str | None]) -> None:
    book = books.book()
    assert "记录" in book.sheets()
    sheets = books.document.Sheets
    sheets.getByName("记录").setName(change[1]) if change[1] else sheets.removeByName("记录")
    assert "记录" not in book.sheets()
    with pytest.raises(WriteRefused, match="没有工作表“记录”"):
        book.write({"记录": [CellEdit(5, 6, "新")]}, LOOKS, STAMP)


def state(of: Shelf) -> tuple[object, ...]:
    """画面、事件、行高是不是照常。"""
    if of.kind == CALC:
        return of.document.hasControllersLocked(), of.document.IsAdjustHeightEnabled
    app = of.desk._book.Application
    return app.ScreenUpdating, app.EnableEvents


@pytest.mark.parametrize("kind", LIVE)
def test_the_window_is_as_before_whatever_happens(books: Shelf) -> None:
    before, book = state(books), books.book()
    book.sheets()
    for bad in ("[[[", ""):
        with suppress(WriteRefused):
            book.write({"事项": [CellEdit(4, 9, 0.5, number_format=bad or None)]}, LOOKS, STAMP)
        assert state(books) == before
    with suppress(ZeroDivisionError), books.desk.quiet():
        assert state(books) != before
        raise ZeroDivisionError
    assert state(books) == before
    books.desk.say("正在刷新")
    books.desk.say("")


# ---- 来往多少次 ----


class Counting:
    """书桌，数着为哪张表来往了几次。"""

    def __init__(self, desk: Any) -> None:
        self.desk, self.calls = desk, Counter[tuple[str, ...]]()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.desk, name)

        def called(*arguments: Any) -> Any:
            self.calls[(*arguments[:1], name) if arguments and isinstance(arguments[0], str) else (name,)] += 1
            return method(*arguments)

        return called


def conversations(office: Office, folder: Path, items: int) -> tuple[Counter[tuple[str, ...]], int, int]:
    """刷新 items 项的台账：书桌上的来往，LibreOffice 接口上的往返，写了多少格。"""
    benchmark = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "refresh.py"))
    for name in ("NODES_PER_ITEM", "FEEDBACK_PER_ITEM", "RECORDS_PER_ITEM"):
        benchmark["build"].__globals__[name] = 1
    path = folder / f"{items}.xlsx"
    benchmark["build"](path, items)
    with opened(office.desktop, path) as document:
        desk = Counting(calc_desk(office, Counted(document)))
        book = LiveBook(path, desk)
        found: list[Any] = []
        trips = calls(lambda: found.append(refresh(lambda: book, benchmark["AS_OF"], NOW)))
        return desk.calls, trips, found[0].written.cells


def test_two_thousand_items_take_as_many_conversations_as_two_hundred(office: Office, tmp_path: Path) -> None:
    few, few_trips, few_cells = conversations(office, tmp_path, 200)
    many, many_trips, many_cells = conversations(office, tmp_path, 2000)
    assert many_cells > 4 * few_cells
    assert many == few
    measured = 3 * _FEW * 6  # 三张有长文字的表，至多各分这么多块量行高，每块几次来往
    assert abs(many_trips - few_trips) <= measured
    sheets = Counter[str]()
    for (sheet, *_), number in many.items():
        sheets[sheet] += number
    assert max(sheets.values()) <= 12, sheets
    assert many_trips <= 32 * len(layout().order)


# ---- 守门 ----


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


def test_a_libreoffice_that_dies_is_told(small: Mapping[bool, Path], tmp_path: Path) -> None:
    path = copied(small[False], tmp_path)
    with clerks_office(tmp_path / "配置") as folder:
        there = attach(folder)
        desk = calc_desk(there, there.desktop.loadComponentFromURL(to_url(path), "_blank", 0, ()))
        book = LiveBook(path, desk)
        book.sheets()
        os.kill(there.pid, signal.SIGKILL)
        until(lambda: not there.is_alive(), "LibreOffice 没有了")
        edits = {"事项": [CellEdit(4, 5, "进度滞后")]}
        for ask in (
            book.sheets,
            lambda: book.write(edits, LOOKS, STAMP),
            lambda: desk.say("刷新"),
            lambda: desk.tell("好了", "督办台账"),
        ):
            with pytest.raises(Locked, match="关掉了"):
                ask()

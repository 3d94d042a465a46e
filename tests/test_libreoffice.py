"""xlwings 的 LibreOffice 引擎：对着真的 LibreOffice（无窗口，自己的配置文件夹），像用户那样用。"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offices import Counted, calls, clerks_office, until

from pyengine import libreoffice
from pyengine.libreoffice import areas, formulas, office, processes, runtime

HEADS = ["编号", "完成时限", "完成进度", "预警状态"]
ROWS = [
    ["ZF-001", dt.datetime(2026, 6, 30), 0.5, "正常推进"],
    ["ZF-002", dt.datetime(2026, 9, 30), 1.0, "已完成"],
    ["007", None, None, "缺时限"],
]


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """经办人的一本小台账。"""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "台账"
    for row in [HEADS, *ROWS]:
        page.append(row)
    for cell in page["B"][1:]:
        cell.number_format = "yyyy-mm-dd"
    book.defined_names["编号列"] = openpyxl.workbook.defined_name.DefinedName("编号列", attr_text="台账!$A$2:$A$4")
    page.add_table(openpyxl.worksheet.table.Table(displayName="事项", ref="A1:D4"))
    path = tmp_path_factory.mktemp("桌 面") / "督办 台账.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory, ledger: Path) -> Iterator[Path]:
    """经办人自己打开了台账的 LibreOffice 的配置文件夹。"""
    with clerks_office(tmp_path_factory.mktemp("office"), ledger) as folder:
        yield folder


@pytest.fixture(scope="session")
def xw(profile: Path) -> Any:
    """登记好引擎的 xlwings。"""
    libreoffice.register(profile)
    import xlwings

    return xlwings


@pytest.fixture
def sheet(xw: Any) -> Iterator[Any]:
    """一本新表的第一张表，用完关掉。"""
    book = xw.books.add()
    yield book.sheets[0]
    book.close()


@pytest.fixture
def counting(sheet: Any) -> Any:
    """同一张表，经过计数。"""
    impl = sheet.impl
    impl.document.api = Counted(impl.document.api)
    impl._api = Counted(impl.api)
    return sheet


# ---- 用户怎么用 ----


def test_a_user_attaches_to_the_open_workbook_and_works_in_it(xw: Any, profile: Path, ledger: Path) -> None:
    until(lambda: ledger.name in [book.name for book in xw.books], "台账打开")
    before = len(xw.books)
    book = xw.Book(str(ledger))
    assert len(xw.books) == before
    assert libreoffice.attach(ledger, profile) == book
    page = book.sheets["台账"]
    assert page["A1"].expand().value == [HEADS, *ROWS[:2], ["007", None, None, "缺时限"]]
    frame = page["A1"].options(pd.DataFrame, expand="table", index=False).value
    assert list(frame["完成时限"])[:2] == [pd.Timestamp(2026, 6, 30), pd.Timestamp(2026, 9, 30)]
    assert frame["完成进度"].tolist()[:2] == [0.5, 1.0]
    assert page["B2"].number_format.lower() == "yyyy-mm-dd"
    assert book.names["编号列"].refers_to_range.value == ["ZF-001", "ZF-002", "007"]
    assert page.tables["事项"].range.address == "$A$1:$D$4"
    assert page.tables["事项"].data_body_range.address == "$A$2:$D$4"
    page["C4"].formula = "=SUM(C2:C3)/2"
    page["C4"].number_format = "0%"
    page["C4"].color = "#FF7C80"
    assert page["C4"].value == 0.75
    assert page["C4"].api.getString() == "75%"
    page["F1"].options(index=False).value = frame[["编号", "完成时限"]]
    assert page["F1"].expand().value[1] == ["ZF-001", dt.datetime(2026, 6, 30)]
    book.save()
    saved = openpyxl.load_workbook(ledger)["台账"]
    assert (saved["C4"].value, saved["C4"].number_format) == ("=SUM(C2:C3)/2", "0%")
    assert saved["C4"].fill.fgColor.rgb == "FFFF7C80"
    assert saved["G3"].value == dt.datetime(2026, 9, 30)


def test_attaching_opens_no_window_and_starts_nothing(xw: Any, profile: Path, tmp_path: Path) -> None:
    desktop = xw.apps.active.api
    frames = desktop.getFrames().getCount()
    again = office.attach(profile)
    assert (again.pid, desktop.getFrames().getCount()) == (xw.apps.active.pid, frames)
    assert Path(f"/proc/{again.pid}/cmdline").read_bytes().count(str(profile).encode())
    with pytest.raises(libreoffice.NotRunning):
        office.attach(tmp_path / "没有开过")
    assert not processes.is_running(runtime.to_url(tmp_path / "没有开过"))
    with pytest.raises(libreoffice.NotRunning, match="没有在 LibreOffice 里打开"):
        libreoffice.attach(tmp_path / "没有打开的表.xlsx", profile)


def test_of_two_workbooks_of_one_name_the_one_of_the_path_is_found(
    xw: Any, profile: Path, ledger: Path, tmp_path: Path
) -> None:
    other = tmp_path / "去年" / ledger.name
    other.parent.mkdir()
    shutil.copy(ledger, other)
    opened = xw.apps.active.impl.books.open(str(other))
    assert [book.name for book in xw.books].count(ledger.name) == 2
    assert libreoffice.attach(ledger, profile).fullname == str(ledger)
    assert libreoffice.attach(other, profile).fullname == str(other)
    opened.close()


def test_an_office_with_any_profile_is_found(xw: Any, ledger: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(ledger, tmp_path / "另一本 台账.xlsx"))
    registered = {engine.name: engine for engine in xw.engines}["libreoffice"]
    try:
        with clerks_office(tmp_path / "别的 配置%", copy):
            until(lambda: found_anywhere(copy), "台账打开")
            assert found_anywhere(ledger)
    finally:
        xw.engines.engines[:] = [registered if e.name == "libreoffice" else e for e in xw.engines.engines]
        registered.activate()
    assert not found_anywhere(copy)


def found_anywhere(path: Path) -> bool:
    """不说是哪个配置的，找不找得到开着的这一本。"""
    libreoffice.register(activate=False)
    try:
        return libreoffice.attach(path).fullname == str(path)
    except libreoffice.NotRunning:
        return False


def test_the_users_own_application_is_never_closed(xw: Any) -> None:
    app = xw.apps.active
    for end in (app.quit, app.kill):
        with pytest.raises(libreoffice.Refused, match="不能关闭"):
            end()
    assert xw.apps.active == app


def test_an_application_of_ones_own_comes_and_goes(xw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with xw.App(visible=False) as app:
        ours = app.impl.office
        assert app.pid != list(xw.apps)[-1].pid
        app.books[0].sheets[0]["A1"].value = 1
        monkeypatch.setattr(office, "ANSWER_SECONDS", 0.5)
        os.killpg(ours.process.pid, signal.SIGSTOP)
        with pytest.raises(libreoffice.Busy) as busy:
            office.attach(ours.folder)
        os.killpg(ours.process.pid, signal.SIGCONT)
        monkeypatch.undo()
        assert busy.value.retry
        assert office.attach(ours.folder).pid == app.pid
    assert ours.process.poll() is not None
    assert not ours.folder.exists()
    assert app not in list(xw.apps)


def test_a_dying_application_is_told_in_plain_words(xw: Any) -> None:
    app = xw.App(visible=False)
    cell = app.books[0].sheets[0]["A1"]
    app.kill()
    with pytest.raises(libreoffice.Gone, match="关掉了"):
        _ = cell.value


# ---- 取值 ----

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=12)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False) | st.integers(-(2**53), 2**53)
MOMENTS = st.datetimes(dt.datetime(1901, 2, 1), dt.datetime(9999, 12, 31)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
VALUES = (
    st.none() | st.booleans() | NUMBERS | TEXTS.map(lambda text: "'" + text) | MOMENTS | st.dates(dt.date(1901, 2, 1))
)
BLOCKS = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1, max_size=8)
)


def expected(value: Any) -> Any:
    if isinstance(value, str):
        return value[1:] or None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return value


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block=BLOCKS)
def test_what_is_written_is_read_back(sheet: Any, block: list[list[Any]]) -> None:
    target = sheet["B2"].resize(len(block), len(block[0]))
    target.value = block
    found = target.options(ndim=2).value
    assert found == [[expected(value) for value in row] for row in block]
    assert [[type(value) is bool for value in row] for row in found] == [
        [type(value) is bool for value in row] for row in block
    ]
    sheet["B2:G9"].clear()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block=BLOCKS)
def test_a_block_with_formulas_keeps_its_other_values(sheet: Any, block: list[list[Any]]) -> None:
    target = sheet["B2"].resize(len(block), len(block[0]) + 1)
    target.value = [[*row, "=1+1"] for row in block]
    assert target.options(ndim=2).value == [[*(expected(value) for value in row), 2.0] for row in block]
    sheet["B2:H9"].clear()


@pytest.mark.parametrize("zero", [dt.date(1899, 12, 30), dt.date(1900, 1, 1), dt.date(1904, 1, 1)])
def test_dates_are_right_whatever_day_zero_is(sheet: Any, zero: dt.date) -> None:
    sheet.book.api.NullDate = runtime.struct("util.Date", zero.day, zero.month, zero.year)
    sheet["A1"].value = [
        [dt.date(2026, 2, 28)],
        [dt.datetime(1904, 1, 2, 23, 59, 58, 123000)],
        [pd.Timestamp(2024, 2, 29)],
    ]
    assert [sheet[row, 0].api.getString()[:10] for row in range(3)] == ["2026-02-28", "1904-01-02", "2024-02-29"]
    moments = [dt.datetime(2026, 2, 28), dt.datetime(1904, 1, 2, 23, 59, 58, 123000), dt.datetime(2024, 2, 29)]
    assert sheet["A1:A3"].value == moments
    assert sheet["A1:A3"].options(dates=dt.date).value == [moment.date() for moment in moments]
    assert sheet["A1"].api.getValue() == (dt.date(2026, 2, 28) - zero).days


def test_a_workbook_of_the_1904_calendar(xw: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = dt.datetime(2026, 6, 30)
    book.save(tmp_path / "一九〇四.xlsx")
    opened = xw.books.open(tmp_path / "一九〇四.xlsx")
    page = opened.sheets[0]
    page["A2"].value = page["A1"].value
    assert page["A1:A2"].value == [dt.datetime(2026, 6, 30)] * 2
    assert page["A1"].raw_value == page["A2"].raw_value
    opened.close()


def test_times_and_spans_show_as_such_and_read_as_numbers(sheet: Any) -> None:
    sheet["A1"].value = [dt.time(6, 30), dt.timedelta(hours=36), dt.datetime(2026, 1, 1, 6, 30), 0.5]
    assert [cell.api.getString() for cell in sheet["A1:D1"]] == ["06:30:00", "36:00:00", "2026-01-01 06:30:00", "0.5"]
    assert sheet["A1:D1"].value == [6.5 / 24, 1.5, dt.datetime(2026, 1, 1, 6, 30), 0.5]


def test_a_date_keeps_the_date_format_the_office_chose(sheet: Any) -> None:
    sheet["A1"].number_format = 'yyyy"年"m"月"d"日"'
    sheet["B1"].number_format = "0.00"
    sheet["A1"].value = [dt.date(2026, 6, 30)] * 2
    assert [cell.api.getString() for cell in sheet["A1:B1"]] == ["2026年6月30日", "2026-06-30"]


def test_texts_stay_texts_when_asked(sheet: Any) -> None:
    sheet["A1"].value = ["'=1+1", "007", "2026-01-01", "1/2", "''引号", "TRUE", "=1+1"]
    texts = ["=1+1", "007", "2026-01-01", "1/2", "'引号", "TRUE"]
    assert sheet["A1:G1"].value == [*texts, 2.0]
    assert [cell.api.getType().value for cell in sheet["A1:G1"]] == ["TEXT"] * 6 + ["FORMULA"]
    sheet["A2:G2"].number_format = "@"
    sheet["A2"].value = ["=1+1", "=NOW()", 1, "=A1", None, "x", "=1+1"]
    assert sheet["A2:G2"].value == ["=1+1", "=NOW()", 1.0, "=A1", None, "x", "=1+1"]
    written = sheet["A1:G2"].formula
    sheet["A5:G6"].formula = written
    assert sheet["A5:G6"].value == sheet["A1:G2"].value


def test_a_number_after_a_truth_value_is_a_number(sheet: Any) -> None:
    sheet["A1"].value = [True, False, 1, 0]
    assert [str(value) for value in sheet["A1:D1"].value] == ["True", "False", "1.0", "0.0"]
    sheet["A1"].value = [5, 1, True, "是"]
    assert [cell.api.getString() for cell in sheet["A1:D1"]] == ["5", "1", "TRUE", "是"]
    assert [str(value) for value in sheet["A1:D1"].value] == ["5.0", "1.0", "True", "是"]
    sheet["A1"].value = [True, True, True]
    sheet["A1"].clear_contents()
    sheet["B1"].value = "是"
    sheet["A1"].value = [1, 0, 7]
    assert [cell.api.getString() for cell in sheet["A1:C1"]] == ["1", "0", "7"]


def test_errors_and_options(sheet: Any) -> None:
    sheet["A1"].value = ["=1/0", "=NA()", "=没有这个()", "=#REF!+1", '=VALUE("x")', "=1+1", None]
    names = ["#DIV/0!", "#N/A", "#NAME?", "#REF!", "#VALUE!"]
    assert sheet["A1:G1"].value == [None] * 5 + [2.0, None]
    assert sheet["A1:G1"].options(err_to_str=True, numbers=int, empty="空").value == [*names, 2, "空"]


@pytest.mark.parametrize("value", [float("inf"), object(), [1]])
def test_what_no_cell_can_hold_is_refused_before_anything_is_written(sheet: Any, value: object) -> None:
    sheet["A1"].value = "原样"
    with pytest.raises((TypeError, ValueError), match="单元格放不下"):
        sheet["A1"].value = [["新", value]]
    assert sheet["A1"].value == "原样"


def test_missing_values_of_pandas_and_numpy_kinds(sheet: Any) -> None:
    frame = pd.DataFrame(
        {
            "数": pd.array([1, None, 3], dtype="Int64"),
            "日": [pd.Timestamp(2026, 1, 1), pd.NaT, pd.Timestamp(2026, 3, 1)],
            "否": [True, False, True],
        }
    )
    sheet["A1"].options(index=False).value = frame
    assert sheet["A2:C4"].value == [
        [1.0, dt.datetime(2026, 1, 1), True],
        [None, None, False],
        [3.0, dt.datetime(2026, 3, 1), True],
    ]
    sheet["E1"].value = [frame["日"].to_numpy()[0], frame["否"].to_numpy()[0], pd.Timedelta(hours=12).to_numpy()]
    assert sheet["E1:G1"].value == [dt.datetime(2026, 1, 1), True, 0.5]


# ---- 公式 ----


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(A1,B1:C1)", 6.0),
        ("=SUM(Sheet1!A1:C1)", 6.0),
        ("='总 表'!$A$1*2", 84.0),
        ('=总表!A1&"a,b;c\'d!e"', "3a,b;c'd!e"),
        ("=SUM((A1,C1))", 4.0),
        ("=INDEX({1,2;3,4},2,1)", 3.0),
        ("=NORM.S.DIST(0,TRUE)", 0.5),
        ("=IFERROR(1/0,-1)", -1.0),
        ("=SUM(A:A)-SUM(1:1)", -5.0),
        ("=EDATE(A1,12)", 366.0),
        ("=IF(A1>=1,A1<>B1,FALSE)", True),
        ('=COUNTIF(A1:C1,">=2")', 2.0),
    ],
)
def test_formulas_are_in_excels_spelling_both_ways(sheet: Any, formula: str, value: object) -> None:
    for name, content in (("总 表", 42), ("总表", 3)):
        sheet.book.sheets.add(name).range("A1").value = content
    sheet["A1"].value = [1, 2, 3]
    sheet["D2"].formula = formula
    assert sheet["D2"].value == value
    assert sheet["D2"].formula.replace("FALSE()", "FALSE").replace("TRUE()", "TRUE") == formula


def test_a_filled_formula_moves_along(sheet: Any) -> None:
    sheet["A1"].options(transpose=True).value = [1, 2, 3]
    sheet["B1:C3"].formula = "=$A1*A$1"
    assert sheet["B1:C3"].value == [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]
    assert sheet["C3"].formula == "=$A3*B$1"
    assert formulas.moved("=SUM(A:A,$B:B,3:$4,'A1'!B2)+LOG10(A1)&\"A1\"", 1, 1) == (
        "=SUM(B:B,$B:C,4:$4,'A1'!C3)+LOG10(B2)&\"A1\""
    )


# ---- 往返次数 ----


def test_a_block_takes_a_handful_of_calls_whatever_its_size(counting: Any) -> None:
    def block(rows: int) -> list[list[Any]]:
        kinds = ["文字", 1.5, dt.date(2026, 6, 30), None, 7]
        return [[kinds[column % 5] for column in range(40)] for _ in range(rows)]

    def there_and_back(rows: int) -> tuple[int, int]:
        counting.clear()
        impl, values = counting["A1"].resize(rows, 40).impl, block(rows)
        return calls(lambda: setattr(impl, "raw_value", values)), calls(lambda: impl.raw_value)

    there_and_back(1)
    assert there_and_back(2000) == there_and_back(2)
    written, read = there_and_back(2000)
    assert (written <= 20, read <= 9) == (True, True), (written, read)


def test_two_thousand_scattered_cells_are_restyled_in_a_few_calls(counting: Any) -> None:
    book = counting.book
    libreoffice.add_style(book, "逾期未完成", fill="FF7C80", font="7A0000", bold=True)
    libreoffice.add_style(book, "逾期未完成", fill="000000")
    assert "逾期未完成" in libreoffice.style_names(book)
    counting["A1:F2000"].color = (1, 2, 3)
    cells = [(row, 1 + row * 7 % 5) for row in range(1, 2001)]
    assert calls(lambda: libreoffice.restyle(counting, "逾期未完成", cells)) <= 10
    styled = counting[1999, 0 + 2000 * 7 % 5]
    assert (styled.api.CellStyle, styled.color, styled.font.color) == ("逾期未完成", (255, 124, 128), (122, 0, 0))
    assert counting["F2000"].color == (1, 2, 3)
    assert counting["F2000"].api.CellStyle == "Default"


# ---- 样式、格式、大小 ----


def test_looks(sheet: Any) -> None:
    block = sheet["A1:B2"]
    block.color, block.wrap_text, block.font.bold, block.font.size = (255, 0, 0), True, True, 14
    block.horizontal_alignment, block.vertical_alignment, block.font.color = "center", "top", "#0000FF"
    assert (block.color, block.wrap_text, block.font.bold, block.font.size) == ((255, 0, 0), True, True, 14)
    assert (block.horizontal_alignment, block.vertical_alignment, block.font.color) == ("center", "top", (0, 0, 255))
    sheet["B2"].color = None
    assert (sheet["B2"].color, block.color, sheet["A1"].color) == (None, None, (255, 0, 0))
    block.clear_formats()
    assert (block.color, block.font.bold, block.number_format) == (None, False, "General")
    block.number_format = "#,##0.00"
    sheet["A1"].value = 1234.5
    assert (sheet["A1"].api.getString(), block.number_format) == ("1,234.50", "#,##0.00")


def test_measures_and_moving_cells(sheet: Any) -> None:
    sheet["A1"].value = [["很长很长很长很长很长很长的一段文字", 2], [3, 4]]
    narrow = sheet["A1"].width
    sheet["A1"].columns.autofit()
    assert sheet["A1"].width > narrow
    sheet["A1:A2"].row_height = 30
    assert sheet["A1:A2"].row_height == pytest.approx(30, abs=0.1)
    sheet["A1"].column_width = 20
    assert sheet["A1"].column_width == pytest.approx(20, abs=0.1)
    sheet["2:2"].insert("down")
    assert sheet["A1:B3"].value[1:] == [[None, None], [3.0, 4.0]]
    sheet["2:2"].delete("up")
    sheet["A1:B2"].copy(sheet["D5"])
    assert sheet["E5:E6"].value == [2.0, 4.0]
    sheet["D1:E1"].merge()
    assert (sheet["E1"].merge_area.address, sheet["D1:E1"].merge_cells) == ("$D$1:$E$1", True)
    sheet["D1:E1"].unmerge()
    assert not sheet["D1:E1"].merge_cells


def test_edges_and_regions(sheet: Any) -> None:
    sheet["B2"].value = [[1, 2, None, 4], [5, '=""', None, 6], [7, 8, None, None]]
    assert sheet.used_range.address == "$B$2:$E$4"
    ends = {way: sheet["B2"].end(way).address for way in ("down", "right", "up", "left")}
    assert ends == {"down": "$B$4", "right": "$C$2", "up": "$B$1", "left": "$A$2"}
    assert [sheet["C2"].end("right").address, sheet["E4"].end("left").address] == ["$E$2", "$C$4"]
    assert sheet["C2"].end("down").address == "$C$4"
    assert sheet["B4"].end("down").row == sheet.cells.shape[0]
    assert sheet["B2"].current_region.address == "$B$2:$C$4"
    assert sheet["B2"].expand().address == "$B$2:$C$4"


# ---- 表、名称、批注、表格 ----


def test_sheets(sheet: Any) -> None:
    book = sheet.book
    added = book.sheets.add("专班台账", after=sheet)
    assert [page.name for page in book.sheets] == ["Sheet1", "专班台账"]
    added["A1"].value = "留下"
    copied = added.copy(name="专班台账-副本")
    assert copied["A1"].value == "留下"
    copied.move(before=sheet)
    assert (copied.index, book.sheets[0].name) == (1, "专班台账-副本")
    copied.visible = False
    assert not copied.visible
    copied.delete()
    added.name = "改过的名"
    assert "改过的名" in book.sheets
    added.activate()
    assert book.sheets.active == added
    with pytest.raises(KeyError):
        _ = book.sheets["没有这张表"]
    with pytest.raises(ValueError, match="没有"):
        _ = added["没有这个名称"]


def test_names_notes_and_tables(sheet: Any) -> None:
    sheet["A1"].value = [["编号", "数"], ["a", 1], ["b", 2]]
    sheet["A2:A3"].name = "编号列"
    sheet.names.add("本表", "=Sheet1!$B$2")
    names = sheet.book.names
    assert {name.name: name.refers_to for name in names} == {
        "编号列": "=Sheet1!$A$2:$A$3",
        "Sheet1!本表": "=Sheet1!$B$2",
    }
    assert (sheet["编号列"].value, sheet["本表"].value, sheet["A2:A3"].name.name) == (["a", "b"], 1.0, "编号列")
    names["编号列"].refers_to = "=Sheet1!$A$3"
    assert names["编号列"].refers_to_range.address == "$A$3"
    names["编号列"].delete()
    assert "编号列" not in names

    sheet["B2"].add_note("系统：由人核实")
    sheet["B3"].add_note("第二条")
    assert [(note.location.address, note.text) for note in sheet.notes] == [
        ("$B$2", "系统：由人核实"),
        ("$B$3", "第二条"),
    ]
    sheet["B2"].note.text = "改过"
    sheet["B3"].note.delete()
    assert (sheet["B2"].note.text, sheet["B3"].note) == ("改过", None)

    table = sheet.tables.add(sheet["A1:B2"], name="事项")
    table.resize(sheet["A1:B3"])
    assert (table.header_row_range.value, table.data_body_range.value) == (["编号", "数"], [["a", 1.0], ["b", 2.0]])
    assert (sheet["B3"].table.name, sheet["D9"].table, len(sheet.tables)) == ("事项", None, 1)
    table.update(pd.DataFrame({"编号": ["x"], "数": [9]}), index=False)
    assert sheet["A1:B3"].value == [["编号", "数"], ["x", 9.0], [None, None]]


def test_protected_cells_and_unknown_styles_are_refused_in_plain_words(sheet: Any) -> None:
    sheet["A1"].value = "原样"
    sheet.api.protect("")
    with pytest.raises(libreoffice.Refused, match="Sheet1!A1"):
        sheet["A1"].value = "改"
    with pytest.raises(libreoffice.Refused, match="受保护"):
        libreoffice.restyle(sheet, "Heading", [(1, 1)])
    sheet.api.unprotect("")
    with pytest.raises(libreoffice.Refused, match="没有“没有的样式”"):
        libreoffice.restyle(sheet, "没有的样式", [(1, 1)])
    assert (sheet["A1"].value, sheet["A1"].api.CellStyle) == ("原样", "Default")


def test_status_bar_messages_and_screen_updating(sheet: Any) -> None:
    app = sheet.book.app
    app.status_bar = "正在刷新"
    assert app.status_bar == "正在刷新"
    app.status_bar = False
    assert app.status_bar is False
    assert (app.alert("完成"), app.alert("继续？", buttons="yes_no")) == ("ok", "cancel")
    with suppress(ZeroDivisionError), app.properties(screen_updating=False, calculation="manual"):
        assert sheet.book.api.hasControllersLocked()
        raise ZeroDivisionError
    assert (sheet.book.api.hasControllersLocked(), app.calculation) == (False, "automatic")


def test_saving_as_another_file(sheet: Any, tmp_path: Path) -> None:
    sheet["A1"].value = ["编号", True, dt.date(2026, 6, 30), "007"]
    with pytest.raises(libreoffice.OfficeError, match="没有存过"):
        sheet.book.save()
    with pytest.raises(libreoffice.OfficeError, match=r"不能存成 \.docx"):
        sheet.book.save(tmp_path / "表.docx")
    sheet.book.save(tmp_path / "新 表.xlsx")
    assert sheet.book.fullname == str(tmp_path / "新 表.xlsx")
    row = next(openpyxl.load_workbook(tmp_path / "新 表.xlsx").active.values)
    assert row == ("编号", True, dt.datetime(2026, 6, 30), "007")


# ---- 区域 ----

CELLS = st.sets(st.tuples(st.integers(1, 9), st.integers(1, 6)))


@given(CELLS)
def test_joined_rectangles_are_exactly_the_cells(cells: set[areas.Cell]) -> None:
    found = [cell for area in areas.joined(cells) for cell in area.cells()]
    assert sorted(found) == sorted(cells)


@given(st.integers(1, 1000), st.integers(1, 16000), st.integers(1, 50), st.integers(1, 300))
def test_addresses_are_read_as_they_are_spelled(row: int, column: int, rows: int, columns: int) -> None:
    area = areas.Area(row, column, rows, columns)
    for fixed in (True, False):
        assert areas.parse(area.address(fixed, fixed).lower(), 1 << 20, 1 << 14) == area


def test_whole_rows_and_columns_and_no_addresses() -> None:
    assert areas.parse("$B:A", 10, 5) == areas.Area(1, 1, 10, 2)
    assert areas.parse("3:$2", 10, 5) == areas.Area(2, 1, 2, 5)
    assert [areas.parse(text, 10, 5) for text in ("A", "7", "A1:B", "名称", "", ":", "A1:", "Z1", "A11", "A0")] == [
        None
    ] * 10


# ---- 不碍别人的事 ----


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_package_loads_neither_xlwings_nor_uno() -> None:
    loaded = "import sys, pyengine.libreoffice; print(sorted({'xlwings', 'uno', 'pyuno'} & set(sys.modules)))"
    assert run_python(loaded) == "[]\n"


def test_uno_does_no_harm_to_ordinary_imports(profile: Path) -> None:
    tries = (
        "def tries():\n"
        "    for text in ('import nothing_here', 'from os import nothing', 'from nothing_here import a', 'import os.nothing'):\n"
        "        try: exec(text)\n"
        "        except Exception as e: yield type(e).__name__, str(e), e.name, e.path\n"
        "import sys\nbefore, path = list(tries()), list(sys.path)\n"
        "from pyengine.libreoffice import runtime\nruntime.load_uno()\n"
        "assert list(tries()) == before, list(tries())\nassert sys.path == path\n"
        "from com.sun.star.beans import PropertyValue\nprint(PropertyValue.__name__)"
    )
    assert run_python(tries) == "com.sun.star.beans.PropertyValue\n"


def test_without_the_bridge_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("uno", "pyuno"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(runtime, "_SYSTEM_PYTHON", ())
    monkeypatch.setattr(runtime, "programs", tuple)
    with pytest.raises(libreoffice.Missing) as missing:
        runtime.load_uno()
    assert "uno" in missing.value.message
    assert "python3-uno" in missing.value.advice
    with pytest.raises(libreoffice.Missing, match="没有找到 LibreOffice"):
        runtime.soffice()

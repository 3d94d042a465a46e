"""打开着的台账里不必有窗口也能看清的：Excel 忙、关了、不接受时怎么办，哪些文字要先打上记号，改动怎样成块。"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyengine.books.live import com
from pyengine.books.live.blocks import alike, areas_of, block, merges_in, typed
from pyengine.grid import Grid
from pyengine.libreoffice.areas import Area
from pyengine.ooxml import Locked, PackageError, WriteRefused

# ---- Excel 的错误 ----


class com_error(Exception):  # noqa: N801
    """pywin32 的异常的样子：号码带符号，程序自己的号在 excepinfo 末尾。"""

    def __init__(self, hresult: int, scode: int | None = None) -> None:
        super().__init__(hresult)
        self.hresult = hresult
        self.excepinfo = None if scode is None else (0, "Microsoft Excel", "", None, 0, scode)


class ExcelBusyError(Exception):
    """xlwings 的同名异常。"""


UNASKED = "Excel.Application.Worksheets"
"""pywin32 连名称都没有问成时 AttributeError 的话。"""
BUSY = {
    "拒绝来电": com_error(-2147418111),
    "稍后再来": com_error(-2147417846),
    "正在编辑一格": com_error(-2147352567, -2146777998),
    "正在编辑一格（早绑定）": com_error(-2146777998),
    "xlwings 说忙": ExcelBusyError("busy"),
    "名称没有问成": AttributeError(UNASKED),
    "属性没有改成": AttributeError("Property 'Excel.Application.StatusBar' can not be set."),
}
GONE = {"断开了": com_error(-2147417848), "没有了": com_error(-2147023174), "中途没有了": com_error(-2147023170)}
REFUSED = {"1004": com_error(-2147352567, -2146827284), "没有说明": com_error(-2147352567)}


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """不真的等，只记下等了几次、每次多久。"""
    found: list[float] = []
    monkeypatch.setattr(com, "sleep", found.append)
    return found


def failing(error: Exception, times: int) -> Any:
    """头几次出错，以后回答“好”的一步。"""
    left = iter(range(times))

    @com.patient
    def step() -> str:
        if next(left, None) is not None:
            raise error
        return "好"

    return step


@pytest.mark.parametrize("error", BUSY.values(), ids=BUSY)
def test_a_busy_program_is_asked_again(error: Exception, naps: list[float]) -> None:
    assert failing(error, 7)() == "好"
    assert naps == [com._PAUSE] * 7


@pytest.mark.parametrize("error", BUSY.values(), ids=BUSY)
def test_patience_ends_after_a_quarter_of_a_minute(error: Exception, naps: list[float]) -> None:
    with pytest.raises(Locked, match="正忙") as raised:
        failing(error, 1000)()
    assert raised.value.__cause__ is error
    assert 14 <= sum(naps) <= 16


@pytest.mark.parametrize("times", [1, 60])
@pytest.mark.parametrize("error", GONE.values(), ids=GONE)
def test_a_program_that_is_gone_is_told_at_once(error: Exception, times: int, naps: list[float]) -> None:
    with pytest.raises(Locked, match="关掉了"):
        failing(error, times)()
    assert naps == []


@pytest.mark.parametrize("error", REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_told_at_once(error: Exception, naps: list[float]) -> None:
    with pytest.raises(WriteRefused, match="不接受改动"):
        failing(error, 1)()
    assert naps == []
    assert com.is_refusal(error)


def test_only_a_refusal_is_one() -> None:
    others = [*BUSY.values(), *GONE.values(), KeyError("x"), ValueError()]
    assert [error for error in others if com.is_refusal(error)] == []


@pytest.mark.parametrize(
    "error", [AttributeError("'ExcelDesk' object has no attribute '_bok'"), KeyError("甲"), TypeError()]
)
def test_our_own_mistakes_are_not_taken_for_a_busy_program(error: Exception, naps: list[float]) -> None:
    with pytest.raises(type(error)) as raised:
        failing(error, 1)()
    assert raised.value is error
    assert naps == []


def test_our_own_messages_pass_unchanged(naps: list[float]) -> None:
    error = WriteRefused("甲。", "乙。")
    with pytest.raises(PackageError) as raised:
        failing(error, 1)()
    assert (raised.value, naps) == (error, [])


def test_the_file_is_known_however_its_path_is_spelled(tmp_path: Path) -> None:
    ledger = tmp_path / "台账.xlsx"
    ledger.write_bytes(b"1")
    other = tmp_path / "另一本.xlsx"
    other.write_bytes(b"1")
    link = tmp_path / "链接.xlsx"
    link.symlink_to(ledger)
    assert com._same(str(ledger), ledger)
    assert com._same(str(link), ledger)
    assert com._same(str(tmp_path / "." / "台账.xlsx"), ledger)
    unlike = (
        str(other),
        "台账.xlsx",
        "https://县.sharepoint.com/台账.xlsx",
        "工作簿1",
        "",
        "\0",
        str(tmp_path / "没有.xlsx"),
    )
    assert [name for name in unlike if com._same(name, ledger)] == []


# ---- 打上记号的文字 ----

GUESSED = (
    *(
        "007",
        "1-2",
        "3/4",
        "2026.1.5",
        "3月5日",
        "2026年3月5日",
        "二〇二六年三月五日",
        "上午9:30",
        "下午3点",
        "10:30",
        "50%",
    ),
    *(
        "¥100",
        "￥100",
        "$5",
        "1,234",
        "(5)",
        "（5）",
        "1E5",
        "１２",
        "５０％",
        " 5 ",
        "\u30005",
        "\t5",
        ".5",
        "TRUE",
        "false",
        "真",
    ),
    *(
        "#N/A",
        "=A1",
        "+5",
        "-5",
        "@SUM(A1)",
        "'甲",
        "Jan-5",
        "march 3",
        "May",
        "十月一日",
        "＝A1",
        "＋5",
        "－5",
        "＠甲",
    ),
)
PLAIN = (
    *("正常推进", "进度滞后", "数据待核", "持续推进", "橙牌（建议）", "政府工作报告台账!G12", "ZFGZ-2026-001", "县发展和改革局"),
    *("按时间进度应达52%，实际40%（政府工作报告台账!N12）", "完成时限 2026-06-30 已过10天", "友政办发〔2023〕1号 二（二）", "《重点工作督办提示函》"),
    *("每月25日前", "截至6月底", "错误", "甲\n乙", "★★★★", "", "真实情况", "truth", "falsework"),
)  # fmt: skip


@pytest.mark.parametrize("text", GUESSED)
def test_a_text_that_excel_would_take_for_something_else_is_marked(text: str) -> None:
    assert typed(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN)
def test_the_usual_words_are_not_marked(text: str) -> None:
    assert typed(text) == text


@given(st.one_of(st.text(), st.integers(), st.floats(allow_nan=False), st.booleans(), st.none(), st.dates()))
def test_a_mark_is_all_that_is_ever_added(value: object) -> None:
    assert typed(value) == value or typed(value) == f"'{value}"
    assert isinstance(value, str) or typed(value) is value


# ---- 成块 ----

CELLS = st.sets(st.tuples(st.integers(1, 12), st.integers(1, 6)), max_size=30)


@given(CELLS, CELLS, st.sets(st.integers(1, 6)))
def test_blocks_hold_every_change_and_no_formula(cells: set[Any], fixed: set[Any], linked: set[int]) -> None:
    fixed -= cells
    areas = areas_of(cells, fixed, linked)
    covered = [cell for area in areas for cell in area.cells()]
    assert len(covered) == len(set(covered))
    assert cells <= set(covered)
    assert not fixed.intersection(covered)
    stay = set(covered) - cells
    assert {column for _, column in stay} <= {column for _, column in cells} - linked
    for row, column in stay:
        changed = [r for r, c in cells if c == column]
        assert min(changed) < row < max(changed)


def test_new_rows_take_nothing_above_them_along() -> None:
    """督查记录：上面各行只改“校验”，下面补一行；人填的格不重写（重写会丢格内的粗体、颜色）。"""
    checks, record = {(row, 11) for row in range(5, 30, 3)}, {(40, column) for column in range(1, 11)}
    covered = {cell for area in areas_of(checks | record, ()) for cell in area.cells()}
    assert {cell for cell in covered if cell[1] < 11} == record


@given(CELLS)
def test_a_block_gives_what_stays_its_own_value(cells: set[Any]) -> None:
    grid = Grid(tuple(tuple(f"旧{row}-{column}" for column in range(1, 7)) for row in range(1, 13)))
    values: dict[Any, Any] = {cell: f"新{cell}" for cell in cells}
    for area in areas_of(cells, ()):
        made = block(area, values, grid)
        seen = dict(zip(area.cells(), (value for row in made.rows for value in row), strict=True))
        assert seen == {cell: values.get(cell, f"旧{cell[0]}-{cell[1]}") for cell in area.cells()}


@given(st.lists(st.sampled_from("甲乙"), max_size=40))
def test_cells_are_told_apart_by_looks_in_few_questions(looks: list[str]) -> None:
    cells = [(row, 1) for row in range(1, len(looks) + 1)]
    asked: list[int] = []

    def ask(some: Sequence[tuple[int, int]]) -> str | None:
        asked.append(len(some))
        found = {looks[row - 1] for row, _ in some}
        return found.pop() if len(found) == 1 else None

    found = list(alike(cells, ask))
    assert [cell for _, group in found for cell in group] == cells
    assert all(looks[row - 1] == look for look, group in found for row, _ in group)
    changes = sum(one != other for one, other in pairwise(looks))
    assert len(asked) <= 1 + 2 * 6 * changes


@st.composite
def merged_areas(draw: st.DrawFn) -> tuple[Area, ...]:
    """互不重叠的几块合并。"""
    found: list[Area] = []
    for row, column, rows, columns in draw(
        st.lists(st.tuples(*[st.integers(1, 9)] * 2, *[st.integers(1, 4)] * 2), max_size=5)
    ):
        one = Area(row, column, rows, columns)
        if rows * columns > 1 and not any(one.common(other) for other in found):
            found.append(one)
    return tuple(found)


@given(merged_areas(), st.booleans())
def test_merged_cells_are_found_by_halving(merges: tuple[Area, ...], exact: bool) -> None:
    def ask(area: Area) -> Area | bool | None:
        touching = [one for one in merges if one.common(area)]
        if area.rows * area.columns > 1:
            return (None if exact else True) if touching else False
        return touching[0] if touching else False

    def found() -> Iterator[Area]:
        yield from merges_in(Area(1, 1, 14, 14), ask)

    assert sorted(found()) == sorted(merges)

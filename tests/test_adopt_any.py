"""迁入任何表：不论格里写什么，不崩溃；每个有内容的格在报告里正好一行，格数合得上；对照表写出、改过、再用。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from pyengine import cli
from pyengine.adopt import Adoption, adopt
from pyengine.adopt.mapping import HEADS
from pyengine.adopt.source import Sheet, Source, filled
from pyengine.grid import CellError, Grid
from pyengine.tables import StructureError

TODAY = date(2026, 10, 30)
HEAD_WORDS = ("序号", "编号", "类别", "工作任务", "具体要求", "任务分解\n（时序进度）", "一季度", "年度目标", "牵头领导", "牵头单位", "责任单位", "配合单位",
              "交办日期", "完成时限", "启动时间", "完成情况", "进度", "进展情况", "分值", "备注", "联系电话", "")  # fmt: skip
VALUES = st.one_of(
    st.none(), st.integers(-5, 50000), st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.just(CellError("#REF!")), st.text(max_size=12),
    st.sampled_from((
        "一、经济发展（3项）", "（一）工业", "1", "①", "1.1", "县教育局", "县教育局、县财政局", "县民政局牵头，县财政局配合", "各乡（镇）", "同上", "6月底前", "3月：立项。\n5月：开工",
        "6月31日前", "持续推进", "待定", "会后5个工作日内", "35%", "约三成", "办结", "√", "合计", "备注：以上各项", "秘密★1年", "—", "4★", "牵头单位：县教育局", "完成时限：年底前",
    )),
)  # fmt: skip


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """一张表：几行标题，一行表头，若干行，若干合并。"""
    others = draw(st.lists(st.sampled_from(HEAD_WORDS), max_size=7))
    heads = draw(st.permutations(["工作任务", draw(st.sampled_from(("牵头单位", "责任单位", "完成时限"))), *others]))
    above = draw(st.lists(st.lists(VALUES, min_size=len(heads), max_size=len(heads)), max_size=3))
    rows = draw(st.lists(st.lists(VALUES, min_size=len(heads), max_size=len(heads)), max_size=9))
    grid = [*above, [head or None for head in heads], *rows]
    corner = st.tuples(st.integers(1, len(grid)), st.integers(1, len(heads)))
    merges = draw(st.lists(st.tuples(corner, st.integers(0, 3), st.integers(0, 3)), max_size=3))
    areas = tuple((r, c, min(r + h, len(grid)), min(c + w, len(heads))) for (r, c), h, w in merges)
    kept = tuple(area for n, area in enumerate(areas) if all(_apart(area, other) for other in areas[:n]))
    blank = {(r, c) for a, b, y, x in kept for r in range(a, y + 1) for c in range(b, x + 1) if (r, c) != (a, b)}
    cells = tuple(
        tuple(None if (r, c) in blank else v for c, v in enumerate(row, 1)) for r, row in enumerate(grid, 1)
    )  # fmt: skip
    return Sheet(draw(st.sampled_from(("Sheet1", "领导批示", "统计"))), Grid(cells, kept))


def _apart(one: Sequence[int], two: Sequence[int]) -> bool:
    return one[2] < two[0] or two[2] < one[0] or one[3] < two[1] or two[3] < one[1]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheets())
def test_every_cell_of_any_sheet_is_accounted_for_once(sheet: Sheet) -> None:
    source = Source(Path("原台账.xlsx"), (sheet,))
    with suppress(StructureError):  # 一项任务也没有的，说没有台账
        _accounted(sheet, adopt(source, {}, TODAY, lambda text: None))


def _accounted(sheet: Sheet, result: Adoption) -> None:
    cells = Counter(row.source for row in result.report if "!" in row.source and row.handling != "空白")
    expected = {
        cell.address for cell in sheet.cells() if filled(cell.value)
    }  # fmt: skip
    assert set(cells) == expected
    assert set(cells.values()) <= {1}
    total = re.match(r"原表有内容的 (\d+) 格＝(.*?)(?:（|；)", result.totals)
    assert total is not None
    assert int(total[1]) == len(expected) == sum(map(int, re.findall(r"\d+", total[2])))
    moved = [row for row in result.report if row.handling in ("原样", "改写", "并入备注", "附表")]
    assert all(row.target for row in moved)
    assert all(row.note for row in result.report if row.handling in ("结构", "未迁移", "空白"))


def _old(path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "任务"
    for row in (
        ("2026年重点任务",), ("序号", "事情", "管事的", "帮忙的", "啥时候完"),
        (1, "新建幼儿园一所，新增学位二百七十个", "县教育局", "县财政局", "8月底前"), (2, "整修村屯道路二十六公里", "县交通运输局", None, "10月底前"),
    ):  # fmt: skip
        sheet.append(row)
    book.save(path)
    return path


def test_a_map_is_written_then_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, map_file = _old(tmp_path / "原台账.xlsx"), tmp_path / "新.xlsx", tmp_path / "对照.xlsx"
    assert cli.run(["adopt", str(old), str(new)]) == 4
    assert "没有找到台账" in capsys.readouterr().err
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "对照表"
    for row in (
        HEADS, ("任务", "（用途）", "", "", "专班台账", ""), ("任务", "（表头行）", "", "", "2", ""), ("任务", "B", "事情", "", "工作任务", ""),
        ("任务", "C", "管事的", "", "牵头单位", ""), ("任务", "D", "帮忙的", "", "责任单位", ""), ("任务", "E", "啥时候完", "", "完成时限", ""),
    ):  # fmt: skip
        sheet.append(row)
    book.save(map_file)
    assert cli.run(["adopt", str(old), str(new), "--map", str(map_file)]) == 0
    rows = list(load_workbook(new)["专班台账"].iter_rows(min_row=4, max_row=5, values_only=True))
    assert [(row[2], row[7], row[8], row[12]) for row in rows] == [
        ("新建幼儿园一所，新增学位二百七十个", "县教育局", "县财政局", "8月底前"),
        ("整修村屯道路二十六公里", "县交通运输局", None, "10月底前"),
    ]


def test_the_map_that_is_found_reads_back_as_the_same(tmp_path: Path) -> None:
    old = Path(__file__).parent / "ledgers" / "责任分解表.xlsx"
    first, second, map_file = tmp_path / "甲.xlsx", tmp_path / "乙.xlsx", tmp_path / "对照.xlsx"
    assert cli.run(["adopt", str(old), str(first), "--map", str(map_file)]) == 1
    assert cli.run(["adopt", str(old), str(second), "--map", str(map_file)]) == 1
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("where", "what", "said"),
    [
        ("B", "不知道", "对照.xlsx 第 2 行：“对应为”填的“不知道”不认识"),
        ("（用途）", "别的台账", "对照.xlsx 第 2 行：“对应为”填的“别的台账”不认识"),
    ],
)
def test_a_bad_map_says_which_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str, what: str, said: str
) -> None:
    old, new = _old(tmp_path / "原台账.xlsx"), tmp_path / "新.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADS)
    sheet.append(("任务", where, "", "", what, ""))
    book.save(tmp_path / "对照.xlsx")
    assert cli.run(["adopt", str(old), str(new), "--map", str(tmp_path / "对照.xlsx")]) == 4
    assert said in capsys.readouterr().err
    assert not new.exists()


def test_a_master_is_not_adopted_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    master = tmp_path / "督办台账.xlsx"
    assert cli.run(["new", str(master), "--sample"]) == 0
    assert cli.run(["adopt", str(master), str(tmp_path / "新.xlsx")]) == 4
    assert "已经是督办台账" in capsys.readouterr().err

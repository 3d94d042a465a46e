"""年度考评：加减分的读法，逐条加得起来，名次是竞赛名次，写回只写系统的列，没有明细列的旧台账照常刷新。"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import AS_OF as SAMPLE_DAY
from conftest import duban, rows_of
from hypothesis import given
from hypothesis import strategies as st
from test_properties import DAYS, FEW, Sheets, judged, ledgers, refreshed

from pyengine.books.memory import MemoryBook
from pyengine.grid import Grid
from pyengine.judge import recompute
from pyengine.layout import layout
from pyengine.model import Citation
from pyengine.outcome import Outcome
from pyengine.points import read_points
from pyengine.read import read_ledger
from pyengine.rulebook import all_circulars
from pyengine.scores import KINDS
from pyengine.settings import setting_specs
from pyengine.standings import plain, signed, standing_rows

LEDGER = "政府工作报告台账"
SHEET = "年度考评"
AS_OF = date(2026, 7, 10)


# —— 加减分的读法


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        (None, []),
        ("", []),
        ("无", []),
        ("—", []),
        (0.5, [("0.5", "")]),
        (-2, [("-2", "")]),
        (0.1 + 0.2, [("0.3", "")]),
        ("0.5", [("0.5", "")]),
        ("-1分", [("-1", "")]),
        ("+0.5 经验刊发；-1 迟报", [("0.5", "经验刊发"), ("-1", "迟报")]),
        ("＋０．５ 经验刊发;－1 迟报", [("0.5", "经验刊发"), ("-1", "迟报")]),
        ("−1 迟报\n\n+1经验", [("-1", "迟报"), ("1", "经验")]),
        ("经验刊发 +0.5", [("0.5", "经验刊发")]),
        ("经验刊发（+0.5）", [("0.5", "经验刊发")]),
        ("加0.5分", [("0.5", "")]),
        ("扣分：1", [("-1", "")]),
        ("因迟报扣1分，退回减0.5分", [("-1", "因迟报"), ("-0.5", "退回")]),
        ("+0.5 经验，-1 迟报", [("0.5", "经验"), ("-1", "迟报")]),
        ("-4 约谈1次、逾期2项", [("-4", "约谈1次、逾期2项")]),
        ("约谈1次、逾期2项 -4", [("-4", "约谈1次、逾期2项")]),
        ("1.+0.5 经验；2、-1 迟报", [("0.5", "经验"), ("-1", "迟报")]),
        ("2026-09-22 迟报 -1", [("-1", "2026-09-22 迟报")]),
        ("ZFGZ-2026-003 逾期 -1", [("-1", "ZFGZ-2026-003 逾期")]),
        ("PM2.5超标 -1", [("-1", "PM2.5超标")]),
        ("+1（省级）经验", [("1", "（省级）经验")]),
        ("-1.5 月报迟报2次", [("-1.5", "月报迟报2次")]),
    ],
)
def test_points_are_read(value: object, entries: list[tuple[str, str]]) -> None:
    read = read_points(value)
    assert read is not None
    assert [(str(points), words) for points, words in read] == entries


@pytest.mark.parametrize(
    "value",
    [
        "迟报", "1 迟报", "迟报1次", "+1 经验；迟报", "+0.5 经验 -1 迟报", "-1次迟报", "+0,5 经验", "+0。5 经验", "加-1分", "扣+1分",
        "+12345", "+0.12345 经验", "一分", "事项-3 逾期 -1", "2026-07-01", "增加3项", True, float("nan"), date(2026, 1, 2),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_not_read(value: object) -> None:
    assert read_points(value) is None


POINT = st.decimals(-99, 99, places=2)


@given(
    st.lists(st.tuples(POINT, st.sampled_from(["经验刊发", "迟报1次", "约谈1次、逾期2项", ""])), min_size=1, max_size=5)
)
def test_what_is_written_is_what_is_read(entries: list[tuple[Decimal, str]]) -> None:
    written = "；".join(f"{points:+f} {words}" for points, words in entries)
    assert read_points(written) == tuple(entries)


# —— 得分、名次


@FEW
@given(ledgers(), DAYS)
def test_base_and_items_make_the_score_and_every_item_is_sourced(sheets: Sheets, as_of: date) -> None:
    signs = {kind.name: kind.sign for kind in KINDS}
    for row in judged(sheets, as_of).ranking:
        if row.score is not None:
            assert row.base + sum(item.points for item in row.items) == row.score
        assert all(type(number) is Decimal for number in (row.base, *(item.points for item in row.items)))
        for item in row.items:
            assert item.source
            assert item.points * signs.get(item.kind, 0) > 0 or item.kind == "加减分"
            assert item.on is None or item.on.year == 2026 or (item.kind == "逾期" and item.on == date(2027, 1, 1))
            assert item.on is None or item.on <= as_of


@FEW
@given(ledgers(), DAYS)
def test_ranks_are_competition_ranks_and_the_last_three_are_the_lowest(sheets: Sheets, as_of: date) -> None:
    groups = defaultdict(list)
    for row in judged(sheets, as_of).ranking:
        assert (row.rank is None) == (row.score is None or not row.group)
        if row.rank is not None:
            groups[row.year, row.group].append(row)
    for rows in groups.values():
        scores = sorted((row.score for row in rows), reverse=True)
        assert [scores.index(row.score) + 1 for row in rows] == [row.rank for row in rows]
        last = [row.score for row in rows if row.last_three]
        others = [row.score for row in rows if not row.last_three]
        assert not last or max(last) < min(others)
        assert not any(row.rank == 1 for row in rows if row.last_three)
        assert sum(1 for row in rows if row.recommended) <= 3
        assert not any(row.recommended and row.last_three for row in rows)


def test_every_kind_names_a_setting_and_a_governing_clause() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) == len({kind.setting for kind in KINDS})
    assert {kind.setting for kind in KINDS} <= set(setting_specs())
    assert {setting_specs()[kind.setting].default for kind in KINDS} == {0}


def year_of(**more: Any) -> Outcome:
    """一项逾期、有人认定推诿的台账，逾期、问责各扣一分。"""
    sheets = {
        "单位": [{"单位名称": "县教育局", "类别": "县直部门"}, {"单位名称": "县水务局", "类别": "县直部门"}],
        "设置": [{"项目": item, "取值": value} for item, value in {"年度": 2026, "逾期扣分": 1, "问责扣分": 1}.items()],
        LEDGER: [{"编号": "A1", "工作任务": "任务", "牵头单位": "县教育局", "立项日期": date(2026, 1, 1), "完成时限": date(2026, 6, 30)}],
        "督查记录": [{"日期": date(2026, 5, 1), "事件": "认定", "编号": "A1", "事由": "推诿扯皮"}],
        SHEET: [{"年度": 2026, "单位": "县教育局", "加减分": "+1 经验"}, {"年度": 2026, "单位": "县水务局"}],
    }  # fmt: skip
    return judged({**sheets, **more}, AS_OF)


def test_each_item_cites_its_clause_and_says_its_ground() -> None:
    number = "友政办发〔2022〕11号"
    row = next(row for row in year_of().ranking if row.unit == "县教育局")
    assert [(item.kind, item.ground, item.cite) for item in row.items] == [
        ("问责", "推诿扯皮", Citation(number, "四（三）")),
        ("逾期", "时限2026-06-30，没有按时完成", Citation(number, "四")),
        ("加减分", "经验", Citation(number, "四")),
    ]
    assert (row.score, row.cite) == (Decimal(99), Citation(number, "四（二）"))


# —— 写回


def cells(book: MemoryBook) -> list[dict[str, object]]:
    """年度考评表各数据行：表头到取值，空的不列。"""
    grid = book.sheets()[SHEET]
    heads = [str(head) for head in grid.rows[2]]
    return [
        {head: value for head, value in zip(heads, row, strict=False) if value is not None} for row in grid.rows[3:]
    ]


TABLES: dict[str, Any] = {
    "单位": [{"单位名称": f"单位{index}", "类别": "乡镇"} for index in range(7)],
    "设置": [{"项目": "年度", "取值": 2026}, {"项目": "逾期扣分", "取值": 1}],
    LEDGER: [
        {
            "编号": "A1", "工作任务": "任务", "牵头单位": "单位0", "责任单位": "、".join(f"单位{index}" for index in range(1, 7)),
            "立项日期": date(2026, 1, 1), "完成时限": date(2026, 12, 31), "完成进度": 1,
        },
        {"编号": "A2", "工作任务": "任务", "牵头单位": "单位6", "立项日期": date(2026, 1, 1), "完成时限": date(2026, 7, 9)},
    ],
    SHEET: [
        {"年度": 2026, "单位": "单位0", "加减分": "+1 经验"},
        {"年度": 2026, "单位": "单位6", "加减分": -1},
        {"年度": 2026, "单位": "单位0", "加减分": 0.5},
        {"年度": 2025, "单位": "单位6", "加减分": "很差"},
        {"年度": 2026, "单位": "单位5", "加减分": -1},
        {"年度": 2026, "单位": "单位4", "加减分": -1},
        {"年度": 2026, "单位": "单位3", "加减分": -1},
    ],
}  # fmt: skip


def test_every_row_of_a_unit_shows_the_same_result() -> None:
    book = MemoryBook.of(TABLES)
    refreshed(book, AS_OF)
    rows = cells(book)
    best = {
        "得分": 101.5, "组别": "总排名", "名次": 1,
        "明细": "基础分 100\n加减分 +1 经验（年度考评!C4）\n加减分 +0.5（年度考评!C6）\n优先推荐（友政办发〔2022〕11号 四（一））",
    }  # fmt: skip
    assert rows[0] == {"年度": 2026, "单位": "单位0", "加减分": "+1 经验", **best}
    assert rows[2] == {"年度": 2026, "单位": "单位0", "加减分": 0.5, **best}
    assert rows[1] == {
        "年度": 2026, "单位": "单位6", "加减分": -1, "得分": 98, "组别": "总排名", "名次": 7, "后三位": "后三位", "连续两年": "数据待核",
        "明细": "基础分 100\n2026-07-10 逾期 −1 A2（政府工作报告台账!M5）\n加减分 −1（年度考评!C5）\n后三位（友政办发〔2022〕11号 四（二））",
    }  # fmt: skip
    assert rows[3] == {
        "年度": 2025, "单位": "单位6", "加减分": "很差", "得分": "数据待核", "组别": "总排名", "明细": "基础分 100",
    }  # fmt: skip
    assert {row["后三位"] for row in rows[4:]} == {"后三位（并列计入）"}
    assert refreshed(book, AS_OF) == 0


def test_results_are_listed_by_year_group_rank_and_the_order_of_units() -> None:
    units = [
        {"单位名称": name, "类别": category}
        for name, category in (("丙", "县直部门"), ("甲", None), ("乙", "乡镇"), ("丁", "县直部门"), ("戊", "县直部门"))
    ]
    task = {**TABLES[LEDGER][0], "牵头单位": "丁", "责任单位": "甲、乙、丙"}
    typed = [(2025, "丁", None), (2026, "丁", None), (2026, "戊", 5), (2025, "丙", "很差"), (2026, "乙", -9)]
    sheet = [dict(zip(("年度", "单位", "加减分"), row, strict=True)) for row in typed]
    settings = [{"项目": "年度", "取值": 2026}, {"项目": "分组排名", "取值": "是"}]
    outcome = judged({"单位": units, "设置": settings, LEDGER: [task], SHEET: sheet}, AS_OF)
    assert [(row.year, row.group, row.rank, row.unit) for row in outcome.ranking] == [
        (2026, "乡镇", 1, "乙"),
        (2026, "县直部门", 1, "丙"),
        (2026, "县直部门", 1, "丁"),
        (2026, "未分类", 1, "甲"),
        (2026, "", None, "戊"),
        (2025, "县直部门", 1, "丁"),
        (2025, "县直部门", None, "丙"),
    ]


def test_rows_are_tall_enough_for_what_staff_typed_too() -> None:
    words = "；".join(["+1 经验做法在省级刊物刊发"] * 9)
    tables = {**TABLES, SHEET: [{"年度": 2026, "单位": "单位0", "加减分": words}]}
    grids = MemoryBook.of(tables).sheets()
    reading = read_ledger(grids, AS_OF)
    outcome = recompute(reading.ledger, all_circulars(), AS_OF)
    narrow = replace(reading.tables[SHEET], columns={"加减分": reading.tables[SHEET].columns["加减分"]})
    ((_, height),) = standing_rows(reading.ledger, outcome, narrow, grids[SHEET]).values()
    assert height > 100


def test_rows_left_out_by_the_tie_say_so() -> None:
    tables = {**TABLES, "设置": [*TABLES["设置"], {"项目": "末位并列", "取值": "并列不计入"}]}
    book = MemoryBook.of(tables)
    refreshed(book, AS_OF)
    row = cells(book)[4]
    assert "后三位" not in row
    assert str(row["明细"]).endswith("与后三位并列，按“并列不计入”不列后三位")


def test_rows_that_staff_emptied_are_cleared() -> None:
    book = MemoryBook.of(TABLES)
    refreshed(book, AS_OF)
    grids = dict(book.sheets())
    rows = [list(row) for row in grids[SHEET].rows]
    rows[4][:3] = [None, None, None]
    rows[9][2] = None
    grids[SHEET] = Grid(tuple(tuple(row) for row in rows))
    emptied = MemoryBook(grids)
    refreshed(emptied, AS_OF)
    assert cells(emptied)[1] == {}
    assert cells(emptied)[6] == {
        "年度": 2026,
        "单位": "单位3",
        "得分": 100,
        "组别": "总排名",
        "名次": 2,
        "明细": "基础分 100",
    }
    assert refreshed(emptied, AS_OF) == 0


def test_an_older_workbook_without_the_details_column_is_refreshed() -> None:
    grids = dict(MemoryBook.of(TABLES).sheets())
    heads = [column.name for column in layout().tables["appraisal"].columns]
    at = heads.index("明细")
    grids[SHEET] = Grid(tuple(row[:at] + row[at + 1 :] for row in grids[SHEET].rows))
    book = MemoryBook(grids)
    refreshed(book, AS_OF)
    assert cells(book)[0] == {
        "年度": 2026,
        "单位": "单位0",
        "加减分": "+1 经验",
        "得分": 101.5,
        "组别": "总排名",
        "名次": 1,
    }
    assert all(len(row) <= len(heads) - 1 for row in book.sheets()[SHEET].rows)
    assert refreshed(book, AS_OF) == 0


def test_a_card_just_confirmed_scores_the_same_once_it_is_logged() -> None:
    late = {**TABLES[LEDGER][0], "完成时限": date(2026, 12, 31), "完成进度": 0.01}
    log = [{"日期": date(2026, 3, 1), "事件": "督查", "编号": "A1", "单位": "单位0"}]
    settings = [{"项目": "年度", "取值": 2026}, {"项目": "橙牌扣分", "取值": 2}]
    card = {
        "建议编号": "23橙-AAAAAA", "单位": "单位0", "牌": "橙牌", "事由": "推进不力进度滞后", "编号": "A1", "条款": "友政办发〔2023〕1号 二（二）",
        "状态": "待确认", "确认": "是",
    }  # fmt: skip
    book = MemoryBook.of({**TABLES, LEDGER: [late], "督查记录": log, "设置": settings, "亮牌建议": [card]})
    refreshed(book, AS_OF)
    line = "2026-07-10 橙牌 −2 A1 推进不力进度滞后（督查记录!E5）"
    assert line in str(cells(book)[0]["明细"])
    assert book.sheets()["督查记录"].at(5, 5) == "橙牌：推进不力进度滞后"
    assert refreshed(book, AS_OF) == 0
    outcome = recompute(read_ledger(book.sheets(), AS_OF).ledger, all_circulars(), AS_OF)
    assert outcome.events == ()
    assert [item.source for row in outcome.ranking for item in row.items if item.kind == "橙牌"] == ["督查记录!E5"]


@pytest.mark.parametrize(
    ("number", "text"), [("100", "100"), ("99.50", "99.5"), ("0", "0"), ("-0.5", "-0.5"), ("1E+2", "100")]
)
def test_points_are_written_plainly(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_points_are_written_with_their_sign() -> None:
    assert (signed(Decimal("0.50")), signed(Decimal(-1))) == ("+0.5", "−1")


def test_the_sample_sheet_shows_what_the_json_says(sample: Path) -> None:
    out = sample.with_suffix(".json")
    duban("refresh", sample, "--as-of", SAMPLE_DAY, "--json", out)
    ranking = json.loads(out.read_text(encoding="utf-8"))["ranking"]
    by_unit = {(row["year"], row["unit"]): row for row in ranking}
    shown = [row for row in rows_of(sample, SHEET) if row["单位"]]
    assert shown
    for row in shown:
        result = by_unit[row["年度"], row["单位"]]
        assert (row["得分"], row["名次"], row["组别"]) == (result["score"], result["rank"], result["group"])
        assert (bool(row["后三位"]), row["连续两年"] == "是") == (result["last_three"], result["two_years"])
        assert ("优先推荐" in str(row["明细"])) == result["recommended"]
        assert str(row["明细"]).count("（") >= len(result["items"])
        assert result["score"] == pytest.approx(100 + sum(item["points"] for item in result["items"]))
    assert {kind["kind"] for row in ranking for kind in row["items"]} == {"加减分", "按时办结", "逾期"}
    assert {row["two_years"] for row in ranking if row["last_three"]} == {True, False}

"""旧台账迁移：tests/ledgers/ 里每本台账照期望文件逐格对照（见 adopted.py）；期望文件自己也要站得住。"""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import adopted
import pytest
from adopted_items import readings
from adopted_moved import moved
from adopted_report import GRAVITY
from adopted_seen import Adopted, Line, Score, day_of, first, read_source, targets_of
from openpyxl.utils import range_boundaries
from units_seen import Names, squash

LEDGERS = Path(__file__).parent / "ledgers"
BOOKS = adopted.books_in(LEDGERS)
REFUSED = sorted((LEDGERS / "refused").glob("*.xls*"))
MOVED = {"两级表头", "六行表头", "季度节点", "文字块", "一页两表", "纵向合并"}  # 没有公式、版式各不相同的
KINDS = {"日期", "持续", "缺失", "无法识别"}
SCOPES = {"cell", "row", "column", "sheet"}
ITEM_KEYS = {"sheet", "row", "section_path", "task", "lead_units", "responsible_units", "due_kind", "due", "cells"}
NODE_KEYS = {"row", "due"}
FIELDS = {"task", "goal", "lead_official", "number"}  # 文字照抄自单元格的各栏

needs_adopt = pytest.mark.skipif(
    importlib.util.find_spec("pyengine.adopt") is None, reason="还没有 adopt 命令，只核对期望文件"
)


def _side(book: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(adopted.side_file(book).read_text(encoding="utf-8"))
    return data


WHOLE = frozenset({"责任分解表", "无牵头列", "月度节点表", "督办事项"})


def _variants() -> list[Any]:
    """每本台账一次，旁边有单位名录的用名录；四本全样的再试一次没有名录的。"""
    both = [(book, adopted.has_directory(book)) for book in BOOKS]
    both += [(book, False) for book in BOOKS if book.stem in WHOLE]
    return [pytest.param(book, has, id=f"{book.stem}{'' if has else '-无名录'}") for book, has in both]


@needs_adopt
@pytest.mark.parametrize(("book", "with_directory"), _variants())
def test_adopted_as_a_careful_reader_would(book: Path, with_directory: bool) -> None:
    score = adopted.examine(book, with_directory)
    assert score.passed > 0
    assert score.failed == []


@needs_adopt
@pytest.mark.parametrize("book", [book for book in BOOKS if book.stem in MOVED], ids=lambda book: book.stem)
def test_a_table_moved_aside_reads_the_same(book: Path, tmp_path: Path) -> None:
    assert adopted.examine(moved(book, tmp_path), False).failed == []


@needs_adopt
def test_what_was_adopted_is_not_overwritten_unasked(tmp_path: Path) -> None:
    old, new, score = LEDGERS / "首行表头.xlsx", tmp_path / "新台账.xlsx", Score()
    assert adopted.quiet("adopt", old, new)[0] in (0, 1)
    adopted.check_overwrite(old, new, score)
    assert score.failed == []


@needs_adopt
@pytest.mark.parametrize("book", REFUSED, ids=lambda book: book.name)
def test_what_holds_no_ledger_is_refused_in_plain_words(book: Path, tmp_path: Path) -> None:
    before, new = adopted.fingerprint(book), tmp_path / "新台账.xlsx"
    code, said = adopted.quiet("adopt", book, new)
    assert code == 4
    assert not new.exists()
    assert adopted.fingerprint(book) == before
    assert 1 <= len(said.strip().splitlines()) <= 2
    assert re.search(r"[一-鿿]", said)
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_side_file_agrees_with_its_workbook(book: Path) -> None:
    assert _faults(book) == []


def test_there_is_something_to_compare() -> None:
    assert len(BOOKS) >= 16
    assert len(REFUSED) >= 4


def _faults(book: Path) -> list[str]:
    side, (cells, merged) = _side(book), read_source(book)
    faults = [] if side["format"] == "expected-import/1" and side["workbook"] == book.name else ["格式或文件名不对"]
    faults += [fault for item in side["items"] for fault in _item_faults(item, cells, merged)]
    for key in ("findings", "findings_allowed", "not_findings"):
        for finding in side.get(key, []):
            faults += _finding_faults(key, finding, cells)
    counts = side["counts"]
    seen = (len(side["items"]), sum(len(i.get("nodes", [])) for i in side["items"]), len(side.get("findings", [])))
    if seen != (counts["items"], counts["nodes"], counts["findings"]):
        faults.append(f"counts 应为 {seen}")
    return faults


def _item_faults(
    item: dict[str, Any], cells: dict[str, dict[str, object]], merged: dict[str, dict[str, str]]
) -> list[str]:
    where = f"{item['sheet']} 第{item['row']}行"
    if missing := ITEM_KEYS - set(item):
        return [f"{where} 缺 {missing}"]
    faults = [] if item["due_kind"] in KINDS and (item["due"] is None or day_of(item["due"])) else [f"{where} 时限不合"]
    for field, area in item["cells"].items():
        cell = merged[item["sheet"]].get(first(area), first(area))
        value, want = cells[item["sheet"]].get(cell), item.get(field)
        if isinstance(value, str) and value.startswith("="):
            continue
        if field in FIELDS and want and squash(str(want)) not in squash(str(value or "")):
            faults.append(f"{where} {field} “{want}”不在 {cell}“{value}”里")
    for node in item.get("nodes", []):
        faults += (
            [] if set(node) >= NODE_KEYS and node.get("due_kind", "日期") in KINDS else [f"{where} 节点不合：{node}"]
        )
    return faults


def _finding_faults(key: str, finding: dict[str, Any], cells: dict[str, dict[str, object]]) -> list[str]:
    where = f"{key} {finding['sheet']}!{finding['cell']}"
    if finding["sheet"] not in cells:
        return [f"{where} 没有这张表"]
    range_boundaries(finding["cell"])
    if key == "not_findings":
        return [] if finding["why"] else [f"{where} 没有写为什么"]
    good = finding["severity"] in GRAVITY and finding["scope"] in SCOPES and finding["gist"]
    return [] if good else [f"{where} 不合"]


def test_a_lost_item_is_seen(tmp_path: Path) -> None:
    """对照不是摆设：少一项、改一个单位、改一天，都要说出来。"""
    result = _perfect(tmp_path)
    assert result.failed == []
    for spoil in ("A4", "C4", "D5"):
        assert _perfect(tmp_path, spoil).failed != []


def _perfect(folder: Path, spoil: str = "") -> Score:
    """一本两项的台账和与它相符的结果；spoil 是新台账里弄坏的一格。"""
    expected = {
        "items": [
            _item(2, "修桥", "县水务局", "2026-06-30"),
            _item(3, "修路", "县财政局", "2026-12-31"),
        ]
    }
    head = {"编号": "A", "工作任务": "B", "牵头单位": "C", "完成时限": "D", "责任单位": "E", "星级": "F"}
    book: dict[str, object] = {
        "A4": "1",
        "B4": "修桥",
        "C4": "县水务局",
        "D4": "6月底",
        "A5": "2",
        "B5": "修路",
        "C5": "县财政局",
        "D5": "年底",
    }
    source: dict[str, object] = {f"{column}{row}": book[f"{column}{row + 2}"] for column in "BCD" for row in (2, 3)}
    lines = [
        Line(9, "旧", cell, "", value, (("台账", f"{cell[0]}{int(cell[1:]) + 2}"),), "原样", "", "")
        for cell, value in source.items()
    ]
    lines.append(Line(8, "旧", "", "", None, (), "", "", ""))
    tasks: dict[tuple[str, int], dict[str, Any]] = {
        ("台账", 4): {"due_kind": "日期", "due": "2026-06-30", "progress": None},
        ("台账", 5): {"due_kind": "日期", "due": "2026-12-31", "progress": None},
    }
    if spoil == "A4":
        lines = [line for line in lines if line.cell != "B2"]
    if spoil == "C4":
        book["C4"] = "县教育局"
    if spoil == "D5":
        tasks["台账", 5]["due"] = "2026-11-30"
    names = Names(None)
    totals = "原样 6"
    score = Score()
    adopted.compare(
        Adopted(
            folder, expected, names, True, lines, totals, {"台账": book}, {"台账": head}, tasks, {}, {"旧": source}
        ),
        score,
    )
    return score


def _item(row: int, task: str, lead: str, due: str) -> dict[str, Any]:
    return {
        "sheet": "旧", "row": row, "task": task, "lead_units": [lead], "responsible_units": [], "due_kind": "日期",
        "due": due, "section_path": [], "cells": {"task": f"B{row}", "due": f"D{row}"},
    }  # fmt: skip


def test_layers_of_reading_add_up() -> None:
    item = {"accept": [{"due": None}, {"task": "乙"}], "due": "2026-06-30", "task": "甲"}
    seen = {(reading["due"], reading["task"]) for reading in readings(item)}
    assert seen == {("2026-06-30", "甲"), (None, "甲"), ("2026-06-30", "乙"), (None, "乙")}


def test_targets_are_read_apart() -> None:
    assert targets_of("政府工作报告台账!M31、时间节点!C4、D4") == (
        ("政府工作报告台账", "M31"), ("时间节点", "C4"), ("时间节点", "D4"),
    )  # fmt: skip
    assert targets_of("") == ()

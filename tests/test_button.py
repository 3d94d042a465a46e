"""预览说的就是刷新改的；撤销只退没有再动过的格；按钮在后台做事，话说给人听。"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import AS_OF, duban, tables_of
from duban_workbook import SAMPLE_AS_OF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyengine.books.file import FileBook
from pyengine.books.memory import MemoryBook
from pyengine.cells import plain_text
from pyengine.cli import BAD_CALL, DONE, HAS_ERRORS, REFUSED
from pyengine.errors import LOCKED
from pyengine.grid import Grid, Written
from pyengine.history import History, backups
from pyengine.layout import column_letter
from pyengine.ooxml import Locked, WriteRefused
from pyengine.refresh import refresh
from pyengine.tables import find_tables
from pyengine.undo import Undoable, take_back, undo_file

LEDGER = "政府工作报告台账"
NOW = datetime(2026, 9, 22, 8, 30)
Cells = dict[tuple[str, str], str]


def cells_of(grids: Mapping[str, Grid]) -> Cells:
    """各表有内容的格：（表，地址）到文字。"""
    return {
        (sheet, f"{column_letter(column)}{row}"): plain_text(value)
        for sheet, grid in grids.items()
        for row, values in enumerate(grid.rows, 1)
        for column, value in enumerate(values, 1)
        if value is not None
    }


def differing(before: Cells, after: Cells) -> dict[tuple[str, str], tuple[str, str]]:
    """变了的格：由什么变成什么。"""
    places = before.keys() | after.keys()
    pairs = {place: (before.get(place, ""), after.get(place, "")) for place in places}
    return {place: pair for place, pair in pairs.items() if pair[0] != pair[1]}


def listed(path: Path) -> list[tuple[object, ...]]:
    """清单文件的各行，第一行是表头。"""
    return list(FileBook(path).sheets()["清单"].rows)


def column_of(place: tuple[str, str], ledger: Path) -> str:
    """一格的表头。"""
    columns = {column_letter(number): name for name, number in tables_of(ledger)[place[0]].columns.items()}
    return columns[place[1].rstrip("0123456789")]


# ---- 预览 ----


def test_the_preview_lists_just_what_the_refresh_then_changes(
    sample: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    untouched, before = sample.read_bytes(), cells_of(FileBook(sample).sheets())
    listing = tmp_path / "清单.xlsx"
    assert duban("refresh", sample, "--as-of", AS_OF, "--dry-run") == HAS_ERRORS
    said = capsys.readouterr().out.splitlines()
    assert duban("refresh", sample, "--as-of", AS_OF, "--dry-run", "--list", listing) == HAS_ERRORS
    assert capsys.readouterr().out.splitlines() == [*said[:4], f"清单：{listing}"]
    assert sample.read_bytes() == untouched
    assert not (sample.parent / ".duban").exists()
    assert duban("refresh", sample, "--as-of", AS_OF) == HAS_ERRORS
    changed = differing(before, cells_of(FileBook(sample).sheets()))
    head, *rows = listed(listing)
    assert head == ("工作表", "单元格", "编号", "列", "原来", "刷新以后")
    shown = {(row[0], row[1]): (str(row[4] or ""), str(row[5] or "")) for row in rows}
    assert shown.keys() == changed.keys()
    shares = {place for place, (_, new) in shown.items() if re.fullmatch(r"-?[\d.]+%", new)}
    assert {place: pair for place, pair in shown.items() if place not in shares} == {
        place: pair for place, pair in changed.items() if place not in shares
    }
    assert {place: float(shown[place][1][:-1]) for place in shares} == {
        place: pytest.approx(float(changed[place][1]) * 100, abs=0.051) for place in shares
    }
    assert {column_of(place, sample) for place in shares} == {"应达进度", "进度偏差", "完成率"}
    assert said[0] == f"预览 督办台账.xlsx（判定日 {AS_OF}）：刷新会改 {len(changed)} 格，现在什么也没有写"
    assert len(said) == 4 + len(changed)
    assert said[4].startswith("政府工作报告台账!X4（应达进度） ZFGZ-2026-001：（空） → ")


def test_a_preview_of_a_refreshed_ledger_has_nothing_to_list(
    refreshed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert duban("refresh", refreshed, "--as-of", AS_OF, "--dry-run") == HAS_ERRORS
    assert "刷新会改 0 格" in capsys.readouterr().out


def test_findings_can_be_listed_in_a_file(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listing = tmp_path / "问题.xlsx"
    assert duban("check", sample, "--as-of", AS_OF) == HAS_ERRORS
    said = capsys.readouterr().out.splitlines()
    assert duban("check", sample, "--as-of", AS_OF, "--list", listing) == HAS_ERRORS
    assert capsys.readouterr().out.splitlines() == [said[0], f"清单：{listing}"]
    head, *rows = listed(listing)
    assert head == ("级别", "代码", "工作表", "单元格", "列", "编号", "问题", "建议")
    assert [f"[{row[0]} {row[1]}]" for row in rows] == [line[: line.index("]") + 1] for line in said[1:]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("refresh", "--list", "清单.xlsx"), "--list 只和 --dry-run 一起用"),
        (("refresh", "--dry-run", "--list", "清单.csv"), "扩展名不对"),
        (("check", "--list", "没有/清单.xlsx"), "文件夹不存在"),
        (("check", "--list", "督办台账.xlsx"), "就是台账本身"),
        (("restore", "--live", "--at", "2026-06-30"), "--at 是从备份恢复用的"),
    ],
)
def test_calls_that_make_no_sense_are_refused(
    sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(sample.parent)
    untouched = sample.read_bytes()
    assert duban(*arguments, sample.name) == BAD_CALL
    assert message in capsys.readouterr().err
    assert sample.read_bytes() == untouched


@pytest.mark.parametrize("command", [("refresh",), ("refresh", "--dry-run"), ("check",), ("letters",), ("restore",)])
def test_live_needs_the_ledger_to_be_open(
    sample: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    untouched = sample.read_bytes()
    assert duban(*command, "--live", sample) == LOCKED
    assert "督办台账.xlsx 没有打开，不能在窗口里做" in capsys.readouterr().err
    assert sample.read_bytes() == untouched


# ---- 撤销 ----


class Window:
    """开着的台账，人可以在里面改。"""

    def __init__(self, grids: Mapping[str, Grid], ledger: Path) -> None:
        self.book, self.ledger = MemoryBook(grids), ledger

    def grids(self) -> Mapping[str, Grid]:
        return self.book.sheets()

    def refresh(self, as_of: date = SAMPLE_AS_OF) -> Written:
        """刷新，记得原样。"""
        book = Undoable(self.book, self.ledger, as_of)
        return refresh(lambda: book, as_of, NOW, history=History(self.ledger)).written

    def undo(self) -> tuple[Written, int]:
        """撤销刷新。"""
        return take_back(self.book, self.ledger, NOW, history=History(self.ledger))

    def type(self, sheet: str, row: int, column: int, value: Any) -> None:
        """人在一格里填。"""
        lines = [list(line) for line in self.grids()[sheet].rows]
        lines[row - 1][column - 1] = value
        self.put(sheet, lines)

    def put(self, sheet: str, lines: list[list[Any]]) -> None:
        """整张表换成这些行。"""
        grids = dict(self.grids())
        grids[sheet] = replace(grids[sheet], rows=tuple(map(tuple, lines)))
        self.book = MemoryBook(grids)


@pytest.fixture
def window(sample: Path) -> Window:
    return Window(FileBook(sample).sheets(), sample)


def test_taking_a_refresh_back_leaves_the_ledger_as_it_was(window: Window) -> None:
    before = cells_of(window.grids())
    cells = window.refresh().cells
    assert differing(before, cells_of(window.grids()))
    written, left = window.undo()
    assert cells_of(window.grids()) == before
    assert (0 < written.cells <= cells, left) == (True, 0)
    with pytest.raises(WriteRefused, match="没有可以撤销的刷新"):
        window.undo()


def test_a_second_refresh_takes_back_to_the_first_one(window: Window) -> None:
    window.refresh()
    first = cells_of(window.grids())
    window.refresh(date(2026, 11, 28))
    window.undo()
    assert cells_of(window.grids()) == first


def test_a_refresh_that_changes_nothing_keeps_the_last_one_to_be_taken_back(window: Window) -> None:
    before = cells_of(window.grids())
    window.refresh()
    assert window.refresh() == Written(0, 0, ())
    window.undo()
    assert cells_of(window.grids()) == before


def test_styles_go_back_with_the_words(window: Window) -> None:
    window.refresh()
    first = dict(window.book.styles)
    window.refresh(date(2026, 11, 28))
    assert window.book.styles != first
    window.undo()
    styled = {place for place, style in window.book.styles.items() if style != first.get(place, style)}
    assert styled == set()


def test_what_people_typed_or_moved_since_then_stays(window: Window) -> None:
    before = cells_of(window.grids())
    columns = tables_of(window.ledger)[LEDGER].columns
    window.refresh()
    window.type(LEDGER, 4, columns["预警状态"], "人写的")
    window.type(LEDGER, 5, columns["备注"], "会上定的")
    lines = [list(line) for line in window.grids()[LEDGER].rows]
    window.put(LEDGER, [*lines[:9], [None] * len(lines[0]), *lines[9:]])
    moved = cells_of({LEDGER: Grid(window.grids()[LEDGER].rows[9:])})
    _, left = window.undo()
    kept = window.grids()[LEDGER]
    assert kept.at(4, columns["预警状态"]) == "人写的"
    assert kept.at(5, columns["备注"]) == "会上定的"
    assert kept.at(4, columns["依据"]) is None
    assert cells_of({LEDGER: Grid(kept.rows[9:])}) == moved
    assert left > 1
    others = {place: text for place, text in cells_of(window.grids()).items() if place[0] != LEDGER}
    assert others == {place: text for place, text in before.items() if place[0] != LEDGER}


def test_history_does_not_take_it_for_the_doing_of_people(window: Window) -> None:
    window.refresh()
    window.undo()
    window.refresh(date(2026, 9, 23))
    story = History(window.ledger).story(date.min)
    assert [run.command for run in story.runs] == ["refresh", "undo", "refresh"]
    assert story.changes == ()


def test_taking_back_is_no_judging_of_that_day(window: Window) -> None:
    """撤销不改那一天的快照，也不取走留给下一次刷新的话。"""
    window.refresh()
    numbers = [row["编号"] for row in rows(window, LEDGER)]
    kept = History(window.ledger).load(SAMPLE_AS_OF, numbers)
    window.type(LEDGER, 4, tables_of(window.ledger)[LEDGER].columns["年度目标"], "后来改的目标")
    History(window.ledger).leave(NOW, "夜里台账开着，没有写回")
    window.undo()
    assert History(window.ledger).load(SAMPLE_AS_OF, numbers) == kept
    history = History(window.ledger)
    refresh(lambda: window.book, date(2026, 9, 23), NOW, history=history)
    assert history.notices == ("夜里台账开着，没有写回",)


def test_the_file_on_disk_is_kept_before_a_live_refresh(window: Window) -> None:
    disk = window.ledger.read_bytes()
    window.refresh()
    window.refresh()
    assert [backup.path.read_bytes() for backup in backups(window.ledger)] == [disk]
    assert window.ledger.read_bytes() == disk


def rows(window: Window, sheet: str) -> list[dict[str, Any]]:
    """一张表的各行：表头到值。"""
    table = find_tables(window.grids())[sheet]
    return [
        {name: line[column - 1] if column <= len(line) else None for name, column in table.columns.items()}
        for line in window.grids()[sheet].rows[table.header_row : table.last_row]
    ]


@pytest.mark.parametrize(("sheet", "answer"), [("待办提醒", "处理"), ("亮牌建议", "确认"), ("校验问题", "确认")])
def test_a_list_with_a_new_answer_is_not_taken_back(window: Window, sheet: str, answer: str) -> None:
    before = cells_of(window.grids())
    window.refresh()
    table = find_tables(window.grids())[sheet]
    window.type(sheet, table.last_row, table.columns[answer], "是" if sheet == "亮牌建议" else "已办")
    answered = rows(window, sheet)
    _, left = window.undo()
    assert rows(window, sheet) == answered
    assert left >= len(answered)
    others = {place: text for place, text in cells_of(window.grids()).items() if place[0] != sheet}
    assert others == {place: text for place, text in before.items() if place[0] != sheet}


def test_answers_given_before_go_back_beside_what_they_answer(window: Window) -> None:
    window.refresh()
    table = find_tables(window.grids())["待办提醒"]
    window.type("待办提醒", table.last_row, table.columns["处理"], "已办")
    answered = rows(window, "待办提醒")
    window.refresh(date(2026, 11, 28))
    assert rows(window, "待办提醒") != answered
    window.undo()
    assert rows(window, "待办提醒") == answered


@pytest.mark.parametrize("sheet", [LEDGER, "时间节点", "指标进度", "年度考评", "督查记录"])
def test_rows_in_another_order_get_nothing_of_another_row(window: Window, sheet: str) -> None:
    def seen() -> list[tuple[list[Any], list[Any]]]:
        table = find_tables(window.grids())[sheet].table
        return [
            ([row.get(column.name) for column in table.staff], [row.get(column.name) for column in table.engine])
            for row in rows(window, sheet)
        ]

    window.refresh()
    before = seen()
    window.refresh(date(2026, 11, 28))
    after = seen()
    table, lines = find_tables(window.grids())[sheet], [list(line) for line in window.grids()[sheet].rows]
    window.put(sheet, [*lines[: table.header_row], *reversed(lines[table.header_row : table.last_row])])
    window.undo()
    for staff, engine in seen():
        possible = [found for kept, found in (*before, *after) if kept == staff]
        assert all(value in column for value, column in zip(engine, zip(*possible, strict=True), strict=True))


def confirmed(window: Window) -> int:
    """确认一张牌再刷新：督查记录里系统补登的第一行。"""
    window.refresh()
    cards, records = find_tables(window.grids())["亮牌建议"], find_tables(window.grids())["督查记录"]
    row = next(n for n, card in enumerate(rows(window, "亮牌建议"), cards.header_row + 1) if card["状态"] == "待确认")
    window.type("亮牌建议", row, cards.columns["确认"], "是")
    window.refresh()
    assert find_tables(window.grids())["督查记录"].last_row > records.last_row
    return records.last_row + 1


def test_a_record_that_people_went_on_with_stays_whole(window: Window) -> None:
    row = confirmed(window)
    window.type("督查记录", row, find_tables(window.grids())["督查记录"].columns["文号"], "青政督〔2026〕9号")
    record = window.grids()["督查记录"].rows[row - 1]
    window.undo()
    assert window.grids()["督查记录"].rows[row - 1] == record


def test_a_record_that_nobody_touched_goes_again(window: Window) -> None:
    row = confirmed(window)
    window.undo()
    assert find_tables(window.grids())["督查记录"].last_row == row - 1


def test_a_refresh_that_failed_leaves_the_last_one_to_be_taken_back(window: Window) -> None:
    class Closed:
        sheets = window.book.sheets

        @staticmethod
        def write(*_: object) -> Written:
            raise WriteRefused("工作表受保护。", "请撤消保护。")

    before = cells_of(window.grids())
    window.refresh()
    day = date(2026, 11, 28)
    with pytest.raises(WriteRefused, match="受保护"):
        refresh(lambda: Undoable(Closed(), window.ledger, day), day, NOW + timedelta(minutes=5))
    assert list(undo_file(window.ledger).parent.glob("*.tmp")) == []
    window.undo()
    assert cells_of(window.grids()) == before


def test_of_two_refreshes_at_once_the_one_that_writes_is_taken_back(window: Window) -> None:
    """一个正写着，另一个也来刷新：后来的说有人在刷新，什么也不写。"""
    day, told = SAMPLE_AS_OF, []

    class Slow:
        sheets = window.book.sheets

        @staticmethod
        def write(*arguments: Any) -> Written:
            with pytest.raises(Locked, match=r"正由.*刷新") as refused:
                refresh(lambda: Undoable(window.book, window.ledger, day), day, NOW)
            told.append(refused.value)
            return window.book.write(*arguments)

    before = cells_of(window.grids())
    refresh(lambda: Undoable(Slow(), window.ledger, day), day, NOW)
    assert len(told) == 1
    window.undo()
    assert cells_of(window.grids()) == before


def test_nothing_is_taken_back_once_the_file_was_written(window: Window) -> None:
    window.refresh()
    assert duban("refresh", window.ledger, "--as-of", AS_OF) == HAS_ERRORS
    before = cells_of(window.grids())
    with pytest.raises(WriteRefused, match="又按文件写过"):
        window.undo()
    assert cells_of(window.grids()) == before


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b'{"as_of": "2026-09-22", "cells": [[1]]}', b"\xff"])
def test_a_damaged_note_takes_nothing_back(window: Window, content: bytes) -> None:
    window.refresh()
    undo_file(window.ledger).write_bytes(content)
    before = cells_of(window.grids())
    with pytest.raises(WriteRefused, match="没有可以撤销的刷新"):
        window.undo()
    assert cells_of(window.grids()) == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_people_type_stays_and_the_rest_goes_back(window: Window, data: st.DataObject) -> None:
    fresh = Window(window.grids(), window.ledger)
    before, columns = cells_of(fresh.grids()), tables_of(fresh.ledger)[LEDGER].columns
    fresh.refresh()
    engine = [columns[name] for name in ("预警状态", "依据", "剩余天数", "亮牌")]
    places = st.tuples(st.integers(4, 60), st.sampled_from(engine))
    typed = data.draw(st.dictionaries(places, st.sampled_from(["人写的", "待核", 12.5]), max_size=6))
    for (row, column), value in typed.items():
        fresh.type(LEDGER, row, column, value)
    fresh.undo()
    wanted = before | {(LEDGER, f"{column_letter(c)}{r}"): plain_text(value) for (r, c), value in typed.items()}
    assert cells_of(fresh.grids()) == wanted


# ---- 按钮 ----


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """没有图形界面的电脑，但能打开文件：打开了什么，一行一个记在返回的文件里。"""
    folder, record = tmp_path / "程序", tmp_path / "打开过"
    folder.mkdir()
    program = folder / "xdg-open"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> "{record}"\n', encoding="utf-8")
    program.chmod(0o755)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    os.mkfifo(record)
    return record


def handed(record: Path) -> str:
    """交给系统打开的文件。"""
    return record.read_text(encoding="utf-8").strip()


def test_the_button_refreshes_a_closed_ledger_and_says_so(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert duban("button", "refresh", sample) == HAS_ERRORS
    said = capsys.readouterr()
    assert said.out.startswith("已刷新 督办台账.xlsx（判定日 ")
    assert said.err == ""
    assert FileBook(sample).sheets()[LEDGER].at(4, tables_of(sample)[LEDGER].columns["预警状态"])


def test_the_button_says_errors_too(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample.with_name(f"~${sample.name}").write_bytes(b"\x04Wang")
    assert duban("button", "refresh", sample) == LOCKED
    assert capsys.readouterr().out.startswith("台账 督办台账.xlsx 正被 Excel/WPS（用户 Wang）打开。\n请对方保存并关闭")
    assert duban("button", "undo", sample) == LOCKED
    assert "正被 Excel/WPS（用户 Wang）打开，但这里连不上那个窗口" in capsys.readouterr().out
    sample.with_name(f"~${sample.name}").unlink()
    duban("button", "refresh", sample)
    refreshed = sample.read_bytes()
    capsys.readouterr()
    assert duban("button", "undo", sample) == LOCKED
    assert capsys.readouterr().out.startswith("台账 督办台账.xlsx 没有打开，不能在窗口里做。\n")
    assert sample.read_bytes() == refreshed
    assert duban("button", "refresh", sample.with_name("没有.xlsm")) == BAD_CALL
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("找不到台账“")
    assert said[1].startswith("台账改了名、换了地方的")


@pytest.mark.skipif(shutil.which("sh") is None, reason="没有 sh")
@pytest.mark.parametrize(
    ("action", "file", "heads"), [("preview", "刷新预览.xlsx", "原来"), ("check", "校验结果.xlsx", "问题")]
)
def test_the_button_opens_the_list(sample: Path, opened: Path, action: str, file: str, heads: str) -> None:
    untouched = sample.read_bytes()
    assert duban("button", action, sample) == HAS_ERRORS
    listing = sample.parent / ".duban" / file
    assert handed(opened) == str(listing)
    assert heads in listed(listing)[0]
    assert sample.read_bytes() == untouched


@pytest.mark.skipif(shutil.which("sh") is None, reason="没有 sh")
def test_a_list_still_open_is_left_alone(sample: Path, opened: Path) -> None:
    folder = sample.parent / ".duban"
    folder.mkdir()
    (folder / "刷新预览.xlsx").write_bytes(b"open")
    (folder / ".~lock.刷新预览.xlsx#").write_text("")
    duban("button", "preview", sample)
    assert handed(opened) == str(folder / "刷新预览1.xlsx")
    assert (folder / "刷新预览.xlsx").read_bytes() == b"open"


@pytest.mark.skipif(shutil.which("sh") is None, reason="没有 sh")
def test_the_button_opens_the_folder_of_letters(sample: Path, opened: Path) -> None:
    assert duban("button", "folder", sample) == DONE
    assert handed(opened) == str(sample.parent / "公文")
    assert (sample.parent / "公文").is_dir()


def test_the_button_drafts_letters(refreshed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert duban("button", "letters", refreshed) in (DONE, HAS_ERRORS)
    said = capsys.readouterr().out
    drafted = list((refreshed.parent / "公文").glob("*.docx"))
    assert drafted
    assert f"已起草 {len(drafted)} 件" in said


def test_long_words_are_cut(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pyengine.button import press
    from pyengine.programs import Action

    def run(arguments: list[str]) -> int:
        print("\n".join(f"第 {number} 行" for number in range(1, 41)))
        return REFUSED

    assert press(Action.REFRESH, sample, run) == REFUSED
    lines = capsys.readouterr().out.splitlines()
    assert lines == [*(f"第 {number} 行" for number in range(1, 19)), "……（还有 22 行）"]


@pytest.mark.parametrize(("arguments", "code"), [(("fly",), BAD_CALL), ((), BAD_CALL)])
def test_unknown_buttons_are_refused(sample: Path, arguments: tuple[str, ...], code: int) -> None:
    assert duban("button", *arguments, sample) == code

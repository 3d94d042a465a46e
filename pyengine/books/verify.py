"""写后核对 — the new file is read again before it may take the ledger's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from pyengine.ooxml import KEEP, CellEdit, Package, Value, WriteRefused, serial, stored_text

from .grid_reader import raw_sheet, workbook_of

_NOT_OURS = "原台账没有改动；请把这条提示和台账副本交给维护人员。"
_DAY_TOLERANCE = 2e-5


def verify(
    before: Package, made: Package, content: bytes, edits: Mapping[str, Sequence[CellEdit]], parts: Sequence[str]
) -> None:
    """Nothing if `content` is `before` with only `parts` changed and every edit in place; else `WriteRefused`.

    `made`: the package `content` was made from. `patch` found its parts well-formed; here they must be those bytes.
    """
    after = Package(content, before.name)
    if after.names != before.names:
        raise _mismatch("成员名单变了")
    for name in after.names:
        if name in parts:
            if after.read(name) != made.read(name):
                raise _mismatch(f"部件 {name} 读回的内容不对")
        elif after.raw(name) != before.raw(name):
            raise _mismatch(f"不该动的部件 {name} 变了")
    asked = {  # of two edits of one cell the later wins
        sheet: {(e.row, e.column): e.value for e in changes if e.value is not KEEP} for sheet, changes in edits.items()
    }
    book = workbook_of(after, [sheet for sheet, values in asked.items() if values])
    for sheet, values in asked.items():
        if values:
            _verify_cells(raw_sheet(book, sheet), sheet, values, before.date1904)


def _verify_cells(rows: list[list[object]], sheet: str, asked: Mapping[tuple[int, int], Value], date1904: bool) -> None:
    height, width = len(rows), len(rows[0]) if rows else 0
    for (number, column), value in asked.items():
        got = rows[number - 1][column - 1] if number <= height and column <= width else ""
        if type(got) is type(value) and got == value:
            continue  # the usual case needs no closer look
        if not same_value(got, value, date1904):
            raise _mismatch(f"{sheet} 第 {number} 行第 {column} 列读回的值不对")


def same_value(got: object, asked: Value, date1904: bool) -> bool:
    """Whether what a cell was read back as is what was asked for."""
    if isinstance(asked, bool) or isinstance(got, bool):
        return got is asked
    if isinstance(asked, date):
        wanted = serial(asked, date1904)
        return got == asked.isoformat() if wanted is None else _near(_days(got, date1904), wanted, _DAY_TOLERANCE)
    if asked is None or isinstance(asked, str):
        return got == stored_text(asked or "")
    if isinstance(got, (date, time, timedelta)):
        return True  # a number in a cell that staff formatted as a date: no exact number comes back
    return isinstance(got, (int, float)) and _near(float(got), float(asked), 1e-12 * max(1.0, abs(float(asked))))


def _near(got: float | None, wanted: float, tolerance: float) -> bool:
    return got is not None and abs(got - wanted) <= tolerance


def _days(got: object, date1904: bool) -> float | None:
    if isinstance(got, (int, float)):
        return float(got)
    return serial(got, date1904) if isinstance(got, (date, datetime)) else None


def _mismatch(what: str) -> WriteRefused:
    return WriteRefused(f"写入后核对不符：{what}，已放弃写入。", _NOT_OURS)

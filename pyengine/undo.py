"""撤销：窗口里刷新以前记下要写的每一格原来是什么，不满意就退回去；人在那以后改过的格、挪动过的行不动。"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from pyengine.books.locks import FOLDER
from pyengine.books.replace import back_up
from pyengine.cells import plain_text
from pyengine.durable import fitted, make_folder, put
from pyengine.grid import Grid, Written
from pyengine.history import Seen
from pyengine.layout import layout
from pyengine.ooxml import KEEP, CellEdit, NamedLook, Value, WriteRefused
from pyengine.plan import same_value
from pyengine.refresh import NO_HISTORY, Book, Memory, Step, examine
from pyengine.tables import find_tables
from pyengine.writeback import PLAIN, link_to

_KINDS: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "Decimal": Decimal,
    "Fraction": Fraction,
}


@dataclass(frozen=True, slots=True)
class Noted:
    """记下的一格：在哪里、写了以后这一行的编号（没有则空）、原来的值、写的值、有没有改样式和链接。"""

    sheet: str
    row: int
    column: int
    number: str
    old: Value
    new: Value
    styled: bool
    linked: bool


@dataclass(slots=True)
class Undoable:
    """写以前先记下原样的台账：各格原来的值，和磁盘上那个文件的备份。"""

    book: Book
    ledger: Path
    as_of: date
    _grids: Mapping[str, Grid] | None = None

    def sheets(self) -> Mapping[str, Grid]:
        """工作表名到格子。"""
        self._grids = self.book.sheets()
        return self._grids

    def write(self, edits: Mapping[str, Sequence[CellEdit]], looks: Mapping[str, NamedLook], stamp: str) -> Written:
        """记下原样，再照写。"""
        noted = list(_noted(self._grids or {}, edits))
        if noted:
            path = undo_file(self.ledger)
            make_folder(path.parent)
            content = {"as_of": self.as_of.isoformat(), "cells": [astuple(cell) for cell in noted]}
            put(path, json.dumps(content, ensure_ascii=False, default=_coded).encode())
            with suppress(OSError):  # 窗口占着文件不让读的，只有逐格的原样
                back_up(self.ledger.resolve(), self.ledger.read_bytes(), stamp)
        return self.book.write(edits, looks, stamp)


def undo_file(ledger: Path) -> Path:
    """记着上次窗口里的刷新写了什么的文件。"""
    return ledger.resolve().parent / FOLDER / fitted(ledger.name, ".撤销.json")


def take_back(
    book: Book, ledger: Path, now: datetime, step: Step = lambda _: None, history: Memory = NO_HISTORY
) -> tuple[Written, int]:
    """把上次窗口里的刷新写的退回去：（改了什么，那以后变过、没有动的格数）。没有可退的抛 WriteRefused。"""
    as_of, noted = _read(undo_file(ledger))
    result, grids = examine(book, as_of, step, history)
    numbers = _numbers(grids)
    mine = [cell for cell in noted if _as_left(cell, grids, numbers)]
    edits: dict[str, list[CellEdit]] = defaultdict(list)
    for cell in mine:
        edits[cell.sheet].append(_reverse(cell))
    step("退回原样")
    written = book.write(edits, layout().styles, now.strftime("%Y%m%d-%H%M%S"))
    undo_file(ledger).unlink(missing_ok=True)
    history.save(Seen(now, "undo", result.reading, result.outcome, grids, edits, written.cells))
    return written, len(noted) - len(mine)


def _noted(grids: Mapping[str, Grid], edits: Mapping[str, Sequence[CellEdit]]) -> Iterator[Noted]:
    numbers = _numbers(grids)
    for sheet, changes in edits.items():
        grid, column = grids[sheet], numbers.get(sheet)
        made = {edit.row: plain_text(edit.value) for edit in changes if edit.column == column}
        for edit in changes:
            if edit.value is not KEEP:
                old: Any = grid.at(edit.row, edit.column)
                value: Any = edit.value
                number = made.get(edit.row) or _number(grid, edit.row, column)
                styled, linked = edit.style is not None, edit.link is not None
                yield Noted(sheet, edit.row, edit.column, number, old, value, styled, linked)


def _numbers(grids: Mapping[str, Grid]) -> dict[str, int]:
    """各表“编号”是第几列；整张重列的清单，行没有固定的主人，不算。"""
    tables = find_tables(grids)
    return {name: table.columns["编号"] for name, table in tables.items() if "编号" in table.columns and not table.table.relisted}  # fmt: skip


def _number(grid: Grid, row: int, column: int | None) -> str:
    return plain_text(grid.at(row, column)) if column else ""


def _as_left(cell: Noted, grids: Mapping[str, Grid], numbers: Mapping[str, int]) -> bool:
    """这一格还是写下的样子，这一行还是那一项。"""
    grid = grids.get(cell.sheet)
    if grid is None or not same_value(grid.at(cell.row, cell.column), cell.new):
        return False
    return _number(grid, cell.row, numbers.get(cell.sheet)) == cell.number


def _reverse(cell: Noted) -> CellEdit:
    word = cell.old.removesuffix("（建议）") if isinstance(cell.old, str) else ""
    style = (word if word in layout().styles else PLAIN) if cell.styled else None
    return CellEdit(cell.row, cell.column, cell.old, style=style, link=link_to(cell.old) if cell.linked else None)


def _read(path: Path) -> tuple[date, list[Noted]]:
    """（那次刷新的判定日，记下的各格）；没有、读不出的抛 WriteRefused。"""
    try:
        content = json.loads(path.read_bytes(), object_pairs_hook=_decoded)
        return date.fromisoformat(content["as_of"]), [Noted(*cell) for cell in content["cells"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WriteRefused(
            "没有可以撤销的刷新。", "窗口里刷新以后才能撤销，只能退一步；更早的，关闭台账后用 duban restore。"
        ) from error


def _coded(value: Any) -> dict[str, str]:
    return {type(value).__name__: value.isoformat() if isinstance(value, date | time) else str(value)}


def _decoded(pairs: list[tuple[str, Any]]) -> Any:
    kind, text = pairs[0]
    return _KINDS[kind](text) if kind in _KINDS else dict(pairs)

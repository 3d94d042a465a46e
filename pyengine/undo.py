"""撤销：窗口里刷新以前记下要写的每一格原来是什么，不满意就退回去；人在那以后改过的格、挪动过的行不动。

清单（待办提醒、亮牌建议、校验问题）的行没有固定的主人，答复只凭旁边写着什么认：答复过、动过一格的，整张不退。
督查记录里系统补登的一行，人接着填过的，整行不退。
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from pathlib import Path
from typing import Any

from pyengine.books.locks import FOLDER
from pyengine.books.memory import MemoryBook
from pyengine.books.own_lock import own_lock
from pyengine.books.replace import back_up
from pyengine.cells import plain_text
from pyengine.durable import draft, fitted, move, sweep
from pyengine.grid import CellError, Grid, Written
from pyengine.history import Seen, backups
from pyengine.layout import layout
from pyengine.ooxml import KEEP, CellEdit, NamedLook, Value, WriteRefused
from pyengine.plan import RECORDS, same_value
from pyengine.refresh import NO_HISTORY, Book, Memory, Step, examine
from pyengine.tables import SheetTable, find_tables
from pyengine.writeback import PLAIN, link_to

_KINDS: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "Decimal": Decimal,
    "Fraction": Fraction,
    "CellError": CellError,
}
_STAMP = "%Y%m%d-%H%M%S"
_SECOND = timedelta(seconds=1)
_Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Noted:
    """记下的一格：在哪里、写了以后这一行是谁的、原来的值、后来的值、有没有改样式和链接。

    没有写、只为认得出这一行这一张动过没有的格，原来的和后来的一样。
    """

    sheet: str
    row: int
    column: int
    owner: str
    old: Value
    new: Value
    styled: bool
    linked: bool

    @property
    def written(self) -> bool:
        """是写过的一格。"""
        return not same_value(self.old, self.new)


_FIELDS = attrgetter(*(field.name for field in fields(Noted)))
"""一格的各项，按先后；astuple 逐项深拷贝，八万格要一秒多。"""


@dataclass(slots=True)
class Undoable:
    """写以前先记下原样的台账：各格原来的值，和磁盘上那个文件的备份；没有写成的，记着的还是上一次。"""

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
        if not noted:
            return self.book.write(edits, looks, stamp)
        path = undo_file(self.ledger)
        content = {"at": stamp, "as_of": self.as_of.isoformat(), "cells": list(map(_FIELDS, noted))}
        made = json.dumps(content, ensure_ascii=False, default=_coded).encode()
        with own_lock(self.ledger.resolve(), stamp, "刷新", ".撤销"):
            sweep(path.parent, path, alone=True)
            with draft(path, made, key=path, like=path) as fresh:
                written = self.book.write(edits, looks, stamp)
                move(fresh, path)
            with suppress(OSError, WriteRefused):  # 磁盘上的还没有动；窗口占着文件不让读的，只有逐格的原样
                back_up(self.ledger.resolve(), self.ledger.read_bytes(), stamp)
        return written


def undo_file(ledger: Path) -> Path:
    """记着上次窗口里的刷新写了什么的文件。"""
    return ledger.resolve().parent / FOLDER / fitted(ledger.name, ".撤销.json")


def take_back(
    book: Book, ledger: Path, now: datetime, step: Step = lambda _: None, history: Memory = NO_HISTORY
) -> tuple[Written, int]:
    """把上次窗口里的刷新写的退回去：（改了什么，那以后变过、没有动的格数）。没有可退的抛 WriteRefused。"""
    at, as_of, noted = _read(undo_file(ledger))
    if any(backup.at >= at + _SECOND for backup in backups(ledger)):
        raise WriteRefused(
            "那次刷新以后，台账又按文件写过（夜间任务、起草公文、恢复……），不能撤销了。",
            "要退回从前的样子，请存盘关闭台账后用 duban restore。",
        )
    result, grids = examine(book, as_of, step, history)
    mine = _as_left(noted, grids)
    edits: dict[str, list[CellEdit]] = defaultdict(list)
    for cell in mine:
        edits[cell.sheet].append(_reverse(cell))
    step("退回原样")
    written = book.write(edits, layout().styles, now.strftime(_STAMP))
    if mine:
        undo_file(ledger).unlink(missing_ok=True)
    history.save(Seen(now, "undo", result.reading, result.outcome, grids, edits, written.cells))
    return written, sum(cell.written for cell in noted) - len(mine)


def _noted(grids: Mapping[str, Grid], edits: Mapping[str, Sequence[CellEdit]]) -> Iterator[Noted]:
    after = MemoryBook(grids)
    after.write(edits, {}, "")
    tables, later = find_tables(grids), after.sheets()
    for sheet, changes in edits.items():
        made = {(edit.row, edit.column): edit for edit in changes if edit.value is not KEEP}
        owners = _owners(later[sheet], tables.get(sheet))
        for row, column in sorted({*made, *_beside(made, tables.get(sheet), grids[sheet])}):
            edit = made.get((row, column))
            old: Any = grids[sheet].at(row, column)
            new: Any = later[sheet].at(row, column)
            styled, linked = edit is not None and edit.style is not None, edit is not None and edit.link is not None
            yield Noted(sheet, row, column, owners.get(row, ""), old, new, styled, linked)


def _beside(made: Mapping[_Cell, CellEdit], table: SheetTable | None, grid: Grid) -> Iterator[_Cell]:
    """要连同写的格一起看着的：清单里的全部答复，督查记录新补的一行。"""
    if table is None or not made:
        return
    if table.table.relisted:
        last = max(len(grid.rows), *(row for row, _ in made))
        answers = [table.columns[column.name] for column in table.table.staff if column.name in table.columns]
        yield from ((row, column) for row in range(table.header_row + 1, last + 1) for column in answers)
    elif table.sheet == RECORDS:
        fresh = {row for row, _ in made if row > table.last_row}
        yield from ((row, column) for row in fresh for column in table.columns.values())


def _owners(grid: Grid, table: SheetTable | None) -> Mapping[int, str]:
    """各行是谁的：凭认出一行的几列；那几列空着、别的行也一样的，凭人填的全部。清单的行不算。"""
    if table is None or table.table.relisted:
        return {}
    staff = [column.name for column in table.table.staff]
    rows = range(table.header_row + 1, len(grid.rows) + 1)
    named = {row: _words(grid, table, row, table.table.identity) for row in rows}
    times = Counter(named.values())
    return {
        row: name if name.strip("|") and times[name] == 1 else _words(grid, table, row, staff)
        for row, name in named.items()
    }


def _words(grid: Grid, table: SheetTable, row: int, names: Sequence[str]) -> str:
    return "|".join(plain_text(grid.at(row, table.columns.get(name, 0))) for name in names)


def _as_left(noted: Sequence[Noted], grids: Mapping[str, Grid]) -> list[Noted]:
    """写过的格里，还是写下的样子、这一行还是那一项的；清单整张、督查记录整行都要还是原样。"""
    tables = find_tables(grids)
    owners = {sheet: _owners(grid, tables.get(sheet)) for sheet, grid in grids.items()}

    def stands(cell: Noted) -> bool:
        grid = grids.get(cell.sheet, Grid())
        same = same_value(grid.at(cell.row, cell.column), cell.new)
        return same and owners.get(cell.sheet, {}).get(cell.row, "") == cell.owner

    moved = {_together(cell, tables.get(cell.sheet)) for cell in noted if not stands(cell)}
    return [cell for cell in noted if cell.written and _together(cell, tables.get(cell.sheet)) not in moved]


def _together(cell: Noted, table: SheetTable | None) -> tuple[str | int, ...]:
    """要退一起退的：清单和没有表头的表整张，督查记录一行，别的表一格。"""
    if table is None or table.table.relisted:
        return (cell.sheet,)
    return (cell.sheet, cell.row) if cell.sheet == RECORDS else (cell.sheet, cell.row, cell.column)


def _reverse(cell: Noted) -> CellEdit:
    word = cell.old.removesuffix("（建议）") if isinstance(cell.old, str) else ""
    style = (word if word in layout().styles else PLAIN) if cell.styled else None
    return CellEdit(cell.row, cell.column, cell.old, style=style, link=link_to(cell.old) if cell.linked else None)


def _read(path: Path) -> tuple[datetime, date, list[Noted]]:
    """（那次刷新的时刻、判定日，记下的各格）；没有、读不出的抛 WriteRefused。"""
    try:
        content = json.loads(path.read_bytes(), object_pairs_hook=_decoded)
        at, as_of = datetime.strptime(content["at"], _STAMP), date.fromisoformat(content["as_of"])
        return at, as_of, [Noted(*cell) for cell in content["cells"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WriteRefused(
            "没有可以撤销的刷新。", "窗口里刷新以后才能撤销，只能退一步；更早的，关闭台账后用 duban restore。"
        ) from error


def _coded(value: Any) -> dict[str, str]:
    return {type(value).__name__: value.isoformat() if isinstance(value, date | time) else str(value)}


def _decoded(pairs: list[tuple[str, Any]]) -> Any:
    kind, text = pairs[0] if pairs else ("", "")
    return _KINDS[kind](text) if kind in _KINDS else dict(pairs)

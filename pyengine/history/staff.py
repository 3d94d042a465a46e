"""人填的内容：每次运行时各表人填的列是什么样，与上一次比，哪一行哪一列改了、添了、删了。"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from pyengine.cells import plain_text
from pyengine.grid import Grid
from pyengine.layout import Table, layout
from pyengine.ooxml import CellEdit, Keep
from pyengine.plan import RECORDS
from pyengine.tables import SheetTable

ADDED, REMOVED = "（添了这一行）", "（删了这一行）"
"""整行添、删时，列名处写的字。"""

_WHOLE_SHEET = "（整张表）"
_SHOWN = 12
"""整行添、删时至多抄几列。"""

_Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """改动：哪张表、哪一行（item 是编号或认得出它的几列）、哪一列，原来是什么，现在是什么。"""

    sheet: str
    item: str
    column: str
    old: str
    new: str


def described(change: Change) -> str:
    """一处改动的一句话：政府工作报告台账 ZFGZ-2026-001 完成时限：2026-10-31 → 2027-06-30。"""
    where = f"{change.sheet} {change.item}"
    if change.column in (ADDED, REMOVED):
        return f"{where} {'添了一行' if change.column == ADDED else '删了这一行'}：{change.new or change.old}"
    return f"{where} {change.column}：{change.old or '（空）'} → {change.new or '（空）'}"


@dataclass(frozen=True, slots=True)
class StaffSheet:
    """一张表里人填的内容：kind 是 layout.toml 里的表名，content 是 JSON（表头一行，以下各行）。"""

    kind: str
    content: str


def staff_sheets(grids: Mapping[str, Grid], tables: Mapping[str, SheetTable]) -> dict[str, StaffSheet]:
    """各表人填的内容，按工作表名。"""
    return {name: StaffSheet(table.table.key, _content(grids[name], table, ())) for name, table in tables.items()}


def after_writing(
    sheets: Mapping[str, StaffSheet],
    grids: Mapping[str, Grid],
    tables: Mapping[str, SheetTable],
    edits: Mapping[str, Sequence[CellEdit]],
) -> dict[str, StaffSheet]:
    """写入以后的样子：系统在督查记录补记的行、重列的清单也算在内，下一次不当作人的改动。"""
    touched = (name for name in edits if name in tables and (name == RECORDS or tables[name].table.relisted))
    written = {
        name: replace(sheets[name], content=_content(grids[name], tables[name], edits[name])) for name in touched
    }
    return {**sheets, **written}


def _content(grid: Grid, table: SheetTable, edits: Sequence[CellEdit]) -> str:
    """重列的表连认出一行的列也记（它们是系统写的），只在写入以后的样子里才对得上人的答复。"""
    wanted = {*(column.name for column in table.table.staff), *(table.table.identity if table.table.relisted else ())}
    places = {column: name for name, column in table.columns.items() if name in wanted}
    pick = itemgetter(*(column - 1 for column in places))
    rows = dict(enumerate(map(pick, grid.rows[table.header_row :]), start=table.header_row + 1))
    order = {column: index for index, column in enumerate(places)}
    for edit in edits:
        if edit.column in order and not isinstance(edit.value, Keep):
            row = [*rows.get(edit.row, [None] * len(places))]
            row[order[edit.column]] = edit.value
            rows[edit.row] = row
    filled = (rows[number] for number in sorted(rows) if rows[number].count(None) < len(places))
    return json.dumps([[*places.values()], *filled], ensure_ascii=False, separators=(",", ":"), default=str)


def changes(before: Mapping[str, StaffSheet], after: Mapping[str, StaffSheet]) -> tuple[Change, ...]:
    """两次之间的全部改动，按工作表、行的次序。没有记过的表不比（头一次见）。"""
    found: list[Change] = []
    for name, sheet in after.items():
        old = before.get(name)
        if old is not None and old.content != sheet.content:
            found += _sheet_changes(name, layout().tables[sheet.kind], _rows(old), _rows(sheet))
    found += (Change(name, _WHOLE_SHEET, REMOVED, "", "") for name in before if name not in after)
    return tuple(found)


def _rows(sheet: StaffSheet) -> dict[str, _Row]:
    """认出一行的文字到各列的文字；同样的有几行，依次加序号。"""
    heads, *rows = json.loads(sheet.content)
    table, found = layout().tables[sheet.kind], dict[str, _Row]()
    seen: dict[str, int] = {}
    for values in rows:
        row = {head: plain_text(value) for head, value in zip(heads, values, strict=True)}
        key = _identity(table, row)
        seen[key] = seen.get(key, 0) + 1
        found[key if seen[key] == 1 else f"{key}（第{seen[key]}处）"] = row
    return found


def _identity(table: Table, row: _Row) -> str:
    named = " ".join(row[name] for name in table.identity if row.get(name))
    return named or next((row[column.name] for column in table.staff if row.get(column.name)), "")


def _sheet_changes(name: str, table: Table, before: Mapping[str, _Row], after: Mapping[str, _Row]) -> Iterator[Change]:
    for key, row in after.items():
        old = before.get(key)
        if old is None and not table.relisted:
            yield Change(name, key, ADDED, "", _whole(row))
        else:
            yield from _cell_changes(name, table, key, old or {}, row)
    if not table.relisted:
        for key, row in before.items():
            if key not in after:
                yield Change(name, key, REMOVED, _whole(row), "")


def _cell_changes(name: str, table: Table, key: str, old: _Row, new: _Row) -> Iterator[Change]:
    for column in table.staff:
        was, now = old.get(column.name, ""), new.get(column.name, "")
        if was != now:
            yield Change(name, key, column.name, was, now)


def _whole(row: _Row) -> str:
    filled = [f"{head}：{text}" for head, text in row.items() if text]
    return "；".join(filled[:_SHOWN]) + ("……" if len(filled) > _SHOWN else "")

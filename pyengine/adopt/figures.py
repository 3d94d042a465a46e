"""附表的核对：指标表、统计表不是台账，照原样附上；其中的错误值、文本数字、合计与分项不符、比例与计算值不符，逐格指出。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyengine.adopt.journal import Journal
from pyengine.adopt.source import Cell, Sheet
from pyengine.grid import CellError
from pyengine.terms import ERROR, WARNING

_TOTAL = re.compile(r"^(?:合计|总计|全[县市区旗省](?:合计)?|共计)$")
_NUMBER = re.compile(r"^-?\d{1,12}(?:\.\d+)?$")
_GOAL = re.compile(r"目标|任务|计划")
_DONE = re.compile(r"进度|完成数|完成量|实际|累计|完成$")
_RATE = re.compile(r"比例|率|百分比|占比|%")


@dataclass(frozen=True, slots=True)
class _Table:
    """一张数表：表头末行、各列表头的字。"""

    sheet: Sheet
    last_head: int
    heads: dict[int, str]


def check_figures(sheet: Sheet, journal: Journal) -> None:
    """核对一张附表，疑点记到账上。"""
    for cell in sheet.cells():
        if isinstance(cell.value, CellError):
            journal.doubt(cell, ERROR, f"单元格为公式错误值 {cell.value}")
    table = _table(sheet)
    if table is None:
        return
    for cell in _text_numbers(table):
        journal.doubt(cell, WARNING, f"数值以文本存放（{cell.text}），求和、比较时会漏掉")
    _totals(table, journal)
    _rates(table, journal)


def _table(sheet: Sheet) -> _Table | None:
    """数表：第一行有两个以上的数的行以上是表头。"""
    first = next((row for row in range(1, sheet.height + 1) if len(_numbers(sheet, row)) >= 2), None)
    if first is None or first == 1:
        return None
    heads = {column: sheet.cell(first - 1, column).text for column in range(1, sheet.width + 1)}
    return _Table(sheet, first - 1, heads)


def _numbers(sheet: Sheet, row: int) -> list[Cell]:
    return [cell for cell in sheet.row(row) if _value(cell) is not None and not isinstance(cell.value, str)]


def _value(cell: Cell) -> float | None:
    if isinstance(cell.value, bool):
        return None
    if isinstance(cell.value, int | float):
        return float(cell.value)
    return float(cell.text) if isinstance(cell.value, str) and _NUMBER.match(cell.text) else None


def _column(table: _Table, column: int) -> list[Cell]:
    rows = range(table.last_head + 1, table.sheet.height + 1)
    return [table.sheet.own(row, column) for row in rows]


def _text_numbers(table: _Table) -> Iterator[Cell]:
    for column in table.heads:
        cells = _column(table, column)
        real = sum(isinstance(cell.value, int | float) for cell in cells)
        yield from (c for c in cells if isinstance(c.value, str) and _NUMBER.match(c.text) and real >= 3)


def _totals(table: _Table, journal: Journal) -> None:
    rows = range(table.last_head + 1, table.sheet.height + 1)
    total = next((row for row in rows if any(_TOTAL.match(c.text) for c in table.sheet.row(row)[:2])), None)
    if total is None:
        return
    for column, head in table.heads.items():
        printed = _value(table.sheet.own(total, column))
        parts = [v for row in rows if row != total and (v := _value(table.sheet.own(row, column))) is not None]
        if printed is None or len(parts) < 2 or _RATE.search(head):
            continue
        if abs(printed - sum(parts)) > max(0.01, abs(printed) * 0.0005):
            note = f"合计与分项之和不符：印 {printed:g}，分项之和 {sum(parts):g}"
            journal.doubt(table.sheet.own(total, column), WARNING, note)


def _rates(table: _Table, journal: Journal) -> None:
    """目标、进度、完成比例三列相邻的，比例应等于进度除以目标。"""
    for column, head in table.heads.items():
        goal, done = table.heads.get(column - 2, ""), table.heads.get(column - 1, "")
        if not (_RATE.search(head) and _GOAL.search(goal) and _DONE.search(done)):
            continue
        for row in range(table.last_head + 1, table.sheet.height + 1):
            _rate(table.sheet, row, column, journal)


def _rate(sheet: Sheet, row: int, column: int, journal: Journal) -> None:
    goal, done, printed = (_value(sheet.own(row, column - back)) for back in (2, 1, 0))
    if not goal or done is None or printed is None:
        return
    share = done / goal
    if min(abs(printed - share * 100), abs(printed - share) * 100) > 0.06:
        note = f"完成比例与计算值不符：印 {printed:g}，{done:g}÷{goal:g} 应为 {share * 100:.1f}%"
        journal.doubt(sheet.own(row, column), WARNING, note)

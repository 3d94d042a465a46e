"""首页、督检汇总、看板：没有固定行数的三张表，按标签和表头找到位置，给出 (行, 列, 值)。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pyengine.cards import standing
from pyengine.grid import Grid
from pyengine.layout import header_key, layout
from pyengine.ooxml import Value
from pyengine.outcome import Outcome
from pyengine.read import Reading
from pyengine.summary import busiest_units, summarise
from pyengine.terms import COLOURS, STATUSES

Cells = Iterator[tuple[int, int, Value]]


def home_cells(grid: Grid, reading: Reading, outcome: Outcome) -> Cells:
    """首页：今日待办、事项总数、各状态件数，写在标签右边一格；没有标签的不写。"""
    answers = reading.ledger.reminder_answers
    waiting = sum(item.key not in answers for item in outcome.reminders)
    counts = Counter(verdict.status for verdict in outcome.verdicts)
    figures = {"今日待办": waiting, "事项总数": len(outcome.verdicts), **{word: counts[word] for word in STATUSES}}
    for text, number in figures.items():
        place = grid.find(text)
        if place and not isinstance(grid.at(place[0], place[1] + 1), str):  # 右边是字的，不是留给系统的格
            yield place[0], place[1] + 1, number


def summary_cells(grid: Grid, outcome: Outcome) -> Cells:
    """督检汇总：表头在第 3 行；表头被改成别的内容则不写。"""
    top, heads = layout().header_row, layout().summary
    present = [header_key(grid.at(top, column)) for column in range(1, len(heads) + 1)]
    if any(text and text != header_key(name) for text, name in zip(present, heads, strict=True)):
        return
    rows = [row.cells for row in summarise(outcome.verdicts)]
    last = max(len(grid.rows), top + len(rows))
    for column, name in enumerate(heads, start=1):
        yield top, column, name
        for row in range(top + 1, last + 1):
            index = row - top - 1
            yield row, column, rows[index][column - 1] if index < len(rows) else None


def board_cells(grid: Grid, outcome: Outcome) -> Cells:
    """看板：图表引用的数；表头不在约定位置则不写。"""
    top = layout().header_row
    if any(header_key(grid.at(top, column)) != text for column, text in enumerate(layout().board, start=1)):
        return
    counts = Counter(verdict.status for verdict in outcome.verdicts)
    yield from ((top + index, 2, counts[word]) for index, word in enumerate(STATUSES, start=1))
    shown = Counter(card.colour for card in outcome.cards if standing(card))
    yield from ((top + index, 5, shown[colour]) for index, colour in enumerate(COLOURS, start=1))
    units = busiest_units(outcome.verdicts, layout().board_units)
    for index in range(layout().board_units):
        row: tuple[Value, ...] = units[index] if index < len(units) else (None, None, None, None)
        yield from ((top + 1 + index, 7 + offset, value) for offset, value in enumerate(row))

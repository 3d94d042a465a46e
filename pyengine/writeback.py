"""写回：结果 → 改动。只写系统的列、系统的表和督查记录末尾的新行；值没有变的不写；越界一律拒绝。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from pyengine.board import board_cells, home_cells, summary_cells
from pyengine.cards import gravest, shown_name
from pyengine.case import is_open
from pyengine.grid import Grid
from pyengine.heights import outgrows, row_height
from pyengine.layout import Column, layout
from pyengine.lists import card_list, finding_list, reminder_list
from pyengine.model import Finding, Place
from pyengine.ooxml import KEEP, CellEdit, Value
from pyengine.outcome import Card, Outcome, Verdict
from pyengine.plan import LISTS, RECORDS, NewRecord, Plan, guarded, same_value
from pyengine.read import Reading
from pyengine.standings import standing_rows
from pyengine.tables import SheetTable

PLAIN = "无牌"
"""取下状态、取下牌以后的样式。"""


def plan_refresh(reading: Reading, outcome: Outcome, grids: Mapping[str, Grid]) -> Mapping[str, Sequence[CellEdit]]:
    """刷新要写的全部改动，按工作表。"""
    plan = Plan(grids)
    _write_verdicts(plan, reading, outcome)
    _write_nodes(plan, outcome)
    _write_indicators(plan, reading, outcome)
    _write_standings(plan, reading, outcome)
    _write_checks(plan, reading, outcome.findings)
    for sheet, rows in zip(
        LISTS, (reminder_list(reading, outcome), card_list(outcome), finding_list(reading, outcome)), strict=True
    ):
        _write_list(plan, reading.tables[sheet], rows)
    _append(plan, reading.tables[RECORDS], (NewRecord(_shown(card, outcome.as_of)) for card in outcome.events))
    for sheet, cells in (
        ("督检汇总", summary_cells(grids["督检汇总"], outcome)),
        ("看板", board_cells(grids["看板"], outcome)),
    ):
        for row, column, value in cells:
            plan.put(sheet, row, column, value)
    _write_home(plan, reading, outcome)
    return guarded(plan.edits, reading.tables)


def plan_records(
    reading: Reading, grids: Mapping[str, Grid], records: Iterable[NewRecord]
) -> Mapping[str, Sequence[CellEdit]]:
    """只在督查记录末尾补行的改动。"""
    plan = Plan(grids)
    _append(plan, reading.tables[RECORDS], records)
    return guarded(plan.edits, reading.tables)


def _write_verdicts(plan: Plan, reading: Reading, outcome: Outcome) -> None:
    cards = gravest(outcome.cards)
    written: dict[str, set[int]] = defaultdict(set)
    for verdict in outcome.verdicts:
        place = verdict.task.place
        written[place.sheet].add(place.row)
        values = _verdict_values(verdict, cards, outcome.as_of)
        height = _height(plan, reading, place, "依据", values["依据"])
        for header, value in values.items():
            _put_engine(plan, reading.tables[place.sheet], place.row, header, value, height=height)
    children = [node.place for node in reading.ledger.nodes] + [row.place for row in reading.ledger.indicators]
    for place in children:
        written[place.sheet].add(place.row)
    for table in reading.tables.values():
        if table.table.key in ("ledger", "nodes", "indicators"):
            _clear_stale(plan, table, written[table.sheet])


def _height(plan: Plan, reading: Reading, place: Place, header: str, text: Value) -> float | None:
    """这一行写上 text 以后应有的行高；没有变的、预留的行数放得下的不必算。"""
    grid, table = plan.grids[place.sheet], reading.tables[place.sheet].table
    old = grid.at(place.row, place.columns.get(header, 0))
    if same_value(old, text) or not any(outgrows(table, header, value) for value in (old, text)):
        return None
    seen = {name: grid.at(place.row, column) for name, column in place.columns.items()}
    return row_height(table, {**seen, header: text})


def _verdict_values(verdict: Verdict, cards: Mapping[str, Card], as_of: date) -> dict[str, Value]:
    active = is_open(verdict.task, as_of)
    return {
        "应达进度": _rounded(verdict.expected),
        "进度偏差": _rounded(verdict.gap) if active else None,
        "剩余天数": verdict.days_left if active else None,
        "下次提示": verdict.next_prompt,
        "预警状态": verdict.status,
        "亮牌": shown_name(cards[verdict.task.number]) if verdict.task.number in cards else None,
        "依据": verdict.basis,
    }


def _rounded(share: Fraction | None) -> float | None:
    return None if share is None else round(float(share), 4)


def _put_engine(
    plan: Plan, table: SheetTable, row: int, header: str, value: Value, height: float | None = None
) -> None:
    column = table.columns.get(header)
    form = table.table.column(header).format
    style = _style_of(header, value)
    if (
        style is None
        and header in ("预警状态", "亮牌")
        and column
        and plan.grids[table.sheet].at(row, column) is not None
    ):
        style = PLAIN
    plan.put(table.sheet, row, column, value, style=style, number_format=form, height=height)


def _style_of(header: str, value: Value) -> str | None:
    if header not in ("预警状态", "亮牌", "牌") or not isinstance(value, str):
        return None
    name = value.removesuffix("（建议）")
    return name if name in layout().styles else None


def _clear_stale(plan: Plan, table: SheetTable, written: set[int]) -> None:
    """没有事项（节点、指标）的行上残留的系统列：清空。"""
    grid = plan.grids[table.sheet]
    engine = [column.name for column in table.table.engine if column.name in table.columns and column.name != "校验"]
    for row in range(table.header_row + 1, len(grid.rows) + 1):
        if row not in written:
            for header in engine:
                if grid.at(row, table.columns[header]) is not None:
                    _put_engine(plan, table, row, header, None)


def _write_nodes(plan: Plan, outcome: Outcome) -> None:
    for node, state in outcome.node_states:
        plan.put(node.place.sheet, node.place.row, node.place.columns.get("节点状态"), state or None)


def _write_indicators(plan: Plan, reading: Reading, outcome: Outcome) -> None:
    """指标的判断；保障判断折行，没有人定过行高的按它调整行高。"""
    for state in outcome.indicators:
        place = state.indicator.place
        plan.put(place.sheet, place.row, place.columns.get("完成率"), _rounded(state.rate), number_format="0.0%")
        plan.put(place.sheet, place.row, place.columns.get("序时判断"), state.on_schedule or None)
        height = _height(plan, reading, place, "保障判断", state.guard)
        plan.put(place.sheet, place.row, place.columns.get("保障判断"), state.guard or None, height=height)


def _write_standings(plan: Plan, reading: Reading, outcome: Outcome) -> None:
    """年度考评：每一行的系统列；人删空了的行清掉上次写的。"""
    table = reading.tables["年度考评"]
    rows = standing_rows(reading.ledger, outcome, table, plan.grids[table.sheet])
    for row, (values, height) in rows.items():
        for column in table.table.engine:
            at, value = table.columns.get(column.name), values.get(column.name)
            plan.put(table.sheet, row, at, value, number_format=column.format, height=height)
    _clear_stale(plan, table, set(rows))


def _write_checks(plan: Plan, reading: Reading, findings: Iterable[Finding]) -> None:
    """各表“校验”列：本行的问题，错误在前；没有问题的清空。"""
    messages: dict[tuple[str, int], list[str]] = defaultdict(list)
    for item in findings:
        if item.row is not None:
            messages[item.sheet, item.row].append(item.message)
    for table in reading.tables.values():
        column = table.columns.get("校验")
        if column is None:
            continue
        grid = plan.grids[table.sheet]
        for row in range(table.header_row + 1, len(grid.rows) + 1):
            text = "；".join(messages.get((table.sheet, row), ()))
            if text or grid.at(row, column) is not None:
                plan.put(table.sheet, row, column, text or None)


def _write_list(plan: Plan, table: SheetTable, rows: Sequence[Mapping[str, Value]]) -> None:
    """整张重写的清单：逐行写出，多出来的旧行清空。“位置”列带链接。"""
    grid = plan.grids[table.sheet]
    last = max(len(grid.rows), table.header_row + len(rows))
    for row in range(table.header_row + 1, last + 1):
        index = row - table.header_row - 1
        values = rows[index] if index < len(rows) else {}
        height = row_height(table.table, values)
        for column in table.table.columns:
            _put_listed(plan, table, row, column, values.get(column.name), height)


def _put_listed(plan: Plan, table: SheetTable, row: int, column: Column, value: Value, height: float) -> None:
    at = table.columns[column.name]
    old = plan.grids[table.sheet].at(row, at)
    style = _style_of(column.name, value) or (PLAIN if column.name == "牌" and old is not None else None)
    link = link_to(value) if column.name == "位置" and not same_value(old, value) else None
    plan.put(table.sheet, row, at, value, style=style, number_format=column.format, link=link, height=height)


def link_to(value: Value) -> str:
    """“位置”写的地址对应的链接；不是地址的为空串。"""
    if not isinstance(value, str) or "!" not in value:
        return ""
    sheet, cell = value.rsplit("!", 1)
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!{cell}" if cell[:1].isascii() else ""


def _shown(card: Card, as_of: date) -> dict[str, Value]:
    return {
        "日期": as_of, "事件": "亮牌", "编号": "、".join(card.tasks), "单位": card.unit, "事由": f"{card.colour}：{card.ground}",
        "经办人": card.confirmer or None, "备注": card.id,
    }  # fmt: skip


def _append(plan: Plan, table: SheetTable, records: Iterable[NewRecord]) -> None:
    row = table.last_row
    for record in records:
        row += 1
        height = row_height(table.table, record.cells)
        for header, value in record.cells.items():
            form = "yyyy-mm-dd" if isinstance(value, date) else None
            if value not in (None, ""):
                plan.put(table.sheet, row, table.columns.get(header), value, number_format=form, height=height)


def _write_home(plan: Plan, reading: Reading, outcome: Outcome) -> None:
    """首页：各项数字；刷新时间只在别处有改动时才写。"""
    changed = any(edit.value is not KEEP for edits in plan.edits.values() for edit in edits)
    for row, column, value in home_cells(plan.grids["首页"], reading, outcome):
        plan.put("首页", row, column, value)
    changed = changed or bool(plan.edits.get("首页"))
    place = plan.grids["首页"].find("刷新时间")
    if place and changed:
        plan.put("首页", place[0], place[1] + 1, outcome.as_of, number_format="yyyy-mm-dd")

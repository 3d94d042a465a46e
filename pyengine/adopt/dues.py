"""时限与节点的写法：读得与日常一样的照抄；要靠别的栏才读得出的写成日期，原文并入备注；读不出的照抄并报错。"""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby

from pyengine.adopt import heads as h
from pyengine.adopt.desk import Item
from pyengine.adopt.drafts import StepCell
from pyengine.adopt.journal import CHANGED, REMARKED, SAME
from pyengine.adopt.master import Line
from pyengine.adopt.source import Cell
from pyengine.adopt.words import state_of
from pyengine.deadlines import date_inside, read_deadline, read_steps
from pyengine.grid import CellError
from pyengine.model import Deadline
from pyengine.terms import DATED, DONE, ERROR, MISSING, NOTICE, UNREADABLE, WARNING

NODES = "时间节点"
_NOTHING = re.compile(r"^[-—–－/／\\无]+$")


def write_due(item: Item) -> None:
    """启动时限、完成时限、时间节点。"""
    _phrase(item, "启动时限")
    nodes = _write_steps(item)
    if h.DUE in item.draft.cells:
        found = _phrase(item, h.DUE)
        if found and len(found.dates) > 1 and not item.draft.steps:
            _nodes_of_due(item, found)
        return
    last = max((day for day in nodes if day), default=None)
    if last is not None:
        item.line.put(h.DUE, last)
        item.doubt(h.DUE, NOTICE, f"完成时限为空，按最后一个节点写为 {last}")
    else:
        item.doubt(h.DUE, WARNING, "完成时限为空")
    _offer(item, given=last is not None)


def _offer(item: Item, given: bool) -> None:
    """任务文字里写着时限的，只提出来，不代填。"""
    task = item.draft.first(h.TASK)
    found = date_inside(task.text, item.desk.reckoning(item.initiated)) if task and not given else None
    if task and found is not None:
        when = f"{found.due}" if found.due else found.recurs or "持续"
        item.journal.doubt(task, NOTICE, f"任务文字中写有时限（{when}），没有代填，可补入完成时限")


def _phrase(item: Item, header: str) -> Deadline | None:
    cells = item.draft.cells.get(header, ())
    if not cells or any(isinstance(cell.value, CellError) for cell in cells):
        return None
    value = cells[0].value if len(cells) == 1 else "\n".join(dict.fromkeys(cell.text for cell in cells))
    found = read_deadline(value, item.desk.reckoning(item.initiated, item.meeting))
    daily = read_deadline(value, item.desk.reckoning(item.initiated, daily=True))
    if isinstance(value, str) and (found.kind, found.due) == (daily.kind, daily.due):
        item.put(header, value, cells)
    elif found.due is not None:
        item.put(header, found.due, cells, "" if isinstance(value, date) else found.note)
        if isinstance(value, str):
            item.remark(header, value, ())
    else:
        item.put(header, cells[0].text, cells)
    _say(item, header, found)
    return found


def _say(item: Item, header: str, found: Deadline) -> None:
    if found.kind == UNREADABLE:
        item.doubt(header, ERROR, f"{header}无法识别：{found.note}")
    elif found.kind == MISSING and header == h.DUE:
        item.doubt(header, WARNING, f"{header}未写明日期：{found.note}")
    elif found.due is not None and found.due.year < (item.desk.sheet_year or item.desk.year) and header == h.DUE:
        item.doubt(header, ERROR, f"完成时限 {found.due} 早于台账年度 {item.desk.sheet_year or item.desk.year}，请核对")
    elif found.doubt:
        item.doubt(header, _gravity(found), found.doubt)
    elif len(found.dates) > 1:
        others = "、".join(map(str, found.dates[:-1]))
        item.doubt(header, NOTICE, f"一格写了几个日期，以 {found.due} 为{header}，其余（{others}）作节点，请确认")
    elif found.note and found.kind == DATED:
        item.journal.went(item.draft.cells[header][0], "", "", found.note)


def _gravity(found: Deadline) -> str:
    """缺分隔符的要人确认，是警告；其余推定是提示。"""
    return WARNING if "分隔" in found.doubt else NOTICE


def _nodes_of_due(item: Item, found: Deadline) -> None:
    cell = item.draft.cells[h.DUE][0]
    for order, day in enumerate(found.dates, start=1):
        line = _node(item, order, cell.text, day)
        item.journal.went(cell, line.address("节点内容"), CHANGED)


def _write_steps(item: Item) -> list[date | None]:
    """节点各写一行；返回各节点的日期。"""
    days: list[date | None] = []
    for step in item.draft.steps:
        if _NOTHING.match(step.cell.text):
            item.journal.kept(step.cell, "这一期没有节点")
            continue
        parts = _parts(item, step)
        if len(parts) == 1 and parts[0][1].kind == MISSING and h.DUE in item.draft.cells:
            item.remark(item.journal.at(step.cell).head or h.STEP, step.cell.text, (step.cell,))
            continue  # 时限另有一栏，这里只是写措施
        for text, due in parts:
            days.append(_write_step(item, step, text, due, len(days) + 1, len(parts)))
    _weigh(item)
    return days


def _parts(item: Item, step: StepCell) -> list[tuple[str, Deadline]]:
    by = item.desk.reckoning(item.initiated, item.meeting)
    if step.due is not None:
        return [(step.cell.text, read_deadline(step.due.value, by))]
    if step.period:
        return [(step.cell.text, read_deadline(step.period, by))]
    if isinstance(step.cell.value, date):
        return [(step.cell.text, read_deadline(step.cell.value, by))]
    return [(part.text, part.due) for part in read_steps(step.cell.text, by)]


def _write_step(item: Item, step: StepCell, text: str, due: Deadline, order: int, parts: int) -> date | None:
    cell = step.cell
    when = due.due or (None if due.kind == MISSING else due.recurs or due.text)
    line = _node(item, order, text, when)
    item.journal.went(cell, line.address("节点内容"), CHANGED)
    if step.due is not None and step.due != cell:
        item.journal.went(step.due, line.address("完成时限"), CHANGED if step.due.value != due.due else SAME)
    if step.weight is not None:
        _weight(item, line, step.weight, parts)
    if step.state is not None:
        item.journal.went(step.state, line.put("备注", f"完成情况：{step.state.text}"), REMARKED)
        if state_of(step.state.text) == DONE:
            item.journal.doubt(step.state, NOTICE, "没有实际完成日期，这个节点仍按没有完成计，请在时间节点表补填")
    if due.kind == UNREADABLE:
        item.journal.doubt(cell, ERROR, f"节点时间无法识别：{due.note}")
    elif due.kind == MISSING:
        item.journal.doubt(cell, WARNING, "节点未写时间")
    elif due.doubt:
        item.journal.doubt(cell, _gravity(due), due.doubt)
    return due.due


def _node(item: Item, order: int, text: str, when: date | str | None) -> Line:
    line = item.desk.master.open_row(NODES)
    line.put("编号", item.line.values.get("编号"))
    line.put("节点序号", order)
    line.put("完成时限", when)
    line.put("节点内容", text)
    return line


def _weight(item: Item, line: Line, cell: Cell, parts: int) -> None:
    value = cell.value
    if isinstance(value, int | float) and parts > 1:
        value = round(value / parts, 4)
        item.journal.doubt(cell, NOTICE, f"一格里有 {parts} 个节点，分值 {cell.text} 平均分给各节点，请核对")
    address = line.put("权重", value if isinstance(value, int | float | str) else cell.text)
    item.journal.went(cell, address, CHANGED if parts > 1 else SAME)


def _weigh(item: Item) -> None:
    """一个事项各节点都写了分值的，合计应为 100（或 1）。"""
    weights = [key for key, _ in groupby(step.weight for step in item.draft.steps)]
    if len(weights) < 2 or any(weight is None for weight in weights):
        return
    numbers = [weight.value for weight in weights if weight and isinstance(weight.value, int | float)]
    total = sum(numbers)
    if len(numbers) == len(weights) and abs(total - 100) > 0.01 and abs(total - 1) > 0.0001:
        first = weights[0]
        assert first is not None
        item.journal.doubt(first, WARNING, f"节点分值之和不为100（合计 {total:g}）")

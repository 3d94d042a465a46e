"""写一个事项：草稿的各栏逐一写进新台账的一行，写不进的并入备注。"""

from __future__ import annotations

from collections.abc import Mapping

from pyengine.adopt import heads as h
from pyengine.adopt.desk import Desk, Item
from pyengine.adopt.drafts import Draft
from pyengine.adopt.dues import write_due
from pyengine.adopt.fields import write_dates, write_number, write_progress, write_stars, write_texts
from pyengine.adopt.people import write_units
from pyengine.adopt.source import Cell
from pyengine.layout import column_letter
from pyengine.terms import WARNING


def write_item(desk: Desk, draft: Draft, ledger: str, source: str, numbered: bool) -> Item:
    """写一个事项。source 是没有来源一栏时的事项来源；numbered 为原表有编号一栏。"""
    item = Item(desk, draft, desk.master.open_row(ledger))
    write_number(item, ledger, numbered)
    if "事项来源" in draft.cells:
        item.copy("事项来源", draft.cells["事项来源"])
    else:
        item.line.put("事项来源", source)
    _write_task(item)
    write_texts(item)
    write_stars(item)
    write_dates(item)
    write_units(item)
    write_due(item)
    write_progress(item)
    _write_rest(item)
    return item


def _write_task(item: Item) -> None:
    cells = item.draft.cells.get(h.TASK, ())
    item.copy(h.TASK, cells)
    if not item.line.values.get(h.TASK):
        item.line.put(h.TASK, "（原表没有写工作任务）")
        item.doubt(h.TASK, WARNING, "工作任务为空，请补填")
    details = item.draft.cells.get(h.DETAIL, ())
    if details and "年度目标" not in item.draft.cells:
        item.copy("年度目标", details)
    elif details:
        item.remark(item.journal.at(details[0]).head or h.DETAIL, "\n".join(cell.text for cell in details), details)


def _write_rest(item: Item) -> None:
    """备注：原有的在前，章节、认不出的各栏、批注依次在后。"""
    draft = item.draft
    if draft.section:
        titles = " / ".join("".join(cell.text.split()) for cell in draft.section)
        item.remark(h.SECTION, titles, draft.section)
    if h.WEIGHT in draft.cells:
        item.remark(h.WEIGHT, draft.text(h.WEIGHT), draft.cells[h.WEIGHT])
    for head, cell in draft.extras:
        item.remark(head, cell.text, (cell,))
    _write_remarks(item, draft.cells.get(h.REMARK, ()))


def _write_remarks(item: Item, own: tuple[Cell, ...]) -> None:
    lines = [*(cell.text for cell in own), *item.remarks]
    if len(own) == 1 and not item.remarks:
        item.copy(h.REMARK, own)
    elif own:
        item.put(h.REMARK, "\n".join(lines), own)
    elif lines:
        item.line.put(h.REMARK, "\n".join(lines))


def write_notes(item: Item, notes: Mapping[tuple[int, int], str]) -> int:
    """这个事项各格的批注并入备注；返回几条。"""
    cells: list[Cell] = [cell for found in item.draft.cells.values() for cell in found]
    cells += [step.cell for step in item.draft.steps] + [cell for _, cell in item.draft.extras]
    own = [cell for cell in cells if cell.row in item.draft.rows or cell.row == item.draft.rows[0]]
    found = {(cell.row, cell.column): notes[cell.row, cell.column] for cell in own if (cell.row, cell.column) in notes}
    texts = [f"批注（{column_letter(column)}{row}）：{text}" for (row, column), text in found.items()]
    if texts:
        before = item.line.values.get(h.REMARK)
        item.line.put(h.REMARK, "\n".join(([str(before)] if before else []) + texts))
    return len(texts)

"""表单：一张表是一件（或几件）事项的督办单——左格是栏名，右格是内容。"""

from __future__ import annotations

from collections.abc import Iterator

from pyengine.adopt import heads as h
from pyengine.adopt.blocks import Blocks, label_role
from pyengine.adopt.drafts import Draft
from pyengine.adopt.heads import Heads
from pyengine.adopt.source import Cell, Sheet

_NEEDED = frozenset({h.LEAD, h.UNITS, h.HELP, h.DUE})
Pair = tuple[str, Cell, Cell]


def read_forms(sheet: Sheet, heads: Heads) -> Blocks | None:
    """照督办单读：栏名、内容两两相邻，再出现一次任务的是另一件；不像督办单的为 None。"""
    forms: list[list[Pair]] = [[]]
    for pair in _pairs(sheet, heads):
        if any(pair[0] == role for role, _, _ in forms[-1] if role in (h.TASK, "编号")):
            forms.append([])
        forms[-1].append(pair)
    drafts = tuple(draft for form in forms if (draft := _draft(sheet, form)) is not None)
    if not drafts:
        return None
    used = {(cell.row, cell.column) for form in forms for _, _, cell in form}
    others = tuple(cell for cell in sheet.cells() if (cell.row, cell.column) not in used)
    return Blocks(drafts, (), others)


def _pairs(sheet: Sheet, heads: Heads) -> Iterator[Pair]:
    """各对“栏名、内容”：栏名右边隔着合并区的第一格是内容。"""
    for label in sheet.cells():
        role = label_role(label.text, heads) if isinstance(label.value, str) and len(label.text) <= 16 else None
        right = sheet.area(label.row, label.column)[3] + 1
        if role is None or right > sheet.width:
            continue
        value = sheet.own(label.row, right)
        if value.text and not (
            isinstance(value.value, str) and len(value.text) <= 16 and label_role(value.text, heads)
        ):
            yield role, label, value


def _draft(sheet: Sheet, form: list[Pair]) -> Draft | None:
    cells: dict[str, list[Cell]] = {}
    for role, _, cell in form:
        cells.setdefault(role, []).append(cell)
    if h.TASK not in cells and h.DETAIL in cells:
        cells[h.TASK] = cells.pop(h.DETAIL)
    if h.TASK not in cells or not _NEEDED & cells.keys():
        return None
    if h.LEAD in cells and h.UNITS in cells:
        cells[h.HELP] = cells.pop(h.UNITS) + cells.get(h.HELP, [])
    first = cells[h.TASK][0]
    extras = tuple((h.SECTION, cell) for cell in cells.pop(h.SECTION, ()))
    blanks = {role: first for role in (h.LEAD, h.DUE) if role not in cells}
    found = {role: tuple(values) for role, values in cells.items()}
    return Draft(sheet.name, (first.row,), (), found, (), extras, blanks, labelled=True)

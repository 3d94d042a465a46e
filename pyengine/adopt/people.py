"""单位各栏的写法：牵头、责任分开；写在一格里的照角色拆；写在任务末尾括号里的取出来；统称、认不出的记下疑点。"""

from __future__ import annotations

from collections.abc import Iterable

from pyengine.adopt import heads as h
from pyengine.adopt.desk import Item
from pyengine.adopt.source import Cell
from pyengine.terms import ERROR, NOTICE, WARNING
from pyengine.units import Roles, is_collective, split_units, units_in_task


def write_units(item: Item) -> None:
    """牵头单位、责任单位。"""
    if h.LEAD in item.draft.cells:
        leads = _from_lead(item)
    elif h.UNITS in item.draft.cells:
        leads = _from_units(item)
    else:
        leads = _from_task(item)
    if not leads:
        role = h.LEAD if h.LEAD in item.draft.blanks else h.UNITS
        item.doubt(role, ERROR, "未列牵头单位")
    _check_leads(item, leads)


def _from_lead(item: Item) -> tuple[str, ...]:
    cells = item.draft.cells[h.LEAD]
    helpers = item.draft.cells.get(h.HELP, ())
    roles = item.desk.roles("\n".join(cell.text for cell in cells))
    if roles.marked and roles.lead and roles.responsible:
        item.put(h.LEAD, "、".join(roles.lead), cells, "按“牵头”字样拆开")
        _help(item, roles.responsible, cells, helpers)
        return roles.lead
    item.copy(h.LEAD, cells)
    _help(item, (), (), helpers)
    return split_units(item.draft.text(h.LEAD))


def _from_units(item: Item) -> tuple[str, ...]:
    """没有牵头单位一栏：写明“牵头”的从其写明，没有写明的首位为牵头。"""
    cells = item.draft.cells[h.UNITS]
    roles = _joined(item.desk.roles(cell.text) for cell in cells)
    item.put(h.LEAD, "、".join(roles.lead) or None, cells)
    if item.draft.labelled and not roles.marked:
        item.doubt(h.UNITS, NOTICE, "没有写明牵头单位，按首位单位确定")
    _help(item, roles.responsible, cells, item.draft.cells.get(h.HELP, ()))
    return roles.lead


def _joined(found: Iterable[Roles]) -> Roles:
    """几格各写一家的（任务合并、单位分行）：第一格定牵头，其余为责任；各写了“牵头”的都是牵头。"""
    first, *others = found
    lead = [*first.lead, *(name for roles in others if roles.marked for name in roles.lead)]
    rest = [*first.responsible, *(name for roles in others for name in (*roles.lead, *roles.responsible))]
    return Roles(tuple(lead), tuple(dict.fromkeys(name for name in rest if name not in lead)), first.marked)


def _from_task(item: Item) -> tuple[str, ...]:
    task = item.draft.first(h.TASK)
    helpers = item.draft.cells.get(h.HELP, ())
    found = units_in_task(task.text) if task else None
    if task is None or found is None:
        _help(item, (), (), helpers)
        return ()
    _, roles = found
    item.put(h.LEAD, "、".join(roles.lead) or None, (task,))
    _help(item, roles.responsible, (task,), helpers)
    role = h.LEAD if h.LEAD in item.draft.blanks else h.UNITS
    item.doubt(role, WARNING, "单位栏为空，单位写在任务末尾括号内，已取出填入，请核对")
    return roles.lead


def _help(item: Item, names: tuple[str, ...], origin: tuple[Cell, ...], cells: tuple[Cell, ...]) -> None:
    """责任单位：拆出来的在前，责任单位栏原有的在后。"""
    if not names:
        if cells:
            item.copy(h.HELP, cells)
        return
    texts = ("、".join(names), *("、".join(split_units(cell.text)) for cell in cells))
    item.put(h.HELP, "、".join(text for text in texts if text), (*origin, *cells))


def _check_leads(item: Item, leads: tuple[str, ...]) -> None:
    role = next((role for role in (h.LEAD, h.UNITS) if role in item.draft.cells), h.TASK)
    for name in leads:
        if is_collective(name):
            item.doubt(role, WARNING, f"牵头单位“{name}”为统称，无法确定责任主体")
        elif item.desk.listed and item.desk.directory.resolve(name) is None:
            item.doubt(role, ERROR, f"单位名录中查不到牵头单位“{name}”{_hint(item, name)}")
    names = split_units(str(item.line.values.get(h.HELP) or ""))
    held = next((role for role in (h.HELP, h.UNITS, h.LEAD) if role in item.draft.cells), h.TASK)
    for name in names:
        if item.desk.listed and not is_collective(name) and item.desk.directory.resolve(name) is None:
            item.doubt(held, WARNING, f"单位名录中查不到“{name}”{_hint(item, name)}")


def _hint(item: Item, name: str) -> str:
    near = item.desk.directory.suggest(name)
    return f"，是否“{near}”？" if near else ""

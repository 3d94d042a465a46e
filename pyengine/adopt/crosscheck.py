"""整张表的核对：序号、章节所写项数、任务重复、隐藏行列、缺的栏、带不过来的东西。"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pyengine.adopt import heads as h
from pyengine.adopt.drafts import Draft
from pyengine.adopt.journal import Journal
from pyengine.adopt.regions import Region
from pyengine.adopt.source import Cell, Sheet
from pyengine.layout import column_letter, header_key
from pyengine.terms import NOTICE, WARNING

_SECTION_COUNT = re.compile(r"[（(](?:共)?(\d+)(?:项|件|条)(?:任务|工作)?[)）]\s*$|[（(]共?(\d+)[)）]\s*$")
_STATED = re.compile(r"(?:共|总计|合计)[^，。；]*?(\d+)\s*(?:项|件|条)|本表[^，。；]*?(\d+)\s*项")


def check_sequence(drafts: Sequence[Draft], journal: Journal) -> None:
    """序号：同一部分里重复的、跳号的。每个部分可以从 1 重新起，也可以接着编。"""
    last, seen = 0, set[int]()
    before: Cell | None = None
    section: tuple[Cell, ...] = ()
    for draft in drafts:
        cell = draft.first(h.SEQUENCE)
        number = int(header_key(cell.text)) if cell and header_key(cell.text).isdecimal() else None
        if cell is None or number is None or cell == before:
            continue
        before = cell
        fresh = draft.section != section
        if number == 1 or (fresh and number > last):
            seen = {1} if number == 1 else seen
        if number in seen and number != 1:
            journal.doubt(cell, WARNING, f"序号 {number} 重复")
        elif number not in (1, last + 1):
            missing = f"，缺 {last + 1}" if number == last + 2 else ""
            journal.doubt(cell, WARNING, f"序号不连续（上一个是 {last}{missing}）")
        seen.add(number)
        last, section = number, draft.section


def check_counts(drafts: Sequence[Draft], sections: Iterable[Cell], above: Iterable[Cell], journal: Journal) -> None:
    """章节和表头说明里写的项数，与实有的对一对。"""
    for section in sections:
        match = _SECTION_COUNT.search(section.text)
        actual = sum(section in draft.section for draft in drafts)
        if match and int(match[1] or match[2]) != actual:
            journal.doubt(section, WARNING, f"章节所写项数 {match[1] or match[2]} 与实有项数 {actual} 不符")
    for cell in above:
        match = _STATED.search(cell.text)
        if match and int(match[1] or match[2]) != len(drafts):
            journal.doubt(cell, WARNING, f"所写项数 {match[1] or match[2]} 与实有项数 {len(drafts)} 不符")


def check_twice(drafts: Iterable[Draft], journal: Journal) -> None:
    """任务文字一字不差地出现两次的（一个任务分给几家、逐行写的除外）。"""
    found: dict[str, list[Cell]] = defaultdict(list)
    for draft in drafts:
        cell = draft.first(h.TASK)
        if cell is not None and cell not in found[header_key(cell.text)]:
            found[header_key(cell.text)].append(cell)
    for cells in found.values():
        for cell in cells[1:]:
            journal.doubt(cell, WARNING, f"任务内容重复（另见 {cells[0].address}），请核对是否同一件事")


def check_columns(region: Region, journal: Journal) -> None:
    """没有完成时限、牵头单位栏的，整张表说一次。"""
    first = region.head_cells[0]
    if region.guessed:
        cell = next(column.path[-1] for column in region.of(h.TASK) if column.path)
        journal.doubt(cell, WARNING, f"没有认得的任务栏，把“{region.guessed}”当作工作任务，请核对")
    if not region.has(h.DUE):
        if region.has(h.STEP):
            journal.doubt(first, NOTICE, "没有完成时限列，按最后一个节点确定")
        else:
            journal.doubt(first, WARNING, "没有完成时限列，完成时限全部空着，请补填")
    for column in region.of(h.UNITS)[:1]:
        journal.doubt(column.path[-1], NOTICE, "没有牵头单位列，按首位单位或“牵头”字样确定")
    if not region.has(h.LEAD, h.UNITS, h.HELP):
        journal.doubt(first, WARNING, "没有单位列，只取任务末尾括号里的单位")


def check_formulas(sheet: Sheet, journal: Journal, severity: str) -> None:
    """没有存下计算结果的公式：台账里是警告，附表里是提示。"""
    for row, column, text in sheet.uncounted:
        cell = sheet.own(row, column)
        if not cell.text:
            advice = "没有迁移；请在 Excel 或 WPS 中打开原文件另存后再迁"
            journal.doubt(cell, severity, f"公式没有存下计算结果（={text}），{advice}")


def check_hidden(sheet: Sheet, journal: Journal) -> None:
    """隐藏的行列、筛选、带不过来的东西。"""
    if sheet.hidden:
        journal.about(sheet.name, NOTICE, "这张表是隐藏的，已一并迁移")
    rows = [row for row in sheet.hidden_rows if sheet.row(row)]
    if rows:
        note = f"有隐藏行（{'、'.join(map(str, rows[:40]))}{'……' if len(rows) > 40 else ''}），已一并迁移"
        journal.about(sheet.name, NOTICE, note)
    columns = [column for column in sheet.hidden_columns if column <= sheet.width]
    if columns:
        journal.about(sheet.name, NOTICE, f"有隐藏列（{'、'.join(map(column_letter, columns))}），已一并迁移")
    if sheet.filtered:
        journal.about(sheet.name, NOTICE, "表上有筛选，筛掉的行已一并迁移")
    if sheet.left_behind:
        journal.about(sheet.name, NOTICE, f"表上的{'、'.join(sheet.left_behind)}没有带过来，原文件里仍在")

"""各栏的写法：文字照抄，星级、状态、进度、日期归到台账的写法，归不到的照原样并记下疑点。"""

from __future__ import annotations

import re
from datetime import date, datetime

from pyengine.adopt import heads as h
from pyengine.adopt.desk import Item, plain_value
from pyengine.adopt.source import Cell
from pyengine.adopt.words import is_secret, read_stars, state_of
from pyengine.cells import percent, read_share
from pyengine.deadlines import Reckoning, read_deadline
from pyengine.grid import CellError
from pyengine.layout import header_key
from pyengine.terms import DATED, DONE, ERROR, NOTICE, WARNING

TEXTS = ("年度目标", "工作类别", "牵头领导", "最新进展", "存在问题", "下步措施")
DATES = ("实际启动日期", "方案审查日期", "方案备案日期", "办结日期", "销号日期")
_EXACT = re.compile(r"\d\s*[日号]|\d[./-]\d{1,2}[./-]\d|^\d{8}$|^\d{1,2}[./-]\d{1,2}$")


def write_number(item: Item, ledger: str, numbered: bool) -> None:
    """编号：有的照抄，没有的按顺序编一个并说明；序号并入备注。"""
    desk, cell = item.desk, item.draft.first("编号")
    if cell is not None:
        item.put("编号", cell.text, item.draft.cells["编号"])
        if cell.text in desk.used:
            item.doubt("编号", ERROR, f"编号“{cell.text}”重复，须改成不重复的")
        desk.used.add(cell.text)
    else:
        number = desk.next_number(ledger)
        desk.used.add(number)
        item.line.put("编号", number)
        if numbered:
            item.doubt("编号", WARNING, f"编号为空，迁移时编为 {number}，请核对")
    if h.SEQUENCE in item.draft.cells:
        item.remark(h.SEQUENCE, item.draft.text(h.SEQUENCE).replace("\n", "、"), item.draft.cells[h.SEQUENCE])


def write_texts(item: Item) -> None:
    """照抄的各栏；“同上”取上一个事项的（调用者已换好）。"""
    for header in TEXTS:
        if header in item.draft.cells:
            item.copy(header, item.draft.cells[header])
    for cells in item.draft.cells.values():
        for cell in cells:
            _watch(item, cell)
    for _, cell in item.draft.extras:
        _watch(item, cell)


def _watch(item: Item, cell: Cell) -> None:
    if isinstance(cell.value, str) and is_secret(cell.value):
        item.journal.doubt(cell, ERROR, "出现密级标志：涉密事项不得列入台账，请删去这一项并按保密规定处理")
    if isinstance(cell.value, CellError):
        item.journal.doubt(cell, ERROR, f"单元格是错误值 {cell.value}，改成实际内容")


def write_stars(item: Item) -> None:
    """星级：3、4、5 颗；别的照抄并报错。"""
    cell = item.draft.first("星级")
    if cell is None:
        return
    stars = read_stars(cell.text)
    if stars in (3, 4, 5):
        item.put("星级", stars, (cell,))
    else:
        item.put("星级", plain_value(cell), (cell,))
        item.doubt("星级", ERROR, f"星级“{cell.text}”不在 3、4、5 之内，照原样写入，请改正")


def write_progress(item: Item) -> None:
    """完成进度与办理状态。"""
    share = _progress(item)
    state = _state(item)
    if state == DONE and share is not None and share < 1:
        item.doubt("完成进度", WARNING, f"办理状态是“已完成”，完成进度只有 {percent_text(share)}，两者矛盾，请核对")


def percent_text(share: float) -> str:
    """百分数的写法。"""
    return f"{share * 100:.10g}%"


def _progress(item: Item) -> float | None:
    cell = item.draft.first("完成进度")
    if cell is None:
        return None
    share, _ = read_share(cell.value)
    if share is None:
        if isinstance(cell.value, CellError):
            return None
        item.put("完成进度", plain_value(cell), (cell,))
        item.doubt("完成进度", WARNING, f"完成进度“{cell.text}”无法识别，照原样写入，请改成百分数")
        return None
    number = float(header_key(cell.text)) if re.fullmatch(r"\d+(\.\d+)?", header_key(cell.text)) else 0
    if number > 2:
        item.doubt("完成进度", WARNING, f"完成进度 {cell.text} 大于1，按 {percent(share)} 理解，请确认")
    value = cell.value if isinstance(cell.value, int | float) and cell.value <= 2 else round(float(share), 6)
    item.put("完成进度", value, (cell,))
    return float(share)


def _state(item: Item) -> str | None:
    cell = item.draft.first("办理状态")
    if cell is None:
        return None
    state = state_of(cell.text)
    if state is None:
        item.remark("办理状态", cell.text, (cell,))
        item.doubt("办理状态", WARNING, f"办理状态“{cell.text}”不在规定词内，已并入备注，暂按“正在办理”计，请核对")
        return None
    item.put("办理状态", state, (cell,))
    if state != header_key(cell.text):
        item.remarks.append(f"办理状态原文：{cell.text}")
        item.doubt("办理状态", WARNING, f"办理状态“{cell.text.strip()}”不在规定词内，对应为“{state}”，请核对")
    return state


def write_dates(item: Item) -> None:
    """立项、会议日期（时限由它们起算）和其余各个日期。"""
    item.initiated = _date(item, "立项日期")
    for header in DATES:
        _date(item, header)
    cells = item.draft.cells.get(h.MEETING, ())
    if cells:
        item.meeting = read_day(cells[0], item.desk.sheet_year or item.desk.year)
        item.remark(_head(item, h.MEETING), _shown(cells[0]), cells)


def _head(item: Item, role: str) -> str:
    cell = item.draft.first(role)
    entry = item.journal.at(cell) if cell else None
    return entry.head if entry and entry.head else role


def _shown(cell: Cell) -> str:
    return str(cell.value.date()) if isinstance(cell.value, datetime) else cell.text


def _date(item: Item, header: str) -> date | None:
    cell = item.draft.first(header)
    if cell is None or isinstance(cell.value, CellError):
        return None
    day = read_day(cell, item.desk.sheet_year or item.desk.year)
    if day is not None:
        item.put(header, day, (cell,))
        if isinstance(cell.value, str) and "年" not in cell.text and not re.match(r"\d{4}", header_key(cell.text)):
            item.doubt(header, NOTICE, f"没有写年份，按 {day} 理解")
        return day
    item.put(header, cell.text, (cell,))  # 数写成文字：日期格式的列里，数会显示成别的日子
    found = read_deadline(cell.value, item.desk.reckoning(None))
    item.doubt(
        header,
        ERROR,
        f"{_head(item, header)}“{cell.text}”无法识别{f'（{found.note}）' if found.note else ''}，照原样写入，请改成日期",
    )
    return None


def read_day(cell: Cell, year: int) -> date | None:
    """一格写的是哪一天；只写到月、旬的不算一天。"""
    value = cell.value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and not _EXACT.search(header_key(value)):
        return None
    found = read_deadline(value, Reckoning(year))
    return found.due if found.kind == DATED and len(found.dates) == 1 else None

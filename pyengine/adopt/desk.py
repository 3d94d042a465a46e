"""迁移台：一次迁移里共用的账、新台账、单位名录、年度；一个事项的书写（写一格、并入备注、记下疑点）。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from pyengine.adopt import heads as h
from pyengine.adopt.drafts import Draft
from pyengine.adopt.journal import CHANGED, REMARKED, SAME, Journal
from pyengine.adopt.master import Line, Master, Value
from pyengine.adopt.source import Cell
from pyengine.deadlines import Reckoning
from pyengine.grid import CellError
from pyengine.periods import WorkCalendar
from pyengine.settings import Settings
from pyengine.terms import ERROR
from pyengine.units import Directory, Roles, split_roles

PREFIXES = {"政府工作报告台账": "ZFGZ", "上级交办台账": "SJJB", "领导批示台账": "LDPS", "专班台账": "ZXZB"}
"""没有编号的事项，编号的开头（与示例台账一致）。"""


@dataclass(slots=True)
class Desk:
    """一次迁移共用的东西。directory 为空表示没有单位名录可对。"""

    year: int
    journal: Journal
    master: Master
    directory: Directory
    listed: bool
    settings: Settings = field(default_factory=Settings)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    used: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    sheet_year: int = 0
    """正在迁的这张表自己的年度（标题写着别的年份的）。"""

    def reckoning(self, initiated: date | None, meeting: date | None = None, daily: bool = False) -> Reckoning:
        """时限按什么读；daily 为日常读新台账时的读法：没有会议日期，年度只有一个。"""
        return Reckoning(
            year=initiated.year if initiated else self.year if daily else self.sheet_year or self.year, calendar=self.calendar, initiated=initiated, meeting=meeting,
            early=self.settings.int("月初按几日"), inclusive=self.settings["时限含当日"] == "是",
            at_once=self.settings.int("立行立改工作日"), roll=self.settings["届满遇休顺延"] == "是",
        )  # fmt: skip

    def roles(self, text: str) -> Roles:
        """单位栏里的牵头、责任；有现成名录的，两可的地方以名录为准。"""
        return self.directory.roles(text) if self.listed else split_roles(text)

    def next_number(self, ledger: str) -> str:
        """下一个没有用过的编号。"""
        prefix = f"{PREFIXES[ledger]}-{self.year}-"
        while True:
            self.counts[prefix] += 1
            if (number := f"{prefix}{self.counts[prefix]:03d}") not in self.used:
                return number


@dataclass(slots=True)
class Item:
    """正在写的一个事项：草稿、新台账里的一行、并入备注的话。"""

    desk: Desk
    draft: Draft
    line: Line
    remarks: list[str] = field(default_factory=list)
    initiated: date | None = None
    meeting: date | None = None

    @property
    def journal(self) -> Journal:
        """账。"""
        return self.desk.journal

    def put(self, header: str, value: Value, cells: Iterable[Cell], note: str = "") -> None:
        """写一格，内容出自 cells；值没有变的是原样，变了的是改写。"""
        cells = tuple(cells)
        address = self.line.put(header, value)
        same = len(cells) == 1 and not cells[0].partial and _same(cells[0].value, value)
        for cell in cells:
            self.journal.went(cell, address, SAME if same else CHANGED, note)

    def copy(self, header: str, cells: tuple[Cell, ...]) -> None:
        """照原样写一格；出自几格的，分行写。"""
        errors = [cell for cell in cells if isinstance(cell.value, CellError)]
        for cell in errors:
            self.journal.doubt(cell, ERROR, f"单元格是错误值 {cell.value}，没有写入")
        good = tuple(cell for cell in cells if cell not in errors)
        if len(good) == 1:
            self.put(header, plain_value(good[0]), good)
        elif good:
            self.put(header, "\n".join(cell.text for cell in good), good, "几格合为一格，分行写")

    def remark(self, head: str, text: str, cells: Iterable[Cell]) -> None:
        """并入备注：“表头：值”一行。"""
        self.remarks.append(f"{head}：{text}" if head else text)
        for cell in cells:
            self.journal.went(cell, self.line.address(h.REMARK), REMARKED)

    def doubt(self, role: str, severity: str, note: str) -> None:
        """这一栏须要核对：有内容的记在内容上，空着的记在空格上。"""
        cell = self.draft.first(role) or self.draft.blanks.get(role)
        if cell is not None:
            entry = self.journal.at(cell)
            entry.head = entry.head or role
            self.journal.doubt(cell, severity, note)


def plain_value(cell: Cell) -> Value:
    """能写进新台账的值：文字、数、日期照原样，别的写成文字。"""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return cell.text or None
    return value


def _same(old: object, new: Value) -> bool:
    if isinstance(old, str) and isinstance(new, str):
        return old.strip() == new.strip()
    return type(old) is type(new) and old == new

"""事实：冻结的数据类，别无行为，带着它在工作簿里的位置。结论见 outcome。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pyengine.layout import column_letter
from pyengine.periods import WorkCalendar
from pyengine.settings import Settings
from pyengine.terms import MISSING


def reminder_subject(kind: str, task: str, text: str) -> str:
    """一条待办说的是什么：确认亮牌的按内容开头的建议编号，其余按编号。同一事项的几张牌各有各的日期和答复。"""
    head = text.partition(" ")[0]
    return head if kind == "确认" and text.startswith(f"{head} 建议") else task


Share = Fraction
"""进度：1 为 100%，可以大于 1。"""


@dataclass(frozen=True, slots=True)
class Place:
    """位置：一张工作表的一行，以及该表各表头所在的列号。"""

    sheet: str
    row: int
    columns: Mapping[str, int]

    def cell(self, header: str) -> str | None:
        """单元格地址，如 G12；没有这一列则 None。"""
        column = self.columns.get(header)
        return f"{column_letter(column)}{self.row}" if column else None

    def ref(self, header: str) -> str:
        """带表名的地址，如 政府工作报告台账!G12。"""
        return f"{self.sheet}!{self.cell(header) or f'第{self.row}行'}"


@dataclass(frozen=True, slots=True)
class Deadline:
    """时限：kind 为 日期/持续/缺失/无法识别；due 到期日（含当日），start 起始日，dates 全部日期，note 所作推定或原因，where 不在本行的出处。

    recurs 周期（每月25日、每季度），只有持续的有；doubt 须请人核对的推定，空则没有。
    """

    kind: str = MISSING
    due: date | None = None
    start: date | None = None
    dates: tuple[date, ...] = ()
    note: str = ""
    text: str = ""
    where: str = field(default="", compare=False)
    recurs: str = ""
    doubt: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Task:
    """事项：台账的一行。responsible_units 里的统称已展开成各单位；collectives 是展开了的统称（照原文）和各自的单位。"""

    place: Place
    number: str
    source: str
    content: str
    goal: str
    category: str
    stars: int | None
    lead_leader: str
    lead_units: tuple[str, ...]
    responsible_units: tuple[str, ...]
    initiated: date | None
    start_due: Deadline
    started: date | None
    due: Deadline
    state: str
    progress: Share | None
    latest: str
    problems: str
    next_steps: str
    plan_reviewed: date | None
    plan_filed: date | None
    finished: date | None
    closed: date | None
    remark: str
    collectives: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """时间节点。"""

    place: Place
    number: str
    content: str
    due: Deadline
    weight: Fraction | None
    done: date | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """指标进度：一个指标一个期别的计划与实际累计。"""

    place: Place
    number: str
    name: str
    measure: str
    direction: str
    period: str
    planned: Fraction | None
    actual: Fraction | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """进展反馈：单位的一次答复。"""

    place: Place
    number: str
    on: date | None
    unit: str
    progress: Share | None
    content: str
    result: str
    reason: str
    prompt_number: str


@dataclass(frozen=True, slots=True)
class Record:
    """督查记录：一次事件。numbers 为空表示该单位全部事项。"""

    place: Place
    on: date | None
    event: str
    numbers: tuple[str, ...]
    units: tuple[str, ...]
    reason: str
    document_number: str
    limit: date | None
    replied: date | None
    remark: str


@dataclass(frozen=True, slots=True)
class Adjustment:
    """调整申请。new 为新值原文。"""

    place: Place
    number: str
    on: date | None
    item: str
    old: object
    new: object
    new_deadline: Deadline
    approved: date | None
    result: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """会商调度：一次会议的一个议定事项。"""

    place: Place
    on: date | None
    decision: str
    number: str
    units: tuple[str, ...]
    due: Deadline
    result: str


@dataclass(frozen=True, slots=True)
class Unit:
    """单位名录的一行。"""

    place: Place
    name: str
    short: tuple[str, ...]
    category: str
    head: str
    post: str
    leader: str
    liaison: str
    phone: str


@dataclass(frozen=True, slots=True)
class CardRow:
    """亮牌建议表里上次写下的一行和工作人员的确认。"""

    place: Place
    id: str
    unit: str
    colour: str
    ground: str
    numbers: tuple[str, ...]
    facts: str
    clause: str
    letters: str
    state: str
    answer: str
    confirmer: str


@dataclass(frozen=True, slots=True)
class AppraisalRow:
    """年度考评的一行：某单位某年的加减分。entries 为各条分值和事由；readable 为假即这一行读不出，单位、年度读不出的为空。"""

    place: Place
    year: int | None
    unit: str
    entries: tuple[tuple[Decimal, str], ...]
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """校验问题：级别、代码、位置、问题、建议。column 为表头；number 为所涉编号。"""

    code: str
    severity: str
    sheet: str
    row: int | None
    cell: str | None
    column: str | None
    message: str
    advice: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class PastItem:
    """事项从前的样子：未经批准的改动不算，记的仍是改动以前的。

    goal_since 年度目标自哪天起如此，last_closed 最近一次见它完结（已完成、已销号）是哪天，last_seen 最近一次在台账里见到它。
    """

    number: str
    sheet: str
    initiated: date | None
    due: Deadline
    start_due: Deadline
    goal: str
    goal_since: date
    state: str
    finished: date | None
    closed: date | None
    progress: Share | None
    last_closed: date | None
    last_seen: date


@dataclass(frozen=True, slots=True)
class PastDecision:
    """会商议定的一个事项从前的样子。"""

    on: date
    number: str
    decision: str
    units: tuple[str, ...]
    due: Deadline


FindingKey = tuple[str, str, str]
"""台账行上的同一条问题：代码、编号（没有编号的按工作任务）、列。"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """快照：判定日 as_of 刷新后记下的台账；standing 为当日仍在的问题各自首次报出的日子。"""

    as_of: date
    items: tuple[PastItem, ...] = ()
    decisions: tuple[PastDecision, ...] = ()
    standing: Mapping[FindingKey, date] = field(default_factory=dict)


NO_SNAPSHOT = Snapshot(date.min)
"""没有历史。"""


@dataclass(frozen=True, slots=True)
class Ledger:
    """台账：读入的全部事实。past 为从前各次刷新的快照，不是从工作簿读的。"""

    year: int
    settings: Settings
    calendar: WorkCalendar
    tasks: tuple[Task, ...] = ()
    nodes: tuple[Node, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    records: tuple[Record, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    units: tuple[Unit, ...] = ()
    leaders: tuple[str, ...] = ()
    card_rows: tuple[CardRow, ...] = ()
    reminder_answers: Mapping[tuple[str, str, date], str] = field(default_factory=dict)
    finding_answers: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    last_refreshed: date | None = None
    findings: tuple[Finding, ...] = ()
    shown_reminders: Mapping[tuple[str, str, str], date] = field(default_factory=dict)
    appraisals: tuple[AppraisalRow, ...] = ()
    next_record: Place | None = None
    past: tuple[Snapshot, ...] = ()

    def first_shown(self, kind: str, task: str, unit: str, as_of: date) -> date:
        """没有固有日期的待办首次列出的日期：待办提醒表里已有的（不晚于判定日）沿用，否则判定日。"""
        return min(self.shown_reminders.get((kind, task, unit), as_of), as_of)


@dataclass(frozen=True, slots=True)
class Citation:
    """依据：文号与条款。没有依据就没有结论，所以凡结论必带。"""

    circular: str
    clause: str

    def __post_init__(self) -> None:
        if not (self.circular and self.clause):
            raise ValueError("结论必须写明文号和条款")

    def __str__(self) -> str:
        return f"{self.circular} {self.clause}"

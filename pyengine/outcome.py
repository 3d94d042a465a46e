"""结论：冻结的数据类，别无行为，带着它的依据。事实见 model。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pyengine.model import (
    NO_SNAPSHOT,
    Citation,
    Deadline,
    Finding,
    Indicator,
    Node,
    Share,
    Snapshot,
    Task,
    reminder_subject,
)


@dataclass(frozen=True, slots=True)
class IndicatorState:
    """一行指标的判断：完成率（没有计划或实际为 None）、序时判断、保障判断。"""

    indicator: Indicator
    rate: Share | None
    on_schedule: str
    guard: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """判定：一个事项在判定日的结论。gap 为负即落后。"""

    task: Task
    stars: int | None
    deadline: Deadline
    progress: Share | None
    expected: Share | None
    method: str
    gap: Share | None
    days_left: int | None
    status: str
    next_prompt: date | None
    basis: str
    cite: Citation


@dataclass(frozen=True, slots=True)
class Prompt:
    """工作提示：一个单位一个星级一期。"""

    unit: str
    stars: int
    period: str
    issue_on: date
    reply_by: date
    tasks: tuple[str, ...]
    cite: Citation
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """事实：一句话，句中带单元格地址；number 为所涉编号；lasting 为真的话里的数天天变，同一编号就是同一事实。"""

    text: str
    number: str = ""
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """亮牌：建议或已确认。ground 为事由；withdrawn 为已撤牌的编号；shown 为登记亮牌之日，没有登记为 None；actor 为条款写明由谁约谈或发文，to 为每件文书的主送。"""

    id: str
    unit: str
    colour: str
    ground: str
    tasks: tuple[str, ...]
    facts: tuple[Fact, ...]
    cite: Citation
    letters: tuple[str, ...]
    state: str
    responsible_units: tuple[str, ...] = ()
    answer: str = ""
    confirmer: str = ""
    actor: str = ""
    to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()
    shown: date | None = None

    @property
    def standing_tasks(self) -> tuple[str, ...]:
        """还没有撤牌的编号。"""
        return tuple(number for number in self.tasks if number not in self.withdrawn)


@dataclass(frozen=True, slots=True)
class Reminder:
    """待办：类别、应办日期、编号（可空）、单位、内容。"""

    kind: str
    on: date
    task: str
    unit: str
    text: str
    cite: Citation

    @property
    def key(self) -> tuple[str, str, date]:
        """工作人员的答复跟着它走：类别、所说的事和单位、日期。"""
        return self.kind, f"{reminder_subject(self.kind, self.task, self.text)}|{self.unit}", self.on


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """考评的一条加减分。on 是发生的日子（工作人员填的没有日子，为 None），task 为所涉编号，source 为出处的地址。"""

    on: date | None
    kind: str
    ground: str
    task: str
    points: Decimal
    source: str
    cite: Citation


@dataclass(frozen=True, slots=True)
class RankRow:
    """考评结果：一个单位一年。score 为 base 加各条 items，有读不出的加减分时为 None；不参加排名的 group 为空、rank 为 None。

    tie 是并列决定了算不算后三位时所用的“末位并列”取值；two_years 为 None 表示上一年的得分待核，无从判断。
    """

    year: int
    unit: str
    group: str
    base: Decimal
    items: tuple[ScoreItem, ...]
    score: Decimal | None
    cite: Citation
    rank: int | None = None
    last_three: bool = False
    tie: str = ""
    two_years: bool | None = False
    recommended: Citation | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """结果：recompute 的全部结论。cards 含亮牌建议表应列的每一行；events 为应补记的亮牌；ranking 为年度考评；snapshot 供下一次对照。"""

    as_of: date
    circulars: tuple[tuple[str, tuple[str, ...]], ...]
    verdicts: tuple[Verdict, ...]
    node_states: tuple[tuple[Node, str], ...]
    indicators: tuple[IndicatorState, ...]
    prompts: tuple[Prompt, ...]
    cards: tuple[Card, ...]
    events: tuple[Card, ...]
    reminders: tuple[Reminder, ...]
    findings: tuple[Finding, ...]
    ranking: tuple[RankRow, ...] = ()
    snapshot: Snapshot = NO_SNAPSHOT

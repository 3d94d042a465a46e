"""案卷：判定日当天看得到的事实，按编号、按单位理好。判定日之后的反馈、事件、批准都还不存在。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from pyengine.indicators import actual_share, expected_share
from pyengine.model import (
    Adjustment,
    Citation,
    Deadline,
    Feedback,
    Finding,
    Indicator,
    Ledger,
    Node,
    Record,
    Share,
    Task,
)
from pyengine.rules import Circular, NoCircular, Regime, Rule, in_force
from pyengine.settings import Settings
from pyengine.terms import (
    ARRANGED,
    BY_INDICATOR,
    BY_NODES,
    BY_TIME,
    DATED,
    DONE,
    MISSING,
    NO_METHOD,
    UNREADABLE,
)
from pyengine.units import Directory

_CHAPTERS: Mapping[str, tuple[str, ...]] = {"专项督办": ("专项督办",)}
T = TypeVar("T", Node, Indicator, Feedback, Adjustment)


@dataclass(frozen=True)
class Case:
    """案卷：台账、现行规则、判定日，和按编号理好的节点、反馈、调整、事件。

    kept 是改动未经批准、仍旧算数的原时限（按编号、列），standing 是台账各行的不规范之处和首次报出的日子：对照从前才知道。
    """

    ledger: Ledger
    circulars: tuple[Circular, ...]
    regime: Regime
    as_of: date
    tasks: Mapping[str, Task]
    nodes: Mapping[str, tuple[Node, ...]]
    indicators: Mapping[str, tuple[Indicator, ...]]
    feedback: Mapping[str, tuple[Feedback, ...]]
    adjustments: Mapping[str, tuple[Adjustment, ...]]
    records: tuple[Record, ...]
    directory: Directory
    kept: Mapping[tuple[str, str], Deadline] = field(default_factory=dict)
    standing: Mapping[Finding, date] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Ledger, circulars: Iterable[Circular], as_of: date) -> Case:
        """判定日的案卷；早于第一份文件抛 NoCircular。"""
        circulars = tuple(circulars)
        regime = in_force(circulars, as_of, ledger.settings)
        if not regime.rules("台账与状态"):  # 施行日被设到了管台账的文件之前：同样无从判定
            raise NoCircular(as_of, min(c.effective for c in circulars))
        seen = (item for item in ledger.feedback if item.on and item.on <= as_of)
        approved = (
            item for item in ledger.adjustments if item.result == "批准" and item.approved and item.approved <= as_of
        )
        records = (record for record in ledger.records if record.on and record.on <= as_of)
        return cls(
            ledger=ledger,
            circulars=circulars,
            regime=regime,
            as_of=as_of,
            tasks={task.number: task for task in ledger.tasks if task.number},
            nodes=_grouped(ledger.nodes, lambda node: node.due.due or date.max),
            indicators=_grouped(ledger.indicators, lambda item: date.min),
            feedback=_grouped(seen, lambda item: item.on or date.min),
            adjustments=_grouped(approved, lambda item: item.approved or date.min),
            records=tuple(sorted(records, key=lambda record: record.on or date.min)),
            directory=Directory.of(ledger.units, ledger.settings.text("县名"), ledger.settings.text("统称")),
        )

    @property
    def settings(self) -> Settings:
        """设置。"""
        return self.ledger.settings

    @cached_property
    def _regimes(self) -> dict[date, Regime]:
        return {self.as_of: self.regime}

    def regime_on(self, day: date) -> Regime:
        """某一天的现行规则：事件按当天的文件论。早于第一份文件的，什么规则也没有。"""
        if day not in self._regimes:
            try:
                self._regimes[day] = in_force(self.circulars, day, self.settings)
            except NoCircular:
                self._regimes[day] = Regime({})
        return self._regimes[day]

    def card_rules_on(self, day: date) -> tuple[Rule, ...]:
        """某一天现行的亮牌规则；早于第一份文件则没有。"""
        return self.regime_on(day).rules("亮牌")

    def card_rule(self, circular: str, card: str, ground: str) -> Rule | None:
        """这份文件这种牌这个事由（括注的事件不论）的规则；没有（旧数据）则 None。"""
        words = ground.partition("（")[0]
        rules = (rule for one in self.circulars if one.number == circular for rule in one.rules)
        return next((rule for rule in rules if rule.card == card and rule.ground == words), None)

    def cite_of(self, record: Record) -> Citation:
        """发出去的文书、约谈的依据：按它当天的文件，亮牌以后该做的照那张牌的条款，其余照提示、专项督办。"""
        regime = self.regime_on(record.on or self.as_of)
        regime = regime if regime.governing else self.regime
        card = next((rule for rule in regime.rules("亮牌") if record.event in rule.follow), None)
        return card.cite if card else regime.cite(*_CHAPTERS.get(record.event, ()), "提示", "专项督办")

    def under(self, rule: Rule) -> Case:
        """按这一条判的案卷：它写明的数先于设置表。"""
        if not rule.values:
            return self
        settings = Settings({**self.settings.values, **rule.values})
        return replace(self, ledger=replace(self.ledger, settings=settings))

    def known_leads(self, task: Task) -> tuple[str, ...]:
        """事项的牵头单位里名录认得的。"""
        return tuple(unit for unit in task.lead_units if unit in self.directory.members)

    def leads_of(self, numbers: Iterable[str]) -> tuple[str, ...]:
        """各编号的牵头单位：事件没有写单位时由它们担责。"""
        found = (unit for number in numbers if number in self.tasks for unit in self.known_leads(self.tasks[number]))
        return tuple(dict.fromkeys(found))

    def units_of(self, record: Record) -> tuple[str, ...]:
        """事件是哪些单位的：写了单位的照写的，没有写的是所涉编号的牵头单位。"""
        return record.units or self.leads_of(record.numbers)

    @cached_property
    def led(self) -> Mapping[str, tuple[Task, ...]]:
        """各单位牵头的事项。"""
        return _indexed((unit, task) for task in self.tasks.values() for unit in task.lead_units)

    @cached_property
    def events(self) -> Mapping[str, tuple[Record, ...]]:
        """各种事件，按日期先后。"""
        return _indexed((record.event, record) for record in self.records)

    @cached_property
    def events_of(self) -> Mapping[tuple[str, str], tuple[Record, ...]]:
        """各单位的各种事件（键为事件、单位），按日期先后。"""
        return _indexed(((record.event, unit), record) for record in self.records for unit in self.units_of(record))

    @cached_property
    def rectifications(self) -> Mapping[str, tuple[Record, ...]]:
        """各编号的整改完成；没有写编号的，键为空串。"""
        found = self.events.get("整改完成", ())
        return _indexed((number, record) for record in found for number in record.numbers or ("",))


K = TypeVar("K")
V = TypeVar("V")


def _indexed(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(group) for key, group in groups.items()}


def _grouped(items: Iterable[T], key: Callable[[T], date]) -> dict[str, tuple[T, ...]]:
    groups = _indexed((item.number, item) for item in items if item.number)
    return {number: tuple(sorted(group, key=key)) for number, group in groups.items()}


def stars_of(task: Task, case: Case) -> int | None:
    """星级：填了照填的，没填按现行文件给工作类别定的；都没有则 None。"""
    return task.stars or case.regime.stars.get(task.category)


def is_closed(task: Task, as_of: date) -> bool:
    """判定日是否已销号。"""
    return bool(task.closed and task.closed <= as_of)


def is_finished(task: Task, as_of: date) -> bool:
    """判定日是否已完成（办结日期在判定日之后的，当日还没有完成）。"""
    return task.state == DONE and not (task.finished and task.finished > as_of)


def is_open(task: Task, as_of: date) -> bool:
    """判定日是否还在办：既没有完成也没有销号。"""
    return not is_closed(task, as_of) and not is_finished(task, as_of)


def effective(task: Task, case: Case, item: str) -> Deadline:
    """有效时限：最近批准的调整优先，其次改动未经批准的原时限，否则原填。item 为 完成时限 或 启动时限。"""
    return approved(task, case, item) or case.kept.get((task.number, item)) or stated(task, item)


def stated(task: Task, item: str) -> Deadline:
    """台账里填的时限。item 为 完成时限 或 启动时限。"""
    return task.due if item == "完成时限" else task.start_due


def approved(task: Task, case: Case, item: str) -> Deadline | None:
    """最近批准的调整定下的时限；没有则 None。"""
    for adjustment in reversed(case.adjustments.get(task.number, ())):
        if adjustment.item == item and adjustment.new_deadline.kind not in (UNREADABLE, MISSING):
            note = f"{adjustment.approved}批准调整（{adjustment.place.ref('新值')}）"
            return replace(adjustment.new_deadline, note=note, where=adjustment.place.ref("新值"))
    return None


def where(deadline: Deadline, task: Task, item: str) -> str:
    """有效时限写在哪一格：批准调整的在调整申请，否则在台账。"""
    return deadline.where or task.place.ref(item)


def reported(task: Task, case: Case) -> Feedback | None:
    """判定日以前最近一次采用且报了进度的反馈；没有则 None。"""
    found = reversed(case.feedback.get(task.number, ()))
    return next((item for item in found if item.result == "采用" and item.progress is not None), None)


def progress(task: Task, case: Case) -> tuple[Share | None, str]:
    """完成进度和它的出处：判定日以前最近一次采用的反馈，否则台账的完成进度；都没有的指标事项按实际累计。"""
    item = reported(task, case)
    if item is not None:
        return item.progress, item.place.ref("完成进度")
    if task.progress is None and task.number in case.indicators:
        return actual_share(case.indicators[task.number], case.as_of), "指标进度"
    return task.progress, task.place.ref("完成进度")


def node_is_done(node: Node, as_of: date) -> bool:
    """判定日节点是否已完成。"""
    return bool(node.done and node.done <= as_of)


def overdue_nodes(task: Task, case: Case, days: int = 0) -> tuple[Node, ...]:
    """逾期超过 days 天仍没有完成的节点；到期当天不算逾期。"""
    nodes = case.nodes.get(task.number, ())
    return tuple(
        node for node in nodes
        if node.due.due and (case.as_of - node.due.due).days > days and not node_is_done(node, case.as_of)
    )  # fmt: skip


def expected(task: Task, due: Deadline, case: Case) -> tuple[Share | None, str]:
    """应达进度和算法：有指标按计划累计，其次按到期节点的权重，再次从启动（立项）到完成时限按天数；都没有为 (None, 无)。"""
    planned = expected_share(case.indicators.get(task.number, ()), case.as_of)
    if planned is not None:
        return planned, BY_INDICATOR
    nodes = [node for node in case.nodes.get(task.number, ()) if node.due.due]
    if nodes:
        return _by_nodes(nodes, case.as_of), BY_NODES
    start = effective(task, case, "启动时限").due or task.initiated or due.start
    if due.kind != DATED or not due.due or not start or start >= due.due:
        return None, NO_METHOD
    elapsed = Fraction((case.as_of - start).days, (due.due - start).days)
    return min(max(elapsed, Fraction(0)), Fraction(1)), BY_TIME


def _by_nodes(nodes: list[Node], as_of: date) -> Share:
    due = [node for node in nodes if node.due.due and node.due.due <= as_of]
    if all(node.weight == nodes[0].weight for node in nodes):  # 等权（或都没有填）就是数个数
        return Fraction(len(due), len(nodes))
    total = sum((node.weight or Fraction(0) for node in nodes), Fraction(0))
    reached = sum((node.weight or Fraction(0) for node in due), Fraction(0))
    return reached / total if total else Fraction(len(due), len(nodes))


def may_lag(task: Task) -> bool:
    """是否论滞后、逾期：已落实（已作安排、继续推进）的不论。"""
    return task.state != ARRANGED


def has_started(task: Task, share: Share | None, case: Case) -> bool:
    """是否已启动：判定日以前有实际启动日期，或进度达到“视为启动进度”。"""
    dated = task.started is not None and task.started <= case.as_of
    return dated or (share or 0) >= case.settings.share("视为启动进度")


def not_started(task: Task, share: Share | None, case: Case) -> bool:
    """是否未按时启动：启动时限已过而没有启动。"""
    start = effective(task, case, "启动时限").due
    return bool(start and start < case.as_of and not has_started(task, share, case))

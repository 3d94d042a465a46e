"""督检汇总：按单位、领导、星级、来源各数一遍，占比用最大余数法，每一块正好 100.0。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from pyengine.outcome import Verdict
from pyengine.terms import ARRANGED, BEHIND, NOT_STARTED, OVERDUE, STATUSES

DIMENSIONS = ("牵头单位", "牵头领导", "星级", "事项来源")
_BLANK = "（未填）"


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """汇总的一行：维度、名称、事项数、各状态数（按 STATUSES 次序）、已落实数、占比（十分之一个百分点）。"""

    dimension: str
    name: str
    count: int
    by_status: tuple[int, ...]
    arranged: int
    tenths: int

    @property
    def cells(self) -> tuple[str | int | float, ...]:
        """写入督检汇总表的各格，次序同约定的表头。"""
        return (self.dimension, self.name, self.count, *self.by_status, self.arranged, self.tenths / 10)


def summarise(verdicts: Sequence[Verdict]) -> tuple[SummaryRow, ...]:
    """全部汇总行：先合计，再逐个维度。没有事项则为空。两家牵头的，两家各计一项。"""
    if not verdicts:
        return ()
    table = pd.DataFrame(_records(verdicts), columns=["维度", "名称", "状态", "已落实"])
    rows: list[SummaryRow] = []
    for dimension, block in table.groupby("维度", sort=False):
        counts = pd.crosstab(block["名称"], block["状态"]).reindex(columns=list(STATUSES), fill_value=0)
        totals, arranged = counts.sum(axis=1), block.groupby("名称")["已落实"].sum()
        order = sorted(counts.index, key=lambda name: (name == _BLANK, -totals[name], name))
        shares = largest_remainder([int(totals[name]) for name in order])
        for name, tenths in zip(order, shares, strict=True):
            by_status = tuple(int(number) for number in counts.loc[name])
            rows.append(
                SummaryRow(str(dimension), str(name), int(totals[name]), by_status, int(arranged[name]), tenths)
            )
    return tuple(rows)


def _records(verdicts: Iterable[Verdict]) -> Iterator[tuple[str, str, str, bool]]:
    judged = tuple(verdicts)
    for dimension in ("全部", *DIMENSIONS):
        for verdict in judged:
            for name in _names(dimension, verdict):
                yield dimension, name, verdict.status, verdict.task.state == ARRANGED


def _names(dimension: str, verdict: Verdict) -> tuple[str, ...]:
    task = verdict.task
    names = {
        "全部": ("合计",),
        "牵头单位": task.lead_units,
        "牵头领导": (task.lead_leader,),
        "星级": (f"{verdict.stars}★" if verdict.stars else "",),
        "事项来源": (task.source,),
    }[dimension]
    return tuple(name or _BLANK for name in names) or (_BLANK,)


def largest_remainder(counts: Sequence[int], total: int = 1000) -> tuple[int, ...]:
    """把 counts 按比例折成整数，其和正好 total：先取整，余数大的先补；并列按原次序。"""
    whole = sum(counts)
    if not whole:
        return tuple(0 for _ in counts)
    floors = [count * total // whole for count in counts]
    order = sorted(range(len(counts)), key=lambda index: (-(counts[index] * total % whole), index))
    for index in order[: total - sum(floors)]:
        floors[index] += 1
    return tuple(floors)


def busiest_units(verdicts: Iterable[Verdict], most: int) -> tuple[tuple[str, int, int, int], ...]:
    """事项最多的单位：(单位, 事项数, 逾期数, 滞后数)，至多 most 家。"""
    tally: dict[str, list[int]] = {}
    for verdict in verdicts:
        for unit in verdict.task.lead_units:
            row = tally.setdefault(unit, [0, 0, 0])
            row[0] += 1
            row[1] += verdict.status == OVERDUE
            row[2] += verdict.status in (BEHIND, NOT_STARTED)
    ranked = sorted(tally.items(), key=lambda item: (-item[1][0], item[0]))
    return tuple((unit, *numbers) for unit, numbers in ranked[:most])  # type: ignore[misc]

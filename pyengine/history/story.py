"""讲历史：哪天哪次运行，人改了哪一格，判定变了什么。只读。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .codec import Judged
from .staff import Change


@dataclass(frozen=True, slots=True)
class Run:
    """一次运行：何时、哪条命令、判定日（恢复没有）、改写几格、附注。"""

    at: str
    command: str
    as_of: str
    cells: int
    detail: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """一处人的改动，和首次见到它的时刻 at；改动发生在 since（上一次运行）以后。"""

    at: str
    since: str
    change: Change


@dataclass(frozen=True, slots=True)
class Story:
    """一段时间里的全部运行和改动，旧的在前。"""

    runs: tuple[Run, ...] = ()
    changes: tuple[Noticed, ...] = ()


@dataclass(frozen=True, slots=True)
class Turned:
    """判定变了的一项：从前的（新事项为 None）和现在的（不见了的为 None）。"""

    before: Judged | None
    after: Judged | None


def turned(before: Iterable[Judged], after: Iterable[Judged]) -> tuple[Turned, ...]:
    """两个判定日之间状态或亮牌变了的、新添的、不见了的事项，按现在的次序。编号空的、重复的认不准，不比。"""
    old, new = _unique(before), _unique(after)
    changed = (
        Turned(old.get(number), row)
        for number, row in new.items()
        if number not in old or (old[number].status, old[number].card) != (row.status, row.card)
    )
    return (*changed, *(Turned(row, None) for number, row in old.items() if number not in new))


def _unique(rows: Iterable[Judged]) -> dict[str, Judged]:
    rows = tuple(rows)
    counts = Counter(row.number for row in rows)
    return {row.number: row for row in rows if row.number and counts[row.number] == 1}

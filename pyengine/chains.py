"""期别链：一个指标一年的旬、月、季、年各期，计划、实际都是当年 1 月 1 日起的累计。"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product

from pyengine.indicators import LOWER_IS_BETTER
from pyengine.model import Indicator
from pyengine.periods import Period, read_period, wholes_of

_CLEAN = 9
"""小数第几位以后算浮点误差。"""
_SHOWN = 4
"""最多印到小数第几位。"""
Key = tuple[str, str, int]
Rounding = Callable[[Fraction], int]


@dataclass(frozen=True, slots=True)
class Line:
    """一期：同一期别各行合起来的计划、实际；各行不一致的 clash，两个数都不用。"""

    period: Period
    planned: Fraction | None
    actual: Fraction | None
    clash: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """一个指标一年的各期。doubt 是各期连不起来的原因，places 是印到小数第几位。"""

    lines: Mapping[Period, Line]
    lower: bool
    measure: str
    places: int
    doubt: str

    @property
    def word(self) -> str:
        """差于计划的说法。"""
        return "超" if self.lower else "欠"

    @property
    def mended(self) -> str:
        """后来又达到计划的说法。"""
        return "降回" if self.lower else "追上"

    def lag(self, actual: Fraction, planned: Fraction) -> Fraction:
        """比计划差多少；不差的为 0 或负。"""
        return actual - planned if self.lower else planned - actual

    def amount(self, value: Fraction, rounding: Rounding = math.ceil) -> str:
        """数和计量单位，如 12.5亿元。"""
        scaled = rounding(value * 10**self.places)
        whole, part = divmod(abs(scaled), 10**self.places)
        tail = f".{part:0{self.places}d}".rstrip("0") if part else ""
        return f"{'-' if scaled < 0 else ''}{whole}{tail}{self.measure}"


def chains_of(items: Iterable[Indicator]) -> Mapping[Key, Chain]:
    """各指标各年的期别链；期别认不出的行不在内。"""
    groups: dict[Key, list[tuple[Period, Indicator]]] = defaultdict(list)
    for item in items:
        if (period := read_period(item.period)) is not None:
            groups[key_of(item, period)].append((period, item))
    return {key: _chain(rows) for key, rows in groups.items()}


def mismatches(items: Iterable[Indicator]) -> Iterator[tuple[Indicator, Indicator, str]]:
    """同时结束的短、长两期（六月下旬与六月、六月与二季度）数对不上的：(短的一行, 长的一行, 列)。"""
    rows: dict[tuple[Key, Period], list[Indicator]] = defaultdict(list)
    for item in items:
        if (period := read_period(item.period)) is not None:
            rows[key_of(item, period), period].append(item)
    for key, period in tuple(rows):
        longer = next((w for w in wholes_of(period) if w.end == period.end and (key, w) in rows), None)
        if longer is not None:
            pairs = product(rows[key, period], rows[key, longer])
            yield from ((one, other, column) for one, other in pairs for column in _differing(one, other))


def _differing(item: Indicator, longer: Indicator) -> Iterator[str]:
    pairs = (("计划累计", item.planned, longer.planned), ("实际累计", item.actual, longer.actual))
    return (
        column
        for column, one, other in pairs
        if one is not None and other is not None and one != other and _clean(one) != _clean(other)
    )


def key_of(item: Indicator, period: Period) -> Key:
    """这一行属于哪条链：编号、指标名称、年。"""
    return item.number, item.name, period.start.year


def _clean(value: Fraction) -> Fraction:
    """去掉浮点误差。"""
    return value if value.denominator == 1 else round(value, _CLEAN)


def _chain(rows: list[tuple[Period, Indicator]]) -> Chain:
    directions = {item.direction == LOWER_IS_BETTER for _, item in rows}
    measures = sorted({item.measure for _, item in rows if item.measure})
    same: dict[Period, list[Indicator]] = defaultdict(list)
    for period, item in rows:
        same[period].append(item)
    lower = directions == {True}
    mixed = ["方向"] * (len(directions) > 1) + ["计量单位"] * (len(measures) > 1)
    numbers = {value for _, item in rows for value in (item.planned, item.actual) if value and value.denominator > 1}
    return Chain(
        lines={period: _line(period, items, lower) for period, items in same.items()},
        lower=lower,
        measure=measures[0] if measures else "",
        places=max(map(_places, numbers), default=0),
        doubt=f"本指标各期的{'、'.join(mixed)}不一致" if mixed else "",
    )


def _line(period: Period, items: list[Indicator], lower: bool) -> Line:
    """同一期别的各行合成一期。越高越好的计划为 0 即没有计划；越低越好的 0 是上限。"""
    planned, actual = _agreed(item.planned for item in items), _agreed(item.actual for item in items)
    if len(planned) > 1 or len(actual) > 1:
        return Line(period, None, None, True)
    plan = planned[0] if planned else None
    return Line(period, plan if lower else plan or None, actual[0] if actual else None, False)


def _agreed(values: Iterable[Fraction | None]) -> list[Fraction]:
    """各行填的不同的数；一致的只有一个，都没有填的为空。"""
    found: list[Fraction] = []
    for value in values:
        if value is not None and (clean := _clean(value)) not in found:
            found.append(clean)
    return found


@lru_cache(maxsize=8192)
def _places(value: Fraction) -> int:
    return next((n for n in range(_SHOWN) if (round(value, _CLEAN) * 10**n).denominator == 1), _SHOWN)

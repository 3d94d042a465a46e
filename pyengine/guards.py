"""保障判断：以旬保月、以月保季、以季保年——短的一期欠了，长的一期就有危险，余下各期每期要完成多少才保得住。

全按分数算；印出来的数只入不舍（上限只舍不入），照印的数做到就保得住。
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pyengine.chains import Chain, Key, Line, chains_of, key_of
from pyengine.model import Indicator
from pyengine.periods import Period, kind_of, read_period, rest_of, wholes_of

DOUBT = "数据待核："


@dataclass(frozen=True, slots=True)
class _Stretch:
    """短的一期到它要保的一期：actual、planned 是短的一期的，goal 是要保的一期的计划，rest 是其间余下的各期。"""

    chain: Chain
    period: Period
    actual: Fraction
    planned: Fraction
    whole: Line
    goal: Fraction
    rest: tuple[Period, ...]

    @property
    def lag(self) -> Fraction:
        """比本期计划差多少。"""
        return self.chain.lag(self.actual, self.planned)

    @property
    def final(self) -> Fraction:
        """比要保的一期的计划差多少。"""
        return self.chain.lag(self.actual, self.goal)

    @property
    def secured(self) -> bool:
        """是否已达到要保的一期的计划；越低越好的还会再增，没有到期不算。"""
        return self.final <= 0 and not self.chain.lower

    @property
    def own(self) -> str:
        """本期自己达没达到计划。"""
        if self.lag > 0:
            return f"{self.chain.word}计划{self.chain.amount(self.lag)}"
        return "未超计划" if self.chain.lower else "达到计划"


def guards(items: Iterable[Indicator], as_of: date) -> tuple[str, ...]:
    """各行的保障判断，与 items 一一对应；还没有结束的一期、有实际的年度行为空串。"""
    items = tuple(items)
    chains = chains_of(items)
    return tuple(_guard(item, chains, as_of) for item in items)


def _guard(item: Indicator, chains: Mapping[Key, Chain], as_of: date) -> str:
    period = read_period(item.period)
    if period is None:
        return f"{DOUBT}{'期别认不出' if item.period else '没有填期别'}"
    if period.end > as_of:
        return ""
    if not item.number:
        return f"{DOUBT}没有编号"
    chain = chains[key_of(item, period)]
    return _own_doubt(chain, chain.lines[period]) or _held(chain, chain.lines[period], as_of)


def _own_doubt(chain: Chain, line: Line) -> str:
    """本期自己的数就不全、不清的说法；没有毛病为空串。"""
    if line.clash:
        return _clash(line)
    if line.planned is None:
        return "" if not wholes_of(line.period) else "没有计划累计（空着或为0），无从判断保障"
    if line.actual is None:
        return f"{DOUBT}没有填实际累计"
    return f"{DOUBT}{chain.doubt}" if chain.doubt else ""


def _clash(line: Line) -> str:
    return f"{DOUBT}{line.period.label}有几行，计划累计或实际累计不一致"


def _held(chain: Chain, line: Line, as_of: date) -> str:
    wholes = wholes_of(line.period)
    if not wholes or line.actual is None or line.planned is None:
        return ""
    known = (found for whole in wholes if (found := chain.lines.get(whole)))
    whole = next((found for found in known if found.clash or found.planned is not None), None)
    if whole is None:
        return f"缺{'、'.join(period.label for period in wholes)}的计划累计，无从判断保障"
    if whole.planned is None:
        return _clash(whole)
    rest = rest_of(line.period, whole.period)
    return _outlook(_Stretch(chain, line.period, line.actual, line.planned, whole, whole.planned, rest), as_of)


def _outlook(it: _Stretch, as_of: date) -> str:
    """先看结果、看后来的数，都没有才说余下各期要做多少。"""
    whole = it.whole.period
    if not it.rest:
        return _result(it, it.final)
    since = _since(it, as_of)
    if since:
        return f"{it.own}，{since}"
    if it.secured:
        return f"已保住{whole.label}" if it.lag <= 0 else f"{it.own}，已保住{whole.label}"
    if whole.end <= as_of:
        return f"{DOUBT}{it.own}，{whole.label}已结束，此后没有填实际累计"
    if it.lag > 0:
        return f"{it.own}，{_demand(it, as_of)}"
    return f"{it.own}，保{whole.label}" if it.final <= 0 or not it.chain.lower else f"{it.own}，{_lower_to(it)}"


def _result(it: _Stretch, final: Fraction) -> str:
    """要保的一期的最终结果：final 是它比计划差多少。"""
    name = it.whole.period.label
    return f"{name}没有保住，{it.chain.word}{it.chain.amount(final)}" if final > 0 else f"已保住{name}"


def _since(it: _Stretch, as_of: date) -> str:
    """后来的数说明了什么：要保的一期自己的实际，否则其间最近结束而有实际的一期；没有后来的数、一直达到计划而长的一期还没有结束的为空串。"""
    chain, whole = it.chain, it.whole
    lines = [chain.lines[period] for period in it.rest if period in chain.lines]
    later = [line for line in (*lines, whole) if line.actual is not None and line.period.end <= as_of]
    if not later or (last := later[-1]).actual is None:
        return ""
    short = it.lag > 0
    if last.period.end == whole.period.end:
        result = _result(it, chain.lag(last.actual, it.goal))
        return f"后续{chain.mended}，{result}" if short and result.startswith("已") else result
    if last.planned is None:
        return f"后续见{last.period.label}行"
    gap = chain.lag(last.actual, last.planned)
    if gap > 0:
        return f"后续{'仍' if short else ''}{chain.word}{chain.amount(gap)}，见{last.period.label}行"
    if short:
        return f"后续{last.period.label}已{chain.mended}"
    return f"后续见{last.period.label}行" if whole.period.end <= as_of and not it.secured else ""


def _demand(it: _Stretch, as_of: date) -> str:
    """欠了以后余下各期每期要做多少（越低越好的，最多再增多少、须降到多少）。"""
    chain, count = it.chain, len(it.rest)
    danger = f"危及{it.whole.period.label}；{_left(it, as_of)}"
    if not chain.lower:
        need = chain.amount((it.goal - it.actual) / count)
        return f"{danger}须完成{need}{_originally(it)}，才能保住"
    if it.goal <= it.planned:
        return f"危及{it.whole.period.label}；{_lower_to(it)}"
    if it.final > 0:
        return f"也超{it.whole.period.label}的计划{chain.amount(it.final)}，保不住了"
    room = chain.amount((it.goal - it.actual) / count, math.floor)
    return f"{danger}最多再增{room}{_originally(it)}，才能保住"


def _lower_to(it: _Stretch) -> str:
    return f"到{it.whole.period.label}末须降到{it.chain.amount(it.goal, math.floor)}以内，才能保住"


def _left(it: _Stretch, as_of: date) -> str:
    kind, count = kind_of(it.period), len(it.rest)
    silent = sum(period.end <= as_of for period in it.rest)
    note = f"（{silent}{kind}已过、没有填实际）" if silent else ""
    return f"余下{count}{kind}{note}{f'每{kind}' if count > 1 else ''}"


def _originally(it: _Stretch) -> str:
    """计划原来给余下各期的数；计划往下走的不说。"""
    count = len(it.rest)
    share = (it.goal - it.planned) / count
    return f"（原计划{'平均' if count > 1 else ''}{it.chain.amount(share, _half_up)}）" if share >= 0 else ""


def _half_up(value: Fraction) -> int:
    """四舍五入。"""
    return math.floor(value + Fraction(1, 2))

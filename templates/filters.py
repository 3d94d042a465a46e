"""模板可用的过滤器：{{ 日期|公文日期 }} 这样用；每个另有英文名（即函数名）。空值、别的类型照原样，不报错。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

_CLAUSE: Final = re.compile(r"([一二三四五六七八九十]+)(（[一二三四五六七八九十]+）)?")


def document_date(value: object) -> object:
    """公文日期：2026年5月8日，月日不编虚位（GB/T 9704—2012 7.3.5.4）。"""
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else value


def table_date(value: object) -> object:
    """表格日期：年一行、月日一行，窄列里不把数字和“月”拆开。"""
    return f"{value.year}年\n{value.month}月{value.day}日" if isinstance(value, date) else value


def percent(value: object) -> object:
    """百分数：35%、33.3%，四舍五入到一位小数；没有则“—”。"""
    if value is None:
        return "—"
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return value
    tenths = (Fraction(value) * 2000 + 1) // 2
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}{f'.{rest}' if rest else ''}%"


def joined(values: Iterable[object]) -> str:
    """顿号：几项之间加顿号。"""
    return "、".join(map(str, values))


def blank(value: object, characters: int = 6) -> object:
    """留空：没有内容就留出若干字（至多一页）的空白，供手写。"""
    return value or "　" * min(characters, 600)


def clause(value: object) -> object:
    """条款：二（三） → 第二部分第（三）项；几条之间用顿号。"""
    return joined(map(_clause, value.split("、"))) if isinstance(value, str) else value


def _clause(text: str) -> str:
    found = _CLAUSE.fullmatch(text)
    return f"第{found[1]}部分" + (f"第{found[2]}项" if found[2] else "") if found else text


FILTERS: Final[Mapping[str, Callable[..., object]]] = MappingProxyType(
    {
        "公文日期": document_date,
        "表格日期": table_date,
        "百分数": percent,
        "顿号": joined,
        "留空": blank,
        "条款": clause,
    }
)

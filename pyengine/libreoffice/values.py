"""取值 — what Python writes into a cell and what it gets back: dates, times, truth values, texts that stay texts."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

_DAY = timedelta(days=1)
_MILLISECOND = timedelta(milliseconds=1)
ERRORS = {
    32767: "#N/A",
    503: "#NUM!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
}


class Sort(Enum):
    """哪一类 — how a value has to be put into a cell."""

    EMPTY = auto()
    TEXT = auto()
    FORMULA = auto()
    NUMBER = auto()
    LOGICAL = auto()
    DATE = auto()
    MOMENT = auto()
    TIME = auto()
    SPAN = auto()


FORMATS = {
    Sort.LOGICAL: "BOOLEAN",
    Sort.DATE: "yyyy-mm-dd",
    Sort.MOMENT: "yyyy-mm-dd hh:mm:ss",
    Sort.TIME: "hh:mm:ss",
    Sort.SPAN: "[h]:mm:ss",
}


class Stored(NamedTuple):
    """存法 — what goes into the cell, and as what."""

    sort: Sort
    content: float | str


class ErrorValue(str):
    """错误值 — what a cell with an error reads as when read raw: "#N/A", or "" when its kind was not asked for."""

    __slots__ = ()


_EMPTY = Stored(Sort.EMPTY, "")


def stored(value: object, null_date: date) -> Stored:
    """How a value goes into a cell of a workbook whose day zero is `null_date`.

    A text that starts with "=" is a formula; one that starts with an apostrophe is text, without the apostrophe.
    """
    spell = _SPELLINGS.get(type(value))
    if spell is not None:
        return spell(value, null_date)
    if value is None or _is_missing(value):
        return _EMPTY
    for type_, spell in _SPELLINGS.items():
        if isinstance(value, type_):
            return spell(value, null_date)
    if type(value).__module__ == "numpy":
        scalar: Any = value
        exact = scalar.astype("datetime64[us]") if type(value).__name__ == "datetime64" else scalar
        return stored(exact.item(), null_date)
    raise TypeError(f"单元格放不下 {type(value).__name__} 类型的值：{value!r}。请先换成数、文字或日期。")


def _is_missing(value: object) -> bool:
    """Whether it is a not-a-number or one of pandas' kinds of it, such as NaT and NA."""
    return type(value).__name__ in ("NaTType", "NAType") or bool(value != value)


def _text(value: str, _: date) -> Stored:
    if value.startswith("'"):
        return Stored(Sort.TEXT, value[1:]) if len(value) > 1 else _EMPTY
    if value.startswith("=") and len(value) > 1:
        return Stored(Sort.FORMULA, value)
    return Stored(Sort.TEXT, value) if value else _EMPTY


def _number(value: Any, _: date) -> Stored:
    number = float(value)
    if math.isnan(number):
        return _EMPTY
    if math.isinf(number):
        raise ValueError("单元格放不下无穷大。请先换成数或空值。")
    return Stored(Sort.NUMBER, number)


def _moment(value: datetime, null_date: date) -> Stored:
    plain = value.replace(tzinfo=None)
    days = (plain - datetime.combine(null_date, time())) / _DAY
    return Stored(Sort.MOMENT if plain.time() != time() else Sort.DATE, days)


def _span(value: timedelta, _: date) -> Stored:
    return Stored(Sort.SPAN, value / _DAY)


def _time(value: time, _: date) -> Stored:
    return Stored(Sort.TIME, (datetime.combine(date.min, value.replace(tzinfo=None)) - datetime.min) / _DAY)


_SPELLINGS: dict[type, Callable[[Any, date], Stored]] = {
    str: _text,
    float: _number,
    bool: lambda value, _: Stored(Sort.LOGICAL, float(value)),
    int: _number,
    Decimal: _number,
    Fraction: _number,
    datetime: _moment,
    date: lambda value, null_date: Stored(Sort.DATE, float((value - null_date).days)),
    time: _time,
    timedelta: _span,
}


@lru_cache(maxsize=1 << 14)
def moment(days: float, null_date: date) -> datetime | float:
    """The moment that a number of days after day zero means, to the millisecond; the number where no calendar reaches."""
    try:
        return datetime.combine(null_date, time()) + round(days * (_DAY / _MILLISECOND)) * _MILLISECOND
    except OverflowError:
        return days

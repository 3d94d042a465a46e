"""行高：按汉字占两格估算折行，写成可自动调整的行高——改了内容，表格软件会重新调整。"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from pyengine.layout import Table

_LINE: Final = 15.0
_PADDING: Final = 6.0
_TALLEST: Final = 409.0
_RESERVED_LINES: Final = {"ledger": 4}
"""给系统以后写入的依据、校验留的行数。"""


def row_height(table: Table, row: Mapping[str, object]) -> float:
    """一行数据的行高（磅）：最高的单元格说了算。"""
    lines = [lines_of(row.get(column.name), column.width) for column in table.columns]
    return min(max([*lines, _RESERVED_LINES.get(table.key, 1)]) * _LINE + _PADDING, _TALLEST)


def outgrows(table: Table, header: str, value: object) -> bool:
    """这一格的内容是不是超过了预留的行数。"""
    return lines_of(value, table.column(header).width) > _RESERVED_LINES.get(table.key, 1)


def lines_of(value: object, width: float) -> int:
    """这个值在宽 width（字符）的列里占几行。"""
    if not isinstance(value, str):
        return 1
    return sum(max(1, math.ceil(span(part) / (width - 2))) for part in value.split("\n"))


@lru_cache(maxsize=8192)
def span(text: str) -> int:
    """文字的宽：半角字数，汉字算两个。"""
    return sum(2 if unicodedata.east_asian_width(char) in "FWA" else 1 for char in text)

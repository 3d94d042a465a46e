"""统称：“各乡（镇）”“县直各部门”指哪些单位。由设置“统称”定；有关、相关一类范围不固定的不展开。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

Meanings = Mapping[str, tuple[str, ...]]
"""统称（比对用的写法）到它所指的单位类别或单位名称。"""

NONE: Final = "无"
_COUNT = re.compile("^(?:全[县市区旗])?(\\d+|[一二三四五六七八九十百]+)[个家]?")
_DIGITS: Final = {char: value for value, char in enumerate("一二三四五六七八九", 1)}
_UNFIXED = re.compile("有关|相关|其他|其它|责任|承办|涉及|牵头|配合")


@lru_cache(maxsize=1024)
def collective_key(name: str) -> tuple[str, int | None]:
    """统称比对用的写法和写明的个数：括号、顿号、各、全县、人民政府不计（11个乡（镇） = 各乡镇）。"""
    key = re.sub(r"[\s()\[\]【】〔〕、]", "", unicodedata.normalize("NFKC", name))
    counted = _COUNT.match(key)
    key = key[counted.end() :] if counted else re.sub("^全[县市区旗](?=.)", "", key)
    key = re.sub("^[在驻][县市区旗](?=.)", "", key.replace("各", "").removesuffix("人民政府"))
    return key, _number(counted[1]) if counted else None


def _number(text: str) -> int:
    """一百以内的数；写得不成数的为 -1，与任何个数都不符。"""
    if text.isdecimal():
        return int(text) if len(text) < 5 else -1
    tens, mark, ones = text.rpartition("十")
    parts = (_DIGITS.get(tens, 0 if tens else 1) * 10 if mark else 0, _DIGITS.get(ones, 0))
    return sum(parts) or -1


@lru_cache(maxsize=64)
def meanings(text: str) -> Meanings:
    """设置“统称”的取值读成各统称的含义；空白、“无”即一律不展开。读不出抛 ValueError，说明是哪一段、怎么不对。"""
    found: dict[str, tuple[str, ...]] = {}
    for part in (part.strip() for part in re.split("[；;\\n]", "" if text.strip() == NONE else text)):
        if part:
            name, terms = _meaning(part)
            if name in found:
                raise ValueError(f"“{part}”的统称前面已经写过")
            found[name] = terms
    return found


def _meaning(part: str) -> tuple[str, tuple[str, ...]]:
    name, mark, right = part.replace("＝", "=").partition("=")
    terms = tuple(dict.fromkeys(term for term in re.split(r"[、，,\s]+", right) if term))
    if not mark or not name.strip() or not terms or "=" in right:
        raise ValueError(f"“{part}”不是“统称=类别或单位”")
    if _UNFIXED.search(name):
        raise ValueError(f"“{name.strip()}”范围不固定，不能展开")
    return collective_key(name)[0], terms

"""表的用途：每张原表迁到哪里；年度、县名、标题从表头上面的话里找。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from pyengine.adopt.source import Cell, Sheet

_YEAR = re.compile(r"(20\d\d)\s*年")
_NAMED_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_COUNTY = re.compile(
    r"(?:^|[：:\s　])([一-鿿]{2,4}?[县区旗市])(?=\d{4}年|人民政府|政府|县政府|《|重点|政务|督办|县委|民生|区委)"
)
_NOT_COUNTY = re.compile(r"[年省各全国本市].*[县区旗]$|^(?:单位|全[县区市]|各[县区市])")
_LEDGERS = (
    ("政府工作报告台账", re.compile(r"政府工作报告")),
    ("专班台账", re.compile(r"专班|指挥部|领导小组")),
    ("上级交办台账", re.compile(r"国务院|中央|上级|省委|省政府|市委|市政府|省、市|省市|督察|巡[视察]|中省")),
    ("领导批示台账", re.compile(r"批示|交办|领导|常务会|办公会|会议|督办事项|议定")),
)
DEFAULT = "政府工作报告台账"


def ledger_for(sheet: Sheet, title: str) -> str:
    """这张表的事项迁到哪张台账：看表名和标题里的字；看不出的进政府工作报告台账。"""
    for text in (sheet.name, title):
        found = next((ledger for ledger, pattern in _LEDGERS if pattern.search(text)), None)
        if found:
            return found
    return DEFAULT


def title_of(above: Iterable[Cell], sheet: Sheet, stem: str) -> tuple[Cell | None, str]:
    """标题：表头上面第一格字；没有的用表名、文件名。返回（标题格，标题）。"""
    cells = [cell for cell in above if isinstance(cell.value, str)]
    if cells:
        return cells[0], "".join(cells[0].text.split())
    plain = re.fullmatch(r"(?:Sheet|工作表)\d*", sheet.name, re.IGNORECASE)
    return None, stem if plain else sheet.name


def year_of(texts: Iterable[str], days: Iterable[date], fallback: int) -> tuple[int, str]:
    """台账年度和怎么知道的：标题等处写明的，否则各日期最多的一年，否则今年。"""
    words = list(texts)
    for pattern in (_YEAR, _NAMED_YEAR):
        found = Counter(int(year) for text in words for year in pattern.findall(text))
        if found:
            return max(found, key=lambda year: (found[year], year)), "标题、说明或文件名写明"
    years = Counter(day.year for day in days)
    if years:
        return max(years, key=lambda year: (years[year], year)), "表上日期最多的一年"
    return fallback, "表上没有写年份，按今年计，请核对"


def stated_year(texts: Iterable[str]) -> int:
    """表头以上的话里写明的年份；没有写、写了几个的为 0。"""
    found = {int(year) for text in texts for year in _YEAR.findall(text)}
    return found.pop() if len(found) == 1 else 0


def county_of(texts: Iterable[str]) -> str:
    """县名：标题、填报单位里写的；看不出为空串。"""
    found = Counter(name for text in texts for name in _COUNTY.findall(text) if not _NOT_COUNTY.search(name))
    return found.most_common(1)[0][0] if found else ""

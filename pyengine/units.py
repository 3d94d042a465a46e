"""单位名录：单位栏里的名称认成名录里的全称，统称展开成各单位；认不出的只提示，不代填。"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from typing import Final

from pyengine.collectives import Meanings, collective_key, meanings
from pyengine.model import Unit
from pyengine.unit_lists import Roles, helpers_in, names_in, roles_in, same_as_above, split_roles, split_units
from pyengine.unit_tasks import units_in_task
from pyengine.unit_words import bare_name, is_collective

__all__ = [
    "Directory",
    "Roles",
    "is_collective",
    "same_as_above",
    "split_roles",
    "split_units",
    "unit_key",
    "units_in_task",
]

_LEVELS: Final = "县市区旗"
_ORGAN = re.compile("委|直")
_TOWN = re.compile("(?<=[镇乡])(?:党委)?政府$|(?<=街道)办事处$")
_NEAR: Final = 0.6
_VERY_NEAR: Final = 0.75


@lru_cache(maxsize=8192)
def unit_key(name: str) -> str:
    """单位名称比对用的写法：全半角统一、去空白。"""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


@dataclass(frozen=True)
class Directory:
    """单位名录：全称、简称到全称；county 是县名，写在单位前面的可以不计；collectives 是各统称指哪些单位。"""

    names: Mapping[str, str]
    members: Mapping[str, Unit]
    county: str = ""
    collectives: Meanings = field(default_factory=dict)
    cache: dict[tuple[str, bool], tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, units: Iterable[Unit], county: str = "", collectives: str = "") -> Directory:
        """由单位表各行建名录；简称重复的不收（无从判断是哪一家）。collectives 是设置“统称”的取值。"""
        units = tuple(units)
        keys: dict[str, str] = {}
        clash: set[str] = set()
        for unit in units:
            for short in unit.short:
                key = unit_key(short)
                clash |= {key} if keys.get(key, unit.name) != unit.name else set()
                keys[key] = unit.name
        names = {key: name for key, name in keys.items() if key not in clash}
        names |= {unit_key(unit.name): unit.name for unit in units}
        return cls(names, {unit.name: unit for unit in units}, unit_key(county), meanings(collectives))

    def resolve(self, name: str) -> str | None:
        """name 的全称：先照原样找，再不计县名、县字头、“人民政府”和办、管委会的简写，最后看括号以前；认不出则 None。"""
        if name in self.members:
            return name
        key = unit_key(name)
        if not key or key in self.names:
            return self.names.get(key)
        return self._loose.get(self._plain(key)) or self._loose.get(self._plain(unit_key(bare_name(key))))

    @cached_property
    def _levels(self) -> str:
        """可有可无的字头：名录里最多的那一个；都没有的看县名。市教育局不是县教育局，别级的字头不能去。"""
        heads = Counter(name[0] for name in self.members if name[0] in _LEVELS)
        return max(heads, key=lambda head: (heads[head], head)) if heads else self.county[-1:]

    @cached_property
    def _loose(self) -> Mapping[str, str]:
        """不计县名、县字头等写法的名称到全称；两家写成一样的不收。"""
        found: dict[str, set[str]] = {}
        for key, full in self.names.items():
            for form in {self._plain(key), self._plain(bare_name(key))}:
                found.setdefault(form, set()).add(full)
        return {form: next(iter(fulls)) for form, fulls in found.items() if len(fulls) == 1}

    def _plain(self, key: str) -> str:
        return _plain(key, self.county, self._levels)

    def read(self, text: str, lead: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """单位栏读成（各单位的全称，认不出的名称）。lead 为牵头单位：写明配合的不算，认不出的略去，统称也不认；其余照原文留着。"""
        known = self.cache.get((text, lead))
        if known is None:
            known = self.cache[text, lead] = self._read(text, lead)
        return known

    def _read(self, text: str, lead: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if text.strip() in self.members:
            return (text.strip(),), ()
        helpers = helpers_in(text, self.resolve) if lead else ()
        found = {name: self.resolve(name) for name in names_in(text, self.resolve) if name not in helpers}
        strange = tuple(name for name, full in found.items() if full is None and (lead or not is_collective(name)))
        names = (full or name for name, full in found.items() if full or not lead)
        return tuple(dict.fromkeys(names)), strange

    def helpers(self, text: str) -> str:
        """牵头单位栏里写明配合的各单位，用顿号连起来；没有则为空串。"""
        return "、".join(helpers_in(text, self.resolve))

    def roles(self, text: str) -> Roles:
        """同 split_roles；“和”字、换行处是不是两家，名录认得的以名录为准。"""
        return roles_in(text, self.resolve)

    def expand(self, name: str) -> tuple[str, ...] | None:
        """统称所指的各单位，次序同单位表；不是统称、范围不固定、写的个数与名录不符的为 None。"""
        if name in self.members or not is_collective(name):
            return None
        key, count = collective_key(name)
        terms = self.collectives.get(key)
        named = {self.resolve(term) for term in terms or ()}
        found = tuple(
            unit.name for unit in self.members.values() if unit.category in (terms or ()) or unit.name in named
        )
        return found if found and count in (None, len(found)) else None

    def suggest(self, name: str) -> str | None:
        """与 name 相近的全称，只供提示：简写（人社局）或差几个字；没有相近的、分不清是哪一家的为 None。"""
        if name not in self._suggested:
            self._suggested[name] = self._near(name)
        return self._suggested[name]

    @cached_property
    def _suggested(self) -> dict[str, str | None]:
        """提示过的名称：同一个错写往往有几百格。"""
        return {}

    @cached_property
    def _letters(self) -> Mapping[str, frozenset[str]]:
        """_loose 各写法用到的字。"""
        return {key: frozenset(key) for key in self._loose}

    def _near(self, name: str) -> str | None:
        wanted = self._plain(unit_key(bare_name(name)))
        shortened = {full for key, full in self._loose.items() if _abbreviates(wanted, key)}
        if len(shortened) == 1:
            return shortened.pop()
        letters = set(wanted)
        again = len(wanted) - len(letters)
        alike = (key for key, own in self._letters.items() if _may_be_near(len(letters & own) + again, wanted, key))
        best = max(((_likeness(wanted, key), self._loose[key]) for key in alike), default=(0.0, ""))
        return best[1] if best[0] >= _NEAR else None


def _abbreviates(short: str, full: str) -> bool:
    """short 是不是由 full 依次取字而成：头一个字、末一个字都相同。"""
    if len(short) < 3 or len(full) <= len(short) or (short[0], short[-1]) != (full[0], full[-1]):
        return False
    rest = iter(full)
    return all(char in rest for char in short)


def _may_be_near(common: int, one: str, other: str) -> bool:
    """至多 common 个字相同的两个名称够不够得上相近：够不上的不必细比。"""
    return 2 * common >= _NEAR * (len(one) + len(other))


def _likeness(one: str, other: str) -> float:
    """相近的程度；头一个字不同的（体育局、教育局）须更相近才算。"""
    matcher = SequenceMatcher(None, one, other)
    if not one or not other or matcher.real_quick_ratio() < _NEAR or matcher.quick_ratio() < _NEAR:
        return 0.0
    ratio = matcher.ratio()
    return ratio if one[0] == other[0] or ratio >= _VERY_NEAR else 0.0


def _plain(key: str, county: str, levels: str) -> str:
    """名称去掉县名、县字头和政府的写法差别；去掉以后说不成一个单位的不去。"""
    name = _TOWN.sub("", key.replace("人民政府", "政府"))
    for prefix in (county, county[:-1] if len(county) > 2 else ""):
        if prefix and name.startswith(prefix) and len(name) > len(prefix) + 2:
            name = name.removeprefix(prefix)
            break
    if name[:1] in levels and len(name) > 2 and not _ORGAN.match(name[1:]):
        name = name[1:]
    name = name.replace("管委会", "管理委员会")
    return f"{name}公室" if name.endswith("办") else name

"""单位名录：单位栏里的名称认成名录里的全称；认不出的只提示，不代填。"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pyengine.model import Unit
from pyengine.unit_lists import Roles, names_in, same_as_above, split_roles, split_units, units_in_task
from pyengine.unit_words import is_collective

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


@lru_cache(maxsize=8192)
def unit_key(name: str) -> str:
    """单位名称比对用的写法：全半角统一、去空白。"""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


@dataclass(frozen=True)
class Directory:
    """单位名录：全称、简称到全称；county 是县名，写在单位前面的可以不计。"""

    names: Mapping[str, str]
    members: Mapping[str, Unit]
    county: str = ""
    cache: dict[tuple[str, bool], tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, units: Iterable[Unit], county: str = "") -> Directory:
        """由单位表各行建名录；简称重复的不收（无从判断是哪一家）。"""
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
        return cls(names, {unit.name: unit for unit in units}, unit_key(county))

    def resolve(self, name: str) -> str | None:
        """name 的全称；县名、县字头、“人民政府”可有可无；认不出则 None。"""
        key = unit_key(name)
        bare = key.removeprefix(self.county).removesuffix("人民政府")
        candidates = (key, f"县{key}", key[1:] if key[:1] in "县区市" else "", bare, f"县{bare}", f"{bare}人民政府")
        return next((self.names[candidate] for candidate in candidates if candidate in self.names), None)

    def read(self, text: str, lead: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """单位栏读成（各单位的全称，认不出的名称）。lead 为牵头单位：认不出的略去，统称也不认；其余照原文留着。"""
        known = self.cache.get((text, lead))
        if known is None:
            known = self.cache[text, lead] = self._read(text, lead)
        return known

    def _read(self, text: str, lead: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found = {name: self.resolve(name) for name in names_in(text, self.resolve)}
        strange = tuple(name for name, full in found.items() if full is None and (lead or not is_collective(name)))
        names = (full or name for name, full in found.items() if full or not lead)
        return tuple(dict.fromkeys(names)), strange

    def suggest(self, name: str) -> str | None:
        """与 name 最像的全称，只供提示；没有相近的则 None。"""
        near = difflib.get_close_matches(unit_key(name), list(self.names), n=1, cutoff=0.6)
        return self.names[near[0]] if near else None

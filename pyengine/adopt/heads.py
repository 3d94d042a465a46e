"""表头：一格表头是哪一栏。各种叫法在 heads.toml，办公室另有叫法的写在对照表里。"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from pyengine.layout import header_key, layout

SEQUENCE, SECTION, DETAIL, STEP, WEIGHT, MEETING, UNITS = (
    "序号", "章节", "具体要求", "节点", "分值", "会议日期", "单位",
)  # fmt: skip
TASK, LEAD, HELP, DUE = "工作任务", "牵头单位", "责任单位", "完成时限"
REMARK = "备注"
STAFF = frozenset(column.name for column in layout().ledger.staff)
"""台账里由工作人员填写的各列。"""

_BRACKETS = re.compile(r"[(\[〔【<《][^()\[\]〔〕【】<>《》]*[)\]〕】>》]")
_INSIDE = re.compile(r"[(〔【]([^()〔〕【】]*)[)〕】]")
_EDGES = "*＊:：.。、"


@dataclass(frozen=True, slots=True)
class Heads:
    """表头别名表：写法 → 名目，以及整串匹配的式样。"""

    names: Mapping[str, str]
    like: tuple[tuple[re.Pattern[str], str], ...]
    known: dict[str, str | None] = field(default_factory=dict, compare=False)

    def role(self, text: str) -> str | None:
        """一格（或由上到下用 > 连起来的几格）表头是哪一栏；认不出为 None。"""
        if text not in self.known:
            self.known[text] = self._role(text)
        return self.known[text]

    def _role(self, text: str) -> str | None:
        key = header_key(text).strip(_EDGES)
        if not key or len(key) > 60:
            return None
        bare = _BRACKETS.sub("", key).strip(_EDGES)
        inside = _INSIDE.findall(key)
        found = next((self.names[k] for k in (key, bare) if k in self.names), None)
        return found or self._like(bare or key) or next((self.names[k] for k in inside if k in self.names), None)

    def _like(self, key: str) -> str | None:
        return next((role for pattern, role in self.like if pattern.fullmatch(key)), None)


@cache
def known_heads() -> Heads:
    """heads.toml 与台账各列的别名（layout.toml）合在一起。"""
    data = tomllib.loads(files("pyengine.adopt").joinpath("heads.toml").read_text(encoding="utf-8"))
    names = {header_key(name): role for role, entry in data.items() for name in entry["names"]}
    like = tuple((re.compile(pattern), role) for role, entry in data.items() for pattern in entry.get("like", ()))
    ours = {header_key(column.name): column.name for column in layout().ledger.staff}
    return Heads({**names, **ours, "责任单位": UNITS, "完成进度": "完成进度？"}, like)

"""规则：从各份文件的 rules.toml 装载，按日期、按章节定出现行的一份。数据有误立即拒绝，说清文件和条目。"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from pyengine.model import Citation
from pyengine.settings import Settings, setting_specs
from pyengine.terms import COLOURS

CONDITION_NAMES = frozenset(
    [
        "started_behind",
        "severe_lag",
        "not_started",
        "long_preparation",
        "repeated_supervision",
        "reply_late",
        "material_returned",
        "lag",
        "node_overdue",
        "deadline_overdue",
        "rectification_overdue",
        "interviewed_twice",
        "ledger_substandard",
    ]
)
"""when 可用的名称：conditions.CONDITIONS 的各项（测试核对两处一致）。"""

_CIRCULAR_KEYS: Mapping[str, type] = {
    "number": str,
    "title": str,
    "effective": date,
    "effective_setting": str,
    "rule": list,
}
_RULE_TYPES: Mapping[str, type] = {"stars": int, "recorded": list, "letters": list}
CADENCES = ("月", "季", "随时")


class RuleProblem(Exception):
    """文件数据有误：哪个文件、第几条、什么不对。"""


class NoCircular(Exception):
    """判定日早于第一份文件施行日。"""

    def __init__(self, as_of: date, first: date) -> None:
        super().__init__(f"{as_of} 早于第一份文件施行日 {first}，没有可依据的文件")
        self.first = first


@dataclass(frozen=True, slots=True)
class Rule:
    """一条规则：条款、要旨，以及它说的是星级、节奏还是牌。when 是可计算的事由，recorded 是由人认定的事由词，可以都有。"""

    circular: str
    chapter: str
    clause: str
    gist: str
    subject: str = ""
    stars: int | None = None
    category: str = ""
    cadence: str = ""
    card: str = ""
    ground: str = ""
    when: str = ""
    recorded: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    actor: str = ""

    @property
    def cite(self) -> Citation:
        """依据：文号与条款。"""
        return Citation(self.circular, self.clause)


@dataclass(frozen=True, slots=True)
class Circular:
    """一份文件。effective_setting 是可改施行日的设置项。"""

    number: str
    title: str
    effective: date
    effective_setting: str
    rules: tuple[Rule, ...]

    def starts(self, settings: Settings) -> date:
        """施行日。"""
        return settings.date(self.effective_setting) if self.effective_setting else self.effective

    @property
    def chapters(self) -> tuple[str, ...]:
        """所管章节，按文件次序。"""
        return tuple(dict.fromkeys(rule.chapter for rule in self.rules))


@dataclass(frozen=True, slots=True)
class Regime:
    """某一天的现行规则：章节到文件。"""

    governing: Mapping[str, Circular]

    def rules(self, chapter: str) -> tuple[Rule, ...]:
        """这一章现行的各条；没有文件说到则为空。"""
        circular = self.governing.get(chapter)
        return tuple(rule for rule in circular.rules if rule.chapter == chapter) if circular else ()

    def cite(self, *chapters: str) -> Citation:
        """各章中第一个有规定的依据；都没有则 LookupError。"""
        found = next((rules[0] for rules in map(self.rules, chapters) if rules), None)
        if found is None:
            raise LookupError(f"现行文件没有说到：{'、'.join(chapters)}")
        return found.cite

    def listing(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """各文件及其现行章节，按施行先后。"""
        grouped: dict[str, list[str]] = {}
        for chapter, circular in self.governing.items():
            grouped.setdefault(circular.number, []).append(chapter)
        return tuple((number, tuple(chapters)) for number, chapters in grouped.items())


def in_force(circulars: Iterable[Circular], day: date, settings: Settings) -> Regime:
    """day 这一天的现行规则：每章取已施行的最新一份；设置“适用文件”可固定用一份。早于第一份抛 NoCircular。"""
    pinned = settings.text("适用文件")
    ordered = sorted(circulars, key=lambda circular: circular.starts(settings))
    usable = [circular for circular in ordered if circular.starts(settings) <= day]
    if not usable:
        raise NoCircular(day, ordered[0].starts(settings))
    fixed = [circular for circular in usable if circular.number == pinned]
    governing = {chapter: circular for circular in usable for chapter in circular.chapters}
    governing |= {chapter: circular for circular in fixed for chapter in circular.chapters}
    return Regime(governing)


@cache
def all_circulars() -> tuple[Circular, ...]:
    """已收录的全部文件，按施行先后。"""
    folders = (item for item in files("pyengine.circulars").iterdir() if item.joinpath("rules.toml").is_file())
    loaded = (load_circular(item.joinpath("rules.toml").read_text(encoding="utf-8"), item.name) for item in folders)
    return tuple(sorted(loaded, key=lambda circular: circular.effective))


def load_circular(text: str, source: str) -> Circular:
    """一份 rules.toml 的内容；source 是报错时用的名称。有误抛 RuleProblem。"""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleProblem(f"{source}：不是有效的 TOML（{error}）") from error
    _known(data, set(_CIRCULAR_KEYS), source)
    for key, kind in _CIRCULAR_KEYS.items():
        if key not in data and key != "effective_setting":
            raise RuleProblem(f"{source}：缺少 {key}")
        if not isinstance(data.get(key, ""), kind):
            raise RuleProblem(f"{source}：{key} 写法不对")
    if data.get("effective_setting") and data["effective_setting"] not in setting_specs():
        raise RuleProblem(f"{source}：设置里没有“{data['effective_setting']}”")
    rules = tuple(
        _rule(row, data["number"], f"{source} 第{index}条") for index, row in enumerate(data["rule"], start=1)
    )
    return Circular(data["number"], data["title"], data["effective"], data.get("effective_setting", ""), rules)


def _rule(row: Mapping[str, Any], number: str, source: str) -> Rule:
    _known(row, {field.name for field in fields(Rule)} - {"circular"}, source)
    for key in ("chapter", "clause", "gist"):
        if not row.get(key):
            raise RuleProblem(f"{source}：缺少 {key}")
    for key, value in row.items():
        if not isinstance(value, _RULE_TYPES.get(key, str)):
            raise RuleProblem(f"{source}：{key} 写法不对")
    if row.get("when") and row["when"] not in CONDITION_NAMES:
        raise RuleProblem(f"{source}：when 没有“{row['when']}”这个事由")
    if row.get("card") and (
        row["card"] not in COLOURS or not row.get("ground") or not (row.get("when") or row.get("recorded"))
    ):
        raise RuleProblem(f"{source}：牌要写明颜色（{'、'.join(COLOURS)}）、ground，以及 when 或 recorded")
    if row.get("cadence") and row["cadence"] not in CADENCES:
        raise RuleProblem(f"{source}：cadence 只能是{'、'.join(CADENCES)}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Rule(number, **values)


def _known(data: Mapping[str, Any], allowed: set[str], source: str) -> None:
    unknown = sorted(set(data) - allowed)
    if unknown:
        raise RuleProblem(f"{source}：不认识的键 {'、'.join(unknown)}")

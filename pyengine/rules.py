"""规则：一份文件的各条，和某一天逐章定出的现行规则。数据怎样装载、核对见 rulebook。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pyengine.model import Citation
from pyengine.settings import Settings, SettingValue


class NoCircular(Exception):
    """判定日早于第一份文件施行日。"""

    def __init__(self, as_of: date, first: date) -> None:
        super().__init__(f"{as_of} 早于第一份文件施行日 {first}，没有可依据的文件")
        self.first = first


@dataclass(frozen=True, slots=True)
class Rule:
    """一条规则：条款、要旨（不抄原文），以及由谁、怎样落实。

    when 是可计算的事由（conditions.CONDITIONS 的名称），recorded 是由人认定的事由词，values 是这一条自己写明的数
    （设置项 → 取值，先于设置表）；letters 是文书，to 是每件文书的主送；follow 是亮牌以后应当登记的事件，按先后，by 是其中不由 actor 办的由谁办；
    does 说系统做什么，sheets 是落在哪几张表，people 是只能由人办的理由。
    """

    circular: str
    chapter: str
    clause: str
    name: str
    gist: str
    subject: str = ""
    actor: str = ""
    stars: int | None = None
    category: str = ""
    cadence: str = ""
    card: str = ""
    ground: str = ""
    when: str = ""
    recorded: tuple[str, ...] = ()
    values: Mapping[str, SettingValue] = field(default_factory=dict)
    letters: tuple[str, ...] = ()
    to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    follow: tuple[str, ...] = ()
    by: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    does: str = ""
    people: str = ""

    @property
    def cite(self) -> Citation:
        """依据：文号与条款。"""
        return Citation(self.circular, self.clause)


@dataclass(frozen=True, slots=True)
class Circular:
    """一份文件。clauses 是它的全部条款，按次序；silent 是它没有说到、仍照前文的章节；effective_setting 是可改施行日的设置项；at 是文件头各键在哪个文件、第几行。"""

    number: str
    title: str
    effective: date
    effective_setting: str
    clauses: tuple[str, ...]
    silent: tuple[str, ...]
    rules: tuple[Rule, ...]
    at: Mapping[str, str] = field(default_factory=dict)

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

    def cite(self, *chapters: str, sheet: str = "") -> Citation:
        """各章中第一个有规定（说到 sheet 这张表）的依据；都没有则 LookupError。"""
        rules = (rule for chapter in chapters for rule in self.rules(chapter))
        found = next((rule for rule in rules if not sheet or sheet in rule.sheets), None)
        if found is None:
            raise LookupError(f"现行文件没有说到：{'、'.join(chapters)}")
        return found.cite

    @property
    def stars(self) -> Mapping[str, int]:
        """工作类别到星级；现行文件没有定星级则为空。"""
        return {rule.category: rule.stars for rule in self.rules("赋星") if rule.category and rule.stars}

    @property
    def recorded(self) -> tuple[str, ...]:
        """由人认定的全部事由词：各章的都算。"""
        words = (word for chapter in self.governing for rule in self.rules(chapter) for word in rule.recorded)
        return tuple(dict.fromkeys(words))

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

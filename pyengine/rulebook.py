"""规则数据：从各份文件的 rules.toml 装载并核对。有误立即拒绝，说清文件、行、条目和怎么不对。"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from typing import Any

from pyengine.layout import layout
from pyengine.rules import Circular, Rule
from pyengine.settings import parse_setting, setting_specs
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

CADENCES = ("月", "季", "随时")
CARD_CHAPTER = "亮牌"
_HEAD: Mapping[str, type] = {
    "number": str, "title": str, "effective": date, "effective_setting": str, "clauses": list, "silent": list, "rule": list,
}  # fmt: skip
_OPTIONAL = frozenset({"effective_setting", "silent"})
_REQUIRED = ("chapter", "clause", "name", "gist")
_TYPES: Mapping[str, type] = {
    "stars": int, "recorded": list, "letters": list, "follow": list, "sheets": list, "to": dict, "by": dict, "values": dict,
}  # fmt: skip
_KEYS = frozenset(item.name for item in fields(Rule)) - {"circular"}
_WAYS = ("when", "recorded", "stars", "cadence", "letters", "does", "sheets", "people")
"""一条规则总得由系统算、由人认定、落在某张表、起草成公文，或者写明只能由人办的理由。"""


class RuleProblem(Exception):
    """文件数据有误：哪个文件、第几行、第几条、什么不对。"""


@cache
def all_circulars() -> tuple[Circular, ...]:
    """随程序收录的全部文件，按施行先后。"""
    return load_folder(files("pyengine.circulars"))


def load_folder(folder: Traversable, before: Iterable[Circular] = ()) -> tuple[Circular, ...]:
    """folder 下每个子文件夹一份文件，连同 before 合起来核对过，按施行先后。有误抛 RuleProblem。"""
    sources = ((item.name, item.joinpath("rules.toml")) for item in folder.iterdir())
    found = [load_circular(file.read_text("utf-8"), f"{name}/rules.toml") for name, file in sources if file.is_file()]
    return checked((*before, *found))


def checked(circulars: Iterable[Circular]) -> tuple[Circular, ...]:
    """几份文件合起来核对：文号不重，每章每天只由一份管，先前说到的章节后来的都有交代。按施行先后。"""
    ordered = tuple(sorted(circulars, key=lambda circular: circular.effective))
    for first, second in combinations(ordered, 2):
        if first.number == second.number:
            raise RuleProblem(f"{second.at['number']}：文号“{second.number}”与 {first.at['number']} 重复")
        shared = [chapter for chapter in second.chapters if chapter in first.chapters]
        if shared and first.effective == second.effective:
            raise RuleProblem(
                f"{second.at['effective']}：与 {first.at['effective']} 同日施行，都说到“{'、'.join(shared)}”，定不出以哪份为准"
            )
    spoken: dict[str, None] = {}
    every = {chapter for circular in ordered for chapter in circular.chapters}
    for circular in ordered:
        declared = {*circular.chapters, *circular.silent}
        if missing := [chapter for chapter in spoken if chapter not in declared]:
            raise RuleProblem(
                f"{circular.at['silent']}：没有交代“{'、'.join(missing)}”——说到的写规则，没有说到的列入 silent"
            )
        if strange := [chapter for chapter in circular.silent if chapter not in every]:
            raise RuleProblem(f"{circular.at['silent']}：silent 里的“{'、'.join(strange)}”没有哪份文件说到")
        spoken |= dict.fromkeys(circular.chapters)
    return ordered


def load_circular(text: str, source: str) -> Circular:
    """一份 rules.toml 的内容；source 是报错时用的文件名。有误抛 RuleProblem。"""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleProblem(f"{source}：不是有效的 TOML（{error}）") from error
    for key, words in _head_problems(data):
        raise RuleProblem(f"{source}{_line(text, 0, key)}：{words}")
    for index, row in enumerate(data["rule"], start=1):
        for key, words in _rule_problems(row, data):
            raise RuleProblem(f"{source}{_line(text, index, key)}（第{index}条）：{words}")
    rules = tuple(_rule(row, data["number"]) for row in data["rule"])
    for index, key, words in _joint_problems(data, rules):
        entry = f"（第{index}条）" if index else ""
        raise RuleProblem(f"{source}{_line(text, index, key)}{entry}：{words}")
    return Circular(
        data["number"], data["title"], data["effective"], data.get("effective_setting", ""),
        tuple(data["clauses"]), tuple(data.get("silent", ())), rules,
        {key: f"{source}{_line(text, 0, key)}" for key in ("number", "effective", "silent")},
    )  # fmt: skip


def _line(text: str, index: int, key: str) -> str:
    """“ 第12行”：第 index 条（0 为文件头）里写 key 的那一行，没有写就是这一条开头。"""
    lines = text.splitlines()
    starts = [0, *(n for n, line in enumerate(lines) if line.strip().startswith("[[rule]]")), len(lines)]
    if index + 1 >= len(starts):
        return ""
    block = range(starts[index], starts[index + 1])
    at = next((n for n in block if re.match(rf"\s*{re.escape(key)}\s*=", lines[n])), starts[index])
    return f" 第{at + 1}行"


Problems = Iterator[tuple[str, str]]


def _head_problems(data: Mapping[str, Any]) -> Problems:
    yield from _unknown(data, _HEAD)
    for key, kind in _HEAD.items():
        if key not in data and key not in _OPTIONAL:
            yield key, f"缺少 {key}"
        elif key in data and not isinstance(data[key], kind):
            yield key, f"{key} 写法不对"
    if data.get("effective_setting") and data["effective_setting"] not in setting_specs():
        yield "effective_setting", f"设置里没有“{data['effective_setting']}”"
    for key in ("clauses", "silent"):
        if not all(isinstance(item, str) and item for item in data.get(key, ())):
            yield key, f"{key} 写法不对"
    if not all(isinstance(row, dict) for row in data["rule"]):
        yield "rule", "rule 写法不对"


def _rule_problems(row: Mapping[str, Any], data: Mapping[str, Any]) -> Problems:
    yield from _unknown(row, _KEYS)
    yield from ((key, f"缺少 {key}") for key in _REQUIRED if not row.get(key))
    for key, value in row.items():
        words = value if isinstance(value, list) else ()
        if not isinstance(value, _TYPES.get(key, str)) or not all(isinstance(item, str) and item for item in words):
            yield key, f"{key} 写法不对"
    yield from _value_problems(row, data)
    yield from _card_problems(row)
    if not any(row.get(key) for key in _WAYS):
        yield "gist", f"没有写怎样落实：{'、'.join(_WAYS)} 至少有一项"


def _unknown(data: Mapping[str, Any], allowed: Iterable[str]) -> Problems:
    for key in data:
        if key not in allowed:
            yield key, f"不认识的键 {key}"


def _value_problems(row: Mapping[str, Any], data: Mapping[str, Any]) -> Problems:
    if row["clause"] not in data["clauses"]:
        yield "clause", f"clauses 里没有“{row['clause']}”这一条款"
    if row["chapter"] in data.get("silent", ()):
        yield "chapter", f"“{row['chapter']}”既有规则又列在 silent"
    if row.get("when") and row["when"] not in CONDITION_NAMES:
        yield "when", f"when 没有“{row['when']}”这个事由"
    if row.get("cadence") and row["cadence"] not in CADENCES:
        yield "cadence", f"cadence 只能是{'、'.join(CADENCES)}"
    for key, known in (("sheets", layout().order), ("follow", layout().choices["event"])):
        for word in row.get(key, ()):
            if word not in known:
                yield key, f"{key} 里的“{word}”不是约定的名称"
    for item, value in row.get("values", {}).items():
        if not _fits(item, value):
            yield "values", f"values 的“{item}”不是设置项，或取值 {value} 不对"
    if strange := set(row.get("by", {})) - set(row.get("follow", ())):
        yield "by", f"by 里的“{'、'.join(sorted(strange))}”不在 follow 里"
    if set(row.get("to", {})) != set(row.get("letters", ())):
        yield "to", "to 要给 letters 的每一件写明主送"


def _fits(item: str, value: object) -> bool:
    try:
        parse_setting(setting_specs()[item], value)
    except (KeyError, ValueError):
        return False
    return True


def _card_problems(row: Mapping[str, Any]) -> Problems:
    if row.get("card") and row["card"] not in COLOURS:
        yield "card", f"牌只能是{'、'.join(COLOURS)}"
    grounded = row.get("when") or row.get("recorded")
    if row.get("card") and not (row.get("ground") and grounded):
        yield "card", "牌要写明 ground，以及 when 或 recorded"
    if row.get("card") and (row["chapter"] != CARD_CHAPTER or not (row.get("actor") and row.get("subject"))):
        yield "card", f"牌只写在“{CARD_CHAPTER}”一章，要写明对谁（subject）、由谁（actor）"
    if (row.get("ground") or row.get("when") or row.get("follow")) and not row.get("card"):
        yield "when", "有事由没有牌（card）"


def _joint_problems(data: Mapping[str, Any], rules: tuple[Rule, ...]) -> Iterator[tuple[int, str, str]]:
    """各条合起来才看得出的：条款没有着落、名称重复、同一张牌同一个事由两条。给出第几条（0 为文件头）、哪个键、怎么不对。"""
    covered = {rule.clause for rule in rules}
    for clause in data["clauses"]:
        if clause not in covered:
            yield 0, "clauses", f"条款“{clause}”没有规则，也没有写由人办的理由"
    if twice := next((clause for clause, times in Counter(data["clauses"]).items() if times > 1), ""):
        yield 0, "clauses", f"条款“{twice}”重复"
    for key, what, words in (
        ("name", "名称", [rule.name for rule in rules]),
        ("ground", "牌与事由", [f"{rule.card} {rule.ground}" if rule.card else "" for rule in rules]),
    ):
        for index, word in enumerate(words, start=1):
            if word and word in words[: index - 1]:
                yield index, key, f"{what}“{word}”重复"


def _rule(row: Mapping[str, Any], number: str) -> Rule:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    values["values"] = {
        item: parse_setting(setting_specs()[item], value) for item, value in row.get("values", {}).items()
    }
    values["to"] = {letter: tuple(names) for letter, names in row.get("to", {}).items()}
    return Rule(number, **values)

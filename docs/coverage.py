"""条款对照表：从规则数据和场景生成，逐条说明由系统算、由人认定、落在哪张表、起草哪件公文，或者为什么只能由人办。

python docs/coverage.py        写出 docs/条款对照.md
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyengine.conditions import CONDITIONS
from pyengine.rulebook import all_circulars
from pyengine.rules import Circular, Rule

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "条款对照.md"
SCENARIOS = ROOT / "tests" / "scenarios"
HEAD = """# 条款对照

由 `python docs/coverage.py` 从规则数据（`pyengine/circulars/*/rules.toml`）和场景（`tests/scenarios/`）生成，不要手改；测试核对它没有过时。要旨是转述，以文件原文为准。

每一条写明怎样落实：**算**＝系统按事实计算；**认定**＝由人在督查记录登记认定词；**表**＝登记在哪张表；**文书**＝起草哪件公文（主送）；**以后**＝确认亮牌以后依次登记的事件；**由人办**＝系统不管的理由。场景是测试里写明成立和不成立两种情形的文件。
"""


def table() -> str:
    """对照表全文。"""
    scenes = scenes_by_entry()
    return "\n".join([HEAD, *(line for circular in all_circulars() for line in _circular(circular, scenes))])


def scenes_by_entry() -> Mapping[str, tuple[str, ...]]:
    """规则名称 → 写到它的场景文件，如 2023-1/橙牌-推进不力。"""
    found: dict[str, dict[str, None]] = {}
    for file in sorted(SCENARIOS.glob("*/*.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        tagged = (entry for case in data["case"] for key in ("fires", "spares") for entry in case.get(key, ()))
        for entry in (*data.get("entries", ()), *tagged):
            found.setdefault(entry, {})[f"{file.parent.name}/{file.stem}"] = None
    return {entry: tuple(files) for entry, files in found.items()}


def _circular(circular: Circular, scenes: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    since = (
        f"设置“{circular.effective_setting}”，默认 {circular.effective}"
        if circular.effective_setting
        else circular.effective
    )
    yield f"## {circular.number} {circular.title}\n"
    yield f"施行：{since}。说到的章节：{'、'.join(circular.chapters)}。没有说到、照前文（或当时没有规定）的：{'、'.join(circular.silent)}。\n"
    yield "| 条款 | 名称 | 要旨 | 对谁；由谁 | 怎样落实 | 场景 |"
    yield "|---|---|---|---|---|---|"
    for clause in circular.clauses:
        for rule in (rule for rule in circular.rules if rule.clause == clause):
            yield _row(rule, scenes.get(rule.name, ()))
    yield ""


def _row(rule: Rule, scenes: Iterable[str]) -> str:
    who = "；".join(filter(None, (rule.subject, rule.actor))) or "—"
    files = "、".join(f"[{name.partition('/')[2]}](../tests/scenarios/{name}.toml)" for name in scenes) or "—"
    return f"| {rule.clause} | {rule.name} | {rule.gist} | {who} | {'<br>'.join(_ways(rule))} | {files} |"


def _ways(rule: Rule) -> Iterator[str]:
    if rule.when:
        yield f"**算** {_said(rule.when)}"
    if rule.stars or rule.cadence:
        starred = f"{rule.stars}★" if rule.stars else ""
        yield f"**算** {starred}{f'按“{rule.cadence}”' if rule.cadence else f'＝{rule.category}'}"
    if rule.does:
        yield f"**算** {rule.does}"
    if rule.recorded:
        yield f"**认定** {'、'.join(rule.recorded)}"
    if rule.sheets:
        yield f"**表** {'、'.join(rule.sheets)}"
    if rule.letters:
        yield "**文书** " + "；".join(f"{letter}（{'、'.join(rule.to[letter])}）" for letter in rule.letters)
    if rule.follow:
        yield f"**以后** {'→'.join(rule.follow)}"
    if rule.people:
        yield f"**由人办** {rule.people}"


def _said(name: str) -> str:
    """事由函数文档串里的话：冒号以后到句号。"""
    text = (CONDITIONS[name].__doc__ or "").partition("：")[2]
    return text.split("\n")[0].rstrip("。")


if __name__ == "__main__":
    TARGET.write_text(table(), encoding="utf-8")

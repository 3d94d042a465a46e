"""条款场景：tests/scenarios/<文件>/*.toml 里用办公室的话写事实和应有的结论，一条不多、一条不少。

每个 [[case]] 里，各表写成“栏 | 栏”的文字表，台账行只写与场景有关的栏，其余取 BASE；expect 里没有写的种类就是应当没有：
status 各编号的预警状态 · cards [牌, 单位, 事由, [编号], 建议|已确认] · prompts [单位, 星级, 期别, 发出日, 反馈日, [编号]] ·
findings [代码 位置]（错误和警告）。以下只有写了才核对：reminders [类别, 日期, 编号] · notices 提示级的 findings（设置缺项除外）·
card_rows 亮牌建议表应列的行 [牌, 单位, 事由, 状态] · ids 这些行的建议编号 · events 应补记的亮牌（建议编号）· card 各编号显示的牌 ·
clauses 各牌的依据 · responsible 各牌的责任单位 · nodes 各节点状态 · due 有效时限 · kind 时限读法 · method 应达进度的算法 ·
days_left、expected、progress、next_prompt · messages 错误和警告的“代码 说法”· facts 各牌的事实。refused = true：早于第一份文件，拒绝判定。
文件开头的 as_of、settings、base 用于全文件各场景，场景里写的优先。
[[case.past]] 是从前各次刷新时的台账：as_of 和当时的各张表，依次读、判，留下快照，再判今天的。
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import pyengine
from pyengine.books.memory import MemoryBook
from pyengine.cards import gravest, standing
from pyengine.judge import recompute
from pyengine.layout import layout
from pyengine.model import Outcome, Snapshot
from pyengine.read import read_ledger
from pyengine.rules import NoCircular, all_circulars
from pyengine.settings import setting_specs
from pyengine.terms import NOTICE, STATUSES

FOLDER = Path(__file__).parent / "scenarios"
FILES = sorted(FOLDER.glob("*/*.toml"))
LEDGER = "政府工作报告台账"
LEDGERS = (LEDGER, "上级交办台账", "领导批示台账", "专班台账")
UNITS = (
    {"单位名称": "县教育局", "简称": "教育局", "类别": "县直部门", "分管县领导": "周涛"},
    {"单位名称": "县水务局", "简称": "水务局", "类别": "县直部门", "分管县领导": "何丽娟"},
    {"单位名称": "县发展和改革局", "简称": "县发改局、发改局", "类别": "县直部门", "分管县领导": "郑国栋"},
    {"单位名称": "城关镇", "简称": "城关镇人民政府", "类别": "乡镇", "分管县领导": "何丽娟"},
)
BASE: Mapping[str, object] = {
    "事项来源": "县政府工作报告", "工作任务": "新建改建学校三所", "年度目标": "三所", "工作类别": "常规性", "星级": 3,
    "牵头领导": "周涛", "牵头单位": "县教育局", "立项日期": date(2026, 1, 1), "完成时限": date(2026, 12, 31), "办理状态": "正在办理",
    "方案审查日期": date(2026, 1, 10), "方案备案日期": date(2026, 1, 12),
}  # fmt: skip
DATE = re.compile(r"\d{4}-\d\d-\d\d")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
JUDGING = ("case", "check", "conditions", "interviews", "judge", "prompts", "read", "reminders", "replies", "rules")
FILE_KEYS = ("as_of", "settings", "base")
CASE_KEYS = {"name", "expect", "last_refreshed", "past", *FILE_KEYS, *layout().order}


def _cases() -> Iterator[Any]:
    for file in FILES:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        for case in data["case"]:
            shared = {key: data[key] for key in FILE_KEYS if key in data}
            settings = {**data.get("settings", {}), **case.get("settings", {})}
            merged = {**shared, **case, "settings": settings}
            yield pytest.param(merged, id=f"{file.parent.name}/{file.stem}：{case['name']}")


CASES: list[Mapping[str, Any]] = [param.values[0] for param in _cases()]


def test_scenario_files_are_found() -> None:
    assert len(FILES) > 1


def test_scenario_names_are_unique() -> None:
    names = [param.id for param in _cases()]
    assert len(names) == len(set(names))


def test_every_ground_of_every_circular_is_proposed_somewhere() -> None:
    proposed = {
        (card[0], card[2].partition("（20")[0].partition("（青")[0])
        for case in CASES
        for card in case["expect"].get("cards", [])
    }
    grounds = {(rule.card, rule.ground) for circular in all_circulars() for rule in circular.rules if rule.card}
    assert grounds - proposed == set(), "每个事由至少要有一个成立的场景"


def test_every_status_is_shown_somewhere() -> None:
    shown = {status for case in CASES for status in case["expect"].get("status", {}).values()}
    assert shown == set(STATUSES)


def test_every_setting_that_judges_is_changed_somewhere() -> None:
    source = "".join(Path(str(pyengine.__path__[0]), f"{name}.py").read_text(encoding="utf-8") for name in JUDGING)
    used = set(re.findall(r"\.(?:int|share|text|yes|date)\(\"([^\"]+)\"\)", source)) | {
        c.effective_setting for c in all_circulars()
    }
    used |= set(re.findall(r"_lag_over\(case, verdicts, \"([^\"]+)\"\)", source))
    used &= set(setting_specs())
    assert used
    assert used <= {item for case in CASES for item in case["settings"]}


@pytest.mark.parametrize("case", list(_cases()))
def test_scenario(case: Mapping[str, Any]) -> None:
    assert set(case) <= CASE_KEYS, f"不认识的键 {set(case) - CASE_KEYS}"
    expect = dict(case["expect"])
    if expect.pop("refused", False):
        with pytest.raises(NoCircular):
            judge(case)
        return
    found = seen(judge(case))
    assert set(expect) <= set(found), f"不认识的期望 {set(expect) - set(found)}"
    wanted = {"status": {}, "cards": [], "prompts": [], "findings": [], **expect}
    assert {kind: found[kind] for kind in wanted} == {kind: ordered(value) for kind, value in wanted.items()}


@pytest.mark.parametrize("case", list(_cases()))
def test_judging_again_after_it_is_remembered_is_the_same(case: Mapping[str, Any]) -> None:
    if not case["expect"].get("refused"):
        first = judge(case)
        assert judge(case, first.snapshot) == first


def judge(case: Mapping[str, Any], *remembered: Snapshot) -> Outcome:
    """场景的事实经内存台账判定后的结果；remembered 是另外记得的快照。"""
    past = remember(*history(case), *remembered)
    reading = read_ledger(MemoryBook.of(tables(case)).sheets(), case["as_of"])
    ledger = replace(reading.ledger, last_refreshed=case.get("last_refreshed"), past=past)
    return recompute(ledger, all_circulars(), case["as_of"])


def history(case: Mapping[str, Any]) -> tuple[Snapshot, ...]:
    """场景里从前各次刷新依次留下的快照。"""
    past: tuple[Snapshot, ...] = ()
    shared = {key: case[key] for key in ("settings", "base") if key in case}
    for night in case.get("past", ()):
        assert set(night) <= CASE_KEYS - {"expect", "past", "last_refreshed"}
        ledger = read_ledger(MemoryBook.of(tables({**shared, **night})).sheets(), night["as_of"]).ledger
        past = remember(*past, recompute(replace(ledger, past=past), all_circulars(), night["as_of"]).snapshot)
    return past


def remember(*snapshots: Snapshot) -> tuple[Snapshot, ...]:
    """按日排好的快照；同一天的以后来的为准。"""
    days = {snapshot.as_of: snapshot for snapshot in snapshots}
    return tuple(days[day] for day in sorted(days))


def tables(case: Mapping[str, Any]) -> dict[str, list[dict[str, object]]]:
    """场景的各张表：台账行补上 BASE，设置表只有场景写明的项。"""
    found: dict[str, Any] = {
        "单位": UNITS,
        **{sheet: table(text) for sheet, text in case.items() if sheet in layout().order},
    }
    for sheet in LEDGERS:
        found[sheet] = [{**BASE, **case.get("base", {}), **row} for row in found.get(sheet, [])]
    found["设置"] = [
        {"项目": item, "取值": value} for item, value in {"年度": 2026, **case.get("settings", {})}.items()
    ]
    return found


def ordered(value: Any) -> Any:
    """清单不论次序，只论内容。"""
    return sorted(value) if isinstance(value, list) else value


def table(text: str) -> list[dict[str, object]]:
    """“栏 | 栏”文字表的各行：日期、数读成日期、数，空格为空白，其余是文字。"""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [{head: value(cell) for head, cell in zip(lines[0], line, strict=True)} for line in lines[1:]]


def value(text: str) -> object:
    """文字表一格的值；要写成文字的日期、数用引号括起。"""
    if DATE.fullmatch(text):
        return date.fromisoformat(text)
    if NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text.strip('"').replace("\\n", "\n") or None


def seen(outcome: Outcome) -> dict[str, Any]:
    """结果按期望的写法列出。"""
    cards = [card for card in outcome.cards if standing(card)]
    found: dict[str, Any] = {
        "cards": [[c.colour, c.unit, c.ground, list(c.tasks), standing(c)] for c in cards],
        "prompts": [
            [p.unit, p.stars, p.period, str(p.issue_on), str(p.reply_by), list(p.tasks)] for p in outcome.prompts
        ],
        "findings": [f"{f.code} {f.sheet}!{f.cell}" for f in outcome.findings if f.severity != NOTICE],
        "notices": [
            f"{f.code} {f.sheet}!{f.cell}" for f in outcome.findings if f.severity == NOTICE and f.code != "S02"
        ],
        "messages": [f"{f.code} {f.message}" for f in outcome.findings if f.severity != NOTICE],
        "facts": [fact.text for card in cards for fact in card.facts],
        "reminders": [[r.kind, str(r.on), r.task] for r in outcome.reminders],
        "card_rows": [[c.colour, c.unit, c.ground, c.state] for c in outcome.cards],
        "ids": [card.id for card in outcome.cards],
        "events": [card.id for card in outcome.events],
        "clauses": [[c.colour, c.ground, str(c.cite)] for c in cards],
        "responsible": [[c.colour, c.unit, list(c.responsible_units)] for c in cards],
        "nodes": [[node.content, state] for node, state in outcome.node_states],
    }
    per_item = {
        "status": lambda v: v.status, "days_left": lambda v: v.days_left, "method": lambda v: v.method,
        "expected": lambda v: "None" if v.expected is None else round(float(v.expected), 4),
        "progress": lambda v: "None" if v.progress is None else round(float(v.progress), 4),
        "next_prompt": lambda v: str(v.next_prompt), "due": lambda v: str(v.deadline.due), "kind": lambda v: v.deadline.kind,
    }  # fmt: skip
    by_number = {kind: {v.task.number: read(v) for v in outcome.verdicts} for kind, read in per_item.items()}
    return {**{kind: sorted(rows) for kind, rows in found.items()}, **by_number, "card": dict(gravest(outcome.cards))}

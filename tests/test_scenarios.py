"""条款场景：tests/scenarios/<文件>/*.toml 里用办公室的话写事实和应有的结论，一条不多、一条不少。

每个 [[case]] 里，各表写成“栏 | 栏”的文字表，台账行只写与场景有关的栏，其余取 BASE；expect 里没有写的种类就是应当没有：
status 各编号的预警状态 · cards [牌, 单位, 事由, [编号], 建议|已确认] · prompts [单位, 星级, 期别, 发出日, 反馈日, [编号]] ·
findings [代码 位置]（错误和警告）· reminders [类别, 日期, 编号]（只有写了 reminders 才核对）。
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pyengine.books.memory import MemoryBook
from pyengine.cards import standing
from pyengine.judge import recompute
from pyengine.layout import layout
from pyengine.model import Outcome
from pyengine.read import read_ledger
from pyengine.rules import all_circulars
from pyengine.terms import NOTICE

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
KINDS = {"status", "cards", "prompts", "findings", "reminders", "days_left", "expected", "progress", "next_prompt"}


def _cases() -> Iterator[Any]:
    for file in FILES:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        for case in data["case"]:
            merged = {"as_of": data.get("as_of"), **case}
            yield pytest.param(merged, id=f"{file.parent.name}/{file.stem}：{case['name']}")


def test_scenario_files_are_found() -> None:
    assert FILES


@pytest.mark.parametrize("case", list(_cases()))
def test_scenario(case: Mapping[str, Any]) -> None:
    outcome = judge(case)
    expect = dict(case["expect"])
    assert set(expect) <= KINDS, f"不认识的期望 {set(expect) - KINDS}"
    assert seen(outcome, expect) == {"cards": [], "prompts": [], "findings": [], **expect}


def judge(case: Mapping[str, Any]) -> Outcome:
    """场景的事实经内存台账判定后的结果。"""
    tables: dict[str, Any] = {
        "单位": UNITS,
        **{sheet: table(text) for sheet, text in case.items() if sheet in layout().order},
    }
    for sheet in LEDGERS:
        tables[sheet] = [{**BASE, **row} for row in tables.get(sheet, [])]
    tables["设置"] = [
        {"项目": item, "取值": value} for item, value in {"年度": 2026, **case.get("settings", {})}.items()
    ]
    reading = read_ledger(MemoryBook.of(tables).sheets(), case["as_of"])
    return recompute(reading.ledger, all_circulars(), case["as_of"])


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


def seen(outcome: Outcome, expect: Mapping[str, Any]) -> dict[str, Any]:
    """结果按期望的写法列出：没有要求核对的细目不列。"""
    found: dict[str, Any] = {
        "status": {verdict.task.number: verdict.status for verdict in outcome.verdicts},
        "cards": sorted([c.colour, c.unit, c.ground, list(c.tasks), standing(c)] for c in outcome.cards if standing(c)),
        "prompts": sorted([p.unit, p.stars, p.period, str(p.issue_on), str(p.reply_by), list(p.tasks)] for p in outcome.prompts),
        "findings": sorted(f"{f.code} {f.sheet}!{f.cell}" for f in outcome.findings if f.severity != NOTICE),
        "reminders": sorted([r.kind, str(r.on), r.task] for r in outcome.reminders),
        "days_left": {v.task.number: v.days_left for v in outcome.verdicts},
        "expected": {v.task.number: v.expected and round(float(v.expected), 4) for v in outcome.verdicts},
        "progress": {v.task.number: v.progress and round(float(v.progress), 4) for v in outcome.verdicts},
        "next_prompt": {v.task.number: v.next_prompt and str(v.next_prompt) for v in outcome.verdicts},
    }  # fmt: skip
    always = {"status", "cards", "prompts", "findings"}
    return {kind: value for kind, value in found.items() if kind in always or kind in expect}

"""条款场景：tests/scenarios/<文件>/*.toml 里用办公室的话写事实和应有的结论，一条不多、一条不少。

每个 [[case]] 里，各表写成“栏 | 栏”的文字表，台账行只写与场景有关的栏，其余取 BASE；expect 里没有写的种类就是应当没有：
status 各编号的预警状态 · cards [牌, 单位, 事由, [编号], 建议|已确认] · prompts [单位, 星级, 期别, 发出日, 反馈日, [编号]] ·
findings [代码 位置]（错误和警告）。以下只有写了才核对：reminders [类别, 日期, 编号] · notices 提示级的 findings（设置缺项除外）·
card_rows 亮牌建议表应列的行 [牌, 单位, 事由, 状态] · ids 这些行的建议编号 · events 应补记的亮牌（建议编号）· card 各编号显示的牌 ·
clauses 各牌的依据 · responsible 各牌的责任单位 · nodes 各节点状态 ·
guards 各行的保障判断 [编号, 指标, 期别, 文字]（空着的不列）· due 有效时限 · kind 时限读法 · method 应达进度的算法 ·
days_left、expected、progress、next_prompt、basis · row_facts 各行 [事由, 状态, [事实]] · facts 各牌的事实 · messages 错误和警告的“代码 说法” · texts 待办的内容 · reminder_clauses 待办的依据 ·
ranking 年度考评“年度 组别 名次 单位 得分 后三位、连续两年、优先推荐” · items 系统和人填的加减分“单位 日期 种类 分值 编号 事由（出处）”。
refused = true：早于第一份文件，拒绝判定。entries 是这个文件（fires、spares 是这个场景）试的规则名称，见 rules.toml。
文件开头的 as_of、settings、base 用于全文件各场景，场景里写的优先。
[[case.past]] 是从前各次刷新时的台账：as_of 和当时的各张表，依次读、判，留下快照，再判今天的。
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pyengine.books.memory import MemoryBook
from pyengine.cards import gravest, shown_name, standing
from pyengine.judge import recompute
from pyengine.layout import layout
from pyengine.model import Snapshot
from pyengine.outcome import Outcome, RankRow
from pyengine.read import read_ledger
from pyengine.rulebook import all_circulars
from pyengine.rules import Circular, NoCircular, Rule
from pyengine.settings import setting_specs
from pyengine.standings import item_line, plain
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
FILE_KEYS = ("as_of", "settings", "base", "entries")
CASE_KEYS = {"name", "expect", "last_refreshed", "past", "fires", "spares", *FILE_KEYS, *layout().order}


def _cases(files: Iterable[Path] = FILES) -> Iterator[Any]:
    for file in files:
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


RULES = {rule.name: rule for circular in all_circulars() for rule in circular.rules}
COMPUTED = [name for name, rule in RULES.items() if rule.when or rule.recorded or rule.cadence or rule.does]


def shows(case: Mapping[str, Any], rule: Rule) -> bool:
    """场景期望里有没有这一条的结论：牌看事由，提示看星级，督查看待办；别的由场景自己写明 fires。"""
    expect = case["expect"]
    if rule.card:
        return any(
            card[0] == rule.card and card[2].split("（20")[0].split("（青")[0] == rule.ground
            for card in expect.get("cards", [])
        )
    if rule.chapter == "提示" and rule.cadence:
        return any(prompt[1] == rule.stars for prompt in expect.get("prompts", []))
    if rule.chapter == "督查":
        name = f"{rule.stars}★" if rule.stars else "常规督办"
        return any(row[0] == "督查" for row in expect.get("reminders", [])) and (
            rule.cadence == "随时" or any(name in text for text in expect.get("texts", []))
        )
    return rule.name in case.get("fires", ())


def test_rule_names_are_unique_over_all_circulars_and_tags_name_rules() -> None:
    assert len(RULES) == sum(len(circular.rules) for circular in all_circulars())
    tags = {tag for case in CASES for key in ("entries", "fires", "spares") for tag in case.get(key, ())}
    assert tags - set(RULES) == set()


@pytest.mark.parametrize("name", COMPUTED)
def test_every_entry_has_a_case_that_fires_and_one_that_must_not(name: str) -> None:
    about = [case for case in CASES if any(name in case.get(key, ()) for key in ("entries", "fires", "spares"))]
    fired = [case["name"] for case in about if shows(case, RULES[name])]
    spared = [case["name"] for case in about if not shows(case, RULES[name])]
    assert fired, "没有成立的场景"
    assert spared, "没有不成立的场景"


def test_only_entries_that_are_for_people_have_no_scenario() -> None:
    for name, rule in RULES.items():
        assert name in COMPUTED or rule.people, name


def test_every_status_is_shown_somewhere() -> None:
    shown = {status for case in CASES for status in case["expect"].get("status", {}).values()}
    assert shown == set(STATUSES)


NOT_JUDGING = {
    "县名",
    "办公室名称",
    "机关代字",
    "自动编号",
    "生成即登记",
    "督办提示函回复工作日",
    "预警整改工作日",
    "约谈整改工作日",
    "保留备份天数",
    "保留备份月数",
    "夜间任务时间",
    "夜间重试分钟",
    "夜间重试间隔分钟",
    "程序位置",
}
"""只管公文、备份、夜间任务和按钮、不管判定的设置：由 test_letters、test_story、test_nightly、test_macros 等测试。"""


@pytest.mark.parametrize("item", sorted(set(setting_specs()) - NOT_JUDGING))
def test_changing_a_setting_changes_the_verdicts(item: str) -> None:
    """每个管判定的设置都有一个场景：把这一项改回默认，结论就变。"""
    for case in CASES:
        if item in case.get("settings", {}) and not case["expect"].get("refused"):
            plain = {name: value for name, value in case["settings"].items() if name != item}
            if seen(judge(case)) != seen(judge({**case, "settings": plain})):
                return
    pytest.fail(f"没有哪个场景因“{item}”而不同")


@pytest.mark.parametrize("case", list(_cases()))
def test_scenario(case: Mapping[str, Any]) -> None:
    assert set(case) <= CASE_KEYS, f"不认识的键 {set(case) - CASE_KEYS}"
    expect = dict(case["expect"])
    if expect.pop("refused", False):
        with pytest.raises(NoCircular):
            judge(case)
        return
    compare(expect, judge(case))


def compare(expect: Mapping[str, Any], outcome: Outcome) -> None:
    """结论与期望逐种相同；期望没有写的状态、牌、提示、问题就是应当没有。"""
    found = seen(outcome)
    assert set(expect) <= set(found), f"不认识的期望 {set(expect) - set(found)}"
    wanted = {"status": {}, "cards": [], "prompts": [], "findings": [], **expect}
    assert {kind: found[kind] for kind in wanted} == {kind: ordered(value) for kind, value in wanted.items()}


@pytest.mark.parametrize("case", list(_cases()))
def test_judging_again_after_it_is_remembered_is_the_same(case: Mapping[str, Any]) -> None:
    if not case["expect"].get("refused"):
        first = judge(case)
        assert judge(case, first.snapshot) == first


def judge(case: Mapping[str, Any], *remembered: Snapshot, circulars: tuple[Circular, ...] = all_circulars()) -> Outcome:
    """场景的事实经内存台账判定后的结果；remembered 是另外记得的快照。"""
    past = remember(*history(case), *remembered)
    reading = read_ledger(MemoryBook.of(tables(case)).sheets(), case["as_of"])
    ledger = replace(reading.ledger, last_refreshed=case.get("last_refreshed"), past=past)
    return recompute(ledger, circulars, case["as_of"])


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
        "cards": [[c.colour, c.unit, c.ground, list(c.standing_tasks), standing(c)] for c in cards],
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
        "row_facts": [[c.ground, c.state, [fact.text for fact in c.facts]] for c in outcome.cards],
        "reminder_clauses": [[r.kind, str(r.on), str(r.cite)] for r in outcome.reminders],
        "texts": [r.text for r in outcome.reminders],
        "ids": [card.id for card in outcome.cards],
        "events": [card.id for card in outcome.events],
        "clauses": [[c.colour, c.ground, str(c.cite)] for c in cards],
        "responsible": [[c.colour, c.unit, list(c.responsible_units)] for c in cards],
        "ranking": [ranked(row) for row in outcome.ranking],
        "items": [f"{row.unit} {item_line(item)}" for row in outcome.ranking for item in row.items],
        "nodes": [[node.content, state] for node, state in outcome.node_states],
        "guards": [
            [state.indicator.number, state.indicator.name, state.indicator.period, state.guard]
            for state in outcome.indicators
            if state.guard
        ],
    }
    per_item = {
        "status": lambda v: v.status, "days_left": lambda v: v.days_left, "method": lambda v: v.method,
        "expected": lambda v: "None" if v.expected is None else round(float(v.expected), 4),
        "progress": lambda v: "None" if v.progress is None else round(float(v.progress), 4),
        "basis": lambda v: v.basis, "next_prompt": lambda v: str(v.next_prompt), "due": lambda v: str(v.deadline.due), "kind": lambda v: v.deadline.kind,
    }  # fmt: skip
    by_number = {kind: {v.task.number: read(v) for v in outcome.verdicts} for kind, read in per_item.items()}
    return {
        **{kind: sorted(rows) for kind, rows in found.items()},
        **by_number,
        "card": {number: shown_name(card) for number, card in gravest(outcome.cards).items()},
    }


def ranked(row: RankRow) -> str:
    """年度考评的一行，如“2026 总排名 第3名 县教育局 98.5 后三位（并列计入） 连续两年”。"""
    last_three = f"后三位（{row.tie}）" if row.tie and row.last_three else "后三位" if row.last_three else ""
    notes = (
        last_three,
        {True: "连续两年", None: "连续两年待核"}.get(row.two_years, ""),
        "优先推荐" if row.recommended else "",
    )
    score = "数据待核" if row.score is None else plain(row.score)
    rank = f"第{row.rank}名" if row.rank else "不排名"
    return " ".join(filter(None, (str(row.year), row.group, rank, row.unit, score, *notes)))

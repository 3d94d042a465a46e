"""规则数据：有误的立即拒绝并说清哪份、第几条；哪一天、哪一章由哪份文件管；凡结论必有依据。"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from test_scenarios import CASES, judge

from pyengine import rulebook
from pyengine.conditions import CONDITIONS
from pyengine.judge import recompute
from pyengine.model import Citation, Ledger
from pyengine.periods import WorkCalendar
from pyengine.rulebook import RuleProblem, all_circulars, load_circular, load_folder
from pyengine.rules import NoCircular, in_force
from pyengine.settings import Settings, parse_setting, setting_specs
from pyengine.terms import COLOURS

FIRST, SECOND = "友政办发〔2022〕11号", "友政办发〔2023〕1号"
OLD_CHAPTERS = {
    "责任",
    "专班与会商",
    "台账与状态",
    "方案审查备案",
    "专项督办",
    "调整",
    "考评",
    "激励",
    "后三位",
    "问责",
}
NEW_CHAPTERS = {"承接来源", "赋星", "督查", "提示", "亮牌", "组织保障"}


def settings(**values: object) -> Settings:
    return Settings({item: parse_setting(setting_specs()[item], value) for item, value in values.items()})


BAD = Path(__file__).parent / "rules_bad"
FILES = sorted(BAD.glob("*.toml"))
FOLDERS = sorted((BAD / "合起来").iterdir())


def test_bad_files_are_found() -> None:
    assert len(FILES) > 30
    assert len(FOLDERS) == 4


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_bad_data_is_refused_and_located(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    said = text.rpartition("# 应说：")[2].split()
    with pytest.raises(RuleProblem) as problem:
        load_circular(text, "坏文件")
    assert [word for word in ("坏文件", *said) if word not in str(problem.value)] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_circulars_that_do_not_fit_together_are_refused(folder: Path) -> None:
    with pytest.raises(RuleProblem) as problem:
        load_folder(folder)
    said = (folder / "应说.txt").read_text(encoding="utf-8").split()
    assert [word for word in said if word not in str(problem.value)] == []


def test_every_refusal_has_its_bad_file() -> None:
    """装载程序里每一句拒绝的话，都有一个坏文件引出来。"""
    source = Path(str(inspect.getsourcefile(rulebook))).read_text(encoding="utf-8")
    words = set(re.findall(r"yield (?:\w+|\"\w+\"), f?\"([^\"]+)\"|RuleProblem\(f\"([^\"]+)\"", source))
    refusals = {re.split(r"[{}]", a or b)[-1] or re.split(r"[{}]", a or b)[0] for a, b in words}
    raised = []
    for file in FILES:
        with pytest.raises(RuleProblem) as problem:
            load_circular(file.read_text(encoding="utf-8"), "坏文件")
        raised.append(str(problem.value))
    for folder in FOLDERS:
        with pytest.raises(RuleProblem) as problem:
            load_folder(folder)
        raised.append(str(problem.value))
    assert [piece for piece in refusals if not any(piece in text for text in raised)] == []


def test_good_data_loads() -> None:
    head = 'number = "测〔2030〕1号"\ntitle = "试行"\neffective = 2030-01-01\nclauses = ["一"]\n'
    rule = '[[rule]]\nchapter = "亮牌"\nclause = "一"\nname = "甲"\ngist = "要旨"\nsubject = "牵头单位"\nactor = "督办室"\n'
    card = 'card = "红牌"\nground = "甲"\nrecorded = ["乙"]\nletters = ["通报"]\nto = { "通报" = ["县委"] }\nfollow = ["约谈"]\n'
    circular = load_circular(head + rule + card + 'values = { "橙牌滞后" = "15%" }\n', "好文件")
    (only,) = circular.rules
    assert (circular.chapters, circular.clauses, circular.silent) == (("亮牌",), ("一",), ())
    assert (only.recorded, only.letters, only.to, only.follow) == (("乙",), ("通报",), {"通报": ("县委",)}, ("约谈",))
    assert only.values == {"橙牌滞后": Fraction(3, 20)}
    assert only.cite == Citation("测〔2030〕1号", "一")


def test_every_when_is_a_condition_and_every_condition_is_used() -> None:
    assert {rule.when for circular in all_circulars() for rule in circular.rules if rule.when} == set(CONDITIONS)
    assert set(CONDITIONS) == rulebook.CONDITION_NAMES


def test_each_card_rule_says_colour_ground_letters_and_who() -> None:
    cards = [rule for circular in all_circulars() for rule in circular.rules if rule.card]
    assert {rule.card for rule in cards} == set(COLOURS)
    assert [
        rule for rule in cards if not (rule.ground and rule.letters and rule.actor and rule.subject == "牵头单位")
    ] == []
    assert [rule for rule in cards if not (rule.when or rule.recorded)] == []
    grounds = [(rule.circular, rule.card, rule.ground) for rule in cards]
    assert len(grounds) == len(set(grounds))


@pytest.mark.parametrize(
    ("number", "card", "letters"),
    [
        (FIRST, "蓝牌", {"提醒函"}), (FIRST, "黄牌", {"约谈通知", "约谈记录"}), (FIRST, "红牌", {"约谈通知", "约谈记录"}),
        (SECOND, "黄牌", {"重点工作督办提示函"}), (SECOND, "橙牌", {"约谈通知", "约谈记录", "重点工作督办预警通知书"}),
        (SECOND, "红牌", {"情况说明", "检讨发言", "通报", "专题报告"}),
    ],
)  # fmt: skip
def test_letters_are_those_the_circular_names(number: str, card: str, letters: set[str]) -> None:
    rules = [
        rule
        for circular in all_circulars()
        if circular.number == number
        for rule in circular.rules
        if rule.card == card
    ]
    assert rules
    assert [set(rule.letters) for rule in rules] == [letters] * len(rules)


@pytest.mark.parametrize(
    ("number", "card", "actor"),
    [
        (FIRST, "蓝牌", "县政府督查室"), (FIRST, "黄牌", "分管县领导"), (FIRST, "红牌", "县政府主要领导"),
        (SECOND, "黄牌", "县政府督办检查室"), (SECOND, "橙牌", "县政府分管领导"), (SECOND, "红牌", "县政府办公室"),
    ],
)  # fmt: skip
def test_who_acts_is_as_the_circular_says(number: str, card: str, actor: str) -> None:
    rules = [
        rule
        for circular in all_circulars()
        if circular.number == number
        for rule in circular.rules
        if rule.card == card
    ]
    assert {rule.actor for rule in rules} == {actor}


def test_the_five_yellow_grounds_of_2023_are_all_there() -> None:
    grounds = {
        rule.ground
        for rule in in_force(all_circulars(), date(2026, 1, 1), Settings()).rules("亮牌")
        if rule.card == "黄牌"
    }
    assert grounds == {"贯彻落实不力", "工作不到位", "上报材料不及时", "报送材料质量不高", "制定台账清单不规范"}


def test_stars_and_cadences_of_2023() -> None:
    regime = in_force(all_circulars(), date(2023, 1, 1), Settings())
    assert regime.stars == {"常规性": 3, "明确指标类": 4, "重大项目建设类": 5}
    assert in_force(all_circulars(), date(2022, 12, 31), Settings()).stars == {}
    for chapter in ("督查", "提示"):
        assert {rule.stars: rule.cadence for rule in regime.rules(chapter) if rule.cadence} == {
            3: "季",
            4: "月",
            5: "随时",
        }


def days() -> Iterator[date]:
    day = date(2022, 4, 19)
    while day <= date(2027, 12, 31):
        yield day
        day += timedelta(days=1)


def test_every_day_every_chapter_has_one_circular_or_a_declared_silence() -> None:
    every = OLD_CHAPTERS | NEW_CHAPTERS
    for day in days():
        governing = in_force(all_circulars(), day, Settings()).governing
        new = day >= date(2023, 1, 1)
        expected = dict.fromkeys(OLD_CHAPTERS, FIRST)
        expected |= dict.fromkeys(NEW_CHAPTERS, SECOND) if new else dict.fromkeys(("亮牌", "督查", "赋星"), FIRST)
        assert {chapter: circular.number for chapter, circular in governing.items()} == expected, day
        latest = max(governing.values(), key=lambda circular: circular.effective)
        assert every - set(governing) <= set(latest.silent), day


def test_listing_names_each_circular_with_its_chapters() -> None:
    listing = dict(in_force(all_circulars(), date(2026, 5, 20), Settings()).listing())
    assert {number: set(chapters) for number, chapters in listing.items()} == {
        FIRST: OLD_CHAPTERS,
        SECOND: NEW_CHAPTERS,
    }


def test_before_the_first_circular_nothing_is_judged() -> None:
    with pytest.raises(NoCircular) as refusal:
        in_force(all_circulars(), date(2022, 4, 18), Settings())
    assert refusal.value.first == date(2022, 4, 19)
    assert "2022-04-18" in str(refusal.value)
    with pytest.raises(NoCircular):
        recompute(Ledger(2022, Settings(), WorkCalendar()), all_circulars(), date(2022, 4, 18))


def test_the_second_circulars_first_day_is_a_setting() -> None:
    later = settings(**{"2023年文件施行日": "2023-03-01"})
    assert in_force(all_circulars(), date(2023, 2, 28), later).governing["亮牌"].number == FIRST
    assert in_force(all_circulars(), date(2023, 3, 1), later).governing["亮牌"].number == SECOND


def test_a_circular_dated_by_setting_before_the_first_still_starts_then() -> None:
    early = settings(**{"2023年文件施行日": "2022-01-01"})
    assert in_force(all_circulars(), date(2022, 2, 1), early).governing["提示"].number == SECOND
    assert in_force(all_circulars(), date(2022, 5, 1), early).governing["亮牌"].number == FIRST


@pytest.mark.parametrize(
    ("pinned", "number"), [(FIRST, FIRST), (SECOND, SECOND), ("自动", SECOND), ("友政办发〔2099〕9号", SECOND)]
)
def test_a_pinned_circular_governs_its_chapters(pinned: str, number: str) -> None:
    regime = in_force(all_circulars(), date(2026, 5, 20), settings(适用文件=pinned))
    assert regime.governing["亮牌"].number == number
    assert regime.governing["考评"].number == FIRST


def test_a_pinned_circular_does_not_govern_before_it_is_in_force() -> None:
    assert in_force(all_circulars(), date(2022, 12, 31), settings(适用文件=SECOND)).governing["亮牌"].number == FIRST


def test_a_citation_needs_both_number_and_clause() -> None:
    for number, clause in (("", "一"), (FIRST, ""), ("", "")):
        with pytest.raises(ValueError, match="文号和条款"):
            Citation(number, clause)


def test_every_conclusion_of_every_scenario_cites_a_rule_in_the_data() -> None:
    known = {rule.cite for circular in all_circulars() for rule in circular.rules}
    found = set()
    for case in CASES:
        if "refused" in case["expect"]:
            continue
        outcome = judge(case)
        things = (*outcome.cards, *outcome.prompts, *outcome.reminders, *outcome.verdicts)
        found |= {thing.cite for thing in things}
        assert all(fact.text for card in outcome.cards for fact in card.facts)
        assert all(card.facts for card in outcome.cards)
    assert found <= known
    assert len(found) > 5


def test_every_fact_of_a_proposed_card_names_its_cell() -> None:
    for case in CASES:
        if "refused" in case["expect"]:
            continue
        texts = [fact.text for card in judge(case).cards if card.state == "待确认" for fact in card.facts]
        assert [text for text in texts if "!" not in text] == []


def test_prompts_are_silent_before_the_second_circular() -> None:
    assert in_force(all_circulars(), date(2022, 12, 31), Settings()).rules("提示") == ()
    with pytest.raises(LookupError):
        in_force(all_circulars(), date(2022, 12, 31), Settings()).cite("提示")
    assert in_force(all_circulars(), date(2022, 12, 31), Settings()).cite("提示", "专项督办") == Citation(
        FIRST, "三（二）"
    )


def test_shares_are_exact_fractions() -> None:
    assert Settings().share("滞后容差") == Fraction(1, 10)
    assert settings(橙牌滞后="25%").share("橙牌滞后") == Fraction(1, 4)

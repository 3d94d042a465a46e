"""规则数据：有误的立即拒绝并说清哪份、第几条；哪一天、哪一章由哪份文件管；凡结论必有依据。"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

import pytest
from test_scenarios import CASES, judge

from pyengine.conditions import CONDITIONS
from pyengine.judge import recompute
from pyengine.model import Citation, Ledger
from pyengine.periods import WorkCalendar
from pyengine.rules import NoCircular, RuleProblem, all_circulars, in_force, load_circular
from pyengine.settings import Settings, parse_setting, setting_specs
from pyengine.terms import COLOURS

FIRST, SECOND = "友政办发〔2022〕11号", "友政办发〔2023〕1号"
OLD_CHAPTERS = {"责任", "专班与会商", "台账与状态", "方案审查备案", "专项督办", "调整", "激励", "考评", "问责"}
NEW_CHAPTERS = {"承接来源", "赋星", "督查", "提示", "亮牌"}
HEAD = 'number = "测〔2030〕1号"\ntitle = "试行"\neffective = 2030-01-01\n'
RULE = '[[rule]]\nchapter = "亮牌"\nclause = "一"\ngist = "要旨"\n'


def settings(**values: object) -> Settings:
    return Settings({item: parse_setting(setting_specs()[item], value) for item, value in values.items()})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number = ", ["坏文件", "TOML"]),
        (HEAD + 'extra = 1\n' + RULE, ["坏文件", "extra"]),
        (HEAD.replace("number", "no") + RULE, ["坏文件", "no"]),
        ('title = "试行"\neffective = 2030-01-01\n' + RULE, ["坏文件", "number"]),
        ('number = "测"\neffective = 2030-01-01\n' + RULE, ["坏文件", "title"]),
        ('number = "测"\ntitle = "试行"\n' + RULE, ["坏文件", "effective"]),
        (HEAD, ["坏文件", "rule"]),
        (HEAD + RULE + RULE + 'colour = "红牌"\n', ["坏文件", "第2条", "colour"]),
        (HEAD + RULE.replace('chapter = "亮牌"\n', ""), ["坏文件", "第1条", "chapter"]),
        (HEAD + RULE.replace('clause = "一"', 'clause = ""'), ["坏文件", "第1条", "clause"]),
        (HEAD + RULE + RULE.replace('gist = "要旨"\n', ""), ["坏文件", "第2条", "gist"]),
        (HEAD + RULE + 'card = "紫牌"\nground = "甲"\nwhen = "lag"\n', ["坏文件", "第1条", "红牌"]),
        (HEAD + RULE + 'card = "红牌"\nwhen = "lag"\n', ["坏文件", "第1条", "ground"]),
        (HEAD + RULE + 'card = "红牌"\nground = "甲"\n', ["坏文件", "第1条", "when"]),
        (HEAD + RULE + 'stars = 3\ncadence = "旬"\n', ["坏文件", "第1条", "cadence"]),
        (HEAD + RULE + 'circular = "别的文件"\n', ["坏文件", "第1条", "circular"]),
    ],
)  # fmt: skip
def test_bad_data_is_refused_and_located(text: str, said: list[str]) -> None:
    with pytest.raises(RuleProblem) as problem:
        load_circular(text, "坏文件")
    assert [word for word in said if word not in str(problem.value)] == []


@pytest.mark.parametrize(
    "text",
    [
        HEAD + RULE + 'card = "红牌"\nground = "甲"\nwhen = "no_such_condition"\n',
        HEAD.replace("2030-01-01", '"元旦"') + RULE,
        HEAD + 'effective_setting = "没有这一项"\n' + RULE,
        HEAD.replace('"测〔2030〕1号"', "1") + RULE,
        HEAD + "rule = 3\n",
        HEAD + RULE + 'card = "红牌"\nground = "甲"\nrecorded = "政令不通"\n',
        HEAD + RULE + 'stars = "3"\ncadence = "季"\n',
    ],
)
def test_data_that_would_fail_later_is_refused_at_once(text: str) -> None:
    with pytest.raises(RuleProblem, match="坏文件"):
        load_circular(text, "坏文件")


def test_good_data_loads() -> None:
    circular = load_circular(
        HEAD + RULE + 'card = "红牌"\nground = "甲"\nrecorded = ["乙"]\nletters = ["通报"]\n', "好文件"
    )
    assert circular.chapters == ("亮牌",)
    assert (circular.rules[0].recorded, circular.rules[0].letters) == (("乙",), ("通报",))
    assert circular.rules[0].cite == Citation("测〔2030〕1号", "一")


def test_every_when_is_a_condition_and_every_condition_is_used() -> None:
    assert {rule.when for circular in all_circulars() for rule in circular.rules if rule.when} == set(CONDITIONS)


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
    assert {rule.category: rule.stars for rule in regime.rules("赋星")} == {
        "常规性": 3,
        "明确指标类": 4,
        "重大项目建设类": 5,
    }
    for chapter in ("督查", "提示"):
        assert {rule.stars: rule.cadence for rule in regime.rules(chapter)} == {3: "季", 4: "月", 5: "随时"}


def days() -> Iterator[date]:
    day = date(2022, 4, 19)
    while day <= date(2027, 12, 31):
        yield day
        day += timedelta(days=1)


def test_every_day_every_chapter_has_one_circular_or_none() -> None:
    for day in days():
        governing = {
            chapter: circular.number
            for chapter, circular in in_force(all_circulars(), day, Settings()).governing.items()
        }
        new = SECOND if day >= date(2023, 1, 1) else None
        assert governing == dict.fromkeys(OLD_CHAPTERS, FIRST) | (
            dict.fromkeys(NEW_CHAPTERS, new) if new else {"亮牌": FIRST, "督查": FIRST}
        ), day


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

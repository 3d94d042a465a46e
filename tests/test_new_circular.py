"""下一份文件：照 docs/新文件上手.md 只加一个文件夹的数据和场景，不动程序，就照新文件判。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_scenarios import _cases, compare, judge

from pyengine.rulebook import CADENCES, CONDITION_NAMES, all_circulars, load_folder
from pyengine.rules import in_force
from pyengine.settings import Settings
from pyengine.terms import COLOURS

HERE = Path(__file__).parent / "circular_2027"
NUMBER = "青政办发〔2027〕3号"
CIRCULARS = load_folder(HERE, all_circulars())
FILES = sorted((HERE / "scenarios").glob("*.toml"))
GUIDE = (Path(__file__).parent.parent / "docs" / "新文件上手.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", list(_cases(FILES)))
def test_scenario(case: Mapping[str, Any]) -> None:
    compare(case["expect"], judge(case, circulars=CIRCULARS))


def test_the_new_circular_governs_what_it_speaks_of_and_nothing_else() -> None:
    before, after = (in_force(CIRCULARS, day, Settings()).governing for day in (date(2027, 2, 28), date(2027, 3, 1)))
    changed = {chapter for chapter in after if before.get(chapter) != after[chapter]}
    assert changed == {"提示", "亮牌", "曝光"}
    assert {after[chapter].number for chapter in changed} == {NUMBER}
    assert set(before) == set(after) - {"曝光"}


def test_every_entry_of_the_new_circular_fires_and_spares() -> None:
    cases = [param.values[0] for param in _cases(FILES)]
    (new,) = (circular for circular in CIRCULARS if circular.number == NUMBER)
    for rule in new.rules:
        if rule.card:
            fired = [any(card[2].startswith(rule.ground) for card in case["expect"].get("cards", [])) for case in cases]
            assert set(fired) == {True, False}, rule.name
        if rule.chapter == "提示":
            fired = [any(row[1] == rule.stars for row in case["expect"].get("prompts", [])) for case in cases]
            assert set(fired) == {True, False}, rule.name


def test_the_guide_shows_this_very_circular() -> None:
    """手册里的例子就是这份数据，不会各说各话。"""
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE, re.S)
    data = (HERE / "2027-3" / "rules.toml").read_text(encoding="utf-8")
    scenes = "".join(file.read_text(encoding="utf-8") for file in FILES)
    assert len(blocks) >= 4
    assert [block for block in blocks if block not in data and block not in scenes] == []


def test_the_guide_names_every_key_condition_cadence_and_colour() -> None:
    from dataclasses import fields

    from pyengine.rules import Rule

    keys = {field.name for field in fields(Rule)} - {"circular"}
    words = keys | CONDITION_NAMES | {"number", "title", "effective", "effective_setting", "clauses", "silent"}
    assert [word for word in sorted(words) if f"`{word}`" not in GUIDE] == []
    assert [word for word in (*CADENCES, *COLOURS) if word not in GUIDE] == []

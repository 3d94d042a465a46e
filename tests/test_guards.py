"""保障判断：照印的数做到就保得住、少一点就保不住；行序无关；什么数都不出差错。句子的写法见场景。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pyengine.chains import chains_of, mismatches
from pyengine.guards import guards
from pyengine.indicators import state_of
from pyengine.model import Indicator, Place
from pyengine.periods import LADDER, kind_of, read_period, rest_of, ten_days_of, wholes_of, year_of

PLACE = Place("指标进度", 4, {"计划累计": 6, "实际累计": 7})
HIGHER, LOWER = "越高越好", "越低越好"
Number = Fraction | int | None
DAYS = st.dates(date(2025, 1, 1), date(2027, 3, 1))
CENTS = st.integers(0, 10**6).map(lambda number: Fraction(number, 100))
PARTS = ("2026年6月上旬", "2026年6月中旬", "2026年6月下旬")
DEMAND = re.compile(r"余下(\d)[旬月季](?:每[旬月季])?(须完成|最多再增)(-?[\d.]+)（?")


def row(period: str, planned: Number, actual: Number = None, direction: str = HIGHER, measure: str = "") -> Indicator:
    plan, done = (None if value is None else Fraction(value) for value in (planned, actual))
    return Indicator(PLACE, "A1", "指标", measure, direction, period, plan, done)


def text(rows: Sequence[Indicator], as_of: date = date(2026, 6, 12)) -> str:
    """最后一行的保障判断。"""
    return guards(rows, as_of)[-1]


# —— 期别


@given(DAYS)
def test_ten_days_cover_every_month(day: date) -> None:
    tenth = ten_days_of(day)
    assert day in tenth
    assert read_period(tenth.label) == tenth
    month, quarter, year = wholes_of(tenth)
    assert all(day in whole for whole in (month, quarter, year))
    assert [kind_of(period) for period in (tenth, month, quarter, year)] == list(LADDER)


@given(DAYS, st.sampled_from(["旬", "月", "季"]))
def test_the_rest_of_a_longer_period_leaves_no_gap(day: date, kind: str) -> None:
    period = LADDER[kind](day)
    for whole in wholes_of(period):
        chain = (period, *rest_of(period, whole))
        assert all(before.end == after.start for before, after in pairwise(chain))
        assert chain[-1].end == whole.end
        assert {kind_of(part) for part in chain} == {kind}


def test_how_many_periods_remain() -> None:
    first = [LADDER[kind](date(2026, 1, 1)) for kind in ("旬", "月", "季")]
    year = year_of(date(2026, 1, 1))
    assert [len(rest_of(period, year)) for period in first] == [35, 11, 3]


# —— 照印的数做到就保得住


def amounts(sentence: str) -> tuple[int, str, Fraction]:
    found = DEMAND.search(sentence)
    assert found, sentence
    return int(found[1]), found[2], Fraction(found[3])


def step_of(rows: Sequence[Indicator]) -> Fraction:
    """印出的数最小差多少：数据有几位小数就印几位。"""
    return Fraction(1, 10 ** chains_of(rows)["A1", "指标", 2026].places)


@given(CENTS, CENTS, CENTS, st.sampled_from(["2026年6月上旬", "2026年4月", "2026年一季度"]))
@example(Fraction(1), Fraction(0), Fraction(4), "2026年6月上旬")
def test_delivering_the_printed_amount_holds_the_longer_period(
    planned: Fraction, actual: Fraction, goal: Fraction, period: str
) -> None:
    whole = {"2026年6月上旬": "2026年6月", "2026年4月": "2026年二季度", "2026年一季度": "2026年"}[period]
    rows = [row(whole, goal), row(period, planned, actual)]
    as_of = read_period(period).end  # type: ignore[union-attr]
    sentence = text(rows, as_of)
    if planned == 0 or goal == 0 or actual >= min(planned, goal):
        assert "余下" not in sentence
        return
    count, _, each = amounts(sentence)
    step = step_of(rows)
    assert actual + count * each >= goal
    assert actual + count * (each - step) < goal


@given(CENTS, CENTS, CENTS)
def test_growing_no_more_than_printed_stays_under_the_ceiling(
    over: Fraction, planned: Fraction, room: Fraction
) -> None:
    actual, goal = planned + over, planned + over + room
    rows = [row("2026年6月", goal, None, LOWER), row("2026年6月上旬", planned, actual, LOWER)]
    sentence = text(rows)
    if over == 0:
        assert sentence == "未超计划，保2026年6月"
        return
    count, _, each = amounts(sentence)
    step = step_of(rows)
    assert (count, actual + 2 * each <= goal, actual + 2 * (each + step) > goal) == (2, True, True)


@given(CENTS, CENTS, CENTS, CENTS, st.booleans())
def test_what_comes_true_is_what_was_said(a: Fraction, b: Fraction, c: Fraction, goal: Fraction, lower: bool) -> None:
    """月末各旬都填了：末旬一行说的保没保住，就是累计比计划的结果，各旬的话不再说余下要做多少。"""
    direction, plans = (LOWER if lower else HIGHER), (Fraction(1), Fraction(2), Fraction(3))
    rows = [row(period, plan, done, direction) for period, plan, done in zip(PARTS, plans, (a, b, c), strict=True)]
    said = guards([row("2026年6月", goal + 1, None, direction), *rows], date(2026, 7, 1))
    held = c <= goal + 1 if lower else c >= goal + 1
    assert (said[-1] == "已保住2026年6月") == held
    assert ("没有保住" in said[-1]) != held
    assert not any("余下" in sentence for sentence in said)


# —— 什么数、什么次序


PERIODS = st.sampled_from([
    "2026年", "2026年度", "2026年二季度", "2026年第2季度", "2026年4月", "2026年6月", "2026年06月", *PARTS, "2025年", "2025年12月", "2025年12月下旬", "上半年", "",
])  # fmt: skip
NUMBERS = (
    st.none()
    | st.integers(-3, 3).map(Fraction)
    | st.fractions(-100, 100, max_denominator=1000)
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: Fraction(repr(number)))
)
ROWS = st.lists(
    st.builds(
        lambda name, period, planned, actual, direction, measure, number: Indicator(
            PLACE, number, name, measure, direction, period, planned, actual
        ),
        st.sampled_from(["指标", "指标", ""]), PERIODS, NUMBERS, NUMBERS, st.sampled_from([HIGHER, HIGHER, LOWER, "", "高"]),
        st.sampled_from(["户", "户", "", "万户"]), st.sampled_from(["A1", "A1", "A1", ""]),
    ),
    max_size=12,
)  # fmt: skip


@given(ROWS, DAYS)
def test_every_row_gets_one_readable_sentence(rows: list[Indicator], as_of: date) -> None:
    for item, sentence in zip(rows, guards(rows, as_of), strict=True):
        period = read_period(item.period)
        assert "None" not in sentence
        assert "Fraction" not in sentence
        assert not re.search(r"\d\.\d{5}", sentence)
        if period is not None and period.end > as_of:
            assert sentence == ""
        elif period is not None and item.number and kind_of(period) != "年":
            assert sentence != "", item


@given(ROWS, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: list[Indicator], as_of: date, random: object) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    mixed = [rows[index] for index in order]
    assert guards(mixed, as_of) == tuple(guards(rows, as_of)[index] for index in order)
    assert sorted(map(repr, mismatches(mixed))) == sorted(map(repr, mismatches(rows)))


@given(ROWS, ROWS, DAYS)
def test_other_indicators_change_nothing(rows: list[Indicator], others: list[Indicator], as_of: date) -> None:
    strange = [replace(item, number="B2") for item in others]
    assert guards([*strange, *rows], as_of)[len(strange) :] == guards(rows, as_of)


@given(ROWS, DAYS)
def test_figures_of_periods_not_ended_are_not_used(rows: list[Indicator], as_of: date) -> None:
    """没有结束的一期先填了实际累计，别的行的话不变（只可能多印几位小数）。"""

    def whole(value: Number) -> Fraction | None:
        return None if value is None else Fraction(round(value))

    rows = [replace(item, planned=whole(item.planned), actual=whole(item.actual)) for item in rows]
    early = [
        replace(item, actual=None) if (period := read_period(item.period)) and period.end > as_of else item for item in rows
    ]  # fmt: skip
    periods = [(item.number, item.name, read_period(item.period)) for item in rows]
    if len(set(periods)) == len(periods):
        assert guards(early, as_of) == guards(rows, as_of)


def test_float_noise_is_no_shortfall() -> None:
    noisy = Fraction(repr(0.1 + 0.2))
    rows = [row("2026年6月", 1), row("2026年6月上旬", noisy, Fraction("0.3"))]
    assert text(rows) == "达到计划，保2026年6月"
    short = [row("2026年6月", 1), row("2026年6月上旬", noisy, Fraction("0.2"))]
    assert text(short) == "欠计划0.1，危及2026年6月；余下2旬每旬须完成0.4（原计划平均0.4），才能保住"


def test_long_fractions_are_printed_to_four_places_and_still_suffice() -> None:
    third = Fraction(repr(1 / 3))
    sentence = text([row("2026年6月", 1), row("2026年6月上旬", third, 0)])
    assert sentence == "欠计划0.3334，危及2026年6月；余下2旬每旬须完成0.5（原计划平均0.3333），才能保住"


@pytest.mark.parametrize(
    ("planned", "actual", "goal", "sentence"),
    [
        (-5, -8, -2, "欠计划3，危及2026年6月；余下2旬每旬须完成3（原计划平均2），才能保住"),
        (-2, -8, -5, "欠计划6，危及2026年6月；余下2旬每旬须完成2，才能保住"),
        (-5, -5, -2, "达到计划，保2026年6月"),
        (5, 4, 5, "欠计划1，危及2026年6月；余下2旬每旬须完成1（原计划平均0），才能保住"),
    ],
)
def test_negative_and_level_plans(planned: int, actual: int, goal: int, sentence: str) -> None:
    assert text([row("2026年6月", goal), row("2026年6月上旬", planned, actual)]) == sentence


# —— 序时判断：越低越好的计划可以是 0


@pytest.mark.parametrize(
    ("direction", "actual", "word"),
    [(LOWER, 0, "达序时"), (LOWER, 1, "欠序时"), (LOWER, None, ""), (HIGHER, 0, "无计划"), (HIGHER, 1, "无计划")],
)
def test_a_ceiling_of_zero_is_a_plan(direction: str, actual: Number, word: str) -> None:
    assert state_of(row("2026年5月", 0, actual, direction), date(2026, 6, 12)).on_schedule == word


# —— 同一天结束的两期


def test_mismatches_name_both_rows_and_the_column() -> None:
    month, last = row("2026年6月", 600, 580), row("2026年6月下旬", 590, 580)
    quarter = row("2026年二季度", 600, 581)
    found = {(one.period, other.period, column) for one, other, column in mismatches([month, last, quarter])}
    assert found == {("2026年6月下旬", "2026年6月", "计划累计"), ("2026年6月", "2026年二季度", "实际累计")}


def test_no_mismatch_across_years_blanks_or_noise() -> None:
    noisy = Fraction(repr(0.1 + 0.2))
    rows = [row("2026年12月", Fraction("0.3")), row("2026年四季度", noisy, 1), row("2025年", 5), row("2026年11月", 9)]
    assert list(mismatches(rows)) == []

"""工作日与期别：放假安排的实例、覆盖、月末季末，以及往后数再往前数得回来。"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyengine.periods import (
    DAY,
    PERIODS,
    WorkCalendar,
    add_months,
    has_calendar,
    month_end,
    month_of,
    quarter_of,
    year_of,
)  # fmt: skip

PLAIN = WorkCalendar()
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
D = date.fromisoformat


@pytest.mark.parametrize(
    ("start", "workdays", "end"),
    [
        ("2026-02-11", 5, "2026-02-25"),  # 14日周六上班，15—23日春节
        ("2026-04-30", 5, "2026-05-11"),  # 1—5日休，9日周六上班
        ("2026-09-29", 3, "2026-10-09"),  # 1—7日国庆
        ("2026-01-01", 1, "2026-01-04"),  # 4日周日上班
        ("2026-05-08", 1, "2026-05-09"),
        ("2026-06-25", -5, "2026-06-17"),  # 19—21日端午
        ("2026-09-24", -5, "2026-09-18"),  # 20日周日上班
        ("2026-02-25", -5, "2026-02-11"),
        ("2026-05-25", 0, "2026-05-25"),
        ("2026-05-23", 0, "2026-05-23"),  # 不数就不动，休息日也不动
        ("2034-12-28", 5, "2035-01-04"),  # 没有放假安排的年份：只除周末，元旦周一暂按工作日
        ("2023-01-20", 1, "2023-01-28"),
        ("2024-02-09", 1, "2024-02-18"),
        ("2025-09-30", 1, "2025-10-09"),
    ],
)
def test_nth_workday_after_the_start(start: str, workdays: int, end: str) -> None:
    assert PLAIN.shift(D(start), workdays) == D(end)


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_moved_weekends_are_workdays(day: str) -> None:
    assert D(day).weekday() >= 5
    assert PLAIN.is_workday(D(day))


@pytest.mark.parametrize(
    "day", ["2026-01-02", "2026-02-16", "2026-04-06", "2026-05-05", "2026-06-19", "2026-09-25", "2026-10-07"]
)
def test_holidays_on_weekdays_are_not_workdays(day: str) -> None:
    assert D(day).weekday() < 5
    assert not PLAIN.is_workday(D(day))


def test_a_year_without_data_counts_weekends_only_and_says_so() -> None:
    assert has_calendar(2026)
    assert not has_calendar(2031)
    assert PLAIN.provisional(date(2026, 12, 31), date(2031, 1, 4))
    assert not PLAIN.provisional(date(2026, 12, 31), date(2026, 1, 1))
    assert PLAIN.is_workday(date(2031, 1, 1)) == (date(2031, 1, 1).weekday() < 5)


def test_overrides_win_over_the_built_in_calendar() -> None:
    calendar = WorkCalendar({date(2026, 5, 18): False, date(2026, 5, 23): True, date(2031, 1, 1): False})
    assert not calendar.is_workday(date(2026, 5, 18))
    assert calendar.is_workday(date(2026, 5, 23))
    assert not calendar.is_workday(date(2031, 1, 1))
    assert calendar.shift(date(2026, 5, 15), 1) == date(2026, 5, 19)
    assert calendar.shift(date(2026, 5, 22), 1) == date(2026, 5, 23)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-04-25", "2026-04-24"),
        ("2026-09-25", "2026-09-24"),
        ("2026-05-25", "2026-05-25"),
        ("2026-02-22", "2026-02-14"),
    ],
)
def test_a_day_off_moves_earlier(day: str, expected: str) -> None:
    assert PLAIN.on_or_before(D(day)) == D(expected)


@pytest.mark.parametrize(
    ("year", "month", "last"),
    [(2026, 2, 28), (2024, 2, 29), (2100, 2, 28), (2026, 4, 30), (2026, 12, 31), (2026, 1, 31)],
)
def test_month_ends(year: int, month: int, last: int) -> None:
    assert month_end(year, month) == date(year, month, last)


@pytest.mark.parametrize("month", [0, 13, -1])
def test_there_is_no_such_month(month: int) -> None:
    with pytest.raises(ValueError, match="month"):
        month_end(2026, month)


@pytest.mark.parametrize(
    ("day", "label", "first", "last"),
    [
        ("2026-01-01", "2026年一季度", "2026-01-01", "2026-03-31"),
        ("2026-03-31", "2026年一季度", "2026-01-01", "2026-03-31"),
        ("2026-04-01", "2026年二季度", "2026-04-01", "2026-06-30"),
        ("2026-09-30", "2026年三季度", "2026-07-01", "2026-09-30"),
        ("2026-12-31", "2026年四季度", "2026-10-01", "2026-12-31"),
    ],
)
def test_quarters(day: str, label: str, first: str, last: str) -> None:
    quarter = quarter_of(D(day))
    assert (quarter.label, quarter.start, quarter.last_day) == (label, D(first), D(last))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2024-02-29", 12, "2025-02-28"), ("2026-05-20", -12, "2025-05-20"),
        ("2026-01-15", -1, "2025-12-15"), ("2026-11-30", 3, "2027-02-28"), ("2026-05-20", 0, "2026-05-20"), ("2026-12-31", 12, "2027-12-31"),
    ],
)  # fmt: skip
def test_adding_months_stays_inside_the_month(day: str, months: int, expected: str) -> None:
    assert add_months(D(day), months) == D(expected)


@given(DAYS, st.integers(0, 40))
def test_counting_forward_then_back_returns(day: date, workdays: int) -> None:
    start = PLAIN.on_or_before(day)
    there = PLAIN.shift(start, workdays)
    assert PLAIN.shift(there, -workdays) == start
    assert PLAIN.is_workday(there)


@given(DAYS, st.integers(1, 40))
def test_exactly_n_workdays_lie_after_the_start(day: date, workdays: int) -> None:
    there = PLAIN.shift(day, workdays)
    between = (day + timedelta(days=index) for index in range(1, (there - day).days + 1))
    assert sum(map(PLAIN.is_workday, between)) == workdays


@given(DAYS)
def test_every_day_lies_in_its_period_and_periods_meet(day: date) -> None:
    for period_of in (month_of, quarter_of, year_of):
        period = period_of(day)
        assert day in period
        assert period.end not in period
        assert period_of(period.last_day) == period
        assert period_of(period.end).start == period.end
    assert set(PERIODS) == {"月", "季", "年"}


@given(DAYS, st.integers(-60, 60))
def test_adding_months_moves_that_many_months(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + DAY).day == 1)

"""完成时限的写法：读得出的读成哪一天，读不出的说读不出，从不抛出、从不悄悄猜。"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyengine.deadlines import Reckoning, read_deadline
from pyengine.model import Deadline
from pyengine.terms import DATED, MISSING, OPEN_ENDED, UNREADABLE

YEAR = 2026


def read(value: object) -> Deadline:
    return read_deadline(value, Reckoning(YEAR))


@pytest.mark.parametrize(
    ("text", "due"),
    [
        # 完整日期
        ("2026-06-30", "2026-06-30"), ("2026.6.30", "2026-06-30"), ("2026/6/30", "2026-06-30"), ("20260630", "2026-06-30"),
        ("2026年6月30日", "2026-06-30"), ("2026年6月30号", "2026-06-30"), ("２０２６年６月３０日", "2026-06-30"), ("2026年 6月\n30日", "2026-06-30"),
        ("2026年6月30日前", "2026-06-30"), ("2026年6月30日之前完成", "2026-06-30"), ("于2026年6月30日前完成", "2026-06-30"), ("到2026.6.30", "2026-06-30"),
        (" 2026-06-30 ", "2026-06-30"), ("2024年2月29日", "2024-02-29"),
        # 没有年份
        ("6月30日前", "2026-06-30"), ("8月31日前", "2026-08-31"), ("6月30日", "2026-06-30"), ("11月5号", "2026-11-05"),
        # 月
        ("3月", "2026-03-31"), ("3月：", "2026-03-31"), ("3月，", "2026-03-31"), ("3月:", "2026-03-31"), ("3月份", "2026-03-31"), ("2月底", "2026-02-28"),
        ("12月底前", "2026-12-31"), ("6月末", "2026-06-30"), ("2026年6月", "2026-06-30"), ("2026-6", "2026-06-30"), ("2024年2月", "2024-02-29"),
        # 旬
        ("4月上旬", "2026-04-10"), ("4月中旬", "2026-04-20"), ("4月下旬", "2026-04-30"), ("2027年2月下旬", "2027-02-28"),
        # 季、半年、年
        ("一季度", "2026-03-31"), ("第三季度", "2026-09-30"), ("三季度末", "2026-09-30"), ("2023年一季度", "2023-03-31"), ("2季度", "2026-06-30"),
        ("上半年", "2026-06-30"), ("下半年", "2026-12-31"), ("2025年上半年", "2025-06-30"), ("全年", "2026-12-31"), ("年内", "2026-12-31"),
        ("年底前", "2026-12-31"), ("2023年底", "2023-12-31"), ("到2023年底", "2023-12-31"), ("2026年", "2026-12-31"), ("2026年度", "2026-12-31"),
    ],
)  # fmt: skip
def test_readable(text: str, due: str) -> None:
    found = read(text)
    assert (found.kind, found.due, found.dates) == (DATED, date.fromisoformat(due), (date.fromisoformat(due),))
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "start", "due"),
    [
        ("10-11月", "2026-10-01", "2026-11-30"), ("4月-12月", "2026-04-01", "2026-12-31"), ("3月～5月", "2026-03-01", "2026-05-31"),
        ("11~12月", "2026-11-01", "2026-12-31"), ("5月—12月", "2026-05-01", "2026-12-31"), ("3月——9月", "2026-03-01", "2026-09-30"),
        ("3月--6月", "2026-03-01", "2026-06-30"), ("1月至4月", "2026-01-01", "2026-04-30"), ("9到12月", "2026-09-01", "2026-12-31"),
        ("2026年11月-2027年2月", "2026-11-01", "2027-02-28"),
    ],
)  # fmt: skip
def test_ranges_keep_their_start(text: str, start: str, due: str) -> None:
    found = read(text)
    assert (found.kind, found.start, found.due) == (DATED, date.fromisoformat(start), date.fromisoformat(due))


@pytest.mark.parametrize(
    "text", ["持续推进", "长期坚持", "并长期坚持", "常态化", "常态化推进", "持续推进，长期坚持", "持续", "长期"]
)
def test_open_ended(text: str) -> None:
    assert (read(text).kind, read(text).due) == (OPEN_ENDED, None)


@pytest.mark.parametrize(
    "value", [None, "", "  ", "　", "待定", "适时", "尽快", "无", "-", "/", "根据上级安排", "按上级要求", "另行通知"]
)
def test_missing_says_why(value: object) -> None:
    found = read(value)
    assert (found.kind, found.due) == (MISSING, None)
    assert found.note


@pytest.mark.parametrize(
    "value",
    [
        "1031日", "26.6.30", "6.30", "6/30", "会后5个工作日内", "自收到之日起7个工作日", "15日内", "2026年6月31日", "2月30日", "13月", "2026-13-01",
        "0月5日", "12-3月", "2026年0月", "看情况", "明年3月", "快了", "5个工作日", "第五季度", "2026年6月30日 2026", "30%", "A1", "#REF!",
        True, False, 0, 1, -5, 35.5, 99999999, 20261340, 1e300, time(9, 30), timedelta(days=3),
    ],
)  # fmt: skip
def test_unreadable_says_so_and_never_guesses(value: object) -> None:
    found = read(value)
    assert (found.kind, found.due, found.dates) == (UNREADABLE, None, ())
    assert found.note


@pytest.mark.parametrize(
    ("value", "due"),
    [
        (date(2026, 6, 30), "2026-06-30"), (datetime(2026, 6, 30, 15, 30), "2026-06-30"), (46203, "2026-06-30"), (46203.0, "2026-06-30"),
        (20260630, "2026-06-30"), (20260630.0, "2026-06-30"),
    ],
)  # fmt: skip
def test_dates_and_numbers(value: object, due: str) -> None:
    assert (read(value).kind, read(value).due) == (DATED, date.fromisoformat(due))


@pytest.mark.parametrize("text", ["6月30日前", "3月", "10-11月", "一季度", "年底前", "上半年"])
def test_an_assumed_year_is_said(text: str) -> None:
    assert "2026" in read(text).note
    assert read_deadline(text, Reckoning(2031)).due == read(text).due.replace(year=2031)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("4月初", DATED, "2026-04-05"), ("5月、10月", DATED, "2026-10-31"), ("5月/10月", DATED, "2026-10-31"), ("双过半", DATED, "2026-06-30"),
        ("2026年6月30日、2026年9月30日", DATED, "2026-09-30"), ("4月~6月/9月~11月", DATED, "2026-11-30"), ("3月～4月上旬", DATED, "2026-04-10"),
        ("6月30日前（本次报送于5月29日）", DATED, "2026-06-30"), ("每月25日前", OPEN_ENDED, None), ("每季度第1个月20日前", OPEN_ENDED, None),
        ("逐月", OPEN_ENDED, None),
    ],
)  # fmt: skip
def test_forms_that_real_ledgers_use(text: str, kind: str, due: str | None) -> None:
    assert (read(text).kind, read(text).due) == (kind, date.fromisoformat(due) if due else None)


@pytest.mark.parametrize(
    "value",
    [
        "9999年12月",
        "9999年12月底",
        "9999-12",
        "0000年1月",
        "0001年1月",
        "9999年四季度",
        float("nan"),
        float("inf"),
        -float("inf"),
    ],
)
def test_the_ends_of_the_calendar_do_not_raise(value: object) -> None:
    assert read(value).kind in (DATED, UNREADABLE)


FULL_FORMS = (
    "{d.year}-{d.month:02}-{d.day:02}", "{d.year}.{d.month}.{d.day}", "{d.year}/{d.month}/{d.day}", "{d.year}{d.month:02}{d.day:02}",
    "{d.year}年{d.month}月{d.day}日", "{d.year}年{d.month}月{d.day}日前", "{d.year} 年 {d.month} 月 {d.day} 日", "到{d.year}年{d.month}月{d.day}号前完成",
)  # fmt: skip


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(FULL_FORMS), st.integers(2000, 2099))
def test_a_date_written_in_full_reads_back_whatever_the_year(day: date, form: str, year: int) -> None:
    assert (read_deadline(form.format(d=day), Reckoning(year)).kind, read_deadline(form.format(d=day), Reckoning(year)).due) == (DATED, day)


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_a_month_and_day_take_the_given_year(day: date) -> None:
    assert read_deadline(f"{day.month}月{day.day}日前", Reckoning(day.year)).due == day


TEXTS = st.text() | st.text("0123456789年月日季度上中下旬底末初前-—~至、，/.（） 全半一二三四每", max_size=16)


@given(TEXTS | st.integers() | st.floats() | st.booleans() | st.none() | st.dates() | st.datetimes() | st.times())
def test_nothing_raises_and_everything_has_one_of_the_four_kinds(value: object) -> None:
    found = read(value)
    assert found.kind in (DATED, OPEN_ENDED, MISSING, UNREADABLE)
    assert (found.due is not None) == (found.kind == DATED)
    assert found.note or found.kind in (DATED, OPEN_ENDED)

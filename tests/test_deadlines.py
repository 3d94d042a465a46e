"""完成时限的写法：读得出的读成哪一天，读不出的说读不出，从不抛出、从不悄悄猜。写法与读法的表在 deadlines.txt。"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyengine.deadlines import Reckoning, date_inside, read_deadline, read_steps, same_words, show_deadline
from pyengine.model import Deadline
from pyengine.periods import WorkCalendar, month_end
from pyengine.terms import DATED, MISSING, OPEN_ENDED, UNREADABLE

YEAR = 2026
BY = Reckoning(YEAR, initiated=date(2026, 3, 10))
PLAIN = Reckoning(YEAR)
LINES = (Path(__file__).parent / "deadlines.txt").read_text(encoding="utf-8").splitlines()
ROWS = [[cell.strip() for cell in line.split("|")] for line in LINES if line and not line.startswith("# ")]


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def test_the_table_is_large_and_says_nothing_twice() -> None:
    phrases = [row[0] for row in ROWS]
    assert len(phrases) == len(set(phrases)) > 400


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_phrase(row: list[str]) -> None:
    phrase, kind, due, start, dates, recurs, note, doubt = (*row, *[""] * (8 - len(row)))
    text = phrase.replace("\\n", "\n")
    found = read_deadline(text, BY)
    every = tuple(map(date.fromisoformat, dates.split("、"))) if dates else tuple(filter(None, (day(due),)))
    shown = "、".join(map(str, every))
    said = {"按年": f"按2026年读为{shown}", "读为": f"读为{shown}"}.get(
        note, note.replace("按年；", f"按2026年读为{shown}；")
    )
    assert (found.kind, found.due, found.start, found.dates) == (kind, day(due), day(start), every)
    assert (found.recurs, found.note, bool(found.doubt), found.text) == (recurs, said, doubt == "存疑", text)


@pytest.mark.parametrize("value", [None, "", "  ", "　", "\n"])
def test_blank_is_missing(value: object) -> None:
    assert read_deadline(value, BY) == Deadline(MISSING, note="完成时限为空")


@pytest.mark.parametrize(
    ("value", "due"),
    [
        (date(2026, 6, 30), "2026-06-30"), (datetime(2026, 6, 30, 15, 30), "2026-06-30"), (46203, "2026-06-30"), (46203.0, "2026-06-30"),
        (46203.625, "2026-06-30"), (20260630, "2026-06-30"), (20260630.0, "2026-06-30"), (202606, "2026-06-30"),
    ],
)  # fmt: skip
def test_dates_and_numbers(value: object, due: str) -> None:
    assert (read_deadline(value, BY).kind, read_deadline(value, BY).due) == (DATED, date.fromisoformat(due))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (5.1, "数字5.1不知是不是5月1日或5月10日"), (6.3, "数字6.3不知是不是6月3日或6月30日"), (6.25, "数字6.25不知是不是6月25日"), (35.5, "数字35.5不是日期"),
        (0, "数字0不是日期"), (6, "数字6不是日期"), (1, "数字1不是日期"), (2026, "数字2026不是日期"), (-5, "数字-5不是日期"), (99999999, "数字99999999不是日期"),
        (20261340, "数字20261340不是日期"), (1e300, "数字1e+300不是日期"), (float("nan"), "数字nan不是日期"), (float("inf"), "数字inf不是日期"),
        (True, "“True”读不出日期"), (timedelta(days=3), "“3”不知道是什么日期"), (date(1800, 1, 1), "1800-01-01的年份不对"),
    ],
)  # fmt: skip
def test_numbers_that_are_no_dates(value: object, why: str) -> None:
    found = read_deadline(value, BY)
    assert (found.kind, found.due, found.dates, found.note) == (UNREADABLE, None, (), why)


def test_a_time_of_day_is_no_date() -> None:
    assert read_deadline(clock(9, 30), BY).kind == UNREADABLE


@pytest.mark.parametrize("text", ["6月30日前", "3月", "10-11月", "一季度", "年底前", "上半年"])
def test_an_assumed_year_is_said(text: str) -> None:
    assert "2026" in read_deadline(text, PLAIN).note
    assert read_deadline(text, Reckoning(2031)).due == read_deadline(text, PLAIN).due.replace(year=2031)  # type: ignore[union-attr]


ANCHORED = [
    "15日内", "收到之日起7个工作日内", "会后5个工作日内", "立行立改", "当日", "次月10日前", "本月底", "本季度末", "月底前", "即日起至6月底",
]  # fmt: skip


@pytest.mark.parametrize("text", ANCHORED)
def test_without_a_day_to_count_from_it_says_what_is_missing(text: str) -> None:
    found = read_deadline(text, PLAIN)
    assert (found.kind, found.due) == (UNREADABLE, None)
    assert "没有立项日期" in found.note


@pytest.mark.parametrize("text", ["明年6月底", "去年底", "后年3月", "元旦前", "国庆节前"])
def test_year_words_fall_back_on_the_ledger_year(text: str) -> None:
    assert read_deadline(text, PLAIN).due == read_deadline(text, BY).due


CONTEXTS: list[tuple[str, dict[str, object], str]] = [
    ("会后5个工作日内", {"meeting": date(2026, 4, 28), "initiated": date(2026, 4, 30)}, "2026-05-08"),
    ("会后7日内", {"meeting": date(2026, 6, 12), "initiated": date(2026, 6, 15)}, "2026-06-19"),
    ("批示后3个工作日内", {"meeting": date(2026, 6, 12)}, "2026-06-17"),
    ("收到批示之日起3个工作日内", {"meeting": date(2026, 6, 12)}, "2026-03-13"),
    ("会后立即办理", {"meeting": date(2026, 6, 12)}, "2026-06-22"),
    ("收到之日起7个工作日内", {"initiated": date(2026, 2, 11)}, "2026-02-27"),
    ("收到之日起5个工作日内", {"initiated": date(2026, 9, 24)}, "2026-10-09"),
    ("会议结束后，5个工作日内", {"meeting": date(2026, 4, 28)}, "2026-05-08"),
    ("立行立改并长期坚持", {"at_once": 3}, "2026-03-13"),
    ("自交办之日起至6月30日", {"initiated": date(2026, 5, 6)}, "2026-06-30"),
    ("接办后3日内", {"initiated": date(2026, 5, 6)}, "2026-05-09"),
    ("6月30日后15日内", {"initiated": None}, "2026-07-15"),
    ("15个工作日", {"initiated": date(2026, 10, 9)}, "2026-10-29"),
    ("1个月内", {"initiated": date(2026, 1, 31)}, "2026-02-28"),
    ("一年内", {"initiated": date(2024, 2, 29)}, "2025-02-28"),
    ("半年内", {"initiated": date(2026, 8, 31)}, "2027-02-28"),
    ("15日内", {"initiated": date(2026, 3, 6)}, "2026-03-21"),
    ("15日内", {"initiated": date(2026, 3, 6), "roll": True}, "2026-03-23"),
    ("一个月内", {"initiated": date(2026, 9, 1), "roll": True}, "2026-10-08"),
    ("5个工作日内", {"initiated": date(2026, 4, 30), "roll": True}, "2026-05-11"),
    ("6月底前", {"roll": True}, "2026-06-30"),
    ("立行立改", {"at_once": 3}, "2026-03-13"),
    ("4月初", {"early": 3}, "2026-04-03"),
    ("本月初", {"early": 3}, "2026-03-03"),
    ("6月30日前", {"inclusive": False}, "2026-06-29"),
    ("12月底前", {"inclusive": False}, "2026-12-30"),
    ("年底前", {"inclusive": False}, "2026-12-30"),
    ("2026年6月30日之前", {"inclusive": False}, "2026-06-29"),
    ("4月～10月底前", {"inclusive": False}, "2026-10-30"),
    ("6月30日", {"inclusive": False}, "2026-06-30"),
    ("12月底", {"inclusive": False}, "2026-12-31"),
    ("年内", {"inclusive": False}, "2026-12-31"),
    ("6月30日止", {"inclusive": False}, "2026-06-30"),
    ("国庆节前", {"inclusive": False}, "2026-09-30"),
    ("15日内", {"inclusive": False}, "2026-03-25"),
    ("元旦前", {"initiated": date(2026, 1, 1)}, "2026-12-31"),
    ("春节前", {"initiated": date(2026, 1, 5)}, "2026-02-14"),
    ("春节前", {"initiated": date(2025, 12, 1), "year": 2025}, "2026-02-14"),
    ("春节后", {"initiated": date(2026, 1, 5)}, "2026-02-24"),
    ("国庆节前", {"initiated": date(2026, 11, 1)}, "2027-09-30"),
    ("明年春节前", {"initiated": date(2025, 12, 1), "year": 2025}, "2026-02-14"),
    ("次月10日前", {"initiated": date(2026, 12, 20)}, "2027-01-10"),
    ("下季度", {"initiated": date(2026, 12, 20)}, "2027-03-31"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "context", "due"), CONTEXTS)
def test_context(text: str, context: dict[str, object], due: str) -> None:
    found = read_deadline(text, replace(BY, **context))  # type: ignore[arg-type]
    assert (found.kind, found.due) == (DATED, date.fromisoformat(due))


def test_what_is_not_inclusive_says_so() -> None:
    assert "不含当日" in read_deadline("6月30日前", replace(BY, inclusive=False)).note
    assert "不含当日" in read_deadline("2026-06-30前", replace(BY, inclusive=False)).note
    assert "顺延" in read_deadline("15日内", replace(BY, initiated=date(2026, 3, 6), roll=True)).note


def test_the_office_calendar_counts() -> None:
    calendar = WorkCalendar({date(2026, 3, 11): False})
    assert read_deadline("3个工作日内", replace(BY, calendar=calendar)).due == date(2026, 3, 16)


def test_a_workday_in_a_year_without_a_calendar_is_doubtful() -> None:
    found = read_deadline("收到之日起5个工作日内", replace(BY, initiated=date(2026, 12, 28)))
    assert found.due == date(2027, 1, 4)
    assert "2027年放假安排未公布" in found.doubt


@pytest.mark.parametrize(("text", "word"), [("11月12月", "分隔"), ("会后5日内", "立项日期"), ("明年春节前", "未公布"), ("立行立改", "设置"), ("3日内反馈，6月30日前办结", "反馈")])  # fmt: skip
def test_what_a_clerk_should_see_is_doubtful(text: str, word: str) -> None:
    assert word in read_deadline(text, BY).doubt


@pytest.mark.parametrize(
    "text", ["12月底前", "年底前", "6月30日前", "2026-06-30", "4月～10月", "5月、10月", "收到之日起7个工作日内"]
)
def test_ordinary_phrases_are_not(text: str) -> None:
    assert read_deadline(text, BY).doubt == ""


STEPS = [
    ("3月：完成招标备案。", [("3月：完成招标备案。", DATED, "2026-03-31", "", "")]),
    ("4月～5月上旬：管材进场。", [("4月～5月上旬：管材进场。", DATED, "2026-05-10", "2026-04-01", "")]),
    ("9月上旬：打压试验，为10月15日开栓做好准备。", [("9月上旬：打压试验，为10月15日开栓做好准备。", DATED, "2026-09-10", "", "")]),
    ("10月 开展汛后检查", [("10月 开展汛后检查", DATED, "2026-10-31", "", "")]),
    ("1月至4月 完成初步设计", [("1月至4月 完成初步设计", DATED, "2026-04-30", "2026-01-01", "")]),
    ("上半年完成改造。", [("上半年完成改造。", DATED, "2026-06-30", "", "")]),
    ("7月初启动集中行动。", [("7月初启动集中行动。", DATED, "2026-07-05", "", "")]),
    ("2月底前，修订预案。", [("2月底前，修订预案。", DATED, "2026-02-28", "", "")]),
    ("全年：按月通报。", [("全年：按月通报。", DATED, "2026-12-31", "", "")]),
    ("3-12月，每周开展一次整治。", [("3-12月，每周开展一次整治。", DATED, "2026-12-31", "2026-03-01", "")]),
    ("6月--9月：24小时值班值守。", [("6月--9月：24小时值班值守。", DATED, "2026-09-30", "2026-06-01", "")]),
    ("5月/10月：组织评议。", [("5月/10月：组织评议。", DATED, "2026-05-31", "", ""), ("5月/10月：组织评议。", DATED, "2026-10-31", "", "")]),
    ("4月~6月/9月~11月：施工", [("4月~6月/9月~11月：施工", DATED, "2026-06-30", "2026-04-01", ""), ("4月~6月/9月~11月：施工", DATED, "2026-11-30", "2026-09-01", "")]),
    ("11月12月：验收。", [("11月12月：验收。", DATED, "2026-11-30", "", ""), ("11月12月：验收。", DATED, "2026-12-31", "", "")]),
    ("3月：成立专班。\n4月：摸底。\n5月—12月：整改。", [
        ("3月：成立专班。", DATED, "2026-03-31", "", ""), ("4月：摸底。", DATED, "2026-04-30", "", ""), ("5月—12月：整改。", DATED, "2026-12-31", "2026-05-01", ""),
    ]),
    ("3月：成立专班；4月：摸底；", [("3月：成立专班；", DATED, "2026-03-31", "", ""), ("4月：摸底；", DATED, "2026-04-30", "", "")]),
    ("3月：成立专班，\n制定方案。\n4月：摸底", [("3月：成立专班，\n制定方案。", DATED, "2026-03-31", "", ""), ("4月：摸底", DATED, "2026-04-30", "", "")]),
    ("1.3月：摸底\n2.6月：整改", [("1.3月：摸底", DATED, "2026-03-31", "", ""), ("2.6月：整改", DATED, "2026-06-30", "", "")]),
    ("每月有1次以上“局长走流程”。", [("每月有1次以上“局长走流程”。", OPEN_ENDED, "", "", "每月")]),
    ("每月25日前报送", [("每月25日前报送", OPEN_ENDED, "", "", "每月25日")]),
    ("持续开展环境整治。", [("持续开展环境整治。", OPEN_ENDED, "", "", "")]),
    ("长期：坚持巡查", [("长期：坚持巡查", OPEN_ENDED, "", "", "")]),
    ("15日内完成摸底", [("15日内完成摸底", DATED, "2026-03-25", "", "")]),
    ("收到之日起7个工作日内：报方案", [("收到之日起7个工作日内：报方案", DATED, "2026-03-19", "", "")]),
    ("12345热线按期办结率达到99%以上。", [("12345热线按期办结率达到99%以上。", MISSING, "", "", "")]),
    ("按上级通知组织调查。", [("按上级通知组织调查。", MISSING, "", "", "")]),
    ("完成主体工程。", [("完成主体工程。", MISSING, "", "", "")]),
    ("12月-：迎接评估。", [("12月-：迎接评估。", UNREADABLE, "", "", "")]),
    ("6月30日后15日内：报送", [("6月30日后15日内：报送", DATED, "2026-07-15", "", "")]),
    ("6月30日后：检查", [("6月30日后：检查", UNREADABLE, "", "", "")]),
    ("6月后续工作", [("6月后续工作", DATED, "2026-06-30", "", "")]),
    ("2026年，6月底前完成", [("2026年，6月底前完成", DATED, "2026-06-30", "", "")]),
    ("一二季度：施工", [("一二季度：施工", DATED, "2026-03-31", "", ""), ("一二季度：施工", DATED, "2026-06-30", "", "")]),
    ("一月一调度", [("一月一调度", OPEN_ENDED, "", "", "每月")]),
    ("会前3日内：报方案", [("会前3日内：报方案", UNREADABLE, "", "", "")]),
    ("1031日：迎检", [("1031日：迎检", UNREADABLE, "", "", "")]),
    ("6月31日：迎检", [("6月31日：迎检", UNREADABLE, "", "", "")]),
    ("", []),
    (" \n ", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "steps"), STEPS, ids=[text or "空" for text, _ in STEPS])
def test_steps(text: str, steps: list[tuple[str, str, str, str, str]]) -> None:
    found = read_steps(text, BY)
    assert [(s.text, s.due.kind, str(s.due.due or ""), str(s.due.start or ""), s.due.recurs) for s in found] == steps
    assert all(s.due.dates == ((s.due.due,) if s.due.due else ()) for s in found)
    assert all(s.due.note for s in found if s.due.kind in (MISSING, UNREADABLE))


def test_the_deadline_of_a_step_keeps_the_words_it_was_read_from() -> None:
    assert [step.due.text for step in read_steps("4月～5月上旬：进场\n12月-：迎检\n９月底前，验收", BY)] == [
        "4月～5月上旬",
        "12月-",
        "９月底前",
    ]


INSIDE = [
    ("4月底前编制完成目录并在全县发布。", (DATED, "2026-04-30", "")),
    ("9月20日前完成征地拆迁扫尾。", (DATED, "2026-09-20", "")),
    ("3.6月底前政务服务大厅窗口全部启用", (DATED, "2026-06-30", "")),
    ("2.及时发放救助资金，每月10日前打卡到户。", (OPEN_ENDED, "", "每月10日")),
    ("推进路网建设，国庆节前建成通车。", (DATED, "2026-09-30", "")),
    ("新建学校3所，2026年8月底前投用。", (DATED, "2026-08-31", "")),
    ("建成12345热线，办结率达到99%。", None),
    ("6月底前完成主体，12月底前竣工。", None),
    ("6月31日前完成。", None),
    ("全年完成投资5亿元。", None),
    ("落实“十五五”规划，按月通报。", None),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), INSIDE)
def test_a_deadline_inside_a_sentence(text: str, found: tuple[str, str, str] | None) -> None:
    due = date_inside(text, BY)
    assert (due and (due.kind, str(due.due or ""), due.recurs)) == found


def test_how_a_deadline_is_shown_and_told_apart() -> None:
    first, second = read_deadline("4月初", BY), read_deadline("4月 初", replace(BY, early=3))
    assert same_words(first, second)
    assert not same_words(first, read_deadline("5月初", BY))
    assert show_deadline(first) == "2026-04-05"
    assert show_deadline(read_deadline("待定", BY)) == "“待定”"
    assert show_deadline(read_deadline("长" * 50, BY)) == f"“{'长' * 29}…”"
    assert show_deadline(Deadline()) == "（空）"


NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return NUMERALS[number] if number <= 10 else ("" if tens == 1 else NUMERALS[tens]) + "十" + NUMERALS[ones]


def wide(text: str) -> str:
    return text.translate(str.maketrans("0123456789./-", "０１２３４５６７８９．／－"))


def spelled(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))


FULL_FORMS = (
    "{d.year}-{d.month:02}-{d.day:02}", "{d.year}.{d.month}.{d.day}", "{d.year}/{d.month}/{d.day}", "{d.year}{d.month:02}{d.day:02}",
    "{d.year}年{d.month}月{d.day}日", "{d.year}年{d.month}月{d.day}日前", "{d.year} 年 {d.month} 月 {d.day} 日", "到{d.year}年{d.month}月{d.day}号前完成",
    "力争{d.year}年{d.month}月{d.day}日之前办结", "{d.year}年{d.month}月{d.day}日17:00前", "{d.year}年{d.month}月{d.day}日（周二）前", "{year}年{month}月{day}日前",
)  # fmt: skip
DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@given(
    st.dates(date(1901, 1, 1), date(2099, 12, 31)), st.sampled_from(FULL_FORMS), st.integers(2000, 2099), st.booleans()
)
def test_a_date_written_in_full_reads_back_whatever_the_year(day: date, form: str, year: int, full_width: bool) -> None:
    text = form.format(d=day, year=spelled(str(day.year)), month=chinese(day.month), day=chinese(day.day))
    found = read_deadline(wide(text) if full_width else text, Reckoning(year))
    assert (found.kind, found.due, found.note) == (DATED, day, "")


SHORT_FORMS = (
    "{d.month}月{d.day}日前",
    "{d.month}月{d.day}号",
    "{month}月{day}日",
    "截至{d.month}月{d.day}日止",
    "{d.month}月{d.day}前",
    "{d.month}/{d.day}",
)


@given(DAYS, st.sampled_from(SHORT_FORMS))
def test_a_month_and_day_take_the_given_year(day: date, form: str) -> None:
    text = form.format(d=day, month=chinese(day.month), day=chinese(day.day))
    assert read_deadline(text, Reckoning(day.year)).due == day


PARTS = {
    "上旬": 10,
    "中旬": 20,
    "初": 5,
    "上半月": 15,
    "下旬": 31,
    "底": 31,
    "末": 31,
    "": 31,
    "份": 31,
    "份底": 31,
    "中下旬": 31,
}


@given(DAYS, st.sampled_from(sorted(PARTS)), st.sampled_from(["", "前", "之前", "以前", "前完成"]), st.booleans())
def test_a_part_of_a_month_reads_back(day: date, part: str, before: str, numerals: bool) -> None:
    last = month_end(day.year, day.month)
    text = f"{chinese(day.month) if numerals else day.month}月{part}{before}"
    assert read_deadline(text, Reckoning(day.year)).due == last.replace(day=min(PARTS[part], last.day))


DASHES = st.sampled_from(["-", "‐", "–", "—", "——", "～", "~", "--", "至", "到", " - ", "－"])


@given(DAYS, DAYS, DASHES, st.sampled_from(["{a.year}年{a.month}月{a.day}日{dash}{b.year}年{b.month}月{b.day}日", "{a.year}.{a.month}.{a.day}{dash}{b.year}.{b.month}.{b.day}"]))  # fmt: skip
def test_a_range_of_days_reads_back(a: date, b: date, dash: str, form: str) -> None:
    a, b = sorted((a, b))
    found = read_deadline(form.format(a=a, b=b, dash=dash), PLAIN)
    assert (found.kind, found.start, found.due) == (DATED, a, b)


@given(st.integers(1, 12), st.integers(1, 12), DASHES, st.sampled_from(["{a}{dash}{b}月", "{a}月{dash}{b}月", "{a}月{dash}{b}月底前"]), st.booleans())  # fmt: skip
def test_a_range_of_months_reads_back_or_ends_before_it_starts(
    a: int, b: int, dash: str, form: str, words: bool
) -> None:
    first, last = (chinese(a), chinese(b)) if words else (a, b)
    found = read_deadline(form.format(a=first, b=last, dash=dash), PLAIN)
    wanted = (DATED, date(YEAR, a, 1), month_end(YEAR, b)) if a <= b else (UNREADABLE, None, None)
    assert (found.kind, found.start, found.due) == wanted


@given(
    st.lists(st.integers(1, 12), min_size=2, max_size=5, unique=True), st.sampled_from(["、", "/", "和"]), st.booleans()
)
def test_a_list_of_months_reads_back(months: list[int], mark: str, once: bool) -> None:
    months.sort()
    text = mark.join(map(str, months)) + "月底前" if once else mark.join(f"{month}月底" for month in months)
    found = read_deadline(text, PLAIN)
    assert found.dates == tuple(month_end(YEAR, month) for month in months)
    assert (found.due, found.doubt) == (found.dates[-1], "")


@given(st.integers(1, 99), st.sampled_from(["{n}日内", "{n}天", "收到之日起{n}日内", "交办后{n}天内"]), st.booleans())
def test_a_limit_in_days_reads_back(number: int, form: str, words: bool) -> None:
    found = read_deadline(form.format(n=chinese(number) if words else number), BY)
    assert found.due == date(2026, 3, 10) + timedelta(days=number)


TEXTS = (
    st.text()
    | st.text("0123456789年月日季度上中下旬底末初前-—~至、，/.（） 全半一二三四每", max_size=24)
    | st.text("每逐收到起后内会日个工作周月前、；1十五一国庆节次明本", max_size=24)
)


@given(TEXTS | st.integers() | st.floats() | st.booleans() | st.none() | st.dates() | st.datetimes() | st.times())
def test_nothing_raises_and_everything_has_one_of_the_four_kinds(value: object) -> None:
    found = read_deadline(value, BY)
    assert found.kind in (DATED, OPEN_ENDED, MISSING, UNREADABLE)
    assert (found.due is not None) == (found.kind == DATED)
    assert found.note or found.kind in (DATED, OPEN_ENDED)
    assert not isinstance(value, str) or not value.strip() or found.text == value


@given(TEXTS)
def test_steps_and_sentences_never_raise(text: str) -> None:
    steps = read_steps(text, BY)
    assert (steps == ()) == (not text.strip())
    due = date_inside(text, BY)
    assert due is None or due.kind in (DATED, OPEN_ENDED)


@pytest.mark.parametrize(
    "piece", ["一", "十", "1", "一、", "1-", "3、", "(", "()", "每", "每月", "年", "2026年", "、", "收到", "根据", " ", "6月", "-", "\n", "1 ", "每1日1日1、", "一至", "前", "(1月"],
)  # fmt: skip
def test_long_texts_do_not_take_long(piece: str) -> None:
    begun = time.perf_counter()
    for length in (399, 100_000):
        text = (piece * length)[:length]
        read_deadline(text, BY), read_steps(text[:4000], BY), date_inside(text, BY)
    assert time.perf_counter() - begun < 5


def test_many_undated_lines_take_time_in_proportion() -> None:
    begun = time.perf_counter()
    assert len(read_steps("(\n" * 50_000, BY)) == 1
    assert time.perf_counter() - begun < 10


def test_a_bracket_that_names_a_later_day_is_doubtful_and_an_earlier_one_is_only_put_aside() -> None:
    assert "更晚的日期2026-11-30" in read_deadline("10月底前（已延期至11月底）", BY).doubt
    assert "更晚" not in read_deadline("10月底前（原定9月底）", BY).doubt

"""校验：一格写错，报哪个代码、哪一格、哪一列、什么级别；只有错误级使这一行成为数据待核。"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import pytest
from test_scenarios import BASE, CASES, UNITS, tables

from pyengine import findings as catalogue
from pyengine.books.memory import MemoryBook
from pyengine.findings import Kind
from pyengine.grid import CellError, Grid
from pyengine.judge import recompute
from pyengine.layout import column_letter, layout
from pyengine.model import Finding
from pyengine.outcome import Outcome
from pyengine.read import read_ledger
from pyengine.rulebook import all_circulars
from pyengine.settings import setting_specs
from pyengine.tables import StructureError
from pyengine.terms import ERROR, NOTICE, SEVERITIES, UNVERIFIED, WARNING

LEDGER = "政府工作报告台账"
AS_OF = date(2026, 5, 20)
GOOD: Mapping[str, object] = {**BASE, "编号": "A1", "完成进度": 0.4}
SAMPLE: Mapping[str, list[Mapping[str, object]]] = {
    "单位": list(UNITS),
    LEDGER: [GOOD],
    "时间节点": [{"编号": "A1", "节点内容": "封顶", "完成时限": date(2026, 12, 1), "权重": 1}],
    "指标进度": [{"编号": "A1", "指标名称": "投资", "方向": "越高越好", "期别": "2026年", "计划累计": 100, "实际累计": 40}],
    "进展反馈": [{"编号": "A1", "反馈日期": date(2026, 5, 1), "填报单位": "教育局", "完成进度": 0.4, "处理结果": "采用"}],
    "督查记录": [{"日期": date(2026, 5, 1), "事件": "督查", "编号": "A1", "单位": "教育局"}],
    "调整申请": [{"编号": "A1", "申请日期": date(2026, 5, 1), "申请单位": "教育局", "调整事项": "完成时限", "新值": date(2026, 11, 30), "批准日期": date(2026, 5, 2), "结果": "批准"}],
    "会商调度": [{"日期": date(2026, 5, 1), "主题": "解决问题", "议定事项": "加快", "编号": "A1", "责任单位": "教育局", "完成时限": date(2026, 6, 1)}],
    "工作日历": [{"日期": date(2026, 7, 1), "类型": "班"}],
    "设置": [{"项目": "年度", "取值": 2026}],
}  # fmt: skip
# 没有全部设置项的台账总有这一条，不在此核对
ALWAYS = {"S02"}


def judged(sheets: Mapping[str, list[Mapping[str, Any]]]) -> Outcome:
    ledger = read_ledger(MemoryBook.of(sheets).sheets(), AS_OF).ledger
    return recompute(ledger, all_circulars(), AS_OF)


def with_cell(sheet: str, header: str, value: object) -> dict[str, list[Mapping[str, object]]]:
    """SAMPLE 中 sheet 第一行 header 一格改成 value。"""
    rows = [{**row} for row in SAMPLE[sheet]]
    rows[0][header] = value
    return {**SAMPLE, sheet: rows}


def found(outcome: Outcome) -> list[Finding]:
    return [item for item in outcome.findings if item.code not in ALWAYS]


def cell_of(sheet: str, header: str, row: int = 4) -> str:
    table = layout().table_of(sheet)
    assert table is not None
    return f"{column_letter([column.name for column in table.columns].index(header) + 1)}{row}"


def test_a_clean_ledger_has_no_findings() -> None:
    outcome = judged(SAMPLE)
    assert found(outcome) == []
    assert [verdict.status for verdict in outcome.verdicts] == ["正常推进"]


@dataclass(frozen=True)
class Fault:
    """一格写错：哪张表、哪一列、写成什么，应报的问题（不止一条的另列）。"""

    sheet: str
    header: str
    value: object
    kind: Kind
    also: tuple[Kind, ...] = ()
    at: str = ""
    severity: str = ""

    def __str__(self) -> str:
        return f"{self.sheet}-{self.header}-{self.value!r}"


REF = CellError("#REF!")
FAULTS = [
    Fault(LEDGER, "编号", None, catalogue.NUMBER_MISSING, (catalogue.NUMBER_UNKNOWN,) * 6),
    Fault(LEDGER, "编号", "  ", catalogue.NUMBER_MISSING, (catalogue.NUMBER_UNKNOWN,) * 6),
    Fault(LEDGER, "编号", "A2", catalogue.NUMBER_UNKNOWN, (catalogue.NUMBER_UNKNOWN,) * 5, at="时间节点!A4"),
    Fault(LEDGER, "工作任务", None, catalogue.CONTENT_MISSING),
    Fault(LEDGER, "工作类别", "常规", catalogue.CHOICE_UNKNOWN),
    Fault(LEDGER, "工作类别", "明确指标类", catalogue.STARS_MISMATCH, at=f"{LEDGER}!F4"),
    Fault(LEDGER, "工作类别", REF, catalogue.CELL_ERROR),
    Fault(LEDGER, "星级", 4, catalogue.STARS_MISMATCH),
    Fault(LEDGER, "星级", None, catalogue.STARS_DERIVED),
    Fault(LEDGER, "星级", True, catalogue.CHOICE_UNKNOWN, (catalogue.STARS_DERIVED,)),
    Fault(LEDGER, "星级", "三星", catalogue.CHOICE_UNKNOWN, (catalogue.STARS_DERIVED,)),
    Fault(LEDGER, "牵头领导", None, catalogue.FIELD_MISSING),
    Fault(LEDGER, "年度目标", " ", catalogue.FIELD_MISSING),
    Fault(LEDGER, "牵头单位", None, catalogue.LEAD_MISSING),
    Fault(LEDGER, "牵头单位", "  ", catalogue.LEAD_MISSING),
    Fault(LEDGER, "牵头单位", "、", catalogue.LEAD_MISSING),
    Fault(LEDGER, "牵头单位", "县统计局", catalogue.LEAD_UNKNOWN),
    Fault(LEDGER, "牵头单位", "各乡镇", catalogue.LEAD_COLLECTIVE),
    Fault(LEDGER, "牵头单位", "教育局\n县统计局", catalogue.LEAD_UNKNOWN),
    Fault(LEDGER, "牵头单位", 12345, catalogue.LEAD_UNKNOWN),
    Fault(LEDGER, "牵头单位", REF, catalogue.CELL_ERROR),
    Fault(LEDGER, "责任单位", "县统计局", catalogue.UNIT_UNKNOWN),
    Fault(LEDGER, "责任单位", REF, catalogue.CELL_ERROR),
    Fault(LEDGER, "立项日期", "年初", catalogue.DATE_UNREADABLE),
    Fault(LEDGER, "立项日期", "1月1日", catalogue.DATE_UNREADABLE),
    Fault(LEDGER, "立项日期", True, catalogue.DATE_UNREADABLE),
    Fault(LEDGER, "立项日期", 3.5, catalogue.DATE_UNREADABLE),
    Fault(LEDGER, "立项日期", time(9, 0), catalogue.DATE_UNREADABLE),
    Fault(LEDGER, "立项日期", "2026.1.1", catalogue.DATE_AS_TEXT),
    Fault(LEDGER, "立项日期", "２０２６年１月１日", catalogue.DATE_AS_TEXT),
    Fault(LEDGER, "立项日期", 20260101, catalogue.DATE_AS_TEXT),
    Fault(LEDGER, "立项日期", 46023, catalogue.DATE_AS_TEXT),
    Fault(LEDGER, "立项日期", "2026年2月30日", catalogue.DATE_UNREADABLE),
    Fault(LEDGER, "立项日期", REF, catalogue.CELL_ERROR),
    Fault(LEDGER, "启动时限", "开春", catalogue.DEADLINE_UNREADABLE),
    Fault(LEDGER, "启动时限", date(2026, 1, 5), catalogue.STARTED_UNDATED, at=f"{LEDGER}!L4"),
    Fault(LEDGER, "实际启动日期", "年初", catalogue.DATE_UNREADABLE),
    Fault(LEDGER, "完成时限", None, catalogue.DEADLINE_MISSING),
    Fault(LEDGER, "完成时限", "待定", catalogue.DEADLINE_MISSING),
    Fault(LEDGER, "完成时限", "6月31日", catalogue.DEADLINE_UNREADABLE),
    Fault(LEDGER, "完成时限", True, catalogue.DEADLINE_UNREADABLE),
    Fault(LEDGER, "完成时限", 12, catalogue.DEADLINE_UNREADABLE),
    Fault(LEDGER, "完成时限", date(2025, 12, 31), catalogue.END_BEFORE_START),
    Fault(LEDGER, "完成时限", date(2036, 12, 31), catalogue.YEAR_ODD),
    Fault(LEDGER, "完成时限", REF, catalogue.CELL_ERROR, (catalogue.DEADLINE_MISSING,)),
    Fault(LEDGER, "办理状态", None, catalogue.STATE_MISSING),
    Fault(LEDGER, "办理状态", "办理中", catalogue.STATE_UNKNOWN),
    Fault(LEDGER, "办理状态", "已完成", catalogue.FINISHED_UNDATED, at=f"{LEDGER}!U4"),
    Fault(LEDGER, "完成进度", "过半", catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", "nan", catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", "1e3", catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", -0.1, catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", "-10%", catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", 3, catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", 5, catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", 2.01, catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", True, catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", date(2026, 5, 1), catalogue.SHARE_UNREADABLE),
    Fault(LEDGER, "完成进度", REF, catalogue.CELL_ERROR),
    Fault(LEDGER, "完成进度", "40%", catalogue.SHARE_ODD),
    Fault(LEDGER, "完成进度", "５０％", catalogue.SHARE_ODD),
    Fault(LEDGER, "完成进度", "０.５", catalogue.SHARE_ODD),
    Fault(LEDGER, "完成进度", 40, catalogue.SHARE_ODD),
    Fault(LEDGER, "完成进度", 5.01, catalogue.SHARE_ODD),
    Fault(LEDGER, "方案审查日期", "二月", catalogue.DATE_UNREADABLE),
    Fault(LEDGER, "方案备案日期", date(2026, 1, 9), catalogue.DATES_REVERSED),
    Fault(LEDGER, "办结日期", date(2026, 5, 1), catalogue.FINISHED_UNMARKED, at=f"{LEDGER}!N4"),
    Fault(LEDGER, "销号日期", "五一", catalogue.DATE_UNREADABLE),
    Fault("时间节点", "编号", "B9", catalogue.NUMBER_UNKNOWN),
    Fault("时间节点", "完成时限", "开春", catalogue.DEADLINE_UNREADABLE),
    Fault("时间节点", "权重", "三成", catalogue.NUMBER_UNREADABLE),
    Fault("时间节点", "实际完成日期", "昨天", catalogue.DATE_UNREADABLE),
    Fault("指标进度", "编号", "B9", catalogue.NUMBER_UNKNOWN),
    Fault("指标进度", "方向", "高", catalogue.CHOICE_UNKNOWN),
    Fault("指标进度", "期别", "上个月", catalogue.PERIOD_UNREADABLE),
    Fault("指标进度", "期别", "2026年13月", catalogue.PERIOD_UNREADABLE),
    Fault("指标进度", "计划累计", "一百", catalogue.NUMBER_UNREADABLE),
    Fault("指标进度", "实际累计", True, catalogue.NUMBER_UNREADABLE),
    Fault("进展反馈", "编号", "B9", catalogue.NUMBER_UNKNOWN),
    Fault("进展反馈", "反馈日期", None, catalogue.EVENT_DATE_MISSING),
    Fault("进展反馈", "反馈日期", "5月1日", catalogue.DATE_UNREADABLE, (catalogue.EVENT_DATE_MISSING,)),
    Fault("进展反馈", "填报单位", "县统计局", catalogue.UNIT_UNKNOWN),
    Fault("进展反馈", "完成进度", "过半", catalogue.SHARE_UNREADABLE),
    Fault("进展反馈", "处理结果", "同意", catalogue.CHOICE_UNKNOWN),
    Fault("督查记录", "日期", None, catalogue.EVENT_DATE_MISSING),
    Fault("督查记录", "事件", "开会", catalogue.CHOICE_UNKNOWN),
    Fault("督查记录", "编号", "A1、B9", catalogue.NUMBER_UNKNOWN),
    Fault("督查记录", "单位", "县统计局", catalogue.UNIT_UNKNOWN),
    Fault("督查记录", "限期", "三天内", catalogue.DATE_UNREADABLE),
    Fault("督查记录", "回复日期", "已回", catalogue.DATE_UNREADABLE),
    Fault("调整申请", "编号", "B9", catalogue.NUMBER_UNKNOWN),
    Fault("调整申请", "批准日期", None, catalogue.APPROVAL_UNDATED),
    Fault("调整申请", "新值", "往后推", catalogue.ADJUSTMENT_UNREADABLE),
    Fault("调整申请", "新值", None, catalogue.ADJUSTMENT_UNREADABLE),
    Fault("调整申请", "结果", "同意", catalogue.CHOICE_UNKNOWN),
    Fault("调整申请", "调整事项", "时限", catalogue.CHOICE_UNKNOWN),
    Fault("会商调度", "编号", "B9", catalogue.NUMBER_UNKNOWN),
    Fault("会商调度", "完成时限", "开春", catalogue.DEADLINE_UNREADABLE),
    Fault("会商调度", "责任单位", "县统计局", catalogue.UNIT_UNKNOWN),
    Fault("单位", "类别", "部门", catalogue.CHOICE_UNKNOWN),
    Fault("单位", "单位名称", "县水务局", catalogue.UNIT_TWICE, (), at="单位!A5"),
    Fault("工作日历", "日期", "国庆", catalogue.DATE_UNREADABLE),
    Fault("工作日历", "类型", "上班", catalogue.CHOICE_UNKNOWN),
    Fault("设置", "取值", "今年", catalogue.SETTING_BAD),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_one_wrong_cell(fault: Fault) -> None:
    outcome = judged(with_cell(fault.sheet, fault.header, fault.value))
    at = fault.at or f"{fault.sheet}!{cell_of(fault.sheet, fault.header)}"
    seen = [(item.code, f"{item.sheet}!{item.cell}", item.severity) for item in found(outcome)]
    assert (fault.kind.code, at, fault.kind.severity) in seen
    if not (fault.sheet == "单位" and fault.header == "单位名称") and not (
        fault.sheet == LEDGER and fault.header == "工作任务"
    ):
        assert sorted(code for code, _, _ in seen) == sorted(kind.code for kind in (fault.kind, *fault.also))


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_only_errors_on_the_row_itself_make_it_unverified(fault: Fault) -> None:
    outcome = judged(with_cell(fault.sheet, fault.header, fault.value))
    broken = {item.row for item in found(outcome) if item.severity == ERROR and item.sheet == LEDGER}
    open_items = [verdict for verdict in outcome.verdicts if verdict.status not in ("已完成", "已销号")]
    assert {v.task.place.row for v in open_items if v.status == UNVERIFIED} == broken & {
        v.task.place.row for v in open_items
    }


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_messages_are_finished_sentences(fault: Fault) -> None:
    for item in judged(with_cell(fault.sheet, fault.header, fault.value)).findings:
        for text in (item.message, item.advice):
            assert text.strip()
            assert not {"{", "}"} & set(text)
            assert "None" not in text
            assert "\n" not in text
        assert item.column is None or item.column in item.message or item.column in CELL_NAMES_IMPLIED


# 说法里不重复列名也说得清的几列
CELL_NAMES_IMPLIED = {"编号", "工作任务", "牵头单位", "完成时限", "星级", "日期", "反馈日期", "取值", "项目", "办理状态", "办结日期", "实际启动日期", "方案备案日期", "批准日期", "新值", "事由", "完成进度", "单位名称", "简称"}  # fmt: skip


def test_findings_come_errors_first() -> None:
    outcome = judged({**with_cell(LEDGER, "完成进度", "过半"), "督查记录": [{"日期": None, "事件": "开会"}]})
    order = [SEVERITIES.index(item.severity) for item in outcome.findings]
    assert order == sorted(order)
    assert {ERROR, WARNING, NOTICE} == {item.severity for item in outcome.findings}


def test_a_missing_column_in_an_added_ledger_is_a_warning() -> None:
    heads = [column.name for column in layout().ledger.columns if column.name != "立项日期" and not column.engine]
    grids = dict(MemoryBook.of(SAMPLE).sheets())
    row = tuple({**GOOD, "编号": "Z1"}.get(head) for head in heads)
    grids["招商专班"] = Grid((("招商专班台账",), (), tuple(heads), row))
    outcome = recompute(read_ledger(grids, AS_OF).ledger, all_circulars(), AS_OF)
    assert [(item.code, item.sheet, item.column) for item in found(outcome)] == [("S01", "招商专班", "立项日期")]
    assert {verdict.task.number: verdict.status for verdict in outcome.verdicts} == {"A1": "正常推进", "Z1": "正常推进"}


def test_error_values_pasted_over_rows_are_one_finding_per_block() -> None:
    rows = [GOOD, {"编号": REF, "工作任务": REF}, {"编号": REF}, {**GOOD, "编号": "A2"}, {"工作任务": REF}]
    outcome = judged({**SAMPLE, LEDGER: rows})
    assert [(item.code, item.row) for item in found(outcome)] == [("C10", 5), ("C10", 8)]
    assert "2 行" in found(outcome)[0].message
    assert [verdict.task.number for verdict in outcome.verdicts] == ["A1", "A2"]


def test_an_error_value_in_the_content_of_a_numbered_row_shows_the_error_value() -> None:
    outcome = judged({**SAMPLE, LEDGER: [GOOD, {**GOOD, "编号": "A2", "工作任务": REF}]})
    assert [item.code for item in found(outcome)] == ["C10"]
    assert "#REF!" in found(outcome)[0].message


def test_missing_settings_are_named_once() -> None:
    outcome = judged(SAMPLE)
    missing = [item for item in outcome.findings if item.code == "S02"]
    assert [(item.severity, item.sheet) for item in missing] == [(NOTICE, "设置")]
    assert "县名" in missing[0].message


@pytest.mark.parametrize("sheet", [sheet for sheet in layout().order if sheet != "首页"])
def test_a_missing_sheet_is_refused_by_name(sheet: str) -> None:
    grids = {name: grid for name, grid in MemoryBook.of(SAMPLE).sheets().items() if name != sheet}
    with pytest.raises(StructureError) as refusal:
        read_ledger(grids, AS_OF)
    assert sheet in refusal.value.message
    assert refusal.value.advice


def test_a_workbook_without_any_ledger_is_refused() -> None:
    with pytest.raises(StructureError, match="不是督办台账"):
        read_ledger({"Sheet1": Grid((("甲", "乙"),))}, AS_OF)


@pytest.mark.parametrize("sheet", [LEDGER, "督查记录", "设置", "单位"])
def test_missing_repeated_and_merged_headers_are_refused(sheet: str) -> None:
    grids = dict(MemoryBook.of(SAMPLE).sheets())
    rows = grids[sheet].rows
    head = rows[2]
    for broken, word in (
        (Grid((*rows[:2], (None, *head[1:]), *rows[3:])), str(head[0])),
        (Grid((*rows[:2], (*head, head[0]), *rows[3:])), "重复"),
        (Grid(rows, ((4, 1, 6, 1),)), "合并"),
    ):
        with pytest.raises(StructureError) as refusal:
            read_ledger({**grids, sheet: broken}, AS_OF)
        assert word in refusal.value.message
        assert sheet in refusal.value.message


def test_headers_may_be_written_with_spaces_breaks_full_width_and_aliases() -> None:
    grids = dict(MemoryBook.of(SAMPLE).sheets())
    rows = grids[LEDGER].rows
    odd = {
        "工作任务": "工作\n任务",
        "完成时限": " 完成 时限 ",
        "牵头单位": "主要责任单位",
        "完成进度": "完成比例（%）",
        "编号": "编　号",
    }
    head = tuple(odd.get(str(name), name) for name in rows[2])
    grids[LEDGER] = Grid((("题",), ("填报单位：",), ("单位：件",), head, *rows[3:]))
    outcome = recompute(read_ledger(grids, AS_OF).ledger, all_circulars(), AS_OF)
    assert [(verdict.task.number, verdict.status) for verdict in outcome.verdicts] == [("A1", "正常推进")]


def test_every_kind_of_finding_is_met_in_some_test() -> None:
    kinds = {value.code: value for value in vars(catalogue).values() if isinstance(value, Kind)}
    in_scenarios = {
        text.split()[0] for case in CASES for key in ("findings", "notices") for text in case["expect"].get(key, [])
    }
    here = {kind.code for fault in FAULTS for kind in (fault.kind, *fault.also)} | {"S01", "S02", "C09", "C10"}
    assert set(kinds) == in_scenarios | here
    assert len({(kind.message, kind.code) for kind in kinds.values()}) == len(kinds)
    assert all(kind.severity in SEVERITIES and kind.group and kind.advice for kind in kinds.values())


def test_catalogue_placeholders_are_plain_names() -> None:
    for kind in (value for value in vars(catalogue).values() if isinstance(value, Kind)):
        names = [
            name
            for text in (kind.message, kind.advice)
            for _, name, _, _ in string.Formatter().parse(text)
            if name is not None
        ]
        assert all(name.isidentifier() for name in names), kind.code


def scenario(**cells: object) -> Outcome:
    case = {"settings": {}, "as_of": AS_OF}
    sheets = {**tables(case), LEDGER: [{**GOOD, **cells}]}
    return judged(sheets)


ODD_VALUES: list[object] = [
    True, False, 0, -1, 1, 10**30, -(10**30), 1e308, 0.1 + 0.2, date(1, 1, 1), date(1900, 1, 1), date(9999, 12, 31), datetime(2026, 5, 20, 13, 45, 59),
    time(8, 30), "nan", "NaN", "inf", "-", "——", "0.5 ", "０.５", "50％", "50%%", "%", "1/2", "1/0", "一半", "#N/A", "=A1", "'", '"', "a" * 40000, "　", " \n ",
    "\t", "{x}", "{", "%s", "2026-05-20T00:00:00", "20260520", 20260520, 46162, 46162.5, "A1\nA2", "、、", "\x00", "𠮷", "1e400", "0001-01-01",
    CellError("#N/A"),
]  # fmt: skip
CARD = {
    "建议编号": "23橙-AAAAAA", "单位": "县教育局", "牌": "橙牌", "事由": "推进不力进度滞后", "编号": "A1", "事实": "旧事实", "条款": "友政办发〔2023〕1号 二（二）",
    "文书": "约谈通知", "状态": "待确认",
}  # fmt: skip
COLUMNS = [
    (sheet, column.name) for sheet in layout().order if (table := layout().table_of(sheet)) for column in table.columns
]


@pytest.mark.parametrize(("sheet", "header"), COLUMNS, ids=["-".join(place) for place in COLUMNS])
def test_no_odd_cell_stops_the_reading_or_the_judging(sheet: str, header: str) -> None:
    base = CARD if sheet == "亮牌建议" else SAMPLE.get(sheet, [{}])[-1]
    odd = [{**base, "编号": f"A{index}", header: value} for index, value in enumerate(ODD_VALUES)]
    outcome = judged({**SAMPLE, sheet: [*SAMPLE.get(sheet, []), *odd]})
    texts = [text for item in outcome.findings for text in (item.message, item.advice)]
    assert [text[:80] for text in texts if "None" in text] == []
    assert [text[:80] for text in texts if len(text) > 400] == []


@pytest.mark.parametrize("answer", [None, "是", "否"])
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("牌", None),
        ("牌", "紫牌"),
        ("条款", None),
        ("条款", "二（二）"),
        ("事由", None),
        ("单位", None),
        ("编号", None),
    ],
)
def test_a_card_row_typed_over_by_staff_stops_nothing(header: str, value: object, answer: str | None) -> None:
    judged({**SAMPLE, "亮牌建议": [{**CARD, "确认": answer, header: value}]})


@pytest.mark.parametrize(
    "ground", ["一年内被约谈两次以上（x）", "一年内被约谈两次以上（2026-13-40）", "一年内被约谈两次以上"]
)
def test_a_red_row_with_a_ground_typed_over_stops_nothing(ground: str) -> None:
    record = {"日期": date(2026, 5, 1), "事件": "约谈", "单位": "教育局"}
    judged({**SAMPLE, "督查记录": [record], "亮牌建议": [{**CARD, "牌": "红牌", "事由": ground, "确认": "是"}]})


@pytest.mark.parametrize("header", ["完成进度", "完成时限", "立项日期", "星级", "编号"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), "9999年12月"], ids=str)
def test_values_beyond_any_number_or_calendar_stop_nothing(header: str, value: object) -> None:
    assert len(judged({**SAMPLE, LEDGER: [{**GOOD, header: value}]}).verdicts) == 1


@pytest.mark.parametrize("item", sorted(setting_specs()))
def test_no_odd_setting_stops_the_judging(item: str) -> None:
    star = {**GOOD, "工作类别": "重大项目建设类", "星级": 5}
    interviews = [{"日期": date(2026, month, 1), "事件": "约谈", "编号": "A1", "单位": "教育局"} for month in (1, 4, 5)]
    for value in ODD_VALUES:
        if item == "提前工作日" and (value in (10**30, 1e308, "1e400") or value in (20260520, 46162, "20260520")):
            continue  # 数到历法尽头要很久，另测
        judged(
            {
                **SAMPLE,
                LEDGER: [star, {**GOOD, "编号": "A3"}],
                "督查记录": interviews,
                "设置": [{"项目": item, "取值": value}],
            }
        )


@pytest.mark.parametrize("item", ["提前工作日", "提示反馈工作日"])
def test_an_absurd_number_of_workdays_is_refused_as_a_setting(item: str) -> None:
    outcome = judged({**SAMPLE, "设置": [{"项目": item, "取值": 5000}]})
    assert [finding.code for finding in found(outcome)] == ["C19"]


def test_blank_rows_between_and_rows_of_spaces_are_passed_over() -> None:
    rows: list[Mapping[str, object]] = [
        {},
        GOOD,
        {},
        {"编号": "  ", "工作任务": " "},
        {"编号": "一、", "工作任务": None},
        {**GOOD, "编号": "A2"},
        {},
    ]
    outcome = judged({**SAMPLE, LEDGER: rows})
    assert [(v.task.number, v.task.place.row) for v in outcome.verdicts] == [("A1", 5), ("A2", 9)]
    assert found(outcome) == []


def test_numbers_typed_as_numbers_match_text() -> None:
    sheets: dict[str, Any] = {
        sheet: [{**row, "编号": "7"} if "编号" in row else row for row in rows] for sheet, rows in SAMPLE.items()
    }
    sheets[LEDGER] = [{**GOOD, "编号": 7}]
    sheets["时间节点"] = [{**SAMPLE["时间节点"][0], "编号": 7.0}]
    outcome = judged(sheets)
    assert found(outcome) == []
    assert [verdict.task.number for verdict in outcome.verdicts] == ["7"]


def test_a_long_number_typed_as_a_number_is_not_cut() -> None:
    sheets: dict[str, Any] = {
        sheet: [{**row, "编号": str(10**34)} if "编号" in row else row for row in rows]
        for sheet, rows in SAMPLE.items()
    }
    sheets[LEDGER] = [{**GOOD, "编号": 10**34}]
    assert [verdict.task.number for verdict in judged(sheets).verdicts] == [str(10**34)]


def test_a_finding_carries_the_items_number() -> None:
    item = next(item for item in found(scenario(完成进度="过半")))
    assert (item.number, item.row, item.column) == ("A1", 4, "完成进度")
    assert replace(item, message="") != item

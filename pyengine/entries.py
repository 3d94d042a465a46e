"""行 → 事实：各张表的一行怎样读成一条事实。读不准的由 Row 逐格记为问题。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from pyengine import findings as catalogue
from pyengine import model
from pyengine.cells import Row, show
from pyengine.deadlines import Reckoning, read_deadline
from pyengine.grid import CellError
from pyengine.layout import header_key, layout
from pyengine.periods import WorkCalendar
from pyengine.points import read_points
from pyengine.settings import Settings
from pyengine.units import Directory, is_collective, split_units

_YEAR = re.compile(r"(20\d\d)年?度?")


@dataclass(frozen=True)
class Context:
    """读一行时要知道的：单位名录、台账年度、设置、工作日历，读节点时还有各编号的立项日期。"""

    directory: Directory
    year: int
    settings: Settings
    calendar: WorkCalendar
    initiated: Mapping[str, date] = field(default_factory=dict)

    def deadline(self, row: Row, header: str, initiated: date | None = None) -> model.Deadline:
        """时限：没有写年份的取立项年份，没有立项日期的取台账年度；立行立改、n日内自立项日期起算。"""
        year = initiated.year if initiated else self.year
        return read_deadline(row.value(header), replace(self.reckoning, year=year, initiated=initiated))

    @cached_property
    def reckoning(self) -> Reckoning:
        """照台账年度和设置读时限；没有起算日。"""
        return Reckoning(
            self.year, self.calendar, early=self.settings.int("月初按几日"), inclusive=self.settings.yes("时限含当日"),
            at_once=self.settings.int("立行立改工作日"), roll=self.settings.yes("届满遇休顺延"),
        )  # fmt: skip


def read_task(row: Row, context: Context) -> model.Task | None:
    """事项；不是事项的行（没有工作任务，或是合计行）为 None。"""
    number, content = row.text("编号"), row.text("工作任务")
    row.number = number
    if not content or (not number and isinstance(row.raw("工作任务"), int | float)):  # 合计行里的数不是事项
        if number and row.raw("牵头单位") is not None:
            row.note(catalogue.CONTENT_MISSING, "工作任务")
        return None
    if not number:
        row.note(catalogue.NUMBER_MISSING, "编号")
    initiated = row.date("立项日期")
    leads, responsible, collectives = _units(row, context.directory)
    return model.Task(
        place=row.place,
        number=number,
        source=row.text("事项来源"),
        content=content,
        goal=row.text("年度目标"),
        category=row.choice("工作类别"),
        stars=_stars(row),
        lead_leader=row.text("牵头领导"),
        lead_units=leads,
        responsible_units=responsible,
        initiated=initiated,
        start_due=context.deadline(row, "启动时限", initiated),
        started=row.date("实际启动日期"),
        due=context.deadline(row, "完成时限", initiated),
        state=row.choice("办理状态", catalogue.STATE_UNKNOWN),
        progress=row.share("完成进度"),
        latest=row.text("最新进展"),
        problems=row.text("存在问题"),
        next_steps=row.text("下步措施"),
        plan_reviewed=row.date("方案审查日期"),
        plan_filed=row.date("方案备案日期"),
        finished=row.date("办结日期"),
        closed=row.date("销号日期"),
        remark=row.text("备注"),
        collectives=collectives,
    )


_Names = tuple[str, ...]


def _units(row: Row, directory: Directory) -> tuple[_Names, _Names, tuple[tuple[str, _Names], ...]]:
    """（牵头单位，责任单位，展开了的统称）：责任单位里的统称换成它的各单位，不重复；牵头的不再算责任单位。"""
    if not isinstance(row.raw("牵头单位"), CellError) and not split_units(row.text("牵头单位")):
        row.note(catalogue.LEAD_MISSING, "牵头单位")
    leads = row.units("牵头单位", directory, lead=True)
    written = dict.fromkeys((*row.helpers("牵头单位", directory), *row.units("责任单位", directory)))
    collectives = {name: members for name in written if (members := directory.expand(name))}
    units = (unit for name in written for unit in collectives.get(name, (name,)))
    return leads, tuple(dict.fromkeys(unit for unit in units if unit not in leads)), tuple(collectives.items())


def _stars(row: Row) -> int | None:
    text = row.text("星级")
    digits = text.rstrip("星★级") or str(text.count("★") or "")
    if digits in ("3", "4", "5"):
        return int(digits)
    if text:
        row.note(catalogue.CHOICE_UNKNOWN, "星级", value=show(text), choices="3、4、5")
    return None


def read_node(row: Row, context: Context) -> model.Node:
    """时间节点。"""
    row.number = row.text("编号")
    return model.Node(
        row.place,
        row.number,
        row.text("节点内容"),
        read_deadline(row.value("完成时限"), replace(context.reckoning, initiated=context.initiated.get(row.number))),
        _weight(row),
        row.date("实际完成日期"),
    )


def _weight(row: Row) -> Fraction | None:
    weight = row.decimal("权重")
    if weight is not None and weight < 0:
        row.note(catalogue.NUMBER_UNREADABLE, "权重", value=show(row.raw("权重")))
        return None
    return weight


def read_indicator(row: Row, context: Context) -> model.Indicator:
    """指标进度的一行。"""
    row.number = row.text("编号")
    return model.Indicator(
        row.place, row.number, row.text("指标名称"), row.text("计量单位"), row.choice("方向"), row.text("期别"),
        row.decimal("计划累计"), row.decimal("实际累计"),
    )  # fmt: skip


def read_feedback(row: Row, context: Context) -> model.Feedback:
    """进展反馈的一行。"""
    row.number = row.text("编号")
    units = row.units("填报单位", context.directory)
    return model.Feedback(
        row.place, row.number, row.date("反馈日期"), units[0] if units else "", row.share("完成进度"),
        row.text("进展情况"), row.choice("处理结果"), row.text("退回原因"), row.text("提示文号"),
    )  # fmt: skip


def read_record(row: Row, context: Context) -> model.Record:
    """督查记录的一行。亮牌的行由系统照牌登记，单位不在名录里的，原处已经报过，不重报。"""
    numbers, event = row.list("编号"), row.choice("事件")
    row.number = numbers[0] if numbers else ""
    units = (
        context.directory.read(row.text("单位"), lead=False)[0]
        if event == "亮牌"
        else row.units("单位", context.directory)
    )
    return model.Record(
        row.place, row.date("日期"), event, numbers, units, row.text("事由"),
        row.text("文号"), row.date("限期"), row.date("回复日期"), row.text("备注"),
    )  # fmt: skip


def read_adjustment(row: Row, context: Context) -> model.Adjustment:
    """调整申请的一行。"""
    row.number = row.text("编号")
    new = row.value("新值")
    return model.Adjustment(
        row.place, row.number, row.date("申请日期"), row.choice("调整事项"), row.value("原值"), new,
        read_deadline(new, context.reckoning), row.date("批准日期"), row.choice("结果"),
    )  # fmt: skip


def read_meeting(row: Row, context: Context) -> model.Meeting:
    """会商调度的一行。"""
    row.number = row.text("编号")
    on = row.date("日期")
    due = read_deadline(row.value("完成时限"), replace(context.reckoning, initiated=on, meeting=on))
    return model.Meeting(
        row.place, on, row.text("议定事项"), row.number, row.units("责任单位", context.directory), due, row.text("办理结果"),
    )  # fmt: skip


def read_unit(row: Row, context: Context) -> model.Unit | None:
    """单位名录的一行；没有名称的为 None。"""
    name = row.text("单位名称")
    if not name:
        return None
    return model.Unit(
        row.place, name, row.list("简称"), row.choice("类别"), row.text("主要负责人"), row.text("职务"),
        row.text("分管县领导"), row.text("联络员"), row.text("电话"),
    )  # fmt: skip


def read_appraisal(row: Row, context: Context) -> model.AppraisalRow | None:
    """年度考评的一行；没有单位也没有加减分的为 None。"""
    raw = row.raw("加减分")
    if not row.text("单位") and (raw is None or (isinstance(raw, str) and not raw.strip())):
        return None
    year, unit, points = _appraised_year(row, context), _appraised_unit(row, context), read_points(row.value("加减分"))
    if points is None:
        _unread(row, "加减分", "读不出分值", "填数字，或逐条写明：+0.5 经验刊发；-1 迟报")
    readable = bool(year and unit) and points is not None and not isinstance(raw, CellError)
    return model.AppraisalRow(row.place, year, unit, points or (), readable)


def _appraised_year(row: Row, context: Context) -> int | None:
    match = _YEAR.fullmatch(header_key(row.text("年度")))
    year = int(match[1]) if match else None
    if year is None:
        _unread(row, "年度", "不是年度", "填四位数的年度，如 2026")
    elif year > context.year:
        _unread(row, "年度", f"晚于台账年度 {context.year}", "核对年度；明年的考评记在明年的台账里")
        return None
    return year


def _appraised_unit(row: Row, context: Context) -> str:
    units = row.units("单位", context.directory)
    if len(units) != 1 or (units[0] not in context.directory.members and is_collective(units[0])):
        _unread(row, "单位", "不是一个单位", "一行写一个单位")
        return ""
    return units[0]


def _unread(row: Row, header: str, why: str, how: str) -> None:
    if not isinstance(row.raw(header), CellError):  # 错误值已经报过
        row.note(catalogue.APPRAISAL_UNREADABLE, header, value=show(row.raw(header)), why=why, how=how)


def read_day(row: Row, context: Context) -> tuple[date, bool] | None:
    """工作日历的一行：(日期, 是否上班)；写不全的为 None。"""
    day, kind = row.date("日期"), row.choice("类型")
    return (day, kind == "班") if day and kind in layout().choices["day_kind"] else None


def read_card_row(row: Row, context: Context) -> model.CardRow | None:
    """亮牌建议表上次写下的一行；没有建议编号的为 None。"""
    row.number = row.text("建议编号")
    if not row.number:
        return None
    return model.CardRow(
        row.place, row.text("建议编号"), row.text("单位"), row.text("牌"), row.text("事由"), row.list("编号"), row.text("事实"),
        row.text("条款"), row.text("文书"), row.text("状态"), row.choice("确认"), row.text("确认人"),
    )  # fmt: skip

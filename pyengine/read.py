"""读台账：格子 → Ledger。只读不判；读不准的逐格记为校验问题。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from pyengine import findings as catalogue
from pyengine import model
from pyengine.cells import Row, rows_of, show
from pyengine.deadlines import read_deadline
from pyengine.findings import finding
from pyengine.grid import CellError, Grid
from pyengine.layout import column_letter, layout
from pyengine.model import Finding, Ledger, Place
from pyengine.periods import WorkCalendar
from pyengine.settings import Settings, SettingValue, parse_setting, setting_specs
from pyengine.tables import SheetTable, find_tables
from pyengine.units import Directory

T = TypeVar("T")

_TITLE_YEAR = re.compile(r"(20\d\d)\s*年")


@dataclass(frozen=True, slots=True)
class Reading:
    """读台账的结果：事实（含读时发现的问题）和各表的结构。"""

    ledger: Ledger
    tables: Mapping[str, SheetTable]


@dataclass(slots=True)
class _Reader:
    """读一个工作簿时共用的东西。"""

    grids: Mapping[str, Grid]
    tables: Mapping[str, SheetTable]
    findings: list[Finding] = field(default_factory=list)
    directory: Directory = field(default_factory=lambda: Directory({}, {}))
    year: int = 0

    def rows(self, key: str) -> Iterator[Row]:
        """一类表的全部数据行，按工作簿次序。"""
        for table in self.tables.values():
            if table.table.key == key:
                yield from rows_of(table, self.grids[table.sheet], self.findings.append)

    def each(self, key: str, read: Callable[[Row, _Reader], T | None]) -> tuple[T, ...]:
        """逐行读成 T；读成 None 的行不要。"""
        return tuple(item for item in (read(row, self) for row in self.rows(key)) if item is not None)


def read_ledger(grids: Mapping[str, Grid], as_of: date) -> Reading:
    """读出台账；as_of 只在别处都看不出年度时用来定年度。结构不对抛 StructureError。"""
    reader = _Reader(grids, find_tables(grids))
    settings = _settings(reader)
    units = reader.each("units", _unit)
    reader.directory = Directory.of(units)
    reader.year = _year(reader, settings, as_of)
    for table in reader.tables.values():
        _note_missing_columns(reader, table)
    ledger = Ledger(
        year=reader.year,
        settings=settings,
        calendar=WorkCalendar(dict(reader.each("calendar", _day))),
        tasks=_tasks(reader),
        nodes=reader.each("nodes", _node),
        indicators=reader.each("indicators", _indicator),
        feedback=reader.each("feedback", _feedback),
        records=reader.each("records", _record),
        adjustments=reader.each("adjustments", _adjustment),
        meetings=reader.each("meetings", _meeting),
        units=units,
        leaders=tuple(row.text("姓名") for row in reader.rows("leaders")),
        card_rows=reader.each("cards", _card_row),
        reminder_answers=dict(reader.each("reminders", _reminder_answer)),
        finding_answers=dict(reader.each("findings", _finding_answer)),
        last_refreshed=_last_refreshed(grids["首页"]),
    )
    return Reading(replace(ledger, findings=tuple(reader.findings)), reader.tables)


def _settings(reader: _Reader) -> Settings:
    values: dict[str, SettingValue] = {}
    for row in reader.rows("settings"):
        item, value = row.text("项目"), row.value("取值")
        spec = setting_specs().get(item)
        if spec is None:
            continue
        try:
            values[item] = parse_setting(spec, value)
        except (ValueError, ZeroDivisionError):
            default = spec.default or "（空）"
            row.note(catalogue.SETTING_BAD, "取值", item=item, value=show(value), read=default, note=spec.note)
            values[item] = parse_setting(spec, None)
    _note_missing_settings(reader, values)
    return Settings(values)


def _note_missing_settings(reader: _Reader, values: Mapping[str, object]) -> None:
    absent = [item for item in setting_specs() if item not in values]
    if absent:
        table = reader.tables["设置"]
        names = "、".join(absent[:3]) + ("……" if len(absent) > 3 else "")
        place = Place("设置", table.header_row, table.columns)
        reader.findings.append(finding(catalogue.SETTINGS_MISSING, place, "项目", count=len(absent), items=names))


def _note_missing_columns(reader: _Reader, table: SheetTable) -> None:
    place = Place(table.sheet, table.header_row, table.columns)
    for column in table.table.staff:
        if column.name in table.missing:
            reader.findings.append(finding(catalogue.COLUMN_MISSING, place, column.name))


def _year(reader: _Reader, settings: Settings, as_of: date) -> int:
    stated = settings["年度"]
    if isinstance(stated, int):
        return stated
    days = (row.raw("立项日期") for row in reader.rows("ledger"))
    years = Counter(day.year for day in days if isinstance(day, date))
    if years:
        return max(years, key=lambda year: (years[year], year))
    titles = (str(reader.grids[sheet].at(1, 1) or "") for sheet in layout().ledger.sheets)
    found = next((match for match in map(_TITLE_YEAR.search, titles) if match), None)
    return int(found[1]) if found else as_of.year


def _tasks(reader: _Reader) -> tuple[model.Task, ...]:
    tasks: list[model.Task] = []
    junk: list[Row] = []
    for row in reader.rows("ledger"):
        if any(isinstance(row.raw(header), CellError) for header in ("编号", "工作任务")):
            junk.append(row)
            continue
        task = _task(row, reader)
        if task is not None:
            tasks.append(task)
    _note_junk(reader, junk)
    return tuple(tasks)


def _note_junk(reader: _Reader, junk: list[Row]) -> None:
    start = 0
    for index in range(1, len(junk) + 1):
        last = junk[index - 1].place
        if index < len(junk) and (junk[index].place.sheet, junk[index].place.row) == (last.sheet, last.row + 1):
            continue
        first, value = junk[start].place, junk[start].raw("编号") or junk[start].raw("工作任务")
        area = f"{column_letter(min(first.columns.values()))}{first.row}:{column_letter(max(first.columns.values()))}{last.row}"
        reader.findings.append(
            finding(catalogue.ROWS_ERROR, first, "编号", cells=area, count=index - start, value=value)
        )
        start = index


def _task(row: Row, reader: _Reader) -> model.Task | None:
    number, content = row.text("编号"), row.text("工作任务")
    row.number = number
    if not content or (not number and isinstance(row.raw("工作任务"), int | float)):  # 合计行里的数不是事项
        if number and row.raw("牵头单位") is not None:
            row.note(catalogue.CONTENT_MISSING, "工作任务")
        return None
    if not number:
        row.note(catalogue.NUMBER_MISSING, "编号")
    if row.raw("牵头单位") is None:
        row.note(catalogue.LEAD_MISSING, "牵头单位")
    initiated = row.date("立项日期")
    year = initiated.year if initiated else reader.year
    return model.Task(
        place=row.place,
        number=number,
        source=row.text("事项来源"),
        content=content,
        goal=row.text("年度目标"),
        category=row.choice("工作类别"),
        stars=_stars(row),
        lead_leader=row.text("牵头领导"),
        lead_units=row.units("牵头单位", reader.directory, lead=True),
        responsible_units=row.units("责任单位", reader.directory),
        initiated=initiated,
        start_due=row.deadline("启动时限", year),
        started=row.date("实际启动日期"),
        due=row.deadline("完成时限", year),
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
    )


def _stars(row: Row) -> int | None:
    text = row.text("星级")
    digits = text.rstrip("星★级") or str(text.count("★") or "")
    if digits in ("3", "4", "5"):
        return int(digits)
    if text:
        row.note(catalogue.CHOICE_UNKNOWN, "星级", value=text, choices="3、4、5")
    return None


def _node(row: Row, reader: _Reader) -> model.Node:
    row.number = row.text("编号")
    return model.Node(
        row.place,
        row.number,
        row.text("节点内容"),
        row.deadline("完成时限", reader.year),
        row.decimal("权重"),
        row.date("实际完成日期"),
    )


def _indicator(row: Row, reader: _Reader) -> model.Indicator:
    row.number = row.text("编号")
    return model.Indicator(
        row.place, row.number, row.text("指标名称"), row.text("计量单位"), row.choice("方向"), row.text("期别"),
        row.decimal("计划累计"), row.decimal("实际累计"),
    )  # fmt: skip


def _feedback(row: Row, reader: _Reader) -> model.Feedback:
    row.number = row.text("编号")
    units = row.units("填报单位", reader.directory)
    return model.Feedback(
        row.place, row.number, row.date("反馈日期"), units[0] if units else "", row.share("完成进度"),
        row.text("进展情况"), row.choice("处理结果"), row.text("退回原因"), row.text("提示文号"),
    )  # fmt: skip


def _record(row: Row, reader: _Reader) -> model.Record:
    numbers = row.list("编号")
    row.number = numbers[0] if numbers else ""
    return model.Record(
        row.place, row.date("日期"), row.choice("事件"), numbers, row.units("单位", reader.directory), row.text("事由"),
        row.text("文号"), row.date("限期"), row.date("回复日期"), row.text("备注"),
    )  # fmt: skip


def _adjustment(row: Row, reader: _Reader) -> model.Adjustment:
    row.number = row.text("编号")
    new = row.value("新值")
    return model.Adjustment(
        row.place, row.number, row.date("申请日期"), row.choice("调整事项"), row.value("原值"), new,
        read_deadline(new, reader.year), row.date("批准日期"), row.choice("结果"),
    )  # fmt: skip


def _meeting(row: Row, reader: _Reader) -> model.Meeting:
    row.number = row.text("编号")
    return model.Meeting(
        row.place, row.date("日期"), row.text("议定事项"), row.number, row.units("责任单位", reader.directory),
        row.deadline("完成时限", reader.year), row.text("办理结果"),
    )  # fmt: skip


def _unit(row: Row, reader: _Reader) -> model.Unit | None:
    name = row.text("单位名称")
    if not name:
        return None
    return model.Unit(
        row.place, name, row.list("简称"), row.choice("类别"), row.text("主要负责人"), row.text("职务"),
        row.text("分管县领导"), row.text("联络员"), row.text("电话"),
    )  # fmt: skip


def _day(row: Row, reader: _Reader) -> tuple[date, bool] | None:
    day, kind = row.date("日期"), row.choice("类型")
    return (day, kind == "班") if day and kind in layout().choices["day_kind"] else None


def _card_row(row: Row, reader: _Reader) -> model.CardRow | None:
    if not row.text("建议编号"):
        return None
    return model.CardRow(
        row.place, row.text("建议编号"), row.text("单位"), row.text("牌"), row.text("事由"), row.list("编号"), row.text("事实"),
        row.text("条款"), row.text("文书"), row.text("状态"), row.choice("确认"), row.text("确认人"),
    )  # fmt: skip


def _reminder_answer(row: Row, reader: _Reader) -> tuple[tuple[str, str, date], str] | None:
    on, answer = row.raw("日期"), row.choice("处理")
    day = on.date() if isinstance(on, datetime) else on
    if not answer or not isinstance(day, date):
        return None
    return (row.text("类别"), f"{row.text('编号')}|{row.text('单位')}", day), answer


def _finding_answer(row: Row, reader: _Reader) -> tuple[tuple[str, str, str], str] | None:
    answer = row.choice("确认")
    if not answer:
        return None
    sheet = row.text("位置").split("!")[0]
    number, colon, _ = row.text("问题").partition("：")
    return (row.text("代码"), sheet, number if colon else ""), answer


def _last_refreshed(grid: Grid) -> date | None:
    place = grid.find("刷新时间")
    found = grid.at(place[0], place[1] + 1) if place else None
    return found.date() if isinstance(found, datetime) else found if isinstance(found, date) else None

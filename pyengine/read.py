"""读台账：格子 → Ledger。只读不判；读不准的逐格记为校验问题。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from pyengine import entries, model
from pyengine import findings as catalogue
from pyengine.cells import Row, rows_of, show
from pyengine.collectives import meanings
from pyengine.entries import Context
from pyengine.findings import finding
from pyengine.grid import CellError, Grid
from pyengine.layout import column_letter, layout
from pyengine.model import Finding, Ledger, Place, reminder_subject
from pyengine.periods import WorkCalendar
from pyengine.rulebook import all_circulars
from pyengine.settings import Settings, SettingSpec, SettingValue, parse_setting, setting_specs
from pyengine.tables import SheetTable, find_tables
from pyengine.units import Directory

T = TypeVar("T")

_ADDRESS = re.compile(r"([^!]+)!([A-Z]{1,3})\d+")
_TITLE_YEAR = re.compile(r"(20\d\d)\s*年")


@dataclass(frozen=True, slots=True)
class Reading:
    """读台账的结果：事实（含读时发现的问题）和各表的结构。"""

    ledger: Ledger
    tables: Mapping[str, SheetTable]

    def with_header(self, text: str) -> str:
        """开头是“表!G12”的话，在地址后补上表头：表!G12（完成时限）。"""
        match = _ADDRESS.match(text)
        table = self.tables.get(match[1]) if match else None
        heads = {column_letter(column): name for name, column in table.columns.items()} if table else {}
        head = heads.get(match[2]) if match else None
        return f"{text[: match.end()]}（{head}）{text[match.end() :].lstrip()}" if match and head else text


@dataclass(slots=True)
class _Reader:
    """读一个工作簿时共用的东西。"""

    grids: Mapping[str, Grid]
    tables: Mapping[str, SheetTable]
    findings: list[Finding] = field(default_factory=list)
    context: Context = field(default_factory=lambda: Context(Directory({}, {}), 0, Settings(), WorkCalendar()))

    def rows(self, key: str) -> Iterator[Row]:
        """一类表的全部数据行，按工作簿次序。"""
        for table in self.tables.values():
            if table.table.key == key:
                report = _unsaid if table.table.relisted else self.findings.append
                yield from rows_of(table, self.grids[table.sheet], report)

    def each(self, key: str, read: Callable[[Row, Context], T | None]) -> tuple[T, ...]:
        """逐行读成 T；读成 None 的行不要。"""
        return tuple(item for item in (read(row, self.context) for row in self.rows(key)) if item is not None)


def _unsaid(item: Finding) -> None:
    """整张重列的清单，系统的列会重写、行会挪走：读时不报，人的答复填得不对的，判定以后按留下的行报（doubts.odd_answers）。"""


def read_ledger(grids: Mapping[str, Grid], as_of: date) -> Reading:
    """读出台账；as_of 只在别处都看不出年度时用来定年度。结构不对抛 StructureError。"""
    reader = _Reader(grids, find_tables(grids))
    settings = _settings(reader)
    units = reader.each("units", entries.read_unit)
    settings = _checked(reader, settings, units)
    calendar = WorkCalendar(dict(reader.each("calendar", entries.read_day)))
    reader.context = Context(
        Directory.of(units, settings.text("县名"), settings.text("统称")),
        _year(reader, settings, as_of),
        settings,
        calendar,
    )
    for table in reader.tables.values():
        _note_missing_columns(reader, table)
    tasks = _tasks(reader)
    initiated = {task.number: task.initiated for task in tasks if task.initiated}
    reader.context = replace(reader.context, initiated=initiated)
    ledger = Ledger(
        year=reader.context.year,
        settings=settings,
        calendar=calendar,
        tasks=tasks,
        nodes=reader.each("nodes", entries.read_node),
        indicators=reader.each("indicators", entries.read_indicator),
        feedback=reader.each("feedback", entries.read_feedback),
        records=reader.each("records", entries.read_record),
        adjustments=reader.each("adjustments", entries.read_adjustment),
        meetings=reader.each("meetings", entries.read_meeting),
        units=units,
        leaders=tuple(row.text("姓名") for row in reader.rows("leaders")),
        card_rows=reader.each("cards", entries.read_card_row),
        reminder_answers=dict(reader.each("reminders", _reminder_answer)),
        shown_reminders=_shown_reminders(reader),
        finding_answers=dict(reader.each("findings", _finding_answer)),
        last_refreshed=last_refreshed(grids),
        appraisals=reader.each("appraisal", entries.read_appraisal),
        next_record=_next_record(reader.tables["督查记录"]),
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
            if item == "适用文件" and values[item] not in _pinnable():
                raise ValueError(value)
        except (ValueError, ZeroDivisionError) as error:
            values[item] = _default(row, spec, f"{error}；" if spec.kind == "collectives" else "")
    _note_missing_settings(reader, values)
    return Settings(values)


def _default(row: Row, spec: SettingSpec, why: str) -> SettingValue:
    """读不出的设置：报出来，按默认计。"""
    facts = {"item": spec.item, "value": show(row.value("取值")), "read": show(spec.default or "（空）")}
    row.note(catalogue.SETTING_BAD, "取值", **facts, note=f"{why}{spec.note}")
    return parse_setting(spec, None)


def _checked(reader: _Reader, settings: Settings, units: tuple[model.Unit, ...]) -> Settings:
    """统称的右边须是单位类别或单位表里的单位：有一个认不出，整项按默认。"""
    directory, kinds = Directory.of(units, settings.text("县名")), layout().choices["unit_category"]
    terms = (term for of in meanings(settings.text("统称")).values() for term in of)
    strange = next((term for term in terms if term not in kinds and directory.resolve(term) is None), None)
    row = next((row for row in reader.rows("settings") if row.text("项目") == "统称"), None)
    if strange is None or row is None:
        return settings
    default = _default(row, setting_specs()["统称"], f"“{strange}”不是单位类别，也不在单位名录里；")
    return Settings({**settings.values, "统称": default})


def _pinnable() -> frozenset[str]:
    """设置“适用文件”可填的：自动，或已收录的文号。"""
    return frozenset(("自动", *(circular.number for circular in all_circulars())))


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
        task = entries.read_task(row, reader.context)
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
        first, value = (
            junk[start].place,
            next(v for v in map(junk[start].raw, ("编号", "工作任务")) if isinstance(v, CellError)),
        )
        area = f"{column_letter(min(first.columns.values()))}{first.row}:{column_letter(max(first.columns.values()))}{last.row}"
        reader.findings.append(
            finding(catalogue.ROWS_ERROR, first, "编号", cells=area, count=index - start, value=value)
        )
        start = index


def _reminder_answer(row: Row, context: Context) -> tuple[tuple[str, str, date], str] | None:
    on, answer = row.raw("日期"), row.choice("处理")
    day = on.date() if isinstance(on, datetime) else on
    if not answer or not isinstance(day, date):
        return None
    return (row.text("类别"), f"{_subject(row)}|{row.text('单位')}", day), answer


def _subject(row: Row) -> str:
    return reminder_subject(row.text("类别"), row.text("编号"), row.text("内容"))


def _shown_reminders(reader: _Reader) -> dict[tuple[str, str, str], date]:
    """待办提醒表里已有的各条首次列出的日期；提示一条有几个编号的，逐个编号记，增减了编号也接得上。"""
    shown: dict[tuple[str, str, str], date] = {}
    for row in reader.rows("reminders"):
        on, kind = row.raw("日期"), row.text("类别")
        day = on.date() if isinstance(on, datetime) else on
        for number in (row.list("编号") or ("",)) if kind == "提示" else (_subject(row),):
            if isinstance(day, date):
                key = (kind, number, row.text("单位"))
                shown[key] = min(shown.get(key, day), day)
    return shown


def _finding_answer(row: Row, context: Context) -> tuple[tuple[str, str, str], str] | None:
    answer = row.choice("确认")
    if not answer:
        return None
    sheet = row.text("位置").split("!")[0]
    number, colon, _ = row.text("问题").partition("：")
    return (row.text("代码"), sheet, number if colon else ""), answer


def _next_record(table: SheetTable) -> Place:
    """督查记录末尾之后的第一行：系统补记的事件从这里写起。"""
    return Place(table.sheet, table.last_row + 1, table.columns)


def last_refreshed(grids: Mapping[str, Grid]) -> date | None:
    """首页上的刷新时间：上一次写入时的判定日；没有首页、没有写过则 None。"""
    grid = grids.get("首页", Grid())
    place = grid.find("刷新时间")
    found = grid.at(place[0], place[1] + 1) if place else None
    return found.date() if isinstance(found, datetime) else found if isinstance(found, date) else None

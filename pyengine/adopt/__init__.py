"""迁入：办公室原有的台账，不论什么样式，迁成督办台账；一格不丢，不悄悄猜，每一处推定都写在迁移报告里。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pyengine.adopt import chart
from pyengine.adopt.crosscheck import (
    check_columns,
    check_counts,
    check_formulas,
    check_hidden,
    check_sequence,
    check_twice,
)
from pyengine.adopt.desk import Desk
from pyengine.adopt.figures import check_figures
from pyengine.adopt.heads import known_heads
from pyengine.adopt.journal import COPIED, LEFT, SAME, Journal
from pyengine.adopt.mapping import SheetFound, SheetMap
from pyengine.adopt.master import Master, Value, letters
from pyengine.adopt.report import ReportRow, copy_name, report_rows, totals
from pyengine.adopt.roster import Row, directory_of, gathered, near_misses, places_in, roster_beside
from pyengine.adopt.source import Source
from pyengine.adopt.survey import COPY, LEDGER, SKIPPED, Finding, Part, Survey, survey
from pyengine.adopt.writer import write_item, write_notes
from pyengine.grid import Grid
from pyengine.layout import layout
from pyengine.tables import StructureError
from pyengine.terms import ERROR, NOTICE, WARNING


@dataclass(frozen=True, slots=True)
class Adoption:
    """迁入的结果：新台账各表的行、附表、报告，和要对人说的。"""

    survey: Survey
    rows: Mapping[str, Sequence[Mapping[str, Value]]]
    copies: Mapping[str, Grid]
    report: tuple[ReportRow, ...]
    totals: str
    year: int
    county: str
    roster: str
    doubts: Counter[str]

    @property
    def has_errors(self) -> bool:
        """有没有错误一级的。"""
        return bool(self.doubts[ERROR])

    def mapping(self) -> Iterator[SheetFound]:
        """认出来的对照，写对照表用。"""
        for finding in self.survey.found:
            if finding.kind in (LEDGER, COPY, SKIPPED):
                regions = tuple(part.region for part in finding.parts if part.region)
                yield SheetFound(finding.sheet.name, finding.ledger or finding.kind, regions)


def adopt(source: Source, maps: Mapping[str, SheetMap], today: date, step: Callable[[str], None]) -> Adoption:
    """把 source 迁成台账的内容（还没有写文件）。没有一张是台账的抛 StructureError。"""
    step("认表头、归事项")
    if sum(sheet.name in layout().order for sheet in source.sheets) * 2 > len(layout().order):
        raise StructureError(
            f"{source.path.name} 已经是督办台账，不用迁入", f"直接运行：duban refresh {source.path.name}"
        )
    seen = survey(source, known_heads(), maps)
    if not seen.drafts:
        raise _no_items(seen)
    journal = Journal()
    year, county = _year(seen, today, journal), chart.county_of(_texts(seen))
    roster, said, listed = _roster(seen, county, journal)
    desk = Desk(year, journal, Master(), directory_of(roster, county), listed)
    step("逐项写入")
    for finding in seen.found:
        _write(desk, finding)
    _write_roster(desk.master, roster)
    step("核对")
    journal.close(source.sheets)
    copies = {copy_name(item.sheet.name): item.sheet.grid for item in seen.found if item.kind == COPY}
    step("列迁移报告")
    return Adoption(
        seen,
        desk.master.rows,
        copies,
        report_rows(seen, journal),
        totals(seen, journal),
        year,
        county,
        said,
        journal.severities(),
    )


def _no_items(seen: Survey) -> StructureError:
    name, headed = seen.source.path.name, next((item.sheet.name for item in seen.found if item.parts), "")
    return StructureError(
        f"{name} 的“{headed}”有表头，没有一项任务"
        if headed
        else f"{name} 里没有找到台账：没有一张表有“工作任务”和单位、时限、序号的表头",
        "请核对文件；表头特别的，用 --map 写出对照表，改好再运行",
    )


def _texts(seen: Survey) -> list[str]:
    above = [cell.text for part in seen.parts for cell in part.above]
    return [*above, *(item.sheet.name for item in seen.found), seen.source.path.stem]


def _year(seen: Survey, today: date, journal: Journal) -> int:
    days = (
        cell.value.date() if isinstance(cell.value, datetime) else cell.value
        for draft in seen.drafts for cells in draft.cells.values() for cell in cells if isinstance(cell.value, date)
    )  # fmt: skip
    year, how = chart.year_of(_texts(seen), (day for day in days if isinstance(day, date)), today.year)
    journal.about(seen.parts[0].sheet.name, NOTICE, f"台账年度按 {year} 年（{how}）；没有写年份的时限都按这一年")
    return year


def _roster(seen: Survey, county: str, journal: Journal) -> tuple[tuple[Row, ...], str, bool]:
    """单位名录的各行、出处、是不是现成的（由台账归集的不能拿来核对台账）。"""
    listed, said = _listed(seen, county, journal)
    rows = gathered(seen.drafts, county, listed)
    known = len(gathered(seen.drafts, county)) - (len(rows) - len(listed))
    if listed and known * 2 >= len(rows) - len(listed):
        return listed, said, True
    if listed:
        note = (
            f"单位名录只有 {len(listed)} 家，台账里另有 {len(rows) - len(listed)} 家不在名录，已补在单位表后面，请核对"
        )
        journal.about(seen.parts[0].sheet.name, NOTICE, note)
        return rows, f"{said}，另由台账补 {len(rows) - len(listed)} 家", True
    note = f"没有单位名录，单位表由台账单位栏归集，共 {len(rows)} 家；同一单位的简称请并成一行，类别请补填"
    near = near_misses(rows, county)
    note += f"；疑是同一家的：{'、'.join(near[:8])}{'等' if len(near) > 8 else ''}" if near else ""
    journal.about(seen.parts[0].sheet.name, NOTICE, note)
    return rows, f"由台账单位栏归集，共 {len(rows)} 家", False


def _listed(seen: Survey, county: str, journal: Journal) -> tuple[tuple[Row, ...], str]:
    """现成的名录：原工作簿里的，没有就用旁边的。同一单位写了两行的并为一行。"""
    inside = tuple(pair for item in seen.found for pair in item.roster)
    rows: dict[int, Row] = {}
    for at, (row, cells) in zip(places_in((row for row, _ in inside), county), inside, strict=True):
        line = rows.setdefault(at, {})
        for header, cell in cells.items():
            if line.setdefault(header, row[header]) == row[header]:
                journal.went(cell, f"单位!{letters('单位')[header]}{layout().header_row + 1 + at}", SAME)
                continue
            journal.kept(cell, f"与前面的“{line['单位名称']}”是同一单位，并为一行")
            if header != "单位名称":
                journal.doubt(cell, NOTICE, f"{header}与前面的“{line[header]}”不同，取前面的，请核对")
    if rows:
        return tuple(rows.values()), "用原工作簿里的单位名录"
    beside = roster_beside(seen.source.path)
    return (beside[1], f"用旁边的“{beside[0].name}”") if beside else ((), "")


def _write_roster(master: Master, rows: Sequence[Row]) -> None:
    for row in rows:
        line = master.open_row("单位")
        for header, text in row.items():
            line.put(header, text or None)


def _write(desk: Desk, finding: Finding) -> None:
    journal, sheet = desk.journal, finding.sheet
    if finding.kind == COPY:
        for cell in sheet.cells():
            journal.went(cell, f"{copy_name(sheet.name)}!{cell.address.rpartition('!')[2]}", COPIED)
        check_figures(sheet, journal)
    elif finding.kind == SKIPPED:
        for cell in sheet.cells():
            journal.kept(cell, "按对照表不迁移", LEFT)
    if finding.roster:
        for cell in sheet.cells():
            journal.kept(cell, "名录的表头、说明")
    desk.sheet_year = chart.stated_year(cell.text for part in finding.parts for cell in part.above)
    if desk.sheet_year not in (0, desk.year):
        journal.about(
            sheet.name, NOTICE, f"这张表的标题写的是 {desk.sheet_year} 年，没有写年份的时限按这一年读，写成日期"
        )
    for part in finding.parts if finding.kind == LEDGER else ():
        _write_part(desk, finding, part)
    check_hidden(sheet, journal)
    check_formulas(sheet, journal, WARNING if finding.kind == LEDGER else NOTICE)


def _write_part(desk: Desk, finding: Finding, part: Part) -> None:
    journal, region = desk.journal, part.region
    if region is not None:
        for column in region.columns:
            rows = range(region.last + 1, region.end + 1)
            journal.head(
                (region.sheet.own(row, column.index) for row in rows if region.sheet.own(row, column.index).text),
                column.full_head,
            )
    numbered = region is not None and region.has("编号")
    notes = 0
    for draft in part.drafts:
        item = write_item(desk, draft, finding.ledger, finding.title, numbered)
        notes += write_notes(item, part.sheet.notes)
    if notes:
        journal.about(part.sheet.name, NOTICE, f"{notes} 条批注并入备注")
    if not numbered:
        journal.about(part.sheet.name, NOTICE, f"原表没有编号一栏，{len(part.drafts)} 项由迁移依次编号，序号并入备注")
    _frame(desk, finding, part)
    _check(part, journal)


def _frame(desk: Desk, finding: Finding, part: Part) -> None:
    journal = desk.journal
    for cell in part.above:
        note = "标题，写作各项的事项来源" if cell == finding.title_cell else "表头以上的说明，不是事项"
        journal.kept(cell, note)
    if part.region is not None:
        for cell in part.region.head_cells:
            journal.kept(cell, "表头")
    for cell, why in part.frame:
        journal.kept(cell, why)
    for title in part.sections:
        for cell in (title, *part.sheet.row(title.row)):
            journal.kept(cell, "章节行" if cell != title else "章节，下面没有事项")
    for cell in part.dropped:
        journal.kept(cell, "按对照表不迁移", LEFT)
    for cell in part.dittos:
        journal.doubt(cell, NOTICE, "“同上”按上一项的内容写入")


def _check(part: Part, journal: Journal) -> None:
    check_sequence(part.drafts, journal)
    check_counts(part.drafts, part.sections, part.above, journal)
    check_twice(part.drafts, journal)
    if part.region is not None:
        check_columns(part.region, journal)


__all__ = ["Adoption", "adopt"]

"""迁移报告：每张原表一行，须要核对的在前，原表的每一格各一行，处理的格数合得上。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pyengine.adopt.journal import BLANK, HANDLINGS, Entry, Journal
from pyengine.adopt.survey import COPY, EMPTY, LEDGER, ROSTER, SKIPPED, Finding, Survey
from pyengine.layout import column_letter
from pyengine.terms import ERROR, NOTICE, SEVERITIES, WARNING

SHEET = "迁移报告"
HEADS = ("源单元格", "表头", "原值", "去向", "处理", "级别", "说明")
_GRAVITY = {word: rank for rank, word in enumerate((ERROR, WARNING, NOTICE, ""))}
_SHOWN = 32_000
_MANY = 40
_TARGET = re.compile(r"(.+![A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """迁移报告的一行，与 HEADS 对应。"""

    source: str
    head: str
    value: str
    target: str
    handling: str
    severity: str
    note: str

    def cells(self) -> tuple[str, ...]:
        """各列的值。"""
        return self.source, self.head, self.value, self.target, self.handling, self.severity, self.note


def report_rows(survey: Survey, journal: Journal) -> tuple[ReportRow, ...]:
    """报告的全部行。"""
    tally = journal.tally(survey.source.sheets)
    rows = [row for finding in survey.found for row in _sheet_rows(finding, tally[finding.sheet.name], journal)]
    cells = list(_cell_rows(survey, journal))
    cells.sort(key=lambda row: _GRAVITY[row.severity])
    return (*rows, *cells)


def totals(survey: Survey, journal: Journal) -> str:
    """第 2 行：各种处理各几格，合计等于原表有内容的格数；须核对的各级几条。"""
    counts: Counter[str] = Counter()
    for counter in journal.tally(survey.source.sheets).values():
        counts.update(counter)
    doubts = journal.severities()
    asked = "、".join(f"{word} {doubts[word]}" for word in SEVERITIES if doubts[word]) or "没有"
    blanks = sum(_blank(entry) for entry in journal.entries.values())
    blank = f"（另列空着而须核对的：{BLANK} {blanks}）" if blanks else ""
    return f"原表有内容的 {sum(counts.values())} 格＝{_sum(counts)}{blank}；须核对：{asked}（排在前面）"


def _sum(counts: Counter[str]) -> str:
    return "＋".join(f"{word} {counts[word]}" for word in HANDLINGS if counts[word]) or "0"


def _sheet_rows(finding: Finding, counts: Counter[str], journal: Journal) -> Iterator[ReportRow]:
    name = finding.sheet.name
    target = {LEDGER: finding.ledger, ROSTER: "单位", COPY: copy_name(name)}.get(finding.kind, "")
    note = f"{describe(finding)}；有内容的 {sum(counts.values())} 格＝{_sum(counts)}"
    said = journal.sheet_notes.get(name, ())
    severity = min((word for word, _ in said), key=_GRAVITY.__getitem__, default="")
    yield ReportRow(
        name, "（整张表）", finding.title, target, "", severity, "；".join((note, *(text for _, text in said)))
    )


def describe(finding: Finding) -> str:
    """一张原表怎样认的。"""
    if finding.kind != LEDGER:
        return {
            COPY: f"不是台账，没有事项；照原样附在“{copy_name(finding.sheet.name)}”",
            ROSTER: f"单位名录，{len(finding.roster)} 个单位",
            EMPTY: "空表",
            SKIPPED: "按对照表不迁移",
        }[finding.kind]
    shown = []
    for part in finding.parts:
        region = part.region
        if region is None:
            shown.append(f"段落式，{len(part.drafts)} 项")
            continue
        columns = "、".join(
            f"{column_letter(c.index)}{c.full_head}→{c.role or '备注'}" for c in region.columns if c.path
        )
        rows = f"第{region.first}行" if region.first == region.last else f"第{region.first}—{region.last}行"
        shown.append(f"表头{rows}（{columns}），{len(part.drafts)} 项")
    return "；".join(shown)


def copy_name(name: str) -> str:
    """附表在新台账里的表名。"""
    return f"原表 {name}"[:31]


def _cell_rows(survey: Survey, journal: Journal) -> Iterator[ReportRow]:
    sheets = {sheet.name: (rank, sheet) for rank, sheet in enumerate(survey.source.sheets)}
    for key in sorted(journal.entries, key=lambda key: (sheets[key[0]][0], key[1], key[2])):
        entry, cell = journal.entries[key], sheets[key[0]][1].own(key[1], key[2])
        blank = _blank(entry)
        if cell.text or blank:
            targets = "、".join(_spans(entry.targets))
            handling = BLANK if blank else entry.handling
            notes = "；".join(entry.notes)
            yield ReportRow(cell.address, entry.head, cell.text[:_SHOWN], targets, handling, entry.severity, notes)


def _blank(entry: Entry) -> bool:
    """空着而须要核对的格。"""
    return bool(entry.severity) and not entry.handling


def _spans(targets: list[str]) -> list[str]:
    """同一列连着的几处并成一段（W4:W9）；处数太多的只列前面的。"""
    spans: list[list[str]] = []
    for target in targets:
        match = _TARGET.fullmatch(target)
        place, row = (match[1], match[2]) if match else (target, "")
        if spans and row and spans[-1][0] == place and int(spans[-1][2]) + 1 == int(row):
            spans[-1][2] = row
        else:
            spans.append([place, row, row])
    shown = [_span(*span) for span in spans[:_MANY]]
    return shown if len(spans) <= _MANY else [*shown, f"等{len(targets)}处"]


def _span(place: str, first: str, last: str) -> str:
    column = place.rpartition("!")[2]
    return f"{place}{first}" if first == last else f"{place}{first}:{column}{last}"


__all__ = ["HEADS", "SHEET", "ReportRow", "copy_name", "describe", "report_rows", "totals"]

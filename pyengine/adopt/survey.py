"""普查：原工作簿每张表是什么（台账、段落式台账、名录、附表、空表），台账里有哪些事项。只看，不写。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pyengine.adopt import chart
from pyengine.adopt import heads as h
from pyengine.adopt.blocks import read_blocks
from pyengine.adopt.drafts import Draft, drafts_of
from pyengine.adopt.heads import Heads
from pyengine.adopt.lines import is_heading, read_lines
from pyengine.adopt.mapping import AS_COPY, SKIP, SheetMap
from pyengine.adopt.regions import Region, find_regions, renamed
from pyengine.adopt.roster import Row, roster_of
from pyengine.adopt.settle import settled
from pyengine.adopt.source import Cell, Sheet, Source
from pyengine.units import same_as_above

LEDGER, ROSTER, COPY, EMPTY, SKIPPED = "台账", "单位名录", "附表", "空表", "不迁移"
_DITTO = (h.LEAD, h.HELP, h.UNITS, "牵头领导", h.DUE)


@dataclass(frozen=True, slots=True)
class Part:
    """原表上的一个表：事项、章节、不是事项的格和为什么、表头以上的话。region 为 None 是段落式。"""

    sheet: Sheet
    region: Region | None
    drafts: tuple[Draft, ...]
    sections: tuple[Cell, ...]
    frame: tuple[tuple[Cell, str], ...]
    above: tuple[Cell, ...]
    dittos: tuple[Cell, ...] = ()
    dropped: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """一张原表是什么。"""

    sheet: Sheet
    kind: str
    ledger: str = ""
    title: str = ""
    title_cell: Cell | None = None
    parts: tuple[Part, ...] = ()
    roster: tuple[tuple[Row, dict[str, Cell]], ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """普查的结果。"""

    source: Source
    found: tuple[Finding, ...]
    maps: Mapping[str, SheetMap] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Part, ...]:
        """全部台账的各个表。"""
        return tuple(part for item in self.found for part in item.parts)

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """全部事项。"""
        return tuple(draft for part in self.parts for draft in part.drafts)


def survey(source: Source, heads: Heads, maps: Mapping[str, SheetMap]) -> Survey:
    """逐张看过原工作簿；maps 是人定的对照。"""
    found = tuple(_look(sheet, heads, maps.get(sheet.name, SheetMap()), source.path.stem) for sheet in source.sheets)
    return Survey(source, found, maps)


def _look(sheet: Sheet, heads: Heads, fixed: SheetMap, stem: str) -> Finding:
    if not sheet.height:
        return Finding(sheet, EMPTY)
    if fixed.use in (SKIP, AS_COPY):
        return Finding(sheet, SKIPPED if fixed.use == SKIP else COPY)
    parts = tuple(_parts(sheet, heads, fixed))
    if any(part.drafts for part in parts):
        cell, title = chart.title_of(parts[0].above, sheet, stem)
        return Finding(sheet, LEDGER, fixed.use or chart.ledger_for(sheet, title), title, cell, parts)
    roster = roster_of(sheet)
    return Finding(sheet, ROSTER, roster=roster) if roster else Finding(sheet, COPY)


def _parts(sheet: Sheet, heads: Heads, fixed: SheetMap) -> Iterator[Part]:
    regions = find_regions(sheet, heads, fixed.head_rows)
    if not regions:
        blocks = read_blocks(sheet, heads)
        if blocks is not None:
            first = min(draft.rows[0] for draft in blocks.drafts)
            above = tuple(cell for cell in blocks.others if cell.row < first)
            frame = tuple((cell, "表尾的说明，不是事项") for cell in blocks.others if cell.row >= first)
            yield Part(sheet, None, blocks.drafts, blocks.sections, frame, above)
        return
    top = 1
    for region in regions:
        yield _part(_fixed(settled(region), fixed.columns), top)
        top = region.end + 1 if region.columns[-1].index == sheet.width else top


def _fixed(region: Region, columns: Mapping[int, str | None]) -> Region:
    return renamed(region, columns) if columns else region


def _part(region: Region, top: int) -> Part:
    sheet = region.sheet
    dropped = {column.index for column in region.of(SKIP)}
    lines = read_lines(region)
    kept = replace(region, columns=tuple(column for column in region.columns if column.index not in dropped))
    drafts, dittos = _without_ditto(drafts_of(kept, lines.groups))
    reasons = {skipped.row: skipped.why for skipped in lines.skipped}
    low, high = region.columns[0].index, region.columns[-1].index
    frame = tuple((c, why) for row, why in reasons.items() for c in sheet.row(row) if low <= c.column <= high)
    above = tuple(cell for row in range(top, region.first) for cell in sheet.row(row))
    if len(above) > (top == 1) and is_heading(above[-1].text):  # 几个表上下排着，各有标题
        drafts = tuple(replace(draft, section=(above[-1], *draft.section)) for draft in drafts)
    rows = range(region.last + 1, region.end + 1)
    gone = tuple(cell for row in rows for index in dropped if (cell := sheet.own(row, index)).text)
    return Part(sheet, kept, drafts, lines.sections, frame, above, dittos, gone)


def _without_ditto(drafts: Iterable[Draft]) -> tuple[tuple[Draft, ...], tuple[Cell, ...]]:
    """“同上”换成上一个事项的内容；返回换好的和换过的格。"""
    made: list[Draft] = []
    dittos: list[Cell] = []
    last: dict[str, object] = {}
    for draft in drafts:
        cells = dict(draft.cells)
        for role in _DITTO:
            found = cells.get(role, ())
            if len(found) == 1 and same_as_above(found[0].text) and role in last:
                dittos.append(found[0])
                cells[role] = (replace(found[0], value=last[role], partial=True),)
            if role in cells:
                last[role] = cells[role][0].value
        made.append(replace(draft, cells=cells))
    return tuple(made), tuple(dittos)

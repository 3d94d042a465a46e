"""对照表：认出来的表头对照写成一张 Excel 表，人改过以后照改过的迁移。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path

from xlsxwriter.workbook import Workbook

from pyengine.adopt import heads as h
from pyengine.adopt.regions import Region
from pyengine.adopt.source import read_source
from pyengine.durable import put
from pyengine.layout import column_letter, header_key, layout
from pyengine.ooxml.areas import column_number
from pyengine.tables import StructureError

WHOLE, HEAD_ROWS, SKIP, AS_COPY = "（用途）", "（表头行）", "不迁移", "附表"
HEADS = ("工作表", "列", "表头", "样例", "对应为", "说明")
PSEUDO = (h.SEQUENCE, h.SECTION, h.DETAIL, h.STEP, h.WEIGHT, h.MEETING, h.UNITS)
_ROWS = re.compile(r"(\d{1,4})(?:\s*[-—–~～至到]\s*(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class SheetMap:
    """人定的一张表：用途（某台账、附表、不迁移），表头首末行，各列归属（None 为并入备注）。"""

    use: str | None = None
    head_rows: tuple[int, int] | None = None
    columns: Mapping[int, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetFound:
    """认出来的一张表：写对照表用。"""

    sheet: str
    use: str
    regions: tuple[Region, ...] = ()


def choices() -> tuple[str, ...]:
    """“对应为”可填的：台账的列、归拢用的名目、并入备注、不迁移。"""
    return (*sorted(h.STAFF, key=[column.name for column in layout().ledger.staff].index), *PSEUDO, SKIP)


def write_map(path: Path, found: Iterable[SheetFound]) -> None:
    """把认出来的对照写到 path（.xlsx）。"""
    made = BytesIO()
    with Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # 同样的表，同样的字节
        sheet = book.add_worksheet("对照表")
        bold = book.add_format(
            {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "border": 1, "text_wrap": True}
        )
        plain = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        sheet.write_row(0, 0, HEADS, bold)
        for column, width in enumerate((18, 9, 22, 36, 16, 46)):
            sheet.set_column(column, column, width)
        rows = [row for item in found for row in _map_rows(item)]
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row, plain)
        words = book.add_worksheet("可填的词")
        words.write_column(0, 0, (*layout().ledger.sheets, AS_COPY, *choices()))
        words.hide()
        last = len(layout().ledger.sheets) + 1 + len(choices())
        rule = {"validate": "list", "source": f"=可填的词!$A$1:$A${last}", "error_type": "warning"}
        sheet.data_validation(1, 4, max(len(rows), 1), 4, rule)
        sheet.freeze_panes(1, 0)
    put(path, made.getvalue())


def _map_rows(item: SheetFound) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (item.sheet, WHOLE, "", "", item.use, f"可填：{'、'.join(layout().ledger.sheets)}、{AS_COPY}、{SKIP}")
    ]
    for region in item.regions[:1]:
        rows.append((item.sheet, HEAD_ROWS, "", "", f"{region.first}-{region.last}", "表头首行-末行"))
        for column in region.columns:
            sample = next(
                (
                    c.text
                    for row in range(region.last + 1, region.end + 1)
                    if (c := region.sheet.own(row, column.index)).text
                ),
                "",
            )
            role = column.role or h.REMARK
            note = "" if column.role else "认不出，并入备注"
            rows.append((item.sheet, column_letter(column.index), column.full_head, sample[:60], role, note))
    return rows


def read_map(path: Path) -> Mapping[str, SheetMap]:
    """读人改过的对照表：表名 → 定法。不成样子的抛 StructureError，说清哪一行。"""
    sheet = next((s for s in read_source(path).sheets if s.name == "对照表"), None) or read_source(path).sheets[0]
    if tuple(header_key(sheet.own(1, column).text) for column in range(1, 6)) != HEADS[:5]:
        raise StructureError(
            f"{path.name} 不是对照表：第 1 行应为“{'、'.join(HEADS)}”",
            "请用 --map 加一个新文件名，先让程序写出一份，再在上面改",
        )
    found: dict[str, SheetMap] = {}
    for row in range(2, sheet.height + 1):
        name, where, _, _, what = (sheet.own(row, column).text for column in range(1, 6))
        if name and where:
            found[name] = _line(found.get(name, SheetMap()), where, what, f"{path.name} 第 {row} 行")
    return found


def _line(known: SheetMap, where: str, what: str, place: str) -> SheetMap:
    if where == WHOLE:
        _require(what in (*layout().ledger.sheets, AS_COPY, SKIP), place, what)
        return SheetMap(what, known.head_rows, known.columns)
    if where == HEAD_ROWS:
        match = _ROWS.fullmatch(what)
        _require(match is not None, place, what)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 1)
        return SheetMap(known.use, (min(first, last), max(first, last)), known.columns)
    _require(where.isascii() and where.isalpha() and what in ("", *choices()), place, what)
    role = None if what in ("", h.REMARK) else what
    return SheetMap(known.use, known.head_rows, {**known.columns, column_number(where.upper()): role})


def _require(good: bool, place: str, what: str) -> None:
    if not good:
        raise StructureError(f"{place}：“对应为”填的“{what}”不认识", "请从下拉框选一个")

"""单位名录从哪里来：原工作簿里的名录表，文件旁边的“单位名录”，都没有的由台账的单位栏归集。"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyengine.adopt import heads as h
from pyengine.adopt.drafts import Draft
from pyengine.adopt.source import Cell, Sheet, read_source
from pyengine.layout import header_key
from pyengine.model import Place, Unit
from pyengine.units import Directory, is_collective, split_roles, split_units, units_in_task

FILE_NAME = "单位名录"
_HEADS = {
    "单位名称": ("单位名称", "单位全称", "部门名称", "名称", "单位", "全称"),
    "简称": ("简称", "单位简称", "别名", "其他名称"),
    "类别": ("类别", "单位类别", "性质", "单位性质", "类型"),
    "主要负责人": ("主要负责人", "负责人", "主要领导", "一把手"),
    "职务": ("职务",),
    "分管县领导": ("分管县领导", "分管领导", "联系领导"),
    "联络员": ("联络员", "联系人", "督查联络员"),
    "电话": ("电话", "联系电话", "手机", "联系方式"),
    "邮箱": ("邮箱", "电子邮箱"),
}
_KNOWN = {name: header for header, names in _HEADS.items() for name in names}
_TOWNS = ("镇", "乡", "街道", "街道办事处")
Row = dict[str, str]


def roster_of(sheet: Sheet) -> tuple[tuple[Row, dict[str, Cell]], ...]:
    """名录表的各行（列 → 文字，列 → 出处）；不是名录表的为空。"""
    for row in range(1, min(sheet.height, 10) + 1):
        heads = {_KNOWN[key]: c.column for c in sheet.row(row) if (key := header_key(c.text)) in _KNOWN}
        strangers = [c for c in sheet.row(row) if header_key(c.text) not in _KNOWN]
        if "单位名称" in heads and len(heads) >= 2 and len(strangers) <= 3:
            return tuple(_rows(sheet, row, heads))
    return ()


def _rows(sheet: Sheet, head: int, heads: Mapping[str, int]) -> Iterator[tuple[Row, dict[str, Cell]]]:
    for number in range(head + 1, sheet.height + 1):
        cells = {header: sheet.cell(number, column) for header, column in heads.items()}
        filled = {header: cell for header, cell in cells.items() if cell.text}
        if "单位名称" in filled and len(filled) > 1:
            yield {header: cell.text for header, cell in filled.items()}, filled


def roster_beside(path: Path) -> tuple[Path, tuple[Row, ...]] | None:
    """path 旁边的 单位名录.xlsx（.xlsm、.json）：文件和各行；没有、读不出的为 None。"""
    for suffix in (".xlsx", ".xlsm", ".json"):
        found = path.with_name(FILE_NAME + suffix)
        if found.is_file() and found != path:
            rows = _from_json(found) if suffix == ".json" else _from_book(found)
            return (found, rows) if rows else None
    return None


def _from_book(path: Path) -> tuple[Row, ...]:
    return tuple(row for sheet in read_source(path).sheets for row, _ in roster_of(sheet))


def _from_json(path: Path) -> tuple[Row, ...]:
    try:
        units = json.loads(path.read_text(encoding="utf-8-sig"))["units"]
        return tuple(
            {
                "单位名称": str(unit["name"]),
                "简称": "、".join(unit.get("short") or ()),
                "类别": str(unit.get("class") or ""),
            }
            for unit in units
        )
    except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        return ()


def directory_of(rows: Iterable[Row], county: str) -> Directory:
    """各行建成的名录。"""
    return Directory.of((_unit(row) for row in rows), county)


def _unit(row: Row) -> Unit:
    shorts = tuple(split_units(row.get("简称", "")))
    return Unit(Place("单位", 0, {}), row["单位名称"], shorts, row.get("类别", ""), "", "", "", "", "")


def places_in(rows: Iterable[Row], county: str) -> tuple[int, ...]:
    """各行归到名录的第几行（从 0 数）：名称是前面哪一行的全称、简称的，归到那一行，不另立一行。"""
    kept: list[Row] = []
    places: list[int] = []
    for row in rows:
        full = directory_of(kept, county).resolve(row["单位名称"])
        at = next((at for at, one in enumerate(kept) if one["单位名称"] == full), len(kept))
        kept += [row] if at == len(kept) else []
        places.append(at)
    return tuple(places)


def gathered(drafts: Iterable[Draft], county: str, listed: tuple[Row, ...] = ()) -> tuple[Row, ...]:
    """名录各行，加上台账单位栏里出现过而名录认不出的，按出现次序；统称不算，写法不同而能认出是同一家的只收一次。"""
    rows: dict[str, Row] = {row["单位名称"]: row for row in listed}
    directory = directory_of(listed, county)
    for name in dict.fromkeys(_names(drafts)):
        if is_collective(name) or directory.resolve(name) is not None:
            continue
        rows[name] = {"单位名称": name, "类别": "乡镇" if name.endswith(_TOWNS) else ""}
        directory = directory_of(rows.values(), county)
    return tuple(rows.values())


def near_misses(rows: tuple[Row, ...], county: str) -> tuple[str, ...]:
    """名称相近、可能是同一家的：“甲”与“乙”。只提示，不合并。"""
    found: list[str] = []
    for index, row in enumerate(rows[:400]):
        near = directory_of(rows[:index], county).suggest(row["单位名称"])
        found += [f"“{row['单位名称']}”与“{near}”"] if near else []
    return tuple(found)


def _names(drafts: Iterable[Draft]) -> Iterator[str]:
    for draft in drafts:
        for role in (h.LEAD, h.UNITS, h.HELP):
            for cell in draft.cells.get(role, ()):
                roles = split_roles(cell.text)
                yield from (*roles.lead, *roles.responsible)
        task = draft.first(h.TASK)
        if task and not any(role in draft.cells for role in (h.LEAD, h.UNITS)) and (found := units_in_task(task.text)):
            yield from (*found[1].lead, *found[1].responsible)

"""迁移后看得见的一切：迁移报告、新台账各表、旧台账各格。"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from units_seen import Names, squash

REPORT = "迁移报告"
HEAD = ("源单元格", "表头", "原值", "去向", "处理", "级别", "说明")
SIGNATURE = {"编号", "工作任务", "牵头单位", "完成时限"}
ADDRESS = re.compile(r"^'?(?P<sheet>.+?)'?!\$?(?P<cell>[A-Z]{1,3}\$?\d+)(?::.+)?$")


@dataclass(frozen=True, slots=True)
class Line:
    """迁移报告的一行：源表、源格（整张表的行为空）、原值、去向、处理、级别、说明。"""

    row: int
    sheet: str
    cell: str
    head: str
    value: object
    targets: tuple[tuple[str, str], ...]
    treatment: str
    severity: str
    note: str


@dataclass(slots=True)
class Score:
    """一本台账的得分：查了几处、不合的各一行。"""

    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def check(self, good: bool, message: str) -> bool:
        """记一处；返回合不合。"""
        if good:
            self.passed += 1
        else:
            self.failed.append(message)
        return good


@dataclass(slots=True)
class Adopted:
    """迁移后看得见的一切。"""

    source: Path
    expected: Mapping[str, Any]
    names: Names
    has_directory: bool
    lines: list[Line]
    totals: str
    books: dict[str, dict[str, object]]  # 新台账：表 → 地址 → 值
    heads: dict[str, dict[str, str]]  # 台账表、时间节点：表 → 表头 → 列字母
    tasks: dict[tuple[str, int], Mapping[str, Any]]
    merged: dict[str, dict[str, str]]  # 源：表 → 合并区里的格 → 首格
    cells: dict[str, dict[str, object]]  # 源：表 → 非空格 → 值


def read_result(
    book: Path, new: Path, json_file: Path, expected: Mapping[str, Any], directory: Path | None, score: Score
) -> Adopted | None:
    """读新台账和 JSON；没有迁移报告就返回 None。"""
    sheets = read_cells(new)
    if not score.check(REPORT in sheets, f"新台账里没有“{REPORT}”表"):
        return None
    lines, totals = read_report(sheets[REPORT], score)
    tasks = {(row["sheet"], row["row"]): row for row in json.loads(json_file.read_text(encoding="utf-8"))["tasks"]}
    heads = {name: found for name, cells in sheets.items() if (found := head_of(cells))}
    cells, merged = read_source(book)
    names = Names(directory or book.with_name("单位名录.json"))
    return Adopted(book, expected, names, directory is not None, lines, totals, sheets, heads, tasks, merged, cells)


def read_cells(path: Path) -> dict[str, dict[str, object]]:
    """工作簿：表 → 地址 → 值（空的不列）。"""
    book = load_workbook(path, data_only=True)
    found = {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if not is_blank(cell.value)
        }
        for sheet in book.worksheets
    }
    book.close()
    return found


def read_source(path: Path) -> tuple[dict[str, dict[str, object]], dict[str, dict[str, str]]]:
    """旧台账：各表的非空格（公式格算非空），合并区各格的首格。"""
    book = load_workbook(path)
    cells: dict[str, dict[str, object]] = {}
    merged: dict[str, dict[str, str]] = {}
    for sheet in book.worksheets:
        cells[sheet.title] = {c.coordinate: c.value for row in sheet.iter_rows() for c in row if not is_blank(c.value)}
        merged[sheet.title] = {}
        for area in sheet.merged_cells.ranges:
            first = sheet.cell(area.min_row, area.min_col).coordinate
            merged[sheet.title] |= {sheet.cell(r, c).coordinate: first for r, c in area.cells}
    book.close()
    return cells, merged


def is_blank(value: object) -> bool:
    """空格：没有值，或只有空白字符。"""
    return value is None or (isinstance(value, str) and not value.strip())


def head_of(cells: Mapping[str, object]) -> dict[str, str]:
    """第 3 行的表头：表头 → 列字母。"""
    return {
        squash(value): place[:-1]
        for place, value in cells.items()
        if place.endswith("3") and place[:-1].isalpha() and isinstance(value, str)
    }


def read_report(cells: Mapping[str, object], score: Score) -> tuple[list[Line], str]:
    """迁移报告各行，和第 2 行的合计。"""
    columns = {squash(str(value)): place[:-1] for place, value in cells.items() if re.fullmatch(r"[A-Z]+3", place)}
    for head in HEAD:
        score.check(head in columns, f"迁移报告第 3 行没有“{head}”")
    totals = " ".join(str(value) for place, value in cells.items() if re.fullmatch(r"[A-Z]+2", place))
    last = max((int(re.sub(r"\D", "", place)) for place in cells), default=3)
    rows = ([cells.get(f"{columns.get(head, 'ZZ')}{row}") for head in HEAD] for row in range(4, last + 1))
    return [line_of(number, row) for number, row in enumerate(rows, start=4) if not all(map(is_blank, row))], totals


def line_of(number: int, row: list[object]) -> Line:
    """报告的一行。"""
    source, head, value, target, treatment, severity, note = row
    text = str(source or "").strip()
    found = ADDRESS.match(text)
    sheet, cell = (found["sheet"], found["cell"].replace("$", "")) if found else (text.strip("'"), "")
    words = [str(item or "").strip() for item in (head, treatment, severity, note)]
    return Line(number, sheet, cell, words[0], value, targets_of(str(target or "")), words[1], words[2], words[3])


def targets_of(text: str) -> tuple[tuple[str, str], ...]:
    """去向：表!格，几处用、隔开；后面只写格的沿用前面的表。"""
    found: list[tuple[str, str]] = []
    for part in filter(None, re.split(r"[、；;\n]+", text)):
        place = ADDRESS.match(part.strip())
        if place:
            found.append((place["sheet"], place["cell"].replace("$", "")))
        elif found and re.fullmatch(r"[A-Z]{1,3}\d+", part.strip()):
            found.append((found[-1][0], part.strip()))
    return tuple(found)


def row_of(place: str) -> int:
    """地址的行号。"""
    return int(re.sub(r"\D", "", place))


def column_of(place: str) -> str:
    """地址的列字母。"""
    return re.sub(r"\d", "", place)


def first(place: str) -> str:
    """区域的首格。"""
    return place.split(":")[0]


def value_at(result: Adopted, sheet: str, row: int, head: str) -> object:
    """新台账一行一栏的值。"""
    column = result.heads[sheet].get(head)
    return result.books[sheet].get(f"{column}{row}") if column else None


def anchor(result: Adopted, sheet: str, cell: str) -> str:
    """合并区里的格算首格。"""
    return result.merged.get(sheet, {}).get(first(cell), first(cell))


def day_of(value: object) -> str | None:
    """日期格（或 2026-06-30 这样的文字）的 ISO 写法。"""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else None


def shown(names: Iterable[str]) -> str:
    """一组名称写成一句。"""
    return "、".join(sorted(names)) or "（无）"


def same_number(got: object, want: float) -> bool:
    """数值相等（文字写的数也算）。"""
    try:
        return abs(float(str(got)) - want) < 1e-6
    except ValueError:
        return False

"""挪动过的台账：整张表右移一列、下移两行，期望里的地址跟着挪；读出来的应当一样。"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

RIGHT, DOWN = 1, 2
CELL = re.compile(r"^([A-Z]{1,3})(\d+)$")
ADDRESSES = {"cell", "also", "cells"}  # 期望里写地址的项


def moved(book: Path, folder: Path) -> Path:
    """把一本台账挪动后另存到 folder，期望文件也在旁边；返回新台账的路径。"""
    source, target = load_workbook(book), Workbook()
    target.remove(target.active)  # type: ignore[arg-type]
    target.epoch = source.epoch
    for sheet in source.worksheets:
        _move(sheet, target.create_sheet(sheet.title))
    path = folder / book.name
    target.save(path)
    side = json.loads(book.with_name(f"{book.stem}.expected.json").read_text(encoding="utf-8"))
    for key in ("items", "findings", "findings_allowed", "not_findings", "indicators"):
        side[key] = [_shifted(entry) for entry in side.get(key, [])]
    if (names := book.with_name("单位名录.json")).is_file():
        shutil.copy(names, folder)
    path.with_name(f"{book.stem}.expected.json").write_text(json.dumps(side, ensure_ascii=False), encoding="utf-8")
    return path


def _move(source: Worksheet, target: Worksheet) -> None:
    for row in source.iter_rows():
        for cell in row:
            if cell.value is not None:
                there = target.cell(cell.row + DOWN, cell.column + RIGHT, cell.value)
                there.number_format, there.alignment = cell.number_format, copy(cell.alignment)
    for area in source.merged_cells.ranges:
        target.merge_cells(_place(area.coord))
    for number, row in source.row_dimensions.items():
        target.row_dimensions[number + DOWN].hidden = row.hidden
    for letter, column in source.column_dimensions.items():
        target.column_dimensions[get_column_letter(column_index_from_string(letter) + RIGHT)].hidden = column.hidden
    target.sheet_state = source.sheet_state


def _place(text: str) -> str:
    """一个地址或区域挪动后的写法。"""
    return ":".join(
        f"{get_column_letter(column_index_from_string(found[1]) + RIGHT)}{int(found[2]) + DOWN}" if found else part
        for part in text.split(":")
        for found in [CELL.match(part)]
    )


def _shifted(entry: Mapping[str, Any]) -> dict[str, Any]:
    """期望的一条：地址、行号跟着挪。"""
    new = dict(entry)
    for key in ADDRESSES & set(entry):
        value = entry[key]
        if isinstance(value, str):
            new[key] = _place(value)
        elif isinstance(value, list):
            new[key] = [_place(place) for place in value]
        else:
            new[key] = {name: _place(place) for name, place in value.items()}
    if "row" in entry:
        new["row"] = entry["row"] + DOWN
    if entry.get("nodes"):
        new["nodes"] = [_shifted(node) for node in entry["nodes"]]
    if "accept" in entry:
        new["accept"] = [_shifted(overlay) for overlay in entry["accept"]]
    return new

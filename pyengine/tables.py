"""表的结构：找到每张表的表头和各列。结构不对就不读，一句话说清缺什么、在哪里、怎么补。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyengine.grid import Grid
from pyengine.layout import Table, column_letter, header_key, layout


class StructureError(Exception):
    """结构错误：台账不能当台账读。message 一句话，advice 怎么办。"""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class SheetTable:
    """一张表读出来的结构：表头行、各表头的列号、最后一个有内容的行。"""

    sheet: str
    table: Table
    header_row: int
    columns: Mapping[str, int]
    last_row: int
    missing: tuple[str, ...] = ()


def find_tables(grids: Mapping[str, Grid]) -> Mapping[str, SheetTable]:
    """工作簿里的各张表，按工作表名。

    约定的表缺一张、缺一列（可有可无的列除外）、表头重复、数据行有纵向合并，都抛 StructureError。
    工作人员另加的台账（表头有编号、工作任务、牵头单位、完成时限）一并读入。
    """
    _require_sheets(grids)
    tables: dict[str, SheetTable] = {}
    for sheet, grid in grids.items():
        table = layout().table_of(sheet)
        if table is not None:
            tables[sheet] = _locate(sheet, grid, table, strict=True)
        elif sheet not in layout().free and _looks_like_ledger(grid):
            tables[sheet] = _locate(sheet, grid, layout().ledger, strict=False)
    return tables


def _require_sheets(grids: Mapping[str, Grid]) -> None:
    missing = [sheet for sheet in layout().order if sheet not in grids]
    if missing and not any(sheet in grids for sheet in layout().ledger.sheets):
        raise StructureError(
            "这个工作簿不是督办台账：没有任何一张台账表", "请选督办台账文件；原有台账先用空白台账（duban new）建账"
        )
    if missing:
        names = "、".join(f"“{sheet}”" for sheet in missing)
        raise StructureError(f"缺少工作表{names}", "请撤销删除或改名，或从空白台账（duban new）复制这张表过来")


def _looks_like_ledger(grid: Grid) -> bool:
    wanted = set(layout().ledger_signature)
    return any(wanted <= set(_named(row, layout().ledger)) for _, row in _top(grid))


def _top(grid: Grid) -> Iterator[tuple[int, tuple[object, ...]]]:
    return enumerate(grid.rows[: layout().header_search_rows], start=1)


def _named(row: tuple[object, ...], table: Table) -> dict[str, list[int]]:
    names = _aliases(table)
    found: dict[str, list[int]] = {}
    exact = {header_key(column.name) for column in table.columns}
    keys = [header_key(value) for value in row]
    for position, key in enumerate(keys, start=1):
        name = names.get(key)
        if name is not None and (key in exact or header_key(name) not in keys):
            found.setdefault(name, []).append(position)
    return found


def _aliases(table: Table) -> dict[str, str]:
    aliases = {header_key(alias): column.name for column in table.columns for alias in column.aliases}
    return aliases | {header_key(column.name): column.name for column in table.columns}


def _locate(sheet: str, grid: Grid, table: Table, strict: bool) -> SheetTable:
    header_row, found = max(
        ((number, _named(row, table)) for number, row in _top(grid)), key=lambda item: len(item[1]), default=(0, {})
    )
    expected = [column.name for column in table.columns]
    missing = tuple(name for name in expected if name not in found)
    if len(found) < min(2, len(expected)):
        raise StructureError(
            f"{sheet}!第{layout().header_row}行 没有表头（应有“{'、'.join(expected[:4])}”等）", "请恢复表头行"
        )
    _refuse_twice(sheet, header_row, found)
    required = [name for name in missing if not table.column(name).optional]
    if strict and required:
        names = "、".join(f"“{name}”" for name in required)
        raise StructureError(
            f"{sheet}!第{header_row}行 缺少表头{names}", "请补上这一列（列名照原样），或撤销删除、改名"
        )
    columns = {name: positions[0] for name, positions in found.items()}
    _refuse_merges(sheet, grid, header_row, columns)
    return SheetTable(sheet, table, header_row, columns, _last_used(grid, header_row, columns), missing)


def _last_used(grid: Grid, header_row: int, columns: Mapping[str, int]) -> int:
    rows = range(len(grid.rows), header_row, -1)
    used = (row for row in rows if any(grid.at(row, column) is not None for column in columns.values()))
    return next(used, header_row)


def _refuse_twice(sheet: str, row: int, found: Mapping[str, list[int]]) -> None:
    for name, positions in found.items():
        if len(positions) > 1:
            cells = "、".join(f"{column_letter(position)}{row}" for position in positions)
            raise StructureError(f"{sheet}!{cells}（{name}）表头重复", "请只留一列，其余改名或删去")


def _refuse_merges(sheet: str, grid: Grid, header_row: int, columns: Mapping[str, int]) -> None:
    for first_row, first_column, last_row, last_column in sorted(grid.merges):
        crosses = last_row > first_row and last_row > header_row
        if crosses and any(first_column <= column <= last_column for column in columns.values()):
            area = f"{column_letter(first_column)}{first_row}:{column_letter(last_column)}{last_row}"
            raise StructureError(f"{sheet}!{area} 合并了多行单元格，读不准每一行", "请取消合并，逐行填写")

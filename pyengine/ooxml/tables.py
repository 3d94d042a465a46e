"""表格与筛选 — the Excel tables of a sheet, their heads, and how they grow when rows are added right below."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .areas import Area, Areas, parse_area
from .errors import WriteRefused
from .markup import Node, Splice, attribute_splice, parse, splice
from .package import Package


@dataclass(frozen=True, slots=True)
class Table:
    """一张表格 — its part, name and area; how many head and total rows it has."""

    part: str
    name: str
    area: Area
    head_rows: int
    total_rows: int

    @property
    def head(self) -> Area:
        """The head rows' area (empty, with last row before first, when there is no head)."""
        return replace(self.area, last_row=self.area.first_row + self.head_rows - 1)

    @property
    def total(self) -> Area:
        """The total rows' area (empty, with last row before first, when there is none)."""
        return replace(self.area, first_row=self.area.last_row - self.total_rows + 1)


def tables_of(package: Package, sheet_part: str) -> tuple[Table, ...]:
    """The tables of a sheet. Raises `NotALedgerFile` when a table part is not readable."""
    found = []
    for part in package.related(sheet_part, "table"):
        node = parse(package.text(part), part)
        area = parse_area(node.attributes.get("ref", ""))
        if area is not None:
            head, total = node.attributes.get("headerRowCount", 1), node.attributes.get("totalsRowCount", 0)
            found.append(Table(part, node.attributes.get("displayName", part), area, int(head), int(total)))
    return tuple(found)


def heads(tables: tuple[Table, ...]) -> Areas:
    """The areas that tables use as their heads."""
    return Areas(table.head for table in tables if table.head_rows)


def totals(tables: tuple[Table, ...]) -> Areas:
    """The areas that tables use for totals."""
    return Areas(table.total for table in tables if table.total_rows)


def pivots_of(package: Package, sheet_part: str) -> tuple[Area, ...]:
    """The areas that pivot tables fill on a sheet, and those of their page fields above."""
    found = []
    for part in package.related(sheet_part, "pivotTable"):
        node = parse(package.text(part), part).child("location")
        area = parse_area(node.attributes.get("ref", "")) if node is not None else None
        if node is None or area is None:
            continue
        found.append(area)
        rows, columns = (int(node.attributes.get(key, 0)) for key in ("rowPageCount", "colPageCount"))
        if rows and columns and area.first_row > rows + 1:
            top, right = area.first_row - rows - 1, area.first_column + 3 * columns - 2
            found.append(Area(top, area.first_column, area.first_row - 2, right))
    return tuple(found)


def extended(package: Package, table: Table, others: tuple[Table, ...], merges: Areas, area: Area) -> bytes | None:
    """The table's part with its area grown to `area`, None if that is no more. Raises `WriteRefused` if it cannot."""
    if area == table.area:
        return None
    if table.total_rows:
        raise WriteRefused(f"表格 {table.name} 带汇总行，下面不能追加行。", "请在“表设计”中取消“汇总行”后再运行。")
    added = replace(area, first_row=table.area.last_row + 1)
    if any(other.area.overlaps(added) for other in others if other != table):
        raise WriteRefused(f"表格 {table.name} 下面紧挨着另一张表格，追加不了行。", "请在两张表格之间插入空行。")
    if any(merge.overlaps(added) for merge in merges.all):
        raise WriteRefused(f"表格 {table.name} 下面有合并单元格，追加不了行。", "请取消这些合并后再运行。")
    xml = package.text(table.part)
    root = parse(xml, table.part)
    return splice(xml, [attribute_splice(xml, root, "ref", area.text()), *_filter(xml, root, table.area, area)])


def _filter(xml: bytes, root: Node, old: Area, new: Area) -> list[Splice]:
    node = root.child("autoFilter")
    area = None if node is None else parse_area(node.attributes.get("ref", ""))
    if node is None or area is None or area.last_row != old.last_row:
        return []
    return [attribute_splice(xml, node, "ref", replace(area, last_row=new.last_row).text())]

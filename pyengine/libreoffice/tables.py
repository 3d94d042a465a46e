"""表格 — named tables with a header row; LibreOffice calls them database ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from .areas import Area
from .document import address_of, area_of
from .errors import plainly


class Tables(base_classes.Tables):
    """表格 — the tables of one sheet."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Any:
        """LibreOffice's own collection, of the whole workbook."""
        return self._sheet.book.api.DatabaseRanges

    def __iter__(self) -> Iterator[Table]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __contains__(self, name: object) -> bool:
        return any(table.name == name for table in self._all())

    def __call__(self, name_or_index: int | str) -> Table:
        found = self._all()
        if isinstance(name_or_index, int):
            return found[name_or_index - 1]
        named = {table.name: table for table in found}
        if name_or_index not in named:
            raise KeyError(name_or_index)
        return named[name_or_index]

    def add(
        self,
        source_type: Any = None,
        source: Any = None,
        link_source: Any = None,
        has_headers: bool | None = True,
        destination: Any = None,
        table_style_name: str | None = None,
        name: str | None = None,
    ) -> Table:
        """Make a range a table, with the arrows of a filter; LibreOffice has no table styles, so none is applied."""
        ranges = self.api
        taken = set(ranges.getElementNames())
        free = name or next(word for number in range(1, len(taken) + 2) if (word := f"Table{number}") not in taken)
        with plainly(f"添加表格 {free}"):
            ranges.addNewByName(free, address_of(source.impl.area, self._sheet.number()))
            made = ranges.getByName(free)
            made.ContainsHeader = bool(has_headers)
            made.AutoFilter = bool(has_headers)
        return Table(self._sheet, free)

    def _all(self) -> list[Table]:
        ranges, number = self.api, self._sheet.number()
        names = ranges.getElementNames()
        return [Table(self._sheet, name) for name in names if ranges.getByName(name).getDataArea().Sheet == number]


class Table(base_classes.Table):
    """一张表格 — a named block with a header row."""

    def __init__(self, sheet: Any, name: str) -> None:
        self._sheet, self._name = sheet, name

    @property
    def api(self) -> Any:
        """LibreOffice's own database range."""
        return self._sheet.book.api.DatabaseRanges.getByName(self._name)

    @property
    def parent(self) -> Any:
        """The sheet it is on."""
        return self._sheet

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        with plainly(f"改表格 {self._name} 的名称"):
            self.api.setName(value)
        self._name = value

    @property
    def display_name(self) -> str:
        """Its name."""
        return self._name

    @display_name.setter
    def display_name(self, value: str) -> None:
        self.name = value

    @property
    def range(self) -> Any:
        """All of it."""
        return self._sheet.at(area_of(self.api.getDataArea()))

    @property
    def header_row_range(self) -> Any:
        """Its header row, None when it has none."""
        area = self.range.area
        return self._sheet.at(Area(area.row, area.column, 1, area.columns)) if self.show_headers else None

    @property
    def data_body_range(self) -> Any:
        """Its rows without header and totals, None when there are none."""
        area, head, foot = self.range.area, int(self.show_headers), int(self.show_totals)
        rows = area.rows - head - foot
        return self._sheet.at(Area(area.row + head, area.column, rows, area.columns)) if rows > 0 else None

    @property
    def totals_row_range(self) -> Any:
        """Its row of totals, None when it has none."""
        area = self.range.area
        return self._sheet.at(Area(area.bottom, area.column, 1, area.columns)) if self.show_totals else None

    @property
    def show_headers(self) -> bool:
        """Whether the first row is a header."""
        return bool(self.api.ContainsHeader)

    @show_headers.setter
    def show_headers(self, value: bool) -> None:
        self.api.ContainsHeader = bool(value)

    @property
    def show_totals(self) -> bool:
        """Whether the last row is a row of totals."""
        return bool(self.api.TotalsRow)

    @show_totals.setter
    def show_totals(self, value: bool) -> None:
        self.api.TotalsRow = bool(value)

    @property
    def show_autofilter(self) -> bool:
        """Whether the header shows the arrows of a filter."""
        return bool(self.api.AutoFilter)

    @show_autofilter.setter
    def show_autofilter(self, value: bool) -> None:
        self.api.AutoFilter = bool(value)

    def resize(self, range: Any) -> None:  # noqa: A002
        """Let it cover another range."""
        with plainly(f"改表格 {self._name} 的范围"):
            self.api.setDataArea(address_of(range.impl.area, self._sheet.number()))


def table_at(range_: Any) -> Table | None:
    """The table that the first cell of a range is in, None when there is none."""
    corner = Area(range_.row, range_.column)
    return next((table for table in Tables(range_.sheet) if table.range.area.common(corner)), None)

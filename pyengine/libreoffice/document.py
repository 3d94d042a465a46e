"""一本表 — an open workbook of LibreOffice as cells see it: day zero, number formats, joined ranges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from .areas import Area
from .formats import Formats
from .office import Office
from .runtime import struct


@dataclass(eq=False)
class Document:
    """打开的一本表 — the spreadsheet document and the LibreOffice it is open in."""

    office: Office
    api: Any

    @cached_property
    def null_date(self) -> date:
        """Day zero: 1899-12-30 by default, 1904-01-01 for workbooks of old Macs, or what the workbook sets."""
        day = self.api.NullDate
        return date(day.Year, day.Month, day.Day)

    @cached_property
    def formats(self) -> Formats:
        """Its number formats."""
        return Formats(self.api)


@dataclass(frozen=True, eq=False)
class Place:
    """一块单元格 — a rectangle of a sheet of an open workbook."""

    document: Document
    sheet: Any
    area: Area

    @cached_property
    def api(self) -> Any:
        """LibreOffice's own object for the rectangle."""
        return rectangle(self.sheet, self.area)

    def joined(self, areas: Iterable[Area]) -> Any:
        """Rectangles of this sheet as one object that takes a property in one call."""
        number = self.sheet.getRangeAddress().Sheet
        container = self.document.api.createInstance("com.sun.star.sheet.SheetCellRanges")
        container.addRangeAddresses(tuple(address_of(area, number) for area in areas), False)
        return container

    def name(self) -> str:
        """The place in words, for messages."""
        return f"{self.sheet.Name}!{self.area.address(False, False)}"


def rectangle(sheet: Any, area: Area) -> Any:
    """LibreOffice's object for a rectangle; for a single cell its cell, which is a rectangle too."""
    if area.rows == area.columns == 1:
        return sheet.getCellByPosition(area.column - 1, area.row - 1)
    return sheet.getCellRangeByPosition(area.column - 1, area.row - 1, area.right - 1, area.bottom - 1)


def address_of(area: Area, sheet: int) -> Any:
    """A rectangle as LibreOffice's address."""
    corners = (area.column - 1, area.row - 1, area.right - 1, area.bottom - 1)
    return struct("table.CellRangeAddress", sheet, *corners)


def area_of(address: Any) -> Area:
    """LibreOffice's address as a rectangle."""
    top, left = address.StartRow + 1, address.StartColumn + 1
    return Area(top, left, address.EndRow - address.StartRow + 1, address.EndColumn - address.StartColumn + 1)

"""原样的表 — a worksheet as it is read: raw values by row and column, nothing interpreted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class CellError:
    """错误值 — what a cell shows instead of a value: #REF!, #DIV/0! …"""

    code: str

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Grid:
    """一张工作表 — rows[0] is row 1 of the sheet, its element 0 column A; all rows are equally long.

    Values are None (blank), str, int, float, bool, date, datetime (time and timedelta where the cell shows no day) or
    `CellError`. `merges` holds (first row, first column, last row, last column), counted from 1; a merged area's value
    stands in its first cell only. Blank rows and columns at the far ends are left out.
    """

    rows: tuple[tuple[object, ...], ...] = ()
    merges: tuple[tuple[int, int, int, int], ...] = ()

    def at(self, row: int, column: int) -> object:
        """第 row 行第 column 列的值；超出范围为 None。"""
        if 0 < row <= len(self.rows) and 0 < column <= len(self.rows[row - 1]):
            return self.rows[row - 1][column - 1]
        return None

    def find(self, text: str) -> tuple[int, int] | None:
        """内容正好是 text 的第一格（行、列），只看前 60 行；没有则 None。"""
        for row, values in enumerate(self.rows[:60], start=1):
            for column, value in enumerate(values, start=1):
                if value == text:
                    return row, column
        return None


@dataclass(frozen=True, slots=True)
class Written:
    """写入结果 — cells and rows that really changed, and the parts of the file that were rewritten."""

    cells: int
    rows: int
    parts: tuple[str, ...]


def trimmed(rows: Iterable[Iterable[object]]) -> tuple[tuple[object, ...], ...]:
    """Rows of a rectangle in `Grid` form: "" is None, whole floats are int, midnights are dates, blank edges gone."""
    kept = [_plain(row) for row in rows]
    while kept and not _filled(kept[-1]):
        kept.pop()
    width = len(kept[0]) if kept else 0
    while width and all(row[width - 1] is None for row in kept):
        width -= 1
    short = bool(kept) and width < len(kept[0])
    return tuple([row[:width] for row in kept] if short else kept)


def _plain(row: Iterable[object]) -> tuple[object, ...]:
    """The row's values; the common kinds are asked for first, as this runs for every cell of the workbook."""
    return tuple([
        None if not v and v == ""
        else v if type(v) is str
        else (int(v) if v.is_integer() else v) if type(v) is float
        else _day(v) if isinstance(v, datetime)
        else v
        for v in row
    ])  # fmt: skip


def _filled(row: tuple[object, ...]) -> bool:
    return any(value is not None for value in row)


def _day(moment: datetime) -> date:
    """The day alone where the moment is midnight."""
    return moment.date() if moment.time() == _MIDNIGHT else moment

"""改动与取值 — what a caller asks for (`CellEdit`), and how a value is spelled in a worksheet part."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import Final

from .areas import address
from .errors import WriteRefused
from .markup import text_bytes


class Keep(Enum):
    """不动 — the cell's value stays as it is."""

    KEEP = auto()


KEEP: Final = Keep.KEEP
Value = str | int | float | bool | Decimal | Fraction | date | datetime | None

TEXT_LIMIT: Final = 32767
_LARGEST: Final = 9.99999999999999e307
DATE_FORMAT: Final = "yyyy-mm-dd"
MOMENT_FORMAT: Final = "yyyy-mm-dd hh:mm"
_UNUSUAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class CellEdit:
    """单元格改动 — one cell to change; rows and columns count from 1.

    `value`: what to write, None empties the cell, KEEP leaves it. `style`: named cell style to apply.
    `number_format`: used only where the cell has none yet (General), or, for a date, where it shows no date.
    `link`: a place in this workbook ('督查记录'!A5); None leaves links alone, "" takes an internal link away.
    `like`: the row whose cell a new cell takes its looks from; by default the data row above it.
    `height`: points the row gets when something in it changes, unless its height was set by hand.
    """

    row: int
    column: int
    value: Value | Keep = KEEP
    style: str | None = None
    number_format: str | None = None
    link: str | None = None
    like: int | None = None
    height: float | None = None


@dataclass(frozen=True, slots=True)
class NamedLook:
    """样式外观 — colours (RRGGBB or None) and face of a named cell style that the workbook lacks."""

    fill: str | None = None
    font: str | None = None
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Patched:
    """改动结果 — how many cells and rows really changed, and the names of the parts rewritten."""

    cells: int
    rows: int
    parts: tuple[str, ...]


def fits_a_cell(value: object) -> bool:
    """Whether a cell can hold the value: nan, infinity and numbers out of Excel's range it cannot."""
    if not isinstance(value, (int, float, Decimal, Fraction)):
        return True
    try:
        return abs(float(value)) <= _LARGEST
    except (ValueError, OverflowError):
        return False


def merged_edits(edits: Iterable[CellEdit]) -> dict[int, dict[int, CellEdit]]:
    """row → column → edit, rows and columns ascending; of several edits of one cell the later wins field by field."""
    found: dict[int, dict[int, CellEdit]] = {}
    for edit in sorted(edits, key=attrgetter("row", "column")):
        row = found.get(edit.row)
        if row is None:
            row = found[edit.row] = {}
        column = edit.column
        row[column] = _overlaid(row[column], edit) if column in row else edit
    return found


def _overlaid(old: CellEdit, new: CellEdit) -> CellEdit:
    return CellEdit(
        old.row,
        old.column,
        old.value if isinstance(new.value, Keep) else new.value,
        old.style if new.style is None else new.style,
        old.number_format if new.number_format is None else new.number_format,
        old.link if new.link is None else new.link,
        old.like if new.like is None else new.like,
        old.height if new.height is None else new.height,
    )


def stored_text(text: str) -> str:
    """The text as a cell can hold it: line ends are \\n, illegal characters gone, at most 32,767 units with '…'."""
    if len(text) < TEXT_LIMIT // 2 and _UNUSUAL.search(text) is None:
        return text
    clean = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    wide = clean.encode("utf-16-le")
    if len(wide) <= 2 * TEXT_LIMIT:
        return clean
    return wide[: 2 * (TEXT_LIMIT - 1)].decode("utf-16-le", "ignore") + "…"


def serial(moment: date | datetime, date1904: bool) -> float | int | None:
    """日期序号 — the number Excel keeps for this day; None for days its calendar does not reach."""
    if isinstance(moment, datetime):
        day, within = moment.date(), moment.replace(tzinfo=None) - datetime.combine(moment.date(), time())
    else:
        day, within = moment, timedelta()
    first = date(1904, 1, 1) if date1904 else date(1899, 12, 31)
    days = (day - first).days
    if days < (0 if date1904 else 1):
        return None
    if not date1904 and day >= date(1900, 3, 1):
        days += 1
    return days + within / timedelta(days=1) if within else days


def cell_content(value: Value, prefix: bytes, date1904: bool) -> tuple[bytes, bytes]:
    """(value of the `t` attribute or b"", the cell's children) for a value."""
    if isinstance(value, bool):
        return b"b", _element(prefix, b"%d" % value)
    if isinstance(value, date):
        days = serial(value, date1904)
        if days is not None:
            return b"", _element(prefix, _number(days))
        value = value.isoformat()
    if isinstance(value, str):
        content = _inline(prefix, value)
        return (b"inlineStr", content) if content else (b"", b"")
    return (b"", b"") if value is None else (b"", _element(prefix, _number(value)))


def _number(value: float | Decimal | Fraction) -> bytes:
    if isinstance(value, int):
        return str(value).encode()
    number = float(value)
    return (str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)).encode()


def _element(prefix: bytes, content: bytes) -> bytes:
    return b"<" + prefix + b"v>" + content + b"</" + prefix + b"v>"


@lru_cache(maxsize=4096)
def _inline(prefix: bytes, value: str) -> bytes:
    text = stored_text(value)
    if not text:
        return b""
    spelled = text_bytes(_ESCAPE_LIKE.sub("_x005F_", text))
    return b'<%bis><%bt xml:space="preserve">%b</%bt></%bis>' % (prefix, prefix, spelled, prefix, prefix)


def refuse(sheet: str, row: int, column: int, why: str, advice: str) -> WriteRefused:
    """The error for a cell that must not be written, with its address."""
    return WriteRefused(f"{sheet}!{address(row, column)} {why}，不能写入。", advice)

"""行高 — give rows the height their new text needs, unless somebody has set it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .cells import SheetText
from .markup import splice, with_attribute
from .values import CellEdit


def heights_of(edits: Iterable[CellEdit], changed: frozenset[tuple[int, int]]) -> dict[int, float]:
    """Row → height in points asked for, of the rows in which something really changed."""
    rows = {row for row, _ in changed}
    return {edit.row: edit.height for edit in edits if edit.height is not None and edit.row in rows}


def with_heights(xml: bytes, part: str, heights: Mapping[int, float]) -> bytes:
    """The worksheet part with these row heights; rows whose height was set by hand (customHeight) stay as they are."""
    text = SheetText(xml, part, trusted=True)
    splices = []
    for row in text.rows():
        by_hand = text.attributes(row).get(b"customHeight", b"")[1:-1] in (b"1", b"true")
        if row.number in heights and not by_hand:
            tag = text.xml[row.start : row.open_end]
            splices.append((row.start, row.open_end, with_attribute(tag, "ht", f"{heights[row.number]:g}")))
    return splice(text.xml, splices)

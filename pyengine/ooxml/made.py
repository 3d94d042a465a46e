"""单元格字节 — the bytes of the cells that an edit makes or changes."""

from __future__ import annotations

import re
from functools import lru_cache

from .areas import address, column_bytes
from .cells import Cell, SheetText
from .looks import Looks
from .markup import attributes_of, with_attribute
from .values import KEEP, CellEdit, Keep, Value, cell_content, refuse

_DROPPED = frozenset((b"t", b"cm", b"vm", b"ph"))
_USUAL = re.compile(rb'( r="[A-Z]+\d+")( s="\d+")?(?: t="\w+")?')


class CellMaker:
    """Makes the cells of one sheet. Cells of the same text and format share the bytes behind their address."""

    def __init__(self, text: SheetText, name: str, looks: Looks, date1904: bool) -> None:
        self._text, self._name, self._looks, self._date1904 = text, name, looks, date1904
        self._prefix = text.prefix
        self._known = lru_cache(maxsize=4096)(self._made_ending)

    def new(self, row: int, edit: CellEdit) -> bytes:
        """The bytes of a cell that is not there yet; none if it would be blank and without a style of its own."""
        value = None if edit.value is KEEP else edit.value
        if edit.style is None and (value is None or value == ""):
            return b""
        style = self._looks.of_new(row, edit)
        return b'<%bc r="%b%d"%b' % (self._prefix, column_bytes(edit.column), row, self._ending(value, style))

    def changed(self, row: int, cell: Cell, edit: CellEdit) -> bytes | None:
        """The bytes an existing cell turns into; None if it need not change. Raises `WriteRefused` for formulas."""
        if self._text.has_formula(cell):
            raise refuse(self._name, row, cell.column, "里是公式", "请把公式移到别处，或改成数值后再运行。")
        style, value = self._looks.of(cell.style, edit), edit.value
        if isinstance(value, Keep):
            return None if style == cell.style else self._restyled(cell, style)
        usual = _USUAL.fullmatch(cell.attributes)
        if usual is None:
            return self._rewritten(row, cell, style, value)
        kept = usual[1] + (usual[2] or b"") if style == cell.style else usual[1] + b' s="%d"' % style
        return b"<%bc%b%b" % (self._prefix, kept, self._ending(value, 0))

    def _restyled(self, cell: Cell, style: int) -> bytes:
        raw = self._text.xml[cell.start : cell.end]
        end = 2 + len(self._prefix) + len(cell.attributes)
        end += 2 if raw[end : end + 1] == b"/" else 1
        return with_attribute(raw[:end], "s", str(style)) + raw[end:]

    def _rewritten(self, row: int, cell: Cell, style: int, value: Value) -> bytes:
        """The cell with its other attributes as they were, whatever they are."""
        found = attributes_of(cell.attributes)
        found.setdefault(b"r", b'"%b"' % address(row, cell.column).encode())
        if style != cell.style:
            found[b"s"] = b'"%d"' % style
        attributes = b"".join(b" %b=%b" % pair for pair in found.items() if pair[0] not in _DROPPED)
        return b"<%bc%b%b" % (self._prefix, attributes, self._ending(value, 0))

    def _ending(self, value: Value, style: int) -> bytes:
        """What follows a cell's own attributes: format (0: none), type, content, closing tag."""
        return self._known(value, style) if type(value) is str else self._made_ending(value, style)

    def _made_ending(self, value: Value, style: int) -> bytes:
        kind, content = cell_content(value, self._prefix, self._date1904)
        look = b' s="%d"' % style if style else b""
        if not content:
            return look + b"/>"
        return b"%b%b>%b</%bc>" % (look, b' t="%b"' % kind if kind else b"", content, self._prefix)

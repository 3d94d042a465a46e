"""样式册 — styles.xml: named cell styles are found or added, cell formats appended once, the rest untouched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from .errors import WriteRefused
from .markup import Node, Splice, append_splices, parse, splice, with_attribute
from .values import NamedLook

_PART: Final = "xl/styles.xml"
_ORDER: Final = (
    *("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"),
    *("dxfs", "tableStyles", "colors", "extLst"),
)
_FONT_ORDER: Final = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz"),
    *("color", "name", "family", "charset", "scheme"),
)
_IDS: Final = ("numFmtId", "fontId", "fillId", "borderId")
_CUSTOM_FORMATS: Final = 164
MAX_FORMATS: Final = 65_490
BUILTIN: Final = {
    "General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "0.00E+00": 11, "# ?/?": 12,
    "# ??/??": 13, "mm-dd-yy": 14, "d-mmm-yy": 15, "d-mmm": 16, "mmm-yy": 17, "h:mm AM/PM": 18, "h:mm:ss AM/PM": 19,
    "h:mm": 20, "h:mm:ss": 21, "m/d/yy h:mm": 22, "mm:ss": 45, "[h]:mm:ss": 46, "mmss.0": 47, "##0.0E+0": 48, "@": 49,
}  # fmt: skip
_DATE_IDS: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NOT_CODE = re.compile(r"""\\.|_.|\*.|"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]""", re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs年月日]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Xf:
    """One format record: its ids, the style record it follows, and its bytes."""

    ids: tuple[str, ...]
    parent: str
    inside: bytes
    raw: bytes


class StyleBook:
    """一册样式 — wraps the bytes of styles.xml; `content` gives them back with what was appended."""

    def __init__(self, content: bytes) -> None:
        self._xml = content
        self._root = parse(content, _PART)
        self.prefix = self._root.prefix
        self._added: dict[str, list[bytes]] = {}
        self._counts = {name: len(self._nodes(name)) for name in _ORDER}
        self._xfs = [self._xf(node) for node in self._nodes("cellXfs")]
        self._style_xfs = [self._xf(node) for node in self._nodes("cellStyleXfs")]
        named = (node.attributes for node in self._nodes("cellStyles"))
        self._names = {found.get("name", ""): int(found.get("xfId", 0)) for found in named}
        self._by_style = {str(xf): name for name, xf in self._names.items()}
        self._formats = {
            int(n.attributes["numFmtId"]): n.attributes.get("formatCode", "") for n in self._nodes("numFmts")
        }
        self._known: dict[tuple[int | str, ...], int] = {}

    @property
    def content(self) -> bytes:
        """The part as it now stands; the very same bytes while nothing was added."""
        splices: list[Splice] = []
        for name in _ORDER:
            if self._added.get(name):
                splices += self._section(name, self._added[name])
        return splice(self._xml, splices)

    @property
    def grew(self) -> bool:
        """Whether anything was appended."""
        return bool(self._added)

    def has_named(self, name: str) -> bool:
        """Whether the workbook has a cell style of that name."""
        return name in self._names

    def named(self, name: str) -> int:
        """The cell format that is that named style and nothing else; appended on first need. Raises `KeyError`."""
        key = ("named", name)
        if key not in self._known:
            style = self._names[name]
            base = self._style_xfs[style] if style < len(self._style_xfs) else self._xf_at(0)
            same = (i for i, xf in enumerate(self._xfs) if xf.parent == str(style) and _looks(xf) == _looks(base))
            found = next(same, None)
            self._known[key] = self._append_xf(base, str(style), base.ids) if found is None else found
        return self._known[key]

    def add_named(self, name: str, look: NamedLook) -> None:
        """Append a cell style of that name with those looks; nothing happens if there is one already."""
        if name in self._names:
            return
        self._complete()
        font = self._append_font(look) if look.font or look.bold or look.italic else 0
        fill = self._append_fill(look.fill) if look.fill else 0
        flags = ' applyFont="1"' * bool(font) + ' applyFill="1"' * bool(fill)
        number = self._append_style_xf(font, fill, flags)
        self._append("cellStyles", self._spelled(f'<cellStyle name={quoteattr(name)} xfId="{number}"/>'))
        self._names[name] = number
        self._by_style[str(number)] = name

    def with_format(self, base: int, code: str) -> int:
        """The cell format like `base` but showing numbers by that code; found, or appended."""
        key = ("format", base, code)
        if key not in self._known:
            xf = self._xf_at(base)
            ids = (str(self._format_id(code)), *xf.ids[1:])
            same = (
                i
                for i, other in enumerate(self._xfs)
                if (other.ids, other.parent, other.inside) == (ids, xf.parent, xf.inside)
            )
            found = next(same, None)
            self._known[key] = self._append_xf(xf, xf.parent, ids, True) if found is None else found
        return self._known[key]

    def is_date(self, xf: int) -> bool:
        """Whether the cell format shows numbers as dates or times."""
        number = int(self._xf_at(xf).ids[0])
        if number in self._formats:
            return _DATE_LETTERS.search(_NOT_CODE.sub("", self._formats[number].split(";")[0])) is not None
        return number in _DATE_IDS

    def is_general(self, xf: int) -> bool:
        """Whether the cell format leaves numbers as they are (常规)."""
        number = int(self._xf_at(xf).ids[0])
        return number == 0 or self._formats.get(number, "").lower() in ("general", "常规", "g/通用格式")

    def name_of(self, xf: int) -> str | None:
        """The name of the cell style this cell format belongs to."""
        return self._by_style.get(self._xf_at(xf).parent)

    def _xf_at(self, index: int) -> _Xf:
        return self._xfs[index] if index < len(self._xfs) else _Xf(("0", "0", "0", "0"), "0", b"", b"")

    def _nodes(self, section: str) -> list[Node]:
        holder = self._root.child(section)
        return [] if holder is None else holder.children

    def _xf(self, node: Node) -> _Xf:
        found = node.attributes
        inside = b"".join(self._xml[child.start : child.end] for child in node.children if child.name != "extLst")
        ids = tuple(found.get(key, "0") for key in _IDS)
        return _Xf(ids, found.get("xfId", "0"), inside, self._xml[node.start : node.end])

    def _spelled(self, text: str) -> bytes:
        """The markup with this part's namespace prefix on every tag."""
        return re.sub(rb"<(/?)(?=\w)", rb"<\1" + self.prefix, text.encode())

    def _append(self, section: str, raw: bytes) -> int:
        self._added.setdefault(section, []).append(raw)
        self._counts[section] += 1
        return self._counts[section] - 1

    def _complete(self) -> None:
        """Append what every cell format refers to, as far as the part lacks it."""
        for section, raw in (("fonts", '<font><sz val="11"/></font>'), ("borders", "<border/>")):
            if not self._counts[section]:
                self._append(section, self._spelled(raw))
        for kind in ("none", "gray125")[self._counts["fills"] :]:
            self._append("fills", self._spelled(f'<fill><patternFill patternType="{kind}"/></fill>'))
        if not self._style_xfs:
            self._append_style_xf(0, 0, "")
        if not self._counts["cellStyles"]:
            self._append("cellStyles", self._spelled('<cellStyle name="Normal" xfId="0" builtinId="0"/>'))
        if not self._xfs:
            self._keep_xf(_Xf(("0", "0", "0", "0"), "0", b"", b""), b"")

    def _append_style_xf(self, font: int, fill: int, flags: str) -> int:
        raw = self._spelled(f'<xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0"{flags}/>')
        self._style_xfs.append(_Xf(("0", str(font), str(fill), "0"), "0", b"", raw))
        return self._append("cellStyleXfs", raw)

    def _append_xf(self, base: _Xf, parent: str, ids: tuple[str, ...], own_format: bool = False) -> int:
        """Append a cell format. Like Excel's own, one that only follows its named style carries no apply… flags."""
        self._complete()
        raw = base.raw or self._spelled("<xf/>")
        tag_end = raw.index(b">") + 1
        tag = raw[:tag_end]
        if base.parent != parent or not own_format:
            tag = re.sub(rb"\s+apply\w+\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", tag)
        for key, value in (*zip(_IDS, ids, strict=True), ("xfId", parent)):
            tag = with_attribute(tag, key, value)
        if own_format:
            tag = with_attribute(tag, "applyNumberFormat", "1")
        return self._keep_xf(_Xf(ids, parent, base.inside, tag + raw[tag_end:]), tag + raw[tag_end:])

    def _keep_xf(self, xf: _Xf, raw: bytes) -> int:
        if len(self._xfs) >= MAX_FORMATS:
            raise WriteRefused(
                "工作簿的单元格格式已达 Excel 的上限，添不了样式。", "请在 Excel 中清理多余的格式后再运行。"
            )
        if not raw:
            raw = self._spelled('<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>')
        self._xfs.append(xf)
        return self._append("cellXfs", raw)

    def _format_id(self, code: str) -> int:
        if code in BUILTIN:
            return BUILTIN[code]
        for number, known in self._formats.items():
            if known == code:
                return number
        number = max((_CUSTOM_FORMATS - 1, *self._formats)) + 1
        self._formats[number] = code
        self._append("numFmts", self._spelled(f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>'))
        return number

    def _append_font(self, look: NamedLook) -> int:
        """A font like the workbook's first one, in that colour and face."""
        first = self._nodes("fonts")[:1]
        parts = {n.name: self._xml[n.start : n.end] for node in first for n in node.children}
        parts = {key: raw for key, raw in parts.items() if key not in ("b", "i")}
        if look.font:
            parts["color"] = self._spelled(f'<color rgb="FF{look.font.upper()}"/>')
        faces = {"b": look.bold, "i": look.italic}
        parts |= {key: self._spelled(f"<{key}/>") for key, wanted in faces.items() if wanted}
        ordered = sorted(parts, key=lambda key: _FONT_ORDER.index(key) if key in _FONT_ORDER else 99)
        inside = b"".join(parts[key] for key in ordered)
        return self._append("fonts", self._spelled("<font>") + inside + self._spelled("</font>"))

    def _append_fill(self, colour: str) -> int:
        pattern = f'<patternFill patternType="solid"><fgColor rgb="FF{colour.upper()}"/><bgColor indexed="64"/>'
        return self._append("fills", self._spelled(f"<fill>{pattern}</patternFill></fill>"))

    def _section(self, name: str, added: list[bytes]) -> list[Splice]:
        """The splices that append to a section, making it in its proper place if the part has none."""
        holder, children = self._root.child(name), b"".join(added)
        if holder is not None:
            count = {"count": str(self._counts[name])} if "count" in holder.attributes else {}
            return append_splices(self._xml, holder, children, count)
        earlier = [n.end for n in self._root.children if n.name in _ORDER[: _ORDER.index(name)]]
        at = max(earlier, default=self._root.open_end)
        opening = self._spelled(f'<{name} count="{self._counts[name]}">')
        return [(at, at, opening + children + self._spelled(f"</{name}>"))]


def _looks(xf: _Xf) -> tuple[tuple[str, ...], bytes]:
    return xf.ids, xf.inside

"""内部超链接 — the <hyperlinks> of a sheet: links to places in the same workbook are added, changed, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from .areas import address
from .cells import SheetText
from .markup import Node, Splice, append_splices, with_attribute

_BEFORE: Final = frozenset(
    (
        *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
        *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews"),
        *("mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations"),
    )
)


@dataclass(frozen=True, slots=True)
class Links:
    """链接改动 — the splices (of the sheet's frame), and the cells whose link really changes."""

    splices: tuple[Splice, ...]
    changed: frozenset[tuple[int, int]]


def link_changes(sheet: SheetText, asked: Mapping[tuple[int, int], tuple[str, str]]) -> Links:
    """What to do for (row, column) → (location, text shown); location "" takes an internal link away."""
    holder = sheet.child("hyperlinks")
    nodes = holder.children if holder is not None else []
    known = {node.attributes.get("ref", ""): node for node in nodes}
    splices: list[Splice] = []
    removed: list[Node] = []
    added: list[bytes] = []
    changed: set[tuple[int, int]] = set()
    for (row, column), (location, display) in asked.items():
        ref = address(row, column)
        node = known.get(ref)
        if _stands(node, location):
            continue
        changed.add((row, column))
        if node is not None and not location:
            removed.append(node)
        elif node is not None:
            splices.append((node.start, node.open_end, _retargeted(sheet.frame_xml, node, location, display)))
        else:
            added.append(_link(sheet.prefix, ref, location, display))
    splices += _placed(sheet, holder, removed, b"".join(added))
    return Links(tuple(splices), frozenset(changed))


def _stands(node: Node | None, location: str) -> bool:
    """Whether nothing needs doing: the link is as asked, or there is no internal link to take away."""
    present = "" if node is None or _is_external(node) else node.attributes.get("location", "")
    return present == location


def _is_external(node: Node) -> bool:
    return any(key.endswith("\nid") for key in node.attributes)


def _retargeted(xml: bytes, node: Node, location: str, display: str) -> bytes:
    tag = xml[node.start : node.open_end]
    if _is_external(node):
        link = _link(node.prefix, node.attributes["ref"], location, display)
        return link if node.empty_tag else link[:-2] + b">"
    tag = with_attribute(tag, "location", location)
    return with_attribute(tag, "display", display) if display else tag


def _link(prefix: bytes, ref: str, location: str, display: str) -> bytes:
    shown = f" display={quoteattr(display)}" if display else ""
    return b"<" + prefix + f"hyperlink ref={quoteattr(ref)} location={quoteattr(location)}{shown}/>".encode()


def _placed(sheet: SheetText, holder: Node | None, removed: list[Node], added: bytes) -> list[Splice]:
    if holder is None:
        return [_new_holder(sheet, added)] if added else []
    if len(removed) == len(holder.children) and not added:
        return [(holder.start, holder.end, b"")]
    splices = [(node.start, node.end, b"") for node in removed]
    return splices + (append_splices(sheet.frame_xml, holder, added, {})[-1:] if added else [])


def _new_holder(sheet: SheetText, added: bytes) -> Splice:
    at = max(node.end for node in sheet.frame.children if node.name in _BEFORE)
    name = sheet.prefix + b"hyperlinks>"
    return at, at, b"<" + name + added + b"</" + name

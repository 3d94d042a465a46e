"""规则随行增长 — conditional formats and validations, classic and of 2010, grow with the rows added below them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .areas import Area, parse_area
from .cells import SheetText
from .growth import Block, Growth
from .markup import Node, Splice, attribute_splice


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule: where its ranges are spelled (in an attribute, or as the text of an element of 2010), and these."""

    node: Node
    is_text: bool
    is_validation: bool
    ranges: tuple[str, ...]

    def areas(self) -> tuple[Area | None, ...]:
        return tuple(parse_area(text) for text in self.ranges)

    def splice(self, xml: bytes, ranges: list[str]) -> Splice:
        text = " ".join(ranges)
        if self.is_text:
            return self.node.open_end, self.node.close, text.encode()
        return attribute_splice(xml, self.node, "sqref", text)


def rule_splices(text: SheetText, growth: Growth, blocks: tuple[Block, ...]) -> list[Splice]:
    """The splices (of the sheet's frame) that make rules longer; rules of pivot tables stay as they are."""
    rules = tuple(_rules(text))
    checked = [area for rule in rules if rule.is_validation for area in rule.areas() if area is not None]
    found = []
    for rule in rules:
        own = [area for area in rule.areas() if area is not None]
        longer = [_longer(area, growth, blocks, checked if rule.is_validation else own) for area in rule.areas()]
        ranges = [new.text() if new else old for new, old in zip(longer, rule.ranges, strict=True)]
        if any(longer):
            found.append(rule.splice(text.frame_xml, ranges))
    return found


def _longer(area: Area | None, growth: Growth, blocks: tuple[Block, ...], taken: list[Area]) -> Area | None:
    """The area grown; None if it does not grow, or where one of those taken is already there."""
    after = growth.of_rule(area, blocks) if area is not None else None
    if area is None or after is None or after == area:
        return None
    added = Area(area.last_row + 1, area.first_column, after.last_row, area.last_column)
    return None if any(other.overlaps(added) for other in taken) else after


def _rules(text: SheetText) -> Iterator[_Rule]:
    for kind in ("conditionalFormatting", "dataValidation"):
        is_validation = kind == "dataValidation"
        for node in text.frame.every(kind):
            spelled = node.child("sqref")
            if node.attributes.get("pivot") in ("1", "true"):
                continue
            if "sqref" in node.attributes:
                yield _Rule(node, False, is_validation, tuple(node.attributes["sqref"].split()))
            elif spelled is not None and not spelled.empty_tag:
                ranges = text.frame_xml[spelled.open_end : spelled.close].decode().split()
                yield _Rule(spelled, True, is_validation, tuple(ranges))

"""段落式台账：没有表格，一行行写着“一、……”“牵头单位：……”“完成时限：……”，照标签归成事项。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyengine.adopt import heads as h
from pyengine.adopt.drafts import Draft, StepCell
from pyengine.adopt.heads import Heads
from pyengine.adopt.lines import heading_level, is_foot, is_heading
from pyengine.adopt.source import Cell, Sheet
from pyengine.units import units_in_task

_LABEL = re.compile(r"(?:^|(?<=[\s；;。，,（(【\[]))[【\[（(]?([一-鿿、及（）() ]{2,12}?)[】\]）)]?[:：]")
_NUMBERED = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十\d]+[)）]|\d+[、.．]|[①-⑳])\s*"
)
_TAIL = re.compile(r"[（(【\[]((?:[^（）()【】\[\]]|[（(][^（）()]*[）)])*)[）)】\]]\s*[。；;]?\s*$")
_MEANT = frozenset({h.LEAD, h.UNITS, h.HELP, h.DUE, "牵头领导"})


@dataclass(slots=True)
class _Block:
    """一个标题和它下面的话。"""

    level: int
    title: Cell
    section: tuple[Cell, ...]
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    steps: list[StepCell] = field(default_factory=list)
    extras: list[tuple[str, Cell]] = field(default_factory=list)

    @property
    def is_item(self) -> bool:
        """写着单位、时限、领导之一的是事项，别的是章节。"""
        return bool(_MEANT & self.cells.keys()) or units_in_task(self.title.text) is not None


@dataclass(frozen=True, slots=True)
class Blocks:
    """段落式的一张表：事项、章节、开头和结尾的话。"""

    drafts: tuple[Draft, ...]
    sections: tuple[Cell, ...]
    others: tuple[Cell, ...]


def read_blocks(sheet: Sheet, heads: Heads) -> Blocks | None:
    """照段落式读；不像段落式的为 None。"""
    blocks: list[_Block] = []
    others: list[Cell] = []
    for line in _text_lines(sheet):
        labels = tuple(_labels(line, heads))
        if labels and blocks and not is_foot(line.text):
            _take(blocks[-1], labels)
        elif is_heading(line.text):
            blocks.append(_open(line, blocks))
            _take(blocks[-1], tuple(_inside(line, heads)))
        elif blocks and not is_foot(line.text):
            blocks[-1].extras.append(("", line))
        else:
            others.append(line)
    items = [block for block in blocks if block.is_item]
    if len(items) < 2:
        return None
    sections = tuple(block.title for block in blocks if not block.is_item)
    return Blocks(tuple(_draft(sheet, block) for block in items), sections, tuple(others))


def _text_lines(sheet: Sheet) -> Iterator[Cell]:
    for cell in sheet.cells():
        for line in str(cell.value).splitlines() if isinstance(cell.value, str) else (str(cell.value),):
            if line.strip():
                yield Cell(cell.sheet, cell.row, cell.column, line, partial=line != cell.value)


def _labels(line: Cell, heads: Heads) -> Iterator[tuple[str, str, Cell]]:
    """一行里的各个“标签：内容”：(栏, 标签, 内容)。开头不是标签的不算。"""
    found = [(match, role) for match in _LABEL.finditer(line.text) if (role := _label_role(match[1], heads))]
    if found and not _NUMBERED.sub("", line.text[: found[0][0].start()]).strip("　 【[（("):
        yield from _labelled(line, found, len(line.text))


def _inside(line: Cell, heads: Heads) -> Iterator[tuple[str, str, Cell]]:
    """标题末尾括号里的标签：“……500个（牵头单位：县城管局；完成时限：8月底前）。”"""
    bracket = _TAIL.search(line.text)
    if bracket is None:
        return
    found = [
        (match, role)
        for match in _LABEL.finditer(line.text)
        if match.start() >= bracket.start() and (role := _label_role(match[1], heads))
    ]
    if found:
        yield from _labelled(line, found, bracket.end(1))


def _labelled(line: Cell, found: list[tuple[re.Match[str], str]], end: int) -> Iterator[tuple[str, str, Cell]]:
    ends = [match.start() for match, _ in found[1:]] + [end]
    for (match, role), stop in zip(found, ends, strict=True):
        text = line.text[match.end() : stop].strip().strip("；;，,。")
        if text:
            yield role, match[1], Cell(line.sheet, line.row, line.column, text, partial=True)


def _label_role(text: str, heads: Heads) -> str | None:
    role = heads.role(text)
    return {"办理状态？": "最新进展", "完成进度？": "完成进度", "节点？": h.STEP, "工作任务？": h.DETAIL}.get(
        role or "", role
    )


def _take(block: _Block, labels: tuple[tuple[str, str, Cell], ...]) -> None:
    for role, label, cell in labels:
        if role == h.STEP:
            block.steps.append(StepCell(cell))
        elif role in (h.SECTION, "章节？", h.SEQUENCE):
            block.extras.append((label, cell))
        elif role == h.TASK:
            block.cells.setdefault(h.DETAIL, []).append(cell)
        else:
            block.cells.setdefault(role, []).append(cell)


def _open(line: Cell, blocks: list[_Block]) -> _Block:
    level = heading_level(line.text)
    above: list[_Block] = []
    for block in reversed(blocks):
        if block.level < (above[-1].level if above else level):
            above.append(block)
    return _Block(level, line, tuple(block.title for block in reversed(above)))


def _draft(sheet: Sheet, block: _Block) -> Draft:
    cells = dict(block.cells)
    if h.LEAD in cells and h.UNITS in cells:
        cells[h.HELP] = cells.pop(h.UNITS) + cells.get(h.HELP, [])
    cells[h.TASK] = [block.title]
    blanks = {role: block.title for role in (h.LEAD, h.DUE) if role not in cells}
    return Draft(
        sheet.name, (block.title.row,), block.section, {role: tuple(found) for role, found in cells.items()},
        tuple(block.steps), tuple(block.extras), blanks, labelled=True,
    )  # fmt: skip

"""迁移账：原表的每一格去了哪里、怎样处理的，哪里须要核对。每格只有一条账，条数对得上。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyengine.adopt.source import Cell, Sheet
from pyengine.terms import ERROR, NOTICE, SEVERITIES, WARNING

SAME, CHANGED, REMARKED, FRAME, LEFT, BLANK, COPIED = "原样", "改写", "并入备注", "结构", "未迁移", "空白", "附表"
HANDLINGS = (SAME, CHANGED, REMARKED, COPIED, FRAME, LEFT)
"""处理的各种办法；空白的格只在须要核对时才列。"""

_GRAVITY = {word: rank for rank, word in enumerate((ERROR, WARNING, NOTICE, ""))}
Key = tuple[str, int, int]


@dataclass(slots=True)
class Entry:
    """一格的账：去向（可以几处）、处理、级别、说明。"""

    head: str = ""
    targets: list[str] = field(default_factory=list)
    handling: str = ""
    severity: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Journal:
    """全部的账，按格。"""

    entries: dict[Key, Entry] = field(default_factory=dict)
    sheet_notes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def at(self, cell: Cell) -> Entry:
        """这一格的账；还没有的开一条。"""
        return self.entries.setdefault((cell.sheet, cell.row, cell.column), Entry())

    def went(self, cell: Cell, target: str, handling: str, note: str = "") -> None:
        """这一格的内容写到了 target；写到几处的，处理取变动大的。"""
        entry = self.at(cell)
        if target and target not in entry.targets:
            entry.targets.append(target)
        if not entry.handling or (entry.handling, handling) in ((SAME, CHANGED), (REMARKED, SAME), (REMARKED, CHANGED)):
            entry.handling = handling
        self._note(entry, note)

    def kept(self, cell: Cell, why: str, handling: str = FRAME) -> None:
        """这一格没有写进哪一列，以及为什么。"""
        entry = self.at(cell)
        if not entry.handling:
            entry.handling = handling
            self._note(entry, why)

    def doubt(self, cell: Cell, severity: str, note: str) -> None:
        """这一格须要核对。"""
        entry = self.at(cell)
        entry.severity = min((entry.severity, severity), key=_GRAVITY.__getitem__)
        self._note(entry, note)

    def head(self, cells: Iterable[Cell], head: str) -> None:
        """这些格在哪个表头下面。"""
        for cell in cells:
            self.at(cell).head = head

    def about(self, sheet: str, severity: str, note: str) -> None:
        """整张表的一句话。"""
        self.sheet_notes.setdefault(sheet, []).append((severity, note))

    def close(self, sheets: Iterable[Sheet]) -> None:
        """结账：还没有账的格都是没有迁移的，逐格说明。"""
        for sheet in sheets:
            for cell in sheet.cells():
                entry = self.at(cell)
                if not entry.handling:
                    entry.handling = LEFT
                    self._note(entry, "不在表里，认不出是什么")
                    entry.severity = entry.severity or WARNING

    def tally(self, sheets: Iterable[Sheet]) -> Mapping[str, Counter[str]]:
        """每张表的有内容的格：各种处理各几格。"""
        return {
            sheet.name: Counter(self.entries[cell.sheet, cell.row, cell.column].handling for cell in sheet.cells())
            for sheet in sheets
        }

    def severities(self) -> Counter[str]:
        """须要核对的：各级别几条。"""
        found = Counter(entry.severity for entry in self.entries.values() if entry.severity)
        found.update(min((word for word, _ in said), key=_GRAVITY.__getitem__) for said in self.sheet_notes.values())
        return Counter({word: found[word] for word in SEVERITIES if found[word]})

    @staticmethod
    def _note(entry: Entry, note: str) -> None:
        if note and note not in entry.notes:
            entry.notes.append(note)

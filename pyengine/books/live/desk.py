"""打开着的一本 — what the live ledger asks of a spreadsheet program; each program answers in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pyengine.libreoffice.areas import Area
from pyengine.ooxml import Locked, NamedLook

from .blocks import Block, Cell

Rows = Sequence[Sequence[object]]


@dataclass(slots=True)
class Work:
    """一张表要做的 — all that is to be done to one sheet: values, styles, formats, links, and rows that copy their looks."""

    blocks: tuple[Block, ...] = ()
    styles: dict[str, list[Cell]] = field(default_factory=dict)
    formats: dict[str, list[Cell]] = field(default_factory=dict)
    links: dict[Cell, str] = field(default_factory=dict)
    grown: tuple[int, int] | None = None
    """(last row with looks, last row to get them)."""
    tall: tuple[Cell, ...] = ()
    """The texts whose rows may need another height, one cell a row."""


class Desk(Protocol):
    """A workbook as one program has it open. Each method is one conversation with the program, however many cells.

    Raises `Locked` while the program is busy or when it is gone, `WriteRefused` when it does not let cells be changed.
    """

    program: str

    def names(self) -> tuple[str, ...]:
        """The worksheets, in the order of their tabs."""

    def read(self, sheet: str) -> tuple[Area, Rows]:
        """The area in use, looks included, and its values; errors are `CellError`s."""

    def unchanged(self, sheet: str) -> bool:
        """Whether the sheet still holds what was last read of it."""

    def merged(self, sheet: str, area: Area) -> Area | bool | None:
        """Whether an area has merged cells: False none, True or None some; for one cell the merged area it is in."""

    def formula_cells(self, sheet: str, area: Area) -> frozenset[Cell]:
        """The cells of an area that hold formulas."""

    def protected(self, sheet: str) -> bool:
        """Whether the sheet is protected."""

    def style(self, sheet: str, cells: Sequence[Cell]) -> str | None:
        """The named style that the cells share; None when they differ."""

    def number_format(self, sheet: str, cells: Sequence[Cell]) -> str | None:
        """The number format that the cells share; None when they differ."""

    def ensure_styles(self, looks: dict[str, NamedLook]) -> None:
        """Named styles that the workbook lacks are added."""

    def do(self, sheet: str, work: Work) -> None:
        """Carry out the work on one sheet."""

    def quiet(self) -> AbstractContextManager[None]:
        """No drawing and no events for the time of the work; as before in every case afterwards."""

    def say(self, text: str) -> None:
        """A line in the status bar; "" gives it back to the program."""

    def tell(self, text: str, title: str) -> bool:
        """A message before the program's window, closed by the clerk; False when there is no window."""


def read_only(path: Path) -> Locked:
    """The ledger is open, but cannot be written there."""
    return Locked(f"台账 {path.name} 是以只读方式打开的。", "请关闭它，由能写的那一台打开，再做一次。")

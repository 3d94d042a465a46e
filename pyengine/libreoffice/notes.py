"""批注 — notes on cells."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from .areas import Area
from .errors import plainly
from .runtime import struct


class Note(base_classes.Note):
    """批注 — the note on one cell."""

    def __init__(self, range_: Any) -> None:
        self._range = range_

    @property
    def api(self) -> Any:
        """LibreOffice's own annotation."""
        return self._range.api.getCellByPosition(0, 0).getAnnotation()

    @property
    def text(self) -> str:
        """Its text."""
        return str(self.api.getString())

    @text.setter
    def text(self, value: str) -> None:
        with plainly(f"改{self._range.place.name()}的批注"):
            self.api.setString(value)

    @property
    def author(self) -> str:
        """Who wrote it, "" when LibreOffice was not told."""
        return str(self.api.getAuthor())

    @property
    def location(self) -> Any:
        """The cell it is on."""
        return self._range

    def delete(self) -> None:
        """Take it away."""
        notes = self._range.place.sheet.getAnnotations()
        position = self.api.getPosition()
        spots = [notes.getByIndex(number).getPosition() for number in range(notes.getCount())]
        number = next(
            number for number, spot in enumerate(spots) if (spot.Column, spot.Row) == (position.Column, position.Row)
        )
        with plainly(f"删{self._range.place.name()}的批注"):
            notes.removeByIndex(number)


def note_at(range_: Any) -> Note | None:
    """The note on the first cell of a range, None when there is none."""
    note = Note(range_(1, 1))
    return note if note.text else None


def add_note(range_: Any, text: str) -> Note:
    """Put a note on the first cell of a range; an older one is replaced."""
    cell = struct("table.CellAddress", 0, range_.column - 1, range_.row - 1)
    cell.Sheet = range_.place.sheet.getRangeAddress().Sheet
    with plainly(f"给{range_.place.name()}加批注"):
        range_.place.sheet.getAnnotations().insertNew(cell, text)
    return Note(range_(1, 1))


def notes_of(sheet: Any) -> list[Note]:
    """Every note of a sheet."""
    notes = sheet.api.getAnnotations()
    spots = (notes.getByIndex(number).getPosition() for number in range(notes.getCount()))
    return [Note(sheet.at(Area(spot.Row + 1, spot.Column + 1))) for spot in spots]

"""外观 — colours, fonts, alignment and number formats of a range; what cells do not share reads as None."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from .document import Place
from .errors import plainly
from .formats import uniform_key
from .runtime import load_uno

HORIZONTAL = {
    "general": "STANDARD",
    "left": "LEFT",
    "center": "CENTER",
    "right": "RIGHT",
    "justify": "BLOCK",
    "fill": "REPEAT",
}
VERTICAL = {"top": 1, "center": 2, "bottom": 3, "justify": 4}
_BOLD, _PLAIN = 150.0, 100.0
_NO_COLOR = -1
Color = tuple[int, int, int] | int | str | None


def shade(color: Color) -> int:
    """A colour as LibreOffice keeps it: (red, green, blue), "#RRGGBB", Excel's number, or None for no colour."""
    if color is None:
        return _NO_COLOR
    if isinstance(color, str):
        return int(color.removeprefix("#"), 16)
    red, green, blue = (color & 255, color >> 8 & 255, color >> 16) if isinstance(color, int) else color
    return red << 16 | green << 8 | blue


def rgb(color: int | None) -> tuple[int, int, int] | None:
    """LibreOffice's colour as (red, green, blue), None for no colour."""
    return None if color is None or color < 0 else (color >> 16 & 255, color >> 8 & 255, color & 255)


class Looks:
    """外观 — the part of a Range that deals with how its cells look."""

    place: Place

    def shared(self, name: str) -> Any:
        """A property that all the cells share, None when they differ."""
        api = self.place.api
        return None if api.getPropertyState(name).value == "AMBIGUOUS_VALUE" else api.getPropertyValue(name)

    def dress(self, name: str, value: Any) -> None:
        """Give all the cells a property."""
        with plainly(f"改动{self.place.name()}的外观"):
            self.place.api.setPropertyValue(name, value)

    @property
    def number_format(self) -> str | None:
        """The format code in English spelling."""
        key = uniform_key(self.place.api)
        return None if key is None else self.place.document.formats.code(key)

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.dress("NumberFormat", self.place.document.formats.key(value))

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The colour behind the cells, None also when there is none."""
        return rgb(self.shared("CellBackColor"))

    @color.setter
    def color(self, value: Color) -> None:
        self.dress("CellBackColor", shade(value))

    @property
    def font(self) -> Font:
        """The font."""
        return Font(self)

    @property
    def wrap_text(self) -> bool | None:
        """Whether long texts are wrapped."""
        wrapped: bool | None = self.shared("IsTextWrapped")
        return wrapped

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.dress("IsTextWrapped", bool(value))

    @property
    def horizontal_alignment(self) -> str | None:
        """Where texts stand in the width of the cell."""
        found = self.shared("HoriJustify")
        return next((word for word, name in HORIZONTAL.items() if found is not None and name == found.value), None)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        self.dress("HoriJustify", load_uno().Enum("com.sun.star.table.CellHoriJustify", _known(HORIZONTAL, value)))

    @property
    def vertical_alignment(self) -> str | None:
        """Where texts stand in the height of the cell."""
        found = self.shared("VertJustify")
        return next((word for word, number in VERTICAL.items() if number == found), None)

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self.dress("VertJustify", _known(VERTICAL, value))


def _known(words: dict[str, Any], word: str) -> Any:
    if word not in words:
        raise NotImplementedError(f"LibreOffice 没有这种对齐：{word}")
    return words[word]


class Font(base_classes.Font):
    """字体 — the font of a range."""

    def __init__(self, range_: Looks) -> None:
        self._range = range_

    @property
    def api(self) -> Any:
        """LibreOffice's own cell range, whose Char… properties these are."""
        return self._range.place.api

    @property
    def bold(self) -> bool | None:
        """Whether it is bold."""
        weight = self._range.shared("CharWeight")
        return None if weight is None else bool(weight > _PLAIN)

    @bold.setter
    def bold(self, value: bool) -> None:
        for script in ("", "Asian", "Complex"):
            self._range.dress(f"CharWeight{script}", _BOLD if value else _PLAIN)

    @property
    def italic(self) -> bool | None:
        """Whether it is italic."""
        slant = self._range.shared("CharPosture")
        return None if slant is None else slant.value == "ITALIC"

    @italic.setter
    def italic(self, value: bool) -> None:
        slant = load_uno().Enum("com.sun.star.awt.FontSlant", "ITALIC" if value else "NONE")
        for script in ("", "Asian", "Complex"):
            self._range.dress(f"CharPosture{script}", slant)

    @property
    def size(self) -> float | None:
        """Its size in points."""
        size: float | None = self._range.shared("CharHeight")
        return size

    @size.setter
    def size(self, value: float) -> None:
        for script in ("", "Asian", "Complex"):
            self._range.dress(f"CharHeight{script}", float(value))

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Its colour, None also when it is automatic."""
        return rgb(self._range.shared("CharColor"))

    @color.setter
    def color(self, value: Color) -> None:
        self._range.dress("CharColor", shade(value))

    @property
    def name(self) -> str | None:
        """Its name."""
        name: str | None = self._range.shared("CharFontName")
        return name

    @name.setter
    def name(self, value: str) -> None:
        for script in ("", "Asian", "Complex"):
            self._range.dress(f"CharFontName{script}", value)

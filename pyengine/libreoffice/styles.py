"""命名样式 — cell styles by name over scattered cells, in a call or two whatever their number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .areas import Area, Cell, joined
from .document import Place
from .errors import Refused, plainly
from .formats import uniform_key
from .runtime import load_uno

_BOLD = 150.0


def restyle(sheet: Any, style: str, cells: Iterable[Cell]) -> None:
    """Give the cells (row, column) of a sheet a named style; a sheet of xlwings or of this engine.

    The style's colours and font replace those of the cells; what the style leaves open stays as it is.
    """
    impl = getattr(sheet, "impl", sheet)
    cells = tuple(cells)
    if not cells:
        return
    if not _styles(impl.document.api).hasByName(style):
        raise Refused(f"这本表里没有“{style}”这个样式。", "请先添加这个样式。")
    if impl.api.isProtected():
        raise Refused(f"工作表 {impl.name} 受保护，不能改外观。", "请先撤销工作表保护。")
    with plainly(f"改动{impl.name}的外观"):
        _together(sheet, cells).CellStyle = style


def style_of(sheet: Any, cells: Iterable[Cell]) -> str | None:
    """The named style that all these cells (row, column) of a sheet have; None when they differ."""
    found = _together(sheet, cells)
    return str(found.CellStyle) if _is_shared(found, "CellStyle") else None


def format_of(sheet: Any, cells: Iterable[Cell]) -> str | None:
    """The number format that all these cells of a sheet have, in English spelling; None when they differ."""
    found = _together(sheet, cells)
    key = uniform_key(found)
    return None if key is None else str(getattr(sheet, "impl", sheet).document.formats.code(key))


def reformat(sheet: Any, code: str, cells: Iterable[Cell]) -> None:
    """Give the cells of a sheet a number format, spelled in English."""
    impl = getattr(sheet, "impl", sheet)
    with plainly(f"改动{impl.name}的外观"):
        _together(sheet, cells).NumberFormat = impl.document.formats.key(code)


def _together(sheet: Any, cells: Iterable[Cell]) -> Any:
    impl = getattr(sheet, "impl", sheet)
    return Place(impl.document, impl.api, Area(1, 1)).joined(joined(cells))


def _is_shared(cells: Any, name: str) -> bool:
    return bool(cells.getPropertyState(name).value != "AMBIGUOUS_VALUE")


def style_names(book: Any) -> tuple[str, ...]:
    """The names of the cell styles of a workbook."""
    return tuple(_styles(getattr(book, "impl", book).document.api).getElementNames())


def add_style(
    book: Any, name: str, fill: str | None = None, font: str | None = None, bold: bool = False, italic: bool = False
) -> None:
    """Add a cell style with colours (RRGGBB) and face; one that is there already stays as the office made it."""
    api = getattr(book, "impl", book).document.api
    styles = _styles(api)
    if styles.hasByName(name):
        return
    made = api.createInstance("com.sun.star.style.CellStyle")
    with plainly(f"添加样式 {name}"):
        styles.insertByName(name, made)
        if fill is not None:
            made.CellBackColor = int(fill, 16)
        if font is not None:
            made.CharColor = int(font, 16)
        for script in ("", "Asian", "Complex"):
            if bold:
                made.setPropertyValue(f"CharWeight{script}", _BOLD)
            if italic:
                made.setPropertyValue(f"CharPosture{script}", load_uno().Enum("com.sun.star.awt.FontSlant", "ITALIC"))


def _styles(api: Any) -> Any:
    return api.getStyleFamilies().getByName("CellStyles")

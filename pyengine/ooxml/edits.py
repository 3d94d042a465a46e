"""改动落到文件包 — all edits of a workbook at once: sheets, then the styles and tables they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import markup
from .cells import SheetText
from .errors import NotALedgerFile, WriteRefused
from .guards import Guards
from .heights import heights_of, with_heights
from .package import Package
from .sheet import SheetPatch
from .styles import StyleBook
from .tables import extended, pivots_of, tables_of
from .values import CellEdit, Keep, NamedLook, Patched, fits_a_cell, merged_edits, refuse


def patch(package: Package, edits: Mapping[str, Sequence[CellEdit]], styles: Mapping[str, NamedLook]) -> Patched:
    """Carry out edits (sheet name → edits) in the package; returns what really changed.

    `styles` holds looks for named styles to be made where the workbook lacks them. All or nothing: on `WriteRefused`
    (cell, table or file protected, no such sheet) or `NotALedgerFile` the package is as it was.
    """
    asked = {sheet: list(changes) for sheet, changes in edits.items() if changes}
    if not asked:
        return Patched(0, 0, ())
    package.check_writable()
    book = _style_book(package, asked, styles)
    parts: dict[str, bytes] = {}
    cells = rows = 0
    for sheet, changes in asked.items():
        found = _patch_sheet(package, sheet, changes, book)
        if found[0].keys() & parts.keys():
            raise WriteRefused(f"工作表“{sheet}”与另一张工作表共用一个部件。", "请在 Excel 中打开并另存一份。")
        parts |= found[0]
        cells += len(found[1])
        rows += len({row for row, _ in found[1]})
    styles_part = _styles_part(package)
    if book is not None and styles_part is not None and book.grew:
        parts[styles_part] = book.content
    for part, new in parts.items():
        markup.check(new, part)
    for part, new in parts.items():
        package.replace(part, new)
    return Patched(cells, rows, tuple(part for part in package.replaced if part in {package.member(p) for p in parts}))


def _patch_sheet(
    package: Package, sheet: str, changes: Sequence[CellEdit], book: StyleBook | None
) -> tuple[dict[str, bytes], frozenset[tuple[int, int]]]:
    """(part → new bytes for the sheet and the tables that grow, cells changed)."""
    part = package.sheets().get(sheet)
    if part is None:
        raise WriteRefused(f"工作簿里没有工作表“{sheet}”。", "请核对工作表名称是否被改过。")
    for edit in changes:
        if not fits_a_cell(edit.value):
            raise refuse(sheet, edit.row, edit.column, "要写的数太大或不是数", "请核对算出这个数的内容。")
    xml = package.text(part)
    try:
        tables = tables_of(package, part)
        text = SheetText(xml, part, trusted=True)  # the new bytes are checked once they are all there
        guards = Guards(text, sheet, tables, pivots_of(package, part))
        change = SheetPatch(text, sheet, merged_edits(changes), guards, book, package.date1904).run()
        tall = heights_of(changes, change.cells)
        parts = {part: with_heights(change.xml, part, tall) if tall else change.xml}
    except (ValueError, LookupError) as error:
        markup.check(xml, part)  # was it the XML that threw the scan off?
        raise NotALedgerFile(f"部件 {part} 的内容不正常（{error}）。", "请在 Excel 中打开并另存一份。") from error
    if not change.cells:
        return {}, change.cells
    for table in tables:
        longer = extended(package, table, tables, guards.merges, change.tables[table.part])
        if longer is not None:
            parts[table.part] = longer
    return parts, change.cells


def _styles_part(package: Package) -> str | None:
    return next(iter(package.related(package.workbook, "styles")), None)


def _style_book(
    package: Package, edits: Mapping[str, Sequence[CellEdit]], looks: Mapping[str, NamedLook]
) -> StyleBook | None:
    """The workbook's styles with every named style the edits need; None if it has none and none are needed."""
    wanted = sorted({edit.style for changes in edits.values() for edit in changes if edit.style is not None})
    part = _styles_part(package)
    if part is None:
        if wanted:
            raise WriteRefused("工作簿没有样式部件，标不了颜色。", "请在 Excel 中打开并另存一份。")
        return None
    try:
        book = StyleBook(package.text(part))
    except (ValueError, LookupError) as error:
        raise NotALedgerFile(f"样式部件 {part} 里的编号不正常。", "请在 Excel 中打开并另存一份。") from error
    for name in wanted:
        if not book.has_named(name):
            if name not in looks:
                raise WriteRefused(f"工作簿里没有单元格样式“{name}”。", "请从空白台账复制这个样式，或用新版台账。")
            book.add_named(name, looks[name])
    return book


__all__ = ["CellEdit", "Keep", "NamedLook", "Patched", "patch"]

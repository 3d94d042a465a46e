"""预览：这次刷新要改哪些格，由什么改成什么；只看不写。清单可以另存为 Excel 文件。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from xlsxwriter.workbook import Workbook

from pyengine.cells import plain_text
from pyengine.durable import put
from pyengine.grid import Grid
from pyengine.heights import lines_of
from pyengine.layout import column_letter
from pyengine.model import Finding
from pyengine.ooxml import KEEP, CellEdit
from pyengine.read import Reading
from pyengine.refresh import NO_HISTORY, Book, Memory, Result, Step, examine
from pyengine.writeback import plan_refresh

_LINE = 18.0


@dataclass(frozen=True, slots=True)
class Planned:
    """要改的一格：工作表、地址、这一行的编号（没有则空）、表头、原来的和要写的文字。"""

    sheet: str
    cell: str
    number: str
    column: str
    old: str
    new: str


def preview(
    book: Book, as_of: date, step: Step = lambda _: None, history: Memory = NO_HISTORY
) -> tuple[Result, tuple[Planned, ...]]:
    """刷新会改的每一格，按工作表和行；什么也不写。"""
    result, grids = examine(book, as_of, step, history)
    edits = plan_refresh(result.reading, result.outcome, grids)
    return result, tuple(_planned(result.reading, grids, edits))


def _planned(reading: Reading, grids: Mapping[str, Grid], edits: Mapping[str, Sequence[CellEdit]]) -> Iterator[Planned]:
    for sheet, changes in edits.items():
        table, grid = reading.tables.get(sheet), grids[sheet]
        heads = {column: name for name, column in table.columns.items()} if table else {}
        numbered = table.columns.get("编号", 0) if table and not table.table.relisted else 0
        for edit in sorted(changes, key=lambda edit: (edit.row, edit.column)):
            if edit.value is not KEEP:
                head = heads.get(edit.column, "")
                form = table.table.column(head).format if table and head else None
                yield Planned(
                    sheet,
                    f"{column_letter(edit.column)}{edit.row}",
                    plain_text(grid.at(edit.row, numbered)),
                    head,
                    _words(grid.at(edit.row, edit.column), form),
                    _words(edit.value, form),
                )


def _words(value: object, form: str | None) -> str:
    """值的文字，和台账里显示的一样：百分数的列写百分数。"""
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in (form or ""):
        return f"{value:.1%}".replace(".0%", "%")
    return plain_text(value)


def save_planned(path: Path, planned: Iterable[Planned]) -> None:
    """要改的各格另存为 Excel 清单。"""
    rows = ((item.sheet, item.cell, item.number, item.column, item.old, item.new) for item in planned)
    heads = (("工作表", 18), ("单元格", 9), ("编号", 18), ("列", 12), ("原来", 44), ("刷新以后", 44))
    _save(path, heads, rows)


def save_findings(path: Path, findings: Iterable[Finding]) -> None:
    """校验问题另存为 Excel 清单。"""
    rows = (
        (
            item.severity,
            item.code,
            item.sheet,
            item.cell or "",
            item.column or "",
            item.number or "",
            item.message,
            item.advice,
        )
        for item in findings
    )
    heads = (
        ("级别", 8),
        ("代码", 8),
        ("工作表", 18),
        ("单元格", 9),
        ("列", 12),
        ("编号", 18),
        ("问题", 50),
        ("建议", 50),
    )
    _save(path, heads, rows)


def _save(path: Path, heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> None:
    content = BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("清单")
        face = {"font_name": "微软雅黑", "font_size": 10, "border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
        head = book.add_format({**face, "bold": True, "bg_color": "#D9E1F2"})
        body = book.add_format({**face, "text_wrap": True})
        for column, (name, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, head)
        last = 0
        for last, row in enumerate(rows, 1):
            lines = max(lines_of(text, width) for text, (_, width) in zip(row, heads, strict=True))
            sheet.set_row(last, _LINE * lines)
            for column, text in enumerate(row):
                sheet.write_string(last, column, text, body)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(heads) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    put(path, content.getvalue())

"""母版：按工作簿约定（layout.toml）建出 21 张表，空白的或带示例的。"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import duban_macros
from duban_workbook.board import write_board
from duban_workbook.content import BLANK, Content, sample_content
from duban_workbook.formats import FONT, Formats
from duban_workbook.home import write_home
from duban_workbook.package import finish
from duban_workbook.settings_sheet import format_settings, settings_rows
from duban_workbook.summary import write_summary
from duban_workbook.tables import write_table
from duban_workbook.texts import TITLES
from duban_workbook.validations import define_names
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pyengine.layout import layout

_OPTIONS: Final[dict[str, Any]] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_CREATED: Final = datetime(2026, 1, 1)
"""文件属性里的创建时间：固定，使同样的输入得到同样的字节。"""

_FREE: Final = {"督检汇总": write_summary, "看板": write_board}


def build(path: Path, *, sample: bool = False, content: Content = BLANK) -> Path:
    """母版：写到 path（后缀定 .xlsx 或 .xlsm），sample 为真时带示例数据，否则带 content 的内容。返回 path。"""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise ValueError(f"母版只能存为 .xlsx 或 .xlsm：{path.name}")
    buffer, macros = BytesIO(), path.suffix.lower() == ".xlsm"
    with Workbook(buffer, {**_OPTIONS, "default_format_properties": {"font_name": FONT, "font_size": 10}}) as book:
        if macros:
            book.add_vba_project(BytesIO(duban_macros.project()), True)
        formats = _compose(book, sample_content() if sample else content, macros)
    rows = {part: late() for part, late in formats.late.items()}
    finish(buffer.getvalue(), path, {name: _index(look) for name, look in formats.named.items()}, rows)
    return path


def _compose(book: Workbook, content: Content, macros: bool) -> Formats:
    formats = Formats(book)
    book.set_size(28800, 16200)
    book.set_vba_name("ThisWorkbook")
    book.set_properties({"title": f"{content.county}重点工作督办台账", "author": "督办台账", "created": _CREATED})
    names = (*layout().order, *(name for name, _ in content.extras))
    for position, name in enumerate(names, 1):
        sheet = book.add_worksheet(name)
        sheet.set_vba_name(f"Sheet{position}")
        extra = dict(content.extras).get(name)
        if extra is not None:
            extra(sheet, formats)
        else:
            _write_sheet(sheet, formats, content, macros)
    define_names(book)
    return formats


def _write_sheet(sheet: Worksheet, formats: Formats, content: Content, macros: bool) -> None:
    name = sheet.get_name()
    title, table = f"{content.county}{TITLES.get(name, name)}", layout().table_of(name)
    if table is None:
        free = _FREE.get(name, partial(write_home, buttons=macros))
        free(sheet, title, formats)
        return
    year = f"（{content.year}年）" if content.year and table.key == "ledger" else ""
    rows = content.rows.get(name, ())
    rows = settings_rows(rows) if name == "设置" else rows
    write_table(sheet, table, title + year, formats, rows)
    if name == "设置":
        format_settings(sheet, formats, rows)


def _index(look: Any) -> int:
    if look.xf_index is None:
        raise ValueError("命名样式必须在工作簿里用过")
    return int(look.xf_index)

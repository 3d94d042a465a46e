"""迁入的文件：读原工作簿，迁成内容，建出新台账（最后一步换上，中途断了没有半个文件）。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from pyengine.adopt import Adoption, adopt
from pyengine.adopt.mapping import read_map, write_map
from pyengine.adopt.report import HEADS, SHEET
from pyengine.adopt.source import read_source


def adopt_file(old: Path, new: Path, map_file: Path | None, today: date, step: Callable[[str], None]) -> Adoption:
    """把 old 迁成 new，附迁移报告；map_file 在就照它迁，不在就写出一份。

    old 不动；出错时 new 不会写到一半。读不了抛 NotALedgerFile，不成台账、对照表不对抛 StructureError。
    """
    step("打开原有的台账")
    maps = read_map(map_file) if map_file and map_file.is_file() else {}
    result = adopt(read_source(old), maps, today, step)
    step("建新台账")
    if map_file and not map_file.is_file():
        write_map(map_file, result.mapping())
    _build(result, old.name, new)
    return result


def _build(result: Adoption, name: str, path: Path) -> None:
    from duban_workbook import build
    from duban_workbook.adopted import write_copy, write_report
    from duban_workbook.content import BLANK, Content

    settings = [{"项目": "年度", "取值": result.year}]
    if result.county:
        settings.append({"项目": "县名", "取值": result.county})
    rows = [row.cells() for row in result.report]
    report = partial(write_report, title=f"迁移报告：{name}", note=result.totals, heads=HEADS, rows=rows)
    copies = [(title, partial(write_copy, grid=grid)) for title, grid in result.copies.items()]
    content = Content(
        {**result.rows, "设置": settings}, result.county or BLANK.county, result.year, ((SHEET, report), *copies)
    )
    build(path, content=content)

"""一键刷新，从头到尾：LibreOffice 开着母版做的台账，点首页上真的按钮，它的宏启动真的程序，在开着的台账里做。"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import duban, fill, rows_of, tables_of
from duban_workbook import build
from offices import clerks_office, until
from pressing import press

from pyengine.books.file import FileBook
from pyengine.books.live import LiveBook, open_desk
from pyengine.cli import HAS_ERRORS
from pyengine.grid import Grid
from pyengine.history import History
from pyengine.layout import layout
from pyengine.libreoffice import office
from pyengine.libreoffice.runtime import to_url

LEDGER = "政府工作报告台账"
ALLOWED = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
Typed = Mapping[str, str | float]


@dataclass(frozen=True)
class Desk:
    """经办人的桌面：开着的台账，和照原样关着的一份；opened 记着交给系统打开了什么。"""

    ledger: Path
    closed: Path
    opened: Path
    document: Any

    def grids(self) -> Mapping[str, Grid]:
        """窗口里现在的样子。"""
        return LiveBook(self.ledger, open_desk(self.ledger)).sheets()

    def type(self, row: int, cells: Typed) -> None:
        """经办人在开着的台账里填几格，没有存盘；关着的那份也照样填。"""
        sheet, columns = self.document.Sheets.getByName(LEDGER), tables_of(self.closed)[LEDGER].columns
        for name, value in cells.items():
            cell = sheet.getCellByPosition(columns[name] - 1, row - 1)
            cell.setString(value) if isinstance(value, str) else cell.setValue(value)
        fill(self.closed, LEDGER, row, cells)

    def press(self, caption: str, command: str) -> None:
        """点一个按钮，等到历史里记下了这次运行。"""
        before = len(runs(self.ledger, command))
        press(self.document, caption)
        until(lambda: len(runs(self.ledger, command)) > before, f"“{caption}”做完")

    def handed(self, caption: str) -> Path:
        """点一个按钮，等到它交给系统打开一个文件。"""
        press(self.document, caption)
        until(self.opened.exists, f"“{caption}”打开文件")
        found = Path(self.opened.read_text(encoding="utf-8").strip())
        self.opened.unlink()
        return found


def runs(ledger: Path, command: str) -> list[object]:
    """历史里这条命令的各次运行。"""
    from datetime import date

    return [run for run in History(ledger).story(date.min).runs if run.command == command]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("家")
    ledger = build(tmp_path_factory.mktemp("我的 台账") / "督办 台账.xlsm", sample=True)
    closed = Path(shutil.copy(ledger, tmp_path_factory.mktemp("关着")))
    programs, profile = home / ".local" / "bin", home / ".config" / "libreoffice" / "4"
    for folder in (programs, profile / "user"):
        folder.mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALLOWED, encoding="utf-8")
    (programs / "duban").symlink_to(Path(sys.executable).with_name("duban"))
    opener, record = programs / "xdg-open", home / "打开了"
    opener.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{record}.part"\nmv "{record}.part" "{record}"\n', "utf-8")
    opener.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("PATH", f"{programs}:/usr/bin:/bin")
        for name in ("XDG_CONFIG_HOME", "DISPLAY", "WAYLAND_DISPLAY"):
            patch.delenv(name, raising=False)
        with clerks_office(profile, ledger):
            desktop = office.attach(profile).desktop
            until(lambda: shown(desktop, ledger), "台账打开")
            yield Desk(ledger, closed, record, shown(desktop, ledger)[0])


def shown(desktop: Any, ledger: Path) -> list[Any]:
    return [document for document in desktop.Components if to_url(ledger) == document.URL]


def values(grids: Mapping[str, Grid]) -> dict[tuple[str, int, int], object]:
    """各格的值；空着的没有。"""
    return {
        (sheet, row, column): value
        for sheet, grid in grids.items()
        for row, line in enumerate(grid.rows, 1)
        for column, value in enumerate(line, 1)
        if value is not None
    }


def style_at(document: Any, sheet: str, row: int, column: int) -> str:
    return str(document.Sheets.getByName(sheet).getCellByPosition(column - 1, row - 1).CellStyle)


def test_the_six_buttons_do_their_work_in_the_open_ledger(desk: Desk) -> None:
    disk = desk.ledger.read_bytes()
    moved = next(row for row in rows_of(desk.closed, LEDGER) if row["办理状态"] == "正在办理")
    desk.type(moved["行"], {"完成时限": "2026年10月30日", "备注": "县长催办，还没有存盘"})
    before = values(desk.grids())

    preview = desk.handed("预览")
    assert preview == desk.ledger.parent / ".duban" / "刷新预览.xlsx"
    listed = {(row[0], row[1]): row[5] for row in FileBook(preview).sheets()["清单"].rows[1:]}
    assert values(desk.grids()) == before

    desk.press("一键刷新", "refresh")
    assert duban("refresh", desk.closed) == HAS_ERRORS
    after, wanted = values(desk.grids()), values(FileBook(desk.closed).sheets())
    assert after == wanted
    assert desk.ledger.read_bytes() == disk
    assert desk.document.isModified()
    columns = tables_of(desk.closed)[LEDGER].columns
    assert after[LEDGER, moved["行"], columns["备注"]] == "县长催办，还没有存盘"
    assert "2026-10-30" in str(after[LEDGER, moved["行"], columns["依据"]])
    assert len(listed) == len(
        {place for place in after.keys() | before.keys() if after.get(place) != before.get(place)}
    )

    styled = {
        (sheet, row, table.columns[head])
        for sheet, table in tables_of(desk.closed).items()
        for head in ("预警状态", "亮牌", "牌")
        if head in table.columns
        for row in range(table.header_row + 1, table.last_row + 1)
    }
    words = {place: str(after[place]).removesuffix("（建议）") for place in styled if place in after}
    assert len(set(words.values())) > 3
    assert {place: style_at(desk.document, *place) for place in words} == words
    assert set(words.values()) <= layout().styles.keys()

    desk.press("撤销刷新", "undo")
    assert values(desk.grids()) == before

    desk.press("一键刷新", "refresh")
    assert values(desk.grids()) == wanted

    findings = desk.handed("校验")
    assert findings == desk.ledger.parent / ".duban" / "校验结果.xlsx"
    assert len(FileBook(findings).sheets()["清单"].rows) > 1
    assert values(desk.grids()) == wanted

    desk.document.store()
    assert values(FileBook(desk.ledger).sheets()) == wanted

    desk.press("生成公文", "letters")
    folder = desk.handed("打开公文夹")
    assert folder == desk.ledger.parent / "公文"
    assert duban("letters", desk.closed) == HAS_ERRORS
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        path.name for path in (desk.closed.parent / "公文").iterdir()
    )
    assert values(desk.grids()) == values(FileBook(desk.closed).sheets())

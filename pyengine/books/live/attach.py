"""找到窗口 — which program on this computer has the ledger open."""

from __future__ import annotations

import sys
from pathlib import Path

from pyengine.books.locks import locked_by
from pyengine.ooxml import Locked

from .calc import CalcDesk
from .com import open_workbook
from .desk import Desk
from .excel import ExcelDesk


def desk_of(path: Path) -> Desk | None:
    """The ledger as the program shows it that has it open here; None when none has. Raises `Locked` when it is busy."""
    found = open_workbook(path) if sys.platform == "win32" else None
    return ExcelDesk(*found) if found is not None else CalcDesk.find(path)


def open_desk(path: Path) -> Desk:
    """The ledger as a program on this computer shows it. Raises `Locked` when none does."""
    desk = desk_of(path)
    if desk is not None:
        return desk
    owner = locked_by(path)
    if owner is not None:
        raise Locked(f"台账 {path.name} 正被{owner}打开，但这里连不上那个窗口。", "请存盘关闭后，不加 --live 再运行。")
    raise Locked(f"台账 {path.name} 没有打开，不能在窗口里做。", "请打开它再做一次；关着的，不加 --live 运行。")

"""重建历史：历史文件丢了、坏了，从台账的各份备份里一份一份重新判出来。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from pyengine.books.file import FileBook
from pyengine.books.memory import MemoryBook
from pyengine.grid import Grid
from pyengine.history import Backup, History, Seen, backups
from pyengine.ooxml import PackageError
from pyengine.read import last_refreshed
from pyengine.refresh import Step, examine
from pyengine.rules import NoCircular
from pyengine.tables import StructureError
from pyengine.writeback import plan_refresh

_Old = tuple[Backup, Mapping[str, Grid], date]


def rebuild(ledger: Path, history: History, step: Step = lambda _: None) -> int:
    """历史里没有这本台账（丢了、坏了）而有备份的，从备份建起；返回用上几份。历史完好、读不出的不动。"""
    found = backups(ledger)
    if not found or history.knows():
        return 0
    used = 0
    for number, (backup, grids, as_of) in enumerate(_dated(ledger, found), start=1):
        step(f"从备份重建历史 {number}/{len(found)}")
        used += _judged(history, backup, grids, as_of)
    if used:
        why = f"历史文件已损坏，改名为 {history.aside}" if history.aside else "没有找到这本台账的历史"
        history.note = f"{why}，已从 {used} 份备份重新建起"
    return used


def _dated(ledger: Path, found: tuple[Backup, ...]) -> Iterator[_Old]:
    """各份备份和它当时的判定日：备份之后那次写入在首页记下的刷新日期，见于再后一份；看不出的按备份的日期。"""
    waiting: tuple[Backup, Mapping[str, Grid]] | None = None
    for backup in (*found, Backup(ledger, found[-1].at)):
        grids = _sheets(backup.path)
        if grids is None:
            continue
        if waiting is not None:
            yield *waiting, last_refreshed(grids) or waiting[0].at.date()
        waiting = backup, grids


def _sheets(path: Path) -> Mapping[str, Grid] | None:
    try:
        return FileBook(path).sheets()
    except (PackageError, OSError):
        return None


def _judged(history: History, backup: Backup, grids: Mapping[str, Grid], as_of: date) -> bool:
    try:
        result, _ = examine(MemoryBook(grids), as_of, history=history)
    except (StructureError, NoCircular):
        return False
    edits = plan_refresh(result.reading, result.outcome, grids)  # 那时刷新会补记的行，不当作人后来添的
    history.save(Seen(backup.at, "rebuild", result.reading, result.outcome, grids, edits, 0))
    return True

"""备份：台账旁 .duban/backups 里每次写入以前的样子。列出、按设置删旧的、按时刻挑一份。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pyengine.books.locks import FOLDER
from pyengine.books.replace import BACKUPS
from pyengine.durable import fitted

from .keeping import kept

_NAME = re.compile(r"-(\d{8}-\d{6})(?:-(\d+))?$")


@dataclass(frozen=True, slots=True)
class Backup:
    """一份备份：文件，和它那次写入的时刻（同一秒的几份依次差一微秒）。"""

    path: Path
    at: datetime


def backups(ledger: Path) -> tuple[Backup, ...]:
    """这本台账的全部备份，旧的在前；没有则空。"""
    ledger = ledger.resolve()
    found = []
    with suppress(OSError):
        for path in (ledger.parent / FOLDER / BACKUPS).iterdir():
            match = _NAME.search(path.stem)
            at = _moment(match[1], match[2]) if match else None
            if match and at and path.name == fitted(ledger.stem, f"{match[0]}{ledger.suffix}"):
                found.append(Backup(path, at))
    return tuple(sorted(found, key=lambda backup: backup.at))


def _moment(stamp: str, count: str | None) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%d-%H%M%S") + timedelta(microseconds=int(count or 1) - 1)
    except (ValueError, OverflowError):
        return None


def prune(ledger: Path, days: int, months: int) -> int:
    """删去不必再留的备份，返回删了几份；删不掉的留着，下次再删。"""
    found = backups(ledger)
    keep, gone = kept((backup.at for backup in found), days, months), 0
    for backup in found:
        if backup.at not in keep:
            with suppress(OSError):
                backup.path.unlink()
                gone += 1
    return gone


def chosen(found: Sequence[Backup], at: datetime | None) -> Backup | None:
    """不晚于 at 的最近一份（at 为 None 即最近一份）；没有则 None。"""
    return next((backup for backup in reversed(found) if at is None or backup.at <= at), None)

"""恢复：用一份备份换下现在的台账；换下的先另存为备份，恢复错了还能再恢复回来。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyengine.books.replace import replaced
from pyengine.ooxml import Package, WriteRefused

from .backups import Backup, backups, chosen
from .store import History


@dataclass(frozen=True, slots=True)
class Restored:
    """恢复的结果：用了哪份备份；换下的台账存成了哪份（原来没有台账、内容本就相同的为 None）；台账变了没有。"""

    backup: Backup
    saved: Path | None
    changed: bool


def restore(ledger: Path, at: datetime | None, now: datetime) -> Restored:
    """把台账恢复成不晚于 at 的最近一份备份（at 为 None 即最近一份）。

    没有这样的备份、备份打不开抛 WriteRefused 或 NotALedgerFile，台账开着抛 Locked；都不动台账。
    """
    ledger = ledger.resolve()
    found = backups(ledger)
    backup = chosen(found, at)
    if backup is None:
        raise WriteRefused(f"{ledger.name} 没有{'这个时刻以前的' if found else ''}备份，没有恢复。", _known(found))
    content = backup.path.read_bytes()
    Package(content, backup.path.name)
    present = ledger.read_bytes() if ledger.exists() else None
    if content == present:
        return Restored(backup, None, False)
    saved = replaced(ledger, content, present, now.strftime("%Y%m%d-%H%M%S"))
    History(ledger).log(now, "restore", backup.path.name)
    return Restored(backup, saved, True)


def _known(found: tuple[Backup, ...]) -> str:
    if not found:
        return "备份在台账旁的 .duban/backups 文件夹里，刷新写入以前自动存的。"
    return f"最早的一份是 {found[0].at:%Y-%m-%d %H:%M:%S}；全部备份见 duban history。"

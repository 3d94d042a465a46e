"""换上 — the ledger file replaced by other bytes in one step, with a backup of what it replaces."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from pyengine.durable import Held, draft, fitted, make_folder, move, sweep, sync_folder
from pyengine.ooxml import ChangedMeanwhile, Locked, WriteRefused

from .locks import FOLDER, refuse_if_locked
from .own_lock import own_lock

BACKUPS = "backups"


class Unconfirmed(WriteRefused):
    """没有确认 — the new ledger is in place, but the system does not confirm that it is on disk."""


def replaced(path: Path, content: bytes, expected: bytes | None, stamp: str) -> Path | None:
    """The ledger at `path` holds `content`; the backup of what it held, named by `stamp` (YYYYmmdd-HHMMSS), is returned.

    `expected`: what the ledger must hold until that moment; None: there must be no ledger, and there is no backup.
    Raises `Locked`, `ChangedMeanwhile`, `WriteRefused` or `OSError`; then the ledger is as it was and nothing is left.
    Killed at any moment, the ledger is the old or the new one, whole; a left draft is removed by the next run. Another
    hard link to the old ledger keeps the old content: writing through it could never be done in one step.
    """
    path = path.resolve()
    refuse_if_locked(path)
    _check_permission(path)
    try:
        with own_lock(path, stamp):
            backup = _replaced(path, content, expected, stamp)
    except Held as error:
        raise Locked(
            f"台账 {path.name} 正被别的程序占用，替换不了。", "请关闭打开它的 Excel、WPS 窗口后再运行。"
        ) from error
    except PermissionError as error:
        folder = Path(error.filename or path).parent
        raise WriteRefused(f"文件夹“{folder}”不能写入。", "请换到有写入权限的文件夹，或请管理员开通。") from error
    _confirm(path)
    return backup


def _replaced(path: Path, content: bytes, expected: bytes | None, stamp: str) -> Path | None:
    for folder in (path.parent, path.parent / FOLDER / BACKUPS):
        sweep(folder, path, alone=True)
    with draft(path, content, key=path, like=path) as temporary:
        backup = None if expected is None else _free_name(path, stamp)
        try:
            if backup is not None and expected is not None:
                _keep(path, expected, backup)
            move(temporary, path, lambda: _check_unchanged(path, expected))
        except BaseException:
            if backup is not None and temporary.exists():  # else the new ledger is in place, and only then it failed
                with suppress(OSError):
                    backup.unlink()
            raise
    return backup


def back_up(path: Path, content: bytes, stamp: str) -> Path:
    """The ledger at `path` as it was read is kept under .duban/backups beside it; never over an older backup."""
    backup = _free_name(path, stamp)
    _keep(path, content, backup)
    return backup


def _free_name(path: Path, stamp: str) -> Path:
    folder = path.parent / FOLDER / BACKUPS
    endings = (f"-{stamp}{'' if count == 1 else f'-{count}'}{path.suffix}" for count in range(1, 10_000))
    names = (folder / fitted(path.stem, ending) for ending in endings)
    backup = next((name for name in names if not name.exists()), None)
    if backup is None:
        raise WriteRefused(f"备份 {stamp} 已有太多份。", f"请清理文件夹“{folder}”。")
    return backup


def _keep(path: Path, content: bytes, backup: Path) -> None:
    make_folder(backup.parent)
    with draft(backup, content, key=path, like=path) as temporary:
        move(temporary, backup)
    sync_folder(backup.parent)


def _check_unchanged(path: Path, expected: bytes | None) -> None:
    try:
        now = sha256(path.read_bytes()).digest()
    except FileNotFoundError:
        now = None
    if now != (None if expected is None else sha256(expected).digest()):
        raise ChangedMeanwhile(f"台账 {path.name} 在处理期间被人改过，这次没有写入。", "请重新运行一次。")
    refuse_if_locked(path)


def _check_permission(path: Path) -> None:
    if path.exists() and not os.access(path, os.W_OK):
        raise WriteRefused(
            f"台账 {path.name} 不能写：设了“只读”，或放在只读的文件夹、磁盘里。",
            "请在文件属性中取消“只读”，或把台账拷到能写的文件夹后再运行。",
        )


def _confirm(path: Path) -> None:
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise Unconfirmed(
            f"台账 {path.name} 已换成新的，但磁盘报错，不能确认已经存牢。",
            "请马上把台账另存一份到别的磁盘，并请管理员检查这块磁盘。",
        ) from error

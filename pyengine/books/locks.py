"""占用 — who has a ledger open, and our own lock that never outlives the process."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyengine.ooxml import Locked

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FOLDER = ".duban"
_TRY_AGAIN = "请稍等片刻再运行。"


def locked_by(path: Path) -> str | None:
    """Who has the file open, in Chinese, as the lock files beside it say; None if there are none."""
    for name, reader in ((f"~${path.name}", _office_owner), (f".~{path.name}", _office_owner),
                         (f".~lock.{path.name}#", _libreoffice_owner)):  # fmt: skip
        lock = path.with_name(name)
        try:
            return f"{reader(lock.read_bytes())}（{lock.name}）"
        except FileNotFoundError:
            continue
        except OSError:
            return f"另一个程序（{lock.name}）"
    return None


def refuse_if_locked(path: Path) -> None:
    """Raises `Locked` when a lock file stands beside the ledger."""
    who = locked_by(path)
    if who is not None:
        name = who.rpartition("（")[2].rstrip("）")
        raise Locked(
            f"台账 {path.name} 正被{who}打开。",
            f"请对方保存并关闭后再运行；确实没有人打开的，删除同一文件夹里的“{name}”。",
        )


@contextmanager
def own_lock(path: Path) -> Iterator[None]:
    """Hold our own lock on the ledger; raises `Locked` at once if another run holds it."""
    folder = path.parent / FOLDER
    folder.mkdir(exist_ok=True)
    with (folder / f"{path.name}.lock").open("a+b") as handle:
        try:
            _take(handle.fileno())
        except OSError as error:
            raise Locked(f"台账 {path.name} 正由另一个督办台账进程写入。", _TRY_AGAIN) from error
        try:
            yield
        finally:
            _give_back(handle.fileno())


def _take(number: int) -> None:
    if sys.platform == "win32":
        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _give_back(number: int) -> None:
    if sys.platform == "win32":
        os.lseek(number, 0, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(number, fcntl.LOCK_UN)


def _office_owner(content: bytes) -> str:
    """The user named in the owner file of Excel or WPS: one byte of length, the name; further on the same in UTF-16."""
    wide = int.from_bytes(content[55:57], "little")
    name = content[57 : 57 + 2 * wide].decode("utf-16-le", "ignore") if 0 < wide <= 54 else ""
    if not name.strip() or not name.isprintable():
        name = content[1 : 1 + content[0]].decode("gb18030", "ignore") if content else ""
    return _person("Excel/WPS", name)


def _libreoffice_owner(content: bytes) -> str:
    """The user named in LibreOffice's lock file: comma-separated real name, login, computer, time …"""
    fields = next(csv.reader([content.decode("utf-8", "replace").strip().rstrip(";")]), [])
    name = next((field for field in fields[:2] if field.strip()), "")
    computer = fields[2].strip() if len(fields) > 2 else ""
    return _person("LibreOffice", f"{name}，电脑 {computer}" if computer else name)


def _person(program: str, name: str) -> str:
    clean = "".join(letter for letter in name if letter.isprintable()).strip()
    return f"{program} 用户 {clean} " if clean else f"{program} "

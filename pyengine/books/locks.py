"""占用 — who has a ledger open in a spreadsheet program, as the lock files beside it tell."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable
from pathlib import Path

from pyengine.ooxml import Locked

FOLDER = ".duban"
_LONGEST = 1000
_MOMENT = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d)")


def locked_by(path: Path) -> str | None:
    """Who has the file open, in Chinese, as the lock files beside it say; None if there are none."""
    lock, reader = _lock_of(path)
    return None if lock is None else _owner(lock, reader)


def refuse_if_locked(path: Path) -> None:
    """Raises `Locked` when a lock file stands beside the ledger."""
    lock, reader = _lock_of(path)
    if lock is not None:
        raise Locked(
            f"台账 {path.name} 正被{_owner(lock, reader)}打开。",
            f"请对方保存并关闭后再运行；确实没有人打开的，删除同一文件夹里的隐藏文件“{lock.name}”。",
        )


def _lock_of(path: Path) -> tuple[Path | None, Callable[[bytes], str]]:
    """The lock file that says most, and how to read it. A link is looked at where it lies and where it points to."""
    for place in dict.fromkeys((path.absolute(), path.resolve())):
        for lock, reader in (
            (place.with_name(f".~lock.{place.name}#"), _libreoffice_owner),
            (place.with_name(f"~${place.name}"), _office_owner),
            (place.with_name(f".~{place.name}"), _office_owner),
        ):
            if os.path.lexists(lock):
                return lock, reader
    return None, _office_owner


def _owner(lock: Path, reader: Callable[[bytes], str]) -> str:
    """As the lock file says; it may be unreadable while its program holds it."""
    try:
        with lock.open("rb") as handle:
            return reader(handle.read(_LONGEST))
    except (OSError, csv.Error):
        return "另一个程序"


def _office_owner(content: bytes) -> str:
    """The user named in the owner file of Excel or WPS: one byte of length, the name; further on the same in UTF-16."""
    wide = int.from_bytes(content[55:57], "little")
    name = content[57 : 57 + 2 * wide].decode("utf-16-le", "ignore") if 0 < wide <= 54 else ""
    if not name.strip() or not name.isprintable():
        name = content[1 : 1 + content[0]].decode("gb18030", "ignore") if content else ""
    return _person("Excel/WPS", name)


def _libreoffice_owner(content: bytes) -> str:
    """The user named in LibreOffice's lock file: comma-separated real name, login, computer, time …"""
    lines = content.decode("utf-8", "replace").splitlines()
    fields = next(csv.reader(lines[:1], escapechar="\\", quoting=csv.QUOTE_NONE), [])
    real, login, computer, moment = (*fields, "", "", "", "")[:4]
    return _person("LibreOffice", real.strip() or login, computer, _MOMENT.sub(r"\3-\2-\1 \4", moment))


def _person(program: str, name: str, computer: str = "", moment: str = "") -> str:
    values = (("用户", _printable(name), ""), ("电脑", _printable(computer), ""), ("自", _printable(moment), " 起"))
    known = "，".join(f"{before} {value}{after}" for before, value, after in values if value)
    return f" {program}（{known}）" if known else f" {program} "


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()

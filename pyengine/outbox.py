"""待放的公文：登记成功以前存在台账旁的 .duban 里，登记成功以后才放进文件夹；中途断电，下次起草时接着放完。

一批公文装成一个压缩包，连同它们登记的行；那几行在督查记录里，就是登记成了。
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from pyengine.books.locks import FOLDER
from pyengine.books.own_lock import own_lock
from pyengine.books.replace import Unconfirmed
from pyengine.durable import draft, fitted, make_folder, move, put, sweep, sync_folder
from pyengine.ooxml import ChangedMeanwhile, PackageError, WriteRefused

Paper = tuple[str, bytes]
"""一份公文：文件名、内容。"""

Mark = tuple[str, ...]
"""督查记录的一行，认登记用：日期、事件、单位、文号。"""

_MARKS = "登记.json"
T = TypeVar("T")


class Outbox:
    """一本台账待放的公文。now 是这次运行的时间（YYYYmmdd-HHMMSS）。"""

    def __init__(self, ledger: Path, now: str) -> None:
        self._ledger, self._now = ledger.resolve(), now
        self._parcel = self._ledger.parent / FOLDER / fitted(ledger.name, ".公文.zip")

    def waits(self) -> bool:
        """有没有上次没放完的。"""
        return self._parcel.exists()

    def resume(self, registered: Callable[[], Collection[Mark]], out: Path) -> list[Path]:
        """上次没放完的：登记过的放进 out，没有登记的作废（下面会重新起草）。返回放了哪些。"""
        with self._alone():
            if not self.waits():
                return []
            papers, marks = _unpacked(self._parcel)
            placed = place(papers, out, self._ledger) if set(marks) & set(registered()) else []
            self._parcel.unlink()
        return placed

    def send(
        self, papers: Sequence[Paper], marks: Iterable[Mark], out: Path, register: Callable[[], T]
    ) -> tuple[T, list[Path]]:
        """登记，成了才放进 out；没有登记成的，一份也不放。"""
        with self._alone():
            if self.waits():
                raise ChangedMeanwhile("上次起草的公文还没有放完。", "请重新运行一次。")
            put(self._parcel, _packed(papers, marks))
            try:
                done = register()
            except Unconfirmed:
                raise
            except PackageError:
                with suppress(OSError):
                    self._parcel.unlink()
                raise
            placed = place(papers, out, self._ledger)
            self._parcel.unlink()
        return done, placed

    def _alone(self) -> AbstractContextManager[None]:
        return own_lock(self._ledger, self._now, "起草公文", ".公文")


def place(papers: Iterable[Paper], out: Path, key: Path) -> list[Path]:
    """公文放进 out，一份一份都是完整的；同名而内容不同的旧文件不覆盖，新的改名加序号。key 是哪本台账的。"""
    make_folder(out.resolve())
    sweep(out, key)
    placed = []
    for name, content in papers:
        target = _free(out / name, content)
        if not target.exists():
            with draft(target, content, key=key, like=target) as temporary:
                move(temporary, target)
        placed.append(target)
    sync_folder(out)
    return placed


def _free(target: Path, content: bytes) -> Path:
    """可用的名称：还没有的，或已经是这份内容的。"""
    free, count = target, 2
    while free.exists() and not (free.is_file() and free.read_bytes() == content):
        free, count = target.with_name(f"{target.stem}（{count}）{target.suffix}"), count + 1
    return free


def _packed(papers: Sequence[Paper], marks: Iterable[Mark]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr(_MARKS, json.dumps(list(marks), ensure_ascii=False))
        for name, content in papers:
            package.writestr(name, content)
    return made.getvalue()


def _unpacked(parcel: Path) -> tuple[list[Paper], list[Mark]]:
    try:
        with zipfile.ZipFile(BytesIO(parcel.read_bytes())) as package:
            marks = [tuple(map(str, mark)) for mark in json.loads(package.read(_MARKS))]
            return [(Path(name).name, package.read(name)) for name in package.namelist() if name != _MARKS], marks
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
        raise WriteRefused(f"上次没放完的公文“{parcel}”读不出来。", "请把它移到别处，再运行一次。") from error

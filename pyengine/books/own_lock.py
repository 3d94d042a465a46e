"""自己的锁 — one run of ours at a time replaces a ledger; the next one can say who is at it. It dies with its process.

The system's file lock is taken on `.duban/<name>.lock`. A network share that has no such locks gets a file
`.duban/<name>.lock.held` made in one step; a run killed there leaves it, and it is taken over only when this very
computer can tell that the process is gone, else the message says which file to delete.
"""

from __future__ import annotations

import errno
import getpass
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pyengine.durable import WAITS, fitted, make_folder
from pyengine.ooxml import Locked

from .locks import FOLDER

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_BYTE = 1 << 30
"""The byte that is locked on Windows: beyond the text, which must stay readable for others."""

_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Holder:
    """占用者 — a run of ours: computer, process, user, and its stamp (YYYYmmdd-HHMMSS)."""

    computer: str = ""
    process: int = 0
    user: str = ""
    since: str = ""

    @classmethod
    def us(cls, stamp: str) -> Holder:
        """This run."""
        try:
            user = getpass.getuser()
        except (OSError, KeyError, ImportError):
            user = ""
        return cls(platform.node(), os.getpid(), user, stamp)

    @classmethod
    def read(cls, content: bytes) -> Holder:
        """The one written down; anything else is nobody known."""
        fields = content.decode("utf-8", "replace").rstrip("\n").split("\t")
        if len(fields) != 4 or not (fields[1].isascii() and fields[1].isdigit()):
            return cls()
        return cls(fields[0], int(fields[1]), fields[2], fields[3])

    def written(self) -> bytes:
        """One line for the lock file."""
        return f"{self.computer}\t{self.process}\t{self.user}\t{self.since}\n".encode(errors="replace")

    def described(self, us: Holder) -> str:
        """Who it is, as seen by us, in Chinese."""
        if not self.computer:
            return "另一个督办台账进程"
        where = "这台电脑上的另一个" if self.computer == us.computer else f"另一台电脑 {self.computer} 上的"
        day = "" if self.since[:8] == us.since[:8] else f"{self.since[:4]}-{self.since[4:6]}-{self.since[6:8]} "
        user = f"用户 {self.user}，" if self.user else ""
        return f"{where}督办台账进程（{user}自 {day}{self.since[9:11]}:{self.since[11:13]} 起）"

    def is_gone(self, us: Holder) -> bool:
        """Whether it certainly runs no more; only this computer's processes can be told."""
        if sys.platform == "win32" or self.computer != us.computer or not self.process:
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):
            pass
        return False


_Told = Callable[[Holder], str]


@contextmanager
def own_lock(path: Path, stamp: str, doing: str = "写入", kind: str = "") -> Iterator[None]:
    """Hold our own lock on the ledger; raises `Locked`, saying who, if another run goes on holding it.

    `kind`: of several locks that do not mind each other; `doing`: what is told to be going on.
    """
    lock = path.parent / FOLDER / fitted(path.name, f"{kind}.lock")
    mark = lock.with_name(fitted(path.name, f"{kind}.lock.held"))
    us = Holder.us(stamp)

    def told(holder: Holder) -> str:
        return f"台账 {path.name} 正由{holder.described(us)}{doing}。"

    make_folder(lock.parent)
    number = _opened(lock, path)
    try:
        taken = _patiently(lambda: _take(number))
        if taken is False:
            raise Locked(told(_holder(lock)), "请稍等片刻再运行。")
        with _kept(number, us) if taken else _marked(mark, us, told):
            yield
    finally:
        with suppress(OSError):
            os.close(number)


def _opened(lock: Path, ledger: Path) -> int:
    fresh = not lock.exists()
    number = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    if fresh:
        with suppress(OSError):
            shutil.copymode(ledger, lock)  # whoever may write the ledger may lock it
    return number


def _take(number: int) -> bool | None:
    """Whether we took the lock; None: there are no locks here."""
    try:
        if sys.platform == "win32":
            os.lseek(number, _BYTE, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return None
    return True


@contextmanager
def _kept(number: int, us: Holder) -> Iterator[None]:
    """The lock is ours, and we say so; given back at the end, as closing the file or dying also does."""
    try:
        _tell(number, us)
        yield
    finally:
        with suppress(OSError):
            if sys.platform == "win32":
                os.lseek(number, _BYTE, os.SEEK_SET)
                msvcrt.locking(number, msvcrt.LK_UNLCK, 1)
            else:
                fcntl.flock(number, fcntl.LOCK_UN)


@contextmanager
def _marked(mark: Path, us: Holder, told: _Told) -> Iterator[None]:
    """The lock where the file system has none: a file that only one run can make."""
    if not _patiently(lambda: _made(mark, us)):
        raise Locked(
            told(_holder(mark)),
            f"请稍等片刻再运行；那次运行早已中断的，删除文件夹 {FOLDER} 里的“{mark.name}”。",
        )
    try:
        yield
    finally:
        with suppress(OSError):
            mark.unlink()


def _made(mark: Path, us: Holder) -> bool:
    if mark.exists() and _holder(mark).is_gone(us):
        mark.unlink(missing_ok=True)
    try:
        number = os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return False
    try:
        _tell(number, us)
    finally:
        os.close(number)
    return True


def _holder(mark: Path) -> Holder:
    """Who is written down there; on some shares a locked file cannot be read."""
    try:
        return Holder.read(mark.read_bytes()[:_LONGEST])
    except OSError:
        return Holder()


def _tell(number: int, us: Holder) -> None:
    """Write down who holds the lock; what keeps others out is the lock, not the text."""
    with suppress(OSError):
        os.ftruncate(number, 0)
        os.lseek(number, 0, os.SEEK_SET)
        os.write(number, us.written())


def _patiently(attempt: Callable[[], bool | None]) -> bool | None:
    """The first answer of `attempt` that is not no, or no after all."""
    for wait in WAITS:
        answer = attempt()
        if answer is not False:
            return answer
        time.sleep(wait)
    return attempt()

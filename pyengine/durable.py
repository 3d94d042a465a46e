"""落盘 — a file is put in place whole or not at all: written beside it, on disk, read back, moved over it in one step.

Whatever fails is an `OSError` that names the file that was to be put in place. There is no fallback that would overwrite
a file in place.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

if sys.platform != "win32":
    import fcntl

WAITS = (0.1, 0.2, 0.4, 0.8, 1.5)
"""Seconds before each further try while another program (an antivirus, an indexer) holds the file for a moment."""


class Held(PermissionError):
    """被占用 — another program holds the file, and went on holding it while we were patient."""


_HELD = {errno.EACCES, errno.EBUSY, errno.ETXTBSY}
_CANNOT = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_NAME_BYTES = 255


def put(path: Path, content: bytes) -> None:
    """`path` holds `content` from now on; until then, and if anything fails, what it held before."""
    path = path.resolve()
    sweep(path.parent, path)
    with draft(path, content, key=path, like=path) as temporary:
        move(temporary, path)
    sync_folder(path.parent)


@contextmanager
def draft(path: Path, content: bytes, key: Path, like: Path) -> Iterator[Path]:
    """`content` on disk under a temporary name beside `path`, with the owner and rights of `like` if that exists.

    At the end it is removed, if it has not been moved away. `sweep` finds those that a killed run left by their `key`.
    """
    temporary = path.with_name(f"{_prefix(key)}{secrets.token_hex(4)}.tmp")
    try:
        with _naming(path):
            _fill(temporary, content, like)
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink()


def move(temporary: Path, path: Path, ready: Callable[[], None] = lambda: None) -> None:
    """Put the draft in the place of `path` in one step, `ready` having been asked just before.

    Patient while another program holds the file; raises `Held` when it goes on holding it.
    """
    for wait in (*WAITS, None):
        try:
            with _naming(path):
                ready()
                temporary.replace(path)
            return
        except OSError as error:
            if error.errno not in _HELD:
                raise
            if wait is None:
                raise Held(error.errno, error.strerror, str(path)) from error
            time.sleep(wait)


def sweep(folder: Path, key: Path, alone: bool = False) -> None:
    """Remove the drafts in `folder` that killed runs have left; `alone`: nobody else can be writing one now."""
    with suppress(OSError):
        for left in folder.glob(f"{_prefix(key)}*.tmp"):
            if alone or _abandoned(left):
                with suppress(OSError):
                    left.unlink()


def make_folder(folder: Path) -> None:
    """The folder and those above it, on disk; a new one has the rights of the one it lies in (a sticky one apart)."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    with suppress(OSError):
        if not folder.parent.stat().st_mode & stat.S_ISVTX:
            shutil.copymode(folder.parent, folder)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Have the system put names made, changed or removed in the folder on disk; not every system can."""
    if sys.platform == "win32":
        return
    with _naming(folder), suppress(PermissionError):
        number = os.open(folder, os.O_RDONLY)
        try:
            _sync(number)
        finally:
            os.close(number)


def fitted(stem: str, ending: str) -> str:
    """`stem` + `ending`, the stem cut so that file systems take the name."""
    raw, room = os.fsencode(stem), _NAME_BYTES - len(os.fsencode(ending))
    return (stem if len(raw) <= room else raw[:room].decode(errors="ignore")) + ending


def _prefix(path: Path) -> str:
    return f".duban-{sha256(os.fsencode(path.name)).hexdigest()[:12]}-"


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Errors tell the name of the file meant, not of a temporary one or none at all."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _fill(temporary: Path, content: bytes, like: Path) -> None:
    """Make the file; closed at the end: not every system and share moves an open or locked one."""
    mode = like.stat().st_mode & 0o666 if like.exists() else 0o666  # never for more eyes than it will have at the end
    number = os.open(temporary, _NEW, mode)
    try:
        if sys.platform != "win32":
            with suppress(OSError):
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)  # tells `sweep` that somebody is at it
        if like.exists():
            _take_after(temporary, like)
        view = memoryview(content)
        while view:
            view = view[os.write(number, view) :]
        _sync(number)
        if not _reads_as(number, content):
            raise OSError(errno.EIO, "read back differently")
    finally:
        os.close(number)


def _reads_as(number: int, content: bytes) -> bool:
    os.lseek(number, 0, os.SEEK_SET)
    view = memoryview(content)
    while piece := os.read(number, max(len(view), 1)):
        if piece != view[: len(piece)]:
            return False
        view = view[len(piece) :]
    return not view


def _abandoned(left: Path) -> bool:
    """Whether nobody writes this draft any more; on Windows a file still open cannot be removed anyway."""
    if sys.platform != "win32":
        try:
            with left.open("rb") as handle:
                fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def _sync(number: int) -> None:
    """Have the system put it on disk; a network share that knows no such thing is no failure, a bad disk is one."""
    if sys.platform == "darwin":
        with suppress(OSError):
            fcntl.fcntl(number, fcntl.F_FULLFSYNC)
            return
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise


def _take_after(target: Path, like: Path) -> None:
    """Owner, rights and extended attributes (access lists among them) of `like`, as far as the system lets us."""
    found = like.stat()
    if sys.platform != "win32":
        for owner, group in ((-1, found.st_gid), (found.st_uid, -1)):
            with suppress(OSError):
                os.chown(target, owner, group)
    with _lenient():
        shutil.copymode(like, target)
    if sys.platform == "linux":
        names: list[str] = []
        with _lenient():
            names = os.listxattr(like)
        for name in names:
            with _lenient():
                os.setxattr(target, name, os.getxattr(like, name))


@contextmanager
def _lenient() -> Iterator[None]:
    """What the file system does not know, or keeps for itself, is no failure; the file is ours."""
    try:
        yield
    except OSError as error:
        if error.errno not in _CANNOT | {errno.EPERM, errno.EACCES, errno.ENODATA}:
            raise

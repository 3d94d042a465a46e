"""关闭着的台账文件 — a ledger on disk: read whole, patched without loss, replaced in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from pyengine.grid import Grid, Written
from pyengine.ooxml import CellEdit, ChangedMeanwhile, Locked, NamedLook, Package, WriteRefused, patch

from .grid_reader import read_grid, workbook_of
from .locks import FOLDER, own_lock, refuse_if_locked
from .verify import verify


class FileBook:
    """A closed .xlsx/.xlsm ledger.

    The file is read once, when the book is made: `sheets` and `write` speak of that state. Raises `NotALedgerFile` when
    it is no workbook, `FileNotFoundError` when there is none, `Locked` when the system will not let it be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        try:
            self._package = Package.open(self.path)
        except PermissionError as error:
            raise Locked(
                f"台账 {self.path.name} 打不开，被占用或没有权限。", "请关闭占用它的程序，或请管理员开通读取权限。"
            ) from error
        self._content = self._package.to_bytes()

    def sheets(self) -> Mapping[str, Grid]:
        """工作表名 → its values, in the order of the tabs; chart sheets are left out. Raises `NotALedgerFile`."""
        book = workbook_of(self._package)
        return {name: read_grid(book, name) for name in self._package.sheets()}

    def write(self, edits: Mapping[str, Sequence[CellEdit]], looks: Mapping[str, NamedLook], stamp: str) -> Written:
        """Carry out the edits in the file on disk and keep a backup named by `stamp` (YYYYmmdd-HHMMSS).

        Returns what really changed; when nothing would, the file is not touched. Raises `Locked`, `ChangedMeanwhile`,
        `WriteRefused` or `NotALedgerFile`; then the ledger is as it was and no temporary file is left.
        """
        asked = {sheet: tuple(changes) for sheet, changes in edits.items() if changes}
        if not asked:
            return Written(0, 0, ())
        refuse_if_locked(self.path)
        package = Package(self._content, self.path.name)
        done = patch(package, asked, looks)
        if not done.parts:
            return Written(0, 0, ())
        content = package.to_bytes()
        verify(self._package, package, content, asked, done.parts)
        self._check_permission()
        with own_lock(self.path):
            self._replace(content, stamp)
        self._package, self._content = Package(content, self.path.name), content
        return Written(done.cells, done.rows, done.parts)

    def _replace(self, content: bytes, stamp: str) -> None:
        made: list[Path] = []
        try:
            temporary = self._temporary(content, made)
            self._back_up(stamp, made)
            self._check_unchanged()
            _copy_owner(self.path, temporary)
            refuse_if_locked(self.path)
            _put_in_place(temporary, self.path)
        except BaseException:
            _discard(made)
            raise
        _sync_folder(self.path.parent)

    def _temporary(self, content: bytes, made: list[Path]) -> Path:
        """The new file under a temporary name in the ledger's folder, read back and found equal."""
        try:
            number, name = tempfile.mkstemp(prefix=".duban-", suffix=".tmp", dir=self.path.parent)
        except PermissionError as error:
            raise WriteRefused(f"文件夹 {self.path.parent} 不能写入。", "请换到有写入权限的文件夹。") from error
        path = Path(name)
        made.append(path)
        with os.fdopen(number, "wb") as handle:
            _write_through(handle.fileno(), content)
        if path.read_bytes() != content:
            raise WriteRefused("临时文件写入后读回不一致，已放弃写入。", "请检查磁盘或网络盘；原台账没有改动。")
        return path

    def _back_up(self, stamp: str, made: list[Path]) -> None:
        """The ledger as it was read, beside it under .duban/backups; never over an older backup."""
        folder = self.path.parent / FOLDER / "backups"
        folder.mkdir(parents=True, exist_ok=True)
        for count in range(1, 10_000):
            ending = "" if count == 1 else f"-{count}"
            path = folder / f"{self.path.stem}-{stamp}{ending}{self.path.suffix}"
            with suppress(FileExistsError), path.open("xb") as handle:
                made.append(path)
                _write_through(handle.fileno(), self._content)
                return
        raise WriteRefused(f"备份 {stamp} 已有太多份。", f"请清理文件夹 {folder}。")

    def _check_unchanged(self) -> None:
        try:
            now = sha256(self.path.read_bytes()).digest()
        except FileNotFoundError:
            now = b""
        if now != sha256(self._content).digest():
            raise ChangedMeanwhile(f"台账 {self.path.name} 在处理期间被人改过，这次没有写入。", "请重新运行一次。")

    def _check_permission(self) -> None:
        if not os.access(self.path, os.W_OK):
            raise WriteRefused(f"台账 {self.path.name} 设为只读。", "请在文件属性中取消“只读”后再运行。")


def _discard(made: list[Path]) -> None:
    """Remove the temporary file and the backup; the backup stays if the new file is already in the ledger's place."""
    if made and made[0].exists():
        for path in made:
            with suppress(OSError):
                path.unlink()


def _write_through(number: int, content: bytes) -> None:
    """Write everything and have the system put it on disk."""
    view = memoryview(content)
    while view:
        view = view[os.write(number, view) :]
    os.fsync(number)


def _put_in_place(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except PermissionError as error:
        raise Locked(f"台账 {path.name} 正被占用，替换不了。", "请关闭打开它的 Excel 或 WPS 窗口后再运行。") from error


def _copy_owner(source: Path, target: Path) -> None:
    """Give the target the source's permission bits, and its owner as far as the system lets us."""
    shutil.copymode(source, target)
    if hasattr(os, "chown"):
        found = source.stat()
        with suppress(OSError):
            os.chown(target, found.st_uid, found.st_gid)


def _sync_folder(folder: Path) -> None:
    """Have the system put the renaming on disk; not every system can."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)

"""关闭着的台账文件 — a ledger on disk: read whole, patched without loss, replaced in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pyengine.grid import Grid, Written
from pyengine.ooxml import CellEdit, Locked, NamedLook, Package, patch

from .grid_reader import read_grid, workbook_of
from .locks import refuse_if_locked
from .replace import replaced
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
        replaced(self.path, content, self._content, stamp)
        self._package, self._content = Package(content, self.path.name), content
        return Written(done.cells, done.rows, done.parts)

"""一本台账的历史：取出从前的样子，记下这一次的。读不出、写不进都不妨碍刷新，只说一句。"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pyengine.books.locks import FOLDER
from pyengine.grid import Grid
from pyengine.model import Snapshot
from pyengine.ooxml import CellEdit
from pyengine.outcome import Outcome
from pyengine.read import Reading

from .backups import prune
from .codec import Judged, from_json, judged, judged_from, judged_json, to_json
from .database import Damaged, format_of, opened, set_aside, writing
from .keeping import kept
from .staff import Change, StaffSheet, after_writing, changes, staff_sheets
from .story import Noticed, Run, Story

FILE = "history.sqlite"


@dataclass(frozen=True, slots=True)
class Seen:
    """一次运行：何时、哪条命令（refresh、letters，rebuild 是从备份重建）、读到什么、判出什么、写了什么。"""

    at: datetime
    command: str
    reading: Reading
    outcome: Outcome
    grids: Mapping[str, Grid]
    edits: Mapping[str, Sequence[CellEdit]]
    cells: int

    @property
    def whole(self) -> bool:
        """是不是刷新：只有刷新判出的记作那一天的样子。"""
        return self.command not in ("letters", "undo")


class History:
    """一本台账的历史。note 是这次要对人说的一句话，aside 是坏了的历史文件改成的名字，没有都为空串；notices 是从前留给这次刷新的话。"""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger.resolve()
        self.path = self._ledger.parent / FOLDER / FILE
        self._damaged = self._unread = False
        self._former = ""
        self.aside = self.note = ""
        self.notices: tuple[str, ...] = ()

    def load(self, as_of: date, numbers: Collection[str] = ()) -> tuple[Snapshot, ...]:
        """不晚于 as_of 的最近一份快照；没有或读不出则为空。不写任何文件。

        numbers 是台账现有的编号：本名没有历史、同文件夹里有一本不见了的台账多半是这些编号的，当作它改了名。
        """
        self._damaged = self._unread = False
        try:
            if self.path.exists():
                with opened(self.path, "ro") as database:
                    return self._newest(database, as_of, numbers)
        except Damaged:
            self._damaged = True
            self.note = f"历史文件 {FOLDER}/{FILE} 已损坏或不是本程序的，这次没有与从前对照"
        except (sqlite3.Error, OSError, ValueError):  # ValueError：文件名里有不成字的字节
            self._unread = True
            self.note = f"历史文件 {FOLDER}/{FILE} 被占用或读不出，这次没有与从前对照，也没有记下今天"
        return ()

    def knows(self) -> bool:
        """历史里有没有这本台账；读不出来的（被占用）当作有，免得去动它。"""
        return bool(self.load(date.max)) or self._unread

    def save(self, seen: Seen) -> None:
        """记下这一次，同一判定日的替换。坏了的文件改名留着，另起新的；刚才没有读到的不记，免得盖掉从前。"""
        if self._unread or (self._damaged and not seen.whole):
            return
        try:
            self.path.parent.mkdir(exist_ok=True)
            if self._damaged or not self._put(seen):
                self.aside, self._damaged = set_aside(self.path).name, False
                self.note = f"历史文件已损坏或不是本程序的，改名为 {self.aside}，从今天重新记起"
                self._put(seen)
            prune(self._ledger, *_retention(seen))
        except (sqlite3.Error, OSError, ValueError):
            self.note = f"历史没有记下（{FOLDER} 文件夹不能写，或历史文件被占用），刷新不受影响，下次不能与今天对照"

    def log(self, at: datetime, command: str, detail: str) -> None:
        """记一次没有判定的运行（恢复、夜里台账开着）；记不下的不妨碍。"""
        with suppress(Damaged, sqlite3.Error, OSError, ValueError), writing(self.path) as database:
            line = self._ledger.name, _written(at), command, "", 0, detail
            database.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)", line)

    def leave(self, at: datetime, notice: str) -> None:
        """留一句话给下一次刷新；记不下的不妨碍。"""
        with suppress(Damaged, sqlite3.Error, OSError, ValueError), writing(self.path) as database:
            database.execute("DELETE FROM notice WHERE ledger = ?", (self._ledger.name,))
            database.execute("INSERT INTO notice VALUES (?, ?, ?)", (self._ledger.name, _written(at), notice))

    def judged_before(self, as_of: date) -> tuple[date, tuple[Judged, ...]] | None:
        """早于 as_of 的最近一个判定日，和那天判出的各项；没有、读不出则 None。"""
        query = "SELECT as_of, judged FROM snapshot WHERE ledger = ? AND as_of < ? ORDER BY as_of DESC LIMIT 1"
        rows = self._asked(query, as_of.isoformat())
        with suppress(Damaged):
            return (date.fromisoformat(rows[0][0]), judged_from(rows[0][1])) if rows else None
        return None

    def last_run(self, command: str) -> datetime | None:
        """这条命令上一次运行的时刻；没有、读不出则 None。"""
        rows = self._asked("SELECT MAX(at) FROM run WHERE ledger = ? AND command = ?", command)
        return datetime.fromisoformat(rows[0][0]) if rows and rows[0][0] else None

    def story(self, since: date) -> Story:
        """since 当天起的全部运行和改动；读不出的为空，note 说明。"""
        runs = self._asked(
            "SELECT at, command, as_of, cells, detail FROM run WHERE ledger = ? AND at >= ?", since.isoformat()
        )
        found = self._asked("SELECT * FROM change WHERE ledger = ? AND at >= ?", since.isoformat())
        changes = (Noticed(at, before, Change(*parts)) for _, at, before, *parts in found)
        return Story(tuple(Run(*row) for row in runs), tuple(changes))

    def _asked(self, query: str, wanted: str) -> list[tuple[Any, ...]]:
        """问历史文件：这本台账的各行，按记下的次序；没有文件、读不出的为空，note 说明。"""
        try:
            if self.path.exists():
                with opened(self.path, "ro") as database:
                    name = self._ledger.name
                    return database.execute(query, (name, wanted)).fetchall() if format_of(database) > 1 else []
        except (Damaged, sqlite3.Error, OSError, ValueError):
            self.note = f"历史文件 {FOLDER}/{FILE} 已损坏或读不出，下一次刷新时从备份重新建起"
        return []

    def _newest(self, database: sqlite3.Connection, as_of: date, numbers: Collection[str]) -> tuple[Snapshot, ...]:
        if not format_of(database):
            return ()
        self._former = self._renamed_from(database, frozenset(numbers))
        query = "SELECT as_of, content FROM snapshot WHERE ledger = ? AND as_of <= ? ORDER BY as_of DESC LIMIT 1"
        row = database.execute(query, (self._former or self._ledger.name, as_of.isoformat())).fetchone()
        return (from_json(*row),) if row else ()

    def _renamed_from(self, database: sqlite3.Connection, numbers: frozenset[str]) -> str:
        """这本台账从前的文件名；没有改过名的为空串。"""
        names = {name for (name,) in database.execute("SELECT DISTINCT ledger FROM snapshot")}
        if self._ledger.name in names or not numbers:
            return ""
        gone = [name for name in names if not self._ledger.with_name(name).exists()]
        alike = [name for name in gone if 2 * len(numbers & _numbers(database, name)) > len(numbers)]
        return alike[0] if len(alike) == 1 else ""

    def _put(self, seen: Seen) -> bool:
        """写入，返回是否写成；文件坏了则没有写成。"""
        try:
            with writing(self.path) as database:
                if self._former:
                    self._take_over(database)
                self._put_staff(database, seen)
                if seen.whole:
                    self._put_day(database, seen)
                    self._take_notices(database)
                self._prune(database, seen)
        except Damaged:
            return False
        return True

    def _take_over(self, database: sqlite3.Connection) -> None:
        for table in ("snapshot", "run", "staff", "change", "notice"):
            database.execute(f"UPDATE {table} SET ledger = ? WHERE ledger = ?", (self._ledger.name, self._former))
        self.note, self._former = f"台账原名 {self._former}，接着原来的历史记", ""

    def _put_staff(self, database: sqlite3.Connection, seen: Seen) -> None:
        """与上次比出人改了什么，记下；再把这次的样子存起来，下次比。"""
        name, at = self._ledger.name, _written(seen.at)
        (since,) = database.execute("SELECT MAX(at) FROM run WHERE ledger = ?", (name,)).fetchone()
        before, tables = _staff(database, name), seen.reading.tables
        read = staff_sheets(seen.grids, tables)
        lines = ((name, at, since or at, *astuple(change)) for change in changes(before, read))
        database.executemany("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?)", lines)
        now = after_writing(read, seen.grids, tables, seen.edits)
        new = (
            (name, key, sheet.kind, _packed(sheet.content)) for key, sheet in now.items() if before.get(key) != sheet
        )
        database.executemany("INSERT OR REPLACE INTO staff VALUES (?, ?, ?, ?)", new)
        gone = ((name, key) for key in before if key not in now)
        database.executemany("DELETE FROM staff WHERE ledger = ? AND sheet = ?", gone)
        run = name, at, seen.command, seen.outcome.as_of.isoformat(), seen.cells, ""
        database.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)", run)

    def _put_day(self, database: sqlite3.Connection, seen: Seen) -> None:
        snapshot, rows = seen.outcome.snapshot, judged(seen.outcome)
        line = self._ledger.name, snapshot.as_of.isoformat(), to_json(snapshot), judged_json(rows)
        database.execute("INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)", line)

    def _take_notices(self, database: sqlite3.Connection) -> None:
        name = (self._ledger.name,)
        self.notices += tuple(text for (text,) in database.execute("SELECT text FROM notice WHERE ledger = ?", name))
        database.execute("DELETE FROM notice WHERE ledger = ?", name)

    def _prune(self, database: sqlite3.Connection, seen: Seen) -> None:
        name = self._ledger.name
        days = [day for (day,) in database.execute("SELECT as_of FROM snapshot WHERE ledger = ?", (name,))]
        keep = kept(map(datetime.fromisoformat, days), *_retention(seen))
        gone = [(name, day) for day in days if datetime.fromisoformat(day) not in keep]
        database.executemany("DELETE FROM snapshot WHERE ledger = ? AND as_of = ?", gone)


def _written(moment: datetime) -> str:
    return moment.isoformat(" ", "seconds")


def _retention(seen: Seen) -> tuple[int, int]:
    """备份和快照留多少天、多少月。"""
    settings = seen.reading.ledger.settings
    return settings.int("保留备份天数"), settings.int("保留备份月数")


def _numbers(database: sqlite3.Connection, name: str) -> frozenset[str]:
    query = "SELECT as_of, content FROM snapshot WHERE ledger = ? ORDER BY as_of DESC LIMIT 1"
    row = database.execute(query, (name,)).fetchone()
    return frozenset(item.number for item in from_json(*row).items)


def _staff(database: sqlite3.Connection, name: str) -> dict[str, StaffSheet]:
    rows = database.execute("SELECT sheet, kind, content FROM staff WHERE ledger = ?", (name,))
    try:
        return {sheet: StaffSheet(kind, zlib.decompress(content).decode("utf-8")) for sheet, kind, content in rows}
    except (zlib.error, UnicodeDecodeError, TypeError) as error:
        raise Damaged from error


def _packed(content: str) -> bytes:
    return zlib.compress(content.encode("utf-8"), 1)

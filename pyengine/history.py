"""历史：台账旁 .duban/history.sqlite 里每个判定日一份快照。读不出、写不进都不妨碍刷新，只说一句。"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pyengine.books.locks import FOLDER
from pyengine.model import Deadline, PastDecision, PastItem, Snapshot

FILE = "history.sqlite"
_FORMAT = 1
"""文件的格式号；别的格式不认，另存后重新开始。"""

_PATIENCE = 2.0
"""别的进程正在写时，等它几秒。"""

_SCHEMA = "CREATE TABLE snapshot (ledger TEXT, as_of TEXT, content TEXT NOT NULL, PRIMARY KEY (ledger, as_of))"
T = TypeVar("T")


class _Damaged(Exception):
    """不是本程序的历史文件，或内容坏了。"""


class History:
    """一本台账的历史。note 是这次要对人说的一句话，没有为空串。"""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger.resolve()
        self._path = self._ledger.parent / FOLDER / FILE
        self._damaged = self._unread = False
        self.note = ""

    def load(self, as_of: date) -> tuple[Snapshot, ...]:
        """不晚于 as_of 的最近一份快照；没有或读不出则为空。不写任何文件。"""
        self._damaged = self._unread = False
        try:
            if self._path.exists():
                with _opened(self._path, "ro") as database:
                    return self._newest(database, as_of)
        except _Damaged:
            self._damaged = True
            self.note = f"历史文件 {FOLDER}/{FILE} 已损坏或不是本程序的，这次没有与从前对照"
        except (sqlite3.Error, OSError, ValueError):  # ValueError：文件名里有不成字的字节
            self._unread = True
            self.note = f"历史文件 {FOLDER}/{FILE} 被占用或读不出，这次没有与从前对照，也没有记下今天"
        return ()

    def save(self, snapshot: Snapshot) -> None:
        """记下一份快照，同一判定日的替换。坏了的文件改名留着，另起新的；刚才没有读到的不记，免得盖掉从前。"""
        if self._unread:
            return
        try:
            self._path.parent.mkdir(exist_ok=True)
            if self._damaged or not self._put(snapshot):
                self.note = f"历史文件已损坏或不是本程序的，改名为 {_set_aside(self._path).name}，从今天重新记起"
                self._put(snapshot)
        except (sqlite3.Error, OSError, ValueError):
            self.note = f"历史没有记下（{FOLDER} 文件夹不能写，或历史文件被占用），刷新不受影响，下次不能与今天对照"

    def _newest(self, database: sqlite3.Connection, as_of: date) -> tuple[Snapshot, ...]:
        if not _is_ours(database):
            return ()
        query = "SELECT as_of, content FROM snapshot WHERE ledger = ? AND as_of <= ? ORDER BY as_of DESC LIMIT 1"
        row = database.execute(query, (self._ledger.name, as_of.isoformat())).fetchone()
        return (from_json(*row),) if row else ()

    def _put(self, snapshot: Snapshot) -> bool:
        """写入，返回是否写成；文件坏了则没有写成。"""
        row = self._ledger.name, snapshot.as_of.isoformat(), to_json(snapshot)
        try:
            with _opened(self._path, "rwc") as database, database:
                database.execute("BEGIN IMMEDIATE")
                if not _is_ours(database):
                    database.execute(_SCHEMA)
                    database.execute(f"PRAGMA user_version = {_FORMAT}")
                database.execute("INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?)", row)
        except _Damaged:
            return False
        return True


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """打开着的文件；占用、不能写抛 OperationalError，坏了抛 _Damaged。"""
    where = quote(path.as_posix())
    uri = f"file://{where if where.startswith('/') else f'/{where}'}?mode={mode}"  # 网络盘要写成 file:////服务器/…
    try:
        with closing(sqlite3.connect(uri, _PATIENCE, isolation_level=None, uri=True)) as database:
            yield database
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise _Damaged from error


def _is_ours(database: sqlite3.Connection) -> bool:
    """是不是本程序的文件；新建的空文件为 False；别的抛 _Damaged。"""
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    (number,) = database.execute("PRAGMA user_version").fetchone()
    if not tables:
        return False
    if tables != ["snapshot"] or number != _FORMAT:
        raise _Damaged
    return True


def _set_aside(path: Path) -> Path:
    """改名留着（连同没有写完的日志：它会把新文件也写坏）；返回新名称。"""
    names = (path.with_name(f"{path.stem}-坏{count}{path.suffix}") for count in range(1, 10_000))
    aside = next(name for name in names if not name.exists())
    path.replace(aside)
    journal = path.with_name(f"{path.name}-journal")
    if journal.exists():
        journal.replace(aside.with_name(f"{aside.name}-journal"))
    return aside


def to_json(snapshot: Snapshot) -> str:
    """快照的 JSON：空着的不写，日期 ISO，进度是分数。"""
    content = {
        "items": snapshot.items,
        "decisions": snapshot.decisions,
        "standing": [(*key, day) for key, day in snapshot.standing.items()],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    row = {name: getattr(value, name) for name in type(value).__slots__}  # type: ignore[attr-defined]
    return {name: part for name, part in row.items() if part or isinstance(part, Fraction)}


def from_json(as_of: str, text: str) -> Snapshot:
    """to_json 的内容读回快照；写法不对抛 _Damaged。"""
    try:
        content = json.loads(text)
        return Snapshot(
            as_of=date.fromisoformat(as_of),
            items=tuple(PastItem(**_item(row)) for row in content["items"]),
            decisions=tuple(_decision(row) for row in content["decisions"]),
            standing={(code, name, column): date.fromisoformat(day) for code, name, column, day in content["standing"]},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _Damaged from error


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: _maybe(row, name, date.fromisoformat) for name in ("initiated", "finished", "closed", "last_closed")}
    return {
        "number": row.get("number", ""), "sheet": row.get("sheet", ""), "goal": row.get("goal", ""), "state": row.get("state", ""),
        "due": _deadline(row["due"]), "start_due": _deadline(row["start_due"]),
        "goal_since": date.fromisoformat(row["goal_since"]), "last_seen": date.fromisoformat(row["last_seen"]),
        "progress": _maybe(row, "progress", Fraction), **days,
    }  # fmt: skip


def _decision(row: Mapping[str, Any]) -> PastDecision:
    return PastDecision(
        date.fromisoformat(row["on"]), row.get("number", ""), row.get("decision", ""), tuple(row.get("units", ())),
        _deadline(row["due"]),
    )  # fmt: skip


def _deadline(row: Mapping[str, Any]) -> Deadline:
    due, start = (_maybe(row, name, date.fromisoformat) for name in ("due", "start"))
    dates = tuple(map(date.fromisoformat, row.get("dates", ())))
    return Deadline(
        row["kind"], due, start, dates, row.get("note", ""), row.get("text", ""), recurs=row.get("recurs", "")
    )


def _maybe(row: Mapping[str, Any], name: str, read: Callable[[str], T]) -> T | None:
    return read(row[name]) if name in row else None

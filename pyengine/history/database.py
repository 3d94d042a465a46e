"""历史文件：台账旁 .duban/history.sqlite。建表、升级旧格式、认出坏了的文件并改名留着。"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

FORMAT = 2
"""文件的格式号；更新的格式不认，另存后重新开始。"""

PATIENCE = 2.0
"""别的进程正在写时，等它几秒。"""

_FIRST = "CREATE TABLE snapshot (ledger TEXT, as_of TEXT, content TEXT NOT NULL, PRIMARY KEY (ledger, as_of))"
_SECOND = (
    "ALTER TABLE snapshot ADD COLUMN judged TEXT NOT NULL DEFAULT '[]'",
    "CREATE TABLE run (ledger TEXT, at TEXT, command TEXT, as_of TEXT, cells INTEGER, detail TEXT)",
    "CREATE TABLE staff (ledger TEXT, sheet TEXT, kind TEXT, content BLOB, PRIMARY KEY (ledger, sheet))",
    'CREATE TABLE change (ledger TEXT, at TEXT, since TEXT, sheet TEXT, item TEXT, "column" TEXT, old TEXT, new TEXT)',
    "CREATE TABLE notice (ledger TEXT, at TEXT, text TEXT)",
)
_TABLES = {0: set(), 1: {"snapshot"}, FORMAT: {"snapshot", "run", "staff", "change", "notice"}}


class Damaged(Exception):
    """不是本程序的历史文件，或内容坏了。"""


@contextmanager
def opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """打开着的文件；占用、不能写抛 OperationalError，坏了抛 Damaged。"""
    if mode == "ro" and path.with_name(f"{path.name}-journal").exists():
        mode = "rw"  # 上次写到一半断了：只读的打不开，能写的会先把它退回去
    where = quote(path.as_posix())
    uri = f"file://{where if where.startswith('/') else f'/{where}'}?mode={mode}"  # 网络盘要写成 file:////服务器/…
    try:
        with closing(sqlite3.connect(uri, PATIENCE, isolation_level=None, uri=True)) as database:
            yield database
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise Damaged from error


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """打开来写的文件，一次写成或完全没写；没有就新建，旧格式就升级。坏了抛 Damaged。"""
    with opened(path, "rwc") as database, database:
        database.execute("BEGIN IMMEDIATE")
        upgraded = {0: (_FIRST, *_SECOND), 1: _SECOND}.get(format_of(database), ())
        for statement in upgraded:
            database.execute(statement)
        if upgraded:
            database.execute(f"PRAGMA user_version = {FORMAT}")
        yield database


def format_of(database: sqlite3.Connection) -> int:
    """格式号；新建的空文件为 0；不是本程序的、更新的格式抛 Damaged。"""
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    (number,) = database.execute("PRAGMA user_version").fetchone()
    if _TABLES.get(number) != tables:
        raise Damaged
    return int(number)


def set_aside(path: Path) -> Path:
    """改名留着（连同没有写完的日志：它会把新文件也写坏）；返回新名称。"""
    names = (path.with_name(f"{path.stem}-坏{count}{path.suffix}") for count in range(1, 10_000))
    aside = next(name for name in names if not name.exists())
    path.replace(aside)
    journal = path.with_name(f"{path.name}-journal")
    if journal.exists():
        journal.replace(aside.with_name(f"{aside.name}-journal"))
    return aside

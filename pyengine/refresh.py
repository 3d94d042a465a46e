"""整个程序：读 → 与从前对照着判 → 写回 → 记下今天。公文另走一步：判 → 起草 → 登记。"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from pyengine.grid import Grid, Written
from pyengine.judge import recompute
from pyengine.kinds import Letter
from pyengine.layout import layout
from pyengine.letters import letters_due
from pyengine.model import Snapshot
from pyengine.ooxml import CellEdit, ChangedMeanwhile, NamedLook, WriteRefused
from pyengine.outcome import Outcome
from pyengine.plan import NewRecord
from pyengine.read import Reading, read_ledger
from pyengine.rulebook import all_circulars
from pyengine.writeback import plan_records, plan_refresh

T = TypeVar("T")
NOTHING_WRITTEN = Written(0, 0, ())
Step = Callable[[str], None]
"""进度：每走到一步叫一次，参数是这一步的中文名。"""


class Book(Protocol):
    """台账：读出各表、写入改动。关闭的文件、内存、打开的窗口都是台账。"""

    def sheets(self) -> Mapping[str, Grid]: ...

    def write(self, edits: Mapping[str, Sequence[CellEdit]], looks: Mapping[str, NamedLook], stamp: str) -> Written: ...


class History(Protocol):
    """历史：取出从前的快照、记下今天的。台账旁的文件是历史，Forgetful 是没有历史。"""

    def load(self, as_of: date) -> tuple[Snapshot, ...]:
        """不晚于 as_of 的快照。"""

    def save(self, snapshot: Snapshot) -> None:
        """记下 snapshot，同一天的替换。"""


class Forgetful:
    """没有历史：什么也不记得，什么也不记。"""

    def load(self, as_of: date) -> tuple[Snapshot, ...]:
        """空的。"""
        return ()

    def save(self, snapshot: Snapshot) -> None:
        """不记。"""


NO_HISTORY = Forgetful()


@dataclass(frozen=True, slots=True)
class Result:
    """一次运行的结果。letters 为公文和它的文件（没有起草的为 None）。"""

    reading: Reading
    outcome: Outcome
    written: Written = NOTHING_WRITTEN
    letters: tuple[tuple[Letter, Path | None], ...] = ()


def examine(
    book: Book, as_of: date, step: Step = lambda _: None, past: tuple[Snapshot, ...] = ()
) -> tuple[Result, Mapping[str, Grid]]:
    """只读只判，不写：结果和读到的原值。past 是从前的快照。"""
    step("读取台账")
    grids = book.sheets()
    reading = read_ledger(grids, as_of)
    reading = replace(reading, ledger=replace(reading.ledger, past=past))
    step("校验判定")
    outcome = recompute(reading.ledger, all_circulars(), as_of)
    return Result(
        reading, outcome, letters=tuple((letter, None) for letter in letters_due(reading.ledger, outcome))
    ), grids


def refresh(
    open_book: Callable[[], Book], as_of: date, stamp: str, step: Step = lambda _: None, history: History = NO_HISTORY
) -> Result:
    """刷新：读、判、写回，写成了才记入历史。其间台账被人改过就重来一次，再被改则抛 ChangedMeanwhile。"""
    result = _twice(lambda: _refresh(open_book(), as_of, stamp, step, history.load(as_of)))
    history.save(result.outcome.snapshot)
    return result


def _refresh(book: Book, as_of: date, stamp: str, step: Step, past: tuple[Snapshot, ...]) -> Result:
    result, grids = examine(book, as_of, step, past)
    edits = plan_refresh(result.reading, result.outcome, grids)
    step("写回台账")
    written = _write(book, result.reading, edits, stamp)
    return Result(result.reading, result.outcome, written, result.letters)


def _write(book: Book, reading: Reading, edits: Mapping[str, Sequence[CellEdit]], stamp: str) -> Written:
    """写入；拒绝写某一格的，在地址后面补上它的表头。"""
    try:
        return book.write(edits, layout().styles, stamp)
    except WriteRefused as error:
        raise WriteRefused(reading.with_header(error.message), error.advice) from error


def _twice(run: Callable[[], T]) -> T:
    try:
        return run()
    except ChangedMeanwhile:
        return run()


def draft_letters(
    open_book: Callable[[], Book],
    ledger: Path,
    out: Path,
    as_of: date,
    stamp: str,
    step: Step = lambda _: None,
    past: tuple[Snapshot, ...] = (),
) -> Result:
    """起草应发的公文到 out，并（设置 生成即登记）在督查记录补登。

    先全部写到临时目录，登记成功后才移入 out：要么都有，要么都没有。
    """
    return _twice(lambda: _draft(open_book(), ledger, out, as_of, stamp, step, past))


def _draft(
    book: Book, ledger: Path, out: Path, as_of: date, stamp: str, step: Step, past: tuple[Snapshot, ...]
) -> Result:
    result, grids = examine(book, as_of, step, past)
    letters = [letter for letter, _ in result.letters]
    if not letters:
        return result
    from pyengine.render import render, template_path  # Word 那一套装入要半秒，刷新用不着

    step("起草公文")
    contents = [render(template_path(letter.template, ledger.parent), letter.context) for letter in letters]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".duban-", dir=out) as folder:
        for letter, content in zip(letters, contents, strict=True):
            (Path(folder) / letter.file_name).write_bytes(content)
        written = _register(book, result, grids, letters, stamp)
        paths = [_moved(Path(folder) / letter.file_name, out) for letter in letters]
    return Result(result.reading, result.outcome, written, tuple(zip(letters, paths, strict=True)))


def _register(book: Book, result: Result, grids: Mapping[str, Grid], letters: Sequence[Letter], stamp: str) -> Written:
    if not result.reading.ledger.settings.yes("生成即登记"):
        return NOTHING_WRITTEN
    records = [NewRecord(_record(letter, result.outcome.as_of)) for letter in letters]
    return _write(book, result.reading, plan_records(result.reading, grids, records), stamp)


def _record(letter: Letter, as_of: date) -> dict[str, str | date | None]:
    return {
        "日期": as_of, "事件": letter.event, "编号": "、".join(letter.tasks), "单位": letter.unit, "事由": letter.registered_reason,
        "文号": letter.number, "限期": letter.limit, "备注": letter.remark,
    }  # fmt: skip


def _moved(source: Path, folder: Path) -> Path:
    """移到 folder；同名的旧文件不覆盖，改名加序号。"""
    target, count = folder / source.name, 2
    while target.exists():
        target, count = folder / f"{source.stem}（{count}）{source.suffix}", count + 1
    try:
        source.replace(target)
    except OSError:
        shutil.move(source, target)
    return target


def backup_stamp(now: datetime) -> str:
    """备份文件名里的时间。"""
    return now.strftime("%Y%m%d-%H%M%S")

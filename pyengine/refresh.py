"""整个程序：读 → 与从前对照着判 → 写回 → 记下今天。公文另走一步：判 → 起草 → 登记。"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from pyengine.durable import make_folder
from pyengine.grid import Grid, Written
from pyengine.history import Seen
from pyengine.judge import recompute
from pyengine.kinds import Letter
from pyengine.layout import layout
from pyengine.letters import letters_due
from pyengine.model import Snapshot
from pyengine.ooxml import CellEdit, ChangedMeanwhile, NamedLook, WriteRefused
from pyengine.outbox import Mark, Outbox, place
from pyengine.outcome import Outcome
from pyengine.plan import NewRecord
from pyengine.read import Reading, read_ledger
from pyengine.rulebook import all_circulars
from pyengine.writeback import plan_records, plan_refresh

T = TypeVar("T")
NOTHING_WRITTEN = Written(0, 0, ())
_STAMP = "%Y%m%d-%H%M%S"
Step = Callable[[str], None]
"""进度：每走到一步叫一次，参数是这一步的中文名。"""


class Book(Protocol):
    """台账：读出各表、写入改动。关闭的文件、内存、打开的窗口都是台账。"""

    def sheets(self) -> Mapping[str, Grid]: ...

    def write(self, edits: Mapping[str, Sequence[CellEdit]], looks: Mapping[str, NamedLook], stamp: str) -> Written: ...


class Memory(Protocol):
    """历史：取出从前的快照、记下这一次的。台账旁的文件是历史，NO_HISTORY 是没有历史。"""

    def load(self, as_of: date, numbers: Collection[str]) -> tuple[Snapshot, ...]:
        """不晚于 as_of 的快照；numbers 是台账现有的编号。"""

    def save(self, seen: Seen) -> None:
        """记下这一次，同一天的替换。"""


class _Forgetful:
    """没有历史：什么也不记得，什么也不记。"""

    def load(self, as_of: date, numbers: Collection[str]) -> tuple[Snapshot, ...]:
        return ()

    def save(self, seen: Seen) -> None:
        pass


NO_HISTORY: Memory = _Forgetful()


@dataclass(frozen=True, slots=True)
class Result:
    """一次运行的结果。letters 为公文和它的文件（没有起草的为 None），late 为上次登记了没放完、这次补放的文件。"""

    reading: Reading
    outcome: Outcome
    written: Written = NOTHING_WRITTEN
    letters: tuple[tuple[Letter, Path | None], ...] = ()
    late: tuple[Path, ...] = ()


def examine(
    book: Book, as_of: date, step: Step = lambda _: None, history: Memory = NO_HISTORY
) -> tuple[Result, Mapping[str, Grid]]:
    """只读只判，不写：结果和读到的原值。"""
    step("读取台账")
    grids = book.sheets()
    reading = read_ledger(grids, as_of)
    past = history.load(as_of, [task.number for task in reading.ledger.tasks])
    reading = replace(reading, ledger=replace(reading.ledger, past=past))
    step("校验判定")
    outcome = recompute(reading.ledger, all_circulars(), as_of)
    return Result(
        reading, outcome, letters=tuple((letter, None) for letter in letters_due(reading.ledger, outcome))
    ), grids


def refresh(
    open_book: Callable[[], Book], as_of: date, now: datetime, step: Step = lambda _: None, history: Memory = NO_HISTORY
) -> Result:
    """刷新：读、判、写回，写成了才记入历史。其间台账被人改过就重来一次，再被改则抛 ChangedMeanwhile。"""
    return _twice(lambda: _refresh(open_book(), as_of, now, step, history))


def _refresh(book: Book, as_of: date, now: datetime, step: Step, history: Memory) -> Result:
    result, grids = examine(book, as_of, step, history)
    edits = plan_refresh(result.reading, result.outcome, grids)
    step("写回台账")
    written = _write(book, result.reading, edits, now)
    history.save(Seen(now, "refresh", result.reading, result.outcome, grids, edits, written.cells))
    return replace(result, written=written)


def _write(book: Book, reading: Reading, edits: Mapping[str, Sequence[CellEdit]], now: datetime) -> Written:
    """写入；拒绝写某一格的，在地址后面补上它的表头。"""
    try:
        return book.write(edits, layout().styles, now.strftime(_STAMP))
    except WriteRefused as error:
        raise type(error)(reading.with_header(error.message), error.advice) from error


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
    now: datetime,
    step: Step = lambda _: None,
    history: Memory = NO_HISTORY,
) -> Result:
    """起草应发的公文到 out，并（设置 生成即登记）在督查记录补登。

    登记成功后才放进 out：要么都有，要么都没有；放到一半断了电，下一次接着放完。
    """
    box = Outbox(ledger, now.strftime(_STAMP))
    late = box.resume(lambda: _marks_of(open_book(), as_of), out) if box.waits() else []
    result = _twice(lambda: _draft(open_book(), box, ledger, out, as_of, now, step, history))
    return replace(result, late=tuple(late))


def _draft(
    book: Book, box: Outbox, ledger: Path, out: Path, as_of: date, now: datetime, step: Step, history: Memory
) -> Result:
    result, grids = examine(book, as_of, step, history)
    letters = [letter for letter, _ in result.letters]
    if not letters:
        return result
    from pyengine.render import render, template_path  # Word 那一套装入要半秒，刷新用不着

    step("起草公文")
    contents = [render(template_path(letter.template, ledger.parent), letter.context) for letter in letters]
    edits = _registration(result, grids, letters)
    papers = [(letter.file_name, content) for letter, content in zip(letters, contents, strict=True)]
    make_folder(out.resolve())
    if edits:
        marks = [_mark(as_of, letter.event, letter.number, letter.unit) for letter in letters]
        written, paths = box.send(papers, marks, out, lambda: _write(book, result.reading, edits, now))
    else:
        written, paths = NOTHING_WRITTEN, place(papers, out, ledger)
    history.save(Seen(now, "letters", result.reading, result.outcome, grids, edits, written.cells))
    return replace(result, written=written, letters=tuple(zip(letters, paths, strict=True)))


def _registration(
    result: Result, grids: Mapping[str, Grid], letters: Sequence[Letter]
) -> Mapping[str, Sequence[CellEdit]]:
    """在督查记录登记这些公文的改动；设置 生成即登记 为否的没有。"""
    if not result.reading.ledger.settings.yes("生成即登记"):
        return {}
    return plan_records(result.reading, grids, [NewRecord(_record(letter, result.outcome.as_of)) for letter in letters])


def _record(letter: Letter, as_of: date) -> dict[str, str | date | None]:
    return {
        "日期": as_of, "事件": letter.event, "编号": "、".join(letter.tasks), "单位": letter.unit, "事由": letter.registered_reason,
        "文号": letter.number, "限期": letter.limit, "备注": letter.remark,
    }  # fmt: skip


def _mark(on: date | None, event: str, number: str, unit: str) -> Mark:
    """督查记录的一行，认登记用：有文号的认文号，没有的认单位。"""
    return (str(on), event, number or unit)


def _marks_of(book: Book, as_of: date) -> set[Mark]:
    records = read_ledger(book.sheets(), as_of).ledger.records
    return {_mark(record.on, record.event, record.document_number, "、".join(record.units)) for record in records}

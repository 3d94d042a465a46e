"""夜间任务：刷新、起草该发的公文、记历史、出每日摘要；台账开着就只看不写，等到时限为止。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from logging import Logger
from pathlib import Path

from pyengine.books.file import FileBook
from pyengine.books.locks import refuse_if_locked
from pyengine.books.own_lock import own_lock
from pyengine.history import Change, History, Judged
from pyengine.ooxml import ChangedMeanwhile, Locked, PackageError
from pyengine.read import read_ledger
from pyengine.rebuild import rebuild
from pyengine.refresh import Result, Step, draft_letters, examine, refresh

from .digest import NAME, Night, missed_days, write
from .log import logging_to

LETTERS = "公文"


@dataclass(frozen=True, slots=True)
class Clock:
    """钟：几点了；等若干秒。"""

    now: Callable[[], datetime]
    wait: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Done:
    """一夜的结果：判定、摘要的文件（没有写成的为 None）、台账写回了没有、要对人说的话。"""

    result: Result
    digest: Path | None
    written: bool
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    """一夜里始终不变的东西。last 是上一次夜间任务的时刻。"""

    ledger: Path
    as_of: date
    clock: Clock
    log: Logger
    step: Step
    history: History
    last: datetime | None

    def remember(self, command: str, detail: str) -> None:
        """记进日志和历史；command 是 nightly（写了）或 looked（台账开着，只看了）。"""
        self.log.info(detail)
        self.history.log(self.clock.now(), command, detail)

    def missed(self) -> tuple[date, ...]:
        """上一次以后没有运行的日子。"""
        return missed_days(self.last.date() if self.last else None, self.as_of)

    def changes(self) -> tuple[Change, ...]:
        """上一次夜间任务（没有则前一天）以来人的改动。"""
        since = self.last or self.clock.now() - timedelta(days=1)
        story = self.history.story(since.date())
        return tuple(noticed.change for noticed in story.changes if noticed.at > since.isoformat(" ", "seconds"))


def run_nightly(
    ledger: Path, as_of: date, clock: Clock, step: Step = lambda _: None, once: bool = False
) -> Done | None:
    """跑一夜，各步记在 .duban/nightly.log。台账开着到时限为止的，只出摘要（written 为假）。

    once：最近一次“夜间任务时间”以后已经做过、写过的不再做，返回 None。
    另一个夜间任务正在跑、台账连读也读不了抛 Locked；不是台账、不许写的，各抛各的错。
    """
    ledger = ledger.resolve()
    stamp = clock.now().strftime("%Y%m%d-%H%M%S")
    with own_lock(ledger, stamp, "跑夜间任务", ".nightly"), logging_to(ledger) as log:
        history = History(ledger)
        log.info("开始：%s，判定日 %s", ledger.name, as_of)
        last = max(filter(None, map(history.last_run, ("nightly", "looked"))), default=None)
        try:
            if once and _done_since(history.last_run("nightly"), ledger, clock.now()):
                log.info("这一夜已经做过，不再做")
                return None
            return _until_free(_Job(ledger, as_of, clock, log, step, history, last))
        except PackageError as error:
            log.error("没有做成：%s%s", error.message, error.advice)
            raise
        except Exception:
            log.exception("没有做成")
            raise


def _done_since(last: datetime | None, ledger: Path, now: datetime) -> bool:
    """最近一次该运行的时刻以后，是不是做过。"""
    settings = read_ledger(FileBook(ledger).sheets(), now.date()).ledger.settings
    due = datetime.combine(now.date(), datetime.strptime(settings.text("夜间任务时间"), "%H:%M").time())
    return last is not None and last >= (due if due <= now else due - timedelta(days=1))


def _until_free(job: _Job) -> Done:
    """做一遍；台账开着就出一份只看不写的摘要，隔一阵再试，过了时限作罢。"""
    looked, until = None, job.clock.now()
    while True:
        try:
            return _work(job)
        except (Locked, ChangedMeanwhile) as error:
            if looked is None:
                looked = _look(job, error)
                until += _minutes(looked, "夜间重试分钟")
            pause = _minutes(looked, "夜间重试间隔分钟")
            if job.clock.now() + pause > until:
                return _leave(job, looked, error)
            job.log.info("%s%g 分钟后再试", error.message, pause / timedelta(minutes=1))
            job.clock.wait(pause.total_seconds())


def _work(job: _Job) -> Done:
    """刷新、起草、再刷新（把登记的算进去）、出摘要。"""
    refuse_if_locked(job.ledger)
    before = job.history.judged_before(job.as_of)
    rebuild(job.ledger, job.history, job.step)
    book = lambda: FileBook(job.ledger)  # noqa: E731
    more = job.as_of, job.clock.now(), job.step, job.history
    first = refresh(book, *more)
    drafted = draft_letters(book, job.ledger, job.ledger.parent / LETTERS, *more)
    last = refresh(book, *more) if drafted.letters else first
    cells = first.written.cells + (drafted.written.cells + last.written.cells if drafted.letters else 0)
    done = f"台账已刷新，改写 {cells} 格" if cells else "台账没有要改写的"
    remarks = (done, *_notes(job))
    result = replace(last, letters=drafted.letters)
    path = _digest(job, result, before, remarks)
    job.remember("nightly", f"{done}；起草公文 {len(drafted.letters)} 件")
    return Done(result, path, True, remarks)


def _look(job: _Job, error: PackageError) -> Done:
    """台账开着：读一份来判，出摘要，不写台账。连读也读不了的照原样抛 Locked。"""
    result, _ = examine(FileBook(job.ledger), job.as_of, job.step, job.history)
    remarks = (f"{error.message.rstrip('。')}，没有写回，下一次刷新时补上", *_notes(job))
    return Done(result, _digest(job, result, job.history.judged_before(job.as_of), remarks), False, remarks)


def _leave(job: _Job, looked: Done, error: PackageError) -> Done:
    """时限已到：台账不动，留话给下一次刷新。"""
    now = job.clock.now()
    why = error.message.rstrip("。")
    job.history.leave(now, f"{now.month}月{now.day}日的夜间任务没有写回台账（{why}），这次刷新已补上")
    job.remember("looked", looked.remarks[0])
    return looked


def _minutes(looked: Done, item: str) -> timedelta:
    return timedelta(minutes=looked.result.reading.ledger.settings.int(item))


def _notes(job: _Job) -> tuple[str, ...]:
    missed = job.missed()
    caught = f"{missed[0]} 至 {missed[-1]} 夜间任务没有运行，漏下的已补列" if missed else ""
    return tuple(filter(None, (caught, job.history.note, *job.history.notices)))


def _digest(
    job: _Job, result: Result, before: tuple[date, tuple[Judged, ...]] | None, remarks: tuple[str, ...]
) -> Path | None:
    """写摘要；写不成的记在日志里，不妨碍台账。"""
    job.step(f"写{NAME}")
    try:
        night = Night(result, before, job.changes(), job.missed(), remarks)
        return write(night, job.ledger, job.ledger.parent / NAME)
    except Exception as error:
        job.log.warning("%s没有写成：%s", NAME, getattr(error, "message", error))
        return None

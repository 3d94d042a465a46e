"""夜间任务 — one ledger's nightly job: what runs, when, under which name; and what a scheduler tells of it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from pyengine.programs import absolute, key_of, own_command, running_program, writable

_SPARE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Job:
    """夜间任务 — `duban nightly run LEDGER`, daily from `first` on; it waits for an open ledger for `window` at most.

    Every path is absolute.
    """

    ledger: Path
    first: datetime
    program: Path
    window: timedelta

    @property
    def name(self) -> str:
        """任务名 — the name people see."""
        return name_of(self.ledger)

    @property
    def key(self) -> str:
        """任务号 — the ASCII part of the name, for file names and labels."""
        return key_of(self.ledger)

    @property
    def at(self) -> time:
        """几点 — the time of day."""
        return self.first.time()

    @property
    def folder(self) -> Path:
        """所在文件夹 — where the ledger lies."""
        return self.ledger.parent

    @property
    def command(self) -> tuple[str, ...]:
        """命令 — the program and its arguments, unquoted."""
        return own_command(self.program, "nightly", "run", str(self.ledger), "--once")

    @property
    def limit(self) -> timedelta:
        """时间上限 — the scheduler ends the job after this: the waiting, and the work itself."""
        return self.window + _SPARE


@dataclass(frozen=True, slots=True)
class Status:
    """任务状态 — what the scheduler tells of a ledger's job, and what is wrong with it."""

    name: str
    installed: bool
    scheduler: str = ""
    when: str = ""
    command: str = ""
    next_run: str = ""
    last_result: str = ""
    problems: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """逐行 — the same, line by line, for people."""
        if not self.installed:
            return (f"没有装夜间任务“{self.name}”", *self.problems)
        told = (("下次运行", self.next_run), ("上次结果", self.last_result), ("命令", self.command))
        return (
            f"已装夜间任务“{self.name}”（{self.scheduler}）：{self.when}",
            *(f"{head}：{text}" for head, text in told if text),
            *(f"请注意：{problem}" for problem in self.problems),
        )


def plan(ledger: Path, now: datetime, at: time, window: timedelta) -> Job:
    """排定 — the job for a ledger: runs first at the next `at` after `now`, by the Python running now."""
    path = writable(ledger)
    today = datetime.combine(now.date(), at)
    first = today if today > now else today + timedelta(days=1)
    return Job(path, first, running_program(), window)


def daily(at: time) -> str:
    """每天几点 — in words."""
    return f"每天 {at:%H:%M}"


def name_of(ledger: Path) -> str:
    """任务名 — the ledger's name and number, without any character a scheduler may trip over."""
    stem = re.sub(r"[^\w-]+", "_", absolute(ledger).stem)[:40]
    return f"督办台账-{stem}-{key_of(ledger)}"


def doubts(ledger: Path, program: str) -> tuple[str, ...]:
    """任务的毛病 — the ledger is gone, the program is gone, or another Python runs now."""
    found = []
    if not absolute(ledger).exists():
        found.append(
            f"台账已不在（{absolute(ledger)}）；挪了地方的，对新位置 nightly install，再对这个位置 nightly remove"
        )
    if "?" in program or "\ufffd" in program:  # 计划程序用本机代码页显示不了的字
        return tuple(found)
    if not program or not Path(program).exists():
        found.append(f"任务用的程序已不在（{program}），请重新 nightly install")
    elif os.path.normcase(program) != os.path.normcase(running_program()):
        found.append(
            f"任务用的程序（{program}）不是现在这一个（{running_program()}），重新 nightly install 就换成现在这一个"
        )
    return tuple(found)

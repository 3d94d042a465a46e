"""launchd — a launch agent of the user's own on macOS; a time slept through is made up on waking."""

from __future__ import annotations

import os
import plistlib
import re
import shlex
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from pyengine.programs import Answer, SystemProblem, decode, key_of, require, run_program
from pyengine.schedule.job import Job, Status, daily, doubts, name_of
from pyengine.schedule.results import exit_meaning

_ADVICE = "请在登录了桌面的终端里再试"


@dataclass(frozen=True, slots=True)
class Launchd:
    """launchd。"""

    title: str = "macOS launchd"

    def usable(self) -> bool:
        """能不能用 — every macOS has it."""
        return True

    def install(self, job: Job) -> str:
        """装 — replaces the job of the same ledger; leaves nothing half done."""
        file = _file(job.ledger)
        file.parent.mkdir(parents=True, exist_ok=True)
        self.remove(job.ledger)
        file.write_bytes(agent(job))
        try:
            require(_launchctl("bootstrap", _domain(), str(file)), "安装夜间任务", _ADVICE)
        except SystemProblem:
            file.unlink()
            raise
        return (
            "到点睡着的，唤醒后补做；到点关着机的，下一晚一并补上；注销以后不运行。"
            "台账在“文稿”“桌面”里的，第一次运行要在“系统设置—隐私与安全性”里允许 Python 访问。"
        )

    def remove(self, ledger: Path) -> bool:
        """撤 — False if there was none."""
        file = _file(ledger)
        there = file.exists()
        if there:
            _launchctl("bootout", f"{_domain()}/{label(ledger)}")  # 没有载入的也照撤
            file.unlink()
        return there

    def status(self, ledger: Path) -> Status:
        """看 — from the agent's file and launchctl."""
        file = _file(ledger)
        if not file.exists():
            return Status(name_of(ledger), installed=False)
        written = _written(file)
        command = written.get("ProgramArguments", [""])
        told = _launchctl("print", f"{_domain()}/{label(ledger)}")
        absent = ("launchd 没有载入这个任务，请重新 nightly install",) if told.code else ()
        return Status(
            name_of(ledger),
            installed=True,
            scheduler=self.title,
            when=_when(written.get("StartCalendarInterval")),
            command=shlex.join(command),
            last_result="" if told.code else _ended(decode(told.out)),
            problems=(*absent, *doubts(ledger, command[0])),
        )


def agent(job: Job) -> bytes:
    """任务文件 — a property list."""
    return plistlib.dumps(
        {
            "Label": label(job.ledger),
            "ProgramArguments": list(job.command),
            "WorkingDirectory": str(job.folder),
            "StartCalendarInterval": {"Hour": job.at.hour, "Minute": job.at.minute},
            "ProcessType": "Background",
        }
    )


def label(ledger: Path) -> str:
    """任务标签。"""
    return f"duban.nightly.{key_of(ledger)}"


def _file(ledger: Path) -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{label(ledger)}.plist"


def _written(file: Path) -> dict[str, Any]:
    try:
        written = plistlib.loads(file.read_bytes())
    except (plistlib.InvalidFileException, ValueError):
        raise SystemProblem(f"任务文件读不懂（{file}）", "请重新 nightly install") from None
    return dict(written)


def _when(interval: object) -> str:
    if isinstance(interval, dict) and set(interval) == {"Hour", "Minute"}:
        return daily(time(interval["Hour"], interval["Minute"]))
    return "时间被人改过，见任务文件"


def _ended(told: str) -> str:
    found = re.search(r"last exit code = (\d+)", told)
    return exit_meaning(int(found[1])) if found else "装好以后还没有运行过"


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _launchctl(*words: str) -> Answer:
    return run_program(("launchctl", *words))

"""Windows 任务计划程序 — through schtasks; the task runs in the clerk's own session, without elevation or password."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyengine.programs import Answer, decode, key_of, require, run_program
from pyengine.schedule.job import Job, Status, doubts, name_of
from pyengine.schedule.results import NEVER_RUN, windows_meaning
from pyengine.schedule.task_xml import read_task, task_xml

_ADVICE = "请确认登录的账户可以建计划任务（同名任务若由别的账户或管理员装过，请用那个账户撤掉），再试一次"
_NEXT, _LAST, _RESULT = 2, 5, 6  # schtasks /V /FO CSV 的列，名称随系统语言，次序不变


@dataclass(frozen=True, slots=True)
class WindowsTasks:
    """Windows 任务计划程序。"""

    title: str = "Windows 任务计划程序"

    def usable(self) -> bool:
        """能不能用 — every Windows has it."""
        return True

    def install(self, job: Job) -> str:
        """装 — replaces the job of the same ledger."""
        with _file_of(task_xml(job, _user())) as file:
            require(_schtasks("/Create", "/TN", job.name, "/XML", str(file), "/F"), "安装夜间任务", _ADVICE)
        return "到点关着机的，下次开机登录后十分钟左右补做；到点开着机而没有人登录的，不运行。用电池时也运行。"

    def remove(self, ledger: Path) -> bool:
        """撤 — False if there was none."""
        if self._definition(ledger) is None:
            return False
        require(_schtasks("/Delete", "/TN", name_of(ledger), "/F"), "撤除夜间任务", _ADVICE)
        return True

    def status(self, ledger: Path) -> Status:
        """看 — from the task's definition and the scheduler's own list."""
        name, definition = name_of(ledger), self._definition(ledger)
        if definition is None:
            return Status(name, installed=False)
        task = read_task(definition)
        next_run, last_result = _runs(name)
        stopped = () if task.enabled else ("任务被停用了，请重新 nightly install",)
        return Status(
            name,
            installed=True,
            scheduler=self.title,
            when=task.when,
            command=f"{task.program} {task.arguments}",
            next_run=next_run,
            last_result=last_result,
            problems=(*stopped, *doubts(ledger, task.program)),
        )

    def _definition(self, ledger: Path) -> str | None:
        """任务的 XML；没有这个任务则 None。任务计划程序本身不答复的，是差错，不是没有。"""
        asked = _schtasks("/Query", "/TN", name_of(ledger), "/XML")
        if asked.code == 0:
            return decode(asked.out)
        listed = require(_schtasks("/Query", "/FO", "CSV", "/NH"), "查看计划任务", "请确认 Task Scheduler 服务在运行")
        if key_of(ledger) in decode(listed.out):
            require(asked, "查看夜间任务", _ADVICE)
        return None


def _runs(name: str) -> tuple[str, str]:
    """下次运行、上次结果；问不出来的空着。"""
    asked = _schtasks("/Query", "/TN", name, "/V", "/FO", "CSV", "/NH")
    rows = [row for row in csv.reader(decode(asked.out).splitlines()) if len(row) > _RESULT]
    if asked.code or not rows:
        return "", ""
    next_run = next((row[_NEXT] for row in rows if any(sign.isdigit() for sign in row[_NEXT])), "")
    return next_run, _meaning(rows[0])


def _meaning(row: list[str]) -> str:
    try:
        code = int(row[_RESULT])
    except ValueError:
        return row[_RESULT]
    return windows_meaning(code) if code == NEVER_RUN else f"{windows_meaning(code)}（{row[_LAST]}）"


@contextmanager
def _file_of(content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="duban-") as folder:
        file = Path(folder) / "task.xml"
        file.write_bytes(content)
        yield file


def _user() -> str:
    """登录的账户，域或电脑名在前。"""
    name = os.environ.get("USERNAME", "")
    domain = os.environ.get("USERDOMAIN", "")
    return f"{domain}\\{name}" if domain and name else name


def _schtasks(*arguments: str) -> Answer:
    """只用系统文件夹里的 schtasks：当前文件夹里的同名程序不该被运行。"""
    root = os.environ.get("SYSTEMROOT")
    program = str(Path(root) / "System32" / "schtasks.exe") if root else "schtasks"
    return run_program((program, *arguments))

"""cron — one line in the user's crontab, marked by the job's name in a comment at its end; no other byte changes.

Paths are absolute, so the line does not depend on cron's own folder or its bare environment. What is printed goes
nowhere (the run keeps its own log): cron would mail it to people who do not read mail.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from pyengine.programs import Answer, SystemProblem, require, run_program
from pyengine.schedule.job import Job, Status, daily, doubts, name_of

_ADVICE = "请确认这个账户可以用 crontab（见 /etc/cron.allow、/etc/cron.deny），再试一次"
_LINE_LIMIT = 998  # 字节；再长的，有的 cron 不声不响地截断
_DAEMONS = {"cron", "crond", "fcron", "systemd-cron"}
_LINE = re.compile(r"(?P<off>#*)\s*(?P<when>\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(?P<command>.*)\s# \S+\s*$")
_DAILY = re.compile(r"(\d+)\s+(\d+)\s+\*\s+\*\s+\*")


@dataclass(frozen=True, slots=True)
class Cron:
    """cron。"""

    title: str = "cron"

    def usable(self) -> bool:
        """能不能用 — not where the account is barred from it."""
        return shutil.which("crontab") is not None and _has_crontab(run_program(("crontab", "-l")))

    def install(self, job: Job) -> str:
        """装 — replaces the line of the same ledger."""
        line = crontab_line(job)
        before = _read()
        kept = _without(before, job.name)
        gap = b"" if not kept or kept.endswith(b"\n") else b"\n"
        _write(kept + gap + line)
        if line not in _read():
            _write(before)
            raise SystemProblem("安装夜间任务没有成功（crontab 没有收下）", _ADVICE)
        silent = "" if _daemon_runs() else "没有看到 cron 服务在运行，请管理员启动它，不然到点不会运行。"
        return f"{silent}cron 不补做错过的晚上：到点关着机的，下一晚一并补上。"

    def remove(self, ledger: Path) -> bool:
        """撤 — False if there was none."""
        before = _read() if self.usable() else b""
        kept = _without(before, name_of(ledger))
        if kept == before:
            return False
        if kept:
            _write(kept)
        else:
            require(run_program(("crontab", "-r")), "撤除夜间任务", _ADVICE)
        return True

    def status(self, ledger: Path) -> Status:
        """看 — from the crontab; cron keeps no results."""
        name = name_of(ledger)
        lines = _read().splitlines() if self.usable() else []
        found = next(
            (match for line in lines if _marked(line, name) and (match := _LINE.match(os.fsdecode(line)))), None
        )
        if found is None:
            return Status(name, installed=False)
        command = found["command"].replace("\\%", "%")
        stopped = ("这一行被注释掉了，不会运行",) if found["off"] else ()
        silent = () if _daemon_runs() else ("没有看到 cron 服务在运行，请管理员启动它",)
        return Status(
            name,
            installed=True,
            scheduler=self.title,
            when=_when(found["when"]),
            command=command,
            last_result="cron 不记结果，见台账旁的 .duban/nightly.log",
            problems=(*stopped, *silent, *doubts(ledger, _program(command))),
        )


def crontab_line(job: Job) -> bytes:
    """一行 — % means a new line to cron unless \\ stands before it, and a \\ before anything else stays.

    Some crons halve a doubled \\: after each one the quotes are closed and opened again, so that neither another \\
    nor a \\% ever follows it directly.
    """
    words = (*_limited(job), *job.command)
    command = " ".join(shlex.quote(word).replace("\\", "\\''") for word in words).replace("%", "\\%")
    line = os.fsencode(f"{job.at.minute} {job.at.hour} * * * {command} >/dev/null 2>&1 # {job.name}\n")
    if len(line) > _LINE_LIMIT:
        raise SystemProblem(f"“{job.folder}”的路径太长，crontab 一行写不下", "请把台账换到路径短的文件夹后再装")
    return line


def _limited(job: Job) -> tuple[str, ...]:
    """时间上限 — cron has none of its own."""
    program = shutil.which("timeout")
    return (program, "-k", "60", str(int(job.limit.total_seconds()))) if program else ()


def _program(command: str) -> str:
    """命令里的 Python；命令被人改得看不出的是空的。"""
    try:
        words = shlex.split(command)
        return words[words.index("-P") - 1]
    except ValueError:
        return ""


def _when(fields: str) -> str:
    found = _DAILY.fullmatch(fields)
    return daily(time(int(found[2]), int(found[1]))) if found else f"时间被人改成 {fields}"


def _without(crontab: bytes, name: str) -> bytes:
    return b"".join(line for line in crontab.splitlines(keepends=True) if not _marked(line, name))


def _marked(line: bytes, name: str) -> bool:
    return line.rstrip().endswith(os.fsencode(f" # {name}"))


def _read() -> bytes:
    """现有的 crontab；从来没有过的是空的。"""
    answer = run_program(("crontab", "-l"))
    if not _has_crontab(answer):
        require(answer, "读取 crontab ", _ADVICE)
    return b"" if answer.code else answer.out


def _has_crontab(answer: Answer) -> bool:
    """可以有 crontab：列得出，或者说还没有。"""
    return answer.code == 0 or b"no crontab" in answer.err or b"No such file" in answer.err


def _write(crontab: bytes) -> None:
    require(run_program(("crontab", "-"), crontab), "写入 crontab ", _ADVICE)


def _daemon_runs() -> bool:
    """cron 服务是不是在运行：看各进程的名字。"""
    return any(_name_of_process(folder) in _DAEMONS for folder in Path("/proc").glob("[0-9]*"))


def _name_of_process(folder: Path) -> str:
    try:
        return (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""

"""systemd 用户定时器 — a timer and a service of the user's own; a missed night is caught up (Persistent=true).

Quoting: systemd.service(5) “Command lines” (C-style escapes in double quotes, $$), systemd.unit(5) “Specifiers” (%%).
"""

from __future__ import annotations

import getpass
import re
import shlex
import shutil
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from pyengine.programs import THROUGH_SHELL, Answer, SystemProblem, config_folder, decode, key_of, require, run_program
from pyengine.schedule.job import Job, Status, daily, doubts, name_of
from pyengine.schedule.results import exit_meaning

_ADVICE = "请在登录了桌面的终端里再试；仍不行的，请管理员检查 systemd 用户服务"
_ENDINGS = {"timeout": "超过了时间上限", "signal": "被中止", "core-dump": "程序崩溃", "resources": "启动不了"}


@dataclass(frozen=True, slots=True)
class Systemd:
    """systemd 用户定时器。"""

    title: str = "systemd 用户定时器"

    def usable(self) -> bool:
        """能不能用 — only where the user's own manager answers."""
        return shutil.which("systemctl") is not None and _systemctl("show", "-p", "Version").code == 0

    def install(self, job: Job) -> str:
        """装 — replaces the job of the same ledger; leaves nothing half done."""
        timer, service = _files(job.ledger)
        timer.parent.mkdir(parents=True, exist_ok=True)
        service.write_text(service_unit(job), encoding="utf-8")
        timer.write_text(timer_unit(job), encoding="utf-8")
        try:
            for words in (("daemon-reload",), ("enable", timer.name), ("restart", timer.name)):
                require(_systemctl(*words), "安装夜间任务", _ADVICE)
        except SystemProblem:
            self.remove(job.ledger)
            raise
        return f"到点关机的，下次登录后补做。{_linger_advice()}"

    def remove(self, ledger: Path) -> bool:
        """撤 — False if there was none; works without the manager, too."""
        timer, service = _files(ledger)
        if not (timer.exists() or service.exists()):
            return False
        answering = self.usable()
        if answering:
            _systemctl("disable", "--now", timer.name)
        for file in (timer.parent / "timers.target.wants" / timer.name, timer, service):
            file.unlink(missing_ok=True)
        if answering:
            _systemctl("daemon-reload")
        return True

    def status(self, ledger: Path) -> Status:
        """看 — from the unit files and the manager."""
        timer, service = _files(ledger)
        if not (timer.exists() and service.exists()):
            return Status(name_of(ledger), installed=False)
        command = _written_command(service)
        shown = _shown(timer.name, service.name) if self.usable() else {}
        return Status(
            name_of(ledger),
            installed=True,
            scheduler=self.title,
            when=_when(timer),
            command=shlex.join(command),
            next_run=_moment(shown.get("NextElapseUSecRealtime", "")),
            last_result=_ended(shown),
            problems=(*_silence(shown), *doubts(ledger, command[0] if command else "")),
        )


def timer_unit(job: Job) -> str:
    """定时单元。"""
    return f"""[Unit]
Description={job.name}

[Timer]
OnCalendar=*-*-* {job.at:%H:%M:%S}
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
"""


def service_unit(job: Job) -> str:
    """服务单元 — exit code 1 (done, with findings) is no failure.

    Through sh, because systemd takes no quotation mark, backslash or $ in the path of the executable itself.
    """
    line = " ".join(_quoted(word) for word in (*THROUGH_SHELL, *job.command))
    return f"""[Unit]
Description={job.name}

[Service]
Type=oneshot
ExecStart={line}
TimeoutStartSec={int(job.limit.total_seconds())}
SuccessExitStatus=1
"""


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _written_command(service: Path) -> tuple[str, ...]:
    """服务单元里写的命令，还原成一个个词；被人改得看不出的是空的。"""
    text = service.read_text(encoding="utf-8", errors="replace")
    line = re.search(r"^ExecStart=(.*)$", text, re.M)
    try:
        words = shlex.split(line[1]) if line else []
    except ValueError:
        words = []
    return tuple(word.replace("%%", "%").replace("$$", "$") for word in words[len(THROUGH_SHELL) :])


def _when(timer: Path) -> str:
    written = timer.read_text(encoding="utf-8", errors="replace")
    found = re.findall(r"^OnCalendar=(.*)$", written, re.M)
    plain = re.fullmatch(r"\*-\*-\* (\d\d:\d\d:\d\d)", found[0]) if len(found) == 1 else None
    return daily(time.fromisoformat(plain[1])) if plain else f"时间被人改成 {'、'.join(found)}"


def _files(ledger: Path) -> tuple[Path, Path]:
    """定时单元、服务单元的文件。"""
    folder = config_folder() / "systemd" / "user"
    return folder / f"duban-{key_of(ledger)}.timer", folder / f"duban-{key_of(ledger)}.service"


def _shown(timer: str, service: str) -> dict[str, str]:
    """管理器说的：定时器是否在运行、下次何时；服务上次怎样结束。"""
    asked = ((timer, "ActiveState,NextElapseUSecRealtime"), (service, "Result,ExecMainStatus,ExecMainExitTimestamp"))
    answers = (decode(_systemctl("show", unit, "-p", fields).out) for unit, fields in asked)
    return dict(line.split("=", 1) for answer in answers for line in answer.splitlines() if "=" in line)


def _silence(shown: dict[str, str]) -> tuple[str, ...]:
    """为什么到点不会运行。"""
    if not shown:
        return ("systemd 用户服务现在连不上（多半不是从桌面登录的），看不到运行情况",)
    return () if shown.get("ActiveState") == "active" else ("定时器没有在运行，请重新 nightly install",)


def _ended(shown: dict[str, str]) -> str:
    """上次怎样结束的。"""
    when = _moment(shown.get("ExecMainExitTimestamp", ""))
    if not when:
        return "装好以后还没有运行过" if shown else ""
    meaning = _ENDINGS.get(shown.get("Result", "")) or exit_meaning(int(shown.get("ExecMainStatus") or 0))
    return f"{meaning}（{when}）"


def _moment(text: str) -> str:
    found = re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", text)
    return found[0] if found else ""


def _linger_advice() -> str:
    """注销以后定时器就停：要不停，得由管理员开 linger；这里只说，不开。"""
    user = getpass.getuser()
    known = shutil.which("loginctl") and decode(run_program(("loginctl", "show-user", user, "-p", "Linger")).out)
    if known and "yes" in known:
        return ""
    return f"注销以后不运行；要注销以后也运行的，请管理员执行 loginctl enable-linger {user}"


def _systemctl(*words: str) -> Answer:
    return run_program(("systemctl", "--user", *words))

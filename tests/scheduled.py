"""在隔开的小环境里（自己的 /run、自己的 crontab、自己的进程号）用真的 cron、真的 systemd 跑一次夜间任务。

由 test_schedule.py 经 unshare 启动：python scheduled.py cron|systemd 文件夹；结果以 JSON 写到标准输出。
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from pyengine import schedule

STAFF = "# 原有的\n@daily true  \n0 5 * * * echo 'a\\%b'\n".encode()
NASTY = (
    r"""督办 100%'s "夜间" $HOME ${x} \% \\ `x` & ; # 台账.xlsx""",
    "%h %i %%n $$ \\t\\n.xlsx",
    " 前后有空格 .xlsx ",
    "台账（二）—“引号”.xlsm",
)
WINDOW = timedelta(hours=2)
RECORDER = """#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done >"$0.part"
env >"$0.env"
mv "$0.part" "$0.words"
exit 1
"""


def isolated(kind: str) -> None:
    """挂上自己的 /run 等；只在自己的挂载空间里，外面看不见。"""
    for where in ("/run", "/var/spool/cron") if kind == "cron" else ("/run",):
        subprocess.run(("mount", "-t", "tmpfs", "tmpfs", where), check=True)
    if kind == "systemd":
        Path("/run/systemd/system").mkdir(parents=True)  # systemd 据此认为由它启动
        Path(os.environ["XDG_RUNTIME_DIR"]).mkdir(parents=True)
        return
    subprocess.run(("install", "-d", "-g", "crontab", "-m", "1730", "/var/spool/cron/crontabs"), check=True)
    subprocess.run(("mount", "--bind", "/dev/null", "/etc/crontab"), check=True)
    Path("/run/none").mkdir()
    subprocess.run(("mount", "--bind", "/run/none", "/etc/cron.d"), check=True)


def until(done: Callable[[], bool], seconds: int) -> bool:
    """等到 done，或者到时为止。"""
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.1)
    return done()


def recorded(program: Path, seconds: int) -> list[str]:
    """程序收到的各个参数；没有运行则是空的。"""
    words = program.with_name(f"{program.name}.words")
    return words.read_text(encoding="utf-8").split("\0")[:-1] if until(words.exists, seconds) else []


def recorder(folder: Path) -> Path:
    """替 Python 站在那里、记下参数的程序。"""
    program = folder / "记录 程序's.sh"
    program.write_text(RECORDER, encoding="utf-8")
    program.chmod(0o755)
    return program


def crontab() -> bytes:
    return subprocess.run(("crontab", "-l"), capture_output=True, check=True).stdout


def with_cron(folder: Path) -> dict[str, object]:
    """真的 crontab、真的 cron：装在下一分钟，等它运行。"""
    subprocess.run(("crontab", "-"), input=STAFF, check=True)
    ledger = folder / NASTY[0]
    now = datetime.now()
    job = replace(schedule.plan(ledger, now, now.time(), WINDOW), program=recorder(folder))
    next_minute = (now + timedelta(seconds=62)).replace(second=0, microsecond=0)  # 留两秒给 cron 启动
    schedule.install(job)
    job = replace(job, first=next_minute)
    said = schedule.install(job)
    daemon = subprocess.Popen(("cron", "-f"))
    lines = crontab().count(b"nightly")
    words = recorded(job.program, 75)
    environment = job.program.with_name(f"{job.program.name}.env").read_text(encoding="utf-8") if words else ""
    status = schedule.status(ledger)
    removed, again, after = schedule.remove(ledger), schedule.remove(ledger), crontab()
    daemon.terminate()
    return {
        "words": words, "expected": list(job.command[1:]), "environment": environment, "said": said,
        "lines": lines, "status": status.lines, "removed": removed, "again": again, "kept": after == STAFF,
    }  # fmt: skip


def manager_runs() -> bool:
    """用户管理器启动完了没有（degraded：起来了，只是有别的单元没有起来）。"""
    said = subprocess.run(("systemctl", "--user", "is-system-running"), capture_output=True, check=False)
    return said.stdout.strip() in (b"running", b"degraded")


def with_systemd(folder: Path) -> dict[str, object]:
    """真的 systemd 用户管理器：定时器两秒后运行；其余难写的路径各启动一次，看参数。"""
    manager = subprocess.Popen(("/lib/systemd/systemd", "--user"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not until(manager_runs, 20):
        return {"unavailable": "systemd 用户管理器在这里启动不了"}
    ledger = folder / NASTY[0]
    now = datetime.now()
    job = replace(schedule.plan(ledger, now, now.time(), WINDOW), program=recorder(folder))
    schedule.install(job)
    said = schedule.install(replace(job, first=datetime.now() + timedelta(seconds=2)))
    words = recorded(job.program, 60)
    until(lambda: "完成" in schedule.status(ledger).last_result, 20)
    status = schedule.status(ledger)
    received = {name: started(replace(job, ledger=folder / name)) for name in NASTY[1:]}
    removed, again = schedule.remove(ledger), schedule.remove(ledger)
    known = subprocess.run(("systemctl", "--user", "list-unit-files", "--no-legend", "duban*"), capture_output=True)
    manager.terminate()
    return {
        "words": words, "expected": list(job.command[1:]), "said": said, "status": status.lines, "removed": removed,
        "again": again, "received": received, "left": known.stdout.decode(),
    }  # fmt: skip


def started(job: schedule.Job) -> bool:
    """装上、立即启动一次：收到的参数与写的一样。"""
    schedule.install(job)
    words = job.program.with_name(f"{job.program.name}.words")
    words.unlink(missing_ok=True)
    subprocess.run(("systemctl", "--user", "start", f"duban-{job.key}.service"), check=True)
    same = recorded(job.program, 20) == list(job.command[1:])
    schedule.remove(job.ledger)
    return same


if __name__ == "__main__":
    chosen, place = sys.argv[1], Path(sys.argv[2])
    isolated(chosen)
    print(json.dumps(with_cron(place) if chosen == "cron" else with_systemd(place), ensure_ascii=False))

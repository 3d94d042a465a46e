"""夜间任务装进电脑自己的定时服务 — Windows 任务计划程序、systemd 用户定时器、cron、launchd，选用得上的一个。

只管装、撤、看；到点运行的是 `duban nightly run 台账`，它不驱动 Excel。只引用 `programs`，可以单独用。
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

from pyengine.programs import SystemProblem
from pyengine.schedule.cron import Cron
from pyengine.schedule.job import Job, Status, daily, name_of, plan
from pyengine.schedule.launchd import Launchd
from pyengine.schedule.systemd import Systemd
from pyengine.schedule.windows import WindowsTasks

__all__ = ["Job", "Status", "SystemProblem", "install", "plan", "remove", "status"]


class Scheduler(Protocol):
    """定时服务 — what each can do; removing and looking up never fail for want of the service itself."""

    @property
    def title(self) -> str:
        """叫什么。"""

    def usable(self) -> bool:
        """能不能用。"""

    def install(self, job: Job) -> str:
        """装，返回要让人知道的限制。"""

    def remove(self, ledger: Path) -> bool:
        """撤；本来没有的返回 False。"""

    def status(self, ledger: Path) -> Status:
        """看。"""


def install(job: Job, platform: str = sys.platform) -> str:
    """装 — the ledger has one job afterwards, however often this is called; says what was done and its limits."""
    chosen = next((scheduler for scheduler in _all(platform) if scheduler.usable()), None)
    if chosen is None:
        raise SystemProblem(
            "这台电脑没有可用的定时服务：systemd 用户服务连不上，也用不了 cron",
            "请管理员装上 cron；装好以前每天自己运行 duban nightly run 台账",
        )
    limits = chosen.install(job)
    for other in _all(platform):
        if other != chosen:
            other.remove(job.ledger)
    return f"已装夜间任务“{job.name}”（{chosen.title}）：{daily(job.at)} 运行\n{limits}"


def remove(ledger: Path, platform: str = sys.platform) -> str:
    """撤 — also for a ledger that is no longer there; says so if there was no job."""
    removed = [scheduler.title for scheduler in _all(platform) if scheduler.remove(ledger)]
    if not removed:
        return f"没有装夜间任务“{name_of(ledger)}”，不用撤"
    return f"已撤夜间任务“{name_of(ledger)}”（{'、'.join(removed)}）"


def status(ledger: Path, platform: str = sys.platform) -> Status:
    """看 — the job of this ledger, wherever it was installed."""
    told = (scheduler.status(ledger) for scheduler in _all(platform))
    return next((item for item in told if item.installed), Status(name_of(ledger), installed=False))


def _all(platform: str) -> tuple[Scheduler, ...]:
    """这种系统上的定时服务，先用前面的。"""
    if platform == "win32":
        return (WindowsTasks(),)
    return (Launchd(),) if platform == "darwin" else (Systemd(), Cron())

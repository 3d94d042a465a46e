"""看护台账的命令：历史、恢复、夜间任务、桌面图标。"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Optional

import typer

from pyengine.console import print_history, print_night, print_note, print_restored, print_taken_back
from pyengine.options import AsOf, LedgerPath, day, moment, progress, require, require_traces
from pyengine.venue import venue

_LATELY = timedelta(days=30)
"""不写 --since 时，历史讲最近这些天的。"""

_OPEN = 3


def history(
    ledger: LedgerPath,
    since: Annotated[
        Optional[date], typer.Option("--since", parser=day, metavar="D", help="从哪一天讲起；默认最近 30 天")
    ] = None,
) -> None:
    """历史：每次运行、人改了哪一格、有哪些备份；不写任何文件。"""
    from pyengine.history import History, backups

    require_traces(ledger)
    kept = History(ledger)
    print_history(ledger, kept.story(since or date.today() - _LATELY), backups(ledger))
    print_note(kept.note)


def restore(
    ledger: LedgerPath,
    at: Annotated[
        Optional[datetime],
        typer.Option("--at", parser=moment, metavar="T", help="恢复成这个时刻以前最近的备份；默认最近一份"),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="台账正打开着：把窗口里上次刷新写的格退回去，别的不动，不存盘")
    ] = False,
) -> None:
    """恢复：用备份换下台账；换下的也存成备份，恢复错了还能恢复回来。"""
    from pyengine.history import restore as run

    if live:
        return _take_back(ledger, at)
    require_traces(ledger)
    print_restored(ledger, run(ledger, at, datetime.now()))


def _take_back(ledger: Path, at: datetime | None) -> None:
    from pyengine.history import History
    from pyengine.undo import take_back

    if at is not None:
        raise typer.BadParameter("--at 是从备份恢复用的，不和 --live 一起用")
    history = History(ledger)
    with venue(ledger, live=True, steps=4) as where:
        written, left = take_back(where.open_book(), ledger, datetime.now(), where.step, history)
    print_taken_back(ledger, written, left)
    print_note(history.note)


def nightly_run(
    ledger: LedgerPath,
    as_of: AsOf = None,
    once: Annotated[bool, typer.Option("--once", help="这一夜已经做过的不再做（定时服务用）")] = False,
) -> None:
    """夜间任务：刷新、起草该发的公文、记历史、出一页每日摘要；台账开着就等，等不到就只看不写。"""
    from pyengine.nightly import Clock, run_nightly

    require(ledger)
    with progress(8) as step:
        done = run_nightly(ledger, as_of or date.today(), Clock(datetime.now, time.sleep), step, once)
    print_night(ledger, done)
    if done is not None and not done.written:
        raise typer.Exit(_OPEN)


def nightly_install(ledger: LedgerPath) -> None:
    """装夜间任务：每天到设置的“夜间任务时间”由系统的定时服务运行；再装一次就换成新的。"""
    from pyengine.books.file import FileBook
    from pyengine.read import read_ledger
    from pyengine.schedule import install, plan

    require(ledger)
    settings = read_ledger(FileBook(ledger).sheets(), date.today()).ledger.settings
    at = datetime.strptime(settings.text("夜间任务时间"), "%H:%M").time()
    window = timedelta(minutes=settings.int("夜间重试分钟"))
    print_note(install(plan(ledger, datetime.now(), at, window)))


def nightly_status(ledger: LedgerPath) -> None:
    """看夜间任务：装了没有、几点、下一次和上一次、有什么毛病。"""
    from pyengine.schedule import status

    for line in status(ledger).lines:
        print_note(line)


def nightly_remove(ledger: LedgerPath) -> None:
    """撤夜间任务；台账已经不在的也能撤。"""
    from pyengine.schedule import remove

    print_note(remove(ledger))


def shortcut(
    ledger: LedgerPath,
    folder: Annotated[Optional[Path], typer.Option("--to", metavar="DIR", help="放在哪个文件夹；默认放在桌面")] = None,
) -> None:
    """图标：在桌面放一个“刷新台账”，双击就刷新，不用宏；再放一次就换成新的。"""
    from pyengine.shortcut import put_shortcut

    require(ledger)
    print_note(put_shortcut(ledger, folder))


def register(app: typer.Typer) -> None:
    """把这些命令挂到 duban 上。"""
    app.command("history")(history)
    app.command("restore")(restore)
    app.command("shortcut")(shortcut)
    nightly = typer.Typer(help="夜间任务：run 跑一次，install 装进系统的定时任务，status 看，remove 撤。")
    for name, command in (
        ("run", nightly_run),
        ("install", nightly_install),
        ("status", nightly_status),
        ("remove", nightly_remove),
    ):
        nightly.command(name)(command)
    app.add_typer(nightly, name="nightly")

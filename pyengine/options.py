"""命令行共用的：参数、事先的核对、进度条、说话。"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from pyengine.books.locks import refuse_if_locked
from pyengine.books.replace import back_up
from pyengine.durable import put
from pyengine.terms import LAST_YEAR

_REFUSED = 5
_SECOND = "%Y-%m-%d %H:%M:%S"
_screen = Console(stderr=True)


def day(text: str) -> date:
    """日期；写得不对抛 BadParameter。"""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year > LAST_YEAR:
        raise typer.BadParameter(f"日期“{text}”不对，请写成 2026-06-30")
    return day


LedgerPath = Annotated[Path, typer.Argument(metavar="LEDGER", help="台账文件（.xlsm 或 .xlsx）")]


def moment(text: str) -> datetime:
    """时刻；只写到日、到分的，是那一天、那一分的末了。"""
    for form, whole in (
        ("%Y-%m-%d", timedelta(days=1)),
        ("%Y-%m-%d %H:%M", timedelta(minutes=1)),
        (_SECOND, timedelta(seconds=1)),
    ):
        with suppress(ValueError, OverflowError):
            return datetime.strptime(text.strip().replace("T", " "), form) + whole - timedelta(microseconds=1)
    raise typer.BadParameter(f"时刻“{text}”不对，请写成 2026-06-30 或 2026-06-30 08:15:00")


AsOf = Annotated[
    Optional[date], typer.Option("--as-of", parser=day, metavar="D", help="按哪一天判定，如 2026-06-30；默认今天")
]
JsonPath = Annotated[Optional[Path], typer.Option("--json", metavar="FILE", help="把结果另存为 JSON")]
Live = Annotated[bool, typer.Option("--live", help="台账正打开着：在 Excel、WPS、LibreOffice 的窗口里做，不存盘")]
ListPath = Annotated[
    Optional[Path],
    typer.Option("--list", metavar="FILE", help="把清单另存为 Excel 文件（.xlsx）；刷新的，和 --dry-run 一起用"),
]
Force = Annotated[bool, typer.Option("--force", help="覆盖已有文件（原来的留一份备份）")]


def require(ledger: Path) -> None:
    """台账要在。"""
    if not ledger.is_file():
        raise typer.BadParameter(f"找不到台账“{ledger}”，请核对文件名和文件夹")


def require_traces(ledger: Path) -> None:
    """有台账，或者台账没了还有备份。"""
    from pyengine.history import backups

    if not backups(ledger):
        require(ledger)


def require_free(ledger: Path) -> None:
    """台账要在，而且没有人开着。"""
    require(ledger)
    refuse_if_locked(ledger)


def refuse_existing(*paths: Path, force: bool, now: datetime) -> None:
    """已有的文件不覆盖；force 的先存一份备份（now 是备份的时刻），有人开着的不动。"""
    for path in paths:
        if path.is_file() and force:
            refuse_if_locked(path)
            back_up(path.resolve(), path.read_bytes(), now.strftime("%Y%m%d-%H%M%S"))
        elif path.exists():
            say(f"已有文件“{path}”，没有覆盖", "请换一个名字，或加 --force 覆盖")
            raise typer.Exit(_REFUSED)


def require_folder(path: Path | None, ledger: Path | None = None) -> None:
    """要另存的文件有地方放，而且不会盖掉台账。"""
    if path is None:
        return
    if not path.parent.is_dir() or (path.exists() and not path.is_file()):
        raise typer.BadParameter(f"“{path}”不能存：文件夹不存在，或它本身是文件夹、设备")
    if ledger is not None and path.exists() and path.samefile(ledger):
        raise typer.BadParameter(f"“{path}”就是台账本身，请另起名字")


def save_json(path: Path | None, make: Callable[[], object]) -> None:
    """另存 JSON；没有要存的不做。"""
    if path is None:
        return
    put(path, (json.dumps(make(), ensure_ascii=False, indent=1) + "\n").encode())


def require_list(path: Path | None, ledger: Path) -> None:
    """清单有地方放，而且是 .xlsx。"""
    require_folder(path, ledger)
    if path is not None and path.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"“{path.name}”的扩展名不对，清单是 .xlsx")


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """进度条：只在终端上显示，写到标准错误。"""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_screen, transient=True, disable=not _screen.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda text: bar.update(task, description=text, advance=1)


def say(message: str, advice: str) -> None:
    """对人说差错：一行是什么，一行怎么办，写到标准错误。"""
    with suppress(OSError):
        for line in filter(None, (message, advice)):
            print(line, file=sys.stderr)

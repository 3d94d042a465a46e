"""建台账的命令：演示、新建、迁入。"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Optional

import typer

from pyengine.console import print_adopt, print_demo, print_new
from pyengine.options import Force, progress, refuse_existing, require, require_folder

HAS_ERRORS = 1


def demo(folder: Annotated[Path, typer.Argument(metavar="DIR")] = Path("督办台账演示"), force: Force = False) -> None:
    """演示：建一份示例台账，刷新，起草公文，一次做完。"""
    from duban_workbook import SAMPLE_AS_OF, build

    from pyengine.books.file import FileBook
    from pyengine.history import History
    from pyengine.refresh import draft_letters, refresh

    ledgers = (folder / "督办台账.xlsm", folder / "督办台账.xlsx")
    refuse_existing(*ledgers, force=force, now=datetime.now())
    folder.mkdir(parents=True, exist_ok=True)
    with progress(9) as step:
        for ledger in ledgers:
            step(f"生成 {ledger.name}")
            build(ledger, sample=True)
            history = History(ledger)
            result = refresh(lambda path=ledger: FileBook(path), SAMPLE_AS_OF, datetime.now(), step, history)  # type: ignore[misc]
        history = History(ledgers[0])
        book, now, out = lambda: FileBook(ledgers[0]), datetime.now(), folder / "公文"
        drafted = draft_letters(book, ledgers[0], out, SAMPLE_AS_OF, now, step, history)
        refresh(book, SAMPLE_AS_OF, now, step, history)
    print_demo(folder, result, drafted)


def new(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="新台账（.xlsm 或 .xlsx）")],
    sample: Annotated[bool, typer.Option("--sample", help="带示例数据")] = False,
    force: Force = False,
) -> None:
    """新建：空白（或示例）台账。"""
    from duban_workbook import build

    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise typer.BadParameter(f"“{path.name}”的扩展名不对，台账只能是 .xlsm 或 .xlsx")
    require_folder(path)
    refuse_existing(path, force=force, now=datetime.now())
    build(path, sample=sample)
    print_new(path)


def adopt(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="原有的台账（.xlsx 或 .xlsm），不会改动")],
    path: Annotated[Path, typer.Argument(metavar="NEW", help="迁成的督办台账（.xlsm 或 .xlsx）")],
    map_file: Annotated[
        Optional[Path], typer.Option("--map", metavar="FILE", help="对照表：没有这个文件就写出一份，有就照它迁")
    ] = None,
    force: Force = False,
) -> None:
    """迁入：把原有的台账迁成督办台账，附迁移报告，原文件不动。"""
    from pyengine.adoption import adopt_file

    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise typer.BadParameter(f"“{path.name}”的扩展名不对，台账只能是 .xlsm 或 .xlsx")
    require(old)
    require_folder(path, old)
    refuse_existing(path, force=force, now=datetime.now())
    if map_file is not None and map_file.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"“{map_file.name}”的扩展名不对，对照表是 .xlsx")
    require_folder(map_file, old)
    with progress(7) as step:
        result = adopt_file(old, path, map_file, date.today(), step)
    print_adopt(path, map_file, result)
    if result.has_errors:
        raise typer.Exit(HAS_ERRORS)


def register(app: typer.Typer) -> None:
    """把这些命令挂到 duban 上。"""
    for command in (demo, new, adopt):
        app.command()(command)

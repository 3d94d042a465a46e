"""命令行：duban。只有这里读时钟、定退出码、对人说话；每句话先说是什么，再说怎么办。"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import traceback
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn, Optional

import typer

from pyengine.console import (
    print_adopt,
    print_checks,
    print_demo,
    print_findings,
    print_letters,
    print_new,
    print_note,
    print_refresh,
)
from pyengine.errors import exit_of, explain
from pyengine.options import (
    AsOf,
    Force,
    JsonPath,
    LedgerPath,
    progress,
    refuse_existing,
    require,
    require_folder,
    require_free,
    save_json,
    say,
)
from pyengine.terms import ERROR
from pyengine.upkeep import register

DONE, HAS_ERRORS, BAD_CALL, REFUSED = 0, 1, 2, 5

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="督办台账：校验、判定、写回、起草公文。")
register(app)


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def refresh(ledger: LedgerPath, as_of: AsOf = None, json_file: JsonPath = None) -> None:
    """刷新：校验、判定，把状态、提醒、亮牌建议写回台账。"""
    from pyengine.books.file import FileBook
    from pyengine.history import History
    from pyengine.outbox import Outbox
    from pyengine.rebuild import rebuild
    from pyengine.refresh import refresh as run
    from pyengine.report import report

    require_free(ledger)
    require_folder(json_file, ledger)
    history = History(ledger)
    with progress(4) as step:
        step("打开台账")
        rebuild(ledger, history, step)
        result = run(lambda: FileBook(ledger), as_of or date.today(), datetime.now(), step, history)
    save_json(json_file, lambda: report(ledger, result.outcome, result.written, result.letters))
    print_refresh(ledger, result)
    left = "上次起草的公文没有放完，请运行 duban letters" if Outbox(ledger, "").waits() else ""
    for note in (history.note, *history.notices, left):
        print_note(note)
    _finish(result.outcome)


@app.command()
def check(ledger: LedgerPath, as_of: AsOf = None, json_file: JsonPath = None) -> None:
    """校验：只列问题，不写任何文件。"""
    from pyengine.books.file import FileBook
    from pyengine.history import History
    from pyengine.refresh import examine
    from pyengine.report import report

    require(ledger)
    require_folder(json_file, ledger)
    day, history = as_of or date.today(), History(ledger)
    with progress(3) as step:
        step("打开台账")
        result, _ = examine(FileBook(ledger), day, step, history)
    save_json(json_file, lambda: report(ledger, result.outcome, result.written, result.letters))
    print_findings(ledger, result.outcome.findings)
    print_note(history.note)
    _finish(result.outcome)


@app.command()
def letters(
    ledger: LedgerPath,
    as_of: AsOf = None,
    out: Annotated[
        Optional[Path], typer.Option("--out", metavar="DIR", help="放在哪个文件夹；默认台账旁的 公文")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="另存 PDF（要装 LibreOffice）")] = False,
) -> None:
    """公文：起草该发的工作提示和已确认各牌的文书，并登记到督查记录。"""
    from pyengine.books.file import FileBook
    from pyengine.history import History
    from pyengine.refresh import draft_letters
    from pyengine.render import require_pdf, to_pdf

    require_free(ledger)
    if pdf:
        require_pdf()
    folder = out or ledger.parent / "公文"
    day, history = as_of or date.today(), History(ledger)
    with progress(6) as step:
        step("打开台账")
        result = draft_letters(lambda: FileBook(ledger), ledger, folder, day, datetime.now(), step, history)
        if pdf:
            step("转成 PDF")
            to_pdf([path for _, path in result.letters if path], folder)
    print_letters(folder, result)
    print_note(history.note)
    _finish(result.outcome)


@app.command()
def doctor() -> None:
    """体检：这台电脑能做什么（Excel、LibreOffice、字体、放假安排）。"""
    from pyengine.doctor import examine_computer

    print_checks(examine_computer(date.today()))


def _finish(outcome: object) -> None:
    findings = getattr(outcome, "findings", ())
    if any(item.severity == ERROR for item in findings):
        raise typer.Exit(HAS_ERRORS)


def main() -> NoReturn:
    """程序入口：退出码 0 完成 · 1 完成但有错误 · 2 用法不对 · 3 被占用 · 4 读不了 · 5 拒绝写。"""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # 说不出去的话就不说了，免得退出时再报一次
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """运行一条命令，返回退出码；要说的话写到标准输出和标准错误。"""
    collecting = gc.isenabled()
    gc.disable()  # 一条命令读进几十万个对象就结束：其间回收垃圾白费三分之一的时间
    try:
        return _command(arguments or ["--help"])
    finally:
        if collecting:
            gc.enable()


def _command(arguments: list[str]) -> int:
    try:
        return typer.main.get_command(app).main(arguments, prog_name="duban", standalone_mode=False) or DONE
    except (KeyboardInterrupt, typer.Abort):
        say("已中止，台账没有写到一半", "")
        return BAD_CALL
    except Exception as error:  # 任何差错都不让回溯出现在人面前
        known = explain(error)
        if known is None:
            return _unknown(error)
        say(*known)
        return exit_of(error)


def _unknown(error: Exception) -> int:
    what = f"程序出了差错（{type(error).__name__}），没有继续"
    try:
        with tempfile.NamedTemporaryFile("w", prefix="duban-", suffix=".log", delete=False, encoding="utf-8") as log:
            traceback.print_exception(error, file=log)
    except OSError:
        say(what, "请把这条提示告诉维护人员；临时文件夹不能写，没有留下记录")
    else:
        say(what, f"请把 {log.name} 发给维护人员")
    return REFUSED

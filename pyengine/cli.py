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

from pyengine import making, upkeep
from pyengine.console import (
    print_checks,
    print_findings,
    print_letters,
    print_note,
    print_preview,
    print_refresh,
)
from pyengine.errors import exit_of, explain
from pyengine.options import (
    AsOf,
    JsonPath,
    LedgerPath,
    ListPath,
    Live,
    require,
    require_folder,
    require_list,
    save_json,
    say,
)
from pyengine.programs import Action
from pyengine.terms import ERROR
from pyengine.venue import venue

DONE, HAS_ERRORS, BAD_CALL, REFUSED = 0, 1, 2, 5

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="督办台账：校验、判定、写回、起草公文。")
making.register(app)


@app.command()
def refresh(
    ledger: LedgerPath,
    as_of: AsOf = None,
    json_file: JsonPath = None,
    live: Live = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出会改哪些格，不写")] = False,
    listing: ListPath = None,
) -> None:
    """刷新：校验、判定，把状态、提醒、亮牌建议写回台账。"""
    from pyengine.history import History
    from pyengine.outbox import Outbox
    from pyengine.rebuild import rebuild
    from pyengine.refresh import refresh as run
    from pyengine.report import report
    from pyengine.undo import Undoable

    if dry_run or listing is not None:
        return _preview(ledger, as_of or date.today(), json_file, live, dry_run, listing)
    require_folder(json_file, ledger)
    history = History(ledger)
    with venue(ledger, live, 5) as at:
        at.step("打开台账")
        rebuild(ledger, history, at.step)
        day = as_of or date.today()
        book = (lambda: Undoable(at.open_book(), ledger, day)) if live else at.open_book
        result = run(book, day, datetime.now(), at.step, history)
    save_json(json_file, lambda: report(ledger, result.outcome, result.written, result.letters))
    print_refresh(ledger, result, live)
    left = "上次起草的公文没有放完，请运行 duban letters" if Outbox(ledger, "").waits() else ""
    for note in (history.note, *history.notices, left):
        print_note(note)
    _finish(result.outcome)


def _preview(ledger: Path, day: date, json_file: Path | None, live: bool, dry_run: bool, listing: Path | None) -> None:
    from pyengine.history import History
    from pyengine.preview import preview, save_planned
    from pyengine.report import report

    if not dry_run:
        raise typer.BadParameter("--list 只和 --dry-run 一起用")
    require_folder(json_file, ledger)
    require_list(listing, ledger)
    history = History(ledger)
    with venue(ledger, live, 4, writes=False) as at:
        at.step("打开台账")
        result, planned = preview(at.open_book(), day, at.step, history)
    save_json(json_file, lambda: report(ledger, result.outcome, result.written, result.letters))
    if listing is not None:
        save_planned(listing, planned)
    print_preview(ledger, result, planned, listing)
    print_note(history.note)
    _finish(result.outcome)


@app.command()
def check(
    ledger: LedgerPath, as_of: AsOf = None, json_file: JsonPath = None, live: Live = False, listing: ListPath = None
) -> None:
    """校验：只列问题，不写台账。"""
    from pyengine.history import History
    from pyengine.preview import save_findings
    from pyengine.refresh import examine
    from pyengine.report import report

    require_folder(json_file, ledger)
    require_list(listing, ledger)
    day, history = as_of or date.today(), History(ledger)
    with venue(ledger, live, 3, writes=False) as at:
        at.step("打开台账")
        result, _ = examine(at.open_book(), day, at.step, history)
    save_json(json_file, lambda: report(ledger, result.outcome, result.written, result.letters))
    if listing is not None:
        save_findings(listing, result.outcome.findings)
    print_findings(ledger, result.outcome.findings, listing)
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
    live: Live = False,
) -> None:
    """公文：起草该发的工作提示和已确认各牌的文书，并登记到督查记录。"""
    from pyengine.history import History
    from pyengine.refresh import draft_letters
    from pyengine.render import require_pdf, to_pdf

    if pdf:
        require(ledger)
        require_pdf()
    folder = out or ledger.parent / "公文"
    day, history = as_of or date.today(), History(ledger)
    with venue(ledger, live, 6) as at:
        at.step("打开台账")
        result = draft_letters(at.open_book, ledger, folder, day, datetime.now(), at.step, history)
        if pdf:
            at.step("转成 PDF")
            to_pdf([path for _, path in result.letters if path], folder)
    print_letters(folder, result, live)
    print_note(history.note)
    _finish(result.outcome)


@app.command()
def button(action: Annotated[Action, typer.Argument(metavar="ACTION")], ledger: LedgerPath) -> None:
    """按钮：台账里的按钮、桌面上的快捷方式用的，话说在窗口里；ACTION 是 refresh、preview、undo、letters、check、folder。"""
    from pyengine.button import press

    raise typer.Exit(press(action, ledger, run))


@app.command()
def doctor() -> None:
    """体检：这台电脑能做什么（Excel、LibreOffice、字体、放假安排）。"""
    from pyengine.doctor import examine_computer

    print_checks(examine_computer(date.today()))


upkeep.register(app)


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

"""按钮：台账里的按钮和桌面上的快捷方式做的事。在后台做，话说在窗口里，从不要人看命令行。"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from time import sleep

from pyengine.books.live import desk_of
from pyengine.books.live.calc import CalcDesk
from pyengine.books.live.desk import Desk
from pyengine.books.locks import FOLDER, locked_by
from pyengine.durable import make_folder
from pyengine.errors import exit_of, explain
from pyengine.libreoffice import OfficeError
from pyengine.libreoffice.errors import plainly
from pyengine.ooxml import PackageError
from pyengine.programs import Action

TITLE = "督办台账"
_SHOWN = 18
_NOT_DONE = 2
_TRIES, _PAUSE = 8, 0.5
Run = Callable[[list[str]], int]
"""运行一条命令，返回退出码。"""


def press(action: Action, ledger: Path, run: Run) -> int:
    """按一下：台账开着就在窗口里做，关着就写文件；做完把话说在窗口里，返回退出码。"""
    try:
        if not ledger.is_file():
            tell(f"找不到台账“{ledger}”\n台账改了名、换了地方的，请关闭它，到新地方打开再点；桌面图标要重新放一次")
            return _NOT_DONE
        desk = _desk_of(ledger)
        return _open_folder(ledger, desk) if action is Action.FOLDER else _do(action, ledger, desk, run)
    except Exception as error:  # 在后台运行，除了提示框，没有别处可说
        known = explain(error)
        if known is None:
            tell(f"程序出了差错（{type(error).__name__}），没有继续\n请把这条提示告诉维护人员")
            raise
        tell("\n".join(known))
        return exit_of(error)


def _desk_of(ledger: Path) -> Desk | None:
    """打开着台账的窗口；有人开着而窗口还没有装好的，等一等。"""
    for _ in range(_TRIES):
        desk = desk_of(ledger)
        if desk is not None or locked_by(ledger) is None:
            return desk
        sleep(_PAUSE)
    return None


def _do(action: Action, ledger: Path, desk: Desk | None, run: Run) -> int:
    listing = _listing(ledger, action)
    words = StringIO()
    with redirect_stdout(words), redirect_stderr(words):
        code = run(_command(action, ledger, desk is not None, listing))
    if isinstance(desk, CalcDesk) and code < _NOT_DONE:
        _mend(desk)
    _say(desk, words.getvalue())
    if listing is not None and code < _NOT_DONE:
        show(listing)
    return code


def _mend(desk: CalcDesk) -> None:
    """LibreOffice 自己存盘会丢掉首页的按钮：丢了就放回去。"""
    from duban_workbook.buttons import restore_buttons

    with suppress(OfficeError), plainly("放回按钮"):
        restore_buttons(desk.document)


def _command(action: Action, ledger: Path, live: bool, listing: Path | None) -> list[str]:
    """撤销只在窗口里做：用备份换下关着的台账，那以后填的就不在了，不能是一个按钮的事。"""
    words: Mapping[Action, Sequence[str]] = {
        Action.REFRESH: ("refresh",),
        Action.PREVIEW: ("refresh", "--dry-run"),
        Action.UNDO: ("restore", "--live"),
        Action.LETTERS: ("letters",),
        Action.CHECK: ("check",),
    }
    name, *options = words[action]
    listed = ["--list", str(listing)] if listing is not None else []
    where = ["--live"] if live and "--live" not in options else []
    return [name, *options, *where, *listed, str(ledger)]


def _listing(ledger: Path, action: Action) -> Path | None:
    """清单存在哪里：台账旁的 .duban 里，上一份还开着的另起名字；没有清单的为 None。"""
    names = {Action.PREVIEW: "刷新预览", Action.CHECK: "校验结果"}
    if action not in names:
        return None
    folder = ledger.resolve().parent / FOLDER
    make_folder(folder)
    tries = (folder / f"{names[action]}{number or ''}.xlsx" for number in range(100))
    return next((path for path in tries if _is_free(path)), None)


def _is_free(path: Path) -> bool:
    if (path.parent / f"~${path.name}").exists() or (path.parent / f".~lock.{path.name}#").exists():
        return False
    with suppress(OSError):
        path.unlink(missing_ok=True)
        return True
    return False


def _open_folder(ledger: Path, desk: Desk | None) -> int:
    folder = ledger.resolve().parent / "公文"
    make_folder(folder)
    if not show(folder):
        _say(desk, f"公文放在 {folder}")
    elif desk is not None:
        desk.say("")
    return 0


def _say(desk: Desk | None, words: str) -> None:
    """说在台账的窗口里；窗口不在了，就用系统的提示框。"""
    lines = words.strip().splitlines()
    if len(lines) > _SHOWN:
        lines = [*lines[:_SHOWN], f"……（还有 {len(lines) - _SHOWN} 行）"]
    text = "\n".join(lines)
    told = False
    with suppress(PackageError):
        if desk is not None:
            desk.say("")
            told = desk.tell(text, TITLE)
    if not told:
        tell(text)


def tell(text: str) -> None:
    """系统的提示框；没有图形界面的，说在标准输出。"""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, TITLE, 0x40 | 0x10000 | 0x40000)
        return
    command = _dialog(text)
    if command is None or subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode not in (0, 1):
        print(text)


def _dialog(text: str) -> list[str] | None:
    if sys.platform == "darwin":
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        return ["osascript", "-e", f'display dialog "{quoted}" with title "{TITLE}" buttons {{"好"}} default button 1']
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    known = {
        "zenity": ["--info", "--no-markup", f"--title={TITLE}", f"--text={text}"],
        "kdialog": ["--title", TITLE, "--msgbox", text],
        "xmessage": ["-center", "-title", TITLE, text],
    }
    return next(([name, *options] for name, options in known.items() if shutil.which(name)), None)


def show(path: Path) -> bool:
    """交给系统打开一个文件或文件夹；没有程序可交的返回 False。"""
    if sys.platform == "win32":
        os.startfile(path)
        return True
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    if shutil.which(opener) is None:
        return False
    nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    os.posix_spawnp(opener, [opener, str(path)], os.environ, file_actions=nothing)
    return True

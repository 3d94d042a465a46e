"""本机的程序 — how our own program is started from outside, for which ledger; and the system's own tools, run by us."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Action(StrEnum):
    """按钮：刷新、预览、撤销刷新、生成公文、校验、打开公文夹。"""

    REFRESH = "refresh"
    PREVIEW = "preview"
    UNDO = "undo"
    LETTERS = "letters"
    CHECK = "check"
    FOLDER = "folder"


_PATIENCE = 60  # 秒；系统自带的命令正常不到一秒
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

THROUGH_SHELL = ("/bin/sh", "-c", 'exec "$0" "$@"')
"""经 sh 转一手 — before a command, where the one who starts it takes not every path as that of a program."""


class SystemProblem(Exception):
    """本机办不到 — the computer's own tools or places do not serve: `message` says why, `advice` what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


def own_command(program: Path, *words: str) -> tuple[str, ...]:
    """自己的命令 — `duban WORDS` by this Python; `-P`: nothing is imported that happens to lie in the ledger's folder."""
    return (str(program), "-P", "-m", "pyengine", *words)


def running_program() -> Path:
    """现用的 Python — on Windows the one without a console window."""
    return without_console(Path(sys.executable).absolute())


def without_console(python: Path) -> Path:
    """不带窗口的 Python — pythonw.exe beside python.exe, where there is one."""
    quiet = python.with_name("pythonw.exe")
    return quiet if python.suffix.lower() == ".exe" and quiet.is_file() else python


def absolute(ledger: Path) -> Path:
    """绝对路径 — also of a ledger that is no longer there."""
    return ledger.expanduser().resolve()


def writable(ledger: Path) -> Path:
    """写得下的绝对路径 — one that a line of another program's file can hold, or a SystemProblem."""
    path = absolute(ledger)
    if _UNPRINTABLE.search(str(path)):
        shown = _UNPRINTABLE.sub("?", path.name)
        raise SystemProblem(f"“{shown}”的路径里有换行或其他控制字符，系统写不下", "请改名或换个文件夹后再试")
    return path


def key_of(ledger: Path) -> str:
    """台账号 — eight hex digits of the ledger's absolute path: the same ledger always has the same number."""
    path = unicodedata.normalize("NFC", os.path.normcase(absolute(ledger)))
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def config_folder() -> Path:
    """配置文件夹 — XDG_CONFIG_HOME, else ~/.config (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    return Path(home) if Path(home).is_absolute() else Path.home() / ".config"


@dataclass(frozen=True, slots=True)
class Answer:
    """答复 — exit code, standard output and standard error of one program."""

    code: int
    out: bytes
    err: bytes

    @property
    def last_line(self) -> str:
        """末行 — what the program said last, where its own reason stands."""
        lines = [line.strip() for line in f"{decode(self.out)}\n{decode(self.err)}".splitlines() if line.strip()]
        return lines[-1] if lines else f"退出码 {self.code}"


def run_program(command: Sequence[str], given: bytes = b"") -> Answer:
    """运行 — the program's answer; one that is missing or hangs is a SystemProblem."""
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    plain = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=_PATIENCE, check=False, env=plain, creationflags=hidden
        )
    except subprocess.TimeoutExpired:
        raise SystemProblem(f"{command[0]} 一直没有答复", "请过一会儿再试；仍不行的，请重启电脑后再试") from None
    except OSError as error:
        reason = error.strerror or error
        raise SystemProblem(f"{command[0]} 运行不了（{reason}）", "请管理员检查系统是否完整") from None
    return Answer(done.returncode, done.stdout, done.stderr)


def require(answer: Answer, doing: str, advice: str) -> Answer:
    """须成功 — the answer itself, or a SystemProblem with the program's own last line."""
    if answer.code:
        raise SystemProblem(f"{doing}没有成功（{answer.last_line}）", advice)
    return answer


def decode(text: bytes) -> str:
    """解码 — UTF-16 with its mark, UTF-8, else the console's code page (cp936 on Chinese Windows)."""
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return text.decode("utf-16", errors="replace")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return text.decode("oem", errors="replace")  # 只有 Windows 的 Python 认得
    except LookupError:
        return text.decode("gb18030", errors="replace")

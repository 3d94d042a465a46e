"""外部程序 — running a scheduler's own command-line tool: its answer as bytes, decoded without ever failing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from pyengine.schedule.job import ScheduleProblem

_PATIENCE = 60  # 秒；计划程序的命令正常不到一秒


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
    """运行 — the program's answer; a program that is missing or hangs is a ScheduleProblem."""
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    plain = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=_PATIENCE, check=False, env=plain, creationflags=hidden
        )
    except subprocess.TimeoutExpired:
        raise ScheduleProblem(f"{command[0]} 一直没有答复", "请过一会儿再试；仍不行的，请重启电脑后再试") from None
    except OSError as error:
        reason = error.strerror or error
        raise ScheduleProblem(f"{command[0]} 运行不了（{reason}）", "请管理员检查系统自带的定时服务") from None
    return Answer(done.returncode, done.stdout, done.stderr)


def require(answer: Answer, doing: str, advice: str) -> Answer:
    """须成功 — the answer itself, or a ScheduleProblem with the program's own last line."""
    if answer.code:
        raise ScheduleProblem(f"{doing}没有成功（{answer.last_line}）", advice)
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

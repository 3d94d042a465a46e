"""出事：在真的命令里把写盘的每一步都弄坏一次——走到这一步断电，或者系统报错。

`python crashing.py` 是个热好的进程，一行一个请求（JSON），在分出来的子进程里跑命令。要逐步弄坏的，跑到第一次写盘以前停住，
再一例一例分出去接着跑：读和判只做一次，写的那一段每次都是真的。
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = (
    "fsync",
    "replace",
    "rename",
    "unlink",
    "remove",
    "mkdir",
    "rmdir",
    "chmod",
    "chown",
    "setxattr",
    "ftruncate",
)
SECONDS = 120
"""一例最多跑多久；到时候还没有完就算死了。"""


@dataclass(frozen=True)
class Fault:
    """走到第 at 步（从 0 数）弄坏：kill 断电，part 是断电前这次写出去的比例；number 是系统的差错号，lasting 则以后同样的步都坏。"""

    at: int = -1
    kill: bool = False
    part: float = 0.0
    number: int = 0
    lasting: bool = False


@dataclass(frozen=True)
class Limits:
    """这一例的条件：以谁的身份，文件最大多少字节（dies：到了就被杀，否则报错），磁盘有多大（-1 为只读），过几秒被杀。"""

    user: int = 0
    largest: int = -1
    dies: bool = False
    disk: int = 0
    after: float = 0.0


@dataclass(frozen=True)
class Ran:
    """跑完的一例：退出码（被杀为负的信号号）、说的话、走过的写盘步、留下的文件夹。"""

    code: int
    out: str
    err: str
    steps: tuple[str, ...]
    left: Path


class Workshop:
    """热好的进程。folder 是命令写的文件夹，work 放各例留下的东西；用 ledger 的一份拷贝热身。"""

    def __init__(self, folder: Path, work: Path, ledger: Path) -> None:
        self.folder, self.work, self._count = folder, work, 0
        command = [sys.executable, __file__, str(work), shutil.copy(ledger, work / "热身.xlsx")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *error: object) -> None:
        with self._process:
            assert self._process.stdin
            self._process.stdin.close()

    @contextmanager
    def moved(self, folder: Path) -> Iterator[None]:
        """暂且换一个文件夹。"""
        before, self.folder = self.folder, folder
        try:
            yield
        finally:
            self.folder = before

    def run(self, *arguments: object) -> Ran:
        """一条命令从头跑到尾，就在 folder 里；left 是 folder 的一份拷贝。"""
        return self._asked(arguments, [Fault()], whole=True, kept=False)[0]

    def each(self, *arguments: object, cases: Sequence[Fault | Limits], whole: bool = False) -> list[Ran]:
        """一条命令的各例：每例都从 folder 现在的样子开始，最后 folder 还是原样。读和判只做一次，whole 则每例都从头做起。"""
        return self._asked(arguments, cases, whole, kept=True)

    def _asked(
        self, arguments: Sequence[object], cases: Sequence[Fault | Limits], whole: bool, kept: bool
    ) -> list[Ran]:
        both = [(case, Limits()) if isinstance(case, Fault) else (Fault(), case) for case in cases]
        assert self._process.stdin
        assert self._process.stdout
        request = {
            "folder": str(self.folder),
            "arguments": list(map(str, arguments)), "whole": whole, "kept": kept, "first": self._count,
            "cases": [(asdict(fault), asdict(limits)) for fault, limits in both],
        }  # fmt: skip
        print(json.dumps(request), file=self._process.stdin, flush=True)
        self._count += len(cases)
        found = json.loads(self._process.stdout.readline())
        return [Ran(code, out, err, tuple(steps), Path(left)) for code, out, err, steps, left in found]


class Steps:
    """数写盘的步，走到要坏的那一步就坏；第一步以前停一停。"""

    def __init__(self, pause: Callable[[], None]) -> None:
        self.names: list[str] = []
        self.fault = Fault()
        self.log = -1
        self._pause: Callable[[], None] | None = pause

    def taken(self, name: str, half: Callable[[float], object] = lambda part: None) -> None:
        """走一步；half 把这一步做到一半。"""
        if self._pause:
            pause, self._pause = self._pause, None
            pause()
        if self.log < 0:  # 还在分，没有跑
            return
        self.names.append(name)
        _write(self.log, f"{name}\n".encode())
        fault, at = self.fault, len(self.names) - 1
        again = fault.lasting and at > fault.at >= 0 and name.split()[0] == self.names[fault.at].split()[0]
        if at != fault.at and not again:
            return
        if fault.part:
            half(fault.part)
        if fault.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        if fault.number:
            raise sqlite3.OperationalError("disk I/O error") if "sqlite" in name else OSError(fault.number, "broken")


_write, _open, _sleep = os.write, os.open, time.sleep


def watched(steps: Steps) -> None:
    """从此每一次写盘先过 steps：os 的各个函数、打开来写的文件、文件锁、SQLite 的每一句。"""
    for name in CHANGING:
        if hasattr(os, name):
            setattr(os, name, _stepped(steps, name, getattr(os, name)))
    fcntl.flock = _stepped(steps, "flock", fcntl.flock)
    os.open = lambda path, flags, *more, **named: _opened(steps, path, flags, *more, **named)
    os.write = lambda number, data: _written(steps, number, data)
    real = io.open

    def opened(file: Any, mode: str = "r", *more: Any, **named: Any) -> IO[Any]:
        if set(mode) & set("wax+") and not isinstance(file, int):
            steps.taken(f"open {Path(os.fsdecode(file)).name}")
        return real(file, mode, *more, **named)

    io.open = opened  # type: ignore[assignment]
    connect = sqlite3.connect
    kind = type("Watched", (_Watched,), {"steps": steps})
    sqlite3.connect = lambda *more, **named: connect(*more, **named, factory=kind)  # type: ignore[assignment]


def _stepped(steps: Steps, name: str, action: Callable[..., Any]) -> Callable[..., Any]:
    def step(*more: Any, **named: Any) -> Any:
        steps.taken(" ".join([name, *(Path(str(part)).name for part in more if isinstance(part, str | Path))]))
        return action(*more, **named)

    return step


def _opened(steps: Steps, path: Any, flags: int, *more: Any, **named: Any) -> int:
    if flags & WRITING:
        steps.taken(f"open {Path(os.fsdecode(path)).name}")
    return _open(path, flags, *more, **named)


def _written(steps: Steps, number: int, data: Any) -> int:
    steps.taken(f"write {len(data)}", lambda part: _write(number, bytes(data)[: max(1, int(len(data) * part))]))
    return _write(number, data)


class _Watched(sqlite3.Connection):
    """SQLite 的连接：写的每一句、每次提交也是一步。"""

    steps: Steps

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
        self._taken(sql)
        return super().execute(sql, *more)

    def executemany(self, sql: str, *more: Any) -> sqlite3.Cursor:
        self._taken(sql)
        return super().executemany(sql, *more)

    def __exit__(self, *error: Any) -> Any:
        self.steps.taken("sqlite COMMIT")
        return super().__exit__(*error)

    def _taken(self, sql: str) -> None:
        if not sql.startswith("SELECT") and sql != "PRAGMA user_version":
            self.steps.taken(f"sqlite {sql[:40]}")


class Bench:
    """一个请求的各例：停在第一次写盘以前，一例一例分出去。"""

    def __init__(self, work: Path, request: dict[str, Any]) -> None:
        self.folder, self.work, self.first = Path(request["folder"]), work, request["first"]
        self.cases = [(Fault(**fault), Limits(**limits)) for fault, limits in request["cases"]]
        self.kept = request["kept"]
        self.steps = Steps(self.fan_out)

    def fan_out(self) -> None:
        """分出各例并收回结果；只有分出来的那一例从这里回去。"""
        before, found = self.work / f"before-{self.first}", []
        shutil.copytree(self.folder, before, symlinks=True)
        for number, (fault, limits) in enumerate(self.cases, start=self.first):
            disk(self.folder, limits.disk)
            pipes = [os.pipe() for _ in range(3)]
            child = os.fork()
            if child == 0:
                self.steps.fault, self.steps.log = fault, pipes[2][1]
                become(limits, pipes[0][1], pipes[1][1])
                return
            found.append(self.collect(child, number, pipes))
            if self.kept:
                refill(self.folder, before)
        (self.work / "found.json").write_text(json.dumps(found))
        os._exit(0)

    def collect(self, child: int, number: int, pipes: list[tuple[int, int]]) -> tuple[int, str, str, list[str], str]:
        """等这一例完，收下它说的、走过的、留下的。"""
        after = self.cases[number - self.first][1].after
        if after:
            _sleep(after)
            os.kill(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        disk(self.folder, 0)
        left = self.work / f"left-{number}"
        shutil.copytree(self.folder, left, symlinks=True)
        out, err, steps = map(drained, pipes)
        return code, out, err, steps.splitlines(), str(left)


def drained(pipe: tuple[int, int]) -> str:
    """管子里的话；一例说的不多，管子装得下。"""
    os.close(pipe[1])
    with open(pipe[0], encoding="utf-8") as text:  # noqa: PTH123
        return text.read()


def disk(folder: Path, size: int) -> None:
    """给装着 folder 的小磁盘（tmpfs）定大小；0 为放开，-1 为只读。"""
    if os.path.ismount(folder):
        how = "ro" if size < 0 else f"rw,size={size or 1 << 26}"
        subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


def clear(folder: Path) -> None:
    """folder 里什么也没有。"""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def refill(folder: Path, source: Path) -> None:
    """folder 里的东西换成 source 的。"""
    folder.mkdir(exist_ok=True)
    clear(folder)
    shutil.copytree(source, folder, symlinks=True, dirs_exist_ok=True)


def become(limits: Limits, out: int, err: int) -> None:
    """分出来的进程：说的话进管子（不占磁盘），按条件限住自己。"""
    os.dup2(out, 1)
    os.dup2(err, 2)
    if limits.largest >= 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.largest, limits.largest))
    if limits.dies:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    if limits.user:
        os.setgroups([])
        os.setgid(limits.user)
        os.setuid(limits.user)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)


def attempt(work: Path, request: dict[str, Any]) -> None:
    """请求的子进程：跑命令。"""
    from pyengine import cli

    bench = Bench(work, request)
    watched(bench.steps)
    if request["whole"]:
        bench.steps.taken("start")
    time.sleep = lambda seconds: None
    code = cli.run(request["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve(work: Path, ledger: Path) -> None:
    """热好，然后一个一个办请求。"""
    from pyengine import cli

    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        for more in (["refresh", "--json", str(ledger.with_suffix(".json"))], ["letters", "--out", str(work / "热身")]):
            cli.run([more[0], str(ledger), *more[1:]])
    for line in sys.stdin:
        found = work / "found.json"
        found.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            attempt(work, json.loads(line))
        os.waitpid(child, 0)
        print(found.read_text() if found.exists() else "[]", flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))

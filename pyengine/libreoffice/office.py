"""连接 — a running LibreOffice reached over its own local pipe: attached to, or started when the caller asks for one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from .errors import Busy, Gone, NotRunning, plainly
from .processes import default_profile, is_listening, is_running, our_pipe, process_id
from .runtime import load_uno, soffice, to_url

ATTACH_SECONDS = 15
START_SECONDS = 90
ANSWER_SECONDS = 10
_PAUSE = 0.1
_QUIET = ("--nologo", "--norestore", "--nodefault", "--nofirststartwizard")
_T = TypeVar("_T")


@dataclass(eq=False)
class Office:
    """一个 LibreOffice — its component context, the pipe it listens on, and, when we started it, process and profile."""

    context: Any
    pipe: str
    process: subprocess.Popen[bytes] | None = None
    folder: Path | None = None
    visible: bool = True

    @cached_property
    def desktop(self) -> Any:
        """The desktop: every open document and window."""
        return self.service("frame.Desktop")

    @cached_property
    def pid(self) -> int:
        """The number of its process."""
        return process_id(self.pipe)

    def service(self, name: str) -> Any:
        """One of its services, such as frame.Desktop."""
        with plainly("联系 LibreOffice"):
            return self.context.ServiceManager.createInstanceWithContext(f"com.sun.star.{name}", self.context)

    def is_alive(self) -> bool:
        """Whether it is still there."""
        try:
            return bool(self.context.getServiceManager())
        except Exception:
            return False

    def close(self) -> None:
        """Quit a LibreOffice that we started, without asking about unsaved work; then clear its profile away."""
        if self.process is None:
            return
        try:
            self.desktop.terminate()
            self.process.wait(ANSWER_SECONDS)
        except Exception:
            self.kill()
        self._tidy()

    def kill(self) -> None:
        """End the process of a LibreOffice that we started, at once."""
        if self.process is not None and self.process.poll() is None:
            _end(self.process)
        self._tidy()

    def _tidy(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def attach(profile: Path | None = None) -> Office:
    """The LibreOffice that the user has open (with this profile, by default the user's own); it is never started."""
    url = to_url(profile or default_profile())
    pipe = our_pipe(url)
    if not is_listening(pipe):
        if not is_running(url):
            raise NotRunning("LibreOffice 没有打开。", "请先在 LibreOffice 里打开这本表。")
        _ask_to_listen(url, pipe)
    office = Office(_resolved(pipe, ATTACH_SECONDS), pipe)
    answered(lambda: office.desktop.getCurrentFrame(), ANSWER_SECONDS)
    return office


def start(program: Path | None = None, visible: bool = False) -> Office:
    """A new LibreOffice of our own, with a profile of its own that lives as long as it does."""
    folder = Path(tempfile.mkdtemp(prefix="xlwings-libreoffice-"))
    pipe = our_pipe(to_url(folder))
    shown = () if visible else ("--headless",)
    process = _launched(program or soffice(), to_url(folder), pipe, *shown)
    office = Office(None, pipe, process, folder, visible)
    try:
        office.context = _resolved(pipe, START_SECONDS, process)
    except Exception:
        office.kill()
        raise
    return office


def has_display() -> bool:
    """Whether windows can be shown here."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def answered(call: Callable[[], _T], seconds: float) -> _T:
    """The result of a call to LibreOffice; `Busy` when it has not come in time (UNO itself would wait for ever)."""
    results: list[_T] = []
    failures: list[Exception] = []

    def work() -> None:
        try:
            results.append(call())
        except Exception as error:
            failures.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        with plainly("联系 LibreOffice"):
            raise failures[0]
    if not results:
        raise Busy("LibreOffice 正忙，没有回答。", "请关掉它弹出的对话框，等它忙完，再做一次。")
    return results[0]


def _ask_to_listen(url: str, pipe: str) -> None:
    """Hand the request to the running LibreOffice, as a second start of the program does; it opens no window."""
    process = _launched(soffice(), url, pipe, "--invisible")
    try:
        code = process.wait(ATTACH_SECONDS)
    except subprocess.TimeoutExpired:
        _end(process)
        raise NotRunning("LibreOffice 刚刚关掉了。", "请先在 LibreOffice 里打开这本表。") from None
    if code:
        raise Busy("LibreOffice 没有接受连接。", "请等它忙完，再做一次；还不行就把它关掉重开。")


def _launched(program: Path, url: str, pipe: str, *more: str) -> subprocess.Popen[bytes]:
    accept = f"--accept=pipe,name={pipe};urp;"
    command = [str(program), f"-env:UserInstallation={url}", *_QUIET, *more, accept]
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started, with what it started itself: `soffice` is but the parent of the real program."""
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _resolved(pipe: str, seconds: float, process: subprocess.Popen[bytes] | None = None) -> Any:
    """Its component context, as soon as it listens."""
    local = load_uno().getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    address = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    for _ in range(int(seconds / _PAUSE)):
        if is_listening(pipe):
            with suppress(Gone):  # one that is just coming up or going down
                return answered(lambda: resolver.resolve(address), ANSWER_SECONDS)
        if process is not None and process.poll() not in (None, 0):
            break
        time.sleep(_PAUSE)
    raise Busy("LibreOffice 没有在限时内接受连接。", "请等它忙完，再做一次；还不行就把它关掉重开。")

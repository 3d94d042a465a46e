"""测试里的 LibreOffice：经办人自己打开的那一个（无窗口，自己的配置文件夹），和其中打开的台账。"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from conftest import require_program

from pyengine import libreoffice
from pyengine.libreoffice import processes, runtime


def until(ready: Callable[[], Any], what: str) -> None:
    """等到条件成立；最多九十秒。"""
    for _ in range(900):
        if ready():
            return
        Event().wait(0.1)
    pytest.fail(f"等不到：{what}")


def has_bridge() -> bool:
    """这个 Python 能不能用 uno。"""
    try:
        return bool(runtime.load_uno())
    except libreoffice.Missing:
        return False


@contextmanager
def clerks_office(folder: Path, *files: Path) -> Iterator[Path]:
    """经办人自己打开的 LibreOffice（开着这些文件）：它没有开任何监听；folder 是它的配置文件夹，也是返回值。"""
    soffice = require_program("soffice")
    if not has_bridge():
        assert not os.environ.get("DUBAN_REQUIRE_LIBREOFFICE"), "没有装 python3-uno"
        pytest.skip("没有装 python3-uno")
    url = runtime.to_url(folder)
    command = [soffice, f"-env:UserInstallation={url}", "--headless", "--nologo", "--norestore"]
    subprocess.run([*command, "--terminate_after_init"], check=True, timeout=90, stderr=subprocess.DEVNULL)
    command += map(runtime.to_url, files)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        until(lambda: processes.is_running(url), "LibreOffice 起来")
        yield folder
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def opened(desktop: Any, path: Path) -> Iterator[Any]:
    """在 LibreOffice 里打开的一本表；用完不保存就关掉。"""
    document = desktop.loadComponentFromURL(runtime.to_url(path), "_blank", 0, ())
    try:
        yield document
    finally:
        document.close(True)


class Counted:
    """数往返：每取一个属性、每调一个方法，算一次；结果里的对象接着数。"""

    calls = 0

    def __init__(self, target: Any) -> None:
        object.__setattr__(self, "target", target)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.target, name)
        if type(found).__name__ != "PyUNO_callable":
            Counted.calls += 1
            return counted(found)

        def call(*arguments: Any) -> Any:
            Counted.calls += 1
            return counted(found(*map(bare, arguments)))

        return call

    def __setattr__(self, name: str, value: Any) -> None:
        Counted.calls += 1
        setattr(self.target, name, bare(value))

    def __bool__(self) -> bool:
        return True


def counted(value: Any) -> Any:
    """接着数的对象；值本身照旧。"""
    return Counted(value) if type(value).__name__ == "pyuno" else value


def bare(value: Any) -> Any:
    """不数的那一个。"""
    return value.target if isinstance(value, Counted) else value


def calls(work: Callable[[], Any]) -> int:
    """做这件事有多少个往返。"""
    Counted.calls = 0
    work()
    return Counted.calls

"""一键刷新的两张图：真的窗口、真的鼠标点在按钮上，点以前和做完以后各截一张。

python docs/click.py    要装 LibreOffice（最好有 libreoffice-l10n-zh-cn）、xvfb、openbox、xdotool、scrot
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from duban_workbook import build

PICTURES = Path(__file__).parent / "图"
SCREEN, SIZE = ":97", "1360x860"
BUTTON = 123, 314
"""“一键刷新”在这样大的窗口里的位置。"""
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop>
<prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooLocale" oor:op="fuse"><value>zh-CN</value></prop></item>
</oor:items>
"""


@contextmanager
def running(*command: object) -> Iterator[None]:
    """在后台运行一个程序，用完结束它。"""
    words = [str(part) for part in command]
    started = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(started.pid, 15)
        started.wait()


def tool(*command: object) -> str:
    """运行一条外部命令，返回它的输出。"""
    words = [str(part) for part in command]
    return subprocess.run(words, check=False, capture_output=True, text=True).stdout


def until(ready: Callable[[], Any], seconds: int = 90) -> Any:
    """等到条件成立，返回它。"""
    for _ in range(seconds * 5):
        found = ready()
        if found:
            return found
        time.sleep(0.2)
    raise TimeoutError


def main() -> None:
    """两张图放进 docs/图。"""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        home = Path(name)
        profile, programs = home / ".config" / "libreoffice" / "4", home / ".local" / "bin"
        for folder in (profile / "user", programs):
            folder.mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
        (programs / "duban").symlink_to(Path(sys.executable).with_name("duban"))
        ledger = build(home / "督办台账.xlsm", sample=True)
        os.environ |= {"HOME": str(home), "DISPLAY": SCREEN, "LC_ALL": "zh_CN.UTF-8"}
        os.environ.pop("XDG_CONFIG_HOME", None)
        stack.enter_context(running("Xvfb", SCREEN, "-screen", 0, f"{SIZE}x24"))
        until(lambda: tool("xdotool", "getdisplaygeometry"))
        stack.enter_context(running("openbox"))
        stack.enter_context(running("soffice", "--norestore", "--nologo", ledger))
        window = until(lambda: tool("xdotool", "search", "--onlyvisible", "--name", "督办台账.xlsm").split())[-1]
        tool("xdotool", "windowmove", window, 0, 0, "windowsize", window, "100%", "100%")
        time.sleep(12)
        tool("scrot", "--overwrite", PICTURES / "一键刷新-点以前.png")
        tool("xdotool", "mousemove", *BUTTON, "click", 1)
        until(lambda: tool("xdotool", "search", "--onlyvisible", "--name", "^督办台账$"))
        time.sleep(1)
        tool("scrot", "--overwrite", PICTURES / "一键刷新-做完.png")


if __name__ == "__main__":
    main()

"""按首页的按钮：真的 LibreOffice 打开台账，照人那样点控件；信件由记录用的程序收下。"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offices import until

from pyengine.libreoffice import office
from pyengine.libreoffice.office import Office
from pyengine.libreoffice.runtime import setting, to_url

ALWAYS_RUN_MACROS = 4
"""com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN"""
SCRIPT = "vnd.sun.star.script:VBAProject.Refresh.{}?language=Basic&location=document"
RECORDER = """#!/bin/sh
printf '%s\\0' "$@" > "$0.part"
env > "$0.env"
mv "$0.part" "$0.got"
"""


@contextmanager
def running() -> Iterator[Office]:
    """自己的 LibreOffice：没有窗口，自己的配置文件夹，用完关掉。"""
    found = office.start()
    try:
        yield found
    finally:
        found.close()


@contextmanager
def opened(there: Office, ledger: Path, *, as_template: bool = False) -> Iterator[Any]:
    """在 there 里打开的台账，允许宏；as_template 为真时照它新建一本没有存过盘的。"""
    settings = setting("MacroExecutionMode", ALWAYS_RUN_MACROS), setting("AsTemplate", as_template)
    document = there.desktop.loadComponentFromURL(to_url(ledger), "_blank", 0, settings)
    try:
        yield document
    finally:
        document.close(True)


@dataclass(frozen=True)
class Pressable:
    """首页上的一个按钮：标题、绑着的宏（地址）、控件的形状。"""

    caption: str
    script: str
    shape: Any


def buttons(document: Any, sheet: str = "首页") -> dict[str, Pressable]:
    """一张表上的按钮，按标题；宏取自控件自己的事件。"""
    page = document.Sheets.getByName(sheet).DrawPage
    shapes = [page.getByIndex(index) for index in range(page.Count)]
    found = [shape for shape in shapes if hasattr(shape, "Control")]
    return {shape.Control.Label: Pressable(shape.Control.Label, _script(shape.Control), shape) for shape in found}


def _script(control: Any) -> str:
    """控件的动作事件所绑的宏；一个控件只绑一个。"""
    form = control.Parent
    (index,) = (place for place in range(form.Count) if form.getByIndex(place) == control)
    (event,) = form.getScriptEvents(index)
    assert (event.ListenerType, event.EventMethod, event.ScriptType) == (
        "XActionListener",
        "actionPerformed",
        "Script",
    )
    return str(event.ScriptCode)


def stands_in(document: Any, button: Pressable, column: int, row: int) -> bool:
    """按钮是否整个在首页的这一格里（从 1 数）。"""
    cell = document.Sheets.getByName("首页").getCellByPosition(column - 1, row - 1)
    at, size, inside, room = button.shape.Position, button.shape.Size, cell.Position, cell.Size
    across = inside.X <= at.X and at.X + size.Width <= inside.X + room.Width
    return across and inside.Y <= at.Y and at.Y + size.Height <= inside.Y + room.Height


def press(document: Any, caption: str) -> None:
    """点首页上标题为 caption 的按钮：经无障碍接口让控件自己动作，宏由它的事件启动。"""
    control = document.CurrentController.getControl(buttons(document)[caption].shape.Control)
    assert control.getAccessibleContext().doAccessibleAction(0)


def call(document: Any, name: str, *arguments: object) -> Any:
    """台账里 Refresh 模块的一个函数的返回值。"""
    script = document.getScriptProvider().getScript(SCRIPT.format(name))
    return script.invoke(arguments, (), ())[0]


def choose(document: Any, item: str, value: str) -> None:
    """在打开着的台账的“设置”表里把一项的取值改成 value。"""
    sheet = document.Sheets.getByName("设置")
    (row,) = (row for row in range(300) if sheet.getCellByPosition(0, row).String == item)
    sheet.getCellByPosition(1, row).String = value


def recorder(path: Path) -> Path:
    """记录用的程序：把收到的参数和环境写在自己旁边。"""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RECORDER, encoding="utf-8")
    path.chmod(0o755)
    return path


def received(program: Path) -> list[str]:
    """记录用的程序收到的参数；读过就清掉，好等下一次。"""
    got = program.with_name(f"{program.name}.got")
    until(got.exists, f"{program.name} 被启动")
    words = got.read_text(encoding="utf-8").split("\0")[:-1]
    got.unlink()
    return words

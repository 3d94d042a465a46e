"""宏照 VBA 的规矩跑：pyOpenVBA 的解释器（`#If`、Option Explicit、各种报错照 Excel 的来）打开提交的母版，跑里面的宏工程。

它不启动程序：Windows 的两个 COM 对象、macOS 的 AppleScriptTask 和环境变量在这里用替身，只看宏递给它们什么。
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duban_workbook
import pytest
from duban_macros import BUTTONS, Button
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import VBAObject, _preprocess, member, method, to_text

from pyengine.shortcut.contents import applescript

MASTER = Path(duban_workbook.__file__).with_name("督办台账.xlsm")
WINDOWS = {
    "OS": "Windows_NT",
    "LOCALAPPDATA": r"C:\Users\李 四\AppData\Local",
    "USERPROFILE": r"C:\Users\李 四",
    "PATH": r"C:\Windows;D:\工具 夹",
}
USUAL = (
    r"C:\Users\李 四\AppData\Local\duban\Scripts\duban.exe",
    r"C:\Users\李 四\督办\Scripts\duban.exe",
    r"C:\Users\李 四\.local\bin\duban.exe",
    r"C:\Windows\duban.exe",
    r"D:\工具 夹\duban.exe",
)


class Shell(VBAObject):
    """WScript.Shell：记下要运行什么、窗口怎样、等不等。"""

    vba_type_name = "WshShell"

    def __init__(self) -> None:
        self.ran: list[tuple[str, int, bool]] = []
        self.blocked = False

    @method(name="Run")
    def run(self, command: object, style: Any, wait: Any) -> int:
        if self.blocked:
            raise VBARuntimeError(70, "拒绝访问")
        self.ran.append((to_text(command), int(style), bool(wait)))
        return 0


class Files(VBAObject):
    """Scripting.FileSystemObject：只有列出的文件存在。"""

    vba_type_name = "FileSystemObject"

    def __init__(self) -> None:
        self.there: set[str] = set()

    @method(name="FileExists")
    def exists(self, path: object) -> bool:
        return to_text(path) in self.there


class Control(VBAObject):
    """功能区按下的按钮。"""

    vba_type_name = "IRibbonControl"

    def __init__(self, name: str) -> None:
        self.name = name

    @member(name="Id")
    def identity(self) -> str:
        return self.name


class Excel:
    """一台电脑上开着台账的 Excel。"""

    def __init__(self, ledger: Path, environment: Mapping[str, str]) -> None:
        self.shell, self.files = Shell(), Files()
        self.app = ExcelApplication.open(ledger)
        self.app.add_module(_environ(environment), name="Computer")
        host = self.app.interpreter.host
        known: dict[str, VBAObject] = {"wscript.shell": self.shell, "scripting.filesystemobject": self.files}
        create: Callable[[str], object] = host.create
        host.create = lambda name: known.get(name.lower()) or create(name)  # type: ignore[method-assign]

    def press(self, action: str = "refresh") -> str:
        return str(self.app.run("DubanPress", action))

    def choose(self, place: str) -> None:
        sheet = self.app.sheet("设置")
        (row,) = (row for row in range(4, 200) if sheet.value(f"A{row}") == "程序位置")
        sheet.set_value(f"B{row}", place)


def _environ(values: Mapping[str, str]) -> str:
    lines = "\n".join(f'    If name = "{name}" Then Environ = "{value}"' for name, value in values.items())
    return f"Public Function Environ(name As String) As String\n{lines}\nEnd Function\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return Path(shutil.copy(MASTER, tmp_path / "督办 & 台账.xlsm"))


@pytest.fixture
def excel(ledger: Path) -> Excel:
    return Excel(ledger, WINDOWS)


@pytest.mark.parametrize("place", USUAL)
def test_windows_starts_the_first_program_found_hidden_and_does_not_wait(
    excel: Excel, ledger: Path, place: str
) -> None:
    excel.files.there = set(USUAL[USUAL.index(place) :])
    assert excel.press() == ""
    assert excel.shell.ran == [(f'"{place}" button refresh "{ledger}"', 0, False)]
    assert excel.app.evaluate("Application.StatusBar") == "正在启动…"


def test_windows_says_when_nothing_is_found(excel: Excel) -> None:
    assert excel.press().startswith("这台电脑上没有找到督办台账程序（duban）。\n请先安装；")
    assert excel.shell.ran == []
    assert excel.app.evaluate("Application.StatusBar") is False


@pytest.mark.parametrize("place", [r"E:\程序\duban.exe", r'"E:\程序\duban.exe"', "  E:\\程序\\duban.exe "])
def test_windows_takes_the_place_in_the_settings(excel: Excel, ledger: Path, place: str) -> None:
    excel.choose(place)
    excel.files.there = set(USUAL)
    assert excel.press() == (
        "“设置”表“程序位置”填的文件不存在：E:\\程序\\duban.exe\n请改成程序（duban）的完整路径，或者填“自动”。"
    )
    excel.files.there.add(r"E:\程序\duban.exe")
    assert excel.press("check") == ""
    assert excel.shell.ran == [(f'"E:\\程序\\duban.exe" button check "{ledger}"', 0, False)]


def test_windows_that_forbids_programs_is_told_and_the_status_bar_given_back(excel: Excel) -> None:
    excel.files.there, excel.shell.blocked = set(USUAL), True
    assert excel.press() == "程序启动不了：拒绝访问\n多半是安全软件拦下了，请管电脑的人放行。"
    assert excel.app.evaluate("Application.StatusBar") is False


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.macro)
def test_macro_and_ribbon_do_the_same_and_messages_are_shown(excel: Excel, ledger: Path, button: Button) -> None:
    action = button.macro.removeprefix("Duban").lower()
    excel.app.run(button.macro)
    (shown,) = excel.app.dialogs
    assert shown[1].startswith("这台电脑上没有找到")
    assert (shown[0], shown[2]) == ("MsgBox", "督办台账")
    excel.files.there = {USUAL[0]}
    excel.app.run(button.macro)
    excel.app.run("DubanRibbon", Control(button.macro))
    assert excel.shell.ran == [(f'"{USUAL[0]}" button {action} "{ledger}"', 0, False)] * 2
    assert len(excel.app.dialogs) == 1


def test_the_workbook_of_the_module_is_meant_not_the_one_in_front(excel: Excel, ledger: Path) -> None:
    excel.files.there = {USUAL[0]}
    other = excel.app.open_workbook(shutil.copy(MASTER, ledger.with_name("别的.xlsx.xlsm")))
    excel.app.activate_workbook(other)
    assert excel.app.evaluate("ActiveWorkbook.Name") == "别的.xlsx.xlsm"
    assert excel.press() == ""
    assert excel.shell.ran[0][0].endswith(f'"{ledger}"')


def test_a_settings_sheet_that_is_gone_and_numbers_in_it_mean_automatic(excel: Excel) -> None:
    excel.files.there = {USUAL[0]}
    excel.app.sheet("设置").set_value("B5", 3.5)
    assert excel.press() == ""
    excel.app.add_module('Sub Away()\n    Worksheets(ChrW(35774) & ChrW(32622)).Name = "x"\nEnd Sub', name="Staff")
    excel.app.run("Away")
    assert excel.press() == ""
    assert len(excel.shell.ran) == 2


def test_a_workbook_never_saved_is_told_to_be(excel: Excel) -> None:
    excel.app.workbook.path = ""
    assert excel.press() == "台账还没有存过盘。\n请先保存到本机，再点按钮。"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("", ""),
        ("missing", "这台电脑上没有找到"),
        (None, "程序启动不了：没有这个脚本\n请在这台电脑上运行一次 duban shortcut 台账"),
    ],
)
def test_macos_hands_program_action_and_ledger_to_its_script(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, answer: str | None, told: str
) -> None:
    monkeypatch.setitem(_preprocess.DEFAULT_CONSTANTS, "Mac", True)
    excel = Excel(ledger, {"HOME": "/Users/li"})
    done = 'Err.Raise 5, , "没有这个脚本"' if answer is None else f'AppleScriptTask = "{answer}"'
    excel.app.add_module(
        "Public Heard As String\n"
        "Public Function AppleScriptTask(file As String, handler As String, message As String) As String\n"
        f'    Heard = file & "|" & handler & "|" & message\n    {done}\nEnd Function',
        name="Mac",
    )
    excel.choose("/Users/li/程 序/duban")
    said = excel.press("letters")
    assert said.startswith(told)
    assert bool(said) is bool(told)
    assert excel.app.evaluate("Heard") == f"duban.applescript|press|/Users/li/程 序/duban\nletters\n{ledger}"


def test_the_script_that_shortcut_puts_there_answers_what_the_macro_asks() -> None:
    script = applescript(("/usr/bin/python3", "-P", "-m", "pyengine")).decode("ascii")
    assert re.search(r"^on press\(\w+\)$", script, re.M)
    assert "to paragraphs of" in script
    assert 'return "missing"' in script
    for button in BUTTONS:
        assert f'"{button.macro.removeprefix("Duban").lower()}"' in script

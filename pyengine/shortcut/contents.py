"""图标文件的内容 — what each system's file says; pure, and nothing a path may hold changes what is run.

Desktop Entry Specification, “The Exec key” and “Possible value types”; cmd.exe: % doubled, everything quoted.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyengine.programs import THROUGH_SHELL, Action, key_of, own_command

_REFRESH_ICON = r"%SystemRoot%\System32\shell32.dll", 238
_NORMAL, _MINIMIZED = 1, 7


@dataclass(frozen=True, slots=True)
class Press:
    """按一下 — what a double click starts: this Python, on this ledger; both paths absolute."""

    ledger: Path
    program: Path

    @property
    def command(self) -> tuple[str, ...]:
        """命令 — the program and its arguments, unquoted."""
        return own_command(self.program, "button", "refresh", str(self.ledger))

    @property
    def says(self) -> str:
        """说明 — what the icon tells when it is pointed at."""
        return f"刷新 {self.ledger.name}（图标号 {key_of(self.ledger)}）"


@dataclass(frozen=True, slots=True)
class Link:
    """Windows 快捷方式 — the fields of a shell link."""

    target: str
    arguments: str
    description: str
    icon: tuple[str, int]
    window: int


def desktop_entry(press: Press, name: str) -> bytes:
    """Linux 桌面文件 — through sh, because GLib takes no % in the path of the program itself."""
    return f"""[Desktop Entry]
Type=Application
Version=1.0
Name={_value(name)}
Comment={_value(press.says)}
Exec={_value(" ".join(map(_exec_word, (*THROUGH_SHELL, *press.command))))}
Icon=view-refresh
Terminal=false
StartupNotify=false
""".encode()


def _exec_word(word: str) -> str:
    """Exec 的一个词：加引号，引号里的 " ` $ \\ 前加反斜杠，% 写成 %%。"""
    escaped = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in word)
    return f'"{escaped.replace("%", "%%")}"'


def _value(text: str) -> str:
    """字符串值：反斜杠写成两个（先于 Exec 的引号还原）。"""
    return text.replace("\\", "\\\\")


def command_file(press: Press, name: str) -> bytes:
    """macOS 的 .command — runs in a Terminal window, and has Terminal close it afterwards."""
    close = f'tell application "Terminal" to close (every window whose name contains "{_within(name)}.command")'
    return f"""#!/bin/sh
# 由 duban shortcut 写成。{press.says}
printf '%s\\n' {shlex.quote(f"正在刷新 {press.ledger.name}，请稍候；这个窗口随后自己关上。")}
{shlex.join(press.command)} </dev/null >/dev/null 2>&1
osascript -e {shlex.quote(close)} </dev/null >/dev/null 2>&1 &
exit
""".encode()


def _within(text: str) -> str:
    """AppleScript 引号里的字。"""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def windows_link(press: Press) -> Link | None:
    """Windows 快捷方式；路径里有成对的 %（会被当作变量）的写不了，None。"""
    target, *arguments = press.command
    if any(word.count("%") > 1 for word in press.command):
        return None
    quiet = press.program.name.lower() == "pythonw.exe"
    return Link(target, subprocess.list2cmdline(arguments), press.says, _REFRESH_ICON, _NORMAL if quiet else _MINIMIZED)


def windows_batch(press: Press, code_page: str = "oem") -> bytes:
    """Windows 批处理 — in the code page in which cmd.exe reads it, else in UTF-8 after telling it so."""
    line = " ".join(f'"{word.replace("%", "%%")}"' for word in press.command)
    start = ("@echo off", f"rem duban {key_of(press.ledger)}")
    try:
        return _lines(*start, f'start "" {line}').encode(code_page)
    except UnicodeEncodeError:
        return _lines(*start, "chcp 65001 >nul", f'start "" {line}').encode()


def _lines(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)


def applescript(own: Sequence[str]) -> bytes:
    """macOS 的 Excel 经 AppleScriptTask 调用的脚本 — ASCII throughout; runs nothing but duban, for its own six actions.

    It is told three lines: the program the ledger names (or none), the action, the ledger; it answers `missing` or nothing.
    """
    actions = ", ".join(f'"{action}"' for action in Action)
    words = ' & " " & '.join(f"quoted form of {_ascii(word)}" for word in own)
    return f"""-- Written by: duban shortcut. Called by the buttons of the ledger.
on press(told)
	set {{chosenProgram, pressedButton, ledgerPath}} to paragraphs of told
	if {{{actions}}} does not contain pressedButton then error "unknown button"
	if chosenProgram is "" then
		set chosenProgram to {_ascii(own[0])}
		set shellWords to {words}
	else if chosenProgram ends with "/duban" then
		set shellWords to quoted form of chosenProgram
	else
		return "missing"
	end if
	try
		do shell script "test -x " & quoted form of chosenProgram
	on error
		return "missing"
	end try
	do shell script shellWords & " button " & pressedButton & " " & quoted form of ledgerPath & " </dev/null >/dev/null 2>&1 &"
	return ""
end press
""".encode("ascii")


def _ascii(text: str) -> str:
    """AppleScript 里的一段字，不靠文件的编码。"""
    if text.isascii():
        return f'"{_within(text)}"'
    return f"(string id {{{', '.join(str(ord(sign)) for sign in text)}}})"

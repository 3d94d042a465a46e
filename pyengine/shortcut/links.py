"""Windows 快捷方式文件 — a shell link, made by the shell itself through pywin32 (which xlwings brings along).

Not by WScript.Shell, which turns what the code page has not into question marks, and not by PowerShell, which offices switch off.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from pyengine.shortcut.contents import Link


def link_bytes(link: Link | None) -> bytes | None:
    """快捷方式的内容；写不了的、做不成的，None。"""
    if link is None:
        return None
    try:
        import pythoncom
        from win32com.shell import shell
    except ImportError:
        return None
    with tempfile.TemporaryDirectory(prefix="duban-") as folder:
        file = Path(folder) / "duban.lnk"
        try:
            made = pythoncom.CoCreateInstance(
                shell.CLSID_ShellLink, None, pythoncom.CLSCTX_INPROC_SERVER, shell.IID_IShellLink
            )
            made.SetPath(link.target)
            made.SetArguments(link.arguments)
            made.SetDescription(link.description)
            made.SetIconLocation(*link.icon)
            made.SetShowCmd(link.window)
            made.QueryInterface(pythoncom.IID_IPersistFile).Save(str(file), 0)
        except pythoncom.com_error:
            return None
        return file.read_bytes()

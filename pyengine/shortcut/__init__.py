"""刷新台账的桌面图标 — a double click does what the workbook's button does, where macros are not allowed.

It starts `duban button refresh LEDGER`, which refreshes the open workbook, or the file when it is closed. Each ledger has
one icon on a desktop, known by the ledger's number in the file; putting it there again replaces it.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pyengine.durable import fitted, make_folder, put
from pyengine.programs import SystemProblem, key_of, own_command, run_program, running_program, writable
from pyengine.shortcut.contents import (
    Press,
    applescript,
    command_file,
    desktop_entry,
    windows_batch,
    windows_link,
)
from pyengine.shortcut.folders import desktop_folder
from pyengine.shortcut.links import link_bytes

TITLE = "刷新台账"

_ENDINGS: Mapping[str, tuple[str, ...]] = {"win32": (".lnk", ".cmd"), "darwin": (".command",)}
_EXCEL_SCRIPTS = Path("Library", "Application Scripts", "com.microsoft.Excel")
_NOTES: Mapping[str, str] = {
    ".command": "Excel 开着台账的，先存盘关闭再双击；问能不能访问文件夹的，选“允许”。",
    ".desktop": "双击后只打开一页文字、或问信不信任的，右键它，选“允许启动”，只这一次。",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """一个放处 — the file's path, and what it holds."""

    path: Path
    content: bytes


def put_shortcut(ledger: Path, folder: Path | None = None, platform: str = sys.platform) -> str:
    """放图标 — on the desktop, or into the folder given; says where it lies and how it is used."""
    press = Press(writable(ledger), running_program())
    place = _place(press, _folder(folder, platform), platform)
    put(place.path, place.content)
    _allow(place.path, platform)
    _remove_others(press, place.path, platform)
    said = f"已放好图标“{place.path.stem}”（{place.path}），双击它就刷新 {press.ledger.name}"
    return "\n".join(filter(None, (said, _NOTES.get(place.path.suffix, ""), _let_excel(press, platform))))


def _folder(folder: Path | None, platform: str) -> Path:
    if folder is None:
        return desktop_folder(platform)
    if not folder.is_dir():
        raise SystemProblem(f"找不到文件夹“{folder}”", "请核对 --to 后面写的文件夹，或先建好它")
    return folder.resolve()


def _place(press: Press, folder: Path, platform: str) -> _Place:
    """放在哪里、写什么 — Windows 的快捷方式写不成的，写批处理。"""
    name = _name(press.ledger, folder, _endings(platform))
    if platform == "darwin":
        return _Place(folder / f"{name}.command", command_file(press, name))
    if platform != "win32":
        return _Place(folder / f"{name}.desktop", desktop_entry(press, name))
    link = link_bytes(windows_link(press))
    if link is None:
        return _Place(folder / f"{name}.cmd", windows_batch(press))
    return _Place(folder / f"{name}.lnk", link)


def _name(ledger: Path, folder: Path, endings: tuple[str, ...]) -> str:
    """图标名 — 这本台账已有图标的，用原名；名字被别的台账占了，加上台账的名字、文件夹、台账号。"""
    further = (ledger.stem, f"{ledger.parent.name}，{ledger.stem}", f"{ledger.stem}，{key_of(ledger)}")
    names = (TITLE, *(fitted(f"{TITLE}（{more}", f"）{endings[0]}").removesuffix(endings[0]) for more in further))
    mine = (name for name in names if any(_is_of(ledger, folder / f"{name}{ending}") for ending in endings))
    free = (name for name in names if not any((folder / f"{name}{ending}").exists() for ending in endings))
    return next(mine, "") or next(free, names[-1])


def _is_of(ledger: Path, file: Path) -> bool:
    """文件是不是这本台账的图标：里面有它的台账号。"""
    key = key_of(ledger)
    try:
        written = file.read_bytes()
    except OSError:
        return False
    return any(key.encode(code) in written for code in ("ascii", "utf-16-le"))


def _remove_others(press: Press, kept: Path, platform: str) -> None:
    """同一本台账在同一处只留一个图标（从前写的批处理，这回写成了快捷方式）。"""
    for ending in _endings(platform):
        other = kept.with_suffix(ending)
        if other != kept and _is_of(press.ledger, other):
            other.unlink()


def _allow(file: Path, platform: str) -> None:
    """让系统肯运行它：自己可以运行、别人不能改写；GNOME、Xfce 另要记上可信。"""
    if platform == "win32":
        return
    file.chmod((file.stat().st_mode | stat.S_IXUSR) & ~(stat.S_IWGRP | stat.S_IWOTH))
    if platform != "darwin":
        _trust(file)


def _trust(file: Path) -> None:
    """记上可信；没有 gio 的不是那种桌面，不必记，记不上的由人右键允许。"""
    marks = {"metadata::trusted": "true", "metadata::xfce-exe-checksum": sha256(file.read_bytes()).hexdigest()}
    with suppress(SystemProblem):
        for mark, value in marks.items():
            run_program(("gio", "set", "-t", "string", str(file), mark, value))


def _let_excel(press: Press, platform: str) -> str:
    """macOS 的 Excel 只肯经它自己文件夹里的脚本运行程序：放好这个脚本，台账里的按钮才能用。"""
    if platform != "darwin":
        return ""
    folder = Path.home() / _EXCEL_SCRIPTS
    make_folder(folder)
    put(folder / "duban.applescript", applescript(own_command(press.program)))
    return "Excel 里的按钮要用的脚本也已放好。"


def _endings(platform: str) -> tuple[str, ...]:
    return _ENDINGS.get(platform, (".desktop",))

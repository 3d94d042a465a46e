"""桌面在哪里 — the folder whose files lie on the clerk's desktop, as the system itself tells."""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path

from pyengine.programs import SystemProblem, config_folder

_ADVICE = "请用 --to 写明放在哪个文件夹，例如 --to ~/桌面"
_DESKTOP_DIRECTORY = 0x10  # CSIDL_DESKTOPDIRECTORY
_LONGEST = 260  # MAX_PATH
_USUAL = ("Desktop", "桌面")


def desktop_folder(platform: str = sys.platform) -> Path:
    """桌面文件夹 — there already; a SystemProblem if this account has none."""
    if platform == "win32":
        candidates = _windows()
    elif platform == "darwin":
        candidates = (Path.home() / "Desktop",)
    else:
        candidates = _xdg()
    found = next((folder for folder in candidates if folder.is_dir()), None)
    if found is None:
        raise SystemProblem("找不到这个账户的桌面文件夹", _ADVICE)
    return found.resolve()


def _windows() -> tuple[Path, ...]:
    """桌面可能被移到 OneDrive、别的盘：问系统，不猜。"""
    if sys.platform != "win32":
        return ()
    told = ctypes.create_unicode_buffer(_LONGEST)
    failed = ctypes.windll.shell32.SHGetFolderPathW(None, _DESKTOP_DIRECTORY, None, 0, told)
    return () if failed else (Path(told.value),)


def _xdg() -> tuple[Path, ...]:
    """user-dirs.dirs 里写的（xdg-user-dirs）；写成家本身是不要桌面；没有写的，通常的两个名字。"""
    written = _written(config_folder() / "user-dirs.dirs")
    if written is None:
        return tuple(Path.home() / name for name in _USUAL)
    return () if written == Path.home() else (written,)


def _written(file: Path) -> Path | None:
    try:
        text = file.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    found = re.findall(r'^\s*XDG_DESKTOP_DIR\s*=\s*"((?:\\.|[^"\\])*)"', text, re.M)
    if not found:
        return None
    told = re.sub(r"\\(.)", r"\1", found[-1])
    return Path.home() / told.removeprefix("$HOME").lstrip("/") if told.startswith("$HOME") else Path(told)

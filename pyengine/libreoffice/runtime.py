"""桥 — find LibreOffice on this computer and load its Python bridge `uno` without harm to anything else."""

from __future__ import annotations

import builtins
import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from .errors import Missing

_INSTALLED = {
    "win32": (r"C:\Program Files\LibreOffice\program", r"C:\Program Files (x86)\LibreOffice\program"),
    "darwin": ("/Applications/LibreOffice.app/Contents/MacOS", "/Applications/LibreOffice.app/Contents/Resources"),
}
_ON_LINUX = (
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/snap/libreoffice/current/lib/libreoffice/program",
)
_SYSTEM_PYTHON = ("/usr/lib/python3/dist-packages", f"/usr/lib64/python3.{sys.version_info.minor}/site-packages")


def programs() -> tuple[Path, ...]:
    """Folders of LibreOffice's own programs on this computer, the likeliest first."""
    known = _INSTALLED.get(
        sys.platform, (*_ON_LINUX, *map(str, sorted(Path("/opt").glob("libreoffice*/program"), reverse=True)))
    )
    started = shutil.which("soffice") or shutil.which("libreoffice")
    found = [Path(started).resolve().parent] if started else []
    return tuple(dict.fromkeys([*found, *(Path(folder) for folder in known if Path(folder).is_dir())]))


def soffice() -> Path:
    """The program that starts LibreOffice."""
    for folder in programs():
        for name in ("soffice", "soffice.com", "soffice.exe"):
            if (folder / name).is_file():
                return folder / name
    raise Missing(
        "这台电脑上没有找到 LibreOffice。", "请安装 LibreOffice；装在别处的，把它的 program 文件夹加进 PATH。"
    )


def load_uno() -> ModuleType:
    """The module `uno`; found where systems and LibreOffice itself keep it when it is not among our own packages."""
    if "uno" in sys.modules:
        return sys.modules["uno"]
    folders = [str(folder) for folder in (*map(Path, _SYSTEM_PYTHON), *programs()) if (folder / "uno.py").is_file()]
    reasons: list[str] = []
    for folder in ("", *folders):
        try:
            return _loaded(folder)
        except ImportError as error:
            reasons.append(f"{folder or 'sys.path'}: {error}")
    why = "；".join(reasons)
    raise Missing(
        f"这个 Python {sys.version_info.major}.{sys.version_info.minor} 读不到 LibreOffice 的 Python 桥（uno）。",
        f"Debian、Ubuntu 请装 python3-uno，并用系统同一版本的 Python；Windows、macOS 请用 LibreOffice 自带的 Python 版本。（{why}）",
    )


def _loaded(folder: str) -> ModuleType:
    before = builtins.__import__
    with _searched(folder):
        module = importlib.import_module("uno")
    if builtins.__import__ is not before:
        builtins.__import__ = _only_for_uno(before, builtins.__import__)
    return module


@contextmanager
def _searched(folder: str) -> Iterator[None]:
    """Search these folders for the time of the import only: a system's packages must not shadow missing ones of ours."""
    before = list(sys.path)
    if folder:
        sys.path += [folder, *map(str, programs())]
    rc = Path(folder) / ("fundamental.ini" if sys.platform == "win32" else "fundamentalrc")
    if folder and rc.is_file():
        os.environ.setdefault("URE_BOOTSTRAP", f"vnd.sun.star.pathname:{rc}")
    if sys.platform == "win32" and folder:
        os.add_dll_directory(folder)
    try:
        yield
    finally:
        sys.path[:] = before


def _only_for_uno(ordinary: Callable[..., Any], hooked: Callable[..., Any]) -> Callable[..., Any]:
    """`uno` hooks every import of the process and blurs ImportErrors; keep its hook for `com.sun.star…` alone."""

    def imported(name: str, *others: Any, **named: Any) -> Any:
        return (hooked if name.startswith("com.sun.star") else ordinary)(name, *others, **named)

    return imported


def struct(name: str, *values: Any) -> Any:
    """A UNO structure, such as com.sun.star.table.CellAddress."""
    return load_uno().createUnoStruct(f"com.sun.star.{name}", *values)


def setting(name: str, value: Any) -> Any:
    """A named setting as LibreOffice takes it when loading and saving."""
    return struct(
        "beans.PropertyValue", name, 0, value, load_uno().Enum("com.sun.star.beans.PropertyState", "DIRECT_VALUE")
    )


def to_url(path: Path) -> str:
    """The file URL of a path."""
    return str(load_uno().systemPathToFileUrl(str(path)))


def to_path(url: str) -> str:
    """The path of a file URL; a URL of another kind as it is."""
    return str(load_uno().fileUrlToSystemPath(url)) if url.startswith("file:") else url

"""体检：这台电脑能做什么。只看不改，不联网。"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from pyengine.libreoffice import Missing
from pyengine.libreoffice.runtime import load_uno
from pyengine.periods import has_calendar
from pyengine.render import office_path
from pyengine.rulebook import all_circulars

FONTS = ("方正小标宋简体", "仿宋_GB2312", "仿宋", "楷体", "黑体", "宋体", "微软雅黑")
_WINDOWS_FILES = {
    "方正小标宋简体": "FZXBSJW.TTF", "仿宋_GB2312": "SIMFANG_GB2312.TTF", "仿宋": "simfang.ttf", "楷体": "simkai.ttf",
    "黑体": "simhei.ttf", "宋体": "simsun.ttc", "微软雅黑": "msyh.ttc",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """体检的一项：名称、是否可用、说明。"""

    name: str
    good: bool
    note: str


def examine_computer(today: date) -> tuple[Check, ...]:
    """全部体检项。"""
    return (_python(), _excel(), _office(), _window(), *_fonts(), *_calendars(today), *_circulars())


def _python() -> Check:
    return Check("Python", sys.version_info >= (3, 11), sys.version.split()[0])


def _excel() -> Check:
    found = _excel_path()
    return Check("Excel", found is not None, str(found) if found else "没有装也能用：台账关着时由程序直接读写文件")


def _excel_path() -> Path | None:
    roots = (
        r"C:\Program Files\Microsoft Office",
        r"C:\Program Files (x86)\Microsoft Office",
        "/Applications/Microsoft Excel.app",
    )
    for root in map(Path, roots):
        if root.suffix == ".app" and root.exists():
            return root
        found = next(root.glob("**/EXCEL.EXE"), None) if root.is_dir() else None
        if found:
            return found
    return None


def _office() -> Check:
    found = office_path()
    return Check("LibreOffice", found is not None, found or "转 PDF、在 LibreOffice 窗口里刷新才要用，可以不装")


def _window() -> Check:
    """台账开着的时候，能不能在窗口里刷新。"""
    if sys.platform == "win32" and find_spec("win32com") is not None:
        return Check("在窗口里刷新", True, "Excel、WPS（按钮、--live）")
    try:
        load_uno()
    except Missing as error:
        return Check("在窗口里刷新", False, f"{error.message}没有也能用：关闭台账再刷新")
    return Check("在窗口里刷新", True, "LibreOffice（按钮、--live）")


def _fonts() -> Iterator[Check]:
    installed = _installed_fonts()
    for name in FONTS:
        good = name in installed
        yield Check(
            f"字体 {name}",
            good,
            "" if good else "公文模板指定了它；没有时 Word 会用相近字体代替，印发前请在装有该字体的电脑上打开",
        )


def _installed_fonts() -> frozenset[str]:
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=False).stdout
        return frozenset(name.strip() for line in listed.splitlines() for name in line.split(","))
    folder = Path(r"C:\Windows\Fonts")
    return frozenset(name for name, file in _WINDOWS_FILES.items() if (folder / file).exists())


def _calendars(today: date) -> Iterator[Check]:
    for year in (today.year, today.year + 1):
        good = has_calendar(year)
        yield Check(f"{year}年放假安排", good, "" if good else "未收录，暂按周末推算；公布后在工作日历表补上休、班")


def _circulars() -> Iterator[Check]:
    for circular in all_circulars():
        yield Check(f"文件 {circular.number}", True, f"{circular.effective}起；管{len(circular.chapters)}章")

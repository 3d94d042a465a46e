"""LibreOffice 引擎 — xlwings for LibreOffice Calc: the same Book, Sheet and Range, live in the window the user has open.

    import xlwings as xw
    from pyengine import libreoffice

    libreoffice.register()                      # adds the engine "libreoffice" and makes it the active one
    book = xw.Book("台账.xlsx")         # the workbook that is open, else it is opened in the open LibreOffice
    book.sheets["台账"]["A1"].expand().options(pd.DataFrame).value

`attach(path)` gives the open workbook or a plain error and opens nothing. Nothing here starts or closes the user's
LibreOffice; `xw.App()` starts one of its own. Needs xlwings (only its open-source part is used) and LibreOffice with its
Python bridge. Every error is an `OfficeError` with two plain Chinese sentences, `.message` and `.advice`; where `.retry` is
true, waiting helps. What is supported and what is not: README.md beside this file.
"""

from __future__ import annotations

import atexit
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import Busy, Gone, Missing, NotRunning, OfficeError, Refused
from .styles import add_style, format_of, reformat, restyle, style_names, style_of

if TYPE_CHECKING:
    import xlwings

__all__ = [
    "Busy",
    "Gone",
    "Missing",
    "NotRunning",
    "OfficeError",
    "Refused",
    "add_style",
    "attach",
    "format_of",
    "reformat",
    "register",
    "restyle",
    "style_names",
    "style_of",
]


def register(profile: Path | None = None, activate: bool = True) -> xlwings.main.Engine:
    """Add the engine "libreoffice" to xlwings and, unless told otherwise, make it the active one.

    `profile` is the folder of another LibreOffice profile than the user's own.
    """
    xw, apps = _xlwings(), import_module(".apps", __name__)
    engine: Any = xw.main.Engine(impl=apps.Engine(profile))
    xw.engines.engines[:] = [known for known in xw.engines.engines if known.name != engine.name]
    xw.engines.add(engine)
    if activate:
        engine.activate()
    return engine  # type: ignore[no-any-return]


def attach(path: str | os.PathLike[str], profile: Path | None = None) -> xlwings.Book:
    """The workbook of this file as it is open in the user's LibreOffice; nothing is started or opened."""
    xw = _xlwings()
    known = {engine.name: engine for engine in xw.engines}
    engine = known.get("libreoffice") if profile is None else None
    if engine is None:
        engine = register(profile, activate=False)
    wanted = Path(path).resolve()
    for app in engine.apps:
        for book in app.books:
            if Path(book.fullname).is_absolute() and Path(book.fullname).resolve() == wanted:
                return book
    if not len(engine.apps):
        raise NotRunning("LibreOffice 没有打开。", f"请先在 LibreOffice 里打开 {wanted.name}。")
    raise NotRunning(f"{wanted.name} 没有在 LibreOffice 里打开。", f"请先在 LibreOffice 里打开 {wanted}。")


def _xlwings() -> Any:
    """xlwings, without the exit hooks that its first import installs: they end hidden Excels, or run macros in open ones."""
    first = "xlwings" not in sys.modules
    try:
        module = import_module("xlwings")
    except ImportError as error:
        raise Missing("没有装 xlwings。", "请先安装：pip install xlwings") from error
    for name in ("xlwings._xlwindows", "xlwings._xlmac"):
        if first and name in sys.modules:
            atexit.unregister(sys.modules[name].cleanup)
    return module

"""与 Excel、WPS 说话 — patience while they are busy, their errors in plain words, and the open workbook of a file."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import wraps
from importlib import import_module
from itertools import chain
from pathlib import Path
from time import sleep
from typing import Any, NoReturn, ParamSpec, TypeVar

from pyengine.ooxml import Locked, WriteRefused

from .desk import read_only

T = TypeVar("T")
P = ParamSpec("P")
_BUSY = frozenset({0x80010001, 0x8001010A, 0x800AC472})
_GONE = frozenset({0x80010108, 0x800706BA, 0x800706BE, 0x80010007})
_ATTEMPTS, _PAUSE = 60, 0.25


def patient(call: Callable[P, T]) -> Callable[P, T]:
    """The step is tried again while the program is busy, for a quarter of a minute; its errors become the ledger's.

    A step may be done twice in part: each one leaves the same behind however often it is done.
    """

    @wraps(call)
    def tried(*arguments: P.args, **named: P.kwargs) -> T:
        for _ in range(_ATTEMPTS - 1):
            try:
                return call(*arguments, **named)
            except Exception as error:
                if not _is_busy(error):
                    _say_plainly(error)
                sleep(_PAUSE)
        try:
            return call(*arguments, **named)
        except Exception as error:
            _say_plainly(error)

    return tried


def _codes(error: Exception) -> frozenset[int]:
    """The numbers of an error that comes from the program, unsigned; none for any other."""
    if type(error).__name__ != "com_error":
        return frozenset()
    details = getattr(error, "excepinfo", None)
    numbers = (getattr(error, "hresult", 0), details[5] if details else 0)
    return frozenset(number & 0xFFFFFFFF for number in numbers if number)


def is_refusal(error: Exception) -> bool:
    """The program is there, has time, and will not do this."""
    codes = _codes(error)
    return bool(codes) and not codes & (_BUSY | _GONE)


def _is_busy(error: Exception) -> bool:
    """A cell is being edited, a dialog is open, or a name could not be asked for because of that."""
    unasked = isinstance(error, AttributeError) and "has no attribute" not in str(error)
    return unasked or bool(_codes(error) & _BUSY) or type(error).__name__ == "ExcelBusyError"


def _say_plainly(error: Exception) -> NoReturn:
    """Raises what the program's error means to the ledger; an error of another kind as it is."""
    codes = _codes(error)
    if _is_busy(error):
        raise Locked(
            "表格程序正忙：有一格正在编辑，或者开着对话框。", "请按回车结束编辑、关掉对话框，再做一次。"
        ) from error
    if codes & _GONE:
        raise Locked("表格程序或这本台账中途关掉了，没有做完。", "请重新打开台账，再做一次。") from error
    if codes:
        raise WriteRefused(
            f"表格程序不接受改动（{max(codes):08X}）。", "请看工作表是否受保护、台账是否只读或共享，改好后再做一次。"
        ) from error
    raise error


@patient
def open_workbook(path: Path) -> tuple[Any, str, Callable[[datetime], object]] | None:
    """The program's own Workbook object of this file, the program's name, and its maker of moments; None: not open.

    Nothing is started or opened. Raises `Locked` when the program does not answer, or has the file open for reading only.
    """
    xlwings = _tamed_xlwings()
    if xlwings is None:
        return None
    windows = import_module("xlwings._xlwindows")
    for book in chain(_registered(path, windows), _in_windows(path, xlwings)):
        if book.ReadOnly:
            raise read_only(path)
        program = "WPS 表格" if "wps" in str(book.Application.Path).lower() else "Excel"
        return book, program, lambda day: xlwings.engines["excel"].impl.prepare_xl_data_element(day, None)
    return None


def _tamed_xlwings() -> Any:
    """xlwings with its exit hook taken off (it ends hidden Excels) and its endless waiting for a busy Excel; None if
    the computer has no way to talk to one."""
    try:
        xlwings, windows = import_module("xlwings"), import_module("xlwings._xlwindows")
    except ImportError:
        return None
    atexit.unregister(windows.cleanup)
    vars(windows)["N_COM_ATTEMPTS"] = 1
    return xlwings


def _registered(path: Path, windows: Any) -> Iterator[Any]:
    """The workbook as its program made it known to the system: found for Excel and for WPS."""
    pythoncom, client = import_module("pythoncom"), import_module("win32com.client")
    table, context = pythoncom.GetRunningObjectTable(), pythoncom.CreateBindCtx(0)
    for moniker in table:
        try:
            if not _same(moniker.GetDisplayName(context, None), path):
                continue
            found = table.GetObject(moniker).QueryInterface(pythoncom.IID_IDispatch)
        except pythoncom.com_error:
            continue
        yield windows.COMRetryObjectWrapper(client.Dispatch(found))


def _in_windows(path: Path, xlwings: Any) -> Iterator[Any]:
    """The workbook as a window shows it, for a program that has not made it known."""
    for app in xlwings.apps:
        with suppress(OSError):  # a window that belongs to another user, or is in protected view
            yield from [book.api for book in app.books if _same(str(book.api.FullName), path)]


def _same(name: str, path: Path) -> bool:
    """Whether a path, however spelled, is the file."""
    if os.path.normcase(name) == os.path.normcase(str(path)):
        return True
    try:
        return path.samefile(name)
    except (OSError, ValueError):
        return False

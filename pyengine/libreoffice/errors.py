"""出错 — every error of this package: one plain sentence saying what is wrong, one saying what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

_DEAD = ("DisposedException", "NoConnectException", "ConnectionSetupException", "BridgeCreationException")


class OfficeError(Exception):
    """LibreOffice 出错 — the common base: `message` says what is wrong, `advice` what to do, `retry` whether waiting helps."""

    retry: ClassVar[bool] = False

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class Missing(OfficeError):
    """缺程序 — LibreOffice, its Python bridge or xlwings is not installed, or does not fit this Python."""


class NotRunning(OfficeError):
    """没有打开 — no LibreOffice is running, or it does not have the workbook open."""


class Busy(OfficeError):
    """正忙 — LibreOffice does not answer in time (loading, printing, waiting for an answer); try again later."""

    retry = True


class Gone(OfficeError):
    """已关闭 — LibreOffice or the workbook was closed in the middle of the work."""


class Refused(OfficeError):
    """不予改动 — LibreOffice does not let the cells be changed: protected, part of an array formula, read-only."""


@contextmanager
def plainly(what: str) -> Iterator[None]:
    """Turn UNO's own exceptions inside into plain ones; `what` names the work, such as “写入 台账!A1:B2”."""
    try:
        yield
    except Exception as error:
        plain = _plain(error, what)
        if plain is None:
            raise
        raise plain from error


def _plain(error: Exception, what: str) -> OfficeError | None:
    name = type(error).__name__
    if not name.startswith("com.sun.star."):
        return None
    if name.endswith(_DEAD) or "bridge" in str(error).lower():
        return Gone(f"{what}时 LibreOffice 或这本表关掉了，没有做完。", "重新打开这本表，再做一次。")
    if name.endswith("CloseVetoException"):
        return Busy(f"{what}没有成功：LibreOffice 里还有对话框开着，或者正在打印。", "请关掉对话框，再做一次。")
    return Refused(
        f"{what}没有成功，LibreOffice 不接受。", "请看工作表是否受保护、是否只读、是否在数组公式里，改好后再做一次。"
    )

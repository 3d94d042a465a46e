"""在哪里做：关着的台账在文件里做，打开着的在窗口里做；进度也说在那里。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyengine.books.file import FileBook
from pyengine.options import progress, require, require_free
from pyengine.refresh import Book, Step


@dataclass(frozen=True, slots=True)
class Venue:
    """做事的地方：怎样打开台账，每走到一步怎样说。"""

    open_book: Callable[[], Book]
    step: Step


@contextmanager
def venue(ledger: Path, live: bool, steps: int, writes: bool = True) -> Iterator[Venue]:
    """台账所在：live 的是打开着它的窗口，否则是文件（要写的，文件不能有人开着）。没有打开、被占用抛 Locked。"""
    if not live:
        (require_free if writes else require)(ledger)
        with progress(steps) as step:
            yield Venue(lambda: FileBook(ledger), step)
        return
    from pyengine.books.live import LiveBook, open_desk

    require(ledger)
    desk = open_desk(ledger)
    with progress(steps) as step:

        def say(text: str) -> None:
            step(text)
            desk.say(f"督办台账：{text}……")

        try:
            yield Venue(lambda: LiveBook(ledger, desk), say)
        finally:
            desk.say("")

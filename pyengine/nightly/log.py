"""夜间任务的日志：台账旁 .duban/nightly.log，满了换新，旧的留几份。"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pyengine.books.locks import FOLDER

LOG = "nightly.log"
_SIZE, _OLD = 512 * 1024, 4


@contextmanager
def logging_to(ledger: Path) -> Iterator[logging.Logger]:
    """这本台账的日志；不能写的（文件夹只读）不记，不妨碍任务。"""
    log = logging.Logger("duban.nightly", logging.INFO)
    handler = _handler(ledger.parent / FOLDER / LOG)
    handler.setFormatter(logging.Formatter(f"%(asctime)s %(levelname)s {ledger.name} %(message)s"))
    log.addHandler(handler)
    try:
        yield log
    finally:
        handler.close()


def _handler(path: Path) -> logging.Handler:
    try:
        return RotatingFileHandler(path, maxBytes=_SIZE, backupCount=_OLD, encoding="utf-8")
    except OSError:
        return logging.NullHandler()

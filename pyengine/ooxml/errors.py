"""读写台账文件时的错误：一句话说清哪里不对，再一句话说怎么办。"""

from __future__ import annotations


class PackageError(Exception):
    """台账文件 — the common base: `message` says what is wrong and where, `advice` what to do about it."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class NotALedgerFile(PackageError):
    """不能读 — the file cannot be read as an Excel workbook at all, or not safely."""


class WriteRefused(PackageError):
    """不予写入 — the file can be read, but the change asked for would damage something that is protected."""


class Locked(PackageError):
    """文件被占用 — the workbook is open in another program, or another run of ours is writing it."""


class ChangedMeanwhile(PackageError):
    """文件中途被改 — the workbook on disk is no longer the one that was read; start over."""

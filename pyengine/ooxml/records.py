"""压缩包记录 — the records of a zip archive: central entries, extra fields, 64-bit values."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from .errors import NotALedgerFile

_DAMAGED = "请在 Excel 或 WPS 中打开并另存一份；打不开的，从备份恢复。"
END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
UTF8 = 0x0800
FULL = 0xFFFFFFFF


def damaged(what: str) -> NotALedgerFile:
    """The error for an archive whose records contradict each other."""
    return NotALedgerFile(f"文件不完整或已损坏：{what}。", _DAMAGED)


def find_end(content: bytes) -> int:
    """Where the end record begins. Raises `NotALedgerFile` when there is none."""
    at = len(content)
    while (at := content.rfind(b"PK\x05\x06", max(0, len(content) - 65557), at)) >= 0:
        if at + END.size <= len(content) and at + END.size + END.unpack_from(content, at)[7] <= len(content):
            return at
    raise damaged("缺少压缩包目录，文件可能没有传完")


def central_entries(content: bytes, at: int, stop: int) -> Iterator[bytes]:
    """The entries of the central directory, whole."""
    while at + CENTRAL.size <= stop and content[at : at + 4] == b"PK\x01\x02":
        lengths = struct.unpack_from("<3H", content, at + 28)
        length = CENTRAL.size + sum(lengths)
        yield content[at : at + length]
        at += length


def decode_name(raw: bytes, flags: int) -> str:
    """The member name: UTF-8 where it is that, whatever the flag says."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437" if not flags & UTF8 else "latin-1")


def _extras(block: bytes) -> Iterator[tuple[int, int, int]]:
    """(tag, start, stop) of each extra field; a malformed tail ends the walk."""
    at = 0
    while at + 4 <= len(block):
        tag, length = struct.unpack_from("<2H", block, at)
        if at + 4 + length > len(block):
            return
        yield tag, at, at + 4 + length
        at += 4 + length


def wide_values(entry: bytes) -> dict[str, int]:
    """The 64-bit values of a central entry: size, packed, offset, and `at`, where the offset stands in the entry."""
    *_, packed, size, name, extra, _, _, _, _, offset = CENTRAL.unpack_from(entry)
    start = CENTRAL.size + name
    for tag, first, stop in _extras(entry[start : start + extra]):
        if tag != 1:
            continue
        found: dict[str, int] = {}
        at = start + first + 4
        for key, value in (("size", size), ("packed", packed), ("offset", offset)):
            if value == FULL and at + 8 <= start + stop:
                found[key], found["at"] = struct.unpack_from("<Q", entry, at)[0], at
                at += 8
        return found
    return {}


def offset_of(entry: bytes) -> int:
    """Where the entry's member begins in the file."""
    wide = wide_values(entry)
    return wide["offset"] if "offset" in wide else int.from_bytes(entry[42:46], "little")


def with_offset(entry: bytes, offset: int) -> bytes:
    """The entry pointing to another place."""
    wide = wide_values(entry)
    if "offset" in wide:
        return entry[: wide["at"]] + struct.pack("<Q", offset) + entry[wide["at"] + 8 :]
    return entry[:42] + struct.pack("<L", offset) + entry[46:]


def without_zip64(block: bytes) -> bytes:
    """The extra fields without 64-bit sizes."""
    for tag, start, stop in _extras(block):
        if tag == 1:
            return block[:start] + block[stop:]
    return block


def central_replaced(entry: bytes, flags: int, crc: int, packed: int, size: int) -> bytes:
    """The entry for new content; its offset is to be set."""
    fields = list(CENTRAL.unpack_from(entry))
    name, extra = fields[10], fields[11]
    start = CENTRAL.size
    extras = without_zip64(entry[start + name : start + name + extra])
    fields[2], fields[3], fields[4] = max(fields[2], 20), flags, 8
    fields[7:10] = [crc, packed, size]
    fields[11], fields[16] = len(extras), 0
    return CENTRAL.pack(*fields) + entry[start : start + name] + extras + entry[start + name + extra :]

"""压缩包 — a zip archive whose untouched members are given back as the very bytes they were read as.

`zipfile` can only re-compress; a ledger must come back with every other member identical down to the extra fields, so
the records are read with `struct` and copied. Nothing is written to disk here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from .errors import NotALedgerFile
from .records import (
    CENTRAL,
    END,
    END64,
    FULL,
    LOCAL,
    LOCATOR,
    UTF8,
    central_entries,
    central_replaced,
    damaged,
    decode_name,
    find_end,
    offset_of,
    wide_values,
    with_offset,
    without_zip64,
)

MAX_FILE = 1 << 30
MAX_PART = 512 << 20
MAX_TOTAL = 2 << 30
MAX_RATIO = 400
RATIO_COUNTS_FROM = 32 << 20
_ENCRYPTED = 0x0001
_LEVEL = 5  # half the time of level 6, and sheets grow by 2 %


@dataclass(frozen=True, slots=True)
class Member:
    """压缩包成员 — one entry of the central directory, with the whole stretch of the file that belongs to it."""

    name: str
    central: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    stop: int


class Archive:
    """一个压缩包 — parsed from bytes. Raises `NotALedgerFile` when truncated, contradictory or absurdly large."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._end_at = find_end(content)
        self._count, self._central_size, self._central_at, self._end64_at = self._directory()
        self.members = tuple(self._members())
        self.by_name = {member.name: member for member in self.members}
        if len(self.by_name) != len(self.members):
            raise damaged("压缩包里有重名的成员")
        _check_sizes(self.members)

    def _directory(self) -> tuple[int, int, int, int]:
        """Entry count, size and offset of the central directory, and where the ZIP64 end record lies (-1: none)."""
        _, disk, first, _, count, size, offset, _ = END.unpack_from(self.content, self._end_at)
        if disk or first:
            raise damaged("分卷压缩的文件")
        locator_at = self._end_at - LOCATOR.size
        end64_at = -1
        if locator_at >= 0 and self.content[locator_at : locator_at + 4] == b"PK\x06\x07":
            end64_at = LOCATOR.unpack_from(self.content, locator_at)[2]
            if self.content[end64_at : end64_at + 4] != b"PK\x06\x06" or end64_at + END64.size > locator_at:
                raise damaged("ZIP64 目录位置不对")
            *_, count, size, offset = END64.unpack_from(self.content, end64_at)
        if offset + size > (self._end_at if end64_at < 0 else end64_at):
            raise damaged("压缩包目录位置不对")
        return count, size, offset, end64_at

    def _members(self) -> Iterator[Member]:
        entries = list(central_entries(self.content, self._central_at, self._central_at + self._central_size))
        if len(entries) != self._count:
            raise damaged("压缩包目录条数不对")
        starts = [*sorted(offset_of(entry) for entry in entries), self._central_at]
        following = dict(pairwise(starts))
        if len(following) != len(entries):
            raise damaged("成员互相重叠")
        for entry in entries:
            yield self._member(entry, following[offset_of(entry)])

    def _member(self, entry: bytes, stop: int) -> Member:
        _, _, _, flags, method, _, _, crc, packed, size, name_length, *_ = CENTRAL.unpack_from(entry)
        wide = wide_values(entry)
        size, packed = wide.get("size", size), wide.get("packed", packed)
        start = offset_of(entry)
        if self.content[start : start + 4] != b"PK\x03\x04" or start + LOCAL.size > stop:
            raise damaged("成员的位置不对")
        *_, local_name, local_extra = LOCAL.unpack_from(self.content, start)
        data = start + LOCAL.size + local_name + local_extra
        if data + packed > stop:
            raise damaged("成员互相重叠")
        raw_name = entry[CENTRAL.size : CENTRAL.size + name_length]
        if raw_name != self.content[start + LOCAL.size : start + LOCAL.size + local_name]:
            raise damaged("成员的名称前后不一")
        name = decode_name(raw_name, flags)
        return Member(name, entry, flags, method, crc, packed, size, start, data, stop)

    def raw(self, name: str) -> bytes:
        """The member's whole stretch: local header, extra fields, compressed bytes, data descriptor."""
        member = self.by_name[name]
        return self.content[member.start : member.stop]

    def read(self, name: str, limit: int = MAX_PART) -> bytes:
        """The member's content, inflated up to its declared size and checked. Raises `NotALedgerFile`."""
        member = self.by_name[name]
        packed = memoryview(self.content)[member.data : member.data + member.packed]
        if member.flags & _ENCRYPTED:
            raise NotALedgerFile(f"压缩包成员 {name} 加了密码，读不了。", "请去掉压缩密码，或从 Excel 重新另存。")
        if member.method not in (0, 8) or member.size > limit:
            raise damaged(f"成员 {name} 的压缩方式或大小不正常")
        content = bytes(packed) if member.method == 0 else _inflate(packed, member)
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise damaged(f"成员 {name} 的内容与校验码不符")
        return content

    def head(self, name: str, length: int) -> bytes:
        """The first `length` bytes of the member's content (fewer if it is shorter or cannot be inflated)."""
        member = self.by_name[name]
        packed = self.content[member.data : member.data + min(member.packed, 2 * length)]
        if member.method == 0:
            return packed[:length]
        try:
            return zlib.decompressobj(-15).decompress(packed, length) if member.method == 8 else b""
        except zlib.error:
            return b""

    def rebuilt(self, replaced: Mapping[str, bytes]) -> bytes:
        """The archive with these members' contents replaced; every other member, and the order, as it was."""
        pieces: list[bytes] = []
        offsets: dict[str, int] = {}
        centrals: dict[str, bytes] = {}
        position = 0
        in_place = sorted(self.members, key=lambda member: member.start)
        pieces.append(self.content[: in_place[0].start if in_place else 0])
        position += len(pieces[0])
        for member in in_place:
            piece, centrals[member.name] = self._emit(member, replaced.get(member.name))
            offsets[member.name] = position
            pieces.append(piece)
            position += len(piece)
        directory = b"".join(with_offset(centrals[m.name], offsets[m.name]) for m in self.members)
        return b"".join((*pieces, directory, self._ending(position, len(directory))))

    def _emit(self, member: Member, content: bytes | None) -> tuple[bytes, bytes]:
        """The member's stretch and its central entry (offset still the old one)."""
        if content is None:
            return self.content[member.start : member.stop], member.central
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        flags, crc = member.flags & UTF8, zlib.crc32(content)
        sign, version, _, _, time, date, *_, name, _ = LOCAL.unpack_from(self.content, member.start)
        named = self.content[member.start + LOCAL.size : member.start + LOCAL.size + name]
        extras = without_zip64(self.content[member.start + LOCAL.size + name : member.data])
        sizes = crc, len(packed), len(content)
        local = LOCAL.pack(sign, max(version, 20), flags, 8, time, date, *sizes, name, len(extras))
        return local + named + extras + packed, central_replaced(member.central, flags, *sizes)

    def _ending(self, central_at: int, central_size: int) -> bytes:
        """Everything after the central directory, with its place and size corrected; signatures and comment kept."""
        wide = b""
        if self._end64_at >= 0:
            fields = list(END64.unpack_from(self.content, self._end64_at))
            fields[-2:] = [central_size, central_at]
            extended = self.content[self._end64_at + END64.size : self._end_at - LOCATOR.size]
            wide = END64.pack(*fields) + extended + LOCATOR.pack(b"PK\x06\x07", 0, central_at + central_size, 1)
        fields = list(END.unpack_from(self.content, self._end_at))
        if fields[6] != FULL:
            fields[6] = central_at
        if fields[5] != FULL:
            fields[5] = central_size
        return wide + END.pack(*fields) + self.content[self._end_at + END.size :]


def _inflate(packed: memoryview, member: Member) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(packed, member.size + 1)
    except zlib.error as error:
        raise damaged(f"成员 {member.name} 解压不了") from error


def _check_sizes(members: tuple[Member, ...]) -> None:
    absurd = any(m.size > RATIO_COUNTS_FROM and m.size > MAX_RATIO * max(m.packed, 1) for m in members)
    if absurd or any(m.size > MAX_PART for m in members) or sum(m.size for m in members) > MAX_TOTAL:
        raise NotALedgerFile("文件解压后大得不正常，不予打开。", "请核对文件来源；确是台账的，删去空白行列后另存。")

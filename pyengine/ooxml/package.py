"""文件包 — an .xlsx/.xlsm as its parts: who refers to whom, which part is which sheet, and how it is saved again."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

from . import markup
from .archive import MAX_FILE, Archive
from .errors import NotALedgerFile, WriteRefused
from .records import damaged

_HEAD = 1 << 11
_LONG_HEAD = 1 << 16
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”或“启用宏的工作簿（*.xlsm）”。"
_TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/"
_MAIN = "spreadsheetml.sheet.main+xml", "macroEnabled.main+xml", "template.main+xml"


@dataclass(frozen=True, slots=True)
class Relationship:
    """关系 — one internal relationship: its id, the last word of its type, and the part it points to."""

    id: str
    kind: str
    target: str


class Package:
    """一个 Excel 文件包. Changes are kept in memory until `save`; parts never replaced are saved as the same bytes.

    `strict`: the parts speak the ISO "strict" dialect, which few programs but Excel read.
    """

    def __init__(self, content: bytes, name: str) -> None:
        _check_signature(content, name)
        try:
            self._archive = Archive(content)
        except struct.error as error:
            raise damaged("压缩包目录读不全") from error
        self.name = name
        self._parts = {_canonical(member.name): member.name for member in self._archive.members}
        if len(self._parts) != len(self._archive.members):
            raise damaged("压缩包里有重名的成员")
        self._new: dict[str, bytes] = {}
        self._check_heads()
        self.workbook = self._find_workbook()
        root = markup.parse(self.text(self.workbook), self.workbook)
        self.strict = root.namespace.startswith(_STRICT)
        if root.name != "workbook" or not (self.strict or root.namespace == _TRANSITIONAL):
            raise NotALedgerFile("工作簿部件的内容不是工作簿。", _SAVE_AS)
        self._sheets = self._find_sheets(root)
        properties = root.child("workbookPr")
        flag = "" if properties is None else properties.attributes.get("date1904", "")
        self.date1904 = flag in ("1", "true")

    @classmethod
    def open(cls, path: Path) -> Package:
        """The package at `path`. Raises `NotALedgerFile` if it is none, `OSError` if the file cannot be read."""
        if path.stat().st_size > MAX_FILE:
            raise NotALedgerFile(f"{path.name} 太大，不予打开。", "请核对文件来源；确是台账的，删去图片后另存。")
        return cls(path.read_bytes(), path.name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all zip members, in order."""
        return tuple(member.name for member in self._archive.members)

    @property
    def replaced(self) -> tuple[str, ...]:
        """Names of the members whose content was replaced, in order."""
        return tuple(name for name in self.names if name in self._new)

    def has(self, part: str) -> bool:
        """Whether there is such a part (part names know no case)."""
        return _canonical(part) in self._parts

    def read(self, part: str) -> bytes:
        """The part's content as it now stands. Raises `NotALedgerFile` if it is missing or damaged."""
        member = self.member(part)
        return self._new[member] if member in self._new else self._archive.read(member)

    def text(self, part: str) -> bytes:
        """The part's XML in UTF-8, whatever its encoding."""
        return markup.to_utf8(self.read(part), part)

    def raw(self, part: str) -> bytes:
        """The stretch of the opened file that holds this member: header, compressed bytes, descriptor."""
        return self._archive.raw(self.member(part))

    def replace(self, part: str, content: bytes) -> None:
        """Take this content for the part from now on."""
        self._new[self.member(part)] = content

    def to_bytes(self) -> bytes:
        """The whole package as a file, replaced parts included."""
        return self._archive.rebuilt(self._new)

    def save(self, target: Path) -> None:
        """Write the package to `target` (which may be the file it came from)."""
        target.write_bytes(self.to_bytes())

    def sheets(self) -> Mapping[str, str]:
        """工作表名 → part name of every worksheet, in the order of the tabs; chart and macro sheets are left out."""
        return MappingProxyType(self._sheets)

    def relationships(self, part: str) -> tuple[Relationship, ...]:
        """The part's relationships to other parts of the package; external ones and bare #fragments are left out."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", name + ".rels")
        if not self.has(source):
            return ()
        found = []
        for node in markup.parse(self.text(source), source).every("Relationship"):
            target = node.attributes.get("Target", "").partition("#")[0]
            if target and node.attributes.get("TargetMode") != "External":
                path = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/")))
                kind = node.attributes.get("Type", "")
                found.append(Relationship(node.attributes.get("Id", ""), kind.rpartition("/")[2], path.lstrip("/")))
        return tuple(found)

    def related(self, part: str, kind: str) -> tuple[str, ...]:
        """Names of the existing parts this part refers to by relationships of that kind."""
        return tuple(r.target for r in self.relationships(part) if r.kind == kind and self.has(r.target))

    def content_type(self, part: str) -> str:
        """The part's declared content type, or an empty string."""
        types = markup.parse(self.text("[Content_Types].xml"), "[Content_Types].xml")
        wanted = _canonical(part)
        for node in types.every("Override"):
            if _canonical(node.attributes.get("PartName", "")) == wanted:
                return node.attributes.get("ContentType", "")
        ending = wanted.rpartition(".")[2]
        defaults = (n for n in types.every("Default") if n.attributes.get("Extension", "").lower() == ending)
        return next((node.attributes.get("ContentType", "") for node in defaults), "")

    def check_writable(self) -> None:
        """Raises `WriteRefused` for packages that any change would spoil: digitally signed, or with a revision log."""
        signed = any(_canonical(name).startswith("_xmlsignatures/") for name in self.names)
        if signed or any(r.kind == "origin" for r in self.relationships("")):
            raise WriteRefused(f"{self.name} 带有数字签名，一改就失效。", "请先在 Excel 中去掉签名，填报完再重新签。")
        if any(r.kind == "revisionHeaders" for r in self.relationships(self.workbook)):
            raise WriteRefused(
                f"{self.name} 开着“共享工作簿”的修订记录，改动会与记录对不上。", "请在 Excel“审阅”中取消共享后再运行。"
            )

    def member(self, part: str) -> str:
        """The part's name as the zip archive spells it. Raises `NotALedgerFile` if there is no such part."""
        try:
            return self._parts[_canonical(part)]
        except KeyError:
            raise NotALedgerFile(f"{self.name} 缺少部件 {part}。", _SAVE_AS) from None

    def _check_heads(self) -> None:
        """Raises `NotALedgerFile` if a part declares a DOCTYPE, or hides its root behind 64 KB of something else."""
        for part, name in self._parts.items():
            if part.endswith((".xml", ".rels")) and not markup.check_head(self._archive.head(name, _HEAD), name):
                head = self._archive.head(name, _LONG_HEAD)
                if not markup.check_head(head, name) and len(head) == _LONG_HEAD:
                    raise NotALedgerFile(f"部件 {name} 开头不正常。", "请核对文件来源，不要使用来历不明的文件。")

    def _find_workbook(self) -> str:
        if not self.has("[Content_Types].xml"):
            raise NotALedgerFile(f"{self.name} 是压缩包，但不是 Excel 工作簿。", _SAVE_AS)
        targets = [r.target for r in self.relationships("") if r.kind == "officeDocument"]
        if not targets or not self.has(targets[0]):
            raise NotALedgerFile(f"{self.name} 缺少工作簿部件，不是完整的 Excel 文件。", _SAVE_AS)
        kind = self.content_type(targets[0])
        if kind and not kind.endswith(_MAIN):
            what = "二进制工作簿（.xlsb）" if "binary" in kind else "别的办公文档"
            raise NotALedgerFile(f"{self.name} 是{what}，不是 .xlsx 或 .xlsm。", _SAVE_AS)
        return targets[0]

    def _find_sheets(self, root: markup.Node) -> dict[str, str]:
        targets = {r.id: r for r in self.relationships(self.workbook)}
        found: dict[str, str] = {}
        for node in root.every("sheet"):
            ids = [value for key, value in node.attributes.items() if key.rpartition("\n")[2] == "id"]
            relation = targets.get(ids[0]) if ids else None
            if relation is not None and relation.kind == "worksheet" and self.has(relation.target):
                found[node.attributes.get("name", "")] = relation.target
        return found


def _canonical(name: str) -> str:
    return unquote(name).replace("\\", "/").lstrip("/").lower()


def _check_signature(content: bytes, name: str) -> None:
    """Raises `NotALedgerFile` for anything that is no zip archive, saying what it is as far as it can be told."""
    if not content:
        raise NotALedgerFile(f"{name} 是空文件。", "请从备份恢复，或重新拷贝一份。")
    if content.startswith(_CFB):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise NotALedgerFile(f"{name} 设了打开密码，读不了。", "请在 Excel“文件—信息—保护工作簿”中去掉密码后保存。")
        raise NotALedgerFile(f"{name} 是旧版 .xls 格式（97-2003）。", _SAVE_AS)
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise NotALedgerFile(f"{name} 不是 Excel 工作簿，只是改了扩展名的其他文件。", _SAVE_AS)

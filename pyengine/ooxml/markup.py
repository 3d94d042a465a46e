"""标记文本 — XML as bytes with offsets: find an element, change those bytes, leave every other byte alone.

`expat` says where each element starts; nothing is ever re-serialised. All functions take UTF-8 bytes (see `to_utf8`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from operator import itemgetter
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr, unescape

from .errors import NotALedgerFile

ATTRIBUTES: Final = rb"""((?:[^>"'/]++|"[^"]*+"|'[^']*+')*+)"""
_OPEN_TAG = re.compile(rb"""<([^\s/>:]+:)?(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')""")
_DECLARATION = re.compile(r"""^(<\?xml[^>]*?encoding\s*=\s*)(["'])([^"']+)\2""")
_HIDDEN = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ENTITIES = {"&quot;": '"', "&apos;": "'"}
_UTF8 = frozenset(("", "utf-8", "utf8", "us-ascii", "ascii", "utf-8-sig"))
_OTHERS = re.compile(
    r"utf-?16(-?[lb]e)?|gb18030|gbk|gb2312|cp936|big5|(iso-8859|windows)-\d{1,4}|shift_jis|euc-(jp|kr)"
)
MAX_NODES: Final = 1_000_000
MAX_DEPTH: Final = 256

_SAVE_AGAIN: Final = "请在 Excel 中打开并另存一份。"

Splice = tuple[int, int, bytes]


@dataclass(slots=True)
class Node:
    """元素 — one element: names without prefix, namespace apart; offsets of its tag, content and end in the bytes."""

    name: str
    namespace: str
    prefix: bytes
    attributes: dict[str, str]
    start: int
    open_end: int
    close: int = -1
    end: int = -1
    children: list[Node] = field(default_factory=list)

    @property
    def empty_tag(self) -> bool:
        """True for `<x/>`."""
        return self.close == self.end

    def child(self, name: str) -> Node | None:
        """The first child of that name, or None."""
        return next((node for node in self.children if node.name == name), None)

    def every(self, name: str) -> Iterator[Node]:
        """All descendants of that name, in document order."""
        waiting = self.children[::-1]
        while waiting:
            node = waiting.pop()
            if node.name == name:
                yield node
            waiting += node.children[::-1]


def to_utf8(content: bytes, part: str, errors: str = "strict") -> bytes:
    """The same document in UTF-8; unchanged bytes if it already is. Raises `NotALedgerFile` if it cannot be decoded."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    if not encoding and content[:2] in (b"<\x00", b"\x00<"):
        encoding = "utf-16-le" if content[:1] == b"<" else "utf-16-be"
    declared = _DECLARATION.match(content[:200].decode("latin-1"))
    if not encoding and declared:
        encoding = declared.group(3)
    if encoding.lower() in _UTF8:
        return content
    try:
        if not _OTHERS.fullmatch(encoding.lower()):
            raise LookupError(encoding)  # Python knows encodings that no workbook is written in
        text = content.decode("gb18030" if encoding.lower() in ("gb2312", "gbk") else encoding, errors)
        if "\0" in text:
            raise LookupError(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise NotALedgerFile(f"部件 {part} 的文字编码 {encoding} 认不出。", _SAVE_AGAIN) from error
    return _DECLARATION.sub(r"\1\2UTF-8\2", text.lstrip("\ufeff"), count=1).encode("utf-8")


def check(content: bytes, part: str) -> None:
    """Nothing if the document is well-formed and has no DOCTYPE; raises `NotALedgerFile` otherwise."""
    _run(_parser(part), content, part)


def check_head(head: bytes, part: str) -> bool:
    """Whether the root element begins in these first bytes (True also where no XML can be made out: that is refused
    when it is used). Raises `NotALedgerFile` if a DOCTYPE stands before it."""
    try:
        head = to_utf8(head, part, "ignore")
    except NotALedgerFile:
        return True
    parser = _parser(part)
    seen: list[str] = []
    parser.StartElementHandler = lambda name, attributes: seen.append(name)
    try:
        for at in range(0, len(head), 512):
            parser.Parse(head[at : at + 512], False)
            if seen:
                return True
    except expat.ExpatError:
        return True
    return False


def parse(content: bytes, part: str) -> Node:
    """The document's root with all its elements. Raises `NotALedgerFile` if it is not well-formed, has a DOCTYPE, or
    is a document of millions of elements or of hundreds within each other."""
    parser = _parser(part, "\n")
    top = Node("", "", b"", {}, 0, 0)
    stack, room = [top], count(-MAX_NODES)

    def begin(name: str, attributes: dict[str, str]) -> None:
        if next(room) == 0 or len(stack) > MAX_DEPTH:
            raise NotALedgerFile(f"部件 {part} 的结构多得不正常，不予打开。", _SAVE_AGAIN)
        at = parser.CurrentByteIndex
        tag = _OPEN_TAG.match(content, at)
        if tag is None:
            raise NotALedgerFile(f"部件 {part} 的文字编码认不出。", _SAVE_AGAIN)
        namespace, _, local = name.rpartition("\n")
        node = Node(local, namespace, tag[1] or b"", attributes, at, tag.end())
        stack[-1].children.append(node)
        stack.append(node)

    def finish(name: str) -> None:
        node = stack.pop()
        if content[node.open_end - 2 : node.open_end] == b"/>":
            node.close = node.end = node.open_end
            return
        node.close = parser.CurrentByteIndex
        node.end = content.index(b">", node.close) + 1

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    _run(parser, content, part)
    return top.children[0]


def splice(content: bytes, splices: list[Splice]) -> bytes:
    """The bytes with every (start, stop, replacement) carried out; splices must not overlap."""
    pieces: list[bytes] = []
    at = 0
    for start, stop, new in sorted(splices, key=itemgetter(0, 1)):
        if start < at:
            raise ValueError(f"overlapping splices at byte {start}")
        pieces += (content[at:start], new)
        at = stop
    pieces.append(content[at:])
    return b"".join(pieces)


def masked(content: bytes, start: int = 0) -> bytes:
    """The bytes with comments, CDATA and instructions from `start` on blanked out: offsets stay, each `<` is a tag."""
    if content.find(b"!", start) < 0 and content.find(b"?", start) < 0:
        return content  # no such thing without one of these, and two single bytes are found many times faster
    if _HIDDEN.search(content, start) is None:
        return content
    return content[:start] + _HIDDEN.sub(lambda found: b" " * len(found.group()), content[start:])


def attributes_of(block: bytes) -> dict[bytes, bytes]:
    """Attribute names as spelled, with their raw quoted values, from the inside of an open tag."""
    return dict(_ATTRIBUTE.findall(block if block[:1].isspace() else b" " + block))


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """The open tag `<x …>` with one attribute set; the others as they were."""
    quoted = quoteattr(value).encode()
    found = _spelling(name).search(tag)
    if found is not None:
        return tag[: found.end(1)] + quoted + tag[found.end() :]
    at = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:at].rstrip() + b" " + name.encode() + b"=" + quoted + tag[at:]


@cache
def _spelling(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"(\s" + re.escape(name.encode()) + rb"\s*=\s*)(?:\"[^\"]*\"|'[^']*')")


def attribute_splice(content: bytes, node: Node, name: str, value: str) -> Splice:
    """The splice that sets one attribute of the node."""
    return node.start, node.open_end, with_attribute(content[node.start : node.open_end], name, value)


def append_splices(content: bytes, node: Node, children: bytes, attributes: dict[str, str]) -> list[Splice]:
    """The splices that append children to the node (opening a self-closed one) and set attributes."""
    tag = content[node.start : node.open_end]
    for name, value in attributes.items():
        tag = with_attribute(tag, name, value)
    if node.empty_tag:
        closing = b"</" + node.prefix + node.name.encode() + b">"
        return [(node.start, node.open_end, tag[:-2].rstrip() + b">" + children + closing)]
    return [(node.start, node.open_end, tag), (node.close, node.close, children)]


def text_bytes(text: str) -> bytes:
    """Character data, escaped."""
    return escape(text).encode("utf-8")


def plain_text(raw: bytes) -> str:
    """The characters that escaped character data stands for."""
    numbered = re.sub(r"&#(x[0-9A-Fa-f]+|\d+);", _numbered, raw.decode("utf-8"))
    return unescape(numbered, _ENTITIES)


def _numbered(found: re.Match[str]) -> str:
    code = found.group(1)
    return chr(int(code[1:], 16) if code[0] == "x" else int(code))


def _parser(part: str, separator: str | None = None) -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8", namespace_separator=separator)

    def refuse(*declaration: object) -> None:
        advice = "请核对文件来源；正常的台账里不会有。"
        raise NotALedgerFile(f"部件 {part} 里有 DOCTYPE 声明，可能有害，不予打开。", advice)

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _run(parser: expat.XMLParserType, content: bytes, part: str) -> None:
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise NotALedgerFile(
            f"部件 {part} 不是完整的 XML（第 {error.lineno} 行）。", "请在 Excel 中打开并另存一份，或从备份恢复。"
        ) from error

"""模板文件：打开 docx，核对它是一份老实的文档——大小正常、没有 DOCTYPE、不连外面的文件、标记成对。"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from lxml import etree  # type: ignore[import-untyped, unused-ignore]

from pyengine.kinds import LetterProblem
from pyengine.ooxml import NotALedgerFile, markup

TAGGED: Final = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
"""可以写标记的部件。"""

_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_MAIN, _SETTINGS, _TYPES = "word/document.xml", "word/settings.xml", "[Content_Types].xml"
_DOCUMENT: Final = b"wordprocessingml.document.main+xml"
_MOST, _MOST_TAGGED = 64 << 20, 2 << 20
_MOST_TAGS, _LONGEST_TAG = 2000, 400
_STRANGE: Final = re.compile(r"\.\.|[\\\x00-\x1f]|^/")
_XML_TAG: Final = re.compile(r"<[^>]*>")
_ATTRIBUTE: Final = re.compile(r'="([^"]*\{[^"]*)"')
_MARK: Final = re.compile(r"\{[{%#]|[}%#]\}")
_CLOSING: Final = {"{{": "}}", "{%": "%}", "{#": "#}"}
_DISPLACED: Final = re.compile(r"\{\{(?:p|r|tr|tc)\s")
"""docxtpl 富文本的写法：填的字会落到段落外面，印不出来。"""

_REACHING: Final = re.compile(
    r"^[^\S\n]*(?:DDE|DDEAUTO|LINK|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|DATABASE|RD)\b.*|.*\{[{%].*", re.I | re.M
)
"""读外面的文件、动外面的程序的域，和写了标记的域。"""

_SAVE_AS: Final = "请在 Word 或 WPS 里另存为“Word 文档（*.docx）”，不设密码；或删去它，改用随程序的模板"
_ANOTHER: Final = "请从随程序的模板重新改一份，不要用来历不明的文件"
_PAIRS: Final = "请核对这一处：括号是否成对、用英文半角，if、for 是否都有 endif、endfor，过滤器名是否写对"
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, OSError, NotImplementedError, RuntimeError,
    etree.XMLSyntaxError,
)  # fmt: skip
Members = Mapping[str, bytes]


class TemplateProblem(LetterProblem):
    """模板有错：不是 docx、标记写错、用了没有的名称、连着外面的文件。"""


def bad_tag(name: str, where: str) -> TemplateProblem:
    """标记写错了，在哪一处。"""
    return TemplateProblem(f"{name}的标记写错了，在“{where}”处", _PAIRS)


def plain(text: str) -> str:
    """给人看的原文：去掉 XML，至多 40 字。"""
    return " ".join(re.sub(r"<[^>]*>?", "", text).split())[:40]


def members_of(name: str, data: bytes) -> Members:
    """模板的各部件，次序照旧，附着的别的模板已经摘下。不是能用的 docx、夹带着外面的东西，则 TemplateProblem。"""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = _unpacked(name, package)
        if _DOCUMENT not in members[_TYPES] or _MAIN not in members or any(map(_STRANGE.search, members)):
            raise KeyError(name)
        for part in members.values():
            if b"instr" in part:
                _refuse_reaching(name, parsed(part))
    except _DAMAGED as error:
        raise TemplateProblem(f"{name}不是能用的 docx 文档", _SAVE_AS) from error
    links = (_unlinked(name, member, part) for member, part in members.items() if member.endswith(".rels"))
    cut = {member: part for member, part in links if part != members[member]}
    return {**members, **cut, **({_SETTINGS: _unattached(members[_SETTINGS])} if cut and _SETTINGS in members else {})}


def parsed(part: bytes | str) -> etree._Element:
    """部件的元素树；不展开实体，不上网。"""
    return etree.fromstring(part, _PARSER)


def _unpacked(name: str, package: zipfile.ZipFile) -> dict[str, bytes]:
    """各部件的内容，XML 一律成 UTF-8。"""
    entries = package.infolist()
    tagged = [entry.file_size for entry in entries if TAGGED.fullmatch(entry.filename)]
    if sum(entry.file_size for entry in entries) > _MOST or max(tagged, default=0) > _MOST_TAGGED:
        raise TemplateProblem(f"{name}解压后大得不正常", "请删去里面的大图片；或删去它，改用随程序的模板")
    members = {entry.filename: package.read(entry) for entry in entries}
    if len(members) != len(entries):
        raise ValueError(name)
    xml = (member for member in members if member.lower().endswith((".xml", ".rels", ".vml")))
    return {**members, **{member: _checked(name, member, members[member]) for member in xml}}


def _checked(name: str, member: str, part: bytes) -> bytes:
    """XML 部件，与台账同样地核对：没有 DOCTYPE，完整。"""
    try:
        text = markup.to_utf8(part, member)
        markup.check(text, member)
    except NotALedgerFile as error:
        raise TemplateProblem(f"{name}的{error.message.rstrip('。')}", _ANOTHER) from error
    return text


def _refuse_reaching(name: str, tree: etree._Element) -> None:
    """读外面的文件、动外面的程序的域（INCLUDETEXT、DDE 一类），域里写标记的，则 TemplateProblem。"""
    nodes = tree.iter("{*}instrText", "{*}fldChar")
    codes = "".join("\n" if node.tag.endswith("fldChar") else node.text or "" for node in nodes)
    simple = (value for node in tree.iter("{*}fldSimple") for value in node.attrib.values())
    found = _REACHING.search("\n".join((codes, *simple)))
    if found:
        advice = "请在 Word 里按 Alt+F9 显示域代码，改掉这个域"
        raise TemplateProblem(f"{name}的域代码“{plain(found[0])}”不能用", advice)


def _unlinked(name: str, member: str, part: bytes) -> tuple[str, bytes]:
    """（关系部件，摘下附着的模板以后的内容）；连着外面的图片、文档、数据源的，则 TemplateProblem。"""
    cut: list[markup.Splice] = []
    for node in markup.parse(part, member).every("Relationship"):
        kind, target = (node.attributes.get(key, "").strip() for key in ("Type", "Target"))
        kind = kind.rpartition("/")[2]
        outside = node.attributes.get("TargetMode", "").strip().lower() == "external" or ":" in target
        if outside and kind == "attachedTemplate":
            cut.append((node.start, node.end, b""))
        elif kind == "aFChunk" or (outside and kind != "hyperlink"):
            advice = "请在 Word 的“文件—信息—编辑指向文件的链接”里断开它，图片改为嵌入；或删去这份模板，改用随程序的"
            raise TemplateProblem(f"{name}连着外面的文件“{plain(target)}”（{kind}）", advice)
    return member, markup.splice(part, cut)


def _unattached(settings: bytes) -> bytes:
    """文档设置里去掉“附着的模板”：打开公文不会去找它。"""
    nodes = markup.parse(settings, _SETTINGS).every("attachedTemplate")
    return markup.splice(settings, [(node.start, node.end, b"") for node in nodes])


def refuse_odd_tags(name: str, xml: str) -> None:
    """标记不成对、太长、太多，则 TemplateProblem：拼标记（docxtpl）碰上它们要算很久。"""
    text = _XML_TAG.sub(lambda tag: "\n" if tag[0][:5] in ("<w:p>", "<w:p ") else "", xml)
    if sum(_tags_in(name, part) for part in (text, *_ATTRIBUTE.findall(xml))) > _MOST_TAGS:
        raise TemplateProblem(f"{name}里的标记多得不正常", "重复的内容请用 for 循环；或删去它，改用随程序的模板")


def _tags_in(name: str, text: str) -> int:
    """一段文字里有几个标记。"""
    count, opened = 0, None
    for mark in _MARK.finditer(text):
        if opened is None:
            opened = mark if mark[0] in _CLOSING else None
        elif mark[0] == _CLOSING[opened[0]] and mark.start() - opened.start() < _LONGEST_TAG:
            if _DISPLACED.match(opened.string, opened.start()):
                break
            count, opened = count + 1, None
        elif mark[0] in _CLOSING and opened[0] != "{#":
            break
    if opened is not None:
        line = text[max(text.rfind("\n", 0, opened.start()) + 1, opened.start() - 10) :].partition("\n")[0]
        raise bad_tag(name, plain(line))
    return count

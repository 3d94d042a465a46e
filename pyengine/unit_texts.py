"""单位栏先整理一遍：人名、注是另一回事，去掉；引号、星号、加号一类换成通常的写法。括号已经收起来。"""

from __future__ import annotations

import re
from typing import Final

from pyengine import unit_words as words

_START: Final = r"(?:^|(?<=[、，,；;。\s]))"
_NOTE = re.compile(rf"{_START}(?:备注|附注|说明|注)[：:][^\r\n]*")
_PERSON = re.compile(
    rf"{_START}[^、，,；;。：:\s]{{0,6}}(?:领导|责任人|负责人|联系人|联络员|负责同志|电话|手机)[：:]"
    rf"[^；;。\r\n]*?(?=[；;。\r\n]|$|[、，,\s]\s*(?:(?:{words.LABEL_WORD.pattern})[：:]|[县市区旗各团国][^、，,；;。\s]+{words.END_CHAR}))"
)
_QUOTED = re.compile(rf"{_START}[“\"‘「]([^“”\"‘’「」]+)[”\"’」]")
_STARS = re.compile("[★☆※●◆■▲△○]")
_PLUS = re.compile(rf"(?<={words.END_CHAR})\s*(?:[+＋&＆]|[.．](?=[\u4e00-\u9fff])|联合(?=[县市区旗省各团国]))\s*")
_GAP = re.compile(r"\s{3,}")
_WRAPPED = re.compile(r"([、，,])[ \t\u3000]*[\r\n]+\s*")
_VERB = re.compile(
    rf"{_START}(牵头|主办|主责|配合|(?<!政)协办|协助|参与)(?=[县市区旗各团][^局委办镇乡、，,；;]|[县市区旗]委[^、，,；;\s]|国网)"
)


def prepared(text: str) -> str:
    """整理过的文字：断开、认分工都用它。顿号、逗号后面的换行只是折行。"""
    text = _GAP.sub(lambda gap: "\n" if "\n" in gap[0] or "\r" in gap[0] else " ", text)
    plain = _PERSON.sub("", _NOTE.sub("", text))
    plain = _STARS.sub("、", _QUOTED.sub(_unquoted, plain))
    plain = _WRAPPED.sub(r"\1", _PLUS.sub("、", plain))
    return _VERB.sub(r"\1单位：", plain)


def _unquoted(found: re.Match[str]) -> str:
    """引号括着整个名称的去掉引号；“放管服”改革办公室的引号是名称的一部分。"""
    return found[1] if words.looks_like_unit(found[1]) or words.is_collective(found[1]) else found[0]

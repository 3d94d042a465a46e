"""对照时怎样看单位：全称简称是一个，统称不拆，括号里不拆，表示分工的话不算名称。"""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import pairwise
from pathlib import Path

ROLE = re.compile(r"(按职责分工负责|按职责分工|分别牵头|共同牵头|牵头负责|牵头|配合|协助|负责|等)+$")
LEFT, RIGHT = "(〔[【", ")〕]】"
AND_OTHERS = re.compile(r"等(?=有关|相关|各|部门|单位)")
JOINED = re.compile(r"在县中、?省直")


def squash(text: str) -> str:
    """NFKC 之后去掉一切空白和看不见的字符。"""
    return re.sub(r"[\s\u200b\u200c\u200d\ufeff]+", "", unicodedata.normalize("NFKC", text))


class Names:
    """单位名录：名称 → 全称；没有名录时名称就是它自己。"""

    def __init__(self, directory: Path | None) -> None:
        data = json.loads(directory.read_text(encoding="utf-8")) if directory and directory.is_file() else {}
        self._full = {
            squash(name): unit["name"] for unit in data.get("units", []) for name in (unit["name"], *unit["short"])
        }
        self._whole = [squash(name) for name in data.get("collectives", {}) if "、" in name]

    def full(self, name: str) -> str:
        """全称；名录里没有的返回去掉空白的原名。"""
        plain = squash(name)
        return self._full.get(plain, plain)

    def read(self, text: str) -> set[str]:
        """一格里的单位，写成全称的集合。"""
        found = {self.full(ROLE.sub("", squash(part))) for part in self._split(text)}
        return found - {""}

    def _split(self, text: str) -> list[str]:
        plain = AND_OTHERS.sub("、", self._unwrapped(unicodedata.normalize("NFKC", text)))
        for name in self._whole:
            plain = plain.replace(name, name.replace("、", "\0"))
        plain = JOINED.sub(lambda match: match[0].replace("、", "\0"), plain)
        parts, depth = [""], 0
        for letter in plain:
            depth += (letter in LEFT) - (letter in RIGHT and depth > 0)
            if depth == 0 and letter in "、,;/\n 。":
                parts.append("")
            else:
                parts[-1] += letter
        return [part.replace("\0", "、") for part in parts]

    def _unwrapped(self, text: str) -> str:
        """一个名称写成两行的接起来：上下两段各不是单位，接起来是。"""
        lines = text.split("\n")
        for upper, lower in pairwise(lines):
            head, tail = re.split("[、,;]", upper)[-1], re.split("[、,;]", lower)[0]
            if squash(head) not in self._full and squash(head + tail) in self._full:
                text = text.replace(f"{upper}\n{lower}", upper + lower)
        return text

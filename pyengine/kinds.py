"""文种：各种公文由谁发、怎样编号、限期几个工作日、登记成什么事件；以及一份公文的内容。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

OFFICE: Final = "督办检查室"
GOVERNMENT: Final = "县政府办公室"
DRAFTED: Final = "起草文书"
_ADDRESS: Final = re.compile(r"(?:另见)?[、，；\s]{0,9}[^\s（）()，。；、：!]{0,31}!(?:[A-Z]{1,3}\d+|第\d+行)")
_HOLLOW: Final = re.compile(r"[（(][\s、，；]*[）)]")
_LEADING: Final = re.compile(r"(?<=[（(])[、，；]+")
_ISO_DATE: Final = re.compile(r"(?<![\d-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d-])")


class LetterProblem(Exception):
    """公文出不来：message 说什么不对，advice 说怎么办。"""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(f"{message}。{advice}。")
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Kind:
    """文种：event 督查记录里的事件，mark 发文字号里的字（空即本室不编号），workdays 限期是哪一项设置，issuer 由谁发。

    约谈、情况说明、检讨发言是要人去做的事：起草了文书不等于做了，只登“起草文书”，做了再由人登记那件事。
    """

    event: str
    mark: str = ""
    workdays: str = ""
    issuer: str = OFFICE


PROMPT: Final = "工作提示"
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        PROMPT: Kind("工作提示", "提", "提示反馈工作日"),
        "提醒函": Kind("提醒函", "醒"),
        "重点工作督办提示函": Kind("督办提示函", "函", "督办提示函回复工作日"),
        "约谈通知": Kind(DRAFTED, "约"),
        "约谈记录": Kind(DRAFTED),
        "重点工作督办预警通知书": Kind("预警通知书", "警", "预警整改工作日"),
        "情况说明": Kind(DRAFTED),
        "检讨发言": Kind(DRAFTED),
        "通报": Kind("通报批评", issuer=GOVERNMENT),
        "专题报告": Kind("专题报告", issuer=GOVERNMENT),
    }
)
"""各文种，按起草的次序；键就是模板名，也是 rules.toml 里 letters 的词。"""


@dataclass(frozen=True, slots=True)
class Letter:
    """公文：一份待印的公文，以及督查记录里登记它的各项。number 为空即留白手填；context 是模板所用的名称。"""

    template: str
    unit: str
    tasks: tuple[str, ...]
    reason: str
    limit: date | None
    remark: str
    context: Mapping[str, object]
    number: str = ""
    file_name: str = ""

    @property
    def event(self) -> str:
        """督查记录里登记成什么事件。"""
        return KINDS[self.template].event

    @property
    def registered_reason(self) -> str:
        """督查记录里的事由：登“起草文书”的，先写是哪一种文书。"""
        return f"{self.template}：{self.reason}" if self.event == DRAFTED else self.reason


def official(text: str) -> str:
    """写进公文的事实：去掉台账内部的单元格地址，2026-08-05 写成 2026年8月5日（GB/T 9704—2012 7.3.5.4）。"""
    plain = _LEADING.sub("", _HOLLOW.sub("", _ADDRESS.sub("", text))).strip(" 、，；")
    return _ISO_DATE.sub(lambda found: f"{found[1]}年{int(found[2])}月{int(found[3])}日", plain)


def mentions(text: str, word: str) -> bool:
    """文中有没有这个编号：前后不能还连着字母、数字。"""
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])", text) is not None

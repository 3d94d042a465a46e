"""模板初稿：写出各种公文的底稿。用法：python -m duban_templates.build

文字是办公室的，格式是国标的：改文字请在 Word、WPS 里改底稿，不必改这里。
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from docx.document import Document
from duban_templates import digest, notes, papers
from duban_templates.form import pack

TEMPLATES: Final[Mapping[str, Callable[[], Document]]] = MappingProxyType(
    {
        "工作提示": notes.prompt,
        "提醒函": notes.reminder,
        notes.NOTICE: notes.notice,
        "约谈通知": notes.summons,
        "约谈记录": papers.record,
        notes.WARNING: notes.warning,
        "情况说明": papers.statement,
        "检讨发言": papers.criticism,
        "通报": papers.circular,
        "专题报告": papers.report,
    }
)


def build() -> Mapping[str, bytes]:
    """各份公文和每日摘要的模板初稿：文件名 → 字节；同样的程序每次写出同样的字节。"""
    makers = {**TEMPLATES, digest.NAME: digest.digest}
    return MappingProxyType({f"{title}.docx": pack(make(), title) for title, make in makers.items()})


def main() -> None:
    """把各份初稿写在本程序所在的文件夹。"""
    for name, data in build().items():
        Path(__file__).with_name(name).write_bytes(data)


if __name__ == "__main__":
    main()

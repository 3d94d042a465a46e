"""母版：督办台账工作簿的建表程序、空白母版和示例数据。"""

from __future__ import annotations

from datetime import date
from typing import Final

from duban_workbook.master import build

SAMPLE_AS_OF: Final = date(2026, 9, 22)
"""判定日：示例数据按这一天判定。"""

__all__ = ["SAMPLE_AS_OF", "build"]

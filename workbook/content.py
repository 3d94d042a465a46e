"""内容：母版里填什么——空白、示例，或由别处迁来的行；另加的表。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from duban_workbook.formats import Formats
from duban_workbook.samples import sample_rows
from duban_workbook.tables import Row
from xlsxwriter.worksheet import Worksheet

from pyengine.layout import layout
from pyengine.settings import setting_specs

_SAMPLE_YEAR: Final = 2026
Extra = Callable[[Worksheet, Formats], None]


@dataclass(frozen=True, slots=True)
class Content:
    """各表的行（表名 → 各行）；县名和年度写进标题，year 为 None 的不写；extras 是排在后面的另加的表。"""

    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    county: str = str(setting_specs()["县名"].default)
    year: int | None = None
    extras: tuple[tuple[str, Extra], ...] = ()


BLANK: Final = Content()


def sample_content() -> Content:
    """示例数据。"""
    return Content({name: sample_rows(name) for name in layout().order}, year=_SAMPLE_YEAR)

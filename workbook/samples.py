"""示例：sample/*.csv 一表一个文件，首行为表头；按列的类型还原成日期、数字，其余是文字。"""

from __future__ import annotations

import csv
import re
from datetime import date
from importlib.resources import files
from io import StringIO

from duban_workbook.tables import Row, Value

from pyengine.layout import Column, layout

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DATED = frozenset({"date", "deadline", "raw"})
_NUMERIC = frozenset({"share", "number", "raw"})


def sample_rows(sheet: str) -> list[Row]:
    """名为 sheet 的表的示例各行；没有示例则空。"""
    table = layout().table_of(sheet)
    source = files("duban_workbook").joinpath("sample", f"{sheet}.csv")
    if table is None or not source.is_file():
        return []
    records = csv.DictReader(StringIO(source.read_text(encoding="utf-8"), newline=""))
    return [{name: typed(table.column(name), text) for name, text in record.items()} for record in records]


def typed(column: Column, text: str) -> Value:
    """单元格的值：日期列里的日期、数字列里的数字还原，写成别样的照样是文字。"""
    if not text:
        return None
    if column.type in _DATED and _ISO_DATE.fullmatch(text):
        return date.fromisoformat(text)
    if (column.type in _NUMERIC or column.field == "stars") and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text

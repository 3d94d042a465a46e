"""设置：settings.toml 的每一项一行，取值按项目的类型定格式和下拉。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duban_workbook.formats import CELL, MIDDLE, Formats
from duban_workbook.tables import FIRST_DATA, Row, Value
from xlsxwriter.worksheet import Worksheet

from pyengine.layout import layout
from pyengine.settings import SettingSpec, setting_specs

_NUMBER_FORMATS = {"share": "0%", "date": "yyyy-mm-dd"}


def settings_rows(overrides: Sequence[Row] = ()) -> list[Row]:
    """设置表各行：默认值；overrides 按项目名替换其中的列。"""
    changed = {row["项目"]: {key: value for key, value in row.items() if value is not None} for row in overrides}
    return [{**_default_row(spec), **changed.get(item, {})} for item, spec in setting_specs().items()]


def _default_row(spec: SettingSpec) -> dict[str, Value]:
    value = spec.default if spec.default != "" else None
    return {"项目": spec.item, "取值": value, "说明": spec.note, "依据": spec.clause, "确认": "待确认"}


def format_settings(sheet: Worksheet, formats: Formats, rows: Sequence[Row]) -> None:
    """取值列按项目类型：百分数、日期的格式，选项的下拉。"""
    index = [column.name for column in layout().tables["settings"].columns].index("取值")
    for row, (values, spec) in enumerate(zip(rows, setting_specs().values(), strict=True), FIRST_DATA - 1):
        sheet.write(row, index, values["取值"], formats.get(CELL, MIDDLE, _number_format(spec)))
        words = spec.choices or (("是", "否") if spec.kind == "yes_no" else ())
        if words:
            sheet.data_validation(row, index, row, index, {"validate": "list", "source": list(words)})


def _number_format(spec: SettingSpec) -> dict[str, Any]:
    return {"num_format": _NUMBER_FORMATS[spec.kind]} if spec.kind in _NUMBER_FORMATS else {}

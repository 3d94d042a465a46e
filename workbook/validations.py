"""校验与下拉：限定词用清单，单位、领导取自名录，日期和进度只提醒不阻拦，时限可写文字所以不限。"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from duban_workbook.texts import CONFIRM_HINTS, HINTS
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pyengine.layout import Column, layout

LAST_ROW: Final = 2003
"""下拉和条件格式至少管到的一行。"""

UNIT_NAMES: Final = "单位名录"
LEADER_NAMES: Final = "领导名录"
_LEADER_FIELDS: Final = frozenset({"lead_leader", "host", "leader", "approver"})
_OPEN_WORDS: Final = frozenset({"event"})
"""可以照填清单以外的词、由校验提示的限定词。"""


def define_names(book: Workbook) -> None:
    """名称：单位名录、领导名录随名录表增减。"""
    for name, sheet in ((UNIT_NAMES, "单位"), (LEADER_NAMES, "领导")):
        first, span = f"{sheet}!$A$4", f"{sheet}!$A$4:$A$503"
        book.define_name(name, f"={first}:INDEX({span},MAX(1,COUNTA({span})))")


def add_validations(sheet: Worksheet, columns: tuple[Column, ...], first_row: int, last_row: int) -> None:
    """给工作人员填写的各列加上下拉、日期检查和填写提示。first_row、last_row 从 1 起。"""
    for index, column in enumerate(columns):
        rule = _rule(column) | _hint(sheet.get_name(), column)
        if rule and not column.engine:
            sheet.data_validation(first_row - 1, index, last_row - 1, index, {"validate": "any", **rule})


def _rule(column: Column) -> dict[str, Any]:
    if column.type == "choice":
        return _choice(column)
    if column.type in ("unit", "units"):
        return _names(UNIT_NAMES, "该单位不在“单位”表中；多个单位用“、”分隔。")
    if column.field in _LEADER_FIELDS:
        return _names(LEADER_NAMES, "此人不在“领导”表中。")
    return {"date": _day, "share": _share, "number": _number}.get(column.type, dict)()


def _choice(column: Column) -> dict[str, Any]:
    words = layout().choices[column.choices or ""]
    return {
        "validate": "list",
        "source": list(words),
        "error_type": "warning" if column.choices in _OPEN_WORDS else "stop",
        "error_title": column.name,
        "error_message": f"请从清单中选：{'、'.join(words)}",
    }


def _names(name: str, message: str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": f"={name}",
        "error_type": "information",
        "error_title": "请核对",
        "error_message": message,
    }


def _day() -> dict[str, Any]:
    return {
        "validate": "date", "criteria": "between", "minimum": date(2000, 1, 1), "maximum": date(2099, 12, 31),
        "error_type": "warning", "error_title": "请填日期", "error_message": "这里应填日期，如 2026-09-22。",
    }  # fmt: skip


def _share() -> dict[str, Any]:
    return {
        "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 2,
        "error_type": "warning", "error_title": "请填百分数", "error_message": "这里应填百分数，如 35%；可以超过 100%。",
    }  # fmt: skip


def _number() -> dict[str, Any]:
    return {
        "validate": "decimal", "criteria": ">=", "value": -1000000000,
        "error_type": "warning", "error_title": "请填数字", "error_message": "这里应填数字，单位写在“计量单位”列。",
    }  # fmt: skip


def _hint(sheet: str, column: Column) -> dict[str, Any]:
    text = CONFIRM_HINTS.get(sheet, "") if column.name == "确认" else HINTS.get(column.name, "")
    return {"input_title": column.name, "input_message": text} if text else {}

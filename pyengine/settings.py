"""设置：文件没有写死的数，都在“设置”表里，默认值和依据见 settings.toml。"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from pyengine.collectives import meanings

_NUMBER = re.compile(r"[-+]?\d{1,9}(\.\d{1,9})?")
SettingValue = str | int | Fraction | date


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """一个设置项：名称、类型、默认值、说明、依据、取值范围（含两端）。"""

    item: str
    kind: str
    default: Any
    note: str
    clause: str
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 366


@cache
def setting_specs() -> Mapping[str, SettingSpec]:
    """settings.toml 的全部设置项，按项目名。"""
    data = tomllib.loads(files("pyengine").joinpath("settings.toml").read_text(encoding="utf-8"))
    specs = (SettingSpec(**{**row, "choices": tuple(row.get("choices", ()))}) for row in data["setting"])
    return {spec.item: spec for spec in specs}


def parse_setting(spec: SettingSpec, value: object) -> SettingValue:
    """把单元格里的取值读成该项的类型；空白取默认；读不出则 ValueError。"""
    if value is None or value == "":
        value = spec.default
    parsed = _PARSERS[spec.kind](spec, value)
    if isinstance(parsed, int | Fraction) and not _within(spec, parsed):
        raise ValueError(f"{spec.item} 取值超出范围")
    return parsed


def _within(spec: SettingSpec, number: int | Fraction) -> bool:
    return spec.minimum <= number <= spec.maximum


def _text(spec: SettingSpec, value: object) -> str:
    return str(value).strip()


def _collectives(spec: SettingSpec, value: object) -> str:
    text = str(value).strip()
    meanings(text)
    return text


def _choice(spec: SettingSpec, value: object) -> str:
    text = str(value).strip()
    if text not in (spec.choices or ("是", "否")):
        raise ValueError(text)
    return text


def _int(spec: SettingSpec, value: object) -> int | str:
    if value == "":
        return ""
    number = _number(spec, value)
    if number.denominator != 1:
        raise ValueError(value)
    return int(number)


def _number(spec: SettingSpec, value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(value)
    text = str(value).strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError(value)
    return Fraction(text)


def _share(spec: SettingSpec, value: object) -> Fraction:
    text = str(value).strip().replace("％", "%")
    return _number(spec, text[:-1]) / 100 if text.endswith("%") else _number(spec, value)


def _date(spec: SettingSpec, value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value).strip())


def _time(spec: SettingSpec, value: object) -> str:
    """几点几分，写成 22:00；Excel 的时间格读来是 time 或一天的几分之几。"""
    if isinstance(value, float | int) and not isinstance(value, bool) and 0 <= value < 1:
        value = (datetime.min + timedelta(days=value, seconds=30)).time()
    if isinstance(value, timedelta) and timedelta() <= value < timedelta(days=1):
        value = (datetime.min + value).time()
    text = value.strftime("%H:%M") if isinstance(value, time) else str(value).strip().replace("：", ":")
    return datetime.strptime(text, "%H:%M").strftime("%H:%M")


_PARSERS = {
    "text": _text,
    "collectives": _collectives,
    "choice": _choice,
    "yes_no": _choice,
    "int": _int,
    "number": _number,
    "share": _share,
    "date": _date,
    "time": _time,
}


@cache
def default_values() -> Mapping[str, SettingValue]:
    """各项的默认取值。"""
    return {item: parse_setting(spec, None) for item, spec in setting_specs().items()}


@dataclass(frozen=True)
class Settings:
    """设置：已读出的取值；没有写的项按默认。"""

    values: Mapping[str, SettingValue] = field(default_factory=dict)

    def __getitem__(self, item: str) -> SettingValue:
        return self.values[item] if item in self.values else default_values()[item]

    def int(self, item: str) -> int:
        """整数项的取值。"""
        value = self[item]
        assert isinstance(value, int)
        return value

    def share(self, item: str) -> Fraction:
        """比例（或分值）项的取值。"""
        value = self[item]
        assert isinstance(value, Fraction)
        return value

    def text(self, item: str) -> str:
        """文字项的取值。"""
        return str(self[item])

    def date(self, item: str) -> date:
        """日期项的取值。"""
        value = self[item]
        assert isinstance(value, date)
        return value

    def yes(self, item: str) -> bool:
        """是/否项是否为是。"""
        return self[item] == "是"

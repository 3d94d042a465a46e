"""数字格式 — Excel's format codes and LibreOffice's numbered formats; which kind of value a format shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from .areas import Area
from .runtime import struct

_DATE, _TIME, _LOGICAL, _TEXT = 2, 4, 1024, 256
GENERAL = "General"


class Kind(Enum):
    """显示成什么 — what a number format makes of a number."""

    NUMBER = "数"
    DATE = "日期"
    TIME = "时间"
    LOGICAL = "是否"
    TEXT = "文本"


class Formats:
    """一本表的数字格式 — format codes to LibreOffice's numbers and back, asked once each."""

    def __init__(self, api: Any) -> None:
        self._api = api.NumberFormats
        self._english, self._own = struct("lang.Locale", "en", "US", ""), struct("lang.Locale", "", "", "")
        self._keys: dict[str, int] = {}
        self._codes: dict[int, str] = {}
        self._kinds: dict[int, Kind] = {}

    def key(self, code: str) -> int:
        """The number of a format code in English spelling, such as yyyy-mm-dd; made if new."""
        if code not in self._keys:
            standard = self._api.getStandardIndex(self._own)
            made = standard if code == GENERAL else self._api.addNewConverted(code, self._english, self._own)
            self._keys[code] = made
        return self._keys[code]

    def code(self, key: int) -> str:
        """The format code of a number, in English spelling whatever language LibreOffice runs in."""
        if key not in self._codes:
            format_ = self._api.getByKey(key)
            if format_.Locale.Language != "en":
                made = self._api.addNewConverted(format_.FormatString, format_.Locale, self._english)
                format_ = self._api.getByKey(made)
            self._codes[key] = str(format_.FormatString)
        return self._codes[key]

    def kind(self, key: int) -> Kind:
        """What the format of this number shows."""
        if key not in self._kinds:
            type_ = self._api.getByKey(key).Type
            flags = ((_DATE, Kind.DATE), (_TIME, Kind.TIME), (_LOGICAL, Kind.LOGICAL), (_TEXT, Kind.TEXT))
            self._kinds[key] = next((kind for flag, kind in flags if type_ & flag), Kind.NUMBER)
        return self._kinds[key]


def uniform_key(api: Any) -> int | None:
    """The number of the format that all these cells share; None when they differ."""
    if api.getPropertyState("NumberFormat").value == "AMBIGUOUS_VALUE":
        return None
    return int(api.NumberFormat)


def kinds_in(
    api: Any, formats: Formats, wanted: Iterable[Kind], area_of: Callable[[Any], Area]
) -> dict[Kind, list[Area]]:
    """Where in one rectangle which wanted kind is shown: some calls for each different look, however many cells."""
    found: dict[Kind, list[Area]] = {kind: [] for kind in wanted}
    groups = api.getUniqueCellFormatRanges()
    for number in range(groups.getCount()):
        group = groups.getByIndex(number)
        kind = formats.kind(group.NumberFormat)
        if kind in found:
            found[kind] += map(area_of, group.getRangeAddresses())
    return found

"""答复过的牌：确认、不采纳，登记亮牌，撤牌——凭亮牌建议表的答复和督查记录定出现在的状态。"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pyengine.case import Case
from pyengine.model import CardRow, Record
from pyengine.outcome import Fact
from pyengine.terms import CARD_CONFIRMED, CARD_REJECTED, CARD_WAITING, CARD_WITHDRAWN, COLOURS

ANSWER_YES, ANSWER_NO = "是", "否"
ANSWERS = (ANSWER_YES, ANSWER_NO)
SHOWN = "亮牌"
_REFUSED = re.compile(r"(\d{4}-\d\d-\d\d)记下不采纳")
_ADDRESS = re.compile(r"（[^（）]*![^（）]*）")
_CARD_ID = re.compile(r"\d\d[蓝黄橙红]-[0-9A-Z]+")


def is_card_id(text: str) -> bool:
    """是不是建议编号的写法，如 23橙-A1B2C3。"""
    return _CARD_ID.fullmatch(text) is not None


def plain(text: str) -> str:
    """事实去掉单元格地址：插了行、挪了列，话还是那句话。"""
    return _ADDRESS.sub("", text)


def facts_of(row: CardRow) -> tuple[Fact, ...]:
    """上次写下的各件事实（不采纳的日子不算）：开头是哪个编号就是哪一项的，都不是的算各项共有。"""
    told = (text for text in row.facts.split("\n") if text and not _REFUSED.fullmatch(text))
    return tuple(Fact(text, _number_of(text, row.numbers)) for text in told)


def refused_on(row: CardRow) -> date | None:
    """哪天记下不采纳的：写在事实末尾；还没有记为 None。"""
    found = _REFUSED.search(row.facts)
    return date.fromisoformat(found[1]) if found else None


def refusal(as_of: date) -> Fact:
    """记下不采纳的日子：以后赶上来又滞后的，凭它认出是新的事实。"""
    return Fact(f"{as_of}记下不采纳")


def _number_of(text: str, numbers: tuple[str, ...]) -> str:
    found = (n for n in numbers if text.startswith(n) and not re.match(r"[0-9A-Za-z-]", text[len(n) :]))
    return max(found, key=len, default="")


@dataclass(frozen=True)
class Shown:
    """登记过的亮牌：建议编号 → 各次登记之日（含判定日以后的）。"""

    days: Mapping[str, tuple[date, ...]]

    @classmethod
    def of(cls, case: Case) -> Shown:
        """督查记录里全部亮牌事件，按备注里的建议编号理好。"""
        days: dict[str, list[date]] = defaultdict(list)
        for record in case.ledger.records:
            if record.event == SHOWN and record.on:
                for card_id in _CARD_ID.findall(record.remark):
                    days[card_id].append(record.on)
        return cls({card_id: tuple(sorted(found)) for card_id, found in days.items()})

    def on(self, card_id: str, as_of: date) -> date | None:
        """登记亮牌之日；判定日以前没有登记为 None。"""
        return next((day for day in self.days.get(card_id, ()) if day <= as_of), None)

    def only_later(self, card_id: str, as_of: date) -> bool:
        """登记在判定日以后：判定日那天还没有亮牌。"""
        return card_id in self.days and self.on(card_id, as_of) is None


def is_answered(row: CardRow, shown: Shown, as_of: date) -> bool:
    """答复过没有：填了是、否，或登记过亮牌。"""
    return row.answer in ANSWERS or shown.on(row.id, as_of) is not None


def state_of(case: Case, row: CardRow, shown: Shown, gone: Mapping[str, date]) -> str:
    """答复过的一行现在的状态：待确认（判定日还没有亮牌）、不采纳、已撤牌、已确认。登记过亮牌的，改口也还亮着，等人撤。"""
    if shown.only_later(row.id, case.as_of):
        return CARD_WAITING
    if row.answer == ANSWER_NO and not shown.on(row.id, case.as_of):
        return CARD_REJECTED
    return CARD_WITHDRAWN if gone and all(number in gone for number in row.numbers or ("",)) else CARD_CONFIRMED


def withdrawn(case: Case, row: CardRow, shown: Shown) -> Mapping[str, date]:
    """已经撤牌的编号和撤牌之日；没有编号的牌，键为空串。写明建议编号的撤牌不论日期，其余的不早于亮牌。"""
    if (row.answer != ANSWER_YES and not shown.on(row.id, case.as_of)) or shown.only_later(row.id, case.as_of):
        return {}
    since = shown.on(row.id, case.as_of) or case.as_of
    gone: dict[str, date] = {}
    for record in case.events_of.get(("撤牌", row.unit), ()):
        if record.on and _about(record, row, since):
            named = record.numbers or row.numbers or ("",)
            gone |= {number: record.on for number in row.numbers or ("",) if number in named}
    return gone


def idle_withdrawals(case: Case) -> tuple[Record, ...]:
    """没有撤着任何一张牌的撤牌记录；过了“事实有效天数”的不论。"""
    recent = case.settings.int("事实有效天数")
    shown = Shown.of(case)
    confirmed = [row for row in case.ledger.card_rows if row.answer == ANSWER_YES or shown.on(row.id, case.as_of)]
    return tuple(
        record
        for record in case.events.get("撤牌", ())
        if record.on and (case.as_of - record.on).days <= recent
        if not any(
            row.unit in case.units_of(record) and _about(record, row, shown.on(row.id, case.as_of) or case.as_of)
            for row in confirmed
        )
    )


def _about(record: Record, row: CardRow, since: date) -> bool:
    """撤的是不是这张牌：备注写了建议编号的只撤它，事由写了颜色的只撤这种颜色，否则撤亮牌在前的。"""
    named = _CARD_ID.findall(record.remark)
    if named:
        return row.id in named
    colours = [colour for colour in COLOURS if colour in record.reason]
    return (not colours or row.colour in colours) and (record.on or since) >= since

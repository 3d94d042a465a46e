"""答复过的牌：确认、不采纳，登记亮牌，撤牌——凭亮牌建议表的答复和督查记录定出现在的状态。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from pyengine.case import Case
from pyengine.model import CardRow, Record
from pyengine.terms import CARD_CONFIRMED, CARD_REJECTED, CARD_WAITING, CARD_WITHDRAWN, COLOURS

ANSWER_YES, ANSWER_NO = "是", "否"
ANSWERS = (ANSWER_YES, ANSWER_NO)
_ADDRESS = re.compile(r"（[^（）]*![^（）]*）")
_CARD_ID = re.compile(r"\d\d[蓝黄橙红]-[0-9A-Z]+")


def plain(text: str) -> str:
    """事实去掉单元格地址：插了行、挪了列，话还是那句话。"""
    return _ADDRESS.sub("", text)


def shown_on(case: Case, card_id: str) -> date | None:
    """督查记录里登记亮牌的日子；判定日以前没有登记为 None。"""
    return min((record.on for record in _logs(case, card_id) if record.on and record.on <= case.as_of), default=None)


def _logs(case: Case, card_id: str) -> list[Record]:
    return [record for record in case.ledger.records if record.event == "亮牌" and card_id in record.remark]


def state_of(case: Case, row: CardRow) -> str:
    """答复过的一行现在的状态：不采纳、待确认（判定日还没有亮牌）、已撤牌、已确认。"""
    if row.answer == ANSWER_NO:
        return CARD_REJECTED
    if _logs(case, row.id) and shown_on(case, row.id) is None:
        return CARD_WAITING
    gone = withdrawn(case, row)
    return CARD_WITHDRAWN if gone and all(number in gone for number in row.numbers or ("",)) else CARD_CONFIRMED


def withdrawn(case: Case, row: CardRow) -> Mapping[str, date]:
    """已经撤牌的编号和撤牌之日；没有编号的牌，键为空串。"""
    since = shown_on(case, row.id)
    gone: dict[str, date] = {}
    for record in case.records if since and row.answer == ANSWER_YES else ():
        if record.event == "撤牌" and record.on and since and record.on >= since and _about(record, row):
            named = record.numbers or row.numbers or ("",)
            gone |= {number: record.on for number in row.numbers or ("",) if number in named}
    return gone


def _about(record: Record, row: CardRow) -> bool:
    """撤的是不是这张牌：备注写了建议编号的只撤它，事由写了颜色的只撤这种颜色，否则看单位。"""
    named = _CARD_ID.findall(record.remark)
    colours = [colour for colour in COLOURS if colour in record.reason]
    return row.unit in record.units and (not named or row.id in named) and (not colours or row.colour in colours)

"""公文：该发哪些、给谁、几号、叫什么文件名。只定内容，不碰 Word（见 render）。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Final

from pyengine.facts import basis, by_unit, item_row, items, listed
from pyengine.kinds import GOVERNMENT, KINDS, PROMPT, Letter, official
from pyengine.model import Ledger
from pyengine.notices import card_letters
from pyengine.outcome import Outcome
from pyengine.settings import Settings

NAME_BYTES: Final = 200
_UNSAFE: Final = re.compile(r'[<>:"/\\|?*]')
_UNKNOWN_CODE: Final = "　" * 4


def letters_due(ledger: Ledger, outcome: Outcome) -> tuple[Letter, ...]:
    """判定日应发的公文：先工作提示，后已确认各牌的文书，一种之内按单位名录的次序编号。"""
    as_of, taken = outcome.as_of, set[str]()
    serials = {name: _serials(ledger, kind.mark, as_of.year) for name, kind in KINDS.items()}
    drafts = (*_prompts(ledger, outcome), *card_letters(ledger, outcome))
    return tuple(_complete(ledger, as_of, draft, next(serials[draft.template]), taken) for draft in drafts)


def office_name(settings: Settings) -> str:
    """督办机构：县名接办公室名称，重叠的字只写一次，如 青河县政府督办检查室。"""
    county, office = settings.text("县名"), settings.text("办公室名称")
    overlap = next(size for size in range(len(county), -1, -1) if office.startswith(county[len(county) - size :]))
    return county + office[overlap:]


def issuer_name(settings: Settings, issuer: str) -> str:
    """发文机关：督办机构，或县政府办公室（如 青河县人民政府办公室）。"""
    return f"{settings.text('县名') or '县'}人民政府办公室" if issuer == GOVERNMENT else office_name(settings)


def file_name(pieces: Iterable[str], taken: set[str]) -> str:
    """文件名：各段用“-”连成，Windows、Linux 都能用，本批之内不重（不分大小写）；用过的记入 taken。"""
    *front, last = (_safe(piece) for piece in pieces)
    tails = (f"-{last}{f'（{repeat}）' if repeat > 1 else ''}.docx" for repeat in count(1))
    stem = "-".join(front).encode()
    names = (stem[: NAME_BYTES - len(tail.encode())].decode(errors="ignore") + tail for tail in tails)
    name = next(name for name in names if name.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _safe(piece: str) -> str:
    """去掉不可见字符，换掉文件名不容的字符；全去光了写“未填”。"""
    visible = "".join(letter for letter in " ".join(piece.split()) if unicodedata.category(letter)[0] != "C")
    return _UNSAFE.sub("_", unicodedata.normalize("NFC", visible))[:40].strip(". ") or "未填"


def _complete(ledger: Ledger, as_of: date, draft: Letter, serial: int, taken: set[str]) -> Letter:
    """编了号、取了文件名、补上共同内容的公文。本室不编号的和不自动编号的，文号留白，文件名用成文日期。"""
    mark = KINDS[draft.template].mark
    code = ledger.settings.text("机关代字") + mark if mark else _UNKNOWN_CODE
    prefix = f"{code}〔{as_of.year}〕"
    number = f"{prefix}{serial}号" if mark and ledger.settings.yes("自动编号") else ""
    context = {**_common(ledger, as_of, draft), **draft.context, "文号": number, "文号前缀": prefix}
    pieces = (draft.template, draft.unit, number or f"{as_of:%Y%m%d}")
    return replace(draft, number=number, context=context, file_name=file_name(pieces, taken))


def _common(ledger: Ledger, as_of: date, draft: Letter) -> Mapping[str, object]:
    """各种公文都有的内容。限期若不是自发出日起数工作日得来，工作日数为 0，公文里就不写算法。"""
    unlisted = [day.year for day in (as_of, draft.limit) if day and ledger.calendar.provisional(day)]
    kind, office = KINDS[draft.template], office_name(ledger.settings)
    workdays = ledger.settings.int(kind.workdays) if kind.workdays else 0
    names = {office, ledger.settings.text("办公室名称")}
    own = next((row for row in ledger.units if names & {row.name, *row.short}), None)
    return {
        "发文机关": issuer_name(ledger.settings, kind.issuer),
        "督办机构": office,
        "单位": draft.unit,
        "成文日期": as_of,
        "限期": draft.limit,
        "工作日数": workdays if workdays and ledger.calendar.shift(as_of, workdays) == draft.limit else 0,
        "provisional": bool(unlisted),
        "暂推年份": next(iter(unlisted), None),
        "联系人": own.liaison if own else "",
        "联系电话": own.phone if own else "",
    }


def _serials(ledger: Ledger, mark: str, year: int) -> Iterator[int]:
    """续号：接着督查记录里同代字同年度的最大号，不编虚位（GB/T 9704—2012 7.2.5）。"""
    code = re.escape(unicodedata.normalize("NFKC", ledger.settings.text("机关代字") + mark))
    written = re.compile(rf"{code}\s*[〔\[(【]\s*{year}\s*年?\s*[〕\])】]\s*第?\s*(\d{{1,9}})\s*号")
    texts = (unicodedata.normalize("NFKC", record.document_number) for record in ledger.records)
    return count(1 + max((int(serial) for text in texts for serial in written.findall(text)), default=0))


def _prompts(ledger: Ledger, outcome: Outcome) -> Iterator[Letter]:
    """工作提示：一个单位的全部提示合为一份，限期取最晚的（谁也不因合在一份而早迟）；期别只写季度和月；反馈取最近一次，同日以下面一行为准。"""
    known = [feedback for feedback in ledger.feedback if feedback.on and feedback.on <= outcome.as_of]
    latest = {feedback.number: feedback for feedback in sorted(known, key=lambda item: (str(item.on), item.place.row))}
    for unit, prompts in by_unit(ledger, outcome.prompts).items():
        verdicts = items(outcome, unit, (number for prompt in prompts for number in prompt.tasks))
        facts = {
            **basis(prompts),
            "期别": "、".join(dict.fromkeys(prompt.period for prompt in prompts if prompt.stars < 5)),
            "事项数": len(verdicts),
            "事项": listed(item_row(verdict, latest.get(verdict.task.number)) for verdict in verdicts),
        }
        reason = official("、".join(dict.fromkeys(prompt.period for prompt in prompts))) + "工作提示"
        tasks = tuple(dict.fromkeys(verdict.task.number for verdict in verdicts))
        limit = max(prompt.reply_by for prompt in prompts)
        yield Letter(PROMPT, unit, tasks, reason, limit, "", facts)

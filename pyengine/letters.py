"""公文：该发哪些、给谁、几号、写什么事实。只定内容，不碰 Word（见 render）。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Final, TypeVar

from pyengine.model import Card, Fact, Feedback, Ledger, Outcome, Prompt, Verdict
from pyengine.settings import Settings
from pyengine.terms import CARD_CONFIRMED, DATED, OPEN_ENDED

PROMPT: Final = "工作提示"
NOTICE: Final = "重点工作督办提示函"
# 各文种：督查记录里的事件；发文字号里的字，如 青政督提〔2026〕1号；答复工作日数是哪一项设置
EVENTS: Final = {PROMPT: "工作提示", NOTICE: "督办提示函"}
MARKS: Final = {PROMPT: "提", NOTICE: "函"}
REPLY_WORKDAYS: Final = {PROMPT: "提示反馈工作日", NOTICE: "督办提示函回复工作日"}
NOTICE_GROUNDS: Final = ("黄牌", "友政办发〔2023〕1号", CARD_CONFIRMED)

# 事由里的字和相应的整改要求，先合者用
DEMANDS: Final = (
    ("不及时", "立即补报有关材料，查明迟报原因，今后严格按照要求的时限报送。"),
    ("质量不高", "对照退回意见重新核实、补充佐证，经主要负责人审核后重新报送。"),
    ("不规范", "对照要求补齐台账缺项，逐项核准牵头领导、年度目标和完成时限。"),
    ("落实不力", "由主要负责人牵头研究，逐项明确措施、责任人和完成时间，抓好落实。"),
    ("不到位", "认真查找短板弱项，细化工作措施，逐级压实责任，补齐工作差距。"),
    ("", "查明原因，明确措施和责任人，限期整改到位。"),
)
FEEDBACK_LENGTH: Final = 60
NAME_BYTES: Final = 200
_UNSAFE: Final = re.compile(r'[<>:"/\\|?*]')
_ADDRESS: Final = re.compile(r"(?:另见)?[、，；\s]*[^\s（）()，。；、：!]*!(?:[A-Z]{1,3}\d+|第\d+行)")
_HOLLOW: Final = re.compile(r"[（(][\s、，；]*[）)]")
_LEADING: Final = re.compile(r"(?<=[（(])[、，；]+")
_ISO_DATE: Final = re.compile(r"(?<![\d-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\d-])")
_Item = TypeVar("_Item", Prompt, Card)


@dataclass(frozen=True, slots=True)
class Letter:
    """公文：一份待印的公文，以及督查记录里登记它的各项。number 为空即留白手填；context 是模板所用的名称。"""

    template: str
    unit: str
    event: str
    number: str
    tasks: tuple[str, ...]
    reason: str
    limit: date
    remark: str
    context: Mapping[str, object]
    file_name: str


def letters_due(ledger: Ledger, outcome: Outcome) -> tuple[Letter, ...]:
    """判定日应发的公文：先工作提示（二（三）），后重点工作督办提示函（二（二）），都按单位名录的次序编号。"""
    as_of, taken = outcome.as_of, set[str]()
    serials = {kind: _serials(ledger, kind, as_of.year) for kind in MARKS}
    drafts = (*_prompts(ledger, outcome), *_notices(ledger, outcome))
    return tuple(_complete(ledger, as_of, draft, next(serials[draft.template]), taken) for draft in drafts)


def office_name(settings: Settings) -> str:
    """发文机关：县名接办公室名称，重叠的字只写一次，如 青河县政府督办检查室。"""
    county, office = settings.text("县名"), settings.text("办公室名称")
    overlap = next(size for size in range(len(county), -1, -1) if office.startswith(county[len(county) - size :]))
    return county + office[overlap:]


def official(text: str) -> str:
    """写进公文的事实：去掉台账内部的单元格地址，2026-08-05 写成 2026年8月5日（GB/T 9704—2012 7.3.5.4）。"""
    plain = _LEADING.sub("", _HOLLOW.sub("", _ADDRESS.sub("", text))).strip(" 、，；")
    return _ISO_DATE.sub(lambda found: f"{found[1]}年{int(found[2])}月{int(found[3])}日", plain)


def mentions(text: str, word: str) -> bool:
    """文中有没有这个编号：前后不能还连着字母、数字。"""
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])", text) is not None


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
    """编了号、取了文件名、补上共同内容的公文；不自动编号的，文件名用成文日期。"""
    prefix = f"{ledger.settings.text('机关代字')}{MARKS[draft.template]}〔{as_of.year}〕"
    number = f"{prefix}{serial}号" if ledger.settings.yes("自动编号") else ""
    context = {**_common(ledger, as_of, draft), **draft.context, "文号": number, "文号前缀": prefix}
    pieces = (draft.template, draft.unit, number or f"{as_of:%Y%m%d}")
    return replace(draft, number=number, context=context, file_name=file_name(pieces, taken))


def _common(ledger: Ledger, as_of: date, draft: Letter) -> Mapping[str, object]:
    """两种公文都有的内容。限期若不是自发出日起数工作日得来，工作日数为 0，公文里就不写算法。"""
    unlisted = [day.year for day in (as_of, draft.limit) if ledger.calendar.provisional(day)]
    office, workdays = office_name(ledger.settings), ledger.settings.int(REPLY_WORKDAYS[draft.template])
    names = {office, ledger.settings.text("办公室名称")}
    own = next((row for row in ledger.units if names & {row.name, *row.short}), None)
    return {
        "发文机关": office,
        "单位": draft.unit,
        "成文日期": as_of,
        "限期": draft.limit,
        "工作日数": workdays if ledger.calendar.shift(as_of, workdays) == draft.limit else 0,
        "provisional": bool(unlisted),
        "暂推年份": next(iter(unlisted), None),
        "联系人": own.liaison if own else "",
        "联系电话": own.phone if own else "",
    }


def _serials(ledger: Ledger, template: str, year: int) -> Iterator[int]:
    """续号：接着督查记录里同代字同年度的最大号，不编虚位（GB/T 9704—2012 7.2.5）。"""
    code = re.escape(unicodedata.normalize("NFKC", ledger.settings.text("机关代字") + MARKS[template]))
    written = re.compile(rf"{code}\s*[〔\[(【]\s*{year}\s*年?\s*[〕\])】]\s*第?\s*(\d+)\s*号")
    texts = (unicodedata.normalize("NFKC", record.document_number) for record in ledger.records)
    return count(1 + max((int(serial) for text in texts for serial in written.findall(text)), default=0))


def _prompts(ledger: Ledger, outcome: Outcome) -> Iterator[Letter]:
    """工作提示：一个单位的全部提示合为一份，限期取最早的；期别只写季度和月；反馈取最近一次，同日以下面一行为准。"""
    known = [feedback for feedback in ledger.feedback if feedback.on and feedback.on <= outcome.as_of]
    latest = {feedback.number: feedback for feedback in sorted(known, key=lambda item: (str(item.on), item.place.row))}
    for unit, prompts in _by_unit(ledger, outcome.prompts).items():
        verdicts = _items(outcome, unit, {number for prompt in prompts for number in prompt.tasks})
        facts = {
            **_basis(prompts),
            "期别": "、".join(dict.fromkeys(prompt.period for prompt in prompts if prompt.stars < 5)),
            "事项数": len(verdicts),
            "事项": _listed(_prompt_row(verdict, latest.get(verdict.task.number)) for verdict in verdicts),
        }
        reason = official("、".join(dict.fromkeys(prompt.period for prompt in prompts))) + "工作提示"
        tasks = tuple(dict.fromkeys(verdict.task.number for verdict in verdicts))
        limit = min(prompt.reply_by for prompt in prompts)
        yield Letter(PROMPT, unit, EVENTS[PROMPT], "", tasks, reason, limit, "", facts, "")


def _items(outcome: Outcome, unit: str, numbers: set[str]) -> Sequence[Verdict]:
    """这些编号的判定，次序同台账；编号与别的单位重复的，只取本单位的。"""
    found = [verdict for verdict in outcome.verdicts if verdict.task.number in numbers]
    return [verdict for verdict in found if unit in verdict.task.lead_units] or found


def _prompt_row(verdict: Verdict, feedback: Feedback | None) -> dict[str, object]:
    task = verdict.task
    return {
        "编号": task.number,
        "星级": verdict.stars,
        "工作任务": task.content,
        "年度目标": task.goal,
        "完成时限": _deadline(verdict),
        "当前进度": verdict.progress,
        "应达进度": verdict.expected,
        "上次反馈日期": feedback.on if feedback else None,
        "上次反馈": _told(feedback) if feedback else "尚未反馈",
        "预警状态": verdict.status,
    }


def _told(feedback: Feedback) -> str:
    """上次反馈的要点：至多六十字；退回的注明。"""
    rest = "……" if len(feedback.content) > FEEDBACK_LENGTH else ""
    return feedback.content[:FEEDBACK_LENGTH] + rest + ("（已退回）" if feedback.result == "退回" else "")


def _deadline(verdict: Verdict) -> date | str:
    due = verdict.deadline
    otherwise = "持续推进" if due.kind == OPEN_ENDED else due.text or "待明确"
    return due.due if due.kind == DATED and due.due else otherwise


def _notices(ledger: Ledger, outcome: Outcome) -> Iterator[Letter]:
    """重点工作督办提示函：已确认、还没有发过函的 2023 年黄牌，一个单位合为一份。"""
    limit = ledger.calendar.shift(outcome.as_of, ledger.settings.int(REPLY_WORKDAYS[NOTICE]))
    due = (card for card in outcome.cards if _due(ledger, outcome.as_of, card))
    for unit, cards in _by_unit(ledger, due).items():
        tasks = tuple(dict.fromkeys(number for card in cards for number in card.tasks))
        reason = "、".join(dict.fromkeys(_ground(card) for card in cards))
        facts, remark = _notice_facts(ledger, cards, tasks, reason), "、".join(card.id for card in cards)
        yield Letter(NOTICE, unit, EVENTS[NOTICE], "", tasks, reason, limit, remark, facts, "")


def _due(ledger: Ledger, as_of: date, card: Card) -> bool:
    """该发函而没有发过：督查记录里哪一次督办提示函的备注都没有它的建议编号。"""
    if (card.colour, card.cite.circular, card.state) != NOTICE_GROUNDS or NOTICE not in card.letters:
        return False
    known = (record for record in ledger.records if record.on and record.on <= as_of)
    return not any(record.event == EVENTS[NOTICE] and mentions(record.remark, card.id) for record in known)


def _notice_facts(ledger: Ledger, cards: Sequence[Card], tasks: tuple[str, ...], reason: str) -> Mapping[str, object]:
    contents = {task.number: task.content for task in ledger.tasks}
    pairs = ((card, fact) for card in cards for fact in card.facts or (Fact(_ground(card)),))
    return {
        **_basis(cards),
        "事由": reason,
        "事项": _listed(_notice_row(contents, card, fact) for card, fact in pairs),
        "整改事项": _listed({"编号": number, "工作任务": contents.get(number, "")} for number in tasks),
    }


def _notice_row(contents: Mapping[str, str], card: Card, fact: Fact) -> dict[str, object]:
    named = tuple(number for number in card.tasks if number == fact.number or mentions(fact.text, number))
    numbers = (fact.number,) if fact.number else named or card.tasks
    return {
        "编号": "、".join(numbers),
        "工作任务": "；".join(filter(None, (contents.get(number) for number in numbers))),
        "事由": _ground(card),
        "事实": official(fact.text),
        "整改要求": next(demand for word, demand in DEMANDS if word in card.ground),
    }


def _ground(card: Card) -> str:
    """公文里的事由：不带区分事件的括注（文号、日期在事实里写）。"""
    return card.ground.partition("（")[0]


def _basis(grounds: Sequence[Prompt] | Sequence[Card]) -> Mapping[str, object]:
    cites = [item.cite for item in grounds]
    parts = {"依据文号": (cite.circular for cite in cites), "依据条款": (cite.clause for cite in cites)}
    return {name: "、".join(dict.fromkeys(part)) for name, part in parts.items()}


def _listed(rows: Iterable[Mapping[str, object]]) -> tuple[Mapping[str, object], ...]:
    return tuple({"序号": index, **row} for index, row in enumerate(rows, 1))


def _by_unit(ledger: Ledger, items: Iterable[_Item]) -> Mapping[str, list[_Item]]:
    """按单位归并，次序同单位名录；名录里没有的排在后面。"""
    grouped: dict[str, list[_Item]] = {unit.name: [] for unit in ledger.units}
    for item in items:
        grouped.setdefault(item.unit, []).append(item)
    return {unit: found for unit, found in grouped.items() if found}

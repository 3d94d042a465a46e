"""每日摘要：一页纸——今天办什么、昨天以来变了什么、夜里做了什么。模板是 每日摘要.docx。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pyengine.durable import put
from pyengine.heights import lines_of, span
from pyengine.history import Change, Judged, Turned, described, turned
from pyengine.history.codec import judged
from pyengine.judge import recompute
from pyengine.kinds import KINDS, official
from pyengine.outcome import Outcome, Reminder
from pyengine.refresh import Result
from pyengine.render import render, template_path
from pyengine.rulebook import all_circulars
from pyengine.terms import ERROR, STATUSES, WARNING

NAME = "每日摘要"
_WEEKDAYS = "一二三四五六日"
_ROOM = {"待办": 12, "变化": 7, "改动": 3, "补记": 3}
"""各栏至多占几行：合起来一页放得下；其余只报条数。"""

_WIDE = 100
_WIDTHS = {"编号": 19, "单位": 21, "内容": 46, "工作任务": 30, "从前": 14, "现在": 24}
"""摘要的表里各列一行放得下多宽（半角字数）。"""

_ORDER = ("整改", "时限", "节点", "反馈", "提示", "督查", "备案", "确认")
_FURTHEST = 31
"""漏掉的夜里最多往回补这么多天。"""

_Line = Mapping[str, str] | str


@dataclass(frozen=True, slots=True)
class Night:
    """一夜的事：判定的结果、比着哪天、人的改动、漏掉哪几天、要说的几句话。"""

    result: Result
    before: tuple[date, tuple[Judged, ...]] | None
    changes: tuple[Change, ...]
    missed: tuple[date, ...]
    remarks: tuple[str, ...]


def write(night: Night, ledger: Path, folder: Path) -> Path:
    """把摘要写到 folder，返回文件；同一天的换新，旧的正开着就另起名字。写不成抛 OSError 或 TemplateProblem。"""
    content = render(template_path(NAME, ledger.parent), context(night, ledger.name))
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{NAME}-{night.result.outcome.as_of}"
    for ending in ("", "（2）", "（3）"):
        path = folder / f"{name}{ending}.docx"
        try:
            put(path, content)
            return path
        except PermissionError:
            if ending == "（3）":
                raise
    raise AssertionError(name)


def context(night: Night, ledger: str) -> dict[str, object]:
    """模板可用的名称。"""
    outcome, settings = night.result.outcome, night.result.reading.ledger.settings
    was = Counter(row.status for row in night.before[1]) if night.before else None
    moved = sorted(turned(night.before[1], judged(outcome)) if night.before else (), key=_only_card)
    return {
        "办公室": f"{settings.text('县名')}{settings.text('办公室名称').removeprefix('县')}",
        "日期": outcome.as_of,
        "星期": f"星期{_WEEKDAYS[outcome.as_of.weekday()]}",
        "台账": ledger,
        "说明": list(night.remarks),
        "总数": len(outcome.verdicts),
        "上次": night.before[0] if night.before else None,
        "状态": _statuses(outcome, was),
        **_listed(
            ("补记", [_todo(item) for item in missed_reminders(night)]),
            ("改动", [_short(described(change), 84) for change in night.changes]),
            ("变化", [_turn(item) for item in moved]),
            ("待办", [_todo(item) for item in sorted(_today(outcome), key=_urgency)]),
        ),
        "其他待办": _others(outcome),
        "公文": _letters(night.result),
        "校验": _findings(outcome),
    }


def _listed(*columns: tuple[str, Sequence[_Line]]) -> dict[str, object]:
    """各栏放得下的各条，和没有列出的条数；前一栏用不完的行数让给后一栏。"""
    found: dict[str, object] = {}
    spare = 0
    for name, rows in columns:
        spare += _ROOM[name]
        most = 0
        while most < len(rows) and _height(rows[most]) <= spare:
            spare -= _height(rows[most])
            most += 1
        found |= {name: rows[:most], f"{name}余": len(rows) - most}
    return found


def _height(line: _Line) -> int:
    """占几行。"""
    cells = {} if isinstance(line, str) else line
    return max((lines_of(text, _WIDTHS.get(head, _WIDE)) for head, text in cells.items()), default=1)


def _statuses(outcome: Outcome, was: Mapping[str, int] | None) -> list[dict[str, object]]:
    now = Counter(verdict.status for verdict in outcome.verdicts)
    return [
        {"名称": word, "数": now[word], "增减": f"{now[word] - was[word]:+d}" if was and now[word] != was[word] else ""}
        for word in STATUSES
    ]


def _today(outcome: Outcome) -> Iterable[Reminder]:
    """今天就要办的：今天到期、已经过期、今天该发的。"""
    return (item for item in outcome.reminders if item.on <= outcome.as_of)


def _urgency(item: Reminder) -> tuple[int, date, str, str]:
    kind = _ORDER.index(item.kind) if item.kind in _ORDER else len(_ORDER)
    return kind, item.on, item.task, item.unit


def _todo(item: Reminder) -> dict[str, str]:
    return {
        "类别": item.kind, "日期": f"{item.on.month}月{item.on.day}日", "编号": _short(item.task, 36), "单位": _short(item.unit, 38),
        "内容": _short(official(item.text), 88),
    }  # fmt: skip


def _others(outcome: Outcome) -> str:
    """还没有到日子的待办，按类别各几条。"""
    later = Counter(item.kind for item in outcome.reminders if item.on > outcome.as_of)
    return "、".join(f"{kind}{later[kind]}条" for kind in _ORDER if later[kind])


def _only_card(item: Turned) -> bool:
    """状态没有变，只是牌变了：排在后面。"""
    return item.before is not None and item.after is not None and item.before.status == item.after.status


def _turn(item: Turned) -> dict[str, str]:
    row = item.after or item.before
    assert row is not None
    return {
        "编号": _short(row.number, 36), "工作任务": _short(row.title, 56), "单位": _short(row.units, 38),
        "从前": _state(item.before, "（新事项）"), "现在": _state(item.after, "（台账里没有了）"),
    }  # fmt: skip


def _short(text: str, most: int) -> str:
    """宽不过 most（半角字数）的文字：换行并成空格，太长的截断。"""
    flat = " ".join(text.split())[: most + 1]
    if span(flat) <= most:
        return flat
    while span(flat) >= most - 1:
        flat = flat[:-1]
    return f"{flat}…"


def _state(row: Judged | None, absent: str) -> str:
    return absent if row is None else "，".join(filter(None, (row.status, row.card)))


def missed_reminders(night: Night) -> list[Reminder]:
    """没有运行的那几天该办、今天的待办里已经看不到的，提示在后。

    要人确认的不算：那时的建议今天不成立了。提示，今天还列着的、今夜已给这个单位起草的不算。
    """
    outcome, ledger = night.result.outcome, night.result.reading.ledger
    seen = {_matter(item) for item in outcome.reminders}
    drafted = {letter.unit for letter, _ in night.result.letters}
    found: dict[object, Reminder] = {}
    for day in night.missed[-_FURTHEST:]:
        for item in recompute(ledger, all_circulars(), day).reminders:
            gone = item.on == day and item.kind != "确认" and _matter(item) not in seen
            if gone and not (item.kind == "提示" and item.unit in drafted):
                found.setdefault(_matter(item), item)
    return sorted(found.values(), key=lambda item: (item.kind == "提示", item.on))


def _matter(item: Reminder) -> tuple[str, ...]:
    """同一件事：不看日期。"""
    return (item.kind, item.task, item.unit) if item.kind == "提示" else item.key[:2]


def missed_days(last: date | None, as_of: date) -> tuple[date, ...]:
    """上一次夜间任务以后、今天以前没有运行的日子；从来没有运行过的为空。"""
    return tuple(last + timedelta(days=n) for n in range(1, (as_of - last).days)) if last else ()


def _letters(result: Result) -> str:
    """起草了的、还没有起草的公文，按文种各几件。"""
    counts = Counter((letter.template, path is not None) for letter, path in result.letters)
    made, waiting = (
        "、".join(f"{kind}{counts[kind, done]}件" for kind in KINDS if counts[kind, done]) for done in (True, False)
    )
    return "；".join(filter(None, (made and f"已起草{made}", waiting and f"待起草{waiting}"))) or "没有要发的公文"


def _findings(outcome: Outcome) -> str:
    counts = Counter(item.severity for item in outcome.findings)
    return "、".join(f"{word}{counts[word]}处" for word in (ERROR, WARNING) if counts[word]) or "没有问题"

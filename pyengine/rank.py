"""年度考评：得分、名次、后三位、连续两年、优先推荐。往年的名次只凭年度考评表里往年的行。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from pyengine import findings as catalogue
from pyengine.case import Case
from pyengine.layout import layout
from pyengine.model import AppraisalRow, Finding
from pyengine.outcome import Card, RankRow, ScoreItem, Verdict
from pyengine.scores import Year, decimal, items_by_unit, staff_items
from pyengine.settings import Settings

ONE_RANKING = "总排名"
NO_CATEGORY = "未分类"
_LAST = 3
"""后三位：文件定的。"""

TIED_IN, TIED_OUT = "并列计入", "并列不计入"


def judge_ranking(
    case: Case, verdicts: Iterable[Verdict], broken: Collection[tuple[str, int | None]], events: tuple[Card, ...]
) -> tuple[RankRow, ...]:
    """年度考评的全部结果：台账年度和表里的往年，年度新的在前。broken 是有错误的行，这些事项不计分；没有文件说到考评则为空。"""
    if not case.regime.rules("考评"):
        return ()
    judged = tuple(item for item in verdicts if (item.task.place.sheet, item.task.place.row) not in broken)
    rows = {year: _year_rows(case, year, typed) for year, typed in _typed(case).items()}
    rows[case.ledger.year] = _this_year(case, Year(case, judged, events))
    ranked = {year: _ranked(case, drafts) for year, drafts in rows.items()}
    last = {(row.year, row.unit): row for drafts in ranked.values() for row in drafts}
    final = (
        replace(row, two_years=_two_years(row, last.get((row.year - 1, row.unit))))
        for drafts in ranked.values()
        for row in drafts
    )
    return tuple(sorted(final, key=lambda row: _listed(case, row)))


def unlisted(case: Case, ranking: Iterable[RankRow]) -> Iterator[Finding]:
    """台账年度的考评表已经用起来，而有的参评单位没有行：提示一条，免得后三位没有地方写。"""
    kind, year = catalogue.UNITS_UNLISTED, case.ledger.year
    listed = {row.unit for row in case.ledger.appraisals if row.year == year}
    absent = [row.unit for row in ranking if row.year == year and row.unit not in listed]
    if listed and absent:
        names = "、".join(absent[:3]) + ("……" if len(absent) > 3 else "")
        message = kind.message.format(value=year, count=len(absent), items=names)
        yield Finding(kind.code, kind.severity, "年度考评", None, None, None, message, kind.advice)


def _typed(case: Case) -> Mapping[int, list[AppraisalRow]]:
    """工作人员的各行，按年度；年度或单位读不出的不在内。"""
    found: dict[int, list[AppraisalRow]] = defaultdict(list)
    for row in case.ledger.appraisals:
        if row.year and row.unit:
            found[row.year].append(row)
    return found


def _this_year(case: Case, year: Year) -> list[RankRow]:
    """台账年度：牵头或负责至少一项的单位参加排名；此外只在考评表里有行的，有得分、不排名。"""
    computed, number = items_by_unit(year), case.ledger.year
    drafts = _year_rows(case, number, _typed(case).get(number, []), computed)
    held = {unit for task in case.ledger.tasks for unit in (*task.lead_units, *task.responsible_units)}
    members = {unit for unit in held if unit in case.directory.members}
    drafts = [row if row.unit in members else replace(row, group="") for row in drafts]
    extra = sorted(members - {row.unit for row in drafts})
    return drafts + [_draft(case, number, unit, (), computed.get(unit, ())) for unit in extra]


def _year_rows(
    case: Case,
    year: int,
    typed: Iterable[AppraisalRow],
    computed: Mapping[str, tuple[ScoreItem, ...]] | None = None,
) -> list[RankRow]:
    by_unit: dict[str, list[AppraisalRow]] = defaultdict(list)
    for row in typed:
        by_unit[row.unit].append(row)
    return [_draft(case, year, unit, rows, (computed or {}).get(unit, ())) for unit, rows in by_unit.items()]


def _draft(case: Case, year: int, unit: str, typed: Iterable[AppraisalRow], computed: tuple[ScoreItem, ...]) -> RankRow:
    typed, base = tuple(typed), decimal(case.settings.share("考评基础分"))
    items = (*computed, *staff_items(case, typed))
    readable = all(row.readable for row in typed)
    return RankRow(
        year=year, unit=unit, group=_group(case, unit), base=base, items=items,
        score=sum((item.points for item in items), base) if readable else None, cite=case.regime.cite("后三位", "考评"),
    )  # fmt: skip


def _group(case: Case, unit: str) -> str:
    if not case.settings.yes("分组排名"):
        return ONE_RANKING
    member = case.directory.members.get(unit)
    return (member.category if member else "") or NO_CATEGORY


def _ranked(case: Case, drafts: Iterable[RankRow]) -> list[RankRow]:
    """一年的名次：一组一排，并列同名次，其后跳过（1、2、3、3、5）。"""
    groups: dict[str, list[Decimal]] = defaultdict(list)
    drafts = list(drafts)
    for row in drafts:
        if row.group and row.score is not None:
            groups[row.group].append(row.score)
    return [
        _placed(case, row, sorted(groups[row.group])) if row.group and row.score is not None else row for row in drafts
    ]


def _placed(case: Case, row: RankRow, scores: list[Decimal]) -> RankRow:
    assert row.score is not None
    rank = 1 + sum(other > row.score for other in scores)
    last, tie = _last_three(row.score, scores, case.settings)
    top = rank + scores.count(row.score) - 1 <= case.settings.int("优先推荐名额")
    recommended = top and not last and row.score > scores[0]
    cite = case.regime.cite("激励", "考评") if recommended else None
    return replace(row, rank=rank, last_three=last, tie=tie, recommended=cite)


def _last_three(score: Decimal, scores: list[Decimal], settings: Settings) -> tuple[bool, str]:
    """（是否后三位，并列决定了这一点时所用的取值）。scores 由低到高；第一名（全部并列时人人第一）不是后三位。"""
    if len(scores) < settings.int("后三位最少单位数") or score == scores[-1]:
        return False, ""
    third = scores[min(_LAST, len(scores)) - 1]
    overflows = sum(other <= third for other in scores) > _LAST
    if score != third or not overflows:
        return score <= third, ""
    rule = settings.text("末位并列")
    return rule == TIED_IN, rule


def _two_years(row: RankRow, before: RankRow | None) -> bool | None:
    """连续两年都是后三位；上一年的得分待核的无从判断（None）。"""
    if not row.last_three or before is None:
        return False
    return None if before.score is None else before.last_three


def _listed(case: Case, row: RankRow) -> tuple[int, int, str, bool, int, int, str]:
    """排列：年度新的在前，再按组、名次、单位表的次序；不排名的在后。"""
    units, groups = list(case.directory.members), layout().choices["unit_category"]
    group = groups.index(row.group) if row.group in groups else len(groups) + (not row.group)
    order = units.index(row.unit) if row.unit in case.directory.members else len(units)
    return -row.year, group, row.group, row.rank is None, row.rank or 0, order, row.unit

"""考评表：年度考评结果写成每一行的得分、组别、名次、后三位、连续两年和逐条明细。"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pyengine.grid import Grid
from pyengine.heights import row_height
from pyengine.model import Ledger
from pyengine.ooxml import Value
from pyengine.outcome import Outcome, RankRow, ScoreItem
from pyengine.tables import SheetTable
from pyengine.terms import UNVERIFIED

Values = Mapping[str, Value]
_PLAIN_KINDS = ("按时办结", "逾期", "退回")


def standing_rows(
    ledger: Ledger, outcome: Outcome, table: SheetTable, grid: Grid
) -> Mapping[int, tuple[Values, float]]:
    """年度考评表上工作人员填的每一行：行号到（系统列的取值，放得下明细的行高）。

    同一单位同一年的各行一样；读不出的行，得分写数据待核。
    """
    found = {(row.year, row.unit): row for row in outcome.ranking}
    rows = {}
    for row in ledger.appraisals:
        result = found.get((row.year or 0, row.unit))
        values: Values = {"得分": UNVERIFIED} if result is None else _cells(result)
        shown = {name: values.get(name, grid.at(row.place.row, column)) for name, column in table.columns.items()}
        rows[row.place.row] = values, row_height(table.table, shown)
    return rows


def _cells(row: RankRow) -> Values:
    last_three = f"后三位（{row.tie}）" if row.tie else "后三位"
    return {
        "得分": UNVERIFIED if row.score is None else float(row.score),
        "组别": row.group or None,
        "名次": row.rank,
        "后三位": last_three if row.last_three else None,
        "连续两年": {True: "是", None: UNVERIFIED}.get(row.two_years),
        "明细": details(row),
    }


def details(row: RankRow) -> str:
    """明细：基础分、逐条加减分，末尾是后三位、优先推荐的依据。一条一行。"""
    notes = (
        f"后三位（{row.cite}）" if row.last_three else "",
        f"与后三位并列，按“{row.tie}”不列后三位" if row.tie and not row.last_three else "",
        f"优先推荐（{row.recommended}）" if row.recommended else "",
    )
    return "\n".join([f"基础分 {plain(row.base)}", *map(item_line, row.items), *filter(None, notes)])


def item_line(item: ScoreItem) -> str:
    """一条加减分的写法：2026-07-01 逾期 −1 ZFGZ-2026-003（政府工作报告台账!M6）。种类已经说明白的，事由不重写。"""
    ground = "" if item.kind in _PLAIN_KINDS else item.ground
    parts = (str(item.on or ""), item.kind, signed(item.points), item.task, ground)
    return f"{' '.join(part for part in parts if part)}（{item.source}）"


def plain(number: Decimal) -> str:
    """分数的写法：不带多余的零，不用科学记数。"""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(points: Decimal) -> str:
    """加减分的写法：+0.5、−1。"""
    return ("+" if points > 0 else "−") + plain(abs(points))

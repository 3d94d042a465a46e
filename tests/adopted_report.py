"""对照迁移报告本身：每格一行，去向、合计对得上；该报的报了，不该报的没报。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from adopted_seen import Adopted, Line, Score, anchor, column_of, first, row_of, same_number
from openpyxl.utils import range_boundaries
from units_seen import squash

TREATMENTS = ("原样", "改写", "并入备注", "附表", "结构", "未迁移", "空白")  # 附表：整张表照抄在新台账后面
GRAVITY = {"提示": 1, "警告": 2, "错误": 3}
END = "。;,"
LABEL = re.compile(r"[\u4e00-\u9fff]{2,8}:")
SHEET_WORDS = ("隐藏", "牵头", "时限", "筛选", "项数", "交办日期", "立项")  # 整张表的问题：说明里要有这些字才算说到了


def check_lines(result: Adopted, score: Score) -> None:
    """源表每个非空格恰好一行，去向和处理对得上。"""
    counts = Counter((line.sheet, line.cell) for line in result.lines)
    for sheet, cells in result.cells.items():
        missing = [place for place in cells if counts[sheet, place] == 0]
        again = [place for place in cells if counts[sheet, place] > 1]
        score.check(not missing, f"{sheet}：{len(missing)} 个非空格在报告里没有行：{'、'.join(missing[:8])}")
        score.check(not again, f"{sheet}：{len(again)} 个格在报告里不止一行：{'、'.join(again[:8])}")
        score.check(counts[sheet, ""] >= 1, f"{sheet}：整张表在报告里没有行")
    bad = [message for line in result.lines if (message := line_fault(result, line))]
    score.check(not bad, f"报告有 {len(bad)} 行对不上")
    score.failed += bad[:40]


def line_fault(result: Adopted, line: Line) -> str:
    """报告的一行错在哪里；没有错为空。"""
    where = f"报告第{line.row}行 {line.sheet}!{line.cell}"
    if line.sheet not in result.cells:
        return f"{where}：旧台账没有这张表"
    if line.severity and (line.severity not in GRAVITY or not line.note):
        return f"{where}：级别“{line.severity}”不认得，或没有说明"
    if not line.cell:
        return ""
    source = result.cells[line.sheet].get(line.cell)
    if line.treatment not in TREATMENTS:
        return f"{where}：处理“{line.treatment}”不认得"
    if source is None:
        return "" if line.severity else f"{where}：是空格，又没有要说的"
    if isinstance(source, str) and not source.startswith("=") and squash(str(line.value or "")) != squash(source):
        return f"{where}：原值写成“{line.value!s:.30}”，格里是“{source:.30}”"
    return treatment_fault(result, line, where, source)


def treatment_fault(result: Adopted, line: Line, where: str, source: object) -> str:
    """处理与去向是否一致：原样的要相等，并入备注的要找得到，未迁移的要说为什么。"""
    if line.treatment == "未迁移":
        return "" if line.note and not line.targets else f"{where}：未迁移要写说明，不写去向"
    if line.treatment in ("原样", "改写", "并入备注") and not line.targets:
        return f"{where}：{line.treatment}没有写去向"
    for sheet, cell in line.targets:
        got = result.books.get(sheet, {}).get(cell)
        if got is None:
            return f"{where}：去向 {sheet}!{cell} 是空的"
        if not isinstance(source, str) or source.startswith("="):
            continue
        if line.treatment == "原样" and not same_words(source, str(got)):
            return f"{where}：写的是原样，去向 {sheet}!{cell} 却是“{got!s:.30}”"
        if line.treatment == "并入备注" and squash(source) not in squash(str(got)):
            return f"{where}：写的是并入备注，去向 {sheet}!{cell} 里没有“{source:.30}”"
    return ""


def same_words(source: str, got: str) -> bool:
    """原样：去空白后相等；段落里“牵头单位：县水务局”一类，去掉标签、或是其中一段。"""
    plain, seen = squash(source), squash(got).rstrip(END)
    return seen == plain.rstrip(END) or (LABEL.search(plain) is not None and seen in plain)


def check_totals(result: Adopted, score: Score) -> None:
    """第 2 行的合计与各行相符：各处理、各级别写出的数都要对。"""
    treatments = Counter(line.treatment for line in result.lines if line.cell)
    severities = Counter(line.severity for line in result.lines)
    for word, count in [
        *((w, treatments[w]) for w in TREATMENTS if w != "空白"),
        *((w, severities[w]) for w in GRAVITY),
    ]:
        found = re.search(rf"{word}[^\d、，,；;。]{{0,4}}(\d+)", result.totals)
        if found is None:
            score.check(count == 0, f"合计里没有“{word}”，实有 {count}")
        else:
            score.check(int(found[1]) == count, f"合计写“{word} {found[1]}”，实有 {count}")


def check_findings(result: Adopted, score: Score) -> None:
    """该报的报了，不该报的没报，清单以外的错误和警告算多余。"""
    told = [line for line in result.lines if line.severity in GRAVITY]
    wanted = [f for f in result.expected.get("findings", []) if result.has_directory or "needs" not in f]
    once: dict[tuple[str, str, str], list[bool]] = {}
    for finding in wanted:
        key = (finding["sheet"], finding["gist"], str(finding.get("value", id(finding))))
        once.setdefault(key, []).append(any(answers(result, line, finding) for line in told))
    for finding in wanted:
        key = (finding["sheet"], finding["gist"], str(finding.get("value", id(finding))))
        words = f"{finding['severity']} {finding['gist']}{'：' + finding['detail'] if finding.get('detail') else ''}"
        score.check(any(once[key]), f"没有报：{finding['sheet']}!{finding['cell']} {words}")
    check_silence(result, told, score)


def answers(result: Adopted, line: Line, finding: Mapping[str, Any]) -> bool:
    """报告的一行是否说到了这个问题：地方对，级别够。"""
    return GRAVITY[line.severity] >= GRAVITY[finding["severity"]] and bool(line.note) and covers(result, line, finding)


def covers(result: Adopted, line: Line, finding: Mapping[str, Any]) -> bool:
    """这一行的地方在不在问题所指的范围里。"""
    if line.sheet != finding["sheet"]:
        return False
    scope, places = finding.get("scope", "cell"), [finding["cell"], *finding.get("also", [])]
    words = [word for word in SHEET_WORDS if word in finding["gist"]]
    if scope in ("sheet", "column") and not line.cell:
        return all(word in line.note for word in words)
    if not line.cell:
        return False
    if any(inside(result, line.sheet, line.cell, place) for place in places):
        return True
    if scope == "row":
        return any(row_of(line.cell) == row_of(first(place)) for place in places)
    if scope == "column":
        return any(column_of(line.cell) == column_of(first(place)) for place in places)
    return scope == "sheet" and all(word in line.note for word in words)


def inside(result: Adopted, sheet: str, cell: str, area: str) -> bool:
    """格在区域里；合并区里的格算首格。"""
    left, top, right, bottom = range_boundaries(area)
    column, row, _, _ = range_boundaries(anchor(result, sheet, cell))
    same = anchor(result, sheet, cell) == anchor(result, sheet, area)
    return same or (left <= column <= right and top <= row <= bottom)


def check_silence(result: Adopted, told: list[Line], score: Score) -> None:
    """不该报的和多余的。"""
    known = [*result.expected.get("findings", []), *result.expected.get("findings_allowed", [])]
    grave = [line for line in told if GRAVITY[line.severity] > 1]
    for quiet_place in result.expected.get("not_findings", []):
        here = [
            line
            for line in grave
            if (line.sheet, line.cell) == (quiet_place["sheet"], quiet_place["cell"])
            and not any(covers(result, line, finding) for finding in known)
        ]
        score.check(not here, f"误报：{quiet_place['sheet']}!{quiet_place['cell']} {quiet_place['why']}")
    quiet_places = {(q["sheet"], q["cell"]) for q in result.expected.get("not_findings", [])}
    for line in grave:
        if (line.sheet, line.cell) not in quiet_places:
            good = any(covers(result, line, finding) for finding in known)
            score.check(good, f"多余：{line.sheet}!{line.cell} {line.severity} {line.note:.80}")


def check_indicators(result: Adopted, score: Score) -> None:
    """指标表：迁到指标进度的数要对；没有迁的由报告交代。"""
    went = {(line.sheet, line.cell): line.targets for line in result.lines}
    for figure in result.expected.get("indicators", []):
        for key in ("target", "actual"):
            cell = figure["cells"].get(key)
            for sheet, place in went.get((figure["sheet"], cell), ()):
                got = result.books.get(sheet, {}).get(place)
                if sheet == "指标进度":
                    score.check(
                        same_number(got, figure[key]), f"{figure['sheet']}!{cell} 指标 应 {figure[key]}，得“{got}”"
                    )

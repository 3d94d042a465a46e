"""迁移对照：一本旧台账和它的期望文件（expected-import/1），照办公室的用法跑 adopt，只看公开的结果，一条不合写一行。

只读四样：命令的退出码和文件；新台账里的迁移报告；新台账的台账表、时间节点；`refresh --json` 的 due、due_kind、progress。
`python tests/adopted.py 文件夹` 给文件夹里每本有期望文件的台账打分；加 -v 列出每一处不合。
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from units_seen import Names, squash

from pyengine import cli

AS_OF = "2026-10-30"
REPORT = "迁移报告"
HEAD = ("源单元格", "表头", "原值", "去向", "处理", "级别", "说明")
TREATMENTS = ("原样", "改写", "并入备注", "结构", "未迁移", "空白")
GRAVITY = {"提示": 1, "警告": 2, "错误": 3}
SIGNATURE = {"编号", "工作任务", "牵头单位", "完成时限"}
DIRECTORY = "单位名录.json"
SHEET_WORDS = ("隐藏", "牵头", "时限", "筛选", "项数", "交办日期", "立项")  # 整张表的问题：说明里要有这些字才算说到了
ITEM_START = re.compile(r"^([(]?\d+[)]?[.、,]?|[一二三四五六七八九十]+[、.]|[(][一二三四五六七八九十]+[)])")
ADDRESS = re.compile(r"^'?(?P<sheet>.+?)'?!\$?(?P<cell>[A-Z]{1,3}\$?\d+)(?::.+)?$")


@dataclass(frozen=True, slots=True)
class Line:
    """迁移报告的一行：源表、源格（整张表的行为空）、原值、去向、处理、级别、说明。"""

    row: int
    sheet: str
    cell: str
    head: str
    value: object
    targets: tuple[tuple[str, str], ...]
    treatment: str
    severity: str
    note: str


@dataclass(slots=True)
class Score:
    """一本台账的得分：查了几处、不合的各一行。"""

    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def check(self, good: bool, message: str) -> bool:
        """记一处；返回合不合。"""
        if good:
            self.passed += 1
        else:
            self.failed.append(message)
        return good


@dataclass(slots=True)
class Adopted:
    """迁移后看得见的一切。"""

    source: Path
    expected: Mapping[str, Any]
    names: Names
    has_directory: bool
    lines: list[Line]
    totals: str
    books: dict[str, dict[str, object]]  # 新台账：表 → 地址 → 值
    heads: dict[str, dict[str, str]]  # 台账表、时间节点：表 → 表头 → 列字母
    tasks: dict[tuple[str, int], Mapping[str, Any]]
    merged: dict[str, dict[str, str]]  # 源：表 → 合并区里的格 → 首格
    cells: dict[str, dict[str, object]]  # 源：表 → 非空格 → 值


# ---- 运行 ----


def quiet(*arguments: str | Path) -> tuple[int, str]:
    """运行一条命令：退出码和说的话。"""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = cli.run([str(argument) for argument in arguments])
    return code, said.getvalue()


def fingerprint(path: Path) -> str:
    """文件的指纹。"""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def adopt_one(book: Path, folder: Path, directory: Path | None, score: Score) -> Adopted | None:
    """在空文件夹里迁移一本台账；命令没有成功就返回 None，原因记在 score 里。"""
    old = Path(shutil.copy(book, folder / book.name))
    if directory is not None:
        shutil.copy(directory, folder / DIRECTORY)
    new, before = folder / "新台账.xlsx", fingerprint(old)
    code, said = quiet("adopt", old, new)
    if not score.check(code in (0, 1) and new.is_file(), f"adopt 没有成功：退出码 {code}，{said.strip()[-300:]}"):
        return None
    score.check(fingerprint(old) == before, "旧台账的字节变了")
    check_overwrite(old, new, score)
    json_file = folder / "结果.json"
    code, said = quiet("refresh", new, "--as-of", AS_OF, "--json", json_file)
    if not score.check(
        code in (0, 1) and json_file.is_file(), f"refresh 没有成功：退出码 {code}，{said.strip()[-300:]}"
    ):
        return None
    expected = json.loads(side_file(book).read_text(encoding="utf-8"))
    return read_result(book, new, json_file, expected, directory, score)


def check_overwrite(old: Path, new: Path, score: Score) -> None:
    """再迁一次：拒绝覆盖，退出码 5；加 --force 才覆盖。"""
    before = fingerprint(new)
    code, _ = quiet("adopt", old, new)
    score.check(code == 5 and fingerprint(new) == before, f"再迁一次应拒绝覆盖（退出码 5），得 {code}")
    code, _ = quiet("adopt", old, new, "--force")
    score.check(code in (0, 1), f"加 --force 应能覆盖，得退出码 {code}")


def side_file(book: Path) -> Path:
    """台账的期望文件。"""
    return book.with_name(f"{book.stem}.expected.json")


# ---- 读结果 ----


def read_result(
    book: Path, new: Path, json_file: Path, expected: Mapping[str, Any], directory: Path | None, score: Score
) -> Adopted | None:
    """读新台账和 JSON；没有迁移报告就返回 None。"""
    sheets = read_cells(new)
    if not score.check(REPORT in sheets, f"新台账里没有“{REPORT}”表"):
        return None
    lines, totals = read_report(sheets[REPORT], score)
    tasks = {(row["sheet"], row["row"]): row for row in json.loads(json_file.read_text(encoding="utf-8"))["tasks"]}
    heads = {name: found for name, cells in sheets.items() if (found := head_of(cells))}
    cells, merged = read_source(book)
    names = Names(directory or book.with_name(DIRECTORY))
    return Adopted(book, expected, names, directory is not None, lines, totals, sheets, heads, tasks, merged, cells)


def read_cells(path: Path) -> dict[str, dict[str, object]]:
    """工作簿：表 → 地址 → 值（空的不列）。"""
    book = load_workbook(path, data_only=True)
    found = {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if not is_blank(cell.value)
        }
        for sheet in book.worksheets
    }
    book.close()
    return found


def read_source(path: Path) -> tuple[dict[str, dict[str, object]], dict[str, dict[str, str]]]:
    """旧台账：各表的非空格（公式格算非空），合并区各格的首格。"""
    book = load_workbook(path)
    cells: dict[str, dict[str, object]] = {}
    merged: dict[str, dict[str, str]] = {}
    for sheet in book.worksheets:
        cells[sheet.title] = {c.coordinate: c.value for row in sheet.iter_rows() for c in row if not is_blank(c.value)}
        merged[sheet.title] = {}
        for area in sheet.merged_cells.ranges:
            first = sheet.cell(area.min_row, area.min_col).coordinate
            merged[sheet.title] |= {sheet.cell(r, c).coordinate: first for r, c in area.cells}
    book.close()
    return cells, merged


def is_blank(value: object) -> bool:
    """空格：没有值，或只有空白字符。"""
    return value is None or (isinstance(value, str) and not value.strip())


def head_of(cells: Mapping[str, object]) -> dict[str, str]:
    """第 3 行的表头：表头 → 列字母。"""
    return {
        squash(value): place[:-1]
        for place, value in cells.items()
        if place.endswith("3") and place[:-1].isalpha() and isinstance(value, str)
    }


def read_report(cells: Mapping[str, object], score: Score) -> tuple[list[Line], str]:
    """迁移报告各行，和第 2 行的合计。"""
    columns = {squash(str(value)): place[:-1] for place, value in cells.items() if re.fullmatch(r"[A-Z]+3", place)}
    for head in HEAD:
        score.check(head in columns, f"迁移报告第 3 行没有“{head}”")
    totals = " ".join(str(value) for place, value in cells.items() if re.fullmatch(r"[A-Z]+2", place))
    last = max((int(re.sub(r"\D", "", place)) for place in cells), default=3)
    rows = ([cells.get(f"{columns.get(head, 'ZZ')}{row}") for head in HEAD] for row in range(4, last + 1))
    return [line_of(number, row) for number, row in enumerate(rows, start=4) if not all(map(is_blank, row))], totals


def line_of(number: int, row: list[object]) -> Line:
    """报告的一行。"""
    source, head, value, target, treatment, severity, note = row
    text = str(source or "").strip()
    found = ADDRESS.match(text)
    sheet, cell = (found["sheet"], found["cell"].replace("$", "")) if found else (text.strip("'"), "")
    words = [str(item or "").strip() for item in (head, treatment, severity, note)]
    return Line(number, sheet, cell, words[0], value, targets_of(str(target or "")), words[1], words[2], words[3])


def targets_of(text: str) -> tuple[tuple[str, str], ...]:
    """去向：表!格，几处用、隔开；后面只写格的沿用前面的表。"""
    found: list[tuple[str, str]] = []
    for part in filter(None, re.split(r"[、；;\n]+", text)):
        place = ADDRESS.match(part.strip())
        if place:
            found.append((place["sheet"], place["cell"].replace("$", "")))
        elif found and re.fullmatch(r"[A-Z]{1,3}\d+", part.strip()):
            found.append((found[-1][0], part.strip()))
    return tuple(found)


# ---- 对照 ----


def compare(result: Adopted, score: Score) -> None:
    """逐样对照，结果记进 score。"""
    check_lines(result, score)
    check_totals(result, score)
    ledgers = [name for name, head in result.heads.items() if set(head) >= SIGNATURE]
    rows = {
        (name, row)
        for name in ledgers
        for place in result.books[name]
        if (row := row_of(place)) > 3 and column_of(place) == result.heads[name]["工作任务"]
    }
    wanted = result.expected["items"]
    score.check(len(rows) == len(wanted), f"事项数：应 {len(wanted)}，得 {len(rows)}")
    pairs = pair(result, wanted, rows)
    for item, place in zip(wanted, pairs, strict=True):
        if score.check(place is not None, f"{label(item)}：没有迁到台账里"):
            check_item(result, item, place, score)  # type: ignore[arg-type]
    for sheet, row in sorted(rows - set(pairs)):
        score.check(False, f"多出一项 {sheet} 第{row}行：{value_at(result, sheet, row, '工作任务')!s:.30}")
    check_numbers(result, rows, score)
    check_findings(result, score)
    check_indicators(result, score)


def row_of(place: str) -> int:
    """地址的行号。"""
    return int(re.sub(r"\D", "", place))


def column_of(place: str) -> str:
    """地址的列字母。"""
    return re.sub(r"\d", "", place)


def label(item: Mapping[str, Any]) -> str:
    """一项的称呼：源表!任务格 任务前十字。"""
    return f"{item['sheet']}!{first(item['cells']['task'])} {squash(item['task'])[:12]}"


def first(place: str) -> str:
    """区域的首格。"""
    return place.split(":")[0]


def value_at(result: Adopted, sheet: str, row: int, head: str) -> object:
    """新台账一行一栏的值。"""
    column = result.heads[sheet].get(head)
    return result.books[sheet].get(f"{column}{row}") if column else None


def anchor(result: Adopted, sheet: str, cell: str) -> str:
    """合并区里的格算首格。"""
    return result.merged.get(sheet, {}).get(first(cell), first(cell))


def pair(result: Adopted, wanted: list[Mapping[str, Any]], rows: set[tuple[str, int]]) -> list[tuple[str, int] | None]:
    """每项跟着它的各格找到新台账的一行；一行只归一项，票多的先认。"""
    went: dict[tuple[str, str], set[tuple[str, int]]] = {}
    for line in result.lines:
        places = {(sheet, row_of(cell)) for sheet, cell in line.targets}
        went.setdefault((line.sheet, anchor(result, line.sheet, line.cell) if line.cell else ""), set()).update(places)
    votes: list[tuple[float, int, tuple[str, int]]] = []
    for index, item in enumerate(wanted):
        task = went.get((item["sheet"], anchor(result, item["sheet"], item["cells"]["task"])), set()) & rows
        others = [went.get((item["sheet"], anchor(result, item["sheet"], c)), set()) for c in item["cells"].values()]
        for place in task:
            same = same_task(item["task"], value_at(result, *place, "工作任务"))
            votes.append((sum(place in other for other in others) + 2 * same, -index, place))
    found: list[tuple[str, int] | None] = [None] * len(wanted)
    for _, index, place in sorted(votes, reverse=True):
        if found[-index] is None and place not in found:
            found[-index] = place
    return found


def readings(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """一项的各种读法：accept 里的可以叠着用。"""
    overlays = item.get("accept", [])
    for used in product((False, True), repeat=len(overlays)):
        reading = dict(item)
        for overlay, on in zip(overlays, used, strict=True):
            if on:
                reading |= overlay
        yield reading


def check_item(result: Adopted, item: Mapping[str, Any], place: tuple[str, int], score: Score) -> None:
    """一项的各栏：几种读法里取不合最少的一种。"""
    tried = [Score() for _ in readings(item)]
    for reading, one in zip(readings(item), tried, strict=True):
        check_reading(result, reading, place, one)
    best = min(tried, key=lambda one: len(one.failed))
    score.passed += best.passed
    score.failed += [f"{label(item)} → {place[0]}第{place[1]}行：{message}" for message in best.failed]


def check_reading(result: Adopted, item: Mapping[str, Any], place: tuple[str, int], score: Score) -> None:
    """按一种读法对照一项。"""

    def seen(head: str) -> object:
        return value_at(result, *place, head)

    score.check(same_task(item["task"], seen("工作任务")), f"工作任务 应“{item['task']}”，得“{seen('工作任务')}”")
    for key, head in (("goal", "年度目标"), ("lead_official", "牵头领导")):
        want = squash(str(item.get(key) or ""))
        score.check(want == squash(str(seen(head) or "")), f"{head} 应“{want}”，得“{seen(head)}”")
    check_units(result, item, seen("牵头单位"), seen("责任单位"), score)
    check_due(result, item, place, score)
    check_stars(item, seen("星级"), score)
    if item.get("issued"):
        got = day_of(seen("立项日期"))
        score.check(got == item["issued"], f"立项日期 应 {item['issued']}，得 {seen('立项日期')}")
    if "progress" in item:
        got = result.tasks.get(place, {}).get("progress")
        good = got == item["progress"] or (None not in (got, item["progress"]) and abs(got - item["progress"]) < 1e-6)
        score.check(good, f"完成进度 应 {item['progress']}，得 {got}（格里是“{seen('完成进度')}”）")
    kept = squash(" ".join(str(seen(head) or "") for head in ("备注", "事项来源", "工作任务")))
    if item.get("section"):
        score.check(core(item["section"]) in kept, f"章节“{item['section']}”不在备注、事项来源里")
    if item.get("status_text"):
        kept += squash(str(seen("办理状态") or ""))
        score.check(squash(item["status_text"]) in kept, f"办理状态的原话“{item['status_text']}”不见了")
    if item.get("nodes"):
        check_nodes(result, item["nodes"], str(seen("编号")), score)
    elif (got := node_rows(result, str(seen("编号")))) and item.get("due_kind") != "日期":
        score.check(len(got) == 0, f"多出 {len(got)} 个节点")


def core(section: str) -> str:
    """章节的主体：去掉前面的序号和后面的项数、标点。"""
    text = squash(section)
    text = re.sub(
        r"^([一二三四五六七八九十]+、|\([一二三四五六七八九十\d]+\)|第[一二三四五六七八九十]+[部方]?[分面]?[、:]?|\d+[.、])",
        "",
        text,
    )
    return re.sub(r"(\(共?\d+[项个件]\))?[。.:;,]*$", "", text)


def same_task(want: str, got: object) -> bool:
    """任务文字：去空白比，开头的序号可有可无。"""
    texts = {squash(want), ITEM_START.sub("", squash(want))}
    seen = squash(str(got or ""))
    return seen in texts or ITEM_START.sub("", seen) in texts


def check_units(result: Adopted, item: Mapping[str, Any], lead: object, others: object, score: Score) -> None:
    """单位按集合比：全称简称是一个，牵头的不再算责任单位。"""
    leads, seen = result.names.read(str(lead or "")), result.names.read(str(others or ""))
    want = {result.names.full(name) for name in item["lead_units"]}
    rest = {result.names.full(name) for name in item["responsible_units"]} - want
    score.check(leads == want, f"牵头单位 应 {shown(want)}，得 {shown(leads)}（格里是“{lead}”）")
    score.check(seen - leads == rest, f"责任单位 应 {shown(rest)}，得 {shown(seen - leads)}（格里是“{others}”）")


def shown(names: Iterable[str]) -> str:
    """一组名称写成一句。"""
    return "、".join(sorted(names)) or "（无）"


def check_due(result: Adopted, item: Mapping[str, Any], place: tuple[str, int], score: Score) -> None:
    """完成时限：refresh 读成什么；启动时限：格里有什么。"""
    task = result.tasks.get(place)
    text = value_at(result, *place, "完成时限")
    if not score.check(task is not None, "refresh 的 JSON 里没有这一项") or task is None:
        return
    got = (task["due_kind"], task["due"])
    want = (item["due_kind"], item["due"])
    if item["due_kind"] == "日期" and item["due"] is None and item.get("due_rule"):
        anchor_day = item["due_rule"].get("anchor")
        good = got[0] == "日期" and (not anchor_day or str(got[1]) >= anchor_day)
    else:
        good = got == want
    score.check(good, f"完成时限 应 {want}（原文“{item.get('due_text')}”），得 {got}（格里是“{text}”）")
    if item.get("start"):
        cell = value_at(result, *place, "启动时限")
        kept = day_of(cell) == item["start"] if day_of(cell) else bool(cell) or day_of(text) is None
        score.check(kept, f"启动时限 应 {item['start']}，得“{cell}”（完成时限格里是“{text}”）")


def check_stars(item: Mapping[str, Any], cell: object, score: Score) -> None:
    """星级：读得出的要对，读不出的不许编。"""
    text = squash(str(cell or ""))
    got = text.count("★") or text.count("☆") or (int(text[0]) if re.fullmatch(r"[345]([★☆星]|\.0)?", text) else None)
    score.check(got == item.get("stars"), f"星级 应 {item.get('stars')}，得“{cell}”")


def day_of(value: object) -> str | None:
    """日期格（或 2026-06-30 这样的文字）的 ISO 写法。"""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else None


def node_rows(result: Adopted, number: str) -> list[dict[str, object]]:
    """时间节点里这一编号的各行。"""
    cells, head = result.books.get("时间节点", {}), result.heads.get("时间节点", {})
    rows = sorted(
        row_of(p) for p, v in cells.items() if column_of(p) == head.get("编号") and row_of(p) > 3 and str(v) == number
    )
    return [{name: cells.get(f"{column}{row}") for name, column in head.items()} for row in rows]


def check_nodes(result: Adopted, wanted: list[Mapping[str, Any]], number: str, score: Score) -> None:
    """节点：个数、次序、内容、时限、权重。"""
    rows = node_rows(result, number)
    if not score.check(len(rows) == len(wanted), f"时间节点 应 {len(wanted)} 个，得 {len(rows)} 个"):
        return
    for seq, (want, row) in enumerate(zip(wanted, rows, strict=True), start=1):
        name, text, cell = f"节点{seq}", row.get("节点内容"), row.get("完成时限")
        good = "text" not in want or any(same_step(want["text"], got) for got in (text, f"{cell or ''}{text or ''}"))
        score.check(good, f"{name}内容 应“{want.get('text')}”，得“{text}”")
        due = want.get("due_range") or want["due"] or want["due_kind"]
        score.check(node_due(want, cell), f"{name}时限 应 {due}，得“{cell}”")
        if want.get("weight") is not None:
            score.check(
                same_number(row.get("权重"), want["weight"]), f"{name}权重 应 {want['weight']}，得“{row.get('权重')}”"
            )
    for row_number, total in {want["row"]: want["weight_of_row"] for want in wanted if "weight_of_row" in want}.items():
        parts = [row.get("权重") for want, row in zip(wanted, rows, strict=True) if want["row"] == row_number]
        got = sum(float(part) for part in parts if isinstance(part, (int, float)))
        score.check(abs(got - total) < 0.5, f"第{row_number}行各节点的权重 应合 {total}，得 {got}")


def same_step(want: str, got: object) -> bool:
    """节点文字：开头的序号、句末的标点可有可无。"""
    return same_task(squash(want).rstrip("。;,"), squash(str(got or "")).rstrip("。;,"))


def node_due(want: Mapping[str, Any], cell: object) -> bool:
    """节点时限：日期的要是那一天（或范围里的一天），其余的不许是日期。"""
    got = day_of(cell)
    if want.get("due_range"):
        return got is not None and want["due_range"][0] <= got <= want["due_range"][1]
    return got == want["due"] if want.get("due_kind", "日期") == "日期" else got is None


def same_number(got: object, want: float) -> bool:
    """数值相等（文字写的数也算）。"""
    try:
        return abs(float(str(got)) - want) < 1e-6
    except ValueError:
        return False


def check_numbers(result: Adopted, rows: set[tuple[str, int]], score: Score) -> None:
    """每项都有编号，全台账不重。"""
    numbers = Counter(squash(str(value_at(result, *place, "编号") or "")) for place in rows)
    score.check("" not in numbers, f"{numbers.get('', 0)} 项没有编号")
    again = {number for number, count in numbers.items() if count > 1 and number}
    score.check(not again, f"编号重复：{shown(again)}")


# ---- 迁移报告本身 ----


def check_lines(result: Adopted, score: Score) -> None:
    """源表每个非空格恰好一行，去向和处理对得上。"""
    counts = Counter((line.sheet, line.cell) for line in result.lines)
    for sheet, cells in result.cells.items():
        missing = [place for place in cells if counts[sheet, place] == 0]
        again = [place for place in cells if counts[sheet, place] > 1]
        score.check(not missing, f"{sheet}：{len(missing)} 个非空格在报告里没有行：{'、'.join(missing[:8])}")
        score.check(not again, f"{sheet}：{len(again)} 个格在报告里不止一行：{'、'.join(again[:8])}")
        score.check(counts[sheet, ""] == 1, f"{sheet}：整张表应有一行，得 {counts[sheet, '']}")
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
    return treatment_fault(result, line, where)


def treatment_fault(result: Adopted, line: Line, where: str) -> str:
    """处理与去向是否一致：原样的要相等，并入备注的要找得到，未迁移的要说为什么。"""
    if line.treatment == "未迁移":
        return "" if line.note and not line.targets else f"{where}：未迁移要写说明，不写去向"
    if line.treatment in ("原样", "改写", "并入备注") and not line.targets:
        return f"{where}：{line.treatment}没有写去向"
    value = squash(str(line.value or ""))
    for sheet, cell in line.targets:
        got = result.books.get(sheet, {}).get(cell)
        if got is None:
            return f"{where}：去向 {sheet}!{cell} 是空的"
        if line.treatment == "原样" and isinstance(line.value, str) and squash(str(got)) != value:
            return f"{where}：写的是原样，去向 {sheet}!{cell} 却是“{got!s:.30}”"
        if line.treatment == "并入备注" and isinstance(line.value, str) and value not in squash(str(got)):
            return f"{where}：写的是并入备注，去向 {sheet}!{cell} 里没有“{value:.30}”"
    return ""


def check_totals(result: Adopted, score: Score) -> None:
    """第 2 行的合计与各行相符：各处理、各级别写出的数都要对。"""
    treatments = Counter(line.treatment for line in result.lines if line.cell)
    severities = Counter(line.severity for line in result.lines)
    for word, count in [*((w, treatments[w]) for w in TREATMENTS), *((w, severities[w]) for w in GRAVITY)]:
        found = re.search(rf"{word}[^\d、，,；;。]{{0,4}}(\d+)", result.totals)
        if found is None:
            score.check(count == 0, f"合计里没有“{word}”，实有 {count}")
        else:
            score.check(int(found[1]) == count, f"合计写“{word} {found[1]}”，实有 {count}")


# ---- 问题 ----


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


# ---- 打分 ----


def examine(book: Path, with_directory: bool) -> Score:
    """迁移一本台账并对照；返回得分。"""
    score, directory = Score(), book.with_name(DIRECTORY)
    use = directory if with_directory and directory.is_file() else None
    with tempfile.TemporaryDirectory() as folder:
        result = adopt_one(book, Path(folder), use, score)
        if result is not None:
            compare(result, score)
    return score


def books_in(folder: Path) -> list[Path]:
    """文件夹里有期望文件的台账。"""
    return sorted(path for path in folder.rglob("*.xlsx") if side_file(path).is_file())


def main(arguments: list[str]) -> int:
    """打分：每本台账两行（有、无单位名录）；加 -v 列出不合之处。"""
    folder = Path(next((a for a in arguments if not a.startswith("-")), str(Path(__file__).parent / "ledgers")))
    worst = 0
    for book, with_directory in product(books_in(folder) if folder.is_dir() else [folder], (True, False)):
        score = examine(book, with_directory)
        total = score.passed + len(score.failed)
        print(f"{score.passed:5}/{total:<5} {book.stem}{'' if with_directory else '（无名录）'}")
        if "-v" in arguments:
            print("".join(f"        {message}\n" for message in score.failed), end="")
        worst += len(score.failed)
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

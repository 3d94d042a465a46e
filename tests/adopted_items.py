"""逐项对照：每项跟着它的任务格找到新台账的一行，各栏、时限、节点照期望比。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from adopted_seen import (
    SIGNATURE,
    Adopted,
    Score,
    anchor,
    column_of,
    day_of,
    first,
    row_of,
    same_number,
    shown,
    value_at,
)
from units_seen import squash

STATES = ("正在办理", "已落实", "已完成")
ITEM_START = re.compile(r"^([(]?\d+[)]?[.、,]?|[一二三四五六七八九十]+[、.]|[(][一二三四五六七八九十]+[)])")


def check_items(result: Adopted, score: Score) -> None:
    """事项：一项不多、一项不少，各栏都对。"""
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


def label(item: Mapping[str, Any]) -> str:
    """一项的称呼：源表!任务格 任务前十字。"""
    return f"{item['sheet']}!{first(item['cells']['task'])} {squash(item['task'])[:12]}"


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
        want = squash(str(item.get(key) or "")).rstrip("。;")
        score.check(want == squash(str(seen(head) or "")).rstrip("。;"), f"{head} 应“{want}”，得“{seen(head)}”")
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
        state = squash(str(seen("办理状态") or ""))
        good = state in STATES or squash(item["status_text"]) in kept + state
        score.check(good, f"办理状态 应“{item['status_text']}”或与它相当的规定词，得“{state}”")
    if item.get("nodes"):
        check_nodes(result, item["nodes"], str(seen("编号")), score)
    else:
        got = node_rows(result, str(seen("编号")))
        score.check(not got, f"多出 {len(got)} 个节点：{'、'.join(str(row.get('节点内容')) for row in got[:3])}")


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
    count = text.count("★") or text.count("☆") or (int(text[0]) if re.fullmatch(r"\d([★☆星]|\.0)?", text) else 0)
    got = count if count in (3, 4, 5) else None
    score.check(got == item.get("stars"), f"星级 应 {item.get('stars')}，得“{cell}”")


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


def check_numbers(result: Adopted, rows: set[tuple[str, int]], score: Score) -> None:
    """每项都有编号，全台账不重。"""
    numbers = Counter(squash(str(value_at(result, *place, "编号") or "")) for place in rows)
    score.check("" not in numbers, f"{numbers.get('', 0)} 项没有编号")
    twice = Counter(squash(str(item.get("number") or "")) for item in result.expected["items"])
    again = {number for number, count in numbers.items() if count > max(1, twice[number]) and number}
    score.check(not again, f"编号重复：{shown(again)}")

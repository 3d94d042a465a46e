"""改写有多快：在同一次运行里，把无损改写（打开 → 改 20 格 → 存）与 openpyxl 读入再另存同一个文件相比。

    python benchmarks/patch.py [--rounds 3]

造一本约 5 MB 的台账，两边轮流跑若干轮，取中位数之比；再对一张 100,000 行的表各跑一遍。每轮都在新的进程里跑，
用时不含载入程序本身，内存为该进程的最高占用。
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import xlsxwriter

LEDGER = "政府工作报告台账"
HEADS = ("编号", "工作任务", "牵头单位", "责任单位", "立项日期", "完成时限", "完成进度", "最新进展", "预警状态", "依据")
CHANGED = 20


def build(path: Path, rows: int) -> None:
    """造一本 rows 行的台账，另有一张同样大的进展反馈、图表、有效性和条件格式。"""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        chance = Random(1)
        late = book.add_format({"bg_color": "#FFE699"})
        for name in (LEDGER, "进展反馈"):
            sheet = book.add_worksheet(name)
            sheet.write_row(2, 0, HEADS)
            for index in range(rows):
                sheet.write_row(index + 3, 0, _row(index, chance))
                sheet.write_datetime(index + 3, 4, date(2026, 1, 5))
                sheet.write_datetime(index + 3, 5, date(2026, 12, 31) - timedelta(days=index % 150))
            sheet.data_validation(3, 2, rows + 2, 2, {"validate": "length", "criteria": "<", "value": 40})
            sheet.conditional_format(3, 6, rows + 2, 6, {"type": "data_bar", "data_bar_2010": True})
            sheet.conditional_format(
                3, 8, rows + 2, 8, {"type": "text", "criteria": "containing", "value": "滞后", "format": late}
            )
            sheet.freeze_panes(3, 2)
            sheet.autofilter(2, 0, rows + 2, len(HEADS) - 1)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": [LEDGER, 3, 6, 43, 6]})
        book.get_worksheet_by_name(LEDGER).insert_chart("L4", chart)


def _row(index: int, chance: Random) -> tuple[object, ...]:
    said = "".join(chr(chance.randrange(0x4E00, 0x5E00)) for _ in range(40))
    task = f"第{index}项重点工作，按年度目标如期完成建设任务，责任到人、挂图作战"
    units = f"县第{index % 60}局", f"县第{(index + 1) % 60}局、县第{(index + 2) % 60}局"
    return f"2026-{index:05}", task, *units, None, None, index % 100 / 100, said, "正常推进", f"二（{index % 9}）"


def _ours(path: Path) -> None:
    from pyengine.ooxml import CellEdit, NamedLook, Package, patch

    package = Package.open(path)
    edits = [CellEdit(4 + 37 * number, 9, f"进度滞后{number}", style="进度滞后") for number in range(CHANGED)]
    if patch(package, {LEDGER: edits}, {"进度滞后": NamedLook(fill="FFE699")}).cells != CHANGED:
        raise SystemExit("没有改到 20 格，不计时")
    package.save(path)


def _theirs(path: Path) -> None:
    import openpyxl

    openpyxl.load_workbook(path).save(path)


def _work(task: str, path: Path) -> None:
    """子进程：做一件事，印出用时和最高内存。"""
    import openpyxl  # noqa: F401  两边都先载入，只计做事的时间

    import pyengine.ooxml  # noqa: F401

    start = time.perf_counter()
    (_ours if task == "ours" else _theirs)(path)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def measure(task: str, source: Path) -> dict[str, float]:
    """在新进程里对 source 的一个副本做一次 task。"""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(source, folder))
        command = [sys.executable, __file__, "--work", task, str(copy)]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(out)
    return found


def compare(what: str, source: Path, rounds: int) -> str:
    """一行结果：两边的中位数和比值。"""
    runs = {"ours": list[dict[str, float]](), "theirs": list[dict[str, float]]()}
    for _ in range(rounds):
        for task, found in runs.items():
            found.append(measure(task, source))
    seconds, memory = ({task: _median(found, key) for task, found in runs.items()} for key in ("seconds", "megabytes"))
    return (
        f"{what}（{source.stat().st_size / 1e6:.1f} MB）：改写 {CHANGED} 格 {seconds['ours']:.3f} 秒、{memory['ours']:.0f} MB；"
        f"openpyxl 读入另存 {seconds['theirs']:.2f} 秒、{memory['theirs']:.0f} MB；"
        f"用时之比 {seconds['ours'] / seconds['theirs']:.3f}（目标 ≤ 0.1）"
    )


def _median(runs: Sequence[dict[str, float]], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def main() -> None:
    """量一遍，逐行印出。"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", nargs=2)
    options = parser.parse_args()
    if options.work:
        return _work(options.work[0], Path(options.work[1]))
    with tempfile.TemporaryDirectory() as folder:
        for what, rows, rounds in (("台账", 22_000, options.rounds), ("每张表 100,000 行", 100_000, 1)):
            path = Path(folder) / f"{rows}.xlsx"
            build(path, rows)
            print(compare(what, path, rounds), flush=True)


if __name__ == "__main__":
    main()

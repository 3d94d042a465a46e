"""迁入的快慢：两万行的台账迁成督办台账，看用多少时间、多少内存；同一次运行里与 openpyxl 读写同一份原表对比。

python benchmarks/adopt.py [--items 20000]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from openpyxl import load_workbook
from xlsxwriter.workbook import Workbook

from pyengine import cli

HEADS = (
    "序号",
    "工作任务",
    "工作目标",
    "牵头领导",
    "牵头单位",
    "责任单位",
    "完成时限",
    "进展情况",
    "完成比例",
    "完成情况",
    "联系人",
    "备注",
)
DUES = (
    "12月底前",
    "2026年6月30日",
    "三季度末",
    "4月～10月",
    "持续推进",
    "5月、10月",
    "年底前",
    "待定",
    "10月中旬",
    "2026.9.30",
)


def ledger(path: Path, items: int) -> None:
    """一份两万行上下的原有台账：每五十项一个章节，时限写法轮着来。"""
    with Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("任务分解")
        sheet.write(0, 0, "青河县2026年重点工作任务分解表")
        sheet.write_row(1, 0, HEADS)
        row, dues = 2, cycle(DUES)
        for number in range(1, items + 1):
            if number % 50 == 1:
                sheet.write(row, 0, f"第{number // 50 + 1}部分　重点任务")
                row += 1
            sheet.write_row(row, 0, (
                number, f"完成第{number}项重点工作任务，形成年度成果。", f"完成{number}件", "林晓峰", f"县第{number % 60}局", f"县第{number % 7}局、各乡（镇）",
                next(dues), "正在按计划推进，已完成前期工作。", (number % 100) / 100, "推进中", "×××", "",
            ))  # fmt: skip
            row += 1


def timed(action: Callable[[], object]) -> float:
    """做一遍用几秒。"""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    """跑一遍，打印结果。"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    items = parser.parse_args().items
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder, "原台账.xlsx"), Path(folder, "督办台账.xlsx")
        ledger(old, items)
        codes: list[int] = []
        ours = timed(lambda: codes.append(cli.run(["adopt", str(old), str(new)])))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if codes[0] > 1:
            raise SystemExit(f"迁入没有成功（退出码 {codes[0]}）")
        theirs = timed(lambda: load_workbook(new).save(Path(folder, "另存.xlsx")))
        size = new.stat().st_size / 1e6
    print(
        f"{items} 项：迁入 {ours:.1f} 秒，内存峰值 {peak:.0f} MB；新台账 {size:.1f} MB，openpyxl 读写它一遍 {theirs:.1f} 秒，比为 {ours / theirs:.2f}"
    )


if __name__ == "__main__":
    main()

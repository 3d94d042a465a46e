"""刷新有多快：在同一次运行里，把 duban refresh 与 openpyxl 读入再另存同一个文件相比。

    python benchmarks/refresh.py [--rounds 3]

造一本 2,000 项、24,000 个节点、24,000 条反馈、12,000 条督查记录的台账，各跑若干轮，轮流进行，取中位数之比；
再以 500、2,000、8,000 项看时间怎样增长。每轮都在新的进程里跑，内存为该进程的最高占用。
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
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from pyengine.layout import layout

AS_OF = date(2026, 9, 22)
NODES_PER_ITEM = FEEDBACK_PER_ITEM = 12
RECORDS_PER_ITEM = 6
RECORDS = ("工作提示", "督查", "专项督办", "预警通知书", "整改完成", "退回材料")
UNITS = tuple(f"县第{index}局" for index in range(1, 61))
STARS = ((3, "常规性"), (4, "明确指标类"), (5, "重大项目建设类"))


def build(path: Path, items: int) -> None:
    """造一本 items 项的台账。"""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name in layout().order:
            sheet = book.add_worksheet(name)
            table = layout().table_of(name)
            sheet.write_string(0, 0, name)
            if table is None:
                continue
            heads = [column.name for column in table.columns]
            sheet.write_row(2, 0, heads)
            for number, row in enumerate(_rows(name, items), start=3):
                for head, value in row.items():
                    sheet.write(number, heads.index(head), value)


def _rows(name: str, items: int) -> Iterator[dict[str, object]]:
    makers = {
        "单位": _units,
        "政府工作报告台账": _tasks,
        "时间节点": _nodes,
        "进展反馈": _feedback,
        "督查记录": _records,
    }
    return makers[name](items) if name in makers else iter(())


def _units(items: int) -> Iterator[dict[str, object]]:
    return ({"单位名称": name, "简称": name[1:], "类别": "县直部门"} for name in UNITS)


def _tasks(items: int) -> Iterator[dict[str, object]]:
    for index in range(items):
        stars, category = STARS[index % 3]
        due = date(2026, 12, 31) - timedelta(days=index % 150)
        done = due < AS_OF and index % 10 > 0
        yield {
            "编号": f"2026-{index:05}",
            "事项来源": "县政府工作报告",
            "工作任务": f"第{index}项重点工作，按年度目标如期完成建设任务",
            "年度目标": "年内完成",
            "工作类别": category,
            "星级": stars,
            "牵头领导": f"县领导{index % 8}",
            "牵头单位": UNITS[index % 60],
            "责任单位": "、".join((UNITS[(index + 1) % 60], UNITS[(index + 2) % 60])),
            "立项日期": date(2026, 1, 5),
            "完成时限": due,
            "办理状态": "已完成" if done else "正在办理",
            "完成进度": 0.7,
            "最新进展": "已完成前期工作，正在组织实施" * 4,
            "存在问题": "部分配套资金到位较慢，征收还有两户没有签约",
            "下步措施": "专班逐户会商，倒排工期，本月底前完成剩余工作",
            "启动时限": date(2026, 2, 28),
            "实际启动日期": date(2026, 2, 20),
            "方案审查日期": date(2026, 1, 16),
            "方案备案日期": date(2026, 1, 20),
            "备注": "市重点",
            "办结日期": due if done else None,
        }


def _nodes(items: int) -> Iterator[dict[str, object]]:
    for index in range(items * NODES_PER_ITEM):
        item, order = divmod(index, NODES_PER_ITEM)
        due = date(2026, order + 1, item % 28 + 1)
        done = due if due < AS_OF and (item + order) % 20 else None
        yield {
            "编号": f"2026-{item:05}", "节点序号": order + 1, "节点内容": f"{order + 1}月形象进度", "完成时限": due, "权重": 1,
            "实际完成日期": done,
            "备注": "形象进度照片已收",
        }  # fmt: skip


def _feedback(items: int) -> Iterator[dict[str, object]]:
    for index in range(items * FEEDBACK_PER_ITEM):
        item, order = divmod(index, FEEDBACK_PER_ITEM)
        yield {
            "编号": f"2026-{item:05}", "反馈日期": date(2026, order + 1, 20), "填报单位": UNITS[item % 60], "完成进度": (order + 1) / 12,
            "进展情况": "本月按计划推进，完成投资和形象进度",
            "存在问题": "雨季影响土方施工",
            "下步措施": "增加机械和班组，抢抓晴好天气",
            "佐证材料": "照片3张、监理月报1份",
            "提示文号": f"青政督提〔2026〕{order * 60 + item % 60 + 1}号", "处理结果": "采用",
        }  # fmt: skip


def _records(items: int) -> Iterator[dict[str, object]]:
    for index in range(items * RECORDS_PER_ITEM):
        item, order = divmod(index, RECORDS_PER_ITEM)
        on = date(2026, order + 2, item % 20 + 1)
        yield {
            "日期": on, "事件": RECORDS[(item + order) % len(RECORDS)], "编号": f"2026-{item:05}", "单位": UNITS[item % 60],
            "事由": "进度缓慢，请抓紧整改", "文号": f"青政督办〔2026〕{index + 1}号", "限期": on + timedelta(days=10),
            "回复日期": on + timedelta(days=8) if index % 9 else None, "经办人": "温雅",
        }  # fmt: skip


def _work(task: str, path: Path) -> None:
    """子进程：做一件事，印出用时和最高内存。"""
    start = time.perf_counter()
    if task == "duban":
        from pyengine.cli import run

        if run(["refresh", str(path), "--as-of", AS_OF.isoformat()]) > 1:
            raise SystemExit("刷新没有成功，不计时")
    else:
        import openpyxl

        openpyxl.load_workbook(path).save(path)
    seconds = time.perf_counter() - start
    print(
        "\n" + json.dumps({"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})
    )


def measure(task: str, source: Path) -> dict[str, float]:
    """在新进程里对 source 的一个副本做一次 task。"""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(source, folder))
        out = subprocess.run(
            [sys.executable, __file__, "--work", task, str(copy)], capture_output=True, text=True, check=True
        ).stdout
    found: dict[str, float] = json.loads(out.splitlines()[-1])
    return found


def median(runs: Sequence[dict[str, float]], key: str) -> float:
    """各轮的中位数。"""
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
        ledgers = {items: Path(folder) / f"{items}.xlsx" for items in (500, 2000, 8000)}
        for items, path in ledgers.items():
            build(path, items)
        runs = {task: [measure(task, ledgers[2000]) for _ in range(options.rounds)] for task in ("duban", "openpyxl")}
        growth = {
            items: median([measure("duban", path) for _ in range(options.rounds)], "seconds")
            for items, path in ledgers.items()
        }
    ours, theirs = median(runs["duban"], "seconds"), median(runs["openpyxl"], "seconds")
    print(
        f"2,000 项 + 24,000 节点 + 24,000 反馈 + 12,000 记录：刷新 {ours:.2f} 秒，openpyxl 读入另存 {theirs:.2f} 秒，比值 {ours / theirs:.3f}（目标 ≤ 0.25）"
    )
    print(f"最高内存 {median(runs['duban'], 'megabytes'):.0f} MB（目标 < 600 MB）")
    print("增长：" + "，".join(f"{items} 项 {seconds:.2f} 秒" for items, seconds in growth.items()))


if __name__ == "__main__":
    main()

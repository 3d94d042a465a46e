"""打开着的台账刷新有多快：在 LibreOffice 里（无窗口）实时刷新，与 LibreOffice 自己读入再另存同一个文件相比。

    python benchmarks/live.py [--rounds 3] [--items 2000]

台账与 benchmarks/refresh.py 的相同（每项 12 个节点、12 条反馈、6 条督查记录），另有一本每项各一行的。每轮重新打开，
首次刷新（灰色的列全空着）一次，再照第二天刷新一次；报总时间、等 LibreOffice 的时间占多少、每张表几次来往，
和与 LibreOffice 读入另存的比值。与命令一样，其间不回收垃圾。
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import refresh as ledgers
import xlwings
from refresh import AS_OF

from pyengine.books.live import LiveBook
from pyengine.books.live.calc import CalcDesk
from pyengine.libreoffice.apps import App, Engine
from pyengine.libreoffice.books import FILTERS, Book
from pyengine.libreoffice.document import Document
from pyengine.libreoffice.office import Office, start
from pyengine.libreoffice.runtime import setting, to_url
from pyengine.refresh import refresh

NOW = datetime(2026, 9, 22, 8, 30)


class Timed:
    """书桌，量着每一次来往：用了多久，为哪一张表。"""

    program = "LibreOffice"

    def __init__(self, desk: CalcDesk) -> None:
        self._desk, self.seconds = desk, 0.0
        self.calls: Counter[tuple[str, str]] = Counter()
        self.spent: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._desk, name)

        def measured(*arguments: Any) -> Any:
            begin = time.perf_counter()
            try:
                return method(*arguments)
            finally:
                seconds = time.perf_counter() - begin
                self.seconds += seconds
                self.spent[name] += seconds
                if arguments and isinstance(arguments[0], str):
                    self.calls[arguments[0], name] += 1

        return method if name == "quiet" else measured


@contextmanager
def opened(office: Office, path: Path) -> Iterator[Any]:
    """在 LibreOffice 里打开，用完不存就关。"""
    document = office.desktop.loadComponentFromURL(to_url(path), "_blank", 0, ())
    try:
        yield document
    finally:
        document.close(True)


@dataclass(frozen=True)
class Run:
    """一轮：首次刷新的用时、来往、写的格数；第二天的用时、写的格数。"""

    seconds: float
    desk: Timed
    cells: int
    next_seconds: float
    next_cells: int


def live(office: Office, path: Path) -> Run:
    """实时刷新两次：首次，和第二天。"""
    with opened(office, path) as document:
        desk = Timed(CalcDesk(xlwings.Book(impl=Book(App(Engine(), office), Document(office, document)))))
        seconds, cells = refreshed(LiveBook(path, desk), AS_OF)  # type: ignore[arg-type]
        return Run(seconds, desk, cells, *refreshed(LiveBook(path, desk._desk), AS_OF + timedelta(days=1)))


def refreshed(book: LiveBook, as_of: date) -> tuple[float, int]:
    """刷新一次：用时、写的格数。"""
    gc.collect()
    gc.disable()
    try:
        begin = time.perf_counter()
        result = refresh(lambda: book, as_of, NOW)
        return time.perf_counter() - begin, result.written.cells
    finally:
        gc.enable()


def there_and_back(office: Office, path: Path) -> float:
    """LibreOffice 自己读入再另存。"""
    begin = time.perf_counter()
    with opened(office, path) as document:
        document.storeToURL(to_url(path.with_name("另存.xlsx")), (setting("FilterName", FILTERS[".xlsx"]),))
    return time.perf_counter() - begin


def main() -> None:
    """量一遍，逐行印出。"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", type=int, default=2000)
    options = parser.parse_args()
    full = (ledgers.NODES_PER_ITEM, ledgers.FEEDBACK_PER_ITEM, ledgers.RECORDS_PER_ITEM)
    with tempfile.TemporaryDirectory() as folder:
        office = start(visible=False)
        try:
            for children in (full, (1, 1, 1)):
                path = Path(folder) / f"台账{sum(children)}.xlsx"
                build(path, options.items, children)
                live(office, path)  # 第一轮热身
                rounds = [(live(office, path), there_and_back(office, path)) for _ in range(options.rounds)]
                report(options.items, children, rounds)
        finally:
            office.close()


def build(path: Path, items: int, children: tuple[int, int, int]) -> None:
    """造一本 items 项的台账，每项这么多个节点、条反馈、条督查记录。"""
    ledgers.NODES_PER_ITEM, ledgers.FEEDBACK_PER_ITEM, ledgers.RECORDS_PER_ITEM = children
    ledgers.build(path, items)


def report(items: int, children: tuple[int, ...], rounds: list[tuple[Run, float]]) -> None:
    """中位数，和用时居中的那一轮的来往。"""
    runs = sorted((run for run, _ in rounds), key=lambda run: run.seconds)
    run = runs[len(runs) // 2]
    seconds, desk = run.seconds, run.desk
    theirs = statistics.median(other for _, other in rounds)
    sheets = Counter({sheet: 0 for sheet, _ in desk.calls})
    for (sheet, _), number in desk.calls.items():
        sheets[sheet] += number
    most, calls = sheets.most_common(1)[0]
    print(
        f"{items:,} 项 + {items * sum(children):,} 子表行：首次 {seconds:.2f} 秒，写 {run.cells:,} 格（目标 2,000 项 ≤ 5 秒）；"
        f"第二天 {statistics.median(run.next_seconds for run in runs):.2f} 秒，写 {run.next_cells:,} 格"
    )
    print(f"其中等 LibreOffice {desk.seconds:.2f} 秒，占 {desk.seconds / seconds:.0%}：" + "，".join(
        f"{name} {spent:.2f}" for name, spent in desk.spent.most_common(6)))  # fmt: skip
    print(f"LibreOffice 读入另存同一个文件 {theirs:.2f} 秒，比值 {seconds / theirs:.2f}")
    print(f"来往：每表平均 {sum(sheets.values()) / len(sheets):.1f} 次，最多 {calls} 次（{most}）")


if __name__ == "__main__":
    main()

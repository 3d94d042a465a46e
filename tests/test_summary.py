"""督检汇总：占比正好 100.0，各状态之和等于事项数，与判定一致。"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest
from duban_workbook import SAMPLE_AS_OF
from hypothesis import given
from hypothesis import strategies as st

from pyengine.books.file import FileBook
from pyengine.refresh import examine
from pyengine.summary import busiest_units, largest_remainder, summarise


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60))
def test_shares_sum_to_a_hundred_and_are_off_by_less_than_a_tenth(counts: list[int]) -> None:
    shares = largest_remainder(counts)
    whole = sum(counts)
    assert sum(shares) == (1000 if whole else 0)
    assert all(abs(share * whole - count * 1000) < whole for share, count in zip(shares, counts, strict=True) if whole)


@pytest.mark.parametrize(
    ("counts", "shares"),
    [([1, 1, 1], (334, 333, 333)), ([162, 60], (730, 270)), ([0, 0], (0, 0)), ([5], (1000,)), ([2, 1], (667, 333))],
)
def test_the_largest_remainders_are_filled_first(counts: list[int], shares: tuple[int, ...]) -> None:
    assert largest_remainder(counts) == shares


def test_every_block_counts_every_item_once(sample: Path) -> None:
    result, _ = examine(FileBook(sample), SAMPLE_AS_OF)
    verdicts = result.outcome.verdicts
    blocks = defaultdict(list)
    for row in summarise(verdicts):
        assert sum(row.by_status) == row.count
        blocks[row.dimension].append(row)
    assert list(blocks) == ["全部", "牵头单位", "牵头领导", "星级", "事项来源"]
    assert {name: sum(row.tenths for row in rows) for name, rows in blocks.items()} == dict.fromkeys(blocks, 1000)
    counted = {name: sum(row.count for row in rows) for name, rows in blocks.items()}
    leads = sum(max(len(verdict.task.lead_units), 1) for verdict in verdicts)
    assert counted == {**dict.fromkeys(blocks, len(verdicts)), "牵头单位": leads}
    assert [row.arranged for row in blocks["全部"]] == [sum(verdict.task.state == "已落实" for verdict in verdicts)]


def test_busiest_units_come_first(sample: Path) -> None:
    result, _ = examine(FileBook(sample), SAMPLE_AS_OF)
    counts = Counter(unit for verdict in result.outcome.verdicts for unit in verdict.task.lead_units)
    rows = busiest_units(result.outcome.verdicts, 15)
    assert len(rows) == 15
    assert [row[1] for row in rows] == sorted(counts.values(), reverse=True)[:15]
    assert all(counts[unit] == number for unit, number, _, _ in rows)

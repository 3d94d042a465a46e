"""历史讲得出：谁的哪一格何时改的、备份留多少、怎样恢复、坏了怎样重建、改了名怎样接上。"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import AS_OF, duban, fill, rows_of
from duban_workbook import SAMPLE_AS_OF
from hypothesis import given
from hypothesis import strategies as st

from pyengine.cli import BAD_CALL, DONE, HAS_ERRORS, REFUSED
from pyengine.errors import LOCKED, UNREADABLE
from pyengine.history import ADDED, REMOVED, Change, History, backups
from pyengine.history.keeping import kept
from pyengine.ooxml import Package

LEDGER = "政府工作报告台账"
NEXT = (SAMPLE_AS_OF + timedelta(days=1)).isoformat()


def refresh(ledger: Path, as_of: str = AS_OF) -> None:
    assert duban("refresh", ledger, "--as-of", as_of) == HAS_ERRORS


def changes(ledger: Path) -> list[Change]:
    """历史里记下的全部改动。"""
    return [noticed.change for noticed in History(ledger).story(date.min).changes]


def runs(ledger: Path) -> list[tuple[str, str]]:
    """历史里记下的全部运行：命令和判定日。"""
    return [(run.command, run.as_of) for run in History(ledger).story(date.min).runs]


# --- 人改了什么 -------------------------------------------------------------------------------------------------------


def test_every_staff_cell_that_changed_is_told_once(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refresh(sample)
    row = rows_of(sample, LEDGER)[2]
    last = rows_of(sample, "进展反馈")[-1]
    setting = next(row for row in rows_of(sample, "设置") if row["项目"] == "临近天数")
    fill(sample, LEDGER, row["行"], {"完成时限": date(2027, 6, 30), "备注": "会上定的"})
    fill(sample, "进展反馈", last["行"] + 1, {"编号": row["编号"], "反馈日期": date(2026, 9, 22), "进展情况": "已开工"})
    fill(sample, "设置", setting["行"], {"取值": 12})
    refresh(sample, NEXT)
    number = str(row["编号"])
    assert changes(sample) == [
        Change(LEDGER, number, "完成时限", str(row["完成时限"] or ""), "2027-06-30"),
        Change(LEDGER, number, "备注", str(row["备注"] or ""), "会上定的"),
        Change(
            "进展反馈", f"{number} 2026-09-22", ADDED, "", f"编号：{number}；反馈日期：2026-09-22；进展情况：已开工"
        ),
        Change("设置", "临近天数", "取值", "10", "12"),
    ]
    refresh(sample, NEXT)
    assert len(changes(sample)) == 4
    capsys.readouterr()
    before = {path: path.read_bytes() for path in sample.parent.rglob("*") if path.is_file()}
    assert duban("history", sample) == DONE
    said = capsys.readouterr().out
    assert f"{LEDGER} {number} 完成时限：{row['完成时限']} → 2027-06-30" in said
    assert "设置 临近天数 取值：10 → 12" in said
    assert {path: path.read_bytes() for path in sample.parent.rglob("*") if path.is_file()} == before
    assert duban("history", sample, "--since", "2090-01-01") == DONE
    assert "临近天数" not in capsys.readouterr().out


def test_what_the_engine_writes_itself_is_no_change_of_a_person(sample: Path) -> None:
    refresh(sample)
    assert "亮牌" in {row["事件"] for row in rows_of(sample, "督查记录")}
    assert duban("letters", sample, "--as-of", AS_OF) == HAS_ERRORS
    refresh(sample)
    refresh(sample, NEXT)
    assert changes(sample) == []
    assert runs(sample) == [("refresh", AS_OF), ("letters", AS_OF), ("refresh", AS_OF), ("refresh", NEXT)]


def test_an_answer_to_a_proposal_and_a_removed_row_are_told(sample: Path) -> None:
    refresh(sample)
    card = next(row for row in rows_of(sample, "亮牌建议") if not row["确认"])
    leader = rows_of(sample, "领导")[-1]
    fill(sample, "亮牌建议", card["行"], {"确认": "是", "确认人": "周明远"})
    fill(sample, "领导", leader["行"], {"姓名": None, "职务": None, "分管领域": None})
    refresh(sample)
    assert changes(sample) == [
        Change("领导", str(leader["姓名"]), REMOVED, "；".join(f"{head}：{leader[head]}" for head in ("姓名", "职务", "分管领域") if leader[head]), ""),
        Change("亮牌建议", str(card["建议编号"]), "确认", "", "是"),
        Change("亮牌建议", str(card["建议编号"]), "确认人", "", "周明远"),
    ]  # fmt: skip


# --- 备份留多少 -------------------------------------------------------------------------------------------------------

MOMENTS = st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)), max_size=60)


@given(MOMENTS, st.integers(1, 40), st.integers(0, 14))
def test_what_is_kept_is_the_last_of_each_recent_day_and_month(moments: list[datetime], days: int, months: int) -> None:
    keep = kept(moments, days, months)
    assert keep <= set(moments)
    assert not moments or max(moments) in keep
    recent = sorted({moment.date() for moment in moments})[-2:]
    assert {moment for moment in moments if moment.date() in recent} <= keep
    for day in sorted({moment.date() for moment in moments})[-days:]:
        assert max(moment for moment in moments if moment.date() == day) in keep
    assert len({moment.date() for moment in keep}) <= max(days, 2) + months
    assert kept(keep, days, months) == keep


def test_a_year_of_backups_is_thinned_to_thirty_days_and_twelve_months(sample: Path) -> None:
    folder = sample.parent / ".duban" / "backups"
    folder.mkdir(parents=True)
    first = datetime(2025, 7, 1, 8, 0)
    for day in range(400):
        for hour in (0, 6):
            stamp = (first + timedelta(days=day, hours=hour)).strftime("%Y%m%d-%H%M%S")
            (folder / f"{sample.stem}-{stamp}.xlsx").write_bytes(b"")
    others = [
        folder / f"另一本-{stamp}.xlsx",
        folder / f"{sample.stem}-旧.xlsx",
        folder / f"{sample.stem}-{stamp}.xlsm",
    ]
    for other in others:
        other.write_bytes(b"")
    refresh(sample)
    left = [backup.at for backup in backups(sample)]
    assert len(left) == 1 + 2 + 28 + 9
    assert [moment.date() for moment in left[-4:]] == [
        date(2026, 8, 3),
        date(2026, 8, 4),
        date(2026, 8, 4),
        left[-1].date(),
    ]
    assert [moment.strftime("%m-%d %H") for moment in left[:3]] == ["10-31 14", "11-30 14", "12-31 14"]
    assert all(other.exists() for other in others)


def test_snapshots_are_thinned_like_the_backups(sample: Path) -> None:
    setting = {row["项目"]: row["行"] for row in rows_of(sample, "设置")}
    fill(sample, "设置", setting["保留备份天数"], {"取值": 2})
    fill(sample, "设置", setting["保留备份月数"], {"取值": 2})
    days = ["2026-08-31", "2026-09-21", "2026-09-22", "2026-09-23", "2026-10-09"]
    for day in days:
        refresh(sample, day)
    with closing(sqlite3.connect(History(sample).path)) as database:
        left = [day for (day,) in database.execute("SELECT as_of FROM snapshot ORDER BY as_of")]
    assert left == ["2026-09-23", "2026-10-09"]


# --- 恢复 -------------------------------------------------------------------------------------------------------------


def test_restore_brings_the_ledger_back_and_can_be_taken_back(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sample.read_bytes()
    refresh(sample)
    after = sample.read_bytes()
    assert duban("restore", sample) == DONE
    assert sample.read_bytes() == before
    assert duban("restore", sample) == DONE
    assert sample.read_bytes() == after
    capsys.readouterr()
    assert runs(sample) == [("refresh", AS_OF), ("restore", ""), ("restore", "")]


def test_restore_to_a_moment_takes_the_last_backup_before_it(sample: Path) -> None:
    folder = sample.parent / ".duban" / "backups"
    folder.mkdir(parents=True)
    for stamp in ("20260301-080000", "20260301-170000", "20260302-080000"):
        copy = Path(shutil.copy(sample, folder / f"{sample.stem}-{stamp}.xlsx"))
        fill(copy, LEDGER, 4, {"备注": stamp})
    stamps = {}
    for at in ("2026-03-01", "2026-03-01 08:00", "2026-03-01 16:59:59", "2026-03-01T17:00:00", "2026-06-01"):
        sample.unlink()
        assert duban("restore", sample, "--at", at) == DONE
        stamps[at] = rows_of(sample, LEDGER)[0]["备注"]
    assert stamps == {
        "2026-03-01": "20260301-170000", "2026-03-01 08:00": "20260301-080000", "2026-03-01 16:59:59": "20260301-080000",
        "2026-03-01T17:00:00": "20260301-170000", "2026-06-01": "20260302-080000",
    }  # fmt: skip


def test_restore_refuses_in_plain_words_and_touches_nothing(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def refused(code: int, *arguments: object) -> str:
        before = {path: path.read_bytes() for path in sample.parent.rglob("*") if path.is_file()}
        assert duban("restore", *arguments) == code
        assert {path: path.read_bytes() for path in sample.parent.rglob("*") if path.is_file()} == before
        said, errors = capsys.readouterr()
        assert said == ""
        assert len(errors.splitlines()) == 2
        return errors

    assert "没有备份" in refused(REFUSED, sample)
    assert "找不到台账" in refused(BAD_CALL, sample.with_name("没有.xlsx"))
    refresh(sample)
    capsys.readouterr()
    assert "没有这个时刻以前的备份" in refused(REFUSED, sample, "--at", "2020-01-01")
    assert "时刻“昨天”不对" in refused(BAD_CALL, sample, "--at", "昨天")
    lock = sample.with_name(f"~${sample.name}")
    lock.write_bytes(b"")
    assert "打开" in refused(LOCKED, sample)
    lock.unlink()
    backups(sample)[-1].path.write_bytes(b"PK\x03\x04 cut off")
    refused(UNREADABLE, sample)


def test_a_ledger_that_was_deleted_comes_back(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sample.read_bytes()
    refresh(sample)
    sample.unlink()
    assert duban("history", sample) == DONE
    assert duban("restore", sample) == DONE
    assert sample.read_bytes() == before
    assert duban("restore", sample) == DONE
    assert "本来就和备份" in capsys.readouterr().out


# --- 丢了、改名 -------------------------------------------------------------------------------------------------------


def test_a_lost_history_still_knows_last_nights_deadline(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refresh(sample)
    refresh(sample, NEXT)
    row = next(row for row in rows_of(sample, LEDGER) if row["预警状态"] == "进度滞后")
    fill(sample, LEDGER, row["行"], {"完成时限": date(2027, 6, 30)})
    History(sample).path.unlink()
    capsys.readouterr()
    refresh(sample, (SAMPLE_AS_OF + timedelta(days=2)).isoformat())
    assert "没有找到这本台账的历史，已从 2 份备份重新建起" in capsys.readouterr().out
    assert changes(sample) == [Change(LEDGER, str(row["编号"]), "完成时限", str(row["完成时限"]), "2027-06-30")]
    found = [row["代码"] for row in rows_of(sample, "校验问题")]
    assert found.count("R10") == 1


def test_unreadable_backups_are_passed_over(sample: Path) -> None:
    refresh(sample)
    refresh(sample, NEXT)
    History(sample).path.unlink()
    backups(sample)[0].path.write_bytes(b"nothing")
    Package.open(backups(sample)[1].path)
    refresh(sample, NEXT)
    assert runs(sample) == [("rebuild", NEXT), ("refresh", NEXT)]


def test_a_renamed_ledger_goes_on_with_its_history(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refresh(sample)
    row = next(row for row in rows_of(sample, LEDGER) if row["预警状态"] == "进度滞后")
    fill(sample, LEDGER, row["行"], {"完成时限": date(2027, 6, 30)})
    renamed = sample.rename(sample.with_name("2026年督办台账.xlsx"))
    capsys.readouterr()
    refresh(renamed, NEXT)
    assert "台账原名 督办台账.xlsx，接着原来的历史记" in capsys.readouterr().out
    assert [row["代码"] for row in rows_of(renamed, "校验问题")].count("R10") == 1
    assert runs(renamed) == [("refresh", AS_OF), ("refresh", NEXT)]
    assert runs(sample) == []
    refresh(renamed, NEXT)
    assert "原名" not in capsys.readouterr().out


def test_another_years_ledger_in_the_place_of_the_old_one_begins_its_own_history(sample: Path) -> None:
    refresh(sample)
    fresh = sample.with_name("2027年督办台账.xlsx")
    assert duban("new", fresh) == DONE
    sample.unlink()
    assert duban("refresh", fresh, "--as-of", NEXT) == DONE
    assert runs(fresh) == [("refresh", NEXT)]

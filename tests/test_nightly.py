"""夜间任务：刷新、起草、记历史、出摘要一次做完；台账开着只看不写；漏掉的夜补上；从不碰 Excel。"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import AS_OF, duban, fill, require_program, rows_of
from docx import Document
from duban_workbook import SAMPLE_AS_OF, build
from test_history import LEDGER, kept
from test_schedule import BARE, CRONTAB
from test_story import runs

from pyengine.books.file import FileBook
from pyengine.cli import DONE, HAS_ERRORS
from pyengine.errors import LOCKED, UNREADABLE
from pyengine.history import Change, Judged
from pyengine.nightly import Clock, Done, run_nightly
from pyengine.nightly.digest import Night, write
from pyengine.ooxml import Locked
from pyengine.refresh import examine

NIGHT = datetime(2026, 9, 22, 22, 0)


class Hand:
    """拨得动的钟：等一次走一次，记下等了几次；到第 free_at 次等完，把锁拿走。"""

    def __init__(self, start: datetime, lock: Path | None = None, free_at: int = 0) -> None:
        self.time, self.waits, self._lock, self._free_at = start, 0, lock, free_at

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.waits += 1
        if self._lock is not None and self.waits == self._free_at:
            self._lock.unlink()

    def run(self, ledger: Path) -> Done:
        done = run_nightly(ledger, self.time.date(), Clock(lambda: self.time, self.wait))
        assert done is not None
        return done


def said(digest: Path | None) -> str:
    """摘要里的全部文字，一段、一格一行。"""
    assert digest is not None
    page = Document(str(digest))
    cells = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in page.paragraphs), *cells])


def lock(ledger: Path) -> Path:
    """像 Excel 那样在台账旁放一个占用文件。"""
    path = ledger.with_name(f"~${ledger.name}")
    path.write_bytes(bytes([6]) + "周明远".encode("gb18030"))
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_night_refreshes_drafts_registers_and_tells_on_one_page(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert duban("nightly", "run", sample, "--as-of", AS_OF) == DONE
    told = capsys.readouterr().out
    drafted = sorted(path.name for path in (sample.parent / "公文").iterdir())
    assert len(drafted) == 30
    assert f"已起草公文 30 件，放在 {sample.parent / '公文'}" in told
    logged = [
        row["文号"] for row in rows_of(sample, "督查记录") if row["事件"] == "工作提示" and row["日期"] == SAMPLE_AS_OF
    ]
    assert len(logged) == sum(name.startswith("工作提示") for name in drafted)
    assert runs(sample)[-1] == ("nightly", "")
    assert [command for command, _ in runs(sample)] == ["refresh", "letters", "refresh", "nightly"]
    assert [day for _, day, _ in kept(sample)] == [AS_OF]
    digest = said(sample.parent / "每日摘要" / f"每日摘要-{AS_OF}.docx")
    assert "青河县政府督办检查室　2026年9月22日　星期二　督办台账.xlsx" in digest
    assert "一、总体：122项" in digest
    assert "已起草工作提示" in digest
    assert "{" not in digest
    before = tree(sample.parent)
    assert duban("nightly", "run", sample, "--as-of", AS_OF) == DONE
    after = tree(sample.parent)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed <= {".duban/history.sqlite", ".duban/nightly.log", f"每日摘要/每日摘要-{AS_OF}.docx"} | {
        name for name in after if name.endswith(".lock")
    }
    assert set(after) == set(before)


def test_what_changed_since_the_last_night_is_told(sample: Path) -> None:
    Hand(NIGHT).run(sample)
    row = next(row for row in rows_of(sample, LEDGER) if row["预警状态"] == "逾期未完成")
    fill(sample, LEDGER, row["行"], {"办理状态": "已完成", "完成进度": 1, "办结日期": date(2026, 9, 23)})
    done = Hand(NIGHT + timedelta(days=1)).run(sample)
    digest = said(done.digest)
    assert "第三行是比2026年9月22日增减" in digest
    assert f"· {LEDGER} {row['编号']} 办结日期：（空） → 2026-09-23" in digest
    cells = digest.splitlines()
    at = cells.index(str(row["编号"]), cells.index("从前"))
    assert cells[at + 4].startswith("已完成")
    assert cells[at + 3].startswith("逾期未完成")


def test_an_open_ledger_is_only_looked_at(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock(sample)
    before = sample.read_bytes()
    hand = Hand(NIGHT)
    done = hand.run(sample)
    assert (done.written, sample.read_bytes(), hand.waits) == (False, before, 12)
    assert not (sample.parent / "公文").exists()
    assert "用户 周明远" in said(done.digest)
    assert "没有写回，下一次刷新时补上" in said(done.digest)
    assert "待起草工作提示" in said(done.digest)
    assert kept(sample) == []
    lock(sample).unlink()
    assert duban("refresh", sample, "--as-of", AS_OF) == HAS_ERRORS
    assert "9月23日的夜间任务没有写回台账（台账 督办台账.xlsx 正被" in capsys.readouterr().out
    assert duban("refresh", sample, "--as-of", AS_OF) == HAS_ERRORS
    assert "夜间任务" not in capsys.readouterr().out


def test_a_ledger_closed_in_the_night_is_written_then(sample: Path) -> None:
    hand = Hand(NIGHT, lock(sample), free_at=3)
    done = hand.run(sample)
    assert (done.written, hand.waits, done.result.outcome.as_of) == (True, 3, NIGHT.date())
    assert "台账已刷新" in said(done.digest)
    assert "没有写回" not in said(done.digest)
    assert len(list((sample.parent / "每日摘要").iterdir())) == 1


def test_left_open_is_exit_3_for_the_scheduler(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    minutes = next(row for row in rows_of(sample, "设置") if row["项目"] == "夜间重试分钟")
    fill(sample, "设置", minutes["行"], {"取值": 0})
    lock(sample)
    assert duban("nightly", "run", sample, "--as-of", AS_OF) == LOCKED
    assert "没有写回，下一次刷新时补上" in capsys.readouterr().out


def test_missed_nights_are_caught_up(sample: Path) -> None:
    Hand(datetime(2026, 9, 16, 22)).run(sample)
    done = Hand(datetime(2026, 9, 26, 22)).run(sample)
    digest = said(done.digest)
    assert "2026-09-17 至 2026-09-25 夜间任务没有运行，漏下的已补列" in digest
    assert "2026年三季度3★督检汇总" in digest  # 汇总日 9 月 25 日只在那一天列出
    issued = {row["日期"] for row in rows_of(sample, "督查记录") if row["事件"] == "工作提示"}
    assert date(2026, 9, 26) in issued  # 9 月 18 日该发的提示，补发
    assert "没有运行" not in said(Hand(datetime(2026, 9, 27, 22)).run(sample).digest)


def test_a_second_night_does_not_run_beside_the_first(sample: Path) -> None:
    def while_running(_: float) -> None:
        with pytest.raises(Locked, match=r"督办台账进程.*跑夜间任务"):
            run_nightly(sample, SAMPLE_AS_OF, Clock(lambda: NIGHT, lambda _: None))
        path.unlink()

    path = lock(sample)
    done = run_nightly(sample, SAMPLE_AS_OF, Clock(lambda: NIGHT, while_running))
    assert done is not None
    assert done.written


@pytest.mark.parametrize(
    ("before", "now", "again"),
    [
        (datetime(2026, 9, 22, 1, 30), datetime(2026, 9, 22, 8, 10), False),
        (datetime(2026, 9, 22, 1, 29), datetime(2026, 9, 22, 8, 10), True),
        (datetime(2026, 9, 21, 8, 0), datetime(2026, 9, 22, 1, 0), False),
        (datetime(2026, 9, 21, 8, 0), datetime(2026, 9, 22, 1, 30), True),
    ],
)
def test_a_logon_after_the_night_does_nothing(sample: Path, before: datetime, now: datetime, again: bool) -> None:
    Hand(before).run(sample)
    whole = sample.read_bytes()
    done = run_nightly(sample, now.date(), Clock(lambda: now, lambda _: None), once=True)
    assert (done is not None) == again
    assert again or sample.read_bytes() == whole


def test_a_logon_after_a_night_that_only_looked_writes(sample: Path) -> None:
    path = lock(sample)
    Hand(datetime(2026, 9, 22, 1, 30)).run(sample)
    path.unlink()
    done = run_nightly(sample, SAMPLE_AS_OF, Clock(lambda: datetime(2026, 9, 22, 8, 0), lambda _: None), once=True)
    assert done is not None
    assert [command for command, _ in runs(sample)] == ["looked", "refresh", "letters", "refresh", "nightly"]


def test_a_night_that_fails_says_why_in_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "别的.xlsx"
    other.write_bytes(b"not a workbook")
    assert duban("nightly", "run", other) == UNREADABLE
    errors = capsys.readouterr().err
    log = (tmp_path / ".duban" / "nightly.log").read_text(encoding="utf-8")
    assert errors.splitlines()[0] in log
    assert "Traceback" not in log + errors


def test_a_digest_that_cannot_be_written_does_not_stop_the_night(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sample.parent / "每日摘要").write_text("这里不是文件夹")
    assert duban("nightly", "run", sample, "--as-of", AS_OF) == DONE
    assert "每日摘要没有写成" in capsys.readouterr().out
    assert "每日摘要没有写成" in (sample.parent / ".duban" / "nightly.log").read_text(encoding="utf-8")
    assert rows_of(sample, LEDGER)[0]["预警状态"]


def test_the_log_is_rotated(sample: Path) -> None:
    folder = sample.parent / ".duban"
    folder.mkdir()
    for _ in range(8):
        (folder / "nightly.log").write_text("旧\n" * 300_000, encoding="utf-8")
        with pytest.raises(ValueError, match="停"):
            run_nightly(sample, SAMPLE_AS_OF, Clock(lambda: NIGHT, lambda _: None), step=_stop)
    logs = sorted(path.name for path in folder.glob("nightly.log*"))
    assert logs == ["nightly.log", *(f"nightly.log.{number}" for number in range(1, 5))]
    assert "ValueError: 停" in (folder / "nightly.log").read_text(encoding="utf-8")


def _stop(step: str) -> None:
    raise ValueError("停")


def test_no_office_program_is_ever_driven(sample: Path) -> None:
    code = (
        "import sys; from pyengine.cli import run; code = run(sys.argv[1:]);"
        "print(code, sorted({'xlwings', 'win32com', 'pythoncom', 'uno', 'comtypes', 'appscript'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, "nightly", "run", str(sample), "--as-of", AS_OF]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_staff_may_edit_the_digest_template(sample: Path) -> None:
    own = sample.parent / "公文模板"
    own.mkdir()
    page = Document()
    page.add_paragraph("{{ 办公室 }}今天{{ 待办|length + 待办余 }}件事")
    page.save(str(own / "每日摘要.docx"))
    assert said(Hand(NIGHT).run(sample).digest).startswith("青河县政府督办检查室今天")


def test_the_fullest_digest_fits_one_page(sample: Path, tmp_path: Path) -> None:
    soffice = require_program("soffice")
    result, _ = examine(FileBook(sample), SAMPLE_AS_OF)
    long = "这件工作的名称很长很长很长" * 9
    units = [f"县某某某某某某某某管理委员会{number}" for number in range(40)]
    reminders = tuple(
        replace(item, text=long, unit=unit, on=SAMPLE_AS_OF)
        for item, unit in zip(result.outcome.reminders, units * 9, strict=False)
    )
    outcome = replace(result.outcome, reminders=reminders)
    before = tuple(
        Judged(f"GONE-2026-{number:03}", long, units[number], "未按时启动", "橙牌（建议）", None, None)
        for number in range(40)
    )
    changes = tuple(Change(LEDGER, f"ZFGZ-2026-{number:03}", "最新进展", long, long) for number in range(40))
    missed = tuple(SAMPLE_AS_OF - timedelta(days=number) for number in range(9, 0, -1))
    night = Night(
        replace(result, outcome=outcome), (date(2026, 9, 1), before), changes, missed, (long[:60], long[:40], long[:40])
    )
    path = write(night, sample, tmp_path / "摘要")
    work = tmp_path / "out"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", work, path], check=True, capture_output=True
    )
    pdf = work / path.with_suffix(".pdf").name
    shown = subprocess.run([require_program("pdfinfo"), pdf], check=True, capture_output=True, text=True).stdout
    assert "Pages:           1\n" in shown


def test_an_empty_ledger_has_a_quiet_night(tmp_path: Path) -> None:
    done = Hand(NIGHT).run(build(tmp_path / "空白.xlsx", sample=False))
    assert done.written
    assert "没有要发的公文" in said(done.digest)


@pytest.mark.skipif(sys.platform == "win32", reason="cron 是 Unix 的")
def test_what_the_command_installs_is_a_whole_night(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "crontab").write_text(CRONTAB.format(python=sys.executable), encoding="utf-8")
    (programs / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    rows = {row["项目"]: row["行"] for row in rows_of(sample, "设置")}
    fill(sample, "设置", rows["夜间任务时间"], {"取值": "3：15"})
    assert duban("nightly", "status", sample) == DONE
    assert "没有装夜间任务" in capsys.readouterr().out
    assert duban("nightly", "install", sample) == DONE
    assert "每天 03:15 运行" in capsys.readouterr().out
    minute, hour, *_, command = (programs / "crontab.txt").read_text(encoding="utf-8").split(" ", 5)
    assert (minute, hour) == ("15", "3")
    assert duban("nightly", "status", sample) == DONE
    assert "已装夜间任务" in capsys.readouterr().out
    assert subprocess.run(["/bin/sh", "-c", command], env=BARE, cwd="/", check=False).returncode == DONE
    assert len(list((sample.parent / "每日摘要").glob("每日摘要-*.docx"))) == 1
    assert runs(sample)[-1] == ("nightly", "")
    assert duban("nightly", "remove", sample) == DONE
    assert not (programs / "crontab.txt").exists()
    assert duban("nightly", "remove", sample) == DONE

"""历史：记下、读回、与从前对照；坏了、不能写、被占用都不妨碍刷新，只说一句。"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import AS_OF, duban, fill, rows_of
from duban_workbook import SAMPLE_AS_OF
from hypothesis import given
from hypothesis import strategies as st
from test_properties import DAYS, FEW, Sheets, ledgers

from pyengine.books.file import FileBook
from pyengine.books.memory import MemoryBook
from pyengine.cli import DONE, HAS_ERRORS
from pyengine.grid import Grid, Written
from pyengine.history import History, Seen, database
from pyengine.history.codec import from_json, to_json
from pyengine.judge import recompute
from pyengine.model import Deadline, Ledger, PastDecision, PastItem, Snapshot
from pyengine.ooxml import CellEdit, ChangedMeanwhile, NamedLook, WriteRefused
from pyengine.read import read_ledger
from pyengine.refresh import refresh
from pyengine.rulebook import all_circulars
from pyengine.terms import DATED, MISSING, OPEN_ENDED, UNREADABLE

LEDGER = "政府工作报告台账"
NEXT = (SAMPLE_AS_OF + timedelta(days=1)).isoformat()
NOW = datetime(2026, 9, 22, 8, 30)
PAST_CODES = {f"R{number}" for number in range(10, 19)}

WORDS = st.text(st.sampled_from('甲乙丙A1、“”"\\\n 🏫'), max_size=8)
MAYBE = st.none() | st.dates()
DEADLINES = st.builds(
    Deadline, st.sampled_from([DATED, OPEN_ENDED, MISSING, UNREADABLE]), MAYBE, MAYBE, st.lists(st.dates(), max_size=2).map(tuple),
    WORDS, WORDS,
)  # fmt: skip
ITEMS = st.builds(
    PastItem, number=WORDS, sheet=WORDS, initiated=MAYBE, due=DEADLINES, start_due=DEADLINES, goal=WORDS, goal_since=st.dates(),
    state=WORDS, finished=MAYBE, closed=MAYBE, progress=st.none() | st.fractions(0, 3), last_closed=MAYBE, last_seen=st.dates(),
)  # fmt: skip
DECISIONS = st.builds(PastDecision, st.dates(), WORDS, WORDS, st.lists(WORDS, max_size=2).map(tuple), DEADLINES)
SNAPSHOTS = st.builds(
    Snapshot, st.dates(), st.lists(ITEMS, max_size=3).map(tuple), st.lists(DECISIONS, max_size=3).map(tuple),
    st.dictionaries(st.tuples(WORDS, WORDS, WORDS), st.dates(), max_size=3),
)  # fmt: skip


def db(ledger: Path) -> Path:
    """台账旁的历史文件。"""
    return ledger.parent / ".duban" / "history.sqlite"


def kept(ledger: Path) -> list[tuple[str, str, str]]:
    """历史文件里的各行。"""
    with closing(sqlite3.connect(db(ledger))) as database:
        return database.execute("SELECT ledger, as_of, content FROM snapshot ORDER BY ledger, as_of").fetchall()


def run_json(command: str, ledger: Path, as_of: str) -> dict[str, Any]:
    """运行并读回 JSON。"""
    out = ledger.with_suffix(".json")
    assert duban(command, ledger, "--as-of", as_of, "--json", out) == HAS_ERRORS
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def codes(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """与从前对照的问题：代码和位置。"""
    return [
        (item["code"], f"{item['sheet']}!{item['cell']}") for item in result["findings"] if item["code"] in PAST_CODES
    ]


# --- 快照本身 ---------------------------------------------------------------------------------------------------------


@given(SNAPSHOTS)
def test_a_snapshot_comes_back_as_it_was(snapshot: Snapshot) -> None:
    assert from_json(snapshot.as_of.isoformat(), to_json(snapshot)) == snapshot


def ledger_of(sheets: Sheets, as_of: date) -> Ledger:
    return read_ledger(MemoryBook.of(sheets).sheets(), as_of).ledger


@FEW
@given(ledgers(), DAYS, st.integers(0, 90))
def test_an_unchanged_ledger_has_no_findings_and_is_remembered_alike(sheets: Sheets, as_of: date, days: int) -> None:
    ledger = ledger_of(sheets, as_of)
    first = recompute(ledger, all_circulars(), as_of)
    again = from_json(as_of.isoformat(), to_json(first.snapshot))
    assert again == first.snapshot
    later = recompute(replace(ledger, past=(again,)), all_circulars(), as_of + timedelta(days=days))
    assert [item for item in later.findings if item.code in PAST_CODES] == []
    assert {key: day for key, day in later.snapshot.standing.items() if day != as_of} == {}
    same_day = recompute(replace(ledger, past=(again,)), all_circulars(), as_of)
    assert same_day == first


@FEW
@given(ledgers(), DAYS, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_neither_findings_nor_the_snapshot(
    sheets: Sheets, as_of: date, other: date, random: Any
) -> None:
    mixed = {sheet: random.sample(rows, len(rows)) for sheet, rows in sheets.items()}
    changed = {
        **sheets,
        LEDGER: [{**row, "完成时限": other, "完成进度": 0.2, "年度目标": "别的"} for row in sheets[LEDGER]],
    }
    first, second = (recompute(ledger_of(part, as_of), all_circulars(), as_of) for part in (sheets, mixed))
    assert first.snapshot == second.snapshot
    outcomes = [
        recompute(replace(ledger_of(changed, as_of), past=(one.snapshot,)), all_circulars(), as_of)
        for one in (first, second)
    ]
    assert outcomes[0] == outcomes[1]


MEETINGS = st.lists(
    st.builds(
        lambda on, what, number, unit, due: {"日期": on, "议定事项": what, "编号": number, "责任单位": unit, "完成时限": due},
        st.dates(date(2026, 5, 1), date(2026, 5, 4)), st.sampled_from(["开工", "用地", "资金"]), st.sampled_from([None, "A1", "A2"]),
        st.sampled_from(["教育局", "水务局", "水务局、教育局"]), st.sampled_from([None, "6月底前", date(2026, 6, 30), "持续推进", "看情况"]),
    ),
    max_size=6,
)  # fmt: skip


@FEW
@given(MEETINGS, MEETINGS, st.randoms(use_true_random=False))
def test_decisions_are_compared_the_same_in_any_order_and_again(before: Any, after: Any, random: Any) -> None:
    day = date(2026, 5, 20)
    units = [{"单位名称": "县教育局", "简称": "教育局"}, {"单位名称": "县水务局", "简称": "水务局"}]
    said = lambda rows: ledger_of({"单位": units, "会商调度": rows}, day)  # noqa: E731
    judged = lambda ledger, *past: recompute(replace(ledger, past=past), all_circulars(), day)  # noqa: E731
    told = lambda outcome: sorted((f.code, f.message) for f in outcome.findings if f.code in PAST_CODES)  # noqa: E731
    first = judged(said(before)).snapshot
    assert told(judged(said(random.sample(before, len(before))), first)) == []
    second, mixed = judged(said(after), first), judged(said(random.sample(after, len(after))), first)
    assert (told(mixed), mixed.snapshot) == (told(second), second.snapshot)
    assert judged(said(after), second.snapshot) == second
    assert len(told(second)) <= len(before)


# --- 台账旁的文件 -----------------------------------------------------------------------------------------------------


def row_with(ledger: Path, **cells: object) -> dict[str, Any]:
    """政府工作报告台账里各列正是这些值的第一行。"""
    return next(row for row in rows_of(ledger, LEDGER) if all(row[head] == value for head, value in cells.items()))


def test_a_deadline_changed_overnight_is_found_and_the_old_one_counts(sample: Path) -> None:
    first = run_json("refresh", sample, AS_OF)
    assert codes(first) == []
    row = row_with(sample, 办理状态="正在办理", 预警状态="进度滞后", 完成时限=date(2026, 10, 31))
    old = next(task for task in first["tasks"] if task["number"] == row["编号"])
    fill(sample, LEDGER, row["行"], {"完成时限": date(2027, 6, 30)})
    second = run_json("refresh", sample, NEXT)
    assert codes(second) == [("R10", f"{LEDGER}!M{row['行']}")]
    task = next(task for task in second["tasks"] if task["number"] == row["编号"])
    assert (task["due"], task["days_left"], task["status"]) == ("2026-10-31", old["days_left"] - 1, "进度滞后")
    assert "时限改动未经批准，仍按2026-10-31" in task["basis"]
    before, remembered = sample.read_bytes(), kept(sample)
    assert run_json("refresh", sample, NEXT)["written"]["cells"] == 0
    assert (sample.read_bytes(), kept(sample)) == (before, remembered)
    assert [(name, day) for name, day, _ in remembered] == [(sample.name, AS_OF), (sample.name, NEXT)]


def test_check_compares_but_remembers_nothing(sample: Path) -> None:
    run_json("check", sample, AS_OF)
    assert not (sample.parent / ".duban").exists()
    run_json("refresh", sample, AS_OF)
    row = row_with(sample, 办理状态="正在办理", 完成时限=date(2026, 10, 31))
    fill(sample, LEDGER, row["行"], {"完成时限": date(2027, 6, 30)})
    before = db(sample).read_bytes(), sample.read_bytes(), sorted(db(sample).parent.iterdir())
    assert codes(run_json("check", sample, NEXT)) == [("R10", f"{LEDGER}!M{row['行']}")]
    assert codes(run_json("check", sample, "2026-09-21")) == []
    assert (db(sample).read_bytes(), sample.read_bytes(), sorted(db(sample).parent.iterdir())) == before


def test_letters_reads_the_history_and_leaves_it_alone(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    late = (SAMPLE_AS_OF + timedelta(days=6)).isoformat()
    duban("refresh", sample, "--as-of", AS_OF)
    duban("refresh", sample, "--as-of", late)
    for card in rows_of(sample, "亮牌建议"):
        if card["事由"] == "制定台账清单不规范":
            fill(sample, "亮牌建议", card["行"], {"确认": "是", "确认人": "周明远"})
    duban("refresh", sample, "--as-of", late)
    remembered = kept(sample)
    assert duban("letters", sample, "--as-of", late) == HAS_ERRORS
    assert kept(sample) == remembered
    logged = [row["事由"] for row in rows_of(sample, "督查记录") if row["事件"] == "督办提示函"]
    assert any("制定台账清单不规范" in str(reason) for reason in logged)
    db(sample).write_bytes(b"not a database")
    capsys.readouterr()
    assert duban("letters", sample, "--as-of", late) == HAS_ERRORS
    assert "没有与从前对照" in capsys.readouterr().out
    assert db(sample).read_bytes() == b"not a database"


def test_rows_left_substandard_bring_a_yellow_card_with_the_cells_and_the_day(sample: Path) -> None:
    ground = "制定台账清单不规范"
    assert ground not in {card["ground"] for card in run_json("refresh", sample, AS_OF)["cards"]}
    fifth, sixth = ((SAMPLE_AS_OF + timedelta(days=days)).isoformat() for days in (5, 6))
    assert ground not in {card["ground"] for card in run_json("refresh", sample, fifth)["cards"]}
    cards = [card for card in run_json("refresh", sample, sixth)["cards"] if card["ground"] == ground]
    facts = [fact for card in cards for fact in card["facts"]]
    assert len(facts) >= len(cards) > 0
    assert {card["card"] for card in cards} == {"黄牌"}
    assert [fact for fact in facts if not (f"，{AS_OF}起校验已提示（" in fact and "!" in fact)] == []


def test_each_ledger_of_a_folder_has_its_own_history(sample: Path) -> None:
    other = Path(shutil.copy(sample, sample.with_name("另一本.xlsx")))
    run_json("refresh", sample, AS_OF)
    row = row_with(other, 办理状态="正在办理", 完成时限=date(2026, 10, 31))
    fill(other, LEDGER, row["行"], {"完成时限": date(2027, 6, 30)})
    assert codes(run_json("refresh", other, NEXT)) == []
    assert [(name, day) for name, day, _ in kept(sample)] == [(other.name, NEXT), (sample.name, AS_OF)]


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE notes (text)")
        database.commit()


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 3")
        database.commit()


def bad_content(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("""UPDATE snapshot SET content = '{"items": 3}'""")
        database.commit()


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def garbage(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" * 3000)


@pytest.mark.parametrize("harm", [foreign, newer, bad_content, truncated, garbage])
def test_a_damaged_history_is_set_aside_and_rebuilt_from_the_backups(
    sample: Path, capsys: pytest.CaptureFixture[str], harm: Any
) -> None:
    duban("refresh", sample, "--as-of", AS_OF)
    whole = kept(sample)
    harm(db(sample))
    db(sample).with_name("history.sqlite-journal").write_bytes(b"")
    damaged = db(sample).read_bytes()
    capsys.readouterr()
    assert duban("refresh", sample, "--as-of", NEXT) == HAS_ERRORS
    said, errors = capsys.readouterr()
    assert errors == ""
    assert [line for line in said.splitlines() if "历史" in line] == [
        "历史文件已损坏，改名为 history-坏1.sqlite，已从 1 份备份重新建起"
    ]
    assert db(sample).with_name("history-坏1.sqlite").read_bytes() == damaged
    assert not db(sample).with_name("history.sqlite-journal").exists()
    assert [day for _, day, _ in kept(sample)] == [AS_OF, NEXT]
    assert kept(sample)[:1] == whole
    assert duban("refresh", sample, "--as-of", NEXT) == HAS_ERRORS
    assert "历史" not in capsys.readouterr().out
    garbage(db(sample))
    duban("refresh", sample, "--as-of", NEXT)
    assert "history-坏2.sqlite，已从 2 份备份重新建起" in capsys.readouterr().out


def test_a_damaged_history_without_backups_is_begun_anew(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    db(sample).parent.mkdir()
    garbage(db(sample))
    duban("refresh", sample, "--as-of", AS_OF)
    assert "改名为 history-坏1.sqlite，从今天重新记起" in capsys.readouterr().out
    assert [day for _, day, _ in kept(sample)] == [AS_OF]


def test_a_folder_that_cannot_be_written_does_not_stop_the_refresh(
    refreshed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = refreshed.read_bytes()
    (refreshed.parent / ".duban").write_text("这里不是文件夹")
    assert duban("refresh", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    said, errors = capsys.readouterr()
    assert (errors, refreshed.read_bytes()) == ("", before)
    assert [line for line in said.splitlines() if "历史" in line] == [
        "历史没有记下（.duban 文件夹不能写，或历史文件被占用），刷新不受影响，下次不能与今天对照"
    ]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)


@pytest.fixture
def other_program(sample: Path) -> Iterator[sqlite3.Connection]:
    duban("refresh", sample, "--as-of", AS_OF)
    with closing(sqlite3.connect(db(sample), isolation_level=None)) as database:
        yield database


@pytest.mark.usefixtures("impatient")
def test_a_history_that_cannot_be_read_now_is_not_overwritten(
    sample: Path, other_program: sqlite3.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    remembered = kept(sample)
    other_program.execute("BEGIN EXCLUSIVE")
    capsys.readouterr()
    assert duban("refresh", sample, "--as-of", NEXT) == HAS_ERRORS
    assert "没有与从前对照，也没有记下今天" in capsys.readouterr().out
    other_program.execute("ROLLBACK")
    assert kept(sample) == remembered


@pytest.mark.usefixtures("impatient")
def test_a_history_that_cannot_be_written_now_is_said(
    sample: Path, other_program: sqlite3.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    remembered = kept(sample)
    other_program.execute("BEGIN IMMEDIATE")
    capsys.readouterr()
    assert duban("refresh", sample, "--as-of", NEXT) == HAS_ERRORS
    assert "历史没有记下" in capsys.readouterr().out
    other_program.execute("ROLLBACK")
    assert kept(sample) == remembered


def test_a_history_in_a_folder_with_odd_letters_is_found(sample: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "督办 100%?#'台账" / sample.name
    ledger.parent.mkdir()
    shutil.copy(sample, ledger)
    seen = History(ledger)
    assert seen.load(SAMPLE_AS_OF) == ()
    done = refresh(lambda: FileBook(ledger), SAMPLE_AS_OF, NOW, history=seen)
    assert (History(ledger).load(SAMPLE_AS_OF), seen.note) == ((done.outcome.snapshot,), "")
    assert History(ledger).load(SAMPLE_AS_OF - timedelta(days=1)) == ()
    refresh(lambda: FileBook(ledger), SAMPLE_AS_OF + timedelta(days=1), NOW, history=seen)
    assert History(ledger).load(SAMPLE_AS_OF) == (done.outcome.snapshot,)


class Recorder:
    """记下读了几次、存了什么的历史。"""

    def __init__(self) -> None:
        self.loads = 0
        self.saved: list[Snapshot] = []

    def load(self, as_of: date, numbers: Collection[str]) -> tuple[Snapshot, ...]:
        self.loads += 1
        return tuple(self.saved[-1:])

    def save(self, seen: Seen) -> None:
        self.saved.append(seen.outcome.snapshot)


class Stubborn(MemoryBook):
    """头 refusals 次写入都不成的台账。"""

    def __init__(self, grids: Mapping[str, Grid], refusals: list[Exception]) -> None:
        super().__init__(grids)
        self.refusals = refusals

    def write(self, edits: Mapping[str, Sequence[CellEdit]], looks: Mapping[str, NamedLook], stamp: str) -> Written:
        if self.refusals:
            raise self.refusals.pop()
        return super().write(edits, looks, stamp)


def test_what_was_not_written_is_not_remembered(sample: Path) -> None:
    grids = FileBook(sample).sheets()
    recorder = Recorder()
    refused = Stubborn(grids, [WriteRefused("不行", "算了")])
    with pytest.raises(WriteRefused):
        refresh(lambda: refused, SAMPLE_AS_OF, NOW, history=recorder)
    assert recorder.saved == []
    changed = Stubborn(grids, [ChangedMeanwhile("改过", "再来")])
    first = refresh(lambda: changed, SAMPLE_AS_OF, NOW, history=recorder)
    assert (recorder.loads, recorder.saved) == (3, [first.outcome.snapshot])
    second = refresh(lambda: changed, SAMPLE_AS_OF, NOW, history=recorder)
    assert (second.written.cells, recorder.saved) == (0, [first.outcome.snapshot] * 2)


def test_demo_keeps_a_history(tmp_path: Path) -> None:
    assert duban("demo", tmp_path / "演示") == DONE
    assert [(name, day) for name, day, _ in kept(tmp_path / "演示" / "督办台账.xlsx")] == [
        ("督办台账.xlsm", AS_OF), ("督办台账.xlsx", AS_OF)
    ]  # fmt: skip


def test_progress_is_remembered_exactly() -> None:
    item = PastItem(
        "A1", LEDGER, None, Deadline(), Deadline(), "", SAMPLE_AS_OF, "", None, None, Fraction(1, 3), None, SAMPLE_AS_OF
    )
    snapshot = Snapshot(SAMPLE_AS_OF, (item,))
    assert from_json(AS_OF, to_json(snapshot)).items[0].progress == Fraction(1, 3)

"""关闭着的台账文件 — read as it is; replaced in one step or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from fixtures_ooxml import LEDGER, LISTS, LOG, MAIN, hard_book, sheet_book

from pyengine.books import CellError, FileBook, Written, locked_by
from pyengine.grid import trimmed
from pyengine.ooxml import (
    CellEdit,
    ChangedMeanwhile,
    Locked,
    NamedLook,
    NotALedgerFile,
    Package,
    PackageError,
    Patched,
    Value,
    WriteRefused,
)

STAMP = "20260601-083000"
EDIT = {LEDGER: [CellEdit(5, 6, "进度滞后", style="进度滞后"), CellEdit(6, 4, date(2026, 6, 30))]}
LOOKS = {"进度滞后": NamedLook(fill="FFE699")}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger of its own for the test, in a folder of its own."""
    folder = tmp_path / "督办"
    folder.mkdir()
    return hard_book(folder / "台账.xlsm")


def beside(path: Path) -> set[str]:
    """Names of all files in the ledger's folder, our own lock file apart."""
    files = (p for p in path.parent.rglob("*") if p.is_file())
    return {p.relative_to(path.parent).as_posix() for p in files} - {f".duban/{path.name}.lock"}


# --- reading --------------------------------------------------------------------------------------------------------


def test_grids_hold_raw_values_merges_and_error_cells(ledger: Path) -> None:
    grids = FileBook(ledger).sheets()
    assert list(grids) == [LEDGER, LOG, LISTS]
    first, lists = grids[LEDGER], grids[LISTS]
    assert first.merges == ((1, 1, 1, 8),)
    assert first.rows[3][:6] == ("R3", "任务 3", "县财政局", date(2026, 1, 3), 0.15, None)
    assert (first.rows[4][1], first.rows[3][10], first.rows[1]) == ("加快推进项目", 5.7, (None,) * 15)
    assert (lists.rows[0][5], str(lists.rows[0][5])) == (CellError("#DIV/0!"), "#DIV/0!")
    assert lists.rows[1][2:4] == (1, 2)
    assert type(lists.rows[1][2]) is int


def test_blank_formatted_rows_are_trimmed_and_dates_told_from_moments(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"date_1904": True})
    sheet, day = book.add_worksheet("甲"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_datetime(1, 1, datetime(2026, 5, 1), day)
    sheet.write_datetime(1, 2, datetime(2026, 5, 1, 8, 30), day)
    sheet.write_boolean(2, 1, False)
    sheet.write_string(2, 2, "0012")
    for row in range(3, 3000):
        sheet.write_blank(row, 20, None, day)
    book.add_worksheet("空")
    book.close()
    grids = FileBook(tmp_path / "a.xlsx").sheets()
    assert grids["空"].rows == ()
    assert grids["甲"].rows == (
        *((None, None, None), (None, date(2026, 5, 1), datetime(2026, 5, 1, 8, 30))),
        (None, False, "0012"),
    )


def test_error_cells_in_blank_surroundings_are_found(tmp_path: Path) -> None:
    rows = '<row r="2"><c r="C2" t="e"><v>#REF!</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>'
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    grid = FileBook(sheet_book(tmp_path / "a.xlsx", xml.encode())).sheets()["表"]
    assert grid.rows == ((None,) * 3, (None, None, CellError("#REF!")), (1, None, None))


def test_a_stray_cell_at_the_end_of_the_sheet_is_told_and_not_read_into_memory(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with pytest.raises(NotALedgerFile, match=r"表.*1048576"):
        FileBook(sheet_book(tmp_path / "a.xlsx", xml.encode())).sheets()


def test_wide_and_long_sheets_that_hold_little_are_read(tmp_path: Path) -> None:
    far = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in (1, 30_000, 100_000))
    for number, blank in enumerate(("", '<row r="100001"><c r="XFD100001" s="0"/></row>')):
        xml = f'<worksheet xmlns="{MAIN}"><sheetData>{far}{blank}</sheetData></worksheet>'
        grid = FileBook(sheet_book(tmp_path / f"{number}.xlsx", xml.encode())).sheets()["表"]
        assert (len(grid.rows), grid.rows[29_999], grid.rows[1]) == (100_000, (1,), (None,))


def test_values_of_a_grid_are_plain() -> None:
    row = (0.0, -0.0, 2.5, float("inf"), "", "甲", False, True, timedelta(0), time(), CellError("#N/A"))
    moments = (datetime(2026, 5, 1), datetime(2026, 5, 1, 8), date(2026, 5, 2))
    (told,) = trimmed([[*row, *moments, ""]])
    assert told == (
        0,
        0,
        2.5,
        float("inf"),
        None,
        "甲",
        False,
        True,
        timedelta(0),
        time(),
        row[-1],
        date(2026, 5, 1),
        *moments[1:],
    )
    assert [type(value) for value in told[:2]] == [int, int]
    assert type(told[6]) is bool


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileBook(tmp_path / "没有.xlsx")


# --- writing --------------------------------------------------------------------------------------------------------


def test_write_replaces_the_file_and_keeps_a_backup_and_the_permissions(ledger: Path) -> None:
    ledger.chmod(0o640)
    old, book = ledger.read_bytes(), FileBook(ledger)
    done = book.write(EDIT, LOOKS, STAMP)
    assert done == Written(2, 2, ("xl/worksheets/sheet1.xml", "xl/styles.xml"))
    grid = FileBook(ledger).sheets()[LEDGER]
    assert (grid.rows[4][5], grid.rows[5][3]) == ("进度滞后", date(2026, 6, 30))
    assert book.sheets() == FileBook(ledger).sheets()
    assert (ledger.parent / ".duban" / "backups" / f"台账-{STAMP}.xlsm").read_bytes() == old
    assert beside(ledger) == {"台账.xlsm", f".duban/backups/台账-{STAMP}.xlsm"}
    assert os.name == "nt" or ledger.stat().st_mode & 0o777 == 0o640


def test_backups_never_overwrite_one_another(ledger: Path) -> None:
    book = FileBook(ledger)
    for number in range(3):
        book.write({LEDGER: [CellEdit(5, 7, f"第{number}次")]}, {}, STAMP)
    kept = sorted(p.name for p in (ledger.parent / ".duban" / "backups").iterdir())
    assert kept == [f"台账-{STAMP}-2.xlsm", f"台账-{STAMP}-3.xlsm", f"台账-{STAMP}.xlsm"]


def test_no_edits_and_edits_that_change_nothing_leave_the_file_alone(ledger: Path) -> None:
    FileBook(ledger).write(EDIT, LOOKS, STAMP)
    before, present = ledger.stat(), beside(ledger)
    book = FileBook(ledger)
    nothing: dict[str, list[CellEdit]] = {}
    blank: dict[str, list[CellEdit]] = {LEDGER: []}
    for edits in (nothing, blank, {LEDGER: [CellEdit(5, 6, style="进度滞后")]}, EDIT):
        assert book.write(edits, LOOKS, "20260602-083000") == Written(0, 0, ())
    after = ledger.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert beside(ledger) == present


def test_a_ledger_changed_meanwhile_is_left_as_the_other_one_made_it(ledger: Path) -> None:
    book = FileBook(ledger)
    FileBook(ledger).write({LEDGER: [CellEdit(5, 8, "别人写的")]}, {}, STAMP)
    theirs, present = ledger.read_bytes(), beside(ledger)
    with pytest.raises(ChangedMeanwhile, match=r"台账\.xlsm.*改过"):
        book.write(EDIT, LOOKS, STAMP)
    assert ledger.read_bytes() == theirs
    assert beside(ledger) == present


def _office_lock(name: str) -> bytes:
    local, wide = name.encode("gb18030"), name.encode("utf-16-le")
    return bytes([len(local)]) + local.ljust(54) + len(name).to_bytes(2, "little") + wide.ljust(108, b" ")


@pytest.mark.parametrize(
    ("lock", "content", "who"),
    [
        ("~$台账.xlsm", _office_lock("李四"), "李四"),
        ("~$台账.xlsm", b"\x04Wang" + b" " * 50, "Wang"),
        ("~$台账.xlsm", b"", "Excel"),
        (".~lock.台账.xlsm#", "王五,wangwu,office-pc,21.11.2026 10:00,file:///x;".encode(), "王五，电脑 office-pc"),
        (".~lock.台账.xlsm#", b",wangwu,pc,,;", "wangwu"),
    ],
    ids=["Excel", "GBK", "empty", "LibreOffice", "no real name"],
)
def test_lock_files_of_other_programs_stop_the_write_and_say_who(
    ledger: Path, lock: str, content: bytes, who: str
) -> None:
    assert locked_by(ledger) is None
    ledger.with_name(lock).write_bytes(content)
    old, book = ledger.read_bytes(), FileBook(ledger)
    assert who in (locked_by(ledger) or "")
    with pytest.raises(Locked) as told:
        book.write(EDIT, LOOKS, STAMP)
    assert who in told.value.message
    assert lock in told.value.advice
    assert ledger.read_bytes() == old
    assert beside(ledger) == {"台账.xlsm", lock}
    assert book.write({}, LOOKS, STAMP) == Written(0, 0, ())


def test_our_own_lock_is_held_by_one_process_and_dies_with_it(ledger: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pyengine.books.own_lock import own_lock\n"
        "with own_lock(Path(sys.argv[1]), '20260601-081200'):\n    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(ledger)]
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=here) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        old = ledger.read_bytes()
        with pytest.raises(Locked, match="另一个督办台账进程"):
            FileBook(ledger).write(EDIT, LOOKS, STAMP)
        assert ledger.read_bytes() == old
        assert beside(ledger) == {"台账.xlsm"}
        holder.kill()
        holder.wait()
    assert FileBook(ledger).write(EDIT, LOOKS, STAMP).cells == 2


def _disk_full(*arguments: object) -> None:
    raise OSError(28, "No space left on device")


def _in_use(*arguments: object) -> None:
    raise PermissionError(13, "in use")


@pytest.mark.parametrize(
    ("where", "failure", "error"),
    [
        ("os.replace", _in_use, Locked),
        ("os.replace", _disk_full, OSError),
        ("os.fsync", _disk_full, OSError),
        ("shutil.copymode", _disk_full, OSError),
    ],
)
def test_any_failure_leaves_the_ledger_and_its_folder_as_they_were(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, where: str, failure: Callable[..., None], error: type[Exception]
) -> None:
    old, book = ledger.read_bytes(), FileBook(ledger)
    with monkeypatch.context() as broken:
        broken.setattr(f"pyengine.durable.{where}", failure)
        broken.setattr("pyengine.durable.WAITS", ())
        with pytest.raises(error):
            book.write(EDIT, LOOKS, STAMP)
    assert ledger.read_bytes() == old
    assert beside(ledger) == {"台账.xlsm"}
    assert book.write(EDIT, LOOKS, STAMP).cells == 2


def test_a_write_that_is_not_read_back_as_asked_is_given_up(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = ledger.read_bytes()
    monkeypatch.setattr("pyengine.ooxml.made.cell_content", lambda value, prefix, date1904: (b"", b"<v>7</v>"))
    with pytest.raises(WriteRefused, match=f"核对不符.*{LEDGER} 第 5 行第 6 列"):
        FileBook(ledger).write(EDIT, LOOKS, STAMP)
    assert ledger.read_bytes() == old
    assert beside(ledger) == {"台账.xlsm"}


def test_verification_notices_a_part_that_is_not_what_patch_made(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, to_bytes = ledger.read_bytes(), Package.to_bytes

    def spoilt(package: Package) -> bytes:
        other = Package(to_bytes(package), package.name)
        other.replace("xl/styles.xml", other.read("xl/styles.xml") + b" ")
        return to_bytes(other)

    book = FileBook(ledger)
    monkeypatch.setattr(Package, "to_bytes", spoilt)
    with pytest.raises(WriteRefused, match=r"核对不符.*xl/styles\.xml"):
        book.write(EDIT, LOOKS, STAMP)
    assert ledger.read_bytes() == old
    assert beside(ledger) == {"台账.xlsm"}


def test_verification_notices_a_part_that_was_not_to_change(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def meddle(package: Package, edits: object, looks: object) -> Patched:
        package.replace("xl/calcChain.xml", b"<calcChain/>")
        return Patched(1, 1, ("xl/worksheets/sheet1.xml",))

    monkeypatch.setattr("pyengine.books.file.patch", meddle)
    with pytest.raises(WriteRefused, match=r"xl/calcChain\.xml"):
        FileBook(ledger).write(EDIT, LOOKS, STAMP)
    assert beside(ledger) == {"台账.xlsm"}


def test_read_only_and_protected_cells_are_refused_in_plain_words(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = FileBook(ledger)
    with pytest.raises(PackageError, match=f"{LEDGER}!K4") as told:
        book.write({LEDGER: [CellEdit(4, 11, 1)]}, {}, STAMP)
    assert told.value.advice
    monkeypatch.setattr("pyengine.books.replace.os.access", lambda path, mode: False)  # root may write to anything
    with pytest.raises(WriteRefused, match="只读"):
        book.write(EDIT, LOOKS, STAMP)
    assert beside(ledger) == {"台账.xlsm"}


def test_every_kind_of_value_survives_write_and_verification(ledger: Path) -> None:
    days = date(2026, 2, 28), datetime(2026, 2, 28, 9, 30)
    values: tuple[Value, ...] = (1, -2.5, True, "=A1", " 两端空格 ", "甲\n乙", "a_x0041_", *days, 10**12)
    edits = {LEDGER: [CellEdit(20 + n, 20, value) for n, value in enumerate(values)]}
    FileBook(ledger).write(edits, {}, STAMP)
    rows = FileBook(ledger).sheets()[LEDGER].rows
    assert tuple(row[19] for row in rows[19:29]) == values
    assert [type(row[19]) for row in rows[19:29]] == [type(value) for value in values]


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_ledger_behind_a_link_is_replaced_where_it_lies(ledger: Path, tmp_path: Path) -> None:
    link = tmp_path / "快捷.xlsm"
    link.symlink_to(ledger)
    FileBook(link).write(EDIT, LOOKS, STAMP)
    assert link.is_symlink()
    assert FileBook(ledger).sheets()[LEDGER].rows[4][5] == "进度滞后"

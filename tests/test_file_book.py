"""关闭着的台账文件 — read as it is; replaced in one step or not at all."""

from __future__ import annotations

import errno
import getpass
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from conftest import require_program
from fixtures_ooxml import LEDGER, LISTS, LOG, MAIN, hard_book, sheet_book

from pyengine.books import CellError, FileBook, Written, locked_by
from pyengine.books.own_lock import Holder, own_lock
from pyengine.books.replace import replaced
from pyengine.durable import draft, put
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
        (
            ".~lock.台账.xlsm#",
            "王五,wangwu,office-pc,21.11.2026 10:00,file:///x;".encode(),
            "LibreOffice（用户 王五，电脑 office-pc，自 2026-11-21 10:00 起）",
        ),
        (".~lock.台账.xlsm#", b",wangwu,pc,,;", "LibreOffice（用户 wangwu，电脑 pc）"),
        (".~lock.台账.xlsm#", "王\\,五,w,pc,,;".encode(), "用户 王,五，"),
        (".~台账.xlsm", _office_lock("赵六"), "Excel/WPS（用户 赵六）"),
        (".~lock.台账.xlsm#", b'"\xff\x00,\r\n', "LibreOffice"),
    ],
    ids=["Excel", "GBK", "empty", "LibreOffice", "no real name", "escaped", "WPS", "garbage"],
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


def test_the_lock_file_to_delete_is_named_whatever_the_ledger_is_called(tmp_path: Path) -> None:
    ledger = hard_book(tmp_path / "督办台账（2026）.xlsm")
    lock = ledger.with_name(f"~${ledger.name}")
    lock.mkdir()  # it is there and cannot be read
    with pytest.raises(Locked, match="另一个程序") as told:
        FileBook(ledger).write(EDIT, LOOKS, STAMP)
    assert f"隐藏文件“{lock.name}”" in told.value.advice


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need rights on Windows")
def test_a_link_is_locked_where_it_points_to(ledger: Path, tmp_path: Path) -> None:
    link = tmp_path / "快捷.xlsm"
    link.symlink_to(ledger)
    ledger.with_name(f"~${ledger.name}").write_bytes(b"\x04Wang")
    assert "Wang" in (locked_by(link) or "")


def test_a_ledger_open_in_libreoffice_is_told_by_its_lock_file(ledger: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [require_program("soffice"), profile, "--headless", "--norestore", str(ledger)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as office:
        try:
            for _ in range(600):
                if "用户" in (locked_by(ledger) or ""):
                    break
                with suppress(subprocess.TimeoutExpired):
                    office.wait(0.1)
            with pytest.raises(
                Locked, match=rf"LibreOffice（用户 {getpass.getuser()}，电脑 .+，自 \d{{4}}-\d\d-\d\d \d\d:\d\d 起"
            ):
                FileBook(ledger).write(EDIT, LOOKS, STAMP)
        finally:
            os.killpg(office.pid, signal.SIGKILL)


def spawned(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own that runs the code with our packages at hand."""
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=pipe, stdout=pipe, env=here, text=True
    )


HOLD = """
import sys; from pathlib import Path; from pyengine.books.own_lock import own_lock
with own_lock(Path(sys.argv[1]), "20260601-081200"):
    print("held", flush=True); sys.stdin.read()
"""


def test_our_own_lock_is_held_by_one_process_that_is_told_and_dies_with_it(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyengine.books.own_lock.WAITS", ())
    with spawned(HOLD, ledger) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        old = ledger.read_bytes()
        with pytest.raises(Locked, match=r"这台电脑上的另一个督办台账进程（用户 .+，自 08:12 起）写入"):
            FileBook(ledger).write(EDIT, LOOKS, STAMP)
        assert ledger.read_bytes() == old
        assert beside(ledger) == {"台账.xlsm"}
        holder.kill()
        holder.wait()
    assert FileBook(ledger).write(EDIT, LOOKS, STAMP).cells == 2


@pytest.mark.parametrize(
    ("holder", "told"),
    [
        (
            Holder("办公室-2", 7, "李四", "20260601-081200"),
            "另一台电脑 办公室-2 上的督办台账进程（用户 李四，自 08:12 起）",
        ),
        (
            Holder("办公室-2", 7, "", "20260531-235900"),
            "另一台电脑 办公室-2 上的督办台账进程（自 2026-05-31 23:59 起）",
        ),
        (Holder(), "另一个督办台账进程"),
    ],
)
def test_who_holds_our_lock_is_told_in_words(holder: Holder, told: str) -> None:
    assert Holder.read(holder.written()).described(Holder("办公室-1", 1, "王五", STAMP)) == told


@pytest.mark.parametrize("left", [b"", b"\xff\n", b"a\tb\tc\td\n", b"a\t1\n"])
def test_what_is_no_holder_is_nobody_known(left: bytes) -> None:
    assert Holder.read(left) == Holder()


@pytest.mark.skipif(os.name == "nt", reason="Windows locks files on shares too")
def test_without_file_locks_a_marker_keeps_others_out_and_outlives_no_process_of_this_computer(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*arguments: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", none)
    monkeypatch.setattr("pyengine.books.own_lock.WAITS", ())
    mark = ledger.parent / ".duban" / f"{ledger.name}.lock.held"
    with own_lock(ledger, STAMP):
        assert Holder.read(mark.read_bytes()).process == os.getpid()
        with pytest.raises(Locked, match="这台电脑上的另一个督办台账进程"):
            FileBook(ledger).write(EDIT, LOOKS, STAMP)
    assert FileBook(ledger).write(EDIT, LOOKS, STAMP).cells == 2
    assert not mark.exists()
    with spawned("") as gone:
        gone.wait()
    mark.write_bytes(replace(Holder.us(STAMP), process=gone.pid).written())
    assert FileBook(ledger).write({LEDGER: [CellEdit(5, 6, "甲")]}, {}, STAMP).cells == 1
    mark.write_bytes(Holder("别的电脑", gone.pid, "李四", STAMP).written())
    with pytest.raises(Locked, match="另一台电脑 别的电脑") as told:
        FileBook(ledger).write({LEDGER: [CellEdit(5, 6, "乙")]}, {}, STAMP)
    assert f"删除文件夹 .duban 里的“{mark.name}”" in told.value.advice


WRITE_MANY = """
import sys; from pathlib import Path; from pyengine.books import FileBook; from pyengine.ooxml import CellEdit, ChangedMeanwhile, Locked
path, sheet, column = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True); sys.stdin.readline()
for row in range(5, 13):
    try:
        FileBook(path).write({sheet: [CellEdit(row, column, f"{row}-{column}")]}, {}, f"20260601-0830{column}")
        print(row, flush=True)
    except (Locked, ChangedMeanwhile):
        pass
"""


def test_many_processes_at_once_lose_nothing_they_have_written(ledger: Path) -> None:
    writers = [(column, spawned(WRITE_MANY, ledger, LEDGER, column)) for column in range(20, 26)]
    for _, writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for _, writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    written = {(int(row), column) for column, writer in writers for row in writer.communicate()[0].split()}
    assert [writer.returncode for _, writer in writers] == [0] * len(writers)
    grid = FileBook(ledger).sheets()[LEDGER]
    found = {(r, c) for r in range(5, 13) for c in range(20, 26) if grid.at(r, c) is not None}
    assert found == written
    assert {c for _, c in written} == {c for c, _ in writers}
    kept = list((ledger.parent / ".duban" / "backups").iterdir())
    assert (len(kept), [p for p in beside(ledger) if p.endswith(".tmp")]) == (len(written), [])
    assert all(Package.open(path) for path in kept)


# --- what happens to the file itself -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "长" * 83 + ".xlsm",
        "a" * 250 + ".xlsm",
        " 前后有空格 .xlsm",
        "台账 📒 {0} %s '“”.xlsm",
        "-as-of.XLSM",
        "无后缀",
        os.fsdecode(b"\xb6\xbd.xlsm"),
    ],
)
def test_any_name_the_system_takes_is_refreshed_locked_and_backed_up(tmp_path: Path, name: str) -> None:
    ledger = hard_book(tmp_path / "a.xlsm").rename(tmp_path / name)
    old = ledger.read_bytes()
    assert FileBook(ledger).write(EDIT, LOOKS, STAMP).cells == 2
    (kept,) = (tmp_path / ".duban" / "backups").iterdir()
    assert kept.read_bytes() == old
    assert STAMP in kept.name
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([".duban", name])


def test_a_relative_path_means_the_file_it_meant_when_it_was_opened(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ledger.parent)
    book = FileBook(Path(ledger.name))
    monkeypatch.chdir(tmp_path)
    assert book.write(EDIT, LOOKS, STAMP).cells == 2
    assert [path.name for path in tmp_path.iterdir()] == [ledger.parent.name]


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_rights_group_attributes_and_the_hidden_folder_suit_those_who_share_the_ledger(ledger: Path) -> None:
    ledger.parent.chmod(0o2775)
    ledger.chmod(0o664)
    kept = ("user.xdg.tags", "重点".encode())
    try:
        os.setxattr(ledger, *kept)
    except OSError:
        pytest.skip("no extended attributes here")
    before, mask = ledger.stat(), os.umask(0o077)
    try:
        FileBook(ledger).write(EDIT, LOOKS, STAMP)
    finally:
        os.umask(mask)
    after, ours = ledger.stat(), ledger.parent / ".duban"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_mtime_ns > before.st_mtime_ns
    assert os.getxattr(ledger, kept[0]) == kept[1]
    assert [path.stat().st_mode & 0o777 for path in (ours, ours / "backups")] == [0o775, 0o775]
    assert {path.stat().st_mode & 0o777 for path in ours.rglob("*") if path.is_file()} == {0o664}


def test_another_hard_link_keeps_the_old_ledger(ledger: Path, tmp_path: Path) -> None:
    other = tmp_path / "另一个名字.xlsm"
    other.hardlink_to(ledger)
    old = other.read_bytes()
    FileBook(ledger).write(EDIT, LOOKS, STAMP)
    assert other.read_bytes() == old != ledger.read_bytes()


def stray(path: Path) -> Path:
    """What a killed writer of `path` leaves."""
    with draft(path, b"", key=path, like=path) as temporary:
        left = temporary.with_name(temporary.name.replace(temporary.stem[-8:], "00000000"))
    left.write_bytes(b"half")
    return left


def test_what_a_killed_run_left_is_swept_and_what_belongs_to_another_ledger_is_not(ledger: Path) -> None:
    (ledger.parent / ".duban" / "backups").mkdir(parents=True)
    ours, other = stray(ledger), stray(hard_book(ledger.with_name("别的台账.xlsm")))
    backup = ours.rename(ledger.parent / ".duban" / "backups" / ours.name)
    ours.write_bytes(b"half")
    FileBook(ledger).write(EDIT, LOOKS, STAMP)
    assert (ours.exists(), backup.exists(), other.exists()) == (False, False, True)


@pytest.mark.skipif(os.name == "nt", reason="there an open file cannot be removed anyway")
def test_without_our_lock_only_what_nobody_writes_any_more_is_swept(tmp_path: Path) -> None:
    import fcntl

    path = tmp_path / "结果.json"
    left = stray(path)
    with left.open("rb") as writing:
        fcntl.flock(writing.fileno(), fcntl.LOCK_EX)
        put(path, b"{}")
        assert left.exists()
    put(path, b"[]")
    assert ([file.name for file in tmp_path.iterdir()], path.read_bytes()) == ([path.name], b"[]")


def test_a_ledger_that_is_gone_is_put_back_and_one_that_is_there_is_not_overwritten(ledger: Path) -> None:
    content = ledger.read_bytes()
    with pytest.raises(ChangedMeanwhile):
        replaced(ledger, b"other", None, STAMP)
    ledger.unlink()
    assert replaced(ledger, content, None, STAMP) is None
    assert ledger.read_bytes() == content
    assert beside(ledger) == {"台账.xlsm"}


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

"""断电、磁盘满、系统报错：写盘的每一步都真的出一次事，台账总是完整的旧的或新的，再运行一次一切如常，什么也不丢。"""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import AS_OF
from duban_workbook import SAMPLE_AS_OF

from pyengine.cli import BAD_CALL, HAS_ERRORS, REFUSED
from pyengine.errors import LOCKED
from pyengine.history import History
from pyengine.ooxml import Package

if sys.platform == "win32":
    pytest.skip("要从热好的进程里分出子进程", allow_module_level=True)

from crashing import Fault, Limits, Ran, Workshop, clear, refill

NAME = "督办台账（2026）.xlsx"
NEXT = "2026-09-23"
KILLED = -9
NOBODY = 65534
ENGLISH = re.compile(r"[A-Za-z]{3,}")
OUR_WORDS = re.compile(r"“[^”]*”|Excel|WPS|督办台账（2026）\.xlsx|\.duban|history\.sqlite|duban letters")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """谁都能进的文件夹，名称有空格、汉字和表情。"""
    with tempfile.TemporaryDirectory(prefix="督办 📒 ") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def source(_sample: Path) -> Path:
    """没有刷新过的示例台账，不许动。"""
    return _sample


@pytest.fixture(scope="module")
def hot(place: Path, source: Path) -> Iterator[Workshop]:
    """热好的进程。"""
    (place / "各例").mkdir()
    with Workshop(place / "台账 文件夹", place / "各例", source) as workshop:
        yield workshop


@pytest.fixture
def shop(hot: Workshop, source: Path) -> Workshop:
    """热好的进程，文件夹里只有没有刷新过的示例台账。"""
    begin(hot.folder, source)
    return hot


def begin(folder: Path, sample: Path) -> Path:
    """folder 里只有示例台账。"""
    folder.mkdir(exist_ok=True)
    clear(folder)
    shutil.copy(sample, folder / NAME)
    return folder


@pytest.fixture(scope="module")
def whole(hot: Workshop, source: Path) -> Ran:
    """没有出事的一次刷新。"""
    begin(hot.folder, source)
    (ran,) = refreshed(hot, [Fault()])
    assert (ran.code, ran.err) == (HAS_ERRORS, "")
    return ran


def refreshed(shop: Workshop, cases: Iterable[Fault | Limits]) -> list[Ran]:
    """从头一次刷新的各例。"""
    return shop.each("refresh", shop.folder / NAME, "--as-of", AS_OF, cases=list(cases))


def read(folder: Path) -> bytes:
    """台账的字节。"""
    return (folder / NAME).read_bytes()


def swap(steps: Sequence[str]) -> int:
    """换上新台账的那一步。"""
    (at,) = (at for at, step in enumerate(steps) if step.startswith("replace") and step.endswith(f" {NAME}"))
    return at


def debris(folder: Path) -> list[str]:
    """不该留下的：临时文件、没有锁的地方用的占用标记、没有提交的日志。"""
    return [path.name for path in folder.rglob("*") if path.name.endswith((".tmp", ".held", "-journal"))]


def backups(folder: Path) -> set[bytes]:
    """各份备份的字节。"""
    return {path.read_bytes() for path in (folder / ".duban" / "backups").glob("*.xlsx")}


def state(folder: Path) -> tuple[tuple[str, str], ...]:
    """文件夹的样子：随机的名称、写了多少、历史里的时刻不计，用来只把不同的样子各试一次。"""
    return tuple(
        (re.sub(r"-[0-9a-f]{8}\.tmp", "", path.relative_to(folder).as_posix()), _content(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )


def _content(path: Path) -> str:
    if path.name.endswith("-journal"):
        return str(path.read_bytes()[:12])
    if path.suffix in (".tmp", ".lock"):
        return str(path.stat().st_size > 0)
    if path.suffix != ".sqlite" or path.with_name(f"{path.name}-journal").exists():
        return sha256(path.read_bytes()).hexdigest()
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return str([database.execute(f"SELECT COUNT(*) FROM {name}").fetchone() for name in sorted(tables)])


def check_whole(ran: Ran, *allowed: bytes) -> None:
    """留下的台账是其中一个，打得开；备份份份完整。"""
    assert read(ran.left) in allowed
    assert backups(ran.left) <= set(allowed)
    Package.open(ran.left / NAME)


def check_next_run(shop: Workshop, whole: Ran, left: Iterable[Path], as_of: str = AS_OF) -> int:
    """各种留下来的样子都再刷新一次：都成功，台账是新的，没有垃圾，历史读得出来。返回试了几种样子。"""
    new, before = read(whole.left), shop.folder.parent / "原样"
    different = {state(folder): folder for folder in left}
    refill(before, shop.folder)
    for folder in different.values():
        refill(shop.folder, folder)
        ran = shop.run("refresh", shop.folder / NAME, "--as-of", as_of)
        assert (ran.code, ran.err) == (HAS_ERRORS, ""), folder
        assert read(ran.left) == new
        assert debris(ran.left) == []
        assert read(before) in backups(ran.left)
        check_history(ran.left, as_of)
    refill(shop.folder, before)
    return len(different)


def check_history(folder: Path, as_of: str = AS_OF) -> None:
    """历史读得出来，记着这一天；没有另存过坏的。"""
    history = History(folder / NAME)
    assert [day.as_of.isoformat() for day in history.load(SAMPLE_AS_OF.fromisoformat(as_of))] == [as_of]
    assert history.note == ""
    assert list((folder / ".duban").glob("*坏*")) == []


def check_words(ran: Ran) -> None:
    """对人说的话：至多两行中文，没有回溯，没有系统的英文。"""
    lines = ran.err.splitlines()
    assert len(lines) == 2, ran.err
    assert ENGLISH.findall(OUR_WORDS.sub("", ran.err)) == []
    assert "程序出了差错" not in ran.err


# --- 断电 ------------------------------------------------------------------------------------------------------------


def killed_everywhere(steps: Sequence[str], start: int = 0) -> list[Fault]:
    """从 start 起每一步以前断电；写文件的步，另在写了一点、写了大半时各断一次。"""
    writes = [at for at, step in enumerate(steps) if at >= start and step.startswith("write")]
    return [
        *(Fault(at, kill=True) for at in range(start, len(steps))),
        *(Fault(at, kill=True, part=part) for at in writes for part in (0.01, 0.6)),
    ]


def test_killed_at_every_step_the_ledger_is_the_old_or_the_new_one_and_the_next_run_is_as_ever(
    shop: Workshop, whole: Ran
) -> None:
    old, new, faults = read(shop.folder), read(whole.left), killed_everywhere(whole.steps)
    killed = refreshed(shop, faults)
    assert old != new
    for fault, ran in zip(faults, killed, strict=True):
        assert (ran.code, len(ran.steps)) == (KILLED, fault.at + 1)
        check_whole(ran, old, new)
        assert read(ran.left) == (old if fault.at <= swap(whole.steps) else new)
    assert check_next_run(shop, whole, (ran.left for ran in killed)) > 8


def test_killed_at_every_step_of_another_day_the_history_so_far_is_kept(shop: Workshop, whole: Ran) -> None:
    before = shop.folder.parent / "头一天"
    refill(before, shop.folder)
    refill(shop.folder, whole.left)
    arguments = "refresh", shop.folder / NAME, "--as-of", NEXT
    (second,) = shop.each(*arguments, cases=[Fault()])
    killed = shop.each(*arguments, cases=[Fault(at, kill=True) for at in range(0, len(second.steps), 2)])
    for at, ran in zip(range(0, len(second.steps), 2), killed, strict=True):
        check_whole(ran, read(before), read(whole.left), read(second.left))
        assert read(ran.left) == read((whole if at <= swap(second.steps) else second).left)
        check_history(ran.left)
    assert check_next_run(shop, second, (ran.left for ran in killed), NEXT) > 5
    refill(shop.folder, before)


def test_killed_at_random_moments(shop: Workshop, whole: Ran) -> None:
    killed = refreshed(shop, [Limits(after=random.uniform(0.001, 0.12)) for _ in range(16)])
    assert KILLED in {ran.code for ran in killed}
    for ran in killed:
        check_whole(ran, read(shop.folder), read(whole.left))
    check_next_run(shop, whole, (ran.left for ran in killed))


def test_killed_by_the_system_in_the_middle_of_any_write(shop: Workshop, whole: Ran) -> None:
    sizes = [*range(0, 40_000, 2_500), *range(40_000, len(read(whole.left)) + 5_000, 20_000)]
    killed = refreshed(shop, [Limits(largest=size, dies=True) for size in sizes])
    assert -25 in {ran.code for ran in killed}  # SIGXFSZ
    for ran in killed:
        check_whole(ran, read(shop.folder), read(whole.left))
    check_next_run(shop, whole, (ran.left for ran in killed))


def test_a_history_killed_in_the_middle_of_a_commit_is_rolled_back_and_goes_on(shop: Workshop, whole: Ran) -> None:
    refill(shop.folder, whole.left)
    shop.run("refresh", shop.folder / NAME, "--as-of", NEXT)
    shutil.copy(whole.left / ".duban" / "history.sqlite", shop.folder / ".duban")  # 台账已是第二天的，历史还是头一天的
    arguments = "refresh", shop.folder / NAME, "--as-of", NEXT
    killed = shop.each(*arguments, cases=[Limits(largest=size, dies=True) for size in range(8_192, 180_000, 16_384)])
    cut = [ran for ran in killed if b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" in journal(ran.left)]
    assert len(cut) > 3  # 改了一半的库，要照日志退回去
    for ran in (cut[0], cut[-1]):
        refill(shop.folder, ran.left)
        check_history(ran.left)
        again = shop.run(*arguments)
        assert (again.code, again.err, "历史" in again.out) == (HAS_ERRORS, "", False)
        check_history(again.left, NEXT)


def journal(folder: Path) -> bytes:
    """SQLite 没有提交完的日志；没有则空。"""
    path = folder / ".duban" / "history.sqlite-journal"
    return path.read_bytes() if path.exists() else b""


def test_what_is_to_survive_a_power_cut_is_on_disk_before_the_ledger_is_replaced(whole: Ran) -> None:
    steps, at = whole.steps, swap(whole.steps)
    saved = next(n for n, step in enumerate(steps) if step.startswith("replace"))
    written = [n for n, step in enumerate(steps) if step.startswith("write") and int(step.split()[1]) > 10_000]
    assert len(written) == 2  # 新台账、备份
    assert [steps[n + 1] for n in written] == ["fsync", "fsync"]
    assert "fsync" in steps[saved:at]  # 备份的名称
    assert "fsync" in steps[at:]  # 新台账的名称


# --- 别的文件 --------------------------------------------------------------------------------------------------------


def visible(folder: Path) -> dict[str, bytes]:
    """人看得见的文件。"""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name.as_posix(): path.read_bytes() for name, path in files.items() if f"/{name.as_posix()}".find("/.") < 0}


OLD = Path(__file__).parent / "ledgers" / "首行表头.xlsx"
COMMANDS = {
    "JSON": ("refresh", NAME, "--as-of", AS_OF, "--json", "结果.json"),
    "盖掉JSON": ("check", NAME, "--as-of", AS_OF, "--json", "旧结果.json"),
    "新建": ("new", "新台账.xlsm"),
    "盖掉": ("new", NAME, "--force"),
    "迁入": ("adopt", str(OLD), "迁成.xlsx", "--map", "对照.xlsx"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_half_file_ever_has_the_final_name(shop: Workshop, command: str) -> None:
    name, *more = COMMANDS[command]
    arguments = [str(shop.folder / word) if word.endswith((".xlsx", ".xlsm", ".json")) else word for word in more]
    (shop.folder / "旧结果.json").write_text("{}", encoding="utf-8")
    before = visible(shop.folder)
    (done,) = shop.each(name, *arguments, cases=[Fault()])
    after = visible(done.left)
    assert (done.err, after == before) == ("", False)
    tried = re.compile(r"sqlite|replace .*-\d{8}-\d{6}\.")  # 历史、备份那几步，上面试过
    start = 1 + max((at for at, step in enumerate(done.steps) if tried.match(step)), default=-1)
    for ran in shop.each(name, *arguments, cases=killed_everywhere(done.steps, start)):
        left = visible(ran.left)
        assert set(before) <= set(left) <= set(after)
        assert [word for word, data in left.items() if data not in (before.get(word), after[word])] == []
    for ran in shop.each(name, *arguments, cases=faults_of(done.steps, {"write": (errno.ENOSPC,)}, lasting=True)):
        assert ran.code in (REFUSED, done.code)
        assert debris(ran.left) == []
        assert set(visible(ran.left).items()) <= {*before.items(), *after.items()}


def test_overwriting_a_ledger_keeps_a_backup_of_it(shop: Workshop) -> None:
    old = read(shop.folder)
    ran = shop.run("new", shop.folder / NAME, "--force")
    assert (ran.err, backups(ran.left), read(ran.left) == old) == ("", {old}, False)


def test_letters_and_their_registration_are_never_one_without_the_other(shop: Workshop, whole: Ran) -> None:
    """断在哪里，再起草一次，公文和登记都与没有出事的一样；登记以前，一份公文也看不见。"""
    refill(shop.folder, whole.left)
    arguments = "letters", shop.folder / NAME, "--as-of", AS_OF
    (done,) = shop.each(*arguments, cases=[Fault()])
    before, after, at = visible(shop.folder), visible(done.left), swap(done.steps)
    assert len(after) > 10
    steps = [at // 3, at - 1, at, at + 1, at + 4, (at + len(done.steps)) // 2, len(done.steps) - 2]
    killed = shop.each(*arguments, cases=[Fault(step, kill=True) for step in steps])
    different = {state(ran.left): ran for ran in killed}
    for ran in different.values():
        left = visible(ran.left)
        assert left == before or left[NAME] == after[NAME]
        assert set(left.items()) <= {*before.items(), *after.items()}
        refill(shop.folder, ran.left)
        again = shop.run(*arguments)
        assert (again.code, again.err) == (HAS_ERRORS, "")
        assert visible(again.left) == after
        assert [path.name for path in again.left.rglob("*") if path.suffix in (".tmp", ".zip")] == []
    assert len(different) > 4


def test_letters_that_could_not_be_put_in_place_are_told_by_the_next_refresh(shop: Workshop, whole: Ran) -> None:
    refill(shop.folder, whole.left)
    arguments = "letters", shop.folder / NAME, "--as-of", AS_OF
    (done,) = shop.each(*arguments, cases=[Fault()])
    at = next(n for n, step in enumerate(done.steps) if n > swap(done.steps) and step.startswith("write"))
    (full,) = shop.each(*arguments, cases=[Fault(at, number=errno.ENOSPC, lasting=True)])
    assert (full.code, read(full.left)) == (REFUSED, read(done.left))
    check_words(full)
    refill(shop.folder, full.left)
    assert "请运行 duban letters" in shop.run("refresh", *arguments[1:]).out
    assert "补放" in shop.run(*arguments).out


def test_refreshes_and_letters_at_once_each_finish_or_say_that_the_ledger_is_in_use(shop: Workshop) -> None:
    ledger, pipe = shop.folder / NAME, subprocess.PIPE
    days = [f"2026-09-{day}" for day in (22, 23)]
    calls = [("refresh", ledger, "--as-of", day) for day in days] + [("letters", ledger, "--as-of", days[0])]
    commands = [[sys.executable, "-m", "pyengine", *map(str, call)] for call in calls]
    running = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for command in commands]
    told = [(process.communicate()[1], process.returncode) for process in running]
    for err, code in told:
        assert code in (HAS_ERRORS, LOCKED), err
        assert code == HAS_ERRORS or re.search("被人改过|正由.*督办台账进程", err)
    assert HAS_ERRORS in {code for _, code in told}
    assert debris(shop.folder) == []
    assert all(Package(content, NAME) for content in (read(shop.folder), *backups(shop.folder)))
    ran = shop.run("refresh", ledger, "--as-of", days[-1])
    assert (ran.code, ran.err) == (HAS_ERRORS, "")
    check_history(ran.left, days[-1])


# --- 系统报错 --------------------------------------------------------------------------------------------------------

NUMBERS = {
    "open": (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENAMETOOLONG),
    "mkdir": (errno.EACCES, errno.EEXIST, errno.EDQUOT),
    "write": (errno.ENOSPC, errno.EIO, errno.EFBIG),
    "fsync": (errno.EIO, errno.ENOSPC, errno.EDQUOT),
    "replace": (errno.EXDEV, errno.EBUSY, errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EIO, errno.ESTALE),
    "flock": (errno.EIO,),
    "unlink": (errno.EACCES,),
    "chmod": (errno.EPERM, errno.EIO),
    "sqlite": (errno.EIO,),
}
HARMLESS = {"fsync": (errno.EINVAL, errno.ENOTSUP), "chown": (errno.EPERM, errno.EINVAL), "ftruncate": (errno.EIO,),
            "flock": (errno.ENOLCK, errno.ENOTSUP)}  # fmt: skip


def faults_of(steps: Sequence[str], numbers: dict[str, tuple[int, ...]], lasting: bool) -> list[Fault]:
    """各步各种差错号的各例。"""
    kinds = [(at, step.split()[0]) for at, step in enumerate(steps)]
    return [Fault(at, number=number, lasting=lasting) for at, kind in kinds for number in numbers.get(kind, ())]


def test_a_failing_system_call_leaves_the_ledger_whole_and_is_said_in_chinese(shop: Workshop, whole: Ran) -> None:
    lasting = {"write": (errno.ENOSPC,), "fsync": (errno.EIO,), "replace": (errno.EBUSY, errno.EACCES)}
    faults = faults_of(whole.steps, NUMBERS, lasting=False) + faults_of(whole.steps, lasting, lasting=True)
    old, new = read(shop.folder), read(whole.left)
    refused = 0
    for fault, ran in zip(faults, refreshed(shop, faults), strict=True):
        where = whole.steps[fault.at], errno.errorcode[fault.number]
        check_whole(ran, old, new)
        if ran.code in (LOCKED, REFUSED):
            refused += 1
            check_words(ran)
            assert read(ran.left) == (new if "已换成新的" in ran.err else old), where
            assert backups(ran.left) == (set() if read(ran.left) == old else {old}), where
        else:
            assert (ran.code, read(ran.left), ran.err) == (HAS_ERRORS, new, ""), where
        assert debris(ran.left) == [] or where[0].startswith("unlink"), where
    assert refused > 40


def test_what_a_network_share_cannot_do_is_no_failure(shop: Workshop, whole: Ran) -> None:
    kinds = [step.split()[0] for step in whole.steps]
    faults = [
        fault for fault in faults_of(whole.steps, HARMLESS, lasting=True) if kinds.index(kinds[fault.at]) == fault.at
    ]
    for fault, ran in zip(faults, refreshed(shop, faults), strict=True):
        where = whole.steps[fault.at], errno.errorcode[fault.number]
        assert (ran.code, ran.err, read(ran.left), debris(ran.left)) == (HAS_ERRORS, "", read(whole.left), []), where


def test_a_ledger_held_for_a_moment_is_replaced_all_the_same(shop: Workshop, whole: Ran) -> None:
    (ran,) = refreshed(shop, [Fault(swap(whole.steps), number=errno.EACCES)])
    assert (ran.code, ran.err, read(ran.left)) == (HAS_ERRORS, "", read(whole.left))


def test_a_history_that_cannot_be_written_is_told_and_the_ledger_is_refreshed(shop: Workshop, whole: Ran) -> None:
    at = next(n for n, step in enumerate(whole.steps) if step.startswith("sqlite BEGIN"))
    (ran,) = refreshed(shop, [Fault(at, number=errno.EIO)])
    assert (ran.code, read(ran.left)) == (HAS_ERRORS, read(whole.left))
    assert "历史没有记下" in ran.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="没有 /dev/full")
def test_words_that_cannot_be_said_do_not_change_what_was_done(shop: Workshop, whole: Ran) -> None:
    command = [sys.executable, "-m", "pyengine", "refresh", str(shop.folder / NAME), "--as-of", AS_OF]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert (done.returncode, done.stderr, read(shop.folder)) == (HAS_ERRORS, "", read(whole.left))
        command[4] = str(shop.folder / "没有.xlsx")
        assert subprocess.run(command, stdout=full, stderr=full, check=False).returncode == BAD_CALL


# --- 磁盘满、不能写 ----------------------------------------------------------------------------------------------------


def test_a_file_size_limit_met_at_any_point(shop: Workshop, whole: Ran) -> None:
    sizes = [0, 20, 5_000, len(read(shop.folder)), len(read(whole.left)) - 1]
    for ran in refreshed(shop, [Limits(largest=size) for size in sizes]):
        assert (ran.code, read(ran.left), debris(ran.left)) == (REFUSED, read(shop.folder), [])
        check_words(ran)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """一块小磁盘。"""
    if os.geteuid() or not sys.platform.startswith("linux"):
        pytest.skip("挂小磁盘要 root")
    with tempfile.TemporaryDirectory(prefix="小 磁盘 ") as folder:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], capture_output=True, check=False
        )
        if made.returncode:
            pytest.skip("这里不许挂磁盘")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def test_a_disk_full_at_any_point(small_disk: Path, shop: Workshop, whole: Ran, source: Path) -> None:
    with shop.moved(begin(small_disk, source)):
        old, new = read(shop.folder), read(whole.left)
        sizes = range(len(old) + 8_192, len(old) * 2 + len(new) + 200_000, 16_384)
        codes = []
        for ran in refreshed(shop, [Limits(disk=size) for size in sizes]):
            codes.append(ran.code)
            check_whole(ran, old, new)
            assert debris(ran.left) == []
            if ran.code == REFUSED:
                assert "磁盘满了" in ran.err
                check_words(ran)
                assert (read(ran.left), backups(ran.left)) == (old, set())
            else:
                assert (ran.code, read(ran.left)) == (HAS_ERRORS, new)
                assert "历史没有记下" in ran.out or not History(ran.left / NAME).note
        assert codes == sorted(codes, reverse=True)  # 满到放得下
        assert {REFUSED, HAS_ERRORS} == set(codes)


@pytest.mark.parametrize("closed", ["folder", "file", ".duban", "mount"])
def test_where_nothing_may_be_written_nothing_is(
    place: Path, shop: Workshop, source: Path, closed: str, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue("small_disk") if closed == "mount" else place / closed.strip(".")
    with shop.moved(begin(folder, source)):
        ledger, ours = folder / NAME, folder / ".duban"
        ours.mkdir()
        shut = {"folder": folder, "file": ledger, ".duban": ours}.get(closed)
        for path in (folder, ledger, ours):
            path.chmod(0o555 if path == shut else 0o777)
        limits = Limits(disk=-1) if closed == "mount" else Limits(user=0 if os.geteuid() else NOBODY)
        (ran,) = shop.each("refresh", ledger, cases=[limits], whole=True)
        assert (ran.code, read(ran.left), backups(ran.left), debris(ran.left)) == (REFUSED, read(folder), set(), [])
        check_words(ran)
        for path in (folder, ledger, ours):
            path.chmod(0o777)


@pytest.mark.parametrize("name", [".duban", ".duban/backups"])
def test_a_file_where_our_folder_belongs_is_told(shop: Workshop, name: str) -> None:
    taken = shop.folder / name
    taken.parent.mkdir(exist_ok=True)
    taken.write_text("别的东西", encoding="utf-8")
    (ran,) = refreshed(shop, [Fault()])
    taken.unlink()
    shutil.rmtree(shop.folder / ".duban", ignore_errors=True)
    assert (ran.code, read(ran.left), debris(ran.left)) == (REFUSED, read(shop.folder), [])
    assert (ran.left / name).read_text("utf-8") == "别的东西"
    assert "改名或移走" in ran.err
    check_words(ran)

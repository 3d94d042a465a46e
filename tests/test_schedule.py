"""夜间任务装进定时服务：Windows、systemd、cron、launchd 各写成什么样；命令原样到程序手里；真的 cron 和 systemd 跑一次。"""

from __future__ import annotations

import codecs
import json
import os
import plistlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import AS_OF, rows_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pyengine import schedule
from pyengine.cli import DONE, HAS_ERRORS
from pyengine.programs import SystemProblem, decode, key_of, running_program, without_console
from pyengine.schedule import Job
from pyengine.schedule.cron import crontab_line
from pyengine.schedule.launchd import agent
from pyengine.schedule.results import exit_meaning, windows_meaning
from pyengine.schedule.systemd import service_unit, timer_unit
from pyengine.schedule.task_xml import NAMESPACE, task_xml

NOW = datetime(2026, 6, 30, 9, 0)
BARE = {"HOME": "/", "LOGNAME": "x", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}  # cron 给的环境
NASTY = "督办 & 100%'s “夜间” <台账>.xlsx"

# Microsoft《Task Scheduler Schema》（同 [MS-TSCH] 2.5）里各类型的子元素，依次抄下；带 * 的必须有。
# 只有触发器是 xs:sequence，其余是 xs:all；一律照所列次序写。
PUBLISHED = {
    "Task": "RegistrationInfo Triggers Settings Data Principals Actions*",
    "RegistrationInfo": "URI SecurityDescriptor Source Date Author Version Description Documentation",
    "Triggers": "CalendarTrigger LogonTrigger",
    "CalendarTrigger": "Enabled StartBoundary EndBoundary Repetition ExecutionTimeLimit RandomDelay ScheduleByDay*",
    "LogonTrigger": "Enabled StartBoundary EndBoundary Repetition ExecutionTimeLimit UserId Delay",
    "ScheduleByDay": "DaysInterval",
    "Settings": "AllowStartOnDemand RestartOnFailure MultipleInstancesPolicy DisallowStartIfOnBatteries StopIfGoingOnBatteries "
    "AllowHardTerminate StartWhenAvailable NetworkProfileName RunOnlyIfNetworkAvailable WakeToRun Enabled Hidden "
    "DeleteExpiredTaskAfter IdleSettings NetworkSettings ExecutionTimeLimit Priority RunOnlyIfIdle "
    "UseUnifiedSchedulingEngine DisallowStartOnRemoteAppSession",
    "Principals": "Principal*",
    "Principal": "UserId LogonType GroupId DisplayName RunLevel ProcessTokenSidType RequiredPrivileges",
    "Actions": "Exec",
    "Exec": "Command* Arguments WorkingDirectory",
}

SCHTASKS = """#!{python}
import csv, pathlib, sys, xml.etree.ElementTree as tree
words = sys.argv[1:]
store = pathlib.Path(__file__).parent / "tasks"
store.mkdir(exist_ok=True)
def say(text, code, stream=sys.stdout):
    stream.buffer.write(text.encode("gbk", "replace"))
    sys.exit(code)
def fail(text):
    say("错误: " + text + "\\r\\n", 1, sys.stderr)
if (store.parent / "stopped").exists():
    fail("远程过程调用失败。")
name = words[words.index("/TN") + 1] if "/TN" in words else None
file = store / f"{{name}}.xml"
if words[0] == "/Create":
    raw = pathlib.Path(words[words.index("/XML") + 1]).read_bytes()
    if (store.parent / "denied").exists():
        fail("拒绝访问。")
    if raw[:2] != b"\\xff\\xfe" or 'encoding="UTF-16"' not in raw.decode("utf-16")[:60]:
        fail("任务 XML 的格式不正确。\\r\\n(1,40)::错误: 无法切换编码")
    if file.exists() and "/F" not in words:
        fail("任务已经存在。")
    tree.fromstring(raw)
    file.write_bytes(raw)
    say("成功: 成功创建计划任务。\\r\\n", 0)
if name and not file.exists():
    fail("系统找不到指定的文件。")
if words[0] == "/Delete":
    file.unlink()
    say("成功: 计划的任务被成功删除。\\r\\n", 0)
if "/XML" in words:
    say("\\r\\n" + file.read_bytes().decode("utf-16"), 0)
result = (store.parent / "result").read_text() if (store.parent / "result").exists() else "267011"
tasks = [file] if name else store.glob("*.xml")
for task in tasks:
    row = ["PC", "\\\\" + task.stem, "2026/7/1 1:30:00", "就绪", "只使用交互方式", "2026/6/30 1:30:02", result, "张三"]
    print(*(f'"{{cell}}"' for cell in row), 'C:\\\\py\\\\pythonw.exe "D:\\\\a b.xlsx"', sep=",", file=open(1, "w", encoding="gbk", closefd=False))
"""
CRONTAB = """#!{python}
import pathlib, sys
file = pathlib.Path(__file__).parent / "crontab.txt"
if (file.parent / "denied").exists():
    sys.exit("You (zhang) are not allowed to use this program (crontab)")
if sys.argv[1] == "-l" and not file.exists():
    sys.exit("no crontab for zhang")
if sys.argv[1] == "-l":
    sys.stdout.buffer.write(file.read_bytes())
elif sys.argv[1] == "-r":
    file.unlink()
else:
    file.write_bytes(sys.stdin.buffer.read())
"""
LAUNCHCTL = """#!{python}
import pathlib, plistlib, sys
store = pathlib.Path(__file__).parent / "loaded"
store.mkdir(exist_ok=True)
if sys.argv[1] == "bootstrap":
    if (store.parent / "denied").exists():
        sys.exit("Bootstrap failed: 125: Domain does not support specified action")
    job = plistlib.loads(pathlib.Path(sys.argv[3]).read_bytes())
    if (store / job["Label"]).exists():
        sys.exit("Bootstrap failed: 5: Input/output error")
    (store / job["Label"]).write_text(sys.argv[2])
    sys.exit(0)
label = sys.argv[2].split("/")[-1]
if not (store / label).exists():
    print("Could not find service in domain", file=sys.stderr)
    sys.exit(113)
if sys.argv[1] == "bootout":
    (store / label).unlink()
else:
    print("gui/501/" + label + " = {{\\n\\tstate = not running\\n\\tlast exit code = 3\\n}}")
"""
SYSTEMCTL = """#!{python}
import pathlib, sys
with (pathlib.Path(__file__).parent / "calls").open("a") as calls:
    print(*sys.argv[2:], file=calls)
if (pathlib.Path(__file__).parent / "offline").exists():
    sys.exit("Failed to connect to bus: No medium found")
if sys.argv[2] == "enable" and (pathlib.Path(__file__).parent / "denied").exists():
    sys.exit("Failed to enable unit: Access denied")
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """只有自己放进去的程序可用的环境：PATH 是 place/bin，家在 place/home。"""
    for name in ("bin", "home"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "SYSTEMROOT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / NASTY).write_bytes(b"")
    return tmp_path


def put(place: Path, name: str, script: str) -> Path:
    """放一个真的可执行程序，返回它的文件夹（它把收到的存在里面）。"""
    program = place / "bin" / name
    program.write_text(script.format(python=sys.executable), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program.parent


def job_of(ledger: Path, at: time = time(1, 30)) -> Job:
    return schedule.plan(ledger, NOW, at, timedelta(hours=2))


# ── 任务 ──


def test_a_job_has_absolute_paths_one_name_per_ledger_and_starts_at_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    job, other = job_of(Path("台账 (1)%.xlsx")), job_of(Path("别处/台账 (1)%.xlsx"))
    assert job.ledger == tmp_path / "台账 (1)%.xlsx"
    assert Path(job.command[0]) == Path(sys.executable)
    assert job.command[1:] == ("-P", "-m", "pyengine", "nightly", "run", str(job.ledger), "--once")
    assert re.fullmatch(r"督办台账-台账_1_-[0-9a-f]{8}", job.name)
    assert job.name != other.name
    assert job.name == job_of(tmp_path / "别处/../台账 (1)%.xlsx").name
    assert job.first == datetime(2026, 7, 1, 1, 30)
    assert job_of(Path("a.xlsx"), time(9, 1)).first == datetime(2026, 6, 30, 9, 1)
    assert job.limit > job.window


def test_a_path_no_scheduler_can_hold_is_refused() -> None:
    with pytest.raises(SystemProblem, match="换行") as refused:
        job_of(Path("台\n账.xlsx"))
    assert refused.value.advice


def test_windows_runs_the_python_without_a_console(tmp_path: Path) -> None:
    python = tmp_path / "python.exe"
    assert without_console(python) == python
    (tmp_path / "pythonw.exe").touch()
    assert without_console(python) == tmp_path / "pythonw.exe"
    assert without_console(tmp_path / "python3") == tmp_path / "python3"


def test_every_exit_code_and_the_schedulers_own_have_a_meaning() -> None:
    assert len({exit_meaning(code) for code in range(6)}) == 6
    assert exit_meaning(9) == "退出码 9"
    assert windows_meaning(0x41301) == "正在运行"
    assert windows_meaning(-2147024894) == windows_meaning(0x80070002)
    assert windows_meaning(3) == exit_meaning(3)
    assert windows_meaning(0x8000FFFF) == "代码 0x8000FFFF"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_what_a_program_says_is_read_in_any_code_page(encoding: str) -> None:
    assert decode("错误: 督办台账拒绝访问。".encode(encoding)) == "错误: 督办台账拒绝访问。"
    assert isinstance(decode(b"\xff\xfe\x00 \x80\x81\xff"), str)


# ── Windows ──


def task_of(job: Job) -> ElementTree.Element:
    return ElementTree.fromstring(task_xml(job, "办公室\\张三"))


def texts(task: ElementTree.Element) -> dict[str, str]:
    return {element.tag.removeprefix(f"{{{NAMESPACE}}}"): element.text or "" for element in task.iter()}


def check_order(element: ElementTree.Element) -> None:
    name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    children = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
    listed = PUBLISHED.get(name, "").split()
    known = [word.rstrip("*") for word in listed]
    assert children == sorted(set(children), key=known.index), name
    assert {word.rstrip("*") for word in listed if word.endswith("*")} <= set(children), name
    for child in element:
        check_order(child)


def test_windows_task_follows_microsofts_published_schema() -> None:
    raw = task_xml(job_of(Path("/督办/台账.xlsx")), "办公室\\张三")
    assert raw.startswith(codecs.BOM_UTF16_LE)
    assert raw.decode("utf-16").startswith('<?xml version="1.0" encoding="UTF-16"?>\n<Task version="1.3"')
    task = ElementTree.fromstring(raw)
    assert task.tag == f"{{{NAMESPACE}}}Task"
    check_order(task)
    principal = task.find(f".//{{{NAMESPACE}}}Principal")
    actions = task.find(f"{{{NAMESPACE}}}Actions")
    assert principal is not None
    assert actions is not None
    assert principal.get("id") == actions.get("Context")


def test_windows_task_runs_as_the_clerk_whatever_the_battery_and_catches_up() -> None:
    written = texts(task_of(job_of(Path("/督办/台账.xlsx"))))
    expected = {
        "LogonType": "InteractiveToken", "RunLevel": "LeastPrivilege", "UserId": "办公室\\张三",
        "StartWhenAvailable": "true", "DisallowStartIfOnBatteries": "false", "StopIfGoingOnBatteries": "false",
        "MultipleInstancesPolicy": "IgnoreNew", "ExecutionTimeLimit": "PT150M", "StartBoundary": "2026-07-01T01:30:00",
        "DaysInterval": "1", "WorkingDirectory": "/督办", "Command": sys.executable, "Delay": "PT5M",
    }  # fmt: skip
    assert {name: written[name] for name in expected} == expected


def test_windows_task_without_a_known_user_is_for_whoever_installs_it() -> None:
    task = ElementTree.fromstring(task_xml(job_of(Path("/督办/台账.xlsx")), ""))
    assert not {"UserId", "LogonTrigger"} & set(texts(task))  # 谁登录都触发的，只有管理员能装
    check_order(task)


def split_like_windows(line: str) -> list[str]:
    """CommandLineToArgvW 和 C 运行库的规则：反斜杠只在引号前有特别意思，成对引号里的引号写作 \\"。"""
    words, word, quoted, started, at = [], "", False, False, 0
    while at < len(line):
        slashes = len(line[at:]) - len(line[at:].lstrip("\\"))
        at += slashes
        if slashes and line[at : at + 1] == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word, at = word + '"', at + 1
            started = True
            continue
        if slashes:
            word, started = word + "\\" * slashes, True
            continue
        if line[at] == '"':
            quoted, started = not quoted, True
        elif line[at] in " \t" and not quoted:
            words, word, started = [*words, word] if started else words, "", False
        else:
            word, started = word + line[at], True
        at += 1
    return [*words, word] if started else words


names = st.text(
    st.one_of(
        st.sampled_from("台账 %'\"\\$`&;#()^!~{}|<>*?=+,@"), st.characters(codec="utf-8", exclude_categories=("C",))
    ),
    min_size=1,
    max_size=30,
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 200)


def named(name: str) -> Job:
    """任意名称的台账的任务（名称里的 / 就是文件夹）。"""
    return replace(job_of(Path("/x")), ledger=Path("/督办 夹") / name.lstrip("/"))


@given(names)
def test_windows_gets_every_path_whole(name: str) -> None:
    job = named(name)
    if re.search(r"%.+%|\$\(", str(job.ledger)):
        with pytest.raises(SystemProblem):
            task_of(job)
    else:
        written = texts(task_of(job))
        assert split_like_windows(written["Arguments"]) == list(job.command[1:])
        assert written["WorkingDirectory"] == str(job.folder)


def test_windows_install_replace_status_remove(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = put(place, "schtasks", SCHTASKS)
    monkeypatch.setenv("USERDOMAIN", "办公室")
    monkeypatch.setenv("USERNAME", "张三")
    job, other = job_of(place / NASTY), job_of(place / "另一本.xlsx")
    assert "登录" in schedule.install(job, "win32")
    schedule.install(other, "win32")
    assert f"“{job.name}”（Windows 任务计划程序）：每天 23:05" in schedule.install(
        job_of(place / NASTY, time(23, 5)), "win32"
    )
    assert {file.stem for file in (store / "tasks").iterdir()} == {job.name, other.name}

    status = schedule.status(place / NASTY, "win32")
    assert (status.installed, status.when, status.problems) == (True, "每天 23:05", ())
    assert status.next_run == "2026/7/1 1:30:00"
    assert status.last_result == "装好以后还没有运行过"
    assert NASTY in status.command
    (store / "result").write_text("-2147020576")
    assert schedule.status(place / NASTY, "win32").last_result == f"{windows_meaning(0x800710E0)}（2026/6/30 1:30:02）"

    assert job.name in schedule.remove(place / NASTY, "win32")
    assert "没有装" in schedule.remove(place / NASTY, "win32")
    assert not schedule.status(place / NASTY, "win32").installed
    assert schedule.status(place / "另一本.xlsx", "win32").installed


def test_windows_failures_are_one_sentence_with_the_schedulers_own_reason(place: Path) -> None:
    with pytest.raises(SystemProblem, match="schtasks"):
        schedule.status(place / NASTY, "win32")
    store = put(place, "schtasks", SCHTASKS)
    (store / "denied").touch()
    with pytest.raises(SystemProblem, match="拒绝访问") as denied:
        schedule.install(job_of(place / NASTY), "win32")
    assert "账户" in denied.value.advice
    (store / "stopped").touch()
    for ask in (schedule.status, schedule.remove):
        with pytest.raises(SystemProblem, match="远程过程调用失败"):
            ask(place / NASTY, "win32")


def test_windows_task_changed_by_hand_is_told(place: Path) -> None:
    store = put(place, "schtasks", SCHTASKS) / "tasks"
    schedule.install(job_of(place / NASTY), "win32")
    file = next(store.iterdir())
    written = file.read_bytes().decode("utf-16")
    changed = written.replace("<DaysInterval>1<", "<DaysInterval>7<").replace("<Enabled>true<", "<Enabled>false<")
    file.write_bytes(changed.encode("utf-16"))
    status = schedule.status(place / NASTY, "win32")
    assert "改过" in status.when
    assert any("停用" in problem for problem in status.problems)
    file.write_bytes(written[: len(written) // 2].encode("utf-16"))
    with pytest.raises(SystemProblem, match="读不懂"):
        schedule.status(place / NASTY, "win32")
    schedule.install(job_of(place / NASTY), "win32")
    assert schedule.status(place / NASTY, "win32").problems == ()


# ── 任务装好以后，台账或程序变了 ──


def test_status_says_what_no_longer_fits(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(place, "crontab", CRONTAB)
    ledger = place / NASTY
    schedule.install(replace(job_of(ledger), program=place / "旧" / "python"))
    ledger.unlink()
    problems = "\n".join(schedule.status(ledger).lines)
    assert "台账已不在" in problems
    assert "程序已不在" in problems
    other = place / "另一个python"
    other.touch()
    schedule.install(replace(job_of(ledger), program=other))
    assert any("不是现在这一个" in line and str(running_program()) in line for line in schedule.status(ledger).lines)
    assert "已撤" in schedule.remove(ledger)


# ── cron ──


def as_cron_reads(command: str, halving: bool) -> str:
    """cron 交给 /bin/sh 的：\\ 后面的字不算断行，\\% 去掉 \\，有的 cron 连 \\\\ 也减成一个；别的 % 断行，后面的不要。"""
    taken, escaped = "", False
    for sign in command:
        if escaped and (sign == "%" or (halving and sign == "\\")):
            taken = taken[:-1]
        elif sign == "%" and not escaped:
            return taken
        taken, escaped = taken + sign, sign == "\\" and not escaped
    return taken


def given_to_program(line: bytes, halving: bool) -> list[str]:
    """一行 crontab 到了程序手里的参数。"""
    command = as_cron_reads(os.fsdecode(line).rstrip("\n").split(" ", 5)[5], halving)
    script = command.replace(">/dev/null 2>&1", "")
    done = subprocess.run(("/bin/sh", "-c", script), env=BARE, capture_output=True, check=True)
    return os.fsdecode(done.stdout).split("\0")[:-1]


@example(name="a\\\\b\\%c", halving=True)
@example(name="a\\\\b\\%c", halving=False)
@settings(max_examples=60, deadline=None)
@given(name=names, halving=st.booleans())
def test_cron_gets_every_path_whole(name: str, halving: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    program = tmp_path_factory.mktemp("cron") / "记 %'\\ 录"
    program.write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\0" "$word"; done\n')
    program.chmod(0o755)
    job = replace(named(name), program=program)
    line = crontab_line(job)
    assert re.search(rb"(?<!\\)%", line) is None
    assert given_to_program(line, halving) == list(job.command[1:])


def test_cron_keeps_every_other_line_byte_for_byte(place: Path) -> None:
    file = put(place, "crontab", CRONTAB) / "crontab.txt"
    staff = "# 别动\n\nMAILTO=\"\"\n5 4 * * *  echo \\% 'é' \t\n".encode() + b"# \xb6\xbd latin\n#0 1 * * * x # y"
    file.write_bytes(staff)
    job = job_of(place / NASTY)
    said = schedule.install(job)
    assert f"“{job.name}”（cron）：每天 01:30" in said
    schedule.install(job_of(place / NASTY, time(23, 5)))
    assert file.read_bytes().startswith(staff + b"\n5 23 * * * ")
    assert file.read_bytes().count(b"pyengine") == 1
    assert schedule.status(place / NASTY).when == "每天 23:05"
    assert schedule.status(place / "别的.xlsx").lines[0].startswith("没有装")
    assert "已撤" in schedule.remove(place / NASTY)
    assert file.read_bytes() == staff + b"\n"
    assert "没有装" in schedule.remove(place / NASTY)


def test_cron_alone_leaves_no_empty_crontab(place: Path) -> None:
    file = put(place, "crontab", CRONTAB) / "crontab.txt"
    schedule.install(job_of(place / NASTY))
    schedule.remove(place / NASTY)
    assert not file.exists()


def test_cron_line_changed_by_hand_is_still_ours(place: Path) -> None:
    file = put(place, "crontab", CRONTAB) / "crontab.txt"
    schedule.install(job_of(place / NASTY))
    file.write_bytes(b"#" + file.read_bytes().replace(b"* * *", b"* * 1-5"))
    status = schedule.status(place / NASTY)
    assert status.when == "时间被人改成 30 1 * * 1-5"
    assert any("注释" in problem for problem in status.problems)
    schedule.install(job_of(place / NASTY))
    assert file.read_bytes().count(b"pyengine") == 1
    assert schedule.status(place / NASTY).when == "每天 01:30"


def test_cron_refuses_what_it_would_cut_off(place: Path) -> None:
    file = put(place, "crontab", CRONTAB) / "crontab.txt"
    with pytest.raises(SystemProblem, match="太长"):
        schedule.install(
            replace(job_of(place / NASTY), ledger=place / ("督" * 80) / ("办" * 80) / ("台" * 80) / ("账" * 80))
        )
    assert not file.exists()


def test_no_scheduler_at_all_is_said_plainly(place: Path) -> None:
    with pytest.raises(SystemProblem, match="没有可用的定时服务"):
        schedule.install(job_of(place / NASTY))
    (put(place, "crontab", CRONTAB) / "denied").touch()
    with pytest.raises(SystemProblem, match="没有可用的定时服务"):
        schedule.install(job_of(place / NASTY))
    assert "没有装" in schedule.remove(place / NASTY)
    assert not schedule.status(place / NASTY).installed


# ── systemd ──


def test_systemd_comes_before_cron_and_takes_over_its_job(place: Path) -> None:
    file = put(place, "crontab", CRONTAB) / "crontab.txt"
    schedule.install(job_of(place / NASTY))
    calls = put(place, "systemctl", SYSTEMCTL) / "calls"
    assert "systemd 用户定时器" in schedule.install(job_of(place / NASTY))
    assert not file.exists()
    key = key_of(place / NASTY)
    assert f"enable duban-{key}.timer" in calls.read_text()
    assert "linger" in schedule.install(job_of(place / NASTY))

    (place / "bin" / "offline").touch()
    assert any("连不上" in problem for problem in schedule.status(place / NASTY).problems)
    assert "（cron）" in schedule.install(job_of(place / NASTY))
    assert list((place / "home" / ".config" / "systemd" / "user").glob("duban*")) == []


def test_systemd_install_that_fails_leaves_nothing(place: Path) -> None:
    (put(place, "systemctl", SYSTEMCTL) / "denied").touch()
    with pytest.raises(SystemProblem, match="Access denied"):
        schedule.install(job_of(place / NASTY))
    assert [path for path in (place / "home").rglob("*") if path.is_file()] == []


def test_systemd_units_changed_by_hand_are_told(place: Path) -> None:
    put(place, "systemctl", SYSTEMCTL)
    schedule.install(job_of(place / NASTY))
    folder = place / "home" / ".config" / "systemd" / "user"
    timer, service = next(folder.glob("duban*.timer")), next(folder.glob("duban*.service"))
    timer.write_text(timer.read_text().replace("*-*-* 01", "Mon..Fri 01"))
    assert schedule.status(place / NASTY).when == "时间被人改成 Mon..Fri 01:30:00"
    assert schedule.status(place / NASTY).command.endswith(f"nightly run {shlex.quote(str(place / NASTY))} --once")
    service.write_text('[Service]\nExecStart=/bin/sh "没有收尾\n')
    assert any("程序已不在" in problem for problem in schedule.status(place / NASTY).problems)


def test_systemd_catches_up_takes_findings_for_success_and_has_a_limit() -> None:
    job = job_of(Path("/督办/台账.xlsx"))
    assert "Persistent=true\n" in timer_unit(job)
    assert "OnCalendar=*-*-* 01:30:00\n" in timer_unit(job)
    assert "SuccessExitStatus=1\n" in service_unit(job)
    assert f"TimeoutStartSec={150 * 60}\n" in service_unit(job)


# ── launchd ──


@given(names)
def test_launchd_gets_every_path_whole(name: str) -> None:
    written = plistlib.loads(agent(named(name)))
    assert written["ProgramArguments"] == list(named(name).command)
    assert written["StartCalendarInterval"] == {"Hour": 1, "Minute": 30}


def test_launchd_install_replace_status_remove(place: Path) -> None:
    store = put(place, "launchctl", LAUNCHCTL)
    ledger = place / NASTY
    schedule.install(job_of(ledger), "darwin")
    assert "macOS launchd" in schedule.install(job_of(ledger, time(23, 5)), "darwin")
    assert [file.name for file in (store / "loaded").iterdir()] == [f"duban.nightly.{key_of(ledger)}"]
    status = schedule.status(ledger, "darwin")
    assert (status.when, status.last_result, status.problems) == ("每天 23:05", exit_meaning(3), ())
    (store / "loaded" / f"duban.nightly.{key_of(ledger)}").unlink()
    assert any("没有载入" in problem for problem in schedule.status(ledger, "darwin").problems)
    assert "已撤" in schedule.remove(ledger, "darwin")
    assert "没有装" in schedule.remove(ledger, "darwin")
    assert list((store / "loaded").iterdir()) == []
    (store / "denied").touch()
    with pytest.raises(SystemProblem, match="Domain does not support"):
        schedule.install(job_of(ledger), "darwin")
    assert not schedule.status(ledger, "darwin").installed


# ── 任务运行的程序 ──


def test_the_job_works_through_the_night_in_crons_bare_environment(sample: Path) -> None:
    for name in ("pandas", "pyengine", "typer"):  # 台账的文件夹里有什么，都不该被当成程序
        (sample.parent / f"{name}.py").write_text("raise SystemExit(99)")
    line = os.fsdecode(crontab_line(job_of(sample))).rstrip("\n").split(" ", 5)[5]
    command = as_cron_reads(line.replace(">/dev/null 2>&1", ""), halving=False)
    done = subprocess.run(("/bin/sh", "-c", command), cwd=sample.parent, env=BARE, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (DONE, b"")
    assert [path.suffix for path in (sample.parent / "每日摘要").iterdir()] == [".docx"]
    assert rows_of(sample, "待办提醒")


def test_the_job_runs_with_its_streams_closed(sample: Path) -> None:
    script = 'exec "$0" -P -m pyengine refresh "$1" --as-of "$2" <&- >&- 2>&-'
    done = subprocess.run(("/bin/sh", "-c", script, sys.executable, sample, AS_OF), env=BARE, check=False)
    assert done.returncode == HAS_ERRORS
    assert rows_of(sample, "亮牌建议")


def test_closed_streams_are_not_taken_by_the_files_opened_later() -> None:
    script = (
        "import os, runpy, sys\nsys.argv = ['pyengine', '--help']\n"
        "try:\n    runpy.run_module('pyengine', run_name='__main__')\nexcept SystemExit:\n    pass\n"
        "nothing = os.stat(os.devnull)\n"
        "os._exit(0 if all(os.path.samestat(os.fstat(number), nothing) for number in range(3)) else 7)"
    )
    command = ("/bin/sh", "-c", 'exec "$0" -c "$1" <&- >&- 2>&-', sys.executable, script)
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.parametrize(("words", "code"), [(["doctor"], DONE), (["没有这个命令"], 2)])
def test_the_job_runs_where_there_are_no_streams_at_all(words: list[str], code: int) -> None:
    script = (
        "import runpy, sys\nsys.stdin = sys.stdout = sys.stderr = None\n"
        "sys.argv[0] = 'pyengine'\nrunpy.run_module('pyengine', run_name='__main__')"
    )
    done = subprocess.run((sys.executable, "-c", script, *words), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")


# ── 真的 cron、真的 systemd ──


def really(kind: str, program: str, folder: Path) -> dict[str, object]:
    """在隔开的环境里跑 scheduled.py；这台机器不许的，跳过并说明。"""
    for needed in ("unshare", program):
        if shutil.which(needed) is None and not Path(needed).exists():
            pytest.skip(f"没有装 {needed}")
    fence = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private")
    if subprocess.run((*fence, "true"), capture_output=True, check=False).returncode:
        pytest.skip("不许建隔开的环境（要 root）")
    home = folder / "home"
    home.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment = {**inherited, "HOME": str(home), "XDG_RUNTIME_DIR": "/run/user/0"}
    command = (*fence, sys.executable, Path(__file__).with_name("scheduled.py"), kind, folder)
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    if "unavailable" in told:
        pytest.skip(str(told["unavailable"]))
    return told


def test_real_cron_fires_the_installed_job(tmp_path: Path) -> None:
    told = really("cron", "cron", tmp_path)
    assert told["words"] == told["expected"]
    assert "PATH=/usr/bin:/bin\n" in str(told["environment"])
    assert "没有看到 cron" in str(told["said"])
    assert "没有看到 cron" not in str(told["status"])
    assert told["lines"] == 1
    assert "已撤" in str(told["removed"])
    assert "没有装" in str(told["again"])
    assert told["kept"]


def test_real_systemd_fires_the_installed_job(tmp_path: Path) -> None:
    told = really("systemd", "/lib/systemd/systemd", tmp_path)
    assert told["words"] == told["expected"]
    lines = "\n".join(map(str, told["status"]))  # type: ignore[call-overload]
    assert re.search(r"下次运行：\d{4}-\d\d-\d\d \d\d:\d\d", lines)
    assert re.search(rf"上次结果：{exit_meaning(1)}（\d{{4}}-", lines)
    assert told["received"] == dict.fromkeys(told["received"], True)  # type: ignore[call-overload]
    assert "已撤" in str(told["removed"])
    assert "没有装" in str(told["again"])
    assert told["left"] == ""

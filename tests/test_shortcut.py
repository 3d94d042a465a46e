"""桌面图标“刷新台账”：各系统写成什么样；真的按桌面的办法启动，参数原样到程序手里；两本台账两个图标，再放一次就换掉。"""

from __future__ import annotations

import hashlib
import json
import os
import re
import select
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import duban, require_program, rows_of, tables_of
from offices import clerks_office, until

from pyengine.cli import BAD_CALL, DONE, REFUSED
from pyengine.libreoffice import office
from pyengine.libreoffice.runtime import to_url
from pyengine.programs import key_of
from pyengine.shortcut import put_shortcut
from pyengine.shortcut.contents import Link, Press, applescript, command_file, windows_batch, windows_link
from pyengine.shortcut.folders import desktop_folder

HOSTILE = (
    "督办台账.xlsm",
    """督办 100%'s "夜间" $HOME ${x} `id` $(id) & ; # 台账.xlsx""",
    "%f %u %% %k \\ \\\\ \\n \\s \\t ~ * ? < > | ! ^ = [ ] { }.xlsx",
    " 前后有空格 .xlsx",
    "台账（二）—“引号”‘’.xlsm",
    "-rf --as-of.xlsx",
)
RECORDER = """#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done >'{pipe}'
"""
GIO = """#!/bin/sh
for word in "$@"; do printf '%s\\n' "$word"; done >>"$0.told"
"""
PYTHONCOM = """
import json
CLSCTX_INPROC_SERVER, IID_IPersistFile = 1, "persist"
class com_error(Exception): pass
class Made:
    def __init__(self): self.told = []
    def __getattr__(self, name): return lambda *words: self.told.append([name, *words])
    def QueryInterface(self, what): return self
    def Save(self, path, remember):
        with open(path, "wb") as file:
            for name, *words in self.told:
                file.write((name + ":" + json.dumps(words, ensure_ascii=False) + "\\n").encode("utf-16-le"))
def CoCreateInstance(what, outer, context, interface):
    if {broken}: raise com_error(-2147221164, "没有注册类")
    assert (what, outer, context, interface) == ("shell link", None, 1, "IShellLinkW")
    return Made()
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """家在 tmp_path/家，桌面是其中的 桌面；PATH 里没有 gio。"""
    home = tmp_path / "家"
    (home / "桌面").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    stand_in(tmp_path, "gio", GIO)
    return home


def stand_in(folder: Path, name: str, script: str) -> Path:
    """替别的程序站在那里的真程序。"""
    program = folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    return program


def ledger_in(folder: Path, name: str = "督办台账.xlsm") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    ledger = folder / name
    ledger.touch()
    return ledger


class Pipe:
    """记录程序把收到的各个参数写进来的管道。"""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = folder / "管道"
        os.mkfifo(path)
        self.end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        recorder = stand_in(folder, """记录 100% "程序's" $x.sh""", RECORDER.format(pipe=path))
        monkeypatch.setattr(sys, "executable", str(recorder))

    def words(self) -> list[str]:
        """一次启动的参数；二十秒还没有启动的，算没有启动。"""
        told, poll = b"", select.poll()
        poll.register(self.end, select.POLLIN)
        while poll.poll(20_000):
            piece = os.read(self.end, 65536)
            if not piece:
                return told.decode().split("\0")[:-1]
            told += piece
        return ["没有启动"]


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pipe:
    return Pipe(tmp_path, monkeypatch)


def pressed(ledger: Path) -> list[str]:
    return ["-P", "-m", "pyengine", "button", "refresh", str(ledger)]


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


# ── Linux：真的启动 ──


@pytest.mark.parametrize("name", HOSTILE)
def test_the_desktop_starts_the_button_with_the_very_path(home: Path, pipe: Pipe, tmp_path: Path, name: str) -> None:
    gio, validate = (require_program(program) for program in ("/usr/bin/gio", "desktop-file-validate"))
    ledger = ledger_in(tmp_path / "在 这里's", name)
    said = put_shortcut(ledger)
    icon = home / "桌面" / "刷新台账.desktop"
    assert str(icon) in said
    assert ledger.name in said
    assert os.access(icon, os.X_OK)
    assert not icon.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    checked = subprocess.run((validate, icon), capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")
    subprocess.run((gio, "launch", icon), check=True)
    assert pipe.words() == pressed(ledger)


def test_the_icon_is_marked_as_trusted_where_the_desktop_asks_for_it(home: Path, tmp_path: Path) -> None:
    put_shortcut(ledger_in(tmp_path))
    icon = home / "桌面" / "刷新台账.desktop"
    told = (tmp_path / "bin" / "gio.told").read_text(encoding="utf-8").splitlines()
    checksum = hashlib.sha256(icon.read_bytes()).hexdigest()
    assert told == [
        *("set", "-t", "string", str(icon), "metadata::trusted", "true"),
        *("set", "-t", "string", str(icon), "metadata::xfce-exe-checksum", checksum),
    ]


def clicked(icon: Path) -> str:
    """像桌面那样启动图标，做完为止；没有图形界面，话说在标准输出。"""
    launch = (require_program("/usr/bin/gio"), "launch", icon)
    return subprocess.run(launch, check=True, stdout=subprocess.PIPE, timeout=120).stdout.decode()


@pytest.fixture
def screenless(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("screenless")
def test_a_double_click_refreshes_a_closed_ledger_in_its_file(home: Path, sample: Path) -> None:
    put_shortcut(sample)
    assert "已刷新 督办台账.xlsx" in clicked(home / "桌面" / "刷新台账.desktop")
    assert any(row["预警状态"] == "逾期未完成" for row in rows_of(sample, "政府工作报告台账"))


@contextmanager
def opened(ledger: Path, profile: Path) -> Iterator[Any]:
    """经办人打开着台账的 LibreOffice（没有窗口，配置在 profile）；给出打开着的那本。"""
    with clerks_office(profile, ledger):
        desktop = office.attach(profile).desktop
        until(lambda: shown_in(desktop, ledger), "台账打开")
        yield shown_in(desktop, ledger)[0]


def shown_in(desktop: Any, ledger: Path) -> list[Any]:
    return [document for document in desktop.Components if to_url(ledger) == document.URL]


@pytest.mark.usefixtures("screenless")
def test_a_double_click_refreshes_an_open_ledger_before_the_clerks_eyes(home: Path, sample: Path) -> None:
    put_shortcut(sample)
    before, place = sample.read_bytes(), tables_of(sample)["政府工作报告台账"]
    with opened(sample, home / ".config" / "libreoffice" / "4") as document:
        said = clicked(home / "桌面" / "刷新台账.desktop")
        sheet, column = document.Sheets.getByName("政府工作报告台账"), place.columns["预警状态"] - 1
        states = sheet.getCellRangeByPosition(column, place.header_row, column, place.header_row + 40).DataArray
    assert ("逾期未完成",) in states, said
    assert sample.read_bytes() == before


def test_no_window_opens_besides_and_no_gio_is_needed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "没有"))
    put_shortcut(ledger_in(tmp_path))
    assert "\nTerminal=false\n" in (home / "桌面" / "刷新台账.desktop").read_text(encoding="utf-8")


# ── 桌面在哪里 ──


@pytest.mark.parametrize(
    "written", ['"$HOME/桌面"', '"$HOME/我的 桌面/里面"', r'"$HOME/a\"b\\c\$d\`e"', '"{home}/别处"', '"$HOME/桌面/"']
)
def test_the_desktop_is_where_the_user_dirs_say_as_a_shell_reads_them(home: Path, written: str) -> None:
    dirs = home / ".config" / "user-dirs.dirs"
    dirs.parent.mkdir()
    dirs.write_text(f'# 注释\nXDG_DOWNLOAD_DIR="$HOME/下载"\nXDG_DESKTOP_DIR={written.format(home=home)}\n', "utf-8")
    shell = subprocess.run(
        ("sh", "-c", f'. {shlex.quote(str(dirs))}; printf %s "$XDG_DESKTOP_DIR"'), capture_output=True
    )
    meant = Path(shell.stdout.decode())
    meant.mkdir(parents=True, exist_ok=True)
    assert desktop_folder("linux") == meant


def test_without_user_dirs_the_usual_names_are_looked_for(home: Path) -> None:
    assert desktop_folder("linux") == home / "桌面"
    (home / "Desktop").mkdir()
    assert desktop_folder("linux") == home / "Desktop"
    assert desktop_folder("darwin") == home / "Desktop"


@pytest.mark.parametrize("written", ['"$HOME/"', '"$HOME"', '"$HOME/没有"'])
def test_no_desktop_is_said_plainly(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    (home / ".config").mkdir()
    (home / ".config" / "user-dirs.dirs").write_text(f"XDG_DESKTOP_DIR={written}\n", "utf-8")
    assert duban("shortcut", ledger_in(tmp_path)) == REFUSED
    told = capsys.readouterr().err
    assert re.search("找不到这个账户的桌面文件夹.*--to", told, re.S)
    assert names_in(home) == [".config", "桌面"]


# ── 名字 ──


def test_each_ledger_has_one_icon_and_putting_it_again_replaces_it(home: Path, tmp_path: Path) -> None:
    first, second, third = (ledger_in(tmp_path / str(year)) for year in (2025, 2026, 2027))
    other = ledger_in(tmp_path / "2026", "专班台账.xlsx")
    for ledger in (first, other, second, third, first, second, other):
        put_shortcut(ledger)
    desktop = home / "桌面"
    icons = ("刷新台账", "刷新台账（专班台账）", "刷新台账（督办台账）", "刷新台账（2027，督办台账）")
    assert names_in(desktop) == sorted(f"{name}.desktop" for name in icons)
    for name, ledger in zip(icons, (first, other, second, third), strict=True):
        written = (desktop / f"{name}.desktop").read_text(encoding="utf-8")
        assert f"\nName={name}\n" in written
        assert str(ledger) in written


def test_what_is_not_ours_stays(home: Path, tmp_path: Path) -> None:
    foreign = home / "桌面" / "刷新台账.desktop"
    foreign.write_text("别人的", encoding="utf-8")
    (home / "桌面" / "刷新台账（督办台账）.desktop").mkdir()
    put_shortcut(ledger_in(tmp_path / "2026"))
    assert foreign.read_text(encoding="utf-8") == "别人的"
    assert (home / "桌面" / "刷新台账（2026，督办台账）.desktop").is_file()


def test_a_changed_program_is_the_one_started(home: Path, tmp_path: Path, pipe: Pipe) -> None:
    ledger = ledger_in(tmp_path)
    icon = home / "桌面" / "刷新台账.desktop"
    icon.write_text(f"[Desktop Entry]\nExec=/没有了\nComment={key_of(ledger)}\n", encoding="utf-8")
    put_shortcut(ledger)
    assert "/没有了" not in icon.read_text(encoding="utf-8")
    subprocess.run((require_program("/usr/bin/gio"), "launch", icon), check=True)
    assert pipe.words() == pressed(ledger)


def test_long_names_are_cut_to_what_the_disk_takes(home: Path, tmp_path: Path) -> None:
    for folder in ("甲", "乙"):
        put_shortcut(ledger_in(tmp_path / folder, f"{'长' * 80}.xlsx"))
    assert len(names_in(home / "桌面")) == 2
    assert all(len(name.encode()) <= 255 for name in names_in(home / "桌面"))


# ── 命令 ──


def test_the_command_says_where_the_icon_lies(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger_in(tmp_path)
    (tmp_path / "放这里").mkdir()
    monkeypatch.chdir(tmp_path)
    assert duban("shortcut", "督办台账.xlsm", "--to", "放这里") == DONE
    icon = tmp_path / "放这里" / "刷新台账.desktop"
    assert str(icon) in capsys.readouterr().out
    assert str(tmp_path / "督办台账.xlsm") in icon.read_text(encoding="utf-8")
    assert names_in(home / "桌面") == []


def test_what_cannot_be_done_is_said_in_chinese(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger, broken = ledger_in(tmp_path), ledger_in(tmp_path, "台\n账.xlsx")
    cases = (
        ((tmp_path / "没有.xlsm",), BAD_CALL, "找不到台账"),
        ((ledger, "--to", tmp_path / "没有"), REFUSED, "找不到文件夹"),
        ((ledger, "--to", ledger), REFUSED, "找不到文件夹"),
        ((ledger, "--to", "/sys"), REFUSED, "没有权限"),
        ((broken,), REFUSED, "换行"),
    )
    for words, code, told in cases:
        assert duban("shortcut", *words) == code
        lines = capsys.readouterr().err.splitlines()
        assert (len(lines), told in lines[0]) == (2, True), words
    assert names_in(home / "桌面") == []


# ── Windows ──

LEDGER, PYTHON = Path("/台账 夹/50% 督办&(一)^!.xlsm"), Path("/程序 夹/Scripts/pythonw.exe")


def test_the_windows_link_is_this() -> None:
    says = f"刷新 50% 督办&(一)^!.xlsm（图标号 {key_of(LEDGER)}）"
    arguments = '-P -m pyengine button refresh "/台账 夹/50% 督办&(一)^!.xlsm"'
    icon = (r"%SystemRoot%\System32\shell32.dll", 238)
    assert windows_link(Press(LEDGER, PYTHON)) == Link(str(PYTHON), arguments, says, icon, window=1)
    with_console = windows_link(Press(LEDGER, PYTHON.with_name("python.exe")))
    assert with_console
    assert with_console.window == 7
    assert windows_link(Press(Path("/%TEMP%/台账.xlsm"), PYTHON)) is None


def test_the_windows_batch_file_is_this() -> None:
    number = key_of(LEDGER)
    line = 'start "" "/程序 夹/Scripts/pythonw.exe" "-P" "-m" "pyengine" "button" "refresh" "/台账 夹/50%% 督办&(一)^!.xlsm"'
    plain = windows_batch(Press(LEDGER, PYTHON), "gbk")
    assert plain == f"@echo off\r\nrem duban {number}\r\n{line}\r\n".encode("gbk")
    rare = Path("/𠮷县/台账.xlsm")
    line = line.replace("/台账 夹/50%% 督办&(一)^!.xlsm", "/𠮷县/台账.xlsm")
    utf8 = windows_batch(Press(rare, PYTHON), "gbk")
    assert utf8 == f"@echo off\r\nrem duban {key_of(rare)}\r\nchcp 65001 >nul\r\n{line}\r\n".encode()


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """有 pywin32 的样子；返回放图标的文件夹。"""
    (tmp_path / "模块" / "win32com").mkdir(parents=True)
    (tmp_path / "模块" / "win32com" / "__init__.py").touch()
    shell = 'class shell: CLSID_ShellLink, IID_IShellLink = "shell link", "IShellLinkW"\n'
    (tmp_path / "模块" / "win32com" / "shell.py").write_text(shell)
    (tmp_path / "模块" / "pythoncom.py").write_text(PYTHONCOM.format(broken=False), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "模块")
    for name in ("pythoncom", "win32com", "win32com.shell"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr("pyengine.shortcut.windows_batch", lambda press: windows_batch(press, "gbk"))
    (tmp_path / "桌面").mkdir()
    return tmp_path / "桌面"


def test_on_windows_the_shell_makes_the_link(windows: Path, tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path / "2026")
    for _ in range(2):
        put_shortcut(ledger, windows, "win32")
    assert names_in(windows) == ["刷新台账.lnk"]
    link = windows_link(Press(ledger, Path(sys.executable).absolute()))
    assert link is not None
    told = (windows / "刷新台账.lnk").read_bytes().decode("utf-16-le")
    for name, value in (
        ("SetPath", link.target),
        ("SetArguments", link.arguments),
        ("SetDescription", link.description),
    ):
        assert f"{name}:{json.dumps([value], ensure_ascii=False)}\n" in told
    assert f"SetIconLocation:{json.dumps(link.icon)}\nSetShowCmd:[{link.window}]\n" in told
    put_shortcut(ledger_in(tmp_path / "2027"), windows, "win32")
    assert names_in(windows) == ["刷新台账.lnk", "刷新台账（督办台账）.lnk"]


def test_where_no_link_can_be_made_there_is_a_batch_file_until_one_can(
    windows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, module = ledger_in(tmp_path / "2026"), tmp_path / "模块" / "pythoncom.py"
    module.write_text(PYTHONCOM.format(broken=True), encoding="utf-8")
    put_shortcut(ledger, windows, "win32")
    assert names_in(windows) == ["刷新台账.cmd"]
    monkeypatch.setitem(sys.modules, "pythoncom", None)
    put_shortcut(ledger, windows, "win32")
    assert names_in(windows) == ["刷新台账.cmd"]
    assert str(ledger) in (windows / "刷新台账.cmd").read_bytes().decode("gbk")
    monkeypatch.delitem(sys.modules, "pythoncom")
    module.write_text(PYTHONCOM.format(broken=False), encoding="utf-8")
    put_shortcut(ledger, windows, "win32")
    assert names_in(windows) == ["刷新台账.lnk"]


# ── macOS ──


def test_the_macos_command_file_is_this() -> None:
    ledger, python = Path("/台 账/督办's.xlsm"), Path("/程序/bin/python3")
    assert command_file(Press(ledger, python), '刷新台账（"二"）').decode() == (
        f"""#!/bin/sh
# 由 duban shortcut 写成。刷新 督办's.xlsm（图标号 {key_of(ledger)}）
printf '%s\\n' '正在刷新 督办'"'"'s.xlsm，请稍候；这个窗口随后自己关上。'
'/程序/bin/python3' -P -m pyengine button refresh '/台 账/督办'"'"'s.xlsm' </dev/null >/dev/null 2>&1
osascript -e 'tell application "Terminal" to close (every window whose name contains "刷新台账（\\"二\\"）.command")' </dev/null >/dev/null 2>&1 &
exit
"""
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_the_macos_command_file_starts_the_button_with_the_very_path(
    home: Path, tmp_path: Path, pipe: Pipe, name: str
) -> None:
    ledger = ledger_in(tmp_path / "在 这里's", name)
    (home / "Desktop").mkdir()
    put_shortcut(ledger, platform="darwin")
    icon = home / "Desktop" / "刷新台账.command"
    assert os.access(icon, os.X_OK)
    stand_in(tmp_path, "osascript", "#!/bin/sh\n")
    subprocess.run((icon,), check=True, stdout=subprocess.DEVNULL)
    assert pipe.words() == pressed(ledger)


def test_the_script_that_excel_for_macos_needs_is_put_in_its_folder(home: Path, tmp_path: Path) -> None:
    (home / "Desktop").mkdir()
    said = put_shortcut(ledger_in(tmp_path), platform="darwin")
    assert "按钮" in said
    script = home / "Library" / "Application Scripts" / "com.microsoft.Excel" / "duban.applescript"
    assert script.read_bytes() == applescript((sys.executable, "-P", "-m", "pyengine"))


def test_the_script_for_excel_runs_nothing_but_duban_and_is_plain_ascii() -> None:
    text = applescript(('/用户/a"\\b', "-P")).decode("ascii")
    place = "(string id {47, 29992, 25143, 47, 97, 34, 92, 98})"
    assert text == (
        f"""-- Written by: duban shortcut. Called by the buttons of the ledger.
on press(told)
	set {{chosenProgram, pressedButton, ledgerPath}} to paragraphs of told
	if {{"refresh", "preview", "undo", "letters", "check", "folder"}} does not contain pressedButton then error "unknown button"
	if chosenProgram is "" then
		set chosenProgram to {place}
		set shellWords to quoted form of {place} & " " & quoted form of "-P"
	else if chosenProgram ends with "/duban" then
		set shellWords to quoted form of chosenProgram
	else
		return "missing"
	end if
	try
		do shell script "test -x " & quoted form of chosenProgram
	on error
		return "missing"
	end try
	do shell script shellWords & " button " & pressedButton & " " & quoted form of ledgerPath & " </dev/null >/dev/null 2>&1 &"
	return ""
end press
"""
    )
    codes = re.findall(r"\d+", place)
    assert "".join(chr(int(code)) for code in codes) == '/用户/a"\\b'

"""宏：编出来的就是源文件；首页的按钮绑着它；真的 LibreOffice 里点一下，程序收到的正是动作和台账的完整路径。"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import Any

import duban_macros
import duban_workbook
import olefile
import openpyxl
import pytest
from conftest import AS_OF, duban, require_program
from duban_macros import BUTTONS, RIBBONS
from duban_macros.build import HERE, compiled, source_text
from duban_workbook import build
from duban_workbook.buttons import COLUMNS, ROW, restore_buttons
from duban_workbook.content import Content
from lxml import etree
from oletools.olevba import VBA_Parser
from pressing import RECORDER, buttons, call, choose, opened, press, received, recorder, running, stands_in
from pyopenvba.cfb import CFB
from pyopenvba.vba import parse_vba_project

from pyengine.cli import HAS_ERRORS
from pyengine.layout import layout
from pyengine.libreoffice import Missing
from pyengine.libreoffice.buttons import button_labels
from pyengine.libreoffice.office import Office
from pyengine.libreoffice.runtime import load_uno
from pyengine.ooxml import Package
from pyengine.settings import setting_specs

SOURCE = (HERE / "Refresh.bas").read_text(encoding="ascii")
ACTIONS = {
    "一键刷新": "refresh",
    "预览": "preview",
    "撤销刷新": "undo",
    "生成公文": "letters",
    "校验": "check",
    "打开公文夹": "folder",
}
MASTER = Path(duban_workbook.__file__).with_name("督办台账.xlsm")
DOCUMENTS = ["ThisWorkbook", *(f"Sheet{number}" for number in range(1, len(layout().order) + 1))]
SHEET_NAMES = {
    "rel": "http://schemas.openxmlformats.org/package/2006/relationships",
    "main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
}


# —— 宏工程


def modules(project: bytes) -> dict[str, str]:
    """olevba 从宏工程里读出的各模块源文件。"""
    parser = VBA_Parser("vbaProject.bin", data=project)
    return {Path(name).stem: text for _, _, name, text in parser.extract_macros()}


def words(name: str) -> str:
    """Refresh.bas 里一个常量所说的字。"""
    (text,) = re.findall(rf"^Private Const {name} As String = (.*(?:\n    .*)*)", SOURCE, re.M)
    codes = "".join(re.findall(r'"([^"]*)"', text)).split(" ")
    return "".join(chr(int(code, 16)) if len(code) == 4 else code for code in codes)


def test_the_committed_project_is_what_the_sources_compile_to() -> None:
    """不同就运行 python -m duban_macros.build，再 python -m duban_workbook。"""
    assert compiled() == duban_macros.project()


def test_the_project_decompiles_to_the_sources_and_empty_document_modules() -> None:
    found = modules(duban_macros.project())
    assert sorted(found) == sorted([*DOCUMENTS, "Refresh"])
    header, _, body = found["Refresh"].replace("\r\n", "\n").partition("\n")
    assert [header, body] == SOURCE.split("\n", 1)
    assert source_text(HERE / "Refresh.bas").replace("\r\n", "\n") == SOURCE
    assert all(set(found[name]) <= {"\r", "\n"} or found[name].startswith("Attribute") for name in DOCUMENTS)


def test_the_project_is_written_as_the_format_asks_without_compiled_code() -> None:
    project = duban_macros.project()
    parsed = parse_vba_project(CFB.from_bytes(project))
    assert [module.name for module in parsed.modules] == [*DOCUMENTS, "Refresh"]
    assert {module.text_offset for module in parsed.modules} == {0}
    assert parsed.validate(CFB.from_bytes(project)) == []
    streams = olefile.OleFileIO(BytesIO(project))
    assert streams.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("CC61 FFFF 00 0100")
    text = streams.openstream("PROJECT").read().decode("ascii")
    assert re.findall(r"^Document=(\w+)/", text, re.M) == DOCUMENTS
    assert re.findall(r"^Module=(\w+)", text, re.M) == ["Refresh"]


def test_sources_are_ascii_and_say_what_the_ledger_says() -> None:
    assert [path.name for path in HERE.glob("*.bas")] == ["Refresh.bas"]
    assert SOURCE.isascii()
    assert words("SETTINGS_SHEET") in layout().order
    assert words("PROGRAM_ROW") in setting_specs()
    assert words("AUTOMATIC") == setting_specs()[words("PROGRAM_ROW")].default
    assert words("STARTING") == "正在启动…"
    assert max(map(len, SOURCE.splitlines())) < 200


def test_no_line_is_longer_than_the_editor_takes_and_no_statement_has_too_many_lines() -> None:
    assert max(map(len, SOURCE.splitlines())) <= 1023
    assert max(len(run.splitlines()) for run in re.findall(r"(?:.* _\n)+", SOURCE)) <= 24


# —— 按钮、功能区


def test_every_button_has_its_macro_and_every_macro_its_button() -> None:
    macros = re.findall(r"^Public Sub (Duban\w+)\(\)\n    Tell DubanPress\(\"(\w+)\"\)", SOURCE, re.M)
    assert macros == [(f"Duban{action.title()}", action) for action in ACTIONS.values()]
    assert [(button.macro, button.caption) for button in BUTTONS] == [
        (f"Duban{action.title()}", caption) for caption, action in ACTIONS.items()
    ]


EXCEL_ICONS = {"RefreshAll", "FilePrintPreview", "Undo", "FileSendAsAttachment", "DataValidation", "FileOpen"}
"""微软公布的 Excel 控件名单（2013 和现行两份）里都有的名字。"""


@pytest.mark.parametrize(("part", "namespace", "kind"), [(part, *names) for part, names in RIBBONS.items()])
def test_the_ribbon_has_the_same_six_actions(part: str, namespace: str, kind: str) -> None:
    with zipfile.ZipFile(MASTER) as package:
        root, relationships = (etree.fromstring(package.read(name)) for name in (part, "_rels/.rels"))
    (target,) = relationships.findall(f"rel:Relationship[@Type='{kind}']", SHEET_NAMES)
    assert target.get("Target") == part
    assert len({item.get("Id") for item in relationships}) == len(relationships)
    path = ["customUI", "ribbon", "tabs", "tab", "group", "button"]
    steps = [root]
    for name in path[1:]:
        steps = [child for step in steps for child in step]
        assert {child.tag for child in steps} == {f"{{{namespace}}}{name}"}
    assert root.tag == f"{{{namespace}}}customUI"
    assert [(item.get("id"), item.get("label")) for item in steps] == [(b.macro, b.caption) for b in BUTTONS]
    assert {item.get("onAction") for item in steps} == {"DubanRibbon"}
    assert {item.get("imageMso") for item in steps} == EXCEL_ICONS
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(len(item.get("supertip")) <= 1024 for item in steps)
    assert "Public Sub DubanRibbon(control As Object)" in SOURCE


def test_code_names_of_the_workbook_are_the_modules_of_the_project() -> None:
    with zipfile.ZipFile(MASTER) as package:
        assert package.read("xl/vbaProject.bin") == duban_macros.project()
        book = etree.fromstring(package.read("xl/workbook.xml")).find("main:workbookPr", SHEET_NAMES)
        names = [book.get("codeName")]
        for number in range(1, len(layout().order) + 1):
            sheet = etree.fromstring(package.read(f"xl/worksheets/sheet{number}.xml"))
            names.append(sheet.find("main:sheetPr", SHEET_NAMES).get("codeName"))
    assert names == DOCUMENTS


def test_an_adopted_ledger_with_sheets_of_its_own_has_the_macros_too(tmp_path: Path) -> None:
    def extra(sheet: Any, _: Any) -> None:
        sheet.write_string(0, 0, "附表")

    path = build(tmp_path / "迁成.xlsm", content=Content(extras=(("附表1", extra), ("附表2", extra))))
    assert Package.open(path).read("xl/vbaProject.bin") == duban_macros.project()
    assert openpyxl.load_workbook(path).sheetnames == [*layout().order, "附表1", "附表2"]


# —— 写回


def raw(path: Path) -> dict[str, bytes]:
    """每个成员压缩着的字节。"""
    package = Package.open(path)
    return {name: package.raw(name) for name in package.names}


def test_a_refresh_by_file_gives_macros_buttons_and_ribbon_back_byte_for_byte(tmp_path: Path) -> None:
    ledger = build(tmp_path / "督办台账.xlsm", sample=True)
    before = raw(ledger)
    assert duban("refresh", ledger, "--as-of", AS_OF) == HAS_ERRORS
    after = raw(ledger)
    assert list(after) == list(before)
    changed = {name for name in before if before[name] != after[name]}
    assert changed
    assert all(re.fullmatch(r"xl/(worksheets/sheet\d+|styles)\.xml", name) for name in changed), changed
    home = Package.open(ledger).read("xl/worksheets/sheet1.xml")
    assert home.count(b"<legacyDrawing ") == 1


# —— 在 LibreOffice 里按


@dataclass(frozen=True)
class Desk:
    """一台电脑：开着的 LibreOffice、空的家目录、PATH 上空的程序夹。"""

    office: Office
    home: Path
    programs: Path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    require_program("soffice")
    try:
        load_uno()
    except Missing:
        assert not os.environ.get("DUBAN_REQUIRE_LIBREOFFICE"), "没有装 python3-uno"
        pytest.skip("没有装 python3-uno")
    home, programs = (tmp_path_factory.mktemp(name) for name in ("家", "程序 夹"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("PATH", f"/usr/bin:{programs}:/bin")
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("PYTHONHOME", "/LibreOffice 自己的")
        with running() as office:
            yield Desk(office, home, programs)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return Path(shutil.copy(MASTER, tmp_path / "督办 台账.xlsm"))


@pytest.fixture
def document(desk: Desk, ledger: Path) -> Iterator[Any]:
    """打开着的台账。"""
    with opened(desk.office, ledger) as found:
        yield found


def test_the_buttons_on_the_home_page_are_bound_and_stand_under_the_motto(document: Any) -> None:
    found = buttons(document)
    assert list(found) == list(ACTIONS)
    for column, button in zip(COLUMNS, found.values(), strict=True):
        assert stands_in(document, button, column, ROW), button.caption
    for button, macro in zip(found.values(), BUTTONS, strict=True):
        assert f"Refresh.{macro.macro}?" in button.script
    assert {button.shape.Control.FontName for button in found.values()} == {"微软雅黑"}


@pytest.mark.parametrize("caption", ACTIONS)
def test_pressing_a_button_starts_the_program_with_its_action_and_the_ledger(
    document: Any, ledger: Path, tmp_path: Path, caption: str
) -> None:
    program = recorder(tmp_path / "程序 们" / "记录 器.sh")
    choose(document, "程序位置", str(program))
    press(document, caption)
    assert received(program) == ["button", ACTIONS[caption], str(ledger)]
    environment = program.with_name(f"{program.name}.env").read_text(encoding="utf-8")
    assert not re.search(r"^(PYTHONHOME|PYTHONPATH|LD_LIBRARY_PATH)=", environment, re.M)


@pytest.mark.parametrize("name", ["a&b (c) [d] {e} ~", "it's", 'x"y', "'\"\\0042 $HOME `id` %PATH% ;*?"])
def test_any_path_arrives_whole(desk: Desk, ledger: Path, tmp_path: Path, name: str) -> None:
    program = recorder(tmp_path / f"程序 {name}" / f"{name}.sh")
    odd = ledger.rename(program.with_name(f"台账 {name}.xlsm"))
    with opened(desk.office, odd) as document:
        for place in (str(program), f'"{program}"'):  # Windows 的“复制为路径”带引号
            choose(document, "程序位置", place)
            assert call(document, "DubanPress", "refresh") == ""
            assert received(program) == ["button", "refresh", str(odd)]


def test_the_spreadsheet_program_does_not_wait(document: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "等")
    program = recorder(tmp_path / "慢.sh")
    program.write_text(RECORDER.replace("\n", "\ncat '%s'\n" % (tmp_path / "等"), 1), encoding="utf-8")
    choose(document, "程序位置", str(program))
    assert call(document, "DubanPress", "refresh") == ""
    assert not program.with_name("慢.sh.got").exists()
    (tmp_path / "等").write_text("好了")
    assert received(program)[:2] == ["button", "refresh"]


def test_the_ledger_of_the_button_is_meant_not_the_one_in_front(desk: Desk, document: Any, ledger: Path) -> None:
    program = recorder(ledger.with_name("记录.sh"))
    choose(document, "程序位置", str(program))
    other = Path(shutil.copy(MASTER, ledger.with_name("别的.xlsm")))
    with opened(desk.office, other) as front:
        assert desk.office.desktop.CurrentComponent.URL == front.URL
        press(document, "校验")
        assert received(program) == ["button", "check", str(ledger)]


def test_a_ledger_that_libreoffice_has_saved_still_finds_itself_and_its_program(desk: Desk, ledger: Path) -> None:
    """LibreOffice 存盘会丢掉代码名，ThisWorkbook 从此不认得；它也留不住按钮（见 macros/README.md）。"""
    program = recorder(ledger.with_name("记录.sh"))
    with opened(desk.office, ledger) as document:
        choose(document, "程序位置", str(program))
        document.store()
    with opened(desk.office, ledger) as document:
        assert call(document, "DubanPress", "undo") == ""
        assert received(program) == ["button", "undo", str(ledger)]
        home = document.Sheets.getByName("首页")
        assert button_labels(home) == ()
        assert (restore_buttons(document), restore_buttons(document)) == (len(ACTIONS), 0)
        assert list(button_labels(home)) == list(buttons(document)) == list(ACTIONS)
        assert all(map(stands_in, repeat(document), buttons(document).values(), COLUMNS, repeat(ROW)))
        press(document, "预览")
        assert received(program) == ["button", "preview", str(ledger)]


def test_buttons_are_put_back_only_where_the_macros_are(desk: Desk, ledger: Path) -> None:
    with opened(desk.office, Path(shutil.copy(MASTER.with_suffix(".xlsx"), ledger.with_suffix(".xlsx")))) as document:
        assert restore_buttons(document) == 0
        assert button_labels(document.Sheets.getByName("首页")) == ()


@pytest.mark.parametrize("place", ["自动", "", "  "])
def test_without_a_place_the_usual_ones_and_path_are_searched(desk: Desk, document: Any, place: str) -> None:
    choose(document, "程序位置", place)
    assert call(document, "DubanPress", "refresh") == words("NOT_INSTALLED")
    places = [desk.programs / "duban", *(desk.home / part for part in UNIX_PLACES)]
    for program in map(recorder, places):  # 后放的先找到
        assert call(document, "DubanPress", "refresh") == ""
        assert received(program)[:2] == ["button", "refresh"]
    for program in places:
        program.unlink()


UNIX_PLACES = ("督办/bin/duban", "duban/bin/duban", ".local/bin/duban")


def test_a_settings_sheet_renamed_by_staff_means_automatic(document: Any) -> None:
    document.Sheets.getByName("设置").Name = "办公室设置"
    assert call(document, "DubanPress", "refresh") == words("NOT_INSTALLED")


def test_a_place_that_is_not_there_is_named(document: Any, tmp_path: Path) -> None:
    for place in ("/没有/这个 程序", str(tmp_path)):
        choose(document, "程序位置", place)
        told = call(document, "DubanPress", "refresh")
        assert told == f"{words('NOT_THERE')}{place}{words('MEND_PLACE')}"
        assert len(told.splitlines()) == 2


def test_a_ledger_never_saved_is_told_to_be(desk: Desk, ledger: Path) -> None:
    with opened(desk.office, ledger, as_template=True) as document:
        assert call(document, "DubanPress", "refresh") == words("NOT_SAVED")


def test_what_is_said_is_two_lines_what_is_the_matter_and_what_to_do() -> None:
    for name in ("NOT_SAVED", "ON_THE_WEB", "NOT_INSTALLED"):
        assert re.fullmatch(r"[^\n]+。\n[^\n]+。", words(name)), name
    for matter, mend in (
        ("NOT_THERE", "MEND_PLACE"),
        ("FAILED_TO_START", "MEND_START"),
        ("FAILED_TO_START", "MEND_MAC"),
    ):
        assert re.fullmatch(r"[^\n]+：\n[^\n]+。", words(matter) + words(mend)), mend

"""坏输入：一句话说在哪里、什么不对，一句话说怎么办，退出码对，什么也不写，没有回溯。"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from conftest import AS_OF, duban
from openpyxl.styles import PatternFill

from pyengine.cli import BAD_CALL, DONE, HAS_ERRORS, REFUSED
from pyengine.errors import LOCKED, UNREADABLE

LEDGER = "政府工作报告台账"
Spoil = Callable[[Path], None]


def edited(change: Callable[[openpyxl.Workbook], None]) -> Spoil:
    """用 openpyxl 改坏一处。"""

    def spoil(ledger: Path) -> None:
        book = openpyxl.load_workbook(ledger)
        change(book)
        book.save(ledger)

    return spoil


def cell(address: str, value: object) -> Spoil:
    return edited(lambda book: book[LEDGER].__setitem__(address, value))


def compound_file(stream: str) -> bytes:
    """旧格式复合文件：目录里有一个名为 stream 的流。"""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    fat = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * (512 - 8)
    names = ("Root Entry", stream)
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", len(name) * 2 + 2) + bytes(62) for name in names
    )
    return header.ljust(512, b"\xff") + fat + entries.ljust(512, b"\0")


def add_member(name: str, content: bytes) -> Spoil:
    def spoil(ledger: Path) -> None:
        with zipfile.ZipFile(ledger, "a") as package:
            package.writestr(name, content)

    return spoil


CASES: tuple[tuple[str, Spoil, int, tuple[str, ...]], ...] = (
    ("空文件", lambda path: path.write_bytes(b"") and None, UNREADABLE, ("空文件", "备份")),
    (
        "改名的文本",
        lambda path: path.write_text("督办事项\n", encoding="utf-8") and None,
        UNREADABLE,
        ("不是 Excel", "另存"),
    ),
    ("截断的压缩包", lambda path: path.write_bytes(path.read_bytes()[:5000]) and None, UNREADABLE, ("不完整",)),
    ("加密", lambda path: path.write_bytes(compound_file("EncryptedPackage")) and None, UNREADABLE, ("密码",)),
    ("旧格式", lambda path: path.write_bytes(compound_file("Workbook")) and None, UNREADABLE, (".xls", "另存")),
    ("缺工作表", edited(lambda book: book.remove(book["单位"])), UNREADABLE, ("缺少工作表“单位”", "duban new")),
    ("缺表头", cell("M3", "完成日"), UNREADABLE, (f"{LEDGER}!第3行", "“完成时限”")),
    ("表头重复", cell("AG3", "完成时限"), UNREADABLE, (f"{LEDGER}!M3、AG3（完成时限）", "重复")),
    ("表头改成别列的名字", cell("W3", "完成时限"), UNREADABLE, (f"{LEDGER}!M3、W3（完成时限）", "重复")),
    ("合并数据行", edited(lambda book: book[LEDGER].merge_cells("C5:C7")), UNREADABLE, (f"{LEDGER}!C5:C7", "取消合并")),
    ("系统列里有公式", cell("AB6", "=1+1"), REFUSED, (f"{LEDGER}!AB6（预警状态）", "公式")),
    ("数字签名", add_member("_xmlsignatures/origin.sigs", b""), REFUSED, ("签名",)),
)


@pytest.mark.parametrize(("spoil", "code", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_bad_input_is_said_in_two_lines_and_nothing_is_written(
    sample: Path, capsys: pytest.CaptureFixture[str], spoil: Spoil, code: int, words: tuple[str, ...]
) -> None:
    spoil(sample)
    before = sample.read_bytes()
    out = sample.with_suffix(".json")
    assert duban("refresh", sample, "--as-of", AS_OF, "--json", out) == code
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert [word for word in words if word not in "".join(said)] == []
    assert sample.read_bytes() == before
    assert [path.name for path in sample.parent.iterdir()] == [sample.name]


def test_ten_thousand_blank_formatted_rows_cost_nothing(refreshed: Path) -> None:
    def paint(book: openpyxl.Workbook) -> None:
        for row in range(100, 10_100):
            book[LEDGER].cell(row, 3).fill = PatternFill("solid", fgColor="FFFF00")

    edited(paint)(refreshed)
    before = refreshed.read_bytes()
    assert duban("refresh", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    assert refreshed.read_bytes() == before


def test_a_paste_of_errors_is_one_finding_and_no_item(refreshed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def paste(book: openpyxl.Workbook) -> None:
        for row in range(104, 604):
            for column in range(1, 24):
                book[LEDGER].cell(row, column).value = "#REF!"
                book[LEDGER].cell(row, column).data_type = "e"

    edited(paste)(refreshed)
    assert duban("check", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    lines = [line for line in capsys.readouterr().out.splitlines() if "#REF!" in line]
    assert len(lines) == 1
    assert f"{LEDGER}!A104" in lines[0]
    assert "500 行" in lines[0]


def test_text_that_looks_like_a_formula_stays_text(sample: Path) -> None:
    texts = {"C4": "=cmd|' /C calc'!A0", "P4": "+1 项目", "Q4": "-2", "R4": "@SUM(1)"}

    def write(book: openpyxl.Workbook) -> None:
        for address, text in texts.items():
            book[LEDGER][address] = text
            book[LEDGER][address].data_type = "s"

    edited(write)(sample)
    assert duban("refresh", sample, "--as-of", AS_OF) == HAS_ERRORS
    book = openpyxl.load_workbook(sample)
    assert {address: (book[LEDGER][address].value, book[LEDGER][address].data_type) for address in texts} == {
        address: (text, "s") for address, text in texts.items()
    }
    engine = [value for row in book["待办提醒"].iter_rows(min_row=4) for value in row if value.data_type == "f"]
    assert engine == []


@pytest.mark.parametrize("lock", ["~$督办台账.xlsx", ".~lock.督办台账.xlsx#"])
@pytest.mark.parametrize("command", ["refresh", "letters"])
def test_an_open_ledger_is_left_alone(sample: Path, lock: str, command: str) -> None:
    sample.with_name(lock).write_bytes(b",clerk,pc,22.11.2026 08:00,file:///;")
    before = sample.read_bytes()
    assert duban(command, sample, "--as-of", AS_OF) == LOCKED
    assert sample.read_bytes() == before
    assert not (sample.parent / "公文").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["refresh"], "缺少"),
        (["refresh", "没有.xlsx"], "找不到台账"),
        (["refesh", "台账.xlsx"], "没有这个命令"),
        (["check", "台账.xlsx", "--force"], "没有选项 --force"),
        (["refresh", "台账.xlsx", "--as-of", "昨天"], "昨天"),
        (["new", "台账.docx"], "扩展名"),
    ],
)
def test_wrong_calls_are_said_in_chinese(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert duban(*arguments) == BAD_CALL
    said = capsys.readouterr().err.splitlines()
    assert len(said) <= 2
    assert words in said[0]


def test_new_does_not_overwrite_without_being_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = tmp_path / "督办台账.xlsm"
    ledger.write_text("已有的台账", encoding="utf-8")
    assert duban("new", ledger) == REFUSED
    assert ledger.read_text(encoding="utf-8") == "已有的台账"
    assert "--force" in capsys.readouterr().err
    assert duban("new", ledger, "--force") == DONE
    assert zipfile.is_zipfile(ledger)


def test_no_command_at_all_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert duban() == DONE
    assert "refresh" in capsys.readouterr().out

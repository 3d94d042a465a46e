"""不怀好意的内容：单元格里的公式、模板标记、路径、控制字符；模板里的花样；压缩炸弹。都按字面对待，或两句话拒绝。"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import AS_OF, duban, fill, require_program, rows_of
from docx import Document
from duban_workbook import build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyengine.books.file import FileBook
from pyengine.cli import DONE, HAS_ERRORS
from pyengine.errors import REFUSED, UNREADABLE
from pyengine.ooxml import Package

LEDGER = "政府工作报告台账"
WORDS = {
    "公式": "=cmd|' /C calc'!A0",
    "加号": "+1+1",
    "at": "@SUM(1)",
    "标记": "{{ 7*7 }}{% for x in y %}{%p if 1 %}{{ ''.__class__.__mro__ }}",
    "XML": "]]><script>&#0;&lt;</w:t></w:r></w:p>",
    "控制字符": "甲\x00乙\x01丙\x0b丁\ufffe",
    "转义": "_x000D__x0041_",
    "方向": "‮县教育局‬​",
    "长": "长" * 40_000,
    "多行": "一行\n" * 5_000,
}
PATHS = (
    "../../外面",
    "..\\..\\外面",
    "C:\\外面",
    "/外面",
    "CON",
    "NUL.docx",
    "县" * 300,
    "县局. ",
    '县<局>:"|?*',
    "县\n局",
    "县\x00局",
    "县‮局",
    "🏫" * 80,
)


def tree(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and ".duban" not in path.parts
    }


def planted(ledger: Path, text: str) -> None:
    """把 text 填进一个事项的各栏和一条反馈、一条督查记录。"""
    row = rows_of(ledger, LEDGER)[2]
    fill(ledger, LEDGER, row["行"], dict.fromkeys(("工作任务", "年度目标", "最新进展", "存在问题", "备注"), text))
    last = rows_of(ledger, "督查记录")[-1]["行"]
    fill(ledger, "督查记录", last, {"事由": text, "文号": text, "备注": text})


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
def test_what_cells_say_stays_words(sample: Path, text: str) -> None:
    planted(sample, text)
    out = sample.with_suffix(".json")
    assert duban("refresh", sample, "--as-of", AS_OF, "--json", out) == HAS_ERRORS
    json.loads(out.read_text(encoding="utf-8"), parse_constant=lambda word: pytest.fail(word))
    assert duban("letters", sample, "--as-of", AS_OF) == HAS_ERRORS
    refreshed = sample.read_bytes()
    assert duban("refresh", sample, "--as-of", AS_OF) == HAS_ERRORS
    assert duban("refresh", sample, "--as-of", AS_OF) == HAS_ERRORS
    package = Package.open(sample)
    before = Package(refreshed, "")
    for part in package.sheets().values():
        assert package.text(part).count(b"<f") == before.text(part).count(b"<f")
    for path in (sample.parent / "公文").glob("*.docx"):
        Document(str(path))


def test_formulas_and_tags_are_printed_as_they_stand(sample: Path, tmp_path: Path) -> None:
    text = WORDS["标记"]
    out = sample.with_suffix(".json")
    duban("check", sample, "--as-of", AS_OF, "--json", out)
    prompted = {
        number for prompt in json.loads(out.read_text(encoding="utf-8"))["prompts"] for number in prompt["tasks"]
    }
    row = next(row for row in rows_of(sample, LEDGER) if row["编号"] in prompted)
    fill(sample, LEDGER, row["行"], {"工作任务": text})
    assert duban("letters", sample, "--as-of", AS_OF) == HAS_ERRORS
    printed = [
        cell.text for path in (sample.parent / "公文").glob("工作提示*.docx") for table in Document(str(path)).tables
        for line in table.rows for cell in line.cells
    ]  # fmt: skip
    assert any(text in cell for cell in printed)


def test_names_of_units_lead_nowhere(sample: Path, tmp_path: Path) -> None:
    rows = [row for row in rows_of(sample, LEDGER) if row["办理状态"] == "正在办理"]
    units = rows_of(sample, "单位")
    for index, name in enumerate(PATHS):
        fill(sample, "单位", units[-1 - index]["行"], {"单位名称": name, "简称": None})
        fill(sample, LEDGER, rows[index]["行"], {"牵头单位": name})
    outside = tree(tmp_path)
    assert duban("letters", sample, "--as-of", AS_OF) in (DONE, HAS_ERRORS)
    made = tree(tmp_path) - outside
    assert len(made) > 10
    assert {Path(name).parts[0] for name in made} == {"公文"}
    for name in made:
        file = Path(name).name
        assert len(file.encode()) <= 255
        assert not set(file) & set('<>:"/\\|?*\x00\n\u202e')
        assert file.split(".")[0].upper() not in ("CON", "NUL")
        assert not file.removesuffix(".docx").endswith((" ", "."))


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """没有刷新过的示例台账，只供拷贝。"""
    return build(tmp_path_factory.mktemp("原样") / "督办台账.xlsx", sample=True)


ANY = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(
        st.sampled_from(
            (
                "编号",
                "工作任务",
                "工作类别",
                "星级",
                "牵头单位",
                "责任单位",
                "立项日期",
                "完成时限",
                "办理状态",
                "完成进度",
                "备注",
            )
        ),
        ANY,
        min_size=1,
    ),
    ANY,
)
def test_any_words_in_any_cell_are_judged_or_pointed_out(
    pristine: Path, tmp_path_factory: pytest.TempPathFactory, cells: dict[str, str], unit: str
) -> None:
    ledger = Path(shutil.copy(pristine, tmp_path_factory.mktemp("任意")))
    fill(ledger, LEDGER, 5, cells)
    fill(ledger, "单位", 5, {"单位名称": unit})
    assert duban("refresh", ledger, "--as-of", AS_OF) in (DONE, HAS_ERRORS)
    FileBook(ledger).sheets()


# --- 模板 -------------------------------------------------------------------------------------------------------------


def template(*texts: str) -> bytes:
    page, out = Document(), io.BytesIO()
    for text in texts:
        page.add_paragraph(text)
    page.save(out)
    return out.getvalue()


def repacked(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, change(old.read(entry)) if entry == name else old.read(entry))
    return out.getvalue()


DOCTYPE = b'<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
TEMPLATES = {
    "类": template("{{ ''.__class__.__mro__ }}"),
    "include": template("{% include '/etc/passwd' %}"),
    "import": template("{% import 'os' as os %}"),
    "范围": template("{{ range(10**9) | list }}"),
    "循环": template("{% for a in '长'*9999 %}{% for b in '长'*9999 %}{{ a }}{% endfor %}{% endfor %}"),
    "乘方": template("{{ 9**9**9 }}"),
    "长文字": template("{{ '长' * 999999999 }}"),
    "不是文档": b"PK\x03\x04" + b"x" * 99,
    "旧文档": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "实体": repacked(template("{{ 单位 }}"), "word/document.xml", lambda xml: xml.replace(b"?>", b"?>" + DOCTYPE, 1)),
    "炸弹": repacked(template("{{ 单位 }}"), "docProps/core.xml", lambda xml: xml + b" " * (200 << 20)),
    "外面的图": repacked(
        template("{{ 单位 }}"), "word/_rels/document.xml.rels",
        lambda xml: xml.replace(b"</Relationships>", b'<Relationship Id="q" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="http://x/y.png" TargetMode="External"/></Relationships>'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_do_nothing_but_fill_in(sample: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    own = sample.parent / "公文模板"
    own.mkdir()
    (own / "工作提示.docx").write_bytes(TEMPLATES[name])
    before = sample.read_bytes()
    assert duban("letters", sample, "--as-of", AS_OF) == REFUSED
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "模板“工作提示.docx”" in said[0]
    assert sample.read_bytes() == before
    assert tree(sample.parent) == {sample.name, "公文模板/工作提示.docx"}


# --- 台账文件 ---------------------------------------------------------------------------------------------------------


def bomb(ledger: Path) -> bytes:
    """第一张表解压后是一个大得没有道理的部件。"""
    name = next(iter(Package.open(ledger).sheets().values()))
    return repacked(ledger.read_bytes(), name, lambda xml: xml + b" " * (600 << 20))


def entity(ledger: Path) -> bytes:
    name = next(iter(Package.open(ledger).sheets().values()))
    doctype = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return repacked(ledger.read_bytes(), name, lambda xml: xml.replace(b"?>", b"?>" + doctype, 1))


def lying(ledger: Path) -> bytes:
    """第一张表的大小写得不对。"""
    name = next(iter(Package.open(ledger).sheets().values())).encode()
    content = bytearray(ledger.read_bytes())
    entry = content.rindex(name) - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 24 : entry + 28] = (17).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize("make", [bomb, entity, lying])
@pytest.mark.parametrize("command", ["check", "refresh", "letters", "nightly"])
def test_a_hostile_file_is_refused_by_every_command(
    sample: Path, make: Callable[[Path], bytes], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sample.write_bytes(make(sample))
    words = ("nightly", "run") if command == "nightly" else (command,)
    assert duban(*words, sample, "--as-of", AS_OF) == UNREADABLE
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert tree(sample.parent) == {sample.name}


def test_libreoffice_sees_words_and_no_formula(sample: Path, tmp_path: Path) -> None:
    soffice = require_program("soffice")
    planted(sample, WORDS["公式"])
    duban("refresh", sample, "--as-of", AS_OF)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path / "out"), str(sample)]
    subprocess.run(command, check=True, capture_output=True)
    text = (tmp_path / "out" / f"{sample.stem}.fods").read_text(encoding="utf-8")
    assert "=cmd|&apos; /C calc&apos;!A0" in text or "=cmd|' /C calc'!A0" in text
    assert 'table:formula="of:=cmd' not in text

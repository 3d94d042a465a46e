"""从命令到文件：刷新、公文、演示，在真的台账上走一遍。"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from conftest import AS_OF, duban, fill, require_program, rows_of, tables_of
from duban_workbook import SAMPLE_AS_OF

from pyengine import terms
from pyengine.books.file import FileBook
from pyengine.cli import BAD_CALL, DONE, HAS_ERRORS, REFUSED
from pyengine.errors import LOCKED
from pyengine.kinds import KINDS
from pyengine.layout import layout
from pyengine.ooxml import CellEdit, Package, patch

LEDGER = "政府工作报告台账"
STAFF_ONLY = ("单位", "领导", "工作日历", "设置")
KEYS = {
    "as_of", "ledger", "circulars", "tasks", "findings", "prompts", "cards", "reminders", "letters", "ranking", "indicators",
    "summary", "written",
}  # fmt: skip
TASK_KEYS = {
    "number", "sheet", "row", "stars", "due", "due_kind", "progress", "expected", "gap", "days_left", "status", "next_prompt",
    "card", "basis", "method",
}  # fmt: skip


def refresh_json(ledger: Path, as_of: str = AS_OF) -> dict:  # type: ignore[type-arg]
    """刷新并读回 JSON。"""
    out = ledger.with_suffix(".json")
    assert duban("refresh", ledger, "--as-of", as_of, "--json", out) in (DONE, HAS_ERRORS)
    return json.loads(out.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_demo_gives_a_judged_ledger_and_letters(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from pyengine.cli import main; main()", "demo"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    folder = tmp_path / "督办台账演示"
    assert (done.returncode, done.stderr) == (DONE, "")
    assert {path.name for path in folder.glob("督办台账.*")} == {"督办台账.xlsm", "督办台账.xlsx"}
    names = [path.name for path in (folder / "公文").iterdir()]
    assert {name.split("-")[0] for name in names} == {*KINDS} - {"提醒函"}  # 提醒函只有2022年文件用
    rows = [row for row in rows_of(folder / "督办台账.xlsm", "督查记录") if row["日期"] == SAMPLE_AS_OF]
    logged = [str(row["文号"] or "20260922") for row in rows if row["事件"] != "亮牌"]
    assert sorted(name.removesuffix(".docx").split("-")[-1] for name in names) == sorted(logged)
    for ledger in folder.glob("督办台账.*"):
        assert refresh_json(ledger)["written"] == {"cells": 0, "rows": 0, "parts": []}


def test_demo_does_not_overwrite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "督办台账.xlsx").write_text("我的台账")
    assert duban("demo", tmp_path) == REFUSED
    assert "没有覆盖" in capsys.readouterr().err
    assert (tmp_path / "督办台账.xlsx").read_text() == "我的台账"


def test_sample_shows_every_status_prompt_card_and_reminder(sample: Path) -> None:
    result = refresh_json(sample)
    assert {task["status"] for task in result["tasks"]} == set(terms.STATUSES)
    assert {prompt["stars"] for prompt in result["prompts"]} == {3, 4, 5}
    assert {card["card"] for card in result["cards"]} == {"黄牌", "橙牌", "红牌"}
    assert {card["standing"] for card in result["cards"]} == {"建议", "已确认"}
    grounds = {card["ground"].split("（")[0] for card in result["cards"]}
    assert grounds >= {"上报材料不及时", "报送材料质量不高", "推进不力进度滞后", "推进不力节点逾期", "推进不力时限逾期"}
    assert {row["状态"] for row in rows_of(sample, "亮牌建议") if row["建议编号"]} == {"待确认", "已确认", "不采纳"}
    assert {item["kind"] for item in result["reminders"]} == {
        "提示",
        "反馈",
        "节点",
        "时限",
        "整改",
        "备案",
        "督查",
        "确认",
    }
    roundup = refresh_json(sample, "2026-09-24")
    assert {"2026年9月4★督检汇总", "2026年三季度3★督检汇总"} <= {
        item["text"].partition("，")[0] for item in roundup["reminders"] if item["kind"] == "督查"
    }


def test_sample_shows_how_short_periods_hold_longer_ones(sample: Path) -> None:
    result = refresh_json(sample)
    guards = {(item["name"], item["period"]): item["guard"] for item in result["indicators"]}
    shown = {(row["指标名称"], row["期别"]): row["保障判断"] for row in rows_of(sample, "指标进度") if row["编号"]}
    assert guards == shown
    assert {
        period: guards["实际到位内资", period]
        for period in ("2026年9月上旬", "2026年9月中旬", "2026年9月下旬", "2026年8月", "2026年")
    } == {
        "2026年9月上旬": "欠计划1.27亿元，后续仍欠1.36亿元，见2026年9月中旬行",
        "2026年9月中旬": "欠计划1.36亿元，危及2026年9月；余下1旬须完成2.83亿元（原计划1.47亿元），才能保住",
        "2026年9月下旬": None,
        "2026年8月": "欠计划1.16亿元，危及2026年三季度；余下1月须完成5.56亿元（原计划4.4亿元），才能保住",
        "2026年": None,
    }
    assert guards["城镇新增就业", "2026年9月中旬"] == "已保住2026年9月"
    assert (
        guards["新增经营主体", "2026年二季度"]
        == "欠计划181户，危及2026年；余下2季每季须完成741户（原计划平均650户），才能保住"
    )
    assert guards["PM2.5平均浓度", "2026年一季度"] == "超计划1.1微克/立方米，后续2026年二季度已降回"


def test_rows_grow_with_the_guard_unless_somebody_set_their_height(sample: Path) -> None:
    rows = {row["期别"]: row["行"] for row in rows_of(sample, "指标进度") if row["指标名称"] == "新增经营主体"}
    part = f"xl/worksheets/sheet{list(layout().order).index('指标进度') + 1}.xml"
    with zipfile.ZipFile(sample) as package:
        members = {name: package.read(name) for name in package.namelist()}
    fixed = b'<row r="%d" customHeight="1" ' % rows["2026年8月"]
    members[part] = members[part].replace(b'<row r="%d" ' % rows["2026年8月"], fixed)
    with zipfile.ZipFile(sample, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    assert duban("refresh", sample, "--as-of", AS_OF) == HAS_ERRORS
    heights = openpyxl.load_workbook(sample)["指标进度"].row_dimensions
    periods = ("2026年8月", "2026年二季度", "2026年1月")
    assert {period: heights[rows[period]].height for period in periods} == dict(zip(periods, (21, 36, 21), strict=True))


def test_an_actual_filled_in_later_rewrites_the_earlier_guard(refreshed: Path) -> None:
    row = next(
        row["行"]
        for row in rows_of(refreshed, "指标进度")
        if (row["指标名称"], row["期别"]) == ("新增经营主体", "2026年9月")
    )
    fill(refreshed, "指标进度", row, {"实际累计": 1960})
    assert duban("refresh", refreshed, "--as-of", "2026-10-08") == HAS_ERRORS
    shown = {
        row["期别"]: row["保障判断"] for row in rows_of(refreshed, "指标进度") if row["指标名称"] == "新增经营主体"
    }
    assert shown["2026年8月"] == "欠计划296户，后续追上，已保住2026年三季度"
    assert shown["2026年9月"] == "已保住2026年三季度"
    assert shown["2026年三季度"] == "数据待核：没有填实际累计"


def test_json_has_the_agreed_fields_and_agrees_with_the_sheet(sample: Path) -> None:
    result = refresh_json(sample)
    assert set(result) == KEYS
    assert all(set(task) == TASK_KEYS for task in result["tasks"])
    assert all(
        item["clause"] and item["circular"] for kind in ("prompts", "cards", "reminders") for item in result[kind]
    )
    sheet = {row["编号"]: row for row in rows_of(sample, LEDGER) if row["编号"]}
    for task in result["tasks"]:
        if task["sheet"] == LEDGER:
            row = sheet[task["number"]]
            shown = row["下次提示"].isoformat() if row["下次提示"] else None
            assert (row["预警状态"], row["亮牌"], shown) == (task["status"], task["card"], task["next_prompt"])
            assert (
                row["应达进度"] == pytest.approx(task["expected"])
                if task["expected"] is not None
                else row["应达进度"] is None
            )
    assert result["written"]["cells"] > 0


def test_second_refresh_leaves_the_file_alone(refreshed: Path) -> None:
    before = refreshed.read_bytes()
    assert refresh_json(refreshed)["written"] == {"cells": 0, "rows": 0, "parts": []}
    assert refreshed.read_bytes() == before


def _with_strangers(ledger: Path) -> None:
    """加上别的程序放进来的部件：WPS 单元格图片、自定义 XML、计算链。"""
    with zipfile.ZipFile(ledger, "a", zipfile.ZIP_STORED) as package:
        package.writestr("xl/cellimages.xml", '<?xml version="1.0"?><etc:cellImages xmlns:etc="urn:x"/>')
        package.writestr("customXml/item1.xml", "<office>只此一份</office>")
        package.writestr("xl/media/图章.png", b"\x89PNG not really")


def _raw_members(ledger: Path) -> dict[str, bytes]:
    """各部件压缩后的原字节。"""
    content = ledger.read_bytes()
    with zipfile.ZipFile(ledger) as package:
        starts = [
            (info.filename, info.header_offset + 30 + len(info.filename.encode()), info.compress_size)
            for info in package.infolist()
        ]
        extras = {
            info.filename: int.from_bytes(content[info.header_offset + 28 : info.header_offset + 30], "little")
            for info in package.infolist()
        }
    return {name: content[start + extras[name] : start + extras[name] + size] for name, start, size in starts}


def test_every_member_but_the_written_ones_is_given_back_byte_for_byte(sample: Path) -> None:
    _with_strangers(sample)
    before = _raw_members(sample)
    parts = set(refresh_json(sample)["written"]["parts"])
    after = _raw_members(sample)
    assert list(after) == list(before)
    assert {name for name in before if after[name] != before[name]} == parts
    sheets = Package.open(sample).sheets()
    owned = {part for name, part in sheets.items() if name not in STAFF_ONLY}
    assert parts <= owned | {"xl/styles.xml"}


def test_no_staff_cell_changes(sample: Path) -> None:
    tables, before = tables_of(sample), FileBook(sample).sheets()
    refresh_json(sample)
    after = FileBook(sample).sheets()
    for sheet, table in tables.items():
        if table.table.key in ("reminders", "cards", "findings"):
            continue
        engine = {table.columns[column.name] for column in table.table.engine}
        for row in range(1, len(before[sheet].rows) + 1):
            for column in range(1, 40):
                if column not in engine or row <= table.header_row:
                    assert after[sheet].at(row, column) == before[sheet].at(row, column), (sheet, row, column)


def test_confirming_a_card_logs_it_once_and_refusing_it_keeps_the_row(refreshed: Path) -> None:
    orange = next(row for row in rows_of(refreshed, "亮牌建议") if row["牌"] == "橙牌" and row["状态"] == "待确认")
    yellow = next(row for row in rows_of(refreshed, "亮牌建议") if row["牌"] == "黄牌" and row["状态"] == "待确认")
    fill(refreshed, "亮牌建议", orange["行"], {"确认": "是", "确认人": "周明远"})  # type: ignore[arg-type]
    fill(refreshed, "亮牌建议", yellow["行"], {"确认": "否", "确认人": "周明远"})  # type: ignore[arg-type]
    result = refresh_json(refreshed)
    rows = {row["建议编号"]: row for row in rows_of(refreshed, "亮牌建议")}
    assert (rows[orange["建议编号"]]["状态"], rows[orange["建议编号"]]["确认人"]) == ("已确认", "周明远")
    assert (rows[yellow["建议编号"]]["状态"], rows[yellow["建议编号"]]["确认"]) == ("不采纳", "否")
    assert {card["id"]: card["standing"] for card in result["cards"]}[orange["建议编号"]] == "已确认"
    assert yellow["建议编号"] not in {card["id"] for card in result["cards"]}
    logged = [row for row in rows_of(refreshed, "督查记录") if row["备注"] == orange["建议编号"]]
    assert [(row["日期"], row["事件"], row["单位"], row["编号"]) for row in logged] == [
        (SAMPLE_AS_OF, "亮牌", orange["单位"], orange["编号"])
    ]
    assert refresh_json(refreshed)["written"]["cells"] == 0


def test_answers_stay_with_their_reminder_when_the_list_moves(refreshed: Path) -> None:
    issued = date(2026, 9, 18)
    later = next(
        row for row in reversed(rows_of(refreshed, "待办提醒")) if (row["类别"], row["日期"]) == ("提示", issued)
    )
    fill(refreshed, "待办提醒", later["行"], {"处理": "已办"})  # type: ignore[arg-type]
    tomorrow = (SAMPLE_AS_OF + timedelta(days=1)).isoformat()
    refresh_json(refreshed, tomorrow)
    answered = [row for row in rows_of(refreshed, "待办提醒") if row["处理"] == "已办"]
    assert [(row["类别"], row["编号"], row["单位"]) for row in answered] == [
        (later["类别"], later["编号"], later["单位"])
    ]


def test_letters_are_drafted_logged_and_not_drafted_again(refreshed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert duban("letters", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    names = {path.name for path in (refreshed.parent / "公文").iterdir()}
    assert len(names) > 10
    refresh_json(refreshed)
    assert duban("letters", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    assert "没有要发的公文" in capsys.readouterr().out
    assert {path.name for path in (refreshed.parent / "公文").iterdir()} == names


def test_check_writes_nothing_and_minds_no_lock(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(sample.parent.iterdir()), sample.read_bytes()
    lock = sample.with_name(f"~${sample.name}")
    lock.write_bytes(b"\x05clerk")
    assert duban("check", sample, "--as-of", AS_OF) == HAS_ERRORS
    lock.unlink()
    assert (sorted(sample.parent.iterdir()), sample.read_bytes()) == before
    out = capsys.readouterr().out
    assert "上级交办台账!M" in out
    assert "1031日" in out


@pytest.mark.parametrize("name", ["空白.xlsx", "空白.xlsm"])
def test_blank_master_refreshes_clean(tmp_path: Path, name: str) -> None:
    assert duban("new", tmp_path / name) == DONE
    out = tmp_path / "out.json"
    assert duban("refresh", tmp_path / name, "--as-of", AS_OF, "--json", out) == DONE
    result = json.loads(out.read_text(encoding="utf-8"))
    assert (result["tasks"], result["findings"], result["cards"]) == ([], [], [])
    assert refresh_json(tmp_path / name)["written"]["cells"] == 0


def test_dates_before_the_first_circular_are_refused(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = sample.with_suffix(".json")
    assert duban("refresh", sample, "--as-of", "2022-04-18", "--json", out) == BAD_CALL
    assert not out.exists()
    assert "2022-04-19" in capsys.readouterr().err
    assert duban("refresh", sample, "--as-of", "2022-04-19", "--json", out) in (DONE, HAS_ERRORS)
    assert json.loads(out.read_text(encoding="utf-8"))["prompts"] == []


def test_libreoffice_shows_the_same_values_and_colours(refreshed: Path, tmp_path: Path) -> None:
    office = require_program("soffice")
    profile, out = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", tmp_path / "lo"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(refreshed)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    shown = openpyxl.load_workbook(out / refreshed.name)
    written = FileBook(refreshed).sheets()
    looks, seen = layout().styles, set()
    for sheet, table in tables_of(refreshed).items():
        for name in ("预警状态", "亮牌", "节点状态", "事实", "内容", "问题"):
            for row in range(table.header_row + 1, len(written[sheet].rows) + 1) if name in table.columns else ():
                cell, value = shown[sheet].cell(row, table.columns[name]), written[sheet].at(row, table.columns[name])
                assert cell.value == value
                style = str(value or "").removesuffix("（建议）")
                if name in ("预警状态", "亮牌") and style in looks:
                    assert cell.fill.fgColor.rgb == f"FF{looks[style].fill}", (sheet, row, value)
                    seen.add(style)
    assert seen >= set(terms.STATUSES) | {"黄牌", "橙牌", "红牌"}


def test_a_future_day_is_judged(sample: Path) -> None:
    result = refresh_json(sample, date(2027, 6, 30).isoformat())
    assert any(task["status"] == "逾期未完成" for task in result["tasks"])
    assert any(item["code"] == "R04" for item in result["findings"])


def test_a_json_file_that_has_no_folder_is_refused_before_anything_is_written(sample: Path, tmp_path: Path) -> None:
    before = sample.read_bytes()
    assert duban("refresh", sample, "--as-of", AS_OF, "--json", tmp_path / "没有这个文件夹" / "a.json") == BAD_CALL
    assert sample.read_bytes() == before


@pytest.mark.parametrize("command", ["refresh", "check"])
def test_json_never_overwrites_the_ledger(sample: Path, command: str) -> None:
    before = sample.read_bytes()
    assert duban(command, sample, "--as-of", AS_OF, "--json", sample) == BAD_CALL
    assert duban(command, sample, "--as-of", AS_OF, "--json", sample.parent) == BAD_CALL
    assert sample.read_bytes() == before


def test_what_staff_put_beside_the_records_does_not_stand_in_the_way(refreshed: Path) -> None:
    package, last = Package.open(refreshed), len(FileBook(refreshed).sheets()["督查记录"].rows)
    patch(package, {"督查记录": [CellEdit(last + 5, 14, "合计")]}, layout().styles)
    package.save(refreshed)
    assert duban("letters", refreshed, "--as-of", AS_OF) == HAS_ERRORS
    rows = rows_of(refreshed, "督查记录")
    assert rows[last - 3]["日期"] == SAMPLE_AS_OF


def test_half_an_answer_to_a_card_is_kept(refreshed: Path) -> None:
    card = next(row for row in rows_of(refreshed, "亮牌建议") if row["状态"] == "待确认")
    fill(refreshed, "亮牌建议", card["行"], {"确认人": "王某某"})  # type: ignore[arg-type]
    refresh_json(refreshed)
    assert (
        next(row for row in rows_of(refreshed, "亮牌建议") if row["建议编号"] == card["建议编号"])["确认人"] == "王某某"
    )


def test_staffs_own_words_beside_a_label_on_the_first_page_stay(refreshed: Path) -> None:
    package = Package.open(refreshed)
    patch(package, {"首页": [CellEdit(1, 12, "已完成"), CellEdit(1, 13, "上周三项，周某记")]}, layout().styles)
    package.save(refreshed)
    refresh_json(refreshed)
    assert FileBook(refreshed).sheets()["首页"].at(1, 13) == "上周三项，周某记"


def test_engine_cells_of_an_emptied_node_row_are_cleared(refreshed: Path) -> None:
    row = next(row for row in rows_of(refreshed, "时间节点") if row["节点状态"])
    blanks = dict.fromkeys(("编号", "节点序号", "节点内容", "完成时限", "权重", "实际完成日期", "备注"))
    fill(refreshed, "时间节点", row["行"], blanks)  # type: ignore[arg-type]
    refresh_json(refreshed)
    assert next(r for r in rows_of(refreshed, "时间节点") if r["行"] == row["行"])["节点状态"] is None


def test_force_does_not_overwrite_an_open_ledger(sample: Path) -> None:
    sample.with_name(f"~${sample.name}").write_bytes(b"\x05clerk")
    before = sample.read_bytes()
    assert duban("new", sample, "--force") == LOCKED
    assert sample.read_bytes() == before

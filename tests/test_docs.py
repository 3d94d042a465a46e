"""文档说的是不是真话：手册列全了代码、设置、JSON 字段和模板名称；README 的命令都在；图都在。"""

from __future__ import annotations

import re
import runpy
from importlib.resources import files
from pathlib import Path

import pytest
from conftest import AS_OF, duban
from docxtpl import DocxTemplate

import pyengine.ooxml
from pyengine import cli, findings
from pyengine.findings import Kind
from pyengine.kinds import KINDS as LETTERS
from pyengine.layout import layout
from pyengine.ooxml import Package
from pyengine.rulebook import all_circulars
from pyengine.sandbox import sandbox
from pyengine.settings import setting_specs

ROOT = Path(__file__).parent.parent
MANUAL = (ROOT / "docs" / "使用手册.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
KINDS = [kind for kind in vars(findings).values() if isinstance(kind, Kind)]


def section(title: str) -> str:
    """手册里以 title 开头的一节。"""
    return next(part for part in re.split(r"^## ", MANUAL, flags=re.M) if part.startswith(title))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_manual_lists_every_finding_with_its_level(kind: Kind) -> None:
    assert re.search(rf"\| *{kind.code} *\| *{kind.severity} *\|", MANUAL)


def test_codes_are_unique_and_the_manual_lists_no_others() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert set(re.findall(r"^\| *([SCXR]\d\d) *\|", MANUAL, re.M)) == set(codes)


def test_manual_lists_every_setting_and_every_sheet() -> None:
    assert [item for item in setting_specs() if item not in section("7 设置")] == []
    assert [sheet for sheet in layout().order if sheet not in MANUAL] == []


def test_manual_lists_every_letter_with_its_event_and_mark() -> None:
    text = section("8 公文")
    for name, kind in LETTERS.items():
        assert re.search(rf"^\| {name} \|.*\| {kind.event} \|$", text, re.M), name
        assert not kind.mark or f"{kind.mark}＝" in text


def test_manual_lists_every_name_that_a_template_uses() -> None:
    text = section("8 公文").partition("### 模板可用的名称")[2]
    listed = {word for row in re.findall(r"^\| ([^|]+) \|", text, re.M) for word in row.split("、")}
    for name in LETTERS:
        used = DocxTemplate(files("duban_templates") / f"{name}.docx").get_undeclared_template_variables(sandbox())
        assert used <= listed, name


def test_manual_names_every_json_field(sample: Path) -> None:
    import json

    out = sample.with_suffix(".json")
    duban("refresh", sample, "--as-of", AS_OF, "--json", out)
    report = json.loads(out.read_text(encoding="utf-8"))
    fields = set(report) | {key for rows in report.values() if isinstance(rows, list) for row in rows for key in row}
    assert [field for field in sorted(fields) if not re.search(rf"\b{field}\b", section("11"))] == []


def test_clause_table_is_up_to_date_and_names_every_clause() -> None:
    coverage = runpy.run_path(str(ROOT / "docs" / "coverage.py"))
    text = (ROOT / "docs" / "条款对照.md").read_text(encoding="utf-8")
    assert text == coverage["table"](), "请运行 python docs/coverage.py"
    for circular in all_circulars():
        for clause in circular.clauses:
            assert re.search(rf"^\| {clause} \|", text, re.M)


def test_pictures_are_there() -> None:
    for text, folder in ((MANUAL, ROOT / "docs"), (README, ROOT)):
        pictures = re.findall(r"!\[[^]]*\]\(([^)]+\.png)\)", text)
        assert pictures
        assert [name for name in pictures if not (folder / name).is_file()] == []


def test_the_acceptance_list_shows_what_is_there() -> None:
    text = (ROOT / "docs" / "验收清单.md").read_text(encoding="utf-8")
    shown = re.findall(r"\]\(([^)]+)\)", text)
    assert [name for name in shown if not (ROOT / "docs" / name).is_file()] == []
    steps = [int(step) for step in re.findall(r"^\| (\d+) \|.*\| □ \|$", text, re.M)]
    assert steps == list(range(1, len(steps) + 1))
    commands = {
        command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback
    }
    assert set(re.findall(r"duban (\w+)", text)) <= commands


def test_readme_names_every_command_and_no_other() -> None:
    commands = {
        command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback
    } | {group.name for group in cli.app.registered_groups}
    assert set(re.findall(r"^duban (\w+)", README, re.M)) == commands


def test_the_patchers_page_shows_what_runs(sample: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "无损改写.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.S)
    (tmp_path / "台账.xlsx").write_bytes(sample.read_bytes())
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(example, names)
    before, after = (Package.open(tmp_path / name) for name in ("台账.xlsx", "台账-新.xlsx"))
    changed = [name for name in before.names if before.raw(name) != after.raw(name)]
    assert changed == list(names["done"].parts)  # type: ignore[attr-defined]
    assert len(changed) >= 2
    told = (
        "Package",
        "CellEdit",
        "NamedLook",
        "patch",
        "Patched",
        "KEEP",
        "WriteRefused",
        "NotALedgerFile",
        "PackageError",
    )
    assert [name for name in told if name not in pyengine.ooxml.__all__ or f"`{name}" not in page] == []

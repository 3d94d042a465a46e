"""各测试共用：示例台账、命令、在台账上填格子。"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from duban_workbook import SAMPLE_AS_OF, build

from pyengine import cli
from pyengine.books.file import FileBook
from pyengine.layout import layout
from pyengine.ooxml import CellEdit, Package, Value, patch
from pyengine.read import read_ledger
from pyengine.tables import SheetTable

AS_OF = SAMPLE_AS_OF.isoformat()
Run = Callable[..., int]


@pytest.fixture(scope="session")
def _sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sample") / "督办台账.xlsx", sample=True)


@pytest.fixture(scope="session")
def _refreshed(_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = Path(shutil.copy(_sample, tmp_path_factory.mktemp("refreshed")))
    assert cli.run(["refresh", str(copy), "--as-of", AS_OF]) == cli.HAS_ERRORS
    return copy


@pytest.fixture
def sample(_sample: Path, tmp_path: Path) -> Path:
    """没有刷新过的示例台账。"""
    return Path(shutil.copy(_sample, tmp_path))


@pytest.fixture
def refreshed(_refreshed: Path, tmp_path: Path) -> Path:
    """按示例判定日刷新过的示例台账。"""
    return Path(shutil.copy(_refreshed, tmp_path))


def duban(*arguments: object) -> int:
    """运行一条命令，返回退出码。"""
    return cli.run([str(argument) for argument in arguments])


def tables_of(ledger: Path) -> Mapping[str, SheetTable]:
    """台账各表的结构。"""
    return read_ledger(FileBook(ledger).sheets(), SAMPLE_AS_OF).tables


def rows_of(ledger: Path, sheet: str) -> list[dict[str, object]]:
    """一张表的各数据行：表头到取值，另有“行”。"""
    table, grid = tables_of(ledger)[sheet], FileBook(ledger).sheets()[sheet]
    rows = range(table.header_row + 1, len(grid.rows) + 1)
    return [{"行": row, **{name: grid.at(row, column) for name, column in table.columns.items()}} for row in rows]


def fill(ledger: Path, sheet: str, row: int, cells: Mapping[str, Value]) -> None:
    """像工作人员那样在台账上填几格。"""
    package, table = Package.open(ledger), tables_of(ledger)[sheet]
    patch(
        package, {sheet: [CellEdit(row, table.columns[name], value) for name, value in cells.items()]}, layout().styles
    )
    package.save(ledger)


def require_program(name: str) -> str:
    """外部程序的路径；没有装就跳过，CI 上（DUBAN_REQUIRE_LIBREOFFICE）则算失败。"""
    found = shutil.which(name)
    if found is None:
        assert not os.environ.get("DUBAN_REQUIRE_LIBREOFFICE"), f"没有装 {name}"
        pytest.skip(f"没有装 {name}")
    return found

"""规矩：各层自上而下引用；只有入口读时钟；函数不过四十行；文件没有写的数不进代码。"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import pyengine

ROOT = Path(__file__).parent.parent
SOURCE = Path(pyengine.__path__[0])
MODULES = sorted(SOURCE.rglob("*.py"))
CLOCK = {"now", "today", "utcnow", "time", "localtime", "monotonic", "perf_counter"}
CLOCK_OWNERS = {"datetime", "date", "time"}


def functions(module: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_setter(node: ast.FunctionDef) -> bool:
    return any(isinstance(mark, ast.Attribute) and mark.attr == "setter" for mark in node.decorator_list)


def public(module: Path) -> Iterator[ast.FunctionDef]:
    """模块的公开函数，和公开类的公开方法（特殊方法、属性的赋值一半除外）。"""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    for owner in (tree, *classes):
        for node in owner.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not is_setter(node):
                yield node


def clock_calls(module: Path) -> list[str]:
    """模块里读时钟的调用，如 date.today。"""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    calls = (
        node.func for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )
    named = ((call.value.id, call.attr) for call in calls if isinstance(call.value, ast.Name))
    return [f"{owner}.{name}" for owner, name in named if owner in CLOCK_OWNERS and name in CLOCK]


def test_imports_run_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "setup.cfg"), no_cache=True) == 0


def test_only_the_entry_reads_the_clock() -> None:
    found = {module.relative_to(SOURCE).as_posix(): clock_calls(module) for module in MODULES}
    assert {name for name, calls in found.items() if calls} == {"cli.py", "making.py", "upkeep.py"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_functions_are_short_and_public_ones_documented(module: Path) -> None:
    long = [node.name for node in functions(module) if (node.end_lineno or 0) - node.lineno >= 40]
    assert long == []
    bare = [node.name for node in public(module) if not ast.get_docstring(node)]
    assert [name for name in bare if not (module.name == "refresh.py" and name in ("sheets", "write"))] == []

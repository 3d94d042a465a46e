"""迁移对照：一本旧台账和它的期望文件（expected-import/1），照办公室的用法跑 adopt，只看公开的结果，一条不合写一行。

只读四样：命令的退出码和文件；新台账里的迁移报告；新台账的台账表、时间节点；`refresh --json` 的 due、due_kind、progress。
`python tests/adopted.py 文件夹` 给文件夹里每本有期望文件的台账打分；加 -v 列出每一处不合。
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path

from adopted_items import check_items
from adopted_report import check_findings, check_indicators, check_lines, check_totals
from adopted_seen import Adopted, Score, read_result

from pyengine import cli

AS_OF = "2026-10-30"
DIRECTORY = "单位名录.json"


def quiet(*arguments: str | Path) -> tuple[int, str]:
    """运行一条命令：退出码和说的话。"""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = cli.run([str(argument) for argument in arguments])
    return code, said.getvalue()


def fingerprint(path: Path) -> str:
    """文件的指纹。"""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def adopt_one(book: Path, folder: Path, directory: Path | None, score: Score) -> Adopted | None:
    """在空文件夹里迁移一本台账；命令没有成功就返回 None，原因记在 score 里。"""
    old = Path(shutil.copy(book, folder / book.name))
    if directory is not None:
        shutil.copy(directory, folder / DIRECTORY)
    new, before = folder / "新台账.xlsx", fingerprint(old)
    adopted, said = quiet("adopt", old, new)
    if not score.check(adopted in (0, 1) and new.is_file(), f"adopt 没有成功：退出码 {adopted}，{said.strip()[-300:]}"):
        return None
    score.check(fingerprint(old) == before, "旧台账的字节变了")
    json_file = folder / "结果.json"
    code, said = quiet("refresh", new, "--as-of", AS_OF, "--json", json_file)
    if not score.check(
        code in (0, 1) and json_file.is_file(), f"refresh 没有成功：退出码 {code}，{said.strip()[-300:]}"
    ):
        return None
    expected = json.loads(side_file(book).read_text(encoding="utf-8"))
    result = read_result(book, new, json_file, expected, directory, score)
    if result is not None:
        grave = any(line.severity == "错误" for line in result.lines)
        score.check(adopted == grave, f"迁移报告{'有' if grave else '没有'}错误，退出码 {adopted}")
    return result


def check_overwrite(old: Path, new: Path, score: Score) -> None:
    """再迁一次：拒绝覆盖，退出码 5；加 --force 才覆盖。"""
    before = fingerprint(new)
    code, _ = quiet("adopt", old, new)
    score.check(code == 5 and fingerprint(new) == before, f"再迁一次应拒绝覆盖（退出码 5），得 {code}")
    code, _ = quiet("adopt", old, new, "--force")
    score.check(code in (0, 1), f"加 --force 应能覆盖，得退出码 {code}")
    score.check(new.is_file() and not list(new.parent.glob("*.tmp")), "覆盖之后留下了草稿，或没有新台账")


def side_file(book: Path) -> Path:
    """台账的期望文件。"""
    return book.with_name(f"{book.stem}.expected.json")


def compare(result: Adopted, score: Score) -> None:
    """逐样对照，结果记进 score。"""
    check_lines(result, score)
    check_totals(result, score)
    check_items(result, score)
    check_findings(result, score)
    check_indicators(result, score)


def examine(book: Path, with_directory: bool) -> Score:
    """迁移一本台账并对照；返回得分。"""
    score, use = Score(), book.with_name(DIRECTORY) if with_directory and has_directory(book) else None
    with tempfile.TemporaryDirectory() as folder:
        result = adopt_one(book, Path(folder), use, score)
        if result is not None:
            compare(result, score)
    return score


def has_directory(book: Path) -> bool:
    """台账的单位在不在旁边的单位名录里（别的地方的台账，名录放着也对不上）。"""
    meta = json.loads(side_file(book).read_text(encoding="utf-8")).get("meta", {})
    return book.with_name(DIRECTORY).is_file() and meta.get("directory", True)


def books_in(folder: Path) -> list[Path]:
    """文件夹里有期望文件的台账。"""
    return sorted(path for path in folder.rglob("*.xlsx") if side_file(path).is_file())


def main(arguments: list[str]) -> int:
    """打分：每本台账两行（有、无单位名录）；加 -v 列出不合之处。"""
    folder = Path(next((a for a in arguments if not a.startswith("-")), str(Path(__file__).parent / "ledgers")))
    worst = 0
    for book, with_directory in product(books_in(folder) if folder.is_dir() else [folder], (True, False)):
        if with_directory and not has_directory(book):
            continue
        score = examine(book, with_directory)
        total = score.passed + len(score.failed)
        print(f"{score.passed:5}/{total:<5} {book.stem}{'' if with_directory else '（无名录）'}")
        if "-v" in arguments:
            print("".join(f"        {message}\n" for message in score.failed), end="")
        worst += len(score.failed)
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

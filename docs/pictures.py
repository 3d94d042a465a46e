"""手册和 README 里的图：照实做一遍演示，经 LibreOffice 转成 PDF，再取各页。

python docs/pictures.py        要装 LibreOffice 和 poppler-utils（pdftoppm、pdftotext）
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PICTURES = Path(__file__).parent / "图"
SHEETS = (
    # 图名、工作表、页上要有的字、截取的高度占整页的几分之几
    ("首页", "首页", "预警状态", 1.0),
    ("台账", "政府工作报告台账", "红牌", 1.0),
    ("待办提醒", "待办提醒", "内容", 0.75),
    ("亮牌建议", "亮牌建议", "事实", 0.8),
    ("校验问题", "校验问题", "建议", 0.6),
    ("看板", "看板", "项目", 1.0),
)
ADOPTED = (
    ("迁入后", "政府工作报告台账", "逾期未完成", 0.8),
    ("迁移报告", "迁移报告", "源单元格", 0.75),
)
OLD = Path(__file__).parent.parent / "tests" / "ledgers" / "责任分解表.xlsx"
LETTERS = (("工作提示", "工作提示-县商务局-*.docx"), ("提示函", "重点工作督办提示函-*.docx"), ("通报", "通报-*.docx"))


def run(*command: object) -> str:
    """运行一条外部命令，返回它的输出；失败即停。"""
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, timeout=600)
    return done.stdout


def to_pdf(source: Path, folder: Path) -> Path:
    """source 经 LibreOffice 转成的 PDF。"""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, source)
    return folder / f"{source.stem}.pdf"


def pages(pdf: Path) -> Sequence[str]:
    """PDF 各页的文字。"""
    return run("pdftotext", "-layout", pdf, "-").split("\f")


def picture(pdf: Path, page: int, name: str, share: float, dots: int) -> None:
    """把第 page 页（从 1 起）上部的 share 存成图。"""
    size = next(line for line in run("pdfinfo", "-f", page, "-l", page, pdf).splitlines() if "size" in line)
    width, height = (float(part) / 72 * dots for part in size.split(":")[1].split("pts")[0].split("x"))
    area = ("-x", 0, "-y", 0, "-W", round(width), "-H", round(height * share))
    run("pdftoppm", "-r", dots, "-f", page, "-l", page, *area, "-png", "-singlefile", pdf, PICTURES / name)


def take(book: Path, wanted: Sequence[tuple[str, str, str, float]]) -> None:
    """book 里要的各页，存成图。"""
    texts = pages(book)
    for title, sheet, word, share in wanted:
        page = next(
            n for n, text in enumerate(texts, 1) if text.strip().split("\n")[0].strip() == sheet and word in text
        )
        picture(book, page, title, share, 75)


def adopted(folder: Path) -> Path:
    """一本原有的台账（先存它的图）迁成督办台账、刷新以后的 PDF。"""
    picture(to_pdf(OLD, folder), 1, "迁入前", 0.75, 75)
    duban = (sys.executable, "-c", "import sys; from pyengine.cli import run; sys.exit(run(sys.argv[1:]) > 1)")
    run(*duban, "adopt", OLD, folder / "迁成的台账.xlsx")
    run(*duban, "refresh", folder / "迁成的台账.xlsx", "--as-of", "2026-10-30")
    return to_pdf(folder / "迁成的台账.xlsx", folder)


def digest(folder: Path) -> Path:
    """跑过两夜的示例台账，第二夜的每日摘要的 PDF。"""
    ledger = folder / "督办台账.xlsx"
    duban = (sys.executable, "-c", "from pyengine.cli import main; main()")
    run(*duban, "new", "--sample", ledger)
    for day in ("2026-09-18", "2026-09-22"):
        run(*duban, "nightly", "run", ledger, "--as-of", day)
    return to_pdf(folder / "每日摘要" / "每日摘要-2026-09-22.docx", folder)


def main() -> None:
    """全部图。"""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-c", "from pyengine.cli import main; main()", "demo", folder / "演示")
        take(to_pdf(folder / "演示" / "督办台账.xlsx", folder), SHEETS)
        take(adopted(folder), ADOPTED)
        for title, pattern in LETTERS:
            letter = to_pdf(next((folder / "演示" / "公文").glob(pattern)), folder)
            picture(letter, 1, title, 1.0, 75)
        picture(digest(folder), 1, "每日摘要", 1.0, 75)


if __name__ == "__main__":
    main()

"""宏工程：把 VBA 源文件编成 vbaProject.bin（python -m duban_macros.build）。用不着 Excel；同样的源文件得到同样的字节。

只存压缩的源文件，不存编译过的缓存（MS-OVBA 的写法）：表格软件打开时自己编译，不会有别的版本留下的旧码。
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pyopenvba.cfb import CFB
from pyopenvba.excel import ExcelFile
from xlsxwriter.workbook import Workbook

from pyengine.layout import layout

HERE: Final = Path(__file__).parent
NO_CACHE: Final = bytes.fromhex("CC61 FFFF 00 0100")
"""_VBA_PROJECT 流：版本 FFFF，没有缓存。"""


def compiled() -> bytes:
    """宏工程：ThisWorkbook、每张表一个文档模块，再加本目录的 .bas。"""
    with TemporaryDirectory() as folder:
        path = _workbook(Path(folder) / "book.xlsm")
        with ExcelFile(path) as book:
            project = book.add_vba_project()
            for source in sorted(HERE.glob("*.bas")):
                project.add_module(source.stem, source_text(source))
            for module in project.modules:
                module.dirty = True
            book.save()
        with ExcelFile(path) as book:
            return _without_cache(book.vba_project_bytes())


def source_text(path: Path) -> str:
    """源文件：行尾为 CRLF，与 VBA 编辑器导出的一样；不是 ASCII 的不编。"""
    return "\r\n".join(path.read_text(encoding="ascii").splitlines()) + "\r\n"


def _workbook(path: Path) -> Path:
    """与母版同样多、同样代码名的表。"""
    with Workbook(str(path)) as book:
        book.set_vba_name("ThisWorkbook")
        for position, _ in enumerate(layout().order, 1):
            book.add_worksheet().set_vba_name(f"Sheet{position}")
    return path


def _without_cache(project: bytes) -> bytes:
    container = CFB.from_bytes(project)
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", NO_CACHE)
    return container.to_bytes()


if __name__ == "__main__":
    target = HERE / "vbaProject.bin"
    target.write_bytes(compiled())
    print(target)

"""成品处理：把关好的工作簿改成母版——登记命名样式、放开数据行行高、给 .xlsm 加功能区、固定字节。

XlsxWriter 不能登记命名样式：这里把指定的单元格格式（cellXfs）提升为命名样式（cellStyleXfs 与 cellStyles）。
它也不会加功能区（两个部件和包的两条关系）；按钮标题的字体在这里换成全工作簿的字体。
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final

from duban_macros import RIBBONS, ribbon
from duban_workbook.formats import FONT
from lxml import etree

from pyengine.durable import put
from pyengine.layout import layout

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONSHIP: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_DATA_ROW: Final = re.compile(rb'(<row r="(?:[4-9]|\d\d+)"[^>]*?) customHeight="1"')
_RANGE: Final = re.compile(rb'(<dimension ref="A1:[A-Z]+)\d+"')
_DRAWN: Final = tuple(f"xl/worksheets/sheet{layout().order.index(name) + 1}.xml" for name in ("首页", "看板"))
"""照着行高摆放的表：行高固定，写了数也不缩。"""
_BUTTONS: Final = "xl/drawings/vmlDrawing1.vml"
_LARGE: Final = 1 << 20
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def finish(package: bytes, path: Path, named: Mapping[str, int], rows: Mapping[str, bytes]) -> None:
    """成品：按后缀写出 path；named 为命名样式名 → 单元格格式序号；rows 为补在各工作表末尾的行。"""
    changes: dict[str, Callable[[bytes], bytes]] = {"xl/styles.xml": lambda part: name_styles(part, named)}
    changes |= dict.fromkeys(_DRAWN, bytes)
    more: dict[str, bytes] = {}
    if path.suffix.lower() == ".xlsm":
        changes |= {"_rels/.rels": relate_ribbons, _BUTTONS: button_font}
        more = {name: ribbon(namespace) for name, (namespace, _) in RIBBONS.items()}
    changes |= {part: partial(with_rows, rows=xml) for part, xml in rows.items()}
    put(path, _rewrite(package, changes, more))


def _rewrite(package: bytes, changes: Mapping[str, Callable[[bytes], bytes]], more: Mapping[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            change = changes.get(name, free_heights if name.startswith("xl/worksheets/sheet") else bytes)
            _add(out, name, change(source.read(name)))
        for name, content in more.items():
            _add(out, name, content)
    return target.getvalue()


def _add(out: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 0
    out.writestr(member, content, compresslevel=9 if len(content) < _LARGE else 6)


def relate_ribbons(relationships: bytes) -> bytes:
    """包的关系：加上功能区的两个部件。"""
    root = etree.fromstring(relationships)
    for number, (name, (_, kind)) in enumerate(RIBBONS.items(), len(root) + 1):
        etree.SubElement(root, f"{{{_RELATIONSHIP}}}Relationship", Id=f"rId{number}", Type=kind, Target=name)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def button_font(drawing: bytes) -> bytes:
    """按钮标题的字体：XlsxWriter 一律写 Calibri，中文会落到别的字体上。"""
    return drawing.replace(b'face="Calibri"', f'face="{FONT}"'.encode())


def free_heights(sheet: bytes) -> bytes:
    """行高：数据行的行高只是起点，去掉“固定行高”的标记，内容改了由表格软件重新调整。"""
    return _DATA_ROW.sub(rb"\1", sheet)


def with_rows(sheet: bytes, rows: bytes) -> bytes:
    """补上末尾的行，并把工作表的范围写到最后一行。"""
    last = rows[rows.rfind(b'<row r="') + 8 :].partition(b'"')[0] if rows else b""
    sheet = _RANGE.sub(rb"\g<1>" + last + b'"', sheet, count=1) if last else sheet
    return free_heights(sheet).replace(b"</sheetData>", rows + b"</sheetData>", 1)


def name_styles(styles: bytes, named: Mapping[str, int]) -> bytes:
    """样式表：把 cellXfs 中的格式登记为命名样式，并让该格式归属于它。"""
    root = etree.fromstring(styles)
    cell_xfs, style_xfs, cell_styles = (_child(root, tag) for tag in ("cellXfs", "cellStyleXfs", "cellStyles"))
    for name, index in named.items():
        _promote(cell_xfs[index], style_xfs)
        etree.SubElement(cell_styles, f"{{{_MAIN}}}cellStyle", name=name, xfId=str(len(style_xfs) - 1))
    for parent in (style_xfs, cell_styles):
        parent.set("count", str(len(parent)))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _child(root: etree._Element, tag: str) -> etree._Element:
    child = root.find(f"{{{_MAIN}}}{tag}")
    if child is None:
        raise ValueError(f"样式表里没有 {tag}")
    return child


def _promote(xf: etree._Element, style_xfs: etree._Element) -> None:
    style = etree.fromstring(etree.tostring(xf))
    del style.attrib["xfId"]
    style_xfs.append(style)
    xf.set("xfId", str(len(style_xfs) - 1))

"""难保全的样本 — workbooks that are hard to give back whole, made here from nothing."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import xlsxwriter

LEDGER, LOG, LISTS = "政府工作报告台账", "督查记录", "名单'附"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADS = ("编号", "工作任务", "牵头单位", "完成时限", "完成进度", "预警状态", "亮牌", "依据")
FIRST_ROW, LAST_ROW = 4, 15


def png() -> bytes:
    """A picture of one grey pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    header = struct.pack(">LLBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def hard_book(path: Path) -> Path:
    """A .xlsm with charts, text box, pictures, notes, rules, tables, sparklines, macros and parts of other programs."""
    plain, macros = path.with_suffix(".plain"), path.with_suffix(".bin")
    macros.write_bytes(b"\xd0\xcf\x11\xe0 not really a macro project")
    book = xlsxwriter.Workbook(str(plain))
    book.add_vba_project(str(macros))
    _ledger(book)
    _log(book)
    _lists(book)
    sheet = book.add_chartsheet("进度图")
    sheet.set_chart(_chart(book))
    book.define_name("单位名单", f"='{LISTS.replace(chr(39), chr(39) * 2)}'!$A$1:$A$3")
    book.close()
    path.write_bytes(_with_foreign_parts(plain.read_bytes()))
    plain.unlink()
    macros.unlink()
    return path


def _chart(book: xlsxwriter.Workbook) -> xlsxwriter.chart.Chart:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": [LEDGER, 3, 4, 14, 4], "trendline": {"type": "linear"}})
    return chart


def _ledger(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(LEDGER)
    edge, day = book.add_format({"border": 1}), book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
    red = book.add_format({"font_color": "red"})
    sheet.merge_range("A1:H1", "政府工作报告任务台账", edge)
    for row in range(FIRST_ROW - 1, LAST_ROW):
        sheet.write_row(row, 0, [f"R{row}", f"任务 {row}", "县财政局"], edge)
        sheet.write_datetime(row, 3, date(2026, 1, row), day)
        sheet.write_number(row, 4, row / 20, edge)
    sheet.write_rich_string(4, 1, "加快", red, "推进", "项目")
    sheet.add_table(2, 0, LAST_ROW - 1, 7, {"name": "tblReport", "columns": [{"header": h} for h in HEADS]})
    sheet.freeze_panes(3, 1)
    sheet.write_formula("K4", "=SUM(E4:E15)", edge, 5.7)
    sheet.write_array_formula("M4:M6", "{=E4:E6*2}", edge, 0.3)
    sheet.write_dynamic_array_formula("O4", "=UNIQUE(C4:C15)", edge, "县财政局")
    sheet.insert_chart("J20", _chart(book))
    sheet.insert_textbox("R2", "填写说明", {"url": "internal:督查记录!A1"})
    sheet.insert_image("R10", "seal.png", {"image_data": io.BytesIO(png())})
    sheet.insert_button("R15", {"macro": "Refresh", "caption": "刷新"})
    sheet.write_comment("C5", "请核对单位名称", {"visible": True, "color": "#FFCC99"})
    sheet.conditional_format("E4:E15", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("F4:F15", {"type": "text", "criteria": "containing", "value": "逾期", "format": red})
    sheet.data_validation("C4:C15", {"validate": "list", "source": ["县财政局", "县教育局"]})
    sheet.add_sparkline("I4", {"range": "E4:E15"})
    sheet.write_url("C4", f"internal:'{LOG}'!A1", string="县财政局")
    sheet.write_url("C6", "https://www.example.gov.cn/", string="县财政局")
    sheet.protect("", {"format_cells": True})
    sheet.set_header("&C&G", {"image_center": "seal.png", "image_data_center": io.BytesIO(png())})
    sheet.print_area("A1:H15")
    sheet.ignore_errors({"number_stored_as_text": "A4:A15"})


def _log(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(LOG)
    edge = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
    sheet.write_datetime(3, 0, date(2026, 5, 6), edge)
    sheet.write_row(3, 1, ["工作提示", "R3"], book.add_format({"border": 1, "italic": True}))
    heads, others = ([{"header": name} for name in names] for names in (("日期", "事件", "编号"), ("甲", "乙")))
    sheet.add_table(2, 0, 3, 2, {"name": "tblRecord", "columns": heads})
    sheet.add_table(2, 5, 4, 6, {"name": "tblTotal", "total_row": True, "columns": others})


def _lists(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(LISTS)
    sheet.write_column(0, 0, ["县财政局", "县教育局", "县水利局"])
    sheet.write_row(0, 2, ["列甲", "列乙"])
    sheet.write_row(1, 2, [1, 2])
    sheet.autofilter(0, 2, 1, 3)
    sheet.write_formula("F1", "=1/0", None, "#DIV/0!")


_EXTENSION = (
    f'<ext xmlns:x14="{_X14}" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" '
    'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations count="1"><x14:dataValidation type="list" '
    "allowBlank=\"1\"><x14:formula1><xm:f>'名单''附'!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>H4:H15</xm:sqref>"
    "</x14:dataValidation></x14:dataValidations></ext>"
)
_FOREIGN: Mapping[str, str] = {
    "xl/threadedComments/threadedComment1.xml": "<ThreadedComments><threadedComment ref='M6'/></ThreadedComments>",
    "xl/persons/person.xml": "<personList xmlns='urn:x'><person displayName='张三'/></personList>",
    "xl/cellimages.xml": "<etc:cellImages xmlns:etc='http://www.wps.cn/officeDocument/2017/etCustomData'/>",
    "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="K4" i="1"/></calcChain>',
    "customXml/item1.xml": "<?xml version='1.0' encoding='utf-8'?><!-- 密级：内部 --><ns0:x xmlns:ns0='urn:office'/>",
    "customUI/customUI14.xml": "<customUI xmlns='http://schemas.microsoft.com/office/2009/07/customui'/>",
}


def _with_foreign_parts(content: bytes) -> bytes:
    """The package with parts of other programs, a comment in the ledger sheet, and zip records out of the ordinary."""
    source = zipfile.ZipFile(io.BytesIO(content))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                data = _unusual_sheet(data)
            if info.filename == "xl/_rels/workbook.xml.rels":
                data = data.replace(b"worksheets/sheet2.xml", b"/xl/worksheets/sheet2.xml")
            stored = info.filename.endswith(".png")
            out.writestr(_info(info.filename), data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
        for name, text in _FOREIGN.items():
            out.writestr(_info(name), text.encode(), zipfile.ZIP_DEFLATED)
        with out.open(_info("xl/printerSettings/打印.bin"), "w") as stream:
            stream.write(b"\0\1" * 300)
        out.comment = "台账".encode()
    return target.getvalue()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2026, 3, 1, 8, 0, 0))
    info.extra = struct.pack("<HH4s", 0x9999, 4, b"\1\2\3\4")
    info.comment = b"kept"
    info.external_attr = 0o640 << 16
    return info


def _unusual_sheet(data: bytes) -> bytes:
    """The sheet with comments, an instruction, a CDATA text that looks like a cell, and one more extension."""
    trap = '<row r="40"><c r="A40" t="str"><v><![CDATA[<c r="B40"><f>1</f></c>]]></v></c><!-- </row> --></row>'
    trap += "</sheetData>"
    data = data.replace(b"</sheetData>", trap.encode() + "<?duban 保留?><!-- 备注 <row r='99'> -->".encode(), 1)
    return data.replace(b"</extLst>", _EXTENSION.encode() + b"</extLst>", 1)


def sheet_book(
    path: Path, sheet_xml: bytes, styles: bytes | None = None, extra: Mapping[str, bytes] | None = None
) -> Path:
    """The least workbook around one worksheet part, for trying out unusual markup."""
    path.write_bytes(packed(sheet_parts(sheet_xml, styles, extra)))
    return path


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Those parts as a file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return target.getvalue()


def sheet_parts(
    sheet_xml: bytes, styles: bytes | None = None, extra: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Name → content of each part of that workbook."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/s.xml" ContentType="{kinds}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/></Types>'
    )
    sheets = '<x:sheets><x:sheet name="表" sheetId="1" q:id="a"/></x:sheets>'
    workbook = f'<x:workbook xmlns:x="{MAIN}" xmlns:q="{_REL}">{sheets}</x:workbook>'
    return {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": relations(("w", "officeDocument", "/xl/workbook.xml")),
        "xl/workbook.xml": workbook.encode(),
        "xl/_rels/workbook.xml.rels": relations(("a", "worksheet", "s.xml"), ("b", "styles", "styles.xml")),
        "xl/s.xml": sheet_xml,
        "xl/styles.xml": styles or STYLES.encode(),
        **(extra or {}),
    }


def relations(*rows: tuple[str, str, str]) -> bytes:
    """A relationships part: (id, last word of the type, target) of each."""
    inside = "".join(f'<Relationship Id="{i}" Type="{_REL}/{kind}" Target="{target}"/>' for i, kind, target in rows)
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{inside}</Relationships>'.encode()


STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)

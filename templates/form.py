"""公文版式：GB/T 9704—2012《党政机关公文格式》的版面，信函格式见其 10.1，版记见其 7.4。尺寸单位一律是缇（1/20 磅）。"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from docx import Document
from docx.document import Document as DocumentObject
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Twips
from duban_templates import styles
from duban_templates.styles import LINE, STYLE_IDS, TEXT_WIDTH, W

_MARGINS: Final = {"top_margin": 2098, "bottom_margin": 1984, "left_margin": 1587, "right_margin": 1474}
_HEAD_TOP: Final = 1667  # 发文机关标志上边缘距上页边 30 mm，扣去字框与字面之差
_FOOT_BOTTOM: Final = 1134  # 第二条红色双线距下页边 20 mm
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_BORN: Final = datetime(2026, 1, 1)
_WORD: Final = "http://schemas.microsoft.com/office/word"
_SETTINGS: Final = (
    '<w:zoom {} w:percent="100"/>',
    "<w:evenAndOddHeaders {}/>",
    '<w:characterSpacingControl {} w:val="doNotCompress"/>',
    f'<w:compat {{}}><w:compatSetting w:name="compatibilityMode" w:uri="{_WORD}" w:val="15"/></w:compat>',
    '<w:themeFontLang {} w:val="en-US" w:eastAsia="zh-CN"/>',
)
_BOTTOM: Final = (
    f'<w:framePr w:w="{TEXT_WIDTH}" w:wrap="notBeside" w:vAnchor="margin" w:hAnchor="margin" w:xAlign="left"'
    ' w:yAlign="bottom"/>'
)
_PAGE_NUMBER: Final = (
    ("t", "— "), ("begin", ""), ("instr", " PAGE "), ("separate", ""), ("t", "1"), ("end", ""), ("t", " —"),
)  # fmt: skip


def blank(letterhead: bool = True, edges: bool = True) -> DocumentObject:
    """空白公文：版面、样式、页眉页脚就绪，正文没有一段；letterhead 为信函格式的版头和首页红线，edges 为页码。"""
    document = Document()
    document.styles.element[:] = [styles.defaults_xml(), styles.normal_xml(), *map(styles.style_xml, styles.STYLES)]
    document.settings.element[:] = [parse_xml(setting.format(W)) for setting in _SETTINGS]
    body = document.element.body
    for child in list(body)[:-1]:
        body.remove(child)
    _strip(document)
    _page(document)
    _fonts(document)
    if edges:
        _edges(document, letterhead)
    return document


def pack(document: DocumentObject, title: str) -> bytes:
    """文档的字节：日期、作者固定，不压缩，因而内容相同字节就相同。"""
    core = document.core_properties
    core.title, core.author, core.comments, core.last_modified_by = title, "", "", ""
    core.created = core.modified = _BORN
    raw = io.BytesIO()
    document.save(raw)
    packed = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return packed.getvalue()


def add(document: DocumentObject, style: str, text: str = "") -> None:
    """在正文末尾加一段。"""
    document.element.body.insert(-1, parse_xml(_paragraph(style, text)))


def add_table(document: DocumentObject, widths: Sequence[int], rows: Iterable[str]) -> None:
    """在正文末尾加一张表，宽为版心；widths 是各列毫米数，rows 由 row()、tag_row() 写成。"""
    columns = _columns(widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
    table = (
        f'<w:tbl {W}><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
    document.element.body.insert(-1, parse_xml(table))


def row(widths: Sequence[int], cells: Sequence[tuple[str, str]], head: bool = False, height: int = 0) -> str:
    """表的一行：cells 是（样式，文字），不跨页断行；head 为每页重复的表头，height 为最小行高（毫米）。"""
    flags = "<w:cantSplit/>" + (f'<w:trHeight w:val="{_twips(height)}" w:hRule="atLeast"/>' if height else "")
    flags += "<w:tblHeader/>" if head else ""
    made = (_cell(width, style, text) for width, (style, text) in zip(_columns(widths), cells, strict=True))
    return f"<w:tr><w:trPr>{flags}</w:trPr>{''.join(made)}</w:tr>"


def add_imprint(document: DocumentObject, copies: str, issued: str) -> None:
    """版记：抄送（没有则空）和印发，首末两条线 0.35 毫米、中间的 0.25 毫米，末线压在末页版心下边缘。

    写在最后一段结语之前：图文框跟着结语走，末页放不下就连同结语、署名转到下一页，不会单占一页。
    """
    marked = [_paragraph("版记印发", f"　{issued}")]
    if copies:  # LibreOffice 不认段间线，中间一条用加了下划线的制表符画（先到悬挂缩进，再到右端）
        thin = _paragraph("版记中线", "\t\t").replace("<w:r>", '<w:r><w:rPr><w:u w:val="thick"/></w:rPr>')
        marked = [_paragraph("版记抄送", f"　抄送：{copies}"), thin, *marked]
    rules = "".join(f'<w:{side} w:val="single" w:sz="8" w:space="3" w:color="000000"/>' for side in ("top", "bottom"))
    for paragraph in marked:
        framed = paragraph.replace("</w:pPr>", f"{_BOTTOM}<w:pBdr>{rules}</w:pBdr></w:pPr>")
        document.element.body.insert(-1, parse_xml(framed))


def tag_row(widths: Sequence[int], tag: str) -> str:
    """只放一个 {%tr … %} 标记的行，生成公文时整行消失。"""
    return row(widths, [("表格文字", tag), *[("表格文字", "")] * (len(widths) - 1)])


def _cell(width: int, style: str, text: str) -> str:
    paragraphs = "".join(_paragraph(style, part, "") for part in text.split("\n"))
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{paragraphs}</w:tc>'


def _columns(widths: Sequence[int]) -> list[int]:
    """各列缇数，合计正好是版心宽。"""
    columns = [TEXT_WIDTH * width // sum(widths) for width in widths]
    return [*columns[:-1], TEXT_WIDTH - sum(columns[:-1])]


def _twips(millimetres: int) -> int:
    return round(millimetres * 1440 / 25.4)


def _paragraph(style: str, text: str, namespace: str = W) -> str:
    marked = text.replace("\n", "</w:t><w:br/><w:t xml:space='preserve'>").replace(
        "\t", "</w:t><w:tab/><w:t xml:space='preserve'>"
    )
    runs = f'<w:r><w:t xml:space="preserve">{marked}</w:t></w:r>' if text else ""
    return f'<w:p {namespace}><w:pPr><w:pStyle w:val="{STYLE_IDS[style]}"/></w:pPr>{runs}</w:p>'


def _strip(document: DocumentObject) -> None:
    """去掉空白文档里用不着的部件（缩略图、主题、编号、自定义数据）。"""
    kept = {RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS}
    for relations, keep in (
        (document.part.rels, kept),
        (document.part.package.rels, {RELATIONSHIP_TYPE.OFFICE_DOCUMENT, RELATIONSHIP_TYPE.CORE_PROPERTIES}),
    ):
        for key in [key for key, relation in relations.items() if relation.reltype not in keep]:
            del relations[key]


def _page(document: DocumentObject) -> None:
    """A4 版面、每页 22 行的网格。"""
    section = document.sections[0]
    section.page_width, section.page_height = Twips(11906), Twips(16838)
    for name, value in _MARGINS.items():
        setattr(section, name, Twips(value))
    section.header_distance, section.footer_distance = Twips(_HEAD_TOP), Twips(_FOOT_BOTTOM)
    properties = document.element.body.sectPr
    for grid in properties.findall("{*}docGrid"):
        properties.remove(grid)
    properties.append(parse_xml(f'<w:docGrid {W} w:type="lines" w:linePitch="{LINE}"/>'))


def _edges(document: DocumentObject, letterhead: bool) -> None:
    """一字线页码，单页居右、双页居左。信函格式首页另有发文机关标志和上下两条红色双线，不印页码。"""
    section = document.sections[0]
    section.different_first_page_header_footer = letterhead
    if letterhead:
        _fill(section.first_page_header, _paragraph("发文机关标志", "{{ 发文机关 }}"))
        _fill(section.first_page_footer, _paragraph("页脚双线", ""))
    _fill(section.header, _paragraph("页边空行", ""))
    _fill(section.even_page_header, _paragraph("页边空行", ""))
    _fill(section.footer, _number("页码单页"), _paragraph("页边空行", ""))
    _fill(section.even_page_footer, _number("页码双页"), _paragraph("页边空行", ""))


def _fill(edge: Any, *paragraphs: str) -> None:
    edge.is_linked_to_previous = False
    edge._element[:] = [parse_xml(paragraph) for paragraph in paragraphs]


def _number(style: str) -> str:
    """页码段：域的开始、指令、分隔、结果、结束各占一个字符段，WPS 才显示。"""
    marks = {"t": '<w:t xml:space="preserve">{}</w:t>', "instr": '<w:instrText xml:space="preserve">{}</w:instrText>'}
    field = '<w:fldChar w:fldCharType="{}"/>'
    runs = (f"<w:r>{marks[kind].format(text) if text else field.format(kind)}</w:r>" for kind, text in _PAGE_NUMBER)
    return _paragraph(style, "").replace("</w:p>", "".join(runs) + "</w:p>")


def _fonts(document: DocumentObject) -> None:
    """字体表：没有装某字体的电脑按替代名称显示。"""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/></w:font>' for name, others in styles.FALLBACKS.items()
    )
    blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {W}>{fonts}</w:fonts>'.encode()
    part = Part(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, blob, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FONT_TABLE)

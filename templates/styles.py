"""公文样式：一类要素一个样式，字体、字号、行距照 GB/T 9704—2012；在 Word 里改样式即改全文。

尺寸单位一律是缇（1/20 磅），字号是半磅。字体只写名称不嵌入，没有装的按字体表里的替代名称显示。
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

W: Final = nsdecls("w")
SONG: Final = "方正小标宋简体"
FANG: Final = "仿宋_GB2312"
HEI: Final = "黑体"
FALLBACKS: Final = {SONG: "方正小标宋_GBK,华文中宋,宋体", FANG: "仿宋,FangSong", HEI: "SimHei", "宋体": "SimSun"}

LINE: Final = 579  # 行距 28.95 磅：225 mm 的版心排 22 行
TEXT_WIDTH: Final = 8845  # 版心宽 156 mm
_SEAL: Final = 'w:left="3805" w:right="-400"'  # 署名、日期居中的一段：使成文日期右空四字，署名居其中
_OUTDENT: Final = 'w:left="-453" w:right="-340"'  # 红色双线长 170 mm：比版心左伸 8 mm、右伸 6 mm
_HUNG: Final = 'w:left="1120" w:hanging="1120"'  # “　抄送：”以后回行对齐；三段缩进相同，上下两条线才连成一框
_INDENT: Final = 'w:firstLineChars="200" w:firstLine="640"'


@dataclass(frozen=True, slots=True)
class Style:
    """样式：一类公文要素的字体、字号、行距和位置。"""

    name: str
    font: str = FANG
    size: int = 32
    line: int = LINE
    align: str = "both"
    before: int = 0
    after: int = 0
    indent: str = ""
    flow: str = ""
    rule: str = ""
    red: bool = False
    pitch: int = 0
    tabs: int = 0
    weight: int = 24
    gap: int = 6


STYLES: Final = (
    Style("公文正文", indent=_INDENT, pitch=-5),
    Style("一级标题", HEI, indent=_INDENT, flow="<w:keepNext/>"),
    Style("发文机关标志", SONG, 72, 800, "center", indent=_OUTDENT, rule="thickThinSmallGap", red=True),
    Style("发文字号", line=320, align="right", before=250),
    Style("另页标题", HEI, indent=_INDENT, flow="<w:keepNext/><w:pageBreakBefore/>"),
    Style("红头标志", SONG, 62, 760, "center", 1860, red=True),
    Style("文件字号", line=330, align="center", before=LINE * 2, rule="single", weight=12, gap=9),
    Style("上行字号", line=330, align="left", before=LINE * 2, rule="single", weight=12, gap=9, tabs=TEXT_WIDTH - 320),
    Style("公文标题", SONG, 44, 640, "center", LINE * 2, LINE, flow="<w:keepNext/>"),
    Style("副题", align="center", before=0, after=LINE // 2, flow="<w:keepNext/>"),
    Style("主送机关", align="left"),
    Style("结语", indent=_INDENT, pitch=-5, flow="<w:keepNext/>"),
    Style("附件说明", before=LINE, indent='w:left="1600" w:hanging="960"', flow="<w:keepNext/>"),
    Style("署名", align="center", before=LINE * 2, indent=_SEAL, flow="<w:keepNext/><w:keepLines/>"),
    Style("成文日期", align="center", indent=_SEAL, flow="<w:keepNext/>"),
    Style("报送", before=LINE // 2, align="left"),
    Style("附注", indent='w:left="640"'),
    Style("附件标识", HEI, flow="<w:keepNext/><w:pageBreakBefore/>"),
    Style("附件标题", SONG, 44, 640, "center", LINE, LINE // 2, flow="<w:keepNext/>"),
    Style("表格文字", size=21, line=310, align="left", before=20, after=20),
    Style("表格居中", size=21, line=310, align="center", before=20, after=20),
    Style("表头", HEI, 21, 310, "center", 40, 40, flow="<w:keepNext/>"),
    Style("表前", size=10, line=160, flow="<w:keepNext/>"),
    Style("表前后", size=10, line=160),
    Style("版记抄送", size=28, line=420, align="left", indent=_HUNG),
    Style("版记中线", size=10, line=120, align="left", indent=_HUNG, tabs=TEXT_WIDTH),
    Style("版记印发", size=28, line=420, align="left", indent=_HUNG, tabs=TEXT_WIDTH - 280),
    Style("页脚双线", size=2, line=20, indent=_OUTDENT, rule="thinThickSmallGap", red=True),
    Style("页码单页", "宋体", 28, 320, "right", indent='w:right="280"'),
    Style("页码双页", "宋体", 28, 320, "left", indent='w:left="280"'),
    Style("页边空行", size=2, line=134),
)
DIGEST: Final = (
    Style("摘要标题", SONG, 36, 520, "center", 0, 60),
    Style("摘要副题", size=21, line=330, align="center", after=60),
    Style("摘要说明", size=21, line=320, align="left"),
    Style("摘要小题", HEI, 22, 340, "left", 110, 50, flow="<w:keepNext/>"),
    Style("摘要正文", size=20, line=300, align="left"),
    Style("摘要表头", HEI, 17, 250, "center", 10, 10),
    Style("摘要居中", size=17, line=250, align="center"),
    Style("摘要文字", size=17, line=250, align="left"),
)
"""每日摘要的样式：内部看的一页纸，不是公文。"""

STYLE_IDS: Final = {style.name: f"gw{index}" for index, style in enumerate(STYLES)} | {
    style.name: f"zy{index}" for index, style in enumerate(DIGEST)
}


def defaults_xml() -> Any:
    return parse_xml(
        f"<w:docDefaults {W}><w:rPrDefault><w:rPr>{_face(FANG, 32)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/>'
        "</w:docDefaults>"
    )


def normal_xml() -> Any:
    kind = 'w:type="paragraph" w:default="1" w:styleId="a"'
    return parse_xml(f'<w:style {W} {kind}><w:name w:val="Normal"/><w:qFormat/></w:style>')


def style_xml(style: Style) -> Any:
    rule = (
        f'<w:bottom w:val="{style.rule}" w:sz="{style.weight}" w:space="{style.gap}" w:color="FF0000"/>'
        if style.rule
        else ""
    )
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{style.tabs}"/></w:tabs>' if style.tabs else ""
    grid = "" if style.line == LINE else '<w:snapToGrid w:val="0"/>'
    border = f"<w:pBdr>{rule}</w:pBdr>" if rule else ""
    indent = f"<w:ind {style.indent}/>" if style.indent else ""
    colour = '<w:color w:val="FF0000"/>' if style.red else ""
    pitch = f'<w:spacing w:val="{style.pitch}"/>' if style.pitch else ""
    return parse_xml(
        f'<w:style {W} w:type="paragraph" w:customStyle="1" w:styleId="{STYLE_IDS[style.name]}">'
        f'<w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="a"/><w:qFormat/><w:pPr>{style.flow}<w:widowControl w:val="0"/>{border}{tabs}'
        f'<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>{grid}'
        f'<w:spacing w:before="{style.before}" w:after="{style.after}" w:line="{style.line}" w:lineRule="exact"/>'
        f'{indent}<w:jc w:val="{style.align}"/></w:pPr>'
        f"<w:rPr>{_face(style.font, style.size, colour + pitch)}</w:rPr></w:style>"
    )


def _face(font: str, size: int, more: str = "") -> str:
    """字体字号：中西文同一种字体，引号、数字才不走样。"""
    faces = "".join(f' w:{kind}="{font}"' for kind in ("ascii", "hAnsi", "eastAsia", "cs"))
    return f'<w:rFonts{faces}/>{more}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'

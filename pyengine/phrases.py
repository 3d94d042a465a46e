"""词句：把一句时限拆成日期、连接、前后缀和其余的字。只为比对，从不改动原文。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

LONGEST = 400
"""一格时限至多看这么多个字：再长的是把别的内容粘了进来。"""

_DASHES = r"[-‐‑‒–—―−~～〜－─━]+"
_NUMERAL = "〇零一二两三四五六七八九十廿卅百壹贰叁肆伍陆柒捌玖拾"
_RUN = re.compile(
    rf"(?<![统同唯单专万{_NUMERAL}百])[{_NUMERAL}][{_NUMERAL}百]{{0,7}}"
    rf"(?=(?:[、至到和及/-]第?(?:\d{{1,4}}|[{_NUMERAL}]{{1,8}})){{0,12}}(?:年|月|日|号|季|个|天|周|旬|时|点|工作日|星期|小时))"
)
_TENS = re.compile(rf"(?:([{_NUMERAL}])百零?)?(?:([{_NUMERAL}])?([十拾]))?([{_NUMERAL}])?")
ACTS = frozenset({"done", "begin", "tell", "act"})
"""说办什么事的词。"""
_TIMES = frozenset({"day", "month", "quarter", "half", "year"})
_ORDINAL = re.compile(r"\d{1,2}[.)]|[(]\d{1,2}[)]")
_PAIR = re.compile("|".join(f"{first}(?={second}[月季])" for first, second in pairwise("一二三四五六七八九十")))
_QUOTES = re.compile(r"[“”‘’\"'「」『』《》]")
_RINGS = re.compile(rf"(?<=[{_NUMERAL}])[○◯0](?=[{_NUMERAL}])")
_ISSUE = re.compile(
    r"(?<=[发字函办文令督通规])[〔\[(【](?:19|20)\d\d年?[〕\])】]第?\d{1,4}号(?:文件?)?(?![前之以至到内起])"
)
"""文号：县政办发〔2026〕5号，里面的年和号不是日期。"""
_MARKS = re.compile(r"[①-⑳⑴-⒛❶-❿㈠-㈩]")


def normal_form(text: str) -> str:
    """比对用的写法：全半角统一、去空白、各种横线统一为 -；不改原文。"""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return re.sub(_DASHES, "-", text).strip("，,;。:.、")


def _digits(run: re.Match[str]) -> str:
    """中文数字的一段写成阿拉伯数字；不成数的照旧。"""
    text = run[0].replace("廿", "二十").replace("卅", "三十")
    tens = _TENS.fullmatch(text) if set(text) & set("十百拾") else None
    if tens is None:
        return text if set(text) & set("十百拾") else "".join(str(_digit(char)) for char in text)
    hundreds, ten, has_ten, one = tens.groups()
    return str(_digit(hundreds) * 100 + (_digit(ten) if ten else 1 if has_ten else 0) * 10 + _digit(one))


def _digit(char: str | None) -> int:
    return 2 if char == "两" else int(unicodedata.numeric(char)) if char else 0


def prepare(text: str) -> str:
    """拆词以前的写法：序号成分隔，中文数字成阿拉伯数字，换行成分号，数字之间的空格留着，别的空白、引号去掉。"""
    text = unicodedata.normalize("NFKC", _MARKS.sub(";", text))
    text = _ISSUE.sub("", _RINGS.sub("〇", _QUOTES.sub("", re.sub(_DASHES, "-", text))))
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r"(?<![0-9]) | (?![0-9])", "", text)
    text = re.sub(r"(?<=年) *\n *(?=[0-9]{1,2}月)|(?<=月) *\n *(?=[0-9]{1,2}[日号])", "", text)
    text = re.sub(r" *\n *", ";", text.strip())
    text = re.sub(r"(?<![0-9])([0-9]{1,2}),(?=[0-9]{1,2}(?![0-9]))", r"\1、", text)
    text = _PAIR.sub(lambda match: f"{match[0]}、", text.replace("十一国庆", "国庆"))
    return _RUN.sub(_digits, text)


@dataclass(frozen=True, slots=True)
class Token:
    """一个词：种类、原字、各部分。"""

    kind: str
    text: str
    parts: Mapping[str, str | None] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str | None:
        return self.parts.get(name)

    def number(self, name: str) -> int | None:
        """这一部分的数；没有则 None。"""
        value = self.parts.get(name)
        return int(value) if value else None


_STOP = r"$|[前之以止,;、。/\-至到内左完办起和及与T.) ]"
_Y = r"(?:(?P<y>\d{4})年度?|(?P<r>今年度?|本年度?|当年度?|明年|来年|次年|翌年|后年|去年|上年))"
_X = r"(?P<x>月?(?:初|上旬|上中旬|中旬|中下旬|下旬|上半月|下半月|底|末)|中(?![旬下秋国]))?"
_D = rf"(?:(?P<d>\d{{1,2}})[日号]|(?P<e>\d{{1,2}})(?={_STOP}))"
_FEAST = "元旦|春节|元宵|清明|五一|劳动(?=节)|端午|中秋|国庆|十一(?!五)|三八|六一|七一|八一|教师(?=节)|妇女(?=节)|儿童(?=节)|建党(?=节)|建军(?=节)"

_PATTERNS = (
    ("two_digit_year", r"(?<!\d)\d{2}(?:年(?:\d{1,2}月|年?[底末]|[上下]半年|第?\d季度)|[./-]\d{1,2}[./-]\d{1,2}(?![\d月]))|(?<![\d.])(?:1[3-9]|[23]\d)[./]\d{1,2}(?![\d./])"),
    ("five", r"十(?P<k>[1-9一二三四五六七八九])五(?:规划)?(?P<x>时期|期间|期末|期内|末|底|收官|(?:前|中|后)期|初期?)?"),
    ("recur", r"(?:1个?|(?=半年))(?P<p>月|季度?|周|年|旬|半年)(?=[1-9一二三两](?:次|调度|通报|督|汇|研判|分析|例会|会商|碰头|[小总]结|更新|反馈|检查|[巡走暗]访|巡查|考|评|排|晒|清|报|推进|盘点))"),
    ("recur", r"(?:每[个隔]?|逐|按(?=[月季旬周])(?!.度?(?:工作)?(?:计划|目标|任务|要求|安排|节点|进度)))(?P<p>\d{1,2}(?:个月|天|日|周|年)|半个?月|半年|月|季度?|周(?!期)|星期|旬|年|[日天](?!常))(?:度(?!目标))?的?"
     r"(?:第(?P<k>\d)个?月|(?P<k2>[首末]月))?(?P<m>\d{1,2}月)?份?"
     r"(?:(?P<d>\d{1,2}(?:[日号]?[、和]\d{1,2}){0,5}[日号])|(?<=[周期])(?P<w>(?:[一二三四五六日天]|[1-6](?!\d))(?![月日号次个时点]))|(?P<x>初|上旬|中旬|下旬|底|末))?"
     r"(?:(?P<t>\d{1,2})(?:时|点|:(?P<t2>\d{2})))?"),
    ("day", rf"(?<!\d)(?P<y>\d{{4}})年(?P<m>\d{{1,2}})[月./]{_D}"),
    ("day", rf"(?<!\d)(?P<y>\d{{4}})(?:/(?P<m>\d{{1,2}})/|[.](?P<m2>\d{{1,2}})[.]|-(?P<m3>\d{{1,2}})-){_D}"),
    ("day", r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)[日号]?"),
    ("month", r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?!\d)月?"),
    ("month", rf"(?<!\d)(?P<y>\d{{4}})[./-](?P<m>\d{{1,2}})(?![\d./])(?:月份?{_X})?"),
    ("limit", r"(?<!\d)第?(?P<n>\d{1,3}|半)(?P<u>个?(?:工作日|自然日|日历天)|天|个?(?:周|星期|小时)|个月|个季度)(?P<i>之内|以内|内)?"),
    ("limit", r"(?<!\d)(?P<n>\d{1,3}|半)(?P<u>日|年)(?P<i>之内|以内|内)"),
    ("limit", r"(?P<n>半)(?P<u>月)(?P<i>之内|以内|内)"),
    ("limit", r"(?<=起)(?P<n>\d{1,2}|半)(?P<u>年)(?![底末初度])"),
    ("day", rf"{_Y}?的?(?<!\d)(?P<m>\d{{1,2}})月{_D}"),
    ("month", rf"{_Y}?的?(?<!\d)(?P<m>\d{{1,2}})月份?{_X}"),
    ("number", rf"{_Y}第?(?P<n>\d{{1,2}})(?=[、/和及\-至到]第?\d)"),
    ("clock", r" ?(?:T|上午|下午|中午|晚上?|早上?|凌晨)?\d{1,2}(?:时|点|:\d{2}(?::\d{2})?)(?:\d{1,2}分|整|半)?|下班|中午"),
    ("day", r"(?<![\d.])(?P<m>\d{1,2})(?:[./]|-(?=(?:1[3-9]|2\d|3[01])(?![\d日号])))(?P<d>\d{1,2})(?:[日号]|(?=$|[前之以止,;、。\-至到内左完办起和及 ]))(?P<dot>)"),
    ("quarter", rf"{_Y}?的?(?P<to>前)?(?:第?(?P<q>\d)季度?|[Qq](?P<q2>\d)(?!\d))(?P<x>初|中|末|底)?"),
    ("feast", rf"{_Y}?的?(?P<f>{_FEAST})(?:国际)?(?:劳动|妇女|儿童|建党|建军)?节?(?:假期|小?长假|放假)?(?P<w>前夕|之前|以前|前(?!后)|期间|之后|以后|后)?"),
    ("half", rf"{_Y}?的?(?:(?P<h>[上下])半年度?|双过半|时间过半[、,]?任务过半|年?中(?<=年中)(?![旬秋国心]))(?P<x>初|末|底)?"),
    ("year", rf"{_Y}的?(?P<x>年?(?:底|末|终)|年?度?内|全年|年?初)?"),
    ("year", r"(?<!\d)(?P<y>\d{4})(?P<x>全年)"),
    ("year", r"(?P<x>年底|年末|年终|年度?内|全年|年初)"),
    ("relative_month", rf"(?P<rm>本月|当月|次月|下个?月|上个?月)份?(?:(?P<d>\d{{1,2}})[日号]|{_X})?"),
    ("relative_quarter", r"(?P<rq>本季度?|当季度?|下个?季度?)(?P<x>末|底)?"),
    ("part", r"(?<!一)(?P<x>月?(?:上旬|中旬|下旬|中下旬)|月(?:底|末|初|内))"),
    ("same_day", r"(?<!含)(?P<n>当日|当天|次日|第2天)(?!起)"),
    ("from_now", r"自?即日起"),
    ("day_number", r"(?<!\d)(?P<d>\d{1,2})[日号]"),
    ("quantity", r"第\d{1,2}(?:批|期|阶段|步|轮)|(?<!\d)第?\d{1,9}(?:\.\d{1,6})?(?:%|[个项套公亩万亿亩人所家户处座条吨元米件次名批台场轮平立辆头只支份])"),
    ("number", rf"(?:{_Y}第?|第?)(?<![\d.])(?P<n>\d{{1,4}})(?![\d.:%])"),
    ("weekday", r"(?:周|星期|礼拜)[1-6一二三四五六日天]"),
    ("before", r"之前|以前|前(?![期端沿置提往瞻])后?"),
    ("within", r"(?<!不)含[当本][日天]|之内|以内|内(?![部容设])|为?止|左右|期间"),
    ("since", r"起(?![草来重底])|开始"),
    ("dash", r"-|[至到](?!少|今|此|位|场|岗|账|人|户)"),
    ("list", r"[、/和及与&]"),
    ("stop", r"[,;。:!]"),
    ("done", r"完成|办结|办理完毕|办理|竣工|建成|完工|整改|落实|交付|投用|投入使用|验收|销号|到位|见效|结束(?!之?以?[前后日])|达到|实现|形成"),
    ("begin", r"启动|开工|动工|进场|开建"),
    ("tell", r"反馈|报送|上报|答复|回复|报告|报(?![名考废销批建刊])"),
    ("act", r"开展|组织|制定|编制|出台|印发|提交|建立|举办|召开|推进|实施|完善"),
)  # fmt: skip
_SCANNERS = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_ANY = re.compile("|".join(f"({re.sub('[(][?]P<[a-z0-9]+>', '(?:', pattern)})" for _, pattern in _PATTERNS))
"""各种词合在一起，一遍就找到下一个词；哪一种看它是第几个括号。"""


@lru_cache(maxsize=8192)
def scan(text: str) -> tuple[Token, ...]:
    """prepare 过的文字拆成的各词；认不出的字连成“字”一类的词。"""
    found: list[Token] = []
    plain = 0
    for match in _ANY.finditer(text):
        if match[0] == "":
            continue
        if plain < match.start():
            found.append(Token("word", text[plain : match.start()]))
        kind, pattern = _SCANNERS[(match.lastindex or 1) - 1]
        again = pattern.match(text, match.start())
        found.append(Token(kind, match[0], again.groupdict() if again else {}))
        plain = match.end()
    return (*found, Token("word", text[plain:])) if plain < len(text) else tuple(found)


def clauses_of(tokens: Iterable[Token]) -> list[tuple[Token, ...]]:
    """以逗号、分号、句号、换行分开的各分句；开头的序号去掉。"""
    groups: list[list[Token]] = [[]]
    words = tuple(tokens)
    for at, token in enumerate(words):
        if token.kind == "stop" or (token.text == "、" and _again(groups[-1], words[at + 1 : at + 2])):
            groups.append([])
        else:
            groups[-1].append(token)
    groups = [group for group in groups if group]
    found = [_unnumbered(group, len(groups) > 1) for group in groups]
    heads = [
        group[0]["n"] for group in found if len(group) > 2 and (group[0].kind, group[1].kind) == ("number", "list")
    ]
    if len(heads) > 1 and heads == [str(number) for number in range(1, len(heads) + 1)]:
        found = [group[2:] if (group[0].kind, group[1].text) == ("number", "、") else group for group in found]
    return [tuple(group) for group in found if group]


def _again(group: list[Token], after: tuple[Token, ...]) -> bool:
    """一季度完成20%、二季度50%：说过何时办什么，又来一个时点的，是另一件。"""
    kinds = ["time" if token.kind in _TIMES else token.kind for token in group]
    acts = [at for at, kind in enumerate(kinds) if kind in ACTS]
    begun = acts[0] if acts else kinds.index("quantity") if "quantity" in kinds else 0
    return "time" in kinds[:begun] and "time" not in kinds[begun:] and bool(after) and after[0].kind in _TIMES


def _unnumbered(group: list[Token], several: bool) -> list[Token]:
    """去掉开头的序号；只写了 5.6月 的，不知道是不是序号，不去。"""
    worded = several or any(token.kind in ACTS or token.kind == "word" for token in group[1:])
    return group[1:] if worded and group[0].kind == "word" and _ORDINAL.fullmatch(group[0].text) else group

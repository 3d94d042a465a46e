"""单位栏用语：什么字能收住一个单位名称，哪些是分工、标签、说明，哪些是统称。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_ADVERB = (
    "(?:分别|共同|联合|具体|主要|全面|直接|总|积极|密切|协同|统一|各自|全力|认真|主动|做好|抓好|组织|分工|为主|按要求)"
)
_MAIN = "(?:牵头|主办|主责|负责|承办|配合|(?<!政)协办|参与|协助|落实|汇总|实施|支持|协同|指导|督导|为主|为?责任主体|为?主体|主抓|为辅|(?:第[一二三四]|首要|主要|次要|直接|共同|具体)?责任(?=单位|部门))"
_MORE = f"(?:{_MAIN[3:-1]}|抓总|并|推进|办理|保障|协调|汇总上报|等?工作|完成|到位|总)"
_DUTY = "(?:(?:按照?|依据?|依照|根据|结合)(?:各自|本?部门|本?单位)?的?(?:工作)?(?:职责|职能|分工)(?:和|与)?(?:职责|职能|分工|权限)?[，,]?)"
HARD: Final = frozenset("；;。\n\r")
STOP = re.compile(
    "([、，,；;。/／|｜·•\ufffc]|[ \t\u3000\xa0\x0b\x0c]*[\r\n]+\\s*|[ \t\u3000\xa0\x0b\x0c\u2002-\u200b]+)"
)
SOFT = re.compile(r"\s+|[·•\u200b]")
SAME = re.compile(
    r"[（(]?(?:同(?:上|前|左)(?:行|栏|格|一行|一栏)?|与上(?:行|栏)?(?:相)?同|[〃″＂\"”“〞]+|''|//|″″)[）)]?[。.]?"
)
ROLE_END = re.compile(
    f"(?:为|是)?(?:{_DUTY}?{_ADVERB}*{_MAIN}(?:{_MORE}|{_ADVERB})*(?:单位|部门|科室)?|{_DUTY})[。.]?$"
)
ORDINAL = re.compile("\\d{1,2}|[一二三四五六七八九十]{1,2}")
BY_DUTY = re.compile(_DUTY)
LEADING = re.compile("牵头|主抓|首要责任|主办|主责|第一责任|主要责任|为主|主体|抓总")
IN_CHARGE = re.compile("负责|承办")
LIABLE = re.compile("(?<!第[二三四])(?<!次要)责任")
LISTED = re.compile("(?<!第[二三四])(?<!次要)责任|承办|负责|落实|实施")
TOGETHER_WORD = re.compile("分别|共同|联合")
LABEL_WORD = re.compile(
    "各?(?:共同|联合|总)?(?:牵头|[主次首]要责任|直接责任|第[一二三四]责任|责任|主责|主办|承办|配合|(?<!政)协办|协助|协同|协作|参与|参加|落实|实施|负责)"
    "(?:责任)?(?:单位|部门|科室|股室|处室)?(?:[（(]部门[）)])?"
)
_LABELLED = f"(?:{LABEL_WORD.pattern}|(?:责任)?(?:单位|部门)(?:名称)?)"
_WITH_NOUN = LABEL_WORD.pattern.replace("(?:单位|部门|科室|股室|处室)?", "(?:单位|部门|科室|股室|处室)")
NEUTRAL = re.compile(r"[\s]*(?:单位|部门)")
_END_CHARS = "局办委部室院所站处队会社厂场校馆园庭团行联镇乡村段协组\U000f0000-\U000ff004"
_END = (
    "(?:(?<!社)会|(?<!市)场|(?<!农)村|(?<!城)乡|(?<!农)业社|[局办委部室院所站处队厂校馆园庭团行联镇段协组社]|街道|社区|中心|公司|集团|政府|单位|部门|专班|企业|"
    "移动|联通|电信|铁塔|邮政|供电|石油|石化|烟草|人大|医保|管委|[\U000f0000-\U000ff004])"
)
END_CHAR: Final = f"[{_END_CHARS}心司道府位门]"
_ENDS = re.compile(f"{_END}$")
_BEFORE = f"(?<=[、，,；;。\\s{_END_CHARS}心司道区府位门班头合办责与实])"
LABEL = re.compile(f"(?:^|{_BEFORE})\\s*(?:{_LABELLED}\\s*[：:]|{_WITH_NOUN}(?:[为是]\\s*|\\s+|(?=[县市区各团])))")
NUMBERING = re.compile(
    f"(?:^|(?<=[、，,；;。\\s{_END_CHARS}]))"
    r"(?:\d{1,2}(?:[.．](?!\d)|、|[)）])|[一二三四五六七八九十]{1,2}、|[(（]\d{1,2}[)）])|[①-⑳❶-❿⑴-⑽]\s*"
)
STOP_INSIDE = re.compile(
    "[中省市县区](?:、[省市县区])*、[省市县区](?=直)|县直、(?=(?:在县)?中?省?直)|各乡、镇|各村、社区|县委、县政府(?=各|有关|直属|相关)|县、乡(?=两级|各)|"
    "各[区县市](?:、[区县市])+(?![^、，；\\s]*局)"
)
_TOGETHER = re.compile(
    f"(?P<before>{_END}|(?P<led>{_MAIN}))[，,]?(?:会同(?=[县市区各有相国省]|[^、，,；;。\\s]*{_END})|会?商(?=[县市区各有相国省]))(?P<others>[^，,；;。\\n]+)"
)
RUN_ON = re.compile(
    f"(?<={'[' + _END_CHARS + '心司道府位门]'})({_ADVERB}*(?:牵头|主办|负责|配合|(?<!政)协办))(?=[^、，,；;。\\s]{{2,}}?(?:{_END}|{_MAIN})(?:[、，,；;。\\s]|$))(?!{_MORE}|{_ADVERB}|单位|部门)"
)
BY_WHOM = re.compile("^(?:主要)?(?:[由请](?=.)|以(?=.*为(?:主|责任主体)))")
ROLE_OBJECT = re.compile(
    f"(.*{_END})({_ADVERB}*(?:牵头|主办|主责|负责|配合|(?<!政)协办|协助|参与))(?!单位|部门)(.{{1,60}})"
)
NOT_A_NAME = re.compile(
    f"(?:{LABEL_WORD.pattern.removeprefix('各?')})?(?:单位|部门)?|等|待定|另定|暂无|等?(?:单位|部门)|无|—+|-+|/|\\d{{1,4}}[年月日.].*(?:前|底|日|月|年|完成)|[^\\w\U000f0000-\U000ff004]+"
)
REMARK = re.compile(
    "标注|下同|除外|[：:]|注明|排在|排名|排序|首位|第一位|牵头|配合|联系|电话|手机|详见|见附件|以下简称|按职责|按照职责|分工负责|负责|"
    "^(?:含|不含|包括|按(?:姓氏|笔画|照|行政)|另[行有见]|已[撤并划]|[拟暂][定由]|待定|截至|截止)|\\d{1,2}月(?:底|末|前|\\d)|\\d{4}年|\\d{7,}|主办|(?<!政)协办|承办|^(?:主|辅|主责)$"
)
AND = re.compile("以及|及其|[和及与暨]")
_AND_SO_ON = re.compile(
    f"(?<=[{_END_CHARS}心司道府位门区县大政])等(?:(?P<more>(?:各?(?:有关|相关|其他|县直|涉及|各)+.*|(?:\\d+|[一二三四五六七八九十]+)个?(?:乡|镇|街道|社区|村).*)?)|\\d+[个家]?.*|多?[个家]?(?:单位|部门|乡镇|企业).*|[一二三四五六七八九十]+[个家].*)$"
)
_STRONG = re.compile("(?:局|委|办|镇|乡|街道|公司|中心|大队|支队|管委会|办公室|政府)$")
_COMMON = re.compile(
    "^(?:人民政府|政府|办事处|办公室|管委会|管理委员会|委员会|联合社|联合会|大队|中心|公司|分局|支局|医院|总队|支队|分公司|支公司|服务中心|公室|员会|合会|合社)"
)
_SHORT = frozenset({
    "县委", "团委", "妇联", "残联", "工会", "政协", "人大", "法院", "文联", "科协", "侨联", "工商联", "各乡", "各镇", "各村",
})  # fmt: skip
_PARTS = re.compile("[\U000f0000-\U000ff004]")
_OFFICE = re.compile("[办室部委局会组校]$")
_ORGAN = re.compile("^(?!团).{0,4}[县市区旗州](?:委|政府|人民政府|人大|人大常委会|政协|纪委)$")
PLACE = re.compile("[乡镇村屯]$|街道$|社区$")
_PEACE = re.compile("和平(?:社区|村|镇|乡|街|路|区|小区|林场|农场|小学|中学|医院|派出所)")
_ONE_NAME = re.compile(f"{_PEACE.pattern}|及其[所下]属")
_ANY = ("单位", "部门")
_FRAGMENT = re.compile("^(?:员会|公室|合会|合社)")
_BRANCH = re.compile(
    "银行\n(?!中国).*(?:支行|分行|营业部|分理处)$|(?:^|\n)(?:国网|中国).*公司\n(?!中国|国网).*(?:分公司|支公司)$|^国网.*公司\n(?!中国|国网).*供电公司$"
)
_HEAD = re.compile("^(?:[县市区旗省各团]|在县|驻县|国|中国|有关|相关|其他|全县)")


def apart(text: str) -> str:
    """“由 A 会同 B 负责”写成“A 负责，配合：B”：会同的是配合，后面的分工是前一家的。"""
    return _TOGETHER.sub(_apart, text)


def _apart(found: re.Match[str]) -> str:
    others = found["others"]
    role = None if found["led"] else ROLE_END.search(others)
    if role is None:
        return f"{found['before']}，配合：{others}"
    return f"{found['before']}{role[0]}，配合：{others[: role.start()]}"


_OPEN, _CLOSE = "（(〔[【", "）)〕]】"


def clean(token: str) -> str:
    """去掉两头的空白、句号、冒号和编号。"""
    return token.strip(" \t\r\n\u3000\xa0\u200b\ufeff.。：:…*＊-—").rstrip("（(〔[【").strip()


def looks_like_unit(name: str) -> bool:
    """看字面像不像一个单位（或统称）的名称。"""
    return (
        len(name) > 1
        and _ENDS.search(name) is not None
        and not re.search(r"[，。；：%％“”\"]|\d+(?:[个处套项户])", name)
    )


def strips(rest: str, role: str) -> bool:
    """名称后面的 role 是不是分工：“县教育局配合”是，“各配合单位”“县直承办部门”不是。"""
    left = clean(rest)
    if re.search("(?:单位|部门|科室)$", role) and re.search(
        "(?:各|有关|相关|其他|其它|[县市省区中]直|直属|级|主要|的|其|^县|^市|个|家)$|^$", left
    ):
        return False
    return (
        not left
        or _ENDS.search(left) is not None
        or left.endswith("等")
        or re.search("牵头|配合|负责|主办|(?<!政)协办|主责|主抓|为辅|责任", role) is not None
    )


def two_units(left: str, word: str, right: str) -> bool:
    """没有名录时的稳妥办法：前面收得住、后面也像一个单位。“和平社区”“及其所属学校”“部门和单位”里的不是。"""
    if not left or not right or not _ENDS.search(left) or _ONE_NAME.match(word + right):
        return False
    if right in _ANY and left.endswith(_ANY):
        return False
    if _HEAD.match(right) and looks_like_unit(right):
        return True
    return is_collective(right) or (_STRONG.search(left) is not None and len(right) > 2 and looks_like_unit(right))


def and_so_on(name: str) -> tuple[str, str]:
    """去掉“等”“等单位”；后面另有统称的（等有关部门）单列。"""
    found = _AND_SO_ON.search(name)
    if found is None:
        return name, ""
    return name[: found.start()], found["more"] or ""


def belongs(right: str) -> bool:
    """right 自己不成一个名称，只能接着前面：括号、分工，或“办公室”“人民政府”这样没有名头的。"""
    if right[0] in "（(〔[【" or _PARTS.match(right) or _FRAGMENT.match(right) or ROLE_END.fullmatch(clean(right)):
        return True
    return _COMMON.match(right) is not None and len(right) < 5


def wraps(left: str, right: str, line: bool) -> bool:
    """left 到此没有说完，right 接着它（一个名称被换行或空白拆开）。"""
    if belongs(right) or left[-1] in "和及与暨、（(" or (left[-1], right[0]) == ("社", "会"):
        return True
    if (right[0] in "和与" and not _PEACE.match(right)) or _BRANCH.search(f"{left}\n{right}"):
        return True
    if left.endswith("总局"):
        return _HEAD.match(right) is None
    ended, headed = _ENDS.search(left) is not None, _HEAD.match(right) is not None
    if len(left) <= 2 and left not in _SHORT and not _STRONG.search(left) and not ROLE_END.fullmatch(left):
        return True
    if _ORGAN.match(left) and not headed and _OFFICE.search(right):
        return True
    if len(right) <= 2 and right not in _SHORT and not (ended and _HEAD.fullmatch(right)):
        return len(right) == 1 or not _ENDS.search(right) or (not ended and line)
    return line and not ended and not ROLE_END.search(left) and left[:2] != right[:2] and not is_collective(left)


_COUNT = "(?:\\d+|[一二三四五六七八九十百两]+)(?:多|余)?"
_SCOPE = (
    "(?:全[县市区旗]|[县市区旗省]直属?|中直|中省直|[县市区旗乡镇]级|县乡|[县市区旗]委|[县市区旗]?人?民?政府|直属|下属|所属|属地|[在驻][县市区旗]|"
    "其他|其它|相关|有关|所有|涉及|涉事|涉农|辖区|沿线|基层|各级|各类|各相关|各有关|各|和|及|与|以及|等)"
)
_KIND = (
    "(?:单位|部门|机关|企业|乡镇|镇乡|乡|镇|街道|街道办事处|办事处|乡镇街道|镇街|社区|村|屯|村社区|村屯|行政村|工作?专班|科室|股室|处室|站所|委办局|委局|学校|中小学|"
    "医院|医疗机构|医疗卫生机构|园区|开发区|农场|林场|县区|区县|县|区|旗|市|州|地市|成员|战线|两级|事业单位|直属机构)"
)
_COLLECTIVE = re.compile(
    f"(?:.*(?:单位|部门|乡镇|科室|股室|委办局)|各.+|{_SCOPE}*各.*{_KIND}|{_SCOPE}+{_COUNT}[个家]?{_KIND}|{_SCOPE}+{_KIND}|{_COUNT}[个家]?{_KIND}|"
    f"(?:{_COUNT}[乡镇]){{2}}|乡镇街道|镇街|街道|社区|村|村社区|县区|镇村|街道社区)(?:人民政府|党委政府|党委)?"
)
_HAS_EACH = re.compile(f"{_SCOPE}*各")


def plain(name: str) -> str:
    """统称比对用的写法：全半角统一，去空白、括号和顿号。"""
    return re.sub(r"[\s()\[\]【】〔〕、]", "", unicodedata.normalize("NFKC", name))


def is_collective(name: str) -> bool:
    """是否统称（各乡（镇）、县直有关部门……），统称不是一个单位。"""
    key = plain(name)
    return len(key) > 1 and _COLLECTIVE.fullmatch(key) is not None


def brackets(text: str) -> Iterator[tuple[int, int]]:
    """最外一层的各对括号：起止位置。没有配对的不算括号。"""
    depth, start = 0, 0
    for at, char in enumerate(text):
        if char in _OPEN:
            start = at if depth == 0 else start
            depth += 1
        elif char in _CLOSE and depth:
            depth -= 1
            if depth == 0:
                yield start, at + 1


def bare_name(name: str) -> str:
    """名称去掉末尾的括号；没有的、只有括号的照原样。"""
    bare = name
    for start, end in reversed(tuple(brackets(name))):
        if end == len(bare):
            bare = bare[:start]
    return bare or name

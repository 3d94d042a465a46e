"""词：各地台账自己的说法怎样归到台账的限定词；密级标志；星级的各种写法。"""

from __future__ import annotations

import re

from pyengine.layout import header_key
from pyengine.terms import ARRANGED, DONE, IN_HAND

_STATES = {
    DONE: "办结 已办结 完成 已办 完结 已完结 √ ✓ ✔ 是 已销号 销号 已完成并销号 全部完成 提前完成 按期完成 按时完成 完成销号 已整改 整改完成 "
    "已办理 办理完毕 已办毕 ☑ 对 Y y 已竣工 竣工",
    IN_HAND: "推进中 序时推进 进行中 正在推进 办理中 未完成 在办 持续推进 否 正常推进 推进 已启动 按序时推进 达序时 超序时 欠序时 欠进度 未达序时 "
    "滞后 进度滞后 推进缓慢 未启动 未开工 未开始 未办结 未办 × ✗ ✕ 部分完成 基本完成 正在进行 实施中 正在实施 在建 已开工 长期坚持 整改中 正在整改 "
    "慢序时 未落实 跟踪办理 继续办理 启动 正在落实 处理中 阶段性完成 N n 前期 未整改 尚未完成 转入常态化",
    ARRANGED: "落实 已安排 已部署 已作安排 已交办 落实到位 已落实到位",
}
_KNOWN = {word: state for state, words in _STATES.items() for word in (*words.split(), state)}
_SECRET = re.compile(
    r"(?:绝密|机密|秘密)\s*(?:★|☆|[★☆]?\s*(?:\d+|[一二三五十]+)\s*年|级(?!别)|件(?!号))|(?:绝密|机密|秘密)[（(]|^\s*(?:绝密|机密|秘密)\s*$|密级[:：]\s*(?:绝密|机密|秘密)"
)
_STARS = re.compile(r"(\d|[一二三四五])(?:颗)?(?:星级?|★|☆)?|([★☆⭐]+)")
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


def state_of(text: str) -> str | None:
    """办理状态的限定词；归不到的为 None。"""
    return _KNOWN.get(header_key(text).strip("。.；;"))


def is_state(text: str) -> bool:
    """像不像状态词。"""
    return state_of(text) is not None


def is_secret(text: str) -> bool:
    """有没有密级标志。"""
    return bool(_SECRET.search(text))


def read_stars(text: str) -> int | None:
    """几星：4、4★、四星、★★★★、☆☆☆☆；读不出为 None（是否在 3、4、5 之内由调用者判断）。"""
    match = _STARS.fullmatch(header_key(text))
    if match is None:
        return None
    return len(match[2]) if match[2] else _DIGITS.get(match[1]) or int(match[1])

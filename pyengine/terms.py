"""限定词：台账里逐字使用的词，以及它们之间的先后轻重。名称见工作簿约定（layout.toml）。"""

from __future__ import annotations

from typing import Final

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
"""可用的日期的年份（含两端）：此外的是输错了。"""

# 预警状态
CLOSED: Final = "已销号"
FINISHED: Final = "已完成"
NORMAL: Final = "正常推进"
ONGOING: Final = "持续推进"
DUE_SOON: Final = "临近时限"
BEHIND: Final = "进度滞后"
NOT_STARTED: Final = "未按时启动"
OVERDUE: Final = "逾期未完成"
NO_DEADLINE: Final = "缺时限"
UNVERIFIED: Final = "数据待核"
STATUSES: Final = (
    CLOSED, FINISHED, NORMAL, ONGOING, DUE_SOON, BEHIND, NOT_STARTED, OVERDUE, NO_DEADLINE, UNVERIFIED,
)  # fmt: skip

# 办理状态
IN_HAND: Final = "正在办理"
ARRANGED: Final = "已落实"
DONE: Final = "已完成"

# 完成时限的四种读法（due_kind）
DATED: Final = "日期"
OPEN_ENDED: Final = "持续"
MISSING: Final = "缺失"
UNREADABLE: Final = "无法识别"

# 应达进度的算法（method）
BY_INDICATOR: Final = "指标"
BY_NODES: Final = "节点"
BY_TIME: Final = "时间"
NO_METHOD: Final = "无"

# 节点状态
NODE_DONE: Final = "已完成"
NODE_FUTURE: Final = "未到期"
NODE_NEAR: Final = "临近"
NODE_OVERDUE: Final = "逾期"

# 校验级别
ERROR: Final = "错误"
WARNING: Final = "警告"
NOTICE: Final = "提示"
SEVERITIES: Final = (ERROR, WARNING, NOTICE)

# 亮牌：由轻到重
COLOURS: Final = ("蓝牌", "黄牌", "橙牌", "红牌")
PROPOSED: Final = "建议"

# 亮牌建议的状态
CARD_WAITING: Final = "待确认"
CARD_CONFIRMED: Final = "已确认"
CARD_REJECTED: Final = "不采纳"
CARD_WITHDRAWN: Final = "已撤牌"
CARD_LAPSED: Final = "已失效"

# 设置一年内口径
ROLLING: Final = "滚动12个月"

"""校验问题的目录：代码、级别、说法、改法。说法一句话，说清哪里、什么不对；改法说清怎么办。"""

from __future__ import annotations

from dataclasses import dataclass

from pyengine.model import Finding, Place
from pyengine.terms import ERROR, NOTICE, WARNING


@dataclass(frozen=True, slots=True)
class Kind:
    """一种校验问题。message、advice 里的 {…} 由 finding() 填入。"""

    code: str
    severity: str
    message: str
    advice: str

    @property
    def group(self) -> str:
        """所属组：结构、单元格、跨行、规则。"""
        return {"S": "结构", "C": "单元格", "X": "跨行", "R": "规则"}[self.code[0]]


# 结构
COLUMN_MISSING = Kind(
    "S01", WARNING, "本表没有“{column}”列，按空白处理", "需要判定这一项时，照政府工作报告台账补上这一列"
)
SETTINGS_MISSING = Kind("S02", NOTICE, "设置表缺 {count} 项（{items}），按默认值计", "从空白台账的设置表复制这些行")

# 单元格
DATE_UNREADABLE = Kind("C01", ERROR, "{column}“{value}”不是日期", "改成 2026-06-30 这样的日期；没有就留空")
DATE_AS_TEXT = Kind("C02", WARNING, "{column}“{value}”不是日期格式，按 {read} 计", "改成日期格式的 {read}")
DEADLINE_UNREADABLE = Kind("C03", ERROR, "{column}{note}", "写明年月日（如 2026-06-30）、“6月底前”，或“持续推进”")
DEADLINE_MISSING = Kind("C04", WARNING, "{note}", "写明完成时限；长期工作写“持续推进”")
SHARE_UNREADABLE = Kind("C05", ERROR, "{column}“{value}”不是进度", "填 0 到 1 之间的小数或百分数，如 35%")
SHARE_ODD = Kind("C06", WARNING, "{column}“{value}”按 {read} 计", "改成百分数格式的 {read}")
STATE_UNKNOWN = Kind("C07", ERROR, "{column}“{value}”不在“正在办理、已落实、已完成”之内", "从下拉框选一个")
CHOICE_UNKNOWN = Kind("C08", WARNING, "{column}“{value}”不在可选项“{choices}”之内", "从下拉框选一个")
CELL_ERROR = Kind("C09", ERROR, "{column}是错误值 {value}", "改成实际内容，或撤销粘贴")
ROWS_ERROR = Kind(
    "C10", ERROR, "{cells} 共 {count} 行是错误值（如 {value}），未作为事项", "删去这些行，或撤销粘贴后按“值”重新粘贴"
)
NUMBER_UNREADABLE = Kind("C11", WARNING, "{column}“{value}”不是可用的数值，按空白处理", "改成数字，不为负")
NUMBER_MISSING = Kind("C12", ERROR, "有工作任务但没有编号", "编一个不重复的编号；系统不代编")
CONTENT_MISSING = Kind("C13", WARNING, "有编号但没有工作任务，未作为事项", "补上工作任务，或删去这一行")
LEAD_MISSING = Kind("C14", ERROR, "没有牵头单位", "填单位名录里的单位")
LEAD_UNKNOWN = Kind("C15", ERROR, "牵头单位“{value}”不在单位名录里", "改成名录里的名称{hint}，或在单位表补一行")
LEAD_COLLECTIVE = Kind(
    "C24", ERROR, "牵头单位“{value}”是统称，不能确定责任主体", "写明由哪一个单位牵头；其余单位写到责任单位"
)
UNIT_UNKNOWN = Kind("C16", WARNING, "{column}“{value}”不在单位名录里", "改成名录里的名称{hint}，或在单位表补一行")
FIELD_MISSING = Kind("C17", NOTICE, "{column}没有填", "补填{column}")
STATE_MISSING = Kind("C18", NOTICE, "办理状态没有填，按“正在办理”计", "从下拉框选一个")
SETTING_BAD = Kind("C19", ERROR, "设置“{item}”取值“{value}”读不出，按默认 {read} 计", "{note}")
CHILD_UNNUMBERED = Kind("C22", WARNING, "没有编号，未计入", "补上所属事项的编号")
EVENT_DATE_MISSING = Kind("C20", WARNING, "没有日期，未计入", "补上日期")
APPRAISAL_UNREADABLE = Kind("C23", ERROR, "{column}“{value}”{why}，得分待核", "{how}")
DEADLINE_DOUBT = Kind("C24", NOTICE, "{column}：{note}", "核对读法；不对的改写成 2026-06-30 这样的日期")

# 跨行
NUMBER_TWICE = Kind("X01", ERROR, "编号“{value}”重复（另见 {other}）", "改成不重复的编号")
NUMBER_UNKNOWN = Kind(
    "X02", WARNING, "编号“{value}”在各台账里都没有", "核对编号；事项误删的，把那一行补回台账，这一行不要跟着删"
)
END_BEFORE_START = Kind("X03", ERROR, "{column}{value}早于{other}{read}", "核对这两个日期")
DATES_REVERSED = Kind("X04", WARNING, "{column}{value}早于{other}{read}", "核对这两个日期")
FINISHED_UNDATED = Kind("X05", WARNING, "已完成但没有办结日期", "补填办结日期")
FINISHED_UNMARKED = Kind(
    "X06", WARNING, "有办结日期{value}但办理状态是“{read}”", "办结的改为“已完成”；没有办结的删去日期"
)
CLOSED_UNFILED = Kind("X07", WARNING, "{value}但没有方案备案日期", "补填方案备案日期，或核对是否应当办结、销号")
STARS_MISMATCH = Kind("X08", WARNING, "星级 {value}★ 与工作类别“{read}”不符（应为 {other}★）", "核对星级和工作类别")
STARS_DERIVED = Kind("X09", NOTICE, "星级没有填，按工作类别“{read}”计 {value}★", "补填星级")
STARS_MISSING = Kind("X10", NOTICE, "星级和工作类别都没有填，不作星级提示", "补填工作类别和星级")
STARTED_UNDATED = Kind("X11", WARNING, "进度已到 {value} 但没有实际启动日期，视为已启动", "补填实际启动日期")
APPROVAL_UNDATED = Kind("X12", WARNING, "调整申请写了“批准”但没有批准日期，不生效", "补填批准日期")
ADJUSTMENT_UNREADABLE = Kind("X13", WARNING, "批准的新值“{value}”读不出日期，不生效", "新值写明年月日")
SHORT_NAME_CLASH = Kind("X14", WARNING, "简称“{value}”有两个单位在用（另见 {other}），不能据以识别", "改用不同的简称")
UNIT_TWICE = Kind("X15", WARNING, "单位“{value}”重复（另见 {other}）", "删去重复的一行")
ANSWER_TAKEN_BACK = Kind(
    "X19", WARNING, "{value}登记了亮牌，“确认”却不是“是”，仍按已确认", "把“确认”改回“是”；要撤的，在督查记录登一行撤牌"
)
WITHDRAWAL_IDLE = Kind("X20", WARNING, "撤牌没有撤着任何一张牌", "核对单位、编号、日期；没有登记亮牌的不用撤")
CONFIRMER_MISSING = Kind("X21", WARNING, "“确认”填了“{value}”，没有确认人", "补填确认人")
CLOSED_EARLY = Kind("X16", WARNING, "已填销号日期，但{value}", "补齐后再销号；不应销号的删去销号日期")
UNITS_UNLISTED = Kind(
    "X18",
    NOTICE,
    "{value}年参加排名的有 {count} 个单位在表上没有行（{items}），名次无处写",
    "把单位补在年度考评表上，加减分可以空着",
)

# 规则
YEAR_ODD = Kind("R01", WARNING, "完成时限{value}不在立项以后或台账年度 {read} 之内", "核对年份；确实跨年的不必改")
GROUND_UNKNOWN = Kind("R02", WARNING, "认定的事由“{value}”不是现行文件列举的事由", "改用：{choices}")
PROGRESS_BLANK = Kind("R03", WARNING, "没有完成进度，也没有采用的反馈，按 0 计", "补填完成进度")
PROGRESS_DIFFERS = Kind("R05", WARNING, "完成进度{value}与指标实际累计 {read} 相差较大", "核对完成进度和指标进度")
PERIODS_DIFFER = Kind(
    "R06", WARNING, "{column}{value}与同一天结束的{read}（{other}）不一致", "核对这两格：都累计到同一天，应当相同"
)
PERIOD_UNREADABLE = Kind(
    "C21", WARNING, "期别“{value}”认不出，未计入", "写成 2026年、2026年四季度、2026年11月或2026年11月上旬"
)
PROGRESS_BACKWARDS = Kind(
    "R07", WARNING, "反馈进度{value}低于{other}反馈的 {read}", "请单位说明，由人核实是否曾虚报；系统不据此亮牌"
)
PROGRESS_JUMP = Kind(
    "R08", WARNING, "完成时限当天进度由 {read} 一下到 {value}", "请查看佐证材料，由人核实是否属实；系统不据此亮牌"
)
NODES_MISSING = Kind("R09", NOTICE, "{value}★没有分解时间节点，只能按时间算应达进度", "在时间节点表逐个节点填一行")
CALENDAR_MISSING = Kind(
    "R04", NOTICE, "{value}年放假安排未收录，工作日暂按周末推算", "放假安排公布后，在工作日历表补上休、班"
)

# 规则：与从前对照（见 past）
DEADLINE_CHANGED = Kind(
    "R10", WARNING, "{column}由{value}改为{read}，没有批准的调整申请，仍按{value}计",
    "登记调整申请，批准后生效；改错了的改回{value}",
)  # fmt: skip
DEADLINE_NOT_AS_APPROVED = Kind(
    "R11", WARNING, "{column}由{value}改为{read}，与批准的{other}不一致，按{other}计", "改为{other}，或改回{value}"
)
GOAL_CHANGED = Kind(
    "R12", WARNING, "年度目标由{value}改为{read}，没有批准的调整申请", "登记调整申请，批准后再改；改错了的改回"
)
REOPENED = Kind("R13", WARNING, "{value}还是{read}，现在又在办", "误改的改回；确需重新办理的，在“确认”填已知悉")
CLOSING_UNDATED = Kind(
    "R14", WARNING, "{value}登记了销号（{where}），这里没有销号日期", "补填销号日期，或核对那一行记录"
)
PROGRESS_FELL = Kind(
    "R15", WARNING, "完成进度由{value}降为{read}", "核对进度；确应调低的，登记一条采用的进展反馈说明情况"
)
DECISION_CHANGED = Kind(
    "R16",
    WARNING,
    "{value}会商{changes}，议定的事项不能随意改变",
    "改回原来议定的；确需改变的，再次会商后另登一行，写明编号",
)
DECISION_GONE = Kind(
    "R17", WARNING, "{value}会商议定的{read}没有了", "补回这一行；再次会商已经改变的，另登一行，写明编号"
)
ITEM_GONE = Kind(
    "R18", WARNING, "{value}还在台账里，没有完成也没有销号，现在没有了", "补回这一行；确已办结的填办结、销号日期"
)


def sheet_finding(kind: Kind, sheet: str, number: str = "", **facts: object) -> Finding:
    """kind 在 sheet 这张表上的一条问题，不落在哪一行；facts 填入说法和改法。"""
    words = kind.message.format(**facts), kind.advice.format(**facts)
    return Finding(kind.code, kind.severity, sheet, None, None, None, *words, number=number)


def finding(kind: Kind, place: Place, column: str | None, number: str = "", **facts: object) -> Finding:
    """kind 在 place 这一行 column 这一列的一条问题；facts 填入说法和改法。"""
    words = {"column": column or "", **facts}
    return Finding(
        code=kind.code, severity=kind.severity, sheet=place.sheet, row=place.row,
        cell=place.cell(column) if column else None, column=column,
        message=kind.message.format(**words), advice=kind.advice.format(**words), number=number,
    )  # fmt: skip

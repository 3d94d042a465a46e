"""任务结果 — exit codes and the Windows scheduler's own codes in plain words.

The Windows codes: Microsoft Learn, “Task Scheduler error and success constants”, and HRESULTs of system errors.
"""

from __future__ import annotations

_OURS = {
    0: "完成",
    1: "完成，校验问题里有错误",
    2: "没有做：命令不对，或者找不到台账",
    3: "没有写：台账一直开着或被占用",
    4: "没有做：台账读不了",
    5: "没有做完：拒绝写入，或者出了差错",
}
NEVER_RUN = 0x00041303
_WINDOWS = {
    0x00041300: "等着下一次运行",
    0x00041301: "正在运行",
    0x00041302: "任务被停用",
    NEVER_RUN: "装好以后还没有运行过",
    0x00041304: "不会再运行",
    0x00041305: "时间没有定好，请重新 nightly install",
    0x00041306: "被人中止，或超过了时间上限",
    0x00041307: "没有有效的时间，请重新 nightly install",
    0x00041325: "已排队，等着运行",
    0x40010004: "运行中途注销或关机",
    0x80070002: "没有运行：找不到程序，请重新 nightly install",
    0x80070003: "没有运行：找不到文件夹",
    0x80070005: "没有运行：没有权限",
    0x8007010B: "没有运行：台账所在的文件夹打不开",
    0x800704DD: "没有运行：用户没有登录",
    0x800710E0: "没有运行：用户没有登录，或者电脑不合运行条件",
    0x8004131F: "没有再启动：上一次还在运行",
    0x80041326: "任务被停用",
    0xC000013A: "运行中途被关掉",
}


def exit_meaning(code: int) -> str:
    """退出码的意思。"""
    return _OURS.get(code, f"退出码 {code}")


def windows_meaning(code: int) -> str:
    """Windows 任务计划程序“上次运行结果”的意思；给的可以是带符号的数。"""
    code &= 0xFFFFFFFF
    return _WINDOWS.get(code) or _OURS.get(code) or f"代码 0x{code:X}"

"""差错：各种异常对应的说法和退出码，只在入口用。"""

from __future__ import annotations

import typer

from pyengine.ooxml import ChangedMeanwhile, Locked, NotALedgerFile, PackageError, WriteRefused
from pyengine.render import LetterProblem
from pyengine.rulebook import RuleProblem
from pyengine.rules import NoCircular
from pyengine.tables import StructureError

BAD_CALL, LOCKED, UNREADABLE, REFUSED = 2, 3, 4, 5
_USAGE_ERROR = typer.BadParameter.__mro__[1]  # typer 自带的 click 各版本不同，只取它公开类的基类
_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (_USAGE_ERROR, BAD_CALL),
    (NoCircular, BAD_CALL),
    (Locked, LOCKED),
    (ChangedMeanwhile, LOCKED),
    (NotALedgerFile, UNREADABLE),
    (StructureError, UNREADABLE),
    (WriteRefused, REFUSED),
    (LetterProblem, REFUSED),
    (RuleProblem, REFUSED),
    (OSError, REFUSED),
)


def exit_of(error: BaseException) -> int:
    """异常对应的退出码。"""
    return next((code for kind, code in _CODES if isinstance(error, kind)), REFUSED)


def explain(error: Exception) -> tuple[str, str] | None:
    """异常的说法：（是什么，怎么办）；不是预料之中的则 None。"""
    if isinstance(error, PackageError | StructureError | LetterProblem):
        return error.message, error.advice
    if isinstance(error, NoCircular):
        return str(error), f"判定日请用 {error.first} 或以后的日期"
    if isinstance(error, RuleProblem):
        return f"文件数据有误：{error}", "请改正 rules.toml 后再运行"
    if isinstance(error, _USAGE_ERROR):
        return _usage(error), "用法见 duban --help"
    if isinstance(error, OSError):
        return (
            f"读写文件出错（{error.strerror or error}）：{error.filename or ''}",
            "请检查磁盘空间、文件夹权限，或文件是否被占用",
        )
    return None


def _usage(error: Exception) -> str:
    name = type(error).__name__
    if name == "NoSuchOption":
        return f"没有选项 {getattr(error, 'option_name', '')}"
    if name == "MissingParameter":
        parameter = getattr(error, "param", None)
        return f"缺少参数 {getattr(parameter, 'metavar', None) or getattr(parameter, 'name', '')}"
    if name == "BadParameter":
        return str(getattr(error, "message", error))
    if name == "BadOptionUsage":
        return f"选项 {getattr(error, 'option_name', '')} 后面要写取值"
    if "extra argument" in str(error):
        return f"多写了参数（{str(error).partition('(')[2].rstrip(').')}）"
    if "command" in str(error).lower():
        return f"没有这个命令（{str(error).split(chr(39))[1] if chr(39) in str(error) else ''}）"
    return f"用法不对（{error}）"

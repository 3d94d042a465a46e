"""差错：各种异常对应的说法和退出码，只在入口用。"""

from __future__ import annotations

import errno
from collections.abc import Mapping

import typer

from pyengine.durable import Held
from pyengine.kinds import LetterProblem
from pyengine.ooxml import ChangedMeanwhile, Locked, NotALedgerFile, PackageError, WriteRefused
from pyengine.programs import SystemProblem
from pyengine.rulebook import RuleProblem
from pyengine.rules import NoCircular
from pyengine.tables import StructureError

BAD_CALL, LOCKED, UNREADABLE, REFUSED = 2, 3, 4, 5
_USAGE_ERROR = typer.BadParameter.__mro__[1]  # typer 自带的 click 各版本不同，只取它公开类的基类
_WINDOWS: Mapping[int, int] = {
    19: errno.EROFS, 39: errno.ENOSPC, 112: errno.ENOSPC, 1295: errno.EDQUOT, 32: errno.EBUSY, 33: errno.EBUSY, 1224: errno.EBUSY,
    206: errno.ENAMETOOLONG, 111: errno.ENAMETOOLONG, 23: errno.EIO, 1117: errno.EIO, 1392: errno.EIO,
    53: errno.ENETUNREACH, 59: errno.ENETUNREACH, 64: errno.ENETUNREACH, 67: errno.ENETUNREACH, 121: errno.ENETUNREACH,
}  # fmt: skip
"""Windows 的差错号里，Python 归得太粗的。"""

_RIGHTS = "没有权限，或者它正被别的程序占用", "请关闭打开着它的程序；没有打开的，请管理员开通这个文件夹的写入权限"
_USED = "它正被别的程序占用", "请关闭打开着它的程序，过一会儿再运行"
_FULL = "磁盘满了", "请删去不用的文件，腾出空间后再运行"
_SHARE = "网络盘连不上了", "请检查网络和共享文件夹，连上后再运行"
_SYSTEM: Mapping[int, tuple[str, str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: ("用完了磁盘配额", "请删去自己名下不用的文件，或请管理员增加配额"),
    errno.EFBIG: ("超出了系统允许的文件大小", "请换一个磁盘，或请管理员放宽限制"),
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: ("所在的磁盘只能读、不能写", "请把台账拷到能写的文件夹后再运行"),
    errno.EBUSY: _USED,
    errno.ETXTBSY: _USED,
    errno.EAGAIN: _USED,
    errno.EIO: ("磁盘或网络盘读写出错", "请马上把台账另存一份到别的磁盘，并请管理员检查这块磁盘"),
    errno.ENAMETOOLONG: ("文件名或文件夹路径太长", "请缩短文件名，或移到层级浅一些的文件夹"),
    errno.ENOENT: ("找不到这个文件或文件夹", "请核对名称；在移动盘、网络盘上的，请看是否还连着"),
    errno.EEXIST: ("那里已有同名的文件", "请把它改名或移走后再运行"),
    errno.ENOTDIR: ("路径中有一段是文件，不是文件夹", "请把那个文件改名或移走后再运行"),
    errno.EISDIR: ("那里是一个同名的文件夹", "请把它改名或移走后再运行"),
    errno.EXDEV: ("那里不能一步换上新文件", "请把台账移到普通的文件夹里再运行"),
    errno.EINVAL: ("文件名里有系统不容的字符", "请改名后再运行"),
    errno.EMFILE: ("系统打开的文件太多", "请关闭一些程序后再运行"),
    errno.ENFILE: ("系统打开的文件太多", "请关闭一些程序后再运行"),
    errno.ENOMEM: ("内存不够", "请关闭一些程序后再运行"),
    **dict.fromkeys(
        (errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENOTCONN, errno.ECONNRESET,
         errno.ETIMEDOUT, errno.ESTALE, errno.ENODEV, errno.ENXIO), _SHARE,
    ),
}  # fmt: skip
"""系统的差错：（怎么了，怎么办）。"""

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
    (SystemProblem, REFUSED),
    (Held, LOCKED),
    (OSError, REFUSED),
)


def exit_of(error: BaseException) -> int:
    """异常对应的退出码。"""
    return next((code for kind, code in _CODES if isinstance(error, kind)), REFUSED)


def explain(error: Exception) -> tuple[str, str] | None:
    """异常的说法：（是什么，怎么办）；不是预料之中的则 None。"""
    if isinstance(error, PackageError | StructureError | LetterProblem | SystemProblem):
        return error.message, error.advice
    if isinstance(error, NoCircular):
        return str(error), f"判定日请用 {error.first} 或以后的日期"
    if isinstance(error, RuleProblem):
        return f"文件数据有误：{error}", "请改正 rules.toml 后再运行"
    if isinstance(error, _USAGE_ERROR):
        return _usage(error), "用法见 duban --help"
    if isinstance(error, OSError):
        return _system(error)
    return None


def _system(error: OSError) -> tuple[str, str]:
    """系统报的差错，一律用中文说。"""
    number = _WINDOWS.get(getattr(error, "winerror", None) or 0, error.errno or 0)
    what, advice = _SYSTEM.get(number, (f"系统报告差错 {number}", "请检查磁盘空间、文件夹权限，或文件是否被占用"))
    if isinstance(error, Held):
        what, advice = _USED
    return f"读写{f'“{error.filename}”' if error.filename else '文件'}没有成功：{what}", advice


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
    if "missing command" in str(error).lower():
        return "命令没有写完，后面还要写做什么"
    if "command" in str(error).lower():
        return f"没有这个命令（{str(error).split(chr(39))[1] if chr(39) in str(error) else ''}）"
    return f"用法不对（{error}）"

"""历史：台账旁 .duban 文件夹里的 history.sqlite。每个判定日的样子、每次运行、人改了哪一格，都记在这里。

坏了、丢了、不能写，都不妨碍刷新：说一句，从备份或从今天重新建起。
"""

from .backups import Backup, backups
from .codec import Judged
from .restore import Restored, restore
from .staff import ADDED, REMOVED, Change, described
from .store import FILE, History, Seen
from .story import Noticed, Run, Story, Turned, turned

__all__ = [
    "ADDED",
    "FILE",
    "REMOVED",
    "Backup",
    "Change",
    "History",
    "Judged",
    "Noticed",
    "Restored",
    "Run",
    "Seen",
    "Story",
    "Turned",
    "backups",
    "described",
    "restore",
    "turned",
]

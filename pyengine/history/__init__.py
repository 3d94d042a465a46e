"""历史：台账旁 .duban 文件夹里的 history.sqlite。每个判定日的样子、每次运行、人改了哪一格，都记在这里。

坏了、丢了、不能写，都不妨碍刷新：说一句，从备份或从今天重新建起。
"""

from .backups import Backup, backups, chosen
from .codec import Judged
from .staff import ADDED, REMOVED, Change
from .store import FILE, History, Seen

__all__ = ["ADDED", "FILE", "REMOVED", "Backup", "Change", "History", "Judged", "Seen", "backups", "chosen"]

"""夜间任务：没有人的时候把台账刷新一遍，起草该发的公文，出一页每日摘要。只碰文件，从不驱动 Excel。"""

from .log import LOG
from .run import Clock, Done, run_nightly

__all__ = ["LOG", "Clock", "Done", "run_nightly"]

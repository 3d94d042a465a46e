"""`python -m pyengine`：与 duban 命令相同，给计划任务用；没有终端（pythonw、关着的标准输出）也照常做完。"""

from __future__ import annotations

import os
import sys


def _open_missing_streams() -> None:
    """没有的标准输入输出接到空设备，先于一切：否则后打开的台账会占去它们的号，子进程就把话写进台账里。"""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


if __name__ == "__main__":
    _open_missing_streams()
    from pyengine.cli import main

    main()

"""重建随程序发布的空白母版：python -m duban_workbook。"""

from __future__ import annotations

from pathlib import Path

from duban_workbook import build

if __name__ == "__main__":
    for suffix in (".xlsx", ".xlsm"):
        print(build(Path(__file__).with_name(f"督办台账{suffix}")))

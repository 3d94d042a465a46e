"""格子的别名：定义在 pyengine.grid。"""

from pyengine.grid import CellError, Grid, Written, trimmed

__all__ = ["CellError", "Grid", "Written", "trimmed"]

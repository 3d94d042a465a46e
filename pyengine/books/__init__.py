"""台账从哪里读、往哪里写 — the edges of the program: a closed file, later also memory and a running Excel."""

from pyengine.grid import CellError, Grid, Written

from .file import FileBook
from .locks import locked_by

__all__ = ["CellError", "FileBook", "Grid", "Written", "locked_by"]

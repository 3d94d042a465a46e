"""无损改写 — change cells of an .xlsx/.xlsm file and give everything else back byte for byte.

Most libraries load a workbook, forget what they do not model and write the rest anew. This package opens the zip archive,
finds the worksheet parts through the relationships, and replaces the bytes of the cells that change; only the sheets,
styles and tables concerned are compressed again, every other member is copied as compressed bytes.

    package = Package.open(Path("台账.xlsm"))
    patch(package, {"督查记录": [CellEdit(row=5, column=2, value="工作提示")]}, {})
    package.save(Path("台账-新.xlsm"))

What it promises, what grows with added rows, what it refuses and why, and what it never touches: docs/无损改写.md.
Every error is a `PackageError` with two plain Chinese sentences: `.message`, what is wrong and where, and `.advice`.
"""

from . import markup
from .areas import Area, address, letters, parse_area
from .cells import SheetText
from .edits import patch
from .errors import ChangedMeanwhile, Locked, NotALedgerFile, PackageError, WriteRefused
from .package import Package, Relationship
from .styles import StyleBook
from .values import KEEP, CellEdit, Keep, NamedLook, Patched, Value, serial, stored_text

__all__ = [
    "KEEP",
    "Area",
    "CellEdit",
    "ChangedMeanwhile",
    "Keep",
    "Locked",
    "NamedLook",
    "NotALedgerFile",
    "Package",
    "PackageError",
    "Patched",
    "Relationship",
    "SheetText",
    "StyleBook",
    "Value",
    "WriteRefused",
    "address",
    "letters",
    "markup",
    "parse_area",
    "patch",
    "serial",
    "stored_text",
]

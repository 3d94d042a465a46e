"""无损改写 — change cells of an .xlsx/.xlsm file and give everything else back byte for byte.

Most libraries load a workbook, forget what they do not model (shapes, sparklines, slicers, threaded comments, the
newer conditional formats, ribbon, cached values …) and write the rest anew. This package never does that. It opens
the zip archive, finds the worksheet parts through the relationships, and replaces the bytes of the cells that change;
only the sheets, tables and styles concerned are compressed again. Every other member is copied as compressed bytes.

    from pathlib import Path
    from pyengine.ooxml import CellEdit, NamedLook, Package, patch

    package = Package.open(Path("台账.xlsm"))
    done = patch(
        package,
        {"政府工作报告台账": [CellEdit(row=4, column=28, value="进度滞后", style="进度滞后")]},
        {"进度滞后": NamedLook(fill="FFE699")},
    )
    package.save(Path("台账-新.xlsm"))        # done.cells, done.rows, done.parts say what changed

What it knows how to do
    - values of every kind into cells that exist or not, rows that exist or not; text always as text, dates by the
      workbook's own calendar (1900 or 1904);
    - named cell styles, made once if the workbook lacks them, so that staff may restyle them in Excel;
    - internal hyperlinks; tables and filters that grow with rows written right below them.

What it refuses, with the cell's address (`WriteRefused`)
    - formula cells, cells of an array formula, inner cells of a merge, table heads, rows below a totals row;
    - packages that are digitally signed or keep a revision log.

What it will not read (`NotALedgerFile`)
    - anything that is not an Excel workbook: empty, truncated, password-protected, .xls, .xlsb, strict OOXML;
    - anything dangerous: DOCTYPE declarations, members that inflate absurdly.

What it never touches: workbook.xml, calcChain.xml, sharedStrings.xml, [Content_Types].xml, drawings, macros.
`package.save` writes plainly; a safe replacement of the file on disk is `pyengine.books.FileBook`.

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

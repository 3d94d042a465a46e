"""公式 — Excel's spelling of formulas to the one LibreOffice's interface takes, and back; filled formulas move along.

Excel: =SUM(A1,'总 表'!B2,{1,2;3,4}). LibreOffice: =SUM(A1;$'总 表'.B2;{1;2|3;4}).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .areas import column_number, letters

_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]+"
_REFERENCE = rf"(?:{_CELL}(?:\s*:\s*{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[0-9]+:\$?[0-9]+)(?![\w.(\[])"
_SHEET = r"(?:'(?:[^']|'')*'|[^\W\d][\w]*)"
_TOKENS = re.compile(
    rf"""(?P<text>"(?:[^"]|"")*")
    |(?P<columns>\[(?:[^\[\]]|\[[^\]]*\])*\])
    |(?P<error>\#[A-Z][A-Z0-9/]*[!?]?)
    |(?P<addin>COM\.SUN\.STAR\.SHEET\.ADDIN\.\w+\.GET(?=\w+\())
    |(?P<future>_xlfn\.(?:_xlws\.)?)
    |(?P<calc>\$?{_SHEET}\.(?={_REFERENCE}))
    |(?P<excel>(?:'(?:[^']|'')*'|[^\W\d][\w.]*)!(?={_REFERENCE}))
    |(?P<reference>{_REFERENCE})
    |(?P<call>[^\W\d][\w.]*\()
    |(?P<name>[\w.$\\]+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_MARKS = re.compile(r"(\$?)([A-Za-z]{1,3})?(\$?)([0-9]+)?")
_PLAIN_SHEET = re.compile(r"[^\W\d]\w*")


def to_calc(formula: str) -> str:
    """Excel's formula as LibreOffice's interface takes it; what is no formula stays as it is."""
    return "".join(_to_calc(formula)) if formula.startswith("=") else formula


def to_excel(formula: str) -> str:
    """LibreOffice's formula in Excel's spelling; what is no formula stays as it is."""
    if formula.startswith("{=") and formula.endswith("}"):
        formula = formula[1:-1]
    return "".join(_to_excel(formula)) if formula.startswith("=") else formula


def moved(formula: str, rows: int, columns: int) -> str:
    """The formula as a fill puts it that many rows down and columns to the right: relative references move along."""
    if not formula.startswith("=") or not (rows or columns):
        return formula
    tokens = ((match.lastgroup, match.group()) for match in _TOKENS.finditer(formula))
    return "".join(_moved(token, rows, columns) if kind == "reference" else token for kind, token in tokens)


def _to_calc(formula: str) -> Iterator[str]:
    inside: list[str] = []
    for match in _TOKENS.finditer(formula):
        kind, token = match.lastgroup, match.group()
        _track(inside, kind, token)
        if kind == "future":
            continue
        if kind == "excel":
            yield f"${_quoted(token[:-1])}."
        elif kind == "name" and token.upper() in ("TRUE", "FALSE"):
            yield f"{token}()"
        elif kind == "other" and token in ",;":
            yield _calc_separator(token, inside[-1] if inside else "")
        else:
            yield token


def _calc_separator(token: str, inside: str) -> str:
    if inside == "{":
        return ";" if token == "," else "|"
    return ";" if inside == "call" or token == ";" else "~"


def _to_excel(formula: str) -> Iterator[str]:
    inside: list[str] = []
    swapped = {";": ",", "~": ","}
    for match in _TOKENS.finditer(formula):
        kind, token = match.lastgroup, match.group()
        _track(inside, kind, token)
        if kind == "calc":
            yield token.removeprefix("$")[:-1] + "!"
        elif kind == "other" and inside[-1:] == ["{"]:
            yield {";": ",", "|": ";"}.get(token, token)
        elif kind == "other":
            yield swapped.get(token, token)
        elif kind != "addin":
            yield token


def _track(inside: list[str], kind: str | None, token: str) -> None:
    """Keep the brackets open at this place: "call" for a function's, "(" for others, "{" for a list of constants."""
    if kind == "call":
        inside.append("call")
    elif kind == "other" and token in "({":
        inside.append(token)
    elif kind == "other" and token in ")}" and inside:
        inside.pop()


def _quoted(sheet: str) -> str:
    return sheet if sheet.startswith("'") or _PLAIN_SHEET.fullmatch(sheet) else f"'{sheet}'"


def _moved(reference: str, rows: int, columns: int) -> str:
    return ":".join(_moved_corner(corner.strip(), rows, columns) for corner in reference.split(":"))


def _moved_corner(corner: str, rows: int, columns: int) -> str:
    match = _MARKS.fullmatch(corner)
    assert match is not None
    across, column, down, row = match.groups()
    if column is None:
        across, down = "", across or down
    if column and not across:
        column = letters(max(1, column_number(column) + columns))
    if row and not down:
        row = str(max(1, int(row) + rows))
    return f"{across}{column or ''}{down}{row or ''}"

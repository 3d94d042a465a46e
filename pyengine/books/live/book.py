"""打开着的台账 — a ledger as its window shows it, unsaved work included: read and written there, never saved or closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pyengine.books.own_lock import own_lock
from pyengine.grid import CellError, Grid, Written, trimmed
from pyengine.layout import layout
from pyengine.libreoffice.areas import Area, letters
from pyengine.ooxml import KEEP, CellEdit, ChangedMeanwhile, Locked, NamedLook, PackageError, WriteRefused

from .blocks import Cell, alike, areas_of, block, merges_in, values_of
from .desk import Desk, Work

_DATE = frozenset("yYdD")


@dataclass(frozen=True, slots=True)
class _Seen:
    """读到的一张表 — its values, and the last row that has looks."""

    grid: Grid
    bottom: int


class LiveBook:
    """A ledger open in a spreadsheet program.

    `sheets` reads what the window shows now; `write` changes the window, if it still shows that. Nothing is saved. Raises
    `Locked` while the program is busy or when it is gone.
    """

    def __init__(self, path: Path, desk: Desk) -> None:
        self.path, self.desk = path.resolve(), desk
        self._seen: dict[str, _Seen] = {}

    def sheets(self) -> Mapping[str, Grid]:
        """工作表名 → its values, in the order of the tabs."""
        self._seen = {name: self._look_at(name) for name in self.desk.names()}
        return {name: seen.grid for name, seen in self._seen.items()}

    def _look_at(self, sheet: str) -> _Seen:
        area, rows = self._values(sheet)
        return _Seen(Grid(rows, self._merges(sheet, area)), area.bottom)

    def _values(self, sheet: str) -> tuple[Area, tuple[tuple[object, ...], ...]]:
        """The area in use, and the values from A1 to its end."""
        area, rows = self.desk.read(sheet)
        above = [(None,) * area.right] * (area.row - 1)
        return area, trimmed([*above, *((None,) * (area.column - 1) + tuple(row) for row in rows)])

    def _merges(self, sheet: str, area: Area) -> tuple[tuple[int, int, int, int], ...]:
        """The merged cells among the rows of a table; titles and the sheets without rows may merge as they like."""
        first = layout().header_row
        if sheet in layout().free or area.bottom < first:
            return ()
        rows = Area(first, 1, area.bottom - first + 1, area.right)
        found = merges_in(rows, lambda part: self.desk.merged(sheet, part))
        return tuple((one.row, one.column, one.bottom, one.right) for one in found)

    def write(self, edits: Mapping[str, Sequence[CellEdit]], looks: Mapping[str, NamedLook], stamp: str) -> Written:
        """Carry out the edits in the window. Returns what really changed; parts are the sheets concerned.

        Raises `Locked`, `ChangedMeanwhile` or `WriteRefused`; then the window shows what it showed before.
        """
        asked = {sheet: tuple(changes) for sheet, changes in edits.items() if changes}
        if not asked:
            return Written(0, 0, ())
        with own_lock(self.path, stamp), self.desk.quiet():
            self._check_unchanged(asked)
            works = {sheet: self._work(sheet, changes) for sheet, changes in asked.items()}
            works = {sheet: work for sheet, work in works.items() if work.blocks or work.styles}
            wanted = {name for work in works.values() for name in work.styles}
            self.desk.ensure_styles({name: looks[name] for name in sorted(wanted & looks.keys())})
            with self._restored(works):
                for sheet, work in works.items():
                    self.desk.do(sheet, work)
        touched = {sheet: self._touched(asked[sheet], work) for sheet, work in works.items()}
        rows = sum(len({row for row, _ in cells}) for cells in touched.values())
        return Written(sum(map(len, touched.values())), rows, tuple(works))

    def _check_unchanged(self, sheets: Iterable[str]) -> None:
        """Raises `ChangedMeanwhile` when the window no longer shows what was read: rows may have moved."""
        for sheet in sheets:
            if sheet not in self._seen:
                raise WriteRefused(f"工作簿里没有工作表“{sheet}”。", "请核对工作表名称是否被改过。")
            if not self.desk.unchanged(sheet):
                raise ChangedMeanwhile(f"正做着的时候，{sheet}被改动了，没有写入。", "请停一下手，再做一次。")

    def _work(self, sheet: str, changes: Sequence[CellEdit]) -> Work:
        grid, values = self._seen[sheet].grid, values_of(changes)
        if values and self.desk.protected(sheet):
            raise WriteRefused(f"工作表“{sheet}”受保护，写不进去。", "请在“审阅”里撤消工作表保护，再做一次。")
        formulas = self._formulas(sheet, values)
        linked = {edit.column for edit in changes if edit.link is not None}
        areas = areas_of(values, formulas | _errors(grid), linked)
        return Work(
            blocks=tuple(block(area, values, grid) for area in areas),
            styles=self._styles(sheet, changes),
            formats=self._formats(sheet, changes),
            links={(e.row, e.column): e.link for e in changes if e.link is not None},
            grown=self._grown(sheet, values),
            tall=tuple(
                {e.row: (e.row, e.column) for e in sorted(changes, key=_length) if e.height is not None}.values()
            ),
        )

    def _formulas(self, sheet: str, values: Mapping[Cell, object]) -> frozenset[Cell]:
        """The formulas among and between the cells to be written. Raises `WriteRefused` when one would be lost."""
        if not values:
            return frozenset()
        rows, columns = zip(*values, strict=True)
        around = Area(min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)
        found = self.desk.formula_cells(sheet, around)
        lost = min(found & values.keys(), default=None)
        if lost is not None:
            where = f"{sheet}!{letters(lost[1])}{lost[0]}"
            raise WriteRefused(f"{where} 里是公式，系统不覆盖公式。", "请把这一格的公式改成值或清空，再做一次。")
        return found

    def _styles(self, sheet: str, changes: Sequence[CellEdit]) -> dict[str, list[Cell]]:
        """Style → the cells that are to get it: those with a new value, and others that do not have it."""
        found = _gathered((edit.style, edit) for edit in changes if edit.value is not KEEP)
        kept = _gathered((edit.style, edit) for edit in changes if edit.value is KEEP)
        other = _unlike(kept, lambda cells: self.desk.style(sheet, cells), lambda style, has: has != style)
        return {style: [*found.get(style, ()), *other.get(style, ())] for style in found | other}

    def _formats(self, sheet: str, changes: Sequence[CellEdit]) -> dict[str, list[Cell]]:
        """Number format → the cells that had no value before and no format that would show it."""
        grid = self._seen[sheet].grid
        fresh = (e for e in changes if e.value not in (KEEP, None) and grid.at(e.row, e.column) is None)
        wanted = _gathered((edit.number_format, edit) for edit in fresh)
        return _unlike(wanted, lambda cells: self.desk.number_format(sheet, cells), _hides)

    def _grown(self, sheet: str, values: Mapping[Cell, object]) -> tuple[int, int] | None:
        last, bottom = self._seen[sheet].bottom, max((row for row, _ in values), default=0)
        return (last, bottom) if layout().header_row < last < bottom else None

    def _touched(self, changes: Sequence[CellEdit], work: Work) -> set[Cell]:
        return {*values_of(changes), *(cell for cells in work.styles.values() for cell in cells)}

    @contextmanager
    def _restored(self, works: Mapping[str, Work]) -> Iterator[None]:
        """When the work fails on the way, what was written is taken back as far as the program lets us."""
        try:
            yield
        except PackageError:
            for sheet, work in works.items():
                grid = self._seen[sheet].grid
                before = tuple(block(one.area, {}, grid) for one in work.blocks)
                with suppress(Locked, WriteRefused):
                    self.desk.do(sheet, Work(before))
            raise


def _gathered(looks: Iterable[tuple[str | None, CellEdit]]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = defaultdict(list)
    for look, edit in looks:
        if look is not None:
            found[look].append((edit.row, edit.column))
    return found


def _unlike(
    wanted: Mapping[str, list[Cell]], ask: Callable[[Sequence[Cell]], str | None], differs: Callable[[str, str], bool]
) -> dict[str, list[Cell]]:
    """Of the cells that are to have each look, those whose look differs from it; column by column."""
    found = {
        look: [cell for has, group in alike(sorted(cells, key=_down), ask) if differs(look, has) for cell in group]
        for look, cells in wanted.items()
    }
    return {look: cells for look, cells in found.items() if cells}


def _length(edit: CellEdit) -> int:
    return len(edit.value) if isinstance(edit.value, str) else 0


def _down(cell: Cell) -> Cell:
    return cell[1], cell[0]


def _hides(wanted: str, has: str) -> bool:
    """Whether a cell formatted like this would not show the value as wanted: it has no format, or a day and no date."""
    return has == "General" or (not _DATE.isdisjoint(wanted) and _DATE.isdisjoint(has))


def _errors(grid: Grid) -> frozenset[Cell]:
    """Cells with an error: their value cannot be written again."""
    return frozenset(
        (row, column)
        for row, line in enumerate(grid.rows, 1)
        for column, value in enumerate(line, 1)
        if type(value) is CellError
    )

"""工作簿 — the spreadsheets open in a LibreOffice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xlwings import base_classes

from .document import Document
from .errors import Missing, NotRunning, OfficeError, plainly
from .names import Names
from .runtime import setting, to_path, to_url
from .sheets import Sheets

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
    ".fods": "OpenDocument Spreadsheet Flat XML",
    ".csv": "Text - txt - csv (StarCalc)",
}
_PDF = "calc_pdf_Export"
_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"


class Books(base_classes.Books):
    """各工作簿 — the spreadsheets open in one LibreOffice; its texts and drawings are left out."""

    def __init__(self, app: Any) -> None:
        self.app = app

    @property
    def api(self) -> Any:
        """LibreOffice's own collection of open documents."""
        return self.app.office.desktop.getComponents()

    @property
    def active(self) -> Book:
        """The workbook that is in front."""
        current = self.app.office.desktop.getCurrentComponent()
        if current is not None and _is_spreadsheet(current):
            return self._book(current)
        found = next(iter(self), None)
        if found is None:
            raise NotRunning("LibreOffice 里没有打开的表。", "请先在 LibreOffice 里打开这本表。")
        return found

    def __iter__(self) -> Iterator[Book]:
        with plainly("查看打开的表"):
            documents = self.api.createEnumeration()
            while documents.hasMoreElements():
                document = documents.nextElement()
                if _is_spreadsheet(document):
                    yield self._book(document)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, name_or_index: int | str) -> Book:
        found = list(self)
        if isinstance(name_or_index, int):
            return found[name_or_index - 1]
        wanted = name_or_index.lower()
        for book in found:
            if wanted in (book.name.lower(), book.fullname.lower()):
                return book
        raise KeyError(name_or_index)

    def __contains__(self, name: object) -> bool:
        return any(book.name.lower() == str(name).lower() for book in self)

    def add(self) -> Book:
        """A new, empty workbook."""
        return self._load("private:factory/scalc", "新建一本表")

    def open(
        self, fullname: str, update_links: bool | None = None, read_only: bool | None = None, *others: Any, **more: Any
    ) -> Book:
        """Open a workbook; its macros stay off. Of Excel's options `read_only`, `password` and `update_links` are known."""
        password = others[1] if len(others) > 1 else None
        unknown = [*others[:1], *others[2:], *more.values()]
        if any(value is not None for value in unknown):
            raise NotImplementedError("LibreOffice 打开表时只认 read_only、password、update_links 三个选项")
        wanted = {"ReadOnly": read_only, "Password": password}
        settings = [setting(name, value) for name, value in wanted.items() if value is not None]
        if update_links is not None:
            settings.append(setting("UpdateDocMode", 3 if update_links else 0))
        return self._load(to_url(Path(fullname)), f"打开 {fullname}", *settings)

    def _load(self, url: str, what: str, *settings: Any) -> Book:
        with plainly(what):
            document = self.app.office.desktop.loadComponentFromURL(url, "_blank", 0, settings)
        if document is None or not _is_spreadsheet(document):
            if document is not None:
                document.close(True)
            raise OfficeError(f"{what}没有成功，它不是一本表。", "请换一个 .xlsx、.xlsm 或 .ods 文件。")
        return self._book(document)

    def _book(self, api: Any) -> Book:
        return Book(self.app, Document(self.app.office, api))


def _is_spreadsheet(document: Any) -> bool:
    """Whether it is a spreadsheet; the editor of macros, among others, offers no answer at all."""
    asked = getattr(document, "supportsService", None)
    return asked is not None and bool(asked(_SPREADSHEET))


class Book(base_classes.Book):
    """一本表 — a spreadsheet open in LibreOffice."""

    def __init__(self, app: Any, document: Document) -> None:
        self._app, self.document = app, document

    @property
    def api(self) -> Any:
        """LibreOffice's own document."""
        return self.document.api

    @property
    def app(self) -> Any:
        """The LibreOffice it is open in."""
        return self._app

    def controller(self) -> Any:
        """LibreOffice's own view of it."""
        return self.api.getCurrentController()

    @property
    def name(self) -> str:
        """The name of its file, or its title when it was never saved."""
        return Path(self.fullname).name

    @property
    def fullname(self) -> str:
        """The whole path of its file, or its title when it was never saved."""
        url = str(self.api.getURL())
        return to_path(url) if url else str(self.api.getTitle())

    @property
    def sheets(self) -> Sheets:
        """Its sheets."""
        return Sheets(self)

    @property
    def names(self) -> Names:
        """Its names, those of its sheets included."""
        return Names(self, self)

    def activate(self) -> None:
        """Bring its window to the front."""
        self.controller().getFrame().getContainerWindow().toFront()

    def close(self) -> None:
        """Close it without saving."""
        with plainly(f"关闭 {self.name}"):
            self.api.close(True)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save it, or save it as another file whose kind its extension tells."""
        settings = [setting("Password", password)] if password else []
        with plainly(f"保存 {path or self.name}"):
            if path is not None:
                self.api.storeAsURL(to_url(Path(path).absolute()), (setting("FilterName", _filter(path)), *settings))
            elif self.api.hasLocation():
                self.api.storeSelf(tuple(settings))
            else:
                raise OfficeError("这本表还没有存过，不知道存到哪里。", "请写明要存成的文件。")

    def to_pdf(self, path: str, quality: str) -> None:
        """Write it as a PDF file."""
        with plainly(f"导出 {path}"):
            self.api.storeToURL(to_url(Path(path).absolute()), (setting("FilterName", _PDF),))


def _filter(path: str) -> str:
    kind = Path(path).suffix.lower()
    if kind not in FILTERS:
        raise Missing(f"不能存成 {kind or '没有扩展名的'} 文件。", f"请用 {'、'.join(FILTERS)} 中的一种扩展名。")
    return FILTERS[kind]

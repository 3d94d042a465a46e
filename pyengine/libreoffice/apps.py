"""应用 — xlwings' engine "libreoffice": the LibreOffice that the user has open, and those that the caller starts."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from xlwings import base_classes

from .books import Books
from .dialogs import ask
from .document import area_of
from .errors import Busy, Gone, NotRunning, Refused
from .office import Office, attach, has_display, start
from .processes import default_profile, profiles
from .runtime import load_uno
from .values import ErrorValue

NAME = "libreoffice"


class Engine:
    """引擎 — what xlwings asks for its apps and for cleaning values."""

    name = NAME
    type = "desktop"

    def __init__(self, profile: Path | None = None) -> None:
        self.apps = Apps(self, profile)

    @staticmethod
    def prepare_xl_data_element(value: object, options: object) -> object:
        """Values go to the cells as they are: `values.stored` knows them all."""
        return value

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Callable[..., Any], empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        """The values as the options of the range want them."""

        def clean(value: Any) -> Any:
            if value is None:
                return empty_as
            if isinstance(value, datetime):
                names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
                return datetime_builder(**{name: getattr(value, name) for name in names}, tzinfo=None)
            if isinstance(value, ErrorValue):
                return str(value) if err_to_str else None
            return number_builder(value) if number_builder is not None and type(value) is float else value

        return [[clean(value) for value in row] for row in data]


class Apps(base_classes.Apps):
    """各应用 — the user's own LibreOffices that are open, whatever their profiles, and those that were started here."""

    def __init__(self, engine: Engine, profile: Path | None) -> None:
        self._engine, self._profile = engine, profile
        self._own: list[App] = []
        self._users: dict[Path, App] = {}
        atexit.register(self.cleanup)

    def __iter__(self) -> Iterator[App]:
        self._own = [app for app in self._own if app.office.is_alive()]
        yield from reversed(self._own)
        yield from self._attached()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, pid: int) -> App:
        found = next((app for app in self if app.pid == pid), None)
        if found is None:
            raise KeyError(f"没有进程号是 {pid} 的 LibreOffice")
        return found

    def keys(self) -> list[int]:
        """The numbers of their processes."""
        return [app.pid for app in self]

    def add(
        self, spec: str | None = None, add_book: bool | None = None, xl: Any = None, visible: bool | None = None
    ) -> App:
        """Start a LibreOffice of our own, without windows if `visible` is False or there is no screen; `spec` is the path of its program."""
        app = App(self._engine, start(Path(spec) if spec else None, has_display() if visible is None else visible))
        self._own.append(app)
        if add_book:
            app.books.add()
        return app

    def cleanup(self) -> None:  # type: ignore[override]
        """End the hidden LibreOffices started here; nobody else could."""
        for app in self._own:
            if not app.office.visible:
                app.office.close()
        self._own = [app for app in self._own if app.office.visible]

    def _attached(self) -> Iterator[App]:
        for profile in (self._profile,) if self._profile else profiles():
            if profile not in {app.office.folder for app in self._own}:
                yield from self._of(profile)

    def _of(self, profile: Path) -> Iterator[App]:
        """The LibreOffice of a profile, if it is open. One with another profile than the user's own may be at work for
        some program: while it is busy or just ending, it is passed over."""
        known = self._users.get(profile)
        try:
            if known is None or not known.office.is_alive():
                known = self._users[profile] = App(self._engine, attach(profile))
        except NotRunning:
            self._users.pop(profile, None)
        except (Busy, Gone):
            if profile in (self._profile, default_profile()):
                raise
        else:
            yield known


class App(base_classes.App):
    """一个 LibreOffice — the user's own, which is never closed, or one that was started here."""

    def __init__(self, engine: Engine, office: Office) -> None:
        self._engine, self.office = engine, office
        self._locked: list[Any] = []
        self._indicator: Any = None
        self._status: str | bool = False
        self._alerts = True

    @property
    def engine(self) -> Engine:
        """The engine it belongs to."""
        return self._engine

    @property
    def api(self) -> Any:
        """LibreOffice's own desktop."""
        return self.office.desktop

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self.office.pid

    @property
    def books(self) -> Books:
        """The spreadsheets open in it."""
        return Books(self)

    @property
    def version(self) -> str:
        """LibreOffice's version."""
        reader = self.office.service("configuration.ConfigurationProvider")
        node = load_uno().createUnoStruct("com.sun.star.beans.NamedValue", "nodepath", "/org.openoffice.Setup/Product")
        access = reader.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (node,))
        return str(access.getByName("ooSetupVersionAboutBox") or access.getByName("ooSetupVersion"))

    @property
    def selection(self) -> Any:
        """The cells selected in the active workbook, None when it is something else."""
        book = self.books.active
        chosen = book.api.getCurrentSelection()
        if chosen is None or not hasattr(chosen, "getRangeAddress"):
            return None
        return book.sheets.of(chosen.getSpreadsheet()).at(area_of(chosen.getRangeAddress()))

    def activate(self, steal_focus: bool = False) -> None:
        """Bring its active workbook to the front."""
        self.books.active.activate()

    @property
    def visible(self) -> bool:
        """Whether it has windows."""
        return self.office.visible

    @visible.setter
    def visible(self, value: bool) -> None:
        if value and not self.office.visible:
            return  # a LibreOffice started without windows has none to show
        for book in self.books:
            book.controller().getFrame().getContainerWindow().setVisible(bool(value))

    def quit(self) -> None:
        """Quit it, if it was started here; the user's own is never closed."""
        self._must_be_ours()
        self.office.close()

    def kill(self) -> None:
        """End its process at once, if it was started here."""
        self._must_be_ours()
        self.office.kill()

    def _must_be_ours(self) -> None:
        if self.office.process is None:
            raise Refused("这个 LibreOffice 是用户自己打开的，程序不能关闭它。", "请用户自己关闭。")

    @property
    def display_alerts(self) -> bool:
        """Remembered only: through its interface LibreOffice never asks anything."""
        return self._alerts

    @display_alerts.setter
    def display_alerts(self, value: bool) -> None:
        self._alerts = bool(value)

    @property
    def screen_updating(self) -> bool:
        """Whether changes are drawn at once."""
        return not self._locked

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        if value:
            for document in self._locked:
                document.unlockControllers()
            self._locked = []
        elif not self._locked:
            self._locked = [book.api for book in self.books]
            for document in self._locked:
                document.lockControllers()

    @property
    def calculation(self) -> str:
        """Whether the active workbook is recalculated at every change: "automatic" or "manual"."""
        return "automatic" if self.books.active.api.isAutomaticCalculationEnabled() else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in ("automatic", "manual"):
            raise NotImplementedError(f"LibreOffice 没有这种重算方式：{value}")
        for book in self.books:
            book.api.enableAutomaticCalculation(value == "automatic")

    def calculate(self) -> None:
        """Recalculate what has changed in every workbook."""
        for book in self.books:
            book.api.calculate()

    @property
    def status_bar(self) -> str | bool:
        """The text put into the status bar, False when it is LibreOffice's own."""
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        if self._indicator is not None:
            self._indicator.end()
        self._indicator, self._status = None, value or False
        if value and value is not True:
            self._indicator = self.books.active.controller().getFrame().createStatusIndicator()
            self._indicator.start(value, 0)

    def alert(self, prompt: str, title: str | None, buttons: str, mode: str | None, callback: Any) -> str:
        """Show a message and wait for the button: "ok", "cancel", "yes" or "no"."""
        return ask(self, prompt, title, buttons, mode)

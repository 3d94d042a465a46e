"""提示框 — a message in LibreOffice's own window."""

from __future__ import annotations

from typing import Any

from .errors import plainly
from .runtime import load_uno

_YES_FIRST = 0x40000
_BUTTONS = {"ok": 1, "ok_cancel": 2, "yes_no": 3 | _YES_FIRST, "yes_no_cancel": 4 | _YES_FIRST}
_KINDS = {None: "MESSAGEBOX", "info": "INFOBOX", "critical": "ERRORBOX"}
_PRESSED = {1: "ok", 2: "yes", 3: "no"}


def ask(app: Any, prompt: str, title: str | None, buttons: str | None, mode: str | None) -> str:
    """Show it and wait; closing it counts as "ok" where that is the only button, else as "cancel"."""
    wanted = buttons or "ok"
    kind = "QUERYBOX" if wanted.startswith("yes") else _KINDS[mode]
    frame = app.office.desktop.getCurrentFrame()
    window = frame.getContainerWindow() if frame is not None else None
    with plainly("显示提示"):
        toolkit = app.office.service("awt.Toolkit")
        box_kind = load_uno().Enum("com.sun.star.awt.MessageBoxType", kind)
        box = toolkit.createMessageBox(window, box_kind, _BUTTONS[wanted], title or "", prompt or "")
        pressed = box.execute()
    return "ok" if wanted == "ok" else _PRESSED.get(pressed, "cancel")

"""按钮 — push buttons on a sheet that run a macro of the document. LibreOffice loses those it saves as .xlsm itself."""

from __future__ import annotations

from typing import Any

from .areas import Area
from .errors import plainly
from .runtime import struct

_HUNDREDTHS_PER_PIXEL = 2540 / 96
_SCRIPT = "vnd.sun.star.script:VBAProject.{}?language=Basic&location=document"


def button_labels(sheet: Any) -> tuple[str, ...]:
    """The labels of the buttons on LibreOffice's own sheet."""
    page = sheet.getDrawPage()
    shapes = (page.getByIndex(number) for number in range(page.getCount()))
    controls = (shape.getControl() for shape in shapes if shape.supportsService("com.sun.star.drawing.ControlShape"))
    return tuple(control.Label for control in controls if hasattr(control, "Label"))


def put_button(
    document: Any, sheet: Any, cell: Area, label: str, macro: str, *, size: tuple[int, int], edge: int, font: str
) -> None:
    """Put a button into a cell, `edge` pixels from its corner; pressing it runs the macro, such as Module.Name."""
    with plainly(f"放按钮“{label}”"):
        control = document.createInstance("com.sun.star.form.component.CommandButton")
        control.Label, control.FontName, control.FontHeight, control.Printable = label, font, 11, False
        shape = document.createInstance("com.sun.star.drawing.ControlShape")
        shape.setControl(control)
        corner = sheet.getCellByPosition(cell.column - 1, cell.row - 1).Position
        shape.setPosition(struct("awt.Point", corner.X + _hundredths(edge), corner.Y + _hundredths(edge)))
        shape.setSize(struct("awt.Size", *map(_hundredths, size)))
        sheet.getDrawPage().add(shape)
        _bind(control, _SCRIPT.format(macro))


def _hundredths(pixels: int) -> int:
    return round(pixels * _HUNDREDTHS_PER_PIXEL)


def _bind(control: Any, script: str) -> None:
    """Run the script when the control is pressed."""
    form = control.getParent()
    (place,) = (number for number in range(form.getCount()) if form.getByIndex(number) == control)
    event = struct("script.ScriptEventDescriptor", "XActionListener", "actionPerformed", "", "Script", script)
    form.registerScriptEvent(place, event)

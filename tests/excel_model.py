"""Excel 的对象模型，不是我们写的那一个：LibreOffice 为 VBA 做的 Workbook、Worksheet、Range……，像 COM 那样后期绑定。

对象留在 LibreOffice 的 Basic 里（pyuno 拿不住其中几种），Python 这边是它们的号码：取属性、改属性、调方法，各走一次 Basic，
`Option VBASupport 1`。于是 ExcelDesk 用到的名称和参数，由别人的实现来认。

LibreOffice 7.4 的模型与 Excel 不同、缺的，只在 `Object` 和 `_Stand` 里补，各写明是什么；补的这几样，这里的测试证明不了：
- 数一律读成浮点，错误值读成 COM 的错误号（它读成 0），日期读成带时区的时刻；
- 样式按名称改（它只认样式对象，几块一起只改第一块，几种样式混着的一改就错）；Style.Include…（它没有）；
- AutoFill 只填格式（它只会填值）；链接（单元格的 Hyperlinks 它没有，工作表的也不认空地址）：只是 `Model.links` 里的一笔；
- 日期写成数（它不认时刻）；一行一列的块当作一个值（它写了以后读不回来）。
文字它从不猜成别的，Excel 猜不猜，这里看不出来。
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pyengine.libreoffice.areas import Area, parse
from pyengine.libreoffice.document import area_of
from pyengine.libreoffice.runtime import load_uno

BASIC = """Option VBASupport 1
Global Kept(400000), Last As Long

Function Keep(found)
  Last = Last + 1
  Set Kept(Last) = found
  Keep = Array("object", Last)
End Function

Function Root(book)
  Last = 0
  Root = Keep(book)
End Function

Function Got(number, named)
  On Error GoTo Failed
  Dim found, target
  Set target = Kept(number)
  Select Case named
  Case "Value": found = target.Value
  Case "Formula": found = target.Formula
  Case Else
    If VarType(CallByName(target, named, 2)) = 9 Then
      Set found = CallByName(target, named, 2)
      If found Is Nothing Then
        Got = Array("value", Null)
      Else
        Got = Keep(found)
      End If
      Exit Function
    End If
    found = CallByName(target, named, 2)
  End Select
  If IsArray(found) Then
    Got = Array("value", Jagged(found))
  Else
    Got = Array("value", Plain(found))
  End If
  Exit Function
Failed:
  Got = Array("error", named & ": " & Error$)
End Function

Function Jagged(block)
  Dim down, rows(UBound(block, 1) - LBound(block, 1))
  For down = LBound(block, 1) To UBound(block, 1)
    rows(down - LBound(block, 1)) = RowOf(block, down)
  Next
  Jagged = rows
End Function

Function RowOf(block, down)
  Dim across, row(UBound(block, 2) - LBound(block, 2))
  For across = LBound(block, 2) To UBound(block, 2)
    row(across - LBound(block, 2)) = Plain(block(down, across))
  Next
  RowOf = row
End Function

Function Plain(value)
  If VarType(value) = 7 Then
    Plain = Array("date", CDbl(value))
  Else
    Plain = value
  End If
End Function

Function Block(rows)
  Dim down, across
  ReDim made(UBound(rows), UBound(rows(0)))
  For down = 0 To UBound(rows)
    For across = 0 To UBound(rows(0))
      made(down, across) = rows(down)(across)
    Next
  Next
  Block = made
End Function

Function Put(number, named, value)
  On Error GoTo Failed
  Dim target
  Set target = Kept(number)
  Select Case named
  Case "Value"
    If IsArray(value) Then
      target.Value = Block(value)
    Else
      target.Value = value
    End If
  Case "Style"
    Dim part
    For part = 1 To target.Areas.Count
      Dress target.Areas(part), Kept(value)
    Next
  Case Else: CallByName target, named, 4, value
  End Select
  Put = Array("value", Null)
  Exit Function
Failed:
  Put = Array("error", named & ": " & Error$)
End Function

Sub Dress(area, style)
  Dim part
  On Error GoTo Mixed
  area.Style = style
  Exit Sub
Mixed:
  For part = 1 To area.Count
    area.Cells(part).Style = style
  Next
End Sub

Function Called(number, named, given)
  On Error GoTo Failed
  Dim found
  Select Case named
  Case "Item": Set found = Kept(number).Item(given)
  Case "Range": Set found = Kept(number).Range(given)
  Case "Add": Set found = Kept(number).Add(given)
  End Select
  Called = Keep(found)
  Exit Function
Failed:
  Called = Array("error", named & ": " & Error$)
End Function
"""
_DAY_ZERO = datetime(1899, 12, 30)
_ERRORS = {532: -2146826281, 519: -2146826273, 524: -2146826265, 525: -2146826259, 503: -2146826252, 32767: -2146826246}
_FORMATS_ONLY = 3


class com_error(Exception):  # noqa: N801
    """pywin32 的同名异常的样子：Excel 不接受（1004）。"""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.hresult = -2147352567
        self.excepinfo = (0, "Microsoft Excel", text, None, 0, -2146827284)


def moment(value: datetime) -> float:
    """时刻，换成 LibreOffice 的模型认的数。"""
    return (value - _DAY_ZERO) / timedelta(days=1)


class Model:
    """一个 LibreOffice 里的 Excel 对象模型。"""

    def __init__(self, office: Any) -> None:
        library = office.service("script.ApplicationScriptLibraryContainer").getByName("Standard")
        if library.hasByName("LateBound"):
            library.removeByName("LateBound")
        library.insertByName("LateBound", BASIC)
        provider = office.service("script.provider.MasterScriptProviderFactory").createScriptProvider("")
        self._scripts = {
            name: provider.getScript(
                f"vnd.sun.star.script:Standard.LateBound.{name}?language=Basic&location=application"
            )
            for name in ("Root", "Got", "Put", "Called")
        }

    def workbook(self, document: Any, links: dict[tuple[str, int, int], str]) -> Object:
        """打开着的一本表的 Workbook，和它已有的链接。"""
        self.document, self.links = document, links
        found: Object = self.run("Root", document.createInstance("ooo.vba.VBAGlobals").ActiveWorkbook)
        self.styles = found.Styles
        return found

    def run(self, script: str, *given: Any) -> Any:
        """一次往返。"""
        kind, found = self._scripts[script].invoke(given, (), ())[0]
        if kind == "error":
            raise com_error(found)
        return Object(self, found) if kind == "object" else found


class Object:
    """后期绑定的一个对象：与 win32com 的一样，取名得属性或方法，括号取缺省成员 Item。"""

    def __init__(self, model: Model, number: int) -> None:
        vars(self).update(model=model, number=number)

    def __call__(self, given: object) -> Any:
        return self.model.run("Called", self.number, "Item", given)

    def __getattr__(self, name: str) -> Any:
        if name in ("Range", "Add"):
            return lambda given: self.model.run("Called", self.number, name, given)
        if name in ("AutoFill", "ClearHyperlinks"):
            return getattr(_Stand(self), name)
        if name == "Hyperlinks":
            return _Stand(self)
        found = self.model.run("Got", self.number, name)
        return self._as_com(found) if name == "Value" else found

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("Include"):
            return
        if name == "Style":
            value = self.model.styles(value).number
        if name == "Value" and isinstance(value, tuple) and len(value) == len(value[0]) == 1:
            value = value[0][0]
        self.model.run("Put", self.number, name, value)

    def _as_com(self, found: Any) -> Any:
        """数是浮点，日期是带时区的时刻，错误是整数。"""
        if not isinstance(found, tuple) or found[:1] == ("date",):
            return self._error() or _number(found)
        errors = dict(self._errors()) if any(value == 0 for row in found for value in row) else {}
        return tuple(
            tuple(errors.get((down, across), _number(value)) for across, value in enumerate(row))
            for down, row in enumerate(found)
        )

    def _error(self) -> int | None:
        return dict(self._errors()).get((0, 0))

    def _errors(self) -> Iterator[tuple[tuple[int, int], int]]:
        stand = _Stand(self)
        for part in stand.cells.queryFormulaCells(4).getRangeAddresses():
            for row, column in area_of(part).cells():
                code = stand.sheet.getCellByPosition(column - 1, row - 1).getError()
                yield (row - stand.area.row, column - stand.area.column), _ERRORS[code]


def _number(value: Any) -> Any:
    if isinstance(value, tuple):
        return (_DAY_ZERO + timedelta(days=value[1])).replace(tzinfo=UTC)
    return float(value) if type(value) is int else value


class _Stand:
    """一块单元格（或一张表）在 LibreOffice 自己接口里的样子，补对象模型里没有的。"""

    def __init__(self, target: Object) -> None:
        self.model = target.model
        on_cells = hasattr_(target, "Address")
        page = self.model.run("Got", target.number, "Worksheet") if on_cells else target
        self.name = page.Name
        self.sheet = self.model.document.Sheets.getByName(self.name)
        self.area = a = _parsed(target.Address) if on_cells else Area(1, 1)
        self.cells = self.sheet.getCellRangeByPosition(a.column - 1, a.row - 1, a.right - 1, a.bottom - 1)
        self._place = (self.name, a.row, a.column)

    def AutoFill(self, whole: Object, kind: int) -> None:  # noqa: N802
        """xlFillFormats：下面各行照这一行的外观，内容不动。"""
        target, a = _Stand(whole), self.area
        assert kind == _FORMATS_ONLY
        assert (target.area.row, target.area.column, target.area.right) == (a.row, a.column, a.right)
        below = self.sheet.getCellRangeByPosition(a.column - 1, a.bottom, a.right - 1, target.area.bottom - 1)
        before = below.getFormulaArray()
        target.cells.fillAuto(load_uno().Enum("com.sun.star.sheet.FillDirection", "TO_BOTTOM"), 1)
        below.setFormulaArray(before)

    def ClearHyperlinks(self) -> None:  # noqa: N802
        """去掉链接。"""
        del self.model.links[self._place]

    @property
    def Count(self) -> int:  # noqa: N802
        """这一格有几个链接。"""
        return int(self._place in self.model.links)

    def __call__(self, number: int) -> _Link:
        assert number == 1
        return _Link(self.model, self._place)

    def Add(self, anchor: Object, address: str, target: str) -> None:  # noqa: N802
        """在单元格上加一个指向本簿的链接。"""
        assert address == ""
        self.model.links[_Stand(anchor)._place] = target


class _Link:
    def __init__(self, model: Model, place: tuple[str, int, int]) -> None:
        vars(self).update(model=model, place=place)

    def __setattr__(self, name: str, value: str) -> None:
        assert name == "SubAddress"
        self.model.links[self.place] = value


def hasattr_(target: Object, name: str) -> bool:
    """对象有没有这个成员。"""
    try:
        return bool(getattr(target, name))
    except com_error:
        return False


def _parsed(address: str) -> Area:
    found = parse(address.partition(",")[0], 1 << 20, 1 << 14)
    assert found is not None
    return found

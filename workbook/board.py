"""看板：系统写数的固定位置和引用它们的原生图表。"""

from __future__ import annotations

from typing import Any, Final

from duban_workbook.formats import BASE, ENGINE_NOTE, FONT, GRID, INK, MIDDLE, NAVY, Formats
from duban_workbook.page import set_page
from duban_workbook.texts import NOTES
from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from pyengine.layout import layout
from pyengine.terms import COLOURS, STATUSES

_HEADS: Final = {index: text for index, text in enumerate(layout().board) if text}
_WIDTHS: Final = (14, 9, 3, 10, 9, 3, 26, 9, 9, 9)
_FIRST: Final = 3
_UNITS: Final = layout().board_units
_SHEET: Final = "看板"
_SOFT: Final = {"color": "#D9D9D9", "width": 0.75}


def write_board(sheet: Worksheet, title: str, formats: Formats) -> None:
    """看板全部内容。"""
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width, formats.get(BASE))
    sheet.set_row(0, 36)
    sheet.set_row(1, 22)
    sheet.set_row(2, 24)
    sheet.write_string(0, 0, title, formats.named["台账标题"])
    sheet.merge_range(1, 0, 1, 9, NOTES[_SHEET], formats.get(ENGINE_NOTE, align="left", indent=1))
    _write_frame(sheet, formats)
    _insert_charts(sheet, formats)
    set_page(sheet, _SHEET)
    sheet.fit_to_pages(1, 1)


def _write_frame(sheet: Worksheet, formats: Formats) -> None:
    """数字区：表头、固定的名称，数值留空。"""
    for column, text in _HEADS.items():
        sheet.write_string(2, column, text, formats.named["系统表头"])
    number = formats.get(GRID, MIDDLE, bold=True)
    for first, words in ((0, STATUSES), (3, COLOURS)):
        for row, word in enumerate(words, _FIRST):
            sheet.write_string(row, first, word, formats.named[word])
            sheet.write_blank(row, first + 1, None, number)
    for row in range(_FIRST, _FIRST + _UNITS):
        sheet.set_row(row, 18)
        sheet.write_blank(row, 6, None, formats.get(GRID))
        for column in (7, 8, 9):
            sheet.write_blank(row, column, None, number)


def _insert_charts(sheet: Worksheet, formats: Formats) -> None:
    book = formats.book
    places = (
        (_status_chart(book), "L3", 620, 388),
        (_card_chart(book), "A20", 352, 400),
        (_unit_chart(book), "F20", 424, 400),
        (_load_chart(book), "L20", 620, 400),
    )
    for chart, cell, width, height in places:
        chart.set_size({"width": width, "height": height})
        chart.set_chartarea({"border": _SOFT, "fill": {"color": "#FFFFFF"}})
        sheet.insert_chart(cell, chart, {"object_position": 2})


def _status_chart(book: Any) -> Chart:
    chart = book.add_chart({"type": "bar"})
    chart.add_series({
        "name": "事项数", **_refs(0, 1, len(STATUSES)), "points": _points(STATUSES), "gap": 45,
        "data_labels": {"value": True, "font": _font(10), "num_format": "0;;"},
    })  # fmt: skip
    chart.set_y_axis({"reverse": True, "num_font": _font(10), "line": _SOFT, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    return _dress(chart, "各预警状态事项数")


def _card_chart(book: Any) -> Chart:
    chart = book.add_chart({"type": "column"})
    chart.add_series({
        "name": "亮牌数", **_refs(3, 4, len(COLOURS)), "points": _points(COLOURS), "gap": 80,
        "data_labels": {"value": True, "font": _font(10)},
    })  # fmt: skip
    chart.set_x_axis({"num_font": _font(10), "line": _SOFT, "major_tick_mark": "none"})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    return _dress(chart, "亮牌（含建议）")


def _unit_chart(book: Any) -> Chart:
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for column, word in ((8, "逾期未完成"), (9, "进度滞后")):
        chart.add_series({
            "name": [_SHEET, 2, column], **_refs(6, column, _UNITS), "gap": 40,
            "fill": {"color": f"#{layout().styles[word].fill}"},
            "data_labels": {"value": True, "font": _font(9), "num_format": "0;;"},
        })  # fmt: skip
    _unit_axes(chart)
    return _dress(chart, "各单位逾期、滞后事项", legend=True)


def _load_chart(book: Any) -> Chart:
    chart = book.add_chart({"type": "bar"})
    chart.add_series({
        "name": [_SHEET, 2, 7], **_refs(6, 7, _UNITS), "gap": 40, "fill": {"color": "#8EA9DB"},
        "data_labels": {"value": True, "font": _font(9), "num_format": "0;;"},
    })  # fmt: skip
    _unit_axes(chart)
    return _dress(chart, "各单位承担事项数（前15位）")


def _unit_axes(chart: Chart) -> None:
    chart.set_y_axis({"reverse": True, "num_font": _font(9), "line": _SOFT, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})


def _refs(names: int, values: int, count: int) -> dict[str, list[Any]]:
    last = _FIRST + count - 1
    return {"categories": [_SHEET, _FIRST, names, last, names], "values": [_SHEET, _FIRST, values, last, values]}


def _points(words: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"fill": {"color": f"#{layout().styles[word].fill}"}, "border": {"color": "#BFBFBF"}} for word in words]


def _font(size: int, *, bold: bool = False, colour: str = INK) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold, "color": colour}


def _dress(chart: Chart, title: str, *, legend: bool = False) -> Chart:
    chart.set_title({"name": title, "name_font": _font(13, bold=True, colour=NAVY), "overlay": False})
    chart.set_legend({"position": "bottom", "font": _font(10)} if legend else {"none": True})
    return chart

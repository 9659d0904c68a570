"""A Plot as a chart of PowerPoint's own, with its numbers in a workbook inside."""

import io
from datetime import date
from typing import Any

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.slide import Slide as Page
from pptx.util import Pt
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from adoption.briefing.content import Plot, Series
from adoption.briefing.deck.boxes import Box
from adoption.briefing.deck.fit import ems
from adoption.briefing.deck.master import GREY, RULE, rgb
from adoption.briefing.deck.shapes import describe
from adoption.charts.theme import ON_DARK, ON_LIGHT
from adoption.formats import number_text, percent_text

KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked_bars": XL_CHART_TYPE.BAR_STACKED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked_columns": XL_CHART_TYPE.COLUMN_STACKED,
    "lines": XL_CHART_TYPE.LINE,
}
COUNT, SHARE, SHARE_AXIS, DAY = "#,##0", "0.0%", "0%", "yyyy-mm-dd"
# 102年, 102年9月: years of the Republic; Sep 2013 elsewhere.
YEARS = {"zh-TW": r"[$-404]e\年", "en-US": "yyyy"}
MONTHS = {"zh-TW": r"[$-404]e\年m\月", "en-US": "mmm yyyy"}
MOST_LABELLED = 15  # columns or bars with a number each
AXIS = 1.15  # an axis goes about so far beyond the longest bar
NEAR = 0.08  # of the highest point: two lines whose ends are closer leave their numbers no room
NAME_PITCH = 1.6  # of a bar to its name's height: closer ones lose their names in some programs
MOST_NAMES = 0.45  # of a chart's width for names beside bars: longer ones are written smaller
TITLE_PART = 0.75  # of a chart's width, more is broken into lines
LINE = 1.5  # ems
FEW = 5  # counts up to this have a tick each
MOST_MONTHS = 36  # with names of months below, else of years
MOST_TICKS = 8
WIDE, WIDE_SIZE, NARROW_SIZE, LEAST_SIZE = 8, 14, 13, 8  # inches; points
DAY_ZERO = date(1899, 12, 30)  # of spreadsheets


class _Workbook(CategoryWorkbookWriter):  # type: ignore[misc]
    """The chart's numbers as a workbook whose texts stay texts, also when they are edited."""

    @property
    def xlsx_blob(self) -> bytes:
        file = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with Workbook(file, options) as book:
            sheet = book.add_worksheet()  # python-pptx refers to it as Sheet1
            text = book.add_format({"quote_prefix": True})
            day = book.add_format({"num_format": DAY})
            number = book.add_format({"num_format": self._chart_data.number_format})
            for row, category in enumerate(self._chart_data.categories, start=1):
                if isinstance(category.label, date):
                    sheet.write_datetime(row, 0, category.label, day)
                else:
                    sheet.write_string(row, 0, category.label, text)
            for column, series in enumerate(self._chart_data, start=1):
                sheet.write_string(0, column, series.name, text)
                sheet.write_column(1, column, series.values, number)
            sheet.autofit()
        return file.getvalue()


class _Numbers(CategoryChartData):  # type: ignore[misc]
    @property
    def _workbook_writer(self) -> _Workbook:
        return _Workbook(self)


def add_plot(page: Page, box: Box, plot: Plot, lang: str) -> None:
    frame = page.shapes.add_chart(KINDS[plot.kind], *box.emu, _data(plot))
    size = WIDE_SIZE if box.width > WIDE else NARROW_SIZE
    _style(frame.chart, plot, size, lang, box.width, box.height)
    describe(frame, plot.title, plot.alt)


def _data(plot: Plot) -> CategoryChartData:
    data = _Numbers(number_format=_format(plot))
    data.categories = plot.months or plot.categories
    for series in plot.series:
        data.add_series(series.name, series.values)
    return data


def _style(chart: Chart, plot: Plot, size: float, lang: str, width: float, height: float) -> None:
    """Have `chart`, of so many inches, look as on screen, with letters of `size` points."""
    chart.font.size = Pt(size)
    chart.font.color.rgb = rgb(GREY)
    chart.has_title = True
    title = _points(size + 1, TITLE_PART * width * 72 / max(ems(plot.title), 1))
    _write(chart.chart_title.text_frame, plot.title, title.pt, bold=True)
    chart.has_legend = len(plot.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.TOP
        chart.legend.include_in_layout = False
    drawn = chart.plots[0]
    if plot.kind != "lines":
        drawn.gap_width = 40
        drawn.overlap = 100 if plot.kind.startswith("stacked") else 0
    for series, made in zip(plot.series, drawn.series, strict=True):
        _colour(made, series, plot.kind)
    _set_values(chart.value_axis, plot, size)
    _set_categories(chart.category_axis, plot, lang)
    if plot.kind.endswith("bars"):
        _from_top(chart)
    wide, high = _lay_out(chart, plot, size, width, height)
    _label(chart, plot, size, wide if plot.kind.endswith("bars") else high)
    _say_language(chart, lang)
    for number in chart._chartSpace.iter(qn("c:axId"), qn("c:crossAx")):
        number.set("val", number.get("val").lstrip("-"))  # the standard has no negative ones


def _write(frame: Any, words: str, size: float, bold: bool = False) -> None:
    frame.text = words
    font = frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(size), bold
    font.color.rgb = rgb(GREY)


def _colour(made: Any, series: Series, kind: str) -> None:
    if kind == "lines":
        made.smooth = False
        if len(series.values) == 1:  # a line of one point is not seen
            made.marker.style = XL_MARKER_STYLE.CIRCLE
            made.marker.size = 10
            made.marker.format.fill.solid()
            made.marker.format.fill.fore_color.rgb = rgb(series.colour)
        made.format.line.width = Pt(3)
        made.format.line.color.rgb = rgb(series.colour)
        return
    made.invert_if_negative = False
    made.format.fill.solid()
    made.format.fill.fore_color.rgb = rgb(series.colour)
    for number, colour in enumerate(series.colours):
        fill = made.points[number].format.fill
        fill.solid()
        fill.fore_color.rgb = rgb(colour)


def _set_values(axis: Any, plot: Plot, size: float) -> None:
    axis.minimum_scale = 0
    axis.major_gridlines.format.line.color.rgb = rgb(RULE)
    axis.format.line.fill.background()
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.tick_labels.number_format = SHARE_AXIS if plot.is_share else COUNT
    axis.tick_labels.number_format_is_linked = False
    axis.has_title = True
    _write(axis.axis_title.text_frame, plot.value_title, size)
    reach = _reach(plot)
    if reach == 0:
        axis.maximum_scale = 1
    if not plot.is_share and reach <= FEW:
        axis.major_unit = 1


def _set_categories(axis: Any, plot: Plot, lang: str) -> None:
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.color.rgb = rgb(GREY)
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if not plot.months:
        # PowerPoint leaves out names that it finds too close together.
        _add(axis._element, "c:tickLblSkip", 1, before="c:noMultiLvlLbl")
        return
    first, last = plot.months[0], plot.months[-1]
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    in_months = months <= MOST_MONTHS
    long = months if in_months else months / 12
    steps = (1, 2, 3, 6, 12) if in_months else (1, 2, 5, 10, 20, 50)
    every = next((step for step in steps if long / step <= MOST_TICKS), steps[-1])
    axis.tick_labels.number_format = (MONTHS if in_months else YEARS)[lang]
    axis.tick_labels.number_format_is_linked = False
    if not in_months:  # names of years stand at their beginning
        axis.minimum_scale = (first.replace(month=1, day=1) - DAY_ZERO).days
    for name in ("c:baseTimeUnit", "c:majorUnit", "c:majorTimeUnit"):
        for old in axis._element.findall(qn(name)):
            axis._element.remove(old)
    _add(axis._element, "c:baseTimeUnit", "months")
    _add(axis._element, "c:majorUnit", every)
    _add(axis._element, "c:majorTimeUnit", "months" if in_months else "years")


def _add(element: Any, name: str, value: object, before: str | None = None) -> None:
    made = OxmlElement(name)
    made.set("val", str(value))
    if before is None:
        element.append(made)
    else:
        element.find(qn(before)).addprevious(made)


def _from_top(chart: Chart) -> None:
    """The first bar on top, and the numbers' axis still below the last."""
    chart.category_axis.reverse_order = True
    chart.value_axis._element.find(qn("c:crosses")).set("val", "max")


def _reach(plot: Plot) -> float:
    """The length of the longest bar, or the highest point."""
    columns = zip(*(series.values for series in plot.series), strict=True)
    total = sum if plot.kind.startswith("stacked") else max
    return max((total(value or 0 for value in column) for column in columns), default=0)


def _label(chart: Chart, plot: Plot, size: float, length: float) -> None:
    """Numbers in or beside bars, and at a line's end, where there is room for them; the longest
    bar can be `length` inches."""
    is_stacked = plot.kind.startswith("stacked")
    for series, made in zip(plot.series, chart.plots[0].series, strict=True):
        labels = made.data_labels
        labels.number_format = _format(plot)
        labels.number_format_is_linked = False
        labels.font.size = Pt(size)
        if plot.kind == "lines":
            labels.show_value = False
            _label_end(plot, series, made, size)
            continue
        labels.show_value = len(plot.categories) <= MOST_LABELLED
        if not labels.show_value:
            continue
        labels.font.color.rgb = rgb(_on(series.colour) if is_stacked else GREY)
        labels.position = XL_LABEL_POSITION.CENTER if is_stacked else XL_LABEL_POSITION.OUTSIDE_END
        for place, suffix in enumerate(series.suffixes):
            label = made.points[place].data_label
            label.font.size = Pt(size)
            label.font.color.rgb = labels.font.color.rgb
            _set_format(label, f'{_format(plot)}"{suffix}"')
            label.position = labels.position
            for body in label._dLbl.iter(qn("a:bodyPr")):
                body.set("wrap", "none")  # LibreOffice breaks its line as soon as it is a bit long
        for place, value in enumerate(series.values):
            if is_stacked and not _has_room(plot, value, size, length):
                _hide(labels, place)


def _has_room(plot: Plot, value: float | None, size: float, length: float) -> bool:
    """Whether the part of a bar has room for its number."""
    if not value:
        return False
    ems_along = ems(number_text(value)) + 0.2 if plot.kind.endswith("bars") else LINE
    return value / (AXIS * _reach(plot)) * length > ems_along * size / 72


def _label_end(plot: Plot, series: Series, made: Any, size: float) -> None:
    """The last number of a line, right of it, or above and below where two end close together."""
    last = max((n for n, value in enumerate(series.values) if value is not None), default=0)
    label = made.points[last].data_label
    label.font.size, label.font.bold = Pt(size + 2), True
    label.font.color.rgb = rgb(series.colour)
    _set_format(label, _format(plot))
    label.position = XL_LABEL_POSITION.RIGHT
    others = [other for other in plot.series if other is not series]
    for other in others:
        mine, theirs = series.values[last] or 0, other.values[last] or 0
        if abs(mine - theirs) < NEAR * _reach(plot):
            is_above = mine > theirs or (mine == theirs and series is plot.series[0])
            label.position = XL_LABEL_POSITION.ABOVE if is_above else XL_LABEL_POSITION.BELOW


def _format(plot: Plot) -> str:
    return SHARE if plot.is_share else COUNT


def _set_format(label: Any, code: str) -> None:
    """How a point's own label writes its number: it stays the number, also when it is edited."""
    number = OxmlElement("c:numFmt")
    number.set("formatCode", code)
    number.set("sourceLinked", "0")
    label._get_or_add_dLbl().insert(1, number)


def _hide(labels: Any, place: int) -> None:
    """No number there."""
    hidden = labels._element._insert_dLbl_in_sequence(place)
    for child in list(hidden)[1:]:
        hidden.remove(child)
    _add(hidden, "c:delete", 1)


def _on(colour: str) -> str:
    """The colour of letters on `colour`: the one of two that stands out more."""
    return max((ON_DARK, ON_LIGHT), key=lambda letters: _contrast(letters, colour))


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _light(colour: str) -> float:
    """Relative luminance, by WCAG."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lay_out(
    chart: Chart, plot: Plot, size: float, width: float, height: float
) -> tuple[float, float]:
    """Title top left, legend below it, and the rest, whose width and height it gives, for what is
    drawn: the same in every program.

    Left to themselves, programs differ, and some leave out names that do not fit.
    """
    em, line = size / 72, size * LINE / 72  # inches
    title = 1.6 * line
    top = title + (1.6 * line if chart.has_legend else 0.4 * line)
    number = ems(percent_text(1) if plot.is_share else number_text(_reach(plot)))
    if plot.kind.endswith("bars"):
        suffixes = (suffix for series in plot.series for suffix in series.suffixes)
        right, bottom = em * (number + max(map(ems, suffixes), default=0) + 1), 2.2 * line
        longest = max(map(ems, plot.categories), default=0) + 1
        left = min(em * longest, MOST_NAMES * width)
        pitch = (height - top - bottom) / max(len(plot.categories), 1)
        most = min(pitch / NAME_PITCH, left / longest) * 72
        chart.category_axis.tick_labels.font.size = _points(size, most)
    else:
        left, bottom = line + em * (number + 1), 1.5 * line
        right = em * (number * 1.25 + 1.5) if plot.kind == "lines" else em
    wide, high = max(width - left - right, width / 3), max(height - top - bottom, height / 3)
    drawn = (width - right - wide, top, wide, high)
    _place(chart._chartSpace.chart.plotArea, drawn, width, height)
    _place(chart.chart_title._element, (0, 0), width, height)
    if chart.has_legend:
        needed = sum(ems(series.name) + 3 for series in plot.series)  # with their marks
        points = _points(size, width * 72 / needed)
        chart.legend.font.size = points
        place = (0, title, min(needed * points.inches, width), 1.3 * line)
        _place(chart.legend._element, place, width, height)
    return wide, high


def _points(size: float, most: float) -> Pt:
    """`size` or what there is room for, but never too small to be read."""
    return Pt(max(min(size, int(most)), LEAST_SIZE))


def _place(element: Any, inches: tuple[float, ...], width: float, height: float) -> None:
    """Have it stand at left, top (and be so wide and high) in a chart of `width` and `height`."""
    is_plot = element.tag == qn("c:plotArea")
    for old in element.findall(qn("c:layout")):
        element.remove(old)
    layout = OxmlElement("c:layout")
    if is_plot:
        element.insert(0, layout)
    else:
        element.find(qn("c:overlay")).addprevious(layout)
    manual = OxmlElement("c:manualLayout")
    layout.append(manual)
    if is_plot:
        _add(manual, "c:layoutTarget", "inner")
    for name in ("x", "y"):
        _add(manual, f"c:{name}Mode", "edge")
    for name, inch, of in zip("xywh", inches, (width, height) * 2, strict=False):
        _add(manual, f"c:{name}", round(inch / of, 5))


def _say_language(chart: Chart, lang: str) -> None:
    space = chart._chartSpace
    for properties in space.iter(qn("a:endParaRPr"), qn("a:defRPr"), qn("a:rPr")):
        properties.set("lang", lang)
    for old in [*space.findall(qn("c:roundedCorners")), *space.findall(qn("c:lang"))]:
        space.remove(old)
    # In this order, before the chart; PowerPoint takes corners for round unless told.
    _add(space, "c:lang", lang, before="c:chart")
    _add(space, "c:roundedCorners", 0, before="c:chart")

"""A ChartSpec as a chart of PowerPoint's own, with its numbers in a workbook inside."""

from typing import Any

from pptx.chart.chart import Chart
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Inches, Pt

from adoption.charts.meanings import colour
from adoption.charts.renderers.pptx.axes import from_top, set_places, set_values
from adoption.charts.renderers.pptx.book import numbers_of
from adoption.charts.renderers.pptx.labels import label
from adoption.charts.renderers.pptx.layout import lay_out
from adoption.charts.renderers.pptx.parts import GREY, add, points, rgb, write
from adoption.charts.spec import ChartSpec, Series
from adoption.text.fit import ems

# Whether bars lie and are stacked.
BARS = {
    (True, False): XL_CHART_TYPE.BAR_CLUSTERED,
    (True, True): XL_CHART_TYPE.BAR_STACKED,
    (False, False): XL_CHART_TYPE.COLUMN_CLUSTERED,
    (False, True): XL_CHART_TYPE.COLUMN_STACKED,
}
TITLE_PART = 0.75  # of a chart's width, more is broken into lines
WIDE, WIDE_SIZE, NARROW_SIZE = 8, 14, 13  # inches; points


def add_chart(
    page: Slide, spec: ChartSpec, inches: tuple[float, float, float, float], lang: str
) -> Any:
    """The frame of a chart at left, top, of a width and height. Of bars and lines only; marks are
    left out."""
    of = BARS[spec.lies, spec.is_stacked] if spec.kind == "bar" else XL_CHART_TYPE.LINE
    frame = page.shapes.add_chart(of, *map(Inches, inches), numbers_of(spec))
    _, _, width, height = inches
    _style(frame.chart, spec, WIDE_SIZE if width > WIDE else NARROW_SIZE, lang, width, height)
    return frame


def _style(
    chart: Chart, spec: ChartSpec, size: float, lang: str, width: float, height: float
) -> None:
    """Have `chart`, of so many inches, look as on screen, with letters of `size` points."""
    chart.font.size = Pt(size)
    chart.font.color.rgb = rgb(GREY)
    chart.has_title = True
    title = points(size + 1, TITLE_PART * width * 72 / max(ems(spec.title), 1))
    write(chart.chart_title.text_frame, spec.title, title.pt, bold=True)
    chart.has_legend = len(spec.series) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.TOP
        chart.legend.include_in_layout = False
    drawn = chart.plots[0]
    if spec.kind != "line":
        drawn.gap_width = 40
        drawn.overlap = 100 if spec.is_stacked else 0
    for series, made in zip(spec.series, drawn.series, strict=True):
        _colour(made, series, spec.kind == "line")
    set_values(chart.value_axis, spec, size)
    set_places(chart.category_axis, spec, lang)
    if spec.lies:
        from_top(chart)
    wide, high = lay_out(chart, spec, size, width, height)
    label(chart, spec, size, wide if spec.lies else high)
    _say_language(chart, lang)
    for number in chart._chartSpace.iter(qn("c:axId"), qn("c:crossAx")):
        number.set("val", number.get("val").lstrip("-"))  # the standard has no negative ones


def _colour(made: Any, series: Series, is_line: bool) -> None:
    if is_line:
        made.smooth = False
        if len(series.values) == 1:  # a line of one point is not seen
            made.marker.style = XL_MARKER_STYLE.CIRCLE
            made.marker.size = 10
            made.marker.format.fill.solid()
            made.marker.format.fill.fore_color.rgb = rgb(colour(series.meaning))
        made.format.line.width = Pt(3)
        made.format.line.color.rgb = rgb(colour(series.meaning))
        return
    made.invert_if_negative = False
    made.format.fill.solid()
    made.format.fill.fore_color.rgb = rgb(colour(series.meaning))
    for number, meaning in enumerate(series.meanings):
        fill = made.points[number].format.fill
        fill.solid()
        fill.fore_color.rgb = rgb(colour(meaning))


def _say_language(chart: Chart, lang: str) -> None:
    space = chart._chartSpace
    for properties in space.iter(qn("a:endParaRPr"), qn("a:defRPr"), qn("a:rPr")):
        properties.set("lang", lang)
    for old in [*space.findall(qn("c:roundedCorners")), *space.findall(qn("c:lang"))]:
        space.remove(old)
    # In this order, before the chart; PowerPoint takes corners for round unless told.
    add(space, "c:lang", lang, before="c:chart")
    add(space, "c:roundedCorners", 0, before="c:chart")

"""Where title, legend and what is drawn stand, the same in every program.

Left to themselves, programs differ, and some leave out names that do not fit.
"""

from typing import Any

from pptx.chart.chart import Chart
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement

from adoption.charts.renderers.pptx.labels import LINE
from adoption.charts.renderers.pptx.parts import add, points
from adoption.charts.spec import ChartSpec
from adoption.text.fit import ems

NAME_PITCH = 1.6  # of a bar to its name's height: closer ones lose their names in some programs
MOST_NAMES = 0.45  # of a chart's width for names beside bars: longer ones are written smaller


def lay_out(
    chart: Chart, spec: ChartSpec, size: float, width: float, height: float
) -> tuple[float, float]:
    """Title top left, legend below it, and the rest, whose width and height it gives, for what is
    drawn."""
    em, line = size / 72, size * LINE / 72  # inches
    title = 1.6 * line
    top = title + (1.6 * line if chart.has_legend else 0.4 * line)
    number = ems(spec.text(1 if spec.is_share else spec.reach))
    if spec.lies:
        suffixes = (suffix for series in spec.series for suffix in series.suffixes)
        right, bottom = em * (number + max(map(ems, suffixes), default=0) + 1), 2.2 * line
        longest = max(map(ems, spec.place_texts), default=0) + 1
        left = min(em * longest, MOST_NAMES * width)
        pitch = (height - top - bottom) / max(len(spec.place_texts), 1)
        most = min(pitch / NAME_PITCH, left / longest) * 72
        chart.category_axis.tick_labels.font.size = points(size, most)
    else:
        left, bottom = line + em * (number + 1), 1.5 * line
        right = em * (number * 1.25 + 1.5) if spec.kind == "line" else em
    wide, high = max(width - left - right, width / 3), max(height - top - bottom, height / 3)
    drawn = (width - right - wide, top, wide, high)
    _place(chart._chartSpace.chart.plotArea, drawn, width, height)
    _place(chart.chart_title._element, (0, 0), width, height)
    if chart.has_legend:
        needed = sum(ems(series.name) + 3 for series in spec.series)  # with their marks
        size_of_legend = points(size, width * 72 / needed)
        chart.legend.font.size = size_of_legend
        place = (0, title, min(needed * size_of_legend.inches, width), 1.3 * line)
        _place(chart.legend._element, place, width, height)
    return wide, high


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
        add(manual, "c:layoutTarget", "inner")
    for name in ("x", "y"):
        add(manual, f"c:{name}Mode", "edge")
    for name, inch, of in zip("xywh", inches, (width, height) * 2, strict=False):
        add(manual, f"c:{name}", round(inch / of, 5))

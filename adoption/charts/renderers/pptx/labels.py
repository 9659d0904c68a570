"""The numbers in and beside bars, and at the ends of lines."""

from typing import Any

from pptx.chart.chart import Chart
from pptx.enum.chart import XL_LABEL_POSITION
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from adoption.charts.meanings import colour, letters_on
from adoption.charts.renderers.pptx.parts import GREY, add, number_format, rgb
from adoption.charts.spec import ChartSpec, Series
from adoption.formats import number_text
from adoption.text.fit import ems

MOST_LABELLED = 15  # columns or bars with a number each
AXIS = 1.15  # an axis goes about so far beyond the longest bar
NEAR = 0.08  # of the highest point: two lines whose ends are closer leave their numbers no room
LINE = 1.5  # ems


def label(chart: Chart, spec: ChartSpec, size: float, length: float) -> None:
    """Numbers in or beside bars, and at a line's end, where there is room for them; the longest
    bar can be `length` inches."""
    for series, made in zip(spec.series, chart.plots[0].series, strict=True):
        labels = made.data_labels
        labels.number_format = number_format(spec)
        labels.number_format_is_linked = False
        labels.font.size = Pt(size)
        if spec.kind == "line":
            labels.show_value = False
            _label_end(spec, series, made, size)
            continue
        labels.show_value = len(spec.place_texts) <= MOST_LABELLED
        if not labels.show_value:
            continue
        labels.font.color.rgb = rgb(letters_on(colour(series.meaning)) if spec.is_stacked else GREY)
        labels.position = (
            XL_LABEL_POSITION.CENTER if spec.is_stacked else XL_LABEL_POSITION.OUTSIDE_END
        )
        for place, suffix in enumerate(series.suffixes):
            label = made.points[place].data_label
            label.font.size = Pt(size)
            label.font.color.rgb = labels.font.color.rgb
            _set_format(label, f'{number_format(spec)}"{suffix}"')
            label.position = labels.position
            for body in label._dLbl.iter(qn("a:bodyPr")):
                body.set("wrap", "none")  # LibreOffice breaks its line as soon as it is a bit long
        for place, value in enumerate(series.values):
            if spec.is_stacked and not _has_room(spec, value, size, length):
                _hide(labels, place)


def _has_room(spec: ChartSpec, value: float | None, size: float, length: float) -> bool:
    """Whether the part of a bar has room for its number."""
    if not value:
        return False
    ems_along = ems(number_text(value)) + 0.2 if spec.lies else LINE
    return value / (AXIS * spec.reach) * length > ems_along * size / 72


def _label_end(spec: ChartSpec, series: Series, made: Any, size: float) -> None:
    """The last number of a line, right of it, or above and below where two end close together."""
    last = max((n for n, value in enumerate(series.values) if value is not None), default=0)
    label = made.points[last].data_label
    label.font.size, label.font.bold = Pt(size + 2), True
    label.font.color.rgb = rgb(colour(series.meaning))
    _set_format(label, number_format(spec))
    label.position = XL_LABEL_POSITION.RIGHT
    others = [other for other in spec.series if other is not series]
    for other in others:
        mine, theirs = series.values[last] or 0, other.values[last] or 0
        if abs(mine - theirs) < NEAR * spec.reach:
            is_above = mine > theirs or (mine == theirs and series is spec.series[0])
            label.position = XL_LABEL_POSITION.ABOVE if is_above else XL_LABEL_POSITION.BELOW


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
    add(hidden, "c:delete", 1)

"""The axes of a native PowerPoint chart."""

from datetime import date
from typing import Any

from pptx.chart.chart import Chart
from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml.ns import qn

from adoption.charts.renderers.pptx.parts import COUNT, GREY, RULE, SHARE_AXIS, add, rgb, write
from adoption.charts.spec import ChartSpec

FEW = 5  # counts up to this have a tick each
# 102年, 102年9月: years of the Republic; Sep 2013 elsewhere.
YEARS = {"zh-TW": r"[$-404]e\年", "en-US": "yyyy"}
MONTHS = {"zh-TW": r"[$-404]e\年m\月", "en-US": "mmm yyyy"}
MOST_MONTHS = 36  # with names of months below, else of years
MOST_TICKS = 8
DAY_ZERO = date(1899, 12, 30)  # of spreadsheets


def set_values(axis: Any, spec: ChartSpec, size: float) -> None:
    axis.minimum_scale = 0
    axis.major_gridlines.format.line.color.rgb = rgb(RULE)
    axis.format.line.fill.background()
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.tick_labels.number_format = SHARE_AXIS if spec.is_share else COUNT
    axis.tick_labels.number_format_is_linked = False
    axis.has_title = True
    write(axis.axis_title.text_frame, spec.value_title, size)
    if spec.whole:
        axis.maximum_scale = spec.whole
    if spec.reach == 0:
        axis.maximum_scale = 1
    if not spec.is_share and spec.reach <= FEW:
        axis.major_unit = 1


def set_places(axis: Any, spec: ChartSpec, lang: str) -> None:
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.color.rgb = rgb(GREY)
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if spec.places.kind != "month":
        # PowerPoint leaves out names that it finds too close together.
        add(axis._element, "c:tickLblSkip", 1, before="c:noMultiLvlLbl")
        return
    first, last = spec.places.at[0], spec.places.at[-1]
    assert isinstance(first, date)
    assert isinstance(last, date)
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
    add(axis._element, "c:baseTimeUnit", "months")
    add(axis._element, "c:majorUnit", every)
    add(axis._element, "c:majorTimeUnit", "months" if in_months else "years")


def from_top(chart: Chart) -> None:
    """The first bar on top, and the numbers' axis still below the last."""
    chart.category_axis.reverse_order = True
    chart.value_axis._element.find(qn("c:crosses")).set("val", "max")

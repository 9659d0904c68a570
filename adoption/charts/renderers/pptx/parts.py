"""What the parts of a native PowerPoint chart share."""

from typing import Any

from pptx.dml.color import RGBColor
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from adoption.charts.spec import ChartSpec

GREY, RULE = "#5b646b", "#dde2e5"
COUNT, SHARE, SHARE_AXIS = "#,##0", "0.0%", "0%"
LEAST_SIZE = 8  # points


def rgb(hue: str) -> RGBColor:
    return RGBColor.from_string(hue.removeprefix("#").upper())


def number_format(spec: ChartSpec) -> str:
    return SHARE if spec.is_share else COUNT


def points(size: float, most: float) -> Pt:
    """`size` or what there is room for, but never too small to be read."""
    return Pt(max(min(size, int(most)), LEAST_SIZE))


def write(frame: Any, words: str, size: float, bold: bool = False) -> None:
    frame.text = words
    font = frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(size), bold
    font.color.rgb = rgb(GREY)


def add(element: Any, name: str, value: object, before: str | None = None) -> None:
    made = OxmlElement(name)
    made.set("val", str(value))
    if before is None:
        element.append(made)
    else:
        element.find(qn(before)).addprevious(made)

"""Text on a slide: in boxes and placeholders, facts and panels."""

from collections.abc import Sequence
from typing import Any

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide as Page
from pptx.util import Inches, Pt

from adoption.briefing.content import Fact, Panel
from adoption.briefing.deck.boxes import Box
from adoption.briefing.deck.master import GREY, INK, PRIMARY, SHADE, WHITE, rgb
from adoption.charts.meanings import colour as colour_of
from adoption.text.fit import fitting_size, height_of

SAYS_SIZES = (20, 18, 16, 14, 12)
FACT_SIZES, NOTE_SIZES = (34, 28, 24, 20), (14, 13, 12, 11)
LINE_SIZES = (22, 20, 18, 16, 14, 12)
HEAD_SIZES = (20, 18, 16, 14, 12)
FACT_HEIGHT = 1.35
GAP = 0.35
INDENT = 0.8  # ems, of a list's lines
PANEL_HEAD, PANEL_INSET = 1.0, 0.25


def write(
    frame: Any,
    paragraphs: Sequence[str],
    size: float,
    colour: str | None = None,
    bold: bool = False,
    align: PP_ALIGN | None = None,
) -> None:
    """Add `paragraphs` to a text frame; without a colour they have the placeholder's."""
    frame.word_wrap = True
    for words in paragraphs:
        first = frame.paragraphs[0]
        paragraph = first if not first.runs else frame.add_paragraph()
        if align is not None:
            paragraph.alignment = align
        run = paragraph.add_run()
        run.text = words
        run.font.size = Pt(size)
        if bold:
            run.font.bold = True
        if colour is not None:
            run.font.color.rgb = rgb(colour)


def text_box(page: Page, box: Box, anchor: MSO_ANCHOR = MSO_ANCHOR.TOP) -> Any:
    """The frame of an empty text box without insets."""
    frame = page.shapes.add_textbox(*box.emu).text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = anchor
    return frame


def add_facts(page: Page, box: Box, facts: Sequence[Fact]) -> None:
    height = FACT_HEIGHT - 0.2
    for place, fact in zip(box.columns([1] * len(facts), GAP), facts, strict=True):
        mark = place._replace(width=0.05, height=height)
        _fill(page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *mark.emu), PRIMARY)
        width = place.width - 0.2
        frame = text_box(page, Box(place.left + 0.2, place.top, width, height))
        small = min(
            fitting_size([words], width, 0.3, NOTE_SIZES) for words in (fact.label, fact.note)
        )
        write(frame, [fact.label], small, GREY)
        write(
            frame, [fact.value], fitting_size([fact.value], width, 0.7, FACT_SIZES), PRIMARY, True
        )
        write(frame, [fact.note], small, GREY)


def add_says(frame: Any, says: Sequence[str], size: float) -> None:
    """One sentence as it is, several as a list: whatever the template does of itself."""
    write(frame, says, size)
    for paragraph in frame.paragraphs:
        if len(says) > 1:
            _bullet(paragraph, size)
        else:
            _indent(paragraph, 0, "<a:buNone {}/>")


def says_height(says: Sequence[str], width: float, height: float) -> tuple[float, float]:
    """The size of the sentences' letters, and how high they are in `width`."""
    size = fitting_size(says, width, height, SAYS_SIZES)
    return size, min(height, 1.05 * height_of(says, size, width) + 0.1 * len(says))


def add_panels(page: Page, box: Box, panels: Sequence[Panel]) -> None:
    places = box.columns([1] * len(panels), GAP)
    width = places[0].width
    heads = [words for panel in panels for words in (panel.title, panel.count)]
    head = min(fitting_size([words], width - 0.4, 0.4, HEAD_SIZES) for words in heads)
    room = box.height - PANEL_HEAD - 0.3
    size = min(_panel_size(panel, width - PANEL_INSET - 0.1, room) for panel in panels)
    for place, panel in zip(places, panels, strict=True):
        title = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place._replace(height=PANEL_HEAD).emu)
        _fill(title, colour_of(panel.meaning))
        title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        words = (panel.title, panel.count)
        write(title.text_frame, words, head, WHITE, bold=True, align=PP_ALIGN.CENTER)
        body = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place.below(PANEL_HEAD).emu)
        _fill(body, SHADE)
        frame = body.text_frame
        frame.margin_left, frame.margin_right = Inches(PANEL_INSET), Inches(0.1)
        frame.margin_top = Inches(0.1)
        frame.vertical_anchor = MSO_ANCHOR.TOP
        write(frame, panel.lines, size, INK, align=PP_ALIGN.LEFT)
        for paragraph in frame.paragraphs:
            paragraph.space_before = Pt(size / 2)
            _bullet(paragraph, size)


def _panel_size(panel: Panel, width: float, height: float) -> float:
    """At which its lines fit, with half a line before each."""
    return next(
        (
            size
            for size in LINE_SIZES
            if height_of(panel.lines, size, width - INDENT * size / 72)
            + len(panel.lines) * size / 144
            <= height
        ),
        LINE_SIZES[-1],
    )


def _bullet(paragraph: Any, size: float) -> None:
    """A list's mark before it, for which the line is set in."""
    indent = round(INDENT * size * 12_700)
    _indent(paragraph, indent, '<a:buFont {} typeface="Arial"/>', '<a:buChar {} char="•"/>')


def _indent(paragraph: Any, indent: int, *marks: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent))
    for mark in marks:
        properties.append(parse_xml(mark.format(nsdecls("a"))))


def _fill(shape: Any, colour: str) -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(colour)
    shape.line.fill.background()
    shape._element.remove(shape._element.find(qn("p:style")))  # a theme's shadows and letters


def describe(frame: Any, title: str, alt: str) -> None:
    """What a screen reader says of a chart or table."""
    properties = frame._element.nvGraphicFramePr.cNvPr
    properties.set("name", title)
    properties.set("descr", alt)

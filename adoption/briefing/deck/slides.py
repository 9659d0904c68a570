"""A briefing as a PowerPoint file: native charts and tables, on our master or a given template."""

import io
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide as Page
from pptx.slide import SlideLayout
from pptx.util import Emu

from adoption.briefing.content import Briefing, Slide
from adoption.briefing.deck.boxes import Box
from adoption.briefing.deck.master import INK, LOCALES, blank
from adoption.briefing.deck.shapes import (
    FACT_HEIGHT,
    GAP,
    add_facts,
    add_panels,
    add_says,
    describe,
    says_height,
    text_box,
    write,
)
from adoption.briefing.deck.tables import add_table, pages_of
from adoption.briefing.deck.template import TEXTS, TITLES, layouts_of, opened
from adoption.charts.renderers.pptx import add_chart
from adoption.language import say
from adoption.text.fit import fitting_size

TITLE_SIZES = (28, 26, 24, 22, 20, 18)
COVER_SIZES = (44, 40, 36, 32, 28)
SUBTITLE_SIZES = (22, 20, 18, 16, 14)
FOOTER_SIZES = (11, 10, 9, 8)
BELOW_HEIGHT = 0.5
LEAST_FIGURE = 3.0  # inches that a chart or table is to have in height


def as_pptx(briefing: Briefing, template: bytes | None = None) -> bytes:
    """The deck; on `template`, an organisation's own .pptx, if given.

    Raises TemplateError when that is no .pptx, or has no layouts with a title.
    """
    deck = blank(briefing.language) if template is None else opened(template)
    layouts = layouts_of(deck)
    lang = LOCALES[briefing.language]
    area = _area(deck, layouts.text)
    for slide in (part for whole in briefing.slides for part in _parts(briefing, whole, area)):
        if slide.key == "cover":
            page = deck.slides.add_slide(layouts.cover)
            _fill_cover(page, slide)
        else:
            page = deck.slides.add_slide(layouts.text if slide.says else layouts.title)
            _fill(page, slide, area, lang)
            _add_footers(page, briefing.footer(slide), area)
        _add_notes(page, slide)
        _say_language(page, lang)
    _describe(deck, briefing, lang)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _parts(briefing: Briefing, slide: Slide, area: Box) -> Iterator[Slide]:
    """A slide of nothing but a long table as several, which say so."""
    if len(slide.tables) != 1 or slide.says or slide.charts or slide.panels or slide.facts:
        yield slide
        return
    for number, page in enumerate(pages_of(slide.tables[0], area.width, area.height)):
        title = slide.title
        if number:
            words = {"title": title, "number": str(number)}
            title = say(briefing.language, "{title} (continued {number})", **words)
        yield replace(slide, title=title, tables=(page,))


def _area(deck: Deck, layout: SlideLayout) -> Box:
    """Where content goes: where the layout has its body, else what its title leaves."""
    for placeholder in layout.placeholders:
        if placeholder.placeholder_format.type in TEXTS:
            return Box.of(placeholder)
    width, height = Emu(deck.slide_width).inches, Emu(deck.slide_height).inches
    title = Box.of(next(each for each in layout.placeholders if _kind(each) in TITLES))
    return Box(0.05 * width, title.bottom, 0.9 * width, 0.9 * height - title.bottom)


def _kind(placeholder: Any) -> PP_PLACEHOLDER:
    return placeholder.placeholder_format.type


def _fill_cover(page: Page, slide: Slide) -> None:
    _write_title(page, slide.title, COVER_SIZES)
    subtitle = _take(page, (PP_PLACEHOLDER.SUBTITLE, *TEXTS))
    if subtitle is None:
        title = Box.of(page.shapes.title)
        box = title._replace(top=title.bottom, height=1.5)
    else:
        box = Box.of(subtitle)
    frame = text_box(page, box) if subtitle is None else subtitle.text_frame
    size = fitting_size(slide.says, box.width, box.height, SUBTITLE_SIZES)
    write(frame, slide.says, size)
    _remove_empty(page)


def _fill(page: Page, slide: Slide, area: Box, lang: str) -> None:
    _write_title(page, slide.title, TITLE_SIZES)
    body = _take(page, TEXTS)
    if slide.facts:
        add_facts(page, area, slide.facts)
        area = area.below(FACT_HEIGHT)
    if slide.below:
        frame = text_box(page, area.below(area.height - BELOW_HEIGHT), MSO_ANCHOR.MIDDLE)
        write(frame, [slide.below], 18, INK, bold=True, align=PP_ALIGN.RIGHT)
        area = area.above(BELOW_HEIGHT + 0.1)
    figures = [*slide.panels, *slide.charts, *slide.tables]
    if slide.says:
        most = area.height - (LEAST_FIGURE if figures else 0)
        size, height = says_height(slide.says, area.width, most)
        place = area._replace(height=height)
        frame = _at(body, place).text_frame if body is not None else text_box(page, place)
        add_says(frame, slide.says, size)
        area = area.below(height + 0.15)
    if slide.panels:
        add_panels(page, area, slide.panels)
    places = iter(area.columns([1] * (len(slide.charts) + len(slide.tables)), GAP))
    for spec in slide.charts:
        describe(add_chart(page, spec, next(places), lang), spec.title, spec.alt)
    for table in slide.tables:
        add_table(page, next(places), table, with_title=bool(slide.charts))
    _remove_empty(page)


def _write_title(page: Page, title: str, sizes: Sequence[float]) -> None:
    shape = page.shapes.title
    box = Box.of(shape)
    shape.text_frame.text = ""
    write(shape.text_frame, [title], fitting_size([title], box.width, box.height, sizes))


def _take(page: Page, kinds: Sequence[PP_PLACEHOLDER]) -> Any:
    """The first placeholder of these kinds; None where there is none."""
    return next((each for each in page.placeholders if _kind(each) in kinds), None)


def _at(shape: Any, box: Box) -> Any:
    shape.left, shape.top, shape.width, shape.height = box.emu
    return shape


def _remove_empty(page: Page) -> None:
    for placeholder in list(page.placeholders):
        if not (placeholder.has_text_frame and placeholder.text_frame.text):
            placeholder._element.getparent().remove(placeholder._element)


def _add_footers(page: Page, words: str, area: Box) -> None:
    """The layout's own footer and slide number, which python-pptx leaves out."""
    found = {_kind(each): each for each in page.slide_layout.placeholders}
    if PP_PLACEHOLDER.SLIDE_NUMBER in found:
        _copied(page, found[PP_PLACEHOLDER.SLIDE_NUMBER])
    if PP_PLACEHOLDER.FOOTER in found:
        shape = _copied(page, found[PP_PLACEHOLDER.FOOTER])
        box, frame = Box.of(shape), shape.text_frame
        frame.text = ""
    else:
        box = area._replace(top=area.bottom + 0.05, height=0.3)
        frame = text_box(page, box)
    write(frame, [words], fitting_size([words], box.width, box.height, FOOTER_SIZES))


def _add_notes(page: Page, slide: Slide) -> None:
    if slide.notes:
        page.notes_slide.notes_text_frame.text = "\n".join(slide.notes)


def _copied(page: Page, placeholder: Any) -> Any:
    """The placeholder on the page, where the layout has it."""
    made = deepcopy(placeholder._element)
    for child in list(made.find(qn("p:spPr"))):
        child.getparent().remove(child)
    numbers = [int(number) for number in page.shapes._spTree.xpath("//p:cNvPr/@id")]
    made.nvSpPr.cNvPr.set("id", str(max(numbers) + 1))
    page.shapes._spTree.append(made)
    return page.shapes[-1]


def _say_language(page: Page, lang: str) -> None:
    """For spelling and for voices."""
    roots = [page._element, *([page.notes_slide._element] if page.has_notes_slide else [])]
    for root in roots:
        for run in root.iter(qn("a:r")):
            run.get_or_add_rPr().set("lang", lang)


def _describe(deck: Deck, briefing: Briefing, lang: str) -> None:
    """The document's properties; its time is the as-of day, as no clock is read here."""
    about = deck.core_properties
    about.title, about.subject, about.language = briefing.title, briefing.source, lang
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.created = about.modified = datetime.combine(briefing.as_of, time())
    about.revision = 1

"""Briefings of a store, and their decks opened again with python-pptx."""

import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from pptx import Presentation

from adoption.briefing.asked import question_of, records_of
from adoption.briefing.content import Briefing
from adoption.briefing.deck import as_pptx
from adoption.briefing.subjects import SUBJECTS, briefing
from adoption.jobs.tables import feed_name
from adoption.language import Language
from adoption.metrics import Selection
from adoption.store import Store

AS_OF = date(2013, 9, 24)
# Names of units that are more than names.
LONG = "很長的名稱" * 100
HOSTILE = {
    "M1": '=HYPERLINK("http://example.com","按")',
    "M2": "<b>&粗體</b>{year}%s",
    "M3": "שלום \u202eעולם",
    "M4": "控\x00制\x1b字\n元",
    "M5": LONG,
    "M6": "+1-@總處",
}


def briefing_of(
    store: Store,
    language: Language = "zh",
    keys: Sequence[str] = tuple(SUBJECTS),
    compared: date | None = None,
    as_of: date = AS_OF,
    **narrowed: Any,
) -> Briefing:
    question = question_of(store, Selection(as_of, **narrowed), language)
    return briefing(question, records_of(store, feed_name), keys, compared)


def opened(briefing: Briefing, template: bytes | None = None) -> Any:
    return Presentation(io.BytesIO(as_pptx(briefing, template)))


def page(deck: Any, title_begins: str) -> Any:
    (found,) = (each for each in deck.slides if title_of(each).startswith(title_begins))
    return found


def title_of(page: Any) -> str:
    return str(page.shapes.title.text_frame.text)


def charts(page: Any) -> list[Any]:
    return [shape.chart for shape in page.shapes if shape.has_chart]


def tables(page: Any) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in shape.table.rows]
        for shape in page.shapes
        if shape.has_table
    ]


def words(page: Any) -> Iterator[str]:
    """The paragraphs of all that has text, tables too."""
    for shape in page.shapes:
        if shape.has_text_frame:
            yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
    for table in tables(page):
        yield from (cell for row in table for cell in row)


def notes(page: Any) -> list[str]:
    frame = page.notes_slide.notes_text_frame
    return [paragraph.text for paragraph in frame.paragraphs]

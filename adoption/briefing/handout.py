"""The handout: two pages A4 for a meeting table, as a tagged PDF with its fonts in it.

What the pages look like stands in handout.typ. It gets what they say as JSON: nothing that comes
from records is ever part of a program.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import typst

from adoption.briefing.content import Briefing, Slide, Table
from adoption.briefing.text import plain
from adoption.charts.chart import Question
from adoption.charts.headlines import Headline, state_text
from adoption.charts.meanings import colour
from adoption.charts.renderers.typst import as_json
from adoption.formats import number_text
from adoption.text.fit import ems, shortened

_HERE = Path(__file__).parent
_NUMBER = re.compile(r"[+−]?[\d,]+")
FONT = "Noto Sans CJK TC"
MOST_EMS = 60  # of a line
MOST_EMS_SAID = 240  # of a sentence or definition
STATES = {"reached": "renewed", "on_track": "renewed", "behind": "behind"}


def handout(briefing: Briefing, numbers: Sequence[Headline], question: Question) -> bytes:
    """The PDF of `briefing`, which has every slide, with the headline `numbers` on top.

    Two pages whatever the records hold; one where they hold nothing. It is PDF/UA-1, unless a text
    has a character that neither our font nor any of the machine's can draw: then that is an empty
    box, and the file is tagged all the same. The file has no date
    of its own: no clock is read.
    """
    made = typst.Compiler(
        _HERE / "handout.typ",
        root=_HERE,
        font_paths=_fonts(),
        sys_inputs={"briefing": json.dumps(_said(briefing, numbers, question))},
    )
    try:
        written = made.compile(format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        written = made.compile(format="pdf")
    if not isinstance(written, bytes):
        raise TypeError(f"typst gave {type(written).__name__}")
    return written


@cache
def _fonts() -> typst.Fonts:
    """Ours, and for what it has not the machine's."""
    return typst.Fonts(include_embedded_fonts=False, font_paths=[_HERE / "fonts"])


def _said(briefing: Briefing, numbers: Sequence[Headline], question: Question) -> dict[str, Any]:
    parts = briefing.source.split(" · ")
    return {
        "title": shortened(briefing.title, MOST_EMS),
        "language": briefing.language,
        "font": FONT,
        "source": " · ".join(shortened(part, MOST_EMS) for part in parts),
        "more": question.say("… and {count} more"),
        "numbers": [_number(question, each) for each in numbers],
        "slides": {slide.key: _slide(slide) for slide in briefing.slides},
    }


def _number(question: Question, shown: Headline) -> dict[str, str]:
    return {
        "label": shown.label,
        "value": shown.value,
        "change": plain(shown.then or f"{shown.since} {shown.change}"),
        "state": state_text(question, shown.state),
        "colour": colour(STATES.get(shown.state or "", "reference")),
        "target": shown.target,
    }


def _slide(slide: Slide) -> dict[str, Any]:
    parts = asdict(replace(slide, charts=()))
    short: dict[str, Any] = _shortened(parts, MOST_EMS)
    panels = zip(short["panels"], slide.panels, strict=True)
    return short | {
        "says": _shortened(slide.says, MOST_EMS_SAID),
        "panels": [panel | {"colour": colour(of.meaning)} for panel, of in panels],
        "charts": [
            _shortened(as_json(each), MOST_EMS) | {"alt": each.alt} for each in slide.charts
        ],
        "tables": [_shortened(_table(table), MOST_EMS_SAID) for table in slide.tables],
    }


def _shortened(part: Any, most: int) -> Any:
    """`part` with all text in it in at most so many ems."""
    if isinstance(part, str):
        return shortened(part, most)
    if isinstance(part, dict):
        return {name: _shortened(value, most) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_shortened(each, most) for each in part]
    return part


def _table(table: Table) -> dict[str, Any]:
    """Whole numbers written as such; which columns hold numbers, and which the longest text."""
    rows = [
        [number_text(cell) if isinstance(cell, int) else cell for cell in row] for row in table.rows
    ]
    columns = list(zip(*rows, strict=True)) or [("",)] * len(table.columns)
    return asdict(table) | {
        "rows": rows,
        "is_number": [all(map(_NUMBER.fullmatch, column)) for column in columns],
        "widest": max(range(len(columns)), key=lambda place: max(map(ems, columns[place]))),
    }

"""The handout: two pages A4 for a meeting table, as a tagged PDF with its fonts in it.

What the pages look like stands in handout.typ. It gets what they say as JSON: nothing that comes
from records is ever part of a program.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import typst

from adoption.briefing.content import Briefing, Plot, Slide, Table
from adoption.briefing.text import plain, shortened
from adoption.charts.chart import Question
from adoption.charts.headlines import Headline, state_text
from adoption.charts.theme import ems
from adoption.formats import number_text, percent_text

_HERE = Path(__file__).parent
_NUMBER = re.compile(r"[+−]?[\d,]+")
FONT = "Noto Sans CJK TC"
MOST_TICKS = 5
MOST_EMS = 60  # of a line
MOST_EMS_SAID = 240  # of a sentence or definition
STATE_COLOURS = {
    "reached": "#2b8a7e",
    "on_track": "#2b8a7e",
    "behind": "#c0562f",
    "not_started": "#6b7078",
    None: "#6b7078",
}


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
        "colour": STATE_COLOURS[shown.state],
        "target": shown.target,
    }


def _slide(slide: Slide) -> dict[str, Any]:
    short: dict[str, Any] = _shortened(asdict(slide), MOST_EMS)
    return short | {
        "says": _shortened(slide.says, MOST_EMS_SAID),
        "plots": [_shortened(_plot(plot), MOST_EMS) | {"alt": plot.alt} for plot in slide.plots],
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


def _plot(plot: Plot) -> dict[str, Any]:
    """With each value as it reads, the ticks of the value axis, how far it goes, and the places of
    the categories: of months in the calendar, so that the same ones are named in every chart."""
    write = percent_text if plot.is_share else number_text
    is_stacked = plot.kind.startswith("stacked")
    totals = [sum(value or 0 for value in values) for values in zip(*_values(plot), strict=True)]
    reached = totals if is_stacked else [value or 0 for each in _values(plot) for value in each]
    ticks = _ticks(max(reached, default=0), plot.is_share)
    months = [12 * month.year + month.month - 1 for month in plot.months]
    return asdict(plot) | {
        "months": [],
        "places": months or list(range(len(plot.categories))),
        "series": [asdict(each) | {"texts": plot.texts(each)} for each in plot.series],
        "totals": [write(total) for total in totals],
        "ticks": [[tick, _tick_text(tick, plot.is_share)] for tick in ticks],
        "top": max(ticks[-1], *reached, 0) or 1,
    }


def _values(plot: Plot) -> list[tuple[float | None, ...]]:
    return [series.values for series in plot.series]


def _ticks(most: float, is_share: bool) -> list[float]:
    """From 0 up to `most`, in steps of 1, 2 or 5 times a power of ten: at most MOST_TICKS."""
    steps = (base * 10.0**power for power in count(-2 if is_share else 0) for base in (1, 2, 5))
    step = next(step for step in steps if most / step < MOST_TICKS)
    return [number * step for number in range(int(most / step) + 1)]


def _tick_text(tick: float, is_share: bool) -> str:
    return f"{tick:.0%}" if is_share else number_text(tick)

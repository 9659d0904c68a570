"""What a briefing says, before it is a deck, a handout or a preview: text, charts and tables.

All of them are written from the same Briefing, so that they say the same. Its texts come from
records too: they hold no control characters, and everything else in them is text, never markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from adoption.charts.spec import ChartSpec
from adoption.language import Language

BETWEEN = " · "  # the parts of a source


@dataclass(frozen=True)
class Table:
    """Cells are text as it reads, or whole numbers. `title` says what it is of."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True)
class Panel:
    """A box beside another: what it is of, how many there are, and a line each."""

    title: str
    count: str
    lines: tuple[str, ...]
    meaning: str  # of its subject, a key of meanings.COLOURS


@dataclass(frozen=True)
class Fact:
    """A number to read from afar, as text: 12,345; `note` is what it is measured against."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Slide:
    """One subject. `says` are the sentences that a reader sees; `notes` what the speaker says
    more, definitions among it. From top to bottom: title, facts, says, then side by side panels,
    charts and tables, and `below` them a last line.

    `metrics` are the keys of those that it is about, `source` names the feeds that they read.
    """

    key: str
    title: str
    facts: tuple[Fact, ...] = ()
    says: tuple[str, ...] = ()
    panels: tuple[Panel, ...] = ()
    charts: tuple[ChartSpec, ...] = ()
    tables: tuple[Table, ...] = ()
    below: str = ""
    notes: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Briefing:
    """Slides in their order, the cover first where it was chosen. `source` stands below every one,
    before the slide's own: as-of day, filters, sample mark."""

    title: str
    language: Language
    as_of: date
    source: str
    slides: Sequence[Slide]

    def footer(self, slide: Slide) -> str:
        """What stands below a slide: as of when, and from which records."""
        return BETWEEN.join(filter(None, (self.source, slide.source)))

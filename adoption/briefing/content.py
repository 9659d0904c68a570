"""What a briefing says, before it is a deck, a handout or a preview: text, plots and tables.

All of them are written from the same Briefing, so that they say the same. Its texts come from
records too: they hold no control characters, and everything else in them is text, never markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from adoption.formats import number_text, percent_text
from adoption.language import Language

BETWEEN = " · "  # the parts of a source

PlotKind = Literal["bars", "stacked_bars", "columns", "stacked_columns", "lines"]


@dataclass(frozen=True)
class Series:
    """A number a category (None: nothing to say there), in the colour that it has on screen.

    `colours` has one a category where they differ, else it is empty. So have `suffixes`: what is
    written right after each value, such as how many certificates a share is.
    """

    name: str
    values: tuple[float | None, ...]
    colour: str  # "#rrggbb"
    colours: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plot:
    """A chart that the reader can edit. `bars` lie, the first category on top; `columns` stand.

    `months` are the first days of the months that `categories` name, where they are months.
    `alt` says in a sentence what it shows, computed from its numbers.
    """

    kind: PlotKind
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    value_title: str
    alt: str
    is_share: bool = False  # values are parts of a whole, 0 to 1
    months: tuple[date, ...] = ()

    def texts(self, series: Series) -> list[str]:
        """Each of its values as it reads; empty where there is none."""
        write = percent_text if self.is_share else number_text
        suffixes = series.suffixes or ("",) * len(series.values)
        return [
            "" if value is None else f"{write(value)}{suffix}"
            for value, suffix in zip(series.values, suffixes, strict=True)
        ]


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
    colour: str  # of its subject on screen


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
    plots and tables, and `below` them a last line.

    `metrics` are the keys of those that it is about, `source` names the feeds that they read.
    """

    key: str
    title: str
    facts: tuple[Fact, ...] = ()
    says: tuple[str, ...] = ()
    panels: tuple[Panel, ...] = ()
    plots: tuple[Plot, ...] = ()
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

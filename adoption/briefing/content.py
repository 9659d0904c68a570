"""What a briefing says, before it is a deck, a handout or a preview: text, plots and tables.

All of them are written from the same Briefing, so that they say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from adoption.language import Language

PlotKind = Literal["bars", "stacked_bars", "columns", "stacked_columns", "lines"]


@dataclass(frozen=True)
class Series:
    """A number a category (None: nothing to say there), in the colour that it has on screen."""

    name: str
    values: tuple[float | None, ...]
    colour: str  # "#rrggbb"


@dataclass(frozen=True)
class Plot:
    """A chart that the reader can edit. `bars` lie, `columns` stand.

    `alt` says in a sentence what it shows, computed from its numbers.
    """

    kind: PlotKind
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    value_title: str
    alt: str
    is_share: bool = False  # values are parts of a whole, 0 to 1


@dataclass(frozen=True)
class Table:
    """Cells are text as it reads, or whole numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True)
class Slide:
    """One subject. `says` are the sentences that a reader sees; `notes` what the speaker says
    more, definitions among it."""

    key: str
    title: str
    says: tuple[str, ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Briefing:
    """Slides in their order; `source` stands below every one: as-of day, records, sample mark."""

    title: str
    language: Language
    as_of: date
    source: str
    slides: Sequence[Slide]

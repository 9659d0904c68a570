"""What a briefing is asked: a question as the charts get it, and what only a briefing looks at."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from adoption.briefing.content import BETWEEN
from adoption.charts.chart import Question
from adoption.formats import day_text, number_text
from adoption.language import Language
from adoption.metrics import (
    Selection,
    has_sample_records,
    loads_of,
    names_of,
)
from adoption.metrics.answers import Answers
from adoption.metrics.changes import Standing, certificates_on, integrated_systems
from adoption.metrics.integration.catalogue import named_in, names_in
from adoption.store import Reader
from adoption.store.schema import FEEDS
from adoption.text.fit import shortened

MOST_FILTERS, MOST_EMS = 3, 14  # filters that are named, and how long a name may be


@dataclass(frozen=True)
class Records:
    """What a briefing reads besides metrics: a page hands over what it keeps, else `records_of`.

    `names` are those of names_of, `loads` those of loads_of for every feed; `systems` gives the
    integrated ones as integrated_systems does, `feed_name` what a feed is called.
    """

    names: pd.DataFrame
    loads: pd.DataFrame
    is_sample: bool
    systems: Callable[[Selection], pd.DataFrame]
    feed_name: Callable[[str, Language], str]


def records_of(store: Reader, feed_name: Callable[[str, Language], str]) -> Records:
    return Records(
        names=names_of(store),
        loads=loads_of(store, list(FEEDS)),
        is_sample=has_sample_records(store),
        systems=partial(integrated_systems, store),
        feed_name=feed_name,
    )


def question_of(store: Reader, selection: Selection, language: Language) -> Question:
    """A question to the store itself, asked once for what several slides, or a slide and the chart
    whose sentence it borrows, want to know."""
    return Question(selection, language, Answers.of(store).in_language(language))


@dataclass(frozen=True)
class Asked(Question):
    """`then` is the same question on the day compared with; `terms` are the metrics whose
    definitions a reader of the chosen slides needs."""

    records: Records
    then: Selection
    terms: tuple[str, ...]

    def systems(self, selection: Selection) -> pd.DataFrame:
        systems = self.records.systems(selection)
        return named_in(self.language, self.records.names, systems)

    def standing(self, selection: Selection) -> Standing:
        counted = certificates_on(self.answer, selection)
        return Standing(selection, self.systems(selection), counted)

    @property
    def filters(self) -> list[str]:
        """What narrows the selection, in words; of many the first."""
        chosen = self.selection
        known = names_in(self.language, self.records.names, "unit")
        units = [known.get(code, code) for code in chosen.unit]
        codes = (*chosen.side, *chosen.county, *chosen.org_type)
        names = [shortened(name, MOST_EMS) for name in [*units, *map(self.name, codes)]]
        if len(names) <= MOST_FILTERS:
            return names
        more = self.say("{count} more", count=number_text(len(names) - MOST_FILTERS))
        return [*names[:MOST_FILTERS], more]

    @property
    def source(self) -> str:
        """As of when, of what, and whether it is a sample: below every slide."""
        parts = [self.say("As of {day}", day=day_text(self.selection.as_of, self.language))]
        if self.filters:
            parts.append(self.say("Filters: {names}", names=self.say(", ").join(self.filters)))
        if self.records.is_sample:
            parts.append(self.say("Sample data"))
        return BETWEEN.join(parts)

    def looking(self, days: int) -> Selection:
        """The selection, looking so many days ahead."""
        return replace(self.selection, days=days)

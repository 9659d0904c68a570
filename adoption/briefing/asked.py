"""What a briefing is asked: a question as the charts get it, and what only a briefing looks at."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

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
from adoption.store import Reader
from adoption.store.schema import FEEDS
from adoption.text.fit import shortened

KINDS: tuple[Literal["unit", "system"], ...] = ("unit", "system")
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
    return Question(selection, language, Answers.of(store).rows)


@dataclass(frozen=True)
class Asked(Question):
    """`then` is the same question on the day compared with; `terms` are the metrics whose
    definitions a reader of the chosen slides needs."""

    records: Records
    then: Selection
    terms: tuple[str, ...]

    def rows(self, key: str, selection: Selection | None = None) -> pd.DataFrame:
        """With names in the briefing's language."""
        return self.named(super().rows(key, selection))

    def named(self, rows: pd.DataFrame) -> pd.DataFrame:
        """`rows` with the names of their units and systems in the briefing's language: in English
        their English ones, where they have one."""
        for what in KINDS:
            if what not in rows:
                continue
            names = self._names(what)
            codes = zip(rows[f"{what}_code"], rows[what], strict=True)
            rows = rows.assign(**{what: [names.get(code, name) for code, name in codes]})
        return rows

    def _names(self, what: Literal["unit", "system"]) -> dict[str, str]:
        """Code -> name."""
        rows = self.records.names.dropna(subset=[f"{what}_code"])
        names = rows[what]
        if self.language == "en":
            names = rows[f"{what}_en"].replace("", None).fillna(names)
        return dict(zip(rows[f"{what}_code"], names, strict=True))

    def systems(self, selection: Selection) -> pd.DataFrame:
        return self.named(self.records.systems(selection))

    def standing(self, selection: Selection) -> Standing:
        counted = certificates_on(self.answer, selection)
        return Standing(selection, self.systems(selection), counted)

    @property
    def filters(self) -> list[str]:
        """What narrows the selection, in words; of many the first."""
        chosen = self.selection
        known = self._names("unit")
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

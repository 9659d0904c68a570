"""What records a briefing is of: version, loads, whether any is a sample, and filters in words."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from adoption.charts.chart import Question
from adoption.formats import day_text
from adoption.loading.tables import feed_name
from adoption.metrics import Metric, data_cut_off, has_sample_records, loads_of, units_of
from adoption.metrics.document import FILTERS
from adoption.store import Store
from adoption.store.schema import FEEDS


@dataclass(frozen=True)
class Records:
    """`data_day` is the data's own cut-off, None without a dated record; `units`: code -> name;
    `loads`: as loads_of gives them."""

    version: str
    data_day: date | None
    is_sample: bool
    units: dict[str, str]
    loads: pd.DataFrame


def records_of(store: Store) -> Records:
    return Records(
        store.version,
        data_cut_off(store),
        has_sample_records(store),
        units_of(store),
        loads_of(store, tuple(FEEDS)),
    )


def filters(question: Question, records: Records) -> dict[str, list[str]]:
    """The filters that are set, each with its values in words."""
    chosen = question.selection
    named = {
        "side": [question.name(side) for side in chosen.side],
        "unit": [records.units.get(code, code) for code in chosen.unit],
        "county": [question.name(county) for county in chosen.county],
        "org_type": [question.name(org_type) for org_type in chosen.org_type],
    }
    return {name: values for name, values in named.items() if values}


def source(question: Question, metric: Metric, records: Records) -> str:
    """Which records, as of when, what narrows them and the sample mark: on every sheet."""
    feeds = question.say(", ").join(feed_name(feed, question.language) for feed in metric.feeds)
    day = day_text(question.selection.as_of, question.language)
    parts = [question.say("Source: {feeds}", feeds=feeds), question.say("As of {day}", day=day)]
    if "days" in metric.filters:
        ahead = FILTERS["days"].in_language(question.language)
        parts.append(f"{ahead} {question.selection.days}")
    narrowed = [
        value
        for name, values in filters(question, records).items()
        if name in metric.filters
        for value in values
    ]
    if narrowed:
        names = question.say(", ").join(narrowed)
        parts.append(question.say("Filters: {names}", names=names))
    if records.is_sample:
        parts.append(question.say("Sample data"))
    return " · ".join(parts)

"""What the numbers of a sheet are of: records, as of when, and the filters that narrow them."""

from adoption.briefing.asked import MOST_EMS, MOST_FILTERS, Records
from adoption.briefing.content import BETWEEN
from adoption.charts.chart import Question
from adoption.formats import day_text, number_text
from adoption.metrics import Metric
from adoption.metrics.document import FILTERS
from adoption.metrics.integration.catalogue import names_in
from adoption.text.fit import shortened


def filters(question: Question, records: Records) -> dict[str, list[str]]:
    """The filters that are set, each with its values in words."""
    chosen = question.selection
    units = names_in(question.language, records.names, "unit")
    named = {
        "side": [question.name(side) for side in chosen.side],
        "unit": [units.get(code, code) for code in chosen.unit],
        "county": [question.name(county) for county in chosen.county],
        "org_type": [question.name(org_type) for org_type in chosen.org_type],
    }
    return {name: values for name, values in named.items() if values}


def feeds_of(question: Question, metric: Metric, records: Records) -> str:
    """What the records are called that it reads."""
    names = [records.feed_name(feed, question.language) for feed in metric.feeds]
    return question.say(", ").join(names)


def source(question: Question, metric: Metric, records: Records) -> str:
    """As the source line on screen, with those of the filters that narrow this metric.

    One line above the table, so of many filters the first: the first sheet has all in full.
    """
    day = day_text(question.selection.as_of, question.language)
    parts = [
        question.say("Source: {feeds}", feeds=feeds_of(question, metric, records)),
        question.say("As of {day}", day=day),
    ]
    if "days" in metric.filters:
        ahead = FILTERS["days"].in_language(question.language)
        parts.append(f"{ahead} {question.selection.days}")
    narrowed = [
        shortened(value, MOST_EMS)
        for name, values in filters(question, records).items()
        if name in metric.filters
        for value in values
    ]
    if len(narrowed) > MOST_FILTERS:
        more = question.say("{count} more", count=number_text(len(narrowed) - MOST_FILTERS))
        narrowed = [*narrowed[:MOST_FILTERS], more]
    if narrowed:
        parts.append(question.say("Filters: {names}", names=question.say(", ").join(narrowed)))
    if records.is_sample:
        parts.append(question.say("Sample data"))
    return BETWEEN.join(parts)

"""The slides that there are, in their order, and a briefing made of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from adoption.briefing.asked import Asked, Records
from adoption.briefing.content import Briefing, Slide
from adoption.briefing.slides.adoption import adoption
from adoption.briefing.slides.changes import changes
from adoption.briefing.slides.cover import cover, deck_title
from adoption.briefing.slides.definitions import definitions
from adoption.briefing.slides.expiries import expiries
from adoption.briefing.slides.nothing import nothing
from adoption.briefing.slides.outcomes import outcomes
from adoption.briefing.slides.reminders import reminders
from adoption.briefing.slides.rollout import rollout
from adoption.briefing.slides.sources import sources
from adoption.briefing.slides.standing import standing
from adoption.briefing.text import made_plain
from adoption.charts.chart import Question
from adoption.language import Text
from adoption.metrics import METRICS


@dataclass(frozen=True)
class Subject:
    """A slide that can be chosen: what it is called, and the metrics that it is about.

    `terms` are those whose definitions say what the slide's words mean.
    """

    name: Text
    slide: Callable[[Asked], Slide]
    metrics: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


SUBJECTS: dict[str, Subject] = {
    "cover": Subject(Text("封面", "Cover"), cover),
    "standing": Subject(
        Text("核發及導入現況", "Issuance and rollout"),
        standing,
        metrics=("integration_totals",),
        terms=("integration_totals",),
    ),
    "adoption": Subject(
        Text("有效憑證與採用率", "Adoption over time"),
        adoption,
        metrics=("valid_over_time", "adoption_rate_over_time"),
        terms=("valid_totals", "adoption_rate"),
    ),
    "rollout": Subject(
        Text("各單位導入", "Rollout by unit"),
        rollout,
        metrics=("systems_by_unit",),
        terms=("integration_totals",),
    ),
    "expiries": Subject(
        Text("未來到期", "Expiries ahead"),
        expiries,
        metrics=("expiring_by_month",),
        terms=("expiring_by_month",),
    ),
    "reminders": Subject(
        Text("提醒階段", "Reminder stages"),
        reminders,
        metrics=("reminder_conversion", "mail_delivery"),
        terms=("reminder_stages",),
    ),
    "outcomes": Subject(
        Text("提醒結果", "Outcomes of the reminders"),
        outcomes,
        metrics=("reminder_outcomes",),
        terms=("reminder_journey",),
    ),
    "changes": Subject(
        Text("與上次簡報比較", "Since the last briefing"),
        changes,
        metrics=("integration_totals", "certificates_to_date", "valid_totals"),
        terms=("integration_totals", "valid_totals"),
    ),
    "definitions": Subject(Text("名詞定義", "Definitions"), definitions),
    "sources": Subject(Text("資料來源", "Sources"), sources),
}


def briefing(
    question: Question,
    records: Records,
    keys: Sequence[str] = tuple(SUBJECTS),
    compared: date | None = None,
    only: str | None = None,
) -> Briefing:
    """The slides `keys` of SUBJECTS, in the order of `keys`; with `only` just that one of them.

    `question.answer` is asked for each thing once. What changed is since the day `compared`, by
    default a month before. Where no record matches at all, one slide says so in place of all those
    with numbers. Raises KeyError for a key that is none.
    """
    chosen = {key: SUBJECTS[key] for key in keys}
    selection = question.selection
    asked = Asked(
        selection,
        question.language,
        question.answer,
        records,
        then=selection.months_before(1) if compared is None else selection.on(compared),
        terms=tuple(dict.fromkeys(key for each in chosen.values() for key in each.terms)),
    )
    slides = [_finished(asked, each) for key, each in chosen.items() if only in (None, key)]
    counted = [slide for slide in slides if slide.metrics]
    if only is None and counted and not any(map(_has_numbers, counted)):
        slides = [slide for slide in slides if slide.key == "cover"]
        slides.append(_no_records(asked))
    return made_plain(
        Briefing(deck_title(asked), asked.language, selection.as_of, asked.source, tuple(slides))
    )


def _finished(asked: Asked, subject: Subject) -> Slide:
    """With the definitions of its metrics for the speaker, and the feeds that they read."""
    slide = subject.slide(asked)
    metrics = [METRICS[key] for key in subject.metrics]
    feeds = dict.fromkeys(feed for metric in metrics for feed in metric.feeds)
    names = asked.say(", ").join(asked.records.feed_name(feed, asked.language) for feed in feeds)
    meanings = [
        asked.say(
            "{title}: {definition}",
            title=metric.title.in_language(asked.language),
            definition=metric.definition.in_language(asked.language),
        )
        for metric in metrics
    ]
    return replace(
        slide,
        notes=(*slide.notes, *meanings),
        metrics=subject.metrics,
        source=asked.say("Source: {feeds}", feeds=names) if feeds else "",
    )


def _has_numbers(slide: Slide) -> bool:
    return bool(slide.panels or slide.charts or slide.tables)


def _no_records(asked: Asked) -> Slide:
    title = asked.say("Nothing to show")
    if asked.records.names.empty and asked.rows("certificates_to_date")["issued"].sum() == 0:
        return Slide("no_records", title, says=(asked.say("There are no records yet."),))
    return nothing(asked, "no_records", title)

"""The top of the overview: how far, against what, what needs attention, and what changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from adoption.charts import attention, changes, comparison
from adoption.charts.attention import Item
from adoption.charts.chart import Question
from adoption.charts.headlines import Headline, headlines, progress_text, verdict
from adoption.formats import short_day_text
from adoption.jobs.tables import feed_name
from adoption.language import Language, Text, say
from adoption.metrics import Selection
from adoption.metrics.attention import LateFeed, late_feeds, latest_records
from adoption.metrics.changes import Standing, certificates_on, change, integrated_systems
from adoption.metrics.integration.catalogue import named_in
from adoption.metrics.targets import State, Targets, targets_of
from adoption.pages import explain, history, show, view

# A word and a sign beside it; the colour, by the style sheet, only repeats them.
SIGNS: dict[State, tuple[str, str]] = {
    "reached": ("★", "good"),
    "on_track": ("✓", "good"),
    "behind": ("▼", "bad"),
    "not_started": ("○", "change"),
}
# Valid certificates are on the issuance page.
SHOWN = ("rate", "units", "systems", "holders", "to_renew")


@dataclass(frozen=True)
class Told:
    """All that the overview says above its charts; `since` is what `changed` is counted between."""

    numbers: tuple[Headline, ...]
    verdict: str
    attention: tuple[Item, ...]
    since: str
    changed: tuple[str, ...]


@st.cache_data(max_entries=20, show_spinner=False)
def known_targets(url: str, version: str) -> Targets:
    """The targets that are in the store."""
    with view.reading(version) as reader:
        return targets_of(reader)


@st.cache_data(max_entries=20, show_spinner=False)
def _late(url: str, version: str) -> list[LateFeed]:
    last = view.data_day()
    with view.reading(version) as reader:
        return [] if last is None else late_feeds(latest_records(reader), last)


# It changes with the records, the question and the day compared with, and with nothing else. Kept
# as it is, not copied: nobody changes it.
@st.cache_resource(max_entries=200, show_spinner=False)
def _told(
    stamp: tuple[str, str],
    selection: Selection,
    language: Language,
    compared: date | None,
    _question: Question,
) -> Told:
    targets = known_targets(*stamp)
    numbers = headlines(_question, targets, compared)
    since, changed = _changes(stamp, _question, compared)
    return Told(
        numbers=tuple(numbers),
        verdict=verdict(_question, numbers),
        attention=(*attention.of_the_numbers(_question, numbers), *_of_the_data(_question, stamp)),
        since=since,
        changed=tuple(changed),
    )


def told() -> Told:
    asked = view.question()
    return _told(view.stamp(), asked.selection, asked.language, view.compared(), asked)


def _of_the_data(question: Question, stamp: tuple[str, str]) -> Iterator[Item]:
    return attention.of_the_data(
        question,
        history.totals_off(),
        _late(*stamp),
        known_targets(*stamp).unknown,
        lambda feed: feed_name(feed, question.language),
    )


def _changes(
    stamp: tuple[str, str], question: Question, compared: date | None
) -> tuple[str, list[str]]:
    """Since when, and what: since a month before, against what is usual, or the day compared."""
    now = question.selection
    other = now.months_before(1) if compared is None else now.on(compared)
    days = sorted((other, now), key=lambda each: each.as_of)
    with view.reading(stamp[1]) as reader:
        found = [integrated_systems(reader, day) for day in days]
    earlier, later = (
        Standing(
            day,
            named_in(question.language, view.facts().names, systems),
            certificates_on(question.answer, day),
        )
        for day, systems in zip(days, found, strict=True)
    )
    between = change(earlier, later)
    first, last = (short_day_text(day.as_of, question.language) for day in days)
    title = question.say("From {first} to {last}", first=first, last=last)
    if compared is not None:
        return title, changes.sentences(question, between)
    said = [
        *changes.of_systems(question, between, most=1),
        changes.issued(question),
        changes.of_valid(question, between.certificates),
        changes.renewed_of_reminded(question),
    ]
    return title, list(filter(None, said)) or changes.sentences(question, between)


def headline(title: Text, said: Told) -> None:
    """The page's title, the whole of it in a sentence, and what its numbers mean."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title.in_language(view.language()), anchor=False, width="content")
        st.markdown(f"**{show.as_text(said.verdict)}**", width="content")
        _meanings(said)


@st.fragment  # a dialog is opened without drawing the page again
@view.telling()
def _meanings(said: Told) -> None:
    chosen = st.menu_button(
        say(view.language(), "About"),
        list(said.numbers),
        format_func=lambda headline: headline.label,
        type="tertiary",
        icon=":material/info:",
        key="headline_meanings",
    )
    if chosen is not None:
        explain.opened(chosen.metric, chosen.selection)


def numbers(said: Told) -> None:
    """The adoption rate first and large, then four others: a list, as one element, for each costs
    a browser 10 ms."""
    shown = [each for each in said.numbers if each.number.column in SHOWN]
    st.html(f'<dl class="numbers">{"".join(map(_number, shown))}</dl>')


def _number(headline: Headline) -> str:
    """With its change, whether it is on its way to its target, and the target."""
    lines = [
        ("value", headline.value),
        ("change", f"{headline.change} {headline.since}".strip()),
        ("change", headline.then),
        ("change", show.untouched(headline.metric)),
    ]
    if headline.progress:
        sign, name = SIGNS[headline.progress.state]
        says = progress_text(view.question(), headline.progress)
        lines += [(name, f"{sign} {says}"), ("change", headline.target)]
    said = "".join(f'<dd class="{name}">{escape(text)}</dd>' for name, text in lines if text)
    return f"<div><dt>{escape(headline.label)}</dt>{said}</div>"


def changed(said: Told) -> None:
    """What changed, and whether reminding works."""
    with st.container(border=True, key="changed", height="stretch"):
        st.subheader(said.since, anchor=False)
        st.markdown("\n".join(f"- {show.as_text(sentence)}" for sentence in said.changed))


def needs_attention(said: Told) -> None:
    """What somebody should look at, each with a link to the page that shows more."""
    asked = view.question()
    with st.container(border=True, key="attention", height="stretch", gap="xsmall"):
        st.subheader(asked.say("Needs attention"), anchor=False)
        if not said.attention:
            st.markdown(f"✓ {asked.say('Nothing needs attention.')}")
        for item in said.attention:
            _linked(item)


def _linked(item: Item) -> None:
    label = attention.LINKS[item.page].in_language(view.language())
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(show.as_text(item.says), width="content")
        page = f"adoption/pages/{item.page}.py"
        st.page_link(page, label=label, icon=":material/chevron_right:", width="content")


def compared() -> None:
    """Both days side by side, where another day is chosen."""
    asked, day = view.question(), view.compared()
    if day is None:
        return
    with st.container(border=True, key="compared"):
        st.subheader(asked.say("Two days side by side"), anchor=False)
        rows = comparison.table(asked, day)
        show.table(rows)
        st.download_button(
            asked.say("Download CSV"),
            lambda: show.as_csv(rows.assign(**{asked.say("Source"): show.source(asked)})),
            file_name=f"comparison_{asked.selection.as_of:%Y%m%d}_{day:%Y%m%d}.csv",
            mime="text/csv",
            key="download-comparison",
        )


def compared_line() -> None:
    """The headline numbers of both days in a line: what the other pages show of a comparison."""
    if view.data_day() is not None and (day := view.compared()) is not None:
        st.caption(show.as_text(comparison.sentence(view.question(), day)))

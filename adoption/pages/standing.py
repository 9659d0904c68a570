"""The top of the overview: are we where we should be, what changed, what needs attention?"""

from datetime import date, datetime
from typing import Literal

import pandas as pd
import streamlit as st

from adoption.charts import attention, changes, comparison
from adoption.charts.attention import Item
from adoption.charts.chart import Question
from adoption.charts.headlines import (
    Headline,
    headlines,
    state_text,
    targets_table,
    verdict,
)
from adoption.formats import TAIWAN, age_text, day_text, moment_text, short_day_text
from adoption.jobs.tables import feed_name
from adoption.language import Language, say
from adoption.metrics import Selection, data_cut_off
from adoption.metrics.answers import Answers
from adoption.metrics.attention import late_feeds, latest_records
from adoption.metrics.changes import (
    CERTIFICATE_FEEDS,
    Answer,
    Standing,
    certificates_on,
    change,
    feeds_between,
    integrated_systems,
)
from adoption.metrics.targets import State, Targets, targets_of
from adoption.pages import explain, history, show, view
from adoption.store import VersionError

Colour = Literal["green", "orange", "gray"]
# A word and a sign beside it; the colour only repeats them.
SIGNS: dict[State | None, tuple[str, Colour]] = {
    "reached": ("★", "green"),
    "on_track": ("✓", "green"),
    "behind": ("▼", "orange"),
    "not_started": ("○", "gray"),
    None: ("–", "gray"),
}


@st.cache_data(max_entries=20, show_spinner=False)
def known_targets(url: str, version: str) -> Targets:
    """The targets that are in the store."""
    with view.reading(version) as reader:
        return targets_of(reader)


@st.cache_data(max_entries=20, show_spinner=False)
def _latest(url: str, version: str) -> dict[str, date]:
    with view.reading(version) as reader:
        return latest_records(reader)


@st.cache_data(max_entries=200, show_spinner=False)
def _standing(url: str, version: str, selection: Selection, _answer: Answer) -> Standing:
    with view.reading(version) as reader:
        systems = integrated_systems(reader, selection)
    return Standing(selection, systems, certificates_on(_answer, selection))


@st.cache_data(max_entries=200, show_spinner=False)
def _before_last_load(
    url: str, version: str, selection: Selection, _answer: Answer
) -> tuple[Standing, frozenset[str]] | None:
    """What stood in the version before this one, on the same day or its own last day if that is
    earlier, and the feeds that were loaded since. None where no such version is kept."""
    store = view.store()
    kept = [each.name for each in store.versions()]
    try:
        before = kept[kept.index(version) + 1]
        with view.reading(version) as now, view.reading(before) as reader:
            day, feeds = data_cut_off(reader), feeds_between(reader, now)
            if day is None:
                return None
            then = selection.on(min(day, selection.as_of))
            # A load of another feed left the certificates as they are: no need to count again.
            answer = Answers.of(reader).rows if feeds & CERTIFICATE_FEEDS else _answer
            systems = integrated_systems(reader, then)
            return Standing(then, systems, certificates_on(answer, then)), feeds
    except (VersionError, ValueError, IndexError):
        return None


# What the overview says changes with the records, the question and the day compared with, and with
# nothing else: so it is put together once for each. Kept as it is, not copied: nobody changes it.
@st.cache_resource(max_entries=200, show_spinner=False)
def _numbers(
    stamp: tuple[str, str],
    selection: Selection,
    language: Language,
    compared: date | None,
    _question: Question,
) -> list[Headline]:
    return headlines(_question, known_targets(*stamp), compared)


def _asked() -> tuple[tuple[str, str], Selection, Language, date | None, Question]:
    asked = view.question()
    return view.stamp(), asked.selection, asked.language, view.compared(), asked


def numbers() -> list[Headline]:
    return _numbers(*_asked())


def in_a_line(shown: list[Headline], items: list[Item]) -> None:
    """The whole page in a line, and how fresh what it says is."""
    st.markdown(f"**{show.as_text(verdict(view.question(), shown, len(items)))}**")
    _freshness()


def cards(shown: list[Headline]) -> None:
    """A card a number: its change, its target and whether it is on its way there."""
    asked = view.question()
    with st.container(key="headlines"):
        columns = zip(st.columns(len(shown)), shown, strict=True)
        for number, (column, headline) in enumerate(columns):
            with column, st.container(border=True, height="stretch"):
                st.metric(
                    headline.label,
                    headline.value,
                    headline.change,
                    delta_color="off",
                    delta_arrow=headline.arrow,
                    delta_description=headline.since or None,
                )
                if headline.then:
                    st.caption(headline.then)
                sign, colour = SIGNS[headline.state]
                st.badge(f"{sign} {state_text(asked, headline.state)}", color=colour)
                if headline.target:
                    st.caption(headline.target)
                explain.button(headline.metric, headline.selection, f"headline-{number}")


@st.cache_resource(max_entries=200, show_spinner=False)
def _targets_table(
    stamp: tuple[str, str], selection: Selection, language: Language, _question: Question
) -> pd.DataFrame:
    return targets_table(_question, known_targets(*stamp))


def targets() -> None:
    asked = view.question()
    if known_targets(*view.stamp()).known:
        with st.expander(asked.say("All targets and how they are judged")):
            show.table(_targets_table(view.stamp(), asked.selection, asked.language, asked))
            st.caption(
                asked.say(
                    "A straight line leads from the number on the day the target before it was due "
                    "(else a year before its own due day) to the target; on track is at or beyond "
                    "it."
                )
            )


def prepare(question: Question) -> None:
    """Ask all that the overview asks of the default view, outside of a visitor's session."""
    asked = (view.stamp(), question.selection, question.language, None, question)
    _numbers(*asked)
    _items(*asked)
    _changes(*asked)
    _targets_table(view.stamp(), question.selection, question.language, question)
    history.last_load()


def _freshness() -> None:
    """Up to when the records go, how old that is by the clock, and when something was loaded."""
    tell, last = view.language(), view.data_day()
    today = view.now().astimezone(TAIWAN).date()
    parts = []
    if last is not None:
        parts.append(
            say(
                tell,
                "Records up to {day} ({age})",
                day=day_text(last, tell),
                age=age_text(last, today, tell),
            )
        )
    if entry := history.last_load():
        moment = datetime.fromisoformat(entry["loaded_at"])
        parts.append(
            say(
                tell,
                "last load {moment} ({age})",
                moment=moment_text(moment, tell),
                age=age_text(moment.astimezone(TAIWAN).date(), today, tell),
            )
        )
    st.caption(" · ".join(parts))


@st.cache_resource(max_entries=200, show_spinner=False)
def _changes(
    stamp: tuple[str, str],
    selection: Selection,
    language: Language,
    compared: date | None,
    _question: Question,
) -> list[tuple[str, list[str]]]:
    """Since when, and what changed: since a month before (or the day compared with), and since the
    version before."""
    answer = _question.answer
    other = selection.months_before(1) if compared is None else selection.on(compared)
    now = _standing(*stamp, selection, answer)
    earlier, later = sorted((other, selection), key=lambda each: each.as_of)
    between = change(_standing(*stamp, earlier, answer), _standing(*stamp, later, answer))
    title = _question.say(
        "From {first} to {last}",
        first=short_day_text(earlier.as_of, language),
        last=short_day_text(later.as_of, language),
    )
    found = [(title, changes.sentences(_question, between))]
    before = _before_last_load(*stamp, selection, answer)
    if before is not None:
        then, feeds = before
        names = _question.say(", ").join(feed_name(feed, language) for feed in sorted(feeds))
        title = _question.say("By the last load ({feeds})", feeds=names)
        found.append((title, changes.sentences(_question, change(then, now))))
    return found


def changes_known() -> list[tuple[str, list[str]]]:
    return _changes(*_asked())


def changed() -> None:
    with st.container(border=True, key="changed", height="stretch"):
        st.subheader(say(view.language(), "What changed"), anchor=False)
        for title, sentences in changes_known():
            _list(title, sentences)


def _list(title: str, sentences: list[str]) -> None:
    st.markdown(f"**{show.as_text(title)}**")
    st.markdown("\n".join(f"- {show.as_text(sentence)}" for sentence in sentences))


@st.cache_resource(max_entries=200, show_spinner=False)
def _items(
    stamp: tuple[str, str],
    selection: Selection,
    language: Language,
    compared: date | None,
    _question: Question,
) -> list[Item]:
    last = view.data_day()
    late = late_feeds(_latest(*stamp), last) if last is not None else []
    items = attention.of_the_data(
        _question,
        history.totals_off(),
        late,
        known_targets(*stamp).unknown,
        lambda feed: feed_name(feed, language),
    )
    shown = _numbers(stamp, selection, language, compared, _question)
    return items + attention.of_the_numbers(_question, shown)


def to_attend_to() -> list[Item]:
    return _items(*_asked())


def needs_attention(items: list[Item]) -> None:
    """What somebody should look at, each with a link to the page that shows more."""
    asked = view.question()
    with st.container(border=True, key="attention", height="stretch"):
        st.subheader(asked.say("Needs attention"), anchor=False)
        if not items:
            st.markdown(f"✓ {asked.say('Nothing needs attention.')}")
        for item in items:
            _linked(item)


def _linked(item: Item) -> None:
    says, link = st.columns([7, 2], vertical_alignment="center", gap="small")
    says.markdown(show.as_text(item.says))
    label = attention.LINKS[item.page].in_language(view.language())
    link.page_link(f"adoption/pages/{item.page}.py", label=label, icon=":material/chevron_right:")


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

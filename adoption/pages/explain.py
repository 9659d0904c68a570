"""What a number means, worked out only when somebody asks."""

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd
import streamlit as st

from adoption.charts.records import readable_records
from adoption.faq import Answer
from adoption.formats import moment_text, number_text, short_day_text
from adoption.glossary import TERMS
from adoption.jobs.tables import feed_name
from adoption.language import Text, say, say_of
from adoption.metrics import (
    METRICS,
    Metric,
    Selection,
    all_records,
    loads_of,
    record_count,
    records,
)
from adoption.metrics.document import FILTERS
from adoption.pages import view
from adoption.pages.tables import MOST_UNPACKED, as_text, records_csv, table

RECORDS_SHOWN = 1_000
FILES_SHOWN = 20


@st.fragment  # opening it draws the dialog and not the page
def button(metric: Metric, selection: Selection, place: str) -> None:
    """Opens what `metric` means; `place` is its own on the page."""
    tell = view.language()
    title = metric.title.in_language(tell)
    if st.button(
        say(tell, "About"),
        icon=":material/info:",
        type="tertiary",
        key=f"explain-{place}",
        help=say(tell, "What does “{title}” mean?", title=title),
    ):
        opened(metric, selection)


def opened(metric: Metric, selection: Selection | None) -> None:
    """The dialog that says what `metric` counts and from where; without `selection` no records."""
    title = metric.title.in_language(view.language())
    st.dialog(title, width="large")(_explanation)(metric.key, selection)


def _parts(parts: Iterable[tuple[str, str]]) -> None:
    """Titles with their texts, as one element: a page may hold dozens."""
    st.markdown("\n\n".join(f"**{title}**  \n{as_text(text)}" for title, text in parts))


def _meaning(metric: Metric) -> list[tuple[str, str]]:
    """What it counts, how, what it does not count, and what it is made from."""
    tell = view.language()
    comma = say(tell, ", ")
    columns = [column.title.in_language(tell) for column in metric.columns]
    filters = [FILTERS[name].in_language(tell) for name in metric.filters]
    return [
        (say(tell, "Definition"), metric.definition.in_language(tell)),
        (say(tell, "Formula"), metric.formula.in_language(tell)),
        (say(tell, "Not counted"), metric.excludes.in_language(tell)),
        (say(tell, "Columns of the answer"), comma.join(columns)),
        (say(tell, "Filters"), comma.join(filters) or "—"),
        (say(tell, "Source"), comma.join(feed_name(feed, tell) for feed in metric.feeds)),
    ]


def search() -> str:
    """The words that the visitor looks for."""
    tell = view.language()
    return st.text_input(
        say(tell, "Search"),
        placeholder=say(tell, "a word, such as renewal"),
        icon=":material/search:",
        key="search",
        live=True,
    )


def is_about(subject: Metric | Answer, words: str) -> bool:
    """Whether each of `words` stands in what is said of it, in either language."""
    if isinstance(subject, Answer):
        texts = [subject.question, subject.answer]
    else:
        titles = [column.title for column in subject.columns]
        texts = [subject.title, subject.definition, subject.formula, subject.excludes, *titles]
        texts.append(Text(subject.key, subject.key))
    said = " ".join(language for text in texts for language in text).casefold()
    return all(word in said for word in words.casefold().split())


def glossary() -> None:
    """Each term in both languages, and what it means."""
    tell = view.language()
    words = {
        "中文": [term.name.zh for term in TERMS],
        "English": [term.name.en for term in TERMS],
        say(tell, "Meaning"): [term.meaning.in_language(tell) for term in TERMS],
    }
    st.table(pd.DataFrame(words), border="horizontal", hide_index=True)


def lines(metrics: Sequence[Metric]) -> None:
    """Each metric's name, which opens all that is known of it, and its definition."""
    for metric in metrics:
        _line(metric.key)


@st.fragment
def _line(key: str) -> None:
    tell, metric = view.language(), METRICS[key]
    title = metric.title.in_language(tell)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(title, type="tertiary", icon=":material/info:", key=f"explain-line-{key}"):
            opened(metric, _selection())
        st.caption(as_text(metric.definition.in_language(tell)))


def _selection() -> Selection | None:
    return view.question().selection if view.data_day() is not None else None


def _all(version: str, metric: Metric, selection: Selection) -> Iterator[pd.DataFrame]:
    with view.reading(version) as reader:
        yield from all_records(reader, metric, selection)


@view.telling()
def _explanation(key: str, selection: Selection | None) -> None:
    tell, metric = view.language(), METRICS[key]
    _parts(_meaning(metric))
    st.code(f"python -m adoption metric {metric.key}", language=None)
    if selection is None:
        return
    _sources(metric)
    # Records can be millions: they are read when they are asked for.
    if st.toggle(say(tell, "Show the records behind it"), key="show_records"):
        _records(metric, selection)


@st.cache_data(max_entries=50, show_spinner=False)
def _loads(url: str, version: str, feeds: tuple[str, ...]) -> pd.DataFrame:
    with view.reading(version) as reader:
        return loads_of(reader, feeds)


def _sources(metric: Metric) -> None:
    """The files that its records were loaded from, the latest first."""
    tell, found = view.language(), _loads(*view.stamp(), metric.feeds).head(FILES_SHOWN)
    if found.empty:
        st.text(say(tell, "Nothing has been loaded yet."))
        return
    loaded = [moment_text(pd.Timestamp(at).to_pydatetime(), tell) for at in found["loaded_at"]]
    complete = ["" if pd.isna(day) else short_day_text(day, tell) for day in found["cut_off"]]
    files = {
        say(tell, "Kind"): [feed_name(feed, tell) for feed in found["feed"]],
        say(tell, "File"): found["file"],
        say(tell, "When"): loaded,
        say(tell, "Load"): found["load_id"],
    }
    if any(complete):
        files[say(tell, "Complete up to")] = complete
    table(pd.DataFrame(files))


def _records(metric: Metric, selection: Selection) -> None:
    tell, version = view.language(), view.stamp()[1]
    with view.reading(version) as reader:
        count = record_count(reader, metric, selection)
        first = records(reader, metric, selection, RECORDS_SHOWN)
    st.text(
        say_of(
            tell,
            count,
            "{shown} of {count} record.",
            "The first {shown} of {count} records.",
            shown=number_text(len(first)),
            count=number_text(count),
        )
    )
    table(readable_records(first, tell))
    name = f"{metric.key}_records_{selection.as_of:%Y%m%d}.csv"
    is_packed = count > MOST_UNPACKED
    st.download_button(
        say(tell, "Download all of them (CSV)"),
        lambda: records_csv(
            (readable_records(rows, tell) for rows in _all(version, metric, selection)),
            name if is_packed else None,
        ),
        file_name=f"{name}.zip" if is_packed else name,
        mime="application/zip" if is_packed else "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="download_records",
    )

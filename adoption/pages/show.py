"""How a page is laid out: heading, headline numbers, and charts with all that goes with them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from adoption.charts.chart import Chart, Question
from adoption.charts.renderers.plotly import with_footer
from adoption.formats import day_text, number_text
from adoption.jobs.tables import feed_name
from adoption.language import Language, Text, say
from adoption.metrics import Metric, Selection
from adoption.pages import explain, image, view
from adoption.pages.tables import as_csv, as_text, table

__all__ = [
    "as_csv",
    "as_text",
    "chart",
    "heading",
    "is_empty",
    "source",
    "table",
]

MOST_ROWS = 1_000  # of a table on a page; the file has all
DRAWN_AT_ONCE = 3
CHART_CONFIG = {
    "displayModeBar": False,
    "responsive": True,
    # A map would ask a server of Plotly's for a base map that it does not draw.
    "topojsonURL": "data:application/json,{}#",
}


class Finished(go.Figure):  # type: ignore[misc]
    """What is sent of a figure to a browser, put together once: for Streamlit, which asks a figure
    for nothing else. Nothing can be drawn in it any more."""

    def __init__(self, sent: dict[str, Any]) -> None:
        self._sent = sent

    def to_dict(self) -> dict[str, Any]:
        return self._sent


@st.cache_resource(max_entries=500, show_spinner=False)
def _drawn(
    stamp: tuple[str, str],
    name: str,
    selection: Selection,
    language: Language,
    _draw: Callable[[Question], Chart],
    _question: Question,
) -> tuple[Chart, Finished | None]:
    drawn = _draw(_question)
    if drawn.figure is None:
        return drawn, None
    sent = with_footer(drawn.figure.to_dict(), source(_question, drawn.metric))
    return drawn, Finished(sent)


def _cached(
    draw: Callable[[Question], Chart], asked: Question
) -> tuple[str, Chart, Finished | None]:
    """The chart, what is sent of its figure, and the name that it goes by."""
    key = f"{draw.__module__}.{draw.__name__}".removeprefix("adoption.charts.")
    return key, *_drawn(view.stamp(), key, asked.selection, asked.language, draw, asked)


def at_once(
    *draws: Callable[[Question], Chart], besides: Sequence[Callable[[], object]] = ()
) -> None:
    """Draw the charts that the page is about to show side by side: while the store answers for
    one, another is put together. `besides` is what else the page keeps and is about to need."""
    asked, visitor = view.question(), get_script_run_ctx()
    work: list[Callable[[], object]] = [
        *[partial(_cached, draw, asked) for draw in draws],
        *besides,
    ]
    with ThreadPoolExecutor(
        DRAWN_AT_ONCE, initializer=lambda: add_script_run_ctx(threading.current_thread(), visitor)
    ) as threads:
        for done in [threads.submit(each) for each in work]:
            done.result()


def heading(title: Text, purpose: Text) -> None:
    """The page's title, the question that it answers, and on what data."""
    tell = view.language()
    st.title(title.in_language(tell), anchor=False)
    st.caption(purpose.in_language(tell))


def is_empty() -> bool:
    """Whether there is nothing to show yet; then says what to do about it."""
    if view.data_day() is not None:
        return False
    tell = view.language()
    if view.has_units():
        nothing = say(tell, "There are units, but no record that is dated yet.")
    else:
        nothing = say(tell, "There are no records yet.")
    st.info(nothing, icon=":material/database:")
    st.page_link(
        "adoption/pages/data.py",
        label=say(tell, "Load records"),
        icon=":material/upload_file:",
    )
    return True


def chart(
    draw: Callable[[Question], Chart], open_table: Callable[[pd.DataFrame], None] | None = None
) -> None:
    """A chart with its title, what it means, its sentence, its image, its table and the file.

    The table is folded, unless `open_table` shows it.
    """
    asked = view.question()
    key, drawn, figure = _cached(draw, asked)
    place = "chart-" + key.replace(".", "-")
    file = f"{drawn.metric.key}_{asked.selection.as_of:%Y%m%d}"
    with st.container(border=True, key=place):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(drawn.title, anchor=False, width="content")
            explain.button(drawn.metric, asked.selection, place)
        st.text(drawn.says)
        if figure is None:
            return
        origin = source(asked, drawn.metric)
        st.plotly_chart(figure, config=CHART_CONFIG, key=key, alt=f"{drawn.says} {origin}")
        image.buttons(asked.language, drawn, place, file)
        if open_table is not None:
            open_table(drawn.table)
        with st.container() if open_table is not None else st.expander(asked.say("Table")):
            if open_table is None:
                table(drawn.table.head(MOST_ROWS))
                if len(drawn.table) > MOST_ROWS:
                    st.caption(
                        asked.say(
                            "The first {shown} of {count} rows; the file has all.",
                            shown=number_text(MOST_ROWS),
                            count=number_text(len(drawn.table)),
                        )
                    )
            st.download_button(
                asked.say("Download CSV"),
                lambda: as_csv(drawn.table.assign(**{asked.say("Source"): origin})),
                file_name=f"{file}.csv",
                mime="text/csv",
                on_click="ignore",
                key=f"download-{key}",
            )


def source(asked: Question, metric: Metric | None = None) -> str:
    """Which records, as of when, filters and the sample mark: under every figure, in every file."""
    parts = []
    if metric is not None:
        feeds = asked.say(", ").join(feed_name(feed, asked.language) for feed in metric.feeds)
        parts.append(asked.say("Source: {feeds}", feeds=feeds))
    parts.append(asked.say("As of {day}", day=day_text(asked.selection.as_of, asked.language)))
    if chosen := view.chosen():
        names = asked.say(", ").join(chosen)
        parts.append(asked.say("Filters: {names}", names=names))
    if view.is_sample():
        parts.append(asked.say("Sample data"))
    return " · ".join(parts)

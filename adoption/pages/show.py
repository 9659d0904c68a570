"""How a page is laid out: heading, headline numbers, and charts with all that goes with them."""

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from adoption.charts.chart import Chart, Question
from adoption.charts.renderers.plotly import figure, with_footer
from adoption.formats import number_text, short_day_text
from adoption.jobs.tables import feed_name
from adoption.language import Language, Text, say
from adoption.metrics import Metric, Selection
from adoption.pages import address, browser, choices, explain, view
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
    made = figure(drawn.spec)
    if made is None:
        return drawn, None
    return drawn, Finished(with_footer(made.to_dict(), source(_question, drawn.metric)))


def _cached(
    draw: Callable[[Question], Chart], asked: Question
) -> tuple[str, Chart, Finished | None]:
    """The chart, what is sent of its figure, and the name that it goes by."""
    key = f"{draw.__module__}.{draw.__name__}".removeprefix("adoption.charts.")
    return key, *_drawn(view.stamp(), key, asked.selection, asked.language, draw, asked)


def says(draw: Callable[[Question], Chart]) -> str:
    """A chart's sentence, where its numbers stand in a table."""
    _, drawn, _ = _cached(draw, view.question())
    return drawn.says


def at_once(
    *draws: Callable[[Question], Chart], besides: Sequence[Callable[[], object]] = ()
) -> None:
    """Draw the charts that the page is about to show side by side: while the store answers for
    one, another is put together. `besides` is what else the page keeps and is about to need."""
    asked = view.question()
    work: list[Callable[[], object]] = [
        *[partial(_cached, draw, asked) for draw in draws],
        *besides,
    ]
    key = (view.stamp(), asked.selection, asked.language, view.compared())
    _worked_out(key, tuple(f"{draw.__module__}.{draw.__name__}" for draw in draws), work)


@st.cache_resource(max_entries=500, show_spinner=False)
def _worked_out(
    key: Hashable, names: tuple[str, ...], _work: Sequence[Callable[[], object]]
) -> None:
    """Once for each key: a page that is drawn again starts no threads."""
    visitor = get_script_run_ctx()
    with ThreadPoolExecutor(
        DRAWN_AT_ONCE, initializer=lambda: add_script_run_ctx(threading.current_thread(), visitor)
    ) as threads:
        for done in [threads.submit(each) for each in _work]:
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
    if view.facts().units:
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


# What the menu of a chart offers, in its order.
MENU = {
    "table": Text("資料表", "Table"),
    "png": Text("圖片（PNG）", "Image (PNG)"),
    "svg": Text("圖片（SVG）", "Image (SVG)"),
    "csv": Text("下載 CSV", "Download CSV"),
    "about": Text("說明", "About"),
    "link": Text("複製連結", "Copy link"),
}


def chart(
    draw: Callable[[Question], Chart], open_table: Callable[[pd.DataFrame], None] | None = None
) -> None:
    """A chart with its title, its menu and its sentence; `open_table` shows its rows under it."""
    asked = view.question()
    key, drawn, sent = _cached(draw, asked)
    place = "chart-" + key.replace(".", "-")
    with st.container(border=True, key=place):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.subheader(drawn.title, anchor=False, width="content")
            with st.container(width="content"):
                _menu(place, drawn, asked)
        st.text(drawn.says)
        if said := untouched(drawn.metric):
            st.caption(as_text(said))
        if sent is not None:
            alt = f"{drawn.says} {source(asked, drawn.metric)}"
            st.plotly_chart(sent, config=CHART_CONFIG, key=key, alt=alt)
            if open_table is not None:
                open_table(drawn.table)


def untouched(metric: Metric) -> str:
    """Which filters are set and do not narrow this number; empty without any."""
    tell = view.language()
    names = [name for key, _, name in choices.set_filters() if key not in metric.filters]
    if not names:
        return ""
    return say(tell, "Not narrowed by {names}", names=say(tell, ", ").join(names))


@st.fragment  # what it offers is made when it is chosen, without drawing the page again
@view.telling()
def _menu(place: str, drawn: Chart, asked: Question) -> None:
    chosen = st.menu_button(
        asked.say("More"),
        list(MENU) if drawn.spec.series else ["about", "link"],
        format_func=lambda each: MENU[each].in_language(asked.language),
        type="tertiary",
        key=f"menu-{place}",
    )
    file = f"{drawn.metric.key}_{asked.selection.as_of:%Y%m%d}"
    if chosen == "table":
        st.dialog(drawn.title, width="large")(_rows)(drawn)
    elif chosen in ("png", "svg"):
        browser.save_picture(chosen, place, drawn.title, drawn.says, file)
    elif chosen == "csv":
        origin = {asked.say("Source"): source(asked, drawn.metric)}
        browser.save_file(as_csv(drawn.table.assign(**origin)).decode("utf-8"), f"{file}.csv")
    elif chosen == "about":
        explain.opened(drawn.metric, asked.selection)
    elif chosen == "link":
        browser.copy(address.link())


def _rows(drawn: Chart) -> None:
    table(drawn.table.head(MOST_ROWS))
    if len(drawn.table) > MOST_ROWS:
        st.caption(
            say(
                view.language(),
                "The first {shown} of {count} rows; the file has all.",
                shown=number_text(MOST_ROWS),
                count=number_text(len(drawn.table)),
            )
        )


@st.fragment
def folded(title: str, draw: Callable[[], object]) -> None:
    """What `draw` shows, drawn only when somebody opens it."""
    with st.expander(title, key=f"folded-{title}", on_change="rerun") as box:
        if box.open:
            draw()


def side_by_side(*columns: Sequence[Callable[[Question], Chart]]) -> None:
    """Columns of charts; on a phone one below the other."""
    for column, draws in zip(st.columns(len(columns)), columns, strict=True):
        with column:
            for draw in draws:
                chart(draw)


def source(asked: Question, metric: Metric | None = None) -> str:
    """Which records, as of when, filters and the sample mark: under every figure, in every file."""
    parts = []
    if metric is not None:
        feeds = asked.say(", ").join(feed_name(feed, asked.language) for feed in metric.feeds)
        parts.append(asked.say("Source: {feeds}", feeds=feeds))
    parts.append(
        asked.say("Up to {day}", day=short_day_text(asked.selection.as_of, asked.language))
    )
    names = [
        name for key, _, name in choices.set_filters() if metric is None or key in metric.filters
    ]
    if names:
        parts.append(asked.say("Filters: {names}", names=asked.say(", ").join(names)))
    if view.is_sample():
        parts.append(asked.say("Sample data"))
    return " · ".join(parts)

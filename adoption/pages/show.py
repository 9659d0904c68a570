"""How a page is laid out: heading, headline numbers, and charts with all that goes with them."""

import re
from collections.abc import Callable

import pandas as pd
import streamlit as st

from adoption.charts.chart import Chart, Question
from adoption.charts.headlines import headlines
from adoption.formats import day_text, number_text, short_day_text
from adoption.language import Language, Text, say
from adoption.metrics import Selection
from adoption.pages import view

MOST_ROWS = 1_000  # of a table on a page; the file has all
CHART_CONFIG = {"displayModeBar": False, "responsive": True}
# A cell that begins with one of these would run as a formula in a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@st.cache_resource(max_entries=500, show_spinner=False)
def _drawn(
    stamp: tuple[str, str],
    name: str,
    selection: Selection,
    language: Language,
    _draw: Callable[[Question], Chart],
    _question: Question,
) -> Chart:
    return _draw(_question)


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
    st.info(say(tell, "There are no records yet."), icon=":material/database:")
    st.page_link(
        "adoption/pages/data.py",
        label=say(tell, "Load records"),
        icon=":material/upload_file:",
    )
    return True


def headline_numbers() -> None:
    asked = view.question()
    before = short_day_text(asked.selection.months_before(1).as_of, asked.language)
    with st.container(horizontal=True, key="headlines"):
        for headline in headlines(asked):
            st.metric(
                headline.label,
                headline.value,
                headline.change,
                delta_color="off",
                delta_arrow=headline.arrow,
                delta_description=asked.say("since {day}", day=before),
                help=headline.metric.definition.in_language(asked.language),
                border=True,
            )


def chart(draw: Callable[[Question], Chart]) -> None:
    """A chart with its title and definition, its sentence, its table and the download."""
    asked = view.question()
    key = f"{draw.__module__}.{draw.__name__}".removeprefix("adoption.charts.")
    drawn = _drawn(view.stamp(), key, asked.selection, asked.language, draw, asked)
    with st.container(border=True, key="chart-" + key.replace(".", "-")):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(drawn.title, anchor=False)
            with st.popover(asked.say("Definition"), icon=":material/info:", type="tertiary"):
                st.write(drawn.metric.definition.in_language(asked.language))
                st.caption(f"`{drawn.metric.key}`")
        st.text(drawn.says)
        if drawn.figure is None:
            return
        st.plotly_chart(drawn.figure, config=CHART_CONFIG, key=key, alt=drawn.says)
        origin = source(asked)
        st.caption(as_text(origin))
        with st.expander(asked.say("Table")):
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
                file_name=f"{drawn.metric.key}_{asked.selection.as_of:%Y%m%d}.csv",
                mime="text/csv",
                key=f"download-{key}",
            )


def source(asked: Question) -> str:
    """As-of day, filters and the sample mark: what stands under every figure and in every file."""
    parts = [asked.say("As of {day}", day=day_text(asked.selection.as_of, asked.language))]
    if chosen := view.chosen():
        names = asked.say(", ").join(chosen)
        parts.append(asked.say("Filters: {names}", names=names))
    if view.is_sample():
        parts.append(asked.say("Sample data"))
    return " · ".join(parts)


def as_text(words: str) -> str:
    """`words`, which hold names from data, for a place that reads Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#:$~|])", r"\\\1", words)


def table(rows: pd.DataFrame, *, wraps: bool = False, key: str | None = None) -> None:
    """Counts with thousands separators. With `wraps`, room for two lines of text in a row."""
    numbers = rows.select_dtypes("number").columns
    st.dataframe(
        rows,
        hide_index=True,
        height="auto" if len(rows) < 12 else 420,
        row_height=66 if wraps else None,  # more than 4 rem: Streamlit wraps only then
        key=key,
        column_config={name: st.column_config.NumberColumn(format="localized") for name in numbers},
    )


def as_csv(rows: pd.DataFrame) -> bytes:
    """UTF-8 with a BOM, which Excel needs to read Chinese; formulas made harmless."""
    safe = rows.map(
        lambda cell: (
            f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
        )
    )
    text: str = safe.to_csv(index=False)
    return text.encode("utf-8-sig")

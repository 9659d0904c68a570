"""The list of certificates to call about, filtered and downloaded."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from adoption.charts.chart import readable
from adoption.charts.codes import name
from adoption.formats import number_text
from adoption.metrics import METRICS, Selection, evaluate
from adoption.metrics.outreach import LAST_STAGES, stage_code
from adoption.pages import address, choices, explain, show, view
from adoption.workbook import as_xlsx

MOST_SHOWN = 1_000
METRIC = METRICS["outreach"]


# A list can be long: few are kept, as they are, for nobody changes them.
@st.cache_resource(max_entries=5, show_spinner=False)
def listed(url: str, version: str, selection: Selection) -> pd.DataFrame:
    with view.reading(version) as reader:
        return evaluate(reader, METRIC, selection)


@st.fragment
@view.telling()
def table() -> None:
    """The first of the list on screen, all of it to download."""
    asked = view.question()
    with st.container(border=True, key="outreach"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(METRIC.title.in_language(asked.language), anchor=False, width="content")
            about = st.container(width="content")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            within = choices.switch(
                asked.say("Expiring within"),
                "within",
                lambda days: asked.say("{days} days", days=days),
            )
            stages = {str(stage): name(stage_code(stage), asked.language) for stage in LAST_STAGES}
            choices.multiselect(asked.say("Reminder stage reached last"), "stage", stages)
        address.record()  # only this part of the page is drawn again
        selection = replace(
            asked.selection,
            days=int(within),
            stage=tuple(int(stage) for stage in view.current().choices["stage"]),
        )
        with about:
            explain.button(METRIC, selection, "outreach")
        rows = listed(*view.stamp(), selection)
        if rows.empty:
            st.text(asked.say("No record matches this day and these filters."))
            return
        shown = readable(METRIC, rows.head(MOST_SHOWN), asked.language)
        sentence = asked.say(
            "{count} certificates of {holders} holders to call about.",
            count=number_text(len(rows)),
            holders=number_text(rows["holder_id"].nunique()),
        )
        first = (
            asked.say("The first {count} are shown; a file has all.", count=number_text(MOST_SHOWN))
            if len(rows) > MOST_SHOWN
            else ""
        )
        st.text(asked.sentences(sentence, first))
        show.table(shown)
        origin = show.source(asked, METRIC)
        st.caption(show.as_text(origin))
        with st.container(horizontal=True):
            file_name = f"{METRIC.key}_{selection.as_of:%Y%m%d}"
            st.download_button(
                asked.say("Download CSV"),
                lambda: show.as_csv(
                    readable(METRIC, rows, asked.language).assign(**{asked.say("Source"): origin})
                ),
                file_name=f"{file_name}.csv",
                mime="text/csv",
                on_click="ignore",
                key="download-outreach-csv",
            )
            st.download_button(
                asked.say("Download Excel"),
                lambda: as_xlsx(
                    readable(METRIC, rows, asked.language),
                    METRIC.title.in_language(asked.language),
                    origin,
                ),
                file_name=f"{file_name}.xlsx",
                mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                on_click="ignore",
                key="download-outreach-xlsx",
            )

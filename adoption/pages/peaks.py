"""What belongs to the charts of when certificates expire: the switch, and the calendar file."""

import streamlit as st

from adoption.charts import expiry_calendar
from adoption.ics import peaks_file
from adoption.language import say
from adoption.pages import choices, show, view


def switch() -> str:
    """Whether expiries are shown by day, week or month."""
    tell = view.language()
    names = {
        "day": say(tell, "By day"),
        "week": say(tell, "By week"),
        "month": say(tell, "By month"),
    }
    title = say(tell, "Expiries by")
    return choices.switch(title, "step", names.__getitem__, has_title=False)


def calendar() -> None:
    """A year of expiries, and its peaks as a file for a calendar program."""
    show.chart(expiry_calendar.calendar)
    asked = view.question()
    busiest = asked.rows("busiest_days")
    if not busiest["peak"].any():
        return
    st.download_button(
        asked.say("Add the peaks to a calendar (.ics)"),
        lambda: peaks_file(busiest, asked.selection, asked.language, show.source(asked)),
        file_name=f"expiry_peaks_{asked.selection.as_of:%Y%m%d}.ics",
        mime="text/calendar",
        icon=":material/event:",
        on_click="ignore",
        key="download-peaks",
    )

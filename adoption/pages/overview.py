"""Where do we stand?"""

import streamlit as st

from adoption.charts import adoption_rate, expiry, reminders
from adoption.language import Text
from adoption.pages import show, standing, view

TITLE = Text("總覽", "Overview")
CHARTS = (adoption_rate.over_time, expiry.next_45_days, reminders.funnel)

if view.data_day() is None:
    st.title(TITLE.in_language(view.language()), anchor=False)
    show.is_empty()
else:
    show.at_once(*CHARTS, besides=(standing.told,))
    said = standing.told()
    standing.headline(TITLE, said)
    standing.numbers(said)
    left, right = st.columns([11, 9])
    with left:
        standing.needs_attention(said)
    with right:
        standing.changed(said)
    standing.compared()
    for column, draw in zip(st.columns([9, 10, 11]), CHARTS, strict=True):
        with column:
            show.chart(draw)

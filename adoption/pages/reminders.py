"""Does reminding work?"""

import streamlit as st

from adoption.charts import reminders
from adoption.language import Text
from adoption.pages import show

show.heading(
    Text("提醒", "Reminders"),
    Text(
        "到期前45、30、15、1天的四次通知，各有多少憑證走到、後來如何。",
        "How many certificates reach each of the four mails, and what comes of it.",
    ),
)
if not show.is_empty():
    left, right = st.columns(2)
    with left:
        show.chart(reminders.funnel)
    with right:
        show.chart(reminders.outcomes)
    show.chart(reminders.by_month)
    show.chart(reminders.outcomes_by_month)

"""Does reminding work?"""

import streamlit as st

from adoption.charts import mails, outcomes, reminders
from adoption.language import Text
from adoption.pages import show, view


def section(title: Text) -> None:
    st.header(title.in_language(view.language()), anchor=False)


show.heading(
    Text("提醒", "Reminders"),
    Text(
        "到期前45、30、15、1天的四次提醒有沒有用：多少憑證走到、之後多少換發；信件有沒有寄到；接下來要寄多少。",
        "Do the four mails, 45, 30, 15 and 1 days before expiry, work: how many certificates come "
        "to each, how many renew after it, whether the mails arrive, and how many are to come.",
    ),
)
if not show.is_empty():
    show.at_once(
        outcomes.survival, reminders.funnel, outcomes.outcomes, mails.delivery, mails.workload
    )
    show.chart(outcomes.survival)
    section(Text("憑證：到達提醒階段之後", "Certificates: after a reminder stage"))
    left, right = st.columns(2)
    with left:
        show.chart(reminders.funnel)
    with right:
        show.chart(outcomes.outcomes)
    left, right = st.columns(2)
    with left:
        show.chart(reminders.by_month)
    with right:
        show.chart(outcomes.by_month)

    section(Text("信件：應寄、已寄、待寄", "Mails: due, sent and to come"))
    show.chart(mails.delivery)
    show.chart(mails.workload)

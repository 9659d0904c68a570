"""Does reminding work?"""

import streamlit as st

from adoption.charts import conversion, mails, outcomes, reminders
from adoption.charts.codes import stage_name
from adoption.language import Text, say
from adoption.pages import show, view
from adoption.policy import STAGE_DAYS


def section(title: Text) -> None:
    st.header(title.in_language(view.language()), anchor=False)


show.heading(
    Text("提醒", "Reminders"),
    Text(
        "到期前45、30、15、1天的四次通知有沒有用：多少憑證走到、之後多少換發；信件有沒有寄到；接下來要寄多少。",
        "Do the four mails, 45, 30, 15 and 1 days before expiry, work: how many certificates come "
        "to each, how many renew after it, whether the mails arrive, and how many are to come.",
    ),
)
if not show.is_empty():
    show.at_once(
        mails.delivery,
        mails.missing,
        reminders.funnel,
        reminders.counted,
        mails.workload,
        outcomes.outcomes,
        outcomes.survival,
    )
    section(Text("憑證：到達提醒階段之後", "Certificates: after a reminder stage"))
    left, right = st.columns(2)
    with left:
        show.chart(reminders.counted)
    with right:
        show.chart(outcomes.outcomes)
    left, right = st.columns(2)
    with left:
        show.chart(reminders.funnel)
    with right:
        show.chart(outcomes.survival)
    show.chart(conversion.by_month)
    show.chart(reminders.by_month)
    show.chart(outcomes.by_month)

    section(Text("如果換發比率提高", "If more renewed"))
    stage = st.segmented_control(
        say(view.language(), "Reminder stage"),
        STAGE_DAYS,
        default=STAGE_DAYS[1],
        format_func=lambda days: stage_name(days, view.language()),
        required=True,
    )
    show.chart(conversion.what_if(stage))

    section(Text("信件：應寄、已寄、待寄", "Mails: due, sent and to come"))
    left, right = st.columns(2)
    with left:
        show.chart(mails.delivery)
    with right:
        show.chart(mails.missing)
    show.chart(mails.workload)

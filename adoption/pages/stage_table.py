"""The four stages in a table: certificates, mails, and what came of them."""

import pandas as pd
import streamlit as st

from adoption.charts import mails
from adoption.charts.chart import Question
from adoption.charts.codes import stage_name
from adoption.formats import number_text, share_text
from adoption.pages import show, view


def table() -> None:
    asked = view.question()
    with st.container(border=True, key="stages"):
        st.subheader(asked.say("The four stages"), anchor=False)
        st.text(show.says(mails.delivery))
        st.table(rows(asked), border="horizontal", hide_index=True)
        st.caption(show.as_text(show.source(asked)))


def rows(asked: Question) -> pd.DataFrame:
    """A row a stage, as text: certificates that reached it, mails due, sent and delivered, and the
    share of those certificates that was renewed before the next stage."""
    sent = asked.rows("mail_delivery").set_index("stage")
    return pd.DataFrame(
        [
            {
                asked.say("Stage"): stage_name(row["stage"], asked.language),
                asked.say("Reached (certificates)"): number_text(row["certificates"]),
                asked.say("Due (mails)"): number_text(sent.at[row["stage"], "due"]),
                asked.say("Sent"): number_text(sent.at[row["stage"], "sent"]),
                asked.say("Delivered"): number_text(sent.at[row["stage"], "delivered"]),
                asked.say("Renewed after it"): share_text(row["renewed"], row["decided"]),
            }
            for row in asked.rows("reminder_conversion").to_dict("records")
        ]
    )

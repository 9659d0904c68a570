"""The measure of the screen: what anybody would write to show the overview's four answers."""

import os

import plotly.express as px
import streamlit as st

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import open_store
from benchmarks.byhand import AS_OF


@st.cache_data
def rows(metric):
    return evaluate(open_store(os.environ["ADOPTION_STORE"]), METRICS[metric], Selection(AS_OF))


st.set_page_config(layout="wide")
left, right = st.columns(2)
left.plotly_chart(px.line(rows("valid_over_time"), x="month", y=["valid", "holders"]))
left.plotly_chart(px.bar(rows("expiring"), x="day", y=["expiring", "to_renew"]))
right.plotly_chart(px.bar(rows("integration_totals"), x="side", y=["units", "systems"]))
right.plotly_chart(px.bar(rows("reminder_conversion"), x="stage", y=["renewed", "went_on"]))

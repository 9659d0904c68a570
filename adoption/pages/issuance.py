"""How far has adoption come?"""

import streamlit as st

from adoption.charts import adoption_rate, issuance
from adoption.language import Text
from adoption.pages import show

show.heading(
    Text("核發", "Issuance"),
    Text(
        "工商憑證推廣到什麼程度：採用率、有效憑證與持有者、每月核發，以及各縣市與組織別的差別。",
        "How far adoption has come: the rate, what is valid and held, what is issued, and where.",
    ),
)
if not show.is_empty():
    show.at_once(
        adoption_rate.over_time,
        adoption_rate.by_county,
        adoption_rate.by_type,
        issuance.cards_per_holder,
        issuance.issued_by_month,
    )
    show.chart(adoption_rate.over_time)
    left, right = st.columns(2)
    with left:
        show.chart(adoption_rate.by_county_map)
    with right:
        show.chart(adoption_rate.by_county)
    left, right = st.columns(2)
    with left:
        show.chart(adoption_rate.by_type)
    with right:
        show.chart(issuance.cards_per_holder)
    left, right = st.columns(2)
    with left:
        show.chart(issuance.issued_by_month)
    with right:
        show.chart(issuance.issued_by_type)

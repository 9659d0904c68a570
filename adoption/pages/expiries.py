"""What expires, when, and how much is still to renew?"""

import streamlit as st

from adoption.charts import expiry
from adoption.language import Text
from adoption.pages import show

show.heading(
    Text("到期", "Expiries"),
    Text("什麼時候到期、到期多少、多少尚未換發。", "What expires when, and what is to renew."),
)
if not show.is_empty():
    show.chart(expiry.by_day)
    show.chart(expiry.calendar)
    left, right = st.columns(2)
    with left:
        show.chart(expiry.by_month)
    with right:
        show.chart(expiry.by_county)

"""Who has integrated, who is behind?"""

import streamlit as st

from adoption.charts import integration
from adoption.language import Text
from adoption.pages import show

show.heading(
    Text("導入", "Rollout"),
    Text("哪些單位與系統已導入工商憑證，進度如何。", "Which units and systems have integrated."),
)
if not show.is_empty():
    left, right = st.columns([3, 2])
    with left:
        show.chart(integration.curve)
    with right:
        show.chart(integration.by_side)
    show.chart(integration.by_unit)

"""Who has integrated, who is behind?"""

import streamlit as st

from adoption.charts import integration, stages, waves
from adoption.language import Text
from adoption.pages import show, units

show.heading(
    Text("導入", "Rollout"),
    Text("哪些單位與系統已導入工商憑證，哪些落後。", "Who has integrated, and who is behind."),
)
if not show.is_empty():
    units.search()
    if units.only_unit():
        units.page_part()
    else:
        left, right = st.columns(2)
        with left:
            show.chart(stages.overdue)
        with right:
            show.chart(waves.plan)
        left, right = st.columns(2)
        with left:
            show.chart(stages.by_stage)
        with right:
            show.chart(integration.curve)
        units.league()
        show.chart(stages.waiting)

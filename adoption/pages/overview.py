"""Where do we stand?"""

import streamlit as st

from adoption.charts import expiry, integration, issuance, reminders
from adoption.language import Text
from adoption.pages import show, standing

show.heading(
    Text("總覽", "Overview"),
    Text("工商憑證的導入、核發與到期，一分鐘看完。", "Where adoption stands, in a minute."),
)
if not show.is_empty():
    show.at_once(
        issuance.adoption_curve,
        reminders.funnel,
        expiry.next_45_days,
        integration.by_side,
        besides=(standing.to_attend_to, standing.changes_known),
    )
    numbers = standing.numbers()
    items = standing.to_attend_to()
    standing.in_a_line(numbers, items)
    standing.cards(numbers)
    left, right = st.columns(2)
    with left:
        standing.needs_attention(items)
    with right:
        standing.changed()
    standing.compared()
    standing.targets()
    left, right = st.columns(2)
    with left:
        show.chart(issuance.adoption_curve)
        show.chart(expiry.next_45_days)
    with right:
        show.chart(integration.by_side)
        show.chart(reminders.funnel)

"""What expires, when, and will they renew?"""

import streamlit as st

from adoption.charts import expiry, expiry_calendar, forecast, renewal
from adoption.language import Text
from adoption.pages import outreach, peaks, show

show.heading(
    Text("到期", "Expiries"),
    Text(
        "什麼時候到期、到期多少，會不會換發，該聯繫誰。",
        "What expires when, whether it will be renewed, and whom to call.",
    ),
)
if not show.is_empty():
    BY = {"day": expiry.by_day, "week": expiry.by_week, "month": expiry.by_month}
    show.chart(BY[peaks.switch()])
    show.chart(expiry_calendar.calendar)
    peaks.download()
    show.chart(renewal.rate)
    show.chart(forecast.ahead)
    left, right = st.columns(2)
    with left:
        show.chart(forecast.back_test)
    with right:
        show.chart(renewal.timing)
    left, right = st.columns([2, 3])
    with left:
        show.chart(expiry.by_county)
    with right:
        outreach.table()

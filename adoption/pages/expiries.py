"""What expires, when, and will they renew?"""

from functools import partial

import streamlit as st

from adoption.charts import expiry, forecast, renewal
from adoption.language import Text, say
from adoption.pages import outreach, peaks, show, view

show.heading(
    Text("到期", "Expiries"),
    Text(
        "什麼時候到期、該聯繫誰、會不會換發。",
        "What expires when, whom to call, and who will renew.",
    ),
)
if not show.is_empty():
    tell = view.language()
    BY = {"day": expiry.by_day, "week": expiry.by_week, "month": expiry.by_month}
    show.chart(BY[peaks.switch()])
    left, right = st.columns([2, 3])
    with left:
        show.chart(expiry.by_county)
    with right:
        outreach.table()
    show.folded(say(tell, "Renewal rate by expiry month"), partial(show.chart, renewal.rate))
    show.folded(say(tell, "Calendar of a year"), peaks.calendar)
    show.folded(say(tell, "Forecast of 24 months"), partial(show.chart, forecast.ahead))
    show.folded(say(tell, "When people renew"), partial(show.chart, renewal.timing))

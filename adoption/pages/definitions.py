"""What does this number mean?"""

import streamlit as st

from adoption.charts.totals import compared
from adoption.language import Text, say
from adoption.metrics import METRICS
from adoption.pages import show, view
from adoption.policy import STAGES, control_totals

tell = view.language()
show.heading(
    Text("說明", "Definitions"),
    Text("每個數字的意義、不計什麼、從哪裡來。", "What every number means and does not count."),
)
st.subheader(say(tell, "Metrics"), anchor=False)
for metric in METRICS.values():
    with st.container(border=True):
        st.markdown(f"**{metric.title.in_language(tell)}**")
        st.write(metric.definition.in_language(tell))
        columns = say(tell, ", ").join(column.title.in_language(tell) for column in metric.columns)
        st.caption(say(tell, "Columns: {columns}", columns=columns))
        st.code(f"python -m adoption metric {metric.key}", language="bash")

st.subheader(say(tell, "Reminder stages"), anchor=False)
st.markdown("\n".join(f"1. {Text(stage.zh, stage.en).in_language(tell)}" for stage in STAGES))

st.subheader(say(tell, "Control totals"), anchor=False)
st.caption(say(tell, "The source briefing's figures, compared with the records on the same day."))
show.table(compared(tell, view.answer))
st.caption(f"{say(tell, 'Source')} {control_totals()[0].source}")

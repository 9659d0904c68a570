"""What does this number mean?"""

import streamlit as st

from adoption import programme
from adoption.charts.totals import compared
from adoption.formats import day_text
from adoption.language import Text, say
from adoption.metrics import METRICS
from adoption.pages import explain, show, view
from adoption.policy import STAGES, control_totals

tell = view.language()
show.heading(
    Text("說明", "Definitions"),
    Text("每個數字的意義、不計什麼、從哪裡來。", "What every number means and does not count."),
)
wanted = explain.search()
metrics = [metric for metric in METRICS.values() if explain.is_about(metric, wanted)]
answers = [fact for fact in programme.FACTS if explain.is_about(fact, wanted)]

st.subheader(say(tell, "Metrics"), anchor=False)
if not metrics:
    st.text(say(tell, "No metric has these words."))
for metric in metrics:
    explain.entry(metric, is_open=bool(wanted))

st.subheader(say(tell, "Questions that people ask"), anchor=False)
day = day_text(control_totals()[0].as_of, tell)
st.caption(
    say(
        tell,
        "From the {briefing}, as of {day}, in our words; not from the records.",
        briefing=programme.BRIEFING.in_language(tell),
        day=day,
    )
)
if not answers:
    st.text(say(tell, "No answer has these words."))
for fact in answers:
    with st.expander(fact.question.in_language(tell), expanded=bool(wanted)):
        st.text(fact.answer.in_language(tell))

st.subheader(say(tell, "Reminder stages"), anchor=False)
st.markdown("\n".join(f"1. {Text(stage.zh, stage.en).in_language(tell)}" for stage in STAGES))

st.subheader(say(tell, "Control totals"), anchor=False)
st.caption(say(tell, "The source briefing's figures, compared with the records on the same day."))
show.table(compared(tell, view.answer))
st.caption(f"{say(tell, 'Source')} {control_totals()[0].source}")

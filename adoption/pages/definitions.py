"""What does this number mean?"""

from functools import partial

import streamlit as st

from adoption import faq
from adoption.charts import forecast
from adoption.formats import day_text
from adoption.language import Text, say
from adoption.metrics import GROUPS
from adoption.pages import explain, show, view
from adoption.policy import STAGES, control_totals

tell = view.language()
show.heading(
    Text("說明", "Definitions"),
    Text(
        "常見問題，以及每個數字的意義。", "Questions that people ask, and what each number means."
    ),
)
wanted = explain.search()

st.subheader(say(tell, "Questions that people ask"), anchor=False)
answers = [fact for fact in faq.FACTS if explain.is_about(fact, wanted)]
for fact in answers:
    with st.expander(fact.question.in_language(tell), expanded=bool(wanted)):
        st.text(fact.answer.in_language(tell))
if not answers:
    st.text(say(tell, "No answer has these words."))
st.caption(
    say(
        tell,
        "From the {briefing}, as of {day}, in our words; not from the records.",
        briefing=faq.BRIEFING.in_language(tell),
        day=day_text(control_totals()[0].as_of, tell),
    )
)

st.subheader(say(tell, "Metrics"), anchor=False)
found = {
    subject: [metric for metric in metrics if explain.is_about(metric, wanted)]
    for subject, metrics in GROUPS.items()
}
for subject, metrics in found.items():
    if metrics and wanted:
        explain.lines(metrics)
    elif metrics:
        show.folded(subject.in_language(tell), partial(explain.lines, metrics))
if not any(found.values()):
    st.text(say(tell, "No metric has these words."))

show.folded(say(tell, "Glossary"), explain.glossary)

st.subheader(say(tell, "Reminder stages"), anchor=False)
st.markdown("\n".join(f"1. {Text(stage.zh, stage.en).in_language(tell)}" for stage in STAGES))

if view.data_day() is not None:
    show.folded(say(tell, "How good the forecast was"), partial(show.chart, forecast.back_test))

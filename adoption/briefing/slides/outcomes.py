"""How the reminder journeys ended: each certificate once."""

from adoption.briefing.asked import Asked
from adoption.briefing.content import Slide
from adoption.briefing.slides.nothing import nothing
from adoption.charts import outcomes as charts
from adoption.formats import percent_text
from adoption.metrics.rules import RENEWED_IN_TIME


def outcomes(asked: Asked) -> Slide:
    key = "outcomes"
    rows = asked.rows("reminder_outcomes")
    if rows.empty:
        return nothing(asked, key, asked.say("Outcomes of the reminders"))
    chart = charts.outcomes(asked).spec
    in_time = rows.loc[rows["outcome"].isin(RENEWED_IN_TIME), "share"].sum()
    return Slide(
        key,
        asked.say("{share} were renewed before they expired", share=percent_text(in_time)),
        says=(chart.says,),
        charts=(chart,),
        notes=(chart.says,),
    )

"""How the reminder journeys ended: each certificate once."""

from adoption.briefing.asked import Asked
from adoption.briefing.content import Plot, Series, Slide
from adoption.briefing.slides.nothing import nothing
from adoption.charts import outcomes as charts
from adoption.charts import theme
from adoption.formats import number_text, percent_text
from adoption.metrics.rules import OUTCOMES, RENEWED_IN_TIME


def outcomes(asked: Asked) -> Slide:
    key = "outcomes"
    rows = asked.rows("reminder_outcomes")
    if rows.empty:
        return nothing(asked, key, asked.say("Outcomes of the reminders"))
    says = charts.outcomes(asked).says
    found = rows.set_index("outcome").reindex(OUTCOMES, fill_value=0)
    return Slide(
        key,
        asked.say(
            "{share} were renewed before they expired",
            share=percent_text(found["share"][list(RENEWED_IN_TIME)].sum()),
        ),
        says=(says,),
        plots=(
            Plot(
                "bars",
                asked.say("Certificates whose first reminder fell due, by what came of them"),
                tuple(map(asked.name, OUTCOMES)),
                (
                    Series(
                        asked.say("Share of certificates"),
                        tuple(found["share"].tolist()),
                        theme.OUTCOME["before_first"],
                        tuple(theme.OUTCOME[outcome] for outcome in OUTCOMES),
                        tuple(
                            asked.say(" ({count})", count=number_text(count))
                            for count in found["certificates"]
                        ),
                    ),
                ),
                asked.say("Share of certificates"),
                says,
                is_share=True,
            ),
        ),
        notes=(says,),
    )

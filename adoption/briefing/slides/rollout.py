"""The rollout by unit: who has integrated most, and what is on its way."""

from adoption.briefing.asked import Asked
from adoption.briefing.content import Slide
from adoption.briefing.slides.nothing import nothing
from adoption.charts import integration
from adoption.charts.stages import ON_THEIR_WAY
from adoption.formats import number_text

MOST_UNITS = 8


def rollout(asked: Asked) -> Slide:
    key = "rollout"
    rows = asked.rows("systems_by_unit")
    if rows.empty:
        return nothing(asked, key, asked.say("Rollout by unit"))
    ahead = rows[list(ON_THEIR_WAY)].sum()
    chart = integration.by_unit(asked).spec.first(MOST_UNITS)
    drawn = ""
    if len(chart.places.at) < len(rows):
        drawn = asked.say(
            "Drawn are the {shown} units with most systems.",
            shown=number_text(len(chart.places.at)),
        )
    most = integration.most_first(rows).head(3)
    return Slide(
        key,
        _title(asked, int((rows["integrated"] > 0).sum()), int(ahead.sum())),
        says=(asked.sentences(chart.says, drawn),),
        charts=(chart,),
        notes=(
            chart.says,
            asked.say(
                "Most systems: {facts}.",
                facts=asked.say(", ").join(
                    f"{row.unit} {number_text(row.integrated)}" for row in most.itertuples()
                ),
            ),
        ),
    )


def _title(asked: Asked, units: int, ahead: int) -> str:
    return asked.say(
        "{units}; {systems}",
        units=asked.say_of(
            units,
            "{count} unit has integrated",
            "{count} units have integrated",
            count=number_text(units),
        ),
        systems=asked.say_of(
            ahead,
            "{count} system is on its way",
            "{count} systems are on their way",
            count=number_text(ahead),
        ),
    )

"""The rollout by unit: who has integrated most, and what is on its way."""

from adoption.briefing.asked import Asked
from adoption.briefing.content import Plot, Series, Slide
from adoption.briefing.slides.nothing import nothing
from adoption.briefing.text import shortened
from adoption.charts import theme
from adoption.charts.integration import STAGES, most_first, units_sentence
from adoption.charts.stages import ON_THEIR_WAY
from adoption.formats import number_text

MOST_UNITS = 8
MOST_EMS = 22  # of a unit's name beside its bar


def rollout(asked: Asked) -> Slide:
    key, metric = "rollout", "systems_by_unit"
    rows = asked.named(asked.rows(metric))
    if rows.empty:
        return nothing(asked, key, asked.say("Rollout by unit"))
    shown = most_first(rows).head(MOST_UNITS)
    ahead = rows[list(ON_THEIR_WAY)].sum()
    says = units_sentence(asked, rows)
    drawn = ""
    if len(shown) < len(rows):
        drawn = asked.say(
            "Drawn are the {shown} units with most systems.", shown=number_text(len(shown))
        )
    names = [shortened(unit, MOST_EMS) for unit in shown["unit"]]
    return Slide(
        key,
        _title(asked, int((rows["integrated"] > 0).sum()), int(ahead.sum())),
        says=(asked.sentences(says, drawn),),
        plots=(
            Plot(
                "stacked_bars",
                asked.say("Systems by unit and stage"),
                tuple(names),
                tuple(
                    Series(
                        asked.column(metric, stage),
                        tuple(shown[stage].tolist()),
                        theme.SYSTEM_STAGE[stage],
                    )
                    for stage in STAGES
                    if shown[stage].any()
                ),
                asked.say("Systems"),
                asked.sentences(says, drawn),
            ),
        ),
        notes=(
            says,
            asked.say(
                "Most systems: {facts}.",
                facts=asked.say(", ").join(
                    f"{row.unit} {number_text(row.integrated)}"
                    for row in shown.head(3).itertuples()
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

"""How often each reminder stage is reached, and what comes of it until the next."""

import pandas as pd

from adoption.briefing.asked import Asked
from adoption.briefing.content import Plot, Series, Slide, Table
from adoption.briefing.slides.nothing import nothing
from adoption.charts import mails, theme
from adoption.charts import reminders as charts
from adoption.charts.codes import stage_name
from adoption.formats import number_text

MAILS = ("due", "sent", "delivered", "missing")


def reminders(asked: Asked) -> Slide:
    key = "reminders"
    rows = asked.rows("reminder_conversion")
    reached = rows["certificates"]
    if not reached.any():
        return nothing(asked, key, asked.say("Reminder stages"))
    says = charts.funnel(asked).says
    stages = tuple(stage_name(stage, asked.language) for stage in rows["stage"])
    undecided = reached - rows["decided"]
    parts = {
        asked.say("Renewed"): (rows["renewed"], theme.FATE["renewed"]),
        asked.say("Ended"): (rows["ended"], theme.FATE["ended"]),
        asked.say("Not renewed"): (rows["went_on"], theme.FATE["went_on"]),
        asked.say("Next due day ahead"): (undecided, theme.FATE["undecided"]),
    }
    return Slide(
        key,
        asked.say_of(
            int(reached.iloc[0]),
            "{first} certificate reached the first reminder, {last} the last",
            "{first} certificates reached the first reminder, {last} the last",
            first=number_text(reached.iloc[0]),
            last=number_text(reached.iloc[-1]),
        ),
        says=(says,),
        plots=(
            Plot(
                "stacked_bars",
                asked.say("What came of each stage up to the next due day"),
                stages,
                tuple(
                    Series(name, tuple(counts.tolist()), colour)
                    for name, (counts, colour) in parts.items()
                ),
                asked.say("Certificates"),
                says,
            ),
        ),
        tables=(_mails(asked, stages, asked.rows("mail_delivery")),),
        notes=(says, mails.delivery(asked).says),
    )


def _mails(asked: Asked, stages: tuple[str, ...], rows: pd.DataFrame) -> Table:
    counts = rows.set_index("stage")[list(MAILS)]
    # The table's title says that they are mails.
    titles = [asked.column("mail_delivery", name).split("（")[0] for name in MAILS]
    return Table(
        asked.say("Mails by the rule and by the send log"),
        (asked.say("Reminder"), *titles),
        tuple((stage, *row) for stage, row in zip(stages, counts.values.tolist(), strict=True)),
    )

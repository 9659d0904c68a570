"""How often each reminder stage is reached, and what comes of it until the next."""

import pandas as pd

from adoption.briefing.asked import Asked
from adoption.briefing.content import Slide, Table
from adoption.briefing.slides.nothing import nothing
from adoption.charts import mails
from adoption.charts import reminders as charts
from adoption.formats import number_text

MAILS = ("due", "sent", "delivered", "missing")


def reminders(asked: Asked) -> Slide:
    key = "reminders"
    rows = asked.rows("reminder_conversion")
    reached = rows["certificates"]
    if not reached.any():
        return nothing(asked, key, asked.say("Reminder stages"))
    chart = charts.funnel(asked).spec
    return Slide(
        key,
        asked.say_of(
            int(reached.iloc[0]),
            "{first} certificate reached the first reminder, {last} the last",
            "{first} certificates reached the first reminder, {last} the last",
            first=number_text(reached.iloc[0]),
            last=number_text(reached.iloc[-1]),
        ),
        says=(chart.says,),
        charts=(chart,),
        tables=(_mails(asked, chart.place_texts, asked.rows("mail_delivery")),),
        notes=(chart.says, mails.delivery(asked).says),
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

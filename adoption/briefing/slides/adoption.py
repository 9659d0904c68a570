"""How far adoption has come: valid certificates, their holders, the adoption rate."""

import pandas as pd

from adoption.briefing.asked import Asked
from adoption.briefing.content import Fact, Slide
from adoption.briefing.slides.nothing import nothing
from adoption.charts import adoption_rate, issuance
from adoption.formats import (
    change_text,
    month_text,
    number_text,
    percent_text,
    short_day_text,
)


def adoption(asked: Asked) -> Slide:
    key = "adoption"
    held = asked.rows("valid_over_time")
    if held.empty:
        return nothing(asked, key, asked.say("Adoption over time"))
    rates = asked.rows("adoption_rate_over_time")
    rates = rates[rates["rate"].notna()]
    charts = [issuance.adoption_curve(asked).spec, adoption_rate.over_time(asked).spec]
    valid = int(held["valid"].iloc[-1])
    title = asked.say_of(
        valid,
        "{valid} certificate is valid",
        "{valid} certificates are valid",
        valid=number_text(valid),
    )
    if not rates.empty:
        rate = percent_text(rates["rate"].iloc[-1])
        title = asked.say("{title}; adoption rate {rate}", title=title, rate=rate)
    return Slide(
        key,
        title,
        facts=_facts(asked, held, rates),
        charts=tuple(chart for chart in charts if chart.is_native),
        notes=tuple(chart.says for chart in charts),
    )


def _facts(asked: Asked, held: pd.DataFrame, rates: pd.DataFrame) -> tuple[Fact, ...]:
    before = asked.rows("valid_totals", asked.then).iloc[0]
    day = short_day_text(asked.then.as_of, asked.language)
    facts = [
        Fact(
            asked.column("valid_over_time", name),
            number_text(held[name].iloc[-1]),
            asked.say(
                "{change} since {day}",
                change=change_text(held[name].iloc[-1] - before[name]),
                day=day,
            ),
        )
        for name in ("valid", "holders")
    ]
    if not rates.empty:
        last = rates.iloc[-1]
        facts.append(
            Fact(
                asked.column("adoption_rate_over_time", "rate"),
                percent_text(last["rate"]),
                asked.say(
                    "{holders} of {registered} ({month})",
                    holders=number_text(last["holders"]),
                    registered=number_text(last["registered"]),
                    month=month_text(last["registered_month"], asked.language),
                ),
            )
        )
    return tuple(facts)

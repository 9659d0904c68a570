"""How far adoption has come: valid certificates, their holders, the adoption rate."""

import pandas as pd

from adoption.briefing.asked import Asked
from adoption.briefing.content import Fact, Plot, Series, Slide
from adoption.briefing.slides.nothing import nothing
from adoption.charts import adoption_rate, issuance, theme
from adoption.formats import (
    change_text,
    month_text,
    number_text,
    percent_text,
    short_day_text,
)

COLOURS = {"valid": theme.VALID, "holders": theme.HOLDERS}


def adoption(asked: Asked) -> Slide:
    key = "adoption"
    held = asked.rows("valid_over_time")
    if held.empty:
        return nothing(asked, key, asked.say("Adoption over time"))
    rates = asked.rows("adoption_rate_over_time")
    rates = rates[rates["rate"].notna()]
    held_says = issuance.adoption_curve(asked).says
    rate_says = adoption_rate.over_time(asked).says
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
    plots = [_held(asked, held, held_says)]
    if not rates.empty:
        plots.append(_rate(asked, rates, rate_says))
    return Slide(
        key,
        title,
        facts=_facts(asked, held, rates),
        plots=tuple(plots),
        notes=(held_says, rate_says),
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
        for name in COLOURS
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


def _held(asked: Asked, rows: pd.DataFrame, alt: str) -> Plot:
    key = "valid_over_time"
    return Plot(
        "lines",
        asked.say("Valid certificates and holders by month"),
        tuple(month_text(month, asked.language) for month in rows["month"]),
        tuple(
            Series(asked.column(key, name), tuple(rows[name].tolist()), colour)
            for name, colour in COLOURS.items()
        ),
        asked.say("Certificates / holders"),
        alt,
        months=tuple(rows["month"].dt.date),
    )


def _rate(asked: Asked, rows: pd.DataFrame, alt: str) -> Plot:
    name = asked.column("adoption_rate_over_time", "rate")
    return Plot(
        "lines",
        asked.say("Registered entities that hold a valid certificate"),
        tuple(month_text(month, asked.language) for month in rows["month"]),
        (Series(name, tuple(rows["rate"].tolist()), theme.RATE),),
        name,
        alt,
        is_share=True,
        months=tuple(rows["month"].dt.date),
    )

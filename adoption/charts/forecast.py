"""Charts of what is forecast to lapse, and of how earlier forecasts would have done."""

from adoption.charts.chart import Chart, Question, chart, nothing, total_text
from adoption.charts.spec import Places, Series, days, numbers
from adoption.formats import month_text, number_text, share_text
from adoption.metrics.lapses import FEWEST_COHORTS, LEVEL

MONTHS_BEFORE = 12  # of the forecasts that are drawn beside what happened


def ahead(question: Question) -> Chart:
    """Of those that come up for renewal in each month ahead: what will lapse, and what renew."""
    key = "lapse_forecast"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    known = rows[rows["lapses"].notna()]
    if known.empty:
        says = question.say(
            "No forecast: it takes {count} finished expiry months.", count=str(FEWEST_COHORTS)
        )
        return chart(question, key, says, rows)
    says = question.say(
        "About {lapses} ({share}) of those up for renewal by the end of {last} will expire "
        "without one.",
        lapses=total_text(known["lapses"].round()),
        share=share_text(known["lapses"].sum(), known["expiries"].sum()),
        last=month_text(known["month"].iloc[-1], question.language),
    )
    return chart(
        question,
        key,
        says,
        rows,
        places=Places(
            days(known["month"]),
            "month",
            question.column(key, "month"),
            unlike=(True,) * len(known),
            unlike_name=question.say("Forecast"),
        ),
        series=(
            Series(
                question.say("To lapse, with {level} interval", level=f"{LEVEL:.0%}"),
                numbers(known["lapses"]),
                "lapsed",
                suffixes=tuple(
                    question.say(" ({low} to {high})", low=number_text(low), high=number_text(high))
                    for low, high in zip(known["lapses_low"], known["lapses_high"], strict=True)
                ),
                low=numbers(known["lapses_low"]),
                high=numbers(known["lapses_high"]),
            ),
            Series(
                question.say("To renew in time"),
                numbers(known["expiries"] - known["lapses"]),
                "renewed",
            ),
        ),
        value_title=question.say("Certificates"),
        is_stacked=True,
    )


def back_test(question: Question) -> Chart:
    """What would have been forecast a year before, beside what happened, month after month."""
    key = "forecast_back_test"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    says = question.say(
        "What happened lay within the interval of {within} of {count} earlier forecasts ({share}).",
        within=number_text(rows["within"].sum()),
        count=number_text(len(rows)),
        share=share_text(rows["within"].sum(), len(rows)),
    )
    drawn = rows[rows["months_ahead"] == MONTHS_BEFORE]
    if drawn.empty:
        return chart(question, key, says, rows)
    forecast = Series(
        question.say(
            "Forecast {months} months before, with {level} interval",
            months=str(MONTHS_BEFORE),
            level=f"{LEVEL:.0%}",
        ),
        numbers(drawn["lapses"]),
        "reference",
        low=numbers(drawn["lapses_low"]),
        high=numbers(drawn["lapses_high"]),
        line="none",
        symbol="dash",
    )
    inside = drawn["actual"].where(drawn["within"])
    outside = drawn["actual"].where(~drawn["within"])
    happened = (
        Series(question.say("Lapsed"), numbers(inside), "lapsed", line="none", symbol="circle"),
        Series(
            question.say("Lapsed, outside the interval"),
            numbers(outside),
            "lapsed",
            line="none",
            symbol="x",
        ),
    )
    return chart(
        question,
        key,
        says,
        rows,
        kind="line",
        places=Places(days(drawn["expiry_month"]), "month", question.column(key, "expiry_month")),
        series=(
            forecast,
            *(each for each in happened if any(value is not None for value in each.values)),
        ),
        value_title=question.say("Certificates"),
    )

"""Charts of what is forecast to lapse, and of how earlier forecasts would have done."""

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, chart, nothing, total_text
from adoption.formats import month_text, number_text, share_text
from adoption.metrics.lapses import COHORTS_USED, FEWEST_COHORTS, LEVEL

LAPSED = theme.OUTCOME["lapsed"]
INTERVAL, ON_BARS = "#8a8f98", "#1f2430"
# Stripes over the colour: not what happened, but what is forecast.
PATTERN = {"shape": "/", "fillmode": "overlay", "fgcolor": "white", "fgopacity": 0.35, "size": 6}
MONTHS_BEFORE = 12  # of the forecasts that are drawn beside what happened


def _interval(rows: pd.DataFrame, colour: str = INTERVAL) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": rows["lapses_high"] - rows["lapses"],
        "arrayminus": rows["lapses"] - rows["lapses_low"],
        "thickness": 2,
        "width": 3,
        "color": colour,
    }


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
        return chart(question, key, says, None, rows)
    written = theme.months_written(known["month"], question.language)
    ranges = [
        f"{number_text(low)}–{number_text(high)}"
        for low, high in zip(known["lapses_low"], known["lapses_high"], strict=True)
    ]
    figure = theme.figure(height=360)
    figure.add_bar(
        name=question.say("Forecast to lapse, with {level} interval", level=f"{LEVEL:.0%}"),
        x=known["month"],
        y=known["lapses"],
        width=theme.MONTH_WIDTH,
        marker={"color": LAPSED, "pattern": PATTERN},
        customdata=list(zip(written, ranges, strict=True)),
        hovertemplate="%{customdata[0]}　%{y:,.0f}（%{customdata[1]}）",
    )
    figure.add_bar(
        name=question.say("Forecast to renew in time"),
        x=known["month"],
        y=known["expiries"] - known["lapses"],
        width=theme.MONTH_WIDTH,
        marker={"color": theme.RENEWED, "pattern": PATTERN},
        customdata=written,
        hovertemplate="%{customdata}　%{y:,.0f}",
    )
    # Over the bars, of which it would be behind the upper ones.
    figure.add_scatter(
        x=known["month"],
        y=known["lapses"],
        mode="markers",
        marker={"size": 1, "color": ON_BARS},
        error_y=_interval(known, ON_BARS),
        showlegend=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(**theme.time_axis(known["month"], question.language, "month"))
    figure.update_yaxes(**theme.count_axis(question.say("Certificates")))
    most = known.loc[known["lapses"].idxmax()]
    sentence = question.say(
        "Of {to_renew} valid certificates still to renew that expire by the end of {last}, about "
        "{expiries} will come up for renewal and about {lapses} ({share}) expire without one; "
        "most in {month}: {most}, between {low} and {high} with {level} probability.",
        to_renew=total_text(known["to_renew"]),
        last=month_text(known["month"].iloc[-1], question.language),
        expiries=total_text(known["expiries"].round()),
        lapses=total_text(known["lapses"].round()),
        share=share_text(known["lapses"].sum(), known["expiries"].sum()),
        month=month_text(most["month"], question.language),
        most=number_text(most["lapses"]),
        low=number_text(most["lapses_low"]),
        high=number_text(most["lapses_high"]),
        level=f"{LEVEL:.0%}",
    )
    model = question.say(
        "Each month is given the share that lapsed in the latest finished months, up to {count}, "
        "of what was still to renew as long before expiry.",
        count=str(COHORTS_USED),
    )
    return chart(
        question, key, question.sentences(sentence, model, _tested(question)), figure, rows
    )


def _tested(question: Question) -> str:
    """How often the intervals of earlier forecasts would have held what happened."""
    tested = question.rows("forecast_back_test")
    if tested.empty:
        return ""
    return question.say(
        "Back-test: {within} of {count} such forecasts of the past {months} months ({share}) had "
        "what happened within their {level} interval.",
        within=number_text(tested["within"].sum()),
        count=number_text(len(tested)),
        months=str(tested["expiry_month"].nunique()),
        share=share_text(tested["within"].sum(), len(tested)),
        level=f"{LEVEL:.0%}",
    )


def back_test(question: Question) -> Chart:
    """What would have been forecast a year before, beside what happened, month after month."""
    key = "forecast_back_test"
    rows = question.rows(key)
    drawn = rows[rows["months_ahead"] == MONTHS_BEFORE]
    if rows.empty:
        return nothing(question, key)
    if drawn.empty:
        return chart(question, key, _tested(question), None, rows)
    figure = theme.figure(height=360)
    figure.add_scatter(
        name=question.say(
            "Forecast {months} months before, with {level} interval",
            months=str(MONTHS_BEFORE),
            level=f"{LEVEL:.0%}",
        ),
        x=drawn["expiry_month"],
        y=drawn["lapses"],
        mode="markers",
        marker={"color": INTERVAL, "symbol": "line-ew", "size": 12, "line": {"width": 2}},
        error_y=_interval(drawn),
        customdata=theme.months_written(drawn["expiry_month"], question.language),
        hovertemplate="%{customdata}　%{y:,.0f}",
    )
    figure.data[0].marker.line.color = INTERVAL
    _happened(question, figure, drawn[drawn["within"]], question.say("Lapsed"), "circle")
    _happened(
        question,
        figure,
        drawn[~drawn["within"]],
        question.say("Lapsed, outside the interval"),
        "x",
    )
    figure.update_xaxes(**theme.time_axis(drawn["expiry_month"], question.language, "month"))
    figure.update_yaxes(**theme.count_axis(question.say("Certificates")))
    sentence = question.say(
        "A year ahead, {within} of {count} months would have come within the {level} interval; "
        "the forecasts were off by {error} on average.",
        within=number_text(drawn["within"].sum()),
        count=number_text(len(drawn)),
        level=f"{LEVEL:.0%}",
        error=share_text((drawn["lapses"] - drawn["actual"]).abs().sum(), drawn["actual"].sum()),
    )
    return chart(question, key, question.sentences(sentence, _tested(question)), figure, rows)


def _happened(
    question: Question, figure: go.Figure, rows: pd.DataFrame, name: str, symbol: str
) -> None:
    if rows.empty:
        return
    figure.add_scatter(
        name=name,
        x=rows["expiry_month"],
        y=rows["actual"],
        mode="markers",
        marker={"color": LAPSED, "symbol": symbol, "size": 9},
        customdata=theme.months_written(rows["expiry_month"], question.language),
        hovertemplate="%{customdata}　%{y:,}",
    )

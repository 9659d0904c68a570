"""Charts of the adoption rate: how many of the registered hold a certificate, when and where."""

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import map as county_map
from adoption.charts import theme
from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing
from adoption.charts.differences import differing
from adoption.formats import change_text, month_text, number_text, percent_text, points_text
from adoption.metrics.adoption_rate import GREAT_CHANGE
from adoption.store.schema import UNSTATED

MARKS_SAID = 3


def _uncounted(question: Question, key: str, rows: pd.DataFrame, title: str | None = None) -> Chart:
    """There is no count of the registered to compare the holders with, or nothing at all."""
    if question.rows("adoption_rate").empty:
        return nothing(question, key, title)
    says = question.say("No count of registered entities matches, so there is no adoption rate.")
    return chart(question, key, says, None, rows, title)


def _compared(question: Question, rows: pd.DataFrame) -> list[str]:
    """What each rate is made of: 117,796／368,160 家（102年8月）."""
    return [
        question.say(
            "{holders} of {registered} ({month})",
            holders=number_text(row.holders),
            registered=number_text(row.registered),
            month=month_text(row.registered_month, question.language),
        )
        for row in rows.itertuples()
    ]


def over_time(question: Question) -> Chart:
    """The adoption rate at each month's end; marked where the registered changed a lot."""
    key = "adoption_rate_over_time"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    counted = rows[rows["rate"].notna()]
    if counted.empty:
        return _uncounted(question, key, rows)
    last = counted.iloc[-1]
    months = theme.months_written(counted["month"], question.language)
    figure = theme.figure(
        go.Scatter(
            x=counted["month"],
            y=counted["rate"],
            mode="lines+markers" if len(counted) == 1 else "lines",
            line={"color": theme.RATE, "width": 2.5},
            customdata=list(zip(months, _compared(question, counted), strict=True)),
            hovertemplate="%{customdata[0]}　%{y:.1%}<br>%{customdata[1]}<extra></extra>",
        ),
        height=340,
        showlegend=False,
    )
    figure.add_annotation(
        x=last["month"],
        y=last["rate"],
        text=f"<b>{percent_text(last['rate'])}</b>",
        font={"color": theme.RATE, "size": 15},
        showarrow=False,
        xanchor="left",
        xshift=6,
    )
    changed = _great_changes(rows)
    for row in changed.itertuples():
        figure.add_vline(x=row.month, line={"color": theme.MARK, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=row.month,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=question.say("Registered {change}", change=_change(row.registered, row.before)),
            font={"size": 11},
            showarrow=False,
        )
    figure.update_xaxes(**theme.time_axis(counted["month"], question.language, "year"))
    figure.update_yaxes(**theme.share_axis(question.column(key, "rate")))
    says = question.sentences(
        question.say(
            "As of {day}, {holders} of the {registered} registered entities ({month}) hold a valid "
            "certificate: {rate}.",
            day=as_of_text(question),
            holders=number_text(last["holders"]),
            registered=number_text(last["registered"]),
            month=month_text(last["registered_month"], question.language),
            rate=percent_text(last["rate"]),
        ),
        _year_before(question, counted),
        _warning(question, changed),
    )
    return chart(question, key, says, figure, rows)


def _year_before(question: Question, counted: pd.DataFrame) -> str:
    """Where the rate stood at the end of the same month of the year before."""
    last = counted.iloc[-1]
    then = counted[counted["month"] == last["month"] - pd.DateOffset(years=1)]
    if then.empty:
        return ""
    return question.say(
        "At the end of {month} it was {rate} ({change} percentage points since).",
        month=month_text(then["month"].iloc[0], question.language),
        rate=percent_text(then["rate"].iloc[0]),
        change=points_text(last["rate"] - then["rate"].iloc[0]),
    )


def _great_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """The marked months, and the registered of the month before each."""
    return rows.assign(before=rows["registered"].shift())[rows["great_change"]]


def _change(registered: int, before: int | None) -> str:
    """+25%; the number itself where there is nothing to take a share of."""
    if pd.isna(before) or not before:
        return number_text(registered)
    return f"{change_text(100 * (registered / before - 1))}%"


def _warning(question: Question, changed: pd.DataFrame) -> str:
    if changed.empty:
        return ""
    latest = changed.tail(MARKS_SAID)
    return question.say(
        "The registered changed by more than {percent} % within a month in {months}: the rate may "
        "have jumped because of them, not of the holders.",
        percent=str(GREAT_CHANGE),
        months=question.say(", ").join(
            f"{month_text(row.month, question.language)} {_change(row.registered, row.before)}"
            for row in latest.itertuples()
        ),
    )


def by_county_map(question: Question) -> Chart:
    """The adoption rate of each county on a map."""
    key = "adoption_rate_by_county"
    title = question.say("Adoption rate on the map")
    rows = question.rows(key)
    counted = rows[rows["rate"].notna()]
    if counted.empty:
        return _uncounted(question, key, rows, title)
    outline = counted["county"].map(county_map.outline_of)
    # Counties that merged later share an outline.
    parts = counted.assign(outline=outline, named=counted["county"].map(question.name))
    groups = parts.groupby("outline").agg(
        holders=("holders", "sum"),
        registered=("registered", "sum"),
        name=("named", " + ".join),
        registered_month=("registered_month", "max"),
    )
    share = groups["holders"] / groups["registered"]
    shares = pd.DataFrame(
        {
            "share": share.astype("float64"),
            "name": groups["name"].map(_short),
            "written": [f"{100 * each:.0f}%" for each in share],
            "hover": [
                f"{name}　{percent_text(each)}<br>{compared}"
                for name, each, compared in zip(
                    groups["name"], share, _compared(question, groups), strict=True
                )
            ],
        }
    )
    ordered = counted.sort_values("rate", ascending=False)
    first, last = ordered.iloc[0], ordered.iloc[-1]
    darker = _only(question, ordered) or question.say(
        "Darker is a higher rate: from {low} ({low_county}) to {high} ({high_county}). The number "
        "on each county is its rate; grey ones have no count or are filtered out.",
        low=percent_text(last["rate"]),
        low_county=question.name(last["county"]),
        high=percent_text(first["rate"]),
        high_county=question.name(first["county"]),
    )
    says = question.sentences(darker, _not_on_the_map(question))
    return chart(question, key, says, county_map.shaded(shares), ordered, title)


def _not_on_the_map(question: Question) -> str:
    """Certificates without a county have no place there."""
    valid = question.rows("valid_by_county")
    unstated = int(valid.loc[valid["county"] == UNSTATED, "valid"].sum())
    if not unstated:
        return ""
    return question.say(
        "Not on the map: {valid} valid certificates whose county is not stated.",
        valid=number_text(unstated),
    )


def _short(name: str) -> str:
    """Without the kind of county, which English spells out."""
    return name.removesuffix(" County").removesuffix(" City")


def by_county(question: Question) -> Chart:
    """The counties ranked by their adoption rate."""
    key = "adoption_rate_by_county"
    title = question.say("Counties by adoption rate")
    rows = question.rows(key).sort_values("rate", ascending=False)
    counted = rows[rows["rate"].notna()]
    if counted.empty:
        return _uncounted(question, key, rows, title)
    figure = _bars(question, counted, counted["county"], theme.RATE)
    figure.update_layout(height=90 + 22 * len(counted))
    of_all = _rate_of_all(question)
    figure.add_vline(x=of_all, line={"color": theme.MARK, "width": 1.5, "dash": "dash"})
    figure.add_annotation(
        x=of_all,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=question.say("All {rate}", rate=percent_text(of_all)),
        showarrow=False,
    )
    says = question.sentences(
        _only(question, counted) or differing(question, counted, "county", "rate"),
        _months_counted(question, counted),
        _left_out(question),
    )
    return chart(question, key, says, figure, rows, title)


def _only(question: Question, counted: pd.DataFrame) -> str:
    """What there is to say of a single county; of several nothing."""
    if len(counted) > 1:
        return ""
    (only,) = counted.itertuples()
    return question.say(
        "{county}: {rate}, {compared}.",
        county=question.name(only.county),
        rate=percent_text(only.rate),
        compared=_compared(question, counted)[0],
    )


def _rate_of_all(question: Question) -> float:
    """On the as-of day, which the last month over time is counted up to; 0 before all issues."""
    rates = question.rows("adoption_rate_over_time")["rate"]
    return 0.0 if rates.empty else float(rates.iloc[-1])


def _months_counted(question: Question, counted: pd.DataFrame) -> str:
    """Which months' registered are compared with: the same for all, or not."""
    oldest = month_text(counted["oldest_month"].min(), question.language)
    newest = month_text(counted["registered_month"].max(), question.language)
    if oldest == newest:
        return question.say("The registered are those of {month}.", month=newest)
    return question.say(
        "The registered are the last counted in each county and type: {oldest} to {newest}.",
        oldest=oldest,
        newest=newest,
    )


def _left_out(question: Question) -> str:
    """How many holders there is no count to compare with."""
    held = question.rows("valid_over_time")["holders"]
    compared = question.rows("adoption_rate_over_time")["holders"]
    left_out = 0 if held.empty else int(held.iloc[-1] - compared.iloc[-1])
    if not left_out:
        return ""
    return question.say(
        "{holders} holders are left out: their county and type have no count of the registered, or "
        "are not stated.",
        holders=number_text(left_out),
    )


def by_type(question: Question) -> Chart:
    """The adoption rate of each organisation type."""
    key = "adoption_rate_by_type"
    rows = question.rows(key).sort_values("rate", ascending=False)
    counted = rows[rows["rate"].notna()]
    if counted.empty:
        return _uncounted(question, key, rows)
    colours = [theme.ORG_TYPE.get(kind, theme.ORG_TYPE["other"]) for kind in counted["org_type"]]
    figure = _bars(question, counted, counted["org_type"], colours)
    figure.update_layout(height=260)
    says = differing(question, counted, "org_type", "rate")
    return chart(question, key, says, figure, rows)


def _bars(
    question: Question, rows: pd.DataFrame, codes: pd.Series, colours: str | list[str]
) -> go.Figure:
    """A bar a row, as long as its rate, with the rate and its denominator."""
    names = [question.name(code) for code in codes]
    figure = theme.figure(
        go.Bar(
            y=names,
            x=rows["rate"],
            orientation="h",
            marker={"color": colours},
            customdata=_compared(question, rows),
            hovertemplate="%{y}　%{x:.1%}<br>%{customdata}<extra></extra>",
        ),
        showlegend=False,
    )
    figure.update_xaxes(**theme.share_axis(question.say("Adoption rate")))
    # Rates and denominators stand in a column of their own, right of the longest bar.
    longest = rows["rate"].max() or 1.0
    ticks = [tick / 10 for tick in range(int(longest * 10) + 1)]
    figure.update_xaxes(range=[0, 2.4 * longest], tickvals=ticks[:: -(-len(ticks) // 6)])
    for row, name in zip(rows.itertuples(), names, strict=True):
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="right",
            y=name,
            text=question.say(
                "{rate} (of {registered})",
                rate=f"<b>{percent_text(row.rate)}</b>",
                registered=number_text(row.registered),
            ),
            showarrow=False,
        )
    figure.update_yaxes(autorange="reversed", type="category")
    return figure

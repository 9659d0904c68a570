"""Charts of who has integrated the certificate."""

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import goals, theme
from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing
from adoption.charts.codes import SHORT_SIDES
from adoption.charts.differences import differing
from adoption.charts.named_bars import shortened
from adoption.formats import change_text, month_text, number_text
from adoption.policy import ControlTotal, control_totals

SIDES = ("ministry", "external")
STAGES = ("integrated", "testing", "planned", "retired")
MOST_UNITS = 15


def control_totals_on(question: Question) -> list[ControlTotal]:
    """The control totals of the as-of day; none when the selection is narrowed by unit."""
    if question.selection.unit:
        return []
    return [
        total
        for total in control_totals()
        if total.metric == "integration_totals" and total.as_of == question.selection.as_of
    ]


def control_sentence(question: Question, rows: pd.DataFrame) -> str:
    """Whether the numbers agree with the control totals of their day, and by how much not."""
    totals = control_totals_on(question)
    totals = [total for total in totals if total.scope in set(rows["side"])]
    if not totals:
        return question.say("There is no control total for this day and selection.")
    by_side = rows.set_index("side")
    off = [
        (total, int(by_side.at[total.scope, total.measure] - total.value))
        for total in totals
        if by_side.at[total.scope, total.measure] != total.value
    ]
    if not off:
        return question.say("Agrees with the control totals of the briefing.")
    differences = "、".join(
        f"{question.name(total.scope)} {question.column(total.metric, total.measure)} "
        f"{change_text(difference)}"
        for total, difference in off
    )
    return question.say("Differs from the control totals: {differences}.", differences=differences)


def by_side(question: Question) -> Chart:
    """Units and systems integrated by side, beside their control totals."""
    key = "integration_totals"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    expected = {(total.scope, total.measure): total.value for total in control_totals_on(question)}
    traces: list[go.Bar | go.Scatter] = []
    measures = [question.column(key, name) for name in ("systems", "units")]
    for row in rows.itertuples():
        counts = [row.systems, row.units]
        traces.append(
            go.Bar(
                name=question.name(row.side),
                y=measures,
                x=counts,
                orientation="h",
                marker={"color": theme.SIDE[row.side]},
                text=[number_text(count) for count in counts],
                textposition="outside",
                cliponaxis=False,
                hovertemplate="%{y} %{x:,}",
            )
        )
    marks = [
        (question.column(key, measure), expected[side, measure], side)
        for measure in ("systems", "units")
        for side in rows["side"]
        if (side, measure) in expected
    ]
    figure = theme.figure(*traces, barmode="group", height=280, right=48)
    figure.update_xaxes(**theme.count_axis(question.say("Number")))
    figure.update_yaxes(autorange="reversed")
    facts = question.say(
        "As of {day}: {facts}.",
        day=as_of_text(question),
        facts=question.say("; ").join(
            question.say(
                "{side} {units} with {systems}",
                side=question.name(row.side),
                units=question.say_of(
                    row.units, "{count} unit", "{count} units", count=number_text(row.units)
                ),
                systems=question.say_of(
                    row.systems, "{count} system", "{count} systems", count=number_text(row.systems)
                ),
            )
            for row in rows.itertuples()
        ),
    )
    if marks:
        offsets = {"ministry": -0.2, "external": 0.2} if len(rows) == 2 else {}
        figure.update_layout(
            shapes=[
                {
                    "type": "line",
                    "x0": value,
                    "x1": value,
                    "yref": "y",
                    "y0": measures.index(measure) + offsets.get(side, 0) - 0.18,
                    "y1": measures.index(measure) + offsets.get(side, 0) + 0.18,
                    "line": {"color": "#8a8f98", "width": 3},
                }
                for measure, value, side in marks
            ]
        )
    legend = question.say("The grey line at a bar's end is the control total.") if marks else ""
    says = question.sentences(facts, legend, control_sentence(question, rows))
    return chart(question, key, says, figure, rows)


def curve(question: Question) -> Chart:
    """Systems integrated over time, a line a side, and the goals that were set for them."""
    key = "integration_over_time"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    totals = rows.groupby("month")["systems"].sum()
    set_goals = question.rows("integration_goals")
    lines = {side: of_side.set_index("month")["systems"] for side, of_side in rows.groupby("side")}
    if goals.EVERYTHING in set(set_goals["side"]):
        lines[goals.EVERYTHING] = totals
    days = pd.concat([rows["month"], set_goals["due_on"]])
    figure = theme.figure(height=340, showlegend=False)
    for side, line in lines.items():
        colour = theme.SIDE.get(side, theme.PLAN)
        figure.add_scatter(
            name=question.name(side),
            x=line.index,
            y=line,
            mode="lines",
            line={"color": colour, "width": 2.5, "shape": "hv"},
            customdata=theme.months_written(pd.Series(line.index), question.language),
            hovertemplate="%{customdata}　%{y:,}",
        )
        short = SHORT_SIDES[side].in_language(question.language) if side in SIDES else ""
        figure.add_annotation(
            x=days.max(),
            y=line.iloc[-1],
            text=f"{short or question.name(side)}<br>{number_text(line.iloc[-1])}"
            + goals.aim(question, set_goals, side),
            font={"color": colour},
            align="left",
            showarrow=False,
            xanchor="left",
            xshift=8,
        )
    goals.draw(question, figure, set_goals)
    figure.update_xaxes(**theme.time_axis(days, question.language, "year"))
    figure.update_yaxes(**theme.count_axis(question.column(key, "systems")))
    earlier = question.rows("integration_totals", question.selection.months_before(12))
    gained = totals.iloc[-1] - earlier["systems"].sum()
    sentence = question.say(
        "{systems} systems are integrated as of {day}, {gained} more than twelve months before; "
        "the first was integrated in {first}.",
        systems=number_text(totals.iloc[-1]),
        day=as_of_text(question),
        gained=number_text(gained),
        first=month_text(totals.index[0], question.language),
    )
    says = question.sentences(sentence, *goals.sentences(question, set_goals))
    return chart(question, key, says, figure, rows)


def by_unit(question: Question) -> Chart:
    """Systems by stage of the units that have the most; the table has all units."""
    key = "systems_by_unit"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    ordered = most_first(rows)
    shown = ordered.head(MOST_UNITS)
    figure = theme.stacked_rows(
        [shortened(unit) for unit in shown["unit"]],
        [
            theme.Series(question.column(key, stage), shown[stage], theme.SYSTEM_STAGE[stage])
            for stage in STAGES
            if shown[stage].any()
        ],
        theme.count_axis(question.say("Systems")),
        in_bars=True,
    )
    drawn = question.say(
        "The {shown} units with most systems are drawn, the table has all.",
        shown=number_text(len(shown)),
    )
    differ = differing(question, rows.sort_values("share", ascending=False), "unit", "share")
    says = question.sentences(units_sentence(question, rows), differ, drawn)
    return chart(question, key, says, figure, ordered)


def most_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Units of `systems_by_unit`, those with most systems first."""
    return rows.sort_values(
        ["integrated", "testing", "planned", "unit_code"], ascending=[False, False, False, True]
    )


def units_sentence(question: Question, rows: pd.DataFrame) -> str:
    """How many systems the units of `systems_by_unit` have in each stage, and who has none."""
    return question.say(
        "{units} units: {integrated} systems integrated, {ahead} planned or in testing, {retired} "
        "retired; {without} units have none integrated.",
        units=number_text(len(rows)),
        integrated=number_text(rows["integrated"].sum()),
        ahead=number_text(rows["planned"].sum() + rows["testing"].sum()),
        retired=number_text(rows["retired"].sum()),
        without=number_text((rows["integrated"] == 0).sum()),
    )

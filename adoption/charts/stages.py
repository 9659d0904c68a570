"""Charts of the stages: how many systems are in each, who waits, and who is overdue."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme
from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing, total_text
from adoption.charts.codes import SHORT_SIDES
from adoption.charts.named_bars import rows_figure, shortened
from adoption.formats import day_text, number_text, short_day_text
from adoption.language import Text

STAGES = ("planned", "testing", "integrated", "retired")
ON_THEIR_WAY = ("planned", "testing")
EXTERNAL = {
    "government": Text("其他政府機關", "Other agencies"),
    "private": Text("民間機構", "Private bodies"),
}
MOST_BARS = 10
MOST_SYSTEMS = 40
DAY = 86_400_000  # milliseconds, in which a date axis measures lengths


def by_stage(question: Question) -> Chart:
    """Systems in each stage, a bar a side and sector."""
    key = "systems_by_stage"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    groups = _groups(question, rows)
    figure = theme.figure(height=70 + 24 * len(STAGES) * len(rows), right=48, showlegend=False)
    figure.update_layout(margin={"t": 8})
    for stage in STAGES:
        figure.add_bar(
            name=question.name(stage),
            y=[[question.name(stage)] * len(rows), groups],
            x=rows[stage],
            orientation="h",
            marker={"color": theme.SYSTEM_STAGE[stage]},
            text=[number_text(count) for count in rows[stage]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y} %{x:,}<extra></extra>",
        )
    figure.update_xaxes(**theme.count_axis(question.say("Systems")))
    figure.update_yaxes(autorange="reversed")
    facts = question.say(
        "As of {day}, {integrated} systems are integrated, {testing} in testing, {planned} planned "
        "and {retired} retired.",
        day=as_of_text(question),
        **{stage: total_text(rows[stage]) for stage in STAGES},
    )
    units = question.say(
        "{units} units have integrated at least one system; {others} units have only planned or "
        "testing ones. {overdue} systems are overdue.",
        units=total_text(rows["units"]),
        others=total_text(rows["units_on_their_way"]),
        overdue=total_text(rows["overdue"]),
    )
    return chart(question, key, question.sentences(facts, units), figure, rows)


def _groups(question: Question, rows: pd.DataFrame) -> list[str]:
    """The side, with its sector where it has several; short, to leave room for the bars."""
    names = []
    for row in rows.itertuples():
        if row.side == "external":
            name = EXTERNAL[row.sector].in_language(question.language)
        else:
            name = SHORT_SIDES[row.side].in_language(question.language)
            if (rows["side"] == row.side).sum() > 1:
                name += f" {question.name(row.sector)}"
        names.append(name)
    return names


def waiting(question: Question) -> Chart:
    """The systems that are planned or in testing, the longest in their stage first."""
    key = "system_progress"
    title = question.say("How long systems have been planned or in testing")
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key, title)
    rows = rows[rows["stage"].isin(ON_THEIR_WAY)]
    rows = rows.sort_values(["since", "system_code"])
    if rows.empty:
        says = question.say(
            "No system is planned or in testing as of {day}.", day=as_of_text(question)
        )
        return chart(question, key, says, None, rows, title)
    shown = rows.head(MOST_BARS)
    figure = rows_figure([_system_and_unit(row) for row in shown.itertuples()], legend=True)
    for stage in ON_THEIR_WAY:
        figure.add_bar(
            name=question.name(stage),
            y=[row for row, each in enumerate(shown["stage"]) if each == stage],
            x=shown.loc[shown["stage"] == stage, "months"],
            orientation="h",
            marker={"color": theme.SYSTEM_STAGE[stage]},
            text=[_months_text(question, row) for row in shown.itertuples() if row.stage == stage],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    _leave_room(figure, question.say("Months"), shown["months"])
    longest = shown.iloc[0]
    half = rows["months"].median() // 1
    count = question.say(
        "{planned} systems are planned and {testing} in testing.",
        planned=number_text((rows["stage"] == "planned").sum()),
        testing=number_text((rows["stage"] == "testing").sum()),
    )
    middle = (
        question.say(
            "Half of them have been so for {median} months or longer.", median=number_text(half)
        )
        if half
        else ""
    )
    last = question.say(
        "The longest: {system} ({unit}), {stage} since {day}, that is {months} months.",
        system=longest["system"],
        unit=longest["unit"],
        stage=question.name(longest["stage"]).lower(),
        months=number_text(longest["months"]),
        day=day_text(longest["since"], question.language),
    )
    says = question.sentences(count, middle, last)
    return chart(question, key, _and_shown(question, says, rows), figure, rows, title)


def overdue(question: Question) -> Chart:
    """The systems past their target and not integrated, the longest overdue first."""
    key = "overdue_systems"
    rows = question.rows(key)
    if rows.empty:
        if question.rows("system_progress").empty:
            return nothing(question, key)
        says = question.say("No system is overdue as of {day}.", day=as_of_text(question))
        return chart(question, key, says, None, rows)
    shown = rows.head(MOST_BARS)
    figure = rows_figure([_system_and_unit(row) for row in shown.itertuples()])
    figure.add_bar(
        y=list(range(len(shown))),
        x=shown["days_overdue"],
        orientation="h",
        marker={"color": theme.OVERDUE},
        text=[
            question.say(
                "{days} days (target {day})",
                days=number_text(row.days_overdue),
                day=short_day_text(row.target_on, question.language),
            )
            for row in shown.itertuples()
        ],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    _leave_room(figure, question.say("Days overdue"), shown["days_overdue"])
    longest = shown.iloc[0]
    says = question.say(
        "{count} systems of {units} units are overdue as of {day}; the longest, by {days} days, is "
        "{system} ({unit}).",
        count=number_text(len(rows)),
        units=number_text(rows["unit_code"].nunique()),
        day=as_of_text(question),
        days=number_text(longest["days_overdue"]),
        system=longest["system"],
        unit=longest["unit"],
    )
    return chart(question, key, _and_shown(question, says, rows), figure, rows)


def _leave_room(figure: go.Figure, title: str, lengths: pd.Series) -> None:
    """Beside the longest bar for its words; each bar has its number, so the axis needs none."""
    figure.update_xaxes(
        title={"text": title},
        range=[0, 1.8 * max(int(lengths.max()), 1)],
        showticklabels=False,
        showgrid=False,
    )


def of_unit(question: Question) -> Chart:
    """The systems of the units that are looked at, each with the times of its stages."""
    key = "system_progress"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    shown = rows.head(MOST_SYSTEMS)
    figure = rows_figure([_state(question, row) for row in shown.itertuples()], legend=True)
    _add_stages(question, figure, shown)
    as_of = pd.Timestamp(question.selection.as_of)
    days = shown[["planned_on", "testing_on", "integrated_on", "retired_on", "target_on"]]
    drawn = pd.concat([days.stack(), pd.Series([as_of])])
    figure.update_xaxes(
        **theme.time_axis(drawn, question.language, "year"),
        range=[drawn.min() - pd.Timedelta(days=30), drawn.max() + pd.Timedelta(days=60)],
    )
    figure.add_vline(as_of, line={"color": theme.SYSTEM_STAGE["planned"], "width": 1})
    stages = rows["stage"]
    says = question.say(
        "{systems} systems as of {day}: {integrated} integrated, {testing} in testing, {planned} "
        "planned, {retired} retired; {overdue} overdue.",
        systems=number_text(len(rows)),
        day=as_of_text(question),
        overdue=number_text((rows["days_overdue"] > 0).sum()),
        **{stage: number_text((stages == stage).sum()) for stage in STAGES},
    )
    latest = rows["integrated_on"].max()
    last = (
        ""
        if pd.isna(latest)
        else question.say(
            "The latest integration was on {day}.", day=day_text(latest, question.language)
        )
    )
    return chart(question, key, question.sentences(says, last), figure, rows)


def _add_stages(question: Question, figure: go.Figure, rows: pd.DataFrame) -> None:
    """A bar from the day of a stage to that of the next, the last one to the as-of day."""
    as_of = pd.Timestamp(question.selection.as_of)
    days = rows[[f"{stage}_on" for stage in STAGES]]
    # Where a stage ends: at the first later one that was recorded.
    ends = days.bfill(axis="columns").shift(-1, axis="columns").fillna(as_of)
    for stage in STAGES:
        begins = days[f"{stage}_on"].reset_index(drop=True)
        lasts = ends[f"{stage}_on"].reset_index(drop=True) - begins
        was = begins.notna()
        if not was.any():
            continue
        figure.add_bar(
            name=question.name(stage),
            y=begins.index[was],
            base=begins[was],
            x=[gap / pd.Timedelta(milliseconds=1) for gap in lasts[was]],
            orientation="h",
            marker={"color": theme.SYSTEM_STAGE[stage]},
            customdata=theme.days_written(begins[was], question.language),
            hovertemplate="%{customdata}",
        )
    targets = rows["target_on"].reset_index(drop=True).dropna()
    if not targets.empty:
        figure.add_scatter(
            name=question.column("system_progress", "target_on"),
            y=targets.index,
            x=targets,
            mode="markers",
            marker={
                "symbol": "diamond-tall",
                "size": 13,
                "color": "#1d2730",
                "line": {"color": "white", "width": 1.5},
            },
            customdata=theme.days_written(targets, question.language),
            hovertemplate="%{customdata}",
        )


def _state(question: Question, row: Any) -> str:
    """A system, the stage it is in and for how long, and whether it is overdue."""
    parts = [_months_text(question, row)]
    if row.days_overdue:
        parts.append(question.say("{days} days overdue", days=number_text(row.days_overdue)))
    name = shortened(row.system, 24)
    return f"{name}　{question.say(', ').join(parts)}"


def _months_text(question: Question, row: Any) -> str:
    if row.stage not in STAGES:
        return question.name(row.stage)
    return question.say(
        "{stage}, {months} mo.",
        stage=question.name(row.stage),
        months=number_text(row.months),
    )


def _system_and_unit(row: Any) -> str:
    return f"{shortened(row.system)}　{shortened(row.unit, 12)}"


def _and_shown(question: Question, says: str, rows: pd.DataFrame) -> str:
    if len(rows) <= MOST_BARS:
        return says
    drawn = question.say(
        "The first {shown} are drawn, the table has all.", shown=number_text(MOST_BARS)
    )
    return question.sentences(says, drawn)

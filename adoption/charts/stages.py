"""Charts of the stages: how many systems are in each, who waits, and who is overdue."""

from typing import Any

import pandas as pd

from adoption.charts.chart import Chart, Question, as_of_text, chart, nothing, total_text
from adoption.charts.codes import SHORT_SIDES
from adoption.charts.integration import stages_of
from adoption.charts.spec import Mark, Places, Series, numbers
from adoption.formats import number_text, short_day_text
from adoption.language import Text
from adoption.text.fit import shortened

STAGES = ("planned", "testing", "integrated", "retired")
ON_THEIR_WAY = ("planned", "testing")
EXTERNAL = {
    "government": Text("其他政府機關", "Other agencies"),
    "private": Text("民間機構", "Private bodies"),
}
MOST_BARS = 10
MOST_SYSTEMS = 40


def by_stage(question: Question) -> Chart:
    """Systems in each stage, a bar a side and sector."""
    key = "systems_by_stage"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    says = question.say(
        "{ahead} systems are planned or in testing; {overdue} systems are overdue.",
        ahead=number_text(rows["planned"].sum() + rows["testing"].sum()),
        overdue=total_text(rows["overdue"]),
    )
    return chart(
        question,
        key,
        says,
        rows,
        places=Places(_groups(question, rows)),
        series=stages_of(rows, question.name),
        value_title=question.say("Systems"),
        is_stacked=True,
        lies=True,
    )


def _groups(question: Question, rows: pd.DataFrame) -> tuple[str, ...]:
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
    return tuple(names)


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
        return chart(question, key, says, rows, title)
    shown, longest = rows.head(MOST_BARS), rows.iloc[0]
    says = question.say(
        "{system} has been longest in its stage: {stage} for {months} months.",
        system=shortened(longest["system"], 20),
        stage=question.name(longest["stage"]).lower(),
        months=number_text(longest["months"]),
    )
    return chart(
        question,
        key,
        says,
        rows,
        title,
        places=_systems(question, shown),
        series=(
            Series(
                question.say("Months"),
                numbers(shown["months"]),
                "planned",
                meanings=tuple(shown["stage"]),
                suffixes=tuple(f" · {question.name(stage)}" for stage in shown["stage"]),
            ),
        ),
        value_title=question.say("Months"),
        lies=True,
    )


def overdue(question: Question) -> Chart:
    """The systems past their target and not integrated, the longest overdue first."""
    key = "overdue_systems"
    rows = question.rows(key)
    if rows.empty:
        if question.rows("system_progress").empty:
            return nothing(question, key)
        says = question.say("No system is overdue as of {day}.", day=as_of_text(question))
        return chart(question, key, says, rows)
    shown, longest = rows.head(MOST_BARS), rows.iloc[0]
    says = question.say(
        "{count} systems are overdue; the longest, by {days} days, is {system}.",
        count=number_text(len(rows)),
        days=number_text(longest["days_overdue"]),
        system=shortened(longest["system"], 20),
    )
    return chart(
        question,
        key,
        says,
        rows,
        places=_systems(question, shown),
        series=(
            Series(
                question.say("Days overdue"),
                numbers(shown["days_overdue"]),
                "overdue",
                suffixes=tuple(
                    question.say(
                        " days (target {day})", day=short_day_text(target, question.language)
                    )
                    for target in shown["target_on"]
                ),
            ),
        ),
        value_title=question.say("Days overdue"),
        lies=True,
    )


def _systems(question: Question, rows: pd.DataFrame) -> Places:
    return Places(
        tuple(shortened(system, 18) for system in rows["system"]),
        title=question.column("system_progress", "system"),
        notes=tuple(shortened(unit, 10) for unit in rows["unit"]),
    )


def of_unit(question: Question) -> Chart:
    """The systems of the units that are looked at, each with the times of its stages."""
    key = "system_progress"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    shown = rows.head(MOST_SYSTEMS)
    says = question.say(
        "{integrated} of {systems} systems are integrated; {overdue} are overdue.",
        integrated=number_text((rows["stage"] == "integrated").sum()),
        systems=number_text(len(rows)),
        overdue=number_text((rows["days_overdue"] > 0).sum()),
    )
    return chart(
        question,
        key,
        says,
        rows,
        kind="timeline",
        places=Places(
            tuple(shortened(system, 24) for system in shown["system"]),
            notes=tuple(_state(question, row) for row in shown.itertuples()),
        ),
        series=_spans(question, shown),
        marks=(Mark(question.selection.as_of),),
    )


def _spans(question: Question, rows: pd.DataFrame) -> tuple[Series, ...]:
    """From the day of a stage to that of the next, the last one to the as-of day; and targets."""
    as_of = pd.Timestamp(question.selection.as_of)
    days = rows[[f"{stage}_on" for stage in STAGES]]
    # Where a stage ends: at the first later one that was recorded.
    ends = days.bfill(axis="columns").shift(-1, axis="columns").fillna(as_of)
    spans = [
        Series(
            question.name(stage),
            numbers((ends[f"{stage}_on"] - days[f"{stage}_on"]).dt.days),
            stage,
            starts=_days(days[f"{stage}_on"]),
        )
        for stage in STAGES
        if days[f"{stage}_on"].notna().any()
    ]
    if rows["target_on"].notna().any():
        title = question.column("system_progress", "target_on")
        starts = _days(rows["target_on"])
        none = (None,) * len(starts)
        spans.append(Series(title, none, "target", starts=starts, symbol="diamond"))
    return tuple(spans)


def _days(values: pd.Series) -> tuple[Any, ...]:
    return tuple(None if pd.isna(day) else day.date() for day in values)


def _state(question: Question, row: Any) -> str:
    """The stage that a system is in and for how long, and whether it is overdue."""
    if row.stage not in STAGES:
        parts = [question.name(row.stage)]
    else:
        months = number_text(row.months)
        stage = question.name(row.stage)
        parts = [question.say("{stage}, {months} mo.", stage=stage, months=months)]
    if row.days_overdue:
        parts.append(question.say("{days} days overdue", days=number_text(row.days_overdue)))
    return question.say(", ").join(parts)

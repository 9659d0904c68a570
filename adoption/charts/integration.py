"""Charts of who has integrated the certificate."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from adoption.charts import goals
from adoption.charts.chart import Chart, Question, chart, nothing
from adoption.charts.codes import SHORT_SIDES
from adoption.charts.differences import differing
from adoption.charts.spec import Places, Series, days, numbers
from adoption.formats import change_text, number_text
from adoption.policy import ControlTotal, control_totals
from adoption.text.fit import shortened

STAGES = ("integrated", "testing", "planned", "retired")
MOST_UNITS = 15
MOST_EMS = 22  # of a unit's name


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
    """Units and systems integrated by side; beside a bar its control total where that differs."""
    key = "integration_totals"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    expected = {(total.scope, total.measure): total.value for total in control_totals_on(question)}
    measures = ("systems", "units")
    series = tuple(
        Series(
            question.name(row["side"]),
            tuple(int(row[measure]) for measure in measures),
            row["side"],
            suffixes=tuple(_off(question, row, measure, expected) for measure in measures),
        )
        for row in rows.to_dict("records")
    )
    says = question.say(
        "{units} units have integrated {systems} systems.",
        units=number_text(rows["units"].sum()),
        systems=number_text(rows["systems"].sum()),
    )
    if any(text for each in series for text in each.suffixes):
        says = control_sentence(question, rows)
    return chart(
        question,
        key,
        says,
        rows,
        places=Places(tuple(question.column(key, measure) for measure in measures)),
        series=series,
        value_title=question.say("Number"),
        lies=True,
    )


def _off(
    question: Question, row: dict[str, Any], measure: str, expected: dict[tuple[str, str], float]
) -> str:
    total = expected.get((row["side"], measure), row[measure])
    if total == row[measure]:
        return ""
    return question.say(" (control total {total})", total=number_text(total))


def curve(question: Question) -> Chart:
    """Systems integrated over time, a line a side, and the goals that were set for them."""
    key = "integration_over_time"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    lines = {side: of_side.set_index("month")["systems"] for side, of_side in rows.groupby("side")}
    totals = rows.groupby("month")["systems"].sum()
    set_goals = question.rows("integration_goals")
    if goals.EVERYTHING in set(set_goals["side"]):
        lines[goals.EVERYTHING] = totals
    at = sorted({*totals.index, *set_goals["due_on"]})
    series = [
        Series(
            question.name(str(side)),
            numbers(line.reindex(at)),
            str(side),
            end=f"{_short(question, str(side))}\n{number_text(line.iloc[-1])}"
            + goals.aim(question, set_goals, str(side)),
        )
        for side, line in lines.items()
    ]
    earlier = question.rows("integration_totals", question.selection.months_before(12))
    sentence = question.say(
        "{systems} systems are integrated, {gained} more than twelve months before.",
        systems=number_text(totals.iloc[-1]),
        gained=number_text(totals.iloc[-1] - earlier["systems"].sum()),
    )
    aims = goals.sentences(question, set_goals)
    return chart(
        question,
        key,
        question.sentences(*aims) or sentence,
        rows,
        kind="line",
        places=Places(days(at), "month" if set_goals.empty else "day"),
        series=(*series, *goals.series(question, set_goals, at)),
        value_title=question.column(key, "systems"),
    )


def _short(question: Question, side: str) -> str:
    if side not in SHORT_SIDES:
        return question.name(side)
    return SHORT_SIDES[side].in_language(question.language)


def by_unit(question: Question) -> Chart:
    """Systems by stage of the units that have the most; the table has all units."""
    key = "systems_by_unit"
    rows = question.rows(key)
    if rows.empty:
        return nothing(question, key)
    ordered = most_first(rows)
    shown = ordered.head(MOST_UNITS)
    return chart(
        question,
        key,
        differing(question, rows.sort_values("share", ascending=False), "unit", "share"),
        ordered,
        places=Places(tuple(shortened(unit, MOST_EMS) for unit in shown["unit"])),
        series=stages_of(shown, lambda stage: question.column(key, stage)),
        value_title=question.say("Systems"),
        is_stacked=True,
        lies=True,
    )


def stages_of(rows: pd.DataFrame, name: Callable[[str], str]) -> tuple[Series, ...]:
    """A series a stage that any of the rows has a system in."""
    return tuple(
        Series(name(stage), numbers(rows[stage]), stage) for stage in STAGES if rows[stage].any()
    )


def most_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Units of `systems_by_unit`, those with most systems first."""
    return rows.sort_values(
        ["integrated", "testing", "planned", "unit_code"], ascending=[False, False, False, True]
    )

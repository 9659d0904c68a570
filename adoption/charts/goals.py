"""The goals for the number of systems integrated, on the curve and in words."""

from collections.abc import Sequence

import pandas as pd

from adoption.charts.chart import Question
from adoption.charts.spec import Series, numbers
from adoption.formats import day_text, number_text

EVERYTHING = "all"  # the side of a goal that is set for both


def series(question: Question, goals: pd.DataFrame, places: Sequence[pd.Timestamp]) -> list[Series]:
    """From goal to goal, a series a side, at those of `places` on which they are due."""
    return [
        Series(
            question.say("Goal"),
            numbers(of_side.groupby("due_on")["goal"].last().reindex(places)),
            str(side),
            line="dashed",
            symbol="diamond",
        )
        for side, of_side in goals.groupby("side")
    ]


def aim(question: Question, goals: pd.DataFrame, side: str) -> str:
    """What to add to the number at the end of the side's line; nothing without a goal."""
    of_side = goals[goals["side"] == side]
    if of_side.empty:
        return ""
    return question.say(" (goal {goal})", goal=number_text(_next(question, of_side)["goal"]))


def sentences(question: Question, goals: pd.DataFrame) -> list[str]:
    """One a side."""
    said = []
    for side, of_side in goals.groupby("side"):
        goal = _next(question, of_side)
        values = {
            "side": question.name(str(side)),
            "day": day_text(goal["due_on"], question.language),
            "goal": number_text(goal["goal"]),
            "systems": number_text(goal["systems"]),
        }
        if goal["reached"]:
            said.append(
                question.say(
                    "{side}: the goal of {goal} systems by {day} is reached ({systems}).", **values
                )
            )
        elif goal["due_on"] < pd.Timestamp(question.selection.as_of):
            said.append(
                question.say(
                    "{side}: the goal of {goal} systems by {day} was missed ({systems}).", **values
                )
            )
        else:
            said.append(
                question.say(
                    "{side}: the goal is {goal} systems by {day}, {systems} so far.", **values
                )
            )
    return said


def _next(question: Question, of_side: pd.DataFrame) -> pd.Series:
    """The goal that is due next, or the last one when none lies ahead."""
    ahead = of_side[of_side["due_on"] >= pd.Timestamp(question.selection.as_of)]
    return of_side.iloc[-1] if ahead.empty else ahead.iloc[0]

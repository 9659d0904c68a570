"""The five numbers at the top: each with its change since another day, and against its target."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import pandas as pd

from adoption.charts.chart import Question
from adoption.formats import change_text, number_text, percent_text, short_day_text
from adoption.metrics import (
    DAYS_AHEAD,
    HEADLINE_NUMBERS,
    METRICS,
    HeadlineNumber,
    Metric,
    Selection,
)
from adoption.metrics.targets import Progress, State, Target, Targets, progress

Arrow = Literal["up", "down", "off"]


@dataclass(frozen=True)
class Headline:
    """A number, as text; `metric`, asked for `selection`, gives it.

    `change` is since another day, and `since` says which; where that day was chosen to compare
    with, `then` says it with the number of that day instead. `target` is what it is to be, by when,
    and `state` whether it is on its way there; None: no target is set for what is selected.
    """

    metric: Metric
    selection: Selection
    label: str
    value: str
    change: str
    arrow: Arrow
    since: str
    then: str
    state: State | None
    target: str


def headlines(
    question: Question, targets: Targets | None = None, compared: date | None = None
) -> list[Headline]:
    """In the order of the page; beside those of the day `compared`, else of a month before."""
    now = replace(question.selection, days=DAYS_AHEAD)
    other = now.months_before(1) if compared is None else now.on(compared)
    current = targets.current(now.as_of) if targets else []
    return [
        _headline(question, number, now, other, compared is not None, _of(number, current, now))
        for number in HEADLINE_NUMBERS
    ]


def arrow(change: int) -> Arrow:
    return "up" if change > 0 else "down" if change < 0 else "off"


def _of(number: HeadlineNumber, targets: Sequence[Target], asked: Selection) -> Target | None:
    """The target for what is selected of the number: one for the whole says nothing of a part."""
    return next((t for t in targets if t.number == number and t.is_about(asked)), None)


def _headline(
    question: Question,
    number: HeadlineNumber,
    now: Selection,
    other: Selection,
    is_compared: bool,
    target: Target | None,
) -> Headline:
    value = number.of(question.rows(number.key, now))
    then = number.of(question.rows(number.key, other))
    day = short_day_text(other.as_of, question.language)
    goal = None if target is None else progress(target, now.as_of, question.answer)
    return Headline(
        metric=METRICS[number.key],
        selection=now,
        label=number.label.in_language(question.language),
        value=number_text(value),
        change=change_text(value - then),
        arrow=arrow(value - then),
        since="" if is_compared else question.say("vs {day}", day=day),
        then=question.say("{day}: {number}", day=day, number=number_text(then))
        if is_compared
        else "",
        state=None if goal is None else goal.state,
        target=_target_text(question, goal),
    )


def _target_text(question: Question, goal: Progress | None) -> str:
    if goal is None:
        return ""
    words = {
        "value": number_text(goal.target.value),
        "due": short_day_text(goal.target.due_on, question.language),
    }
    if goal.target.number.higher_is == "worse":
        said = question.say("Target: at most {value} on {due}", **words)
    else:
        said = question.say("Target: {value} by {due}", **words)
    if goal.expected is None or goal.target.due_on <= question.selection.as_of:
        return said
    expected = question.say("{number} expected by now", number=number_text(goal.expected))
    return f"{said}{question.say('; ')}{expected}"


def state_text(question: Question, state: State | None) -> str:
    """Whether a number is where it should be, in a word."""
    match state:
        case "reached":
            return question.say("Reached")
        case "on_track":
            return question.say("On track")
        case "behind":
            return question.say("Behind")
        case "not_started":
            return question.say("Not started")
        case None:
            return question.say("No target")


def verdict(question: Question, shown: Sequence[Headline], to_attend: int) -> str:
    """How many of the numbers that have a target are on track, and how much needs attention."""
    if to_attend:
        attention = question.say("{count} things need attention.", count=number_text(to_attend))
    else:
        attention = question.say("Nothing needs attention.")
    return question.sentences(_of_targets(question, shown), attention)


def _of_targets(question: Question, shown: Sequence[Headline]) -> str:
    states = [headline.state for headline in shown if headline.state]
    if not states:
        return question.say("No target is set for what is shown here.")
    counts = {state: states.count(state) for state in dict.fromkeys(sorted(states))}
    facts = question.say(", ").join(
        f"{number_text(count)} {state_text(question, state).lower()}"
        if question.language == "en"
        else f"{number_text(count)} 項{state_text(question, state)}"
        for state, count in counts.items()
    )
    return question.say(
        "Of {count} numbers, {with_target} have a target: {facts}.",
        count=number_text(len(shown)),
        with_target=number_text(len(states)),
        facts=facts,
    )


def _text(number: HeadlineNumber, value: float) -> str:
    return percent_text(value) if number.is_share else number_text(value)


def targets_table(question: Question, targets: Targets) -> pd.DataFrame:
    """Every target that is current on the as-of day, whatever is selected: a row each, as text."""
    as_of = question.selection.as_of
    return pd.DataFrame(
        [
            {
                question.say("Figure"): goal.target.number.label.in_language(question.language),
                question.say("Scope"): question.name(goal.target.scope) or question.say("All"),
                question.say("Now"): _text(goal.target.number, goal.now),
                question.say("Expected by now"): ""
                if goal.expected is None
                else _text(goal.target.number, goal.expected),
                question.say("Target value"): _text(goal.target.number, goal.target.value),
                question.say("Due on"): short_day_text(goal.target.due_on, question.language),
                question.say("State"): state_text(question, goal.state),
            }
            for goal in [
                progress(target, as_of, question.answer) for target in targets.current(as_of)
            ]
        ]
    )

"""The numbers at the top: each with its change since another day, and against its target."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from adoption.charts.chart import Question
from adoption.formats import change_text, number_text, percent_text, points_text, short_day_text
from adoption.metrics import DAYS_AHEAD, METRICS, HeadlineNumber, Metric, Selection
from adoption.metrics.headline import ADOPTION_RATE, TARGET_NUMBERS
from adoption.metrics.targets import Progress, State, Target, Targets, progress


@dataclass(frozen=True)
class Headline:
    """A number, as text; its metric, asked for `selection`, gives it.

    `change` is since another day, and `since` says which; where that day was chosen to compare
    with, `then` says it with the number of that day instead. `target` is what it is to be, by when;
    `progress` is None where no target is set for what is selected.
    """

    number: HeadlineNumber
    selection: Selection
    label: str
    value: str
    change: str
    since: str
    then: str
    progress: Progress | None
    target: str

    @property
    def metric(self) -> Metric:
        return METRICS[self.number.key]

    @property
    def state(self) -> State | None:
        return None if self.progress is None else self.progress.state


def headlines(
    question: Question, targets: Targets | None = None, compared: date | None = None
) -> list[Headline]:
    """The adoption rate first; beside those of the day `compared`, else the rate beside that of a
    year before and the others beside those of a month before."""
    now = replace(question.selection, days=DAYS_AHEAD)
    current = targets.current(now.as_of) if targets else []
    found = []
    for number in TARGET_NUMBERS:
        months = 12 if number.is_share else 1
        other = now.months_before(months) if compared is None else now.on(compared)
        target = next((t for t in current if t.number == number and t.is_about(now)), None)
        found.append(_headline(question, number, now, other, compared is not None, target))
    return found


def _headline(
    question: Question,
    number: HeadlineNumber,
    now: Selection,
    other: Selection,
    is_compared: bool,
    target: Target | None,
) -> Headline:
    value, then = (number.of(question.rows(number.key, day)) for day in (now, other))
    day = short_day_text(other.as_of, question.language)
    before = question.say("{day}: {number}", day=day, number=value_text(number, then))
    goal = None if target is None else progress(target, now.as_of, question.answer)
    return Headline(
        number=number,
        selection=now,
        label=number.label.in_language(question.language),
        value=value_text(number, value),
        change=_change_text(question, number, value - then),
        since="" if is_compared else question.say("vs {day}", day=day),
        then=before if is_compared else "",
        progress=goal,
        target="" if goal is None else _target_text(question, goal),
    )


def value_text(number: HeadlineNumber, value: float) -> str:
    return percent_text(value) if number.is_share else number_text(value)


def _change_text(question: Question, number: HeadlineNumber, change: float) -> str:
    if not number.is_share:
        return change_text(change)
    if math.isnan(change):
        return ""
    return question.say("{points} points", points=points_text(change))


def _target_text(question: Question, goal: Progress) -> str:
    words = {
        "value": value_text(goal.target.number, goal.target.value),
        "due": short_day_text(goal.target.due_on, question.language),
    }
    if goal.target.number.higher_is == "worse":
        return question.say("Target: at most {value} on {due}", **words)
    return question.say("Target: {value} by {due}", **words)


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


def progress_text(question: Question, goal: Progress) -> str:
    """The same, with by how much it is behind."""
    if not goal.behind:
        return state_text(question, goal.state)
    return question.say("Behind by {amount}", amount=behind_text(question, goal))


def behind_text(question: Question, goal: Progress) -> str:
    """How many more it takes to be where it should be; rounded up, so never none."""
    number = goal.target.number
    if number.is_share:
        return question.say("{points} points", points=f"{math.ceil(1000 * goal.behind) / 10:.1f}")
    return counted(question, number, number_text(math.ceil(goal.behind)))


def counted(question: Question, number: HeadlineNumber, amount: str) -> str:
    """With what it is counted in, which only Chinese says: 5,297 家."""
    return f"{amount} {number.counted_in}".rstrip() if question.language == "zh" else amount


def verdict(question: Question, shown: Sequence[Headline]) -> str:
    """How far, against what should be by now, and what is furthest behind, in a sentence."""
    (rate,) = (headline for headline in shown if headline.number == ADOPTION_RATE)
    behind = sorted(
        (each for each in shown if each is not rate and each.progress and each.progress.behind),
        key=lambda each: -_share_behind(each),
    )
    parts = [_of_rate(question, rate), *[_of_number(question, each) for each in behind[:1]]]
    return question.say("{facts}.", facts=question.say("; ").join(parts))


def _share_behind(headline: Headline) -> float:
    """What part of what should be is missing, by which numbers compare."""
    goal = headline.progress
    return goal.behind / goal.expected if goal and goal.expected else math.inf


def _of_rate(question: Question, rate: Headline) -> str:
    goal = rate.progress
    if goal is None:
        return question.say("Adoption rate {rate}, no target set", rate=rate.value)
    words = {"rate": rate.value, "target": value_text(rate.number, goal.target.value)}
    match goal.state:
        case "behind":
            amount = behind_text(question, goal)
            return question.say("Adoption rate {rate}, {amount} behind", amount=amount, **words)
        case "reached":
            return question.say("Adoption rate {rate}, target of {target} reached", **words)
        case "on_track":
            return question.say("Adoption rate {rate}, on track to {target}", **words)
    return question.say("Adoption rate {rate}, target {target}", **words)


def _of_number(question: Question, shown: Headline) -> str:
    if shown.progress is None:
        return ""
    figure = shown.number.name.in_language(question.language)
    return question.say(
        "{figure} behind by {amount}",
        figure=figure[0].lower() + figure[1:],
        amount=behind_text(question, shown.progress),
    )

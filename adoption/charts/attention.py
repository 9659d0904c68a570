"""What somebody should look at, in sentences, each with the page that shows more."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from adoption.charts.chart import Question
from adoption.charts.codes import stage_name
from adoption.charts.differences import named_shares
from adoption.charts.headlines import Headline, behind_text, counted
from adoption.formats import number_text, percent_text
from adoption.language import Text
from adoption.metrics.attention import LateFeed

MOST_NAMES = 2
_PAGES = {"integration_totals": "rollout", "expiring_totals": "expiries"}
# What the link to a page is called.
LINKS = {
    "rollout": Text("導入", "Rollout"),
    "issuance": Text("核發", "Issuance"),
    "expiries": Text("到期", "Expiries"),
    "reminders": Text("提醒", "Reminders"),
    "data": Text("資料", "Data"),
}


@dataclass(frozen=True)
class Item:
    """`page` is the name of the page that shows more."""

    says: str
    page: str


def of_the_data(
    question: Question,
    totals_off: int,
    late: Sequence[LateFeed],
    unknown_targets: Sequence[str],
    feed_name: Callable[[str], str],
) -> Iterator[Item]:
    """What is wrong with the records themselves, whatever day and filters are chosen."""
    if totals_off:
        says = question.say_of(
            totals_off,
            "{count} control total differs from the records.",
            "{count} control totals differ from the records.",
            count=number_text(totals_off),
        )
        yield Item(says, "data")
    for feed in late:
        says = question.say(
            "{feed}: nothing new for {days} days; usual are {usual} at most.",
            feed=feed_name(feed.feed),
            days=number_text(feed.days),
            usual=number_text(feed.usual_days),
        )
        yield Item(says, "data")
    if unknown_targets:
        names = question.say(", ").join(unknown_targets)
        yield Item(
            question.say("Targets for which there is no number: {names}.", names=names), "data"
        )


def of_the_numbers(question: Question, shown: Sequence[Headline]) -> Iterator[Item]:
    """What the selection says: numbers behind their target, systems overdue, shares that are low
    beyond chance, mails not sent."""
    for headline in shown:
        if headline.progress and headline.progress.behind:
            yield Item(_behind(question, headline), _PAGES.get(headline.metric.key, "issuance"))
    yield from _overdue(question)
    yield from _low(question)
    yield from _missing_mails(question)


def _behind(question: Question, shown: Headline) -> str:
    goal, number = shown.progress, shown.number
    if goal is None or goal.expected is None:
        return ""
    words = {
        "figure": number.name.in_language(question.language),
        "value": counted(question, number, shown.value),
        "amount": behind_text(question, goal),
        "percent": percent_text(goal.behind / goal.expected) if goal.expected else "—",
    }
    if number.is_share:
        return question.say("{figure} {value}, {amount} less than due by now.", **words)
    if number.higher_is == "worse":
        return question.say("{figure} {value}, {amount} too many by now ({percent}).", **words)
    return question.say("{figure} {value}, {amount} fewer than due by now ({percent}).", **words)


def _overdue(question: Question) -> Iterator[Item]:
    rows = question.rows("overdue_systems").sort_values("target_on")
    if rows.empty:
        return
    longest = rows.drop_duplicates("unit_code").head(MOST_NAMES)
    names = [
        question.say_of(
            row.days_overdue,
            "{unit} {days} day",
            "{unit} {days} days",
            unit=row.unit,
            days=number_text(row.days_overdue),
        )
        for row in longest.itertuples()
    ]
    says = question.say_of(
        len(rows),
        "{count} system is overdue, the longest: {names}.",
        "{count} systems are overdue, the longest: {names}.",
        count=number_text(len(rows)),
        names=question.say(", ").join(names),
    )
    yield Item(says, "rollout")


def _low(question: Question) -> Iterator[Item]:
    counties = _lowest(question.rows("adoption_rate_by_county"), "rate")
    if names := named_shares(question, counties, "county", "rate"):
        yield Item(question.say("Adoption beyond chance low: {names}.", names=names), "issuance")
    units = _lowest(question.rows("systems_by_unit"), "share")
    if names := named_shares(question, units, "unit", "share"):
        yield Item(question.say("Rollout beyond chance low: {names}.", names=names), "rollout")


def _lowest(rows: pd.DataFrame, share: str) -> pd.DataFrame:
    return rows[rows["differs"] == "below"].sort_values(share)


def _missing_mails(question: Question) -> Iterator[Item]:
    """Without those due before the send log begins, of which nobody can know."""
    rows = question.rows("mail_delivery")
    missing = rows["missing"] - rows["before_log"]
    if not (missing > 0).any():
        return
    says = question.say_of(
        int(missing.sum()),
        "{count} mail due is not in the send log ({percent}), most of them {stage}.",
        "{count} mails due are not in the send log ({percent}), most of them {stage}.",
        count=number_text(missing.sum()),
        percent=percent_text(missing.sum() / rows["due"].sum()),
        stage=stage_name(int(rows["stage"][missing.idxmax()]), question.language),
    )
    yield Item(says, "reminders")

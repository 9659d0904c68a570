"""What somebody should look at, in sentences, each with the page that shows more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adoption.charts.chart import Question
from adoption.charts.codes import stage_name
from adoption.charts.headlines import Headline
from adoption.formats import number_text, short_day_text
from adoption.language import Text
from adoption.metrics import METRICS
from adoption.metrics.attention import LateFeed

MOST_NAMES = 3
_PAGES = {
    "integration_totals": "rollout",
    "valid_totals": "issuance",
    "expiring_totals": "expiries",
}
# What the link to a page is called.
LINKS = {
    "rollout": Text("看導入", "Rollout"),
    "issuance": Text("看核發", "Issuance"),
    "expiries": Text("看到期", "Expiries"),
    "reminders": Text("看提醒", "Reminders"),
    "data": Text("看資料", "Data"),
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
) -> list[Item]:
    """What is wrong with the records themselves, whatever day and filters are chosen."""
    items = []
    if totals_off:
        says = question.say(
            "{count} control totals differ from the records.", count=number_text(totals_off)
        )
        items.append(Item(says, "data"))
    for feed in late:
        says = question.say(
            "{feed}: the latest record is of {day}, {days} days before the data's last day; "
            "usual are {usual} at most.",
            feed=feed_name(feed.feed),
            day=short_day_text(feed.latest, question.language),
            days=number_text(feed.days),
            usual=number_text(feed.usual_days),
        )
        items.append(Item(says, "data"))
    if unknown_targets:
        says = question.say(
            "Targets for which there is no number: {names}.",
            names=question.say(", ").join(unknown_targets),
        )
        items.append(Item(says, "data"))
    return items


def of_the_numbers(question: Question, shown: Sequence[Headline]) -> list[Item]:
    """What the numbers of the selection say: the headlines that are behind, and the metrics."""
    behind = [
        Item(
            question.say("{figure} {value}: behind its target.", figure=h.label, value=h.value),
            _PAGES[h.metric.key],
        )
        for h in shown
        if h.state == "behind"
    ]
    found = (_overdue(question), _missing_mails(question))
    return behind + [item for item in found if item is not None]


def _overdue(question: Question) -> Item | None:
    key = "overdue_systems"
    rows = question.rows(key) if key in METRICS else None
    if rows is None or rows.empty:
        return None
    oldest = rows.sort_values("target_on")["system"].head(MOST_NAMES)
    says = question.say(
        "{count} systems are past their target and not integrated, the longest overdue: {names}.",
        count=number_text(len(rows)),
        names=question.say(", ").join(oldest),
    )
    return Item(says, "rollout")


def _missing_mails(question: Question) -> Item | None:
    key = "mail_delivery"
    rows = question.rows(key) if key in METRICS else None
    if rows is None or not (rows["missing"] > 0).any():
        return None
    missing = rows[rows["missing"] > 0]
    stages = [
        question.say(
            "{stage} {missing} of {due}",
            stage=stage_name(row.stage, question.language),
            missing=number_text(row.missing),
            due=number_text(row.due),
        )
        for row in missing.itertuples()
    ]
    says = question.say(
        "Mails that were due and are not in the send log: {stages}.",
        stages=question.say("; ").join(stages),
    )
    return Item(says, "reminders")

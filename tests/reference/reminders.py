"""Which certificates came to which reminder, by the rule (not by the log of mails sent)."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

from tests.reference.calendar import month_of, next_month
from tests.reference.certificates import chosen
from tests.reference.rows import Certificate, Choice, Records
from tests.reference.rules import STAGES, due, journey, reached, renewed_on


def _reached(records: Records, choice: Choice, stage: int) -> list[Certificate]:
    renewed, _ = renewed_on(records.certificates)
    return [
        each
        for each in chosen(records, choice)
        if reached(each, stage, renewed[each.serial], choice.as_of)
    ]


def reminder_stages(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for stage in STAGES:
        found = _reached(records, choice, stage)
        rows.append((stage, len(found), len({each.holder_id for each in found} - {None})))
    return rows


def reminder_stages_by_month(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    counts = Counter(
        (month_of(each.expires_on), stage)
        for stage in STAGES
        for each in _reached(records, choice, stage)
    )
    return [(*key, count) for key, count in counts.items()]


def reminder_journey(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    renewed, _ = renewed_on(records.certificates)
    counts: Counter[tuple[object, ...]] = Counter()
    for each in chosen(records, choice):
        outcome = journey(each, renewed[each.serial], choice.as_of)
        if outcome is not None:
            counts[month_of(each.expires_on), outcome] += 1
    return [(*key, count) for key, count in counts.items()]


def reminder_outcomes(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    """Shares in tenths of a percent; what rounding down leaves goes to the largest remainders."""
    counts: Counter[object] = Counter()
    for _, outcome, count in reminder_journey(records, choice):
        assert isinstance(count, int)
        counts[outcome] += count
    order = ["before_first", *(f"after_{stage}" for stage in STAGES), "late", "ended"]
    order = [each for each in [*order, "lapsed", "open"] if counts[each]]
    exact = {each: Fraction(1000 * counts[each], sum(counts.values())) for each in order}
    shares = {each: int(share) for each, share in exact.items()}
    while shares and sum(shares.values()) < 1000:
        shares[max(order, key=lambda each: exact[each] - shares[each])] += 1
    return [(each, counts[each], shares[each] / 1000) for each in order]


def renewal_survival(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    renewed, _ = renewed_on(records.certificates)
    # The latest month whose last day is at least 60 days ago, and the eleven before it.
    months = []
    month = month_of(choice.as_of)
    while len(months) < 12:
        if next_month(month) - timedelta(days=1) <= choice.as_of - timedelta(days=60):
            months.append(month)
        month = month_of(month - timedelta(days=1))
    followed = []
    for each in chosen(records, choice):
        start, replaced, ended = due(each, 90), renewed[each.serial], each.ended_on
        if (
            month_of(each.expires_on) in months
            and each.issued_on <= start
            and (replaced is None or replaced > start)
            and (ended is None or ended > start)
        ):
            followed.append(each)
    if not followed:
        return []
    rows: list[tuple[object, ...]] = []
    for days in range(90, -61, -1):
        states = Counter()
        for each in followed:
            day = each.expires_on - timedelta(days=days)
            replaced, ended = renewed[each.serial], each.ended_on
            if ended is not None and ended > each.expires_on:
                ended = None
            if ended is not None and ended <= day and (replaced is None or ended < replaced):
                states["ended"] += 1
            elif replaced is not None and replaced <= day:
                states["renewed"] += 1
            else:
                states["to renew"] += 1
        counts = (states["to renew"], states["renewed"], states["ended"])
        rows.append((days, len(followed), *counts, *(each / len(followed) for each in counts)))
    return rows

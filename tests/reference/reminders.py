"""Which certificates came to which reminder, by the rule (not by the log of mails sent)."""

from collections import Counter

from tests.reference.calendar import month_of
from tests.reference.certificates import chosen
from tests.reference.rows import Certificate, Choice, Records
from tests.reference.rules import STAGES, journey, reached, renewed_on


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
        rows.append((stage, len(found), len({each.holder_id for each in found})))
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

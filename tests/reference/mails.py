"""Mails: due by the rule in the past and ahead, and beside the send log."""

from collections import Counter
from datetime import date, timedelta

from tests.reference.calendar import county_on
from tests.reference.certificates import chosen
from tests.reference.rows import Certificate, Choice, Mail, Records
from tests.reference.rules import STAGES, due, reached, renewed_on, valid


def mails_due(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    renewed, _ = renewed_on(records.certificates)
    counts: Counter[tuple[object, ...]] = Counter()
    last = choice.as_of + timedelta(days=choice.days)
    for each in chosen(records, choice):
        replaced = renewed[each.serial]
        still_to_renew = replaced is None or replaced > choice.as_of
        for stage in STAGES:
            day = due(each, stage)
            is_past = reached(each, stage, replaced, choice.as_of)
            is_ahead = valid(each, choice.as_of) and still_to_renew and choice.as_of < day <= last
            counts[day, stage] += is_past or is_ahead
    return [(*key, count) for key, count in counts.items() if count]


def _logged(records: Records, as_of: date) -> dict[tuple[str, int], list[Mail]]:
    """By serial and stage the rows up to the day."""
    rows: dict[tuple[str, int], list[Mail]] = {}
    for mail in records.reminders:
        if mail.sent_on <= as_of:
            rows.setdefault((mail.serial, mail.stage), []).append(mail)
    return rows


def _due_mails(records: Records, choice: Choice) -> list[tuple[Certificate, int]]:
    renewed, _ = renewed_on(records.certificates)
    return [
        (each, stage)
        for each in chosen(records, choice)
        for stage in STAGES
        if reached(each, stage, renewed[each.serial], choice.as_of)
    ]


def mail_delivery(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    logged = _logged(records, choice.as_of)
    begins_on = min((mail.sent_on for rows in logged.values() for mail in rows), default=None)
    counts = {stage: Counter[str]() for stage in STAGES}
    was_due = set()
    for each, stage in _due_mails(records, choice):
        was_due.add((each.serial, stage))
        of_stage, rows = counts[stage], logged.get((each.serial, stage))
        of_stage["due"] += 1
        if rows:
            results = {mail.result for mail in rows}
            best = next(r for r in ("delivered", "bounced", "no_address") if r in results)
            of_stage["sent"] += 1
            of_stage[best] += 1
            of_stage["late"] += all(mail.sent_on > due(each, stage) for mail in rows)
        else:
            of_stage["missing"] += 1
            of_stage["before_log"] += begins_on is not None and due(each, stage) < begins_on
    in_selection = {each.serial for each in chosen(records, choice)}
    narrowed = bool(choice.county or choice.org_type)
    for (serial, stage), rows in logged.items():
        if serial in in_selection or not narrowed:
            counts[stage]["unexpected"] += (serial, stage) not in was_due
            counts[stage]["repeated"] += len(rows) - 1
    names = ("due", "sent", "delivered", "bounced", "no_address", "missing")
    names += ("before_log", "late", "unexpected", "repeated")
    return [(stage, *(counts[stage][name] for name in names)) for stage in STAGES]


def mails_missing(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    logged = _logged(records, choice.as_of)
    begins_on = min((mail.sent_on for rows in logged.values() for mail in rows), default=None)
    return [
        (
            *(due(each, stage), stage, each.serial, each.holder_id),
            *(county_on(each.county, choice.as_of), each.org_type, each.card, each.expires_on),
        )
        for each, stage in _due_mails(records, choice)
        if (each.serial, stage) not in logged
        and begins_on is not None
        and due(each, stage) >= begins_on
    ]

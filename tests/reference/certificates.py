"""What was issued, what is valid and what expires. Side and unit do not matter here."""

from datetime import date, timedelta

from tests.reference.calendar import (
    county_on,
    month_ends,
    month_of,
    months_through,
    next_month,
)
from tests.reference.differences import against_before
from tests.reference.rows import Certificate, Choice, Records
from tests.reference.rules import is_renewal, renewed_on, suspended, valid


def chosen(records: Records, choice: Choice) -> list[Certificate]:
    return [
        each
        for each in records.certificates
        if (not choice.county or county_on(each.county, choice.as_of) in choice.county)
        and (not choice.org_type or each.org_type in choice.org_type)
    ]


def certificates_issued(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    counts: dict[tuple[date, str], list[int]] = {}
    for each in chosen(records, choice):
        if each.issued_on <= choice.as_of:
            row = counts.setdefault((month_of(each.issued_on), each.org_type), [0, 0, 0])
            renewal = is_renewal(each, records.certificates)
            row[0] += 1
            row[1] += not renewal
            row[2] += renewal
    return [(*key, *row) for key, row in counts.items()]


def issued_and_usual(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    """By months that end on the same day of the month as the as-of day."""
    months = [
        month_of(each.issued_on)
        if each.issued_on.day <= choice.as_of.day
        else next_month(month_of(each.issued_on))
        for each in chosen(records, choice)
        if each.issued_on <= choice.as_of
    ]
    if not months:
        return []
    shown = months_through(min(months), choice.as_of)
    issued = [months.count(month) for month in shown]
    usual = [(None, None, "")] * min(24, len(shown)) + against_before(issued)
    return [(*row, *limits) for *row, limits in zip(shown, issued, usual, strict=True)]


def valid_over_time(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    certificates = chosen(records, choice)
    issued_on = [each.issued_on for each in certificates if each.issued_on <= choice.as_of]
    if not issued_on:
        return []
    rows: list[tuple[object, ...]] = []
    for month, last_day in month_ends(min(issued_on), choice.as_of):
        holders = [each.holder_id for each in certificates if valid(each, last_day)]
        rows.append((month, len(holders), len(set(holders) - {None})))
    return rows


def valid_totals(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    found = [each for each in chosen(records, choice) if valid(each, choice.as_of)]
    out_of_use = {each.serial for each in records.suspensions if suspended(each, choice.as_of)}
    beside = [each for each in found if each.serial in out_of_use]
    return [(len(found), len({each.holder_id for each in found} - {None}), len(beside))]


def valid_by_county(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    holders: dict[tuple[str, str], list[str | None]] = {}
    for each in chosen(records, choice):
        if valid(each, choice.as_of):
            key = (county_on(each.county, choice.as_of), each.org_type)
            holders.setdefault(key, []).append(each.holder_id)
    return [(*key, len(ids), len(set(ids) - {None})) for key, ids in holders.items()]


def to_expire(records: Records, choice: Choice, before: date) -> list[tuple[Certificate, bool]]:
    """What is valid on the day and expires after it but before `before`; still to renew or not."""
    renewed, _ = renewed_on(records.certificates)
    found = []
    for each in chosen(records, choice):
        if valid(each, choice.as_of) and choice.as_of < each.expires_on < before:
            applied = renewed[each.serial]
            found.append((each, applied is None or applied > choice.as_of))
    return found


def _within_days(records: Records, choice: Choice) -> list[tuple[Certificate, bool]]:
    return to_expire(records, choice, choice.as_of + timedelta(days=choice.days + 1))


def _counted(
    choice: Choice, found: list[tuple[object, Certificate, bool]]
) -> list[tuple[object, ...]]:
    """(group, how many, how many of them to renew, how many of these can be renewed by now)."""
    groups: dict[object, list[int]] = {}
    for group, each, to_renew in found:
        row = groups.setdefault(group, [0, 0, 0])
        row[0] += 1
        row[1] += to_renew
        row[2] += to_renew and (each.expires_on - choice.as_of).days <= 60
    return [(group, *row) for group, row in groups.items()]


def expiring(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    found = _within_days(records, choice)
    return _counted(choice, [(each.expires_on, each, to_renew) for each, to_renew in found])


def expiring_totals(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    found = _within_days(records, choice)
    rows = _counted(choice, [("all", each, to_renew) for each, to_renew in found])
    return [row[1:] for row in rows] or [(0, 0, 0)]


def expiring_by_county(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    found = _within_days(records, choice)
    return _counted(
        choice,
        [(county_on(each.county, choice.as_of), each, to_renew) for each, to_renew in found],
    )


def expiring_by_week(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    """52 weeks, the first the one that the as-of day lies in."""
    monday = monday_of(choice.as_of)
    found = to_expire(records, choice, monday + timedelta(weeks=52))
    return _counted(
        choice, [(monday_of(each.expires_on), each, to_renew) for each, to_renew in found]
    )


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def expiring_by_month(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    after_last_month = month_of(choice.as_of)
    for _ in range(24):
        after_last_month = next_month(after_last_month)
    found = to_expire(records, choice, after_last_month)
    return _counted(
        choice, [(month_of(each.expires_on), each, to_renew) for each, to_renew in found]
    )

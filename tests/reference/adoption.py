"""How many of the registered entities hold a certificate, and how many certificates each holds."""

from collections import Counter
from datetime import date, timedelta

from tests.reference.calendar import county_on, month_ends
from tests.reference.certificates import chosen
from tests.reference.differences import against_all
from tests.reference.rows import Choice, Records
from tests.reference.rules import valid

Place = tuple[str, str]  # county (its name on the as-of day), org_type


def _counts(records: Records, choice: Choice) -> dict[Place, dict[date, int]]:
    """Every count of a month that has begun; what became one county is added up in a month."""
    counts: dict[Place, dict[date, int]] = {}
    for entity in records.entities:
        county = county_on(entity.county, choice.as_of)
        if entity.month > choice.as_of or (choice.county and county not in choice.county):
            continue
        if choice.org_type and entity.org_type not in choice.org_type:
            continue
        months = counts.setdefault((county, entity.org_type), {})
        months[entity.month] = months.get(entity.month, 0) + entity.registered
    return counts


def _last(counts: dict[Place, dict[date, int]], day: date) -> dict[Place, tuple[date, int]]:
    """For each place the last month, by `day`, that it was counted, and the count."""
    found = {}
    for place, months in counts.items():
        begun = [month for month in months if month <= day]
        if begun:
            found[place] = (max(begun), months[max(begun)])
    return found


def _holders(records: Records, choice: Choice, day: date) -> dict[Place, set[str]]:
    """Who holds a certificate that is valid on `day`, by place."""
    found: dict[Place, set[str]] = {}
    for each in chosen(records, choice):
        if valid(each, day) and each.holder_id is not None:
            place = (county_on(each.county, choice.as_of), each.org_type)
            found.setdefault(place, set()).add(each.holder_id)
    return found


def _rate(holders: int, registered: int | None) -> float | None:
    return holders / registered if registered else None


def adoption_rate(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    last = _last(_counts(records, choice), choice.as_of)
    held = _holders(records, choice, choice.as_of)
    rows: list[tuple[object, ...]] = []
    for place in set(last) | set(held):
        holders = len(held.get(place, ()))
        month, registered = last.get(place, (None, None))
        rows.append((month, *place, holders, registered, _rate(holders, registered)))
    return rows


def _summed(last: dict[Place, tuple[date, int]], held: dict[Place, set[str]]) -> tuple[object, ...]:
    """Of the places that were counted; a holder counts once in all of them."""
    if not last:
        return (0, None, None, None, None)
    holders = len(set().union(*[held.get(place, set()) for place in last]))
    registered = sum(count for _, count in last.values())
    months = [month for month, _ in last.values()]
    return (holders, registered, min(months), max(months), _rate(holders, registered))


def adoption_rate_totals(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    last = _last(_counts(records, choice), choice.as_of)
    held = _holders(records, choice, choice.as_of)
    unstated = set().union(*[held[place] for place in held if "unstated" in place])
    return [(*_summed(last, held), len(unstated))]


def _by(records: Records, choice: Choice, part: int) -> list[tuple[object, ...]]:
    last = _last(_counts(records, choice), choice.as_of)
    held = _holders(records, choice, choice.as_of)
    rows = [
        (group, *_summed({each: last[each] for each in last if each[part] == group}, held))
        for group in {place[part] for place in last}
    ]
    sides = against_all([(row[1], row[2]) for row in rows])
    return [(*row, side) for row, side in zip(rows, sides, strict=True)]


def adoption_rate_by_county(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    return _by(records, choice, 0)


def adoption_rate_by_type(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    return _by(records, choice, 1)


def adoption_rate_over_time(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    issued_on = [each.issued_on for each in chosen(records, choice)]
    issued_on = [day for day in issued_on if day <= choice.as_of]
    if not issued_on:
        return []
    counts = _counts(records, choice)
    rows: list[tuple[object, ...]] = []
    for month, day in month_ends(min(issued_on), choice.as_of):
        last = _last(counts, day)
        holders, registered, _, newest, rate = _summed(last, _holders(records, choice, day))
        earlier = _last(counts, month - timedelta(days=1))
        before = sum(count for _, count in earlier.values())
        is_great = bool(earlier) and 100 * abs(registered - before) > 10 * before
        rows.append((month, holders, registered, newest, rate, is_great))
    return rows


def cards_per_holder(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    cards = Counter(each.holder_id for each in chosen(records, choice) if valid(each, choice.as_of))
    del cards[None]
    rows: list[tuple[object, ...]] = []
    for group in (1, 2, 3, 4):
        held = [count for count in cards.values() if min(count, 4) == group]
        if held:
            share, mean = len(held) / len(cards), sum(cards.values()) / len(cards)
            rows.append((group, len(held), sum(held), share, mean))
    return rows

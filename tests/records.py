"""Seeded random records that crowd the boundaries of docs/domain.md, section 3, on purpose.

A rule that is one day off, or that takes the wrong successor, must meet a record here that shows
it: most dates are a due day, an expiry, the as-of day or a month's end, or the day beside one.
"""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from tests.reference import (
    STAGES,
    Certificate,
    Entity,
    Mail,
    Records,
    Suspension,
    System,
    Target,
    Unit,
)

AS_OF_DAYS = (
    date(2013, 9, 24),
    date(2013, 9, 30),  # a month's end, 45 days before 2013-11-14
    date(2013, 10, 1),
    date(2012, 2, 29),
    date(2013, 2, 28),
    date(2016, 2, 29),
    date(2010, 12, 24),  # the day before four counties became cities
    date(2010, 12, 25),
    date(2014, 12, 24),  # the day before 桃園縣 did
    date(2014, 12, 25),
    date(2013, 12, 31),
    date(2014, 1, 1),
)
COUNTIES = (
    *("臺北市", "臺北縣", "新北市", "桃園縣", "桃園市", "臺中縣", "臺中市"),
    *("臺南縣", "臺南市", "高雄縣", "高雄市", "新竹市", "新竹縣", "連江縣"),
)
ORG_TYPES = ("company", "company", "business", "branch", "other")
NEXT_TO = (-1, 0, 1)


def _near(rng: Random, day: date, *offsets: int) -> date:
    """One of the days `offsets` from `day`, or the day before or after that."""
    return day + timedelta(days=rng.choice(offsets) + rng.choice(NEXT_TO))


def _five_years_after(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year + 5, 2, 28)
    return day.replace(year=day.year + 5)


def _month_end_or_leap_day(rng: Random, year: int) -> date:
    if year % 4 == 0 and rng.random() < 0.5:
        return date(year, 2, 29)
    month = rng.randint(1, 12)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _validity(rng: Random, as_of: date) -> tuple[date, date]:
    """issued_on, expires_on."""
    kind = rng.random()
    if kind < 0.2:
        issued_on = _month_end_or_leap_day(rng, as_of.year - rng.randint(-1, 7))
        return issued_on, _five_years_after(issued_on)
    if kind < 0.75:  # a due day, the expiry or the end of `late` falls beside the as-of day
        expires_on = _near(rng, as_of, *STAGES, 0, 0, -60, -365)
    else:
        expires_on = as_of + timedelta(days=rng.randint(-1200, 1900))
    if rng.random() < 0.25:  # too short for some of the stages
        days = rng.choice((0, 1, 2, 14, 15, 16, 29, 30, 31, 40, 44, 45, 46, 60, 61))
    else:
        days = rng.choice((1825, 1826, 1827))
    return expires_on - timedelta(days=days), expires_on


def _event(rng: Random, certificate: Certificate, as_of: date) -> date:
    """A day on which something may happen to the certificate, where a rule changes its mind."""
    kind = rng.random()
    if kind < 0.65:
        stages = [-stage for stage in STAGES]
        day = _near(rng, certificate.expires_on, *stages, -60, 0, 0, 365, 366)
    elif kind < 0.85:
        day = _near(rng, as_of, 0)
    else:
        day = certificate.issued_on + timedelta(days=rng.randint(0, 2300))
    # Hardly ever before the card was issued: a record that cannot be right, yet must count once.
    return day if rng.random() < 0.05 else max(day, certificate.issued_on)


def _with_events(rng: Random, certificate: Certificate, as_of: date) -> Certificate:
    applied = _event(rng, certificate, as_of) if rng.random() < 0.25 else None
    ended, reason = None, None
    if rng.random() < 0.3:
        ended = _event(rng, certificate, as_of)
        if applied is not None and rng.random() < 0.6:  # before, on and after the renewal
            ended = max(_near(rng, applied, 0), certificate.issued_on)
        reason = rng.choice(("by_holder", "automatic", "replaced"))
    return replace(certificate, renewal_applied_on=applied, ended_on=ended, end_reason=reason)


class _Serials:
    """Serials whose order as text is neither their order as numbers nor that of issuing."""

    def __init__(self, rng: Random, count: int) -> None:
        self._left = [str(number) for number in range(1, 3 * count)]
        rng.shuffle(self._left)

    def take(self) -> str:
        return self._left.pop()


def _one(rng: Random, serials: _Serials, as_of: date, **fields: str) -> Certificate:
    issued_on, expires_on = _validity(rng, as_of)
    certificate = Certificate(
        serials.take(),
        issued_on=issued_on,
        expires_on=expires_on,
        **{
            "holder_id": f"{rng.randint(0, 99_999_999):08d}",
            "org_type": rng.choice(ORG_TYPES),
            "county": rng.choice(COUNTIES),
            "card": "primary" if rng.random() < 0.8 else "additional",
            **fields,
        },
    )
    return _with_events(rng, certificate, as_of)


def _one_place(rng: Random) -> dict[str, str]:
    """A county and a type for all of a holder's, or nothing: then the holder is often mixed."""
    place = {"county": rng.choice(COUNTIES), "org_type": rng.choice(ORG_TYPES)}
    return place if rng.random() < 0.6 else {}


def _contested(rng: Random, serials: _Serials, as_of: date) -> list[Certificate]:
    """One holder's cards of a kind, whose possible successors overlap: greedy linking decides."""
    shared = {
        "holder_id": f"{rng.randint(0, 99_999_999):08d}",
        "card": rng.choice(("additional", "additional", "primary")),
        **_one_place(rng),
    }
    first = _one(rng, serials, as_of, **shared)
    cards = [first]
    for _ in range(rng.randint(1, 5)):
        days = rng.choice((0, 0, 1, 5, 60, 61, 120, 200))
        other = _one(rng, serials, as_of, **shared)
        expires_on = first.expires_on + timedelta(days=days)
        other = replace(other, expires_on=max(expires_on, other.issued_on))
        if rng.random() < 0.3:  # the same day of issue too: only the serial tells them apart
            other = replace(other, issued_on=min(first.issued_on, other.expires_on))
        cards.append(other)
    for _ in range(rng.randint(1, len(cards) + 1)):
        ahead = rng.choice(cards)
        issued_on = _near(rng, ahead.expires_on, -60, -60, -59, -30, 0, 1, 200, 364, 365)
        expires_on = rng.choice(
            (_five_years_after(issued_on), issued_on + timedelta(days=rng.randint(0, 60)))
        )
        successor = _one(rng, serials, as_of, **shared)
        cards.append(replace(successor, issued_on=issued_on, expires_on=expires_on))
    return cards


def _succession(rng: Random, serials: _Serials, as_of: date) -> list[Certificate]:
    """A certificate and those issued after it: a chain, by `replaces` or only by its dates."""
    chain, is_in_one_place = [_one(rng, serials, as_of)], rng.random() < 0.6
    for _ in range(rng.randint(1, 3)):
        before = chain[-1]
        issued_on = _event(rng, before, as_of)
        shared = {"holder_id": before.holder_id, "card": before.card}
        if is_in_one_place:
            shared |= {"county": before.county, "org_type": before.org_type}
        after = _one(rng, serials, as_of, **shared)
        after = replace(after, issued_on=issued_on, expires_on=_five_years_after(issued_on))
        if rng.random() < 0.4:
            after = replace(after, replaces=before.serial)
        chain.append(after)
    return chain


def random_certificates(rng: Random, count: int, as_of: date) -> list[Certificate]:
    serials = _Serials(rng, count + 20)
    found: list[Certificate] = []
    while len(found) < count:
        kind = rng.random()
        if kind < 0.4:
            found.append(_one(rng, serials, as_of))
        elif kind < 0.75:
            found.extend(_succession(rng, serials, as_of))
        else:
            found.extend(_contested(rng, serials, as_of))
    for index in rng.sample(range(count), count // 25):
        # Across holders, several that replace the same one, and one that replaces nothing known.
        replaced = rng.choice([*(each.serial for each in rng.sample(found, 3)), "unknown"])
        if replaced != found[index].serial:
            found[index] = replace(found[index], replaces=replaced)
    rng.shuffle(found)
    return found


def with_gaps(rng: Random, certificates: list[Certificate]) -> list[Certificate]:
    """Some without a holder, county, type or card: of chains and contested ones as of others."""
    gaps: tuple[dict[str, str | None], ...] = (
        {"holder_id": None},
        {"county": "unstated"},
        {"org_type": "unstated"},
        {"card": "unstated"},
        {"county": "unstated", "org_type": "unstated", "holder_id": None},
    )
    return [
        replace(each, **rng.choice(gaps)) if rng.random() < 0.15 else each for each in certificates
    ]


def _system(rng: Random, code: str, unit_code: str, as_of: date) -> System:
    """Its dates are in order, but any may be missing or yet to come."""
    day = as_of - timedelta(days=rng.randint(0, 1800))
    days: list[date | None] = []
    for _ in range(4):
        days.append(day if rng.random() < 0.65 else None)
        if rng.random() < 0.3:
            day = max(day, _near(rng, as_of, 0))
        else:
            day += timedelta(days=rng.choice((0, 1, 30, 150, 400)))
    target = _near(rng, as_of, 0, 0, -30, -400, 60, 1000) if rng.random() < 0.9 else None
    return System(code, unit_code, f"系統{code}", "線上申辦", *days, target_on=target)


def random_units(rng: Random, as_of: date) -> tuple[list[Unit], list[System]]:
    sides = rng.choice((("ministry", "external"), ("ministry", "external"), ("external",)))
    units = [
        Unit(
            f"U{number}", f"單位{number}", rng.choice(sides), rng.choice(("government", "private"))
        )
        for number in range(rng.randint(5, 11))
    ]
    systems = []
    for unit in units:
        for number in range(rng.choice((0, 1, 3, 6, 8))):
            systems.append(_system(rng, f"{unit.unit_code}-{number}", unit.unit_code, as_of))
    return units, systems


def random_targets(rng: Random, as_of: date) -> list[Target]:
    """Goals before, on and after the as-of day, for all and for a side, and for something else."""
    goals = [
        Target("integration_totals", scope, _near(rng, as_of, -200, 0, 0, 90), rng.randint(0, 9))
        for scope in ("", "ministry", "external", rng.choice(("", "ministry", "external")))
    ]
    other = Target("valid_totals", "", as_of, 1000.0)
    return [*{(goal.scope, goal.due_on): goal for goal in goals}.values(), other]


def random_suspensions(
    rng: Random, certificates: list[Certificate], as_of: date
) -> list[Suspension]:
    """Over, running and to come on the as-of day."""
    found = []
    for each in rng.sample(certificates, len(certificates) // 6):
        suspended_on = _near(rng, as_of, -30, 0)
        resumed_on = rng.choice((None, max(suspended_on, _near(rng, as_of, 0, 30))))
        found.append(Suspension(each.serial, suspended_on, resumed_on))
        if rng.random() < 0.3:  # twice at once: still one suspended certificate
            found.append(Suspension(each.serial, suspended_on - timedelta(days=5)))
    return found


def random_reminders(rng: Random, certificates: list[Certificate], as_of: date) -> list[Mail]:
    """A send log as no log should be: mails too early and too late, after the as-of day, of stages
    never reached and of unknown serials, several of one stage, and gaps."""
    found: dict[tuple[str, int, date], Mail] = {}
    for each in certificates:
        for stage in STAGES:
            due_on = each.expires_on - timedelta(days=stage)
            # Often though the stage was not reached: renewed or ended by then, or not yet due.
            for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 3))):
                if rng.random() < 0.2:
                    sent_on = _near(rng, as_of, 0)
                else:
                    sent_on = due_on + timedelta(days=rng.choice((-3, -1, 0, 0, 0, 0, 1, 1, 9)))
                result = rng.choice(("delivered", "delivered", "bounced", "no_address"))
                found[each.serial, stage, sent_on] = Mail(each.serial, stage, sent_on, result)
    # From its first day on, and for some seeds only lately: before, the log says nothing.
    begins_on = as_of - timedelta(days=rng.choice((20, 100, 4000)))
    mails = [mail for mail in found.values() if mail.sent_on >= begins_on]
    for number in range(5):
        day = _near(rng, as_of, 0, -50)
        mails.append(Mail(f"nobody {number}", rng.choice(STAGES), day, "delivered"))
    return mails


def random_entities(rng: Random, as_of: date) -> list[Entity]:
    """Counted under names old and new at once, from a month of their own on, with gaps; some places
    never, some stopped long ago, some with none registered, some counted another way at last."""
    found = []
    this_month = as_of.replace(day=1)
    for county in COUNTIES:
        for org_type in sorted(set(ORG_TYPES)):
            if rng.random() < (0.8 if org_type == "other" else 0.25):
                continue
            registered = rng.choice((0, 1, 3, 10, 40))
            first, last = rng.randint(0, 90), rng.choice((-1, -1, 0, 0, 0, 1, 2, 30))
            for months_ago in range(first, last - 1, -1):
                if rng.random() < 0.3 and months_ago != last:
                    continue
                if rng.random() < 0.1:
                    registered = rng.choice((0, registered * 2, registered + 1))
                month = this_month.year * 12 + this_month.month - 1 - months_ago
                day = date(month // 12, month % 12 + 1, 1)
                found.append(Entity(day, county, org_type, registered))
    return found


def random_records(seed: int, certificates: int = 250, as_of: date | None = None) -> Records:
    """A data set of at least `certificates` certificates, the same for the same arguments.

    Its events crowd around `as_of`, by default a boundary of the calendar that the seed picks.
    """
    rng = Random(seed)
    as_of = as_of or AS_OF_DAYS[seed % len(AS_OF_DAYS)]
    units, systems = random_units(rng, as_of)
    systems += [_system(Random(seed), f"nowhere-{n}", "nowhere", as_of) for n in range(3)]
    found = random_certificates(rng, certificates, as_of)
    suspensions = random_suspensions(rng, found, as_of)
    suspensions.append(Suspension("nowhere", as_of))
    found = with_gaps(Random(-1000 - seed), found)
    return Records(
        as_of,
        units,
        systems,
        found,
        suspensions,
        targets=random_targets(rng, as_of),
        entities=random_entities(rng, as_of),
        # Of its own, so that a change here leaves the other records of a seed as they are.
        reminders=random_reminders(Random(-1 - seed), found, as_of),
    )

"""Whether what expires is renewed, what will lapse, and whom to call. Loops and plain numbers."""

import math
import statistics
from datetime import date, timedelta

from tests.reference.calendar import county_on, month_of, next_month
from tests.reference.certificates import chosen, to_expire
from tests.reference.rows import Certificate, Choice, Records
from tests.reference.rules import STAGES, due, journey, reached, renewed_on, valid

Row = tuple[object, ...]
IN_TIME = ("before_first", "after_45", "after_30", "after_15", "after_1")


def busiest_days(records: Records, choice: Choice) -> list[Row]:
    days: dict[date, list[int]] = {}
    for each, to_renew in to_expire(records, choice, choice.as_of + timedelta(days=366)):
        row = days.setdefault(each.expires_on, [0, 0])
        row[0] += 1
        row[1] += to_renew
    if not days:
        return []
    usual = float(statistics.median(expiring for expiring, _ in days.values()))
    ranked = sorted(days, key=lambda day: (-days[day][0], day))
    return [
        (day, *days[day], usual, days[day][0] >= 1.5 * usual and days[day][0] >= 20)
        for day in ranked
    ]


def renewal_rate(records: Records, choice: Choice) -> list[Row]:
    renewed, _ = renewed_on(records.certificates)
    cohorts: dict[date, list[tuple[str, date]]] = {}
    for each in chosen(records, choice):
        outcome = journey(each, renewed[each.serial], choice.as_of)
        if outcome is not None:
            cohorts.setdefault(month_of(each.expires_on), []).append((outcome, each.expires_on))
    rows: list[Row] = []
    for month, members in cohorts.items():
        outcomes = [outcome for outcome, _ in members]
        last = max(expires_on for _, expires_on in members)
        in_time, late = sum(each in IN_TIME for each in outcomes), outcomes.count("late")
        rows.append(
            (
                *(month, len(members), in_time, late),
                *(outcomes.count(each) for each in ("lapsed", "ended", "open")),
                in_time / len(members),
                last <= choice.as_of,
                (in_time + late) / len(members),
                last + timedelta(days=365) <= choice.as_of,
            )
        )
    return rows


def renewal_timing(records: Records, choice: Choice) -> list[Row]:
    """Of first due days 91 to 455 days ago, which week the renewal came in."""
    renewed, _ = renewed_on(records.certificates)
    watched, weeks = 0, dict.fromkeys(range(-2, 14), 0)
    for each in chosen(records, choice):
        outcome = journey(each, renewed[each.serial], choice.as_of)
        days_since = (choice.as_of - due(each, 45)).days
        if outcome is None or not 91 <= days_since < 91 + 365:
            continue
        watched += 1
        if outcome in (*IN_TIME, "late"):
            days = (renewed[each.serial] - due(each, 45)).days
            week = max(math.ceil(days / 7), -2)
            if week in weeks:
                weeks[week] += 1
    return [(week, count, count / watched) for week, count in weeks.items() if count]


def outreach(records: Records, choice: Choice) -> list[Row]:
    renewed, _ = renewed_on(records.certificates)
    rows: list[Row] = []
    for each, to_renew in to_expire(
        records, choice, choice.as_of + timedelta(days=choice.days + 1)
    ):
        stages = [k for k in STAGES if reached(each, k, renewed[each.serial], choice.as_of)]
        last = min(stages, default=0)
        if to_renew and (not choice.stage or last in choice.stage):
            stage = f"reached_{last or 'none'}"
            county = county_on(each.county, choice.as_of)
            rows.append((each.serial, each.holder_id, county, each.expires_on, stage))
    return rows


# The forecast ---------------------------------------------------------------------------------


def month_plus(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def forecast_day(month: date, as_of: date) -> date:
    """As many days before the end of `month` as `as_of` is before the end of its own."""
    days_to_end = (next_month(month_of(as_of)) - as_of).days
    return next_month(month) - timedelta(days=days_to_end)


class Forecaster:
    """The counts that a forecast needs, each counted anew from the certificates."""

    def __init__(self, records: Records, choice: Choice) -> None:
        renewed, _ = renewed_on(records.certificates)
        self.as_of = choice.as_of
        self.cohorts: dict[date, list[tuple[Certificate, date | None]]] = {}
        for each in chosen(records, choice):
            member = (each, renewed[each.serial])
            self.cohorts.setdefault(month_of(each.expires_on), []).append(member)
        self._counted: dict[tuple[date, int], tuple[int, int, int]] = {}

    def counts(self, cohort: date, lead: int) -> tuple[int, int, int]:
        """Still to renew `lead` months ahead; of them expired and not ended; of them lapsed."""
        if (cohort, lead) not in self._counted:
            self._counted[cohort, lead] = self._count(cohort, lead)
        return self._counted[cohort, lead]

    def _count(self, cohort: date, lead: int) -> tuple[int, int, int]:
        day = forecast_day(month_plus(cohort, -lead), self.as_of)
        to_renew = expired = lapsed = 0
        for each, renewed in self.cohorts.get(cohort, []):
            if not valid(each, day) or each.expires_on == day:
                continue
            if renewed is not None and renewed <= day:
                continue
            to_renew += 1
            in_time = renewed is not None and renewed <= each.expires_on
            out_early = each.ended_on is not None and each.ended_on <= each.expires_on
            if in_time and (not out_early or renewed <= each.ended_on):
                expired += 1
            elif not out_early:
                expired += 1
                lapsed += 1
        return to_renew, expired, lapsed

    def forecast(self, cohort: date, lead: int, which: int) -> tuple[float, float, float] | None:
        """Expected, low and high; `which` is 1 for expired, 2 for lapsed."""
        made = month_plus(cohort, -lead)
        is_month_end = forecast_day(made, self.as_of) == next_month(made) - timedelta(days=1)
        complete = made if is_month_end else month_plus(made, -1)
        past = []
        for back in range(12):
            counts = self.counts(month_plus(complete, -back), lead)
            if counts[0]:
                past.append((counts[which], counts[0]))
        if len(past) < 6:
            return None
        part, whole = sum(p for p, _ in past), sum(w for _, w in past)
        share, chance = part / whole, (part + 0.5) / (whole + 1)
        chance *= 1 - chance
        spread = sum(w / whole * (p / w - share) ** 2 for p, w in past)
        freely = sum(w / whole * (1 - w / whole) for _, w in past)
        by_chance = sum(w / whole * (1 - w / whole) * chance / w for _, w in past)
        beyond = max(0.0, (spread - by_chance) / freely)
        of_share = sum((w / whole) ** 2 * (chance / w + beyond) for _, w in past)
        ahead = self.counts(cohort, lead)[0]
        variance = ahead * chance + ahead * (ahead - 1) * beyond + ahead**2 * of_share
        width = T_80[len(past) - 1] * math.sqrt(variance)
        low, high = math.floor(ahead * share - width), math.ceil(ahead * share + width)
        return ahead * share, float(max(low, 0)), float(min(high, ahead))


# From a printed table of Student's t: 80 % lie within, by degrees of freedom.
T_80 = {5: 1.475884, 6: 1.439756, 7: 1.414924, 8: 1.396815, 9: 1.383029, 10: 1.372184, 11: 1.363430}


def lapse_forecast(records: Records, choice: Choice) -> list[Row]:
    made = Forecaster(records, choice)
    rows: list[Row] = []
    for lead in range(24):
        month = month_plus(month_of(choice.as_of), lead)
        to_renew, _, _ = made.counts(month, lead)
        if to_renew:
            expired, lapsed = (made.forecast(month, lead, which) for which in (1, 2))
            rows.append((month, to_renew, *(expired or [None] * 3), *(lapsed or [None] * 3)))
    return rows


def forecast_back_test(records: Records, choice: Choice) -> list[Row]:
    made = Forecaster(records, choice)
    this_month = month_of(choice.as_of)
    is_month_end = next_month(this_month) == choice.as_of + timedelta(days=1)
    latest = this_month if is_month_end else month_plus(this_month, -1)
    rows: list[Row] = []
    for back in range(24):
        cohort = month_plus(latest, -back)
        for lead in range(24):
            to_renew, _, actual = made.counts(cohort, lead)
            forecast = made.forecast(cohort, lead, 2)
            if to_renew and forecast is not None:
                within = forecast[1] <= actual <= forecast[2]
                rows.append((cohort, lead, *forecast, actual, within))
    return rows

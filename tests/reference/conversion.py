"""What came of each reminder stage up to the next one, and at the share of the best quarter."""

from datetime import date, timedelta
from fractions import Fraction

from tests.reference.calendar import month_of, next_month
from tests.reference.certificates import chosen
from tests.reference.rows import Choice, Records
from tests.reference.rules import STAGES, due, reached, renewed_on

NEXT = {45: 30, 30: 15, 15: 1, 1: 0}
Fates = dict[tuple[date, int], dict[str, int]]


def _fates(records: Records, choice: Choice) -> Fates:
    """(expiry month, stage) -> how many reached it, and what happened to them first."""
    renewed, _ = renewed_on(records.certificates)
    fates: Fates = {}
    for each in chosen(records, choice):
        replaced, ended = renewed[each.serial], each.ended_on
        for stage in STAGES:
            if not reached(each, stage, replaced, choice.as_of):
                continue
            ends = due(each, NEXT[stage])
            is_renewed = replaced is not None and replaced <= ends
            is_ended = ended is not None and ended <= ends
            if ends > choice.as_of:
                fate = "undecided"
            elif is_renewed and not (is_ended and ended < replaced):
                fate = "renewed"
            elif is_ended:
                fate = "ended"
            else:
                fate = "went on"
            counts = fates.setdefault((month_of(each.expires_on), stage), {})
            counts[fate] = counts.get(fate, 0) + 1
    return fates


def _columns(counts: dict[str, int]) -> tuple[object, ...]:
    fates = [counts.get(fate, 0) for fate in ("renewed", "ended", "went on")]
    decided = sum(fates)
    shares = [count / decided if decided else None for count in fates]
    return (decided + counts.get("undecided", 0), decided, *fates, *shares)


def _added(parts: list[dict[str, int]]) -> dict[str, int]:
    return {
        fate: sum(part.get(fate, 0) for part in parts)
        for fate in ("renewed", "ended", "went on", "undecided")
    }


def reminder_conversion(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    fates = _fates(records, choice)
    return [
        (stage, *_columns(_added([each for (_, of), each in fates.items() if of == stage])))
        for stage in STAGES
    ]


def _is_complete(month: date, as_of: date) -> bool:
    return next_month(month) - timedelta(days=1) <= as_of


def reminder_conversion_by_month(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    return [
        (month, stage, *_columns(counts), _is_complete(month, choice.as_of))
        for (month, stage), counts in _fates(records, choice).items()
    ]


def _months_back(as_of: date, count: int) -> list[date]:
    """The latest complete months, the last first."""
    month = next_month(month_of(as_of))
    while not _is_complete(month, as_of):
        month = month_of(month - timedelta(days=1))
    months = [month]
    while len(months) < count:
        months.append(month_of(months[-1] - timedelta(days=1)))
    return months


def reminder_what_if(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    fates = _fates(records, choice)
    year = _months_back(choice.as_of, 12)
    months = _months_back(choice.as_of, 60)
    while months[0].month % 3:
        months = months[1:]
    quarters = [months[first : first + 3] for first in range(0, 36, 3)]
    rows: list[tuple[object, ...]] = []
    for stage in STAGES:
        best: tuple[Fraction, date] | None = None
        for quarter in quarters:
            counts = _added([fates.get((month, stage), {}) for month in quarter])
            decided = counts["renewed"] + counts["ended"] + counts["went on"]
            if decided >= 30:
                share = Fraction(counts["renewed"], decided)
                if best is None or share > best[0]:  # the latest quarter comes first
                    best = share, quarter[-1]
        counts = _added([fates.get((month, stage), {}) for month in year])
        renewed = counts["renewed"]
        decided = renewed + counts["ended"] + counts["went on"]
        if best is None or not decided:
            continue
        at_best = int(best[0] * decided + Fraction(1, 2))
        rows.append(
            (
                *(stage, best[1], float(best[0]), year[-1], year[0]),
                *(decided, renewed, renewed / decided, max(0, at_best - renewed)),
            )
        )
    return rows

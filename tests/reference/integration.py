"""How far units and systems have integrated the certificate. County and type do not matter here."""

from datetime import date, timedelta

from tests.reference.calendar import month_ends, months_through, next_month
from tests.reference.differences import against_all
from tests.reference.rows import Choice, Records, System, Unit
from tests.reference.rules import integrated, overdue, system_stage


def _units(records: Records, choice: Choice) -> list[Unit]:
    return [
        unit
        for unit in records.units
        if (not choice.side or unit.side in choice.side)
        and (not choice.unit or unit.unit_code in choice.unit)
    ]


def _systems_of(records: Records, unit: Unit) -> list[System]:
    return [system for system in records.systems if system.unit_code == unit.unit_code]


def _totals(records: Records, units: list[Unit], day: date) -> dict[str, tuple[int, int]]:
    """By side, the units with an integrated system and the integrated systems on `day`."""
    totals = {unit.side: (0, 0) for unit in units}
    for unit in units:
        count = sum(integrated(system, day) for system in _systems_of(records, unit))
        unit_count, system_count = totals[unit.side]
        totals[unit.side] = (unit_count + (count > 0), system_count + count)
    return totals


def integration_totals(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    totals = _totals(records, _units(records, choice), choice.as_of)
    return [(side, units, systems) for side, (units, systems) in totals.items()]


def integration_over_time(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    units = _units(records, choice)
    integrated_on = [
        system.integrated_on
        for unit in units
        for system in _systems_of(records, unit)
        if system.integrated_on is not None and system.integrated_on <= choice.as_of
    ]
    if not integrated_on:
        return []
    rows: list[tuple[object, ...]] = []
    for month, last_day in month_ends(min(integrated_on), choice.as_of):
        for side, (unit_count, system_count) in _totals(records, units, last_day).items():
            rows.append((month, side, unit_count, system_count))
    return rows


STAGES = ("planned", "testing", "integrated", "retired")


def _days(system: System) -> dict[str, date | None]:
    return {
        "planned": system.planned_on,
        "testing": system.testing_on,
        "integrated": system.integrated_on,
        "retired": system.retired_on,
    }


def systems_by_unit(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    shares: list[tuple[int, int]] = []
    for unit in _units(records, choice):
        own = _systems_of(records, unit)
        stages = [system_stage(system, choice.as_of) for system in own]
        counts = [stages.count(each) for each in STAGES]
        planned, testing, done, _ = counts
        together = planned + testing + done
        shares.append((done, together))
        late = sum(overdue(system, choice.as_of) for system in own)
        latest = [
            system.integrated_on
            for system in own
            if system.integrated_on is not None and integrated(system, choice.as_of)
        ]
        rows.append(
            (
                *(unit.unit_code, unit.name, unit.side, *counts, unit.sector),
                *(done / together if together else None, late, max(latest, default=None)),
            )
        )
    return [(*row, side) for row, side in zip(rows, against_all(shares), strict=True)]


def systems_by_stage(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    units = _units(records, choice)
    rows: list[tuple[object, ...]] = []
    for side, sector in sorted({(unit.side, unit.sector) for unit in units}):
        with_one = on_their_way = late = 0
        counts = dict.fromkeys(STAGES, 0)
        for unit in units:
            if (unit.side, unit.sector) != (side, sector):
                continue
            own = _systems_of(records, unit)
            stages = [system_stage(system, choice.as_of) for system in own]
            for stage in stages:
                if stage is not None:
                    counts[stage] += 1
            if "integrated" in stages:
                with_one += 1
            elif "planned" in stages or "testing" in stages:
                on_their_way += 1
            late += sum(overdue(system, choice.as_of) for system in own)
        rows.append((side, sector, with_one, on_their_way, *counts.values(), late))
    return rows


def _months_between(first: date, last: date) -> int:
    """Complete months: a month is complete on the same day of the month, or the day after the end
    of one that has no such day."""
    months = 0
    while True:
        year, month = divmod(first.year * 12 + first.month - 1 + months + 1, 12)
        try:
            anniversary = date(year, month + 1, first.day)
        except ValueError:
            anniversary = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
        if anniversary > last:
            return months
        months += 1


def system_progress(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for unit in _units(records, choice):
        for system in _systems_of(records, unit):
            stage = system_stage(system, choice.as_of)
            if stage is None and not overdue(system, choice.as_of):
                continue
            days = _days(system)
            since = days[stage] if stage is not None else None
            months = _months_between(since, choice.as_of) if since is not None else 0
            late = 0
            if overdue(system, choice.as_of) and system.target_on is not None:
                late = (choice.as_of - system.target_on).days
            happened = [
                day if day is not None and day <= choice.as_of else None for day in days.values()
            ]
            rows.append(
                (
                    *(system.system_code, system.name, unit.unit_code, unit.name, unit.side),
                    *(unit.sector, stage or "undated", since, months),
                    *(*happened, system.target_on, late),
                )
            )
    return rows


def overdue_systems(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for unit in _units(records, choice):
        for system in _systems_of(records, unit):
            if overdue(system, choice.as_of) and system.target_on is not None:
                stage = system_stage(system, choice.as_of) or "undated"
                days = (choice.as_of - system.target_on).days
                rows.append(
                    (
                        *(system.system_code, system.name, unit.unit_code, unit.name, unit.side),
                        *(unit.sector, stage, system.target_on, days),
                    )
                )
    return rows


def integration_plan(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    as_of = choice.as_of
    units = _units(records, choice)
    aimed = [
        (unit.side, system, system.target_on)
        for unit in units
        for system in _systems_of(records, unit)
        if system.target_on is not None
        and (system.target_on <= as_of or system_stage(system, as_of) is not None)
    ]
    ahead = [target for _, _, target in aimed if target <= as_of + timedelta(days=731)]
    rows: list[tuple[object, ...]] = []
    if not ahead:
        return rows
    first = min(target for _, _, target in aimed)
    for month in months_through(first, max(as_of, *ahead)):
        month_end = next_month(month) - timedelta(days=1)
        seen = min(month_end, as_of)  # nothing has happened after the as-of day
        day = seen if month <= as_of else month_end
        for side in {unit.side for unit in units}:
            of_side = [(system, target) for each, system, target in aimed if each == side]
            due = sum(
                target <= day and not (system.retired_on is not None and system.retired_on <= seen)
                for system, target in of_side
            )
            done = sum(integrated(system, seen) for system, _ in of_side)
            rows.append((month, side, due, done))
    return rows


def integration_goals(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    if choice.unit:
        return rows
    for target in records.targets:
        if target.metric != "integration_totals":
            continue
        if choice.side and target.scope not in choice.side:
            continue
        day = min(target.due_on, choice.as_of)
        totals = _totals(records, records.units, day)
        sides = (target.scope,) if target.scope else ("ministry", "external")
        done = sum(totals[side][1] for side in sides if side in totals)
        rows.append(
            (target.scope or "all", target.due_on, target.value, done, done >= target.value)
        )
    return rows

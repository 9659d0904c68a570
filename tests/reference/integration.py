"""How far units and systems have integrated the certificate. County and type do not matter here."""

from datetime import date

from tests.reference.calendar import month_ends
from tests.reference.rows import Choice, Records, System, Unit
from tests.reference.rules import integrated, system_stage


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


def systems_by_unit(records: Records, choice: Choice) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for unit in _units(records, choice):
        stages = [system_stage(system, choice.as_of) for system in _systems_of(records, unit)]
        counts = [stages.count(each) for each in ("planned", "testing", "integrated", "retired")]
        rows.append((unit.unit_code, unit.name, unit.side, *counts))
    return rows

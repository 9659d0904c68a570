"""Stages, overdue, plan, goals and waves: rows in, rows out, on both sides of each boundary."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from adoption.metrics import METRICS, Selection, evaluate, records
from tests.records import random_records
from tests.reference import System, Target, Unit
from tests.stores import store_of

AS_OF = date(2013, 9, 24)
MINISTRY, AGENCY, BANK = (
    Unit("M1", "甲局", "ministry"),
    Unit("E1", "乙署", "external"),
    Unit("E2", "丙銀行", "external", sector="private"),
)


def answer(
    folder: Path,
    key: str,
    systems: Iterable[System],
    columns: tuple[str, ...],
    *,
    units: Iterable[Unit] = (MINISTRY, AGENCY, BANK),
    targets: Iterable[Target] = (),
    **asked: object,
) -> list[tuple[object, ...]]:
    store = store_of(folder, units, systems, targets=targets)
    selection = Selection(**{"as_of": AS_OF, **asked})  # type: ignore[arg-type]
    frame = evaluate(store, METRICS[key], selection)
    store.close()
    return [
        tuple(value.date() if isinstance(value, pd.Timestamp) else value for value in row)
        for row in frame[list(columns)].itertuples(index=False, name=None)
    ]


@pytest.mark.parametrize(
    ("system", "days"),
    [
        (System("S", "M1", planned_on=date(2013, 1, 1), target_on=date(2013, 9, 23)), 1),
        # The target day itself is in time.
        (System("S", "M1", planned_on=date(2013, 1, 1), target_on=date(2013, 9, 24)), None),
        # Without a target nothing can be overdue.
        (System("S", "M1", planned_on=date(2003, 1, 1)), None),
        # Integrated on the day, late, it is overdue no longer ...
        (System("S", "M1", integrated_on=date(2013, 9, 24), target_on=date(2013, 9, 1)), None),
        # ... but integrated a day later it still is.
        (System("S", "M1", integrated_on=date(2013, 9, 25), target_on=date(2013, 9, 14)), 10),
        # A system that was given up is waited for until the day on which it was.
        (System("S", "M1", retired_on=date(2013, 9, 24), target_on=date(2013, 9, 1)), None),
        (System("S", "M1", retired_on=date(2013, 9, 25), target_on=date(2013, 9, 23)), 1),
        # Nothing ever happened: a target was enough to be waited for.
        (System("S", "M1", target_on=date(2012, 9, 24)), 365),
    ],
)
def test_overdue_is_past_the_target_and_not_integrated(
    tmp_path: Path, system: System, days: int | None
) -> None:
    found = answer(tmp_path, "overdue_systems", [system], ("system_code", "days_overdue"))
    assert found == ([] if days is None else [("S", days)])


def test_the_longest_overdue_come_first_with_their_stage(tmp_path: Path) -> None:
    systems = [
        System("A", "M1", planned_on=date(2012, 1, 1), target_on=date(2013, 9, 1)),
        System("B", "E1", testing_on=date(2012, 1, 1), target_on=date(2013, 1, 1)),
        System("C", "E2", target_on=date(2013, 5, 1)),
    ]
    columns = ("system_code", "unit", "sector", "stage")
    assert answer(tmp_path, "overdue_systems", systems, columns) == [
        ("B", "乙署", "government", "testing"),
        ("C", "丙銀行", "private", "undated"),
        ("A", "甲局", "government", "planned"),
    ]


@pytest.mark.parametrize(
    ("since", "as_of", "months"),
    [
        (date(2013, 9, 24), date(2013, 9, 24), 0),
        (date(2013, 8, 24), date(2013, 9, 24), 1),  # complete on the same day of the month
        (date(2013, 8, 25), date(2013, 9, 24), 0),  # a day short
        (date(2012, 12, 31), date(2013, 2, 28), 1),
        (date(2013, 1, 31), date(2013, 2, 28), 0),  # February has no 31st: complete on 1 March
        (date(2013, 1, 31), date(2013, 3, 1), 1),
        (date(2003, 9, 24), date(2013, 9, 24), 120),
    ],
)
def test_months_in_a_stage_are_complete_months(
    tmp_path: Path, since: date, as_of: date, months: int
) -> None:
    systems = [System("S", "M1", planned_on=date(2001, 1, 1), testing_on=since)]
    columns = ("stage", "since", "months")
    found = answer(tmp_path, "system_progress", systems, columns, as_of=as_of)
    assert found == [("testing", since, months)]


def test_a_later_day_has_not_happened_yet_in_the_progress(tmp_path: Path) -> None:
    system = System(
        "S",
        "M1",
        planned_on=date(2013, 1, 1),
        testing_on=date(2013, 9, 25),
        integrated_on=date(2013, 12, 1),
        target_on=date(2013, 9, 20),
    )
    columns = ("stage", "planned_on", "testing_on", "integrated_on", "days_overdue")
    ((stage, planned, testing, integrated, days),) = answer(
        tmp_path, "system_progress", [system], columns
    )
    assert (stage, planned, days) == ("planned", date(2013, 1, 1), 4)
    assert pd.isna([testing, integrated]).all()


def test_units_on_their_way_have_none_integrated(tmp_path: Path) -> None:
    systems = [
        System("A", "M1", integrated_on=AS_OF),
        System("B", "M1", planned_on=AS_OF),
        System("C", "E1", testing_on=AS_OF),
        # Only a retired one: the unit is neither integrated nor on its way.
        System("D", "E2", integrated_on=date(2010, 1, 1), retired_on=AS_OF),
    ]
    columns = ("side", "sector", "units", "units_on_their_way", "planned", "testing", "integrated")
    assert answer(tmp_path, "systems_by_stage", systems, columns) == [
        ("ministry", "government", 1, 0, 1, 0, 1),
        ("external", "government", 0, 1, 0, 1, 0),
        ("external", "private", 0, 0, 0, 0, 0),
    ]


def test_the_share_leaves_out_the_retired(tmp_path: Path) -> None:
    systems = [
        System("A", "M1", integrated_on=date(2012, 5, 1)),
        System("B", "M1", testing_on=AS_OF),
        System("C", "M1", integrated_on=date(2013, 1, 1), retired_on=AS_OF),
    ]
    columns = ("unit_code", "share", "latest_on")
    (first, *without) = answer(
        tmp_path, "systems_by_unit", systems, columns, units=(BANK, MINISTRY)
    )[::-1]
    assert first == ("M1", 0.5, date(2012, 5, 1))  # the one that is retired is not the latest
    assert pd.isna(without[0][1])  # a unit without systems has no share
    assert pd.isna(without[0][2])


def test_the_plan_goes_on_after_the_day_but_what_happened_does_not(tmp_path: Path) -> None:
    systems = [
        System("A", "M1", integrated_on=date(2013, 7, 1), target_on=date(2013, 8, 31)),  # early
        System("B", "M1", testing_on=date(2013, 1, 1), target_on=date(2013, 9, 1)),  # overdue
        System("C", "M1", planned_on=date(2013, 1, 1), target_on=date(2013, 10, 31)),
        # Not in the plan: no target; not yet known on the day; given up in September.
        System("D", "M1", integrated_on=date(2013, 7, 1)),
        System("E", "M1", planned_on=date(2013, 9, 25), target_on=date(2013, 12, 1)),
        System("F", "M1", retired_on=date(2013, 9, 24), target_on=date(2013, 8, 1)),
    ]
    columns = ("month", "due", "integrated")
    assert answer(tmp_path, "integration_plan", systems, columns, units=[MINISTRY]) == [
        (date(2013, 8, 1), 2, 1),
        (date(2013, 9, 1), 2, 1),
        (date(2013, 10, 1), 3, 1),
    ]


def test_a_target_more_than_two_years_off_does_not_stretch_the_plan(tmp_path: Path) -> None:
    systems = [
        System("A", "M1", planned_on=AS_OF, target_on=date(2013, 9, 30)),
        System("B", "M1", planned_on=AS_OF, target_on=date(2099, 1, 1)),
    ]
    found = answer(tmp_path, "integration_plan", systems, ("month", "due"), units=[MINISTRY])
    assert found == [(date(2013, 9, 1), 0)]  # due later in the month of the as-of day


def test_goals_are_counted_on_their_day_or_on_the_as_of_day(tmp_path: Path) -> None:
    systems = [
        System("A", "M1", integrated_on=date(2013, 6, 30)),
        System("B", "E1", integrated_on=date(2013, 7, 1)),
        System("C", "E1", integrated_on=date(2013, 9, 25)),
    ]
    targets = [
        Target("integration_totals", "", date(2013, 6, 30), 2),  # missed: B came a day later
        Target("integration_totals", "", date(2013, 12, 31), 2),  # reached ahead of its day
        Target("integration_totals", "external", date(2013, 12, 31), 2),  # C is yet to come
        Target("valid_totals", "", date(2013, 6, 30), 1),  # a goal for something else
    ]
    columns = ("side", "due_on", "goal", "systems", "reached")
    found = answer(tmp_path / "a", "integration_goals", systems, columns, targets=targets)
    assert found == [
        ("all", date(2013, 6, 30), 2.0, 1, False),
        ("all", date(2013, 12, 31), 2.0, 2, True),
        ("external", date(2013, 12, 31), 2.0, 1, False),
    ]
    of_side = {"targets": targets, "side": ("external",)}
    found = answer(tmp_path / "b", "integration_goals", systems, ("side",), **of_side)  # type: ignore[arg-type]
    assert found == [("external",)]
    of_unit = {"targets": targets, "unit": ("E1",)}
    assert answer(tmp_path / "c", "integration_goals", systems, ("side",), **of_unit) == []  # type: ignore[arg-type]


def test_the_records_are_those_that_are_counted(tmp_path: Path) -> None:
    systems = [
        System("A", "M1", integrated_on=AS_OF, target_on=AS_OF),
        System("B", "M1", planned_on=AS_OF, target_on=date(2013, 9, 1)),
        System("C", "E1", planned_on=date(2013, 9, 25), target_on=date(2014, 1, 1)),  # not yet
        System("D", "E1", target_on=date(2013, 9, 1)),  # in no stage, but overdue
    ]
    store = store_of(tmp_path, [MINISTRY, AGENCY], systems)
    listed = {
        key: list(records(store, METRICS[key], Selection(AS_OF), 100)["system_code"])
        for key in (
            *("systems_by_stage", "system_progress", "overdue_systems"),
            *("integration_plan", "integration_goals"),
        )
    }
    store.close()
    assert listed == {
        "systems_by_stage": ["A", "B"],
        "system_progress": ["A", "B", "D"],
        "overdue_systems": ["B", "D"],
        "integration_plan": ["A", "B", "D"],
        "integration_goals": ["A"],
    }


@pytest.mark.parametrize("seed", range(12))
def test_what_must_hold_between_the_metrics(tmp_path: Path, seed: int) -> None:
    """docs/domain.md, section 3: the same systems counted in several ways."""
    found = random_records(seed, certificates=1)
    store = store_of(tmp_path, found.units, found.systems, targets=found.targets)
    selection = Selection(found.as_of)

    def rows(key: str) -> pd.DataFrame:
        return evaluate(store, METRICS[key], selection)

    totals, units, groups = (
        rows(key) for key in ("integration_totals", "systems_by_unit", "systems_by_stage")
    )
    progress, late, plan = (
        rows(key) for key in ("system_progress", "overdue_systems", "integration_plan")
    )
    integrated = totals["systems"].sum()
    assert integrated == units["integrated"].sum() == groups["integrated"].sum()
    assert integrated == (progress["stage"] == "integrated").sum()
    assert totals["units"].sum() == groups["units"].sum() == (units["integrated"] > 0).sum()
    assert len(late) == units["overdue"].sum() == groups["overdue"].sum()
    in_a_stage = late[late["stage"] != "undated"]
    assert set(in_a_stage["stage"]) <= {"planned", "testing"}
    assert len(late) == (progress["days_overdue"] > 0).sum()

    # Due on the day = those of them integrated + the overdue + those due on the day itself.
    target, as_of = progress["target_on"], pd.Timestamp(found.as_of)
    stage = progress["stage"]
    met = ((stage == "integrated") & (target <= as_of)).sum()
    on_the_day = sum(
        system.target_on == found.as_of
        and (system.integrated_on is None or system.integrated_on > found.as_of)
        and (system.retired_on is None or system.retired_on > found.as_of)
        for system in found.systems
        if any(unit.unit_code == system.unit_code for unit in found.units)
    )
    month = plan[plan["month"] == as_of.to_period("M").to_timestamp()]
    assert month["due"].sum() == met + len(late) + on_the_day
    store.close()

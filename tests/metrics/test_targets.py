"""Is a number where it should be by now? Decided on a straight line to its target."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from adoption.metrics import HEADLINE_NUMBERS, METRICS, Selection, evaluate
from adoption.metrics.headline import ADOPTION_RATE
from adoption.metrics.targets import Progress, Target, progress, targets_of
from adoption.store import Store
from adoption.store.schema import targets as targets_table
from tests.reference import Certificate, Entity, System, Unit
from tests.stores import add_rows, store_of

UNITS, SYSTEMS, VALID, HOLDERS, TO_RENEW = HEADLINE_NUMBERS


def with_targets(folder: Path, *rows: tuple[str, str, date, float], **others: object) -> Store:
    store = store_of(folder, [Unit("U1", "甲機關", "ministry")], **others)  # type: ignore[arg-type]
    names = ("metric", "scope", "due_on", "value")
    add_rows(store, targets_table, [dict(zip(names, row, strict=True)) for row in rows])
    return store


def judged(target: Target, as_of: date, numbers: dict[date, int]) -> Progress:
    """Of a number that is, on each day, what `numbers` says."""

    def answer(key: str, selection: Selection) -> pd.DataFrame:
        return pd.DataFrame({target.number.column: [numbers[selection.as_of]]})

    return progress(target, as_of, answer)


def of(number: object, value: float) -> Target:
    """From 2013-01-01 to 2013-12-31: 364 days."""
    return Target(number, "", "", date(2013, 1, 1), date(2013, 12, 31), value)  # type: ignore[arg-type]


HALF_WAY = date(2013, 7, 2)  # 182 days after 2013-01-01


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (149, "behind"),
        (150, "on_track"),  # on the line
        (151, "on_track"),
        (199, "on_track"),
        (200, "reached"),
        (201, "reached"),
    ],
)
def test_half_way_to_the_due_day_half_of_the_way_is_expected(now: int, state: str) -> None:
    found = judged(of(SYSTEMS, 200), HALF_WAY, {date(2013, 1, 1): 100, HALF_WAY: now})
    assert (found.base, found.expected, found.now, found.state) == (100, 150, now, state)
    assert found.behind == (1 if state == "behind" else 0)


@pytest.mark.parametrize(
    ("now", "state"), [(60, "behind"), (50, "on_track"), (1, "on_track"), (0, "reached")]
)
def test_where_fewer_is_better_the_line_falls(now: int, state: str) -> None:
    found = judged(of(TO_RENEW, 0), HALF_WAY, {date(2013, 1, 1): 100, HALF_WAY: now})
    assert (found.expected, found.state) == (50, state)
    assert found.behind == (10 if state == "behind" else 0)  # so many too many


def test_on_the_due_day_and_after_it_the_target_itself_is_expected() -> None:
    for day in (date(2013, 12, 31), date(2014, 6, 1)):
        found = judged(of(SYSTEMS, 200), day, {date(2013, 1, 1): 100, day: 199})
        assert (found.expected, found.state) == (200, "behind")


def test_before_its_line_begins_a_target_is_not_judged() -> None:
    day = date(2012, 12, 31)
    found = judged(of(SYSTEMS, 200), day, {day: 10})
    assert (found.base, found.expected, found.state) == (None, None, "not_started")
    assert found.behind == 0
    assert judged(of(SYSTEMS, 200), day, {day: 200}).state == "reached"


def test_on_the_day_on_which_the_line_begins_it_is_on_track() -> None:
    day = date(2013, 1, 1)
    assert judged(of(SYSTEMS, 200), day, {day: 10}).state == "on_track"


def test_a_line_begins_a_year_before_or_where_the_one_before_ends(tmp_path: Path) -> None:
    store = with_targets(
        tmp_path,
        ("systems", "", date(2013, 12, 31), 170),
        ("integration_totals", "", date(2015, 12, 31), 200),  # the same number by another name
        ("integration_totals", "ministry", date(2015, 12, 31), 30),  # but another part
    )
    found = {(each.scope, each.due_on.year): each.starts_on for each in targets_of(store).known}
    assert found == {
        ("", 2013): date(2012, 12, 31),
        ("", 2015): date(2013, 12, 31),
        ("ministry", 2015): date(2014, 12, 31),
    }
    store.close()


def test_the_target_due_next_is_the_current_one(tmp_path: Path) -> None:
    store = with_targets(
        tmp_path,
        ("systems", "", date(2013, 12, 31), 170),
        ("systems", "", date(2014, 12, 31), 180),
    )
    targets = targets_of(store)
    for day, value in [
        (date(2012, 1, 1), 170),
        (date(2013, 12, 31), 170),  # due today
        (date(2014, 1, 1), 180),
        (date(2016, 1, 1), 180),  # none lies ahead: the last
    ]:
        assert [target.value for target in targets.current(day)] == [value]
    store.close()


def test_a_number_by_its_names_and_a_part_by_its_code_or_name(tmp_path: Path) -> None:
    due = date(2013, 12, 31)
    store = with_targets(
        tmp_path,
        ("integration_totals.units", "", due, 1),
        ("已導入系統", "U1", due, 2),
        ("Holders", "公司", due, 3),  # loading writes `company`; here it is as in no store
        ("valid_totals", "臺北市", due, 4),
        ("to_renew", "company", due, 5),
        ("systems", "甲機關", due, 6),
        ("systems", "臺北市", due, 7),  # systems are in no county
        ("satisfaction", "", due, 8),
        ("adoption_rate", "company", due, 0.9),
    )
    found = {each.value: (each.number, each.field, each.scope) for each in targets_of(store).known}
    assert found == {
        1: (UNITS, "", ""),
        2: (SYSTEMS, "unit", "U1"),
        4: (VALID, "county", "臺北市"),
        5: (TO_RENEW, "org_type", "company"),
        6: (SYSTEMS, "unit", "U1"),
        0.9: (ADOPTION_RATE, "org_type", "company"),
    }
    assert set(targets_of(store).unknown) == {"Holders 公司", "systems 臺北市", "satisfaction"}
    store.close()


def test_a_target_is_about_what_is_selected_and_nothing_else() -> None:
    day = date(2013, 9, 24)
    whole, side = of(SYSTEMS, 1), Target(SYSTEMS, "side", "ministry", day, day, 1)
    assert whole.is_about(Selection(day))
    assert whole.is_about(Selection(day, county=("臺北市",)))  # which does not narrow systems
    assert not whole.is_about(Selection(day, side=("ministry",)))
    assert side.is_about(Selection(day, side=("ministry",)))
    assert not side.is_about(Selection(day, side=("ministry", "external")))
    assert not side.is_about(Selection(day, side=("ministry",), unit=("U1",)))
    assert not side.is_about(Selection(day))
    county = Target(VALID, "county", "桃園市", day, day, 1)
    assert county.is_about(Selection(day, county=("桃園縣",)))  # its name on that day
    assert county.selection(date(2015, 1, 1)).county == ("桃園市",)


def test_the_number_is_the_metrics(tmp_path: Path) -> None:
    store = with_targets(
        tmp_path,
        ("systems", "ministry", date(2013, 12, 31), 4),
        systems=[
            System("S1", "U1", integrated_on=date(2012, 1, 1)),
            System("S2", "U1", integrated_on=date(2013, 3, 1)),
            System("S3", "U1", integrated_on=date(2013, 10, 1)),
        ],
    )
    (target,) = targets_of(store).known
    found = progress(
        target, date(2013, 9, 24), lambda key, asked: evaluate(store, METRICS[key], asked)
    )
    # From 1 on 2012-12-31 to 4 a year later; 267 of 365 days have passed.
    assert (found.base, found.now, found.state) == (1, 2, "behind")
    assert found.expected == pytest.approx(1 + 3 * 267 / 365)
    store.close()


@pytest.mark.parametrize(
    ("counted", "states"),
    [
        (date(2013, 5, 1), ["not_started", "not_started"]),  # no rate yet where its line begins
        (date(2012, 5, 1), ["on_track", "behind"]),  # 1 of 4, 2 of 4; expected 0.15, 0.66
    ],
)
def test_a_share_is_judged_from_when_there_is_one(
    counted: date, states: list[str], tmp_path: Path
) -> None:
    store = with_targets(
        tmp_path,
        ("adoption_rate", "", date(2013, 12, 31), 0.9),
        certificates=[
            Certificate("1", "04595251", date(2013, 2, 1), date(2018, 2, 1)),
            Certificate("2", "04595252", date(2013, 7, 1), date(2018, 7, 1)),
        ],
        entities=[Entity(counted, "臺北市", "company", 4)],
    )
    (target,) = targets_of(store).known
    found = [
        progress(target, day, lambda key, asked: evaluate(store, METRICS[key], asked))
        for day in (date(2013, 3, 1), date(2013, 9, 24))
    ]
    assert [each.state for each in found] == states
    store.close()


def test_no_targets(empty_store: Store) -> None:
    found = targets_of(empty_store)
    assert (found.known, found.unknown, found.current(date(2013, 1, 1))) == ((), (), [])

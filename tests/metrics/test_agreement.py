"""Every metric gives, on crowded random records, what the plain-Python reference gives.

The reference was written from docs/domain.md without reading the metrics. A seed is one store;
every metric is asked of it under every selection below, and the rows are compared whole.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from adoption.metrics import METRICS, Selection, evaluate
from tests.records import ORG_TYPES, random_records
from tests.reference import REFERENCE, STAGES, Certificate, Choice, Records, Rows, System, Unit
from tests.reference.calendar import county_on
from tests.soak.size import many
from tests.stores import store_of

SEEDS = range(many(2, 60))


def rows_of(frame: pd.DataFrame, columns: tuple[str, ...]) -> Rows:
    """The frame's rows with days as dates and None for what is missing, as in the reference."""
    assert tuple(frame.columns[: len(columns)]) == columns
    return comparable(frame[list(columns)].itertuples(index=False, name=None))


def comparable(rows: Iterable[tuple[object, ...]]) -> Rows:
    """Timestamps as dates, shares and numbers to eight places, None where there is none."""
    return [tuple(_comparable(value) for value in row) for row in rows]


def _comparable(value: object) -> object:
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, float):
        value = round(value, 8)
    return None if pd.isna(value) else value


def selections(records: Records, seed: int) -> list[Choice]:
    """The as-of day and days beside it, alone and with filters of one and of several values."""
    rng = Random(seed)
    as_of = records.as_of
    unit_codes = [unit.unit_code for unit in records.units]
    places = {county_on(each.county, as_of) for each in records.certificates}
    named = sorted(places - {"unstated"})
    other_day = as_of + timedelta(days=rng.choice((-1, 1, 1, -45, 45, 366, -366)))
    return [
        Choice(as_of),
        Choice(other_day, days=rng.choice((0, 1, 30, 365))),
        Choice(
            as_of,
            side=(rng.choice(("ministry", "external")),),
            county=(*rng.sample(named, 3), "unstated"),
        ),
        Choice(
            other_day,
            unit=tuple(rng.sample(unit_codes, 2)),
            county=("臺中市", "新北市", "桃園市", "桃園縣", "unstated"),
            org_type=(*rng.sample(sorted(set(ORG_TYPES)), rng.randint(1, 2)), "unstated"),
            stage=tuple(rng.sample((0, *STAGES), 3)),
        ),
    ]


@cache
def random_rows(seed: int) -> Records:
    return random_records(seed)


@cache
def referred(seed: int, key: str) -> list[Rows]:
    """What the reference gives for a metric under each selection of a seed."""
    records = random_rows(seed)
    return [REFERENCE[key][1](records, choice) for choice in selections(records, seed)]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_metric_agrees_with_the_reference(seed: int, tmp_path: Path) -> None:
    records = random_rows(seed)
    store = store_of(
        tmp_path,
        records.units,
        records.systems,
        records.certificates,
        records.suspensions,
        targets=records.targets,
        entities=records.entities,
        reminders=records.reminders,
    )
    disagreements = []
    for number, choice in enumerate(selections(records, seed)):
        for key, (columns, _) in REFERENCE.items():
            frame = evaluate(store, METRICS[key], Selection(**asdict(choice)))
            found = Counter(rows_of(frame, columns))
            expected = Counter(comparable(referred(seed, key)[number]))
            if found != expected:
                disagreements.append((key, choice, "only here", found - expected))
                disagreements.append((key, choice, "only in the reference", expected - found))
    store.close()
    assert disagreements == []


def test_no_metric_is_without_a_reference() -> None:
    assert set(METRICS) - set(REFERENCE) == set()


def test_the_reference_has_no_metric_of_its_own() -> None:
    assert set(REFERENCE) - set(METRICS) == set()


def test_the_selections_of_a_seed_leave_something_to_count() -> None:
    """Agreement on nothing would prove nothing: each metric has rows on most seeds and filters."""
    empty: Counter[str] = Counter()
    seeds = SEEDS[:12]
    for seed in seeds:
        for key in REFERENCE:
            empty[key] += sum(not rows for rows in referred(seed, key))
    asked = len(seeds) * 4
    # A forecast that was made years ago needs finished months before it; see test_forecast.py.
    assert empty.pop("forecast_back_test") < 0.7 * asked
    assert {key: count for key, count in empty.items() if count > asked / 3} == {}


def test_days_and_counts_have_their_own_types(tmp_path: Path) -> None:
    records = random_rows(0)
    store = store_of(tmp_path, records.units, records.systems, records.certificates)
    for key in REFERENCE:
        frame = evaluate(store, METRICS[key], Selection(as_of=records.as_of))
        for column in METRICS[key].columns:
            dtype = frame[column.name].dtype
            match column.kind:
                case "day" | "month" | "year":
                    assert pd.api.types.is_datetime64_dtype(dtype), (key, column, dtype)
                case "count":
                    assert dtype == "int64", (key, column, dtype)
                case "known":
                    assert dtype == "Int64", (key, column, dtype)
                case "share" | "number":
                    assert dtype == "float64", (key, column, dtype)
                case "flag":
                    assert dtype == "bool", (key, column, dtype)
                case "code" | "text":
                    assert dtype == "str", (key, column, dtype)
    store.close()


def test_nothing_loaded_gives_no_rows_or_zeros(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    choice = Choice(date(2013, 9, 24))
    for key, (columns, count) in REFERENCE.items():
        frame = evaluate(store, METRICS[key], Selection(as_of=choice.as_of))
        assert rows_of(frame, columns) == count(Records(choice.as_of), choice), key
    store.close()


def test_filters_of_one_kind_leave_the_other_kind_alone(tmp_path: Path) -> None:
    day = date(2013, 9, 24)
    store = store_of(
        tmp_path,
        [Unit("U1", "甲", "ministry")],
        [System("S1", "U1", integrated_on=day)],
        [Certificate("1", "04595257", date(2012, 1, 1), date(2013, 10, 1), county="高雄縣")],
    )
    plain = Selection(as_of=day)
    for_places = Selection(as_of=day, county=("高雄市",), org_type=("company",))
    elsewhere = Selection(as_of=day, county=("高雄縣",), org_type=("company",))
    for_units = Selection(as_of=day, side=("external",), unit=("U2",))
    for key in ("expiring", "reminder_stages", "valid_by_county", "certificates_issued"):
        columns = REFERENCE[key][0]
        everything = rows_of(evaluate(store, METRICS[key], plain), columns)
        assert rows_of(evaluate(store, METRICS[key], for_units), columns) == everything
        assert rows_of(evaluate(store, METRICS[key], for_places), columns) == everything
        # 高雄縣 was no longer a county's name on that day: a filter takes names as displayed.
        assert rows_of(evaluate(store, METRICS[key], elsewhere), columns) != everything
    for key in ("integration_totals", "systems_by_unit"):
        columns = REFERENCE[key][0]
        everything = rows_of(evaluate(store, METRICS[key], plain), columns)
        assert rows_of(evaluate(store, METRICS[key], elsewhere), columns) == everything
        assert rows_of(evaluate(store, METRICS[key], for_units), columns) == []
    store.close()

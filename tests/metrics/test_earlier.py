"""One pass over the certificates gives for every day what the metrics give for that day."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.metrics.adoption_rate import holders_not_compared
from adoption.metrics.earlier import FROM_BY_DAY, evaluate_within, is_within, valid_by_day
from adoption.places import name_on
from adoption.store import Store
from tests.engines import Engine
from tests.records import random_records
from tests.reference import Certificate, Entity
from tests.soak.size import many
from tests.stores import fill, store_of


@pytest.mark.parametrize("seed", range(many(6, 60)))
def test_it_gives_what_the_metrics_give(seed: int, lake_engine: Engine, tmp_path: Path) -> None:
    check(lake_engine.new(tmp_path), seed, all_compared=seed % 2 == 0)


def test_it_gives_what_the_metrics_give_on_postgresql(
    shared_engine: Engine, tmp_path: Path
) -> None:
    check(shared_engine.new(tmp_path), 0, all_compared=True)


def check(store: Store, seed: int, *, all_compared: bool) -> None:
    """`all_compared`: every county and type was counted before its first certificate."""
    records, rng = random_records(seed), Random(seed)
    if all_compared:
        places = {(each.county, each.org_type) for each in records.certificates}
        records.entities.extend(Entity(date(1980, 1, 1), *place, 9) for place in sorted(places))
    fill(store, records)
    frequent = Counter(each.county for each in records.certificates).most_common(1)[0][0]
    wholes = [
        Selection(records.as_of),
        Selection(records.as_of, org_type=("company",)),
        Selection(date(2030, 1, 1), county=("臺中市", "新北市", "桃園市")),
        Selection(records.as_of, county=(name_on(frequent, records.as_of),)),
    ]
    for whole in rng.sample(wholes, many(2, len(wholes))):
        by_day = valid_by_day(store, whole)
        days = [whole.as_of, whole.as_of - timedelta(days=rng.randint(1, 4000)), date(1990, 1, 1)]
        for asked in [whole.on(day) for day in days]:
            assert is_within(asked, whole)
            if all_compared:
                assert store.frame(holders_not_compared(asked)).iat[0, 0] == 0
            for key in FROM_BY_DAY:
                pd.testing.assert_frame_equal(
                    evaluate_within(store, by_day, key, asked),
                    evaluate(store, METRICS[key], asked),
                )
    store.close()


def test_nothing_loaded(tmp_path: Path) -> None:
    store, asked = store_of(tmp_path), Selection(date(2013, 9, 24))
    by_day = valid_by_day(store, asked)
    assert evaluate_within(store, by_day, "valid_totals", asked).values.tolist() == [[0, 0, 0]]
    assert evaluate_within(store, by_day, "valid_over_time", asked).empty
    store.close()


def test_what_is_within_a_selection() -> None:
    whole = Selection(date(2013, 9, 24), county=("新北市",), org_type=("company",))
    assert is_within(whole, whole)
    assert is_within(whole.on(date(2013, 9, 23)), whole)
    # 新北市 was called 臺北縣 before 2010-12-25: the same certificates.
    assert is_within(Selection(date(2010, 1, 1), county=("臺北縣",), org_type=("company",)), whole)
    assert not is_within(whole.on(date(2013, 9, 25)), whole)  # later
    assert not is_within(Selection(whole.as_of, org_type=("company",)), whole)  # all counties
    assert not is_within(Selection(whole.as_of, county=("新北市",)), whole)  # all types


def test_another_day_asks_for_the_same_places() -> None:
    after = Selection(date(2013, 9, 24), county=("臺中市", "新北市"))
    # 臺中縣 was merged into 臺中市 on 2010-12-25.
    assert set(after.on(date(2010, 12, 24)).county) == {"臺中市", "臺中縣", "臺北縣"}
    assert set(after.on(date(2012, 1, 1)).county) == {"臺中市", "新北市"}
    before = Selection(date(2014, 12, 24), county=("桃園縣",))
    assert before.on(date(2014, 12, 25)).county == ("桃園市",)
    nowhere = Selection(date(2013, 9, 24), county=("不是縣市",))
    assert nowhere.on(date(2012, 1, 1)).county == ("不是縣市",)


def test_a_certificate_that_was_never_valid_still_begins_the_series(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        certificates=[
            # Ended on the day it was issued: it makes a row of zeros for its month.
            Certificate(
                "1", "04595257", date(2013, 1, 5), date(2018, 1, 5), ended_on=date(2013, 1, 5)
            ),
            Certificate("2", "04595257", date(2013, 3, 1), date(2018, 3, 1)),
        ],
    )
    asked = Selection(date(2013, 3, 15))
    rows = evaluate_within(store, valid_by_day(store, asked), "valid_over_time", asked)
    assert rows["valid"].tolist() == [0, 0, 1]
    store.close()

"""What is different between two days."""

from datetime import date
from functools import partial
from pathlib import Path
from random import Random

import pandas as pd

from adoption.metrics import METRICS, Selection, evaluate
from adoption.metrics.changes import (
    Certificates,
    Change,
    Standing,
    certificates_on,
    change,
    integrated_systems,
)
from adoption.store import Reader
from tests.records import random_records
from tests.reference import Certificate, System, Unit
from tests.stores import load_certificates, store_of

UNITS = [Unit("U1", "甲機關", "ministry"), Unit("U2", "乙公司", "external")]


def answer(store: Reader, key: str, selection: Selection) -> pd.DataFrame:
    return evaluate(store, METRICS[key], selection)


def standing(store: Reader, day: date) -> Standing:
    asked = Selection(day)
    counted = certificates_on(partial(answer, store), asked)
    return Standing(asked, integrated_systems(store, asked), counted)


def test_between_two_days(tmp_path: Path) -> None:
    before, after = date(2013, 8, 24), date(2013, 9, 24)
    store = store_of(
        tmp_path,
        UNITS,
        [
            System("S1", "U1", "老系統", integrated_on=date(2010, 1, 1), retired_on=after),
            System("S2", "U1", "同日系統", integrated_on=before),  # counts on its day: not new
            System("S3", "U2", "新系統", integrated_on=date(2013, 8, 25)),
            System("S4", "U2", "明日系統", integrated_on=date(2013, 9, 25)),
        ],
        [
            Certificate("1", "04595257", before, date(2018, 8, 24)),
            Certificate("2", "11111111", date(2013, 8, 25), date(2018, 8, 25)),
            # A renewal: the holder had one that lapses in between.
            Certificate("3", "22222222", date(2008, 9, 10), date(2013, 9, 10)),
            Certificate("4", "22222222", date(2013, 9, 1), date(2018, 9, 1)),
            # Ended in between, on the as-of day.
            Certificate("5", "33333333", date(2012, 1, 1), date(2017, 1, 1), ended_on=after),
        ],
    )
    assert change(standing(store, before), standing(store, after)) == Change(
        new_systems=("新系統",),
        gone_systems=("老系統",),
        new_units=("乙公司",),
        gone_units=(),  # 甲機關 has 同日系統 left
        certificates=Certificates(issued=2, renewals=1, ended=1, expired=1, valid=0, holders=0),
    )
    assert change(standing(store, after), standing(store, after)).is_nothing
    store.close()


def test_what_is_issued_is_valid_or_ended_or_expired(tmp_path: Path) -> None:
    for seed in range(4):
        records = random_records(seed, certificates=400)
        store = store_of(tmp_path / str(seed), certificates=records.certificates, suspensions=[])
        rng = Random(seed)
        for _ in range(5):
            day = date.fromordinal(records.as_of.toordinal() + rng.randint(-900, 400))
            found = standing(store, day).certificates
            assert found.valid == found.issued - found.ended - found.expired
        store.close()


def test_between_two_versions(tmp_path: Path) -> None:
    day = date(2013, 9, 24)
    store = store_of(
        tmp_path,
        certificates=[Certificate("1", "04595257", date(2013, 1, 1), date(2018, 1, 1))],
    )
    load_certificates(
        store,
        [
            # A correction: it had ended before; and one that is new.
            Certificate(
                "1", "04595257", date(2013, 1, 1), date(2018, 1, 1), ended_on=date(2013, 5, 1)
            ),
            Certificate("2", "04595257", date(2013, 2, 1), date(2018, 2, 1)),
        ],
        load_id=2,
    )
    with store.at(store.versions()[1].name) as earlier:
        found = change(standing(earlier, day), standing(store, day)).certificates
    assert found == Certificates(issued=1, renewals=0, ended=1, expired=0, valid=0, holders=0)
    store.close()

"""Each query is put to the store once, whoever asks, and what is answered is what metrics give."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.metrics.answers import Answers
from adoption.store import Reader, Store, StoreError
from tests.reference import Certificate
from tests.stores import store_of

D = date(2013, 9, 24)


class Counting:
    """A store's answers, and how often it was asked; as long as `fails`, it fails."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked = 0
        self.fails = False
        self._counting = threading.Lock()
        self.answers = Answers(self._reading)

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        with self._counting:
            self.asked += 1
        if self.fails:
            raise StoreError("away")
        with self.store.at(self.store.version) as reader:
            yield reader


def test_every_metric_is_answered_as_it_is_evaluated(sample_store: Store) -> None:
    rows = Answers.of(sample_store).rows
    asked = Selection(D, days=30, county=("臺北市",), org_type=("company",), side=("ministry",))
    for key, metric in METRICS.items():
        pd.testing.assert_frame_equal(rows(key, asked), evaluate(sample_store, metric, asked))


def test_metrics_of_one_query_ask_it_once(sample_store: Store) -> None:
    counting = Counting(sample_store)
    for key in ("reminder_journey", "reminder_outcomes"):
        counting.answers.rows(key, Selection(D))
        counting.answers.rows(key, Selection(D))
    assert counting.asked == 1
    counting.answers.rows("reminder_journey", Selection(date(2013, 9, 23)))
    assert counting.asked == 2


def test_what_changes_nothing_in_a_metric_asks_nothing_anew(sample_store: Store) -> None:
    counting = Counting(sample_store)
    counting.answers.rows("valid_totals", Selection(D))
    counting.answers.rows("valid_totals", Selection(D, days=30, side=("ministry",)))
    assert counting.asked == 1
    counting.answers.rows("valid_totals", Selection(D, org_type=("company",)))
    assert counting.asked == 2


def test_threads_that_ask_at_once_ask_once(sample_store: Store) -> None:
    counting, together = Counting(sample_store), threading.Barrier(4)

    def ask(_: int) -> pd.DataFrame:
        together.wait(10)
        return counting.answers.rows("valid_over_time", Selection(D))

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, range(4)))
    assert counting.asked == 1
    for rows in found:
        pd.testing.assert_frame_equal(rows, found[0])


def test_what_one_does_with_the_rows_no_other_sees(sample_store: Store) -> None:
    answers = Answers.of(sample_store)
    mine = answers.rows("valid_totals", Selection(D))
    expected = mine["valid"].iat[0]
    mine.loc[0, "valid"] = -1
    mine["new"] = 1
    again = answers.rows("valid_totals", Selection(D))
    assert again["valid"].iat[0] == expected
    assert "new" not in again


def test_what_failed_is_asked_again(sample_store: Store) -> None:
    counting = Counting(sample_store)
    counting.fails = True
    with pytest.raises(StoreError, match="away"):
        counting.answers.rows("valid_totals", Selection(D))
    counting.fails = False
    assert counting.answers.rows("valid_totals", Selection(D))["valid"].iat[0] > 0


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
    rows = Answers.of(store).rows("valid_over_time", Selection(date(2013, 3, 15)))
    assert rows["valid"].tolist() == [0, 0, 1]
    store.close()


def test_another_day_asks_for_the_same_places() -> None:
    after = Selection(D, county=("臺中市", "新北市"))
    # 臺中縣 was merged into 臺中市 on 2010-12-25.
    assert set(after.on(date(2010, 12, 24)).county) == {"臺中市", "臺中縣", "臺北縣"}
    assert set(after.on(date(2012, 1, 1)).county) == {"臺中市", "新北市"}
    before = Selection(date(2014, 12, 24), county=("桃園縣",))
    assert before.on(date(2014, 12, 25)).county == ("桃園市",)
    nowhere = Selection(D, county=("不是縣市",))
    assert nowhere.on(date(2012, 1, 1)).county == ("不是縣市",)

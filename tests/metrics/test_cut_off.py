"""The data's own day: what loads state, else the last event; a load of nothing is mute."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from adoption.metrics import data_cut_off
from adoption.store import Store
from adoption.store.schema import certificates, loads, source_files
from tests.reference import Certificate, System, Unit
from tests.stores import add_rows, store_of

FILE = {
    "file_number": 1, "name": "a.csv", "sha256": "0", "bytes": 1, "format": "csv",
    "encoding": "utf-8", "header_row": 1, "columns": "{}", "dropped": "[]",
    "entry": "", "sheet": "", "unread_sheets": "[]",
    "skipped": 0, "read": 5, "duplicate": 0, "flagged": 0,
}  # fmt: skip


def entered(
    store: Store, load: int, cut_off: date, kept: int, unchanged: int, reverted: bool = False
) -> None:
    entry = {"load_id": load, "feed": "certificates", "loaded_at": "2013-09-25T00:00:00+00:00"}
    entry |= {"loaded_by": "tests", "cut_off": cut_off, "seconds": 0.1, "cleared": 0}
    entry |= {"received": date(2013, 9, 25), "whole": False, "taken_back": 0}
    if reverted:
        entry |= {"reverted_at": "2013-09-26T00:00:00+00:00", "reverted_by": "tests"}
    add_rows(store, loads, [entry])
    counts = {"kept": kept, "unchanged": unchanged, "rejected": 5 - kept - unchanged}
    add_rows(store, source_files, [{**FILE, "load_id": load, **counts}])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    issued = Certificate("1", "04595257", date(2013, 9, 20), date(2018, 9, 20))
    return store_of(tmp_path, certificates=[issued])


def test_without_a_statement_the_last_event(store: Store) -> None:
    assert data_cut_off(store) == date(2013, 9, 20)


def test_the_latest_statement(store: Store) -> None:
    entered(store, 1, date(2013, 9, 24), kept=5, unchanged=0)
    entered(store, 2, date(2013, 8, 31), kept=5, unchanged=0)
    assert data_cut_off(store) == date(2013, 9, 24)


def test_a_later_load_without_a_statement_moves_the_day_on(store: Store) -> None:
    entered(store, 1, date(2013, 9, 24), kept=5, unchanged=0)
    later = {"serial": "2", "issued_on": date(2013, 10, 1), "expires_on": date(2018, 10, 1)}
    with store.at(store.version) as reader:
        row = next(reader.batches(select(certificates))).to_pylist()[0]
    add_rows(store, certificates, [row | later | {"load_id": 2}])
    assert data_cut_off(store) == date(2013, 10, 1)


def test_a_load_of_which_nothing_was_kept_says_nothing(store: Store) -> None:
    entered(store, 1, date(2099, 1, 1), kept=0, unchanged=0)
    assert data_cut_off(store) == date(2013, 9, 20)


def test_a_load_of_what_was_there_already_says_up_to_when_that_is_complete(store: Store) -> None:
    entered(store, 1, date(2013, 9, 30), kept=0, unchanged=5)
    assert data_cut_off(store) == date(2013, 9, 30)


def test_a_load_that_was_taken_back_says_nothing(store: Store) -> None:
    entered(store, 1, date(2013, 9, 30), kept=5, unchanged=0, reverted=True)
    assert data_cut_off(store) == date(2013, 9, 20)


def test_units_and_plans_are_no_events(tmp_path: Path) -> None:
    planned = System("S1", "U1", planned_on=date(2013, 1, 1), target_on=date(2014, 1, 1))
    assert data_cut_off(store_of(tmp_path, [Unit("U1", "甲", "ministry")], [planned])) is None

"""Feeds that stay away."""

from datetime import date, timedelta
from pathlib import Path

from adoption.metrics.attention import LateFeed, late_feeds, latest_records
from adoption.store import Store
from adoption.store.schema import entities, reminders
from tests.reference import Certificate, Suspension, System, Unit
from tests.stores import add_rows, store_of

D = date(2013, 9, 24)


def test_the_latest_record_of_each_feed(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        [Unit("U1", "甲", "ministry")],
        [System("S1", "U1", planned_on=date(2013, 9, 1), integrated_on=date(2013, 3, 1))],
        [Certificate("1", "04595257", date(2013, 9, 24), date(2018, 9, 24))],
        [Suspension("1", date(2013, 9, 2))],
    )
    add_rows(
        store,
        entities,
        [{"month": date(2013, 8, 1), "county": "臺北市", "org_type": "company", "registered": 9}],
    )
    assert latest_records(store) == {
        "certificates": date(2013, 9, 24),
        "suspensions": date(2013, 9, 2),
        "entities": date(2013, 8, 31),  # the count of a month stands for its last day
        "systems": date(2013, 3, 1),  # a plan is no event
    }
    mail = {"serial": "1", "stage": 45, "sent_on": date(2013, 8, 20), "result": "delivered"}
    add_rows(store, reminders, [mail])
    assert latest_records(store)["reminders"] == date(2013, 8, 20)
    store.close()


def test_nothing_is_latest_where_nothing_is(empty_store: Store) -> None:
    assert latest_records(empty_store) == {}


def test_a_feed_is_late_a_day_after_its_usual_days() -> None:
    assert late_feeds({"reminders": D - timedelta(days=35)}, D) == []
    (late,) = late_feeds({"reminders": D - timedelta(days=36), "certificates": D}, D)
    assert late == LateFeed("reminders", D - timedelta(days=36), 36, 35)
    assert late_feeds({"entities": D - timedelta(days=65), "systems": D - timedelta(95)}, D) == []
    assert len(late_feeds({"entities": D - timedelta(66), "systems": D - timedelta(96)}, D)) == 2

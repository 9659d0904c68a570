"""The sample's deliveries, through the real loader."""

from datetime import UTC, datetime

from adoption.store import Store
from etl.commit.load import load
from etl.mapping.feeds import FEEDS
from etl.sample import Delivered

NOW = datetime(2013, 9, 25, tzinfo=UTC)


def load_delivered(store: Store, delivered: Delivered) -> None:
    received, feed, path = delivered
    load(
        store,
        FEEDS[feed],
        [path],
        by="tests",
        now=NOW,
        received=received,
        whole=delivered.is_whole,
    )

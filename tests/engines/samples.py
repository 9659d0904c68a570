"""The same records on several stores, and whether they are the same there."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Reader, Store
from etl.commit.load import load
from etl.commit.result import FileResult
from etl.mapping.feeds import FEEDS
from etl.sample import write_sample
from tests.etl.stores import Rows, contents

NOW = datetime(2013, 9, 25, tzinfo=UTC)
# When something was done and how long it took differs.
OF_THE_CLOCK = ("seconds",)


def load_sample(stores: list[Store], folder: Path, certificates: int) -> None:
    """A sample in one delivery, through the real loader, into each of `stores`."""
    for _, feed, path in write_sample(folder, certificates, history=False):
        load_the_same(stores, feed, path)


def load_the_same(stores: list[Store], feed: str, *paths: Path) -> FileResult:
    """One load of `paths`; it must go the same everywhere. The result of the first file."""
    results = [load(store, FEEDS[feed], paths, by="tests", now=NOW) for store in stores]
    told = [[{**result.as_json(), "seconds": None} for result in of_store] for of_store in results]
    for each in told[1:]:
        assert each == told[0]
    return results[0][0]


def tables_of(store: Reader) -> dict[str, Rows]:
    return contents(store, *OF_THE_CLOCK)


def rows_of(store: Reader, key: str, selection: Selection) -> pd.DataFrame:
    """The rows of a metric, in an order that does not hang on the engine."""
    frame = evaluate(store, METRICS[key], selection)
    return frame.sort_values(list(frame.columns), ignore_index=True)


def differences(one: Reader, other: Reader, asked: list[tuple[str, Selection]]) -> list[str]:
    """What the two answer differently; types count too."""
    found = []
    for key, selection in asked:
        try:
            pd.testing.assert_frame_equal(
                rows_of(one, key, selection), rows_of(other, key, selection), check_exact=True
            )
        except AssertionError as error:
            found.append(f"{key} {selection}: {error}")
    return found

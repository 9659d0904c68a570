"""How long the deck of the default selection takes, from the store to the file."""

import statistics

from adoption.briefing.asked import question_of, records_of
from adoption.briefing.deck import as_pptx
from adoption.briefing.subjects import briefing
from adoption.loading.tables import feed_name
from adoption.metrics import Selection, data_cut_off
from adoption.store import open_store
from benchmarks.noise import seconds_of, spread
from benchmarks.records import store_url

CERTIFICATES = 1_500_000
TIMES = 5


def deck(url: str) -> bytes:
    """As the command line makes it: the store opened anew, nothing kept from before."""
    store = open_store(url)
    day = data_cut_off(store)
    if day is None:
        raise RuntimeError(f"{url}: no records")
    question = question_of(store, Selection(day), "zh")
    made = as_pptx(briefing(question, records_of(store, feed_name)))
    store.close()
    return made


def main() -> None:
    url = store_url(CERTIFICATES)
    deck(url)  # imports are not the deck's
    seconds = seconds_of(lambda: deck(url), TIMES)
    print(f"deck with {CERTIFICATES:,} certificates, seconds, median (slowest) of {TIMES}")
    print(f"machine: {spread()}")
    print(f"  {statistics.median(seconds):.2f} ({max(seconds):.2f})   target 3")


if __name__ == "__main__":
    main()

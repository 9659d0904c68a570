"""How long the files of the default selection take, from the store to the file."""

import statistics
from collections.abc import Callable

from adoption.briefing.asked import Records, question_of, records_of
from adoption.briefing.deck import as_pptx
from adoption.briefing.subjects import briefing
from adoption.briefing.workbook import spreadsheet, workbook
from adoption.charts.chart import Question
from adoption.jobs.tables import feed_name
from adoption.metrics import Selection, data_cut_off
from adoption.store import Store, open_store
from benchmarks.noise import seconds_of, spread
from benchmarks.records import store_url

CERTIFICATES = 1_500_000
TIMES = 5
Write = Callable[[Question, Records, Store], bytes]
# What each is called, and the seconds that it is to take, where that was set.
FILES: dict[str, tuple[Write, str]] = {
    "deck": (lambda question, records, _: as_pptx(briefing(question, records)), "target 3"),
    "workbook, .xlsx": (workbook, ""),
    "workbook, .ods": (spreadsheet, ""),
}


def file(url: str, write: Write) -> bytes:
    """As the command line makes it: the store opened anew, nothing kept from before."""
    store = open_store(url)
    day = data_cut_off(store)
    if day is None:
        raise RuntimeError(f"{url}: no records")
    question = question_of(store, Selection(day), "zh")
    made = write(question, records_of(store, feed_name), store)
    store.close()
    return made


def main() -> None:
    url = store_url(CERTIFICATES)
    print(f"files of {CERTIFICATES:,} certificates, seconds, median (slowest) of {TIMES}")
    print(f"machine: {spread()}")
    for name, (write, target) in FILES.items():
        file(url, write)  # imports are not the file's
        seconds = seconds_of(lambda write=write: file(url, write), TIMES)
        print(f"  {name:16} {statistics.median(seconds):.2f} ({max(seconds):.2f})   {target}")


if __name__ == "__main__":
    main()

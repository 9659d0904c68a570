"""The sample comes as an office would send it: month by month, a little late and not always right.

A delivery is a folder named by the day on which it was received. Its files hold what was known
then: the first all of it, the later ones what is new or reads otherwise, those of WHOLE everything.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from etl.sample.days import NEVER, Days, Flags, day_number
from etl.sample.writing import CsvFile

DELIVERIES = (date(2013, 6, 28), date(2013, 7, 30), date(2013, 8, 30), date(2013, 9, 24))
# In which of them each feed is, in the order in which feeds refer to each other. A load is a
# process of its own: feeds of which little is to be seen come less often.
_BY_FEED = {
    "units": DELIVERIES[:1],
    "systems": (DELIVERIES[0], DELIVERIES[-1]),
    "certificates": DELIVERIES,
    "suspensions": (DELIVERIES[0], DELIVERIES[-1]),
    "reminders": DELIVERIES,
    "entities": (DELIVERIES[0], DELIVERIES[-1]),
    "targets": DELIVERIES[:1],
}
FEEDS = tuple(_BY_FEED)
WHOLE = ("systems",)  # keys that a later file of theirs lacks are taken back
_LATE_DAYS = 31


class Delivered(NamedTuple):
    """A file, to be loaded as `etl load FEED FILE --received DAY`, with --whole where it is."""

    received: date
    feed: str
    path: Path

    @property
    def is_whole(self) -> bool:
        return self.feed in WHOLE


class Deliveries:
    """The files of all deliveries, each made with its first row.

    Without a history there is one delivery, the last, of everything as it is at the end.
    `counts` has all `rows` by day of receipt and feed, and of them those that are `new` (the key,
    and what it is about happened since the feed came before), `late` (the key, for something that
    happened before that) and `changed` (the key came before); and beside them the `taken_back`.
    """

    def __init__(self, folder: Path, *, history: bool) -> None:
        self._folder = folder
        self._history = history
        self._files: dict[tuple[date, str], CsvFile] = {}
        self.counts: Counter[tuple[date, str, str]] = Counter()
        folder.mkdir(parents=True, exist_ok=True)
        for day in DELIVERIES:  # an earlier sample may have had more files
            for feed in FEEDS:
                self._path(day, feed).unlink(missing_ok=True)

    def days(self, feed: str) -> tuple[date, ...]:
        """On which days the feed is received."""
        return _BY_FEED[feed] if self._history else DELIVERIES[-1:]

    def known_on(self, feed: str, happened: Days, late: Flags | None = None) -> Days:
        """The day of receipt with which what `happened` comes: the next, and if it is late the one
        after that. The last brings all; what never happened never comes."""
        received = np.array([day_number(day) for day in self.days(feed)], np.int32)
        place = np.minimum(np.searchsorted(received, happened), len(received) - 1)
        if late is not None:
            # In the first delivery is what happened in ten years: nothing of it is years late.
            delayed = late & (received[place] - happened < _LATE_DAYS)
            place = np.minimum(place + delayed, len(received) - 1)
        return np.where(happened < NEVER, received[place], NEVER)

    def write(
        self, feed: str, received: date, columns: Sequence[pa.Array], came: Days, happened: Days
    ) -> None:
        """Rows of one delivery. came: the day of receipt with which the key of each came first."""
        if not len(came):
            return
        days = self.days(feed)
        place = days.index(received)
        before = day_number(days[place - 1]) if place else -NEVER
        is_first = came == day_number(received)
        self.counts[received, feed, "rows"] += len(came)
        late = int((is_first & (happened <= before)).sum())
        self.counts[received, feed, "late"] += late
        self.counts[received, feed, "new"] += int(is_first.sum()) - late
        self.counts[received, feed, "changed"] += int((~is_first).sum())
        self._file(received, feed).write(columns)

    def write_text(self, feed: str, received: date, text: str, **counts: int) -> None:
        """A whole file as it stands, and what to add to `counts` for it."""
        path = self._path(received, feed)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="")
        for kind, count in counts.items():
            self.counts[received, feed, kind] += count

    def delivered(self) -> list[Delivered]:
        """The files there are, in the order in which to load them."""
        every = [
            Delivered(day, feed, self._path(day, feed)) for day in DELIVERIES for feed in FEEDS
        ]
        return [each for each in every if each.path.exists()]

    def _path(self, received: date, feed: str) -> Path:
        return self._folder / received.isoformat() / f"{feed}.csv"

    def _file(self, received: date, feed: str) -> CsvFile:
        if (received, feed) not in self._files:
            path = self._path(received, feed)
            path.parent.mkdir(exist_ok=True)
            self._files[received, feed] = CsvFile(path, feed)
        return self._files[received, feed]

    def __enter__(self) -> "Deliveries":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()

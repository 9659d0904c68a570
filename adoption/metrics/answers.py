"""The one way to a metric's rows, for screen, deck and files: what is asked twice is kept.

The rows of a metric follow from its query; metrics that share a query, such as those of what came
of the reminders, share the query's answer as well.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import pandas as pd

from adoption.language import Language
from adoption.metrics import METRICS
from adoption.metrics.integration.catalogue import named_in, names_of
from adoption.metrics.metric import Metric, finished
from adoption.metrics.selection import Selection
from adoption.store import Reader

MOST_KEPT = 2_000


class Answers:
    """What one version of a store answers; threads may ask at once."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Reader]]) -> None:
        """`reading` opens a reader of that version for the thread that calls it."""
        self._reading = reading
        self._kept: OrderedDict[Hashable, Future[pd.DataFrame]] = OrderedDict()
        self._keeping = threading.Lock()

    @classmethod
    def of(cls, reader: Reader) -> "Answers":
        """Those of a reader that is open, for the thread that opened it."""
        return cls(lambda: nullcontext(reader))

    def rows(self, key: str, selection: Selection) -> pd.DataFrame:
        """What `evaluate` gives for the metric `key`; the frame is the caller's own."""
        metric = METRICS[key]
        asked = _narrowed(metric, selection)
        rows = self._once((key, asked), lambda: finished(self._found(metric, asked), metric, asked))
        # Copy on write: what the caller changes is changed in no other's frame.
        return rows.copy(deep=False)

    def in_language(self, language: Language) -> Callable[[str, Selection], pd.DataFrame]:
        """`rows` with the names of units and systems in that language."""
        if language == "zh":
            return self.rows

        def named(key: str, selection: Selection) -> pd.DataFrame:
            return named_in(language, self._once("names", self._names), self.rows(key, selection))

        return named

    def _names(self) -> pd.DataFrame:
        with self._reading() as reader:
            return names_of(reader)

    def _found(self, metric: Metric, asked: Selection) -> pd.DataFrame:
        return self._once((metric.query, asked), partial(self._frame, metric, asked))

    def _frame(self, metric: Metric, asked: Selection) -> pd.DataFrame:
        with self._reading() as reader:
            return reader.frame(metric.query(asked))

    def _once(self, key: Hashable, work: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """What `work` gives, of all that ask for `key` at once or later only the first works."""
        with self._keeping:
            kept = self._kept.get(key)
            if kept is None:
                mine = self._kept[key] = Future()
                if len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(key)
        if kept is not None:
            return kept.result()
        try:
            mine.set_result(work())
        except BaseException as error:
            with self._keeping:
                self._kept.pop(key, None)  # the next to ask tries again
            mine.set_exception(error)
        return mine.result()


def _narrowed(metric: Metric, selection: Selection) -> Selection:
    """The selection without what changes nothing in the metric."""
    return Selection(selection.as_of, **{name: getattr(selection, name) for name in metric.filters})

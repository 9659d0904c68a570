"""How steady the machine is: the same small calculation again and again."""

import statistics
import time
from collections.abc import Callable


def seconds_of(work: Callable[[], object], times: int) -> list[float]:
    """Wall seconds of calling `work` so many times."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return taken


def spread() -> str:
    """The slowest of twenty identical calculations against their median."""
    taken = seconds_of(lambda: sum(range(1_000_000)), 20)
    return f"{max(taken) / statistics.median(taken):.2f} times the median at the slowest of 20"

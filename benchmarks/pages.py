"""How long a page's script runs: the first time after a load, and again with everything cached.

Beside it, in the same run and by turns, what the five hand-written statements take together. Both
have their DuckDB open, as a server that runs has; what opening takes is told apart.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component_manager
from streamlit.testing.v1 import AppTest

from adoption.pages import view
from benchmarks.byhand import by_hand
from benchmarks.noise import seconds_of, spread
from benchmarks.records import OUT, store_url
from dashboard import PAGES

ROOT = Path(__file__).resolve().parent.parent
CERTIFICATES = 1_500_000
TIMES = 5
# The pages that are to take at most so many times the five statements, by certificates.
TARGETS = {1_500_000: 2, 10_000_000: 3}


def measured(
    page: str, ask_by_hand: Callable[[], object]
) -> tuple[list[float], list[float], list[float]]:
    """Seconds of first runs (no answer kept), of reruns right after, and of what is asked by
    hand."""
    first, again, asked = [], [], []
    for _ in range(TIMES):
        _open_anew()
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
        if page != PAGES[0][0]:
            app.switch_page(f"adoption/pages/{page}.py")
        first += seconds_of(app.run, 1)
        again += seconds_of(app.run, 1)
        asked += seconds_of(ask_by_hand, 1)
        if app.exception:
            raise RuntimeError(f"{page}: {app.exception}")
    return first, again, asked


def _open_anew() -> float:
    """Forget every answer; the seconds that opening the store then takes."""
    st.cache_data.clear()
    st.cache_resource.clear()
    for kept in (view._store, view._facts, view.answers):
        kept.cache_clear()
    started = time.perf_counter()
    with view.store().at(view.store().version):
        return time.perf_counter() - started


def main(certificates: int = CERTIFICATES) -> None:
    # AppTest looks through all installed packages at each run, a server once when it starts.
    component_manager.scan_component_manifests = list  # type: ignore[assignment]
    url = store_url(certificates)
    os.environ["ADOPTION_STORE"] = url
    with by_hand(url, OUT / str(certificates)) as statements:

        def ask_by_hand() -> None:
            for ask in statements.values():
                ask()

        measured(PAGES[0][0], ask_by_hand)  # imports are not the page's
        print(f"pages with {certificates:,} certificates, seconds, median (slowest) of {TIMES}")
        print(f"machine: {spread()}")
        print(f"  opening the store: {statistics.median(_open_anew() for _ in range(TIMES)):.3f}")
        for name, _, _ in PAGES:
            first, again, asked = measured(name, ask_by_hand)
            five = statistics.median(asked)
            print(
                f"  {name:12} first {statistics.median(first):.3f} ({max(first):.3f})"
                f"   cached {statistics.median(again):.3f} ({max(again):.3f})"
                f"   by hand {five:.3f}   first : by hand {statistics.median(first) / five:.2f}"
            )
    if certificates in TARGETS:
        print(f"  target: first : by hand <= {TARGETS[certificates]}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

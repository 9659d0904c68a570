"""How long a page's script runs: the first time after a load, and again with everything cached."""

import os
import statistics
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.noise import seconds_of, spread
from benchmarks.records import store_url
from dashboard import PAGES

ROOT = Path(__file__).resolve().parent.parent
CERTIFICATES = 1_500_000
TIMES = 5


def measured(page: str) -> tuple[list[float], list[float]]:
    """Seconds of first runs (nothing cached, store opened anew) and of reruns right after."""
    first, again = [], []
    for _ in range(TIMES):
        st.cache_data.clear()
        st.cache_resource.clear()
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
        if page != PAGES[0][0]:
            app.switch_page(f"adoption/pages/{page}.py")
        first += seconds_of(app.run, 1)
        again += seconds_of(app.run, 1)
        if app.exception:
            raise RuntimeError(f"{page}: {app.exception}")
    return first, again


def main() -> None:
    os.environ["ADOPTION_STORE"] = store_url(CERTIFICATES)
    measured(PAGES[0][0])  # imports are not the page's
    print(f"pages with {CERTIFICATES:,} certificates, seconds, median (slowest) of {TIMES}")
    print(f"machine: {spread()}")
    for name, _, _ in PAGES:
        first, again = measured(name)
        print(
            f"  {name:12} first {statistics.median(first):.3f} ({max(first):.3f})"
            f"   cached {statistics.median(again):.3f} ({max(again):.3f})"
        )


if __name__ == "__main__":
    main()

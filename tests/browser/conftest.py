"""One browser and one dashboard for what a test process does in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from adoption.store import Store
from tests.running import browser, dashboard


@pytest.fixture(scope="session")
def address(sample_store: Store) -> Iterator[str]:
    """Of a dashboard on the sample, whose pages are worked out when they are looked at."""
    with dashboard(sample_store.url) as running:
        yield running


@pytest.fixture(scope="session")
def chrome() -> Iterator[BrowserContext]:
    """Tabs of one visitor: what the dashboard sends its browser once is not sent again."""
    with browser() as started:
        yield started.new_context()

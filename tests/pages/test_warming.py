"""After a load the default view of every page is ready before anybody asks for it."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from adoption.charts import expiry, expiry_calendar, integration, issuance, outcomes
from adoption.pages import warming
from adoption.store import Query, Store, engine
from dashboard import PAGES
from etl.commit.load import load
from etl.mapping.feeds import FEEDS
from tests.pages.test_pages import opened


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Query]]:
    """Every query that is put to a store, on its way to the store."""
    queries: list[Query] = []
    frame = engine.frame

    def noted(connection: Any, query: Query) -> object:
        queries.append(query)
        return frame(connection, query)

    monkeypatch.setattr(engine, "frame", noted)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield queries
    st.cache_data.clear()
    st.cache_resource.clear()


def warm_in_a_thread() -> None:
    thread = threading.Thread(target=warming.warm)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_a_warmed_page_asks_the_store_nothing(
    monkeypatch: pytest.MonkeyPatch,
    sample_store: Store,
    asked: list[Query],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("ADOPTION_STORE", sample_store.url)
    with caplog.at_level(logging.WARNING):
        warm_in_a_thread()
    assert not [each for each in caplog.records if "ScriptRunContext" in each.getMessage()]
    assert asked
    for page, _, _ in PAGES:
        if page in ("data", "definitions"):  # the ledger, not the metrics
            continue
        del asked[:]
        opened(monkeypatch, sample_store, page)
        assert not asked, f"{page}: {asked[0]}"


def test_a_page_that_is_not_warmed_does_ask(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, asked: list[Query]
) -> None:
    opened(monkeypatch, sample_store)
    assert len(asked) > 10


def test_an_empty_store_has_nothing_to_warm(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, asked: list[Query]
) -> None:
    monkeypatch.setenv("ADOPTION_STORE", empty_store.url)
    warm_in_a_thread()
    assert [str(query) for query in asked] == []


def test_units_alone_have_no_day_to_warm(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, asked: list[Query], tmp_path: Path
) -> None:
    file = tmp_path / "units.csv"
    file.write_text("unit_code,name,side,sector,provenance\nM01,商業司,ministry,government,file\n")
    load(empty_store, FEEDS["units"], [file], by="tests", now=datetime(2013, 9, 25, tzinfo=UTC))
    monkeypatch.setenv("ADOPTION_STORE", empty_store.url)
    warm_in_a_thread()
    app = opened(monkeypatch, empty_store)
    assert "已有單位資料，但還沒有任何有日期的紀錄。" in [info.value for info in app.info]


def test_every_chart_is_found() -> None:
    found = set(warming.drawings())
    assert {
        issuance.adoption_curve,
        expiry.next_45_days,
        expiry_calendar.calendar,
        integration.by_unit,
        outcomes.by_month,
    } <= found
    assert all(draw.__annotations__["return"].__name__ == "Chart" for draw in found)


def test_a_page_by_itself_starts_no_thread(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    opened(monkeypatch, sample_store)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("warming")]


@pytest.mark.parametrize(("asked_for", "starts"), [("on", True), ("off", False)])
def test_it_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, asked_for: str, starts: bool
) -> None:
    started: list[str] = []
    monkeypatch.setenv("ADOPTION_STORE", sample_store.url)
    monkeypatch.setenv("ADOPTION_WARMING", asked_for)
    monkeypatch.setattr(warming, "is_served", lambda: True)
    monkeypatch.setattr(warming, "_thread", started.append)
    warming.start()
    assert bool(started) == starts

"""A page shows one version of the records, whatever is published while it is drawn."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from adoption.pages import bar
from adoption.store import Store
from etl.commit.load import load
from etl.mapping.feeds import FEEDS
from tests.engines import Engine
from tests.pages.test_pages import opened, texts

UNITS = "unit_code,name,side,sector\n"
SYSTEMS = "system_code,unit_code,name,category,integrated_on\n"


def add_a_system(store: Store, folder: Path, number: int) -> None:
    """One more unit with one more system, in two loads."""
    for feed, text in (
        ("units", f"{UNITS}U{number},單位{number},ministry,government\n"),
        ("systems", f"{SYSTEMS}S{number},U{number},系統{number},申辦,2013-09-0{number}\n"),
    ):
        file = folder / f"{feed}-{number}.csv"
        file.write_text(text, "utf-8")
        load(store, FEEDS[feed], [file], by="tests", now=datetime(2013, 9, 25, tzinfo=UTC))


def said(app: AppTest) -> str:
    return " ".join([texts(app), *(caption.value for caption in app.caption)])


def test_a_load_while_a_page_is_drawn_is_seen_with_the_next(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = engine.new(tmp_path)
    add_a_system(store, tmp_path, 1)
    before, draw, seen = store.version, bar.bar, []

    def meanwhile() -> None:
        if not seen:
            add_a_system(store, tmp_path, 2)
            seen.append(store.version)
        draw()

    monkeypatch.setattr(bar, "bar", meanwhile)
    app = opened(monkeypatch, store, seconds=300)  # two loads take a cluster more than a page does
    assert seen
    assert seen[0] != before
    assert before in said(app)
    assert "102年9月1日" in said(app)
    assert "102年9月2日" not in said(app)
    app.run()
    assert seen[0] in said(app)
    assert "102年9月2日" in said(app)


def test_a_page_says_that_the_records_cannot_be_read_and_shows_them_when_they_can(
    postgresql: object, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine.name != "postgresql":
        pytest.skip("a store of files is always there")
    store = engine.new(tmp_path)
    add_a_system(store, tmp_path, 1)
    app = opened(monkeypatch, store)
    assert "102年9月1日" in said(app)
    postgresql.kill()  # type: ignore[attr-defined]
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == ["目前讀不到資料。"]
    assert any("連不上" in text.value for text in app.text)
    postgresql.start()  # type: ignore[attr-defined]
    app.button(key="try_again").click().run()
    assert not app.error
    assert "102年9月1日" in said(app)

"""One variable moves the dashboard to another engine, and every page says the same there."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from adoption.store import Store, open_store
from tests.engines import OTHER_ENGINES, Engine
from tests.engines.samples import load_sample
from tests.pages.test_pages import NAMES, opened


def shown(app: AppTest, store: Store) -> list[str]:
    """Every element of the page as the browser gets it, but for what names this one store."""
    elements = [str(getattr(each, "proto", "")) for each in app.main]
    own = re.compile(f"{store.version}|/media/[0-9a-f]+|deferred_file_id: .*")
    return [own.sub("", each) for each in elements]


@pytest.mark.parametrize("engine", OTHER_ENGINES, indirect=True)
def test_every_page_says_the_same(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = [open_store(f"lake:///{tmp_path}/duckdb"), engine.new(tmp_path / "other")]
    load_sample(stores, tmp_path, 1_500)
    for name in NAMES:
        embedded, other = (
            shown(opened(monkeypatch, store, name, seconds=300), store) for store in stores
        )
        assert len(embedded) > 10
        assert other == embedded, name

"""A store that is damaged under a dashboard: pages say so, and its background thread goes on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from adoption.store import Store, open_store
from tests.pages.test_pages import opened, texts


@pytest.fixture
def damaged(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, tmp_path: Path
) -> Iterator[tuple[Store, Path, Path]]:
    """A copy of the sample, its catalog and a file of its data."""
    assert sample_store.folder is not None
    folder = Path(shutil.copytree(sample_store.folder, tmp_path / "store"))
    (data, *_) = folder.glob("records/*/main/certificates/*.parquet")
    store = open_store(f"lake:///{folder}")
    monkeypatch.setenv("ADOPTION_STORE", store.url)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield store, folder / "catalog.sqlite", data
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.mark.parametrize("which", ["catalog", "data"])
@pytest.mark.parametrize("page", ["overview", "issuance", "data"])
def test_a_page_says_in_a_sentence_what_is_damaged(
    monkeypatch: pytest.MonkeyPatch, damaged: tuple[Store, Path, Path], which: str, page: str
) -> None:
    store, catalog, data = damaged
    path = catalog if which == "catalog" else data
    path.unlink()
    shown = texts(opened(monkeypatch, store, page))
    assert str(path) in shown
    assert "請執行 python -m etl rebuild" in shown

"""A store that is damaged under a dashboard: pages say so, and its background thread goes on."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st

from adoption.pages import warming
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


def test_the_warming_thread_outlives_every_damage(
    monkeypatch: pytest.MonkeyPatch,
    damaged: tuple[Store, Path, Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, catalog, data = damaged
    whole = {path: path.read_bytes() for path in (catalog, data)}
    half = {path: content[: len(content) // 2] for path, content in whole.items()}
    steps = [
        (catalog, b""),
        (catalog, half[catalog]),
        (catalog, b"\xff" * len(whole[catalog])),
        (catalog, half[catalog] + b"\xff" * (len(whole[catalog]) - len(half[catalog]))),
        (data, b""),
        (data, half[data]),
        (data, whole[data][:500] + b"\xff" * 99 + whole[data][599:]),
    ]
    warned: list[int] = []

    def said() -> list[str]:
        return [each.getMessage() for each in caplog.records if each.name == warming.__name__]

    def damage_next(_: float) -> bool:
        """In place of the pause between two looks."""
        warned.append(len(said()))
        for path, content in whole.items():
            path.write_bytes(content)
        if len(warned) > len(steps):
            return len(warned) > len(steps) + 1  # a last look at what is mended
        path, content = steps[len(warned) - 1]
        path.write_bytes(content)
        return False

    event = SimpleNamespace(wait=damage_next)
    monkeypatch.setattr(warming, "threading", SimpleNamespace(Event=lambda: event))
    looked: list[bool] = []
    warm = warming.warm
    monkeypatch.setattr(warming, "warm", lambda: (warm(), looked.append(True)))
    with caplog.at_level(logging.WARNING, logger=warming.__name__):
        warming._watch()
    assert warned == [*range(len(steps) + 1), len(steps)]  # once for each, not when mended
    assert looked == [True]
    assert all("python -m etl rebuild" in each for each in said())

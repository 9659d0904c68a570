"""Files as offices make them: no untrue value is kept without a flag, and nothing is lost."""

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from adoption.store import Store, open_store
from etl.files import spreadsheet
from etl.mapping.feeds import FEEDS
from etl.mapping.feeds.references import REFERENCES
from tests.etl.files import kept, load_files
from tests.offices.formats import WRITE
from tests.offices.habits import Made, made
from tests.offices.reading import Outcome, Read, form, here, outcome, read
from tests.soak.size import many

FILES = many(500, 5000, "SOAK_OFFICES")
STORES = many(1, 50, "SOAK_OFFICES_STORES")  # each with a file of every feed


def one(seed: int, folder: Path) -> tuple[Made, Path]:
    """The file of a seed, the same each time."""
    rng = Random(seed)
    file = made(rng)
    path = folder / f"{seed}.{file.format}"
    WRITE[file.format](rng, path, file.table)
    return file, path


def tried(seed: int) -> tuple[Made, Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        file, path = one(seed, Path(folder))
        return file, outcome(path, file.table, file.format == "json")


def test_nothing_wrong_is_believed_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "_child", here)
    found: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in range(FILES):
        file, result = tried(seed)
        about = f"file {seed} ({file.format}, {file.table.feed.name}: {', '.join(file.habits)})"
        wrong += [f"{about}: {each}" for each in result.wrong]
        wrong += [f"{about}: row {number} is lost" for number in result.lost]
        found["files"] += 1
        found["records"] += result.records
        found["kept right"] += result.right
        found["flagged"] += result.flagged
        found["rejected"] += result.rejected
        found["told to be no record"] += result.told
        found["wrong without a flag"] += len(result.wrong)
        found["lost"] += len(result.lost)
        found["files refused"] += bool(result.refusal)
        found["harmless files"] += file.is_harmless
        found["harmless files refused"] += file.is_harmless and bool(result.refusal)
        found["harmless rows rejected"] += file.is_harmless * result.rejected
    print(f"\n{', '.join(f'{name} {count:,}' for name, count in found.items())}")
    assert wrong == []


@pytest.mark.parametrize("part", range(STORES))
def test_a_real_load_keeps_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Through the parsers' own processes and into a store; what is nowhere is told there."""
    store = open_store(f"lake:///{tmp_path}/store")
    left = set(FEEDS) - {"certificates"}  # nothing is known of a serial
    for seed in range(1000 * part, 1000 * (part + 1)):
        file, path = one(seed, tmp_path)
        if file.table.feed.name not in left:
            continue
        with monkeypatch.context() as patched:
            patched.setattr(spreadsheet, "_child", here)
            expected = read(path, file.table.feed)
        if not expected.refusal:
            check_load(store, file, path, expected)
            left.remove(file.table.feed.name)
    assert left == set()


def check_load(store: Store, file: Made, path: Path, expected: Read) -> None:
    feed = file.table.feed
    names = [column.name for column in feed.columns]
    (result,) = load_files(store, feed.name, path)
    assert (result.rejected, result.skipped) == (len(expected.rejected), len(expected.skipped))
    assert result.kept + result.duplicate == len(expected.kept)
    last = {tuple(form(key, row[key]) for key in feed.key): row for row in expected.kept.values()}
    rows = {tuple(form(name, row[name]) for name in names) for row in last.values()}
    found = kept(store, feed.name, *names)
    assert {tuple(map(form, names, row)) for row in found} == rows
    for reference in (each for each in REFERENCES if each.feed == feed.name):
        if reference.target == "certificates":
            serials = {form("serial", row["serial"]) for row in expected.kept.values()}
            assert result.unknown.get(reference.name, 0) == len(serials)

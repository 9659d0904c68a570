"""Files as offices make them: no untrue value is kept without a flag, and nothing is lost."""

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from etl.files import spreadsheet
from tests.offices.formats import WRITE
from tests.offices.habits import Made, made
from tests.offices.reading import Outcome, here, outcome
from tests.soak.size import many

FILES = many(500, 5000, "SOAK_OFFICES")


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

"""A short look at Spark in every test run; `make spark` runs all its tests."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from adoption.metrics import Selection
from adoption.store import Store, open_store
from etl.commit import pieces
from tests.engines.histories import fill_by_history
from tests.engines.samples import differences, load_the_same, tables_of
from tests.etl.files import CERTIFICATES, certificate, write
from tests.records import random_records

# Windows, unions, distinct counts, an outer join of both sides.
NOW, EARLIER = ("valid_over_time", "adoption_rate"), ("reminder_outcomes",)


def test_metrics_and_checks_are_as_on_duckdb(
    by_spark: Callable[[Store], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = random_records(10_000)
    store = open_store(f"lake:///{tmp_path}/store")
    fill_by_history(store, rows, Random(1))
    selection = Selection(rows.as_of)
    assert differences(store, by_spark(store), [(key, selection) for key in NOW]) == []
    earlier = store.versions()[1].name
    with store.at(earlier) as one, by_spark(store).at(earlier) as other:
        assert differences(one, other, [(key, selection) for key in EARLIER]) == []

    monkeypatch.setattr(pieces, "LEAST_BYTES_TO_SPREAD", 0)  # the workers check even a small file
    here, spread = (open_store(f"lake:///{tmp_path}/{name}") for name in ("here", "spread"))
    good = [certificate(f"A{n}", 換發前序號=f"A{n - 5}") for n in range(5, 60)]
    bad = [certificate("BAD", 卡別="?"), certificate("", 縣市="高雄縣"), "總計,54" + "," * 9]
    path = write(tmp_path / "a.csv", CERTIFICATES, *good, *bad, good[0])
    result = load_the_same([here, by_spark(spread)], "certificates", path)
    assert (result.read, result.kept, result.duplicate, result.rejected) == (58, 55, 1, 2)
    assert tables_of(spread) == tables_of(here)

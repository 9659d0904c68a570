"""A short look at the Spark engine in every test run; `make spark` runs all its tests."""

from pathlib import Path

import pytest

from adoption.metrics import Selection, data_cut_off
from adoption.store import open_store
from tests.engines.samples import differences, load_the_same, tables_of
from tests.engines.spark_cluster import SparkCluster
from tests.etl.files import CERTIFICATES, certificate, write

# Between them windows, unions, distinct counts, a ranking, an outer join of both sides.
METRICS_LOOKED_AT = (
    "valid_over_time",
    "adoption_rate",
    "mail_delivery",
)


def test_a_load_and_some_metrics_are_as_on_duckdb(
    spark: SparkCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "LEAST_BYTES", 0)  # even a small file is checked by the workers
    stores = [open_store(f"lake:///{tmp_path}/duckdb"), open_store(spark.url(tmp_path / "w"))]
    rows = [
        certificate(f"A{n}", 核發日期=f"{97 + n % 5}/10/{1 + n % 28}", 換發前序號=f"A{n - 5}")
        for n in range(5, 60)
    ]
    dirty = [
        certificate("BAD", 卡別="?"),
        certificate("", 縣市="高雄縣"),
        rows[0],
        "總計,54" + "," * 9,
    ]
    path = write(tmp_path / "a.csv", CERTIFICATES, *rows, *dirty)
    result = load_the_same(stores, "certificates", path)
    assert (result.read, result.kept, result.duplicate, result.rejected) == (58, 55, 1, 2)
    assert tables_of(stores[1]) == tables_of(stores[0])
    as_of = data_cut_off(stores[0])
    assert as_of is not None
    asked = [(key, Selection(as_of=as_of)) for key in METRICS_LOOKED_AT]
    assert differences(*stores, asked) == []

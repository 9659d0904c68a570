"""What $ADOPTION_COMPUTE may say, what stays on DuckDB, what is told when Spark is not there."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from adoption.store import Store, StoreError, open_store
from adoption.store.schema import TABLES, certificates, loads, suspensions
from tests.commands import Run
from tests.engines.spark_cluster import ROOT, missing
from tests.store.rows import add_units, codes_in

NOBODY = "spark://127.0.0.1:1"
pytestmark = pytest.mark.skipif(bool(missing()), reason=f"no Spark here: {missing()}")


@pytest.fixture
def store(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Computed by a cluster that is not there."""
    add_units(empty_store, "M01")
    monkeypatch.setenv("ADOPTION_COMPUTE", NOBODY)
    return open_store(empty_store.url)


def test_small_tables_and_the_ledger_are_asked_of_duckdb(store: Store) -> None:
    """Also where a large table is asked for beside the ledger."""
    assert codes_in(store) == ["M01"]
    both = select(func.count()).select_from(certificates.join(loads, loads.c.load_id == 1))
    assert store.frame(both).iat[0, 0] == 0


def test_a_cluster_that_is_not_there_is_one_sentence(store: Store) -> None:
    for query in (
        select(certificates.c.serial),
        select(select(func.count()).select_from(suspensions).scalar_subquery()),
        select(select(certificates.c.serial).cte("recent").c.serial),
    ):
        with pytest.raises(StoreError, match="cannot be reached") as refused:
            store.frame(query)
        assert NOBODY in str(refused.value)
        assert "\n" not in str(refused.value)
        assert "連不上 Spark 叢集" in refused.value.zh


def test_nothing_is_asked_of_it_before_there_are_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPTION_COMPUTE", NOBODY)
    store = open_store(f"lake:///{tmp_path}/store")
    assert {len(store.frame(select(table))) for table in TABLES} == {0}
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("compute", "store", "en", "zh"),
    [
        ("local[2]", "lake:///s", "use spark://HOST:PORT or sc://HOST:PORT", "不是叢集的位址"),
        ("sc://h/;token=secret", "lake:///s", "SPARK_CONNECT_AUTHENTICATE_TOKEN", "不可放權杖"),
        (NOBODY, "lake+postgresql://u@h/d?data=s3://b/p&folder=/f", "not in a bucket", "儲存桶"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    compute: str, store: str, en: str, zh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPTION_COMPUTE", compute)
    with pytest.raises(StoreError) as refused:
        open_store(store)
    assert en in str(refused.value)
    assert zh in refused.value.zh
    assert "secret" not in str(refused.value)


def test_without_the_packages_it_says_which_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyspark'] = None\n"
        "from adoption.store import open_store, StoreError\n"
        f"try: open_store('lake:///{tmp_path}')\n"
        "except StoreError as error: print(error)\n"
    )
    for compute, said in ((NOBODY, "pip install -r requirements-spark.txt"), ("", "")):
        found = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"ADOPTION_COMPUTE": compute},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said in found.stdout
        assert bool(found.stdout) == bool(said)


def test_the_command_says_it_in_one_line(
    empty_store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_units(empty_store, "M01")
    monkeypatch.setenv("ADOPTION_COMPUTE", NOBODY)
    shown = run("metric", "valid_totals", "--store", empty_store.url)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.count("\n") == 1
    assert "127.0.0.1:1" in shown.stderr

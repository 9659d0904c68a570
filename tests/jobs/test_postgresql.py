"""Jobs of the 資料 page on PostgreSQL: a process of their own, which is not told the password."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adoption.jobs.job import Job, Kind, Request, jobs_folder, new_job, start
from adoption.store import Store, open_store
from etl.history.ledger import list_loads
from tests.engines import Engine
from tests.engines.postgresql import Server
from tests.etl.files import CERTIFICATES, GOOD, kept

NOW = datetime(2013, 10, 1, 8, 30, tzinfo=UTC)
PASSWORD = "s3cr3t-of-the-job"


def ended(job: Job) -> str:
    until = time.monotonic() + 60
    while not job.status.is_over:
        assert time.monotonic() < until
        time.sleep(0.05)
    return job.status.state


def started(
    store: Store, kind: Kind, *files: tuple[str, bytes], loads: tuple[int, ...] = ()
) -> Job:
    request = Request(kind=kind, store=store.url, by="商業司", loads=loads)
    job = new_job(jobs_folder(store), request, files, NOW)
    start(job)
    return job


def test_a_check_a_load_and_taking_it_back_without_the_password_on_the_disk(
    postgresql: Server, shared_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.execute("DROP ROLE IF EXISTS secretive")
    postgresql.execute(f"CREATE ROLE secretive LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    database = postgresql.new_database()
    url = postgresql.url(database, tmp_path / "store", f"secretive:{PASSWORD}")
    monkeypatch.setenv("ADOPTION_STORE", url)  # as the dashboard has it
    store = open_store()
    job = started(store, "check", ("核發.csv", f"{CERTIFICATES}\n{GOOD}\n".encode()))
    assert ended(job) == "done", (job.folder / "output.txt").read_text()
    assert store.version == "empty"
    start(job, kind="load")
    assert ended(job) == "done"
    assert job.result("load")["after"] == job.result("check")["after"]
    assert kept(store, "certificates", "serial") == [("A1",)]
    revert = started(store, "revert", loads=(1,))
    assert ended(revert) == "done"
    assert kept(store, "certificates", "serial") == []
    assert [entry["reverted_by"] for entry in list_loads(store)] == ["商業司"]
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 6
    assert [path for path in written if PASSWORD.encode() in path.read_bytes()] == []


def test_a_job_waits_for_another_load_and_says_so(
    shared_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = shared_engine.new(tmp_path)
    monkeypatch.setenv("ADOPTION_STORE", store.url)
    with store.writing():
        job = started(store, "load", ("核發.csv", f"{CERTIFICATES}\n{GOOD}\n".encode()))
        until = time.monotonic() + 60
        while job.status.doing != "wait":
            assert time.monotonic() < until
            time.sleep(0.05)
    assert ended(job) == "done"
    assert kept(store, "certificates", "serial") == [("A1",)]

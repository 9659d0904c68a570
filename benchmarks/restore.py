"""A restore from a backup, drilled with each catalog: python -m benchmarks.restore.

Each way ends with the records being compared, table by table, with those before.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adoption.store import Store, open_store
from adoption.store.schema import TABLES
from benchmarks.engines import POSTGRESQL
from benchmarks.noise import spread
from benchmarks.records import OUT, store_url
from etl.history import replay
from etl.history.copy import Part, copy, part_of
from tests.engines.postgresql import Server, programs, server

CERTIFICATES = int(os.environ.get("CERTIFICATES", "1500000"))


@contextmanager
def timed(what: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"  {what:58} {time.perf_counter() - started:6.1f} s", flush=True)


def contents(store: Store) -> tuple[list[Part], int]:
    return [part_of(store, table) for table in TABLES], len(store.versions())


def check(store: Store, before: tuple[list[Part], int]) -> None:
    if contents(store) != before:
        raise RuntimeError("the records are not those of before")


def alone(url: str, scratch: Path) -> None:
    source = open_store(url)
    before = contents(source)
    folder = Path(str(source.folder))
    with timed("copy the folder away (the backup)"):
        shutil.copytree(folder, scratch / "backup")
    with timed("copy it back, open it"):
        shutil.copytree(scratch / "backup", scratch / "store")
        restored = open_store(f"lake:///{scratch}/store")
        restored.version  # noqa: B018
    check(restored, before)
    restored.close()
    shutil.rmtree(scratch / "store" / "records")
    (scratch / "store" / "catalog.sqlite").unlink()
    rebuilt = open_store(f"lake:///{scratch}/store")
    with timed("rebuild from the archive alone"):
        replay.rebuild(rebuilt)
    check(rebuilt, before)


def shared(url: str, started: Server, scratch: Path) -> None:
    """As docs/operations-shared.md has it: the database, then the folder."""
    source, name = open_store(url), started.new_database()
    data, backup, dump = scratch / "data", scratch / "backup", scratch / "adoption.dump"
    store = open_store(started.url(name, data))
    with timed("copy from the local store (python -m etl copy)"):
        copy(source, store)
    before = contents(store)
    where = ["--host=127.0.0.1", f"--port={started.port}", "--username=owner"]
    with timed("pg_dump --format=custom --schema=adoption"):
        how = ["--format=custom", "--schema=adoption", f"--file={dump}"]
        subprocess.run([started.programs / "pg_dump", *where, *how, name], check=True)
    with timed("copy the folder away"):
        shutil.copytree(data, backup)
    shutil.rmtree(data)
    with timed("copy it back"):
        shutil.copytree(backup, data)
    started.execute("CREATE DATABASE restored TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    with timed("pg_restore into an empty database, open it"):
        how = ["--exit-on-error", "--dbname=restored", str(dump)]
        subprocess.run([started.programs / "pg_restore", *where, *how], check=True)
        restored = open_store(started.url("restored", data))
        restored.version  # noqa: B018
    check(restored, before)
    restored.close()
    store.close()
    shutil.rmtree(data / "records")
    again = open_store(started.url(started.new_database(), data))
    with timed("rebuild from the archive alone"):
        replay.rebuild(again)
    check(again, before)


def main() -> None:
    url = store_url(CERTIFICATES)
    print(f"restoring {CERTIFICATES:,} certificates; machine: {spread()}")
    with tempfile.TemporaryDirectory(dir=OUT) as made:
        print("SQLite")
        alone(url, Path(made))
    if (found := programs()) is None:
        print("no PostgreSQL server here")
        return
    with server(found, POSTGRESQL) as started, tempfile.TemporaryDirectory(dir=OUT) as made:
        print("PostgreSQL")
        shared(url, started, Path(made))


if __name__ == "__main__":
    main()

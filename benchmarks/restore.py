"""A restore from a backup, drilled on each catalog: python -m benchmarks.restore.

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
from adoption.store.schema import metadata
from benchmarks.engines import POSTGRESQL
from benchmarks.noise import spread
from benchmarks.records import store_url
from etl.history import replay
from etl.history.copy import Part, part_of, transfer
from tests.engines.postgresql import Server, programs, server

CERTIFICATES = int(os.environ.get("CERTIFICATES", "1500000"))


@contextmanager
def timed(what: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"  {what:58} {time.perf_counter() - started:6.1f} s", flush=True)


def contents(store: Store) -> list[Part]:
    return [part_of(store, table) for table in metadata.sorted_tables]


def check(store: Store, before: list[Part]) -> None:
    if contents(store) != before:
        raise RuntimeError("the records are not those of before")


def embedded(url: str, scratch: Path) -> None:
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
    shutil.rmtree(scratch / "store" / "versions")
    (scratch / "store" / "CURRENT").unlink()
    with timed("rebuild from the archive alone"):
        rebuilt = open_store(f"lake:///{scratch}/store")
        replay.rebuild(rebuilt)
    check(rebuilt, before)
    rebuilt.close()


def shared(url: str, started: Server, scratch: Path) -> None:
    source, name = open_store(url), started.new_database()
    store = open_store(started.url(name, scratch / "folder"))
    with timed("copy from the embedded store (python -m etl copy)"):
        transfer(source, store)
    before = contents(store)
    dump = scratch / "adoption.dump"
    where = ["--host=127.0.0.1", f"--port={started.port}", "--username=owner"]
    with timed("pg_dump --format=custom"):
        command = [started.programs / "pg_dump", *where, "--format=custom", f"--file={dump}", name]
        subprocess.run(command, check=True)
    empty = "restored"
    started.execute(f"CREATE DATABASE {empty} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    with timed("pg_restore into an empty database"):
        command = [started.programs / "pg_restore", *where, "--exit-on-error", f"--dbname={empty}"]
        subprocess.run([*command, dump], check=True)
    restored = open_store(started.url(empty, scratch / "folder"))
    check(restored, before)
    again = open_store(started.url(started.new_database(), scratch / "folder"))
    with timed("rebuild from the archive alone"):
        replay.rebuild(again)
    check(again, before)


def main() -> None:
    url = store_url(CERTIFICATES)
    print(f"restoring {CERTIFICATES:,} certificates; machine: {spread()}")
    with tempfile.TemporaryDirectory() as made:
        print("embedded")
        embedded(url, Path(made))
    if (found := programs()) is None:
        print("no PostgreSQL server here")
    else:
        with server(found, POSTGRESQL) as started, tempfile.TemporaryDirectory() as made:
            print("PostgreSQL")
            shared(url, started, Path(made))


if __name__ == "__main__":
    main()

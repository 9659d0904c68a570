"""What goes wrong beside the records: the state stays, one sentence says what happened, exit 2."""

import hashlib
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adoption.store import Publication, Store, open_store
from adoption.store.errors import DamagedError
from adoption.store.schema import certificates
from tests.etl.files import CERTIFICATES, certificate, counts, kept, load_files, write
from tests.etl.stores import contents, copied

ROOT = Path(__file__).parents[2]
SERIALS = [("A1",), ("B1",), ("C1",)]


@pytest.fixture(scope="module")
def three_loads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("three_loads")
    store = open_store(f"lake:///{folder}/store")
    for name in ("A", "B", "C"):
        path = write(folder / f"{name}.csv", CERTIFICATES, certificate(f"{name}1"))
        load_files(store, "certificates", path)
    store.close()
    return folder


@pytest.fixture
def store(three_loads: Path, tmp_path: Path) -> Store:
    """Three loads: a copy, which a test may damage."""
    return copied(three_loads, tmp_path)


def folder_of(store: Store) -> Path:
    assert store.folder is not None
    return store.folder


def catalog_of(store: Store) -> Path:
    return folder_of(store) / "catalog.sqlite"


def data_file_of(store: Store) -> Path:
    """The certificate of the second load, which the newest version has as well."""
    return sorted(folder_of(store).glob("records/*/main/certificates/*.parquet"))[1]


def overwrite(path: Path, start: int, end: int) -> None:
    """As long as before and as old, so that only what is in it tells."""
    before, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:start] + b"\xff" * (end - start) + content[end:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


FILES = {"catalog": catalog_of, "data": data_file_of}
RUIN: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "one byte short": lambda path: os.truncate(path, path.stat().st_size - 1),
    "its start overwritten": lambda path: overwrite(path, 0, 200),
    "its middle overwritten": lambda path: overwrite(
        path, path.stat().st_size * 2 // 5, path.stat().st_size * 3 // 5
    ),
}


@pytest.mark.parametrize("ruin", RUIN)
@pytest.mark.parametrize("which", FILES)
def test_a_damaged_file_is_named_and_rebuild_brings_all_back(
    tmp_path: Path, store: Store, which: str, ruin: str
) -> None:
    versions = [(v.number, v.publication, v.rows) for v in store.versions()]
    before, file = contents(store), FILES[which](store)
    path = write(tmp_path / "D.csv", CERTIFICATES, certificate("D1"))
    store.close()
    RUIN[ruin](file)
    damaged = open_store(store.url)
    for ask in (
        lambda: kept(damaged, "certificates", "serial"),
        lambda: load_files(damaged, "certificates", path),
        lambda: load_files(damaged, "certificates", path, dry_run=True),
        damaged.maintain,
    ):
        with pytest.raises(DamagedError, match="python -m etl rebuild") as refused:
            ask()
        assert str(file) in str(refused.value)
        assert str(file) in refused.value.zh
        assert "請執行 python -m etl rebuild" in refused.value.zh
    done = etl(store, "rebuild")
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(damaged) == before
    assert [(v.number, v.publication, v.rows) for v in damaged.versions()] == versions
    assert counts(load_files(damaged, "certificates", path)[0]) == (1, 1, 0, 0, 0)


def test_a_file_damaged_under_an_open_dashboard_is_noticed(store: Store) -> None:
    assert kept(store, "certificates", "serial") == SERIALS
    file = data_file_of(store)
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + b"\xff" * 50 + whole[150:])
    with pytest.raises(DamagedError, match=file.name):
        kept(store, "certificates", "serial")
    file.write_bytes(whole)  # put back from a backup
    assert kept(store, "certificates", "serial") == SERIALS


def test_a_damaged_file_of_an_earlier_version_is_noticed_when_that_is_read(store: Store) -> None:
    with store.writing() as writer:
        writer.restore(store.versions()[2].name, [certificates])
        writer.publish(Publication())
    newest, third, second, first = [version.name for version in store.versions()]
    file = data_file_of(store)  # of the versions that are no more
    overwrite(file, 100, 150)
    damaged = open_store(store.url)
    assert kept(damaged, "certificates", "serial") == [("A1",)]
    for ask in (
        lambda: list(damaged.changes(first, newest)),
        lambda: damaged.at(second).__enter__(),
        lambda: restored(damaged, third),
    ):
        with pytest.raises(DamagedError, match=file.name):
            ask()
    with damaged.at(first) as reader:
        assert contents(reader)["certificates"] == contents(damaged)["certificates"]


def restored(store: Store, version: str) -> None:
    with store.writing() as writer:
        writer.restore(version, [certificates])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_says_so_in_one_line(store: Store, language: str) -> None:
    file = data_file_of(store)
    overwrite(file, 100, 150)
    shown = etl(store, "loads", lang=language)
    catalog_of(store).unlink()
    lost = etl(store, "loads", lang=language)
    for said, path in ((shown, file), (lost, catalog_of(store))):
        assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)
        assert "python -m etl rebuild" in said.stderr
        assert str(path) in said.stderr


def command(store: Store, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "etl", *map(str, arguments), "--store", store.url]


def etl(
    store: Store, *arguments: object, before: Callable[[], None] | None = None, lang: str = "en"
) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own; `before` runs in it, before Python does."""
    return subprocess.run(
        [*command(store, *arguments), "--lang", lang],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
    )


def small_files_only(limit: int) -> Callable[[], None]:
    """No file may grow beyond `limit` bytes: writing fails as it does on a full disk."""

    def set_limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return set_limit


@pytest.mark.parametrize("full", ["at once", "within the data", "within the catalog"])
def test_a_full_disk(tmp_path: Path, store: Store, full: str) -> None:
    before, version = contents(store), store.version
    store.close()
    # Serials that do not compress.
    many = 20_000 if full == "within the data" else 1
    serials = [hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(many)]
    path = write(tmp_path / "D.csv", CERTIFICATES, *[certificate(serial) for serial in serials])
    size = catalog_of(store).stat().st_size
    limit = {"at once": 0, "within the data": size * 2, "within the catalog": size}[full]
    failed = etl(store, "load", "certificates", path, before=small_files_only(limit))
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.count("\n") == 1
    assert "the disk is full or " in failed.stderr
    assert "the store is as it was" in failed.stderr
    assert (contents(store), store.version) == (before, version)
    assert [p.name for p in folder_of(store).rglob("*.new*")] == []
    assert list(folder_of(store).glob("scratch-*")) == []
    assert load_files(store, "certificates", path)[0].kept == many
    store.close()


def half_written(store: Store) -> None:
    """The catalog as a writer leaves it that is killed while it commits."""
    writing = sqlite3.connect(catalog_of(store), isolation_level=None)
    writing.execute("PRAGMA cache_size = 1")  # so that pages go to the file before the end
    writing.execute("BEGIN")
    writing.execute("UPDATE ducklake_snapshot_changes SET commit_extra_info = hex(randomblob(999))")
    writing.execute("CREATE TABLE filling AS SELECT randomblob(100000) AS bytes")
    journal = catalog_of(store).with_name("catalog.sqlite-journal")
    left = [(path, path.read_bytes()) for path in (catalog_of(store), journal)]
    writing.execute("ROLLBACK")
    writing.close()
    for path, content in left:
        assert content != (path.read_bytes() if path.exists() else b"")
        path.write_bytes(content)


def test_what_a_killed_writer_left_half_written_is_undone(tmp_path: Path, store: Store) -> None:
    before = contents(store)
    half_written(store)
    assert contents(open_store(store.url)) == before
    half_written(store)
    path = write(tmp_path / "D.csv", CERTIFICATES, certificate("D1"))
    assert load_files(open_store(store.url), "certificates", path)[0].kept == 1
    assert kept(store, "certificates", "serial") == [*SERIALS, ("D1",)]


@contextmanager
def readable(store: Store) -> Iterator[Store]:
    """The store in a folder that every user may read and none may write."""
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(folder_of(store), folder / "store")
    write(folder / "D.csv", CERTIFICATES, certificate("D1"))
    try:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield open_store(f"lake:///{folder}/store")
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)
        shutil.rmtree(folder)


@pytest.fixture
def readable_store(store: Store) -> Iterator[Store]:
    with readable(store) as found:
        yield found


# Root may write everywhere: it becomes the project's owner, who can read the code wherever it lies,
# and gives up all capabilities, as the owner may be root.
WITHOUT_PRIVILEGES = """
import ctypes
import os
import struct
from adoption.command import run
from etl.__main__ import app
if os.geteuid() == 0:
    owner = os.stat(".")
    os.setgroups([])
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
    version = struct.pack("II", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    assert ctypes.CDLL(None).capset(version, bytes(24)) == 0
run(app, "python -m etl")
"""


def without_privileges(
    store: Store, *arguments: object, lang: str = "en"
) -> subprocess.CompletedProcess[str]:
    stated = [*map(str, arguments), "--store", store.url, "--lang", lang]
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_PRIVILEGES, *stated],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_folder_without_permission(readable_store: Store) -> None:
    store = readable_store
    before, version = contents(store), store.version
    path = folder_of(store).parent / "D.csv"
    for refused in (
        without_privileges(store, "load", "certificates", path),
        without_privileges(store, "maintain"),
        without_privileges(store, "rebuild"),
    ):
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
        assert "cannot be written to (no permission, or read-only" in refused.stderr
    told = without_privileges(store, "load", "certificates", path, lang="zh").stderr
    assert "沒有權限或唯讀" in told
    shown = without_privileges(store, "loads", "--json")
    assert (shown.returncode, len(shown.stdout.splitlines())) == (0, 3)
    compared = without_privileges(store, "changes", "--json")
    assert (compared.returncode, len(compared.stdout.splitlines())) == (0, 1)
    assert (contents(store), store.version) == (before, version)


def test_a_reader_who_may_not_write_is_told_of_a_half_written_commit(store: Store) -> None:
    half_written(store)
    with readable(store) as seen:
        shown = without_privileges(seen, "loads", "--json")
        assert (shown.returncode, shown.stdout, shown.stderr.count("\n")) == (2, "", 1)
        assert "a load was stopped while it was published" in shown.stderr
        assert "run python -m etl loads as somebody who may write there" in shown.stderr


def holder(store: Store) -> subprocess.Popen[str]:
    """A process that is in the middle of a load."""
    script = (
        "import sys, time\n"
        "from adoption.store import open_store\n"
        "with open_store(sys.argv[1]).writing():\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, store.url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def test_two_loaders_at_once_and_the_lock_of_a_dead_one(tmp_path: Path, store: Store) -> None:
    before, version = contents(store), store.version
    path = write(tmp_path / "D.csv", CERTIFICATES, certificate("D1"))
    with holder(store) as first:
        second = etl(store, "load", "certificates", path)
        assert (second.returncode, second.stdout, second.stderr.count("\n")) == (2, "", 1)
        assert "another load is writing; try again when it has finished" in second.stderr
        assert (contents(store), store.version) == (before, version)
        first.kill()
    store.close()
    assert (folder_of(store) / "LOCK").exists()
    third = etl(store, "load", "certificates", path)
    assert (third.returncode, third.stderr) == (0, "")
    assert kept(store, "certificates", "serial")[-1] == ("D1",)


def test_two_real_loaders_race_and_none_is_lost(tmp_path: Path, store: Store) -> None:
    paths = [
        write(tmp_path / f"R{number}.csv", CERTIFICATES, certificate(f"R{number}"))
        for number in range(2)
    ]
    running = [
        subprocess.Popen(
            command(store, "load", "certificates", path),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for path in paths
    ]
    codes = [process.wait() for process in running]
    assert set(codes) <= {0, 2}
    assert 0 in codes
    loaded = {row[0] for row in kept(store, "certificates", "serial")}
    for number, code in enumerate(codes):
        assert (f"R{number}" in loaded) == (code == 0)

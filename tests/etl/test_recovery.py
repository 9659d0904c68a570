"""What goes wrong beside the records: the state stays, one sentence says what happened, exit 2."""

import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adoption.store import Store, StoreError, open_store
from etl.history import ledger
from tests.etl.files import CERTIFICATES, certificate, counts, kept, load_files, write
from tests.etl.stores import contents, copied

ROOT = Path(__file__).parents[2]


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
    """Three loads, so that there are versions to fall back to: a copy, which a test may damage."""
    return copied(three_loads, tmp_path)


def version_file(store: Store) -> Path:
    return store.folder / "versions" / f"{store.version}.duckdb"  # type: ignore[attr-defined]


def current(store: Store) -> Path:
    return store.folder / "CURRENT"  # type: ignore[attr-defined,no-any-return]


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite_start(path: Path) -> None:
    """As long as before, so that only opening it tells."""
    size = path.stat().st_size
    path.write_bytes(b"\xff" * 16384 + path.read_bytes()[16384:])
    assert path.stat().st_size == size


DAMAGE: dict[str, Callable[[Store], object]] = {
    "empty": lambda store: current(store).write_text(""),
    "binary": lambda store: current(store).write_bytes(bytes(range(256))),
    "half": lambda store: current(store).write_text(store.version[:9]),
    "outside": lambda store: current(store).write_text("../../etc/passwd"),
    "gone": lambda store: current(store).unlink(),
}
RUIN: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut": cut_in_half,
    "one byte short": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "overwritten": overwrite_start,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_pointer_shows_the_newest_version(
    tmp_path: Path, store: Store, damage: str
) -> None:
    before, version = contents(store), store.version
    DAMAGE[damage](store)
    store.close()
    assert contents(store) == before
    assert store.version == version
    assert store.notice is not None
    assert "CURRENT" in store.notice.en
    path = write(tmp_path / "D.csv", CERTIFICATES, certificate("D1"))
    assert counts(load_files(store, "certificates", path)[0]) == (1, 1, 0, 0, 0)
    assert kept(store, "certificates", "serial") == [("A1",), ("B1",), ("C1",), ("D1",)]
    assert store.notice is None


@pytest.mark.parametrize("ruin", RUIN)
def test_a_ruined_version_shows_the_one_before(tmp_path: Path, store: Store, ruin: str) -> None:
    RUIN[ruin](version_file(store))
    named = current(store).read_text().strip()
    reader = open_store(store.url)
    assert kept(reader, "certificates", "serial") == [("A1",), ("B1",)]
    assert len(list(ledger.list_loads(reader))) == 2
    assert reader.version != named
    assert reader.notice is not None
    assert named in reader.notice.en
    assert named in reader.notice.zh
    path = write(tmp_path / "D.csv", CERTIFICATES, certificate("D1"))
    assert load_files(reader, "certificates", path)[0].load == 4
    assert kept(reader, "certificates", "serial") == [("A1",), ("B1",), ("D1",)]
    assert reader.notice is None


def test_a_reader_that_is_open_falls_back_as_well(store: Store) -> None:
    reader = open_store(store.url)
    assert len(kept(reader, "certificates", "serial")) == 3
    cut_in_half(version_file(store))
    reader.close()
    assert len(kept(reader, "certificates", "serial")) == 2


def test_no_version_that_opens_says_what_to_do(store: Store) -> None:
    for path in version_file(store).parent.iterdir():
        cut_in_half(path)
    with pytest.raises(StoreError, match="python -m etl rebuild") as refused:
        kept(open_store(store.url), "certificates", "serial")
    assert "請執行 python -m etl rebuild" in refused.value.zh


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


def test_the_command_says_that_it_fell_back(store: Store) -> None:
    cut_in_half(version_file(store))
    shown = etl(store, "loads", "--json")
    assert shown.returncode == 0
    assert len(shown.stdout.splitlines()) == 2
    assert shown.stderr.count("\n") == 1
    assert "rebuild" in shown.stderr


def small_files_only(limit: int) -> Callable[[], None]:
    """No file may grow beyond `limit` bytes: writing fails as it does on a full disk."""

    def set_limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return set_limit


@pytest.mark.parametrize("room", [0, 20_000])
def test_a_full_disk(tmp_path: Path, store: Store, room: int) -> None:
    before, version = contents(store), store.version
    store.close()
    limit = room if room < 10_000 else version_file(store).stat().st_size + room
    # Serials that do not compress: the version has to grow by more than there is room for.
    serials = [hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(20_000)]
    rows = [certificate(serial) for serial in serials]
    path = write(tmp_path / "D.csv", CERTIFICATES, *rows)
    failed = etl(store, "load", "certificates", path, before=small_files_only(limit))
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.count("\n") == 1
    assert "the disk is full or the quota used up; nothing was loaded" in failed.stderr
    assert (contents(store), store.version) == (before, version)
    assert [p.name for p in store.folder.rglob("*.new*")] == []  # type: ignore[attr-defined]
    store.close()
    if room == 0:
        assert load_files(store, "certificates", path)[0].kept == 20_000


@pytest.fixture
def readable_store(store: Store) -> Iterator[Store]:
    """The store in a folder that every user may read and none may write."""
    folder = Path(tempfile.mkdtemp())
    shutil.copytree(store.folder, folder / "store")  # type: ignore[attr-defined]
    write(folder / "D.csv", CERTIFICATES, certificate("D1"))
    try:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield open_store(f"lake:///{folder}/store")
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)
        shutil.rmtree(folder)


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


def test_a_folder_without_permission(readable_store: Store) -> None:
    store = readable_store
    before, version = contents(store), store.version
    path = store.folder.parent / "D.csv"  # type: ignore[attr-defined]

    def without_privileges(
        *arguments: object, lang: str = "en"
    ) -> subprocess.CompletedProcess[str]:
        stated = [*map(str, arguments), "--store", store.url, "--lang", lang]
        return subprocess.run(
            [sys.executable, "-c", WITHOUT_PRIVILEGES, *stated],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    failed = without_privileges("load", "certificates", path)
    assert (failed.returncode, failed.stdout, failed.stderr.count("\n")) == (2, "", 1)
    assert "cannot be written to (no permission, or read-only)" in failed.stderr
    assert "沒有權限或唯讀" in without_privileges("load", "certificates", path, lang="zh").stderr
    shown = without_privileges("loads", "--json")
    assert (shown.returncode, len(shown.stdout.splitlines())) == (0, 3)
    assert (contents(store), store.version) == (before, version)


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
    assert (store.folder / "LOCK").exists()  # type: ignore[attr-defined]
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

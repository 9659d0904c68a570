"""A store copied to another engine and back: complete, compared, or not at all."""

from pathlib import Path

import pytest

from adoption.command import CommandError
from adoption.store import Store, StoreBusyError
from etl.history import copy, ledger, log, replay
from etl.mapping.headers import UnreadableFile
from tests.engines import ENGINES, Engine
from tests.etl.files import CERTIFICATES, certificate, load_files, write
from tests.etl.stores import contents
from tests.etl.test_replay import LATER, load_all

# From the embedded engine to each other, and back.
PAIRS = [pair for other in ENGINES[1:] for pair in ((ENGINES[0], other), (other, ENGINES[0]))]


def of(request: pytest.FixtureRequest, name: str) -> Engine:
    found: Engine = request.getfixturevalue(name)
    return found


def archive_of(store: Store) -> dict[str, bytes]:
    assert store.folder is not None
    files = (store.folder / "archive").iterdir()
    return {path.name: path.read_bytes() for path in files if path.name != "ledger.jsonl"}


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_copy_is_the_whole_store(
    request: pytest.FixtureRequest, one: str, other: str, tmp_path: Path
) -> None:
    source, target = (of(request, one).new(tmp_path / "a"), of(request, other).new(tmp_path / "b"))
    (tmp_path / "files").mkdir()
    load_all(source, tmp_path / "files")
    replay.revert(source, [2], by="chief", now=LATER)
    heard: list[tuple[str, float]] = []
    done = copy.copy(source, target, progress=lambda *said: heard.append(said))
    assert contents(target) == contents(source)
    assert archive_of(target) == archive_of(source)
    assert target.folder is not None
    assert source.folder is not None
    assert log.log_of(target.folder / "archive") == log.log_of(source.folder / "archive")
    assert [v.publication for v in target.versions()] == [v.publication for v in source.versions()]
    assert done.version == source.version
    assert {part.table: part.rows for part in done.tables} == {
        name: len(rows) for name, rows in contents(source).items()
    }
    assert (done.files, done.bytes) == (
        len(archive_of(source)),
        sum(map(len, archive_of(source).values())),
    )
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert [doing for doing, _ in heard][-1] == "publish"
    # The copy lives on by itself: it can be made again, and the next load gets the next number.
    before = contents(target)
    replay.rebuild(target)
    assert contents(target) == before
    path = write(tmp_path / "n.csv", CERTIFICATES, certificate("N"))
    assert load_files(target, "certificates", path)[0].load == 7


def test_checksums_do_not_depend_on_the_engine(
    engine: Engine, lake_engine: Engine, sample_store: Store, tmp_path: Path
) -> None:
    there, back = engine.new(tmp_path / "there"), lake_engine.new(tmp_path / "back")
    done = copy.copy(sample_store, there)
    assert copy.copy(there, back).tables == done.tables
    assert {part.table: part.rows for part in done.tables}["certificates"] == 5_000
    assert contents(back) == contents(sample_store)


@pytest.mark.parametrize("held", ["records", "archive"])
def test_a_target_that_holds_anything_is_refused(engine: Engine, tmp_path: Path, held: str) -> None:
    source, target = engine.new(tmp_path / "a"), engine.new(tmp_path / "b")
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    load_files(source, "certificates", path)
    assert target.folder is not None
    if held == "records":
        load_files(target, "certificates", path)
    else:
        (target.folder / "archive").mkdir(parents=True)
        (target.folder / "archive" / "ledger.jsonl").write_bytes(
            (tmp_path / "a" / "store" / "archive" / "ledger.jsonl").read_bytes()
        )
    known = log.log_of(target.folder / "archive")
    with pytest.raises(CommandError, match="it holds records or an archive already"):
        copy.copy(source, target)
    assert log.log_of(target.folder / "archive") == known


def test_nothing_to_copy(engine: Engine, tmp_path: Path) -> None:
    source, target = engine.new(tmp_path / "a"), engine.new(tmp_path / "b")
    with pytest.raises(CommandError, match="the store is empty"):
        copy.copy(source, target)
    assert target.version == "empty"


def check_nothing_was_copied(target: Store) -> None:
    assert target.version == "empty"
    assert target.folder is not None
    assert list((target.folder / "archive").glob("*")) == []


@pytest.mark.parametrize("what", ["missing", "damaged"])
def test_an_archive_that_is_not_whole_is_not_copied(
    engine: Engine, tmp_path: Path, what: str
) -> None:
    source, target = engine.new(tmp_path / "a"), engine.new(tmp_path / "b")
    for name in ("a", "b"):
        path = write(tmp_path / f"{name}.csv", CERTIFICATES, certificate(name))
        load_files(source, "certificates", path)
    (lost,) = (
        tmp_path / "a" / "store" / "archive" / file["sha256"]
        for file in ledger.list_loads(source)
        if file["file"] == "b.csv"
    )
    if what == "missing":
        lost.unlink()
    else:
        lost.write_bytes(b"something else")
    with pytest.raises(UnreadableFile, match=r"b\.csv"):
        copy.copy(source, target)
    check_nothing_was_copied(target)


def test_a_copy_that_is_not_equal_is_not_published(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = engine.new(tmp_path / "a"), engine.new(tmp_path / "b")
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    load_files(source, "certificates", path)
    text = copy.csv_text
    answers = iter([b"as the source has it"])
    monkeypatch.setattr(
        copy,
        "csv_text",
        lambda rows: text(rows) if rows.num_columns < 16 else next(answers, b""),
    )
    with pytest.raises(CommandError, match="certificates: the copy is not what the source has"):
        copy.copy(source, target)
    check_nothing_was_copied(target)


def test_nothing_is_copied_while_another_writes(engine: Engine, tmp_path: Path) -> None:
    source, target = engine.new(tmp_path / "a"), engine.new(tmp_path / "b")
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    load_files(source, "certificates", path)
    with target.writing(), pytest.raises(StoreBusyError):
        copy.copy(source, target)


def test_a_load_that_is_published_meanwhile_is_not_half_in_the_copy(
    engine: Engine, tmp_path: Path
) -> None:
    source, target = engine.new(tmp_path / "a"), engine.new(tmp_path / "b")
    first, second = (
        write(tmp_path / f"{name}.csv", CERTIFICATES, certificate(name)) for name in ("a", "b")
    )
    load_files(source, "certificates", first)
    before = contents(source)
    loaded: list[bool] = []

    def progress(doing: str, share: float) -> None:
        if not loaded:
            loaded.append(True)
            load_files(source, "certificates", second)

    copy.copy(source, target, progress=progress)
    assert loaded
    assert contents(target) == before

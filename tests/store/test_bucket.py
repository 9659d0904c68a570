"""The data in a bucket: an S3-compatible server on loopback, the catalog in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adoption.store import Store, StoreError, open_store
from etl.history import replay
from tests.engines.bucket import BUCKET, ObjectStore, object_store
from tests.engines.postgresql import Server
from tests.etl.files import CERTIFICATES, NOW, certificate, kept, load_files, write
from tests.etl.stores import contents


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    with object_store(tmp_path) as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found


@pytest.fixture
def url(bucket: ObjectStore, shared_engine: object, postgresql: Server, tmp_path: Path) -> str:
    of_bucket = postgresql.url(postgresql.new_database(), data=f"s3://{BUCKET}/here")
    return f"{of_bucket}&folder={tmp_path}/folder"


@pytest.fixture
def loaded(url: str, tmp_path: Path) -> Store:
    store = open_store(url)
    first = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    second = write(tmp_path / "b.csv", CERTIFICATES, certificate("A1", 卡別="附卡"))
    load_files(store, "certificates", first)
    load_files(store, "certificates", second)
    return store


def test_a_bucket_is_as_good_as_a_folder(
    bucket: ObjectStore, loaded: Store, url: str, tmp_path: Path
) -> None:
    reader = open_store(url.partition("&folder")[0])  # who only reads needs no folder
    second, first = [version.name for version in reader.versions()]
    assert kept(reader, "certificates", "serial", "card") == [
        ("A1", "additional"),
        ("A2", "primary"),
    ]
    with reader.at(first) as earlier:
        assert {row[4] for row in contents(earlier)["certificates"]} == {"primary"}
    assert [change.key for change in reader.changes(first, second)] == [{"serial": "A1"}]
    names = bucket.names()
    assert all(name.startswith("here/") and name.endswith(".parquet") for name in names)
    assert not list((tmp_path / "folder").rglob("*.parquet"))
    replay.revert(loaded, [1], by="tests", now=NOW)
    assert kept(reader, "certificates", "serial", "card") == [("A1", "additional")]
    before = contents(reader)
    loaded.maintain()
    assert contents(reader) == before
    replay.rebuild(loaded)
    assert contents(reader) == before
    assert len(reader.versions()) == 3


def test_wrong_keys_a_missing_file_and_a_server_that_is_away_are_told(
    bucket: ObjectStore, loaded: Store, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "c.csv", CERTIFICATES, certificate("A3"))
    with monkeypatch.context() as wrong:
        wrong.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        stranger = open_store(url)
        with pytest.raises(StoreError, match="refused") as refused:
            kept(stranger, "certificates", "serial")
        with pytest.raises(StoreError, match="refused"):
            load_files(stranger, "certificates", path)
    assert "AWS_ACCESS_KEY_ID" in str(refused.value)
    assert "AWS_ACCESS_KEY_ID" in refused.value.zh
    bucket.process.kill()
    bucket.process.wait()
    for ask in (
        lambda: kept(open_store(url), "certificates", "serial"),
        lambda: load_files(loaded, "certificates", path),
    ):
        with pytest.raises(StoreError, match="no connection") as away:
            ask()
        assert "\n" not in str(away.value)
    assert len(loaded.versions()) == 2

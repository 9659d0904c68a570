"""The store in PostgreSQL: lost connections, killed servers, what is kept, roles, secrets, TLS."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import duckdb
import psycopg
import pytest
from sqlalchemy import select

from adoption.command import sentences
from adoption.store import (
    EMPTY_VERSION,
    LAYOUT,
    Store,
    StoreBusyError,
    StoreError,
    Writer,
    lake,
    open_store,
)
from adoption.store.datafiles import NewFiles
from adoption.store.schema import units
from etl.history import replay
from tests.engines.postgresql import Server, self_signed
from tests.etl.files import CERTIFICATES, NOW, certificate, kept, load_files, write
from tests.etl.stores import contents
from tests.store.rows import add_units, codes_in, rows_of_units

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations-shared.md"
PASSWORD = "s3cr@t/w:ord"
ENCODED = "s3cr%40t%2Fw%3Aord"


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The server of the test process, without the databases of this test afterwards."""
    found: Server = request.getfixturevalue("postgresql")
    found.start()
    yield found
    found.start()
    found.drop_databases()


@pytest.fixture
def store(server: Server, tmp_path: Path) -> Store:
    return server.new_store(tmp_path / "store")


def database_of(store: Store) -> str:
    return store.url.split("/")[3].partition("?")[0]


# Connections --------------------------------------------------------------------------------------


def test_a_connection_that_was_lost_at_rest_is_replaced(server: Server, store: Store) -> None:
    add_units(store, "M01")
    assert codes_in(store) == ["M01"]
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'adoption'"
    )
    assert codes_in(store) == ["M01"]


def test_a_server_that_is_gone_is_told_in_a_sentence_and_asked_again(
    server: Server, store: Store
) -> None:
    add_units(store, "M01")
    server.kill()
    for ask in (
        lambda: store.version,
        lambda: codes_in(store),
        lambda: store.writing().__enter__(),
    ):
        with pytest.raises(StoreError, match="no connection") as refused:
            ask()
        zh, en, code = sentences(refused.value, "")
        assert en.startswith(f"PostgreSQL 127.0.0.1:{server.port}/store_")
        assert "try again" in en
        assert "連不上" in zh
        assert "\n" not in zh + en
        assert code == 2
    server.start()
    assert codes_in(store) == ["M01"]


def test_a_page_lives_through_a_restart_of_the_server(server: Server, store: Store) -> None:
    add_units(store, "M01")
    with store.at(store.version) as reader:
        assert codes_in(reader) == ["M01"]
        server.kill()
        with pytest.raises(StoreError, match="no connection"):
            store.version  # noqa: B018
        server.start()
        assert codes_in(reader) == ["M01"]
        server.kill()
        server.start()
        assert [batch.num_rows for batch in reader.batches(select(units.c.name))] == [1]
    assert codes_in(store) == ["M01"]


def test_an_address_without_a_server_a_database_or_a_user_is_told(server: Server) -> None:
    for url in (
        "lake+postgresql://127.0.0.1:1/adoption?data=/srv",
        server.url("nothing"),
        server.url("postgres", user="nobody"),
    ):
        with pytest.raises(StoreError, match="no connection"):
            open_store(url).version  # noqa: B018
    with pytest.raises(StoreError, match="has no tables of this program yet") as refused:
        open_store(server.url("postgres")).version  # noqa: B018
    assert "python -m etl upgrade" in refused.value.zh


# Loads --------------------------------------------------------------------------------------------


def load_and(store: Store, path: Path, happens: object, doing: str) -> None:
    """A load in which something happens once, at the first word of that step."""
    done: list[str] = []

    def progress(now: str, _: float) -> None:
        if now == doing and not done:
            done.append(now)
            happens()  # type: ignore[operator]

    load_files(store, "certificates", path, progress=progress)


@pytest.mark.parametrize("doing", ["read", "keep", "publish"])
def test_a_server_killed_within_a_load_leaves_the_old_state(
    server: Server, store: Store, tmp_path: Path, doing: str
) -> None:
    first = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    second = write(
        tmp_path / "b.csv", CERTIFICATES, certificate("A1", 卡別="附卡"), certificate("A2")
    )
    load_files(store, "certificates", first)
    before, archive = contents(store), sorted((tmp_path / "store" / "archive").iterdir())

    def restart() -> None:
        server.kill()
        server.start()

    with pytest.raises(StoreError, match="no connection"):
        load_and(store, second, restart, doing)
    assert contents(store) == before
    assert sorted((tmp_path / "store" / "archive").iterdir()) == archive
    assert load_files(store, "certificates", second)[0].kept == 2


class Unheard:
    """A connection of DuckDB whose COMMIT comes to the server, or not, and is never answered."""

    def __init__(self, connection: Any, arrives: bool, then: Callable[[], object]) -> None:
        self._connection, self._arrives, self._then = connection, arrives, then

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *parameters: object) -> Any:
        if statement != "COMMIT":
            return self._connection.execute(statement, *parameters)
        self._connection.execute("COMMIT" if self._arrives else "ROLLBACK")
        self._then()
        raise duckdb.IOException("server closed the connection unexpectedly")


@pytest.fixture
def losing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def lose(*, arrives: bool, then: Callable[[], object] = lambda: None) -> None:
        commit = Store._commit

        def unheard(store: Store, writer: Writer, new: NewFiles) -> None:
            writer.connection = cast("Any", Unheard(writer.connection, arrives, then))
            commit(store, writer, new)

        monkeypatch.setattr(Store, "_commit", unheard)

    return lose


def load_units(store: Store) -> list[bool]:
    """What those beside the store hear: whether it was published."""
    heard: list[bool] = []
    try:
        with store.writing() as writer:
            writer.at_end(heard.append)
            writer.append(units, rows_of_units("M01"))
    finally:
        told.append(heard)
    return heard


told: list[list[bool]] = []


def test_a_load_whose_answer_was_lost_is_published_all_the_same(
    store: Store, losing: Callable[..., None]
) -> None:
    losing(arrives=True)
    assert load_units(store) == [True]
    assert codes_in(store) == ["M01"]


def test_a_load_that_was_lost_before_it_was_published_is_undone(
    store: Store, losing: Callable[..., None]
) -> None:
    losing(arrives=False)
    with pytest.raises(StoreError, match="no connection"):
        load_units(store)
    assert told[-1] == [False]
    assert codes_in(store) == []


def test_when_nobody_can_say_whether_it_was_published_that_is_said(
    server: Server, store: Store, monkeypatch: pytest.MonkeyPatch, losing: Callable[..., None]
) -> None:
    monkeypatch.setattr(lake, "_SECONDS_TO_FIND_OUT", 0.2)
    losing(arrives=False, then=server.kill)
    with pytest.raises(StoreError, match="python -m etl loads"):
        load_units(store)
    assert told[-1] == []  # files beside the store stay as after a crash: either may be true
    monkeypatch.undo()
    server.start()
    add_units(store, "M01")


def test_a_loader_that_is_gone_gives_way(server: Server, store: Store) -> None:
    other = open_store(store.url)

    def load_that_is_cut_off() -> None:
        with store.writing() as writer:
            writer.append(units, rows_of_units("M01"))
            with pytest.raises(StoreBusyError):
                add_units(other, "M02")
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            )
            until = time.monotonic() + 10
            while codes_in(other) == [] and time.monotonic() < until:
                with suppress(StoreBusyError):
                    add_units(other, "M02")

    with pytest.raises(StoreBusyError, match="published at the same moment"):
        load_that_is_cut_off()
    assert codes_in(store) == ["M02"]


def test_a_folder_for_the_archive_and_for_the_data_is_wanted(server: Server) -> None:
    name = server.new_database()
    bucket = server.url(name).replace(f"data={server.folder}/no-data", "data=s3://bucket/prefix")
    with pytest.raises(StoreError, match="add &folder=FOLDER"):
        add_units(open_store(bucket), "M01")
    with pytest.raises(StoreError, match=r"add \?data=FOLDER"):
        open_store(bucket.replace("data=s3://bucket/prefix", ""))
    assert open_store(bucket).version == "empty"


def test_an_archive_that_cannot_be_written_to_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = server.new_store(tmp_path / "file")
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    with pytest.raises(StoreError, match="/file"):
        load_files(store, "certificates", path)
    assert store.version == "empty"


def test_a_standby_takes_no_load(server: Server, store: Store) -> None:
    name = database_of(store)
    server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(StoreError, match="takes no changes"):
        add_units(store, "M01")


# Roles --------------------------------------------------------------------------------------------


def statements_of_the_document() -> list[list[str]]:
    """Each block of SQL under Install, by its statements."""
    text = DOCUMENT.read_text("utf-8").partition("## How it behaves")[0]
    blocks = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    return [[part.strip() for part in block.split(";") if part.strip()] for block in blocks]


@pytest.fixture
def installed(server: Server, tmp_path: Path) -> Iterator[Server]:
    """A database as the document has it installed."""
    roles, privileges, by_hand = statements_of_the_document()
    server.execute("DROP DATABASE IF EXISTS adoption WITH (FORCE)")
    try:
        for statement in roles:
            server.execute(statement)
        for statement in privileges:
            server.execute(statement, "adoption", "adoption_owner")
        assert as_role(server, tmp_path, "owner").upgrade() == (None, LAYOUT)
        for statement in by_hand:  # harmless where nothing is missing
            server.execute(statement, "adoption", "adoption_owner")
        yield server
    finally:
        server.execute("DROP DATABASE IF EXISTS adoption WITH (FORCE)")
        for role in ("owner", "loader", "reader"):
            server.execute(f"DROP ROLE IF EXISTS adoption_{role}")


def as_role(server: Server, tmp_path: Path, role: str) -> Store:
    return open_store(server.url("adoption", tmp_path / "data", f"adoption_{role}"))


def test_a_loader_loads_a_reader_reads_and_the_owner_rebuilds(
    installed: Server, tmp_path: Path
) -> None:
    owner, loader, reader = (
        as_role(installed, tmp_path, role) for role in ("owner", "loader", "reader")
    )
    assert reader.version == EMPTY_VERSION
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    load_files(loader, "certificates", path)
    changed = write(tmp_path / "b.csv", CERTIFICATES, certificate("A1", 卡別="附卡"))
    load_files(loader, "certificates", changed)
    replay.revert(loader, [2], by="tests", now=NOW)
    loader.maintain()
    second, first = [version.name for version in reader.versions()][1:]
    assert kept(reader, "certificates", "serial") == [("A1",), ("A2",)]
    assert [change.change for change in reader.changes(first, second)] == ["changed"]
    before = contents(reader)
    with pytest.raises(StoreError, match="this user may not do that"):
        replay.rebuild(loader)
    replay.rebuild(owner)
    assert contents(reader) == before
    load_files(loader, "certificates", changed)  # the new tables are as open as the old
    assert len(reader.versions()) == 4


def test_a_reader_writes_nothing(installed: Server, tmp_path: Path) -> None:
    reader = as_role(installed, tmp_path, "reader")
    for writes in (
        lambda: add_units(reader, "M01"),
        lambda: open_store(reader.url).rebuilding().__enter__().upgrade(),
    ):
        with pytest.raises(StoreError, match="this user may not do that") as refused:
            writes()
        assert "沒有權限" in refused.value.zh
    assert reader.version == EMPTY_VERSION
    for statement in (
        "INSERT INTO adoption.ducklake_snapshot (snapshot_id) VALUES (9)",
        "DELETE FROM adoption.ducklake_snapshot",
        "UPDATE adoption.ducklake_metadata SET value = 'x'",
        "CREATE TEMPORARY TABLE t (n integer)",
        "CREATE TABLE adoption.t (n integer)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            installed.execute(statement, "adoption", "adoption_reader")


def test_a_loader_drops_and_alters_nothing(installed: Server) -> None:
    for statement in (
        "DROP TABLE adoption.ducklake_snapshot CASCADE",
        "TRUNCATE adoption.ducklake_snapshot",
        "ALTER TABLE adoption.ducklake_snapshot ADD COLUMN n integer",
        "DROP SCHEMA adoption CASCADE",
        "CREATE TABLE adoption.t (n integer)",
        "CREATE SCHEMA other",
        "CREATE TEMPORARY TABLE t (n integer)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            installed.execute(statement, "adoption", "adoption_loader")


# Secrets and TLS ----------------------------------------------------------------------------------


def test_a_password_is_in_no_url_message_or_name(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.execute("DROP ROLE IF EXISTS secretive")
    server.execute(f"CREATE ROLE secretive LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    stated = server.url(server.new_database(), tmp_path / "f", f"secretive:{ENCODED}")
    store = open_store(stated)
    add_units(store, "M01")
    assert "secretive@" in store.url
    said = [store.url, repr(store), str(vars(store)), store.version]
    # The same store without it, as a job of the 資料 page is told: the environment has it.
    for libpq in ("PGPASSWORD", "PGPASSFILE"):
        monkeypatch.delenv(libpq, raising=False)
    with pytest.raises(StoreError, match="no connection") as refused:
        open_store(store.url).version  # noqa: B018
    said += sentences(refused.value, "")[:2]
    monkeypatch.setenv("ADOPTION_STORE", stated)
    assert codes_in(open_store(store.url)) == ["M01"]
    wrong = stated.replace(ENCODED, ENCODED + "x")
    with pytest.raises(StoreError, match="password authentication failed") as refused:
        open_store(wrong).version  # noqa: B018
    said += sentences(refused.value, "")[:2]
    for broken in (wrong.replace("@127", "@[127"), stated.replace("lake+", ""), f"{stated}&x=1"):
        with pytest.raises(StoreError) as refused:
            open_store(broken).version  # noqa: B018
        said += sentences(refused.value, "")[:2]
    server.kill()
    with pytest.raises(StoreError) as refused:
        codes_in(store)
    said += sentences(refused.value, "")[:2]
    assert [text for text in said if "s3cr" in text] == []


def test_tls_is_as_the_url_wants_it(server: Server, tmp_path: Path) -> None:
    """`private` may only come by TLS; whose server it is is checked."""
    server.execute("DROP ROLE IF EXISTS private")
    server.execute("CREATE ROLE private LOGIN SUPERUSER")
    name = server.new_database()

    def by(**stated: str) -> Store:
        return open_store(server.url(name, tmp_path / "f", "private", **stated))

    good = by(sslmode="verify-full", sslrootcert=str(server.certificate))
    add_units(good, "M01")
    assert codes_in(good) == ["M01"]
    encrypted = server.execute(
        "SELECT bool_and(ssl) FROM pg_stat_ssl NATURAL JOIN pg_stat_activity"
        " WHERE usename = 'private'"
    )
    assert encrypted == [(True,)]
    with pytest.raises(StoreError, match=r"pg_hba\.conf rejects connection"):
        by(sslmode="disable").version  # noqa: B018
    other = tmp_path / "other.pem"
    self_signed(other, tmp_path / "other.key")
    with pytest.raises(StoreError, match="certificate"):
        by(sslmode="verify-full", sslrootcert=str(other)).version  # noqa: B018

"""DuckDB: connections with the extensions that the lake needs, and SQLAlchemy's statements on it.

The extensions come as wheels of the very version of duckdb, are signed, and are loaded from where
pip put them: nothing is downloaded when the program runs.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import duckdb
import pandas as pd
import pyarrow as pa
from duckdb_sqlalchemy import Dialect
from sqlalchemy import Executable, Table

from adoption.store.address import Address
from adoption.store.errors import StoreError

Connection = duckdb.DuckDBPyConnection
# Where it is found beside a lake's own tables: see `look_at`.
_CALENDAR = (
    "CREATE VIEW memory.main.calendar AS SELECT CAST(m AS DATE) AS month, "
    "CAST(m + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS month_end "
    "FROM range(DATE '1912-01-01', DATE '2112-01-01', INTERVAL 1 MONTH) months(m)"
)
_dialect = Dialect(paramstyle="numeric_dollar")


def connect(address: Address, **settings: str) -> Connection:
    """A DuckDB of its own, in memory, that can attach the lake at `address`."""
    extensions = ["ducklake", "sqlite_scanner" if address.database is None else "postgres_scanner"]
    if address.is_bucket:
        extensions.append("httpfs")
    connection = _from_rest(tuple(extensions), settings)
    if connection is None:
        connection = duckdb.connect(config=dict(settings))
        for name in extensions:
            _load(connection, name)
        connection.execute(_CALENDAR)
        # A load that meets another's commit is told so; it never commits over it.
        connection.execute("SET ducklake_max_retry_count = 0")
        _extensions[connection] = tuple(extensions)
    if address.is_bucket:
        connection.execute(_bucket_secret())
    return connection


# Loading extensions takes a quarter of a second, as DuckDB checks their signatures: a DuckDB that
# is done with is kept for the next who needs one, in this process.
_extensions: WeakKeyDictionary[Connection, tuple[str, ...]] = WeakKeyDictionary()
_at_rest: list[tuple[int, Connection]] = []
_MOST_AT_REST = 3


def _from_rest(extensions: tuple[str, ...], settings: Mapping[str, str]) -> Connection | None:
    for place, (process, connection) in reversed(list(enumerate(_at_rest))):
        if process == os.getpid() and _extensions.get(connection) == extensions:
            try:
                del _at_rest[place]
                for name, value in settings.items():
                    connection.execute(f"SET {name} = {quoted(value)}")
                return connection
            except (duckdb.Error, IndexError):  # another thread took it, or it has spilled before
                continue
    return None


def close(connection: Connection) -> None:
    """Also when the database behind it is gone: closed within a transaction whose ROLLBACK fails,
    DuckDB ends the whole process."""
    with suppress(duckdb.Error):
        connection.execute("ROLLBACK")
    # One that has read a bucket keeps what it read, whatever the next one's keys allow.
    extensions = _extensions.get(connection, ("httpfs",))
    if "httpfs" not in extensions and len(_at_rest) < _MOST_AT_REST:
        with suppress(duckdb.Error):
            _cleared(connection)
            _at_rest.append((os.getpid(), connection))
            return
    with suppress(duckdb.Error):
        connection.close()


def _cleared(connection: Connection) -> None:
    """Without anything that was made or attached."""
    connection.execute("SET search_path = 'memory.main'")
    attached = "SELECT database_name FROM duckdb_databases() WHERE NOT internal"
    for (name,) in connection.execute(attached).fetchall():
        if name != "memory":
            connection.execute(f'DETACH "{name}"')
    # Only now: to list tables and views, it reads the catalogs of all that is attached.
    made = "SELECT table_name FROM duckdb_tables() WHERE temporary"
    for (name,) in connection.execute(made).fetchall():
        connection.execute(f'DROP TABLE temp."{name}"')
    registered = "SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal"
    for (name,) in connection.execute(registered).fetchall():
        connection.unregister(name)
    connection.execute("RESET memory_limit; RESET preserve_insertion_order")


def look_at(connection: Connection, lake: str) -> None:
    """Have the names of tables mean those of `lake`, an attached catalog."""
    connection.execute(f"SET search_path = '{lake}.main,memory.main'")


def _load(connection: Connection, name: str) -> None:
    package = f"duckdb_extension_{name}"
    found = find_spec(package)
    places = list(found.submodule_search_locations or ()) if found else []
    version = f"v{duckdb.__version__}"
    file = Path(*places[:1], "extensions", version, f"{name}.duckdb_extension")
    try:
        if not file.is_file():
            raise FileNotFoundError(file)
        connection.execute(f"LOAD {quoted(file.as_posix())}")
    except (OSError, duckdb.Error) as error:
        wheel = f"{package.replace('_', '-')}=={duckdb.__version__}"
        raise StoreError(
            f"DuckDB lacks the extension {name} of its own version; run "
            f"pip install {wheel} (or pip install -r requirements.txt)",
            f"DuckDB 缺少同版本的擴充套件 {name}；請執行 pip install {wheel}"
            "（或 pip install -r requirements.txt）",
        ) from error


def _bucket_secret() -> str:
    stated = os.environ.get("AWS_ENDPOINT_URL", "")
    endpoint = urlsplit(stated)
    parts = {
        "KEY_ID": os.environ.get("AWS_ACCESS_KEY_ID"),
        "SECRET": os.environ.get("AWS_SECRET_ACCESS_KEY"),
        "SESSION_TOKEN": os.environ.get("AWS_SESSION_TOKEN"),
        "REGION": os.environ.get("AWS_REGION", "us-east-1"),
        "ENDPOINT": endpoint.netloc or None,
    }
    said = [f"{name} {quoted(value)}" for name, value in parts.items() if value]
    if stated:  # not Amazon's own, so that buckets are parts of the path
        said += ["URL_STYLE 'path'", f"USE_SSL {str(endpoint.scheme == 'https').lower()}"]
    return f"CREATE OR REPLACE TEMPORARY SECRET bucket (TYPE s3, {', '.join(said)})"


def quoted(text: str) -> str:
    """`text` as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def run(connection: Connection, statement: Executable) -> None:
    compiled = statement.compile(  # type: ignore[attr-defined]
        dialect=_dialect, compile_kwargs={"render_postcompile": True}
    )
    parameters = [compiled.params[name] for name in compiled.positiontup or ()]
    connection.execute(str(compiled), parameters)


def frame(connection: Connection, query: Executable) -> pd.DataFrame:
    run(connection, query)
    rows: pd.DataFrame = connection.to_arrow_table().to_pandas(date_as_object=False)
    return rows


def batches(connection: Connection, query: Executable, rows: int) -> Iterator[pa.RecordBatch]:
    run(connection, query)
    yield from connection.to_arrow_reader(rows)


def create(connection: Connection, table: Table, kind: str = "TABLE") -> None:
    """Without the primary key, which the lake does not have: `merge` keeps keys unique."""
    columns = ", ".join(
        f'"{column.name}" {column.type.compile(dialect=_dialect)}'
        + ("" if column.nullable else " NOT NULL")
        for column in table.columns
    )
    connection.execute(f'CREATE {kind} "{table.name}" ({columns})')

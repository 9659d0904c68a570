"""DuckDB: connections with the extensions that the lake needs, and SQLAlchemy's statements on it.

The extensions come as wheels of the very version of duckdb, are signed, and are loaded from where
pip put them: nothing is downloaded when the program runs.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

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


def connect(address: Address, **config: str) -> Connection:
    """A DuckDB of its own, in memory, that can attach the lake at `address`."""
    connection = duckdb.connect(config=dict(config))
    _load(connection, "ducklake")
    _load(connection, "sqlite_scanner" if address.database is None else "postgres_scanner")
    if address.is_bucket:
        _load(connection, "httpfs")
        connection.execute(_bucket_secret())
    connection.execute(_CALENDAR)
    # A load that meets another's commit is told so; it never commits over it.
    connection.execute("SET ducklake_max_retry_count = 0")
    return connection


def close(connection: Connection) -> None:
    """Also when the database behind it is gone: closed within a transaction whose ROLLBACK fails,
    DuckDB ends the whole process."""
    for end in (lambda: connection.execute("ROLLBACK"), connection.close):
        with suppress(duckdb.Error):
            end()


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

"""What a load does to a PostgreSQL store, within its one transaction."""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
from psycopg import sql
from sqlalchemy import Executable, MetaData, Table
from sqlalchemy.schema import CreateTable

from adoption.store.base import Query
from adoption.store.postgresql import rows as arrow
from adoption.store.postgresql.rows import DIALECT, Connection, in_binary_order
from adoption.store.postgresql.versions import NOW
from adoption.store.verbs import Verbs

# Statistics are renewed once so many rows have come: without them joins are planned badly.
_ROWS_THAT_MATTER = 1_000


class ConnectionReader:
    """Reads in the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def frame(self, query: Query) -> pd.DataFrame:
        frame: pd.DataFrame = arrow.table(self._connection, query).to_pandas(date_as_object=False)
        return frame

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        yield from arrow.batches(self._connection, query, rows)


class PostgreSQLWriter(ConnectionReader, Verbs):
    def __init__(self, connection: Connection) -> None:
        ConnectionReader.__init__(self, connection)
        Verbs.__init__(self)
        self._scratch: set[str] = set()
        # Table -> rows that came since its statistics were renewed.
        self._come: dict[str, int] = {}

    def frame(self, query: Query) -> pd.DataFrame:
        self.renew_statistics()
        return super().frame(query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        self.renew_statistics()
        yield from super().batches(query, rows)

    def run(self, statement: Executable) -> None:
        self.renew_statistics()
        text, parameters = arrow.compiled(statement)
        found = self._connection.execute(text.encode(), parameters)
        written = getattr(getattr(statement, "table", None), "name", None)
        if written is not None:
            self._note(written, found.rowcount)

    def scratch(self, table: Table) -> None:
        self._connection.execute(
            sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(sql.Identifier(table.name))
        )
        own = Table(
            table.name,
            MetaData(),
            *[in_binary_order(column) for column in table.columns],
            prefixes=["TEMPORARY"],
            postgresql_on_commit="DROP",
        )
        self._connection.execute(str(CreateTable(own).compile(dialect=DIALECT)).encode())
        self._scratch.add(table.name)
        self._come.pop(table.name, None)

    def append(self, table: Table, rows: pa.Table) -> None:
        arrow.copy_in(self._connection, table, rows)
        self._note(table.name, rows.num_rows)

    def _note(self, table: str, rows: int) -> None:
        self._come[table] = self._come.get(table, 0) + rows

    def renew_statistics(self) -> None:
        for name, come in self._come.items():
            if come < _ROWS_THAT_MATTER:
                continue
            if name in self._scratch:
                self._connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
            else:
                self._connection.execute(f"SELECT {NOW}.analyse(%s)".encode(), [name])
            self._come[name] = 0

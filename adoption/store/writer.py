"""A store while one load writes to it: a transaction of the lake, and scratch tables beside it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    MetaData,
    Table,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)

from adoption.store import engine
from adoption.store.compute import Compute, Work
from adoption.store.engine import Connection
from adoption.store.errors import told
from adoption.store.reader import LakeReader, Query
from adoption.store.spool import Spool
from adoption.store.versions import EMPTY_VERSION, Publication, snapshot_of


class Writer(LakeReader):
    """Nothing is visible to a reader before the writing context ends well. One statement runs at a
    time: exhaust `batches` before the next call."""

    def __init__(
        self,
        connection: Connection,
        place: str,
        newest: int,
        number: int,
        check: Callable[[int], None],
        scratch: Path,
        compute: Compute | None = None,
    ) -> None:
        """`newest`: the snapshot on which it writes; `number`: that of the publication, which may
        be raised. `check` raises DamagedError where files since a snapshot are not sound.
        `scratch`: a folder for this load alone.
        `compute`: where there are workers."""
        super().__init__(connection, place)
        self.number = number
        self.publication: Publication | None = None
        self._newest = newest
        self._check = check
        self._scratch = scratch
        self._spools: dict[str, Spool] = {}
        self._compute = compute
        self._ends: list[Callable[[bool], None]] = []
        self.written: set[str] = set()  # names of tables whose rows may be others by now

    @property
    def has_workers(self) -> bool:
        """Whether there are machines for `spread`."""
        return self._compute is not None

    def has_rows(self, query: Query) -> bool:
        """Whether it has any."""
        return not self.frame(query.limit(1)).empty

    def spread(self, work: Work, pieces: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
        """What `work`, a function that can be pickled, makes of each of `pieces`, in their order.
        Machines of a cluster do it, once all pieces are there."""
        assert self._compute is not None
        return self._compute.spread(work, pieces)

    def publish(self, publication: Publication) -> None:
        """Say what is written, to be published when the context ends; together with what was said
        before."""
        before = self.publication
        self.publication = publication if before is None else before.and_load(publication)

    def scratch(self, table: Table) -> None:
        """Make `table` (empty, in place of one of that name) for this load; never published."""
        with told(self._place):
            engine.create(self.connection, table, kind="OR REPLACE TEMP TABLE")

    def spool(self, table: Table) -> None:
        """Make `table` for this load as a file: it is appended to, `complete`, and only read."""
        self._spools[table.name] = Spool(self._scratch / f"{table.name}.arrow")

    def complete(self, table: Table) -> None:
        """Have a spool be read as a table."""
        with told(self._place):
            spool = self._spools[table.name]
            if spool.complete():
                self.connection.register(table.name, spool.table())
                return
        del self._spools[table.name]
        self.scratch(table)

    def is_spool(self, table: Table) -> bool:
        return table.name in self._spools

    def spooled(self, table: Table) -> Iterator[pa.RecordBatch]:
        """The rows of a spool in the order in which they came; other calls may go between."""
        with told(self._place):
            yield from self._spools[table.name].batches() if self.is_spool(table) else ()

    def append(self, table: Table, rows: pa.Table) -> None:
        """Add `rows` to `table`. Columns are matched by name; absent ones become NULL."""
        self.written.add(table.name)
        if table.name in self._spools:
            with told(self._place):
                self._spools[table.name].append(rows)
            return
        # DuckDB finds `rows` by its name in this function. A registered view would keep every batch
        # in memory until the transaction ends.
        with told(self._place):
            self.connection.execute(f'INSERT INTO "{table.name}" BY NAME SELECT * FROM rows')

    def insert(self, table: Table, query: Query) -> None:
        """Add what `query` gives to `table`; the query's columns are labelled as the table's."""
        self.written.add(table.name)
        names = [column.name for column in query.selected_columns]
        self._run(insert(table).from_select(names, query))

    def merge(self, table: Table, query: Query) -> None:
        """Upsert: rows of `query` replace those of `table` with the same primary key.

        `query` names every column of the table and holds no primary key twice.
        """
        if self.frame(select(func.count()).select_from(table)).iat[0, 0] == 0:
            self.insert(table, query)
            return
        # The query may read the very table that it changes, so its answer is kept first.
        new = Table("rows_to_merge", MetaData(), *[Column(c.name, c.type) for c in table.columns])
        self.scratch(new)
        self.insert(new, query)
        same_key = [new.c[column.name] == column for column in table.primary_key.columns]
        self.delete(table, exists(select(literal_column("1")).select_from(new).where(*same_key)))
        self.insert(table, select(*new.columns))
        self._run(text(f"DROP TABLE {new.name}"))

    def update(self, table: Table, query: Query) -> None:
        """Set the other columns of `query` in the rows of `table` with the same primary key.

        `query` names the whole key, holds none twice, and does not read `table`.
        """
        new = query.subquery("new")
        key = table.primary_key.columns
        values = {column.name: column for column in new.c if column.name not in key}
        same_key = [table.c[column.name] == new.c[column.name] for column in key]
        self._run(update(table).values(values).where(*same_key))

    def assign(self, table: Table, values: Mapping[str, ColumnElement[Any]]) -> None:
        """Set columns in every row, each from what stands in the row."""
        self._run(update(table).values(**values))

    def delete(self, table: Table, where: ColumnElement[bool]) -> None:
        """Remove the rows for which `where` holds."""
        self.written.add(table.name)
        self._run(delete(table).where(where))

    def restore(self, version: str, tables: Iterable[Table]) -> None:
        """Have `tables` as they were in `version`, at the cost of what changed since.

        Only before anything else is written.
        """
        if version != EMPTY_VERSION:
            self._check(snapshot_of(version)[0])
        for table in tables:
            self.written.add(table.name)
            with told(self._place):
                if version == EMPTY_VERSION:
                    self.connection.execute(f"DELETE FROM {table.name}")
                else:
                    self._restore(table, snapshot_of(version)[0])

    def _restore(self, table: Table, snapshot: int) -> None:
        key = ", ".join(column.name for column in table.primary_key.columns)
        between = f"{snapshot + 1}, {self._newest}"
        feed = f"ducklake_table_changes('lake', 'main', '{table.name}', {between})"
        changed = f"SELECT DISTINCT {key} FROM {feed}"
        if self._newest == snapshot:
            changed = f"SELECT {key} FROM {table.name} LIMIT 0"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE changed_keys AS {changed}")
        is_changed = f"({key}) IN (SELECT ({key}) FROM changed_keys)"
        if "," not in key:
            is_changed = f"{key} IN (SELECT {key} FROM changed_keys)"
        self.connection.execute(f"DELETE FROM {table.name} WHERE {is_changed}")
        self.connection.execute(
            f"INSERT INTO {table.name} SELECT * FROM {table.name} AT (VERSION => {snapshot}) "
            f"WHERE {is_changed}"
        )

    def _run(self, statement: Executable) -> None:
        with told(self._place):
            engine.run(self.connection, statement)

    def at_end(self, call: Callable[[bool], None]) -> None:
        """Have `call` called once, while no other can write: with True when all is published, with
        False when it is given up. For files beside the store; its exceptions are suppressed."""
        self._ends.append(call)

    def end(self, *, published: bool) -> None:
        """Tell those who asked."""
        for call in self._ends:
            with suppress(OSError):  # what was published stays published
                call(published)

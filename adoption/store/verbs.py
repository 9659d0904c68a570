"""The verbs of a Writer as SQL, for engines whose tables can be changed where they are."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress

import pandas as pd
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

from adoption.store.base import Query


class Verbs(ABC):
    """What a writer of such an engine has in common with the others."""

    def __init__(self) -> None:
        self._ends: list[Callable[[bool], None]] = []

    @abstractmethod
    def run(self, statement: Executable) -> None:
        """Have the engine execute a statement that gives no rows."""

    @abstractmethod
    def frame(self, query: Query) -> pd.DataFrame: ...

    @abstractmethod
    def scratch(self, table: Table) -> None: ...

    def insert(self, table: Table, query: Query) -> None:
        names = [column.name for column in query.selected_columns]
        self.run(insert(table).from_select(names, query))

    def merge(self, table: Table, query: Query) -> None:
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
        self.run(text(f"DROP TABLE {new.name}"))

    def update(self, table: Table, query: Query) -> None:
        new = query.subquery("new")
        key = table.primary_key.columns
        values = {column.name: column for column in new.c if column.name not in key}
        same_key = [table.c[column.name] == new.c[column.name] for column in key]
        self.run(update(table).values(values).where(*same_key))

    def delete(self, table: Table, where: ColumnElement[bool]) -> None:
        self.run(delete(table).where(where))

    def at_end(self, call: Callable[[bool], None]) -> None:
        self._ends.append(call)

    def end(self, *, published: bool) -> None:
        """Tell those who asked, while no other can write."""
        for call in self._ends:
            with suppress(OSError):  # what was published stays published
                call(published)

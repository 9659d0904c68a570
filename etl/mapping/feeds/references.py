"""Which columns name records of another feed, or of their own.

A row is kept though what it names is nowhere yet: etl/commit/references.py counts such values and
looks at them again.
"""

from dataclasses import dataclass

from sqlalchemy import Column, Table

from adoption.store import schema


@dataclass(frozen=True)
class Reference:
    """`column` of `feed` holds keys of the feed `target`; `code` is in reasons.py."""

    feed: str
    column: str
    target: str
    code: str

    @property
    def source(self) -> Column[str]:
        found: Column[str] = schema.FEEDS[self.feed].c[self.column]
        return found

    @property
    def key(self) -> Column[str]:
        (found,) = schema.FEEDS[self.target].primary_key.columns
        return found

    @property
    def name(self) -> str:
        return f"{self.feed}.{self.column}"

    def in_rows(self, rows: Table) -> Column[str]:
        found: Column[str] = rows.c[self.column]
        return found


REFERENCES = (
    Reference("systems", "unit_code", "units", "unknown_unit"),
    Reference("certificates", "replaces", "certificates", "unknown_serial"),
    Reference("suspensions", "serial", "certificates", "unknown_serial"),
    Reference("reminders", "serial", "certificates", "unknown_serial"),
)

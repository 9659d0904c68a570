"""Loads can be taken back, rejects are cleared by what mends them, source files are archived."""

from sqlalchemy import BigInteger, Column, String

from adoption.store.evolution import add_columns

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    add_columns("loads", Column("cleared", BigInteger, nullable=False), fill="0")
    add_columns("loads", Column("reverted_at", String), Column("reverted_by", String))
    add_columns("source_files", Column("dropped", String, nullable=False), fill="[]")
    # Nothing was left out of an archived copy before: it is the file itself.
    add_columns("source_files", Column("archived", String))
    add_columns("rejects", Column("key", String))

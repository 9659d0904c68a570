"""The ledger says which entry of a zip and which sheet was read, and what was skipped."""

from sqlalchemy import BigInteger, Column, String

from adoption.store.evolution import add_columns

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    entry, sheet = Column("entry", String, nullable=False), Column("sheet", String, nullable=False)
    add_columns("source_files", entry, sheet)
    add_columns("source_files", Column("unread_sheets", String, nullable=False), fill="[]")
    add_columns("source_files", Column("skipped", BigInteger, nullable=False), fill="0")

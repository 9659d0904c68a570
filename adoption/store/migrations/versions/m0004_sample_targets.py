"""Targets can be marked as sample."""

from sqlalchemy import Column, String

from adoption.store.evolution import add_columns

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    add_columns("targets", Column("provenance", String))

"""The first tables: seven feeds, the ledger, control totals, the calendar."""

from datetime import date, timedelta

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Integer, String

from adoption.store import evolution
from adoption.store.evolution import create_constant_table, create_index, create_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    evolution.begin()
    _feeds()
    _ledger()
    create_table(
        "control_totals",
        Column("metric", String, primary_key=True),
        Column("scope", String, primary_key=True),
        Column("measure", String, primary_key=True),
        Column("as_of", Date, primary_key=True),
        Column("value", Double, nullable=False),
        Column("source", String, nullable=False),
    )
    _calendar()


def _feeds() -> None:
    create_table(
        "units",
        Column("unit_code", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("name_en", String),
        Column("side", String, nullable=False),
        Column("sector", String, nullable=False),
        Column("valid_from", Date),
        Column("valid_to", Date),
        Column("provenance", String, nullable=False),
        *_bookkeeping(),
    )
    create_table(
        "systems",
        Column("system_code", String, primary_key=True),
        Column("unit_code", String, nullable=False),
        Column("name", String, nullable=False),
        Column("name_en", String),
        Column("category", String, nullable=False),
        Column("planned_on", Date),
        Column("testing_on", Date),
        Column("integrated_on", Date),
        Column("retired_on", Date),
        Column("target_on", Date),
        Column("provenance", String, nullable=False),
        *_bookkeeping(),
    )
    create_table(
        "certificates",
        Column("serial", String, primary_key=True),
        Column("holder_id", String, nullable=False),
        Column("org_type", String, nullable=False),
        Column("county", String, nullable=False),
        Column("card", String, nullable=False),
        Column("issued_on", Date, nullable=False),
        Column("expires_on", Date, nullable=False),
        Column("ended_on", Date),
        Column("end_reason", String),
        Column("renewal_applied_on", Date),
        Column("replaces", String),
        Column("provenance", String),
        *_bookkeeping(),
        Column("renewed_on", Date),
        Column("is_renewal", Boolean, nullable=False),
    )
    create_index("certificates", "expires_on")
    create_index("certificates", "holder_id")
    create_index("certificates", "replaces", where="replaces IS NOT NULL")
    create_table(
        "suspensions",
        Column("serial", String, primary_key=True),
        Column("suspended_on", Date, primary_key=True),
        Column("resumed_on", Date),
        Column("provenance", String),
        *_bookkeeping(),
    )
    create_table(
        "reminders",
        Column("serial", String, primary_key=True),
        Column("stage", Integer, primary_key=True),
        Column("sent_on", Date, primary_key=True),
        Column("result", String, nullable=False),
        Column("provenance", String),
        *_bookkeeping(),
    )
    create_table(
        "entities",
        Column("month", Date, primary_key=True),
        Column("county", String, primary_key=True),
        Column("org_type", String, primary_key=True),
        Column("registered", BigInteger, nullable=False),
        Column("provenance", String),
        *_bookkeeping(),
    )
    create_table(
        "targets",
        Column("metric", String, primary_key=True),
        Column("scope", String, primary_key=True),
        Column("due_on", Date, primary_key=True),
        Column("value", Double, nullable=False),
        *_bookkeeping(),
    )


def _bookkeeping() -> tuple[Column[str], Column[int]]:
    return Column("flags", String), Column("load_id", Integer, nullable=False)


def _ledger() -> None:
    create_table(
        "loads",
        Column("load_id", Integer, primary_key=True),
        Column("feed", String, nullable=False),
        Column("loaded_at", String, nullable=False),
        Column("loaded_by", String, nullable=False),
        Column("cut_off", Date),
        Column("seconds", Double, nullable=False),
    )
    create_table(
        "source_files",
        Column("load_id", Integer, primary_key=True),
        Column("file_number", Integer, primary_key=True),
        Column("name", String, nullable=False),
        Column("sha256", String, nullable=False),
        Column("bytes", BigInteger, nullable=False),
        Column("format", String, nullable=False),
        Column("encoding", String, nullable=False),
        Column("header_row", Integer, nullable=False),
        Column("columns", String, nullable=False),
        Column("profile", String),
        Column("read", BigInteger, nullable=False),
        Column("kept", BigInteger, nullable=False),
        Column("unchanged", BigInteger, nullable=False),
        Column("duplicate", BigInteger, nullable=False),
        Column("rejected", BigInteger, nullable=False),
        Column("flagged", BigInteger, nullable=False),
    )
    create_table(
        "rejects",
        Column("load_id", Integer, primary_key=True),
        Column("file_number", Integer, primary_key=True),
        Column("sheet", String, primary_key=True),
        Column("row_number", BigInteger, primary_key=True),
        Column("reasons", String, nullable=False),
        Column("text", String, nullable=False),
    )


def _calendar() -> None:
    """Every month from 1912 to 2111."""
    month, month_end = (Column(name, Date, nullable=False) for name in ("month", "month_end"))
    calendar = create_constant_table("calendar", month, month_end)
    starts = [date(year, number, 1) for year in range(1912, 2112) for number in range(1, 13)]
    ends = [start - timedelta(days=1) for start in [*starts[1:], date(2112, 1, 1)]]
    months = zip(starts, ends, strict=True)
    op.bulk_insert(calendar, [{"month": start, "month_end": end} for start, end in months])

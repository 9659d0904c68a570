"""Every table of the product, once. DOMAIN: section 2 of docs/domain.md.

A feed's columns stand in the order and under the names that files and exports use. After them come
`load_id` (the load that last wrote the row) and, where a check can doubt a value without refusing
it, `flags` (codes, comma separated). `provenance` is 'sample' on made-up records,
'briefing' on what the source briefing names, and otherwise what the file says, or nothing.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Double,
    Integer,
    MetaData,
    String,
    Table,
    func,
)

metadata = MetaData()

# The code of a county, type or card that the file leaves out: never null, so it is in every total.
UNSTATED = "unstated"


def _bookkeeping() -> tuple[Column[str], Column[int]]:
    return Column("flags", String), Column("load_id", Integer, nullable=False)


units = Table(
    "units",
    metadata,
    Column("unit_code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_en", String),
    Column("side", String, nullable=False),  # ministry / external
    Column("sector", String, nullable=False),  # government / private
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("provenance", String, nullable=False),  # briefing / sample / ...
    *_bookkeeping(),
)

systems = Table(
    "systems",
    metadata,
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

certificates = Table(
    "certificates",
    metadata,
    Column("serial", String, primary_key=True),
    # 統一編號, or key:... where a profile makes one (etl/mapping/holder_key.py); null: no holder.
    Column("holder_id", String),
    Column("org_type", String, nullable=False),  # company / business / branch / other / unstated
    Column("county", String, nullable=False),  # the official name as recorded, or unstated
    Column("card", String, nullable=False),  # primary / additional / unstated
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),  # the last day of validity
    Column("ended_on", Date),  # the first day on which it no longer counts
    Column("end_reason", String),  # by_holder / automatic / replaced
    Column("renewal_applied_on", Date),
    Column("replaces", String),  # the serial of the certificate that this one follows
    Column("provenance", String),
    *_bookkeeping(),
    # Derived at every load, see etl/commit/link.py.
    Column("renewed_on", Date),
    Column("is_renewal", Boolean, nullable=False),
    # As the file has it, where `serial` is that in capitals without signs (etl/commit/serials.py).
    Column("recorded_serial", String),
    # On a certificate with which its holder begins to hold: the first day without any.
    Column("held_until", Date),
    Column("is_mixed", Boolean, nullable=False),  # its holder is under several counties or types
)

suspensions = Table(
    "suspensions",
    metadata,
    Column("serial", String, primary_key=True),
    Column("suspended_on", Date, primary_key=True),
    Column("resumed_on", Date),
    Column("provenance", String),
    *_bookkeeping(),
)

reminders = Table(
    "reminders",
    metadata,
    Column("serial", String, primary_key=True),
    Column("stage", Integer, primary_key=True),  # days before expiry
    Column("sent_on", Date, primary_key=True),
    Column("result", String, nullable=False),  # delivered / bounced / no_address
    Column("provenance", String),
    *_bookkeeping(),
)

entities = Table(
    "entities",
    metadata,
    Column("month", Date, primary_key=True),  # its first day
    Column("county", String, primary_key=True),
    Column("org_type", String, primary_key=True),
    Column("registered", BigInteger, nullable=False),
    Column("provenance", String),
    *_bookkeeping(),
)

targets = Table(
    "targets",
    metadata,
    Column("metric", String, primary_key=True),
    Column("scope", String, primary_key=True),  # '' is everything
    Column("due_on", Date, primary_key=True),
    Column("value", Double, nullable=False),
    Column("provenance", String),
    *_bookkeeping(),
)

FEEDS: dict[str, Table] = {
    table.name: table
    for table in (units, systems, certificates, suspensions, reminders, entities, targets)
}


def recorded_serial() -> ColumnElement[str]:
    """A certificate's serial as its file has it."""
    c = certificates.c
    return func.coalesce(c.recorded_serial, c.serial).label("serial")


# Columns that are the program's own: no part of a record that people look at.
INTERNAL = frozenset(("load_id", "recorded_serial", "held_until", "is_mixed"))

# Values that name a record which is nowhere, by the column that they stand in.
unknown_references = Table(
    "unknown_references",
    metadata,
    Column("feed", String, primary_key=True),
    Column("column_name", String, primary_key=True),
    Column("value", String, primary_key=True),
)

# The ledger: what was loaded, from which files, and what was refused.

loads = Table(
    "loads",
    metadata,
    Column("load_id", Integer, primary_key=True),
    Column("feed", String, nullable=False),
    Column("loaded_at", String, nullable=False),  # ISO 8601, UTC
    Column("loaded_by", String, nullable=False),
    Column("received", Date, nullable=False),  # when what it brought became known
    Column("cut_off", Date),  # stated with the load, not derived
    Column("whole", Boolean, nullable=False),  # its files were the whole feed
    Column("seconds", Double, nullable=False),
    Column("cleared", BigInteger, nullable=False),  # rejects of earlier loads that came mended
    Column("taken_back", BigInteger, nullable=False),  # rows whose keys a whole feed lacked
    # A reverted load stays in the ledger; its rows are nowhere else.
    Column("reverted_at", String),  # ISO 8601, UTC
    Column("reverted_by", String),
)

source_files = Table(
    "source_files",
    metadata,
    Column("load_id", Integer, primary_key=True),
    Column("file_number", Integer, primary_key=True),  # 1, 2 ... in the order given
    Column("name", String, nullable=False),  # the last part only, never a path
    Column("sha256", String, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("format", String, nullable=False),
    Column("encoding", String, nullable=False),
    Column("entry", String, nullable=False),  # the file inside a zip; '' for any other
    Column("sheet", String, nullable=False),  # the one that was read; '' where there are none
    Column("unread_sheets", String, nullable=False),  # JSON: the others with something in them
    Column("header_row", Integer, nullable=False),  # 0: it has none
    Column("columns", String, nullable=False),  # JSON: header in the file -> column, null: unused
    Column("profile", String),  # the mapping that was used, as text
    Column("dropped", String, nullable=False),  # JSON: headers of columns that look personal
    # The sha256 and name of the archived copy: another one where personal data was left out of it.
    Column("archived", String),
    Column("skipped", BigInteger, nullable=False),  # subtotals, notes: no records, not among `read`
    Column("read", BigInteger, nullable=False),
    Column("kept", BigInteger, nullable=False),
    Column("unchanged", BigInteger, nullable=False),
    Column("duplicate", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("flagged", BigInteger, nullable=False),
)

rejects = Table(
    "rejects",
    metadata,
    Column("load_id", Integer, primary_key=True),
    Column("file_number", Integer, primary_key=True),
    Column("sheet", String, primary_key=True),  # '' where the format has none
    Column("row_number", BigInteger, primary_key=True),  # as a spreadsheet numbers it, from 1
    Column("reasons", String, nullable=False),  # JSON list of {code, column, value}
    Column("text", String, nullable=False),  # JSON: header -> text as it stood in the file
    Column(
        "key", String
    ),  # which record it is about, see etl/history/corrections.py; null: cannot be told
    # The load with which it came mended, or was refused anew: kept to compare other copies with.
    Column("cleared_by", Integer),  # null: it is to be mended
)

control_totals = Table(
    "control_totals",
    metadata,
    Column("metric", String, primary_key=True),  # a metric's key
    Column("scope", String, primary_key=True),  # a value of its first text column
    Column("measure", String, primary_key=True),  # one of its number columns
    Column("as_of", Date, primary_key=True),
    Column("value", Double, nullable=False),
    Column("source", String, nullable=False),
)

# What the lake keeps.
TABLES = metadata.sorted_tables

# Every month from 1912 to 2111 (民國 1-200), so that a month without events still has a row in a
# series. It is the same in every version: each engine makes it up, the lake does not keep it.
calendar = Table(
    "calendar",
    metadata,
    Column("month", Date, primary_key=True),
    Column("month_end", Date, nullable=False),
)

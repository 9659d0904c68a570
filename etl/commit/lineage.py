"""What a load adds to each row that passed: whose it is, and where it stood."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.commit import holding


@dataclass(frozen=True)
class Stamp:
    """For the rows of one file on their way into a table with these `columns`."""

    columns: frozenset[str]
    load_id: int
    file_number: int

    def on(self, kept: pa.Table, before: int) -> pa.Table:
        """`kept` as of Checked, with the columns that the table has besides.

        `before`: the last position in the files before this one. Positions rise with the rows of
        the file, also of those that are checked out of their turn.
        """
        count = kept.num_rows
        rows = kept.drop_columns(["row_number"])
        rows = rows.append_column("load_id", pa.array(np.full(count, self.load_id, np.int32)))
        if "file_number" in self.columns:
            numbers = np.full(count, self.file_number, np.int32)
            rows = rows.append_column("file_number", pa.array(numbers))
        if "position" in self.columns:
            rows = rows.append_column("position", pc.add(kept["row_number"], before))
        return with_derived(rows) if "is_renewal" in self.columns else rows


def with_derived(rows: pa.Table) -> pa.Table:
    """Certificates with the derived columns as each says by itself; link.py finds the rest."""
    for name, column in (
        ("renewed_on", rows["renewal_applied_on"]),
        ("is_renewal", pc.is_valid(rows["replaces"])),
        ("recorded_serial", pa.nulls(rows.num_rows, pa.string())),
        ("held_until", holding.alone(rows)),
        ("is_mixed", pa.array(np.zeros(rows.num_rows, dtype=bool))),
    ):
        rows = rows.append_column(name, column)
    return rows

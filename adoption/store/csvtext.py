"""Rows as CSV for programs: all is quoted but NULL, so that '' and nothing are two things."""

import io

import pyarrow as pa
import pyarrow.csv

_OPTIONS = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")


def csv_text(rows: pa.Table) -> memoryview:
    """Without a header; days as 2013-09-24, numbers so that they read back equal."""
    text = io.BytesIO()
    # As one piece: for an empty piece among several, Arrow writes whatever is in its memory.
    pyarrow.csv.write_csv(rows.combine_chunks(), text, _OPTIONS)
    return text.getbuffer()

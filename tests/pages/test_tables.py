"""Rows as files: what a spreadsheet does with them."""

import io
import zipfile

import pandas as pd

from adoption.pages.tables import as_csv, records_csv

PIECES = [
    pd.DataFrame({"序號": ["1", "=1+1"], "備註": ["甲", None], "數": [1, -2]}),
    pd.DataFrame({"序號": ["\t2"], "備註": ["-"], "數": [3]}),
]
WRITTEN = "序號,備註,數\n1,甲,1\n'=1+1,,-2\n'\t2,'-,3\n"


def test_pieces_are_one_file_with_one_header_and_run_nothing() -> None:
    assert records_csv(PIECES).decode("utf-8-sig") == WRITTEN


def test_a_packed_file_holds_the_same() -> None:
    packed = zipfile.ZipFile(io.BytesIO(records_csv(PIECES, packed_as="records.csv")))
    assert packed.namelist() == ["records.csv"]
    assert packed.read("records.csv").decode("utf-8-sig") == WRITTEN


def test_dates_numbers_and_truths_stay_what_they_are() -> None:
    rows = pd.DataFrame({"a": [True, False], "b": [-1.5, None], "c": ["x", "y"]})
    assert as_csv(rows).decode("utf-8-sig") == "a,b,c\nTrue,-1.5,x\nFalse,,y\n"


def test_mixed_cells_are_looked_at_one_by_one() -> None:
    rows = pd.DataFrame({"a": pd.Series(["=1", 2, None], dtype="object")})
    assert as_csv(rows).decode("utf-8-sig") == 'a\n\'=1\n2\n""\n'

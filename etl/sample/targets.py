"""The sample's targets: one that is on track and one behind; the other numbers have none."""

import pyarrow as pa

from etl.sample.writing import CsvFile

HEADERS = ("metric", "scope", "due_on", "value")
DUE_ON = "2013-12-31"
# The catalogue has 152 systems integrated a year before and 166 at the cut-off.
SYSTEMS = 168
# More than the holders are on the way to, whatever the size of the sample.
HOLDERS_RATIO = 1.1


def write_targets(file: CsvFile, holders: int) -> None:
    """holders: with a valid certificate at the cut-off."""
    hundreds = -(-round(holders * HOLDERS_RATIO) // 100) * 100
    rows = [
        ("integration_totals", "", SYSTEMS),
        ("valid_totals.holders", "", hundreds),
    ]
    metrics, scopes, values = zip(*rows, strict=True)
    file.write(
        [pa.array(metrics), pa.array(scopes), pa.repeat(DUE_ON, len(rows)), pa.array(values)]
    )

"""The sample's targets: one that is on track and two that are behind; other numbers have none."""

import math

import numpy as np
import pyarrow as pa

from etl.sample.days import day_number
from etl.sample.deliveries import Deliveries

DUE_ON = "2013-12-31"
# The catalogue has 152 systems integrated a year before and 166 at the cut-off.
SYSTEMS = 168
# More than the holders are on the way to, whatever the size of the sample.
HOLDERS_RATIO = 1.1
# The adoption rate's target is the next whole percent but one above where it stands.
_PERCENT_ABOVE = 1


def write_targets(deliveries: Deliveries, holders: int, registered: int) -> None:
    """holders: with a valid certificate at the cut-off; registered: of whom."""
    hundreds = -(-round(holders * HOLDERS_RATIO) // 100) * 100
    percent = math.ceil(100 * holders / registered) + _PERCENT_ABOVE
    rows = [
        ("integration_totals", "", str(SYSTEMS)),
        ("valid_totals.holders", "", str(hundreds)),
        ("adoption_rate", "", f"{percent / 100:.2f}"),
    ]
    metrics, scopes, values = zip(*rows, strict=True)
    columns = [pa.array(metrics), pa.array(scopes), pa.repeat(DUE_ON, len(rows)), pa.array(values)]
    received = deliveries.days("targets")[0]
    came = np.full(len(rows), day_number(received), np.int32)
    deliveries.write("targets", received, columns, came, came)

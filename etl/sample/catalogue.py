"""The catalogue as it was entered: some of it late, and two systems twice for a while."""

import csv
import io
from datetime import date

from adoption.policy import DATA
from etl.sample.deliveries import Deliveries

_EVENTS = ("planned_on", "testing_on", "integrated_on", "retired_on")
# Integrated before the first delivery, which does not know it yet.
ENTERED_LATE = ("E01-07", "E17-03")
# The first delivery has them a second time, under another code; the last takes that back. One of
# them is integrated: the first delivery counts a system too many.
ENTERED_TWICE = {"M04-04": "M04-05", "E22-03": "E22-04"}

Row = dict[str, str]


def write_catalogue(deliveries: Deliveries) -> None:
    units = (DATA / "catalogue" / "units.csv").read_text("utf-8")
    many = len(_rows(units))
    deliveries.write_text("units", deliveries.days("units")[0], units, rows=many, new=many)

    every = _rows((DATA / "catalogue" / "systems.csv").read_text("utf-8"))
    *earlier, last = deliveries.days("systems")
    before: dict[str, Row] = {}
    for received in (*earlier, last):
        rows = every if received == last else _as_entered(every, received)
        now = {row["system_code"]: row for row in rows}
        deliveries.write_text(
            "systems",
            received,
            _text(rows),
            rows=len(now),
            new=len(now.keys() - before.keys()),
            changed=sum(now[code] != before[code] for code in now.keys() & before.keys()),
            taken_back=len(before.keys() - now.keys()),
        )
        before = now


def _as_entered(every: list[Row], received: date) -> list[Row]:
    """The rows as they were known on the day."""
    found = []
    for row in every:
        known = {name: row[name] if row[name] <= received.isoformat() else "" for name in _EVENTS}
        if row["system_code"] in ENTERED_LATE:
            known["integrated_on"] = ""
        if any(known.values()):
            found.append({**row, **known})
        if row["system_code"] in ENTERED_TWICE:
            found.append({**found[-1], "system_code": ENTERED_TWICE[row["system_code"]]})
    return found


def _rows(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _text(rows: list[Row]) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()

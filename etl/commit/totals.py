"""Control totals against the records: published figures that the loaded data must reproduce.

The dashboard's metrics are another package's business (loading and counting meet only in the
store), so the one metric that has totals is counted here by a select of its own; a test holds both
to the same answer.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from sqlalchemy import MetaData, Select, distinct, func, or_, select

from adoption.policy import control_totals as bundled_totals
from adoption.store import Reader, Writer
from adoption.store.schema import control_totals, systems, units


@dataclass(frozen=True)
class TotalCheck:
    """A control total and what the records say; `actual` is None where it is not counted here."""

    metric: str
    scope: str
    measure: str
    as_of: date
    expected: float
    actual: float | None

    @property
    def difference(self) -> float | None:
        return None if self.actual is None else self.actual - self.expected

    @property
    def is_off(self) -> bool:
        return self.difference not in (None, 0)

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "as_of": self.as_of.isoformat(),
            "difference": self.difference,
            "agrees": None if self.actual is None else not self.is_off,
        }


def keep_bundled(writer: Writer) -> None:
    """Have the totals that come with the product in the store; others stay as they are."""
    rows = [asdict(total) for total in bundled_totals()]
    names = [column.name for column in control_totals.c]
    there = {
        tuple(row)
        for batch in writer.batches(select(control_totals))
        for row in zip(*batch.to_pydict().values(), strict=True)
    }
    if there.issuperset(tuple(row[name] for name in names) for row in rows):
        return  # as after every load but the first
    arriving = control_totals.to_metadata(MetaData(), name="arriving_totals")
    writer.scratch(arriving)
    columns = {name: [row[name] for row in rows] for name in names}
    writer.append(arriving, pa.table(columns))
    writer.merge(control_totals, select(*arriving.c))


def check_totals(reader: Reader) -> list[TotalCheck]:
    """Every control total in the store; before the first load those that come with the product."""
    frame = reader.frame(select(control_totals).order_by(*control_totals.primary_key.columns))
    rows: Sequence[Any] = list(frame.itertuples(index=False)) or bundled_totals()
    days = {_day(row.as_of) for row in rows if row.metric == "integration_totals"}
    counted = {day: _integration_totals(reader, day) for day in days}
    return [
        TotalCheck(
            row.metric,
            row.scope,
            row.measure,
            _day(row.as_of),
            float(row.value),
            counted[_day(row.as_of)].get((row.scope, row.measure), 0.0)
            if row.metric == "integration_totals"
            else None,
        )
        for row in rows
    ]


def _day(value: Any) -> date:
    return date(value.year, value.month, value.day)


def _integration_totals(reader: Reader, as_of: date) -> dict[tuple[str, str], float]:
    """DOMAIN section 3, integrated(s, D): by side, its systems and the units that have one."""
    query: Select[Any] = (
        select(
            units.c.side,
            func.count(distinct(units.c.unit_code)).label("units"),
            func.count().label("systems"),
        )
        .join(systems, systems.c.unit_code == units.c.unit_code)
        .where(
            systems.c.integrated_on <= as_of,
            or_(systems.c.retired_on.is_(None), systems.c.retired_on > as_of),
        )
        .group_by(units.c.side)
    )
    counts: dict[tuple[str, str], float] = {}
    for row in reader.frame(query).itertuples(index=False):
        counts[str(row.side), "units"] = float(str(row.units))
        counts[str(row.side), "systems"] = float(str(row.systems))
    return counts

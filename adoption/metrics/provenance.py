"""What the records are: whether any is a sample, and what can be chosen to filter by."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import literal, select, union_all

from adoption.metrics.rules import county_on
from adoption.store import Reader
from adoption.store.schema import (
    UNSTATED,
    certificates,
    entities,
    loads,
    reminders,
    source_files,
    suspensions,
    systems,
    targets,
    units,
)

SAMPLE = "sample"


def has_sample_records(store: Reader) -> bool:
    """Whether any record says of itself that it is a sample: then every figure says so too."""
    marked = [
        select(literal(1).label("one")).where(table.c.provenance == SAMPLE).limit(1).subquery()
        for table in (units, systems, certificates, suspensions, reminders, entities, targets)
    ]
    return not store.frame(union_all(*[select(rows) for rows in marked]).subquery().select()).empty


def units_of(store: Reader) -> dict[str, str]:
    """unit_code -> name, in the order of the codes."""
    rows = store.frame(select(units.c.unit_code, units.c.name).order_by(units.c.unit_code))
    return dict(zip(rows["unit_code"], rows["name"], strict=True))


def counties_of(store: Reader, as_of: date) -> list[str]:
    """The counties that certificates were recorded under, by their names on `as_of`; last the code
    for none."""
    county = county_on(as_of).label("county")
    found = set(store.frame(select(county).distinct())["county"])
    return sorted(found, key=lambda name: (name == UNSTATED, name))


def has_unstated_types(store: Reader) -> bool:
    """Whether some certificate has no organisation type."""
    unstated = select(literal(1).label("one")).where(certificates.c.org_type == UNSTATED).limit(1)
    return not store.frame(unstated).empty


def loads_of(store: Reader, feeds: Sequence[str]) -> pd.DataFrame:
    """The files that `feeds` were loaded from, newest load first; not those that were taken back.

    Columns: load_id, feed, loaded_at (ISO 8601, UTC), file, kept (rows), cut_off (NaT: not stated).
    """
    return store.frame(
        select(
            loads.c.load_id,
            loads.c.feed,
            loads.c.loaded_at,
            source_files.c.name.label("file"),
            source_files.c.kept,
            loads.c.cut_off,
        )
        .join(source_files, source_files.c.load_id == loads.c.load_id)
        .where(loads.c.feed.in_(feeds), loads.c.reverted_at.is_(None))
        .order_by(loads.c.load_id.desc(), source_files.c.file_number)
    )

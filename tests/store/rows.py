"""A few units to put into a store and to find there again."""

from collections.abc import Sequence

import pyarrow as pa
from sqlalchemy import select

from adoption.store import Reader, Store
from adoption.store.schema import units


def rows_of_units(*codes: str, name: str = "示範單位") -> pa.Table:
    return pa.table(
        {
            "unit_code": list(codes),
            "name": [name] * len(codes),
            "side": ["ministry"] * len(codes),
            "sector": ["government"] * len(codes),
            "provenance": ["sample"] * len(codes),
            "load_id": pa.array([1] * len(codes), pa.int32()),
        }
    )


def add_units(store: Store, *codes: str) -> None:
    with store.writing() as writer:
        writer.append(units, rows_of_units(*codes))


def codes_in(reader: Reader) -> Sequence[str]:
    return list(reader.frame(select(units.c.unit_code).order_by(units.c.unit_code))["unit_code"])

"""What every metric of the rollout shares: the filters, the records behind a number, columns."""

from typing import Any, Literal

import pandas as pd
from sqlalchemy import and_, or_, select

from adoption.language import Language, Text
from adoption.metrics import columns
from adoption.metrics.metric import Column
from adoption.metrics.rules import has_happened, is_integrated, is_overdue, system_stage
from adoption.metrics.selection import Selection
from adoption.store import Query, Reader
from adoption.store.schema import systems, units

STAGES = ("planned", "testing", "integrated", "retired")
UNDATED = "undated"  # instead of a stage: overdue before any stage was recorded
_KINDS: tuple[Literal["unit", "system"], ...] = ("unit", "system")
of_its_unit = systems.c.unit_code == units.c.unit_code

SECTOR = Column("sector", "code", Text("部門別", "Sector"))
SYSTEM_CODE = Column("system_code", "text", Text("系統代碼", "System code"))
SYSTEM = Column("system", "text", Text("系統", "System"))
STAGE = Column("stage", "code", Text("階段", "Stage"))
TARGET_ON = Column("target_on", "day", Text("預定導入日", "Target"))
DAYS_OVERDUE = columns.count("days_overdue", "逾期（天）", "Days overdue")
OVERDUE = columns.count("overdue", "逾期", "Overdue")
PLANNED = columns.count("planned", "規劃中", "Planned")
TESTING = columns.count("testing", "測試中", "Testing")
INTEGRATED = columns.count("integrated", "已導入", "Integrated")
RETIRED = columns.count("retired", "已下線", "Retired")


def names_of(store: Reader) -> pd.DataFrame:
    """Every unit and system by code and name, whatever the day: unit_code, unit, unit_en,
    system_code, system, system_en; a unit without systems has one row without them."""
    return store.frame(
        select(
            units.c.unit_code,
            units.c.name.label("unit"),
            units.c.name_en.label("unit_en"),
            systems.c.system_code,
            systems.c.name.label("system"),
            systems.c.name_en.label("system_en"),
        )
        .select_from(units.outerjoin(systems, of_its_unit))
        .order_by(units.c.unit_code, systems.c.system_code)
    )


def names_in(
    language: Language, names: pd.DataFrame, what: Literal["unit", "system"]
) -> dict[str, str]:
    """Code -> name, from the rows of `names_of`: in English the English one, where there is one."""
    rows = names.dropna(subset=[f"{what}_code"])
    chosen = rows[what]
    if language == "en":
        chosen = rows[f"{what}_en"].replace("", None).fillna(chosen)
    return dict(zip(rows[f"{what}_code"], chosen, strict=True))


def named_in(language: Language, names: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` with the names of their units and systems in that language."""
    for what in _KINDS:
        if what in rows and f"{what}_code" in rows:
            known = names_in(language, names, what)
            codes = zip(rows[f"{what}_code"], rows[what], strict=True)
            rows = rows.assign(**{what: [known.get(code, name) for code, name in codes]})
    return rows


def unit_filter(selection: Selection) -> list[Any]:
    conditions = []
    if selection.side:
        conditions.append(units.c.side.in_(selection.side))
    if selection.unit:
        conditions.append(units.c.unit_code.in_(selection.unit))
    return conditions


def all_records(selection: Selection) -> Query:
    """The systems of the units that are looked at, with all their days."""
    return (
        select(
            systems.c.system_code,
            systems.c.name.label("system"),
            units.c.unit_code,
            units.c.name.label("unit"),
            units.c.side,
            units.c.sector,
            systems.c.category,
            systems.c.planned_on,
            systems.c.testing_on,
            systems.c.integrated_on,
            systems.c.retired_on,
            systems.c.target_on,
            systems.c.provenance,
        )
        .join(units, of_its_unit)
        .where(*unit_filter(selection))
        .order_by(systems.c.system_code)
    )


def integrated_records(selection: Selection) -> Query:
    return all_records(selection).where(is_integrated(selection.as_of))


def ever_integrated_records(selection: Selection) -> Query:
    return all_records(selection).where(has_happened(systems.c.integrated_on, selection.as_of))


def staged_records(selection: Selection) -> Query:
    stage = system_stage(selection.as_of)
    return all_records(selection).add_columns(stage.label("stage")).where(stage.is_not(None))


def listed_records(selection: Selection) -> Query:
    """In a stage, or overdue without one."""
    return all_records(selection).where(
        or_(system_stage(selection.as_of).is_not(None), is_overdue(selection.as_of))
    )


def overdue_records(selection: Selection) -> Query:
    return all_records(selection).where(is_overdue(selection.as_of))


def with_a_target_records(selection: Selection) -> Query:
    return all_records(selection).where(and_(systems.c.target_on.is_not(None), is_known(selection)))


def is_known(selection: Selection) -> Any:
    """In a stage by the as-of day, or with a target by then: not only from a later record."""
    return system_stage(selection.as_of).is_not(None) | (systems.c.target_on <= selection.as_of)


def days_since(day: pd.Series, selection: Selection) -> pd.Series:
    return (pd.Timestamp(selection.as_of) - day.astype("datetime64[ms]")).dt.days

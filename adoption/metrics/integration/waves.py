"""In which year which unit integrated: the waves of the rollout."""

from sqlalchemy import func, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.integration.catalogue import integrated_records, of_its_unit, unit_filter
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import is_integrated, year_of
from adoption.metrics.selection import Selection
from adoption.store import Query
from adoption.store.schema import systems, units


def _waves(selection: Selection) -> Query:
    year = year_of(systems.c.integrated_on)
    return (
        select(
            units.c.unit_code,
            units.c.name.label("unit"),
            units.c.side,
            year.label("year"),
            func.count(systems.c.system_code).label("systems"),
        )
        .join(systems, of_its_unit)
        .where(is_integrated(selection.as_of), *unit_filter(selection))
        .group_by(units.c.unit_code, units.c.name, units.c.side, year)
        .order_by(units.c.unit_code, year)
    )


METRICS = (
    Metric(
        key="integration_waves",
        title=Text("各單位逐年導入的系統", "Systems integrated by unit and year"),
        definition=Text(
            "統計截止日當天已導入的系統，依單位與導入年份計數；各年加總等於已導入系統數。",
            "The systems integrated on the as-of day by unit and by the year in which they "
            "integrated; together they are all systems integrated.",
        ),
        formula=Text(
            "統計截止日當天已導入的系統，依單位與導入日的年份計數。",
            "Systems integrated on the as-of day, counted by unit and the year of integrated_on.",
        ),
        excludes=Text(
            "已停用的系統，導入當年也不計；單位沒有導入系統的年份不列。",
            "Retired systems, not even in their year; years in which a unit integrated none "
            "have no row.",
        ),
        unit=columns.SYSTEM_UNIT,
        higher_is="better",
        columns=(
            columns.UNIT_CODE,
            columns.UNIT,
            columns.SIDE,
            Column("year", "year", Text("年份", "Year")),
            columns.SYSTEMS,
        ),
        filters=columns.SYSTEM_FILTERS,
        query=_waves,
        records=integrated_records,
    ),
)

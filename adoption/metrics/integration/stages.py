"""In which stage units and systems are: planned, testing, integrated, retired."""

import pandas as pd
from sqlalchemy import case, func, or_, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.differences import DIFFERS, against_all
from adoption.metrics.integration import catalogue
from adoption.metrics.integration.catalogue import (
    STAGES,
    UNDATED,
    days_since,
    listed_records,
    of_its_unit,
    staged_records,
    unit_filter,
)
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import count_of, is_integrated, is_overdue, system_stage, whole
from adoption.metrics.selection import Selection
from adoption.store import Query
from adoption.store.schema import systems, units


def _units(selection: Selection) -> Query:
    """A row a unit, also one without systems."""
    as_of = selection.as_of
    stage = system_stage(as_of)
    return (
        select(
            units.c.unit_code,
            units.c.name.label("unit"),
            units.c.side,
            units.c.sector,
            *[count_of(stage == name).label(name) for name in STAGES],
            count_of(is_overdue(as_of)).label("overdue"),
            func.max(case((is_integrated(as_of), systems.c.integrated_on))).label("latest_on"),
        )
        .select_from(units.outerjoin(systems, of_its_unit))
        .where(*unit_filter(selection))
        .group_by(units.c.unit_code, units.c.name, units.c.side, units.c.sector)
    )


def _by_unit(selection: Selection) -> Query:
    return _units(selection).order_by(units.c.unit_code)


def _with_share(frame: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    to_integrate = frame["planned"] + frame["testing"] + frame["integrated"]
    return frame.assign(
        share=frame["integrated"].astype("float64") / to_integrate,
        differs=against_all(frame["integrated"], to_integrate),
    )


def _by_stage(selection: Selection) -> Query:
    of_unit = _units(selection).subquery("of_unit")
    on_their_way = of_unit.c.planned + of_unit.c.testing
    return (
        select(
            of_unit.c.side,
            of_unit.c.sector,
            count_of(of_unit.c.integrated > 0).label("units"),
            count_of((of_unit.c.integrated == 0) & (on_their_way > 0)).label("units_on_their_way"),
            *[whole(func.sum(of_unit.c[name])).label(name) for name in (*STAGES, "overdue")],
        )
        .group_by(of_unit.c.side, of_unit.c.sector)
        .order_by(of_unit.c.side.desc(), of_unit.c.sector)
    )


def _progress(selection: Selection) -> Query:
    stage = system_stage(selection.as_of)
    since = case(*[(stage == name, systems.c[f"{name}_on"]) for name in STAGES])
    return (
        select(
            systems.c.system_code,
            systems.c.name.label("system"),
            units.c.unit_code,
            units.c.name.label("unit"),
            units.c.side,
            units.c.sector,
            func.coalesce(stage, UNDATED).label("stage"),
            since.label("since"),
            # What is dated after the as-of day has not happened yet.
            *[
                case((systems.c[name] <= selection.as_of, systems.c[name])).label(name)
                for name in ("planned_on", "testing_on", "integrated_on", "retired_on")
            ],
            systems.c.target_on,
            case((is_overdue(selection.as_of), 1), else_=0).label("overdue"),
        )
        .join(units, of_its_unit)
        .where(
            or_(stage.is_not(None), is_overdue(selection.as_of)),
            *unit_filter(selection),
        )
        .order_by(systems.c.system_code)
    )


def _with_durations(frame: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    since = frame["since"].astype("datetime64[ms]").dt
    as_of = selection.as_of
    months = 12 * (as_of.year - since.year) + as_of.month - since.month
    return frame.assign(
        # The month that is running counts once the day of the month is reached.
        months=(months - (since.day > as_of.day)).fillna(0),
        days_overdue=days_since(frame["target_on"], selection).where(frame["overdue"] == 1, 0),
    )


_STAGE_FORMULA = Text(
    "每個系統取規劃、測試、導入、下線四個日期中 ≤ 統計截止日的最後一個為其階段",
    "each system is in the last of its stages (planned, testing, integrated, retired) that is "
    "dated ≤ D, the as-of day",
)
_WITHOUT_A_DATE = Text(
    "四個日期在統計截止日以前都沒有的系統。",
    "Systems with none of the four dates by the as-of day.",
)

METRICS = (
    Metric(
        key="systems_by_unit",
        title=Text("各單位系統導入階段", "Systems by unit and stage"),
        definition=Text(
            "各單位的系統在統計截止日所處的階段：規劃、測試、已導入、已下線，以當日或之前最後到達者為準；"
            "尚無任何日期者不計。導入比率是已導入系統占規劃中、測試中及已導入系統的比率；"
            "逾期是預定導入日已過而仍未導入的系統；最近導入日是最後一個仍在使用的系統的導入日。"
            f"{DIFFERS.zh}",
            "Each unit's systems by the stage they are in on the as-of day: planned, testing, "
            "integrated or retired, the last one reached by then. Systems without a date by then "
            "are not counted. The share is that of the integrated among the planned, testing and "
            "integrated; overdue are those past their target and not integrated; the latest "
            f"integration is that of a system still in use. {DIFFERS.en}",
        ),
        formula=Text(
            f"{_STAGE_FORMULA.zh}；導入比率＝已導入÷（規劃中＋測試中＋已導入）。",
            f"{_STAGE_FORMULA.en}; share = integrated ÷ (planned + testing + integrated).",
        ),
        excludes=_WITHOUT_A_DATE,
        unit=columns.SYSTEM_UNIT,
        higher_is="better",
        columns=(
            columns.UNIT_CODE,
            columns.UNIT,
            columns.SIDE,
            catalogue.PLANNED,
            catalogue.TESTING,
            catalogue.INTEGRATED,
            catalogue.RETIRED,
            catalogue.SECTOR,
            Column("share", "share", Text("導入比率", "Share integrated")),
            catalogue.OVERDUE,
            Column("latest_on", "day", Text("最近導入日", "Latest integration")),
            columns.DIFFERS,
        ),
        filters=columns.SYSTEM_FILTERS,
        query=_by_unit,
        finish=_with_share,
        records=staged_records,
    ),
    Metric(
        key="systems_by_stage",
        title=Text("各階段的系統", "Systems by stage"),
        definition=Text(
            "統計截止日當天，各導入對象與部門別的系統各在哪個階段；已導入單位至少有一個已導入系統，"
            "尚未導入單位只有規劃或測試中的系統；逾期是預定導入日已過而仍未導入的系統。",
            "By side and sector, how many systems are in each stage on the as-of day. An "
            "integrated unit has at least one integrated system, one on its way only planned or "
            "testing ones; overdue are systems past their target and not integrated.",
        ),
        formula=Text(
            f"{_STAGE_FORMULA.zh}，依導入對象與部門別計數。",
            f"{_STAGE_FORMULA.en}; systems are counted by side, sector and stage.",
        ),
        excludes=Text(
            f"{_WITHOUT_A_DATE.zh}只有已下線系統的單位，不算已導入也不算尚未導入。",
            f"{_WITHOUT_A_DATE.en} A unit with only retired systems is neither integrated nor on "
            "its way.",
        ),
        unit=columns.SYSTEM_UNIT,
        higher_is="neutral",
        columns=(
            columns.SIDE,
            catalogue.SECTOR,
            columns.count("units", "已導入單位", "Units integrated"),
            columns.count("units_on_their_way", "尚未導入單位", "Units on their way"),
            catalogue.PLANNED,
            catalogue.TESTING,
            catalogue.INTEGRATED,
            catalogue.RETIRED,
            catalogue.OVERDUE,
        ),
        filters=columns.SYSTEM_FILTERS,
        query=_by_stage,
        records=staged_records,
    ),
    Metric(
        key="system_progress",
        title=Text("各系統導入進度", "Progress of each system"),
        definition=Text(
            "每個系統在統計截止日所處的階段、自何日起、已停留幾個月，以及各階段的日期；"
            "預定導入日已過而仍未導入者，列出逾期天數（未逾期為 0）；逾期而尚無任何日期者也列出。",
            "For each system the stage it is in on the as-of day, since when, for how many months, "
            "and the days of its stages; past its target and not integrated, by how many days "
            "(0 when not overdue). One that is overdue without any date yet is listed too.",
        ),
        formula=Text(
            f"{_STAGE_FORMULA.zh}；停留月數＝自該階段日期起已滿的月數；"
            "逾期天數＝統計截止日－預定導入日。",
            f"{_STAGE_FORMULA.en}; months = complete months since that day; "
            "days overdue = D − target_on.",
        ),
        excludes=Text(
            f"未逾期而{_WITHOUT_A_DATE.zh}統計截止日之後的日期視為尚未發生。",
            f"{_WITHOUT_A_DATE.en[:-1]}, unless overdue. A day after the as-of day has not "
            "happened yet.",
        ),
        unit=columns.SYSTEM_UNIT,
        higher_is="neutral",
        columns=(
            catalogue.SYSTEM_CODE,
            catalogue.SYSTEM,
            columns.UNIT_CODE,
            columns.UNIT,
            columns.SIDE,
            catalogue.SECTOR,
            catalogue.STAGE,
            Column("since", "day", Text("自何日起", "Since")),
            columns.count("months", "停留（月）", "Months in stage"),
            Column("planned_on", "day", Text("規劃日", "Planned on")),
            Column("testing_on", "day", Text("測試日", "Testing on")),
            Column("integrated_on", "day", Text("導入日", "Integrated on")),
            Column("retired_on", "day", Text("下線日", "Retired on")),
            catalogue.TARGET_ON,
            catalogue.DAYS_OVERDUE,
        ),
        filters=columns.SYSTEM_FILTERS,
        query=_progress,
        finish=_with_durations,
        records=listed_records,
    ),
)

"""Against what was intended: targets of systems, and goals that someone set for a side."""

from datetime import timedelta

import pandas as pd
from sqlalchemy import and_, case, false, func, literal, or_, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.integration import catalogue
from adoption.metrics.integration.catalogue import (
    UNDATED,
    days_since,
    integrated_records,
    is_known,
    of_its_unit,
    overdue_records,
    unit_filter,
    with_a_target_records,
)
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    count_of,
    is_integrated,
    is_overdue,
    is_retired,
    month_of,
    system_stage,
)
from adoption.metrics.selection import Selection
from adoption.store import Query
from adoption.store.schema import calendar, systems, targets, units

PLAN_AHEAD = timedelta(days=731)  # two years: a target further off would stretch the axis
GOALS_FOR = ("integration_totals", "integration_totals.systems")  # how a goal names its number
EVERYTHING = "all"  # the scope '' of a goal


def _overdue(selection: Selection) -> Query:
    stage = func.coalesce(system_stage(selection.as_of), UNDATED)
    return (
        select(
            systems.c.system_code,
            systems.c.name.label("system"),
            units.c.unit_code,
            units.c.name.label("unit"),
            units.c.side,
            units.c.sector,
            stage.label("stage"),
            systems.c.target_on,
        )
        .join(units, of_its_unit)
        .where(is_overdue(selection.as_of), *unit_filter(selection))
        .order_by(systems.c.target_on, systems.c.system_code)
    )


def _with_days_overdue(frame: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    return frame.assign(days_overdue=days_since(frame["target_on"], selection))


def _plan(selection: Selection) -> Query:
    as_of = literal(selection.as_of)
    aimed = (
        select(systems)
        .join(units, of_its_unit)
        .where(systems.c.target_on.is_not(None), is_known(selection), *unit_filter(selection))
        .subquery("aimed")
    )
    last_ahead = selection.as_of + PLAN_AHEAD
    first = select(month_of(func.min(aimed.c.target_on))).scalar_subquery()
    last = (
        select(func.max(aimed.c.target_on)).where(aimed.c.target_on <= last_ahead).scalar_subquery()
    )
    is_running = and_(calendar.c.month <= as_of, calendar.c.month_end > as_of)
    months = (
        select(
            calendar.c.month,
            # The plan goes on after the as-of day; what has happened stops there.
            case((is_running, as_of), else_=calendar.c.month_end).label("day"),
            case((calendar.c.month_end > as_of, as_of), else_=calendar.c.month_end).label("seen"),
        )
        .where(
            calendar.c.month >= first,
            or_(calendar.c.month <= selection.as_of, calendar.c.month <= last),
        )
        .subquery("months")
    )
    with_target = and_(of_its_unit, systems.c.target_on.is_not(None), is_known(selection))
    is_due = and_(systems.c.target_on <= months.c.day, ~is_retired(months.c.seen))
    return (
        select(
            months.c.month,
            units.c.side,
            count_of(is_due).label("due"),
            count_of(is_integrated(months.c.seen)).label("integrated"),
        )
        .select_from(months.join(units, literal(True)).outerjoin(systems, with_target))
        .where(*unit_filter(selection))
        .group_by(months.c.month, units.c.side)
        .order_by(months.c.month, units.c.side.desc())
    )


def _goals(selection: Selection) -> Query:
    as_of = literal(selection.as_of)
    day = case((targets.c.due_on > as_of, as_of), else_=targets.c.due_on)
    # A goal is set for a side as a whole: it says nothing of chosen units.
    scopes = false() if selection.unit else targets.c.scope.in_(selection.side or ("", *_SIDES))
    side = case((targets.c.scope == "", EVERYTHING), else_=targets.c.scope)
    in_scope = or_(targets.c.scope == "", targets.c.scope == units.c.side)
    return (
        select(
            side.label("side"),
            targets.c.due_on,
            targets.c.value.label("goal"),
            count_of(is_integrated(day)).label("systems"),
        )
        .select_from(targets.outerjoin(units, in_scope).outerjoin(systems, of_its_unit))
        .where(targets.c.metric.in_(GOALS_FOR), scopes)
        .group_by(targets.c.scope, targets.c.due_on, targets.c.value)
        .order_by(targets.c.due_on, targets.c.scope)
    )


_SIDES = ("ministry", "external")


def _with_reached(frame: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    return frame.assign(reached=frame["systems"] >= frame["goal"])


METRICS = (
    Metric(
        key="overdue_systems",
        title=Text("逾期未導入的系統", "Overdue systems"),
        definition=Text(
            "預定導入日在統計截止日之前，而當天仍未導入、也未下線的系統，及其逾期天數。"
            "預定導入日當天不算逾期。",
            "Systems whose target lies before the as-of day and that are neither integrated nor "
            "retired on it, and by how many days. On the target day itself a system is not "
            "overdue.",
        ),
        formula=Text(
            "逾期＝預定導入日 < 統計截止日，且當日或之前無導入日、無下線日；"
            "逾期天數＝統計截止日－預定導入日。",
            "overdue = target_on < D and neither integrated_on nor retired_on ≤ D; "
            "days overdue = D − target_on. D is the as-of day.",
        ),
        excludes=Text(
            "沒有預定導入日的系統；逾期後才導入的系統，自導入當天起不計。",
            "Systems without a target; those that integrated late, from the day on which they did.",
        ),
        unit=columns.SYSTEM_UNIT,
        higher_is="worse",
        columns=(
            catalogue.SYSTEM_CODE,
            catalogue.SYSTEM,
            columns.UNIT_CODE,
            columns.UNIT,
            columns.SIDE,
            catalogue.SECTOR,
            catalogue.STAGE,
            catalogue.TARGET_ON,
            catalogue.DAYS_OVERDUE,
        ),
        filters=columns.SYSTEM_FILTERS,
        query=_overdue,
        finish=_with_days_overdue,
        records=overdue_records,
    ),
    Metric(
        key="integration_plan",
        title=Text("導入的預定與實際（有預定導入日的系統）", "Integration: planned and actual"),
        definition=Text(
            "只看有預定導入日的系統：各月月底依預定導入日應已導入幾個、實際已導入幾個（均為累計）。"
            "統計截止日所在月份算到當天；之後的月份只列預定，最多兩年。",
            "Of the systems with a target: how many should have been integrated by each month's "
            "end, and how many were (both cumulative). The as-of day's month is counted up to that "
            "day; later months, two years at most, only have the plan.",
        ),
        formula=Text(
            "預定＝預定導入日 ≤ 月底且未下線；實際＝有預定導入日且月底已導入（不晚於統計截止日）。",
            "due = target_on ≤ month's end and not retired; integrated = with a target and "
            "integrated at the month's end, or on the as-of day if that is earlier.",
        ),
        excludes=Text(
            "沒有預定導入日的系統；統計截止日當天尚無任何日期、預定導入日也還沒到的系統。",
            "Systems without a target; those that have neither a date nor a target by the as-of "
            "day.",
        ),
        unit=columns.SYSTEM_UNIT,
        higher_is="better",
        columns=(
            columns.MONTH,
            columns.SIDE,
            columns.count("due", "預定已導入", "Due by then"),
            columns.count("integrated", "實際已導入", "Integrated by then"),
        ),
        filters=columns.SYSTEM_FILTERS,
        query=_plan,
        records=with_a_target_records,
    ),
    Metric(
        key="integration_goals",
        title=Text("導入目標達成情形", "Integration goals"),
        definition=Text(
            "為已導入系統數設定的目標（全部或某一導入對象），與期限當天已導入的系統數；"
            "期限未到者以統計截止日為準。",
            "The goals set for the number of systems integrated, in all or on one side, beside "
            "how many were integrated on the due day, or on the as-of day while that is earlier.",
        ),
        formula=Text(
            "達成＝期限當天（或統計截止日，取較早者）已導入系統數 ≥ 目標值。",
            "reached = systems integrated on the due day or the as-of day, whichever is earlier, "
            "≥ goal.",
        ),
        excludes=Text(
            "其他數字的目標；選擇單位時所有的目標，因為目標不是為個別單位設定的。",
            "Goals for other numbers; all goals while units are chosen, since none is set for a "
            "unit.",
        ),
        unit=columns.SYSTEM_UNIT,
        higher_is="better",
        columns=(
            columns.SIDE,
            Column("due_on", "day", Text("期限", "Due on")),
            Column("goal", "number", Text("目標（系統數）", "Goal (systems)")),
            columns.SYSTEMS,
            Column("reached", "flag", Text("已達成", "Reached")),
        ),
        filters=columns.SYSTEM_FILTERS,
        query=_goals,
        finish=_with_reached,
        records=integrated_records,
    ),
)

"""Whether certificates that come to their expiry are renewed, and when."""

from datetime import timedelta

import pandas as pd
from sqlalchemy import ColumnElement, case, func, literal, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.issuance import certificate_records
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    LATE_DAYS,
    RENEWED_IN_TIME,
    certificate_filter,
    count_of,
    days_after,
    due_on,
    is_on_journey,
    month_of,
    outcome,
)
from adoption.metrics.selection import Selection
from adoption.policy import STAGE_DAYS
from adoption.store import Query
from adoption.store.schema import certificates

FIRST_STAGE = STAGE_DAYS[0]
# How long renewals are watched after the first mail, and how far back: recent ways of renewing.
WEEKS_WATCHED = 13
FIRST_WEEK = -2
DAYS_BACK = 365

_c = certificates.c


def _rate(selection: Selection) -> Query:
    how = outcome(selection.as_of)
    journey = (
        select(month_of(_c.expires_on).label("expiry_month"), _c.expires_on, how.label("outcome"))
        .where(is_on_journey(selection.as_of), *certificate_filter(selection))
        .subquery("journey")
    )
    became = journey.c.outcome
    return (
        select(
            journey.c.expiry_month,
            func.count().label("due"),
            count_of(became.in_(RENEWED_IN_TIME)).label("renewed_in_time"),
            *[count_of(became == each).label(each) for each in ("late", "lapsed", "ended", "open")],
            func.max(journey.c.expires_on).label("last_expiry"),
        )
        .group_by(journey.c.expiry_month)
        .order_by(journey.c.expiry_month)
    )


def _with_rates(cohorts: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    last_expiry, as_of = pd.to_datetime(cohorts["last_expiry"]), pd.Timestamp(selection.as_of)
    renewed = cohorts["renewed_in_time"]
    return cohorts.assign(
        rate=renewed / cohorts["due"],
        complete=last_expiry <= as_of,
        rate_with_late=(renewed + cohorts["late"]) / cohorts["due"],
        late_complete=last_expiry + pd.Timedelta(days=LATE_DAYS) <= as_of,
    )


def _rate_records(selection: Selection) -> Query:
    return (
        certificate_records(selection)
        .add_columns(outcome(selection.as_of).label("outcome"))
        .where(is_on_journey(selection.as_of))
    )


def _watched(selection: Selection) -> list[ColumnElement[bool]]:
    """On the journey, and WEEKS_WATCHED weeks have gone by since the first mail fell due."""
    last = selection.as_of - timedelta(days=7 * WEEKS_WATCHED - FIRST_STAGE)
    return [
        is_on_journey(selection.as_of),
        _c.expires_on <= last,
        _c.expires_on > last - timedelta(days=DAYS_BACK),
    ]


def _week_of_renewal(selection: Selection) -> ColumnElement[int | None]:
    """In which week after the first due day it was renewed: 1 is days 1 to 7; NULL when in none."""
    first_due, how = due_on(FIRST_STAGE), outcome(selection.as_of)
    return case(
        (how.not_in((*RENEWED_IN_TIME, "late")), None),
        *[
            (_c.renewed_on <= days_after(first_due, 7 * week), literal(week, literal_execute=True))
            for week in range(FIRST_WEEK, WEEKS_WATCHED + 1)
        ],
    )


def _timing(selection: Selection) -> Query:
    weeks = (
        select(_week_of_renewal(selection).label("week"))
        .where(*_watched(selection), *certificate_filter(selection))
        .subquery("weeks")
    )
    return (
        select(weeks.c.week, func.count().label("certificates"))
        .group_by(weeks.c.week)
        .order_by(weeks.c.week)
    )


def _with_shares(weeks: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Of all that were watched, those too that were not renewed in these weeks."""
    shares = weeks.assign(share=weeks["certificates"] / weeks["certificates"].sum())
    return shares[shares["week"].notna()]


def _timing_records(selection: Selection) -> Query:
    return (
        certificate_records(selection)
        .add_columns(outcome(selection.as_of).label("outcome"))
        .where(*_watched(selection))
    )


_JOURNEY = Text(
    f"第一次應寄日（到期前{FIRST_STAGE}天）已到且當時仍在使用的憑證",
    f"certificates in use when their first mail fell due ({FIRST_STAGE} days before expiry)",
)

METRICS = (
    Metric(
        key="renewal_rate",
        title=Text("各到期月份的換發率", "Renewal rate by expiry month"),
        definition=Text(
            f"依到期月份：{_JOURNEY.zh}中，到期日以前申請換發的比率。應換發的每一張都在分母，換發前終止者"
            "也在內，另列其數。該月份最後一張到期日在統計截止日或之前才算完整；「含逾期」要再過"
            f"{LATE_DAYS}天。未完整的月份仍會上升，不可與完整的月份比較。",
            f"By expiry month: of the {_JOURNEY.en}, the share renewed by their day of expiry. "
            "Every one of them is in the denominator, those too that ended before a renewal, which "
            "are counted beside it. A month is complete when its last expiry is on or before the "
            f"as-of day, with the late ones {LATE_DAYS} days later. An incomplete month can still "
            "rise and must not be compared with complete ones.",
        ),
        formula=Text(
            "換發率＝到期前換發 ÷ 應換發；"
            "應換發＝到期前換發＋逾期換發＋逾期未換發＋換發前終止＋尚未定案。"
            "含逾期的換發率＝（到期前換發＋逾期換發）÷ 應換發。",
            "rate = renewed_in_time ÷ due; due = renewed_in_time + late + lapsed + ended + open. "
            "rate_with_late = (renewed_in_time + late) ÷ due.",
        ),
        excludes=Text(
            f"第一次應寄日以前已終止且終止前未換發者；到期前{FIRST_STAGE}天之後才核發者；"
            f"到期超過{LATE_DAYS}天後的換發；統計截止日之後的事件。",
            "Certificates that ended by the first due day without a renewal, or were issued after "
            f"it; renewals more than {LATE_DAYS} days after expiry; events after the as-of day.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="better",
        columns=(
            columns.EXPIRY_MONTH,
            columns.count("due", "應換發（張）", "Due"),
            columns.count("renewed_in_time", "到期前換發（張）", "Renewed in time"),
            columns.count("late", "逾期換發（張）", "Late"),
            columns.count("lapsed", "逾期未換發（張）", "Lapsed"),
            columns.count("ended", "換發前終止（張）", "Ended"),
            columns.count("open", "尚未定案（張）", "Open"),
            Column("rate", "share", Text("換發率", "Renewal rate")),
            Column("complete", "flag", Text("完整", "Complete")),
            Column("rate_with_late", "share", Text("換發率（含逾期）", "With late renewals")),
            Column("late_complete", "flag", Text("完整（含逾期）", "Complete with late ones")),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_rate,
        finish=_with_rates,
        records=_rate_records,
    ),
    Metric(
        key="renewal_timing",
        title=Text("第一次提醒後多久換發", "Time from the first mail to renewal"),
        definition=Text(
            f"{_JOURNEY.zh}，自該日起已滿{WEEKS_WATCHED}週且在最近{DAYS_BACK}天內滿者，依換發日距第一次"
            "應寄日的週數。第1週為其後第1至7天，第0週為當天及前6天，"
            f"第{FIRST_WEEK}週為前{-7 * FIRST_WEEK}天以上。占比的分母含未在這些週內換發者。",
            f"Of the {_JOURNEY.en}, those for whom {WEEKS_WATCHED} weeks have passed since, within "
            f"the last {DAYS_BACK} days: by the week of their renewal. Week 1 is days 1 to 7 after "
            "that day, week 0 the day itself and the 6 before, "
            f"week {FIRST_WEEK} {-7 * FIRST_WEEK} days before or earlier. Shares are of all, "
            "those too that were not renewed in these weeks.",
        ),
        formula=Text(
            "週數＝（換發日 −（到期日 − 45天））÷ 7，向上取整；占比＝該週換發 ÷ 觀察的全部憑證。",
            "week = (renewed_on − (expires_on − 45 days)) ÷ 7, rounded up; share = renewed in that "
            "week ÷ all that were watched.",
        ),
        excludes=Text(
            f"自第一次應寄日起未滿{WEEKS_WATCHED}週者，否則晚換發者會被漏掉；更早的到期月份；"
            "換發前終止者不計入任何一週，但在分母內。",
            f"Certificates with fewer than {WEEKS_WATCHED} weeks since their first due day, of "
            "which the slow renewals would be missing; earlier ones. Those that ended before a "
            "renewal are in no week, but in the denominator.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=(
            columns.count("week", "週（自第一次應寄日起）", "Week from the first due day"),
            columns.CERTIFICATES,
            Column("share", "share", Text("占比", "Share")),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_timing,
        finish=_with_shares,
        records=_timing_records,
    ),
)

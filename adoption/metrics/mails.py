"""Reminder mails that were due by the rule, and those that will be."""

from typing import Any

import pandas as pd
from sqlalchemy import (
    literal,
    or_,
    select,
    union_all,
)

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.issuance import certificate_records
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    certificate_filter,
    count_of,
    due_on,
    is_mail_due,
)
from adoption.metrics.selection import Selection, last_day
from adoption.policy import STAGE_DAYS
from adoption.store import Query
from adoption.store.schema import certificates
from adoption.workdays import day_kind

_c = certificates.c
MAIL_UNIT = Text("封信件", "mails")


def _due(selection: Selection) -> Query:
    expiries = (
        select(
            _c.expires_on,
            *[
                count_of(is_mail_due(stage, selection.as_of, last_day(selection))).label(
                    f"mails_{stage}"
                )
                for stage in STAGE_DAYS
            ],
        )
        .where(_c.expires_on <= _last_expiry(selection), *certificate_filter(selection))
        .group_by(_c.expires_on)
        .subquery("expiries")
    )
    mails = union_all(
        *[
            select(
                due_on(stage, expiries.c.expires_on).label("day"),
                literal(stage).label("stage"),
                expiries.c[f"mails_{stage}"].label("mails"),
            )
            for stage in STAGE_DAYS
        ]
    ).subquery("mails")
    return select(*mails.c).where(mails.c.mails > 0).order_by(mails.c.day, mails.c.stage.desc())


def _last_expiry(selection: Selection) -> Any:
    return last_day(selection) + pd.Timedelta(days=STAGE_DAYS[0]).to_pytimedelta()


def _with_day_kinds(rows: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    kinds = {day: day_kind(day.date()) for day in rows["day"].unique()}
    return rows.assign(
        day_kind=rows["day"].map(kinds).astype("str"),
        ahead=rows["day"] > pd.Timestamp(selection.as_of),
    )


def _due_records(selection: Selection) -> Query:
    mails = [is_mail_due(stage, selection.as_of, last_day(selection)) for stage in STAGE_DAYS]
    return certificate_records(selection).where(or_(*mails))


METRICS = (
    Metric(
        key="mails_due",
        title=Text("每日應寄提醒信件（封）", "Reminder mails due by day"),
        definition=Text(
            "每天應寄出的提醒信件：截至統計截止日為到達該提醒階段的憑證，每張每階段一封；之後的期間為統計截止日"
            "仍有效、尚未換發的憑證將屆的應寄日，假設此後再無人換發或終止，因此是上限。日別依政府行政機關"
            "辦公日曆（2013至2027年含補假與補班）。沒有信件的日期不列。",
            "The reminder mails to send each day. Up to the as-of day: one for each certificate "
            "and stage that it reached. After it: the due days ahead of the certificates valid and "
            "not renewed on the as-of day, as if nobody else renewed or ended: an upper bound. The "
            "kind of day follows the government's office calendar (2013 to 2027 with make-up "
            "days). Days without mails have no row.",
        ),
        formula=Text(
            "應寄日＝到期日 − 階段天數。過去：到達該階段的憑證張數；未來："
            "統計截止日 < 應寄日 ≤ 統計截止日＋期間天數，且憑證有效、尚未換發。",
            "due = expires_on − the stage's days. Past: certificates that reached the stage. "
            "Ahead: D < due ≤ D + days, valid on D and not renewed by D. D is the as-of day.",
        ),
        excludes=Text(
            "實際是否寄出（見「提醒信件寄送情形」）；統計截止日以後才會核發的憑證。",
            "Whether they were sent (see the delivery of mails); certificates issued after the "
            "as-of day.",
        ),
        unit=MAIL_UNIT,
        higher_is="neutral",
        columns=(
            columns.DAY,
            columns.STAGE,
            columns.count("mails", "應寄信件（封）", "Mails due"),
            Column("day_kind", "code", Text("日別", "Kind of day")),
            Column("ahead", "flag", Text("尚未到期（推估）", "Ahead (forecast)")),
        ),
        filters=("days", *columns.CERTIFICATE_FILTERS),
        query=_due,
        finish=_with_day_kinds,
        records=_due_records,
    ),
)

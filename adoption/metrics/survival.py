"""How the certificates of a year are renewed as their expiry comes near and passes."""

from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import and_, case, func, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.issuance import certificate_records
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    Condition,
    certificate_filter,
    days_after,
    days_before,
    has_ended_first,
    is_open_after,
)
from adoption.metrics.selection import Selection
from adoption.store import Query
from adoption.store.schema import certificates

DAYS_BEFORE, DAYS_AFTER = 90, 60
MONTHS = 12

_c = certificates.c


def survival_months(as_of: date) -> tuple[date, date]:
    """The first day of the first and the last day of the last expiry month that is followed.

    The MONTHS latest ones of which every certificate's DAYS_AFTER days after expiry are past.
    """
    end = (pd.Timestamp(as_of) - pd.Timedelta(days=DAYS_AFTER - 1)).replace(day=1)
    return (end - pd.DateOffset(months=MONTHS)).date(), (end - pd.Timedelta(days=1)).date()


def _is_followed(selection: Selection) -> Condition:
    first, last = survival_months(selection.as_of)
    start = days_before(_c.expires_on, DAYS_BEFORE)
    return and_(
        _c.expires_on >= first,
        _c.expires_on <= last,
        _c.issued_on <= start,
        is_open_after(start),
    )


def _query(selection: Selection) -> Query:
    ended = has_ended_first(selection.as_of)
    renewed = _c.renewed_on <= days_after(_c.expires_on, DAYS_AFTER)
    event = case((ended, "ended"), (renewed, "renewed"), else_="none").label("event")
    day = case((ended, _c.ended_on), (renewed, _c.renewed_on)).label("day")
    # The difference of two days is not the same type in every engine: it is taken afterwards.
    events = (
        select(_c.expires_on, event, day)
        .where(_is_followed(selection), *certificate_filter(selection))
        .subquery("events")
    )
    return select(*events.c, func.count().label("certificates")).group_by(*events.c)


def _curve(events: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """A row a day from DAYS_BEFORE before expiry (positive) to DAYS_AFTER after it (negative)."""
    days = np.arange(DAYS_BEFORE, -DAYS_AFTER - 1, -1)
    total = int(events["certificates"].sum())
    if not total:
        days = days[:0]
    left = (events["expires_on"] - events["day"]).dt.days
    curve = pd.DataFrame({"days_to_expiry": days, "certificates": total})
    for event in ("renewed", "ended"):
        counts = events["certificates"].where(events["event"] == event).groupby(left).sum()
        curve[event] = counts.reindex(days, fill_value=0).cumsum().to_numpy()
    curve["to_renew"] = curve["certificates"] - curve["renewed"] - curve["ended"]
    for name in ("to_renew", "renewed", "ended"):
        curve[f"{name}_share"] = curve[name] / curve["certificates"]
    return curve


def _records(selection: Selection) -> Query:
    return certificate_records(selection).where(_is_followed(selection))


METRICS = (
    Metric(
        key="renewal_survival",
        title=Text(
            "到期前後尚未換發的憑證比率（%）", "Certificates not yet renewed, by days to expiry (%)"
        ),
        definition=Text(
            f"到期前{DAYS_BEFORE}天仍在使用且尚未換發的憑證，逐日到到期後{DAYS_AFTER}天：尚未換發、已換發、"
            f"換發前已終止各占多少，每天三者合計100%。取最近{MONTHS}個完整到期月份，即其到期後{DAYS_AFTER}天"
            "都已過的月份。終止的憑證自終止日起另列，分母不變。",
            f"The certificates in use and not renewed {DAYS_BEFORE} days before expiry, day by day "
            f"until {DAYS_AFTER} days after it: not yet renewed, renewed, or ended before that; "
            f"the three are 100 % on every day. Of the latest {MONTHS} complete expiry months, "
            f"those whose {DAYS_AFTER} days after expiry are all past. Ended ones stand apart from "
            "the day on which they end and stay in the denominator.",
        ),
        formula=Text(
            f"尚未換發比率＝（起點張數 − 截至該日已換發 − 截至該日已終止）÷ 起點張數；"
            f"起點為到期前{DAYS_BEFORE}天。各日以當天結束時計，當天申請者算已換發。",
            f"Share not yet renewed = (certificates at the start − renewed − ended by that day) ÷ "
            f"certificates at the start, {DAYS_BEFORE} days before expiry. Each day at its end: "
            "renewed on a day is renewed.",
        ),
        excludes=Text(
            f"到期前{DAYS_BEFORE}天以前已換發、已終止或該日之後才核發的憑證；到期後才有的終止日。",
            f"Certificates renewed or ended by {DAYS_BEFORE} days before expiry, or issued after "
            "that; a day of ending that lies after expiry.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="worse",
        columns=(
            columns.count(
                "days_to_expiry", "距到期天數（負數為到期後）", "Days to expiry (after: negative)"
            ),
            columns.count("certificates", "起點憑證（張）", "Certificates at the start"),
            columns.count("to_renew", "尚未換發（張）", "Not yet renewed"),
            columns.count("renewed", "已換發（張）", "Renewed"),
            columns.count("ended", "換發前終止（張）", "Ended before"),
            Column("to_renew_share", "share", Text("尚未換發", "Not yet renewed")),
            Column("renewed_share", "share", Text("已換發", "Renewed")),
            Column("ended_share", "share", Text("換發前終止", "Ended before")),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_query,
        finish=_curve,
        records=_records,
    ),
)

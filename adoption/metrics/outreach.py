"""Whom to call: certificates about to expire that nobody has applied to renew."""

from sqlalchemy import ColumnElement, case, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.issuance import certificate_records
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    Condition,
    certificate_filter,
    county_on,
    has_reached,
    is_to_renew,
)
from adoption.metrics.selection import Selection, last_day
from adoption.policy import STAGE_DAYS
from adoption.store import Query
from adoption.store.schema import certificates, recorded_serial

# The reminder stages that a certificate can have reached last, in days; 0 is none so far.
LAST_STAGES = (0, *STAGE_DAYS)
_c = certificates.c


def stage_code(days: int) -> str:
    """reached_45 ... and reached_none for 0."""
    return f"reached_{days or 'none'}"


def _last_stage(selection: Selection) -> ColumnElement[str]:
    last_first = [
        (has_reached(stage, selection.as_of), stage_code(stage)) for stage in reversed(STAGE_DAYS)
    ]
    return case(*last_first, else_=stage_code(0))


def _is_called(selection: Selection) -> list[Condition]:
    conditions = [is_to_renew(selection.as_of, last_day(selection)), *certificate_filter(selection)]
    if selection.stage:
        codes = [stage_code(stage) for stage in selection.stage]
        conditions.append(_last_stage(selection).in_(codes))
    return conditions


def _list(selection: Selection) -> Query:
    return (
        select(
            recorded_serial(),
            _c.holder_id,
            county_on(selection.as_of).label("county"),
            _c.expires_on.label("day"),
            _last_stage(selection).label("stage"),
        )
        .where(*_is_called(selection))
        .order_by(_c.expires_on, _c.serial)
    )


def _records(selection: Selection) -> Query:
    return certificate_records(selection).where(*_is_called(selection))


METRICS = (
    Metric(
        key="outreach",
        title=Text("待聯繫名單", "Certificates to call about"),
        definition=Text(
            "在統計截止日有效、於期間內到期且尚未申請換發的憑證，一列一張，依到期日排列，並列最後到達的提醒"
            "階段（依規則，不是實際寄送）。同一持有者有幾張就有幾列。名單不含電子郵件與姓名。",
            "Certificates valid on the as-of day that expire in the period and have no renewal so "
            "far, a row each, by day of expiry, with the reminder stage reached last (by the rule, "
            "not by what was sent). A holder with several has several rows. No e-mail addresses "
            "and no names.",
        ),
        formula=Text(
            "統計截止日有效，且統計截止日 < 到期日 ≤ 統計截止日＋往後天數，"
            "且無換發日或換發日 > 統計截止日；"
            "階段＝應寄日（到期日 − 天數）≤ 統計截止日者中天數最小的。",
            "Valid on D, D < expires_on ≤ D + days, and no renewed_on or renewed_on > D; stage = "
            "the one with the fewest days whose due day is ≤ D. D is the as-of day.",
        ),
        excludes=Text(
            "已換發、已終止、已到期者；應寄日以後才核發的憑證不算到達該階段。",
            "Certificates that are renewed, ended or expired. One issued after a due day has not "
            "reached that stage.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="worse",
        columns=(
            Column("serial", "text", Text("憑證序號", "Serial")),
            Column("holder_id", "text", Text("統一編號", "Holder (統一編號)")),
            columns.COUNTY,
            Column("day", "day", Text("到期日", "Expires on")),
            Column("stage", "code", Text("最後到達的提醒階段", "Reminder stage reached last")),
        ),
        filters=("days", *columns.CERTIFICATE_FILTERS, "stage"),
        query=_list,
        records=_records,
    ),
)

"""Reminder mails due beside the send log: sent, delivered, missing."""

from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Subquery, and_, case, func, literal, or_, select, union_all

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.issuance import certificate_records
from adoption.metrics.mails import MAIL_UNIT
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    Condition,
    certificate_filter,
    count_of,
    county_on,
    due_on,
    has_reached,
    whole,
)
from adoption.metrics.selection import Selection
from adoption.policy import STAGE_DAYS
from adoption.store import Query
from adoption.store.schema import certificates, recorded_serial, reminders

_c = certificates.c
# What came of a mail that was tried more than once: the best of it.
RESULTS = ("delivered", "bounced", "no_address")
_OTHERWISE = ("missing", "before_log", "unexpected")
_PLACE = {became: place for place, became in enumerate((*RESULTS, *_OTHERWISE))}
_MISSING = _PLACE["missing"]


def _log(selection: Selection) -> Subquery:
    """One row a serial, with each stage's best result, first day and number of rows."""
    log = reminders.c
    rank = case(*[(log.result == name, place) for place, name in enumerate(RESULTS)])
    columns_of_stages: list[ColumnElement[Any]] = []
    for stage in STAGE_DAYS:
        is_stage = log.stage == stage
        columns_of_stages += [
            func.min(case((is_stage, rank))).label(f"best_{stage}"),
            func.min(case((is_stage, log.sent_on))).label(f"first_{stage}"),
            count_of(is_stage).label(f"rows_{stage}"),
        ]
    return (
        select(log.serial, *columns_of_stages)
        .where(log.sent_on <= selection.as_of)
        .group_by(log.serial)
        .subquery("log")
    )


def _beginning(selection: Selection) -> Subquery:
    """One row: the first day in the log, of whatever certificates; NULL when there is none."""
    return (
        select(func.min(reminders.c.sent_on).label("day"))
        .where(reminders.c.sent_on <= selection.as_of)
        .subquery("beginning")
    )


def _comes_near(selection: Selection) -> Condition:
    """Whether the first mail can be due by as_of: what spares an engine the rest."""
    return _c.expires_on <= selection.as_of + timedelta(days=STAGE_DAYS[0])


def _delivery(selection: Selection) -> Query:
    """Certificates by what became of each stage's mail, in one pass, with rows and late ones."""
    log, beginning = _log(selection), _beginning(selection)
    became: list[ColumnElement[Any]] = []
    counts: list[ColumnElement[Any]] = []
    for stage in STAGE_DAYS:
        best, first, rows = (log.c[f"{name}_{stage}"] for name in ("best", "first", "rows"))
        otherwise = case((due_on(stage) < beginning.c.day, _PLACE["before_log"]), else_=_MISSING)
        due = func.coalesce(best, otherwise)
        # A mail whose certificate is not known was not due either.
        place = case((has_reached(stage, selection.as_of), due), (rows > 0, _PLACE["unexpected"]))
        became.append(place.label(f"became_{stage}"))
        counts += [rows.label(f"rows_{stage}"), (first > due_on(stage)).label(f"late_{stage}")]
    each = (
        select(*became, *counts)
        .select_from(
            certificates.join(log, _c.serial == log.c.serial, full=True).join(
                beginning, literal(True)
            )
        )
        .where(
            # The rest have reached no stage and got no mail.
            or_(_comes_near(selection), log.c.serial.is_not(None)),
            *certificate_filter(selection),
        )
        .subquery("each")
    )
    became = [each.c[f"became_{stage}"] for stage in STAGE_DAYS]
    return select(
        *became,
        func.count().label("mails"),
        *[
            whole(func.coalesce(func.sum(each.c[f"rows_{stage}"]), 0)).label(f"rows_{stage}")
            for stage in STAGE_DAYS
        ],
        *[count_of(each.c[f"late_{stage}"]).label(f"late_{stage}") for stage in STAGE_DAYS],
    ).group_by(*became)


def _by_stage(groups: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    rows = []
    for stage in STAGE_DAYS:
        names = groups[f"became_{stage}"].map(dict(enumerate(_PLACE)))
        of_stage = groups.groupby(names)[["mails", f"rows_{stage}", f"late_{stage}"]].sum()
        became = of_stage["mails"].reindex([*RESULTS, *_OTHERWISE], fill_value=0)
        sent = became[list(RESULTS)].sum()
        missing = became["missing"] + became["before_log"]
        rows.append(
            {
                "stage": stage,
                "due": sent + missing,
                "sent": sent,
                **became,
                "missing": missing,
                "late": of_stage[f"late_{stage}"].reindex(RESULTS, fill_value=0).sum(),
                "repeated": of_stage[f"rows_{stage}"].sum() - sent - became["unexpected"],
            }
        )
    return pd.DataFrame(rows)


def _missing(selection: Selection) -> Query:
    log, beginning = _log(selection), _beginning(selection)
    is_missing = {
        stage: and_(
            has_reached(stage, selection.as_of),
            due_on(stage) >= beginning.c.day,
            func.coalesce(log.c[f"rows_{stage}"], 0) == 0,
        )
        for stage in STAGE_DAYS
    }
    found = (
        select(
            *(
                recorded_serial(),
                _c.holder_id,
                county_on(selection.as_of).label("county"),
                _c.org_type,
            ),
            *(_c.card, _c.expires_on),
            *[missing.label(f"missing_{stage}") for stage, missing in is_missing.items()],
        )
        .select_from(
            certificates.outerjoin(log, log.c.serial == _c.serial).join(beginning, literal(True))
        )
        .where(
            # What expires before the log begins is not looked up in it.
            _c.expires_on > beginning.c.day,
            _comes_near(selection),
            or_(*is_missing.values()),
            *certificate_filter(selection),
        )
        .cte("certificates_with_missing_mails")
    )
    of_certificate = [column for column in found.c if not column.name.startswith("missing_")]
    mails = union_all(
        *[
            select(
                due_on(stage, found.c.expires_on).label("day"),
                literal(stage).label("stage"),
                *of_certificate,
            ).where(found.c[f"missing_{stage}"])
            for stage in STAGE_DAYS
        ]
    ).subquery("mails")
    return select(*mails.c).order_by(mails.c.day.desc(), mails.c.stage.desc(), mails.c.serial)


def _reached_records(selection: Selection) -> Query:
    reached = [has_reached(stage, selection.as_of) for stage in STAGE_DAYS]
    return certificate_records(selection).where(or_(*reached))


_MATCHING = Text(
    "寄送紀錄與應寄信件以憑證序號及提醒階段比對；同一序號同一階段有多筆時只算一封，結果取最好的一筆"
    "（送達優於退信，退信優於無信箱）。提早或遲寄的仍算已寄。",
    "A mail of the send log is matched with one due by serial and stage. Several rows of one "
    "serial and stage are one mail with the best of their results: delivered, then bounced, then "
    "no address. Sent early or late is sent.",
)

METRICS = (
    Metric(
        key="mail_delivery",
        title=Text("提醒信件寄送情形（封）", "Reminder mails: due, sent and delivered"),
        definition=Text(
            "截至統計截止日應寄的提醒信件，與寄送紀錄比對：已寄（紀錄中有）、其中送達、退信、無信箱，以及"
            f"未見紀錄（應寄而紀錄中沒有，無寬限期）。{_MATCHING.zh}紀錄起始日以前應寄而未見紀錄者另列，因為"
            "紀錄無從得知。不應寄而寄出者（未到達該階段，或沒有這張憑證）另計，不在已寄之內。",
            "The mails due up to the as-of day beside the send log: sent (in the log), of these "
            "delivered, bounced or without an address, and missing (due and not in the log, "
            f"without grace). {_MATCHING.en} Missing ones that were due before the log begins are "
            "also counted apart: the log cannot know of them. Unexpected ones, in the log though "
            "not due (the stage not reached, or no such certificate), are not in sent.",
        ),
        formula=Text(
            "應寄＝已寄＋未見紀錄；已寄＝送達＋退信＋無信箱。"
            "截至統計截止日的紀錄筆數＝已寄＋不應寄而寄出＋重複。",
            "due = sent + missing; sent = delivered + bounced + no address. Rows of the log up to "
            "the as-of day = sent + unexpected + repeated.",
        ),
        excludes=Text(
            "寄送日期在統計截止日之後的紀錄；有縣市或組織別篩選時，序號不明的紀錄。"
            "信件是否被閱讀無從得知。",
            "Rows of the log dated after the as-of day; with a filter by county or type, rows of "
            "unknown serials. Whether a mail was read cannot be known.",
        ),
        unit=MAIL_UNIT,
        higher_is="neutral",
        columns=(
            columns.STAGE,
            columns.count("due", "應寄（封）", "Due"),
            columns.count("sent", "已寄（封）", "Sent"),
            columns.count("delivered", "送達（封）", "Delivered"),
            columns.count("bounced", "退信（封）", "Bounced"),
            columns.count("no_address", "無信箱（封）", "No address"),
            columns.count("missing", "未見紀錄（封）", "Missing"),
            columns.count("before_log", "未見紀錄中紀錄起始日前（封）", "Missing, before the log"),
            columns.count("late", "已寄中遲寄（封）", "Sent late"),
            columns.count("unexpected", "不應寄而寄出（封）", "Unexpected"),
            columns.count("repeated", "重複（筆）", "Repeated rows"),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_delivery,
        finish=_by_stage,
        records=_reached_records,
    ),
    Metric(
        key="mails_missing",
        title=Text("應寄而未見寄送紀錄的信件（封）", "Mails due but not in the send log"),
        definition=Text(
            "自寄送紀錄起始日起、截至統計截止日應寄，而紀錄中沒有同一憑證序號、同一提醒階段的信件，一列一封，"
            "最近應寄的在前。統計截止日當天應寄者可能稍後才寄出。",
            "Mails due from the first day of the send log up to the as-of day of which the log has "
            "no row with that serial and stage: a row a mail, the latest first. Those due on the "
            "as-of day itself may still go out.",
        ),
        formula=Text(
            "紀錄起始日 ≤ 應寄日 ≤ 統計截止日、憑證到達該階段，"
            "且截至統計截止日的紀錄中沒有該序號與階段。",
            "First day of the log ≤ due ≤ D, the stage reached, and no row of the serial and stage "
            "in the log up to D. D is the as-of day.",
        ),
        excludes=Text(
            "寄送紀錄起始日以前應寄的信件；退信與無信箱者已在紀錄中，不列。沒有寄送紀錄時沒有任何列。",
            "Mails due before the log begins; bounced ones and those without an address, which are "
            "in the log. Without a log there is no row.",
        ),
        unit=MAIL_UNIT,
        higher_is="worse",
        columns=(
            Column("day", "day", Text("應寄日", "Due on")),
            columns.STAGE,
            Column("serial", "text", Text("憑證序號", "Serial")),
            Column("holder_id", "text", Text("統一編號", "Holder (統一編號)")),
            columns.COUNTY,
            columns.ORG_TYPE,
            Column("card", "code", Text("卡別", "Card")),
            Column("expires_on", "day", Text("到期日", "Expires on")),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_missing,
        records=_missing,
    ),
)

"""How often each reminder stage is reached, and what comes of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import case, distinct, func, literal, or_, select, union_all

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.issuance import certificate_records
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    OUTCOMES,
    certificate_filter,
    count_of,
    has_reached,
    is_on_journey,
    month_of,
    outcome,
)
from adoption.metrics.selection import Selection
from adoption.policy import STAGE_DAYS
from adoption.store import Query
from adoption.store.schema import certificates

_c = certificates.c


def _stages(selection: Selection) -> Query:
    counts = union_all(
        *[
            select(
                literal(stage).label("stage"),
                func.count().label("certificates"),
                func.count(distinct(_c.holder_id)).label("holders"),
            ).where(has_reached(stage, selection.as_of), *certificate_filter(selection))
            for stage in STAGE_DAYS
        ]
    ).subquery("counts")
    return select(*counts.c).order_by(counts.c.stage.desc())


def _stages_by_month(selection: Selection) -> Query:
    month = month_of(_c.expires_on)
    # One pass over the certificates with a column a stage, turned into rows afterwards.
    wide = (
        select(
            month.label("expiry_month"),
            *[
                count_of(has_reached(stage, selection.as_of)).label(f"reached_{stage}")
                for stage in STAGE_DAYS
            ],
        )
        # No stage is due before the first; the counts themselves say which was reached.
        .where(
            _c.expires_on <= selection.as_of + timedelta(days=STAGE_DAYS[0]),
            *certificate_filter(selection),
        )
        .group_by(month)
        .subquery("wide")
    )
    stages = union_all(*[select(literal(stage).label("stage")) for stage in STAGE_DAYS]).subquery(
        "stages"
    )
    reached = case(*[(stages.c.stage == stage, wide.c[f"reached_{stage}"]) for stage in STAGE_DAYS])
    return (
        select(wide.c.expiry_month, stages.c.stage, reached.label("certificates"))
        .select_from(wide.join(stages, literal(True)))
        .where(reached > 0)
        .order_by(wide.c.expiry_month, stages.c.stage.desc())
    )


def _reached_any(selection: Selection) -> Any:
    return or_(*[has_reached(stage, selection.as_of) for stage in STAGE_DAYS])


def _journey(selection: Selection) -> Query:
    month, how = month_of(_c.expires_on), outcome(selection.as_of)
    ended = (
        select(month.label("expiry_month"), how.label("outcome"))
        .where(is_on_journey(selection.as_of), *certificate_filter(selection))
        .subquery("ended")
    )
    return (
        select(*ended.c, func.count().label("certificates")).group_by(*ended.c).order_by(*ended.c)
    )


def _outcome_shares(journey: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    rows = journey.groupby("outcome", as_index=False)["certificates"].sum()
    places = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    rows = rows.sort_values("outcome", key=lambda codes: codes.map(places))
    return rows.assign(share=shares_of(rows["certificates"].tolist()))


def shares_of(counts: Sequence[int]) -> list[float]:
    """Shares of the sum, in thousandths that add up to 1: largest remainders are rounded up.

    Of equal remainders the first.
    """
    total = sum(counts)
    if not total:
        return [0.0 for _ in counts]
    parts = [divmod(1000 * count, total) for count in counts]
    left = 1000 - sum(thousandths for thousandths, _ in parts)
    by_remainder = sorted(range(len(parts)), key=lambda place: -parts[place][1])
    rounded_up = set(by_remainder[:left])
    return [(part + (place in rounded_up)) / 1000 for place, (part, _) in enumerate(parts)]


def _reached_records(selection: Selection) -> Query:
    return certificate_records(selection).where(_reached_any(selection))


def _journey_records(selection: Selection) -> Query:
    return (
        certificate_records(selection)
        .add_columns(outcome(selection.as_of).label("outcome"))
        .where(is_on_journey(selection.as_of))
    )


_REACHED = Text(
    "到達某提醒階段：該階段應寄日（到期日前45、30、15、1天）在統計截止日或之前，且憑證到該日仍未申請"
    "換發、也未終止；當天申請者視為未到達。這是依規則計算的張數，不是實際寄出的信件數。",
    "A certificate reaches a stage when that stage's due day (45, 30, 15, 1 days before expiry) "
    "is on or before the as-of day and it is neither renewed nor ended by then; applying on the "
    "due day counts as not reached. This is counted by the rule, not mails sent.",
)

METRICS = (
    Metric(
        key="reminder_stages",
        title=Text("到達各提醒階段的憑證", "Certificates that reached each reminder stage"),
        definition=_REACHED,
        formula=Text(
            "應寄日＝到期日 − 階段天數。到達＝核發日 ≤ 應寄日 ≤ 統計截止日，"
            "且無換發日或換發日 > 應寄日，且無終止日或終止日 > 應寄日；"
            "持有者＝其不同統一編號。",
            "due = expires_on − the stage's days. Reached = issued_on ≤ due ≤ D and (no "
            "renewed_on or renewed_on > due) and (no ended_on or ended_on > due); holders = their "
            "distinct 統一編號. D is the as-of day.",
        ),
        excludes=Text(
            "規則以外的實際寄送：是否寄出、是否送達不影響此數。申請日或終止日等於應寄日者不計。",
            "What was really mailed: sending and delivery change nothing here. Certificates "
            "renewed or ended on the due day itself do not count.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="worse",
        columns=(columns.STAGE, columns.CERTIFICATES, columns.HOLDERS),
        filters=columns.CERTIFICATE_FILTERS,
        query=_stages,
        records=_reached_records,
    ),
    Metric(
        key="reminder_stages_by_month",
        title=Text("各到期月份到達提醒階段的憑證", "Reminder stages reached by expiry month"),
        definition=Text(
            f"{_REACHED.zh}依到期月份分列；統計截止日之後才到應寄日者尚未計入，該月份未完整。",
            f"{_REACHED.en} By expiry month, incomplete while due days lie ahead.",
        ),
        formula=Text(
            "同「到達各提醒階段的憑證」，依到期月份分列：應寄日＝到期日 − 階段天數；"
            "到達＝核發日 ≤ 應寄日 ≤ 統計截止日，且當時尚未換發、尚未終止。",
            "As reached reminder stages, by expiry month: due = expires_on − the stage's days; "
            "reached = issued_on ≤ due ≤ D and neither renewed nor ended by then. D is the as-of "
            "day.",
        ),
        excludes=Text(
            "規則以外的實際寄送：是否寄出、是否送達不影響此數。申請日或終止日等於應寄日者不計。",
            "What was really mailed: sending and delivery change nothing here. Certificates "
            "renewed or ended on the due day itself do not count.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="worse",
        columns=(columns.EXPIRY_MONTH, columns.STAGE, columns.CERTIFICATES),
        filters=columns.CERTIFICATE_FILTERS,
        query=_stages_by_month,
        records=_reached_records,
    ),
    Metric(
        key="reminder_journey",
        title=Text("提醒歷程的結果", "Outcomes of the reminder journey"),
        definition=Text(
            "第一次應寄日（到期前45天）已到且當時仍在使用的憑證，各屬且僅屬一種結果：第一次提醒前換發、"
            "第1至4次提醒後換發、逾期換發（到期後365天內）、換發前終止、逾期未換發、尚未定案。"
            "以先發生者為準；統計截止日之後的事件不計。",
            "Every certificate in use when its first mail fell due (45 days before expiry) has "
            "exactly one outcome: renewed before the first mail, after mail 1 to 4, late (up to "
            "365 days after expiry), ended before renewal, lapsed, or open. What happened first "
            "decides; events after the as-of day have not happened.",
        ),
        formula=Text(
            "分母＝核發日 ≤ 到期前45天 ≤ 統計截止日，且當時仍在使用的憑證；"
            "依先發生的事件分為九種結果，合計等於分母。",
            "Of all certificates with issued_on ≤ 45 days before expiry ≤ D that were in use "
            "then; what happened first puts each into one of nine outcomes, which add up to all. "
            "D is the as-of day.",
        ),
        excludes=Text(
            "第一次應寄日以前已終止且終止前未換發、或該日之後才核發的憑證；"
            "到期超過365天後的換發視為逾期未換發。",
            "Certificates that ended by the first due day without a renewal, or were issued after "
            "it; a renewal more than 365 days after expiry leaves them lapsed.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=(columns.EXPIRY_MONTH, columns.OUTCOME, columns.CERTIFICATES),
        filters=columns.CERTIFICATE_FILTERS,
        query=_journey,
        records=_journey_records,
    ),
    Metric(
        key="reminder_outcomes",
        title=Text("提醒歷程結果占比（%）", "Outcomes of the reminder journey (%)"),
        definition=Text(
            "第一次應寄日（到期前45天）已到且當時仍在使用的憑證，依提醒歷程的結果計其張數與占比。占比取到"
            "小數一位，以最大餘數法進位，合計恰為100.0%。",
            "The certificates in use when their first mail fell due, by outcome of the journey, "
            "and each outcome's share. Shares have one decimal and add up to exactly 100.0: those "
            "with the largest remainders are rounded up.",
        ),
        formula=Text(
            "占比＝該結果的憑證張數 ÷ 歷程中全部憑證張數。",
            "Share = certificates with the outcome ÷ all certificates on the journey.",
        ),
        excludes=Text(
            "第一次應寄日以前已終止且終止前未換發、或該日之後才核發的憑證。",
            "Certificates that ended by the first due day without a renewal, or were issued after "
            "it.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=(
            columns.OUTCOME,
            columns.CERTIFICATES,
            Column("share", "share", Text("占比", "Share")),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_journey,
        finish=_outcome_shares,
        records=_journey_records,
    ),
)

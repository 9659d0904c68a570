"""What comes of each reminder: renewed, ended or gone on."""

from typing import Any

import pandas as pd
from sqlalchemy import func, or_, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.issuance import certificate_records
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    AFTERWARDS,
    came_of,
    certificate_filter,
    has_reached,
)
from adoption.metrics.selection import Selection
from adoption.policy import STAGE_DAYS
from adoption.store import Query
from adoption.store.schema import certificates

_c = certificates.c


def _fates(selection: Selection) -> Query:
    """Certificates by what came of each stage, in one pass over them."""
    fates = [came_of(stage, selection.as_of).label(f"came_of_{stage}") for stage in STAGE_DAYS]
    each = (
        select(*fates)
        .where(_reached_any(selection), *certificate_filter(selection))
        .subquery("fates")
    )
    return select(*each.c, func.count().label("certificates")).group_by(*each.c)


def _reached_any(selection: Selection) -> Any:
    return or_(*[has_reached(stage, selection.as_of) for stage in STAGE_DAYS])


def _with_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares of what is decided; NaN where nothing is."""
    decided = rows["decided"].where(rows["decided"] > 0)
    shares = {f"{fate}_share": rows[fate] / decided for fate in AFTERWARDS[:3]}
    return rows.assign(**shares)


def _by_stage(fates: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    rows = pd.DataFrame(
        [
            {
                fate: fates.loc[fates[f"came_of_{stage}"] == fate, "certificates"].sum()
                for fate in AFTERWARDS
            }
            for stage in STAGE_DAYS
        ]
    )
    rows["decided"] = rows[["renewed", "ended", "went_on"]].sum(axis="columns")
    rows["certificates"] = rows["decided"] + rows["undecided"]
    return _with_shares(rows).assign(stage=STAGE_DAYS)


def _records(selection: Selection) -> Query:
    return certificate_records(selection).where(_reached_any(selection))


_DECIDED = columns.count("decided", "其中已可論斷（張）", "Of these, decided")
_OUTCOMES = (
    columns.count("renewed", "下次應寄日前換發（張）", "Renewed in the gap"),
    columns.count("ended", "下次應寄日前終止（張）", "Ended in the gap"),
    columns.count("went_on", "到下次應寄日仍未換發（張）", "Went on"),
    Column("renewed_share", "share", Text("換發比率", "Share renewed")),
    Column("ended_share", "share", Text("終止比率", "Share ended")),
    Column("went_on_share", "share", Text("仍未換發比率", "Share that went on")),
)
_MEANING = Text(
    "到達某提醒階段的憑證，在下一個應寄日（最後一次則為到期日）以前換發、終止，或仍未換發而到下一階段。"
    "比率的分母只含下一個應寄日已到（統計截止日或之前）的憑證，稱為「已可論斷」；尚未到者不計入比率。"
    "同一天既換發又終止者算換發。",
    "Of the certificates that reached a stage: renewed up to the next due day (after the last "
    "mail: up to expiry), ended in that time, or gone on without a renewal. Shares are of those "
    "whose next due day is on or before the as-of day, called decided; the others are not in "
    "them. Renewed and ended on one day is renewed.",
)
_FORMULA = Text(
    "換發比率＝換發張數 ÷ 已可論斷張數；已可論斷＝換發＋終止＋仍未換發。"
    "間隔：應寄日次日起至下一個應寄日（含）止。",
    "Share renewed = renewed ÷ decided; decided = renewed + ended + went on. The gap runs from "
    "the day after the due day up to and including the next due day.",
)
_EXCLUDES = Text(
    "下一個應寄日在統計截止日之後的憑證，不計入比率。換發是否因為收到信件，資料無從得知。",
    "Shares leave out certificates whose next due day lies after the as-of day. Whether a mail "
    "was the reason for a renewal cannot be known from the records.",
)

METRICS = (
    Metric(
        key="reminder_conversion",
        title=Text("各提醒階段後的換發（張）", "Certificates: what came of each reminder stage"),
        definition=_MEANING,
        formula=_FORMULA,
        excludes=_EXCLUDES,
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=(columns.STAGE, columns.CERTIFICATES, _DECIDED, *_OUTCOMES),
        filters=columns.CERTIFICATE_FILTERS,
        query=_fates,
        finish=_by_stage,
        records=_records,
    ),
)

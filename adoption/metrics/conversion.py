"""What comes of each reminder: renewed, ended or gone on; and what a better share would bring."""

from datetime import date
from typing import Any

import numpy as np
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
    month_of,
)
from adoption.metrics.selection import Selection
from adoption.policy import STAGE_DAYS
from adoption.store import Query
from adoption.store.schema import certificates

QUARTERS_COMPARED = 12
FEWEST = 30  # certificates that make a quarter's share worth comparing

_c = certificates.c


def _fates(selection: Selection) -> Query:
    """Certificates by expiry month and by what came of each stage, in one pass over them."""
    month = month_of(_c.expires_on).label("expiry_month")
    fates = [came_of(stage, selection.as_of).label(f"came_of_{stage}") for stage in STAGE_DAYS]
    each = (
        select(month, *fates)
        .where(_reached_any(selection), *certificate_filter(selection))
        .subquery("fates")
    )
    return select(*each.c, func.count().label("certificates")).group_by(*each.c)


def _reached_any(selection: Selection) -> Any:
    return or_(*[has_reached(stage, selection.as_of) for stage in STAGE_DAYS])


def _month_after(as_of: date) -> pd.Timestamp:
    """The first expiry month that is not complete: its last day lies after `as_of`."""
    following = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    return following.replace(day=1)


def latest_complete_year(as_of: date) -> tuple[date, date]:
    """The first and the last of the twelve latest complete expiry months."""
    end = _month_after(as_of)
    return (end - pd.DateOffset(months=12)).date(), (end - pd.DateOffset(months=1)).date()


def quarters_compared(as_of: date) -> tuple[date, date]:
    """The first months of the first and the last of the latest complete quarters compared."""
    end = _month_after(as_of)
    end = end.replace(month=end.month - (end.month - 1) % 3)
    first = end - pd.DateOffset(months=3 * QUARTERS_COMPARED)
    return first.date(), (end - pd.DateOffset(months=3)).date()


def _with_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares of what is decided; NaN where nothing is."""
    decided = rows["decided"].where(rows["decided"] > 0)
    shares = {f"{fate}_share": rows[fate] / decided for fate in AFTERWARDS[:3]}
    return rows.assign(**shares)


def _by_month(fates: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    stages = []
    for stage in STAGE_DAYS:
        fate = fates[f"came_of_{stage}"]
        counts = {each: fates["certificates"].where(fate == each, 0) for each in AFTERWARDS}
        by_month = pd.DataFrame(counts).groupby(fates["expiry_month"]).sum()
        stages.append(by_month.reset_index().assign(stage=stage))
    rows = pd.concat(stages, ignore_index=True)
    rows["decided"] = rows[["renewed", "ended", "went_on"]].sum(axis="columns")
    rows["certificates"] = rows["decided"] + rows["undecided"]
    rows = rows[rows["certificates"] > 0]
    rows["complete"] = rows["expiry_month"] < _month_after(selection.as_of)
    return _with_shares(rows).sort_values(["expiry_month", "stage"], ascending=[True, False])


def _by_stage(fates: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    counts = ["certificates", "decided", "renewed", "ended", "went_on"]
    rows = _by_month(fates, selection).groupby("stage")[counts].sum()
    return _with_shares(rows.reindex(STAGE_DAYS, fill_value=0)).reset_index()


def _what_if(fates: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Each stage's certificates of the latest year at the share of the stage's best quarter."""
    as_of, by_month = selection.as_of, _by_month(fates, selection)
    first_month, last_month = map(pd.Timestamp, latest_complete_year(as_of))
    first_quarter, last_quarter = map(pd.Timestamp, quarters_compared(as_of))
    quarter = by_month["expiry_month"].dt.to_period("Q").dt.start_time
    rows = by_month.assign(quarter=quarter)
    in_year = rows[rows["expiry_month"].between(first_month, last_month)]
    in_quarters = rows[rows["quarter"].between(first_quarter, last_quarter)]
    quarters = in_quarters.groupby(["stage", "quarter"])[["decided", "renewed"]].sum().reset_index()
    quarters = quarters[quarters["decided"] >= FEWEST]
    quarters["best_share"] = quarters["renewed"] / quarters["decided"]
    # Of equal ones the latest.
    best = quarters.sort_values(["best_share", "quarter"]).groupby("stage").tail(1)
    year = in_year.groupby("stage")[["decided", "renewed"]].sum().reset_index()
    year = year[year["decided"] > 0].rename(columns={"decided": "certificates"})
    found = best[["stage", "quarter", "best_share"]].merge(year, on="stage")
    found["share"] = found["renewed"] / found["certificates"]
    at_best = np.floor(found["best_share"] * found["certificates"] + 0.5)
    found["more"] = (at_best - found["renewed"]).clip(lower=0)
    found["first_month"], found["last_month"] = first_month, last_month
    return found.sort_values("stage", ascending=False)


def _records(selection: Selection) -> Query:
    return certificate_records(selection).where(_reached_any(selection))


def _lately_records(selection: Selection) -> Query:
    first, _ = latest_complete_year(selection.as_of)
    return _records(selection).where(
        _c.expires_on >= first, _c.expires_on < _month_after(selection.as_of).date()
    )


_DECIDED = columns.count("decided", "其中已可論斷（張）", "Of these, decided")
_OUTCOMES = (
    columns.count("renewed", "下次通知日前換發（張）", "Renewed in the gap"),
    columns.count("ended", "下次通知日前終止（張）", "Ended in the gap"),
    columns.count("went_on", "到下次通知日仍未換發（張）", "Went on"),
    Column("renewed_share", "share", Text("換發比率", "Share renewed")),
    Column("ended_share", "share", Text("終止比率", "Share ended")),
    Column("went_on_share", "share", Text("仍未換發比率", "Share that went on")),
)
_MEANING = Text(
    "到達某提醒階段的憑證，在下一個應通知日（最後一次則為到期日）以前換發、終止，或仍未換發而到下一階段。"
    "比率的分母只含下一個應通知日已到（統計截止日或之前）的憑證，稱為「已可論斷」；尚未到者不計入比率。"
    "同一天既換發又終止者算換發。",
    "Of the certificates that reached a stage: renewed up to the next due day (after the last "
    "mail: up to expiry), ended in that time, or gone on without a renewal. Shares are of those "
    "whose next due day is on or before the as-of day, called decided; the others are not in "
    "them. Renewed and ended on one day is renewed.",
)
_FORMULA = Text(
    "換發比率＝換發張數 ÷ 已可論斷張數；已可論斷＝換發＋終止＋仍未換發。"
    "間隔：應通知日次日起至下一個應通知日（含）止。",
    "Share renewed = renewed ÷ decided; decided = renewed + ended + went on. The gap runs from "
    "the day after the due day up to and including the next due day.",
)
_EXCLUDES = Text(
    "下一個應通知日在統計截止日之後的憑證，不計入比率。換發是否因為收到信件，資料無從得知。",
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
    Metric(
        key="reminder_conversion_by_month",
        title=Text(
            "各到期月份在每次通知後的換發比率（%）",
            "Share renewed after each mail, by expiry month (%)",
        ),
        definition=Text(
            f"{_MEANING.zh}到期月份的最後一天在統計截止日或之前，該月份即完整。",
            f"{_MEANING.en} An expiry month is complete once its last day is on or before the "
            "as-of day.",
        ),
        formula=_FORMULA,
        excludes=_EXCLUDES,
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=(
            columns.EXPIRY_MONTH,
            columns.STAGE,
            columns.CERTIFICATES,
            _DECIDED,
            *_OUTCOMES,
            Column("complete", "flag", Text("月份完整", "Month complete")),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_fates,
        finish=_by_month,
        records=_records,
    ),
    Metric(
        key="reminder_what_if",
        title=Text(
            "若各階段都達最佳一季的換發比率", "If a stage did as well as in its best quarter"
        ),
        definition=Text(
            f"每一階段取最近{QUARTERS_COMPARED}個完整季（依到期月份）中換發比率最高的一季，套用到最近12個"
            "完整到期月份到達該階段的憑證，算出該階段會多幾張換發。多出的換發中，有些原本就會在之後的通知後"
            "換發，因此這是該階段的上限，不是淨增加，各階段也不可相加。",
            f"For each stage: the best share renewed among the latest {QUARTERS_COMPARED} complete "
            "quarters of expiry, applied to the certificates of the latest twelve complete expiry "
            "months that reached the stage. Some of the extra would have renewed after a later "
            "mail anyway: an upper bound, not a net gain, and stages must not be added up.",
        ),
        formula=Text(
            "多出的換發＝最佳一季換發比率 × 最近一年到達該階段的張數（四捨五入）− 實際換發張數；"
            "不足零者為零。",
            "More renewals = best quarter's share × the year's certificates at the stage, rounded, "
            "− those renewed; never below zero.",
        ),
        excludes=Text(
            f"到達該階段的憑證不足{FEWEST}張的季、尚未完整的季與月份。",
            f"Quarters in which fewer than {FEWEST} certificates reached the stage; quarters and "
            "months that are not complete.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=(
            columns.STAGE,
            Column("quarter", "month", Text("最佳一季（首月）", "Best quarter (first month)")),
            Column("best_share", "share", Text("最佳換發比率", "Best share renewed")),
            Column("first_month", "month", Text("最近一年自", "Latest year from")),
            Column("last_month", "month", Text("至", "To")),
            columns.CERTIFICATES,
            columns.count("renewed", "實際換發（張）", "Renewed"),
            Column("share", "share", Text("實際換發比率", "Share renewed")),
            columns.count("more", "會多出的換發（張）", "More renewals"),
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_fates,
        finish=_what_if,
        records=_lately_records,
    ),
)

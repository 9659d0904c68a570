"""How many certificates are issued in a month, and how many usually are."""

from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, case, extract, func, literal, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.differences import MONTHS_BEFORE, RANGES_NAMED, against_before
from adoption.metrics.issuance import issued_records
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import certificate_filter, days_after, month_of
from adoption.metrics.selection import Selection
from adoption.store import Query
from adoption.store.schema import certificates

_c = certificates.c


def _month_up_to(as_of: date) -> ColumnElement[date]:
    """The month that a certificate was issued in, if each ends on that day of the month."""
    month = month_of(_c.issued_on)
    is_after = extract("day", _c.issued_on) > literal(as_of.day, literal_execute=True)
    return case((is_after, month_of(days_after(month, 31))), else_=month)


def _issued(selection: Selection) -> Query:
    month = _month_up_to(selection.as_of)
    return (
        select(month.label("month"), func.count().label("issued"))
        .where(_c.issued_on <= selection.as_of, *certificate_filter(selection))
        .group_by(month)
        .order_by(month)
    )


def _with_usual(rows: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """With the months in which none was issued, and what is usual in each."""
    if rows.empty:
        return rows.assign(low=None, high=None, differs="")
    last = pd.Timestamp(selection.as_of).replace(day=1)
    months = pd.date_range(pd.Timestamp(rows["month"].iloc[0]), last, freq="MS", name="month")
    issued = rows.set_index("month")["issued"].reindex(months, fill_value=0)
    return pd.concat([issued, against_before(issued)], axis="columns").reset_index()


METRICS = (
    Metric(
        key="issued_and_usual",
        title=Text("每月核發與平常範圍", "Issued in a month, and usually"),
        definition=Text(
            "每月核發的憑證，與其前"
            f"{MONTHS_BEFORE}個月相比是否平常。各月都算到與統計截止日相同的日（例如每月24日），"
            "因此最後一個月也是完整的。",
            "Certificates issued in each month, and whether so many are usual by the "
            f"{MONTHS_BEFORE} months before. A month ends on the day of the month that the "
            "as-of day is, so that the last one is whole.",
        ),
        formula=Text(
            f"平常範圍＝前{MONTHS_BEFORE}個月的平均 ± {RANGES_NAMED} × 其平均移動全距（相鄰兩月差的"
            "絕對值的平均）。",
            f"usual = the mean of the {MONTHS_BEFORE} months before ± {RANGES_NAMED} × their mean "
            "moving range (the mean absolute difference of adjacent months).",
        ),
        excludes=Text(
            f"前面不足{MONTHS_BEFORE}個月者沒有平常範圍。",
            f"With fewer than {MONTHS_BEFORE} months before nothing is usual.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=(
            columns.MONTH,
            columns.count("issued", "核發（張）", "Issued"),
            Column("low", "number", Text("平常至少（張）", "Usually at least")),
            Column("high", "number", Text("平常至多（張）", "Usually at most")),
            columns.DIFFERS,
        ),
        filters=columns.CERTIFICATE_FILTERS,
        query=_issued,
        finish=_with_usual,
        records=issued_records,
    ),
)

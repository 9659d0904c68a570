"""What will expire and what will lapse: a forecast, and how good earlier ones would have been."""

from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from adoption.language import Text
from adoption.metrics import columns
from adoption.metrics.expiry import MONTHS_AHEAD, last_month_day
from adoption.metrics.issuance import certificate_records
from adoption.metrics.lapses import (
    COHORTS_USED,
    FEWEST_COHORTS,
    LEVEL,
    Cohorts,
    Counts,
    forecast_from,
)
from adoption.metrics.metric import Column, Metric
from adoption.metrics.rules import (
    certificate_filter,
    days_after,
    days_before,
    has_happened,
    is_renewed,
    is_to_renew,
    month_of,
)
from adoption.metrics.selection import Selection
from adoption.store import Query
from adoption.store.schema import certificates

MONTHS_TESTED = 24
MONTHS_BACK = MONTHS_TESTED + MONTHS_AHEAD + COHORTS_USED
_DAYS_AHEAD = 31 * (MONTHS_AHEAD + 1)  # more than the longest lead
_c = certificates.c


def _days_to_month_end(as_of: date) -> int:
    end: int = pd.Timestamp(as_of).days_in_month
    return end - as_of.day


def _first_month(as_of: date) -> date:
    first = pd.Timestamp(as_of).replace(day=1) - pd.DateOffset(months=MONTHS_BACK)
    day: date = first.date()
    return day


def _lives(selection: Selection) -> Query:
    """Certificates by expiry month, by the months in which they came and left, and how.

    A forecast is made in every month, as many days before its end as the as-of day is before the
    end of its own. `entered` and `left` are the first of these months in which the certificate was
    issued, and in which it was no longer still to renew; entered is NULL when that was before the
    longest lead. Events after the as-of day have not happened: it has `left` when it expires.
    """
    as_of = selection.as_of
    to_end = _days_to_month_end(as_of)
    ended = has_happened(_c.ended_on, as_of)
    renewed_first = and_(
        is_renewed(as_of),
        _c.renewed_on <= _c.expires_on,
        or_(~ended, _c.renewed_on <= _c.ended_on),
    )
    ended_first = and_(
        ended, _c.ended_on <= _c.expires_on, or_(~is_renewed(as_of), _c.renewed_on > _c.ended_on)
    )
    left = case((renewed_first, _c.renewed_on), (ended_first, _c.ended_on), else_=_c.expires_on)
    how = case((renewed_first, "renewed"), (ended_first, "ended"), else_="lapsed")

    def forecast_month(day: ColumnElement[date]) -> ColumnElement[date]:
        return month_of(days_after(day, to_end))

    lives = (
        select(
            month_of(_c.expires_on).label("expiry_month"),
            case(
                (
                    _c.issued_on > days_before(_c.expires_on, _DAYS_AHEAD),
                    forecast_month(_c.issued_on),
                )
            ).label("entered"),
            forecast_month(left).label("left"),
            how.label("how"),
        )
        .where(
            _c.issued_on <= as_of,
            _c.expires_on >= _first_month(as_of),
            _c.expires_on <= last_month_day(as_of),
            left > days_before(_c.expires_on, _DAYS_AHEAD),
            *certificate_filter(selection),
        )
        .subquery("lives")
    )
    return select(*lives.c, func.count().label("certificates")).group_by(*lives.c)


def _cohorts(lives: pd.DataFrame, as_of: date) -> Cohorts:
    """From the query's rows; cohort MONTHS_BACK is the month of `as_of`."""
    first = _month_number(pd.Series([pd.Timestamp(_first_month(as_of))]))[0]
    cohort = _month_number(lives["expiry_month"]) - first
    entered = np.where(lives["entered"].isna(), -1_000, _month_number(lives["entered"]) - first)
    left = _month_number(lives["left"]) - first
    certificates = lives["certificates"].to_numpy()
    shape = (MONTHS_BACK + MONTHS_AHEAD, MONTHS_AHEAD)
    to_renew, expired, lapsed = (np.zeros(shape, np.int64) for _ in range(3))
    for lead in range(MONTHS_AHEAD):
        made = cohort - lead
        counted = np.where((entered <= made) & (made < left), certificates, 0)
        np.add.at(to_renew[:, lead], cohort, counted)
        np.add.at(expired[:, lead], cohort, counted * (lives["how"] != "ended").to_numpy())
        np.add.at(lapsed[:, lead], cohort, counted * (lives["how"] == "lapsed").to_numpy())
    return Cohorts(to_renew, expired, lapsed)


def _month_number(days: pd.Series) -> Counts:
    days = pd.to_datetime(days)
    number: Counts = (12 * days.dt.year + days.dt.month).fillna(0).to_numpy().astype(np.int64)
    return number


def _month(cohort: int, as_of: date) -> pd.Timestamp:
    return pd.Timestamp(_first_month(as_of)) + pd.DateOffset(months=cohort)


def _latest_complete(made: int, as_of: date) -> int:
    """The latest cohort that is over on the forecast day of month `made`."""
    return made if _days_to_month_end(as_of) == 0 else made - 1


def _forecast(lives: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    as_of, now = selection.as_of, MONTHS_BACK
    counts = _cohorts(lives, as_of)
    complete = _latest_complete(now, as_of)
    rows = []
    for lead in range(MONTHS_AHEAD):
        to_renew = counts.to_renew[now + lead, lead]
        if to_renew:
            expired = forecast_from(counts, counts.expired, now, complete, lead)
            lapsed = forecast_from(counts, counts.lapsed, now, complete, lead)
            rows.append((_month(now + lead, as_of), to_renew, *expired, *lapsed))
    return pd.DataFrame(rows, columns=[column.name for column in _FORECAST_COLUMNS])


def _back_test(lives: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    as_of = selection.as_of
    counts = _cohorts(lives, as_of)
    latest = _latest_complete(MONTHS_BACK, as_of)
    rows = []
    for cohort in range(latest + 1 - MONTHS_TESTED, latest + 1):
        for lead in range(MONTHS_AHEAD):
            made = cohort - lead
            complete = _latest_complete(made, as_of)
            expected, low, high = forecast_from(counts, counts.lapsed, made, complete, lead)
            if counts.to_renew[cohort, lead] and not np.isnan(expected):
                actual = counts.lapsed[cohort, lead]
                within = low <= actual <= high
                rows.append((_month(cohort, as_of), lead, expected, low, high, actual, within))
    return pd.DataFrame(rows, columns=[column.name for column in _BACK_TEST_COLUMNS])


def _forecast_records(selection: Selection) -> Query:
    as_of = selection.as_of
    return certificate_records(selection).where(is_to_renew(as_of, last_month_day(as_of)))


def _back_test_records(selection: Selection) -> Query:
    as_of = selection.as_of
    return certificate_records(selection).where(
        _c.issued_on <= as_of, _c.expires_on >= _first_month(as_of), _c.expires_on <= as_of
    )


def _number(name: str, zh: str, en: str) -> Column:
    return Column(name, "number", Text(zh, en))


_LEVEL = f"{LEVEL:.0%}"
_LAPSES = (
    _number("lapses", "預測到期未換發（張）", "Lapses, forecast"),
    _number("lapses_low", "到期未換發下限", "Lapses, low"),
    _number("lapses_high", "到期未換發上限", "Lapses, high"),
)
_FORECAST_COLUMNS = (
    columns.MONTH,
    columns.count("to_renew", "目前有效且尚未換發（張）", "Valid now, still to renew"),
    _number("expiries", "預測應換發（張）", "Coming up for renewal, forecast"),
    _number("expiries_low", "應換發下限", "Coming up, low"),
    _number("expiries_high", "應換發上限", "Coming up, high"),
    *_LAPSES,
)
_BACK_TEST_COLUMNS = (
    columns.EXPIRY_MONTH,
    columns.count("months_ahead", "提前月數", "Months ahead"),
    *_LAPSES,
    columns.count("actual", "實際到期未換發（張）", "Lapsed"),
    Column("within", "flag", Text("在區間內", "Within the interval")),
)
_MODEL = Text(
    f"以過去推估未來：未來第幾個月到期者，就看最近{COHORTS_USED}個已結束的到期月份，在到期前同樣久時尚未"
    "換發的憑證，後來有多少比率未換發就到期、多少比率先終止，乘上目前尚未換發的張數。"
    f"區間為{_LEVEL}，取自這些月份比率的離散程度與憑證張數的隨機起伏。",
    f"From the past: for a month so far ahead, the latest {COHORTS_USED} finished expiry months "
    "are taken as they were that long before, and of their certificates then still to renew, the "
    "share that later expired without renewal and the share that ended first, times those still "
    f"to renew now. The {_LEVEL} interval comes from how much those months differed and from "
    "chance.",
)
_MODEL_FORMULA = Text(
    "預測到期未換發＝目前尚未換發 ×（過去到期未換發合計 ÷ 過去尚未換發合計）；預測應換發同式，"
    "分子改為未先終止者。區間＝預測 ± t × √（二項變異＋月份間超出隨機的變異（貝他二項，動差法）"
    "＋比率本身的變異），取整數。",
    "lapses = to renew now × (lapsed ÷ to renew then, both summed over the past months); expiries "
    "likewise with those that did not end first. Interval = forecast ± t × √(binomial variance + "
    "variance between months beyond chance (beta-binomial, method of moments) + variance of the "
    "share), in whole numbers.",
)
_MODEL_EXCLUDES = Text(
    "已換發者，以及尚未核發的憑證；到期後才換發者仍算到期未換發。不考慮政策、費用或提醒方式的改變。"
    f"過去不足{FEWEST_COHORTS}個月份時不預測。",
    "Certificates renewed already, and those not yet issued. A renewal after expiry still counts "
    "as a lapse. No change of policy, fees or reminders is foreseen. With fewer than "
    f"{FEWEST_COHORTS} past months there is no forecast.",
)

METRICS = (
    Metric(
        key="lapse_forecast",
        title=Text(
            f"未來{MONTHS_AHEAD}個月應換發與到期未換發的預測",
            f"Forecast of renewals due and lapses in the next {MONTHS_AHEAD} months",
        ),
        definition=Text(
            f"{_MODEL.zh}第一個月只算統計截止日之後的日子。",
            f"{_MODEL.en} The first month is what is left of it after the as-of day.",
        ),
        formula=_MODEL_FORMULA,
        excludes=_MODEL_EXCLUDES,
        unit=columns.CERTIFICATE_UNIT,
        higher_is="worse",
        columns=_FORECAST_COLUMNS,
        filters=columns.CERTIFICATE_FILTERS,
        query=_lives,
        finish=_forecast,
        records=_forecast_records,
    ),
    Metric(
        key="forecast_back_test",
        title=Text("預測的回溯檢驗", "Back-test of the forecast"),
        definition=Text(
            f"最近{MONTHS_TESTED}個已結束的到期月份，若在到期前各月的同一天以當時所知預測，預測與實際各為"
            f"多少、實際是否在區間內。{_MODEL.zh}",
            f"For the latest {MONTHS_TESTED} finished expiry months: what would have been forecast "
            "on the same day of the months before, from what was known then, what happened, and "
            f"whether it was within the interval. {_MODEL.en}",
        ),
        formula=_MODEL_FORMULA,
        excludes=Text(
            f"{_MODEL_EXCLUDES.zh}各列預測彼此重疊，並不獨立。",
            f"{_MODEL_EXCLUDES.en} The forecasts overlap: they are not independent of each other.",
        ),
        unit=columns.CERTIFICATE_UNIT,
        higher_is="neutral",
        columns=_BACK_TEST_COLUMNS,
        filters=columns.CERTIFICATE_FILTERS,
        query=_lives,
        finish=_back_test,
        records=_back_test_records,
    ),
)

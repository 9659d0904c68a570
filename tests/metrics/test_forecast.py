"""The forecast on records: what is counted for it, and that it knows nothing of what came later."""

from collections import Counter
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import select

from adoption.metrics import METRICS, Selection, evaluate
from adoption.metrics.lapses import LEVEL
from adoption.store import Store
from adoption.store.schema import certificates
from tests.metrics.test_agreement import comparable, rows_of
from tests.reference import REFERENCE, Certificate, Choice, Records

D = date(2013, 9, 24)


def asked(store: Store, key: str, as_of: date = D, **narrowed: object) -> pd.DataFrame:
    return evaluate(store, METRICS[key], Selection(as_of, **narrowed))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def records(sample_store: Store) -> Records:
    fields = list(Certificate.__dataclass_fields__)
    rows = sample_store.frame(select(*[certificates.c[name] for name in fields]))
    found = [
        Certificate(
            **{
                name: None
                if pd.isna(value)
                else value.date()
                if isinstance(value, pd.Timestamp)
                else value
                for name, value in row.items()
            }
        )
        for row in rows.to_dict("records")
    ]
    return Records(D, certificates=found)


@pytest.mark.parametrize("key", ["lapse_forecast", "forecast_back_test"])
@pytest.mark.parametrize(
    "choice",
    [
        Choice(D),
        Choice(date(2013, 8, 31)),  # a month's end: its cohort is finished
        Choice(date(2013, 3, 1), org_type=("company",)),  # 30 days before the end of its month
        Choice(D, county=("臺北市", "新北市")),
    ],
    ids=str,
)
def test_on_the_sample_it_agrees_with_the_reference(
    sample_store: Store, records: Records, key: str, choice: Choice
) -> None:
    columns, count = REFERENCE[key]
    selection = Selection(choice.as_of, county=choice.county, org_type=choice.org_type)
    found = rows_of(evaluate(sample_store, METRICS[key], selection), columns)
    assert Counter(found) == Counter(comparable(count(records, choice)))
    assert len(found) > (20 if key == "lapse_forecast" else 300)


def test_those_still_to_renew_are_those_that_expire(sample_store: Store) -> None:
    forecast, expiring = (
        asked(sample_store, "lapse_forecast"),
        asked(sample_store, "expiring_by_month"),
    )
    expected = expiring[expiring["to_renew"] > 0]
    assert forecast["month"].tolist() == expected["month"].tolist()
    assert forecast["to_renew"].tolist() == expected["to_renew"].tolist()
    assert (forecast["lapses"] <= forecast["expiries"]).all()
    assert (forecast["expiries"] <= forecast["to_renew"]).all()


@pytest.mark.parametrize(
    ("made_on", "ahead"),
    [
        (date(2012, 9, 24), range(1, 12)),  # as many days before its month's end as D
        (date(2013, 2, 22), range(1, 7)),
        (date(2011, 12, 25), range(1, 21)),
    ],
)
def test_an_earlier_forecast_is_what_was_forecast_then(
    sample_store: Store, made_on: date, ahead: range
) -> None:
    """Asked as of that day, the forecast gives what the back-test says that it would have been."""
    then = asked(sample_store, "lapse_forecast", made_on).set_index("month")
    tested = asked(sample_store, "forecast_back_test").set_index(["expiry_month", "months_ahead"])
    names = ["lapses", "lapses_low", "lapses_high"]
    for lead in ahead:
        month = pd.Timestamp(made_on).replace(day=1) + pd.DateOffset(months=lead)
        if (month, lead) in tested.index:
            assert then.loc[month, names].tolist() == tested.loc[(month, lead), names].tolist()
    months = [pd.Timestamp(made_on).replace(day=1) + pd.DateOffset(months=lead) for lead in ahead]
    assert sum((m, n) in tested.index for m, n in zip(months, ahead, strict=True)) > 5


def test_what_lapsed_is_what_the_journeys_say(sample_store: Store) -> None:
    """A year ahead nobody has renewed yet: lapsed then are those not renewed in time, later on."""
    tested = asked(sample_store, "forecast_back_test")
    actual = tested[tested["months_ahead"] == 12].set_index("expiry_month")["actual"]
    cohorts = asked(sample_store, "renewal_rate").set_index("expiry_month")
    lapsed = (cohorts["late"] + cohorts["lapsed"])[actual.index]
    assert actual.tolist() == lapsed.tolist()
    assert len(actual) == 24


def test_the_interval_holds_what_happened_to_the_sample(sample_store: Store) -> None:
    """Its months are few certificates each, so whole numbers make the interval a wide one."""
    tested = asked(sample_store, "forecast_back_test")
    assert tested["within"].mean() > LEVEL


def test_no_forecast_before_there_are_finished_months(sample_store: Store) -> None:
    """The first certificates were issued in 2003, so none expired before 2008."""
    early = asked(sample_store, "lapse_forecast", date(2008, 6, 24))
    assert not early.empty
    assert early.drop(columns=["month", "to_renew"]).isna().all(axis=None)
    assert asked(sample_store, "forecast_back_test", date(2008, 6, 24)).empty

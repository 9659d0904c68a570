"""What works by quarters and years agrees with the reference on three years of many expiries.

The crowded records of test_agreement.py have too few certificates a quarter to compare.
"""

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.metrics.reminders import shares_of
from tests.metrics.test_agreement import comparable, rows_of
from tests.reference import REFERENCE, Certificate, Choice, Mail, Records
from tests.stores import store_of

AS_OF_DAYS = (date(2013, 9, 24), date(2013, 9, 30), date(2013, 8, 29), date(2013, 12, 31))


def steady(seed: int, as_of: date, count: int = 2_500) -> Records:
    """Certificates that expire over four years, renewed or ended around their due days."""
    rng = Random(seed)
    found = []
    for number in range(count):
        expires = as_of + timedelta(days=rng.randint(-1400, 60))
        renewed = (
            expires + timedelta(days=round(rng.gauss(-20, 30))) if rng.random() < 0.6 else None
        )
        ended = expires + timedelta(days=rng.randint(-100, 5)) if rng.random() < 0.1 else None
        found.append(
            Certificate(
                str(number),
                f"{number:08d}",
                expires - timedelta(days=1826),
                expires,
                org_type=rng.choice(("company", "business")),
                renewal_applied_on=renewed,
                ended_on=ended,
            )
        )
    return Records(as_of, certificates=found)


@pytest.mark.parametrize("seed", range(4))
def test_quarters_and_years_agree_with_the_reference(seed: int, tmp_path: Path) -> None:
    records = steady(seed, AS_OF_DAYS[seed])
    store = store_of(tmp_path, certificates=records.certificates)
    for choice in (
        Choice(records.as_of),
        Choice(records.as_of - timedelta(days=1), org_type=("company",)),
        Choice(records.as_of - timedelta(days=700)),
    ):
        for key in ("renewal_survival", "reminder_conversion"):
            columns, count = REFERENCE[key]
            frame = evaluate(store, METRICS[key], Selection(**asdict(choice)))
            expected = count(records, choice)
            assert expected, key
            assert sorted(rows_of(frame, columns), key=repr) == sorted(
                comparable(expected), key=repr
            ), key
    store.close()


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ([1, 1, 1], [0.334, 0.333, 0.333]),  # of equal remainders the first
        ([2, 1], [0.667, 0.333]),
        ([0, 5], [0.0, 1.0]),
        ([1, 1999], [0.001, 0.999]),  # 0.5 and 999.5 thousandths
        ([0], [0.0]),
        ([], []),
    ],
)
def test_shown_shares_add_up_to_a_hundred(counts: list[int], shares: list[float]) -> None:
    assert shares_of(counts) == shares


A = Certificate("A", "04595257", date(2008, 10, 1), date(2013, 10, 1))


def delivery(tmp_path: Path, *log: Mail, as_of: date = date(2013, 9, 24)) -> dict[int, dict]:
    """stage -> what became of the mails, for certificate A alone."""
    store = store_of(tmp_path, certificates=[A], reminders=log)
    rows = evaluate(store, METRICS["mail_delivery"], Selection(as_of))
    store.close()
    return {row.pop("stage"): row for row in rows.to_dict("records")}


def told(row: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in row.items() if count}


def test_of_several_tries_the_best_counts_once(tmp_path: Path) -> None:
    """Due 2013-08-17, 09-01, 09-16; the last, on 09-30, lies ahead."""
    found = delivery(
        tmp_path,
        Mail("A", 45, date(2013, 8, 17), "bounced"),  # on the due day: in time
        Mail("A", 45, date(2013, 8, 19), "delivered"),
        Mail("A", 30, date(2013, 8, 31), "no_address"),  # a day early: sent
        Mail("A", 15, date(2013, 9, 25), "delivered"),  # after the as-of day: not yet
        Mail("A", 1, date(2013, 9, 24), "delivered"),  # its stage is not reached yet
    )
    assert told(found[45]) == {"due": 1, "sent": 1, "delivered": 1, "repeated": 1}
    assert told(found[30]) == {"due": 1, "sent": 1, "no_address": 1}
    assert told(found[15]) == {"due": 1, "missing": 1}
    assert told(found[1]) == {"unexpected": 1}


def test_the_log_knows_nothing_of_the_time_before_it(tmp_path: Path) -> None:
    found = delivery(tmp_path, Mail("B", 30, date(2013, 9, 1), "delivered"))
    assert told(found[45]) == {"due": 1, "missing": 1, "before_log": 1}
    assert told(found[30]) == {"due": 1, "missing": 1, "unexpected": 1}  # B is not known
    assert told(found[15]) == {"due": 1, "missing": 1}


def test_every_row_of_the_log_is_counted_once(tmp_path: Path) -> None:
    log = [
        Mail(serial, stage, date(2013, 8, day), "bounced")
        for serial in ("A", "B")
        for stage in (45, 1)
        for day in (16, 17, 20)
    ]
    found = delivery(tmp_path, *log)
    rows = [row["sent"] + row["unexpected"] + row["repeated"] for row in found.values()]
    assert sum(rows) == len(log)


def test_what_will_be_due_assumes_that_nobody_else_renews(tmp_path: Path) -> None:
    """As of 2013-08-20 A is past its first mail only; that it renews on 09-01 is not known yet."""
    renewed = Certificate(
        "A", "04595257", A.issued_on, A.expires_on, renewal_applied_on=date(2013, 9, 1)
    )
    store = store_of(tmp_path, certificates=[renewed])
    rows = evaluate(store, METRICS["mails_due"], Selection(date(2013, 8, 20), days=27))
    assert rows[["day", "stage", "mails", "day_kind", "ahead"]].astype(str).values.tolist() == [
        ["2013-08-17", "45", "1", "weekend", "False"],
        ["2013-09-01", "30", "1", "weekend", "True"],
        ["2013-09-16", "15", "1", "workday", "True"],  # the 27th day; 09-30 lies beyond
    ]
    later = evaluate(store, METRICS["mails_due"], Selection(date(2013, 9, 1)))
    assert later["day"].dt.date.tolist() == [date(2013, 8, 17)]
    store.close()

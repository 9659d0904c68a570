"""docs/domain.md, section 5: certificate A, sentence by sentence, by the store and by reference."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from adoption.metrics import METRICS, Selection, evaluate
from tests.reference import STAGES, Certificate, due, journey, reached, renewed_on
from tests.stores import store_of

A = Certificate("A", "04595257", date(2008, 10, 1), date(2013, 10, 1))
CASES = [
    # as of, certificate, stages reached, outcome
    pytest.param(date(2013, 9, 24), A, {45, 30, 15}, "open", id="as of 2013-09-24"),
    pytest.param(date(2013, 10, 1), A, {45, 30, 15, 1}, "open", id="valid on its last day"),
    pytest.param(date(2013, 10, 2), A, {45, 30, 15, 1}, "lapsed", id="the day after"),
    pytest.param(
        date(2013, 10, 2),
        replace(A, renewal_applied_on=date(2013, 9, 1)),
        {45},
        "after_45",
        id="applied on the second due day",
    ),
    pytest.param(
        date(2013, 10, 2),
        replace(A, renewal_applied_on=date(2013, 8, 17)),
        set(),
        "before_first",
        id="applied on the first due day",
    ),
    pytest.param(
        date(2013, 10, 31),
        replace(A, renewal_applied_on=date(2013, 10, 20)),
        {45, 30, 15, 1},
        "late",
        id="applied after expiry",
    ),
    pytest.param(
        date(2013, 10, 2),
        replace(A, ended_on=date(2013, 9, 16)),
        {45, 30},
        "ended",
        id="ended on the third due day",
    ),
]


def test_due_days() -> None:
    assert [due(A, stage) for stage in STAGES] == [
        date(2013, 8, 17),
        date(2013, 9, 1),
        date(2013, 9, 16),
        date(2013, 9, 30),
    ]


@pytest.mark.parametrize(("as_of", "certificate", "stages", "outcome"), CASES)
def test_by_reference(
    as_of: date, certificate: Certificate, stages: set[int], outcome: str
) -> None:
    renewed = renewed_on([certificate])[0]["A"]
    assert {each for each in STAGES if reached(certificate, each, renewed, as_of)} == stages
    assert journey(certificate, renewed, as_of) == outcome


@pytest.mark.parametrize(("as_of", "certificate", "stages", "outcome"), CASES)
def test_by_the_store(
    as_of: date, certificate: Certificate, stages: set[int], outcome: str, tmp_path: Path
) -> None:
    store = store_of(tmp_path, certificates=[certificate])
    selection = Selection(as_of=as_of)

    by_stage = evaluate(store, METRICS["reminder_stages"], selection)
    assert dict(zip(by_stage["stage"], by_stage["certificates"], strict=True)) == {
        stage: int(stage in stages) for stage in STAGES
    }
    by_month = evaluate(store, METRICS["reminder_stages_by_month"], selection)
    assert set(by_month["stage"]) == stages
    outcomes = evaluate(store, METRICS["reminder_journey"], selection)
    assert outcomes["outcome"].tolist() == [outcome]
    assert outcomes["certificates"].tolist() == [1]
    assert outcomes["expiry_month"].dt.date.tolist() == [date(2013, 10, 1)]
    store.close()


def test_it_is_expiring_until_its_last_day_is_today(tmp_path: Path) -> None:
    store = store_of(tmp_path, certificates=[A])
    assert len(evaluate(store, METRICS["expiring"], Selection(as_of=date(2013, 9, 30)))) == 1
    assert len(evaluate(store, METRICS["expiring"], Selection(as_of=date(2013, 10, 1)))) == 0
    today = evaluate(store, METRICS["valid_over_time"], Selection(as_of=date(2013, 10, 1)))
    assert today["valid"].iloc[-1] == 1
    tomorrow = evaluate(store, METRICS["valid_over_time"], Selection(as_of=date(2013, 10, 2)))
    assert tomorrow["valid"].iloc[-1] == 0
    store.close()

"""The effects of the reminders that the sample's README states, against a count of its records.

Counted by the reference's rules from the recorded days; the README is read as text.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from pathlib import Path

import pytest

from etl.sample import write_sample
from tests.reference import STAGES, Certificate, due, renewed_on
from tests.reference.rules import reached

COUNT = 60_000
CUT_OFF = date(2013, 9, 24)
WINDOW = 7


@dataclass(frozen=True)
class Stated:
    earliest_hazard: float
    rise: float
    effects: dict[int, float]
    of_delivered: dict[int, float]

    def baseline(self, days_before: int) -> float:
        return self.earliest_hazard * self.rise ** (1 - days_before / 60)


@dataclass(frozen=True)
class Case:
    certificate: Certificate
    renewed: date | None
    delivered: frozenset[int]  # stages whose mail was

    def is_open(self, day: date) -> bool:
        """Whether it can be renewed on the day, by what is known on CUT_OFF."""
        ended = self.certificate.ended_on
        return (
            day <= CUT_OFF
            and (self.renewed is None or self.renewed >= day)
            # Renewed and ended on one day is renewed.
            and (ended is None or ended > day or self.renewed == day)
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample")
    write_sample(path, COUNT)
    return path


@pytest.fixture(scope="module")
def stated(folder: Path) -> Stated:
    text = (folder / "README.md").read_text("utf-8")
    baseline = re.search(r"Baseline: ([\d.]+)% × ([\d.]+)\^\(1 − t/60\)", text)
    assert baseline
    table = re.findall(r"^\| (\d+) \| [\d.]+% \| ([\d.]+) \| ([\d.]+) \|$", text, re.MULTILINE)
    return Stated(
        float(baseline[1]) / 100,
        float(baseline[2]),
        {int(stage): float(effect) / 100 for stage, effect, _ in table},
        {int(stage): float(effect) / 100 for stage, _, effect in table},
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    year, month, day = map(int, text.split("/"))
    return date(year + 1911, month, day)


@pytest.fixture(scope="module")
def cases(folder: Path) -> list[Case]:
    """The certificates that were due for a first mail by the cut-off, from all deliveries."""
    certificates: dict[str, Certificate] = {}
    results: dict[tuple[str, int], str] = {}
    for path in sorted(folder.glob("*/certificates.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                issued, expires = _day(row["核發日期"]), _day(row["到期日期"])
                assert issued
                assert expires
                certificates[row["憑證序號"]] = Certificate(
                    row["憑證序號"],
                    row["統一編號"],
                    issued,
                    expires,
                    card=row["卡別"],
                    ended_on=_day(row["終止日期"]),
                    renewal_applied_on=_day(row["申請換發日期"]),
                    replaces=row["換發前序號"] or None,
                )
    for path in sorted(folder.glob("*/reminders.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                results[row["serial"], int(row["stage"])] = row["result"]
    renewed, _ = renewed_on(certificates.values())
    return [
        Case(
            each,
            renewed[each.serial],
            frozenset(s for s in STAGES if results.get((each.serial, s)) == "delivered"),
        )
        for each in certificates.values()
        if due(each, 60) <= CUT_OFF
    ]


def window(stage: int) -> range:
    """Days before expiry on which a mail of the stage has its effect."""
    return range(stage - 1, max(stage - 1 - WINDOW, -1), -1)


def test_the_windows_do_not_meet() -> None:
    days = [day for stage in STAGES for day in window(stage)]
    assert sorted(days) == [0, *range(8, 15), *range(23, 30), *range(38, 45)]


def test_outside_of_the_windows_renewals_follow_the_stated_baseline(
    cases: list[Case], stated: Stated
) -> None:
    quiet = sorted(set(range(61)) - {day for stage in STAGES for day in window(stage)})
    for days in (quiet[:7], quiet[7:15], quiet[15:23], quiet[23:]):
        expected, renewals = 0.0, 0
        for case in cases:
            for before in days:
                on = case.certificate.expires_on - timedelta(days=before)
                if case.is_open(on):
                    expected += stated.baseline(before)
                    renewals += case.renewed == on
        assert expected > 400
        assert abs(renewals - expected) < 3 * sqrt(expected)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("mails", ["all", "delivered", "others"])
def test_in_the_windows_the_stated_effect_comes_on_top(
    stage: int, mails: str, cases: list[Case], stated: Stated
) -> None:
    """Renewals less what the baseline gives, over those who reached the stage; three standard
    errors of that count are let pass."""
    certificates, renewals, expected = 0, 0, 0.0
    for case in cases:
        last = case.certificate.expires_on - timedelta(days=window(stage)[-1])
        if last > CUT_OFF or not reached(case.certificate, stage, case.renewed, CUT_OFF):
            continue
        if mails != "all" and (stage in case.delivered) != (mails == "delivered"):
            continue
        certificates += 1
        for before in window(stage):
            on = case.certificate.expires_on - timedelta(days=before)
            if case.is_open(on):
                expected += stated.baseline(before)
                renewals += case.renewed == on
    assert certificates > (100 if mails == "others" else 3_000)
    effect = {"all": stated.effects, "delivered": stated.of_delivered}.get(mails, {}).get(stage, 0)
    share = max(renewals, expected) / certificates
    standard_error = sqrt(share * (1 - share) / certificates)
    assert abs((renewals - expected) / certificates - effect) < 3 * standard_error
    if mails != "others":  # the tolerance would not let pass that there is none, or half of it
        assert 3 * standard_error < effect / 2

"""python -m adoption: the rows of every metric, and one clear line for whatever is wrong."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from adoption.metrics import METRICS
from adoption.store import Store
from tests.commands import Run
from tests.reference import Unit
from tests.stores import store_of

ROOT = Path(__file__).resolve().parent.parent
# The columns that DOMAIN section 4 fixes for the metrics that there are.
FIXED = {
    "integration_totals": ["side", "units", "systems"],
    "integration_over_time": ["month", "side", "units", "systems"],
    "systems_by_unit": [
        "unit_code",
        "unit",
        "side",
        "planned",
        "testing",
        "integrated",
        "retired",
    ],
    "certificates_issued": ["month", "org_type", "issued", "first_time", "renewals"],
    "valid_over_time": ["month", "valid", "holders"],
    "valid_by_county": ["county", "org_type", "valid", "holders"],
    "expiring": ["day", "expiring", "to_renew", "renewable"],
    "renewal_rate": [
        *("expiry_month", "due", "renewed_in_time", "late", "lapsed", "ended", "open"),
        *("rate", "complete"),
    ],
    "expiring_by_month": ["month", "expiring", "to_renew", "renewable"],
    "reminder_stages": ["stage", "certificates", "holders"],
    "reminder_stages_by_month": ["expiry_month", "stage", "certificates"],
    "reminder_journey": ["expiry_month", "outcome", "certificates"],
}


def from_the_shell(*arguments: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "adoption", *arguments],
        cwd=ROOT,
        env={"PATH": "", "ADOPTION_LANG": language, "PYTHONWARNINGS": "error"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_totals_of_the_briefing(sample_store: Store) -> None:
    done = from_the_shell(
        "metric", "integration_totals", "--as-of", "2013-09-24", "--json", "--store",
        sample_store.url,
    )  # fmt: skip
    assert done.returncode == 0
    assert json.loads(done.stdout) == [
        {"side": "ministry", "units": 11, "systems": 28},
        {"side": "external", "units": 39, "systems": 138},
    ]


@pytest.mark.parametrize("key", FIXED)
def test_every_metric_has_the_columns_of_the_domain(key: str) -> None:
    assert [column.name for column in METRICS[key].columns][: len(FIXED[key])] == FIXED[key]


def test_months_and_days_are_written_as_such(run: Run, sample_store: Store) -> None:
    by_month = run("metric", "expiring_by_month", "--json", "--store", sample_store.url)
    assert json.loads(by_month.stdout)[0]["month"] == "2013-09"
    by_day = run("metric", "expiring", "--days", "30", "--csv", "--store", sample_store.url)
    days = [row["day"] for row in csv.DictReader(io.StringIO(by_day.stdout))]
    assert days[0] == "2013-09-25"
    assert max(days) <= "2013-10-24"


def test_the_default_day_is_the_data_s_own(run: Run, sample_store: Store) -> None:
    default = run("metric", "valid_totals", "--json", "--store", sample_store.url)
    stated = run(
        "metric", "valid_totals", "--json", "--as-of", "2013-09-24", "--store", sample_store.url
    )
    assert default.stdout == stated.stdout != ""


def test_an_empty_store_has_no_rows(run: Run, empty_store: Store) -> None:
    done = run("metric", "integration_totals", "--json", "--store", empty_store.url)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_csv_runs_nothing_in_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    store = store_of(tmp_path, [Unit("U1", "=HYPERLINK(1)", "ministry")])
    done = run("metric", "systems_by_unit", "--as-of", "2013-09-24", "--csv", "--store", store.url)
    assert "U1,'=HYPERLINK(1),ministry" in done.stdout
    store.close()


def test_metrics_lists_every_key(run: Run) -> None:
    listed = run("metrics").stdout
    assert all(f"{key}:" in listed for key in METRICS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["metric", "no_such_metric"], "integration_totals"),
        (["metric", "expiring", "--as-of", "24/9/2013"], "2013-09-24"),
        (["metric", "expiring", "--as-of", "9999-12-31"], "2111-12-31"),
        (["metric", "expiring", "--as-of", ""], "2013-09-24"),
        (["metric", "expiring", "--days", "0"], "--days"),
        (["metric", "expiring", "--json", "--csv"], "--csv"),
        (["metric", "expiring", "--store", "mysql://x"], "mysql://x"),
        (["metric"], "'key'"),
        (["nonsense"], "nonsense"),
        ([], "--help"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(run: Run, arguments: list[str], says: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_errors_are_in_the_users_language(run: Run) -> None:
    assert "沒有「foo」這個指標" in run("metric", "foo", language="zh_TW").stderr


def test_a_process_that_is_used_wrongly_says_so_in_a_line_and_its_exit_code() -> None:
    done = from_the_shell("metric", "foo", language="zh_TW")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("沒有「foo」這個指標")

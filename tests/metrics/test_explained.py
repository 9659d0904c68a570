"""Every metric says what it is: to readers of the page, and of docs/metrics.md."""

from datetime import date
from pathlib import Path

import pytest

from adoption.metrics import METRICS, Metric, Selection
from adoption.metrics.document import FILTERS, as_markdown

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_metric_says_how_it_is_computed_and_what_it_leaves_out(metric: Metric) -> None:
    for text in (metric.title, metric.definition, metric.formula, metric.excludes, metric.unit):
        for words in text:
            assert words.strip() == words != "", metric.key
    assert metric.formula.zh[-1] in "。）", "a sentence"
    assert metric.formula != metric.definition != metric.excludes


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_metric_knows_the_feeds_that_it_reads(metric: Metric) -> None:
    """By name: every one of its tables stands in the SQL, and no other."""
    sql = str(metric.query(Selection(date(2013, 9, 24))))
    assert metric.feeds
    for feed in (
        "units",
        "systems",
        "certificates",
        "suspensions",
        "reminders",
        "entities",
        "targets",
    ):
        assert (f"{feed}." in sql) == (feed in metric.feeds), feed


def test_the_feeds_of_some() -> None:
    assert METRICS["integration_over_time"].feeds == ("units", "systems")
    assert METRICS["valid_totals"].feeds == ("certificates", "suspensions")
    assert METRICS["reminder_journey"].feeds == ("certificates",)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_filters_have_names(metric: Metric) -> None:
    assert set(metric.filters) <= set(FILTERS)


def test_the_document_is_what_the_metrics_say() -> None:
    written = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    assert written == as_markdown(METRICS.values()), "run make fix"

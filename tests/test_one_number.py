"""One number, defined once: what a page shows is what the command line prints and evaluate gives.

For every metric that there is, and for the table of every chart.
"""

import json
from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from adoption.__main__ import app as command
from adoption.metrics import DAYS_AHEAD, HEADLINE_NUMBERS, METRICS, Metric, Selection, evaluate
from adoption.store import Store
from tests.charts.test_charts import CHARTS, asked
from tests.pages.test_pages import labelled_numbers, opened

AS_OF = date(2013, 9, 24)
# How far ahead pages look: what is asked by default, the first mail's days, a year.
DAYS = (90, DAYS_AHEAD, 366)


def printed(
    capsys: pytest.CaptureFixture[str], store: Store, key: str, days: int = 90
) -> list[dict[str, object]]:
    """What the command line prints."""
    arguments = ["metric", key, "--as-of", AS_OF.isoformat(), "--days", str(days), "--json"]
    command([*arguments, "--store", store.url], standalone_mode=False)
    rows: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return rows


@pytest.mark.parametrize("key", METRICS)
def test_the_command_line_prints_what_evaluate_gives(
    capsys: pytest.CaptureFixture[str], sample_store: Store, key: str
) -> None:
    metric = METRICS[key]
    frame = evaluate(sample_store, metric, Selection(AS_OF))
    expected = [
        {
            column.name: _as_json(value, column.kind)
            for column, value in zip(metric.columns, row, strict=True)
        }
        for row in frame.itertuples(index=False, name=None)
    ]
    assert printed(capsys, sample_store, key) == expected


def _as_json(value: object, kind: str) -> object:
    if pd.isna(value):
        return None
    if kind in ("day", "month", "year"):
        return str(value)[: {"day": 10, "month": 7, "year": 4}[kind]]
    return value


@pytest.mark.parametrize("name", CHARTS)
def test_the_table_of_every_chart_holds_what_the_command_line_prints(
    capsys: pytest.CaptureFixture[str], sample_store: Store, name: str
) -> None:
    chart = CHARTS[name](asked(sample_store))
    assert list(chart.table) == _titles(chart.metric)
    on_page = _numbers(chart.table)
    answers = [
        Counter(
            _printed_numbers(chart.metric, printed(capsys, sample_store, chart.metric.key, days))
        )
        for days in DAYS
    ]
    # A chart may show the latest months only, never another number.
    assert any(on_page <= answer for answer in answers)


def _titles(metric: Metric) -> list[str]:
    return [
        column.title.zh + ("（%）" if column.kind == "share" else "") for column in metric.columns
    ]


def _numbers(table: pd.DataFrame) -> Counter[tuple[float | None, ...]]:
    numbers = table.select_dtypes("number")
    return Counter(
        tuple(None if pd.isna(n) else float(n) for n in row)
        for row in numbers.itertuples(index=False, name=None)
    )


def _printed_numbers(
    metric: Metric, rows: list[dict[str, object]]
) -> list[tuple[float | None, ...]]:
    """The number columns of each row, as a page writes them: shares in percent, one decimal."""
    kinds = {
        c.name: c.kind for c in metric.columns if c.kind in ("count", "known", "share", "number")
    }
    return [tuple(_on_page(row[name], kind) for name, kind in kinds.items()) for row in rows]


def _on_page(value: object, kind: str) -> float | None:
    if value is None:
        return None
    number = float(str(value))
    return (
        number
        if kind in ("count", "known")
        else float(np.round((100 if kind == "share" else 1) * number, 1))
    )


def test_the_headlines_are_sums_of_what_the_command_line_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sample_store: Store
) -> None:
    shown: AppTest = opened(monkeypatch, sample_store)
    values = labelled_numbers(shown)
    for number in HEADLINE_NUMBERS:
        if number.column == "valid":
            continue  # in a chart of the issuance page, whose table is compared above
        rows = printed(capsys, sample_store, number.key, DAYS_AHEAD)
        total = sum(int(str(row[number.column])) for row in rows)
        assert values[number.label.zh] == f"{total:,}"

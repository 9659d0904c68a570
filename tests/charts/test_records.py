"""The records behind a number: every metric's have titles and words in both languages."""

from datetime import date

import pandas as pd
import pytest

from adoption.charts.records import CODES, TITLES, readable_records
from adoption.language import LANGUAGES, Language
from adoption.metrics import METRICS, Selection, all_records, evaluate, record_count, records
from adoption.store import Store

AS_OF = date(2013, 9, 24)


@pytest.mark.parametrize("key", METRICS)
def test_every_column_of_the_records_has_a_title(key: str) -> None:
    columns = METRICS[key].records(Selection(AS_OF)).selected_columns
    assert {column.name for column in columns} - set(TITLES) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", METRICS)
def test_codes_are_in_words(sample_store: Store, key: str, language: Language) -> None:
    found = records(sample_store, METRICS[key], Selection(AS_OF), 500)
    shown = readable_records(found, language)
    assert len(shown) == len(found)
    assert list(shown) == [TITLES[name].in_language(language) for name in found]
    coded = [TITLES[name].in_language(language) for name in found if name in CODES]
    for title in coded:
        # A stage is a number of days where it is not a word.
        words = {text for text in shown[title] if text and not text.isdigit()}
        if language == "zh":
            assert all(not text.isascii() for text in words), (title, words)
        else:
            assert all(text[0].isupper() for text in words), (title, words)


def test_dates_read_as_in_the_language_and_nothing_is_nothing() -> None:
    rows = pd.DataFrame(
        {
            "issued_on": pd.to_datetime(["2013-09-24", None]),
            "replaces": ["A", None],
            "is_renewal": [True, False],
        }
    )
    zh, en = readable_records(rows, "zh"), readable_records(rows, "en")
    assert zh.to_dict("list") == {
        "核發日期": ["102/09/24", ""],
        "換發前序號": ["A", ""],
        "是否為換發": ["是", "否"],
    }
    assert en["Issued on"].tolist() == ["2013-09-24", ""]
    assert en["Is a renewal"].tolist() == ["yes", "no"]


def test_all_records_are_the_ones_that_the_metric_counts(sample_store: Store) -> None:
    metric, selection = METRICS["valid_totals"], Selection(AS_OF, county=("臺北市",))
    counted = int(evaluate(sample_store, metric, selection)["valid"].sum())
    pieces = list(all_records(sample_store, metric, selection))
    assert record_count(sample_store, metric, selection) == counted == sum(map(len, pieces)) > 0
    assert set(pieces[0]["county"]) == {"臺北市"}

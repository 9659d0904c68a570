"""Every number of a deck, read from the file, is what evaluate() gives."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from adoption.briefing.content import Briefing
from adoption.formats import change_text, number_text, percent_text
from adoption.language import LANGUAGES, Language
from adoption.metrics import DAYS_AHEAD, HEADLINE_NUMBERS, METRICS, Selection, evaluate
from adoption.metrics.rules import OUTCOMES
from adoption.store import Store
from tests.briefing.decks import AS_OF, briefing_of, charts, opened, page, tables, words


def rows(store: Store, key: str, selection: Selection | None = None) -> pd.DataFrame:
    return evaluate(store, METRICS[key], selection or Selection(AS_OF))


def shown(deck: Any, briefing: Briefing, key: str) -> Any:
    """The page of the deck that the slide is on."""
    (slide,) = (slide for slide in briefing.slides if slide.key == key)
    return page(deck, slide.title)


def values(chart: Any) -> list[list[float | None]]:
    return [list(series.values) for series in chart.plots[0].series]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture
def of(decks: dict[Language, Any], briefings: dict[Language, Briefing], language: Language) -> Any:
    return lambda key: shown(decks[language], briefings[language], key)


def test_the_standing(sample_store: Store, of: Any) -> None:
    text = " ".join(words(of("standing")))
    totals = rows(sample_store, "integration_totals").set_index("side")
    assert totals.loc["ministry"].tolist() == [11, 28]
    assert totals.loc["external"].tolist() == [39, 138]
    for count in (11, 28, 39, 138, 166):
        assert str(count) in text


def test_adoption(sample_store: Store, of: Any) -> None:
    held, rate = charts(of("adoption"))
    over_time = rows(sample_store, "valid_over_time")
    assert values(held) == [over_time["valid"].tolist(), over_time["holders"].tolist()]
    rates = rows(sample_store, "adoption_rate_over_time")["rate"].dropna()
    assert values(rate) == [rates.tolist()]
    last, text = over_time.iloc[-1], list(words(of("adoption")))
    before = rows(sample_store, "valid_totals", Selection(date(2013, 8, 24))).iloc[0]
    for name in ("valid", "holders"):
        assert number_text(last[name]) in text
        assert any(change_text(last[name] - before[name]) in words for words in text)
    assert percent_text(rates.iloc[-1]) in text


def test_rollout(sample_store: Store, of: Any) -> None:
    (chart,) = charts(of("rollout"))
    units = rows(sample_store, "systems_by_unit").sort_values(
        ["integrated", "testing", "planned"], ascending=False, kind="stable"
    )
    stages = ("integrated", "testing", "planned", "retired")
    first = units.head(len(values(chart)[0]))
    assert values(chart) == [first[stage].tolist() for stage in stages if first[stage].any()]
    assert str(units["integrated"].gt(0).sum()) in of("rollout").shapes.title.text_frame.text


def test_expiries(sample_store: Store, of: Any) -> None:
    (chart,) = charts(of("expiries"))
    months = rows(sample_store, "expiring_by_month")
    columns = months["expiring"] - months["to_renew"], months["renewable"]
    ahead = months["to_renew"] - months["renewable"]
    assert values(chart) == [column.tolist() for column in (*columns, ahead)]
    text = list(words(of("expiries")))
    for days in (DAYS_AHEAD, 90):
        soon = rows(sample_store, "expiring_totals", Selection(AS_OF, days=days)).iloc[0]
        assert number_text(soon["expiring"]) in text
        assert any(number_text(soon["to_renew"]) in words for words in text)
    assert number_text(months["expiring"].sum()) in text


def test_reminders(sample_store: Store, of: Any) -> None:
    (chart,) = charts(of("reminders"))
    stages = rows(sample_store, "reminder_conversion")
    undecided = stages["certificates"] - stages["decided"]
    parts = [*(stages[name] for name in ("renewed", "ended", "went_on")), undecided]
    assert values(chart) == [part.tolist() for part in parts]
    (table,) = tables(of("reminders"))
    mails = rows(sample_store, "mail_delivery")[["due", "sent", "delivered", "missing"]]
    assert [row[1:] for row in table[1:]] == [
        [number_text(count) for count in row] for row in mails.values.tolist()
    ]


def test_outcomes(sample_store: Store, of: Any) -> None:
    (chart,) = charts(of("outcomes"))
    found = rows(sample_store, "reminder_outcomes").set_index("outcome")
    found = found.reindex(OUTCOMES, fill_value=0)
    assert values(chart) == [found["share"].tolist()]
    assert sum(values(chart)[0]) == pytest.approx(1)
    labels = chart.plots[0].series[0]._element.xpath("c:dLbls/c:dLbl/c:numFmt/@formatCode")
    for label, count in zip(labels, found["certificates"], strict=True):
        assert re.fullmatch(rf'0.0%"(（{count:,}）| \({count:,}\))"', label)


def test_changes(sample_store: Store, of: Any) -> None:
    ((_, *table),) = tables(of("changes"))
    for number, (_, before, now, difference) in zip(HEADLINE_NUMBERS, table, strict=True):
        counts = [
            number.of(rows(sample_store, number.key, Selection(day, days=DAYS_AHEAD)))
            for day in (date(2013, 8, 24), AS_OF)
        ]
        assert [before, now] == [number_text(count) for count in counts]
        assert difference == change_text(counts[1] - counts[0])


def test_the_workbook_in_a_chart_holds_what_the_chart_shows(decks: dict[Language, Any]) -> None:
    seen = 0
    for sheet, chart in (
        (book_of(chart), chart) for each in decks["zh"].slides for chart in charts(each)
    ):
        names, *lines = sheet
        drawn = chart.plots[0].series
        assert names[1:] == [series.name for series in drawn]
        for number, series in enumerate(drawn, start=1):
            # Spreadsheets hold fifteen digits.
            assert [line[number] for line in lines] == pytest.approx(series.values, rel=1e-14)
        seen += 1
    assert seen == 6


def book_of(chart: Any) -> list[list[Any]]:
    blob = chart.part.chart_workbook.xlsx_part.blob
    return CalamineWorkbook.from_filelike(io.BytesIO(blob)).get_sheet_by_index(0).to_python()


def test_months_are_days_in_the_workbook(sample_store: Store, decks: dict[Language, Any]) -> None:
    charts_of_time = [chart for each in decks["zh"].slides for chart in charts(each)]
    held = next(chart for chart in charts_of_time if len(list(chart.plots[0].categories)) > 100)
    months = rows(sample_store, "valid_over_time")["month"].dt.date.tolist()
    assert [line[0] for line in book_of(held)[1:]] == months


def test_another_day_gives_its_own_numbers(sample_store: Store) -> None:
    day = date(2010, 3, 31)
    made = briefing_of(sample_store, as_of=day, keys=["standing", "expiries"])
    deck = opened(made)
    totals = rows(sample_store, "integration_totals", Selection(day)).set_index("side")
    text = list(words(deck.slides[0]))
    assert (
        f"(計{totals.at['ministry', 'units']}個單位{totals.at['ministry', 'systems']}個系統)"
        in text
    )
    assert (
        f"(計{totals.at['external', 'units']}個機關{totals.at['external', 'systems']}個系統)"
        in text
    )
    assert "統計期限至本(99)年3月31日止" in text
    months = rows(sample_store, "expiring_by_month", Selection(day))
    renewed = months["expiring"] - months["to_renew"]
    assert values(charts(deck.slides[1])[0])[0] == renewed.tolist()


def test_a_selection_narrows_every_number(sample_store: Store) -> None:
    asked = Selection(AS_OF, side=("ministry",), county=("臺北市",), org_type=("company",))
    narrowed = {"side": asked.side, "county": asked.county, "org_type": asked.org_type}
    made = briefing_of(sample_store, keys=["standing", "adoption", "outcomes"], **narrowed)
    deck = opened(made)
    held = charts(shown(deck, made, "adoption"))[0]
    assert values(held)[0] == rows(sample_store, "valid_over_time", asked)["valid"].tolist()
    assert list(words(shown(deck, made, "standing"))).count("(計11個單位28個系統)") == 1
    assert not any("個機關" in line for line in words(shown(deck, made, "standing")))
    journey = rows(sample_store, "reminder_outcomes", asked).set_index("outcome")["share"]
    assert values(charts(shown(deck, made, "outcomes"))[0])[0] == [
        journey.get(outcome, 0) for outcome in OUTCOMES
    ]
    for each in deck.slides:
        assert any("篩選：本部暨所屬機關、臺北市、公司" in line for line in words(each))


def test_the_day_compared_with_can_be_any(sample_store: Store) -> None:
    for day in (AS_OF - timedelta(days=400), AS_OF):
        made = briefing_of(sample_store, keys=["changes"], compared=day)
        ((_, *table),) = tables(opened(made).slides[0])
        valid = rows(sample_store, "valid_totals", replace(Selection(AS_OF), as_of=day))
        assert table[2][1] == number_text(valid["valid"].iloc[0])
    assert made.slides[0].says == ("各項數字都沒有改變。",)

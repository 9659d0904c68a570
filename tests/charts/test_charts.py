"""Charts: their data are the metric's, their sentences hold its numbers."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from adoption.charts import (
    adoption_rate,
    expiry,
    expiry_calendar,
    forecast,
    integration,
    issuance,
    mails,
    outcomes,
    reminders,
    renewal,
    stages,
    waves,
)
from adoption.charts.chart import Chart, Question
from adoption.charts.headlines import headlines
from adoption.charts.meanings import COLOURS, contrast
from adoption.formats import number_text
from adoption.language import LANGUAGES, Language
from adoption.metrics import METRICS, Selection, evaluate
from adoption.metrics.expiry import YEAR_AHEAD
from adoption.store import Store
from tests.reference.rows import Certificate
from tests.stores import store_of

AS_OF = date(2013, 9, 24)
MOST_BYTES = 300_000  # of a figure on its way to a browser
MODULES = (
    integration,
    stages,
    waves,
    issuance,
    adoption_rate,
    expiry,
    expiry_calendar,
    renewal,
    forecast,
    reminders,
    outcomes,
    mails,
)
CHARTS = {
    f"{module.__name__}.{name}": draw
    for module, names in {
        integration: ("by_side", "curve", "by_unit"),
        stages: ("by_stage", "waiting", "overdue", "of_unit"),
        waves: ("plan",),
        issuance: ("adoption_curve", "issued_by_month", "issued_by_type", "cards_per_holder"),
        adoption_rate: ("over_time", "by_county_map", "by_county", "not_reached", "by_type"),
        expiry: ("by_day", "next_45_days", "by_week", "by_month", "by_county"),
        expiry_calendar: ("calendar",),
        renewal: ("rate", "timing"),
        forecast: ("ahead", "back_test"),
        reminders: ("funnel", "by_month"),
        outcomes: ("outcomes", "by_month", "survival"),
        mails: ("delivery", "workload"),
    }.items()
    for name in names
    for draw in [getattr(module, name)]
}
OF_SYSTEMS = ("integration", "stages", "waves")


def asked(store: Store, language: Language = "zh", **narrowed: object) -> Question:
    def answer(key: str, selection: Selection) -> pd.DataFrame:
        return evaluate(store, METRICS[key], selection)

    return Question(Selection(AS_OF, **narrowed), language, answer)  # type: ignore[arg-type]


Answer = Callable[[str, Selection], pd.DataFrame]


def remembered(store: Store) -> Answer:
    """The answers of a store that does not change, each asked for once: charts share most."""

    @cache
    def once(key: str, selection: Selection) -> pd.DataFrame:
        return evaluate(store, METRICS[key], selection)

    return lambda key, selection: once(key, selection).copy()


@pytest.fixture(scope="module")
def sample_answers(sample_store: Store) -> Answer:
    return remembered(sample_store)


def certificate(serial: str, issued: date, expires: date) -> Certificate:
    return Certificate(
        serial=serial,
        holder_id="00000000",
        org_type="company",
        county="臺北市",
        card="primary",
        issued_on=issued,
        expires_on=expires,
    )


def values(chart: Chart) -> dict[str, list[float]]:
    return {each.name: [float(value or 0) for value in each.values] for each in chart.spec.series}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_is_drawn_and_says_something(
    sample_answers: Answer, name: str, language: Language
) -> None:
    chart = CHARTS[name](Question(Selection(AS_OF), language, sample_answers))
    assert chart.figure is not None
    assert chart.title
    assert len(chart.says) > 10
    assert not chart.table.empty
    assert "{" not in chart.says
    assert "nan" not in chart.says.lower()
    assert len(chart.figure.to_json()) < MOST_BYTES


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_when_there_is_nothing(empty_store: Store, name: str) -> None:
    chart = CHARTS[name](asked(empty_store))
    assert chart.figure is None
    assert chart.says == "沒有符合此統計截止日與篩選條件的資料。"


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("day", [date(2003, 7, 1), date(2004, 2, 29), date(2020, 1, 1)])
def test_no_chart_fails_at_the_edges_of_the_data(
    sample_answers: Answer, name: str, day: date
) -> None:
    CHARTS[name](Question(Selection(day), "zh", sample_answers))


def test_integration_by_side_shows_the_numbers_and_the_control_totals(sample_store: Store) -> None:
    chart = integration.by_side(asked(sample_store))
    assert values(chart) == {
        "本部暨所屬機關": [28, 11],
        "其他政府機關及民間機構": [138, 39],
    }
    assert chart.says == "50 個單位已導入 166 個系統。"


def test_a_difference_from_the_control_totals_is_said(sample_store: Store) -> None:
    def one_missing(key: str, selection: Selection) -> pd.DataFrame:
        rows = evaluate(sample_store, METRICS[key], selection)
        return rows.assign(systems=rows["systems"] - 1)

    chart = integration.by_side(Question(Selection(AS_OF), "zh", one_missing))
    assert chart.says == (
        "與控制總數不符：本部暨所屬機關 系統數 −1、其他政府機關及民間機構 系統數 −1。"
    )
    assert chart.spec.texts(chart.spec.series[0]) == ["27（控制總數 28）", "11"]


def test_no_control_total_on_another_day(sample_store: Store) -> None:
    question = asked(sample_store)
    other = Question(question.selection.on(date(2013, 1, 1)), "zh", question.answer)
    says = integration.control_sentence(other, other.rows("integration_totals"))
    assert "沒有對應的控制總數" in says


def test_three_colours_add_up_to_what_expires(sample_store: Store) -> None:
    question = asked(sample_store)
    rows = question.rows("expiring")
    drawn = expiry.by_day(question)
    stacked = values(drawn)
    assert list(stacked) == ["已換發", "可換發未換發", "尚未開放換發"]
    assert stacked["可換發未換發"] == [float(n) for n in rows["renewable"]]
    assert list(drawn.spec.totals) == [float(n) for n in rows["expiring"]]
    # From the 61st day on none can be renewed.
    later = [day > AS_OF + timedelta(days=60) for day in drawn.spec.places.at]
    assert (
        sum(n for n, is_later in zip(stacked["可換發未換發"], later, strict=True) if is_later) == 0
    )
    assert number_text(rows["expiring"].sum()) in drawn.says


def test_the_calendar_has_every_expiry_of_the_year_on_its_weekday(sample_store: Store) -> None:
    question = asked(sample_store)
    chart = expiry_calendar.calendar(question)
    heat, *_ = chart.figure.data
    rows = question.rows("expiring", Selection(AS_OF, days=YEAR_AHEAD))
    by_weekday = rows.groupby(rows["day"].dt.day_of_week)["expiring"].sum()
    assert list(heat.y) == ["週一", "週二", "週三", "週四", "週五", "週六", "週日"]
    sums = pd.DataFrame(heat.z).sum(axis="columns")
    assert sums.tolist() == by_weekday.reindex(range(7), fill_value=0).tolist()


def test_outcomes_by_month_add_up_to_one(sample_store: Store) -> None:
    chart = outcomes.by_month(asked(sample_store))
    assert [round(total, 9) for total in chart.spec.totals] == [1] * len(chart.spec.places.at)


def test_years_and_types_add_up_to_all_that_was_issued(sample_store: Store) -> None:
    question = asked(sample_store)
    stacked = values(issuance.issued_by_type(question))
    assert list(stacked) == ["公司", "商業", "分支機構", "其他"]
    issued = question.rows("certificates_issued")["issued"].sum()
    assert sum(map(sum, stacked.values())) == issued
    narrowed = issuance.issued_by_type(asked(sample_store, org_type=("branch",)))
    assert values(narrowed)["分支機構"] == stacked["分支機構"]


def test_cards_per_holder_are_those_of_all_holders(sample_store: Store) -> None:
    question = asked(sample_store)
    valid = question.rows("valid_totals").iloc[0]
    chart = issuance.cards_per_holder(question)
    assert sum(chart.spec.totals) == valid["holders"]
    assert chart.spec.place_texts[-1] == "4 張以上"


def test_headlines_give_the_change_since_a_month_ago(sample_store: Store) -> None:
    question = asked(sample_store)
    shown = {headline.label: headline for headline in headlines(question)}
    assert shown["已導入單位"].value == "50"
    assert shown["已導入系統"].value == "166"
    now = int(question.rows("valid_totals")["valid"].sum())
    before = int(question.rows("valid_totals", Selection(date(2013, 8, 24)))["valid"].sum())
    valid = shown["有效憑證（張）"]
    assert valid.value == f"{now:,}"
    assert valid.change == f"{now - before:+,}"


def test_markup_in_a_name_is_text(sample_store: Store) -> None:
    question = asked(sample_store)
    rows = question.rows("systems_by_unit").assign(unit="<b>&單位</b>")
    hostile = Question(question.selection, "zh", lambda key, selection: rows)
    chart = integration.by_unit(hostile)
    assert set(chart.figure.layout.yaxis.ticktext) == {"&lt;b>&amp;單位&lt;/b>"}
    assert len(set(chart.figure.data[0].y)) == len(chart.figure.data[0].y)


@pytest.fixture(scope="module")
def of_one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[date], Answer]:
    """The answers of a store of one certificate, by the day on which it expires."""

    @cache
    def answers(expires: date) -> Answer:
        issued = expires.replace(year=expires.year - 5)
        folder = tmp_path_factory.mktemp("one")
        return remembered(store_with(folder, certificate("A", issued, expires)))

    return answers


def store_with(tmp_path: Path, *certificates: Certificate) -> Store:
    return store_of(tmp_path / "few", certificates=certificates)


@pytest.mark.parametrize("name", [name for name in CHARTS if name.split(".")[2] not in OF_SYSTEMS])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("expires", [date(2008, 3, 1), date(2013, 9, 24), date(2013, 10, 1)])
def test_one_certificate_long_ago_or_now_is_enough(
    of_one_certificate: Callable[[date], Answer], name: str, language: Language, expires: date
) -> None:
    chart = CHARTS[name](Question(Selection(AS_OF), language, of_one_certificate(expires)))
    assert "nat" not in chart.says.lower().replace("certificate", "")


def test_the_last_twelve_months_are_months_and_not_rows(tmp_path: Path) -> None:
    """Months without issues have no row."""
    days = [date(2003, 10, 1), date(2005, 3, 1), date(2012, 9, 30), date(2012, 10, 1)]
    store = store_with(
        tmp_path,
        *[certificate(f"A{n}", day, day.replace(year=2030)) for n, day in enumerate(days)],
    )
    assert "最近十二個月核發 1 張" in issuance.issued_by_month(asked(store)).says


def test_a_year_before_is_the_same_day(tmp_path: Path) -> None:
    days = [date(2012, 9, 24), date(2012, 9, 25), date(2013, 9, 24)]
    store = store_with(
        tmp_path,
        *[certificate(f"A{n}", day, day.replace(year=2030)) for n, day in enumerate(days)],
    )
    says = issuance.adoption_curve(asked(store)).says
    assert says == "1 家（一年來 0 家）持有 3 張有效憑證。"


def test_units_of_the_same_name_have_their_own_values(sample_store: Store) -> None:
    question = asked(sample_store)
    rows = question.rows("systems_by_unit").assign(unit="open")
    chart = integration.by_unit(Question(question.selection, "zh", lambda key, selection: rows))
    assert list(chart.figure.layout.yaxis.ticktext) == ["open"] * integration.MOST_UNITS
    assert len(set(chart.figure.data[0].y)) == integration.MOST_UNITS
    assert set(chart.table["單位"]) == {"open"}  # the word of a code, but here a name


def test_every_chart_stands_here() -> None:
    """A new chart function has to be added to CHARTS."""
    for module in MODULES:
        assert _drawing_functions(module) == {
            draw for draw in CHARTS.values() if draw.__module__ == module.__name__
        }


def _drawing_functions(module: ModuleType) -> set[object]:
    return {
        thing
        for name, thing in vars(module).items()
        if callable(thing)
        and not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
        and thing.__annotations__.get("return") is Chart
    }


def test_every_meaning_that_a_chart_has_is_in_the_one_table(sample_answers: Answer) -> None:
    for draw in CHARTS.values():
        spec = draw(Question(Selection(AS_OF), "zh", sample_answers)).spec
        used = {meaning for each in spec.series for meaning in (each.meaning, *each.meanings)}
        assert used <= COLOURS.keys(), draw


def test_every_colour_stands_out_from_white_and_from_the_dark_page() -> None:
    for meaning, hue in COLOURS.items():
        assert contrast(hue, "#ffffff") >= 3, meaning
        assert contrast(hue, "#0e1117") >= 3, meaning


def test_red_is_for_what_somebody_must_act_on() -> None:
    red = {meaning for meaning, hue in COLOURS.items() if hue == COLOURS["overdue"]}
    assert red == {"overdue", "renewable", "missing", "behind"}


# Names of systems may make a sentence longer; these have none, or are cut.
@pytest.mark.parametrize("name", CHARTS)
def test_a_sentence_has_one_finding(sample_answers: Answer, name: str) -> None:
    """At most 40 Chinese characters and 20 English words, and three numbers besides dates."""
    chinese, english = (
        CHARTS[name](Question(Selection(AS_OF), language, sample_answers)).says
        for language in LANGUAGES
    )
    assert len(re.findall(r"[\u4e00-\u9fff]", chinese)) <= 40
    assert len(english.split()) <= 20
    dated = re.compile(r"(民國)?\d+年(\d+月)?(\d+日)?|示範\S+ ?\S+")
    assert len(re.findall(r"[\d.,]*\d", dated.sub("", chinese))) <= 3

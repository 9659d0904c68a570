"""Pages by their values, on the sample and on an empty store, in both languages."""

import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from adoption.language import LANGUAGES, Language
from adoption.metrics import METRICS, Selection, evaluate
from adoption.pages.tables import as_text
from adoption.store import Store
from dashboard import PAGES

ROOT = Path(__file__).resolve().parent.parent.parent
AS_OF = date(2013, 9, 24)
NAMES = [name for name, _, _ in PAGES]


def opened(
    monkeypatch: pytest.MonkeyPatch,
    store: Store,
    page: str = "overview",
    seconds: float = 30,
    **address: str | list[str],
) -> AppTest:
    monkeypatch.setenv("ADOPTION_STORE", store.url)
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=seconds)
    for key, text in address.items():
        app.query_params[key] = text
    if page != "overview":
        app.switch_page(f"adoption/pages/{page}.py")
    app.run()
    assert not app.exception, app.exception
    return app


def texts(app: AppTest) -> str:
    parts = [*app.title, *app.subheader, *app.text, *app.caption, *app.markdown, *app.info]
    titles = [figure["layout"].get("title", {"text": ""})["text"] for figure in figures(app)]
    footers = [title.replace("<br>", "") for title in titles]
    lists = [re.sub("<[^>]+>", "\n", unescape(part.proto.body)) for part in app.get("html")]
    return "\n".join([*(str(part.value) for part in parts), *lists, *footers])


def labelled_numbers(app: AppTest) -> dict[str, str]:
    """Those on top of the overview: what each is called, and its value."""
    return {
        unescape(label): unescape(value)
        for part in app.get("html")
        for label, value in re.findall(
            '<dt>(.*?)</dt><dd class="value">(.*?)</dd>', part.proto.body
        )
    }


def numbers(app: AppTest) -> list[str]:
    return list(labelled_numbers(app).values())


def unfold(app: AppTest) -> None:
    """Open all that is folded on the page, as a visitor would one by one."""
    for box in app.expander:
        if (box.key or "").startswith("folded"):
            app.session_state[box.key] = True
    app.run()
    assert not app.exception, app.exception


def figures(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_page_opens_on_the_sample(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, name: str, language: Language
) -> None:
    app = opened(monkeypatch, sample_store, name, lang=language)
    (title,) = [title for page, title, _ in PAGES if page == name]
    assert app.title[0].value == title.in_language(language)
    assert ("示範資料" if language == "zh" else "Sample data") in texts(app)
    shown = {
        "overview": 3,
        "rollout": 3,
        "issuance": 4,
        "expiries": 2,
        "reminders": 2,
    }
    folded = {"rollout": 4, "issuance": 5, "expiries": 4, "reminders": 5, "definitions": 1}
    assert len(figures(app)) == shown.get(name, 0), "what is folded is not drawn"
    unfold(app)
    assert len(figures(app)) == shown.get(name, 0) + folded.get(name, 0)


# Names that English has no other for.
UNTRANSLATED = ("工商憑證", "統一編號", "經濟部商業司", "工商憑證管理中心", "中文")


@pytest.mark.parametrize(
    ("name", "address"),
    [  # not definitions: its glossary has both languages, its answers name systems as they are
        *((name, {}) for name in NAMES if name != "definitions"),
        ("rollout", {"unit": "M01"}),
    ],
)
def test_english_pages_are_english(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, name: str, address: dict[str, str]
) -> None:
    """Names of units, systems and counties too, in figures and tables as well."""
    app = opened(monkeypatch, sample_store, name, lang="en", **address)
    unfold(app)
    tables = [frame.value.to_csv() for frame in (*app.dataframe, *app.table)]
    labels = [button.label for button in app.button]
    drawn = figures(app)
    for trace in (trace for figure in drawn for trace in figure["data"]):
        for outlines in ("geojson", "locations"):  # which are not read
            trace.pop(outlines, None)
    said = "\n".join([texts(app), *labels, *tables, json.dumps(drawn, ensure_ascii=False)])
    for word in UNTRANSLATED:
        said = said.replace(word, "")
    assert not set(re.findall("[\u3001-\u9fff（），：；]+", said))


@pytest.mark.parametrize("name", NAMES)
def test_every_page_opens_on_an_empty_store(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, name: str
) -> None:
    app = opened(monkeypatch, empty_store, name)
    assert not figures(app)
    if name not in ("data", "definitions"):
        assert "目前還沒有資料" in texts(app)


def test_the_overview_shows_the_numbers_of_the_metrics(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store)
    now, soon = Selection(AS_OF), Selection(AS_OF, days=45)
    valid = evaluate(sample_store, METRICS["valid_totals"], now)
    expiring = evaluate(sample_store, METRICS["expiring_totals"], soon)
    rate = evaluate(sample_store, METRICS["adoption_rate_totals"], now)["rate"].iloc[0]
    assert numbers(app) == [
        f"{100 * rate:.1f}%",
        "50",
        "166",
        f"{valid['holders'].sum():,}",
        f"{expiring['to_renew'].sum():,}",
    ]


def test_the_address_sets_day_and_filters(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    day = date(2012, 12, 31)
    app = opened(monkeypatch, sample_store, as_of=day.isoformat(), county="臺北市", side="ministry")
    valid = evaluate(sample_store, METRICS["valid_totals"], Selection(day, county=("臺北市",)))
    systems = evaluate(
        sample_store, METRICS["integration_totals"], Selection(day, side=("ministry",))
    )
    shown = numbers(app)
    assert shown[2:4] == [f"{systems['systems'].sum():,}", f"{valid['holders'].sum():,}"]
    assert app.text_input(key="as_of").value == "101/12/31"
    # A number says which filters narrow it, and which do not.
    assert "篩選：臺北市" in texts(app)
    assert "未依「本部暨所屬機關」篩選" in texts(app)
    rollout = opened(monkeypatch, sample_store, "rollout", county="臺北市", side="ministry")
    assert "篩選：本部暨所屬機關" in texts(rollout)
    assert "未依「臺北市」篩選" in texts(rollout)
    by_unit = opened(monkeypatch, sample_store, "rollout", unit="M01")
    assert "篩選：經濟部商業司" in texts(by_unit)


@pytest.mark.parametrize(
    "address",
    [
        {"as_of": "foo", "lang": "xx"},
        {"as_of": "2999-01-01", "county": "<script>alert(1)</script>"},
        {"as_of": "", "unit": "nobody", "side": "", "org_type": "company' OR 1=1"},
    ],
)
def test_what_the_address_gets_wrong_is_left_out(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, address: dict[str, str]
) -> None:
    app = opened(monkeypatch, sample_store, **address)
    assert numbers(app)[2] == "166"
    assert app.text_input(key="as_of").value == "102/09/24"
    assert not dict(app.query_params)
    asked_for = [text for key, text in address.items() if key != "lang" and text]
    assert app.warning[0].value == "網址要求、但無法辨識或沒有資料，未套用："
    assert all(text in texts(app) for text in asked_for)


@pytest.mark.parametrize(
    ("key", "written", "code"),
    [
        ("county", "台北市", "臺北市"),
        ("county", "台北巿", "臺北市"),
        ("county", "臺 北 市", "臺北市"),
        ("county", "Taipei City", "臺北市"),
        ("org_type", "公司", "company"),
        ("org_type", "行號", "business"),
        ("side", "本部", "ministry"),
        ("unit", "經濟部商業司", "M01"),
    ],
)
def test_f13_a_filter_in_a_link_is_read_as_loading_reads_it(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, key: str, written: str, code: str
) -> None:
    app = opened(monkeypatch, sample_store, **{key: written})
    assert app.session_state["view"].filters[key] == (code,)
    assert dict(app.query_params) == {key: code}
    assert not app.warning


def test_the_address_of_a_page_that_is_none_is_told(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=30)
    monkeypatch.setenv("ADOPTION_STORE", sample_store.url)
    app.query_params["page"] = "certificates"
    assert "/certificates" in texts(app.run())
    assert not dict(app.query_params)


def test_f13_one_place_written_twice_is_chosen_once(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, county=["臺北市", "台北市"], as_of="101-12-31")
    day = date(2012, 12, 31)
    valid = evaluate(sample_store, METRICS["valid_totals"], Selection(day, county=("臺北市",)))
    assert numbers(app)[3] == f"{valid['holders'].sum():,}"
    assert (app.text_input(key="as_of").value, not app.warning) == ("101/12/31", True)


def test_f13_what_the_address_asks_in_vain_is_told_until_something_is_chosen(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    """No certificate of the sample is without a county."""
    app = opened(monkeypatch, sample_store, county=["未填", "東京都"])
    assert "東京都、未填" in texts(app)
    app.session_state["filters"] = True
    assert app.run().multiselect(key="county").value == []
    assert app.warning
    app.multiselect(key="county").set_value(["臺北市"]).run()
    assert not app.warning


@pytest.mark.parametrize("county", ["臺北縣", "新北市"])
def test_a_county_is_found_by_its_name_then_and_now(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, county: str
) -> None:
    day = date(2009, 5, 1)
    app = opened(monkeypatch, sample_store, as_of=day.isoformat(), county=county)
    valid = evaluate(sample_store, METRICS["valid_totals"], Selection(day, county=("臺北縣",)))
    assert [chip.label for chip in app.button if chip.key.startswith("chip")] == ["臺北縣"]
    assert numbers(app)[3] == f"{valid['holders'].sum():,}"


def test_a_county_filter_follows_the_day(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, county="新北市")
    app.text_input(key="as_of").set_value("98/5/1").run()
    assert app.session_state["view"].filters["county"] == ("臺北縣",)
    assert dict(app.query_params) == {"county": "臺北縣", "as_of": "2009-05-01"}


def test_a_day_before_the_first_possible_is_left_out(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    first = opened(monkeypatch, sample_store, as_of="0001-01-01")
    assert first.text_input(key="as_of").value == "102/09/24"
    early = opened(monkeypatch, sample_store, as_of="1912-01-01")
    assert numbers(early)[1] == "0"


def test_a_change_is_written_into_the_address(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store)
    app.session_state["filters"] = True
    app.run().multiselect(key="county").select("高雄市").run()
    app.session_state["filters"] = False  # what is chosen stays when it is closed
    app.text_input(key="as_of").set_value("1020131").run()
    assert dict(app.query_params) == {"county": "高雄市", "as_of": "2013-01-31"}
    app.button(key="chip-county-高雄市").click().run()
    assert dict(app.query_params) == {"as_of": "2013-01-31"}


@pytest.mark.parametrize("text", ["102/6/30", "1020630", "2013-06-30", "民國102年6月30日"])
def test_a_day_is_typed_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, text: str
) -> None:
    app = opened(monkeypatch, sample_store)
    app.text_input(key="as_of").set_value(text).run()
    assert dict(app.query_params) == {"as_of": "2013-06-30"}
    assert app.text_input(key="as_of").value == "102/06/30"


@pytest.mark.parametrize("text", ["102/13/1", "昨天", "103/01/01"])
def test_what_is_no_day_is_said_and_the_day_stays(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, text: str
) -> None:
    app = opened(monkeypatch, sample_store)
    app.text_input(key="as_of").set_value(text).run()
    assert app.warning[0].value.startswith(f"「{text}」不是 102/09/24 以前的日期")
    assert app.text_input(key="as_of").value == text
    assert numbers(app)[2] == "166"
    app.text_input(key="as_of").set_value("102/6/30").run()
    assert not app.warning


def test_days_that_briefings_are_of_are_a_choice_away(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store)
    assert app.menu_button(key="as_of_day").options == [
        "資料最後一天 102/09/24",
        "上月底 102/08/31",
        "上季底 102/06/30",
        "去年底 101/12/31",
    ]
    app.menu_button(key="as_of_day").click("quarter").run()
    assert dict(app.query_params) == {"as_of": "2013-06-30"}


def test_the_figures_hold_the_rows_of_the_metric(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "reminders")
    rows = evaluate(sample_store, METRICS["renewal_survival"], Selection(AS_OF))
    (curve, *_) = figures(app)
    to_renew, *_ = curve["data"]  # type: ignore[misc]
    drawn = dict(zip(to_renew["x"], to_renew["y"], strict=True))
    assert drawn == dict(zip(rows["days_to_expiry"], rows["to_renew_share"], strict=True))


def test_the_issuance_page_says_how_far_adoption_has_come(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "issuance", county="臺北市")
    totals = evaluate(
        sample_store, METRICS["adoption_rate_totals"], Selection(AS_OF, county=("臺北市",))
    )
    (total,) = totals.itertuples()
    said = f"登記的 {total.registered:,} 家中 {100 * total.rate:.1f}% 持有有效憑證"
    assert said in texts(app)
    unfold(app)
    (on_map,) = [
        trace
        for figure in figures(app)
        for trace in figure["data"]  # type: ignore[attr-defined]
        if trace["type"] == "choropleth" and trace.get("hoverinfo") != "skip"
    ]
    assert on_map["locations"] == ["臺北市"]
    assert on_map["customdata"][0].startswith(f"臺北市　{100 * total.rate:.1f}%")


def test_the_definitions_page_says_all_of_every_metric(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "definitions")
    assert not [button for button in app.button if button.key.startswith("explain-line")]
    unfold(app)
    for metric in METRICS.values():
        assert as_text(metric.definition.zh) in texts(app), metric.key
        app.button(key=f"explain-line-{metric.key}").click().run()
        for text in (metric.formula, metric.excludes):
            assert as_text(text.zh) in texts(app), metric.key
        assert app.code[0].value == f"python -m adoption metric {metric.key}"


def test_a_search_leaves_what_has_its_words(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "definitions")
    app.text_input(key="search").set_value("通知 PIN").run()
    assert "沒有包含這些詞語的指標。" in texts(app)
    app.text_input(key="search").set_value("Integrated 累計").run()
    titles = [button.label for button in app.button]
    assert "導入累計趨勢" in titles
    assert "每月核發憑證" not in titles


def test_what_a_number_means_is_a_click_away(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, county="臺北市")
    app.menu_button(key="headline_meanings").click("憑證持有者（家）").run()
    said = texts(app)
    metric = METRICS["valid_totals"]
    for text in (metric.definition, metric.formula, metric.excludes):
        assert as_text(text.zh) in said
    (files,) = (table.value for table in app.dataframe if "檔案" in table.value)
    assert set(files["檔案"]) == {"certificates.csv", "suspensions.csv"}

    # A test draws the page as a whole: the button is pressed again.
    app.toggle(key="show_records").set_value(True)
    app.menu_button(key="headline_meanings").click("憑證持有者（家）").run()
    (found,) = (table.value for table in app.dataframe if "憑證序號" in table.value)
    counted = evaluate(sample_store, metric, Selection(AS_OF, county=("臺北市",)))
    assert len(found) == min(int(counted["valid"].sum()), 1_000)
    assert set(found["縣市"]) == {"臺北市"}
    assert f"共 {counted['valid'].sum():,} 筆紀錄" in texts(app)


def test_the_four_stages_stand_in_one_table(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "reminders")
    reached = evaluate(sample_store, METRICS["reminder_stages"], Selection(AS_OF))
    mails = evaluate(sample_store, METRICS["mail_delivery"], Selection(AS_OF))
    journey = evaluate(sample_store, METRICS["reminder_conversion"], Selection(AS_OF))
    table: pd.DataFrame = app.table[0].value
    for column, counts in (
        ("到達（張）", reached["certificates"]),
        ("應寄（封）", mails["due"]),
        ("已寄", mails["sent"]),
        ("送達", mails["delivered"]),
    ):
        assert table[column].tolist() == [f"{count:,}" for count in counts]
    shares = 100 * journey["renewed"] / journey["decided"]
    assert table["之後換發率"].tolist() == [f"{share:.1f}%" for share in shares]


def test_every_page_file_is_in_the_navigation() -> None:
    shared = {
        "__init__",
        "address",
        "asked",
        "bar",
        "briefing_files",
        "choices",
        "explain",
        "history",
        "browser",
        "loading",
        "outreach",
        "peaks",
        "server",
        "show",
        "slides",
        "stage_table",
        "standing",
        "tables",
        "units",
        "view",
    }
    files = {path.stem for path in (ROOT / "adoption" / "pages").glob("*.py")} - shared
    assert files == set(NAMES)


def test_expiries_are_switched_by_the_address_and_back(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    """By day, week or month: one switch, which a link keeps."""

    def first_chart(app: AppTest) -> str:
        title: str = app.subheader[0].value
        return title

    app = opened(monkeypatch, sample_store, "expiries", step="week")
    assert first_chart(app) == METRICS["expiring_by_week"].title.zh
    app.segmented_control(key="step").set_value("month").run()
    assert first_chart(app) == METRICS["expiring_by_month"].title.zh
    assert dict(app.query_params) == {"step": "month"}
    app.segmented_control(key="step").set_value("day").run()
    assert "90" in first_chart(app)
    assert not dict(app.query_params)
    unknown = opened(monkeypatch, sample_store, "expiries", step="year")
    assert first_chart(unknown) == first_chart(app)


def test_the_list_to_call_is_narrowed_by_the_address(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    asked = Selection(AS_OF, days=30, stage=(30,), county=("臺北市",))
    app = opened(monkeypatch, sample_store, "expiries", within="30", stage="30", county="臺北市")
    expected = evaluate(sample_store, METRICS["outreach"], asked)
    shown: pd.DataFrame = app.dataframe[-1].value
    assert shown["憑證序號"].tolist() == expected["serial"].tolist() != []
    assert set(shown["最後到達的提醒階段"]) == {"第2次（到期前30天）"}
    assert list(shown) == ["憑證序號", "統一編號", "縣市", "到期日", "最後到達的提醒階段"]
    assert f"共 {len(expected):,} 張憑證" in texts(app)


def test_how_good_the_forecast_was_stands_on_the_definitions_page(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "definitions", lang="en")
    unfold(app)
    tested = evaluate(sample_store, METRICS["forecast_back_test"], Selection(AS_OF))
    assert f"{tested['within'].sum()} of {len(tested)} earlier forecasts" in texts(app)

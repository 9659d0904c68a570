"""The rollout page: the table of units, a unit's own address, the search."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Store
from tests.pages.test_pages import figures, opened, texts
from tests.reference import System, Unit
from tests.stores import store_of

AS_OF = date(2013, 9, 24)


def links(app: AppTest) -> dict[str, str]:
    """Label -> the address that it leads to."""
    found = [link.proto for link in app.get("page_link")]
    return {link.label: f"{link.page}?{link.query_string}" for link in found}


def test_the_table_of_units_has_them_all(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "rollout")
    (table,) = [frame.value for frame in app.dataframe if "導入比率（%）" in frame.value]
    units = evaluate(sample_store, METRICS["systems_by_unit"], Selection(AS_OF))
    assert len(table) == len(units) == 55
    # The one most behind first: most overdue, then the least share.
    order = list(zip(-table["逾期"], table["導入比率（%）"], strict=True))
    assert order == sorted(order)
    assert table.iloc[0]["逾期"] == table["逾期"].max() > 0
    # Sorted as text, days must come in the order of time.
    days = table["最近導入日"].sort_values()
    assert days[days.str.strip() != ""].iloc[0] == " 93/07/19"
    assert days.iloc[-1] == "102/09/05"


@pytest.mark.parametrize(
    ("lang", "name", "said"),
    [
        ("zh", "本部暨所屬機關、政府機關", "6 個系統中已導入 5 個"),
        ("en", "Ministry and its agencies, Government", "5 of 6 systems are integrated"),
    ],
)
def test_a_unit_has_an_address(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, lang: str, name: str, said: str
) -> None:
    app = opened(monkeypatch, sample_store, "rollout", unit="M01", lang=lang)
    unit = (
        "經濟部商業司" if lang == "zh" else "Department of Commerce, Ministry of Economic Affairs"
    )
    assert app.subheader[0].value == unit
    assert f"M01 · {name}" in texts(app)
    assert said in texts(app)
    (table,) = [frame.value for frame in app.dataframe]
    assert list(table.iloc[:, 0]) == [f"M01-0{number}" for number in range(1, 7)]
    assert len(figures(app)) == 1


def test_the_way_back_keeps_the_day_and_the_language(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    view = {"unit": "M01", "side": "ministry", "lang": "en", "as_of": "2012-12-31"}
    app = opened(monkeypatch, sample_store, "rollout", **view)
    assert links(app)["All units"] == "rollout?lang=en&as_of=2012-12-31"


def test_two_units_are_a_filter_and_no_address(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "rollout")
    app.session_state["filters"] = True
    app.run().multiselect(key="unit").set_value(["M01", "E40"]).run()
    (table,) = [frame.value for frame in app.dataframe if "導入比率（%）" in frame.value]
    assert set(table["單位代碼"]) == {"M01", "E40"}


def test_what_is_found_leads_to_the_unit(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "rollout", as_of="2013-09-20")
    app.text_input(key="find_unit").set_value("臺灣自來水").run()
    assert links(app) == {"台灣自來水公司 M02": "rollout?as_of=2013-09-20&unit=M02"}
    app.text_input(key="find_unit").set_value("電子帳單 M02").run()
    assert links(app) == {
        "台灣自來水公司 M02 · 台灣自來水公司電子帳單服務系統、示範電子帳單系統 M02-3": (
            "rollout?as_of=2013-09-20&unit=M02"
        )
    }
    app.text_input(key="find_unit").set_value("沒有這個").run()
    assert not links(app)
    assert "找不到這樣的單位或系統。" in texts(app)


def test_many_hits_are_not_all_listed(monkeypatch: pytest.MonkeyPatch, sample_store: Store) -> None:
    app = opened(monkeypatch, sample_store, "rollout")
    app.text_input(key="find_unit").set_value("示範單位").run()
    assert len(links(app)) == 8
    assert "還有 42 個單位，請多輸入幾個字。" in texts(app)


def test_names_are_text_and_not_markup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hostile = "**甲** [局](http://example.com)"
    store = store_of(
        tmp_path / "store",
        [Unit("M1", hostile, "ministry")],
        [System("A", "M1", hostile, integrated_on=AS_OF)],
    )
    app = opened(monkeypatch, store, "rollout", unit="M1")
    shown = r"\*\*甲\*\* \[局\](http" + "\u2060" + r"\://example.com)"
    assert app.subheader[0].value == shown
    app.text_input(key="find_unit").set_value("甲").run()
    assert not app.exception
    assert f"{shown} M1" in links(app)


def test_a_unit_before_it_had_any_system(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "rollout", unit="E43", as_of="2010-01-01")
    assert app.subheader[0].value == "示範單位 E43"
    assert not figures(app)
    assert "沒有符合此統計截止日與篩選條件的資料。" in texts(app)

"""Pages and briefings where county, type, card and 統一編號 are missing on some certificates."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from adoption.briefing.asked import question_of, records_of
from adoption.briefing.workbook import sheets_of
from adoption.jobs.tables import feed_name
from adoption.metrics import Selection
from adoption.store import Store
from dashboard import PAGES
from tests.briefing.decks import briefing_of, opened
from tests.briefing.test_handout import read
from tests.pages.test_pages import numbers, texts, unfold
from tests.pages.test_pages import opened as page
from tests.reference import Certificate, Entity, Suspension, System, Unit
from tests.stores import store_of

NAMES = [name for name, _, _ in PAGES]
AS_OF = date(2013, 9, 24)
ISSUED, EXPIRES = date(2008, 10, 1), date(2013, 10, 1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Ten certificates: five as they should be, five that lack something; two systems of a unit
    that is not loaded."""
    folder: Path = tmp_path_factory.mktemp("unstated") / "store"
    gaps = (
        {"county": "unstated"},
        {"org_type": "unstated"},
        {"card": "unstated"},
        {"holder_id": None},
        {"county": "unstated", "org_type": "unstated", "holder_id": None},
    )
    whole = [
        Certificate(f"A{n}", f"{n:08}", ISSUED, EXPIRES, county=c)
        for n, c in enumerate(("臺北市", "臺北市", "基隆市", "桃園縣", "桃園縣"))
    ]
    lacking = [
        Certificate(**{**vars(whole[n]), "serial": f"B{n}", "holder_id": f"{n + 10:08}", **gap})
        for n, gap in enumerate(gaps)
    ]
    return store_of(
        folder,
        [Unit("U1", "甲", "ministry")],
        [
            System("S1", "U1", integrated_on=ISSUED),
            System("S4", "U1", integrated_on=AS_OF),  # the data's own day
            System("S2", "U9", integrated_on=ISSUED),
            System("S3", "U9", planned_on=ISSUED, target_on=date(2013, 1, 1)),
        ],
        [*whole, *lacking],
        [Suspension("nowhere", ISSUED)],
        entities=[
            Entity(date(2013, 8, 1), county, "company", 10) for county in ("臺北市", "基隆市")
        ],
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_page_opens(monkeypatch: pytest.MonkeyPatch, store: Store, name: str) -> None:
    page(monkeypatch, store, name)


def test_unstated_is_a_line_of_its_own_and_can_be_chosen(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    app: AppTest = page(monkeypatch, store)
    assert numbers(app)[3] == "8"
    app.session_state["filters"] = True
    app.run()
    assert app.multiselect(key="county").options[-1] == "未填"
    assert app.multiselect(key="org_type").options[-1] == "未填"
    chosen = page(monkeypatch, store, county="未填")
    assert numbers(chosen)[3] == "1"
    assert "篩選：未填" in texts(chosen)


def test_the_map_says_what_has_no_place_on_it(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    app = page(monkeypatch, store, "issuance")
    unfold(app)
    assert "縣市未填的 2 張有效憑證不在圖上。" in texts(app)
    # Four holders in places that were counted; 桃園 was not, and two are unstated.
    assert "未計入：4 家，其縣市或組織別沒有登記家數或未填。" in texts(app)


def test_briefings_are_made(store: Store) -> None:
    made = briefing_of(store)
    assert len(opened(made).slides) > 5
    assert len(read(made, store).pages) == 2
    question = question_of(store, Selection(AS_OF), "zh")
    sheets = {s.key: s for s in sheets_of(question, records_of(store, feed_name), store)}
    for key in ("valid_by_county", "certificates_issued", "expiring_by_county"):
        assert "未填" in {cell.value for row in sheets[key].rows for cell in row}, key

"""The overview answers where we stand: on the sample, on little, and beside another day."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Store
from etl.commit.load import load
from etl.mapping.feeds import FEEDS
from tests.pages.test_pages import numbers, opened, texts

AS_OF = date(2013, 9, 24)
NOW = datetime(2013, 9, 25, tzinfo=UTC)


def loaded(store: Store, folder: Path, feed: str, text: str, cut_off: date | None = None) -> None:
    file = folder / f"{feed}.csv"
    file.write_text(text)
    load(store, FEEDS[feed], [file], by="tests", now=NOW, cut_off=cut_off)


def test_the_sample_says_how_far_who_is_behind_and_by_how_much(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store)
    said = texts(app)
    rate = evaluate(sample_store, METRICS["adoption_rate_totals"], Selection(AS_OF))["rate"].iloc[0]
    assert f"採用率\n\n{100 * rate:.1f}%\n" in said
    assert f"**採用率 {100 * rate:.1f}%，" in said
    assert "；憑證持有者落後 " in said
    assert "目標 168（102/12/31）" in said
    assert "未訂目標" not in said
    assert re.search(r"憑證持有者 [\d,]+ 家，較應有進度少 [\d,]+ 家（[\d.]+%）。", said)
    assert "10 個系統逾期未導入，最久：示範單位 E13 270 天、台灣自來水公司 179 天。" in said
    assert re.search(r"應寄提醒缺 \d+ 封（[\d.]+%），以到期前\S+最多。", said)
    assert "控制總數" not in said  # they agree


def test_what_changed_stands_there_by_name(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    said = texts(opened(monkeypatch, sample_store))
    assert "自 102/08/24 至 102/09/24" in said
    assert "新導入系統 1 個：" in said
    assert re.search(r"核發 \d+ 張，如常（\d+–\d+）。", said)
    assert re.search(r"提醒後及時換發 [\d.]+%（近 12 個月到期）。", said)


def test_names_are_english_on_the_english_page(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    said = texts(opened(monkeypatch, sample_store, lang="en")).replace("\\", "")
    assert (
        "10 systems are overdue, the longest: Sample unit E13 270 days, Taiwan Water Corporation "
        "179 days." in said
    )
    assert "Systems newly integrated: 1 (Sample " in said


def test_the_address_names_a_day_to_compare_with_and_every_page_shows_it(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, compare="2012-09-24")
    assert app.button(key="chip-compare-").label == "與 101/09/24 比較"
    assert dict(app.query_params) == {"compare": "2012-09-24"}
    assert "\n+20\n" in texts(app)
    assert "101/09/24 為 146" in texts(app)
    table = app.dataframe[0].value.set_index("項目")
    assert table.loc["已導入系統", ["102/09/24", "101/09/24", "差異"]].tolist() == [166, 146, 20]
    for page in ("rollout", "issuance", "expiries", "reminders"):
        other = opened(monkeypatch, sample_store, page, compare="2012-09-24")
        assert "與 101/09/24 比較：" in texts(other)
        assert "已導入系統 166（原 146）" in texts(other)


@pytest.mark.parametrize("compare", ["2999-01-01", "1900-01-01", "foo", "2013-09-24"])
def test_no_comparison_with_a_day_that_is_none_or_the_same(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store, compare: str
) -> None:
    app = opened(monkeypatch, sample_store, compare=compare)
    assert "兩天並列比較" not in texts(app)
    assert "比較：" not in texts(opened(monkeypatch, sample_store, "rollout", compare=compare))


def test_a_comparison_is_chosen_and_given_up(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store)
    app.session_state["comparison"] = True
    app.run().button(key="compare_12").click().run()
    assert dict(app.query_params) == {"compare": "2012-09-24"}
    assert "兩天並列比較" in texts(app)
    app.button(key="chip-compare-").click().run()
    assert not dict(app.query_params)
    assert "兩天並列比較" not in texts(app)


def test_the_later_day_can_be_the_one_compared_with(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, as_of="2012-09-24", compare="2013-09-24")
    assert numbers(app)[2] == "146"
    assert "\n−20\n" in texts(app)
    assert "自 101/09/24 至 102/09/24" in texts(app)


def test_with_nothing_loaded_but_units_it_says_so(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    loaded(
        empty_store,
        tmp_path,
        "units",
        "unit_code,name,side,sector\nM01,商業司,ministry,government\n",
    )
    app = opened(monkeypatch, empty_store)
    assert [info.value for info in app.info] == ["已有單位資料，但還沒有任何有日期的紀錄。"]


def test_a_load_that_kept_nothing_leaves_the_day_as_it_is(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    header = "serial,holder_id,org_type,county,card,issued_on,expires_on\n"
    good = "1,04595257,company,臺北市,primary,2013-09-20,2018-09-20\n"
    loaded(empty_store, tmp_path, "certificates", header + good)
    bad = "2,04595257,company,臺北市,primary,2013-09-20,never\n"
    loaded(empty_store, tmp_path, "certificates", header + bad, cut_off=date(2013, 9, 25))
    app = opened(monkeypatch, empty_store)
    assert app.text_input(key="as_of").value == "102/09/20"


def test_one_certificate_without_units_or_targets(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    header = "serial,holder_id,org_type,county,card,issued_on,expires_on\n"
    row = "1,04595257,company,臺北市,primary,2013-09-20,2018-09-20\n"
    loaded(empty_store, tmp_path, "certificates", header + row)
    said = texts(opened(monkeypatch, empty_store))
    assert "**採用率 —，未訂目標。**" in said
    assert "核發 1 張。" in said
    assert "有 4 項控制總數與資料不符。" in said


def test_a_day_long_ago_has_nothing_to_attend_to(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, as_of="1990-01-01")
    assert "目前沒有需要注意的事項。" in texts(app)

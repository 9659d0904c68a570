"""The 資料 page asks whose column is which where the headers do not say."""

import pytest
from streamlit.testing.v1 import AppTest

from adoption.jobs.job import jobs, jobs_folder
from adoption.store import Store
from etl.mapping.kept_profiles import kept_profiles, profiles_folder
from tests.etl.files import kept
from tests.pages.test_data import chosen, finished, tables
from tests.pages.test_pages import opened, texts

# 製卡日 and 迄日 are known nowhere; a row is wrong whatever they are.
CARDS = "\n".join(
    [
        "發卡清冊,,,,,,,",
        "項次,憑證識別碼,廠商統編,組織,縣市名,正附,製卡日,迄日",
        "1,TP12,04595257,公司,臺北市,正卡,97/10/01,102/10/01",
        "2,TP19,22099131,商業,高雄市,附卡,98/03/05,103/03/05",
        "3,TP45,84149961,公司,台中市,正卡,98/13/30,103/11/30",
    ]
)


def asked(monkeypatch: pytest.MonkeyPatch, store: Store, content: str = CARDS) -> AppTest:
    app = chosen(opened(monkeypatch, store, "data"), content, "清冊.csv")
    app.button(key="check").click().run()
    return finished(app, store)


def boxes(app: AppTest, feed: str = "certificates") -> dict[str, str | None]:
    start = f"map_0_{feed}_"
    return {box.key.removeprefix(start): box.value for box in app.selectbox if start in box.key}


def test_the_likeliest_columns_are_shown_with_reasons_and_the_first_rows(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = asked(monkeypatch, empty_store)
    assert app.selectbox(key="map_0_feed").value == "certificates"
    assert {name: header for name, header in boxes(app).items() if header} == {
        "serial": "憑證識別碼",
        "holder_id": "廠商統編",
        "org_type": "組織",
        "county": "縣市名",
        "card": "正附",
        "issued_on": "製卡日",
        "expires_on": "迄日",
    }
    assert "清冊.csv：標題在第 2 列、以下是前幾列" in texts(app)
    assert "3 個值有 3 個是縣市" in texts(app)
    (first, effect) = tables(app)[:2]
    assert first["憑證識別碼"].tolist() == ["TP12", "TP19", "TP45"]
    assert "照這樣讀，前 3 列有 2 列沒有問題" in texts(app)
    assert effect["核發日期"].tolist() == ["97/10/01", "98/03/05", "98/13/30"]
    assert effect["縣市"].tolist() == ["臺北市", "高雄市", "台中市"]
    assert effect["問題"].tolist()[:2] == ["", ""]
    assert "「98/13/30」沒有這一天" in effect["問題"][2]
    assert kept_profiles(empty_store) == []  # nothing is taken without a yes


def test_a_change_shows_its_effect_at_once_and_what_is_missing_or_twice(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = asked(monkeypatch, empty_store)
    app.selectbox(key="map_0_certificates_issued_on").set_value("迄日").run()
    assert [warning.value for warning in app.warning] == ["同一欄選了兩次：迄日"]
    assert app.button(key="map").disabled
    app.selectbox(key="map_0_certificates_expires_on").set_value("製卡日").run()
    assert not app.warning
    assert "照這樣讀，前 3 列有 0 列沒有問題" in texts(app)
    assert "早於" in tables(app)[1]["問題"][0]
    app.selectbox(key="map_0_certificates_expires_on").select_index(0).run()
    assert [warning.value for warning in app.warning] == ["還沒有選：到期日期"]
    app.selectbox(key="map_0_feed").set_value("suspensions").run()
    assert boxes(app, "suspensions")["serial"] == "憑證識別碼"


def test_confirmed_columns_are_kept_and_the_next_file_is_read_by_itself(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = asked(monkeypatch, empty_store)
    app.text_input(key="map_0_title").set_value("中心清冊").run()
    app.button(key="map").click().run()
    finished(app, empty_store)
    assert "依設定檔「中心清冊」讀取" in texts(app)
    assert "讀入 3 列 ＝ 新增或更新 2 ＋ 相同 0 ＋ 重複 0 ＋ 退回 1" in texts(app)
    app.text_input(key="by").set_value("商業司")
    app.button(key="load").click().run()
    finished(app, empty_store)
    assert kept(empty_store, "certificates", "serial") == [("TP12",), ("TP19",)]
    app.button(key="leave").click().run()
    again = asked(monkeypatch, empty_store, CARDS.replace("98/13/30", "98/11/30"))
    assert "依設定檔「中心清冊」讀取" in texts(again)
    assert "新增或更新 1 ＋ 相同 2" in texts(again)


def test_a_kept_mapping_can_be_changed(monkeypatch: pytest.MonkeyPatch, empty_store: Store) -> None:
    app = asked(monkeypatch, empty_store)
    app.button(key="map").click().run()
    finished(app, empty_store)
    app.button(key="change_0").click().run()
    finished(app, empty_store)
    assert app.text_input(key="map_0_title").value == "清冊"
    assert boxes(app)["county"] == "縣市名"
    app.selectbox(key="map_0_certificates_replaces").set_value("項次").run()
    app.button(key="map").click().run()
    finished(app, empty_store)
    (profile,) = kept_profiles(empty_store)
    assert {c.name: c.source for c in profile.columns}["replaces"] == "項次"
    assert "新增或更新 2" in texts(app)


def test_a_file_like_nothing_is_asked_what_it_is(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = asked(monkeypatch, empty_store, "a,b,c\nx,y,z\n")
    assert app.selectbox(key="map_0_feed").value is None
    assert "map" not in [button.key for button in app.button]
    app.selectbox(key="map_0_feed").set_value("suspensions").run()
    assert boxes(app, "suspensions") == {
        **dict.fromkeys(["serial", "suspended_on", "resumed_on", "provenance"])
    }
    assert app.button(key="map").disabled


def test_of_two_headers_for_one_column_somebody_says_which(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    content = "卡號,停用日期,停用時間\nA1,102/1/1,102/1/2\n"
    app = asked(monkeypatch, empty_store, content)
    app.selectbox(key="map_0_suspensions_suspended_on").set_value("停用時間").run()
    app.button(key="map").click().run()
    finished(app, empty_store)
    assert "依設定檔「清冊」讀取" in texts(app)
    (file,) = jobs(jobs_folder(empty_store))[0].result("check")["files"]
    assert file["columns"] == {"卡號": "serial", "停用日期": None, "停用時間": "suspended_on"}


def test_personal_columns_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    content = "憑證識別碼,聯絡人,往來,製卡日\nA1,王小明,a@b.tw,102/1/1\n"
    app = asked(monkeypatch, empty_store, content)
    assert list(tables(app)[0].columns) == ["憑證識別碼", "製卡日"]


def test_the_profiles_lie_beside_the_records(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = asked(monkeypatch, empty_store)
    app.button(key="map").click().run()
    finished(app, empty_store)
    assert [path.name for path in profiles_folder(empty_store).iterdir()] == [
        "certificates-清冊.toml"
    ]

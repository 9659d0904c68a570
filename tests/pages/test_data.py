"""The 資料 page by its values: check, load, history, rejects, control totals."""

import time
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from adoption.jobs.job import Job, Request, discard, jobs, jobs_folder, new_job
from adoption.language import LANGUAGES, Language
from adoption.store import Store
from tests.etl.files import CERTIFICATES, GOOD, NOW, certificate, kept, load_files, write
from tests.pages.test_pages import ROOT, opened, texts

CATALOGUE = ROOT / "data" / "catalogue"
MIXED = "\n".join([CERTIFICATES, GOOD, certificate("A2", 統一編號="12", 終止原因="**b**")])


def chosen(app: AppTest, content: str, name: str = "核發.csv") -> AppTest:
    app.file_uploader(key="uploads").set_value((name, content.encode(), "text/csv"))
    return app.run()


def finished(app: AppTest, store: Store) -> AppTest:
    """The page once its job is over; a browser would ask again by itself."""
    deadline = time.monotonic() + 20
    while not all(job.status.is_over for job in jobs(jobs_folder(store))):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    app.run()
    assert not app.exception, app.exception
    return app


def tables(app: AppTest) -> list[pd.DataFrame]:
    return [frame.value for frame in app.dataframe]


def checked(monkeypatch: pytest.MonkeyPatch, store: Store, **address: str) -> AppTest:
    app = chosen(opened(monkeypatch, store, "data", **address), MIXED)
    app.button(key="check").click().run()
    return finished(app, store)


def test_a_check_shows_the_effect_and_the_rejected_rows(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = checked(monkeypatch, empty_store)
    assert "讀入 2 列 ＝ 新增或更新 1 ＋ 相同 0 ＋ 重複 0 ＋ 退回 1" in texts(app)
    valid = next(metric for metric in app.metric if metric.label == "有效憑證（張）")
    assert (valid.value, valid.delta) == ("1", "+1")
    (files, rejected, new, columns, *_) = tables(app)
    assert files.loc[0].tolist() == ["核發.csv", "憑證", 2, 1, 0, 0, 1, 0, 0]
    assert "核發.csv：CSV UTF-8、標題在第 1 列" in texts(app)
    assert rejected.loc[0, "退回原因"].split("；")[0] == (
        "「統一編號」的「12」不是 8 位數字的統一編號：請更正"
    )
    assert rejected.loc[0, "終止原因"] == "**b**"
    assert new["憑證序號"].tolist() == ["A1"]
    assert columns["視為"].tolist() == CERTIFICATES.split(",")
    assert empty_store.version == "empty"


def test_a_load_wants_to_know_by_whom_and_stands_in_the_history(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = checked(monkeypatch, empty_store)
    app.button(key="load").click().run()
    assert "請填寫經手人" in app.warning[0].value
    app.text_input(key="by").set_value("商業司")
    app.button(key="load").click().run()
    finished(app, empty_store)
    assert "載入編號 1" in app.success[0].value
    assert kept(empty_store, "certificates", "serial") == [("A1",)]
    ledger = tables(app)[-1]
    (row,) = ledger.to_dict("records")
    assert (row["載入"], row["經手人"], row["檔案"], row["退回"]) == (1, "商業司", "核發.csv", 1)
    assert app.text_input(key="as_of").value == "97/10/01"  # the data's day, from now on
    app.button(key="leave").click().run()
    assert jobs(jobs_folder(empty_store)) == []
    assert app.file_uploader(key="uploads") is not None


def test_the_as_of_day_follows_a_load_unless_the_visitor_chose_one(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    first = write(tmp_path / "a.csv", CERTIFICATES, GOOD, certificate("A2", 核發日期="98/3/1"))
    load_files(empty_store, "certificates", first)
    following, staying = opened(monkeypatch, empty_store), opened(monkeypatch, empty_store)
    staying.text_input(key="as_of").set_value("97/12/31").run()
    later = write(tmp_path / "b.csv", CERTIFICATES, certificate("A3", 核發日期="99/3/1"))
    load_files(empty_store, "certificates", later)
    assert following.run().text_input(key="as_of").value == "99/03/01"
    assert staying.run().text_input(key="as_of").value == "97/12/31"


def test_a_reload_finds_the_job_by_its_address_and_another_visitor_in_the_list(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    checked(monkeypatch, empty_store)
    (job,) = jobs(jobs_folder(empty_store))
    again = opened(monkeypatch, empty_store, "data", job=job.id)
    assert again.button(key="load") is not None
    other = opened(monkeypatch, empty_store, "data")
    assert "已檢查，待決定" in texts(other)
    assert "核發.csv" in texts(other)
    other.button(key=f"open-{job.id}").click().run()
    assert other.button(key="load") is not None
    nowhere = opened(monkeypatch, empty_store, "data", job="../../etc")
    assert nowhere.file_uploader(key="uploads") is not None


def test_a_check_can_be_discarded(monkeypatch: pytest.MonkeyPatch, empty_store: Store) -> None:
    app = checked(monkeypatch, empty_store)
    app.button(key="leave").click().run()
    assert jobs(jobs_folder(empty_store)) == []
    assert empty_store.version == "empty"


def test_a_check_says_when_the_records_have_changed_since(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    app = checked(monkeypatch, empty_store)
    assert not app.warning
    load_files(empty_store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, GOOD))
    app.run()
    assert "檢查之後資料已有變動" in app.warning[0].value
    app.button(key="check_again").click().run()
    finished(app, empty_store)
    assert not app.warning
    assert "相同 1 ＋ 重複 0 ＋ 退回 1" in texts(app)


def test_a_broken_file_is_refused_and_can_be_checked_again_as_another_kind(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = chosen(opened(monkeypatch, empty_store, "data"), "", name="*甲*.csv")
    app.button(key="check").click().run()
    finished(app, empty_store)
    assert "資料沒有變動" in app.error[0].value
    assert app.text[-1].value.startswith("*甲*.csv：檔案是空的")
    app.selectbox(key="feed_again").set_value("targets").run()
    app.button(key="check_again").click().run()
    finished(app, empty_store)
    assert any("檔案是空的" in text.value for text in app.text)


def test_what_is_no_day_is_said_before_anything_is_checked(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = chosen(opened(monkeypatch, empty_store, "data"), MIXED)
    app.text_input(key="cut_off").set_value("102/13/1").run()
    assert "這不是日期" in app.warning[0].value
    assert app.button(key="check").disabled
    app.text_input(key="cut_off").set_value("102/9/24").run()
    assert "民國102年9月24日" in texts(app)
    assert not app.button(key="check").disabled


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_running_job_says_how_far_it_is_and_that_the_page_may_be_closed(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, language: Language
) -> None:
    request = Request(kind="load", store=empty_store.url, by="x")
    job = new_job(jobs_folder(empty_store), request, [("a.csv", b"")], NOW)
    with Job(job.folder).held():
        app = opened(monkeypatch, empty_store, "data", job=job.id, lang=language)
        assert app.get("progress")[0].proto.text.endswith("· 0%")
        said = "可以關閉本頁" if language == "zh" else "You may close this page"
        assert said in texts(app)
    discard(job)


def test_the_age_of_the_data_and_the_control_totals(
    monkeypatch: pytest.MonkeyPatch, sample_store: Store
) -> None:
    app = opened(monkeypatch, sample_store, "data")
    assert "資料截至102/09/24（約 " in texts(app)
    assert "最近載入 102/09/25 08:00" in texts(app)
    assert len(tables(app)) == 1, "what is folded is not asked"
    app.session_state["folded-控制總數"] = True
    app.run()
    assert tables(app)[-1]["差異"].tolist() == [0, 0, 0, 0]


def test_the_rejects_of_a_load_can_be_downloaded_until_they_are_mended(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    def disabled(app: AppTest) -> list[bool]:
        return [button.proto.disabled for button in app.get("download_button")]

    load_files(empty_store, "certificates", write(tmp_path / "a.csv", *MIXED.split("\n")))
    load_files(empty_store, "units", CATALOGUE / "units.csv")
    app = opened(monkeypatch, empty_store, "data")
    (select,) = [box for box in app.selectbox if box.label == "選擇一次載入"]
    assert select.value == 2
    assert disabled(app) == [False, False, True, True], "of all loads, of the chosen one"
    assert "待更正的退回列：1 列" in texts(app)
    select.set_value(1).run()
    assert disabled(app) == [False, False, False, False]
    assert "尚待更正的退回列：1" in texts(app)
    mended = write(tmp_path / "b.csv", CERTIFICATES, certificate("A2"))
    load_files(empty_store, "certificates", mended)
    app.run()
    (select,) = [box for box in app.selectbox if box.label == "選擇一次載入"]
    select.set_value(1).run()
    assert disabled(app) == [True, True]


def two_loads(store: Store, folder: Path) -> None:
    """Of one certificate each; the second moves the day on until the first is no longer valid."""
    first, later = certificate("A1"), certificate("B1", 核發日期="102/10/1", 到期日期="107/10/1")
    for name, row in (("a.csv", first), ("b.csv", later)):
        load_files(store, "certificates", write(folder / name, CERTIFICATES, row))


def test_loads_are_taken_back_together_once_their_effect_is_seen_and_it_is_said_by_whom(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    two_loads(empty_store, tmp_path)
    app = opened(monkeypatch, empty_store, "data")
    wanted = next(box for box in app.multiselect if box.label == "一起撤回的載入")
    assert wanted.value == [2]
    wanted.set_value([1, 2]).run()
    app.button(key="revert_check").click().run()
    finished(app, empty_store)
    assert "撤回載入 1、2 會改變什麼" in app.subheader[0].value
    assert len(kept(empty_store, "certificates", "serial")) == 2  # nothing is changed yet
    valid = next(metric for metric in app.metric if metric.label == "有效憑證（張）")
    assert (valid.value, valid.proto.delta_description) == ("0", "目前 2")
    app.button(key="revert_now").click().run()
    assert "請填寫撤回人" in app.warning[0].value
    app.text_input(key="revert_by").set_value("商業司")
    app.button(key="revert_now").click().run()
    finished(app, empty_store)
    assert "載入編號 1、2 已撤回" in app.success[0].value
    assert kept(empty_store, "certificates", "serial") == []
    assert [version.publication.kind for version in empty_store.versions()] == [
        *("revert", "load", "load")
    ]
    rows = tables(app)[0].to_dict("records")
    assert all(row["已撤回"].count("/") == 2 for row in rows)
    assert "由 商業司 撤回" in texts(app)
    assert "revert_check" not in [button.key for button in app.button]  # nothing is left to


def test_what_new_records_do_is_told_from_what_the_day_does(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    old = [certificate(f"A{number}") for number in range(3)]  # valid up to 102/10/1
    load_files(empty_store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, *old))
    content = "\n".join(
        [
            CERTIFICATES,
            certificate("B1"),
            certificate("B2", 核發日期="102/10/2", 到期日期="107/10/2"),
        ]
    )
    app = chosen(opened(monkeypatch, empty_store, "data"), content)
    app.button(key="check").click().run()
    finished(app, empty_store)
    (row,) = tables(app)[0].query("項目 == '有效憑證（張）'").to_dict("records")
    assert row == {
        "項目": "有效憑證（張）",
        "原為": "3",
        "新資料": "+1",  # B2; B1 is out of date by then, as the old ones are
        "統計日後移": "−3",
        "變為": "1",
    }


def test_a_revert_under_way_closes_its_button_greys_its_row_and_says_how_long(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store, tmp_path: Path
) -> None:
    two_loads(empty_store, tmp_path)
    request = Request(kind="revert", store=empty_store.url, by="x", loads=(1,))
    job = new_job(jobs_folder(empty_store), request, [], NOW)
    with Job(job.folder).held():
        app = opened(monkeypatch, empty_store, "data")
        assert "載入 1 正在撤回。\n之後的 1 次載入會重做，約需 2 秒。" in texts(app)
        assert "revert_check" not in [button.key for button in app.button]
        assert tables(app)[0]["已撤回"].tolist() == ["", "撤回中"]
    discard(job)
    assert "revert_check" in [b.key for b in opened(monkeypatch, empty_store, "data").button]


def test_a_foreign_file_is_read_by_a_profile_that_was_chosen(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    header = "CARD_NO;BAN_NO;ORG_KD;CITY_CD;CARD_KD;ISS_DT;EXP_DT;CAN_DT;CAN_RS;APL_DT;OLD_NO"
    row = "TP1;04595257;1;63000;M;0971001;1021001;0000000;;0000000;"
    app = chosen(opened(monkeypatch, empty_store, "data"), f"{header}\n{row}\n", name="CARDS.TXT")
    kind = app.selectbox(key="feed")
    assert "憑證：臨櫃系統匯出檔（分號、代碼）" in kind.options
    kind.set_value("counter-export.toml").run()
    app.button(key="check").click().run()
    finished(app, empty_store)
    assert "依設定檔「臨櫃系統匯出檔（分號、代碼）」讀取" in texts(app)
    assert "讀入 1 列 ＝ 新增或更新 1 ＋" in texts(app)


def test_an_empty_page_points_to_where_records_are_loaded(
    monkeypatch: pytest.MonkeyPatch, empty_store: Store
) -> None:
    app = opened(monkeypatch, empty_store)
    (link,) = app.get("page_link")
    assert link.proto.page == "data"
    assert link.proto.label == "載入資料"

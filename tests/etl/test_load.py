"""One load: what becomes of every row, and that all of it is published or nothing."""

import csv
import hashlib
from pathlib import Path

import pytest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Store, StoreBusyError, open_store
from adoption.store.datafiles import NewFiles
from etl.commit.lineage import Stamp
from etl.commit.result import RowsRejected
from etl.commit.totals import check_totals
from etl.history import ledger
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.source_file import batches, describe
from tests.engines import Engine
from tests.etl.files import (
    CERTIFICATES,
    UNITS,
    certificate,
    column,
    counts,
    day,
    kept,
    load_files,
    write,
)
from tests.etl.stores import contents

# What a store does last.

CATALOGUE = Path(__file__).parents[2] / "data" / "catalogue"


@pytest.fixture
def store(any_store: Store) -> Store:
    """On each engine; its files are in tmp_path/store."""
    return any_store


def test_rows_are_kept_then_unchanged(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    assert counts(load_files(store, "certificates", path)[0]) == (2, 2, 0, 0, 0)
    before = kept(store, "certificates", "serial", "issued_on", "flags", "load_id", "renewed_on")
    assert counts(load_files(store, "certificates", path)[0]) == (2, 0, 2, 0, 0)
    after = kept(store, "certificates", "serial", "issued_on", "flags", "load_id", "renewed_on")
    assert after == before == [(s, day("2008-10-01"), None, 1, None) for s in ("A1", "A2")]


def test_a_changed_row_replaces_the_one_in_the_store(tmp_path: Path, store: Store) -> None:
    first = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    changed = certificate("A2", 終止日期="99/1/1", 終止原因="換發")
    second = write(tmp_path / "b.csv", CERTIFICATES, changed, certificate("A3"))
    load_files(store, "certificates", first)
    assert counts(load_files(store, "certificates", second)[0]) == (2, 2, 0, 0, 0)
    assert kept(store, "certificates", "serial", "ended_on", "load_id") == [
        ("A1", None, 1),
        ("A2", day("2010-01-01"), 2),
        ("A3", None, 2),
    ]


def test_a_value_can_be_taken_away_again(tmp_path: Path, store: Store) -> None:
    with_end = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1", 終止日期="99/1/1"))
    without = write(tmp_path / "b.csv", CERTIFICATES, certificate("A1"))
    load_files(store, "certificates", with_end)
    assert counts(load_files(store, "certificates", without)[0]) == (1, 1, 0, 0, 0)
    assert kept(store, "certificates", "serial", "ended_on") == [("A1", None)]


def test_the_last_row_of_a_key_wins(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "a.csv",
        CERTIFICATES,
        certificate("A1", 縣市="臺北市"),
        certificate("SAME"),
        certificate("A1", 縣市="高雄市"),
        certificate("SAME"),
        certificate("A1", 縣市="臺中市"),
        certificate("B", 統一編號="04595258"),
        certificate("B", 統一編號="04595258", 卡別="附卡"),
    )
    result = load_files(store, "certificates", path)[0]
    assert counts(result) == (7, 3, 0, 4, 0)
    assert kept(store, "certificates", "serial", "county", "flags") == [
        ("A1", "臺中市", "conflicting_rows"),
        ("B", "臺北市", "unlikely_holder_id,conflicting_rows"),
        ("SAME", "臺北市", None),  # said the same thing twice: no doubt about it
    ]
    assert result.flagged == 2
    assert counts(load_files(store, "certificates", path)[0]) == (7, 0, 3, 4, 0)


def test_the_last_file_wins_and_duplicates_count_where_they_stand(
    tmp_path: Path, store: Store
) -> None:
    first = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    second = write(tmp_path / "b.csv", CERTIFICATES, certificate("A1", 卡別="附卡"))
    results = load_files(store, "certificates", first, second)
    assert [counts(result) for result in results] == [(2, 1, 0, 1, 0), (1, 1, 0, 0, 0)]
    assert kept(store, "certificates", "serial", "card") == [
        ("A1", "additional"),
        ("A2", "primary"),
    ]
    assert [result.load for result in results] == [1, 1]
    assert column(list(ledger.list_loads(store)), "file") == ["a.csv", "b.csv"]


def test_a_flag_goes_when_the_rows_agree_again(tmp_path: Path, store: Store) -> None:
    conflicting = certificate("A1", 卡別="附卡"), certificate("A1")
    load_files(store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, *conflicting))
    mended = write(tmp_path / "b.csv", CERTIFICATES, certificate("A1"))
    assert counts(load_files(store, "certificates", mended)[0]) == (1, 1, 0, 0, 0)
    assert kept(store, "certificates", "serial", "flags") == [("A1", None)]


def test_keys_of_several_columns(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "a.csv",
        "serial,suspended_on,resumed_on",
        "A1,100/1/1,",
        "A1,100/2/1,",
        "A1,100/1/1,100/1/5",
        "UNKNOWN,100/1/1,",  # its certificate may come with a later file
    )
    assert counts(load_files(store, "suspensions", path)[0]) == (4, 3, 0, 1, 0)
    assert kept(store, "suspensions", "serial", "suspended_on", "resumed_on", "flags") == [
        ("A1", day("2011-01-01"), day("2011-01-05"), "conflicting_rows"),
        ("A1", day("2011-02-01"), None, None),
        ("UNKNOWN", day("2011-01-01"), None, None),
    ]


def test_rejects_are_kept_with_reasons_and_text(tmp_path: Path, store: Store) -> None:
    rows = certificate("A1"), certificate("A2", 卡別="金卡", 到期日期=""), "A3,too,short"
    path = write(tmp_path / "a.csv", CERTIFICATES, *rows)
    result = load_files(store, "certificates", path)[0]
    assert counts(result) == (3, 1, 0, 0, 2)
    assert result.reasons == {"missing_value": 1, "unknown_word": 1, "malformed_row": 1}
    first, second = ledger.list_rejects(store)
    assert (first["load"], first["file"], first["sheet"], first["row"]) == (1, "a.csv", "", 3)
    assert column(first["reasons"], "code") == ["unknown_word", "missing_value"]
    assert first["reasons"][0]["zh"] == ("「卡別」不認得「金卡」：請用「正卡、附卡」其中之一")
    assert first["text"]["卡別"] == "金卡"
    assert (second["row"], second["text"]) == (
        4,
        {"憑證序號": "A3", "統一編號": "too", "組織別": "short"},
    )


def test_the_same_file_again_leaves_one_copy_of_its_rejects(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1", 卡別="金卡"))
    other = write(tmp_path / "b.csv", CERTIFICATES, certificate("A2", 卡別="銀卡"))
    load_files(store, "certificates", path, other)
    load_files(store, "certificates", path)
    assert [(r["load"], r["file"]) for r in ledger.list_rejects(store)] == [
        (1, "b.csv"),
        (2, "a.csv"),
    ]


def test_control_totals_agree_with_the_catalogue_and_say_when_they_do_not(
    tmp_path: Path, store: Store
) -> None:
    units = load_files(store, "units", CATALOGUE / "units.csv")[0]
    assert {total.difference for total in units.totals} == {-11, -28, -39, -138}
    systems = load_files(store, "systems", CATALOGUE / "systems.csv")[0]
    assert [total.actual for total in systems.totals] == [138, 39, 28, 11]
    assert not any(total.is_off for total in check_totals(store))
    retired = write(
        tmp_path / "s.csv",
        "system_code,unit_code,name,category,integrated_on,retired_on",
        "M01-01,M01,系統,申辦,92/10/14,102/9/24",  # no longer on the day itself
        "M01-02,M01,系統,申辦,94/4/18,102/9/25",  # still integrated on the day
    )
    load_files(store, "systems", retired)
    off = [total for total in check_totals(store) if total.is_off]
    assert [(t.scope, t.measure, t.difference) for t in off] == [("ministry", "systems", -1)]
    # Counted here by a select of its own: the dashboard's metric says the same.
    selection = Selection(as_of=day("2013-09-24"))
    shown = evaluate(store, METRICS["integration_totals"], selection).set_index("side")
    for total in check_totals(store):
        assert shown.loc[total.scope, total.measure] == total.actual


def test_renewals_are_linked_across_loads(tmp_path: Path, store: Store) -> None:
    old = write(tmp_path / "a.csv", CERTIFICATES, certificate("OLD"))
    new = certificate("NEW", 核發日期="102/9/1", 到期日期="107/9/1")
    load_files(store, "certificates", old)
    load_files(store, "certificates", write(tmp_path / "b.csv", CERTIFICATES, new))
    assert kept(store, "certificates", "serial", "renewed_on", "is_renewal", "load_id") == [
        ("NEW", None, True, 2),
        ("OLD", day("2013-09-01"), False, 1),
    ]
    elsewhere = certificate("NEW", 核發日期="102/9/1", 到期日期="107/9/1", 統一編號="12345675")
    load_files(store, "certificates", write(tmp_path / "c.csv", CERTIFICATES, elsewhere))
    assert kept(store, "certificates", "serial", "renewed_on", "is_renewal") == [
        ("NEW", None, False),
        ("OLD", None, False),
    ]


def test_a_dry_run_says_the_same_and_publishes_nothing(tmp_path: Path, store: Store) -> None:
    rows = certificate("A1"), certificate("A1"), certificate("A2", 卡別="?")
    path = write(tmp_path / "a.csv", CERTIFICATES, *rows)
    before = store.version
    dry = load_files(store, "certificates", path, dry_run=True)[0]
    assert store.version == before
    assert not (tmp_path / "store" / "archive").exists()
    assert dry.load is None
    assert counts(dry) == counts(load_files(store, "certificates", path)[0]) == (3, 1, 0, 1, 1)


def test_strict_publishes_nothing_when_a_row_is_refused(tmp_path: Path, store: Store) -> None:
    good = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    bad = write(tmp_path / "b.csv", CERTIFICATES, certificate("A2"), certificate("A3", 卡別="?"))
    load_files(store, "certificates", good, strict=True)
    before = store.version
    with pytest.raises(RowsRejected) as refused:
        load_files(store, "certificates", bad, strict=True)
    assert [counts(result) for result in refused.value.results] == [(2, 1, 0, 0, 1)]
    assert store.version == before
    assert kept(store, "certificates", "serial") == [("A1",)]


def test_several_files_are_loaded_together_or_not_at_all(tmp_path: Path, store: Store) -> None:
    good = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    bad = write(tmp_path / "b.csv", "憑證序號", "A2")
    with pytest.raises(UnreadableFile):
        load_files(store, "certificates", good, bad)
    assert kept(store, "certificates", "serial") == []
    assert list(ledger.list_loads(store)) == []


def test_an_error_while_publishing_leaves_no_trace(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = engine.new(tmp_path)
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    monkeypatch.setattr(NewFiles, "kept_safe", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load_files(store, "certificates", path)
    assert store.version == "empty"
    assert list((tmp_path / "store" / "archive").iterdir()) == []
    assert list((tmp_path / "store").glob("records/*/*/*/*")) == []


def test_a_load_that_loses_a_row_refuses_to_publish(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamped = Stamp.on
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    with monkeypatch.context() as losing:
        losing.setattr(Stamp, "on", lambda stamp, kept, first: stamped(stamp, kept[1:], first))
        with pytest.raises(AssertionError, match="1 rows were kept"):
            load_files(store, "certificates", path)
    assert store.version == "empty"
    load_files(store, "certificates", path)
    before = store.version
    more = write(tmp_path / "b.csv", CERTIFICATES, certificate("A3"))
    monkeypatch.setattr("etl.commit.reconcile._count_by_file", lambda *_: {})
    with pytest.raises(AssertionError, match="rows are missing"):
        load_files(store, "certificates", more)
    assert store.version == before


def test_a_second_loader_is_told_that_the_store_is_busy(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    with store.writing(), pytest.raises(StoreBusyError):
        load_files(open_store(store.url), "certificates", path)


def test_the_ledger_says_who_loaded_what_and_when(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    load_files(store, "certificates", path, cut_off=day("2013-09-24"))
    entry = next(ledger.list_loads(store))
    assert (entry["load"], entry["feed"], entry["file"]) == (1, "certificates", "a.csv")
    assert (entry["loaded_by"], entry["loaded_at"]) == ("tester", "2013-10-01T08:30:00+00:00")
    assert (entry["cut_off"], entry["header_row"], entry["encoding"]) == ("2013-09-24", 1, "utf-8")
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert entry["bytes"] == path.stat().st_size
    assert entry["columns"]["統一編號"] == "holder_id"


def test_a_source_file_is_archived_as_it_is(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    result = load_files(store, "certificates", path)[0]
    archived = tmp_path / "store" / "archive" / result.sha256
    assert archived.read_bytes() == path.read_bytes()


def test_personal_columns_are_nowhere_in_the_store(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "a.csv",
        "",
        CERTIFICATES + ",負責人,備註,承辦",
        certificate("A1") + ",王小明,可,wang@example.com",
        "",
        certificate("A2", 卡別="王@example.com") + ",王小明,可,",
        "A3,malformed,王小明",
        certificate("A4") + ",王小明,可,",
    )
    result = load_files(store, "certificates", path)[0]
    assert counts(result) == (4, 2, 0, 0, 2)
    assert (result.dropped, result.ignored) == (["負責人", "承辦"], ["備註"])
    for file in (tmp_path / "store").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert "王小明".encode() not in content
            assert b"example.com" not in content
    assert "王小明" not in str(found := contents(store))
    assert "example.com" not in str(found)
    archived = tmp_path / "store" / "archive" / next(ledger.list_loads(store))["archived"]
    assert archived.name == hashlib.sha256(archived.read_bytes()).hexdigest() != result.sha256
    with archived.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.reader(text))
    assert rows[1] == [*CERTIFICATES.split(","), "負責人", "備註", "承辦"]
    assert rows[2][-3:] == ["", "可", ""]
    # The archived copy gives the same rows, refused and malformed ones too, at the same numbers.
    batch = next(batches(describe(archived, FEEDS["certificates"])))
    assert batch.rows.column(0).to_pylist() == [3, 5, 7]
    assert [reject.row_number for reject in batch.malformed] == [6]


def test_unit_names_are_kept_as_written(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "a.csv", UNITS, '"A","甲, 乙（股）公司",外部,民間')
    assert counts(load_files(store, "units", path)[0]) == (1, 1, 0, 0, 0)
    assert kept(store, "units", "unit_code", "name", "side", "sector", "provenance") == [
        ("A", "甲, 乙（股）公司", "external", "private", "file")
    ]


def test_a_file_with_a_header_only_is_a_load_of_no_rows(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "a.csv", CERTIFICATES)
    assert counts(load_files(store, "certificates", path)[0]) == (0, 0, 0, 0, 0)
    assert len(list(ledger.list_loads(store))) == 1


def test_progress_goes_from_reading_to_published(tmp_path: Path, store: Store) -> None:
    heard: list[tuple[str, float]] = []
    path = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1"))
    load_files(
        store, "certificates", path, progress=lambda doing, share: heard.append((doing, share))
    )
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert heard[0][0] == "read"
    assert heard[-1] == ("publish", 1.0)

"""Holders without a 統一編號: a keyed hash counts them and links their renewals; nothing else of
the columns that it is made of is kept."""

from datetime import date
from pathlib import Path

import pytest

from adoption.command import CommandError
from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Store, open_store
from etl.history import ledger
from etl.history.copy import copy
from etl.history.reject_file import reject_file
from etl.history.replay import rebuild
from etl.mapping.headers import UnreadableFile
from etl.mapping.profile import parse_profile, read_profile, stored_profile
from tests.etl.files import counts, day, kept, load_files, write
from tests.etl.stores import contents
from tests.etl.test_profile import OPENSSL, index_line

ACME = "/C=DE/ST=Bavaria/L=Munich/O=ACME GmbH/CN=mail.acme.example/emailAddress=hans@acme.example"
OTHER = "/C=US/ST=California/L=Los Angeles/O=Widgets, Inc./CN=widgets.example"
ABROAD = (
    index_line("E", "110901120000Z", "", "01", ACME),
    index_line("V", "160801120000Z", "", "02", ACME),  # a renewal: a month before 01 expired
    index_line("R", "150301120000Z", "120601120000Z,keyCompromise", "03", OTHER),
    index_line("V", "131101120000Z", "", "0A", OTHER),
    index_line("V", "20491231235959Z", "", "0B", "/CN=server"),
    index_line("V", "140101120000Z", "", "0C", ""),
)
SECRET = ("Munich", "ACME", "acme.example", "Widgets", "hans")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def texts_in(folder: Path) -> bytes:
    """All that is in a store's folder, unpacked as far as it is text."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_ledger_of_a_ca_abroad_loads_whole_and_counts(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "index.txt", *ABROAD)
    (result,) = load_files(store, "certificates", path, profile=read_profile(OPENSSL))
    assert counts(result) == (6, 6, 0, 0, 0)
    assert result.doubts["no_holder_id"] == 1
    assert result.doubts["unstated_county"] == 6
    rows = dict(kept(store, "certificates", "serial", "renewed_on"))
    assert rows["01"] == day("2011-08-01")
    assert [serial for serial, on in rows.items() if on] == ["01"]
    holders = dict(kept(store, "certificates", "serial", "holder_id"))
    assert holders["01"] == holders["02"] != holders["03"] == holders["0A"]
    assert holders["0C"] is None
    assert holders["01"].startswith("key:")
    # On that day 02, 0A, 0B and 0C are valid: three holders and one certificate without.
    day_of = Selection(date(2013, 10, 1))
    (total,) = evaluate(store, METRICS["valid_totals"], day_of).to_dict("records")
    assert (total["valid"], total["holders"]) == (4, 3)
    stages = evaluate(store, METRICS["reminder_stages"], day_of)
    assert dict(zip(stages["stage"], stages["certificates"], strict=True))[45] == 2  # 01 and 0A


def test_the_text_of_those_columns_is_kept_nowhere(tmp_path: Path, store: Store) -> None:
    bad = index_line("V", "13110112000Z", "", "0D", ACME), "V\tshort\tACME"
    path = write(tmp_path / "index.txt", *ABROAD, *bad)
    load_files(store, "certificates", path, profile=read_profile(OPENSSL))
    everything = texts_in(tmp_path / "store")
    assert [word for word in SECRET if word.encode() in everything] == []
    rejects = str(list(ledger.list_rejects(store)))
    assert [word for word in SECRET if word in rejects] == []
    assert "key:" in str(kept(store, "certificates", "holder_id"))


def test_a_rebuild_needs_no_secret_and_the_next_file_gives_the_same_keys(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = read_profile(OPENSSL)
    load_files(store, "certificates", write(tmp_path / "a.txt", ABROAD[0]), profile=profile)
    load_files(store, "certificates", write(tmp_path / "b.txt", ABROAD[1]), profile=profile)
    assert dict(kept(store, "certificates", "serial", "renewed_on"))["01"] == day("2011-08-01")
    before = contents(store)
    key = tmp_path / "store" / "holder.key"
    assert key.stat().st_mode & 0o077 == 0
    target = open_store(f"lake:///{tmp_path}/other")
    copy(store, target)
    assert (tmp_path / "other" / "holder.key").read_bytes() == key.read_bytes()
    key.unlink()
    rebuild(store)
    assert contents(store) == before
    # With another secret the same subject is another holder.
    monkeypatch.setenv("ADOPTION_HOLDER_KEY", "another secret of some length")
    again = write(tmp_path / "c.txt", index_line("V", "160802120000Z", "", "0E", ACME))
    load_files(store, "certificates", again, profile=profile)
    assert len(set(kept(store, "certificates", "holder_id"))) == 2


def test_a_short_secret_is_refused(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPTION_HOLDER_KEY", "short")
    path = write(tmp_path / "index.txt", *ABROAD)
    with pytest.raises(CommandError, match="at least 16"):
        load_files(store, "certificates", path, profile=read_profile(OPENSSL))


def test_a_revoked_line_without_a_day_is_refused(tmp_path: Path, store: Store) -> None:
    path = write(tmp_path / "index.txt", index_line("R", "131101120000Z", "", "0A", OTHER))
    (result,) = load_files(store, "certificates", path, profile=read_profile(OPENSSL))
    assert (counts(result), result.reasons) == ((1, 0, 0, 0, 1), {"bad_date": 1})
    (reject,) = ledger.list_rejects(store)
    assert "「revocation」的「R」不是日期" in reject["reasons"][0]["zh"]


def test_a_reject_comes_back_with_its_holder(tmp_path: Path, store: Store) -> None:
    bad = index_line("V", "16080112000Z", "", "02", ACME)
    profile = read_profile(OPENSSL)
    load_files(store, "certificates", write(tmp_path / "a.txt", ABROAD[0], bad), profile=profile)
    mended = tmp_path / "mended.csv"
    mended.write_bytes(reject_file(store).as_csv().replace(b"16080112000Z", b"160801120000Z"))
    (result,) = load_files(store, "certificates", mended, profile=profile)
    assert (result.kept, result.cleared) == (1, 1)
    assert len(set(kept(store, "certificates", "holder_id"))) == 1


SEVERAL = """
feed = "certificates"
[columns.holder_key]
from = ["組織", "姓名"]
"""


def test_a_holders_number_goes_before_the_key_of_several_columns(
    tmp_path: Path, store: Store
) -> None:
    path = write(
        tmp_path / "c.csv",
        "憑證序號,統一編號,組織,姓名,核發日期,到期日期",
        "1,04595257,ACME,王小明,97/10/1,102/10/1",
        "2,,ACME,王小明,97/10/1,102/10/1",
        "3,, acme ,王小明,97/10/1,102/10/1",  # the same but for case and spaces
        "4,,ACME,李大華,97/10/1,102/10/1",
        "5,,,,97/10/1,102/10/1",
        "6,x,ACME,王小明,97/10/1,102/10/1",
    )
    (result,) = load_files(store, "certificates", path, profile=parse_profile(SEVERAL, "s"))
    assert (counts(result), result.reasons) == ((6, 5, 0, 0, 1), {"bad_holder_id": 1})
    holders = dict(kept(store, "certificates", "serial", "holder_id"))
    assert (holders["1"], holders["5"]) == ("04595257", None)
    assert holders["2"] == holders["3"] != holders["4"]
    before = contents(store)
    rebuild(store)
    assert contents(store) == before
    assert "王小明".encode() not in texts_in(tmp_path / "store")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("from = []", "headers or places"),
        ("from = [1, '']", "headers or places"),
        ("pattern = 'x'", "headers or places"),
        ("from = 1\nwords = { a = 'b' }", "unknown key"),
        ("from = '組織'\n[columns]\ncounty = '組織'", "cannot drop it"),
    ],
)
def test_a_wrong_holder_key_is_refused(said: str, wrong: str) -> None:
    text = f'feed = "certificates"\n[columns.holder_key]\n{said}'
    if "[columns]" in text:
        text = 'feed = "certificates"\n[columns]\ncounty = "組織"\nholder_key = "組織"'
    with pytest.raises(UnreadableFile, match=wrong):
        parse_profile(text, "p.toml")


@pytest.mark.parametrize(
    ("source", "more"),
    [
        ("Ｏ.", ""),
        ("o", "words = { a = 'b' }"),
        ("O", "default = '臺北市'"),
        ("O", "unescape = true"),
        ("O", "pattern = '(.*)'\nformat = '%Y-%m-%d'"),
    ],
)
def test_no_other_column_takes_the_text_that_the_key_conceals(source: str, more: str) -> None:
    text = (
        "feed = 'certificates'\n[columns]\nholder_key = 'O'\n"
        f"[columns.ended_on]\nfrom = '{source}'\n{more}"
    )
    with pytest.raises(UnreadableFile, match=r"columns\.ended_on takes .* whole"):
        parse_profile(text, "p.toml")
    # Loads that were read by it are read again by it.
    assert stored_profile(text, "p.toml").holder_key
    by_place = text.replace("[columns]", "[file]\ncolumns = ['O']\n[columns]").replace(
        f"from = '{source}'", "from = 1"
    )
    with pytest.raises(UnreadableFile, match=r"columns\.ended_on takes 1 whole"):
        parse_profile(by_place, "p.toml")


def test_a_dropped_column_can_make_the_key(tmp_path: Path, store: Store) -> None:
    said = SEVERAL.replace("[columns", "[file]\ndrop = ['姓名']\n[columns", 1)
    path = write(
        tmp_path / "c.csv",
        "憑證序號,組織,姓名,核發日期,到期日期",
        "1,ACME,王小明,97/10/1,102/10/1",
        "2,ACME,李大華,97/10/1,102/10/1",
    )
    load_files(store, "certificates", path, profile=parse_profile(said, "p.toml"))
    assert len(set(kept(store, "certificates", "holder_id"))) == 2
    before = contents(store)
    assert rebuild(store).changed == []
    assert contents(store) == before
    assert "王小明".encode() not in texts_in(tmp_path / "store")

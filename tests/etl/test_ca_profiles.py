"""What the CAs that are in use export, read by the profiles that come along: data/profiles."""

from pathlib import Path

import pytest

from adoption.store import Store, open_store
from etl.commit.load_also import load_also
from etl.commit.result import FileResult
from etl.history import ledger, replay
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.profile import parse_profile, read_profile
from tests.etl.files import NOW, day, kept
from tests.etl.stores import contents

EXPORTS = Path(__file__).parent / "ca_exports"
PROFILES = Path(__file__).parents[2] / "data" / "profiles"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def loaded(store: Store, export: str, profile: str, **options: bool) -> list[FileResult]:
    return load_also(
        store,
        FEEDS["certificates"],
        [EXPORTS / export],
        by="tester",
        now=NOW,
        profile=read_profile(PROFILES / f"{profile}.toml"),
        **options,
    )


ENDED = "serial", "issued_on", "expires_on", "ended_on", "end_reason"
WANTED = {
    ("microsoft-ca-en.csv", "microsoft-ca"): (
        "臺北市",
        [("02", "2008-09-24", "2013-09-24"), ("03", "2008-10-01", "2013-10-01", "2012-03-04")],
    ),
    ("ejbca.csv", "ejbca"): (
        "高雄市",
        [("30", "2008-10-01", "2013-10-01"), ("31", "2008-10-01", "2013-10-01", "2012-03-04")],
    ),
    ("step-ca.csv", "step-ca"): (
        "臺中市",
        [("34", "2008-10-01", "2013-10-01"), ("35", "2008-10-01", "2013-10-01", "2012-03-04")],
    ),
    ("index.txt", "openssl-index"): (
        "臺北市",
        [("a0", "2008-10-01", "2013-10-01"), ("a1", "2008-10-01", "2013-10-01", "2012-03-04")],
    ),
}


@pytest.mark.parametrize("export", WANTED)
def test_days_holders_and_ends_are_read(store: Store, export: tuple[str, str]) -> None:
    """Each has a valid certificate, one that was replaced, and one on hold."""
    county, (valid, replaced) = WANTED[export]
    result = loaded(store, *export)[0]
    assert result.rejected == 1  # revoked on no known day, or for a reason that is none
    rows = kept(store, "certificates", *ENDED)
    assert [(s[-2:].lower(), str(i), str(e)) for s, i, e, *_ in rows][:2] == [valid, replaced[:3]]
    assert (rows[0][3:], rows[1][3:]) == ((None, None), (day(replaced[3]), "replaced"))
    assert all(end == (None, None) for *_, a, b in rows[2:] if (end := (a, b)))
    assert set(kept(store, "certificates", "holder_id", "county", "org_type")) == {
        ("04595257", county, "company")
    }


@pytest.mark.parametrize("export", WANTED)
def test_a_certificate_on_hold_is_suspended_and_has_not_ended(
    store: Store, export: tuple[str, str]
) -> None:
    results = loaded(store, *export)
    assert [result.feed for result in results] == ["certificates", "suspensions"]
    assert results[1].rejected == 0
    assert results[1].skipped == results[0].read - results[1].read
    held = {serial for serial, _ in kept(store, "suspensions", "serial", "suspended_on")}
    assert set(kept(store, "suspensions", "suspended_on")) == {(day("2013-09-01"),)}
    assert held <= {serial for (serial,) in kept(store, "certificates", "serial")}
    assert results[0].unknown == results[0].unknown_before
    # Both are one publication; done again from the archive they are the same.
    assert len(store.versions()) == 1
    before = contents(store)
    assert replay.rebuild(store).changed == []
    assert contents(store) == before


def test_a_dry_run_shows_both_and_keeps_nothing(store: Store) -> None:
    results = loaded(store, "index.txt", "openssl-index", dry_run=True)
    assert [(r.feed, r.kept, r.load) for r in results] == [
        ("certificates", 4, None),
        ("suspensions", 2, None),
    ]
    assert store.versions() == []


def test_without_a_hold_there_is_one_load(store: Store) -> None:
    (result,) = loaded(store, "microsoft-ca-zh.csv", "microsoft-ca")
    assert (result.kept, result.rejected) == (2, 0)
    assert kept(store, "certificates", "issued_on", "expires_on") == [
        (day("2008-09-24"), day("2013-09-24")),
        (day("2008-10-01"), day("2013-10-01")),
    ]


def test_nobody_is_named_by_what_is_kept(store: Store) -> None:
    """Neither who asked for a certificate nor the subject of a holder without a 統一編號."""
    result = loaded(store, "microsoft-ca-en.csv", "microsoft-ca")[0]
    loaded(store, "microsoft-ca-zh.csv", "microsoft-ca")
    loaded(store, "ejbca.csv", "ejbca")
    assert result.dropped == ["Requester Name"]
    folder = store.folder / "archive"  # type: ignore[operator]
    text = repr(contents(store)) + "".join(
        path.read_bytes().decode("utf-8", "replace") for path in folder.iterdir()
    )
    for name in ("MOEA\\", "wang", "Jane Roe", "Example Ltd", "甲股份有限公司"):
        assert name not in text
    assert len(list(ledger.list_rejects(store))) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('feed = "units"\n[rows]\nfrom = "x"', "rows needs from and pattern"),
        ('feed = "units"\n[rows]\nfrom = "x"\npattern = "("', "rows.pattern is wrong"),
        ('feed = "units"\n[[also]]\nfeed = "units"', "also must be of another feed"),
        ('feed = "units"\n[[also]]\nfeed = "cards"', "feed must be one of"),
        ('feed = "units"\n[[also]]\nfile = {}', "unknown key also.file"),
        (
            'feed = "units"\n[columns.name]\nfrom = "x"\nempty_if = {pattern = "x"}',
            "columns.name.empty_if needs from and pattern",
        ),
    ],
)
def test_a_profile_that_tells_rows_wrongly(text: str, says: str) -> None:
    with pytest.raises(UnreadableFile, match="the profile is wrong") as refused:
        parse_profile(text, "p.toml")
    assert says in refused.value.en

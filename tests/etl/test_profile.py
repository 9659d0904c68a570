"""Profiles: foreign files read by the two that come along, and wrong profiles refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from adoption.store import Store, open_store
from adoption.store.schema import source_files
from etl.history import ledger, replay
from etl.history.reject_file import RejectFile, reject_file
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.profile import parse_profile, read_profile
from etl.mapping.source_file import batches, describe
from tests.etl.files import CERTIFICATES, certificate, counts, day, kept, load_files, write
from tests.etl.stores import contents
from tests.etl.workbooks import xlsx

PROFILES = Path(__file__).parents[2] / "data" / "profiles"
OPENSSL = PROFILES / "openssl-index.toml"
COUNTER = PROFILES / "counter-export.toml"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def subject(holder: str, place: str = "臺北市") -> str:
    escaped = "".join(f"\\x{byte:02X}" for byte in place.encode())
    return f'/C=TW/O=A "B" Co/L={escaped}/serialNumber={holder}'


def index_line(status: str, expiry: str, revocation: str, serial: str, name: str) -> str:
    return "\t".join([status, expiry, revocation, serial, "unknown", name])


def test_the_index_of_an_openssl_ca(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "index.txt",
        index_line("V", "131001155959Z", "", "1A2B", subject("04595257")),
        index_line("V", "131001160000Z", "", "1A2C", subject("04595257")),  # past midnight here
        index_line("E", "120229100000Z", "", "00", subject("04595257", "桃園縣")),
        index_line("R", "131001155959Z", "120101000000Z", "03", subject("04595257")),
        index_line("R", "131001155959Z", "120101000000Z,superseded", "04", subject("04595257")),
        index_line("V", "20510101000000Z", "", "05", subject("04595257")),
        # That of the CA itself belongs to no business; a day cut short is no day.
        index_line("V", "331001155959Z", "", "06", "/C=TW/O=MOEACA"),
        index_line("V", "13100115595Z", "", "07", subject("04595257")),
    )
    result = load_files(store, "certificates", path, profile=read_profile(OPENSSL))[0]
    assert (counts(result), result.header_row, result.ignored) == ((8, 7, 0, 0, 1), 0, ["file"])
    assert kept(
        store,
        "certificates",
        "serial",
        "county",
        "issued_on",
        "expires_on",
        "ended_on",
        "end_reason",
    ) == [
        ("00", "桃園縣", day("2007-02-28"), day("2012-02-29"), None, None),
        ("03", "臺北市", day("2008-10-01"), day("2013-10-01"), day("2012-01-01"), None),
        ("04", "臺北市", day("2008-10-01"), day("2013-10-01"), day("2012-01-01"), "replaced"),
        # Five years before the expiry has not come: it was issued by the day of loading.
        ("05", "臺北市", day("2013-10-01"), day("2051-01-01"), None, None),
        ("06", "unstated", day("2013-10-01"), day("2033-10-01"), None, None),
        ("1A2B", "臺北市", day("2008-10-01"), day("2013-10-01"), None, None),
        ("1A2C", "臺北市", day("2008-10-02"), day("2013-10-02"), None, None),
    ]
    assert {row[1:] for row in kept(store, "certificates", "flags", "org_type", "card")} == {
        ("company", "primary")
    }
    assert kept(store, "certificates", "serial", "flags")[:4] == [
        ("00", "set_by_profile"),
        ("03", "set_by_profile"),
        ("04", "set_by_profile"),
        ("05", "set_by_profile,odd_validity"),
    ]
    (reject,) = ledger.list_rejects(store)
    # A reject has the file's own columns, and none that the profile made.
    assert list(reject["text"]) == ["status", "expiry", "revocation", "serial", "file", "subject"]
    assert reject["row"] == 8
    assert "13100115595Z ≠ %y%m%d%H%M%SZ" in str(reject["reasons"])
    assert list(store.frame(select(source_files.c.profile))["profile"]) == [
        OPENSSL.read_text(encoding="utf-8")
    ]


def archived_copy(store: Store) -> Path:
    """The one file in the archive beside its copy of the ledger."""
    (entry,) = ledger.list_loads(store)
    folder: Path = store.folder / "archive"  # type: ignore[attr-defined]
    return folder / entry["archived"]


def test_an_index_with_an_address_is_archived_without_it(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "index.txt",
        index_line("V", "131001155959Z", "", "01", subject("04595257") + "/emailAddress=a@b.tw"),
        "V\tshort",
    )
    profile = read_profile(OPENSSL)
    load_files(store, "certificates", path, profile=profile)[0]
    archived = archived_copy(store)
    assert b"a@b.tw" not in archived.read_bytes()
    source = describe(archived, FEEDS["certificates"], profile)
    found = list(batches(source))
    assert [n for batch in found for n in batch.rows.column(0).to_pylist()] == [1]
    assert [reject.row_number for batch in found for reject in batch.malformed] == [2]


def test_the_export_of_a_counter_system(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "CARDS.TXT",
        "CARD_NO;BAN_NO;ORG_KD;CITY_CD;CARD_KD;ISS_DT;EXP_DT;CAN_DT;CAN_RS;APL_DT;OLD_NO;CTT_NM",
        "TP1;04595257;1;63000;M;0971001;1021001;0000000;;0000000;;王小明",
        "TP2;04595257;2;10002;S;0971001;1021001;0990101;C;0981231;TP1;李大同",
        "TP3;04595257;3;臺中市;;0971001;1021001;;;;;林中",  # a word for a code will do
        "TP4;04595257;7;63000;M;0971001;1021001;;;;;陳三",
        encoding="cp950",
    )
    result = load_files(store, "certificates", path, profile=read_profile(COUNTER))[0]
    assert (counts(result), result.encoding) == ((4, 3, 0, 0, 1), "cp950")
    assert result.dropped == ["CTT_NM"]
    assert result.ignored == []
    columns = "serial", "org_type", "county", "card", "ended_on", "end_reason", "replaces", "flags"
    assert kept(store, "certificates", *columns) == [
        ("TP1", "company", "臺北市", "primary", None, None, None, None),
        ("TP2", "business", "宜蘭縣", "additional", day("2010-01-01"), "replaced", "TP1", None),
        ("TP3", "branch", "臺中市", "primary", None, None, None, None),
    ]
    (reject,) = ledger.list_rejects(store)
    assert reject["text"]["ORG_KD"] == "7"
    assert "CTT_NM" not in reject["text"]
    archived = archived_copy(store)
    again = describe(archived, FEEDS["certificates"], read_profile(COUNTER))
    assert next(batches(again)).rows.column(0).to_pylist() == [2, 3, 4, 5]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_rejects_of_a_foreign_file_are_mended_in_its_own_columns(
    tmp_path: Path, store: Store, ending: str
) -> None:
    index = write(
        tmp_path / "index.txt",
        index_line("V", "131001155959Z", "", "1E10", subject("04595257")),
        index_line("V", "13100115595Z", "", "1E11", subject("04595257")),
    )
    cards = write(
        tmp_path / "CARDS.TXT",
        "CARD_NO;BAN_NO;ORG_KD;CITY_CD;CARD_KD;ISS_DT;EXP_DT;CAN_DT;CAN_RS;APL_DT;OLD_NO;CTT_NM",
        "TP4;04595257;7;63000;M;0971001;1021001;;;;;陳三",
        encoding="cp950",
    )
    wrong_and_right = {index: ("13100115595Z", "131001155959Z"), cards: ("7", "1")}
    for path, profile in ((index, OPENSSL), (cards, COUNTER)):
        load = load_files(store, "certificates", path, profile=read_profile(profile))[0].load
        (made,) = reject_file(store, load).sheets
        own = next(ledger.list_rejects(store, load))["text"]
        assert made.headers[1:-5] == list(own)  # none of those that the profile makes up
        wrong, right = wrong_and_right[path]
        rows = [[right if cell == wrong else cell for cell in row] for row in made.rows]
        mended = replace(made, rows=rows)
        copy = tmp_path / f"mended.{ending}"
        copy.write_bytes(RejectFile([mended]).as_xlsx() if ending == "xlsx" else mended.as_csv())
        result = load_files(store, "certificates", copy, profile=read_profile(profile))[0]
        assert (counts(result), result.cleared) == ((1, 1, 0, 0, 0), 1)
    assert list(ledger.list_rejects(store)) == []
    assert kept(store, "certificates", "serial") == [("1E10",), ("1E11",), ("TP4",)]
    before = contents(store)
    assert replay.rebuild(store).changed == []
    assert contents(store) == before


def test_what_a_profile_does_not_name_is_recognised_as_ever(tmp_path: Path, store: Store) -> None:
    rows = CERTIFICATES.replace("卡別", "KIND"), certificate("A1", 卡別="Z")
    profile = parse_profile(
        'feed = "certificates"\n[columns.card]\nfrom = "kind"\nwords = {Z = "附卡"}\n', "p.toml"
    )
    path = write(tmp_path / "a.csv", "清冊", *rows)
    assert counts(load_files(store, "certificates", path, profile=profile)[0])[1] == 1
    assert kept(store, "certificates", "card") == [("additional",)]


def test_a_profile_for_a_workbook_names_its_sheet(tmp_path: Path) -> None:
    table = [["卡", "日"], ["A1", "102/1/1"]]
    path = xlsx(tmp_path / "a.xlsx", {"一月": table, "二月": table})
    text = (
        'feed = "suspensions"\n[file]\nsheet = "二月"\n[columns]\nserial = "卡"\nsuspended_on = 2\n'
    )
    source = describe(path, FEEDS["suspensions"], parse_profile(text, "p.toml"))
    assert (source.sheet, list(source.columns.values())) == ("二月", ["serial", "suspended_on"])


BY_PLACE = (
    'feed = "suspensions"\n[columns]\nserial = 1\nsuspended_on = 4\n'
    '[columns.resumed_on]\nfrom = 5\npattern = ".*"\n'
)


@pytest.mark.parametrize("header", ["承辦人", "甲"])  # known by its words, and by its cells
def test_columns_by_place_do_not_keep_what_is_about_persons(
    tmp_path: Path, store: Store, header: str
) -> None:
    names = ["王小明", "李大同", "陳美玲", "林志豪", "張惠君", "黃俊傑"]
    rows = [f"A{n},x,{name},102/1/1,102/2/1" for n, name in enumerate(names)]
    rows[3] = rows[3].replace("102/1/1", "102/13/1")
    path = write(tmp_path / "a.csv", f"號碼,備註,{header},起,迄", *rows, ",,周美華,,")
    profile = parse_profile(BY_PLACE, "p.toml")
    (result,) = load_files(store, "suspensions", path, profile=profile)
    assert (counts(result), result.dropped) == ((7, 5, 0, 0, 2), [header])
    wrong = list(ledger.list_rejects(store))
    assert [list(reject["text"])[2] for reject in wrong] == [header] * 2
    folder: Path = store.folder  # type: ignore[assignment]
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert [name for name in [*names, "周美華"] if name.encode() in everything] == []
    mended = tmp_path / "mended.csv"
    mended.write_bytes(reject_file(store).as_csv().replace(b"102/13/1", b"102/1/1"))
    (result,) = load_files(store, "suspensions", mended, profile=profile)
    assert (counts(result), result.cleared) == ((2, 1, 0, 0, 1), 1)
    before = contents(store)
    assert replay.rebuild(store).changed == []
    assert contents(store) == before


def test_of_two_columns_with_one_header_the_second_is_not_read(
    tmp_path: Path, store: Store
) -> None:
    path = write(
        tmp_path / "a.csv",
        "序,序,起,起",
        "A1,a@b.tw,102/1/1,王小明",
        "A2,c@d.tw,102/1/1,李大同",
        "A3,e@f.tw,102/1/1,陳美玲",
    )
    text = 'feed = "suspensions"\n[columns]\nserial = "序"\nsuspended_on = "起"\n'
    source = describe(path, FEEDS["suspensions"], parse_profile(text, "p.toml"))
    assert source.dropped == ["序 (2)", "起 (2)"]
    text = f'{text}[file]\ndrop = ["備考"]\n'
    path = write(tmp_path / "b.csv", "序,備考,備考,起", "A1,x,y,102/1/1")
    source = describe(path, FEEDS["suspensions"], parse_profile(text, "p.toml"))
    assert source.dropped == ["備考", "備考 (2)"]


@pytest.mark.parametrize("header", [True, False])
def test_the_copy_of_a_workbook_is_not_written_as_its_profile_says(
    tmp_path: Path, store: Store, header: bool
) -> None:
    rows = [["卡", "日", "承辦人"], ["A1", "102/1/1", "王小明"], ["", "", "王小明"]]
    said = 'feed = "suspensions"\n[file]\ndelimiter = ";"\nquotes = false\n'
    if not header:
        said, rows = f'{said}columns = ["卡", "日", "承辦人"]\n', rows[1:]
    said += '[columns]\nserial = "卡"\nsuspended_on = "日"\n'
    path = xlsx(tmp_path / "a.xlsx", {"清冊": rows})
    (result,) = load_files(store, "suspensions", path, profile=parse_profile(said, "p.toml"))
    # A row that has nothing but what is dropped is a row there, too.
    assert counts(result) == (2, 1, 0, 0, 1)
    before = contents(store)
    assert replay.rebuild(store).changed == []
    assert contents(store) == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("feed = ", "it is not TOML: Invalid value"),
        ('feed = "cards"', "feed must be one of units"),
        ("", "feed must be one of units"),
        ('feed = "units"\ncolour = "red"', "unknown key colour; known: feed, title"),
        ('feed = "units"\n[file]\nencodings = "x"', "unknown key file.encodings"),
        ('feed = "units"\n[file]\nencoding = "klingon"', "file.encoding must be one of utf-8"),
        ('feed = "units"\n[file]\ndelimiter = "--"', "file.delimiter must be"),
        ('feed = "units"\n[file]\nquotes = "no"', "file.quotes is of the wrong type"),
        ('feed = "units"\n[file]\ncolumns = []', "file.columns must be names"),
        ('feed = "units"\n[file]\ncolumns = ["a", "a"]', "names a column twice"),
        ('feed = "units"\n[columns]\nserial = "x"', "units has no column serial; it has unit_code"),
        ('feed = "units"\n[columns]\nname = 1.5', "columns.name is of the wrong type"),
        ('feed = "units"\n[columns]\nname = 0', "columns.name.from counts from 1"),
        ('feed = "units"\n[columns.name]\nform = "x"', "unknown key columns.name.form"),
        ('feed = "units"\n[columns.name]\ndefault = "x"', "needs from or value, and not both"),
        (
            'feed = "units"\n[columns.name]\nfrom = "x"\npattern = "("',
            "columns.name.pattern is wrong",
        ),
        ('feed = "units"\n[columns.name]\nfrom = "x"\nwords = {a = 1}', "must be text"),
        ('feed = "units"\n[columns.name]\nfrom = "x"\nminus_years = -1', "must be from 0 to 100"),
        (
            'feed = "units"\n[file]\ncolumns = ["a"]\n[columns]\nname = "b"',
            "reads “b”, which is not",
        ),
        ('feed = "units"\n[file]\ncolumns = ["a"]\ndrop = ["a"]', "file.drop does not go together"),
        ('feed = "units"\n[file]\ndrop = ["A"]\n[columns]\nname = "a"', "drops “a”, which is read"),
    ],
)
def test_a_wrong_profile_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        parse_profile(text, "p.toml")
    assert refused.value.en.startswith("p.toml: the profile is wrong, ")
    assert says in refused.value.en
    assert "\n" not in refused.value.zh + refused.value.en


def test_a_profile_that_does_not_go_with_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "serial;holder_id", "A1;04595257")
    with pytest.raises(UnreadableFile, match="it reads column “CARD_NO”, which the file lacks"):
        describe(path, FEEDS["certificates"], read_profile(COUNTER))
    path = write(tmp_path / "b.csv", CERTIFICATES, certificate("A1"))
    with pytest.raises(UnreadableFile, match="is not the cp950 that the profile states"):
        describe(path, FEEDS["certificates"], read_profile(COUNTER))
    with pytest.raises(UnreadableFile, match="this profile is for certificates, not units"):
        describe(path, FEEDS["units"], read_profile(COUNTER))


def test_a_profile_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        read_profile(tmp_path / "none.toml")
    (tmp_path / "a.toml").write_bytes(b"\xff")
    with pytest.raises(UnreadableFile, match="not text in UTF-8"):
        read_profile(tmp_path / "a.toml")
    (tmp_path / "b.toml").write_bytes(b"#" * 100_000)
    with pytest.raises(UnreadableFile, match="too large"):
        read_profile(tmp_path / "b.toml")

"""A batch of text -> rows kept, typed, and rows refused with all their reasons."""

import pickle
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from adoption.store.schema import FEEDS as TABLES
from adoption.store.schema import INTERNAL
from etl.mapping.feeds import FEEDS, Feed
from etl.validation.reasons import SENTENCES, Reason, from_stored, sentence
from etl.validation.validate import Checked, Memory, Reading, validate

TODAY = date(2026, 1, 1)  # the day of loading
GOOD = {
    "serial": "A1",
    "holder_id": "04595257",
    "org_type": "公司",
    "county": "臺北市",
    "card": "正卡",
    "issued_on": "97/10/1",
    "expires_on": "102/10/1",
}


def checked(
    feed: str,
    *rows: dict[str, str | None],
    memory: Memory | None = None,
    today: date = TODAY,
    **options: Any,
) -> Checked:
    """Rows by the feed's own column names, numbered from 2."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [pa.array([row.get(name) for row in rows], pa.string()) for name in names]
    numbers = pa.array(range(2, len(rows) + 2), pa.int64())
    batch = pa.RecordBatch.from_arrays([numbers, *columns], ["row_number", *names])
    own = {column.name for column in FEEDS[feed].columns}
    return validate(
        FEEDS[feed],
        [n if n in own else None for n in names],
        batch,
        Reading(today, memory or Memory()),
        **options,
    )


def reasons(result: Checked) -> list[list[tuple[str, str]]]:
    return [[(reason.code, reason.column) for reason in r.reasons] for r in result.rejected]


def flags(result: Checked) -> list[Any]:
    return result.kept["flags"].to_pylist()


def test_a_good_row_is_kept_with_its_values() -> None:
    result = checked("certificates", GOOD)
    assert result.rejected == []
    assert result.kept.to_pylist() == [
        {
            "serial": "A1",
            "holder_id": "04595257",
            "org_type": "company",
            "county": "臺北市",
            "card": "primary",
            "issued_on": date(2008, 10, 1),
            "expires_on": date(2013, 10, 1),
            "ended_on": None,
            "end_reason": None,
            "renewal_applied_on": None,
            "replaces": None,
            "provenance": None,
            "flags": None,
            "row_number": 2,
        }
    ]


def test_a_refused_row_has_every_reason_and_its_own_text() -> None:
    bad = GOOD | {"county": "東京都", "issued_on": "102/2/30", "card": "金", "holder_id": "12"}
    result = checked("certificates", GOOD, bad | {"備註": "x"})
    assert result.kept["serial"].to_pylist() == ["A1"]
    assert reasons(result) == [
        [
            ("bad_holder_id", "holder_id"),
            ("no_such_county", "county"),
            ("unknown_word", "card"),
            ("impossible_date", "issued_on"),
        ]
    ]
    assert result.rejected[0].row_number == 3
    assert result.rejected[0].text == bad | {"備註": "x"}
    assert [r.value for r in result.rejected[0].reasons] == ["12", "東京都", "金", "102/2/30"]


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("expires_on", "97/9/30", "expires_before_issued"),
        ("ended_on", "97/9/30", "ended_before_issued"),
        ("renewal_applied_on", "97/9/30", "applied_before_issued"),
        ("replaces", "A1", "replaces_itself"),
    ],
)
def test_rules_within_a_certificate(column: str, text: str, code: str) -> None:
    assert reasons(checked("certificates", GOOD | {column: text})) == [[(code, column)]]


@pytest.mark.parametrize("column", ["expires_on", "ended_on", "renewal_applied_on"])
def test_the_day_of_issue_itself_is_allowed(column: str) -> None:
    assert checked("certificates", GOOD | {column: "97/10/1"}).rejected == []


def test_a_rule_is_not_judged_on_a_value_that_is_bad() -> None:
    result = checked("certificates", GOOD | {"issued_on": "?", "expires_on": "92/1/1"})
    assert reasons(result) == [[("bad_date", "issued_on")]]


def test_doubts_keep_the_row_and_flag_it() -> None:
    unlikely = GOOD | {"holder_id": "04595258"}
    result = checked(
        "certificates",
        GOOD,
        unlikely,
        GOOD | {"end_reason": "換發"},
        unlikely | {"end_reason": "換發"},
        unlikely | {"end_reason": "換發", "ended_on": "98/1/1"},
    )
    assert result.rejected == []
    assert flags(result) == [
        None,
        "unlikely_holder_id",
        "reason_without_end",
        "reason_without_end,unlikely_holder_id",
        "unlikely_holder_id",
    ]


@pytest.mark.parametrize(
    ("holder_id", "expected"),
    [
        ("00000000", "placeholder_holder_id"),  # it satisfies the checksum
        ("55555555", "placeholder_holder_id"),  # and so does this
        ("11111111", "unlikely_holder_id,placeholder_holder_id"),
        ("99999999", "unlikely_holder_id,placeholder_holder_id"),
        ("00000005", None),  # one digit is another
        ("50000000", None),
        ("12345678", "unlikely_holder_id"),
    ],
)
def test_a_placeholder_for_a_holder_id_is_kept_and_flagged(
    holder_id: str, expected: str | None
) -> None:
    result = checked("certificates", GOOD | {"holder_id": holder_id})
    assert result.rejected == []
    assert flags(result) == [expected]


def test_a_flag_stays_with_its_row_when_others_are_refused() -> None:
    result = checked("certificates", GOOD | {"card": "?"}, GOOD | {"holder_id": "04595258"})
    assert result.kept.select(["holder_id", "flags", "row_number"]).to_pylist() == [
        {"holder_id": "04595258", "flags": "unlikely_holder_id", "row_number": 3}
    ]


SYSTEM = {"system_code": "S", "unit_code": "M01", "name": "系統", "category": "申辦"}


@pytest.mark.parametrize(
    ("days", "is_good"),
    [
        (("100/1/1", "100/1/1", "100/1/1", "100/1/1"), True),
        (("100/1/1", "", "101/1/1", ""), True),
        (("100/1/2", "", "100/1/1", ""), False),  # the one between is empty
        (("", "", "100/1/2", "100/1/1"), False),
        (("100/1/2", "", "", "100/1/1"), False),
    ],
)
def test_a_system_goes_through_its_stages_in_order(days: tuple[str, ...], is_good: bool) -> None:
    names = ("planned_on", "testing_on", "integrated_on", "retired_on")
    result = checked("systems", SYSTEM | dict(zip(names, days, strict=True)))
    assert (result.rejected == []) is is_good
    if not is_good:
        assert {code for code, _ in reasons(result)[0]} == {"stages_out_of_order"}


def test_a_suspension_ends_no_earlier_than_it_begins() -> None:
    row = {"serial": "A1", "suspended_on": "100/1/2"}
    good, bad = row | {"resumed_on": "100/1/2"}, row | {"resumed_on": "100/1/1"}
    assert reasons(checked("suspensions", row, good, bad)) == [
        [("resumed_before_suspended", "resumed_on")]
    ]


def test_an_estimated_day_is_not_after_what_follows_it() -> None:
    row = GOOD | {"ended_on": "99/1/1"}
    for estimated in ("expires_on", "ended_on"):  # what came before bounds neither
        (kept,) = checked("certificates", row, estimated=[estimated]).kept.to_pylist()
        assert (kept["expires_on"], kept["ended_on"]) == (date(2013, 10, 1), date(2010, 1, 1))
    late = row | {"issued_on": "2025-01-01", "expires_on": "2030-01-01"}
    (kept,) = checked("certificates", late, estimated=["issued_on"]).kept.to_pylist()
    assert kept["issued_on"] == date(2010, 1, 1)
    ahead = GOOD | {"issued_on": "2027-01-01", "expires_on": "2032-01-01"}
    (kept,) = checked("certificates", ahead, estimated=["issued_on"]).kept.to_pylist()
    assert kept["issued_on"] == TODAY


def test_the_other_feeds() -> None:
    unit = {"unit_code": "M01", "name": "經濟部商業司", "side": "本部", "sector": "政府"}
    kept = checked("units", unit).kept.to_pylist()[0]
    assert (kept["side"], kept["sector"], kept["provenance"]) == ("ministry", "government", "file")
    entity = {"month": "102/8", "county": "台北市", "org_type": "公司", "registered": "1,234"}
    kept = checked("entities", entity).kept.to_pylist()[0]
    assert (kept["month"], kept["registered"]) == (date(2013, 8, 1), 1234)
    mail = {"serial": "A1", "stage": "到期前30天", "sent_on": "102/9/1", "result": "退信"}
    kept = checked("reminders", mail).kept.to_pylist()[0]
    assert (kept["stage"], kept["result"]) == (30, "bounced")
    target = {"metric": "adoption_rate", "due_on": "102/12/31", "value": "85%"}
    rows = checked("targets", target, target | {"scope": " "}).kept.to_pylist()
    assert [(row["scope"], row["value"]) for row in rows] == [("", 0.85), ("", 0.85)]
    for scope, kept_as in [
        ("本部", "ministry"),
        ("公司", "company"),
        ("台北市", "臺北市"),
        ("M01", "M01"),
    ]:
        (row,) = checked("targets", target | {"scope": scope}).kept.to_pylist()
        assert (row["scope"], row["provenance"]) == (kept_as, None)


def test_an_address_in_a_refused_row_is_not_kept() -> None:
    result = checked("certificates", GOOD | {"county": "wang@example.com"})
    assert result.rejected[0].text["county"] == "[e-mail]"
    assert result.rejected[0].reasons[0].value == "[e-mail]"
    unit = {"unit_code": "M01", "name": "a@b.tw", "side": "本部", "sector": "政府"}
    assert reasons(checked("units", unit)) == [[("looks_personal", "name")]]


def test_remembering_changes_nothing() -> None:
    memory = Memory()
    rows = (
        GOOD,
        GOOD | {"county": "東京都"},
        GOOD | {"holder_id": "4595257"},
        GOOD | {"card": "-"},
    )
    fresh = checked("certificates", *rows)
    for _ in range(2):
        again = checked("certificates", *rows, memory=memory)
        assert again.rejected == fresh.rejected
        assert again.kept.equals(fresh.kept)


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_a_feed_can_travel_and_matches_its_table(feed: Feed) -> None:
    assert pickle.loads(pickle.dumps(feed)).name == feed.name
    bookkeeping = {"flags", "renewed_on", "is_renewal", *INTERNAL}
    own = [c.name for c in TABLES[feed.name].columns if c.name not in bookkeeping]
    assert [column.name for column in feed.columns] == own
    headers = [header for column in feed.columns for header in column.headers]
    assert len(set(headers)) == len(headers)


def test_every_code_of_a_rule_has_its_sentence() -> None:
    for feed in FEEDS.values():
        for rule in feed.rules:
            said = sentence(Reason(rule.code, rule.column, "x"), feed)
            assert said["zh"]
            assert said["en"]


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_says_what_to_do(code: str) -> None:
    of = (feed for feed in FEEDS.values() if code in {rule.code for rule in feed.rules})
    feed = next(of, FEEDS["certificates"])
    said = sentence(Reason(code, feed.key[0], "x", "y"), feed)
    assert "：" in said["zh"]
    assert ":" in said["en"]
    assert "{" not in said["zh"] + said["en"]


def test_a_reason_calls_columns_as_the_file_does() -> None:
    early = Reason("expires_before_issued", "expires_on", "x")
    own = {"issued_on": "發卡日", "expires_on": "卡片迄日"}
    said = sentence(early, FEEDS["certificates"], own)
    assert said["zh"] == "「卡片迄日」早於「發卡日」：請查明兩個日期"
    assert said["en"] == "卡片迄日 is before 發卡日: check both days"
    said = sentence(early, FEEDS["certificates"], {"expires_on": "卡片迄日"})
    assert said["zh"] == "「卡片迄日」早於「核發日期」：請查明兩個日期"
    assert said["en"] == "卡片迄日 is before issued_on: check both days"


def test_a_reason_comes_back_from_the_store() -> None:
    for reason in (Reason("bad_date", "issued_on", "x"), Reason("malformed_row", hint="a|b")):
        assert from_stored(reason.stored()) == reason


def test_a_reason_calls_every_column_what_the_file_calls_it() -> None:
    headers = {"issued_on": "發卡日", "expires_on": "有效日"}
    reason = Reason("expires_before_issued", "expires_on", "97/9/30")
    said = sentence(reason, FEEDS["certificates"], headers)
    assert said["zh"] == "「有效日」早於「發卡日」：請查明兩個日期"
    assert said["en"] == "有效日 is before 發卡日: check both days"
    assert "「到期日期」早於「核發日期」" in sentence(reason, FEEDS["certificates"])["zh"]

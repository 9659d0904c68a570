"""The sample's deliveries: what was known when, and that together they say what is true at the end.

Read with nothing but csv; a row is known by the columns that its feed is kept by.
"""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from etl.sample import Delivered, write_sample

Row = dict[str, str]
Rows = dict[tuple[str, ...], Row]

COUNT = 20_000
DAYS = [date(2013, 6, 28), date(2013, 7, 30), date(2013, 8, 30), date(2013, 9, 24)]
KEYS = {
    "units": ("unit_code",),
    "systems": ("system_code",),
    "certificates": ("憑證序號",),
    "suspensions": ("serial", "suspended_on"),
    "reminders": ("serial", "stage", "sent_on"),
    "entities": ("month", "county", "org_type"),
    "targets": ("metric", "scope", "due_on"),
}
EVENTS = {
    "units": (),
    "systems": ("planned_on", "testing_on", "integrated_on", "retired_on"),
    "certificates": ("核發日期", "終止日期", "申請換發日期"),
    "suspensions": ("suspended_on", "resumed_on"),
    "reminders": ("sent_on",),
    "entities": ("month",),
    "targets": (),
}


def read(feed: str, path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    by_key = {tuple(row[name] for name in KEYS[feed]): row for row in found}
    assert len(by_key) == len(found)
    return by_key


def iso(text: str) -> str:
    """102/09/24 or 2013-09-24 as the latter; ISO days compare as text."""
    if "/" not in text:
        return text
    year, month, day = text.split("/")
    return f"{int(year) + 1911}-{month}-{day}"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, COUNT)
    return folder


@pytest.fixture(scope="module")
def files(sample: Path) -> dict[str, list[tuple[str, Rows]]]:
    """Of each feed what came on which day, in order."""
    return {
        feed: [
            (path.parent.name, read(feed, path)) for path in sorted(sample.glob(f"*/{feed}.csv"))
        ]
        for feed in KEYS
    }


def test_a_folder_for_each_day_of_receipt_about_a_month_apart(tmp_path: Path) -> None:
    files = write_sample(tmp_path, 3_000)
    assert sorted({each.received for each in files}) == DAYS
    assert [each.received for each in files] == sorted(each.received for each in files)
    order = list(KEYS)  # feeds refer to those before them
    for day in DAYS:
        feeds = [each.feed for each in files if each.received == day]
        assert feeds == [feed for feed in order if feed in feeds]
        assert {"certificates", "reminders"} <= set(feeds)
    for received, feed, path in files:
        assert path == tmp_path / received.isoformat() / f"{feed}.csv"
    assert {each.feed for each in files if each.is_whole} == {"systems"}
    assert Delivered(DAYS[0], "units", tmp_path).is_whole is False


def test_together_they_are_what_is_true_at_the_end(
    files: dict[str, list[tuple[str, Rows]]], tmp_path: Path
) -> None:
    for _, feed, path in write_sample(tmp_path, COUNT, history=False):
        known: Rows = {}
        for _, delivered in files[feed]:
            known = delivered if feed == "systems" else known | delivered
        assert known == read(feed, path), feed


def test_nothing_is_in_a_delivery_before_it_happened(
    files: dict[str, list[tuple[str, Rows]]],
) -> None:
    for feed, delivered in files.items():
        for received, rows in delivered:
            days = [iso(row[event]) for row in rows.values() for event in EVENTS[feed]]
            assert max(days, default="") <= received


def test_what_is_known_is_not_sent_again(files: dict[str, list[tuple[str, Rows]]]) -> None:
    for feed, delivered in files.items():
        known: Rows = {}
        for _, rows in delivered:
            repeated = [row for key, row in rows.items() if known.get(key) == row]
            assert feed == "systems" or not repeated
            known |= rows


def test_what_refers_to_a_certificate_comes_with_it_or_later(
    files: dict[str, list[tuple[str, Rows]]],
) -> None:
    came: dict[str, str] = {}
    for received, rows in files["certificates"]:
        for (serial,) in rows:
            came.setdefault(serial, received)
    for feed in ("suspensions", "reminders"):
        for received, rows in files[feed]:
            assert all(came[row["serial"]] <= received for row in rows.values())


def test_readme_says_how_many_rows_are_new_late_changed_and_taken_back(
    sample: Path, files: dict[str, list[tuple[str, Rows]]]
) -> None:
    found = {}
    happens = {"certificates": "核發日期", "suspensions": "suspended_on", "reminders": "sent_on"}
    for feed, delivered in files.items():
        known: Rows = {}
        before = ""
        for received, rows in delivered:
            new = [row for key, row in rows.items() if key not in known]
            on = happens.get(feed)
            late = sum(iso(row[on]) <= before for row in new) if on else 0
            changed = sum(known.get(key, row) != row for key, row in rows.items())
            gone = len(known.keys() - rows.keys()) if feed == "systems" else 0
            found[received, feed] = (len(rows), len(new) - late, late, changed, gone)
            known, before = known | rows, received
    told = {}
    for line in (sample / "README.md").read_text("utf-8").splitlines():
        if match := re.fullmatch(r"\| (2013-\S+) \| `(\w+)` \| ([\d,| ]+) \|", line):
            received, feed, numbers = match.groups()
            told[received, feed] = tuple(
                int(number.replace(",", "")) for number in numbers.split("|")
            )
    assert told == found
    by_feed = {feed: [found[day, feed] for day, _ in files[feed]] for feed in KEYS}
    for rows, new, late, changed, _ in by_feed["certificates"][1:]:
        assert rows > new > changed > late > 0
    assert [gone for *_, gone in by_feed["systems"]] == [0, 2]


def changes(delivered: list[tuple[str, Rows]]) -> Counter[tuple[str, str]]:
    """(day of receipt, column) -> rows that read otherwise than before."""
    found: Counter[tuple[str, str]] = Counter()
    known: Rows = {}
    for received, rows in delivered:
        for key in rows.keys() & known.keys():
            found.update(
                (received, name) for name in rows[key] if rows[key][name] != known[key][name]
            )
        known |= rows
    return found


def test_what_is_corrected(files: dict[str, list[tuple[str, Rows]]]) -> None:
    certificates = changes(files["certificates"])
    assert {day for day, name in certificates if name == "縣市"} == {"2013-08-30"}
    assert certificates["2013-08-30", "縣市"] > 5
    assert {name for _, name in certificates} == {"縣市", "終止日期", "終止原因", "申請換發日期"}
    assert changes(files["entities"]) == {("2013-09-24", "registered"): 4}  # of one county
    assert {name for _, name in changes(files["suspensions"])} == {"resumed_on"}
    results = changes(files["reminders"])
    assert {name for _, name in results} == {"result"}


def test_some_endings_are_entered_a_month_late(files: dict[str, list[tuple[str, Rows]]]) -> None:
    known: Rows = {}
    before = ""
    for received, rows in files["certificates"]:
        ended = [
            iso(row["終止日期"])
            for key, row in rows.items()
            if row["終止日期"] and known.get(key, {}).get("終止日期") == ""
        ]
        if known:
            late = sum(day <= before for day in ended)
            assert 0.02 < late / len(ended) < 0.25
        known, before = known | rows, received


def test_systems_entered_late_and_twice(files: dict[str, list[tuple[str, Rows]]]) -> None:
    (first_day, first), (_, last) = files["systems"]
    late = [
        code
        for (code,), row in last.items()
        if row["integrated_on"] and row["integrated_on"] <= first_day
        and (code,) in first and not first[code,]["integrated_on"]
    ]  # fmt: skip
    assert sorted(late) == ["E01-07", "E17-03"]
    taken_back = first.keys() - last.keys()
    assert sorted(taken_back) == [("E22-04",), ("M04-05",)]
    for code in taken_back:
        others = [{**row, "system_code": ""} for key, row in first.items() if key != code]
        assert {**first[code], "system_code": ""} in others


def test_all_that_readme_says_of_its_nature(sample: Path) -> None:
    text = (sample / "README.md").read_text("utf-8")
    assert "全部都是示範資料" in text
    assert "All of it is sample data" in text
    assert "{" not in text

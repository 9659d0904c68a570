"""The calendar file: read back by the library, and looked at byte by byte (RFC 5545)."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from icalendar import Calendar

from adoption.ics import peaks_file
from adoption.language import LANGUAGES, Language
from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Store
from tests.commands import Run
from tests.reference import Certificate
from tests.stores import store_of

D = date(2013, 9, 24)
PEAK, OTHER = date(2013, 11, 3), date(2013, 12, 1)
SOURCE = "統計截止日 民國102年9月24日 · 篩選：甲,乙;丙\\丁 · 示範資料"


def busiest(*peaks: date) -> pd.DataFrame:
    """Days with 1,200 expiries, and one that is no peak."""
    days = [*peaks, date(2013, 12, 24)]
    return pd.DataFrame(
        {
            "day": pd.to_datetime(days),
            "expiring": [*[1_200] * len(peaks), 100],
            "to_renew": [*[1_100] * len(peaks), 90],
            "usual": 400.0,
            "peak": [*[True] * len(peaks), False],
        }
    )


def written(language: Language = "zh", **narrowed: tuple[str, ...]) -> bytes:
    selection = replace(Selection(D), **narrowed)  # type: ignore[arg-type]
    return peaks_file(busiest(OTHER, PEAK), selection, language, SOURCE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_reads_back_as_it_was_written(language: Language) -> None:
    calendar = Calendar.from_ical(written(language))
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert calendar["METHOD"] == "PUBLISH"
    first, second = calendar.walk("VEVENT")  # the day that is no peak has none
    assert [first.decoded("dtstart"), second.decoded("dtstart")] == [PEAK, OTHER]
    assert first.decoded("dtend") - PEAK == timedelta(days=1)
    assert first["DTSTART"].params["VALUE"] == "DATE"
    # The as-of day ends at 16:00 UTC in Taiwan.
    assert first.decoded("dtstamp") == datetime(2013, 9, 24, 16, tzinfo=UTC)
    assert "1,200" in first["SUMMARY"]
    assert "1,100" in first["SUMMARY"]
    *_, source = first["DESCRIPTION"].split("\n")
    assert source == SOURCE
    assert not first.errors
    assert not calendar.errors


def test_the_mails_before_a_peak_are_named() -> None:
    event = Calendar.from_ical(written("en")).walk("VEVENT")[0]
    assert "2013-09-19, 2013-10-04, 2013-10-19, 2013-11-02" in event["DESCRIPTION"]


def test_lines_end_in_crlf_and_are_folded_at_75_octets() -> None:
    lines = written().split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    for line in lines:
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode("utf-8")  # no character is cut in two
    assert any(line.startswith(b" ") for line in lines)


def test_commas_semicolons_and_backslashes_are_escaped() -> None:
    unfolded = written().replace(b"\r\n ", b"").decode("utf-8")
    (description, _) = re.findall(r"^DESCRIPTION:(.*)\r$", unfolded, re.MULTILINE)
    assert "甲\\,乙\\;丙\\\\丁" in description
    assert not re.search(r"(?<!\\)[,;]", description)


def uids(file: bytes) -> list[str]:
    return [str(event["UID"]) for event in Calendar.from_ical(file).walk("VEVENT")]


def test_a_day_keeps_its_uid_and_a_newer_file_comes_after() -> None:
    later = peaks_file(busiest(PEAK, OTHER), Selection(D + timedelta(days=7)), "en", "")
    assert uids(written()) == uids(later)
    assert len(set(uids(later))) == 2
    before, after = (
        Calendar.from_ical(file).walk("VEVENT")[0]["SEQUENCE"] for file in (written(), later)
    )
    assert before < after < 2**31


def test_other_filters_are_other_events() -> None:
    of_taipei, of_both = written(county=("臺北市",)), written(county=("臺北市", "高雄市"))
    assert not set(uids(written())) & set(uids(of_taipei))
    assert not set(uids(of_both)) & set(uids(of_taipei))
    assert uids(of_both) == uids(written(county=("高雄市", "臺北市")))


def test_the_same_question_gives_the_same_bytes() -> None:
    assert written() == written()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One certificate a day, and on one day thirty more."""
    days = [D + timedelta(days=n) for n in range(1, 40)]
    return store_of(
        tmp_path / "store",
        certificates=[
            Certificate(f"A{n}", f"{n:08d}", date(2008, 9, 1), day)
            for n, day in enumerate([*days, *[date(2013, 10, 7)] * 30])
        ],
    )


def test_from_the_command_line(run: Run, store: Store, tmp_path: Path) -> None:
    out = tmp_path / "peaks.ics"
    done = run("calendar", "--out", str(out), "--store", store.url, "--as-of", "2013-09-24")
    assert (done.returncode, done.stderr) == (0, "")
    rows = evaluate(store, METRICS["busiest_days"], Selection(D))
    assert out.read_bytes() == peaks_file(rows, Selection(D), "en", "As of 2013-09-24")
    assert uids(out.read_bytes()) == ["20131007@expiry-peaks.moeaca-adoption"]


def test_a_place_that_cannot_be_written_to_is_one_line(
    run: Run, store: Store, tmp_path: Path
) -> None:
    out = tmp_path / "nowhere" / "peaks.ics"
    done = run("calendar", "--out", str(out), "--store", store.url, "--as-of", "2013-09-24")
    assert done.returncode == 2
    assert str(out) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_a_peak_there_is_no_file(run: Run, tmp_path: Path, empty_store: Store) -> None:
    out = tmp_path / "peaks.ics"
    done = run("calendar", "--out", str(out), "--store", empty_store.url)
    assert (done.returncode, out.exists()) == (1, False)
    assert "no peak" in done.stderr
    assert len(done.stderr.splitlines()) == 1

"""Which kind of records a file holds, told by its header row."""

from pathlib import Path

import pytest

from adoption.jobs.guess import guess_feed
from etl.mapping import source_file
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import UnreadableFile
from etl.mapping.source_file import opened
from tests.etl.files import CERTIFICATES, write
from tests.etl.workbooks import xlsx

CATALOGUE = Path(__file__).parents[2] / "data" / "catalogue"


@pytest.mark.parametrize(
    ("feed", "header"),
    [
        ("certificates", CERTIFICATES),
        ("suspensions", "憑證序號,停用日期,恢復日期"),
        ("reminders", "serial,stage,sent_on,result"),
        ("entities", "month,county,org_type,registered"),
        ("targets", "metric,scope,due_on,value"),
        # Most of a certificate's columns, but not all that it needs.
        ("suspensions", "憑證序號,組織別,縣市,卡別,停用日期"),
    ],
)
def test_every_feed_by_its_headers(tmp_path: Path, feed: str, header: str) -> None:
    path = write(tmp_path / "a.csv", header)
    assert guess_feed(opened(path), "a.csv") is FEEDS[feed]


@pytest.mark.parametrize("feed", ["units", "systems"])
def test_the_catalogue(feed: str) -> None:
    assert guess_feed(opened(CATALOGUE / f"{feed}.csv"), "a.csv") is FEEDS[feed]


def test_a_workbook_is_opened_once_whatever_it_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    heads = source_file.spreadsheet.heads
    monkeypatch.setattr(
        source_file.spreadsheet, "heads", lambda *a: looked.append(a[0]) or heads(*a)
    )
    path = xlsx(tmp_path / "a.xlsx", {"清冊": [CERTIFICATES.split(",")]})
    assert guess_feed(opened(path), "a.xlsx") is FEEDS["certificates"]
    assert looked == ["a.xlsx"]


def test_what_fits_nothing_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="choose the kind yourself") as refused:
        guess_feed(opened(write(tmp_path / "file-1.csv", "a,b", "1,2")), "甲.csv")
    assert str(refused.value).startswith("甲.csv")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (CERTIFICATES.encode() + "\n王小明".encode() + b"\xff\n", "UTF-8"),
        # The column of one feed twice; no other feed would take the file.
        ("憑證序號,停用日期,suspended_on\n".encode(), "both mean suspended_on"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_rather_than_that_it_is_unknown(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=says):
        guess_feed(opened(path), "a.csv")

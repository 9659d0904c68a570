"""Days by a stated format: with and without zeros, halves of the day, offsets."""

from datetime import date
from pathlib import Path

import pytest

from adoption.store import open_store
from etl.mapping.day_format import BadFormat, DayFormat
from etl.mapping.headers import UnreadableFile
from etl.mapping.profile import parse_profile
from tests.etl.files import kept, load_files, write

DAY = date(2013, 9, 4)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("%m/%d/%Y %I:%M %p", "9/4/2013 4:30 PM"),
        ("%m/%d/%Y %I:%M %p", "09/04/2013 04:30 am"),
        ("%m/%d/%Y %I:%M %p", "9/4/2013 12:00 AM"),
        ("%m/%d/%Y %I:%M %p", "9/4/2013\u202f4:30\u202fPM"),  # as newer Windows writes it
        ("%Y/%m/%d %p %I:%M", "2013/9/4 下午 04:30"),
        ("%Y/%m/%d %p %I:%M:%S", "2013/9/4 上午 12:00:00"),
        ("%Y/%m/%d %p%H:%M", "2013/9/4 下午16:30"),
        ("%Y年%m月%d日", "2013年9月4日"),
        ("%d-%b-%Y", "4-Sep-2013"),
        ("%a %b %d %H:%M:%S %Y", "Wed Sep 4 16:00:00 2013"),
        ("%Y-%j", "2013-247"),
        ("%-m/%-d/%y", "9/4/13"),
        ("%Y%m%d", "20130904"),
        ("%y%m%d%H%M%SZ", "130904155959Z"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2013-09-03T16:00:00.123456Z"),
        ("%Y-%m-%dT%H:%M:%S%z", "2013-09-03T16:00:00+00:00"),
        ("%Y-%m-%dT%H:%M:%S%z", "2013-09-04T00:00:00+08:00"),
        ("%Y-%m-%d %H:%M:%S%z", "2013-09-04 23:59:59+0800"),
        ("%Y-%m-%d %H:%M:%S %z", "2013-09-03 12:00:00 -0400"),
        ("%Y-%m-%d %H:%M:%S %z", "2013-09-04 15:59:59 UTC"),
        ("%s", "1378224000"),  # midnight here, 16:00 in UTC
        ("%Q", "1378310399999"),
        ("%Y-%m-%d %H:%M %p %z", "2013-09-05 04:30 AM +1400"),
    ],
)
def test_the_fourth_of_september(form: str, text: str) -> None:
    assert DayFormat(form).day(text) == DAY


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("%y%m%d", "13904"),  # the 4th of September, or of no month
        ("%Y%m%d", "2013094"),
        ("%Y%m%d%H%M%S", "2013090416300"),
        ("%m/%d/%Y", "9/4/13"),
        ("%m/%d/%y", "9/4/2013"),
        ("%m/%d/%Y", "13/4/2013"),
        ("%m/%d/%Y", "2/30/2013"),
        ("%m/%d/%Y", "9/4/2013 4:30 PM"),
        ("%m/%d/%Y %I:%M %p", "9/4/2013 16:30 PM"),
        ("%m/%d/%Y %I:%M %p", "9/4/2013 0:30 AM"),
        ("%m/%d/%Y %I:%M %p", "9/4/2013 4:30"),
        ("%H:%M %m/%d/%Y", "24:00 9/4/2013"),
        ("%Y-%j", "2013-366"),
        ("%d-%b-%Y", "4-Foo-2013"),
        ("%Y-%m-%d%z", "2013-09-04"),
        ("%Q", "-1"),
    ],
)
def test_what_is_not_exactly_of_the_format(form: str, text: str) -> None:
    assert DayFormat(form).day(text) is None


def test_an_offset_in_the_text_decides_the_day() -> None:
    form = DayFormat("%Y-%m-%d %H:%M%z")
    assert form.day("2013-09-03 20:00+00:00", utc_offset_hours=8) == DAY
    assert form.day("2013-09-04 20:00+08:00", utc_offset_hours=8) == DAY
    assert DayFormat("%Y-%m-%d %H:%M").day("2013-09-03 20:00", utc_offset_hours=8) == DAY


@pytest.mark.parametrize("form", ["", "%K", "%m/%d", "%d/%d/%Y %m", "%Y", "%Y-%m-%d %", "Y-m-d"])
def test_what_is_no_format_of_a_day(form: str) -> None:
    with pytest.raises(BadFormat):
        DayFormat(form)
    with pytest.raises(UnreadableFile, match=r"columns.expires_on.format “.*” is no format of a"):
        parse_profile(
            f'feed = "certificates"\n[columns.expires_on]\nfrom = "x"\nformat = "{form}"\n', "p"
        )


def test_the_list_of_a_microsoft_ca(tmp_path: Path) -> None:
    """Of johnkerl/miller#1198 and MicrosoftDocs/windowsserverdocs#7205: no zeros, and AM or PM."""
    profile = parse_profile(
        'feed = "certificates"\n[columns]\nserial = "Serial Number"\nholder_id = "Ban"\n'
        '[columns.issued_on]\nfrom = "Certificate Effective Date"\n'
        'format = ["%m/%d/%Y %I:%M %p"]\n'
        '[columns.expires_on]\nfrom = "Certificate Expiration Date"\n'
        'format = ["%m/%d/%Y %I:%M %p"]\n'
        '[columns.county]\nvalue = "臺北市"\n[columns.org_type]\nvalue = "company"\n'
        '[columns.card]\nvalue = "primary"\n',
        "adcs.toml",
    )
    path = write(
        tmp_path / "adcs.csv",
        '"Serial Number","Certificate Effective Date","Certificate Expiration Date","Ban"',
        '"61a0c2f3000000000002","9/24/2008 4:30 PM","9/24/2013 4:30 PM","04595257"',
        '"61a0c2f3000000000003","10/1/2008 11:05 AM","10/1/2013 11:05 AM","04595257"',
    )
    store = open_store(f"lake:///{tmp_path}/store")
    load_files(store, "certificates", path, profile=profile)
    assert kept(store, "certificates", "issued_on", "expires_on") == [
        (date(2008, 9, 24), date(2013, 9, 24)),
        (date(2008, 10, 1), date(2013, 10, 1)),
    ]

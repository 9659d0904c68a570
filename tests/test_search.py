"""Finding a unit or a system: what is typed and what is found."""

import pandas as pd
import pytest

from adoption.search import Found, find

NAMES = pd.DataFrame(
    [
        ("E02", "行政院勞委會勞保局", None, "E02-01", "勞保局e化服務系統", "e-services"),
        ("E02", "行政院勞委會勞保局", None, "E02-02", "電子帳單", None),
        ("E40", "臺北巿政府", "Taipei City", None, None, None),
        ("M02", "台灣自來水公司", "Taiwan Water", "M02-01", "台灣自來水公司電子帳單", None),
        ("M02", "台灣自來水公司", "Taiwan Water", "M02-02", "公文交換", "Exchange"),
    ],
    columns=["unit_code", "unit", "unit_en", "system_code", "system", "system_en"],
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("臺灣自來水", ["M02"]),  # 臺 finds 台 ...
        ("台北市", ["E40"]),  # ... and 台 finds 臺; the second sign of 臺北巿 is U+5DFF
        ("Ｍ０２", ["M02"]),  # full width
        ("m02", ["M02"]),
        ("TAIWAN water", ["M02"]),
        ("E化", ["E02"]),
        ("電子帳單", ["E02", "M02"]),
        ("勞保局 帳單", ["E02"]),  # a word of the unit and one of its system
        ("自來水 公文", ["M02"]),
        ("臺北市政府", ["E40"]),  # a unit without systems
        ("exchange", ["M02"]),
        ("沒有", []),
        ("  ", []),
        ("", []),
        (".*", []),  # text, not a pattern
    ],
)
def test_units_are_found_by_part_of_a_name_or_code(words: str, found: list[str]) -> None:
    assert [unit.unit_code for unit in find(NAMES, words)] == found


def test_the_systems_that_match_are_named() -> None:
    assert find(NAMES, "帳單") == [
        Found("E02", ("E02-02",)),
        Found("M02", ("M02-01",)),
    ]


def test_a_unit_that_matches_by_itself_names_no_system() -> None:
    assert find(NAMES, "自來水公司") == [Found("M02", ())]


def test_nothing_recorded() -> None:
    assert find(NAMES.head(0), "臺灣") == []

"""What a cell holds, and what a sheet is called."""

from dataclasses import replace

import pytest

from adoption.briefing.workbook import is_list
from adoption.briefing.workbook.sheets import (
    LONGEST_NAME,
    LONGEST_TEXT,
    Cell,
    cell_text,
    lines,
    sheet_names,
)
from adoption.language import LANGUAGES, Language, Text
from adoption.metrics import METRICS

SHOWN = [metric for metric in METRICS.values() if not is_list(metric)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+886", "'+886"),
        ("-中心", "'-中心"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "' =1+1"),
        ("\r=1+1", "' =1+1"),
        ("\x01=1+1", "'=1+1"),
        ("甲\n乙\x00丙", "甲 乙丙"),
        ("<b>&甲</b>", "<b>&甲</b>"),
        ("甲" * 500, "甲" * 500),
        ("甲" * (LONGEST_TEXT + 1), "甲" * (LONGEST_TEXT - 1) + "…"),
    ],
)
def test_text_is_one_line_that_runs_nothing(name: str, shown: str) -> None:
    assert cell_text(name) == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_has_a_name_that_excel_takes_in_full(language: Language) -> None:
    names = list(sheet_names(SHOWN, language).values())
    assert len({name.casefold() for name in names}) == len(SHOWN)
    for name in names:
        assert 0 < len(name) <= LONGEST_NAME
        assert not set(name) & set("[]:*?/\\…")
        assert name == name.strip("' ")


def test_names_that_would_be_alike_are_numbered() -> None:
    long = Text("甲" * 40, "[A]/b: " * 9)
    alike = [replace(metric, key=str(n), title=long) for n, metric in enumerate(SHOWN[:3])]
    assert list(sheet_names(alike, "zh", "關於").values()) == [
        "甲" * 30 + "…",
        "甲" * 26 + "… (2)",
        "甲" * 26 + "… (3)",
    ]
    (first, *_) = sheet_names(alike, "en", "About").values()
    assert not set(first) & set("[]:/")
    assert sheet_names(alike[:1], "zh", "甲" * 30 + "…")["0"] == "甲" * 26 + "… (2)"


def test_a_row_is_as_high_as_its_longest_text() -> None:
    assert lines([Cell("甲" * 21, "text"), Cell(1, "count")], [44, 11]) == 1
    assert lines([Cell("甲" * 22, "text"), Cell(1, "count")], [44, 11]) == 2
    assert lines([Cell("甲" * 500, "title")], [44]) == 1  # goes on over the cells beside it

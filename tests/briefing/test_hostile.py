"""Names from records are text, whatever is in them, and fit where they stand."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openxml_audit import OpenXmlValidator

from adoption.briefing.content import Briefing, Slide
from adoption.briefing.deck import as_pptx
from adoption.briefing.text import plain
from adoption.charts.spec import ChartSpec, Places, Series
from adoption.store import Store
from adoption.text.fit import ems, shortened
from tests.briefing.decks import AS_OF, LONG, briefing_of, charts, notes, opened, page, words
from tests.briefing.test_numbers import book_of


@pytest.fixture(scope="module")
def deck(hostile: Briefing) -> Any:
    return opened(hostile)


def test_names_stand_as_text(deck: Any) -> None:
    shown = charts(page(deck, "6 個單位已導入"))[0]
    long = list(shown.plots[0].categories)[4]
    assert list(shown.plots[0].categories) == [
        '=HYPERLINK("http://example.com","按…',
        "<b>&粗體</b>{year}%s",
        "שלום עולם",
        "控制字 元",
        long,
        "+1-@總處",
    ]
    assert long.endswith("…")
    assert any(LONG in line for line in notes(page(deck, "核發及導入現況"))) is False
    lines = list(words(page(deck, "核發及導入現況")))
    assert '=HYPERLINK("http://example.com","按")' in lines


def test_formulas_are_texts_in_the_workbook_even_when_they_are_edited(deck: Any) -> None:
    chart = charts(page(deck, "6 個單位已導入"))[0]
    assert [line[0] for line in book_of(chart)[1:]] == list(chart.plots[0].categories)
    with zipfile.ZipFile(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert 'quotePrefix="1"' in book.read("xl/styles.xml").decode()


def test_the_file_is_what_the_standard_says(tmp_path: Path, hostile: Briefing) -> None:
    file = tmp_path / "deck.pptx"
    file.write_bytes(as_pptx(hostile))
    assert OpenXmlValidator().validate(file).errors == []


def test_no_character_that_xml_forbids_or_that_turns_text_round() -> None:
    forbidden = "".join(map(chr, range(32))) + "\x7f\x85\ud800\ufffe\uffff\u2028\u202e\u2066\u200f"
    assert plain(f"甲{forbidden}乙") == f"甲{' ' * 7}乙"
    for kept in ("שלום", "مرحبا", "𠮷野家", "👍🏽", "é", "<&>", "統一編號", "⋮"):
        assert plain(kept) == kept


def test_shortened_texts_fit_and_end_with_a_sign() -> None:
    assert shortened("甲乙丙", 3) == "甲乙丙"
    assert shortened("甲乙丙丁", 3) == "甲乙…"
    assert shortened("abcdef ghi", 4) == "abcd…"
    assert ems(shortened(LONG, 12.5)) <= 12.5


def test_numbers_of_any_size(sample_store: Store) -> None:
    numbers = (0, 1, 999, 1_234_567_890)
    spec = ChartSpec(
        "大數",
        "說明",
        "zh",
        places=Places(("甲", "乙", "丙", "丁")),
        series=(Series("一", numbers, "valid"), Series("二", (None, 0, 3, 1), "open")),
        value_title="張",
        is_stacked=True,
    )
    slide = Slide("rollout", "標題", charts=(spec,))
    briefing = briefing_of(sample_store, keys=["cover"])
    chart = charts(opened(Briefing("", "zh", AS_OF, briefing.source, (slide,))).slides[0])[0]
    assert [list(series.values) for series in chart.plots[0].series] == [
        list(numbers),
        [None, 0, 3, 1],
    ]

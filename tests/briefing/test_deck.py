"""The PowerPoint file: its master, placeholders, footers, notes, and what programs need of it."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openxml_audit import OpenXmlValidator
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Emu

from adoption.briefing.content import Briefing, Slide
from adoption.briefing.deck import as_pptx
from adoption.charts.meanings import COLOURS, colour
from adoption.charts.spec import ChartSpec, Places, Series
from adoption.language import LANGUAGES, Language
from tests.briefing.decks import charts, notes, opened, title_of, words


def test_it_is_what_the_standard_says(tmp_path: Path, briefings: dict[Language, Briefing]) -> None:
    """Else PowerPoint offers to repair it."""
    file = tmp_path / "deck.pptx"
    for briefing in briefings.values():
        file.write_bytes(as_pptx(briefing))
        assert OpenXmlValidator().validate(file).errors == []


def test_a_page_a_slide_and_more_for_long_tables(
    briefings: dict[Language, Briefing], decks: dict[Language, Any]
) -> None:
    titles = [slide.title for slide in briefings["en"].slides]
    titles.insert(-1, "What the numbers mean (continued 1)")
    assert [title_of(page) for page in decks["en"].slides] == titles


def test_wide_pages_with_the_dashboards_colours_and_fonts_for_chinese(
    decks: dict[Language, Any],
) -> None:
    deck = decks["zh"]
    assert Emu(deck.slide_width) / Emu(deck.slide_height) == pytest.approx(16 / 9, rel=1e-3)
    (look,) = (
        part.blob.decode()
        for part in deck.part.package.iter_parts()
        if part.partname == "/ppt/theme/theme1.xml"
    )
    assert '<a:ea typeface="Microsoft JhengHei"/>' in look
    assert COLOURS["valid"][1:].upper() in look
    master = {each.placeholder_format.type for each in deck.slide_master.placeholders}
    assert master == {
        PP_PLACEHOLDER.TITLE,
        PP_PLACEHOLDER.BODY,
        PP_PLACEHOLDER.FOOTER,
        PP_PLACEHOLDER.SLIDE_NUMBER,
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_empty_and_each_page_has_footer_and_number(
    language: Language, briefings: dict[Language, Briefing], decks: dict[Language, Any]
) -> None:
    _, *pages = decks[language].slides
    for page in pages:
        kinds = {each.placeholder_format.type: each for each in page.placeholders}
        footer = kinds[PP_PLACEHOLDER.FOOTER].text_frame.text
        assert footer.startswith(briefings[language].source)
        assert "slidenum" in kinds[PP_PLACEHOLDER.SLIDE_NUMBER]._element.xml
    for page in decks[language].slides:
        assert all(each.text_frame.text for each in page.placeholders)


def test_charts_and_tables_say_what_they_show(
    briefings: dict[Language, Briefing], decks: dict[Language, Any]
) -> None:
    alts = {spec.alt for slide in briefings["zh"].slides for spec in slide.charts}
    said = set()
    for page in decks["zh"].slides:
        for shape in page.shapes:
            if shape.has_chart or shape.has_table:
                said.add(shape._element.nvGraphicFramePr.cNvPr.get("descr"))
    assert alts < said
    assert "" not in said
    assert None not in said


def test_the_speaker_has_notes(
    briefings: dict[Language, Briefing], decks: dict[Language, Any]
) -> None:
    for language, deck in decks.items():
        pages = {title_of(page): page for page in deck.slides}
        for slide in briefings[language].slides:
            if slide.notes:
                assert notes(pages[slide.title]) == list(slide.notes)


def test_text_says_which_language_it_is_in(decks: dict[Language, Any]) -> None:
    for language, lang in (("zh", "zh-TW"), ("en", "en-US")):
        deck = decks["zh" if language == "zh" else "en"]
        found = {
            run.font._element.get("lang")
            for page in deck.slides
            for shape in page.shapes
            if shape.has_text_frame
            for paragraph in shape.text_frame.paragraphs
            for run in paragraph.runs
        }
        assert found == {lang}
        assert deck.core_properties.language == lang
    about = decks["zh"].core_properties
    assert about.title == "工商憑證核發及導入統計"
    assert about.created.isoformat() == "2013-09-24T00:00:00"
    assert about.author == ""


def test_charts_have_titles_for_axes_a_zero_and_the_screens_colours(
    briefings: dict[Language, Briefing], decks: dict[Language, Any]
) -> None:
    specs = [spec for slide in briefings["zh"].slides for spec in slide.charts]
    found = [chart for page in decks["zh"].slides for chart in charts(page)]
    for spec, chart in zip(specs, found, strict=True):
        axis = chart.value_axis
        assert axis.minimum_scale == 0
        assert axis.axis_title.text_frame.text == spec.value_title
        assert axis.tick_labels.number_format == ("0%" if spec.is_share else "#,##0")
        for series, drawn in zip(spec.series, chart.plots[0].series, strict=True):
            line = spec.kind == "line"
            drawn_in = drawn.format.line.color if line else drawn.format.fill.fore_color
            assert str(drawn_in.rgb) == colour(series.meaning)[1:].upper()
    assert [chart.has_legend for chart in found] == [len(spec.series) > 1 for spec in specs]


def test_months_are_of_the_republic_in_chinese_only(decks: dict[Language, Any]) -> None:
    formats = {
        language: {
            chart.category_axis.tick_labels.number_format
            for page in decks[language].slides
            for chart in charts(page)
        }
        for language in LANGUAGES
    }
    assert {r"[$-404]e\年", r"[$-404]e\年m\月"} < formats["zh"]
    assert {"yyyy", "mmm yyyy"} < formats["en"]


def test_it_is_the_same_file_for_the_same_briefing(briefings: dict[Language, Briefing]) -> None:
    one, other = (
        {
            part.partname: part.blob
            for part in Presentation(io.BytesIO(as_pptx(briefings["zh"]))).part.package.iter_parts()
            if part.partname.ext == "xml"
        }
        for _ in range(2)
    )
    assert one == other


def test_nothing_of_python_pptxs_own_template_is_left(decks: dict[Language, Any]) -> None:
    names = {str(part.partname) for part in decks["zh"].part.package.iter_parts()}
    assert not any("thumbnail" in name or "printer" in name for name in names)
    assert not any("Click to edit" in line for page in decks["zh"].slides for line in words(page))


def test_parts_of_bars_have_their_number_where_there_is_room(
    briefings: dict[Language, Briefing],
) -> None:
    parts = (("一", (50_000, 500_000), "renewed"), ("二", (450_000, None), "renewable"))
    spec = ChartSpec(
        "圖",
        "說明",
        "zh",
        places=Places(("甲", "乙")),
        series=tuple(Series(*part) for part in parts),
        value_title="張",
        lies=True,
        is_stacked=True,
    )
    slide = Slide("rollout", "標題", charts=(spec, spec))
    page = opened(replace(briefings["zh"], slides=(slide,))).slides[0]
    first, second = charts(page)[0].plots[0].series
    assert [is_hidden(first, place) for place in (0, 1)] == [True, False]
    assert [is_hidden(second, place) for place in (0, 1)] == [False, True]


def is_hidden(series: Any, place: int) -> bool:
    return bool(series._element.xpath(f"c:dLbls/c:dLbl[c:idx/@val={place}]/c:delete[@val=1]"))

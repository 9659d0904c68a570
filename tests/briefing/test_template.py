"""An organisation's own template: its layouts, found by what can be filled in them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Emu

from adoption.briefing.content import Briefing
from adoption.briefing.deck import TemplateError, as_pptx, template
from adoption.language import Language
from tests.briefing.decks import notes, opened, title_of, words


def made(change: Callable[[Any], None] = lambda deck: None) -> bytes:
    """python-pptx's own template, 4:3 with English fonts and eleven layouts, after `change`."""
    deck = Presentation()
    change(deck)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def with_slides(deck: Any) -> None:
    for layout in deck.slide_layouts[1], deck.slide_layouts[5]:
        deck.slides.add_slide(layout).shapes.title.text_frame.text = "舊投影片"


def without(*kinds: PP_PLACEHOLDER) -> Callable[[Any], None]:
    def change(deck: Any) -> None:
        for layout in deck.slide_layouts:
            for placeholder in list(layout.placeholders):
                if placeholder.placeholder_format.type in kinds:
                    placeholder._element.getparent().remove(placeholder._element)

    return change


@pytest.fixture(scope="module")
def briefing(briefings: dict[Language, Briefing]) -> Briefing:
    return briefings["zh"]


def test_its_layouts_and_size_are_used_and_its_slides_are_gone(briefing: Briefing) -> None:
    deck = opened(briefing, made(with_slides))
    assert Emu(deck.slide_width).inches == 10
    titles = [title_of(page) for page in deck.slides]
    assert titles[:2] == ["工商憑證核發及導入統計", briefing.slides[1].title]
    assert "舊投影片" not in titles
    layouts = {page.slide_layout.name for page in deck.slides}
    assert layouts == {"Title Slide", "Title and Content", "Title Only"}
    parts = [str(part.partname) for part in deck.part.package.iter_parts()]
    assert sum("slides/slide" in name for name in parts) == len(titles)
    for page in deck.slides:
        assert all(each.text_frame.text for each in page.placeholders)


def test_everything_stands_on_its_pages(briefing: Briefing) -> None:
    deck = opened(briefing, made())
    for page in deck.slides:
        for shape in page.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


def test_a_template_without_footers_bodies_and_subtitles(briefing: Briefing) -> None:
    bare = made(
        without(
            *(PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.SUBTITLE),
            *(PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT),
        )
    )
    cover, standing, *_ = opened(briefing, bare).slides
    assert "統計截止日 民國102年9月24日" in list(words(cover))
    assert briefing.footer(briefing.slides[1]) in list(words(standing))
    assert "已導入工商憑證機制之應用系統概況" in list(words(standing))


def test_a_template_whose_notes_have_no_place_for_text(briefing: Briefing) -> None:
    def change(deck: Any) -> None:
        for placeholder in list(deck.notes_master.placeholders):
            placeholder._element.getparent().remove(placeholder._element)

    standing = opened(briefing, made(change)).slides[1]
    assert notes(standing) == list(briefing.slides[1].notes)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"%PDF-1.7",
        pytest.param(made()[:5000], id="cut short"),
        pytest.param(b"PK\x05\x06" + bytes(18), id="an empty zip"),
    ],
)
def test_what_is_no_pptx_is_refused(briefing: Briefing, file: bytes) -> None:
    with pytest.raises(TemplateError, match=r"not a \.pptx file") as refused:
        as_pptx(briefing, file)
    assert "請在 PowerPoint 另存為 .pptx 簡報" in refused.value.zh


def test_a_file_with_macros_is_refused(briefing: Briefing) -> None:
    macros = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made())) as package, zipfile.ZipFile(macros, "w") as changed:
        for name in package.namelist():
            content = package.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(
                    template.PRESENTATION.encode(),
                    b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
                )
            changed.writestr(name, content)
    with pytest.raises(TemplateError, match=r"not a \.pptx file"):
        as_pptx(briefing, macros.getvalue())


def test_a_template_without_a_title_layout_is_refused(briefing: Briefing) -> None:
    for kind in (PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.TITLE):
        with pytest.raises(TemplateError, match="no layout for a title slide") as refused:
            as_pptx(briefing, made(without(kind, PP_PLACEHOLDER.SUBTITLE)))
        assert "範本沒有標題投影片" in refused.value.zh


def test_a_template_that_unpacks_to_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, briefing: Briefing
) -> None:
    monkeypatch.setattr(template, "MOST_UNPACKED", 10_000)
    with pytest.raises(TemplateError, match="unpacks to more than 10,000 bytes"):
        as_pptx(briefing, made())


def test_sections_and_shows_of_slides_that_are_gone_are_gone(briefing: Briefing) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    def change(deck: Any) -> None:
        with_slides(deck)
        root = deck.part._element
        root.append(parse_xml(f"<p:custShowLst {nsdecls('p')}/>"))
        root.append(
            parse_xml(f'<p:extLst {nsdecls("p")}><p:ext uri="{template._SECTIONS}"/></p:extLst>')
        )

    root = opened(briefing, made(change)).part
    assert root.package.main_document_part.blob.count(b"custShowLst") == 0
    assert template._SECTIONS.encode() not in root.blob
    assert not [
        rel for rel in root.rels.values() if rel.reltype == RELATIONSHIP_TYPE.SLIDE_UPDATE_INFO
    ]

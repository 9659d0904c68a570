"""The layouts that a deck is made on: our master's, or those of an organisation's own template."""

import io
import zipfile
from dataclasses import dataclass

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout

MOST_UNPACKED = 200_000_000  # bytes
TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
TEXTS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)
# Below the content, not part of it.
FOOTERS = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE)
PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_SECTIONS = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"


class TemplateError(Exception):
    """A template cannot be used; the message says why, and what to do. `zh` says it in Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


@dataclass(frozen=True)
class Layouts:
    """`cover` has a title, `text` a title and a body, `title` a title and nothing else to fill."""

    cover: SlideLayout
    text: SlideLayout
    title: SlideLayout


def opened(template: bytes) -> Deck:
    """The template without its slides."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            if sum(entry.file_size for entry in package.infolist()) > MOST_UNPACKED:
                raise TemplateError(
                    f"the template unpacks to more than {MOST_UNPACKED:,} bytes; use a smaller one",
                    f"範本解開後超過 {MOST_UNPACKED:,} 位元組，請改用較小的範本",
                )
        deck = Presentation(io.BytesIO(template))
        is_presentation = deck.part.content_type == PRESENTATION
    except TemplateError:
        raise
    except Exception:  # whatever a zip, its parts and their XML can have wrong
        is_presentation = False
    if not is_presentation:
        raise TemplateError(
            "the template is not a .pptx file; save it in PowerPoint as a .pptx presentation",
            "範本不是 .pptx 檔，請在 PowerPoint 另存為 .pptx 簡報",
        )
    _remove_slides(deck)
    _remove_notes_without_text(deck)
    return deck


def _remove_slides(deck: Deck) -> None:
    root = deck.part._element
    listed = root.find(qn("p:sldIdLst"))
    for slide in list(listed if listed is not None else ()):
        deck.part.drop_rel(slide.get(qn("r:id")))
        listed.remove(slide)
    # Sections and shows name slides that are gone; PowerPoint would want to repair the file.
    for named in [*root.iter(qn("p:custShowLst"))]:
        root.remove(named)
    for extension in [each for each in root.iter(qn("p:ext")) if each.get("uri") == _SECTIONS]:
        extension.getparent().remove(extension)


def _remove_notes_without_text(deck: Deck) -> None:
    """A master for notes that has no place for them; python-pptx then makes one that has."""
    for name, relationship in list(deck.part.rels.items()):
        if relationship.reltype == RELATIONSHIP_TYPE.NOTES_MASTER:
            placeholders = relationship.target_part.notes_master.placeholders
            kinds = {each.placeholder_format.type for each in placeholders}
            if PP_PLACEHOLDER.BODY not in kinds:
                deck.part.rels.pop(name)
                for listed in deck.part._element.findall(qn("p:notesMasterIdLst")):
                    deck.part._element.remove(listed)


def layouts_of(deck: Deck) -> Layouts:
    """By what can be filled in them, whatever they are called."""
    found = [layout for master in deck.slide_masters for layout in master.slide_layouts]
    kinds = {id(layout): _kinds(layout) for layout in found}
    titled = [layout for layout in found if set(kinds[id(layout)]) & set(TITLES)]
    covers = [layout for layout in titled if PP_PLACEHOLDER.CENTER_TITLE in kinds[id(layout)]]
    covers += [layout for layout in titled if PP_PLACEHOLDER.SUBTITLE in kinds[id(layout)]]
    others = [layout for layout in titled if PP_PLACEHOLDER.TITLE in kinds[id(layout)]]
    # The fewer there are besides, the less of the layout stays empty.
    others.sort(key=lambda layout: len(kinds[id(layout)]))
    texts = [layout for layout in others if set(kinds[id(layout)]) & set(TEXTS)]
    if not covers or not others:
        raise TemplateError(
            "the template has no layout for a title slide and one with a title; add them to its "
            "slide master",
            "範本沒有標題投影片或含標題的版面配置，請在投影片母片中加入",
        )
    return Layouts(covers[0], texts[0] if texts else others[0], others[0])


def _kinds(layout: SlideLayout) -> list[PP_PLACEHOLDER]:
    # One that has no place, in the layout or its master, cannot be filled.
    kinds = [each.placeholder_format.type for each in layout.placeholders if each.width]
    return [kind for kind in kinds if kind not in FOOTERS]

"""The decks as LibreOffice draws them: all pages, all text, nothing beyond a page's edge."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from adoption.briefing.content import Briefing
from adoption.briefing.deck import as_pptx
from adoption.briefing.deck.master import FOOTER, HEIGHT
from adoption.language import Language
from tests.briefing.decks import opened, title_of
from tests.briefing.screens import convert

PROGRAMS = {
    "soffice": "libreoffice-impress",
    "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils",
}
MISSING = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"Debian packages are missing: {' '.join(sorted(set(MISSING)))}"
)
_WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')


@pytest.fixture(scope="module")
def pdfs(
    tmp_path_factory: pytest.TempPathFactory, briefings: dict[Language, Briefing], hostile: Briefing
) -> dict[str, Path]:
    """One run of LibreOffice for all of them: to start takes longer than to draw."""
    folder = tmp_path_factory.mktemp("rendered")
    made = {**briefings, "hostile": hostile}
    for name, briefing in made.items():
        (folder / f"{name}.pptx").write_bytes(as_pptx(briefing))
    convert([folder / f"{name}.pptx" for name in made], folder)
    return {str(name): folder / f"{name}.pdf" for name in made}


def pages(pdf: Path) -> list[str]:
    """The text of each, without spaces: programs differ in where they see some."""
    text = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True, text=True)
    return ["".join(page.split()) for page in text.stdout.split("\f")[:-1]]


def words(pdf: Path) -> list[list[tuple[float, float, float, float, str]]]:
    """Of each page left, top, right, bottom in inches and the word."""
    boxes = subprocess.run(
        ["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True, text=True
    )
    return [
        [(*(float(m) / 72 for m in box), word) for *box, word in _WORD.findall(page)]  # type: ignore[misc]
        for page in boxes.stdout.split("<page ")[1:]
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_has_its_text(
    language: Language, pdfs: dict[str, Path], briefings: dict[Language, Briefing]
) -> None:
    drawn = pages(pdfs[language])
    briefing = briefings[language]
    titles = ["".join(title_of(page).split()) for page in opened(briefing).slides]
    assert len(drawn) == len(titles)
    for title, page in zip(titles, drawn, strict=True):
        assert title in page
    by_title = dict(zip(titles, drawn, strict=True))
    for slide in briefing.slides:
        page = by_title["".join(slide.title.split())]
        said = [*slide.says, *(line for panel in slide.panels for line in panel.lines)]
        said += [text for fact in slide.facts for text in (fact.label, fact.value, fact.note)]
        said += [series.name for plot in slide.plots for series in plot.series]
        said += [name for plot in slide.plots if not plot.months for name in plot.categories]
        if slide.key not in ("cover", "definitions"):
            said += [str(cell) for table in slide.tables for row in table.rows for cell in row[:1]]
            said.append(briefing.footer(slide))
        for text in said:
            assert "".join(text.split()) in page, (slide.key, text)


@pytest.mark.parametrize("name", ["zh", "en", "hostile"])
def test_no_text_lies_beyond_the_page_or_on_its_footer(name: str, pdfs: dict[str, Path]) -> None:
    for page in words(pdfs[name]):
        assert page
        for left, top, right, bottom, word in page:
            assert left >= 0, word
            assert top >= 0, word
            assert right <= 13.34, word
            assert bottom <= HEIGHT, word
        # What reaches into the footer's strip is the footer.
        low = [bottom for _, top, _, bottom, _ in page if top < FOOTER.top - 0.05]
        assert max(low) <= FOOTER.top


def test_pages_can_be_drawn(pdfs: dict[str, Path], tmp_path: Path) -> None:
    command = ["pdftoppm", "-r", "20", "-png", pdfs["zh"], tmp_path / "page"]
    subprocess.run(command, check=True)
    drawn = sorted(tmp_path.glob("*.png"))
    assert len(drawn) == len(pages(pdfs["zh"]))
    for file in drawn:
        with Image.open(file) as image:
            assert len(image.convert("RGB").getcolors(maxcolors=100_000) or ()) > 20, file

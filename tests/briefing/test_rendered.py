"""The decks as LibreOffice draws them: all pages, all text, nothing beyond a page's edge; whichever
fonts there are."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from adoption.briefing.content import Briefing
from adoption.briefing.deck import as_pptx
from adoption.briefing.deck.master import FOOTER, HEIGHT
from adoption.briefing.slides.rollout import MOST_UNITS
from adoption.charts.integration import MOST_EMS
from adoption.charts.spec import ChartSpec
from adoption.language import LANGUAGES, Language
from adoption.text.fit import shortened
from tests.briefing.decks import opened, title_of
from tests.briefing.screens import convert
from tests.running import ROOT

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


# Arial is on neither: the narrowest and the widest letters of the fonts that stand in for it.
FONTS = {
    "narrow": ("Noto Sans CJK TC", "NotoSansCJKtc-*.otf", ROOT / "adoption/briefing/fonts"),
    "wide": ("DejaVu Sans", "DejaVuSans*.ttf", Path("/usr/share/fonts")),
}
_FONTCONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>{folder}</dir><dir>{han}</dir><cachedir>{folder}/cache</cachedir>
<alias binding="same"><family>Arial</family><prefer><family>{family}</family></prefer></alias>
</fontconfig>"""


def fontconfig(family: str, pattern: str, installed: Path, folder: Path) -> Path:
    """A file by which programs find no fonts but this one, which stands in for Arial, and ours."""
    files = list(installed.rglob(pattern))
    if not files:
        pytest.skip(f"no {family}: apt-get install fonts-dejavu-core")
    folder.mkdir()
    for file in files:
        (folder / file.name).symlink_to(file)
    han = FONTS["narrow"][2]
    settings = folder / "fonts.conf"
    settings.write_text(_FONTCONFIG.format(folder=folder, han=han, family=family))
    return settings


@pytest.fixture(scope="module", params=FONTS)
def pdfs(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    briefings: dict[Language, Briefing],
    hostile: Briefing,
    longest: dict[Language, Briefing],
) -> dict[str, Path]:
    """One run of LibreOffice for all of them: to start takes longer than to draw."""
    folder = tmp_path_factory.mktemp("rendered")
    made = {**briefings, "hostile": hostile}
    made |= {f"longest-{language}": each for language, each in longest.items()}
    for name, briefing in made.items():
        (folder / f"{name}.pptx").write_bytes(as_pptx(briefing))
    family, *where = FONTS[request.param]
    fonts = fontconfig(family, *where, folder / "fonts")
    convert([folder / f"{name}.pptx" for name in made], folder, fonts)
    used = subprocess.run(
        ["pdffonts", folder / "en.pdf"], check=True, capture_output=True, text=True
    )
    assert family.replace(" ", "")[:9] in used.stdout
    return {str(name): folder / f"{name}.pdf" for name in made}


@pytest.fixture(scope="module")
def longest(briefings: dict[Language, Briefing]) -> dict[Language, Briefing]:
    """The charts of bars with the longest names and the largest numbers that a slide can have."""
    return {language: with_the_longest(each) for language, each in briefings.items()}


LONGEST: dict[Language, str] = {
    "zh": "行政院農業委員會水土保持局第2工程所及附屬機關聯合辦公室",
    "en": "Bureau of Commodity Management, WMMW Committee of Wood and Mammoth",
}


def with_the_longest(briefing: Briefing) -> Briefing:
    def hurt(spec: ChartSpec) -> ChartSpec:
        if not spec.lies:
            return spec
        if not spec.is_stacked:  # their names are ours
            (series,) = spec.series
            counts = tuple(s.replace(s.strip("（ ()）"), "12,345,678") for s in series.suffixes)
            return replace(spec, series=(replace(series, suffixes=counts),))
        names = [f"{number}{LONGEST[briefing.language]}" for number in range(MOST_UNITS)]
        series = tuple(
            replace(each, values=tuple(12_345_678 + number for number in range(MOST_UNITS)))
            for each in spec.series
        )
        places = replace(
            spec.places, at=tuple(shortened(name, MOST_EMS) for name in names), notes=()
        )
        return replace(spec, places=places, series=series)

    return replace(
        briefing,
        slides=[replace(each, charts=tuple(map(hurt, each.charts))) for each in briefing.slides],
    )


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


@pytest.mark.parametrize("kind", ["", "longest-"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_its_text(
    kind: str,
    language: Language,
    pdfs: dict[str, Path],
    briefings: dict[Language, Briefing],
    longest: dict[Language, Briefing],
) -> None:
    drawn = pages(pdfs[f"{kind}{language}"])
    briefing = (longest if kind else briefings)[language]
    titles = ["".join(title_of(page).split()) for page in opened(briefing).slides]
    assert len(drawn) == len(titles)
    for title, page in zip(titles, drawn, strict=True):
        assert title in page
    by_title = dict(zip(titles, drawn, strict=True))
    for slide in briefing.slides:
        page = by_title["".join(slide.title.split())]
        said = [*slide.says, *(line for panel in slide.panels for line in panel.lines)]
        said += [text for fact in slide.facts for text in (fact.label, fact.value, fact.note)]
        said += [series.name for spec in slide.charts for series in spec.series]
        said += [name for spec in slide.charts if spec.lies for name in spec.place_texts]
        said += [
            text
            for spec in slide.charts
            if spec.lies and not spec.is_stacked
            for series in spec.series
            for text in spec.texts(series)
        ]
        if slide.key not in ("cover", "definitions"):
            said += [str(cell) for table in slide.tables for row in table.rows for cell in row[:1]]
            said.append(briefing.footer(slide))
        for text in said:
            assert "".join(text.split()) in page, (slide.key, text)


@pytest.mark.parametrize("name", ["zh", "en", "hostile", "longest-zh", "longest-en"])
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

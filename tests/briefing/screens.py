"""Pictures of every slide and page: python -m tests.briefing.screens STORE_URL OUT."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from adoption.briefing.deck import as_pptx
from adoption.briefing.files import KINDS
from adoption.language import LANGUAGES
from adoption.store import open_store
from tests.briefing.decks import briefing_of
from tests.test_publication import ordered

WIDTH = 1280
COLOURS = 128  # a third of the bytes


def convert(decks: list[Path], folder: Path, fonts: Path | None = None) -> None:
    """A PDF of each deck, drawn by LibreOffice with what the fontconfig file `fonts` finds, else
    with all fonts of this machine."""
    home = f"-env:UserInstallation=file://{folder}/home"
    command = ["soffice", "--headless", home, "--convert-to", "pdf", "--outdir", folder, *decks]
    settings = os.environ | ({"FONTCONFIG_FILE": str(fonts)} if fonts else {})
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=settings)


def take(store_url: str, out: Path) -> None:
    """A PNG a slide or page, and language: deck-zh-01.png, handout-zh-1.png."""
    out.mkdir(parents=True, exist_ok=True)
    store = open_store(store_url)
    with TemporaryDirectory() as name:
        folder = Path(name)
        decks = [folder / f"deck-{language}.pptx" for language in LANGUAGES]
        for language, deck in zip(LANGUAGES, decks, strict=True):
            deck.write_bytes(as_pptx(briefing_of(store, language)))
        convert(decks, folder)
        handouts = [folder / f"handout-{language}.pdf" for language in LANGUAGES]
        for language, page in zip(LANGUAGES, handouts, strict=True):
            page.write_bytes(KINDS["pdf"].written(ordered(store, language)))
        for pdf in [*(deck.with_suffix(".pdf") for deck in decks), *handouts]:
            size = ["-scale-to-x", str(WIDTH), "-scale-to-y", "-1"]
            subprocess.run(["pdftoppm", *size, "-png", pdf, out / pdf.stem], check=True)
            for file in out.glob(f"{pdf.stem}-*.png"):
                with Image.open(file) as picture:
                    picture.quantize(COLOURS).save(file, optimize=True)


if __name__ == "__main__":
    take(sys.argv[1], Path(sys.argv[2]))

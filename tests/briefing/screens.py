"""Pictures of every slide: python -m tests.briefing.screens STORE_URL OUT."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from adoption.briefing.deck import as_pptx
from adoption.language import LANGUAGES
from adoption.store import open_store
from tests.briefing.decks import briefing_of

DOTS = 96  # an inch: 1280 by 720
COLOURS = 128  # a third of the bytes


def convert(decks: list[Path], folder: Path) -> None:
    """A PDF of each deck, drawn by LibreOffice."""
    home = f"-env:UserInstallation=file://{folder}/home"
    command = ["soffice", "--headless", home, "--convert-to", "pdf", "--outdir", folder, *decks]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def take(store_url: str, out: Path) -> None:
    """A PNG a slide and language: deck-zh-01.png."""
    out.mkdir(parents=True, exist_ok=True)
    store = open_store(store_url)
    with TemporaryDirectory() as name:
        folder = Path(name)
        decks = [folder / f"deck-{language}.pptx" for language in LANGUAGES]
        for language, deck in zip(LANGUAGES, decks, strict=True):
            deck.write_bytes(as_pptx(briefing_of(store, language)))
        convert(decks, folder)
        for deck in decks:
            pdf = deck.with_suffix(".pdf")
            command = ["pdftoppm", "-r", str(DOTS), "-png", pdf, out / deck.stem]
            subprocess.run(command, check=True)
            for file in out.glob(f"{deck.stem}-*.png"):
                with Image.open(file) as picture:
                    picture.quantize(COLOURS).save(file, optimize=True)


if __name__ == "__main__":
    take(sys.argv[1], Path(sys.argv[2]))

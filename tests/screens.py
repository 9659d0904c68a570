"""Screenshots of every page: python -m tests.screens STORE OUT [--lang zh] [--theme dark] ..."""

import argparse
from pathlib import Path

from PIL import Image

from tests.running import PAGES, browser, dashboard, settle


def take(
    store_url: str, out: Path, languages: list[str], themes: list[str], widths: list[int]
) -> None:
    """A PNG a page, language, theme and width, whole length."""
    out.mkdir(parents=True, exist_ok=True)
    with dashboard(store_url) as address, browser() as chromium:
        for theme in themes:
            for width in widths:
                page = chromium.new_page(
                    viewport={"width": width, "height": 900}, color_scheme=theme
                )
                for language in languages:
                    for path in PAGES:
                        page.goto(f"{address}/{path}?lang={language}")
                        settle(page)
                        height = page.evaluate(
                            "document.querySelector('[data-testid=stMain]').scrollHeight"
                        )
                        page.set_viewport_size({"width": width, "height": height + 60})
                        page.wait_for_timeout(500)
                        name = f"{path or 'overview'}-{language}-{theme}-{width}.png"
                        page.screenshot(path=out / name)
                        _shrink(out / name)
                        page.set_viewport_size({"width": width, "height": 900})
                page.close()


def _shrink(path: Path) -> None:
    """A page has few colours: 256 are enough, in a third of the bytes."""
    with Image.open(path) as shot:
        few = shot.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store")
    parser.add_argument("out", type=Path)
    parser.add_argument("--lang", nargs="+", default=["zh", "en"])
    parser.add_argument("--theme", nargs="+", default=["light", "dark"])
    parser.add_argument("--width", nargs="+", type=int, default=[1280, 390])
    given = parser.parse_args()
    take(given.store, given.out, given.lang, given.theme, given.width)


if __name__ == "__main__":
    main()

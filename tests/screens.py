"""Screenshots of every page: python -m tests.screens STORE_URL OUT [--lang zh en] [--theme ...]."""

import argparse
from pathlib import Path

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
                        page.set_viewport_size({"width": width, "height": 900})
                page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store")
    parser.add_argument("out", type=Path)
    parser.add_argument("--lang", nargs="+", default=["zh"])
    parser.add_argument("--theme", nargs="+", default=["light"])
    parser.add_argument("--width", nargs="+", type=int, default=[1280])
    given = parser.parse_args()
    take(given.store, given.out, given.lang, given.theme, given.width)


if __name__ == "__main__":
    main()

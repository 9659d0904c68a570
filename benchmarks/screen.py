"""From opening the overview to the last thing drawn in headless Chromium: time, bytes, messages.

Beside it, by turns in the same run, a page of fifteen lines with four charts of the same answers.
Both servers have their answers at hand. A cold browser has nothing of either, a warm one has opened
the page before.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext

from benchmarks.noise import spread
from benchmarks.records import store_url
from tests.running import browser, dashboard

CERTIFICATES = 1_500_000
TIMES = 5
FIFTEEN_LINES = "benchmarks/fifteen_lines.py"
# When the last thing changed, in milliseconds since the page was asked for. Known once the script
# has ended, there are charts, and nothing has changed for a second.
_RENDERED = """() => new Promise(rendered => {
    let changed = performance.now()
    const watched = { subtree: true, childList: true, characterData: true, attributes: true }
    const observer = new MutationObserver(() => { changed = performance.now() })
    observer.observe(document, watched)
    const look = setInterval(() => {
        const app = document.querySelector("[data-testid=stApp]")
        const is_drawn = document.querySelector(".js-plotly-plot .main-svg") !== null
        if (app?.dataset.testScriptState !== "notRunning" || !is_drawn) return
        if (performance.now() - changed < 1000) return
        clearInterval(look)
        observer.disconnect()
        rendered(changed)
    }, 20)
})"""


class Opening(NamedTuple):
    """One opening of a page."""

    seconds: float
    bytes: int
    messages: int


def opening(context: BrowserContext, url: str) -> Opening:
    page = context.new_page()
    sizes, messages = [], []

    def finished(told: dict[str, Any]) -> None:
        sizes.append(int(told["encodedDataLength"]))

    def received(told: dict[str, Any]) -> None:
        messages.append(len(told["response"]["payloadData"]) * 3 // 4)  # it is base64

    network = context.new_cdp_session(page)
    network.on("Network.loadingFinished", finished)
    network.on("Network.webSocketFrameReceived", received)
    network.send("Network.enable")
    page.goto(url, wait_until="commit")
    rendered = page.evaluate(_RENDERED)
    page.close()
    return Opening(rendered / 1000, sum(sizes) + sum(messages), len(messages))


@contextmanager
def _visitor(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-TW")
    try:
        yield context
    finally:
        context.close()


def by_turns(chromium: Browser, urls: dict[str, str]) -> dict[tuple[str, str], list[Opening]]:
    """What TIMES openings of each page took; by page, and cold or warm."""
    found: dict[tuple[str, str], list[Opening]] = {}
    for _ in range(TIMES):
        for name, url in urls.items():
            with _visitor(chromium) as context:
                for browser_is in ("cold", "warm"):
                    found.setdefault((name, browser_is), []).append(opening(context, url))
    return found


def main() -> None:
    url = store_url(CERTIFICATES)
    with (
        dashboard(url) as ours,
        dashboard(url, script=FIFTEEN_LINES) as fifteen_lines,
        browser() as chromium,
    ):
        urls = {"overview": ours, "15 lines": fifteen_lines}
        with _visitor(chromium) as context:
            for each in urls.values():
                opening(context, each)  # the answers are kept from here on
        print(f"open to rendered, {CERTIFICATES:,} certificates, median (slowest) of {TIMES}")
        print(f"machine: {spread()}")
        found = by_turns(chromium, urls)
    for browser_is in ("cold", "warm"):
        taken = {name: [each.seconds for each in found[name, browser_is]] for name in urls}
        middle = {name: statistics.median(seconds) for name, seconds in taken.items()}
        for name, seconds in taken.items():
            print(f"  {browser_is} {name:10} {middle[name]:.2f} s ({max(seconds):.2f})")
        ratio = middle["overview"] / middle["15 lines"]
        print(f"  {browser_is} ratio {ratio:.2f}   target 1.15")
    first = found["overview", "cold"][-1]
    print(f"  first opening of overview: {first.bytes / 1e6:.2f} MB   target 3.5")
    print(f"  messages to the browser: {first.messages}   target 60")


if __name__ == "__main__":
    main()

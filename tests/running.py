"""The real dashboard and a real browser, for tests and for the screenshots in docs/screens."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
# Page path -> its title in Chinese.
PAGES = {
    "": "總覽",
    "rollout": "導入",
    "issuance": "核發",
    "expiries": "到期",
    "reminders": "提醒",
    "briefing": "簡報",
    "data": "資料",
    "definitions": "說明",
}
_CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The path of an installed Chromium; Playwright's own download is not used."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


def browser_lacks() -> str:
    """The Debian packages without which no browser can be driven here; empty where it can."""
    driver, *_ = compute_driver_executable()
    packages = [] if chromium() else ["chromium", "fonts-noto-cjk"]
    if subprocess.run([driver, "--version"], capture_output=True, check=False).returncode:
        packages.append("libatomic1")
    return " ".join(packages)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def dashboard(store_url: str, script: str = "dashboard.py") -> Iterator[str]:
    """The dashboard (or another script) on a store, as its own process; gives its address."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)],
        cwd=ROOT,
        env=os.environ | {"ADOPTION_STORE": store_url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_up(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_up(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"the dashboard ended with code {server.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"no dashboard at {address} after 30 s")


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(), args=_CHROMIUM_OPTIONS, headless=True
        )
        yield started
        started.close()


# Resolves when the script does not run, nothing in the page waits for its script, and nothing has
# changed for a while.
_IS_QUIET = """milliseconds => new Promise(settled => {
    const app = document.querySelector("[data-testid=stApp]")
    let changed = performance.now()
    const watched = { subtree: true, childList: true, characterData: true, attributes: true }
    const observer = new MutationObserver(() => { changed = performance.now() })
    observer.observe(document.body, watched)
    const look = setInterval(() => {
        const isWaiting = document.querySelector("[data-testid=stSkeleton]") !== null
        if (app.dataset.testScriptState !== "notRunning" || isWaiting) changed = performance.now()
        if (performance.now() - changed < milliseconds) return
        clearInterval(look)
        observer.disconnect()
        settled()
    }, 50)
})"""


def settle(page: Page, milliseconds: int = 300) -> None:
    """Wait until the page is drawn to its foot and has not changed for so long."""
    page.wait_for_selector(".st-key-foot", timeout=30_000)
    page.evaluate(_IS_QUIET, milliseconds)


def open_all(page: Page) -> None:
    """What is folded is opened, all at once: so that its words are read too."""
    folded = "[data-testid=stExpander] details:not([open]) > summary"
    page.evaluate(f"document.querySelectorAll('{folded}').forEach(each => each.click())")
    settle(page)

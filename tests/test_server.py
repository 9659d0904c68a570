"""What the real server sends: the page's language, and headers that keep it to itself."""

import re
import urllib.request
from collections.abc import Iterator
from email.message import Message

import pytest

from adoption.server import HEADERS
from adoption.store import Store
from tests.running import dashboard


@pytest.fixture(scope="module")
def address(sample_store: Store) -> Iterator[str]:
    with dashboard(sample_store.url) as running:
        yield running


def got(url: str) -> tuple[str, Message]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode("utf-8"), answer.headers


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/", "zh-Hant-TW"),
        ("/issuance", "zh-Hant-TW"),
        ("/issuance?lang=en&county=臺北市", "en"),
        ("/?lang=zh", "zh-Hant-TW"),
        ("/?lang=en%22%3E%3Cscript%3E", "zh-Hant-TW"),
    ],
)
def test_a_page_says_its_language(address: str, path: str, language: str) -> None:
    page, headers = got(address + urllib.request.quote(path, safe="/?=&%"))
    assert re.findall(r'<html lang="([^"]*)"', page) == [language]
    assert page.rstrip().endswith("</html>")
    assert int(headers["content-length"]) == len(page.encode())


def test_every_answer_has_the_headers_once(address: str) -> None:
    script = re.search(r'src="\./(static/js/[^"]+)"', got(f"{address}/")[0])
    assert script is not None
    for path in ("", "_stcore/health", script[1]):
        _, headers = got(f"{address}/{path}")
        for name, value in HEADERS:
            assert headers.get_all(name.decode()) == [value.decode()], path


def test_nothing_may_be_fetched_from_elsewhere() -> None:
    policy = dict(HEADERS)[b"content-security-policy"].decode()
    assert "http" not in policy
    assert "*" not in policy

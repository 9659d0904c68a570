"""What the real server sends: the page's language, its own headers, and files made small once."""

import gzip
import re
import urllib.request
from collections.abc import Iterator
from email.message import Message

import pytest

from adoption.pages.server import HEADERS
from adoption.store import Store
from dashboard import PAGES
from tests.running import dashboard

AS_BROWSERS_ASK = {"Accept": "text/html,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture(scope="module")
def address(sample_store: Store) -> Iterator[str]:
    with dashboard(sample_store.url) as running:
        yield running


def got(url: str, **headers: str) -> tuple[bytes, Message]:
    asked = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.read(), answer.headers


def page(url: str) -> tuple[str, Message]:
    body, headers = got(url, **AS_BROWSERS_ASK)
    assert headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) == len(body)
    return gzip.decompress(body).decode("utf-8"), headers


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
    text, _ = page(address + urllib.request.quote(path, safe="/?=&%"))
    title = {"zh-Hant-TW": "工商憑證導入統計", "en": "MOEACA adoption"}[language]
    assert re.findall(r'<html lang="([^"]*)"', text) == [language]
    assert re.findall("<title>(.*)</title>", text) == [title]
    assert text.rstrip().endswith("</html>")


def test_a_page_is_asked_for_anew_whatever_a_browser_kept(address: str) -> None:
    kept = {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT", "If-None-Match": "*"}
    body, headers = got(f"{address}/", **AS_BROWSERS_ASK, **kept)
    assert body
    assert headers["cache-control"] == "no-cache"
    assert (headers["etag"], headers["last-modified"]) == (None, None)


def hashed(address: str, ending: str) -> str:
    """The address of a file whose name holds a hash of it."""
    found = re.search(rf'\./(static/[^"]+\.{ending})"', page(f"{address}/")[0])
    assert found is not None
    return f"{address}/{found[1]}"


@pytest.mark.parametrize("ending", ["js", "css", "woff2"])
def test_a_file_is_kept_for_a_year_and_comes_small(address: str, ending: str) -> None:
    url = hashed(address, ending)
    plain, as_it_is = got(url)
    small, headers = got(url, **AS_BROWSERS_ASK)
    for said in (as_it_is, headers):
        assert said["cache-control"] == "public, immutable, max-age=31536000"
    assert as_it_is["content-encoding"] is None
    if ending == "woff2":  # which is compressed already
        assert headers["content-encoding"] is None
        assert small == plain
    else:
        assert headers["vary"] == "Accept-Encoding"
        assert headers["content-type"].split(";")[0].endswith(("javascript", "css"))
        assert len(small) < len(plain) / 2
        assert gzip.decompress(small) == plain


def test_a_part_of_a_file_is_sent_as_it_is(address: str) -> None:
    url = hashed(address, "js")
    part, headers = got(url, **AS_BROWSERS_ASK, Range="bytes=100-199")
    assert headers["content-encoding"] is None
    assert part == got(url)[0][100:200]


def test_every_answer_has_the_headers_once(address: str) -> None:
    for url in (f"{address}/", f"{address}/_stcore/health", hashed(address, "js")):
        for asked in ({}, AS_BROWSERS_ASK):
            _, headers = got(url, **asked)
            for name, value in HEADERS.items():
                assert headers.get_all(name) == [value], url


def test_nothing_may_be_fetched_from_elsewhere() -> None:
    policy = HEADERS["content-security-policy"]
    assert "http" not in policy
    assert "*" not in policy


@pytest.mark.parametrize(
    ("asked", "where"),
    [("nothing", "/?page=nothing"), ("nothing?lang=en", "/?lang=en&page=nothing")],
)
def test_a_page_that_is_none_leads_to_the_first_which_says_so(
    address: str, asked: str, where: str
) -> None:
    request = urllib.request.Request(f"{address}/{asked}", headers=AS_BROWSERS_ASK)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.url == address + where
    for name, _, _ in PAGES:
        with urllib.request.urlopen(f"{address}/{name}", timeout=10) as answer:
            assert answer.url == f"{address}/{name}"

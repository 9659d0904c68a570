"""What the server adds to Streamlit's answers: their headers, its files compressed, its first page.

Three ASGI middlewares, each for one of these; see `middleware` for their order.
"""

import asyncio
import gzip
import html
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs, quote

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adoption.language import Language, say

_CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Streamlit starts with an inline script and makes components from text of its own.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "content-security-policy": _CONTENT_POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
}


class SecurityHeaders:
    """What browsers may do with an answer: each has HEADERS, once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


_STREAMLIT_FILES = Path(st.__file__).parent / "static"
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
_A_YEAR = "public, immutable, max-age=31536000"


class CompressedFiles:
    """Streamlit's scripts and styles, compressed when they are first asked for and then kept: 8 MB
    at most. Streamlit leaves that to a proxy, for it would compress them anew for each visitor.

    Their names hold a hash of what is in them, so browsers may keep them as well.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        files = (_STREAMLIT_FILES / "static").rglob("*")
        self._files = {
            f"/{file.relative_to(_STREAMLIT_FILES).as_posix()}": file
            for file in files
            if file.suffix in _MEDIA_TYPES
        }
        self._compressed: dict[Path, bytes] = {}
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._asked_for(scope)
        if file is None:
            await self._app(scope, receive, send)
            return
        headers = {
            "cache-control": _A_YEAR,
            "content-encoding": "gzip",
            "vary": "Accept-Encoding",
        }
        body = await self._content(file)
        answer = Response(body, headers=headers, media_type=_MEDIA_TYPES[file.suffix])
        await answer(scope, receive, send)

    def _asked_for(self, scope: Scope) -> Path | None:
        """The file, where its compressed form will do."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        asked = Headers(scope=scope)
        if "gzip" not in asked.get("accept-encoding", "") or "range" in asked:
            return None
        path: str = scope["path"]
        # The dashboard may be served below a path of its own.
        return self._files.get(path[max(path.rfind("/static/"), 0) :])

    async def _content(self, file: Path) -> bytes:
        if file not in self._compressed:
            async with self._one_at_a_time:
                if file not in self._compressed:
                    self._compressed[file] = await asyncio.to_thread(_gzipped, file)
        return self._compressed[file]


def _gzipped(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)


_HERE = Path(__file__).parent
_UNWANTED = ("accept-encoding", "if-none-match", "if-modified-since")


class StartPage:
    """Streamlit's index.html in the visitor's language and, from the first moment, in the colours
    of the theme; with the style and the script of every page.

    As it is shipped it says `lang="en"`, so that a screen reader would read Chinese with an English
    voice, and stays white until a megabyte of scripts has run.
    """

    def __init__(self, app: ASGIApp, pages: frozenset[str]) -> None:
        self._app = app
        self._pages = pages
        self._changes = {language: _changes(language) for language in ("zh", "en")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            name = scope["path"].rpartition("/")[2]
            if name not in self._pages and "." not in name and "/_stcore/" not in scope["path"]:
                # Streamlit would show its first page and say in English that there is none of the
                # name; ours says it in the visitor's language.
                asked = scope["query_string"].decode("latin-1")
                where = f"./?{'&'.join(filter(None, (asked, f'page={quote(name)}')))}"
                await RedirectResponse(where)(scope, receive, send)
                return
            asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang")
            send = _changing(send, self._changes["en" if asked == ["en"] else "zh"])
            # Not compressed, and always the whole: a browser may have kept another version's.
            kept = [pair for pair in scope["headers"] if pair[0].decode("latin-1") not in _UNWANTED]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, send)


def _changes(language: Language) -> list[tuple[bytes, bytes]]:
    """What is replaced in index.html, each once: text -> text."""
    name = html.escape(say(language, "MOEACA adoption"))
    waiting = html.escape(say(language, "One moment…"))
    colours = "".join(
        f"--{scheme}-{part}: {st.get_option(f'theme.{scheme}.{part}Color')};"
        for scheme in ("light", "dark")
        for part in ("background", "text", "primary")
    )
    style = f":root {{{colours}}}\n" + (_HERE / "page.css").read_text("utf-8")
    script = (_HERE / "page.js").read_text("utf-8")
    root = f'<div id="root"><p class="waiting" role="status">{name}<br>{waiting}</p></div>'
    changes = {
        '<html lang="en">': f'<html lang="{"en" if language == "en" else "zh-Hant-TW"}">',
        "<title>Streamlit</title>": f"<title>{name}</title>",
        # After what is in the head, to which Streamlit adds its own.
        '<div id="root"></div>': f"<style>{style}</style><script>{script}</script>{root}",
    }
    return [(old.encode(), new.encode()) for old, new in changes.items()]


def _changing(send: Send, changes: list[tuple[bytes, bytes]]) -> Send:
    """Sends a page of HTML, which is small, in one piece with its changes; all else as it is."""
    page: Message | None = None  # the start of its answer, while its body is collected
    body = bytearray()

    async def sending(message: Message) -> None:
        nonlocal page
        if message["type"] == "http.response.start":
            if Headers(scope=message).get("content-type", "").startswith("text/html"):
                page = message
                return
        elif page is not None:
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            made = bytes(body)
            for old, new in changes:
                made = made.replace(old, new, 1)
            headers = MutableHeaders(scope=page)
            headers["content-length"] = str(len(made))
            for name in ("etag", "last-modified"):  # of the file as it is shipped
                if name in headers:
                    del headers[name]
            await send(page)
            message = {**message, "body": made}
        await send(message)

    return sending


def middleware(pages: Iterable[str]) -> list[Middleware]:
    """For a dashboard of these pages; the first one's own address is empty."""
    return [
        Middleware(SecurityHeaders),
        Middleware(CompressedFiles),
        Middleware(GZipMiddleware),
        Middleware(StartPage, pages=frozenset(pages) | {""}),
    ]

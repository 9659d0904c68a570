"""What the server adds to every answer: the page's language, and what browsers may do with it.

Streamlit's index.html says `lang="en"`; a screen reader would read Chinese with an English voice.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

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
HEADERS = (
    (b"content-security-policy", _CONTENT_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
)
_AS_SHIPPED = b'<html lang="en">'


class Answers:
    """ASGI middleware around Streamlit."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang")
            send = _answering(send, b"en" if asked == ["en"] else b"zh-Hant-TW")
        await self._app(scope, receive, send)


def _answering(send: Send, language: bytes) -> Send:
    """Sends with HEADERS; a page of HTML, which is small, in one piece with its language."""
    page: Message | None = None  # the start of its answer, while its body is collected
    body = bytearray()

    async def sending(message: Message) -> None:
        nonlocal page
        if message["type"] == "http.response.start":
            own = dict(HEADERS)
            kept = [pair for pair in message["headers"] if pair[0] not in own]
            message = {**message, "headers": [*kept, *HEADERS]}
            found = dict(kept)
            is_packed = b"content-encoding" in found
            if found.get(b"content-type", b"").startswith(b"text/html") and not is_packed:
                page = message
                return
        elif page is not None:
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            message["body"] = body.replace(_AS_SHIPPED, b'<html lang="%s">' % language, 1)
            length = (b"content-length", str(len(message["body"])).encode())
            kept = [pair for pair in page["headers"] if pair[0] != b"content-length"]
            await send({**page, "headers": [*kept, length]})
        await send(message)

    return sending

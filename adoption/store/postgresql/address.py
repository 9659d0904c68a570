"""What the URL of a PostgreSQL store says.

    postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE?folder=FOLDER&sslmode=verify-full&...

`folder` is where source files are archived and the jobs of the 資料 page are kept; who only reads
does without, and all who load share one. Everything else is libpq's: sslmode, sslrootcert, service,
passfile and so on. A password may also come from libpq's own places (PGPASSWORD, ~/.pgpass).
"""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from adoption.store.base import StoreError
from adoption.store.postgresql.versions import NOW

SCHEME = "postgresql+psycopg"
_SECRET = ("password", "sslpassword")
# Of each connection, unless the URL says otherwise. A server that is gone is noticed in about half
# a minute, whatever the network does.
_DEFAULTS = {
    "application_name": "adoption",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
# Of each session. Answers are of sums over millions of rows in less time than compiling them takes;
# those that are read in pieces are read whole.
_SETTINGS = {
    "search_path": NOW,
    "timezone": "UTC",
    "datestyle": "ISO",
    "jit": "off",
    "work_mem": "64MB",
    "cursor_tuple_fraction": "1",
}


@dataclass(frozen=True)
class Address:
    """`url` is what to connect with, `shown` the same for others to see and to open again."""

    url: URL
    shown: str
    place: str  # which database: for messages
    folder: Path | None


def address(text: str) -> Address:
    """Raises StoreError for what is no such URL."""
    url = _parsed(text)
    open_url = _without_secrets(url)
    shown = open_url.render_as_string()
    stated = os.environ.get("ADOPTION_STORE", "")
    if url == open_url and stated.startswith(SCHEME):
        # The same store is known with its password.
        known = _parsed(stated)
        url = known if _without_secrets(known).render_as_string() == shown else url
    folder = url.query.get("folder")
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    options = " ".join((settings, *_all(url.query.get("options"))))
    query = {**_DEFAULTS, **url.query, "options": options}
    return Address(
        url.set(query={name: value for name, value in query.items() if name != "folder"}),
        shown,
        _place(url),
        Path(str(folder)) if folder else None,
    )


def _parsed(text: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise StoreError(
            f"the store's URL cannot be read; write {SCHEME}://USER@HOST/DATABASE?folder=FOLDER, "
            "and signs such as @ : / in a password as %40 %3A %2F",
            f"看不懂資料庫的網址；請寫成 {SCHEME}://使用者@主機/資料庫?folder=資料夾，"
            "密碼裡的 @ : / 等符號要寫成 %40 %3A %2F",
        ) from None


def _without_secrets(url: URL) -> URL:
    query = {name: value for name, value in url.query.items() if name not in _SECRET}
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database, query)


def _place(url: URL) -> str:
    hosts = [url.host] if url.host else [*_all(url.query.get("host"))]
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL {', '.join(hosts) or 'localhost'}{port}/{url.database or ''}"


def _all(values: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if values is None:
        return ()
    return (values,) if isinstance(values, str) else tuple(values)

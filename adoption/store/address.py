"""What the URL of a store says.

    lake:///FOLDER
        Catalog, data, archive and jobs in a folder of this machine.
    lake+postgresql://USER:PASSWORD@HOST:PORT/DATABASE?data=FOLDER&sslmode=verify-full&...
    lake+postgresql://USER@HOST/DATABASE?data=s3://BUCKET/PREFIX&folder=FOLDER&...
        The catalog in PostgreSQL; data in a folder that all machines see, or in a bucket.

`folder` is where source files are archived and the jobs of the 資料 page are kept: by default the
folder with the data. Other parameters are libpq's (sslmode, sslrootcert, service, passfile ...);
a password may also come from libpq's own places (PGPASSWORD, ~/.pgpass). A bucket's keys and
endpoint come from the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
AWS_REGION, AWS_ENDPOINT_URL.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from adoption.store.errors import StoreError

DEFAULT_URL = "lake:///data/store"
_LOCAL, _SHARED = "lake:///", "lake+postgresql"
_OURS = ("data", "folder")
_SECRET = ("password", "sslpassword")
# Of each connection, unless the URL says otherwise: a server that is gone is noticed in about half
# a minute, whatever the network does.
_DEFAULTS = {
    "application_name": "adoption",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}


@dataclass(frozen=True)
class Address:
    """`url` opens the store again, but for a password. `data` is a folder or s3://BUCKET/PREFIX.

    `database` has libpq's parameters, password included; None: the catalog is a file in `folder`.
    `place` is what messages call it.
    """

    url: str
    place: str
    folder: Path | None
    data: str
    database: Mapping[str, str] | None = field(repr=False)

    @property
    def is_bucket(self) -> bool:
        return self.data.startswith("s3://")


def address(text: str) -> Address:
    """Raises StoreError for a URL that names no store of this program."""
    if text.startswith(_LOCAL) and text != _LOCAL:
        folder = Path(text.removeprefix(_LOCAL))
        return Address(text, str(folder), folder, (folder / "records").as_posix(), None)
    if text.startswith(f"{_SHARED}:"):
        return _shared(text)
    raise StoreError(
        f"{_open(text)}: not a store that this version can open; use lake:///FOLDER or "
        f"{_SHARED}://USER@HOST/DATABASE?data=FOLDER",
        f"{_open(text)}：本程式不能開啟這種資料庫；請用 lake:///資料夾 或 "
        f"{_SHARED}://使用者@主機/資料庫?data=資料夾",
    )


def _open(text: str) -> str:
    scheme, at, rest = text.partition("://")
    return f"{scheme}{at}***@{rest.rpartition('@')[2]}" if "@" in rest else text


def _shared(text: str) -> Address:
    url = _parsed(text)
    shown = _without_secrets(url)
    stated = os.environ.get("ADOPTION_STORE", "")
    if url == shown and stated.startswith(f"{_SHARED}:"):
        # The same store is known with its password.
        known = _parsed(stated)
        url = known if _without_secrets(known) == shown else url
    given = {
        name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()
    }
    place = _place(url)
    data = given.get("data", "").rstrip("/")
    if not data:
        raise StoreError(
            f"{place}: the URL does not say where the data is; add ?data=FOLDER, one that all "
            "machines see, or ?data=s3://BUCKET/PREFIX",
            f"{place}：網址沒有寫明資料放在哪裡；請加上 ?data=資料夾（所有電腦都連得到），"
            "或 ?data=s3://儲存桶/前綴",
        )
    is_bucket = data.startswith("s3://")
    folder = given.get("folder") or ("" if is_bucket else data)
    parts = {
        "user": url.username,
        "password": url.password,
        "host": url.host,
        "port": str(url.port) if url.port else None,
        "dbname": url.database,
    }
    libpq = {name: value for name, value in given.items() if name not in _OURS}
    return Address(
        shown.render_as_string(),
        place,
        Path(folder) if folder else None,
        data if is_bucket else (Path(data) / "records").as_posix(),
        {**_DEFAULTS, **{name: value for name, value in parts.items() if value}, **libpq},
    )


def _parsed(text: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise StoreError(
            f"the store's URL cannot be read; write {_SHARED}://USER@HOST/DATABASE?data=FOLDER, "
            "and signs such as @ : / in a password as %40 %3A %2F",
            f"看不懂資料庫的網址；請寫成 {_SHARED}://使用者@主機/資料庫?data=資料夾，"
            "密碼裡的 @ : / 等符號要寫成 %40 %3A %2F",
        ) from None


def _without_secrets(url: URL) -> URL:
    query = {name: value for name, value in url.query.items() if name not in _SECRET}
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database, query)


def _place(url: URL) -> str:
    host = url.host or str(url.query.get("host", "localhost"))
    return f"PostgreSQL {host}{f':{url.port}' if url.port else ''}/{url.database or ''}"

"""What a store cannot do, and every engine's exception as that: one sentence of each language."""

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from adoption.language import Text


class StoreError(Exception):
    """A store cannot do what was asked; the message says what, where and what to do.

    `zh` is the same in Chinese.
    """

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.zh = zh or en


class VersionError(StoreError):
    """There is no such version, or it has expired."""


class StoreBusyError(StoreError):
    """Another load is writing to this store."""


class DamagedError(StoreError):
    """A file of the store is missing or not what was written."""


# What the engines say -> what is told. DuckDB and libpq give no error numbers, so words decide; the
# first that fits, so the order counts.
_SAID: tuple[tuple[tuple[str, ...], type[StoreError], Text], ...] = (
    (
        ("No space left", "File too large", "Disk quota exceeded", "disk is full"),
        StoreError,
        Text(
            "{place}：磁碟已滿或超過配額（{reason}），資料庫維持原狀；請清出空間再執行一次",
            "{place}: the disk is full or the quota used up ({reason}); the store is as it was; "
            "free some space and run the command again",
        ),
    ),
    (
        ("SQLITE_READONLY_ROLLBACK",),
        StoreError,
        Text(
            "{place}：有一次載入在發布時中斷，要還原才能讀取；請由可以寫入的帳號執行 "
            "python -m etl loads",
            "{place}: a load was stopped while it was published, which has to be undone first; run "
            "python -m etl loads as somebody who may write there",
        ),
    ),
    (
        ("disk I/O error",),
        StoreError,
        Text(
            "{place}：磁碟已滿或讀寫失敗（{reason}），資料庫維持原狀；請檢查磁碟再執行一次",
            "{place}: the disk is full or failing ({reason}); the store is as it was; look after "
            "it, then run the command again",
        ),
    ),
    (
        ("permission denied for", "must be owner"),
        StoreError,
        Text(
            "{place}：這個使用者沒有權限（{reason}）；請改用有權限的角色，"
            "見 docs/operations-shared.md",
            "{place}: this user may not do that ({reason}); use one with the right role, see "
            "docs/operations-shared.md",
        ),
    ),
    (
        ("Permission denied", "Read-only file system", "Operation not permitted", "readonly"),
        StoreError,
        Text(
            "{place}：無法寫入（沒有權限或唯讀：{reason}），資料庫維持原狀；請檢查資料夾權限",
            "{place}: cannot be written to (no permission, or read-only: {reason}); the store is "
            "as it was; check the permissions of the folder",
        ),
    ),
    (
        ("read-only transaction", "cannot execute"),
        StoreError,
        Text(
            "{place}：這台伺服器不能寫入（待命主機或唯讀）；請改由主要伺服器載入",
            "{place}: this server takes no changes, it is a standby or set to read-only; load by "
            "way of the primary",
        ),
    ),
    (
        ("database is locked", "database table is locked"),
        StoreBusyError,
        Text(
            "{place}：另一個載入作業正在寫入，請等它完成再試",
            "{place}: another load is writing; try again when it has finished",
        ),
    ),
    (
        (
            *("Unable to connect to Postgres", "server closed the connection", "connection to se"),
            *("ould not connect", "terminating connection", "connection not open"),
            *("the connection is closed", "connection is lost", "starting up", "shutting down"),
            *("SSL SYSCALL", "no connection to the server", "Connection refused"),
            *("ould not establish connection", "Could not resolve host", "password auth"),
        ),
        StoreError,
        Text(
            "{place}：連不上（{reason}）；未完成的動作都已還原；請確認伺服器正常且連得到，再試一次",
            "{place}: no connection ({reason}); what was not finished is undone; see that the "
            "server runs and can be reached, then try again",
        ),
    ),
    (
        ("HTTP 403", "HTTP 401", "AccessDenied", "Forbidden", "SignatureDoesNotMatch"),
        StoreError,
        Text(
            "{place}：儲存桶拒絕存取（{reason}）；請檢查環境變數 AWS_ACCESS_KEY_ID 與 "
            "AWS_SECRET_ACCESS_KEY，以及它們的權限",
            "{place}: the bucket refused ({reason}); check AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY in the environment, and what they may do",
        ),
    ),
    (
        ("duplicate key value", "UNIQUE constraint failed", "Transaction conflict"),
        StoreBusyError,
        Text(
            "{place}：另一個載入作業同時發布，這一次沒有發布；請再執行一次",
            "{place}: another load was published at the same moment, this one was not; run it "
            "again",
        ),
    ),
    (
        (
            *(
                "No such file",
                "not a database",
                "malformed",
                "Could not decode",
                "magic bytes",
                "No files found",
            ),
            *("file size", "snappy", "decompress", "Corrupt", "corrupt", "Invalid Input Error"),
            *("not found at", "TProtocol", "end of file", "Could not read", "HTTP 404", "HTTP GET"),
            *("Parquet", "unable to open database file", "not valid JSON"),
        ),
        DamagedError,
        Text(
            "{place}：資料檔遺失或損壞（{reason}）；請執行 python -m etl rebuild，"
            "以封存的原始檔重建",
            "{place}: a file of the store is missing or damaged ({reason}); run python -m etl "
            "rebuild, which makes it again from the archived files",
        ),
    ),
)
_OTHER = Text(
    "{place}：資料庫無法完成（{reason}），維持原狀",
    "{place}: the store could not do it ({reason}); it is as it was",
)
# DuckDB repeats the connection string, as libpq writes it.
_SECRET = re.compile(r"password=('(?:\\.|[^'\\])*'|\S*)")
_DISK_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


def as_store_error(error: Exception, place: str) -> StoreError:
    """For an exception of the operating system, of DuckDB, SQLite or psycopg."""
    words = _SECRET.sub("password=***", str(error))
    if isinstance(error, OSError) and error.strerror:
        of_file = f": {error.filename}" if error.filename else ""
        words = f"{error.strerror}{of_file}"
        if error.errno in _DISK_FULL:
            words = f"No space left: {words}"
    if name := getattr(error, "sqlite_errorname", ""):
        words = f"{words} ({name})"
    start, kind, said = 0, StoreError, _OTHER
    for signs, of_kind, text in _SAID:
        if found := [sign for sign in signs if sign in words]:
            start, kind, said = words.index(found[0]), of_kind, text
            break
    # The line with the sign; DuckDB may have whole statements before it.
    start = words.rfind("\n", 0, start) + 1 if start < 150 else start
    reason = words[start:].strip().partition("\n")[0][:300] or type(error).__name__
    return kind(
        said.en.format(place=place, reason=reason), said.zh.format(place=place, reason=reason)
    )


def damaged(path: str, reason: str) -> DamagedError:
    return DamagedError(
        f"{path}: this file of the store is missing or damaged ({reason}); run python -m etl "
        "rebuild, which makes the store again from the archived files",
        f"{path}：資料庫的這個檔案遺失或損壞（{reason}）；請執行 python -m etl rebuild，"
        "以封存的原始檔重建",
    )


def is_of_engine(error: BaseException) -> bool:
    """Whether it comes from the engine or the disk, and not from a fault of this program."""
    return isinstance(error, OSError | duckdb.Error | sqlite3.Error) or (
        type(error).__module__.split(".")[0] == "psycopg"
    )


@contextmanager
def told(place: str) -> Iterator[None]:
    """Whatever the engine or the disk raises, as a StoreError that names `place`."""
    try:
        yield
    except Exception as error:
        if not is_of_engine(error):
            raise
        raise as_store_error(error, place) from error

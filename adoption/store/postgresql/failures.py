"""What went wrong between here and the database, in one sentence of each language."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from adoption.language import Text
from adoption.store.base import StoreError

_LOST = Text(
    "{place}：連不上資料庫（{reason}）；未完成的動作都已還原；請確認伺服器正常且連得到，再試一次",
    "{place}: no connection to the database ({reason}); what was not finished is undone; "
    "see that the server runs and can be reached, then try again",
)
_SAID: dict[type[Exception], Text] = {
    errors.InsufficientPrivilege: Text(
        "{place}：這個使用者沒有權限（{reason}）；請改用有權限的角色，"
        "見 docs/operations-postgresql.md",
        "{place}: this user may not do that ({reason}); use one with the right role, "
        "see docs/operations-postgresql.md",
    ),
    errors.ReadOnlySqlTransaction: Text(
        "{place}：這台伺服器不能寫入（待命主機或唯讀）；請改由主要伺服器載入",
        "{place}: this server takes no changes, it is a standby or set to read-only; load by way "
        "of the primary",
    ),
    errors.DiskFull: Text(
        "{place}：伺服器的磁碟已滿（{reason}），資料庫維持原狀；請清出空間再試一次",
        "{place}: the server's disk is full ({reason}); the store is as it was; free some space "
        "and try again",
    ),
    errors.QueryCanceled: Text(
        "{place}：伺服器中止了查詢（{reason}）；請縮小查詢範圍或再試一次",
        "{place}: the server ended the question ({reason}); narrow it, or try again",
    ),
    NoConnectionFree: Text(
        "{place}：同時查詢的人太多；請稍候再試",
        "{place}: too many questions at once; try again in a moment",
    ),
    Exception: Text(
        "{place}：資料庫拒絕（{reason}），資料維持原狀",
        "{place}: the database refused ({reason}); the store is as it was",
    ),
}


@contextmanager
def told(place: str) -> Iterator[None]:
    """Errors of the database, and of the way to it, as StoreErrors."""
    try:
        yield
    except (psycopg.Error, SQLAlchemyError) as error:
        raise as_store_error(error, place) from error


def is_lost(error: Exception) -> bool:
    """Whether the connection is gone, or never was."""
    state = getattr(error, "sqlstate", None) or ""
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and (
        state[:2] in ("", "08") or state.startswith("57P")
    )


def as_store_error(error: Exception, place: str) -> StoreError:
    if isinstance(error, DBAPIError) and isinstance(error.orig, Exception):
        error = error.orig
    said = next(said for kind, said in _SAID.items() if isinstance(error, kind))
    zh, en = _LOST if is_lost(error) else said
    reason = _reason(error)
    return StoreError(en.format(place=place, reason=reason), zh.format(place=place, reason=reason))


def no_tables(place: str) -> StoreError:
    return StoreError(
        f"{place}: the database has no tables of this program yet; its owner makes them with "
        "python -m etl upgrade, see docs/operations-postgresql.md",
        f"{place}：資料庫裡還沒有本程式的資料表；請擁有者執行 python -m etl upgrade 建立，"
        "見 docs/operations-postgresql.md",
    )


def _reason(error: Exception) -> str:
    """The first line of what the server or libpq said; neither names passwords there."""
    said = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
    return next(iter(said.strip().splitlines()), type(error).__name__).strip()

"""Files of records as an office might send them, written row by row."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adoption.store import Store
from adoption.store.schema import FEEDS as TABLES
from etl.commit.load import load
from etl.commit.result import FileResult
from etl.mapping.feeds import FEEDS

CERTIFICATES = (
    "憑證序號,統一編號,組織別,縣市,卡別,核發日期,到期日期,終止日期,終止原因,申請換發日期,換發前序號"
)
# A row of it that nothing is wrong with.
GOOD = "A1,04595257,公司,臺北市,正卡,97/10/1,102/10/1,,,,"
UNITS = "unit_code,name,side,sector"
NOW = datetime(2013, 10, 1, 8, 30, tzinfo=UTC)


def write(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_text("".join(row + "\n" for row in rows), encoding=encoding)
    return path


def certificate(serial: str, **changes: str) -> str:
    """A good row of CERTIFICATES with other text under some headers."""
    cells = dict(zip(CERTIFICATES.split(","), GOOD.split(","), strict=True))
    cells |= {"憑證序號": serial, **changes}
    return ",".join(cells.values())


def load_files(store: Store, feed: str, *paths: Path, **options: Any) -> list[FileResult]:
    return load(store, FEEDS[feed], paths, by="tester", now=NOW, **options)


def kept(store: Store, feed: str, *columns: str) -> list[tuple[Any, ...]]:
    """What the store holds of these columns, ordered; days as dates, nothing as None."""
    table = TABLES[feed]
    query = select(*[table.c[name] for name in columns])
    rows = [
        tuple(row)
        for batch in store.batches(query)
        for row in zip(*batch.to_pydict().values(), strict=True)
    ]
    return sorted(rows, key=lambda row: [(value is not None, str(value)) for value in row])


def counts(result: FileResult) -> tuple[int, int, int, int, int]:
    """read, kept, unchanged, duplicate, rejected."""
    return result.read, result.kept, result.unchanged, result.duplicate, result.rejected


def day(text: str) -> date:
    return date.fromisoformat(text)


def column(rows: Sequence[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows]

"""The measure of the others: five questions in hand-written SQL on a native DuckDB file.

The file holds the same rows as the store that it is compared with: each table CREATE TABLE AS.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
from sqlalchemy import select

from adoption.policy import RENEWABLE_DAYS, STAGE_DAYS
from adoption.store import open_store
from adoption.store.schema import FEEDS

AS_OF = date(2013, 9, 24)

_VALID = "issued_on <= $day AND expires_on >= $day AND (ended_on IS NULL OR ended_on > $day)"
_REACHED = ", ".join(
    f"""count(*) FILTER (
        expires_on - {stage} <= $day AND issued_on <= expires_on - {stage}
        AND (renewed_on IS NULL OR renewed_on > expires_on - {stage})
        AND (ended_on IS NULL OR ended_on > expires_on - {stage})
    ) AS "{stage}\""""
    for stage in STAGE_DAYS
)
STATEMENTS = {
    "valid_over_time": """
        WITH spells AS (
            SELECT holder_id, issued_on,
                   least(coalesce(ended_on, expires_on + 1), expires_on + 1) AS out_on
            FROM certificates
            WHERE issued_on <= $day AND out_on > issued_on
        ), ordered AS (
            SELECT issued_on, out_on,
                   max(out_on) OVER before AS covered_until,
                   lead(issued_on) OVER holder IS NULL AS is_last
            FROM spells
            WINDOW holder AS (PARTITION BY holder_id ORDER BY issued_on, out_on),
                   before AS (PARTITION BY holder_id ORDER BY issued_on, out_on
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ), changes AS (
            SELECT issued_on AS on_day, 1 AS valid,
                   CASE WHEN covered_until >= issued_on THEN 0 ELSE 1 END AS holders
            FROM ordered
            UNION ALL SELECT out_on, -1, 0 FROM ordered
            UNION ALL SELECT covered_until, 0, -1 FROM ordered WHERE covered_until < issued_on
            UNION ALL SELECT greatest(covered_until, out_on), 0, -1 FROM ordered WHERE is_last
        ), months AS (
            SELECT date_trunc('month', on_day) AS month,
                   sum(valid) AS valid, sum(holders) AS holders
            FROM changes WHERE on_day <= $day GROUP BY 1
        )
        SELECT m.month,
               sum(coalesce(valid, 0)) OVER (ORDER BY m.month)::BIGINT AS valid,
               sum(coalesce(holders, 0)) OVER (ORDER BY m.month)::BIGINT AS holders
        FROM (SELECT unnest(generate_series((SELECT min(month) FROM months),
                                            date_trunc('month', $day::DATE),
                                            INTERVAL 1 MONTH))::DATE AS month) m
        LEFT JOIN months USING (month)
        ORDER BY 1""",
    "valid_by_county": f"""
        SELECT CASE county WHEN '桃園市' THEN '桃園縣' WHEN '臺北縣' THEN '新北市'
                           WHEN '臺中縣' THEN '臺中市' WHEN '臺南縣' THEN '臺南市'
                           WHEN '高雄縣' THEN '高雄市' ELSE county END AS place,
               org_type, count(*) AS valid, count(DISTINCT holder_id) AS holders
        FROM certificates WHERE {_VALID}
        GROUP BY ALL ORDER BY ALL""",
    "valid_totals": f"""
        SELECT count(*) AS valid, count(DISTINCT holder_id) AS holders,
               count(*) FILTER (serial IN (
                   SELECT serial FROM suspensions
                   WHERE suspended_on <= $day AND (resumed_on IS NULL OR resumed_on > $day)
               )) AS suspended
        FROM certificates WHERE {_VALID}""",
    "reminder_stages_by_month": f"""
        SELECT expiry_month, stage::INTEGER AS stage, certificates
        FROM (UNPIVOT (
            SELECT date_trunc('month', expires_on) AS expiry_month, {_REACHED}
            FROM certificates WHERE expires_on - {max(STAGE_DAYS)} <= $day
            GROUP BY 1
        ) ON COLUMNS(* EXCLUDE expiry_month) INTO NAME stage VALUE certificates)
        WHERE certificates > 0
        ORDER BY 1, 2 DESC""",
    "expiring": f"""
        SELECT expires_on AS day, count(*) AS expiring,
               count(*) FILTER (renewed_on IS NULL OR renewed_on > $day) AS to_renew,
               count(*) FILTER ((renewed_on IS NULL OR renewed_on > $day)
                                AND expires_on <= $day::DATE + {RENEWABLE_DAYS}) AS renewable
        FROM certificates WHERE {_VALID} AND expires_on > $day AND expires_on <= $day::DATE + 90
        GROUP BY ALL ORDER BY ALL""",
}


@contextmanager
def by_hand(url: str, folder: Path) -> Iterator[dict[str, Callable[[], pd.DataFrame]]]:
    """Each statement by the key of the metric that it answers, ready to be asked."""
    connection = duckdb.connect(_native(url, folder), read_only=True)
    try:
        yield {
            key: lambda sql=sql: connection.execute(sql, {"day": AS_OF}).df()
            for key, sql in STATEMENTS.items()
        }
    finally:
        connection.close()


def _native(url: str, folder: Path) -> Path:
    """A native DuckDB file of what the store at `url` holds now, made once and kept in `folder`."""
    store = open_store(url)
    file = folder / f"native-{store.version}.duckdb"
    if not file.exists():
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with duckdb.connect(draft) as connection, store.at(store.version) as reader:
            for name, table in FEEDS.items():
                batches = reader.batches(select(table), rows=1_000_000)
                first = next(batches, None)
                if first is not None:
                    rows = pa.RecordBatchReader.from_batches(first.schema, _all(first, batches))
                    connection.from_arrow(rows).create(name)
        draft.replace(file)
    store.close()
    return file


def _all(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest

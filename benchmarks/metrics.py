"""Five metrics together beside hand-written DuckDB SQL that gives the same answers."""

import statistics
from collections.abc import Callable
from datetime import date

import duckdb
import pandas as pd

from adoption.metrics import METRICS, Selection, evaluate
from adoption.policy import STAGE_DAYS
from adoption.store import Store, open_store
from benchmarks.noise import seconds_of, spread
from benchmarks.records import store_url

CERTIFICATES = 1_500_000
AS_OF = date(2013, 9, 24)
TIMES = 15

_VALID = "issued_on <= $day AND expires_on >= $day AND (ended_on IS NULL OR ended_on > $day)"
_REACHED = ", ".join(
    f"""count(*) FILTER (
        expires_on - {stage} <= $day AND issued_on <= expires_on - {stage}
        AND (renewed_on IS NULL OR renewed_on > expires_on - {stage})
        AND (ended_on IS NULL OR ended_on > expires_on - {stage})
    ) AS "{stage}\""""
    for stage in STAGE_DAYS
)
_HANDWRITTEN = {
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
               count(*) FILTER (renewed_on IS NULL OR renewed_on > $day) AS to_renew
        FROM certificates WHERE {_VALID} AND expires_on > $day AND expires_on <= $day::DATE + 90
        GROUP BY ALL ORDER BY ALL""",
}


def _ours(store: Store, key: str) -> Callable[[], pd.DataFrame]:
    return lambda: evaluate(store, METRICS[key], Selection(AS_OF))


def _handwritten(connection: duckdb.DuckDBPyConnection, key: str) -> Callable[[], pd.DataFrame]:
    return lambda: connection.execute(_HANDWRITTEN[key], {"day": AS_OF}).df()


def _rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in frame.itertuples(index=False, name=None)]


def main() -> None:
    store = open_store(store_url(CERTIFICATES))
    file = store.folder / "versions" / f"{store.version}.duckdb"  # type: ignore[attr-defined]
    connection = duckdb.connect(file, read_only=True)
    print(f"metrics with {CERTIFICATES:,} certificates, seconds, median of {TIMES}")
    print(f"machine: {spread()}")
    ours_together, theirs_together = [0.0] * TIMES, [0.0] * TIMES
    for key in _HANDWRITTEN:
        ask, ask_sql = _ours(store, key), _handwritten(connection, key)
        if _rows(ask()) != _rows(ask_sql()):
            raise RuntimeError(f"{key}: the answers differ")
        ours, theirs = [], []
        for turn in range(TIMES):  # by turns, so that a busy moment meets both
            ours += seconds_of(ask, 1)
            theirs += seconds_of(ask_sql, 1)
            ours_together[turn] += ours[-1]
            theirs_together[turn] += theirs[-1]
        _print(key, statistics.median(ours), statistics.median(theirs))
    _print("together", statistics.median(ours_together), statistics.median(theirs_together))
    print("  target: together <= 1.30")
    connection.close()
    store.close()


def _print(name: str, ours: float, theirs: float) -> None:
    print(f"  {name:26} {ours:.3f}  handwritten {theirs:.3f}  ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()

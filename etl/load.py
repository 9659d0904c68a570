"""One load: files of one feed -> the store, all of it or nothing, and what became of every row.

read -> check -> keep -> link -> archive -> ledger -> publish.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Table, select

from adoption.store import Store, Writer
from adoption.store.schema import certificates
from etl import ledger, mended
from etl.archive import archive, archive_folder, archived_entries, keep_ledger
from etl.check import Memory, check
from etl.feeds import Feed
from etl.keep import arriving_table, keep
from etl.link import linked
from etl.mended import RejectNumber
from etl.profile import Profile
from etl.read import SourceFile, batches, describe, without_skipped
from etl.result import FileResult, RowsRejected, result_of
from etl.skipped import MOST_TOLD, Skipped
from etl.totals import check_totals, keep_bundled

# What is going on (read, keep, publish), and how much of the whole is done, 0 to 1.
Progress = Callable[[str, float], None]
_READING_SHARE = 0.6


class _DryRunEnds(Exception):  # noqa: N818 (a signal, not an error)
    """Leaves the writing context so that it publishes nothing."""


def load(
    store: Store,
    feed: Feed,
    paths: Sequence[Path],
    *,
    by: str,
    now: datetime,
    cut_off: date | None = None,
    strict: bool = False,
    dry_run: bool = False,
    profile: Profile | None = None,
    progress: Progress = lambda doing, share: None,
    names: Sequence[str] | None = None,
    within: Writer | None = None,
) -> list[FileResult]:
    """Load `paths` as one publication and one row of the ledger; a result for each, in order.

    A dry run does it all and publishes nothing. `names` are what the files are called, where the
    paths do not say. With `within`, a writing context of the caller's, several loads are published
    together (or looked at together, after dry runs) when that context ends.

    Raises UnreadableFile, RowsRejected (strict), StoreError and StoreBusyError; whatever is raised,
    the store is as it was.
    """
    started = time.perf_counter()
    sources = [describe(path, feed, profile) for path in paths]
    if names is not None:
        named = zip(sources, names, strict=True)
        sources = [replace(source, name=name) for source, name in named]
    results: list[FileResult] = []
    folder = archive_folder(store)
    try:
        with store.writing() if within is None else nullcontext(within) as writer:
            known = archived_entries(folder)
            load_id = ledger.next_load_id(writer, known)
            results = enter_rows(writer, feed, sources, load_id, progress)
            seconds = round(time.perf_counter() - started, 3)
            totals = check_totals(writer)
            results = [replace(result, seconds=seconds, totals=totals) for result in results]
            if strict and any(result.rejected for result in results):
                raise RowsRejected(results)
            entered = [replace(result, load=load_id) for result in results]
            copies = [
                archive(writer, source, folder) if folder and not dry_run else None
                for source in sources
            ]
            ledger.enter_load(
                writer,
                load_id,
                feed.name,
                by=by,
                now=now,
                cut_off=cut_off,
                seconds=seconds,
                cleared=results[0].cleared if results else 0,
                files=[
                    {**ledger_row(result), "archived": copy}
                    for result, copy in zip(entered, copies, strict=True)
                ],
            )
            if dry_run:
                raise _DryRunEnds
            results = entered
            progress("publish", 0.9)
            if folder is not None:
                keep_ledger(writer, folder, ledger.united(known, ledger.entries(writer)))
    except _DryRunEnds:
        return results
    progress("publish", 1.0)
    return results


def enter_rows(
    writer: Writer, feed: Feed, sources: Sequence[SourceFile], load_id: int, progress: Progress
) -> list[FileResult]:
    """All that a load does to records and rejects; the ledger is still to be written."""
    claimed: set[RejectNumber] = set()
    results = _write(writer, feed, sources, load_id, progress, claimed)
    ledger.forget_rejects(writer, load_id, feed.name, [source.sha256 for source in sources])
    accepted = arriving_table(feed)
    cleared = ledger.clear_rejects(writer, load_id, feed, accepted, claimed)
    return [replace(result, cleared=cleared) for result in results]


def _write(
    writer: Writer,
    feed: Feed,
    sources: Sequence[SourceFile],
    load_id: int,
    progress: Progress,
    claimed: set[RejectNumber],
) -> list[FileResult]:
    """The records and rejects. Raises AssertionError when a row is in none of the counts."""
    arriving = arriving_table(feed)
    writer.scratch(arriving)
    results = _read_and_check(writer, feed, sources, load_id, arriving, progress, claimed)
    progress("keep", _READING_SHARE)
    sorted_out = keep(writer, feed, arriving)
    progress("keep", 0.7)
    _merge(writer, feed, sorted_out.incoming)
    keep_bundled(writer)
    results = [
        replace(
            result,
            kept=sorted_out.kept.get(number, 0),
            unchanged=sorted_out.unchanged.get(number, 0),
            duplicate=sorted_out.duplicate.get(number, 0),
            flagged=sorted_out.flagged.get(number, 0),
        )
        for number, result in enumerate(results, 1)
    ]
    for result in results:
        if not result.adds_up:
            raise AssertionError(f"{result.file}: rows are missing, nothing was kept: {result}")
    return results


def _read_and_check(
    writer: Writer,
    feed: Feed,
    sources: Sequence[SourceFile],
    load_id: int,
    arriving: Table,
    progress: Progress,
    claimed: set[RejectNumber],
) -> list[FileResult]:
    """Fills `arriving`, the rejects and `claimed`; results with what was read and rejected."""
    known = {
        reference.column: frozenset(writer.frame(select(reference.key)).iloc[:, 0])
        for reference in feed.references
    }
    memory = Memory()
    position = 0
    bytes_before, bytes_of_all = 0, max(1, sum(source.bytes for source in sources))
    results: list[FileResult] = []
    # A batch is written while the next one is read and checked; never two at once.
    with ThreadPoolExecutor(1) as writing:
        written: Future[None] = writing.submit(lambda: None)
        for number, source in enumerate(sources, 1):
            read = rejected = skipped_rows = 0
            skipped: list[Skipped] = []
            reasons: Counter[str] = Counter()
            for batch in batches(source):
                claimed |= mended.claimed(batch.rows)
                checked = check(
                    feed,
                    list(source.columns.values()),
                    mended.unquoted(batch.rows),
                    known,
                    memory,
                    own_columns=source.own_columns,
                    flagged=source.flags,
                )
                stamps = {"load_id": load_id, "file_number": number}
                rows = _stamped(checked.kept, position, stamps)
                position += checked.kept.num_rows
                to_mend, passed = without_skipped(source, feed, checked.rejected)
                refused = [*to_mend, *batch.malformed]
                skipped_rows += len(batch.skipped) + len(passed)
                skipped += [*batch.skipped, *passed][: max(0, MOST_TOLD - len(skipped))]
                written.result()
                ledger.enter_rejects(
                    writer, load_id, number, refused, feed, source.columns, source.sheet
                )
                written = writing.submit(writer.append, arriving, rows)
                for reject in refused:
                    reasons.update({reason.code for reason in reject.reasons})
                rejected += len(refused)
                read += batch.rows.num_rows - len(passed) + len(batch.malformed)
                share = (bytes_before + min(batch.position, source.bytes)) / bytes_of_all
                progress("read", _READING_SHARE * share)
            bytes_before += source.bytes
            results.append(
                result_of(
                    source,
                    feed,
                    read=read,
                    rejected=rejected,
                    reasons=dict(reasons),
                    skipped=skipped_rows,
                    first_skipped=skipped,
                )
            )
        written.result()
    return results


def _stamped(kept: pa.Table, position: int, stamps: Mapping[str, int]) -> pa.Table:
    rows = kept.drop_columns(["row_number"])
    for name, number in stamps.items():
        rows = rows.append_column(name, pa.array(np.full(rows.num_rows, number, np.int32)))
    return rows.append_column(
        "position", pa.array(np.arange(position, position + rows.num_rows, dtype=np.int64))
    )


def _merge(writer: Writer, feed: Feed, incoming: Table) -> None:
    if feed.table is certificates:
        writer.merge(certificates, linked(writer, incoming))
    else:
        writer.merge(feed.table, select(*[incoming.c[column.name] for column in feed.table.c]))


def ledger_row(result: FileResult) -> dict[str, Any]:
    """The columns of `source_files` that the result of a file knows."""
    columns = {**result.columns, **dict.fromkeys(result.dropped)}
    return {
        **asdict(result),
        "name": result.file,
        "columns": json.dumps(columns, ensure_ascii=False),
        "dropped": json.dumps(result.dropped, ensure_ascii=False),
    }

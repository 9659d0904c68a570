"""One load: files of one feed -> the store, all of it or nothing, and what became of every row.

ingest -> reconcile -> link -> ledger -> publish, and beside it archive.
"""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select

from adoption.command import CommandError
from adoption.store import Publication, Store, Writer
from adoption.store.schema import certificates, rejects
from etl.commit.ingest import READING_SHARE, Progress, Returned, Taken, take_in
from etl.commit.link import insert_linked, link, touched_holders
from etl.commit.reconcile import arriving_table, count_keys, is_empty, keep
from etl.commit.references import look_again, unknown
from etl.commit.result import FileResult, RowsRejected
from etl.commit.serials import folded_serials
from etl.commit.totals import check_totals, keep_bundled
from etl.commit.whole import MOST_LISTED, MOST_TAKEN_BACK, lacking, take_back
from etl.history import ledger, log
from etl.history.archive import archive, archive_folder
from etl.mapping.feeds import Feed
from etl.mapping.holder_key import secret_of
from etl.mapping.profile import Profile
from etl.mapping.source_file import SourceFile
from etl.mapping.suggestions import described
from etl.validation.days import day_of_loading


def load(
    store: Store,
    feed: Feed,
    paths: Sequence[Path],
    *,
    by: str,
    now: datetime,
    received: date | None = None,
    cut_off: date | None = None,
    whole: bool = False,
    most_taken_back: float = MOST_TAKEN_BACK,
    strict: bool = False,
    dry_run: bool = False,
    profile: Profile | None = None,
    kept: Sequence[Profile] = (),
    progress: Progress = lambda doing, share: None,
    names: Sequence[str] | None = None,
    within: Writer | None = None,
) -> list[FileResult]:
    """Load `paths` as one publication and one row of the ledger; a result for each, in order.

    `received` is the day on which what they hold became known, by default the day of loading. With
    `whole` they are all there is of the feed: keys that they lack are taken back, if those are no
    more than `most_taken_back` of its rows. Files are read by `profile`, else by one of `kept` that
    fits their headers. A dry run does it all and publishes nothing. `names`
    are what the files are called, where the paths do not say. With `within`, a writing context of
    the caller's, several loads are published together (or looked at together, after dry runs) when
    that context ends.

    Raises UnreadableFile, RowsRejected (strict), CommandError, StoreError and StoreBusyError;
    whatever is raised, the store is as it was.
    """
    started = time.perf_counter()
    if profile is not None:
        profile = profile.with_secret(partial(secret_of, store.folder))
    sources = [described(path, feed, profile, kept) for path in paths]
    if names is not None:
        named = zip(sources, names, strict=True)
        sources = [replace(source, name=name) for source, name in named]
    folder, today = archive_folder(store), day_of_loading(now)
    writing = store.writing(trial=dry_run) if within is None else nullcontext(within)
    with writing as writer:
        load_id = log.begin(store, writer, folder, trial=dry_run)
        known = _received(store, received, cut_off, today)
        with ThreadPoolExecutor(1) as archiving:
            # Copying a file waits for the disk; meanwhile its rows are read and kept.
            copying = [
                archiving.submit(archive, writer, source, folder)
                for source in sources
                if not dry_run
            ]
            share = most_taken_back if whole else None
            results = enter_rows(writer, feed, sources, load_id, progress, today, share)
            copies: list[str | None] = [copied.result() for copied in copying]
        seconds = round(time.perf_counter() - started, 3)
        totals = check_totals(writer)
        results = [replace(result, seconds=seconds, totals=totals) for result in results]
        if strict and any(result.rejected for result in results):
            raise RowsRejected(results)
        entered = [replace(result, load=load_id) for result in results]
        ledger.enter_load(
            writer,
            load_id,
            feed.name,
            by=by,
            now=now,
            received=known,
            cut_off=cut_off,
            whole=whole,
            seconds=seconds,
            cleared=results[0].cleared if results else 0,
            taken_back=results[0].taken_back if results else 0,
            files=[
                {**ledger_row(result), "archived": copy}
                for result, copy in zip_longest(entered, copies)
            ],
        )
        if dry_run:
            return results
        progress("publish", 0.9)
        at = now.isoformat(timespec="seconds")
        writer.publish(Publication("load", known, by, at, (load_id,)))
        log.keep(writer, folder)
    progress("publish", 1.0)
    return entered


def _received(store: Store, stated: date | None, cut_off: date | None, today: date) -> date:
    """The day on which a load's records count as known; CommandError for one that cannot be."""
    for option, day in (("--received", stated), ("--cut-off", cut_off)):
        if day is not None and day > today:
            raise CommandError(
                f"{option} {day} 晚於載入當天（{today}）；請改正日期",
                f"{option} {day} is after the day of loading ({today}); correct the day",
            )
    before = next((version.publication.received for version in store.versions()), None)
    if stated is not None and before is not None and stated < before:
        raise CommandError(
            f"--received {stated} 早於先前發布的收件日（{before}）；收件日不能倒退",
            f"--received {stated} is before that of an earlier publication ({before}); "
            "what was known first is loaded first",
        )
    return stated or max(today, before or today)


def enter_rows(
    writer: Writer,
    feed: Feed,
    sources: Sequence[SourceFile],
    load_id: int,
    progress: Progress,
    today: date,
    most_taken_back: float | None = None,
) -> list[FileResult]:
    """All that a load does to records and rejects; the ledger is still to be written.

    `today`: the day on which they are loaded, or were first. `most_taken_back`: the sources are the
    whole feed, see `load`.
    """
    returned = Returned()
    taking = partial(take_in, writer, feed, sources, load_id, returned, progress, today)
    before = unknown(writer)
    is_stated = any(s.profile is not None and s.profile.has_hexadecimal_serials for s in sources)
    fold = partial(folded_serials, writer, feed, load_id, is_stated=is_stated)
    results, accepted = _write(writer, feed, load_id, taking, fold, progress, most_taken_back)
    cleared, again = ledger.clear_rejects(
        writer, load_id, feed, accepted, returned.claimed, returned.refused
    )
    ledger.replace_rejects(writer, load_id, feed.name, [(s.sha256, s.sheet) for s in sources])
    after = unknown(writer)
    return [
        replace(
            result,
            cleared=cleared,
            refused_again=again,
            unknown=after,
            unknown_before=before,
        )
        for result in results
    ]


def _write(
    writer: Writer,
    feed: Feed,
    load_id: int,
    taking: Callable[[Table], Taken],
    fold: Callable[..., Table],
    progress: Progress,
    most_taken_back: float | None,
) -> tuple[list[FileResult], Table]:
    """The records and rejects; also the table that holds every row that passed the check.

    Raises AssertionError when a row is in none of the counts.
    """
    is_first = is_empty(writer, feed.table)
    results = _first(writer, feed, load_id, taking, fold, progress) if is_first else None
    accepted = feed.table
    if results is None:
        accepted = arriving_table(feed)
        results = _sorted_out(
            writer,
            feed,
            load_id,
            taking,
            fold,
            accepted,
            progress,
            most_taken_back,
            is_first=is_first,
        )
    keep_bundled(writer)
    for result in results:
        if not result.adds_up:
            raise AssertionError(f"{result.file}: rows are missing, nothing was kept: {result}")
    return results, accepted


def _first(
    writer: Writer,
    feed: Feed,
    load_id: int,
    taking: Callable[[Table], Taken],
    fold: Callable[..., Table],
    progress: Progress,
) -> list[FileResult] | None:
    """Straight into the feed's own table, which is empty: one writing of the rows, not two.
    Certificates wait in a file until they are linked.

    None when a key came twice; then nothing of it is left.
    """
    into = feed.table
    if into is certificates:
        into = arriving_table(feed, f"spooled_{load_id}")
        writer.spool(into)
    taken = taking(into)
    if into is not feed.table:
        writer.complete(into)
    rows = writer.frame(select(func.count().label("rows")).select_from(into))["rows"].iloc[0]
    if sum(result.kept for result in taken.results) != rows:
        raise AssertionError(f"{feed.name}: {rows} rows were kept of {taken.results}")
    arrived, into = into, fold(into, is_file=into is not feed.table)
    # Serials that rise as they are written may be the same when they are folded.
    is_rising = taken.is_rising and into is arrived
    if is_rising or count_keys(writer, feed, into) == rows:
        if into is not feed.table and rows:
            progress("keep", READING_SHARE)
            insert_linked(writer, into)
        look_again(writer, feed, feed.table, None)
        return taken.results
    writer.delete(feed.table, feed.table.c.load_id.is_not(None))
    writer.delete(rejects, rejects.c.load_id == load_id)
    return None


def _sorted_out(
    writer: Writer,
    feed: Feed,
    load_id: int,
    taking: Callable[[Table], Taken],
    fold: Callable[..., Table],
    arriving: Table,
    progress: Progress,
    most_taken_back: float | None,
    *,
    is_first: bool,
) -> list[FileResult]:
    """By way of a scratch table, where repeated and unchanged rows are told from new ones."""
    writer.scratch(arriving)
    taken = taking(arriving)
    fold(arriving)
    progress("keep", READING_SHARE)
    sorted_out = keep(writer, feed, arriving)
    progress("keep", 0.7)
    incoming = sorted_out.incoming
    is_linked = feed.table is certificates
    gone = None
    if most_taken_back is not None and not is_first:
        if any(result.rejects_left_out for result in taken.results):
            raise CommandError(
                "--whole：退回的列太多，看不出檔案缺了哪些列，沒有載入；請改正原因再試",
                "--whole: too many rows are rejected to tell what the files lack; nothing was "
                "loaded; correct the cause",
            )
        gone = lacking(writer, feed, load_id, arriving, most_taken_back)
    holders = None
    if is_linked and is_first:
        insert_linked(writer, incoming)
    else:
        holders = touched_holders(writer, incoming, gone) if is_linked else None
        writer.merge(feed.table, select(*[incoming.c[column.name] for column in feed.table.c]))
    taken_back = take_back(writer, feed, gone) if gone is not None else []
    if holders is not None:
        link(writer, holders)
    look_again(writer, feed, incoming, gone)
    return [
        replace(
            result,
            kept=sorted_out.kept.get(number, 0),
            unchanged=sorted_out.unchanged.get(number, 0),
            duplicate=sorted_out.duplicate.get(number, 0),
            flagged=sorted_out.flagged.get(number, 0),
            taken_back=len(taken_back),
            taken_back_keys=taken_back[:MOST_LISTED],
        )
        for number, result in enumerate(taken.results, 1)
    ]


def ledger_row(result: FileResult) -> dict[str, Any]:
    """The columns of `source_files` that the result of a file knows."""
    columns = {**result.columns, **dict.fromkeys(result.dropped)}
    return {
        **asdict(result),
        "name": result.file,
        "columns": json.dumps(columns, ensure_ascii=False),
        "dropped": json.dumps(result.dropped, ensure_ascii=False),
        "unread_sheets": json.dumps(result.unread_sheets, ensure_ascii=False),
    }

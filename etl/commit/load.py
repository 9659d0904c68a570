"""One load: files of one feed -> the store, all of it or nothing, and what became of every row.

ingest -> reconcile -> link -> ledger -> publish, and beside it archive.
"""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from adoption.command import CommandError
from adoption.store import Publication, Store, Writer
from etl.commit.entering import Entering
from etl.commit.ingest import Progress
from etl.commit.result import FileResult, RowsRejected
from etl.commit.totals import check_totals
from etl.commit.whole import MOST_TAKEN_BACK
from etl.history import ledger, log
from etl.history.archive import archive, archive_folder
from etl.mapping.feeds import Feed
from etl.mapping.holder_key import secret_of
from etl.mapping.profile import Profile
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
            results = Entering(writer, feed, sources, load_id, progress, today, share).enter()
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

"""What the process of a job does: check (a load that is not published), load, revert."""

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adoption.command import CommandError, sentences
from adoption.jobs.bounds import TOOK_TOO_LONG, TookTooLong
from adoption.jobs.effect import standing
from adoption.jobs.guess import guess_feed
from adoption.jobs.job import Job, Request
from adoption.language import Text
from adoption.store import Reader, Store, StoreBusyError, StoreError, Writer, open_store
from etl.commit.load import load
from etl.commit.result import FileResult
from etl.files.members import members
from etl.history import ledger, replay
from etl.history.reject_file import reject_file
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.profile import parse_profile

PREVIEWED = 50
# Progress is written at most this often, in seconds.
_EVERY = 0.3
_TRY_AGAIN = 0.5


def run(job: Job, now: datetime) -> None:
    """Do what the job asks. However it ends, the status says so."""
    with job.held():
        status = job.status
        if status.state != "starting":
            return
        kind = status.kind
        job.update(state="running")
        try:
            {"check": check, "load": publish, "revert": revert}[kind](job, now)
        except Exception as error:
            traceback.print_exc()
            said = _words(job, error)
            job.update(state="failed", zh=said.zh, en=said.en)
        else:
            job.update(state="done", share=1.0)


def _words(job: Job, error: Exception) -> Text:
    """What went wrong, in words for a person; files under the names that they came with."""
    if isinstance(error, TookTooLong):
        said = TOOK_TOO_LONG
    elif isinstance(error, MemoryError):
        said = Text(
            "需要的記憶體超過上限，資料沒有變動；請把檔案分成幾個再試",
            "it needs more memory than it may take, nothing was changed; split the files",
        )
    elif not isinstance(error, (CommandError, StoreError)):
        said = Text(
            f"沒有預料到的錯誤，資料沒有變動；詳情在作業資料夾 {job.id} 的 output.txt",
            f"an unexpected error, nothing was changed; details: output.txt in job {job.id}",
        )
    else:
        said = Text(*sentences(error, "")[:2])
    zh, en = said
    for file in job.request.files:
        zh, en = zh.replace(file.stored, file.name), en.replace(file.stored, file.name)
    return Text(zh, en)


def _reporter(job: Job) -> Callable[[str, float], None]:
    written = 0.0

    def report(doing: str, share: float) -> None:
        nonlocal written
        if time.monotonic() - written >= _EVERY:
            written = time.monotonic()
            job.update(doing=doing, share=min(share, 1.0))

    return report


@contextmanager
def _writing(store: Store, report: Callable[[str, float], None]) -> Iterator[Writer]:
    """The writing context, once no other load is in it."""
    with ExitStack() as stack:
        while True:
            try:
                writer = stack.enter_context(store.writing())
                break
            except StoreBusyError:
                report("wait", 0.0)
                time.sleep(_TRY_AGAIN)
        yield writer


def check(job: Job, now: datetime) -> None:
    """Writes check.json: what became of each file, previews, the headline numbers before and after.

    And rejects-N.json for each load with rows that would be refused: the file to mend them in.
    """
    request, report = job.request, _reporter(job)
    store = open_store(request.store)
    with store.writing(trial=True) as writer:  # waits for nobody, and nobody for it
        version, before = store.version, standing(writer)
        earlier = _load_ids(writer)
        results = _load_all(job, request, writer, now, report, dry_run=True)
        report("compare", 0.95)
        new_loads = sorted(_load_ids(writer) - earlier)
        job.write(
            "check.json",
            {
                "version": version,
                "files": [result.as_json() for result in results],
                "before": before,
                "after": standing(writer),
                "kept": [_kept(writer, load_id) for load_id in new_loads],
                "rejects": _first_rejects(writer, new_loads),
                "reject_files": _write_reject_files(job, writer, new_loads),
            },
        )


def publish(job: Job, now: datetime) -> None:
    """Load the files, all or none. Writes load.json; the uploaded files are no longer needed."""
    request, report = job.request, _reporter(job)
    with _writing(open_store(request.store), report) as writer:
        before = standing(writer)
        results = _load_all(job, request, writer, now, report, dry_run=False)
        after = standing(writer)
        report("publish", 0.95)
    files = [result.as_json() for result in results]
    job.write("load.json", {"files": files, "before": before, "after": after})
    for path in job.paths():
        path.unlink(missing_ok=True)


def revert(job: Job, now: datetime) -> None:
    """Take a load back. Writes revert.json: the numbers before and after, the loads done again."""
    request, report = job.request, _reporter(job)
    store, load_id = open_store(request.store), int(request.load or 0)
    before = standing(store)
    while True:
        try:
            done = replay.revert(
                store,
                [load_id],
                by=request.by,
                now=now,
                progress=lambda _, share: report("revert", 0.95 * share),
            )
            break
        except StoreBusyError:
            report("wait", 0.0)
            time.sleep(_TRY_AGAIN)
    job.write("revert.json", {"before": before, "after": standing(store), **done.as_json()})


def _load_all(
    job: Job,
    request: Request,
    writer: Writer,
    now: datetime,
    report: Callable[[str, float], None],
    *,
    dry_run: bool,
) -> list[FileResult]:
    """A load a feed, in the order in which feeds refer to each other, in one writing context."""
    report("recognise", 0.0)
    names = [file.name for file in request.files]
    with members(job.paths(), names, job.folder) as (paths, called):
        parts = _by_feed(request, list(zip(paths, called, strict=True)))
        return _load_parts(request, parts, writer, now, report, dry_run=dry_run)


def _load_parts(
    request: Request,
    parts: dict[str, list[tuple[Path, str]]],
    writer: Writer,
    now: datetime,
    report: Callable[[str, float], None],
    *,
    dry_run: bool,
) -> list[FileResult]:
    text, called = request.profile, request.profile_name or ""
    profile = parse_profile(text, called) if text else None
    sizes = {name: sum(p.stat().st_size for p, _ in files) for name, files in parts.items()}
    total = max(1, sum(sizes.values()))
    results: list[FileResult] = []
    done = 0.0
    for name, files in parts.items():
        part, start = sizes[name] / total, done

        def progress(doing: str, share: float, part: float = part, start: float = start) -> None:
            report(doing, 0.95 * (start + part * share))

        results += load(
            open_store(request.store),
            FEEDS[name],
            [path for path, _ in files],
            by=request.by,
            now=now,
            cut_off=date.fromisoformat(request.cut_off) if request.cut_off else None,
            dry_run=dry_run,
            profile=profile,
            progress=progress,
            names=[display for _, display in files],
            within=writer,
        )
        done += part
    return results


def _by_feed(request: Request, files: list[tuple[Path, str]]) -> dict[str, list[tuple[Path, str]]]:
    """Feed -> its files and what they are called, in the order of FEEDS."""
    if request.feed is not None:
        return {request.feed: files}
    feeds: list[Feed] = [guess_feed(path, name) for path, name in files]
    parts = {
        name: [file for file, feed in zip(files, feeds, strict=True) if feed.name == name]
        for name in FEEDS
    }
    return {name: chosen for name, chosen in parts.items() if chosen}


def _load_ids(reader: Reader) -> set[int]:
    return {entry["load"] for entry in ledger.list_loads(reader)}


def _kept(writer: Reader, load_id: int) -> dict[str, Any]:
    """The first rows of a load that are new or changed, by their key."""
    (feed_name,) = {entry["feed"] for entry in ledger.list_loads(writer, load_id)}
    feed = FEEDS[feed_name]
    names = [column.name for column in feed.columns]
    query = (
        select(*[feed.table.c[name] for name in [*names, "flags"]])
        .where(feed.table.c.load_id == load_id)
        .order_by(*feed.table.primary_key.columns)
        .limit(PREVIEWED)
    )
    rows = [row for batch in writer.batches(query) for row in batch.to_pylist()]
    return {"feed": feed_name, "rows": rows}


def _first_rejects(writer: Reader, load_ids: Sequence[int]) -> list[dict[str, Any]]:
    entries = (entry for load_id in load_ids for entry in ledger.list_rejects(writer, load_id))
    return list(islice(entries, PREVIEWED))


def _write_reject_files(job: Job, writer: Reader, load_ids: Sequence[int]) -> list[dict[str, Any]]:
    """A file for each load with rejects; of which feed they are, and how many."""
    written = []
    for load_id in load_ids:
        if next(ledger.list_rejects(writer, load_id), None) is None:
            continue
        made = reject_file(writer, load_id)
        job.write(f"rejects-{load_id}.json", asdict(made))
        written.append({"load": load_id, "feed": made.feed, "rows": len(made.rows)})
    return written

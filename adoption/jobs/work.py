"""What the process of a job does: check (a load that is not published), load, revert."""

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adoption.command import CommandError, sentences
from adoption.jobs.asking import feed_of, question
from adoption.jobs.bounds import TOOK_TOO_LONG, TookTooLong
from adoption.jobs.effect import effect, standing
from adoption.jobs.guess import feeds_said, guess_feeds
from adoption.jobs.job import Job, Kind, Request, Upload
from adoption.language import Text
from adoption.store import Reader, Store, StoreBusyError, StoreError, Writer, open_store
from etl.commit.load_also import load_also
from etl.commit.result import FileResult
from etl.files.members import members
from etl.history import ledger, replay
from etl.history.reject_file import reject_file
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.headers import headers_of
from etl.mapping.kept_profiles import kept_profiles
from etl.mapping.profile import Profile, parse_profile
from etl.mapping.source_file import opened

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
            _unpack(job)
            _WORK[kind](job, now)
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
            "需要的記憶體超過上限；請把檔案分成幾個再試",
            "it needs more memory than it may take; split the files and try again",
        )
    elif not isinstance(error, (CommandError, StoreError)):
        said = Text(
            f"沒有預料到的錯誤；詳情在作業資料夾 {job.id} 的 output.txt",
            f"an unexpected error; details: output.txt in job {job.id}",
        )
    else:
        said = Text(*sentences(error, "")[:2])
    zh, en = said
    for file in job.request.files:
        zh, en = zh.replace(file.stored, file.name), en.replace(file.stored, file.name)
    return Text(zh, en)


def _reporter(job: Job) -> Callable[[str, float], None]:
    """Writes each new thing that is done at once, a new share of it now and then: the page offers
    to stop until it reads that the change is being published."""
    written, said = 0.0, ""

    def report(doing: str, share: float) -> None:
        nonlocal written, said
        if doing != said or time.monotonic() - written >= _EVERY:
            written, said = time.monotonic(), doing
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


def _unpack(job: Job) -> None:
    """A zip of several files is those files from here on."""
    request, own = job.request, job.paths()
    uploads = dict(zip(own, request.files, strict=True))
    with members(own, [file.name for file in request.files], job.folder) as (paths, called):
        if paths == own:
            return
        files = []
        for number, (path, name) in enumerate(zip(paths, called, strict=True), 1):
            upload = uploads.get(path)
            if upload is None:
                upload = Upload(f"file-{number}-{path.name}", name)
                path.rename(job.folder / upload.stored)
            files.append(upload)
    for path in set(own) - set(paths):
        path.unlink()
    job.write("request.json", asdict(replace(request, files=tuple(files))))


def check(job: Job, now: datetime) -> None:
    """Writes check.json: what became of each file, previews, the headline numbers before and after.

    And rejects.json where rows would be refused: the file to mend them in.
    Where somebody has to say what a file is, or whose column is which, nothing but what to ask.
    """
    report = _reporter(job)
    report("recognise", 0.0)
    request = _with_kept(job)
    store = open_store(request.store)
    if asked := _questions(job, request):
        job.write("check.json", {"asked": asked})
        return
    with store.writing(trial=True) as writer:  # waits for nobody, and nobody for it
        version, before = store.version, standing(writer)
        earlier = _load_ids(writer)
        results = _load_all(job, writer, now, report, dry_run=True)
        report("compare", 0.95)
        new_loads = sorted(_load_ids(writer) - earlier)
        job.write(
            "check.json",
            {
                "version": version,
                "files": [result.as_json() for result in results],
                **effect(store, version, before, writer),
                "kept": [_kept(writer, load_id) for load_id in new_loads],
                "rejects": _first_rejects(writer, new_loads),
                "reject_sheets": _write_reject_file(job, writer, new_loads),
            },
        )


def publish(job: Job, now: datetime) -> None:
    """Load the files, all or none. Writes load.json; the uploaded files are no longer needed."""
    request, report = job.request, _reporter(job)
    store = open_store(request.store)
    with _writing(store, report) as writer:
        version, before = store.version, standing(writer)
        results = _load_all(job, writer, now, report, dry_run=False)
        made = effect(store, version, before, writer)
        report("publish", 0.95)
    files = [result.as_json() for result in results]
    job.write("load.json", {"files": files, **made})
    for path in job.paths():
        path.unlink(missing_ok=True)


def revert(job: Job, now: datetime) -> None:
    """Take loads back. Writes revert.json: the numbers before and after, the loads done again."""
    _revert(job, now, "revert")


def check_revert(job: Job, now: datetime) -> None:
    """Writes what taking loads back would do into revert_check.json, and does not do it."""
    _revert(job, now, "revert_check")


def _revert(job: Job, now: datetime, kind: Kind) -> None:
    request, report = job.request, _reporter(job)
    store = open_store(request.store)
    found: dict[str, Any] = {}

    def look(changed: Reader) -> None:
        # Only now nobody else can publish: after waiting, the records may be others than before.
        found["version"] = store.version
        with store.at(found["version"]) as unchanged:
            before = standing(unchanged)
        found.update(effect(store, found["version"], before, changed))

    while True:
        try:
            done = replay.revert(
                store,
                request.loads,
                by=request.by,
                now=now,
                dry_run=kind == "revert_check",
                look=look,
                progress=lambda _, share: report(kind, 0.95 * share),
            )
            break
        except StoreBusyError:
            report("wait", 0.0)
            time.sleep(_TRY_AGAIN)
    job.write(f"{kind}.json", {**found, **done.as_json()})


_WORK: dict[Kind, Callable[[Job, datetime], None]] = {
    "check": check,
    "load": publish,
    "revert_check": check_revert,
    "revert": revert,
}


def _load_all(
    job: Job, writer: Writer, now: datetime, report: Callable[[str, float], None], *, dry_run: bool
) -> list[FileResult]:
    """A load a feed, in the order in which feeds refer to each other, in one writing context."""
    report("recognise", 0.0)
    request = job.request
    text, called = request.profile, request.profile_name or ""
    profile = parse_profile(text, called) if text else None
    names = [file.name for file in request.files]
    parts = _by_feed(request, list(zip(job.paths(), names, strict=True)))
    sizes = {name: sum(p.stat().st_size for p, _ in files) for name, files in parts.items()}
    total = max(1, sum(sizes.values()))
    results: list[FileResult] = []
    done = 0.0
    for name, files in parts.items():
        part, start = sizes[name] / total, done

        def progress(doing: str, share: float, part: float = part, start: float = start) -> None:
            report(doing, 0.95 * (start + part * share))

        results += load_also(
            open_store(request.store),
            FEEDS[name],
            [path for path, _ in files],
            by=request.by,
            now=now,
            cut_off=date.fromisoformat(request.cut_off) if request.cut_off else None,
            dry_run=dry_run,
            profile=profile,
            kept=_kept_profiles(request),
            progress=progress,
            names=[display for _, display in files],
            within=writer,
        )
        done += part
    return results


def _by_feed(request: Request, files: list[tuple[Path, str]]) -> dict[str, list[tuple[Path, str]]]:
    """Feed -> its files and what they are called, in the order of FEEDS."""
    if request.profile is not None and request.feed is not None:
        return {request.feed: files}
    feeds = [
        _feeds(request, upload, path)
        for upload, (path, _) in zip(request.files, files, strict=True)
    ]
    parts = {
        feed.name: [file for file, found in zip(files, feeds, strict=True) if feed in found]
        for feed in FEEDS.values()
    }
    return {name: chosen for name, chosen in parts.items() if chosen}


def _feeds(request: Request, file: Upload, path: Path) -> list[Feed]:
    stated = _stated(request, file)
    return [stated] if stated else guess_feeds(opened(path), file.name)


def _stated(request: Request, file: Upload) -> Feed | None:
    """What somebody said that a file is, or the check found."""
    name = file.feed or request.feed
    return FEEDS[name] if name else None


def _with_kept(job: Job) -> Request:
    """The request with the profiles that are there now."""
    kept = kept_profiles(open_store(job.request.store))
    request = replace(job.request, kept=tuple((each.name, each.text) for each in kept))
    job.write("request.json", asdict(request))
    return request


def _kept_profiles(request: Request) -> list[Profile]:
    return [parse_profile(text, name) for name, text in request.kept]


def _questions(job: Job, request: Request) -> list[dict[str, Any]]:
    """What to ask about which files; the others' feeds are written into the request."""
    if request.profile is not None:
        return []
    kept, files, asked = _kept_profiles(request), list(request.files), []
    for place, (path, file) in enumerate(zip(job.paths(), request.files, strict=True)):
        head, stated = opened(path), _stated(request, file)
        said = feeds_said(head) if stated is None else []
        if len(said) > 1:
            continue
        stated = said[0] if said else stated
        feed = feed_of(head, file.name, stated, kept)
        if feed is None or place == request.ask:
            asked.append(question(path, place, file.name, stated, kept))
        else:
            files[place] = replace(file, feed=feed.name)
    if not asked:
        job.write("request.json", asdict(replace(request, files=tuple(files))))
    return asked


def _load_ids(reader: Reader) -> set[int]:
    return {entry["load"] for entry in ledger.list_loads(reader)}


def _kept(writer: Reader, load_id: int) -> dict[str, Any]:
    """The first rows of a load that are new or changed, by their key."""
    entries = list(ledger.list_loads(writer, load_id))
    feed = FEEDS[entries[0]["feed"]]
    called = [headers_of(entry["columns"]) for entry in entries]
    query = (
        select(*ledger.recorded_columns(feed), feed.table.c.flags)
        .where(feed.table.c.load_id == load_id)
        .order_by(*feed.table.primary_key.columns)
        .limit(PREVIEWED)
    )
    rows = [row for batch in writer.batches(query) for row in batch.to_pylist()]
    # Of a kept row only the load is known, so its flags go by headers that all files share.
    headers = called[0] if all(each == called[0] for each in called) else {}
    return {"feed": feed.name, "rows": rows, "headers": headers}


def _first_rejects(writer: Reader, load_ids: Sequence[int]) -> list[dict[str, Any]]:
    entries = (entry for load_id in load_ids for entry in ledger.list_rejects(writer, load_id))
    return list(islice(entries, PREVIEWED))


def _write_reject_file(job: Job, writer: Reader, load_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The file of all their rejects; of which feeds they are, and how many of each."""
    if next(ledger.list_rejects(writer, load_ids), None) is None:
        return []
    made = reject_file(writer, load_ids)
    job.write("rejects.json", asdict(made))
    return [{"feed": sheet.feed, "rows": len(sheet.rows)} for sheet in made.sheets]

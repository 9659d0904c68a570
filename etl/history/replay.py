"""Loads done again from the archive: to take some back, or to make a lost store again.

A load's outcome depends on nothing but its files, its feed, its profile, the day of loading and the
loads before it, so doing the same loads again in the same order gives the same records, ledger and
rejects. A load that is taken
back is left out: what comes of it is the store as if it had never happened, except that the ledger
says that it was, and when and by whom it was reverted. What rows of a later load then name in
vain (units of systems) is told, as it would have been.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from adoption.command import CommandError
from adoption.store import EMPTY_VERSION, Publication, Reader, Store, StoreError, Writer
from adoption.store.schema import FEEDS as TABLES
from adoption.store.schema import control_totals, rejects, unknown_references
from etl.commit.entering import Entering
from etl.commit.ingest import Progress
from etl.commit.load import ledger_row
from etl.commit.result import FileResult
from etl.commit.totals import TotalCheck, check_totals, keep_bundled
from etl.history import ledger, log
from etl.history.archive import archive_folder, archived_source
from etl.history.ledger import Entry
from etl.history.log import Recorded
from etl.mapping.feeds import FEEDS
from etl.validation.days import day_of_loading

# A load that was let through once is let through again.
_ALL = 1.0


@dataclass
class Replay:
    """What came of it: the loads done again with their results, and the control totals after."""

    results: list[FileResult] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)  # loads whose rows fare otherwise than before
    totals: list[TotalCheck] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "replayed": sorted({result.load for result in self.results if result.load}),
            "changed": sorted(set(self.changed)),
            "files": [result.as_json() for result in self.results],
            "totals": [total.as_json() for total in self.totals],
        }


def revert(
    store: Store,
    load_ids: Sequence[int],
    *,
    by: str,
    now: datetime,
    dry_run: bool = False,
    look: Callable[[Reader], None] = lambda reader: None,
    progress: Progress = lambda doing, share: None,
) -> Replay:
    """Have the store be as if those loads had never happened, as one publication of its own day;
    `by` and `now` stand in the ledger. A dry run does it all and publishes nothing; `look` is given
    what it comes to, before it is published.

    Begins with the version before the first of them and does the loads after it again. Raises
    CommandError when there is no such load or it is reverted already, UnreadableFile when the
    archive lacks a file that is needed, StoreError, StoreBusyError; whatever is raised, the store
    is as it was.
    """
    folder, at = archive_folder(store), now.isoformat(timespec="seconds")
    with store.writing(trial=dry_run) as writer:
        log.begin(store, writer, folder, trial=dry_run)
        publication = Publication("revert", day_of_loading(now), by, at, tuple(load_ids))
        done = _revert(store, writer, folder, publication, progress)
        done.totals = check_totals(writer)
        look(writer)
        progress("publish", 0.95)
        if not dry_run:
            log.keep(writer, folder)
    progress("publish", 1.0)
    return done


def _revert(
    store: Store, writer: Writer, folder: Path, publication: Publication, progress: Progress
) -> Replay:
    known = {entry.load_id: entry for entry in ledger.entries(writer)}
    _refuse_unknown(known, publication.loads)
    gone, first = set(publication.loads), min(publication.loads)
    before = {e.load_id for e in known.values() if not e.is_reverted and e.load_id < first}
    due = [e for e in known.values() if not e.is_reverted and e.load_id > first]
    due = [entry for entry in due if entry.load_id not in gone]
    start = _version_of(store, before)
    if start == EMPTY_VERSION:
        due = [known[load_id] for load_id in sorted(before)] + due
    writer.restore(start, [*TABLES.values(), rejects, control_totals, unknown_references])
    now = datetime.fromisoformat(publication.at)
    ledger.forget(writer, [*gone, *[entry.load_id for entry in due]])
    keep_bundled(writer)
    done = _do_again(writer, folder, due, progress)
    for load_id in sorted(gone):
        ledger.enter(writer, known[load_id].reverted(publication.by, now))
    writer.publish(publication)
    return done


def _refuse_unknown(known: Mapping[int, Entry], load_ids: Sequence[int]) -> None:
    for load_id in load_ids:
        entry = known.get(load_id)
        if entry is None:
            raise CommandError(
                f"沒有編號 {load_id} 的載入；編號請看 python -m etl loads",
                f"load {load_id}: there is none; python -m etl loads lists them",
            )
        if entry.is_reverted:
            at, who = entry.load["reverted_at"], entry.load["reverted_by"]
            raise CommandError(
                f"載入 {load_id} 已於 {at} 由 {who} 撤回",
                f"load {load_id}: it was reverted at {at} by {who} already",
            )


def _version_of(store: Store, load_ids: set[int]) -> str:
    """The kept version that holds just these loads; else the empty one."""
    applied: set[int] = set()
    found = EMPTY_VERSION
    for version in reversed(store.versions()):
        loads = set(version.publication.loads)
        applied = applied | loads if version.publication.kind == "load" else applied - loads
        if load_ids and applied == load_ids:
            found = version.name
    return found


def _do_again(writer: Writer, folder: Path, entries: Sequence[Entry], progress: Progress) -> Replay:
    done = Replay()
    for number, entry in enumerate(entries):
        share = _Share(progress, number / len(entries) * 0.9, 0.9 / len(entries))
        feed = FEEDS[entry.load["feed"]]
        sources = [archived_source(folder, feed, file) for file in entry.files]
        whole = _ALL if entry.load["whole"] else None
        results = Entering(
            writer, feed, sources, entry.load_id, share, entry.day_of_loading, whole
        ).enter()
        counted = [_counted(file, r) for file, r in zip(entry.files, results, strict=True)]
        of_load = {name: getattr(results[0], name) for name in ("cleared", "taken_back")}
        ledger.enter(writer, Entry({**entry.load, **of_load}, counted))
        done.results += [replace(result, load=entry.load_id) for result in results]
        if [_counts(file) for file in entry.files] != [_counts(file) for file in counted]:
            done.changed.append(entry.load_id)
    return done


@dataclass(frozen=True)
class _Share:
    """The progress of one load among several."""

    progress: Progress
    start: float
    width: float

    def __call__(self, doing: str, share: float) -> None:
        self.progress(doing, self.start + self.width * share)


_COUNTS = ("skipped", "read", "kept", "unchanged", "duplicate", "rejected", "flagged")


def _counted(file: Mapping[str, Any], result: FileResult) -> dict[str, Any]:
    """What the file was stays as it was written down; what became of its rows is new."""
    row = ledger_row(result)
    return {**file, **{name: row[name] for name in _COUNTS}}


def _counts(file: Mapping[str, Any]) -> list[Any]:
    return [file[name] for name in _COUNTS]


def rebuild(
    store: Store,
    *,
    progress: Progress = lambda doing, share: None,
    compare: Callable[[Store], None] = lambda built: None,
) -> Replay:
    """Make the store again from the archive alone: every publication, each with its received day.

    `compare` is given what was built before it takes the store's place. Raises CommandError when
    there is nothing to make it from, otherwise as `revert`.
    """
    folder = archive_folder(store)
    try:
        recorded = log.history(store, folder)
    except StoreError:  # it is lost: the archive has to say all
        recorded = log.log_of(folder)
    if not recorded:
        raise CommandError(
            f"{folder}：封存資料夾裡沒有載入紀錄，無從重建",
            f"{folder}: the archive holds no ledger, there is nothing to rebuild from",
        )
    done = Replay()
    with store.rebuilding() as built:
        for number, each in enumerate(recorded):
            share = _Share(progress, number / len(recorded), 1 / len(recorded))
            again = _publish_again(built, folder, each, share)
            done.results += again.results
            done.changed += again.changed
        done.totals = check_totals(built)
        compare(built)
    progress("publish", 1.0)
    return done


def _publish_again(store: Store, folder: Path, recorded: Recorded, progress: Progress) -> Replay:
    with store.writing() as writer:
        writer.number = recorded.number
        if recorded.publication.kind == "revert":
            return _revert(store, writer, folder, recorded.publication, progress)
        done = _do_again(writer, folder, recorded.entries, progress)
        writer.publish(recorded.publication)
        return done

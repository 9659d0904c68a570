"""Loads done again from the archive: to take one back, or to make a lost store again.

A load's outcome depends on nothing but its files, its feed and the loads before it, so doing the
same loads again in the same order gives the same records, ledger and rejects. A load that is taken
back is left out: what comes of it is the store as if it had never happened, except that the ledger
says that it was, and when and by whom it was reverted. A later load whose rows needed it (systems
without their units) then rejects them, as it would have done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from adoption.command import CommandError
from adoption.store import EMPTY_VERSION, Reader, Store, StoreBusyError, StoreError, Writer
from etl import ledger
from etl.archive import (
    archive_folder,
    archived_entries,
    archived_source,
    keep_ledger,
    unsettled_entries,
)
from etl.feeds import FEEDS
from etl.intake import Progress
from etl.ledger import Entry
from etl.load import enter_rows, ledger_row
from etl.result import FileResult
from etl.totals import TotalCheck, check_totals, keep_bundled


@dataclass(frozen=True)
class Replay:
    """What came of it: the loads done again with their results, and the control totals after."""

    results: list[FileResult]
    changed: list[int]  # loads of which rows fare otherwise than the ledger said
    totals: list[TotalCheck]

    def as_json(self) -> dict[str, Any]:
        return {
            "replayed": sorted({result.load for result in self.results if result.load}),
            "changed": self.changed,
            "files": [result.as_json() for result in self.results],
            "totals": [total.as_json() for total in self.totals],
        }


def revert(
    store: Store,
    load_id: int,
    *,
    by: str,
    now: datetime,
    progress: Progress = lambda doing, share: None,
) -> Replay:
    """Have the store be as if that load had never happened; `by` and `now` stand in the ledger.

    The last load is taken back by going to the version before it, an earlier one by doing those
    after it again. Raises CommandError when there is no such load or it is reverted already,
    UnreadableFile when the archive lacks a file that is needed, StoreError, StoreBusyError;
    whatever is raised, the store is as it was.
    """
    folder = _archive_of(store)
    seen = _version_now(store)
    known = ledger.united(archived_entries(folder), ledger.entries(store))
    entry = next((entry for entry in known if entry.load_id == load_id), None)
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
    known = [e.reverted(by, now) if e.load_id == load_id else e for e in known]
    before = {e.load_id for e in known if e.load_id < load_id and not e.is_reverted}
    start = _version_of(store, before)
    done = before if start != EMPTY_VERSION else set()
    return _publish(store, folder, seen, start, done, known, progress)


def rebuild(store: Store, *, progress: Progress = lambda doing, share: None) -> Replay:
    """Make the store again from the archive alone, and publish it as a new version.

    Raises CommandError when there is nothing to make it from, otherwise as `revert`.
    """
    folder = _archive_of(store)
    seen = _version_now(store)
    try:
        known = ledger.united(archived_entries(folder), ledger.entries(store))
    except StoreError:  # it is lost: the archive has to say all
        known = unsettled_entries(folder)
    known = known or unsettled_entries(folder)
    if not known:
        raise CommandError(
            f"{folder}：封存資料夾裡沒有載入紀錄，無從重建",
            f"{folder}: the archive holds no ledger, there is nothing to rebuild from",
        )
    return _publish(store, folder, seen, EMPTY_VERSION, set(), known, progress)


def _version_now(store: Store) -> str | None:
    """None where no version can be opened."""
    try:
        return store.version
    except StoreError:
        return None


def _archive_of(store: Store) -> Path:
    folder = archive_folder(store)
    if folder is None:
        raise CommandError(
            f"{store.url}：這種資料庫沒有封存資料夾", f"{store.url}: this store has no archive"
        )
    return folder


def _applied(reader: Reader) -> set[int]:
    return {entry.load_id for entry in ledger.entries(reader) if not entry.is_reverted}


def _version_of(store: Store, load_ids: set[int]) -> str:
    """The kept version that holds just these loads; else the empty one."""
    for version in store.earlier_versions() if load_ids else ():
        try:
            with store.at(version) as reader:
                if _applied(reader) == load_ids:
                    return version
        except StoreError:
            continue
    return EMPTY_VERSION


def _publish(
    store: Store,
    folder: Path,
    seen: str | None,
    start: str,
    done: set[int],
    known: Sequence[Entry],
    progress: Progress,
) -> Replay:
    """`start` holds the loads `done`; do the others of `known` that are not reverted.

    `seen` is the version when `known` was read.
    """
    results: list[FileResult] = []
    changed: list[int] = []
    due = [entry for entry in known if not entry.is_reverted and entry.load_id not in done]
    with store.writing(start) as writer:
        if _version_now(store) != seen:
            raise StoreBusyError(
                f"{folder.parent}: a load was published meanwhile; run the command again",
                f"{folder.parent}：剛好有別的載入完成，請再執行一次",
            )
        ledger.clear(writer)
        keep_bundled(writer)
        for entry in known:
            if entry.load_id in done:
                ledger.enter(writer, entry)
        for number, entry in enumerate(due):
            share = _Share(progress, number / len(due) * 0.9, 0.9 / len(due))
            again, entered = _again(writer, folder, entry, share)
            results += again
            changed += [entry.load_id] if _fares_otherwise(entry, entered) else []
        _enter_reverted(writer, known)
        totals = check_totals(writer)
        progress("publish", 0.95)
        keep_ledger(writer, folder, ledger.entries(writer))
    progress("publish", 1.0)
    return Replay([replace(result, totals=totals) for result in results], changed, totals)


def _enter_reverted(writer: Writer, known: Iterable[Entry]) -> None:
    for entry in known:
        if entry.is_reverted:
            ledger.enter(writer, entry)


@dataclass(frozen=True)
class _Share:
    """The progress of one load among several."""

    progress: Progress
    start: float
    width: float

    def __call__(self, doing: str, share: float) -> None:
        self.progress(doing, self.start + self.width * share)


def _again(
    writer: Writer, folder: Path, entry: Entry, progress: Progress
) -> tuple[list[FileResult], Entry]:
    """Do a load again; its results, and its row in the ledger with what became of the rows now."""
    feed = FEEDS[entry.load["feed"]]
    sources = [archived_source(folder, feed, file) for file in entry.files]
    results = enter_rows(writer, feed, sources, entry.load_id, progress)
    counted = [_counted(file, r) for file, r in zip(entry.files, results, strict=True)]
    cleared = results[0].cleared if results else 0
    entered = Entry({**entry.load, "cleared": cleared}, counted)
    ledger.enter(writer, entered)
    return [replace(result, load=entry.load_id) for result in results], entered


_COUNTS = ("skipped", "read", "kept", "unchanged", "duplicate", "rejected", "flagged")


def _counted(file: Mapping[str, Any], result: FileResult) -> dict[str, Any]:
    """What the file was stays as it was written down; what became of its rows is new."""
    row = ledger_row(result)
    return {**file, **{name: row[name] for name in _COUNTS}}


def _fares_otherwise(before: Entry, now: Entry) -> bool:
    return [[file[name] for name in _COUNTS] for file in before.files] != [
        [file[name] for name in _COUNTS] for file in now.files
    ]

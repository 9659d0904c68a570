"""A load, and with it what its profile finds of other feeds in the same files."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from adoption.store import Store, Writer
from etl.commit.load import load
from etl.commit.result import FileResult
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.profile import Profile
from etl.mapping.source_file import batches, describe


def load_also(
    store: Store,
    feed: Feed,
    paths: Sequence[Path],
    *,
    profile: Profile | None = None,
    dry_run: bool = False,
    within: Writer | None = None,
    whole: bool = False,
    **options: Any,
) -> list[FileResult]:
    """`load` with the same arguments; then, in the same publication, a load of each other feed of
    which there are rows. `whole` is said of the first feed only.

    Raises as `load`; whatever is raised, the store is as it was.
    """
    said = {**options, "profile": profile, "dry_run": dry_run}
    others = _other_feeds(profile, feed, paths)
    if not others:
        return load(store, feed, paths, whole=whole, within=within, **said)
    writing = store.writing(trial=dry_run) if within is None else nullcontext(within)
    with writing as writer:
        results = load(store, feed, paths, whole=whole, within=writer, **said)
        for other in others:
            results += load(store, other, paths, within=writer, **said)
    return results


def _other_feeds(profile: Profile | None, feed: Feed, paths: Sequence[Path]) -> list[Feed]:
    if profile is None or profile.feed != feed.name:
        return []
    named = [FEEDS[part.feed] for part in profile.also]
    return [other for other in named if any(_has_rows(path, other, profile) for path in paths)]


def _has_rows(path: Path, feed: Feed, profile: Profile) -> bool:
    """Read to the first such row."""
    return any(batch.rows.num_rows for batch in batches(describe(path, feed, profile)))
